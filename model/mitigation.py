"""Mitigations: what each changes, when, and how much of it the base already holds.

The base is the current plan. With `mitigated: none` future effects are taken away and the first
year stays as it is; with `all` (or a list) what is not yet in the base is added. In this version a
mitigation changes the amount of a budget line.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from model.draws import Draws
from model.funding.prices import price_indices
from model.reference.calendar import MONTHS, month_index
from model.scenario.funding_schema import Funding, Mitigation
from model.scenario.schema import Scenario

Floats = NDArray[np.float64]


def ramp(mitigation: Mitigation, first_year: int, months: int) -> Floats:
    """Share of the full effect reached in each month, 0 to 1, shape (month,).

    Grows evenly over `ramp_months` from the start: a saving that starts at once on 1 September
    counts 7/12 in its first year and 12/12 after.
    """
    start = month_index(mitigation.start.year, mitigation.start.month, first_year)
    since = np.arange(months) - start
    if mitigation.ramp_months == 0:
        return (since >= 0).astype(float)
    return np.clip((since + 1) / mitigation.ramp_months, 0.0, 1.0)


def selected_share(mitigation: Mitigation, scenario: Scenario) -> float:
    """How much of a mitigation the scenario asks for: 0 none, 1 all, or the share in the base."""
    choice = scenario.mitigated
    if choice == "base":
        return mitigation.share_in_base.central
    if choice == "none":
        return 0.0
    if choice == "all":
        return 1.0
    return 1.0 if mitigation.id in choice else 0.0


def line_changes(scenario: Scenario, draws: Draws) -> Floats:
    """Change in spending by line in pounds (line, month, draw), negative for a saving.

    Amounts are at base-year prices and rise with the line's. Nil for the base. Taking away (selected share below the base's) leaves the first year alone and
    afterwards removes only what was still to come after it.
    """
    funding = scenario.funding
    assert funding is not None
    names = [line.id for line in funding.lines]
    months = MONTHS * len(draws.years)
    total = np.zeros((len(names), months, draws.size))
    prices = _line_prices(funding, draws)
    for mitigation in scenario.mitigations:
        share = _share_on_top(mitigation, scenario, draws, months)
        for change in mitigation.changes:
            amount = draws.of(change.full_year_gbp) * draws.of(mitigation.confidence) / MONTHS
            line = names.index(change.line)
            total[line] += amount * share * prices[line]
        for cost in mitigation.cost:
            if cost.line is not None:
                line = names.index(cost.line)
                total[line] += draws.of(cost.full_year_gbp) / MONTHS * share * prices[line]
    return total


def _line_prices(funding: Funding, draws: Draws) -> list[Floats]:
    """Price level of each line (month, draw): that of its first driver with an inflation series."""
    indices = price_indices(funding, draws)
    series = [
        next((s for driver in line.drivers if (s := getattr(driver, "inflation", None))), None)
        for line in funding.lines
    ]
    return [indices[name] for name in series]


def general_fund_cost(scenario: Scenario, draws: Draws) -> Floats:
    """Cost of the selected mitigations to the general fund, pounds (month, draw), in cash.

    Never in the DSG. Charged in full from the start of the ramp, in the share that is selected.
    """
    months = MONTHS * len(draws.years)
    total = np.zeros((months, draws.size))
    for mitigation in scenario.mitigations:
        share = np.full(draws.size, selected_share(mitigation, scenario))
        if scenario.mitigated == "base":
            share = draws.of(mitigation.share_in_base)
        reached = ramp(mitigation, draws.years.start, months)[:, None] > 0
        for cost in mitigation.cost:
            if cost.fund == "general_fund":
                total += draws.of(cost.full_year_gbp) / MONTHS * reached * share
    return total


def mitigation_case(scenario: Scenario) -> str:
    """Which mitigations a run holds, in words for its reports."""
    count = len(scenario.mitigations)
    if count == 0:
        return "none are given."
    if scenario.mitigated == "base":
        return (
            f"base: only what the published figures already hold of the {count} given; their further "
            "savings are not in it. For more: mitigated: all, or a list of ids."
        )
    if scenario.mitigated == "none":
        return f"none; what the base still expects of {count} is taken away after the first year."
    if scenario.mitigated == "all":
        return f"all {count}, each at its delivery confidence."
    return f"{', '.join(scenario.mitigated)} in full, each at its delivery confidence; no others."


def _share_on_top(mitigation: Mitigation, scenario: Scenario, draws: Draws, months: int) -> Floats:
    """Share of the full effect to add to the base (month, draw); negative takes away."""
    reached = ramp(mitigation, draws.years.start, months)
    in_base = draws.of(mitigation.share_in_base)
    if scenario.mitigated == "base":
        return np.zeros((months, draws.size))
    if selected_share(mitigation, scenario) >= 1.0:
        return np.asarray(reached[:, None] * (1 - in_base))
    still_to_come = np.maximum(reached - reached[MONTHS - 1], 0.0)
    return np.asarray(-still_to_come[:, None] * in_base)
