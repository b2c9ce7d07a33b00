"""Inputs of a scenario that make `run` forecast the plans of a calibrated forecast."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from model.calibration.settings import settings
from model.overlay.levels import levels_for
from model.overlay.solve import CEASING, RECORDED, SHARE_HORIZON, Solved, solve
from model.overlay.targets import Targets
from model.prepared import Prepared, prepare
from model.scenario.load import LoadedScenario
from model.scenario.plans_schema import MovedIn, RecordingDifference
from model.scenario.problems import Problem, ScenarioError

Floats = NDArray[np.float64]
OUTER = 1.2815515655446004
"""Standard deviations from the middle to the 10th or 90th percentile of a normal distribution."""
_LEAST_FACTOR, _LARGEST_FACTOR = 0.01, 10.0
"""Least factor worth writing, and the largest that a scenario may have."""
_KEPT = 0.53
"""1.28 over 2.33 standard deviations, and a little less."""
_LARGEST_SD = 0.25
"""Of a recording difference, so that below one in a hundred lies beyond what a scenario may say."""
_WIDEST = np.log(3.0)
_LEAST_CORRELATION = 0.1
_TOGETHER = 0.99
"""Rank correlation of two factors that are one; at exactly 1 no other correlation could stand beside it."""
_LEAST_SLOPE = 1e-3


@dataclass(frozen=True)
class CalibratedInputs:
    """What the overlay says. Ranges are 10th and 90th percentiles.

    `level`: (year, 2) by financial year from `first_year`; `ceasing`: by input, one for all years.
    `moved_in`: arrivals a year, or None without them. `recorded_mean`: (tested year,) of the
    recording difference. `level_rho`, `recorded_rho`: how one year goes with the next. `recorded_sd`:
    (year,) of the recording difference for each plan. `tilts`: family -> range. `correlations`:
    (path, path) -> Spearman's coefficient. `solved`: how the rates were found.
    """

    first_year: int
    level: Floats
    level_rho: float
    ceasing: dict[str, tuple[float, float]]
    moved_in: float | None
    recorded_mean: Floats
    recorded_sd: Floats
    recorded_rho: float
    tilts: dict[str, tuple[float, float]]
    correlations: dict[tuple[str, str], float]
    solved: Solved


def without_requests(loaded: LoadedScenario) -> LoadedScenario:
    """The scenario with new plans as a forecast of their own, and with a recording difference of nil."""
    scenario = loaded.scenario
    changes: dict[str, object] = {
        "recording_difference": RecordingDifference.model_validate({"share_a_year": 0})
    }
    if scenario.has("requests"):
        changes["switched_off"] = [*scenario.switched_off, "requests"]
    return replace(loaded, scenario=scenario.model_copy(update=changes))


def calibrated_inputs(loaded: LoadedScenario, targets: Targets) -> CalibratedInputs:
    """Find the inputs. Raises ScenarioError for a scenario without plans, new plans or population."""
    scenario = loaded.scenario
    if scenario.plans is None or scenario.new_plans is None:
        raise ScenarioError(
            [
                Problem(
                    scenario.name, None, "new_plans", "there is nothing to calibrate",
                    expected="sections 'plans', 'population' and 'new_plans'",
                )
            ]
        )  # fmt: skip
    prepared = prepare(without_requests(loaded))
    assert prepared.cohort is not None
    assert prepared.cohort.new_pattern is not None
    choices = settings()
    tested = min(len(scenario.horizon.years), len(targets.plans), int(choices.tested_years))
    new_plans = faded(targets.new_plans, tested, choices.growth_damping)
    levels = levels_for(prepared.cohort.new_pattern, new_plans[: len(scenario.horizon.years)])
    middle = np.median(levels, axis=1)
    shares = {
        name: float(np.median(share[min(SHARE_HORIZON, tested - 1)]))
        for name, share in targets.shares.items()
    }
    solved = solve(
        prepared, _fixed(prepared, middle), np.median(targets.plans[:tested], axis=1), shares
    )
    at = min(SHARE_HORIZON, tested - 1)
    tilts, correlations = _tilts(prepared, solved, targets, at)
    correlations[f"rates.{CEASING[0]}", f"rates.{CEASING[1]}"] = _TOGETHER
    recorded = targets.recorded[:tested]
    together = np.mean([_rank(levels[year], recorded[year]) for year in range(tested)])
    if abs(together) >= _LEAST_CORRELATION:
        correlations["new_plans.level", RECORDED] = float(together)
    return CalibratedInputs(
        first_year=scenario.horizon.first_year,
        level=_symmetric(levels, less=1 / np.median(new_plans[: len(levels)], axis=1)),
        level_rho=_from_year_to_year(levels),
        ceasing=_ceasing(prepared, solved, targets),
        moved_in=_moved_in(prepared),
        recorded_mean=solved.recorded,
        recorded_sd=_recorded_sd(prepared, targets, recorded),
        recorded_rho=_from_year_to_year(recorded),
        tilts=tilts,
        correlations=correlations,
        solved=solved,
    )


def _moved_in(prepared: Prepared) -> float | None:
    """Arrivals a year at their middle: how they scatter is in the recording difference already."""
    moved_in = prepared.scenario.moved_in
    return None if moved_in is None else _arrivals(prepared, moved_in)


def _arrivals(prepared: Prepared, moved_in: MovedIn) -> float:
    return float(moved_in.plans_a_year.at(prepared.scenario.horizon.first_year).central)


def _recorded_sd(prepared: Prepared, targets: Targets, recorded: Floats) -> Floats:
    """Standard deviation of the recording difference, (year,), less the chance the model adds itself.

    Past counts hold the chance of every leaver and arrival; the monthly model draws that anew.
    """
    tenth, ninetieth = np.quantile(recorded, [0.1, 0.9], axis=1)
    moved_in = prepared.scenario.moved_in
    arrivals = 0.0 if moved_in is None else _arrivals(prepared, moved_in)
    leavers = np.median(targets.net_exit_share[: len(recorded)], axis=1) * targets.start + arrivals
    chance = (leavers + arrivals) / targets.start**2
    variance = ((ninetieth - tenth) / (2 * OUTER)) ** 2 - chance
    return np.asarray(np.sqrt(np.clip(variance, 0.0, _LARGEST_SD**2)))


def faded(new_plans: Floats, tested: int, damping: float) -> Floats:
    """New plans (year, draw) whose middle grows ever more slowly after the years that were tested.

    `damping` of the log growth of the last tested year is left each year; each draw keeps its
    distance from the middle.

    >>> faded(np.array([[100.0], [110.0], [121.0]]), 2, 0.5).round(1).ravel().tolist()
    [100.0, 110.0, 115.4]
    """
    if tested < 2:
        return new_plans
    logs = np.log(new_plans)
    middle = np.median(logs, axis=1)
    growth, path = middle[tested - 1] - middle[tested - 2], middle.copy()
    for year in range(tested, len(middle)):
        growth *= damping
        path[year] = path[year - 1] + growth
    return np.asarray(np.exp(logs + (path - middle)[:, None]))


def _fixed(prepared: Prepared, levels: Floats) -> dict[str, float | tuple[float, ...]]:
    """What the forecast says of new plans, as fixed inputs; the scenario's own growth is left out."""
    years = len(prepared.scenario.horizon.years)
    padded = (*levels, *([levels[-1]] * (years - len(levels))))
    return {
        "new_plans.level": tuple(float(value) for value in padded),
        "new_plans.initial_growth": 0.0,
        "new_plans.yearly_variation": (0.0,) * years,
    }


