"""Rates of the way from a request to a plan, one authority's evidence drawn to region and nation.

For successes y of n trials of authority i in year t (refusals of requests, plans of assessments):

    logit of next year's rate = level of the year + c . (deviation of authority i, shrunk)

a binomial regression (statsmodels GLM) whose scatter beyond counting is estimated from Pearson's
chi-square. The deviation is drawn to its region's as far as the region stands out, and that to the
nation's: empirical Bayes with variances by the method of moments.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import special

from model.calibration.settings import Settings
from model.calibration.shrinkage import Shrunk, shrink
from model.history.history import History

Floats = NDArray[np.float64]


_OUTER: Final = 0.01
"""Share of authorities at either end whose rate is drawn in: nil and all are faults of recording."""


@dataclass(frozen=True)
class Rate:
    """One rate: what is counted, out of what, and the input of a scenario that it fills."""

    name: str
    title: str
    counted: str
    left: str
    path: str


SHARES: Final = (
    Rate("refused_share", "Requests refused an assessment", "refused", "accepted", "requests.refused_share"),
    Rate("plan_share", "Assessments that end in a plan", "assessments_issued", "assessments_not_issued", "requests.plan_share"),
)  # fmt: skip


@dataclass(frozen=True)
class RateForecast:
    """A rate of every authority in the year after the history, (authority,) each.

    `own`: of the last year, NaN where not known; `nation`: of authorities together. `shrunk`: the
    last year's rate as believed; `weight_own`, `weight_region`: shares of the own and the region's
    deviation in it, the rest is the nation's. `low`, `middle`, `high`: 10th, 50th, 90th percentile
    of next year's. `carry_over`: c with its standard error. `scatter`: standard deviation of next
    year's logit beyond counting, which is in the range besides. `residuals`: standardised, of all authorities and years.
    """

    rate: Rate
    own: Floats
    nation: float
    shrunk: Floats
    weight_own: Floats
    weight_region: Floats
    low: Floats
    middle: Floats
    high: Floats
    carry_over: tuple[float, float]
    scatter: float
    residuals: Floats
    years: tuple[int, ...]


def forecast_rate(history: History, rate: Rate, settings: Settings) -> RateForecast | None:
    """Fit a rate to all years known and forecast the next; None where fewer than two years are known."""
    regions = history.authorities.region.to_numpy(dtype=str)
    years = [year for year in history.januaries if _counts(history, rate, year)[2].sum() >= 20]
    pairs = [(year, year + 1) for year in years if year + 1 in years]
    if not pairs:
        return None
    shrunk = {year: _shrunk(history, rate, year, regions, settings) for year in years}
    value, error, dispersion, residuals = _carry_over(history, rate, pairs, shrunk)
    last = years[-1]
    successes, trials, known = _counts(history, rate, last)
    logit, variance = _logits(history, rate, last)
    level = float(np.average(logit[known], weights=1 / variance[known]))
    middle = level + value * np.nan_to_num(shrunk[last].deviation)
    # Counting is in the dispersion at the usual number of trials, so what is left is real scatter.
    usual = float(np.median(trials[known]))
    rate_there = special.expit(level)
    scatter = float(np.sqrt(max(dispersion - 1, 0) / (usual * rate_there * (1 - rate_there))))
    expected = special.expit(middle)
    counting = 1 / (np.where(known, trials, usual) * expected * (1 - expected))
    unsure = (error * np.nan_to_num(shrunk[last].deviation)) ** 2
    spread = np.sqrt(scatter**2 + unsure + counting)
    own = np.where(known, successes / np.where(known, trials, 1), np.nan)
    return RateForecast(
        rate,
        own,
        float(rate_there),
        special.expit(level + np.nan_to_num(shrunk[last].deviation)),
        shrunk[last].weight_own,
        shrunk[last].weight_region,
        special.expit(middle - 1.2816 * spread),
        expected,
        special.expit(middle + 1.2816 * spread),
        (value, error),
        scatter,
        residuals,
        tuple(years),
    )


def _counts(history: History, rate: Rate, year: int) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Successes, trials and who has both, by authority."""
    successes = history.of(rate.counted, year).to_numpy(dtype=float)
    left = (
        history.of("requests", year) - history.of("refused", year)
        if rate.left == "accepted"
        else history.of(rate.left, year)
    ).to_numpy(dtype=float)
    trials = successes + left
    known = np.isfinite(trials) & (trials > 0) & (left >= 0)
    return successes, trials, known


def _logits(history: History, rate: Rate, year: int) -> tuple[Floats, Floats]:
    """Empirical logits with half a case added, and their binomial variances; NaN where not known."""
    successes, trials, known = _counts(history, rate, year)
    with np.errstate(invalid="ignore", divide="ignore"):
        logit = np.log((successes + 0.5) / (trials - successes + 0.5))
        variance = 1 / (successes + 0.5) + 1 / (trials - successes + 0.5)
    low, high = np.quantile(logit[known], [_OUTER, 1 - _OUTER])
    return np.where(known, np.clip(logit, low, high), np.nan), np.where(known, variance, np.nan)


def _shrunk(
    history: History, rate: Rate, year: int, regions: NDArray[np.str_], settings: Settings
) -> Shrunk:
    logit, variance = _logits(history, rate, year)
    known = np.isfinite(logit)
    nation = float(np.average(logit[known], weights=1 / variance[known]))
    return shrink(logit - nation, variance, regions, known, settings.least_variance_share)


def _carry_over(
    history: History,
    rate: Rate,
    pairs: list[tuple[int, int]],
    shrunk: dict[int, Shrunk],
) -> tuple[float, float, float, Floats]:
    """How much of a deviation is left a year later: coefficient, its error, dispersion, residuals."""
    import statsmodels.api as sm

    counted, trials, terms = [], [], []
    for place, (before, after) in enumerate(pairs):
        successes, total, known = _counts(history, rate, after)
        years = np.zeros((int(known.sum()), len(pairs)))
        years[:, place] = 1
        terms.append(np.column_stack([years, shrunk[before].deviation[known]]))
        counted.append(successes[known])
        trials.append(total[known])
    response = np.concatenate(counted)
    all_trials = np.concatenate(trials)
    model = sm.GLM(
        np.column_stack([response, all_trials - response]),
        np.vstack(terms),
        family=sm.families.Binomial(),
    )
    fit = model.fit()
    share = fit.fittedvalues
    pearson = (response - all_trials * share) / np.sqrt(all_trials * share * (1 - share))
    # Statsmodels' own scale is that of shares; counts scatter by Pearson's chi-square over freedom.
    dispersion = float((pearson**2).sum() / fit.df_resid)
    root = np.sqrt(dispersion)
    return float(fit.params[-1]), float(fit.bse[-1] * root), dispersion, pearson / root
