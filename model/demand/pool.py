"""The pool funded without a plan: assessed, then converted to a plan or stopped (design 5.2).

Pupils of the pool wait in the same queue as everybody else. Their award goes on while they wait; the
assessment ends in a plan, or the award stops. Nothing else is added to the pool.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.draws import Draws
from model.reference.calendar import MONTHS, month_index
from model.scenario.demand_schema import Pool
from model.scenario.funding_schema import Band

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class PoolBands:
    """Bands of the pool by name with their share of it at the start, lowest value first.

    `order`: (band,) who is sent first; `rise`: (band,) from -0.5 to 0.5 about a mean of nil over the
    pool, for conversion rates that rise with the band.
    """

    names: tuple[str, ...]
    share: Floats
    order: NDArray[np.int64]
    rise: Floats


def pool_bands(pool: Pool, bands: list[Band], first_year: int) -> PoolBands:
    """The pool's bands in order of their central value in the first year."""
    values = {band.id: band.annual_value_gbp.at(first_year).central for band in bands}
    shares = pool.band_shares.central
    names = tuple(sorted(shares, key=lambda name: (values[name], name)))
    share = np.array([shares[name] for name in names])
    order = np.arange(len(names), dtype=np.int64)
    if pool.order == "highest_band_first":
        order = order[::-1].copy()
    steps = np.linspace(-0.5, 0.5, len(names)) if len(names) > 1 else np.zeros(1)
    return PoolBands(names, share, order, steps - float(share @ steps))


def conversion_shares(pool: Pool, bands: PoolBands, draws: Draws, month: int) -> Floats:
    """Share of those assessed that gains a plan, by band (band, draw), kept within 0 and 1.

    Over the pool as it stood at the start they average the given share: source 000:2258, 60 to 70 %.
    """
    mean = draws.at(pool.converts_share, month)
    rise = draws.of(pool.converts_rise)
    return np.clip(mean[None, :] + bands.rise[:, None] * rise, 0.0, 1.0)


def sent_a_month(pool: Pool, draws: Draws, months: range) -> Floats:
    """Pupils sent to assessment in each month (month, draw), if there are so many."""
    start = month_index(pool.assessed_from.year, pool.assessed_from.month, draws.years.start)
    result = np.zeros((len(months), draws.size))
    for row, month in enumerate(months):
        if month >= max(start, 0):
            result[row] = draws.at(pool.assessed_a_month, month)
    return result


def leaving_share(pool: Pool, draws: Draws, month: int) -> Floats:
    """Share of the pool that leaves of itself in a month (draw,)."""
    yearly = np.minimum(draws.at(pool.leaving_share_a_year, month), 1.0)
    return np.asarray(1 - (1 - yearly) ** (1 / MONTHS))


def ending_share(pool: Pool, draws: Draws, month: int) -> Floats:
    """Share of awards that end in a month (draw,): nil where awards continue.

    The papers state both, end dates applied (000:2207-2209) and continuing to March (000:2215).
    """
    running = np.ones(draws.size)
    if pool.awards == "end_dates":
        for item in pool.award_ends:
            if month_index(item.month.year, item.month.month, draws.years.start) == month:
                running = running * (1 - draws.of(item.share))
    return np.asarray(1 - running)
