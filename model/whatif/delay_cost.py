"""What a late opening costs: each opening on time against late, gross and net (design 5.4).

Gross is what is spent on pupils elsewhere because the places are not there. Net sets against it the
local places that are not yet paid: place funding, by whoever pays it, and top-up in the setting.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.funding.anchoring import Anchor
from model.prepared import Prepared
from model.scenario.funding_schema import AddedPlacesDriver, Driver, PlansDriver
from model.scenario.places_schema import Opening
from model.scenario.schema import Scenario
from model.whatif.variants import Outcome, Progress, Variant, evaluate

Floats = NDArray[np.float64]

LATE_MONTHS = 12.0
"""The slip that every opening is tested with."""


@dataclass(frozen=True)
class DelayCost:
    """Cost of an opening's delay by year in pounds, each (year, draw), positive is worse.

    `late`: twelve months late against on time; `expected`: the delay that the scenario draws
    against on time. `gross` and `net` of the local places avoided; `pupils` more without a place, on
    average over the year.
    """

    opening: Opening
    school: str
    group: str
    late_gross: Floats
    late_net: Floats
    late_pupils: Floats
    expected_gross: Floats
    expected_net: Floats


def delay_costs(
    prepared: Prepared,
    anchors: Mapping[str, Anchor],
    *,
    draws: int,
    seed: int,
    jobs: int = 1,
    progress: Progress | None = None,
) -> list[DelayCost]:
    """The cost of delay of every opening, the others as the scenario draws them."""
    scenario = prepared.scenario
    if scenario.places is None or not scenario.has("places") or scenario.account is None:
        return []
    found: list[tuple[str, str, str, Opening]] = []
    for group in scenario.places.groups:
        for school in group.schools:
            for opening in school.openings:
                path = f"places.groups[{group.id}].schools[{school.id}].openings[{opening.id}]"
                found.append((f"{path}.delay_months", school.title, group.title, opening))
    choice = scenario.mitigated
    mitigated = choice if isinstance(choice, str) else tuple(choice)
    variants = [Variant(mitigated)]
    for path, *_ in found:
        variants += [Variant(mitigated, {path: 0.0}), Variant(mitigated, {path: LATE_MONTHS})]
    outcomes = evaluate(
        prepared, anchors, variants, draws=draws, seed=seed, jobs=jobs, progress=progress
    )
    local = local_drivers(scenario)
    costs = []
    for index, (_, school_title, group_title, opening) in enumerate(found):
        on_time, late = outcomes[1 + 2 * index], outcomes[2 + 2 * index]
        late_gross, late_net = gross_and_net(on_time, late, local)
        gross, net = gross_and_net(on_time, outcomes[0], local)
        pupils = late.seeking - on_time.seeking
        costs.append(
            DelayCost(opening, school_title, group_title, late_gross, late_net, pupils, gross, net)
        )
    return costs


def local_drivers(scenario: Scenario) -> list[int]:
    """Numbers of the drivers that pay for local places and the top-up of pupils in them."""
    settings = {group.setting for group in scenario.places.groups} if scenario.places else set()
    lines = scenario.funding.lines if scenario.funding else []
    drivers = [driver for line in lines for driver in line.drivers]
    return [index for index, driver in enumerate(drivers) if _is_local(driver, settings)]


def _is_local(driver: Driver, settings: set[str]) -> bool:
    if isinstance(driver, PlansDriver):
        return set(driver.settings) <= settings
    return isinstance(driver, AddedPlacesDriver)


def gross_and_net(on_time: Outcome, late: Outcome, local: Sequence[int]) -> tuple[Floats, Floats]:
    """Extra cost of `late` in pounds (year, draw): for pupils elsewhere, and net of local places."""
    net = late.in_year - on_time.in_year
    avoided = late.department - on_time.department
    for number in local:
        avoided = avoided + late.driver_spend[number] - on_time.driver_spend[number]
    return net - avoided, net
