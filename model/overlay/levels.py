"""New plans of a year between January counts, as the levels of financial years that give them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

from model.demand.new_plans import JoinerPattern
from model.reference.calendar import MONTHS

Floats = NDArray[np.float64]
_LEAST_LEVEL = 0.05


def count_year_of(month: int) -> int:
    """Which year between January counts a month of the horizon lies in, 0 for the first.

    Month 0 is the first April; the first year began in the February before.

    >>> [count_year_of(month) for month in (-2, 0, 9, 10, 21, 22)]
    [0, 0, 0, 1, 1, 2]
    """
    return (month + 2) // MONTHS


def january_month(horizon: int) -> int:
    """Month at whose end the January count of a horizon stands, 0 for the next January.

    >>> january_month(0), january_month(1)
    (9, 21)
    """
    return MONTHS * horizon + MONTHS - 3


def plans_at_level_one(pattern: JoinerPattern, years: int) -> Floats:
    """New plans (year between counts, financial year) that a level of 1 gives."""
    result = np.zeros((years, years))
    for month in range(-2, january_month(years - 1) + 1):
        mean, _ = pattern.at(month)
        result[count_year_of(month), max(month // MONTHS, 0)] += mean
    return result


def levels_for(pattern: JoinerPattern, new_plans: Floats) -> Floats:
    """Levels by financial year (year, draw) that give new plans (year between counts, draw)."""
    matrix = plans_at_level_one(pattern, len(new_plans))
    levels = linalg.solve_triangular(matrix, new_plans, lower=True)
    return np.maximum(levels, _LEAST_LEVEL)
