"""Calibrate a scenario on the published history: fit all authorities, then find this one's inputs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.calibration.authority_rates import SHARES, RateForecast, forecast_rate
from model.calibration.demand import NationalDemand, OwnDemand, national_demand, own_demand
from model.calibration.parts import SETTING_GROUP_ORIGINS, PartFlows, draw_parts, fit_parts
from model.calibration.plan_draws import draw_plans
from model.calibration.plan_totals import PlanTotals, fit_plan_totals
from model.calibration.settings import settings
from model.history.history import History
from model.overlay.inputs import OUTER, CalibratedInputs, calibrated_inputs
from model.overlay.targets import Targets, targets_of
from model.scenario.load import LoadedScenario
from model.scenario.problems import Problem, ScenarioError, did_you_mean

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Calibrated:
    """What calibration found for one authority; arrays of `fit` and the rates hold all authorities.

    `place`: the authority's place in them. `published_plans`: plans in force at the January in the
    history, which the scenario's own count may differ from.
    """

    authority: str
    january: int
    place: int
    published_plans: float
    fit: PlanTotals
    flows: PartFlows
    targets: Targets
    inputs: CalibratedInputs
    rates: tuple[RateForecast, ...]
    national_demand: NationalDemand | None
    own_demand: OwnDemand | None


def request_levels(found: Calibrated, years: int) -> Floats:
    """Requests of each year over those of the last, 10th and 90th percentile (year, 2).

    The nation's damped trend, and an authority's own deviation going back to the nation's. Raises
    ScenarioError where too few years of requests are known.
    """
    nation, own = found.national_demand, found.own_demand
    if nation is None or own is None:
        raise ScenarioError(
            [
                Problem(
                    "history", None, "requests", "too few years of requests to forecast them from",
                    expected="at least four years of England's requests and two of authorities'",
                    hint="Leave --with-requests out.",
                )
            ]
        )  # fmt: skip
    left = own.carry_over[0] ** np.arange(1, years + 1) - 1
    middle = nation.mean[:years] + left * own.deviation[found.place]
    half = OUTER * np.hypot(nation.sd[:years], own.sd[found.place])
    return np.asarray(np.exp(np.stack([middle - half, middle + half], axis=1)))


def calibrate(
    loaded: LoadedScenario,
    history: History,
    *,
    authority: str | None = None,
    draws: int = 1000,
    seed: int = 1,
) -> Calibrated:
    """Calibrate at the scenario's January count, on what was published by then and nothing later.

    Authorities with changed boundaries are forecast but nothing is learnt from them. Raises
    ScenarioError where the history lacks the authority or that January, or the scenario has no
    plans to calibrate.
    """
    scenario = loaded.scenario
    name = authority or scenario.authority
    january = _january(loaded)
    known = _known(history, name, january)
    choices = settings()
    fit = fit_plan_totals(known, choices)
    totals = draw_plans(fit, len(scenario.horizon.years), draws, seed, choices)
    flows = fit_parts(known, known.setting_groups, SETTING_GROUP_ORIGINS, choices)
    groups = draw_parts(known, known.setting_groups, flows, totals, seed)
    place = fit.authorities.index(name)
    start = float(fit.plans[place])
    targets = targets_of(name, start, totals, groups)
    rates = [forecast_rate(known, rate, choices) for rate in SHARES]
    return Calibrated(
        name,
        january,
        place,
        start,
        fit,
        flows,
        targets,
        calibrated_inputs(loaded, targets),
        tuple(rate for rate in rates if rate is not None),
        national_demand(known, len(scenario.horizon.years), choices),
        own_demand(known, choices),
    )


def _january(loaded: LoadedScenario) -> int:
    plans = loaded.scenario.plans
    if plans is None:
        raise ScenarioError(
            [
                Problem(
                    loaded.scenario.name, None, "plans", "there are no plans to calibrate",
                    expected="sections 'plans', 'population' and 'new_plans'",
                )
            ]
        )  # fmt: skip
    return plans.counted.year


def _known(history: History, name: str, january: int) -> History:
    """The history until the January, of authorities to learn from and of this one."""
    if name not in history.names:
        raise ScenarioError(
            [
                Problem(
                    "history", None, "authority", "no authority of this name in the history",
                    found=name, expected="a name as the department writes it",
                    hint=did_you_mean(name, [str(known) for known in history.names]),
                )
            ]
        )  # fmt: skip
    if not np.isfinite(history.of("plans", january)[name]):
        years = [year for year in history.januaries if np.isfinite(history.of("plans", year)[name])]
        raise ScenarioError(
            [
                Problem(
                    "history", None, "plans.counted", f"no plans of {name} in January {january}",
                    found=f"January {years[0]} to {years[-1]}" if years else "none",
                    expected=f"files that reach to January {january}",
                )
            ]
        )  # fmt: skip
    learnt = [
        str(known)
        for known in history.names
        if history.authorities.unchanged[known] or known == name
    ]
    return history.select(learnt).known_at(january)
