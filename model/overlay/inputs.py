"""Inputs of a scenario that make `run` forecast the plans of a calibrated forecast."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from model.overlay.levels import levels_for
from model.overlay.solve import SHARE_HORIZON, Solved, solve
from model.overlay.targets import Targets
from model.prepared import Prepared, prepare
from model.scenario.load import LoadedScenario
from model.scenario.problems import Problem, ScenarioError

Floats = NDArray[np.float64]
OUTER = 1.2815515655446004
"""Standard deviations from the middle to the 10th or 90th percentile of a normal distribution."""
_LEAST_FACTOR, _LARGEST_FACTOR = 0.01, 10.0
"""Least factor worth writing, and the largest that a scenario may have."""
_KEPT = 0.53
"""1.28 over 2.33 standard deviations, and a little less."""
_LARGEST_SD = 0.18
"""Of a recording difference, so that less than one in a hundred lies beyond half of all plans."""
_WIDEST = np.log(3.0)
_LEAST_CORRELATION = 0.1


@dataclass(frozen=True)
class CalibratedInputs:
    """What the overlay says. Ranges are 10th and 90th percentiles.

    `level`, `ceased_under_18`, `ceased_18_and_over`: (year, 2) ranges by financial year from
    `first_year`. `level_rho`, `recorded_rho`: how one year goes with the next. `recorded_sd`:
    (year,) of the recording difference for each plan. `tilts`: family -> range. `correlations`:
    (path, path) -> Spearman's coefficient. `solved`: how the rates were found.
    """

    first_year: int
    level: Floats
    level_rho: float
    ceasing: dict[str, Floats]
    recorded_sd: Floats
    recorded_rho: float
    tilts: dict[str, tuple[float, float]]
    correlations: dict[tuple[str, str], float]
    solved: Solved


def without_requests(loaded: LoadedScenario) -> LoadedScenario:
    """The scenario with new plans as a forecast of their own, not by way of requests."""
    scenario = loaded.scenario
    if not scenario.has("requests"):
        return loaded
    off = [*scenario.switched_off, "requests"]
    return replace(loaded, scenario=scenario.model_copy(update={"switched_off": off}))


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
    years = min(len(scenario.horizon.years), len(targets.plans))
    levels = levels_for(prepared.cohort.new_pattern, targets.new_plans[:years])
    middle = np.median(levels, axis=1)
    shares = {
        name: float(np.median(share[min(SHARE_HORIZON, years - 1)]))
        for name, share in targets.shares.items()
    }
    solved = solve(
        prepared, _fixed(prepared, middle), np.median(targets.plans[:years], axis=1), shares
    )
    tilts, correlations = _tilts(prepared, solved, targets, min(SHARE_HORIZON, years - 1))
    recorded = targets.recorded[:years] - np.median(targets.recorded[:years], axis=1, keepdims=True)
    level_path, recorded_path = "new_plans.level", "recording_difference.share_a_year"
    together = np.mean([_rank(levels[year], recorded[year]) for year in range(years)])
    if abs(together) >= _LEAST_CORRELATION:
        correlations[level_path, recorded_path] = float(together)
    return CalibratedInputs(
        first_year=scenario.horizon.first_year,
        level=_symmetric(levels),
        level_rho=_from_year_to_year(levels),
        ceasing=_ceasing(prepared, solved, targets, years),
        recorded_sd=np.minimum(
            np.ptp(np.quantile(recorded, [0.1, 0.9], axis=1), axis=0) / (2 * OUTER), _LARGEST_SD
        ),
        recorded_rho=_from_year_to_year(recorded),
        tilts=tilts,
        correlations=correlations,
        solved=solved,
    )


def _fixed(prepared: Prepared, levels: Floats) -> dict[str, float | tuple[float, ...]]:
    """What the forecast says of new plans, as fixed inputs; the scenario's own growth is left out."""
    years = len(prepared.scenario.horizon.years)
    padded = (*levels, *([levels[-1]] * (years - len(levels))))
    return {
        "new_plans.level": tuple(float(value) for value in padded),
        "new_plans.initial_growth": 0.0,
        "new_plans.yearly_variation": (0.0,) * years,
    }


def _symmetric(values: Floats) -> Floats:
    """10th and 90th percentiles (row, 2) of the lognormal with this median and spread (row, draw)."""
    low, middle, high = np.quantile(values, [0.1, 0.5, 0.9], axis=1)
    return _range(middle, np.log(high / low) / 2)


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


def _ceasing(prepared: Prepared, solved: Solved, targets: Targets, years: int) -> dict[str, Floats]:
    """Ranges of the factors on ceasing: how uncertain the rates leave net exits."""
    low, high = np.quantile(targets.net_exit_share[:years], [0.1, 0.9], axis=1)
    slope = np.minimum(solved.sensitivity["ceasing"], -1e-3)
    half = (high - low) / 2 / -slope
    rates, first = prepared.scenario.rates, prepared.scenario.horizon.first_year
    ranges = {}
    for name in ("ceased_under_18", "ceased_18_and_over"):
        own = [getattr(rates, name).at(first + year).central for year in range(years)]
        ranges[name] = _range(np.array(own) * solved.ceasing, half)
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
        slope = float(solved.sensitivity[name][0])
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
