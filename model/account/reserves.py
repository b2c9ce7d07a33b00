"""The end of the statutory override: what of the DSG deficit reaches the council's usable reserves.

While the override runs, a DSG deficit stands in an account of its own and touches no reserve. From the
first financial year that begins after its end the whole cumulative deficit, with all support received,
counts against usable reserves (paper 001:858-867). A year in which it exceeds them is one in which the
council could not balance without other means: the indicator of a section 114 notice.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.draws import Draws
from model.reference.calendar import MONTHS, month_index
from model.scenario.account_schema import StatutoryOverride
from model.scenario.fields import Month
from model.scenario.policy_values import policy_value
from model.scenario.schema import Scenario

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ReservesPosition:
    """By year and draw: the deficit `charged` to reserves, pounds; usable reserves `left` after it and
    `exhausted` (1 where nothing is left of them), None where no reserves are given; `below_minimum` (1
    where less is left than is held prudent), None where no minimum is."""

    charged: Floats
    left: Floats | None
    exhausted: Floats | None
    below_minimum: Floats | None = None


def override_ends(scenario: Scenario) -> Month | None:
    """Last month of the override: the scenario's own, else that of the policy values at its date.

    None where the scenario has no override section, or none is known.
    """
    account = scenario.account
    if account is None or account.statutory_override is None:
        return None
    if account.statutory_override.ends is not None:
        return account.statutory_override.ends
    return policy_override_end(scenario)


def policy_override_end(scenario: Scenario) -> Month | None:
    """Last month of the override by the policy values in force at the scenario's date, if one is known."""
    try:
        end = policy_value(scenario, "override_end")
    except KeyError:
        return None
    return Month(end.year, end.month)


def reserves_position(
    override: StatutoryOverride, ends: Month | None, with_support: Floats, draws: Draws
) -> ReservesPosition:
    """From the cumulative deficit `with_support` (year, draw), pounds, a deficit positive.

    A surplus charges nothing. An override without an end (`ends` None) never does.
    """
    charged = np.zeros_like(with_support)
    if ends is not None:
        after = month_index(ends.year, ends.month, draws.years.start) + 1
        first = max(-(-after // MONTHS), 0)
        charged[first:] = np.maximum(with_support[first:], 0.0)
    if override.usable_reserves_gbp is None:
        return ReservesPosition(charged, None, None)
    left = draws.by_year(override.usable_reserves_gbp) - charged
    below = None
    if override.minimum_reserves_gbp is not None:
        below = (left < draws.of(override.minimum_reserves_gbp)).astype(float)
    return ReservesPosition(charged, left, (left < 0).astype(float), below)


def first_exhausted(exhausted: Floats) -> Floats:
    """Where reserves are exhausted for the first time, 1 or 0 (year, draw); sums to at most 1 a draw."""
    before = np.cumsum(exhausted, axis=0) - exhausted
    return np.asarray(exhausted * (before == 0))
