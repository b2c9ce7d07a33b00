"""Methods that carry one growth forward: none, the last, a mean of years, England's, and an average.

Each takes `history` (authority, January) of counts known up to the origin, which is the last January,
NaN where unknown; `nation` (January,) of England's; and `horizons` in years. Each gives median forecasts
(authority, horizon) in counts, NaN where the history is too short.
"""

from __future__ import annotations

import numpy as np

from model.backtest.simple_methods.counts import Floats, grown, mean_growth

Horizons = tuple[int, ...]


def naive(history: Floats, nation: Floats, horizons: Horizons) -> Floats:
    """The count at the origin, unchanged. Needs that count."""
    return grown(history, np.zeros(len(history)), horizons)


def last_growth(history: Floats, nation: Floats, horizons: Horizons) -> Floats:
    """The growth of the year to the origin goes on. Needs two counts."""
    return grown(history, mean_growth(history, 1), horizons)


def growth_3_years(history: Floats, nation: Floats, horizons: Horizons) -> Floats:
    """The mean growth of three years goes on. Needs four counts in a row."""
    return grown(history, mean_growth(history, 3), horizons)


def growth_5_years(history: Floats, nation: Floats, horizons: Horizons) -> Floats:
    """The mean growth of five years goes on. Needs six counts in a row."""
    return grown(history, mean_growth(history, 5), horizons)


def national_growth(history: Floats, nation: Floats, horizons: Horizons) -> Floats:
    """England's growth of the year to the origin goes on everywhere. Needs the count at the origin."""
    return grown(history, np.full(len(history), mean_growth(nation, 1)), horizons)


def average_national_own_3_years(history: Floats, nation: Floats, horizons: Horizons) -> Floats:
    """The benchmark: plans x exp(h (n + g) / 2). Needs four counts in a row.

    n is England's log growth in the year to the origin, g the authority's mean over three years.
    """
    growth = (mean_growth(nation, 1) + mean_growth(history, 3)) / 2
    return grown(history, growth, horizons)
