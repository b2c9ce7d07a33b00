"""The rates behind an authority's plan total: new plans that follow the pipeline, and net exits.

For authority i at January t, with P plans and deviations d of its rates from the mean of
authorities (`deviations.py`):

    new plans of the next year / P   Y = a + b . (mean + d)    over NEW_PLAN_RATES
    net exits of the next year / P   X = x + g . d             over EXIT_RATES
    plans                            P' = P (1 + Y - X)
    deviations a year later          d' = M d                  prevalence: d + own growth - the nation's

b, g and M are robust regressions pooled over the years known, with the year's median taken out; a
and x are the years' medians, smoothed. Net exits are exits less arrivals and recording differences:
ceased plans are not published by age before calendar 2023. Measured in docs/skill.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.calibration.deviations import Deviations, deviations_at
from model.calibration.levels import smoothed_level
from model.calibration.pipeline_rates import COMPLETE_SINCE, EXIT_RATES, NEW_PLAN_RATES
from model.calibration.robust_regression import Coefficients, robust_regression
from model.calibration.settings import Settings
from model.history.history import History
from model.scenario.problems import Problem, ScenarioError

Floats = NDArray[np.float64]

ALL_RATES = tuple(dict.fromkeys(NEW_PLAN_RATES + EXIT_RATES))
NEW_ROWS = [ALL_RATES.index(name) for name in NEW_PLAN_RATES]
EXIT_ROWS = [ALL_RATES.index(name) for name in EXIT_RATES]
PREVALENCE, NEW_PLANS = ALL_RATES.index("prevalence"), ALL_RATES.index("new_plans")
_NORMAL_MAD = 1.4826
"""Median absolute deviation of a normal to its standard deviation."""
_LEAST_COUNT_SHARE, _MOST_COUNT_SHARE, _LEAST_LOCAL_VARIANCE = 0.2, 1.0, 1e-5


@dataclass(frozen=True)
class LocalNoise:
    """What authorities do from year to year that no rate explains.

    `growth`, `new_plans`: (residual,), and `deviations` (rate, residual): surprises of one authority
    and year at the same place, so that they go together; growth and new plans as logarithms, and all
    over the standard deviation of log growth with P plans, sqrt(between + count_share / P). Medians
    of growth and new plans are nil. `lasting_share` of the variance of growth stays with an
    authority for good.
    """

    growth: Floats
    new_plans: Floats
    deviations: Floats
    between: float
    count_share: float
    lasting_share: float


@dataclass(frozen=True)
class PlanTotals:
    """Fitted rates at one January, for every authority of the history.

    `plans`: (authority,) in force. `pipeline`: coefficients b over `NEW_PLAN_RATES`; `exits`: g over
    `EXIT_RATES`. `new_level`, `exit_level`: a and x, a year, for each plan. `carry_over`: M (rate,
    rate) over `ALL_RATES`. `level_errors`: one-step errors of a - x in the years known.
    `new_levels`, `exit_levels`: a and x by year, and `last_fit` (what, authority): new plans
    expected and seen, net exits expected and seen, for each plan in the last year known; for diagnostics.
    """

    january: int
    authorities: tuple[str, ...]
    plans: Floats
    deviations: Deviations
    pipeline: Coefficients
    exits: Coefficients
    new_level: float
    exit_level: float
    carry_over: Floats
    level_errors: Floats
    noise: LocalNoise
    years: tuple[int, ...]
    new_levels: Floats
    exit_levels: Floats
    last_fit: Floats


@dataclass(frozen=True)
class _Transition:
    """One January to the next: deviations at the first, what came of it, and whom to learn from."""

    january: int
    plans: Floats
    deviations: Deviations
    new_share: Floats
    growth: Floats
    used: NDArray[np.bool_]


def fit_plan_totals(history: History, settings: Settings) -> PlanTotals:
    """Fit at the last January of the history; nothing later is in it to be used.

    Raises ScenarioError where fewer than two Januaries with requests are known.
    """
    january = history.januaries[-1]
    first = int(settings.first_requests)
    transitions = [_transition(history, year, settings) for year in range(first, january)]
    transitions = [transition for transition in transitions if transition.used.any()]
    if not transitions:
        raise ScenarioError(
            [
                Problem(
                    "history", None, "", "too few years to learn rates from",
                    found=f"plans until January {january}, and no year with requests and new plans before it",
                    expected=f"requests and new plans from calendar {first - 1} on, and at least two Januaries of plans",
                )
            ]
        )  # fmt: skip
    pipeline = _pooled(transitions, NEW_ROWS, "new_share", settings)
    exits = _pooled(transitions, EXIT_ROWS, "exits", settings)
    new_levels, exit_levels = _levels(transitions, pipeline.value, exits.value)
    new_level, new_errors = smoothed_level(new_levels, settings.level_weight)
    exit_level, exit_errors = smoothed_level(exit_levels, settings.level_weight)
    latest = deviations_at(history, ALL_RATES, january, settings)
    after = [transition.deviations for transition in transitions[1:]] + [latest]
    carry_over = _carry_over(history, january, settings)
    return PlanTotals(
        january,
        tuple(str(name) for name in history.names),
        history.of("plans", january).to_numpy(dtype=float),
        latest,
        pipeline,
        exits,
        new_level,
        exit_level,
        carry_over,
        new_errors - exit_errors,
        _local_noise(transitions, after, pipeline.value, exits.value, carry_over, settings),
        tuple(transition.january for transition in transitions),
        new_levels,
        exit_levels,
        _last_fit(transitions[-1], pipeline.value, exits.value),
    )


def _last_fit(last: _Transition, pipeline: Floats, exits: Floats) -> Floats:
    """Expected and seen of both equations, (what, authority), at the levels of their own year."""
    explained, left = pipeline @ last.deviations.shrunk[NEW_ROWS], last.new_share - last.growth
    expected_exits = exits @ last.deviations.shrunk[EXIT_ROWS]
    new_middle = np.median((last.new_share - explained)[last.used])
    exit_middle = np.median((left - expected_exits)[last.used])
    return np.array([new_middle + explained, last.new_share, exit_middle + expected_exits, left])


def _transition(history: History, january: int, settings: Settings) -> _Transition:
    plans = history.of("plans", january).to_numpy(dtype=float)
    after = history.of("plans", january + 1).to_numpy(dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        new_share = history.of("new_plans", january + 1).to_numpy(dtype=float) / plans
        growth = after / plans - 1
    used = (
        np.isfinite(new_share)
        & np.isfinite(growth)
        & (plans > settings.least_plans)
        & (new_share < settings.largest_new)
        & (np.abs(growth) < settings.largest_growth)
    )
    deviations = deviations_at(history, ALL_RATES, january, settings)
    return _Transition(january, plans, deviations, new_share, growth, used)


def _response(transition: _Transition, name: str) -> Floats:
    exits = transition.new_share - transition.growth
    return transition.new_share if name == "new_share" else exits


def _pooled(
    transitions: list[_Transition], rows: list[int], response: str, settings: Settings
) -> Coefficients:
    """Robust regression over all years, each year's median taken out of the response."""
    terms, responses = [], []
    for transition in transitions:
        value = _response(transition, response)[transition.used]
        terms.append(transition.deviations.shrunk[rows][:, transition.used].T)
        responses.append(value - np.median(value))
    return robust_regression(np.vstack(terms), np.concatenate(responses), settings.huber)