def _symmetric(values: Floats, less: Floats) -> Floats:
    """10th and 90th percentiles (row, 2) of the lognormal with this median and spread (row, draw).

    `less` (row,) is taken off the variance of the logarithm: chance that the monthly model adds.
    """
    low, middle, high = np.quantile(values, [0.1, 0.5, 0.9], axis=1)
    half = np.log(high / low) / 2
    return _range(middle, np.sqrt(np.maximum(half**2 - less * OUTER**2, 0.0)))


def _range(middle: Floats, half: Floats) -> Floats:
    """Ranges (row, 2) around factors, `half` in logarithms, that a scenario may have.

    Below one in a hundred of a lognormal may lie above the largest factor.
    """
    middle = np.clip(middle, _LEAST_FACTOR, _LARGEST_FACTOR / 2)
    widest = _KEPT * np.log(_LARGEST_FACTOR / middle)
    half = np.minimum(np.minimum(half, _WIDEST), widest)
    return np.stack([middle * np.exp(-half), middle * np.exp(half)], axis=1)


def _rank(one: Floats, other: Floats) -> float:
    return float(stats.spearmanr(one, other).statistic)


def _from_year_to_year(values: Floats) -> float:
    """Mean rank correlation of one year with the next, at least nil, (year, draw)."""
    pairs = [_rank(values[year], values[year + 1]) for year in range(len(values) - 1)]
    return float(np.clip(np.mean(pairs), 0.0, 0.99)) if pairs else 0.0


def _ceasing(
    prepared: Prepared, solved: Solved, targets: Targets
) -> dict[str, tuple[float, float]]:
    """Ranges of the factors on ceasing: how uncertain the rates leave net exits, both alike."""
    low, high = np.quantile(targets.net_exit_share[0], [0.1, 0.9])
    half = np.array([(high - low) / 2 / max(-solved.ceasing_slope, _LEAST_SLOPE)])
    rates, first = prepared.scenario.rates, prepared.scenario.horizon.first_year
    ranges = {}
    for name in CEASING:
        middle = np.array([getattr(rates, name).at(first).central * solved.ceasing])
        ends = _range(middle, half)[0]
        ranges[name] = (float(ends[0]), float(ends[1]))
    return ranges


def _tilts(
    prepared: Prepared, solved: Solved, targets: Targets, at: int
) -> tuple[dict[str, tuple[float, float]], dict[tuple[str, str], float]]:
    """Ranges of the tilts of moves, and how they go together."""
    rates, first = prepared.scenario.rates, prepared.scenario.horizon.first_year
    ranges: dict[str, tuple[float, float]] = {}
    moved = {}
    for name, share in targets.shares.items():
        if name in solved.out_of_reach:
            continue
        slope = solved.tilt_slopes[name]
        low, high = np.log(np.quantile(np.maximum(share[at], 1e-9), [0.1, 0.9]))
        factor = getattr(rates, name).at(first).central * solved.tilts[name]
        ends = _range(np.array([factor]), np.array([abs((high - low) / 2 / slope)]))[0]
        ranges[name] = (float(ends[0]), float(ends[1]))
        moved[name] = share[at] * np.sign(slope)
    names = list(ranges)
    correlations = {}
    for place, one in enumerate(names):
        for other in names[place + 1 :]:
            together = _rank(moved[one], moved[other])
            if abs(together) >= _LEAST_CORRELATION:
                correlations[f"rates.{one}", f"rates.{other}"] = together
    return ranges, correlations
