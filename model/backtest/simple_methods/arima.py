"""ARIMA of log counts with drift, the order of each authority by its corrected Akaike criterion."""

from __future__ import annotations

import warnings
from functools import lru_cache
from typing import Any

import numpy as np

from model.backtest.settings import settings, simple_methods
from model.backtest.simple_methods.counts import Floats, counts_in_a_row, logs_of
from model.backtest.simple_methods.growth import Horizons
from model.backtest.simple_methods.one_thread import one_thread

PERCENT = 100.0
"""Growth is fitted in percent, near 1 in size, where the library's search is at home."""

EVEN = 1e-9
"""Percent: growth that differs by less is the same growth and a float's noise, with no variance to fit."""

SERIES_KEPT = 8192
"""Series whose forecasts are kept: ranges ask at a later origin for what was forecast at an earlier."""


def arima(history: Floats, nation: Floats, horizons: Horizons) -> Floats:
    """Median forecasts (authority, horizon) in counts from `history` (authority, January).

    Orders (0,1,0), (1,1,0) and (0,1,1), each with drift. Uses the latest Januaries in a row; needs
    seven, and gives NaN to an authority with fewer. `nation` is not used.
    """
    logs, lengths = logs_of(history), counts_in_a_row(history)
    medians = np.full((len(history), len(horizons)), np.nan)
    steps = np.array(horizons) - 1
    enough = np.flatnonzero(lengths >= simple_methods()[arima.__name__].counts_needed)
    with one_thread():
        for authority in enough:
            series = logs[authority, -lengths[authority] :]
            growth = _growth_ahead(tuple(PERCENT * np.diff(series)), max(horizons)) / PERCENT
            medians[authority] = np.exp(series[-1] + np.cumsum(growth)[steps])
    return medians


@lru_cache(maxsize=SERIES_KEPT)
def _growth_ahead(growth: tuple[float, ...], years: int) -> Floats:
    """Expected growth of the coming years (year,), percent, from past `growth` in percent; NaN where no order fits."""
    if np.ptp(growth) < EVEN:
        return np.full(years, np.mean(growth))
    largest = int(settings()["arima_largest_order"])
    orders = [
        (0, 0),
        *((p, 0) for p in range(1, largest + 1)),
        *((0, q) for q in range(1, largest + 1)),
    ]
    fitted = [fit for order in orders if (fit := _fit(growth, order)) is not None]
    if not fitted:
        return np.full(years, np.nan)
    best = min(fitted, key=lambda fit: float(fit.aicc))
    return np.asarray(best.forecast(years))


def _fit(growth: tuple[float, ...], order: tuple[int, int]) -> Any | None:
    """An order fitted to growth; None where the library did not converge, and so has no likelihood."""
    from statsmodels.tools.sm_exceptions import ConvergenceWarning
    from statsmodels.tsa.arima.model import ARIMA

    model = ARIMA(
        np.array(growth), order=(order[0], 0, order[1]), trend="c", concentrate_scale=True
    )
    # Where the search begins is said, because the library's own guess is at times no stationary process.
    start = [np.mean(growth), *np.zeros(sum(order))]
    with warnings.catch_warnings():
        warnings.simplefilter("error", ConvergenceWarning)
        try:
            return model.fit(start_params=start, cov_type="none", low_memory=True)
        except ConvergenceWarning:
            return None
