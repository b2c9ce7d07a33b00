"""How good each method is at money, on the rows that it and ours both have."""

from __future__ import annotations

import numpy as np
import pandas as pd

from model.backtest.levels import RANGES
from model.backtest.scores import coverage, ratio_of_means
from model.backtest.settings import OUR_METHOD
from model.calibration.money.settings import FAMILY_OF

KEYS = ("authority", "origin", "horizon", "measure")
RESAMPLES = 2000


def scored(forecasts: pd.DataFrame) -> pd.DataFrame:
    """The forecasts with `error` in percent (row,), above nil too high, and `crps_percent`.

    Prices and income: percent of what came. Balances: percent of the DSG, because a balance may be
    nil. And whether the ranges hold what came: `inside_50`, `inside_80`, `inside_95`.
    """
    additive = forecasts.measure.map(FAMILY_OF).eq("balance")
    base = forecasts.actual.where(~additive, 1.0)
    inside = {
        f"inside_{level}": coverage(
            forecasts[low].to_numpy(np.float64),
            forecasts[high].to_numpy(np.float64),
            forecasts.actual.to_numpy(np.float64),
        )
        for level, (low, high) in RANGES.items()
    }
    return forecasts.assign(
        error=100 * (forecasts.forecast - forecasts.actual) / base,
        crps_percent=100 * forecasts.crps / base,
        **inside,
    )


def money_summary(
    forecasts: pd.DataFrame, by: tuple[str, ...] = ("measure", "horizon")
) -> pd.DataFrame:
    """Scores by `by` and method, ours first as in the forecasts.

    Columns: `rows`, `origins`, `authorities`; percent: `mape`, `median_ape`, `bias`, `crps_percent`,
    `coverage_50`, `coverage_80`, `coverage_95`; `mape_of_ours` on the same rows, and `ratio` of ours
    to the method's with `ratio_low` and `ratio_high` (95 % over authorities, same years): below 1
    ours is better. Coverage of rivals is left out: their ranges are ours, moved.
    """
    if forecasts.empty:
        return pd.DataFrame(columns=[*by, "method", "rows"])
    rows = scored(forecasts)
    ours = rows[rows.method == OUR_METHOD].set_index(list(KEYS)).error.abs()
    rows["ours"] = ours.reindex(pd.MultiIndex.from_frame(rows[list(KEYS)])).to_numpy()
    rows = rows[rows.ours.notna()]
    found: list[dict[str, object]] = []
    for keys, part in rows.groupby([*by, "method"], sort=False):
        names = [*keys] if isinstance(keys, tuple) else [keys]
        own = names[-1] == OUR_METHOD
        ape = part.error.abs()
        ratio = ratio_of_means(
            part.ours.to_numpy(),
            ape.to_numpy(),
            part.authority.to_numpy(),
            resamples=RESAMPLES,
            seed=0,
        )
        found.append(
            {
                **dict(zip((*by, "method"), names, strict=True)),
                "rows": len(part),
                "origins": part.origin.nunique(),
                "authorities": part.authority.nunique(),
                "mape": ape.mean(),
                "median_ape": ape.median(),
                "bias": part.error.mean(),
                "crps_percent": part.crps_percent.mean(),
                **{
                    f"coverage_{level}": 100 * part[f"inside_{level}"].mean() if own else np.nan
                    for level in RANGES
                },
                "mape_of_ours": part.ours.mean(),
                "ratio": np.nan if own else ratio.value,
                "ratio_low": np.nan if own else ratio.low,
                "ratio_high": np.nan if own else ratio.high,
            }
        )
    return pd.DataFrame(found)
