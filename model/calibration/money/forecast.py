"""Forecast a measure of money for every authority, from what was published up to a financial year."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.calibration.money.growth_draws import growth_ahead, own_weight
from model.calibration.money.growth_fit import LEAST_AUTHORITIES, GrowthFit, fit_growth
from model.calibration.money.level import levels_of
from model.calibration.money.settings import FAMILY_OF, GrowthSettings, growth_settings
from model.history.boundaries import changed_boundaries
from model.history.finance import PLANS_OF, FinanceHistory
from model.history.finance_names import name_key

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class MoneyForecast:
    """A measure in the years after an origin.

    `codes` (authority,). `values` (authority, horizon 1.., draw): GBP, or share of the DSG with a
    deficit positive. `own_weight` (authority,): of its own growth against the nation's, the part
    expected of the next year. `fit`: what growth up to the origin says.
    """

    codes: pd.Index
    values: Floats
    own_weight: Floats
    fit: GrowthFit


@dataclass(frozen=True)
class KnownGrowth:
    """Growth of the authorities that have a figure at the origin.

    `codes` (authority,). `level` (authority,): the figure at the origin. `growth` (authority, year):
    change of the logarithm, of the share for a balance, NaN where unknown. `behind` (authority,
    year): plans behind each growth, the fewer of its two years. `plans_now` (authority,): plans at
    the origin. Both None where the measure is no mean over plans.
    """

    codes: pd.Index
    level: Floats
    growth: Floats
    behind: Floats | None
    plans_now: Floats | None


def known_growth(known: FinanceHistory, measure: str, origin: int) -> KnownGrowth | None:
    """Growth year by year up to `origin`, of authorities with a figure then and unchanged boundaries.

    `known` holds nothing later. Only years in an unbroken run up to the origin count; None where
    there are not two.
    """
    # By key: files write the names of new authorities in several ways.
    keys = {name_key(name) for name in changed_boundaries()}
    changed = known.authorities.index[known.authorities.name.map(name_key).isin(keys)]
    table = known.series[measure]
    if origin not in table:
        return None
    table = table[table[origin].notna() & ~table.index.isin(changed)]
    years = range(int(min(table.columns, default=origin)), origin + 1)
    figures = table.reindex(columns=years).to_numpy(dtype=np.float64)
    scaled = figures if FAMILY_OF[measure] == "balance" else np.log(figures)
    growth = np.diff(scaled, axis=1)
    enough = np.isfinite(growth).sum(axis=0) >= LEAST_AUTHORITIES
    first = int(np.flatnonzero(~enough).max(initial=-1)) + 1
    growth = growth[:, first:]
    if growth.shape[1] == 0:
        return None
    behind = plans_now = None
    if measure in PLANS_OF:
        counts = known.series[PLANS_OF[measure]].reindex(index=table.index, columns=years)
        plans = counts.to_numpy(dtype=np.float64)[:, first:]
        behind, plans_now = np.fmin(plans[:, 1:], plans[:, :-1]), plans[:, -1]
    return KnownGrowth(table.index, figures[:, -1], growth, behind, plans_now)


def forecast_money(
    history: FinanceHistory,
    measure: str,
    origin: int,
    horizons: int,
    draws: int,
    seed: int = 0,
    settings: GrowthSettings | None = None,
) -> MoneyForecast | None:
    """Stand at the financial year that begins in `origin`, use nothing later, look `horizons` years ahead.

    A price starts from its figure drawn to the median authority's by how few plans it has. None
    where fewer than two years are known: growth needs two. The draws are keyed by seed, measure
    and origin.
    """
    settings = settings or growth_settings(FAMILY_OF[measure])
    past = known_growth(history.known_at(origin), measure, origin)
    if past is None:
        return None
    fit = fit_growth(past.growth, past.behind, settings)
    random = np.random.Generator(
        np.random.Philox(np.random.SeedSequence([seed, zlib.crc32(measure.encode()), origin]))
    )
    ahead = growth_ahead(fit, past.behind, past.plans_now, settings, horizons, draws, random)
    level = past.level
    if past.plans_now is not None:
        logs = np.log(level)
        level = np.exp(levels_of(logs, past.plans_now, fit).shrunk(logs, past.plans_now))
    # What growth varies by holds the error of the level, so that none is added.
    level = level[:, None, None]
    values = level + ahead if FAMILY_OF[measure] == "balance" else level * np.exp(ahead)
    return MoneyForecast(past.codes, values, own_weight(fit, past.behind, past.plans_now), fit)
