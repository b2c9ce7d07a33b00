"""The tidy table of forecasts: one row an authority, origin, horizon, measure and method, scored."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from model.backtest.levels import LEVELS
from model.backtest.scores import Floats, crps, pit

COLUMNS = (
    "authority", "origin", "horizon", "measure", "method", "forecast", "actual",
    *(name for name in LEVELS if name != "q50"), "crps",
)  # fmt: skip
"""Columns of the table as it is written; `forecast` is the median, counts throughout."""

KEYS = ("authority", "origin", "horizon", "measure")
"""What one thing to be forecast is, whatever the method: a row by each method."""

PIT = "pit"
"""A further column that is not written: where in its forecast the actual came out, 0 to 1."""


def forecast_rows(
    *,
    authorities: Sequence[str],
    origin: int,
    horizons: Iterable[int],
    measure: str,
    method: str,
    ensemble: Floats,
    actual: Floats,
    median: Floats | None = None,
    seed: int = 0,
) -> pd.DataFrame:
    """Rows of one method from one origin, with COLUMNS and PIT.

    `ensemble` (authority, horizon, value) equally likely counts; `actual` (authority, horizon) what
    came; `median` (authority, horizon), else that of the ensemble. A row is left out where there is no
    forecast or no actual; a forecast without a range has no quantiles and no score.
    Raises ValueError where shapes do not fit.
    """
    ahead = list(horizons)
    shape = (len(authorities), len(ahead))
    if ensemble.shape[:2] != shape or actual.shape != shape:
        raise ValueError(
            f"an ensemble of {ensemble.shape} and actuals of {actual.shape} do not fit "
            f"{shape[0]} authorities and {shape[1]} horizons"
        )
    at = np.moveaxis(np.quantile(ensemble, list(LEVELS.values()), axis=-1), 0, -1)
    quantiles = dict(zip(LEVELS, np.moveaxis(at, -1, 0), strict=True))
    forecast = quantiles["q50"] if median is None else median
    # The seed of the randomised PIT differs from method to method, origin to origin and measure to measure.
    stream = zlib.crc32(f"{seed}|{measure}|{method}|{origin}".encode())
    values: dict[str, Floats] = {
        "forecast": forecast,
        "actual": actual,
        **{name: quantiles[name] for name in LEVELS if name != "q50"},
        "crps": crps(ensemble, actual),
        PIT: pit(ensemble, actual, stream),
    }
    table = pd.DataFrame(
        {
            "authority": np.repeat(list(authorities), len(ahead)),
            "origin": origin,
            "horizon": np.tile(ahead, len(authorities)),
            "measure": measure,
            "method": method,
            **{name: of_rows.ravel() for name, of_rows in values.items()},
        }
    )
    known = table["forecast"].notna() & table["actual"].notna()
    return table[known].reset_index(drop=True)


def common_rows(table: pd.DataFrame) -> pd.DataFrame:
    """The rows on which methods can be held to each other, within each measure and horizon.

    Methods with a scored forecast at every origin must all have a row, or it is left out for all. A
    method that cannot stand at some origins, because its history begins too late, takes nothing from
    the others; it keeps those of the common rows that it has, so that its `rows` are fewer. Rows whose
    actual is not above nil are left out: an error in percent says nothing there.
    """
    usable = table[(table["actual"] > 0) & table["crps"].notna()]
    kept = [_common(part) for _, part in usable.groupby(["measure", "horizon"], sort=False)]
    return pd.concat([usable.iloc[:0], *kept]).sort_index().reset_index(drop=True)


def _common(usable: pd.DataFrame) -> pd.DataFrame:
    """Common rows of one measure and horizon."""
    origins = usable.groupby("method")["origin"].nunique()
    everywhere = origins.index[origins == usable["origin"].nunique()]
    things = [usable["authority"], usable["origin"]]
    have = usable["method"].isin(everywhere).groupby(things).transform("sum")
    return usable[have == len(everywhere)]