def _levels(
    transitions: list[_Transition], pipeline: Floats, exits: Floats
) -> tuple[Floats, Floats]:
    """Levels a and x of each year: what the authorities' rates leave, at the median."""
    new_levels, exit_levels = [], []
    for transition in transitions:
        shrunk, used = transition.deviations.shrunk, transition.used
        explained = pipeline @ shrunk[NEW_ROWS]
        national = float(np.nan_to_num(transition.deviations.mean[NEW_ROWS]) @ pipeline)
        new_levels.append(np.median((transition.new_share - explained)[used]) - national)
        net = transition.new_share - transition.growth - exits @ shrunk[EXIT_ROWS]
        exit_levels.append(np.median(net[used]))
    return np.array(new_levels), np.array(exit_levels)


def _carry_over(history: History, january: int, settings: Settings) -> Floats:
    """How deviations of one January carry over to the next, (rate next, rate now)."""
    carry = np.zeros((len(ALL_RATES), len(ALL_RATES)))
    for row, name in enumerate(ALL_RATES):
        # Little is known of where plans elsewhere go; only their own deviation carries over.
        columns = [row] if name == "elsewhere" else list(range(len(ALL_RATES)))
        terms, responses = [], []
        for year in range(max(int(settings.first_requests), COMPLETE_SINCE.get(name, 0)), january):
            now = deviations_at(history, ALL_RATES, year, settings).shrunk
            later = deviations_at(history, (name,), year + 1, settings).shrunk[0]
            plans = history.of("plans", year).to_numpy(dtype=float)
            used = (plans > settings.least_plans) & (later != 0)
            terms.append(now[columns][:, used].T)
            responses.append(later[used])
        if terms:
            fitted = robust_regression(np.vstack(terms), np.concatenate(responses), settings.huber)
            carry[row, columns] = fitted.value
    return carry


