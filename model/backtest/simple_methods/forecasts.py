"""All simple methods standing at one January: medians, quantiles and values to score."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from model.backtest.levels import LEVELS
from model.backtest.settings import simple_methods
from model.backtest.simple_methods.arima import arima
from model.backtest.simple_methods.counts import Floats
from model.backtest.simple_methods.damped_exponential_smoothing import damped_exponential_smoothing
from model.backtest.simple_methods.growth import (
    average_national_own_3_years,
    growth_3_years,
    growth_5_years,
    last_growth,
    naive,
    national_growth,
)
from model.backtest.simple_methods.past_errors import Method, ensemble_of, past_errors

METHODS: dict[str, Method] = {
    method.__name__: method
    for method in (
        naive,
        last_growth,
        growth_3_years,
        growth_5_years,
        national_growth,
        average_national_own_3_years,
        damped_exponential_smoothing,
        arima,
    )
}
"""Every simple method by the name it has in the table of forecasts."""


@dataclass(frozen=True)
class MethodForecast:
    """One method's forecasts from one origin, in counts; NaN where it has none.

    `median` (authority, horizon); `ensemble` (authority, horizon, value) equally likely values, sorted;
    `quantiles` (authority, horizon, level) at the levels of `LEVELS`. The median is what the method
    says; that of the ensemble differs only where past errors shift the range (`naive`).
    """

    method: str
    origin: int
    horizons: tuple[int, ...]
    median: Floats
    ensemble: Floats

    @property
    def quantiles(self) -> Floats:
        """(authority, horizon, level) in counts."""
        at = np.quantile(self.ensemble, list(LEVELS.values()), axis=-1)
        return np.asarray(np.moveaxis(at, 0, -1))


def simple_forecasts(
    history: Floats,
    nation: Floats,
    januaries: Iterable[int],
    origin: int,
    horizons: tuple[int, ...],
    methods: Iterable[str] | None = None,
) -> dict[str, MethodForecast]:
    """Forecasts of every simple method, or of `methods`, standing at January `origin`.

    `history` (authority, January) counts of a measure and `nation` (January,) England's, NaN where
    unknown, for the years `januaries`, which follow one another. Columns after the origin are not
    looked at. Pass every authority with data, not only those of interest: ranges and the pooled
    smoothing learn from all. Nothing is drawn, so there is no seed. Horizons are years ahead.

    Raises ValueError where the years do not follow one another, shapes do not fit, the origin is
    outside the years, a horizon is below 1, or a method is not known.
    """
    years = list(januaries)
    chosen = list(METHODS) if methods is None else list(methods)
    _refuse(history, nation, years, origin, horizons, chosen)
    known = years.index(origin) + 1
    history = np.asarray(history[:, :known], dtype=float)
    nation = np.asarray(nation[:known], dtype=float)
    return {name: _forecast(name, history, nation, origin, horizons) for name in chosen}


def _forecast(
    name: str, history: Floats, nation: Floats, origin: int, horizons: tuple[int, ...]
) -> MethodForecast:
    median = METHODS[name](history, nation, horizons)
    errors = past_errors(METHODS[name], history, nation, horizons)
    shifted = simple_methods()[name].range_shifted
    ensemble = [
        ensemble_of(median[:, at], errors[at], shifted=shifted) for at in range(len(horizons))
    ]
    return MethodForecast(name, origin, horizons, median, np.stack(ensemble, axis=1))


def _refuse(
    history: Floats,
    nation: Floats,
    years: list[int],
    origin: int,
    horizons: tuple[int, ...],
    methods: list[str],
) -> None:
    if not years or years != list(range(years[0], years[0] + len(years))):
        raise ValueError(f"the Januaries {years} do not follow one another")
    if history.ndim != 2 or history.shape[1] != len(years) or nation.shape != (len(years),):
        raise ValueError(
            f"counts of shape {history.shape} and {nation.shape} do not fit {len(years)} Januaries"
        )
    if origin not in years:
        raise ValueError(f"the origin {origin} is outside {years[0]} to {years[-1]}")
    if not horizons or min(horizons) < 1:
        raise ValueError(f"horizons {horizons} are not whole years ahead")
    unknown = [name for name in methods if name not in METHODS]
    if unknown:
        raise ValueError(f"no simple method is called {unknown}; there are {list(METHODS)}")
