"""Prices through time: inflation indices, and how a price is billed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from model.draws import Draws
from model.reference.calendar import APRIL, MONTHS, calendar_month
from model.scenario.funding_schema import Billing, Funding, InflationSeries

Floats = NDArray[np.float64]

TERM_STARTS = (9, 1, 4)
"""Calendar months in which termly fees are charged, a third of the year each."""


def price_index(series: InflationSeries, price_base: int, draws: Draws) -> Floats:
    """Cash price level by month, shape (month, draw), 1 on average over the base year.

    The rate of a financial year applies from the uplift month inside it: a September rise counts
    7/12 in its first year. Prices are given as averages of the base year; a rise inside that year
    therefore starts below 1 and ends above it, and the next year begins at the higher level. Where
    the base is the year before the first, the index is 1 until the first uplift. The average is
    over months in force; termly charges fall more on the later months.
    """
    rates = draws.by_year(series.annual_rate)
    months = MONTHS * len(draws.years)
    index = np.ones((months, draws.size))
    level = np.ones(draws.size)
    starts = (series.uplift_month - APRIL) % MONTHS
    for month in range(months):
        year = month // MONTHS
        if draws.years[year] >= price_base and month % MONTHS == starts:
            level = level * (1 + rates[year])
        index[month] = level
    if price_base == draws.years.start:
        base_year = np.zeros(draws.size)
        for month in range(MONTHS):
            base_year = base_year + index[month]
        index = index / (base_year / MONTHS)
    return index


def price_indices(funding: Funding, draws: Draws) -> dict[str | None, Floats]:
    """Price level by inflation series (month, draw); under None, flat in cash."""
    flat = np.ones((MONTHS * len(draws.years), draws.size))
    indices: dict[str | None, Floats] = {None: flat}
    for series in funding.inflation:
        indices[series.id] = price_index(series, funding.price_base, draws)
    return indices


def price_level(
    series: Sequence[InflationSeries], name: str | None, price_base: int, draws: Draws
) -> Floats:
    """Price level (month, draw) of the series of this name; 1 throughout without a name."""
    if name is None:
        return np.ones((draws.months, draws.size))
    return price_index(next(one for one in series if one.id == name), price_base, draws)


def billed_share(billing: Billing, months: int) -> Floats:
    """Share of a full-year price charged in each month for those in force, shape (month,).

    Sums to 1 over every financial year.
    """
    if billing == "monthly":
        return np.full(months, 1 / MONTHS)
    return np.array([(calendar_month(m) in TERM_STARTS) / len(TERM_STARTS) for m in range(months)])