def _local_noise(
    transitions: list[_Transition],
    after: list[Deviations],
    pipeline: Floats,
    exits: Floats,
    carry_over: Floats,
    settings: Settings,
) -> LocalNoise:
    """Residuals of single authorities and years, and how their spread depends on size.

    `after`: deviations a year after each transition's own.
    """
    growth, new, moved, plans, years, places = [], [], [], [], [], []
    for transition, later in zip(transitions, after, strict=True):
        shrunk, used = transition.deviations.shrunk, transition.used
        explained = pipeline @ shrunk[NEW_ROWS]
        residual = np.log1p(transition.growth) - (explained - exits @ shrunk[EXIT_ROWS])
        growth.append((residual - np.median(residual[used]))[used])
        level = np.median((transition.new_share - explained)[used])
        fitted = np.maximum((level + explained)[used], 0.03)
        ratio = np.log(np.maximum(transition.new_share[used], 0.02) / fitted)
        new.append(ratio - np.median(ratio))
        surprise = later.shrunk - carry_over @ shrunk
        # A rate not known then has no surprise, and prevalence follows from growth itself.
        surprise[later.shrunk == 0] = 0.0
        surprise[PREVALENCE] = 0.0
        moved.append(surprise[:, used])
        plans.append(transition.plans[used])
        years.append(np.full(int(used.sum()), transition.january))
        places.append(np.flatnonzero(used))
    residuals, sizes = np.concatenate(growth), np.concatenate(plans)
    between, count_share = _spread_by_size(residuals, sizes)
    spread = np.sqrt(between + count_share / sizes)
    standard = residuals / spread
    standard = standard - np.median(standard)
    lasting = _lasting_share(standard, np.concatenate(years), np.concatenate(places), settings)
    # From the lowest to the highest growth, so that a uniform near nil is a low one.
    order = np.argsort(standard, kind="stable")
    return LocalNoise(
        standard[order],
        (np.concatenate(new) / spread)[order],
        (np.concatenate(moved, axis=1) / spread)[:, order],
        between,
        count_share,
        lasting,
    )


def _spread_by_size(residuals: Floats, plans: Floats) -> tuple[float, float]:
    """Variance between authorities and the share that shrinks with size, from the smallest and largest thirds."""
    small, large = np.quantile(plans, [1 / 3, 2 / 3])

    def variance(of: NDArray[np.bool_]) -> float:
        return float((_NORMAL_MAD * np.median(np.abs(residuals[of]))) ** 2)

    few, many = plans < small, plans > large
    slope = (variance(few) - variance(many)) / (np.mean(1 / plans[few]) - np.mean(1 / plans[many]))
    count_share = float(np.clip(slope, _LEAST_COUNT_SHARE, _MOST_COUNT_SHARE))
    overall = float(np.median(residuals**2) * _NORMAL_MAD**2)
    between = max(overall - count_share * float(np.median(1 / plans)), _LEAST_LOCAL_VARIANCE)
    return between, count_share


def _lasting_share(
    standard: Floats, years: NDArray[np.int64], places: NDArray[np.int64], settings: Settings
) -> float:
    """Mean correlation of residuals between pairs of years, drawn to the first guess."""
    table = np.full((len(np.unique(years)), int(places.max()) + 1), np.nan)
    table[np.searchsorted(np.unique(years), years), places] = np.clip(standard, -3, 3)
    found = []
    for later in range(len(table)):
        for earlier in range(later):
            both = np.isfinite(table[later]) & np.isfinite(table[earlier])
            found.append(float(np.corrcoef(table[later, both], table[earlier, both])[0, 1]))
    pairs = settings.lasting_share_pairs
    share = (settings.lasting_share * pairs + sum(found)) / (pairs + len(found))
    return float(np.clip(share, 0.02, 0.3))
