"""Stand at each financial year, forecast the years after it, and set every forecast beside what came."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.backtest.forecast_table import COLUMNS, forecast_rows
from model.backtest.money.rivals import rival_forecasts
from model.backtest.settings import OUR_METHOD
from model.calibration.money.forecast import forecast_money
from model.calibration.money.settings import FAMILY_OF
from model.history.finance import DSG_TOTAL, MEASURES, PLANS_OF, FinanceHistory

Floats = NDArray[np.float64]
LEAST_YEARS: Final = 2
"""Years that must be known at an origin: one growth."""


def origins_of(history: FinanceHistory, measure: str) -> list[int]:
    """Financial years from which a measure can be forecast by growth and scored, by first year."""
    years = history.years(measure) if measure in history.series else []
    return years[LEAST_YEARS - 1 : -1]


def backtest_money(
    history: FinanceHistory,
    draws: int,
    seed: int = 0,
    progress: Callable[[str, int], None] = lambda measure, origin: None,
) -> pd.DataFrame:
    """The tidy table of forecasts of every measure that can be scored, columns `COLUMNS`.

    `origin` is the first calendar year of the financial year stood at, `authority` the name. All
    methods stand at the same authorities: those with a figure and unchanged boundaries. Rivals have
    no ranges of their own, as there are too few years to learn their errors from: they have ours,
    moved to their forecast, so that a difference in CRPS is a difference of the middle alone.
    """
    tables = []
    for measure in MEASURES:
        for origin in origins_of(history, measure):
            progress(measure, origin)
            tables.append(_from_origin(history, measure, origin, draws, seed))
    kept = [table for table in tables if len(table)]
    return pd.concat(kept, ignore_index=True) if kept else pd.DataFrame(columns=list(COLUMNS))


def _from_origin(
    history: FinanceHistory, measure: str, origin: int, draws: int, seed: int
) -> pd.DataFrame:
    horizons = history.years(measure)[-1] - origin
    ours = forecast_money(history, measure, origin, horizons, draws, seed)
    if ours is None:
        return pd.DataFrame(columns=list(COLUMNS))
    additive = FAMILY_OF[measure] == "balance"
    known = history.known_at(origin)
    years = range(origin - _known_years(known, measure) + 1, origin + 1)
    figures = known.series[measure].reindex(index=ours.codes, columns=years).to_numpy(np.float64)
    weights = _weights(known, measure, ours.codes, years)
    middle = np.median(ours.values, axis=-1, keepdims=True)
    ahead = range(1, horizons + 1)
    actual = (
        history.series[measure]
        .reindex(index=ours.codes, columns=[origin + step for step in ahead])
        .to_numpy(np.float64)
    )
    ensembles = {OUR_METHOD: ours.values}
    for name, forecast in rival_forecasts(figures, weights, horizons, additive=additive).items():
        centre = forecast[..., None]
        moved = ours.values - middle + centre if additive else ours.values / middle * centre
        ensembles[name] = moved
    rows = [
        forecast_rows(
            authorities=list(known.authorities.name[ours.codes]),
            origin=origin,
            horizons=ahead,
            measure=measure,
            method=method,
            ensemble=ensemble,
            actual=actual,
            seed=seed,
        )
        for method, ensemble in ensembles.items()
    ]
    return pd.concat(rows, ignore_index=True)[list(COLUMNS)]


def _known_years(known: FinanceHistory, measure: str) -> int:
    years = known.years(measure)
    return years[-1] - years[0] + 1


def _weights(known: FinanceHistory, measure: str, codes: pd.Index, years: range) -> Floats:
    """What makes the nation's figure of its authorities': plans, the DSG, or each amount once."""
    behind = PLANS_OF.get(measure, DSG_TOTAL if FAMILY_OF[measure] == "balance" else None)
    if behind is None:
        return np.ones((len(codes), len(years)))
    table = known.series.get(behind, pd.DataFrame())
    return table.reindex(index=codes, columns=years).to_numpy(np.float64)
