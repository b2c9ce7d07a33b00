"""The what-if studies that go with a run: mitigation values, cost of delay, worth of nurture."""

from __future__ import annotations

from dataclasses import dataclass

from model.results import Results
from model.whatif.delay_cost import DelayCost, delay_costs
from model.whatif.mitigation_values import MitigationValues, mitigation_values
from model.whatif.nurture_value import NurtureValue, nurture_value
from model.whatif.variants import Progress

USUAL_DRAWS = 128
"""Draws of the studies unless asked otherwise: differences on common draws settle fast."""


@dataclass(frozen=True)
class Studies:
    """What was studied on `draws` draws; None or empty where there is nothing to study."""

    draws: int = 0
    mitigations: MitigationValues | None = None
    delays: tuple[DelayCost, ...] = ()
    nurture: NurtureValue | None = None


def study(
    results: Results, *, draws: int = USUAL_DRAWS, jobs: int = 1, progress: Progress | None = None
) -> Studies:
    """Every study that the scenario has data for; none with `draws` nil."""
    if draws == 0:
        return Studies()
    prepared, anchors, seed = results.prepared, results.anchors, results.seed
    return Studies(
        draws,
        mitigation_values(prepared, anchors, draws=draws, seed=seed, jobs=jobs, progress=progress),
        tuple(delay_costs(prepared, anchors, draws=draws, seed=seed, jobs=jobs)),
        nurture_value(prepared, anchors, draws=draws, seed=seed, jobs=jobs),
    )
