"""How much of a mitigation a run holds: which are chosen, how far each has got, what the base has.

The base is the current plan. With `mitigated: none` future effects are taken away and the first
year stays as it is; with `all` (or a list) what is not yet in the base is added.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from model.draws import Draws
from model.reference.calendar import MONTHS, month_index
from model.scenario.mitigation_schema import Mitigation
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


def share_on_top(mitigation: Mitigation, scenario: Scenario, draws: Draws, months: int) -> Floats:
    """Share of the full effect to add to the base (month, draw); negative takes away."""
    return _on_top(ramp(mitigation, draws.years.start, months), mitigation, scenario, draws)


def paid(mitigation: Mitigation, draws: Draws, months: int) -> Floats:
    """Which months its costs are charged in, 0 or 1 (month, 1): in full from the start of the ramp."""
    return (ramp(mitigation, draws.years.start, months)[:, None] > 0).astype(float)


def paid_on_top(mitigation: Mitigation, scenario: Scenario, draws: Draws, months: int) -> Floats:
    """Share of the full cost to add to the base (month, draw); negative takes away."""
    return _on_top(paid(mitigation, draws, months)[:, 0], mitigation, scenario, draws)


def _on_top(reached: Floats, mitigation: Mitigation, scenario: Scenario, draws: Draws) -> Floats:
    """Of what is `reached` (month,), what a run adds to the base: nothing, the rest of the whole, or
    less what was still to come after the first year."""
    in_base = draws.of(mitigation.share_in_base)
    if scenario.mitigated == "base":
        return np.zeros((len(reached), draws.size))
    if selected_share(mitigation, scenario) >= 1.0:
        return np.asarray(reached[:, None] * (1 - in_base))
    still_to_come = np.maximum(reached - reached[MONTHS - 1], 0.0)
    return np.asarray(-still_to_come[:, None] * in_base)


def presence(mitigation: Mitigation, scenario: Scenario, draws: Draws, months: int) -> Floats:
    """How far a mitigation is in the run, base and all, 0 to 1, shape (month, draw)."""
    reached = ramp(mitigation, draws.years.start, months)[:, None]
    share = reached * draws.of(mitigation.share_in_base)
    return np.asarray(share + share_on_top(mitigation, scenario, draws, months))


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
