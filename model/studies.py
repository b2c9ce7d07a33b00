"""The studies that go with a run: what mitigations, delays and nurture groups are worth, what drives it."""

from __future__ import annotations

from dataclasses import dataclass

from model.results import Results
from model.sensitivity.study import Sensitivity, sensitivity
from model.sensitivity.targets import usual_target, years_of
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
    sensitivity: Sensitivity | None = None


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
        _usual_sensitivity(results, jobs),
    )


def _usual_sensitivity(results: Results, jobs: int) -> Sensitivity | None:
    """What drives the headline figure in the last year; on all draws of the run."""
    target = usual_target(results.draws)
    if target is None or results.fixed:
        return None
    return sensitivity(results, target, years_of(target, results.draws)[-1], jobs=jobs)
