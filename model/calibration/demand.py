"""Requests to come: the nation's damped trend, and an authority's own level against it.

The nation: log requests with a damped local trend in state-space form (statsmodels
`ExponentialSmoothing`), the damping fixed, because nine years cannot tell it. Authorities: requests
for each plan in force, a negative binomial regression of a year's count on the year and on the
authority's deviation the year before, so that the dispersion says how far an authority's own count
is believed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.calibration.settings import Settings
from model.history.history import History

Floats = NDArray[np.float64]
_LEAST_YEARS = 4


@dataclass(frozen=True)
class NationalDemand:
    """Log growth of England's requests since the last year, (horizon,): mean and standard deviation."""

    january: int
    mean: Floats
    sd: Floats
    fitted: Floats
    observed: Floats


def national_demand(history: History, horizons: int, settings: Settings) -> NationalDemand | None:
    """Forecast England's requests; None where fewer than four years are known."""
    from statsmodels.tsa.statespace.exponential_smoothing import ExponentialSmoothing

    requests = history.nation("requests").dropna()
    requests = requests[requests.index >= int(settings.first_requests)]
    if len(requests) < _LEAST_YEARS:
        return None
    logs = np.log(requests.to_numpy(dtype=float))
    growth = float(np.mean(np.diff(logs)))
    model = ExponentialSmoothing(
        logs, trend=True, damped_trend=True, initialization_method="known",
        initial_level=logs[0] - growth, initial_trend=growth,
    )  # fmt: skip
    # Nine points tell neither the smoothing nor the damping: both are choices with a range.
    fixed = {
        "smoothing_level": settings.demand_level_weight,
        "smoothing_trend": settings.demand_trend_weight,
        "damping_trend": settings.demand_damping,
    }
    with model.fix_params(fixed):
        fit = model.fit(disp=False)
    ahead = fit.get_forecast(horizons)
    return NationalDemand(
        int(requests.index[-1]),
        np.asarray(ahead.predicted_mean) - logs[-1],
        np.asarray(ahead.se_mean),
        np.asarray(fit.fittedvalues),
        logs,
    )


@dataclass(frozen=True)
class OwnDemand:
    """An authority's requests against the nation's growth, as logarithms, (authority,).

    `deviation`: last year's requests for each plan against the mean of authorities; `sd`: of a
    year's count around what is expected. `carry_over`: share of a deviation that is left a year
    later, with its standard error; `dispersion`: variance of the gamma multiplier beyond Poisson counting.
    """

    deviation: Floats
    sd: Floats
    carry_over: tuple[float, float]
    dispersion: float
    residuals: Floats


def own_demand(history: History, settings: Settings) -> OwnDemand | None:
    """Fit requests for each plan of all authorities; None where fewer than two years are known."""
    import statsmodels.api as sm

    first = int(settings.first_requests)
    years = [
        year
        for year in history.januaries
        if year >= first and history.of("requests", year).notna().sum() >= 20
    ]
    pairs = [(year, year + 1) for year in years if year + 1 in years]
    if not pairs:
        return None
    counts, exposure, terms = [], [], []
    for place, (before, after) in enumerate(pairs):
        deviation = _log_deviation(history, before, settings)
        requests = history.of("requests", after).to_numpy(dtype=float)
        plans = history.of("plans", before).to_numpy(dtype=float)
        used = (
            np.isfinite(requests) & np.isfinite(deviation) & (plans > settings.least_plans) & (requests > 0)
        )  # fmt: skip
        dummies = np.zeros((int(used.sum()), len(pairs)))
        dummies[:, place] = 1
        terms.append(np.column_stack([dummies, deviation[used]]))
        counts.append(requests[used])
        exposure.append(plans[used])
    response, design = np.concatenate(counts), np.vstack(terms)
    model = sm.NegativeBinomial(response, design, exposure=np.concatenate(exposure))
    fit = model.fit(disp=False, maxiter=200, method="bfgs")
    dispersion = float(fit.params[-1])
    last = years[-1]
    deviation = np.nan_to_num(_log_deviation(history, last, settings))
    carried = float(fit.params[-2])
    expected = fit.predict()
    requests = np.nan_to_num(history.of("requests", last).to_numpy(dtype=float), nan=1.0)
    return OwnDemand(
        deviation,
        np.sqrt(dispersion + 1 / np.maximum(requests, 1)),
        (carried, float(fit.bse[-2])),
        dispersion,
        (response - expected) / np.sqrt(expected + dispersion * expected**2),
    )


def _log_deviation(history: History, january: int, settings: Settings) -> Floats:
    """Log requests for each plan against the mean of authorities."""
    requests = history.of("requests", january).to_numpy(dtype=float)
    plans = history.of("plans", january).to_numpy(dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.log(np.where(requests > 0, requests, np.nan) / plans)
    used = np.isfinite(value) & (plans > settings.least_plans)
    low, high = np.quantile(value[used], [settings.outer_share, 1 - settings.outer_share])
    return np.asarray(np.clip(value, low, high) - float(np.mean(value[used])))
