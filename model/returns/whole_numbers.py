"""Whole numbers for a return: every cell and every total rounded up or down so that all of them add up.

Plans by provision and age and the same plans by provision and need share their totals by provision.
Written as one flow (age group -> provision -> need) whose every branch may carry the whole number
below or above the forecast's figure, this always has a whole solution, because the unrounded table
is one and the limits are whole (Dantzig and Fulkerson; Cox and Ernst, "Controlled rounding", INFOR
1982). Of the solutions, the one nearest to the unrounded tables is taken, totals before cells.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

RULE = (
    "Rounding: every figure is the whole number just above or just below the mean of the forecast, chosen "
    "together so that ages, needs and provision add up to every total in both returns; of all such choices the "
    "one nearest to the unrounded tables is printed, totals before cells."
)

_WHOLE = 1e-6
_TOTALS_FIRST = 1000.0
_TIE = 1e-7


@dataclass(frozen=True)
class WholeTables:
    """Whole plans: `by_age` (row, age group) and `by_need` (row, need), with equal sums in every row."""

    by_age: Ints
    by_need: Ints

    @property
    def by_row(self) -> Ints:
        """Plans in each row, shape (row,)."""
        return np.asarray(self.by_age.sum(axis=1))

    @property
    def total(self) -> int:
        """All plans."""
        return int(self.by_age.sum())


def round_together(by_age: Floats, by_need: Floats) -> WholeTables:
    """Whole tables nearest to `by_age` (row, age group) and `by_need` (row, need), plans.

    Every cell, row total, column total and the grand total is its unrounded figure rounded up or
    down; the grand total is rounded to the nearest, a half up. Raises ValueError when a cell is
    negative or the row sums of the two tables differ.
    """
    if min(by_age.min(initial=0.0), by_need.min(initial=0.0)) < -_WHOLE:
        raise ValueError("a number of plans is negative")
    if not np.allclose(by_age.sum(axis=1), by_need.sum(axis=1), atol=_WHOLE):
        raise ValueError("plans by age and plans by need differ in a row")
    rows, ages, needs = len(by_age), by_age.shape[1], by_need.shape[1]
    # Variables: ages, cells by age, rows, cells by need, needs.
    figures = np.concatenate(
        [
            by_age.sum(axis=0),
            by_age.ravel(),
            by_age.sum(axis=1),
            by_need.ravel(),
            by_need.sum(axis=0),
        ]
    )
    nearest = np.rint(figures)
    low = np.where(np.abs(figures - nearest) <= _WHOLE, nearest, np.floor(figures))
    high = np.where(np.abs(figures - nearest) <= _WHOLE, nearest, np.ceil(figures))
    balance = _balance(rows, ages, needs)
    total = np.zeros(len(figures))
    total[:ages] = 1.0
    whole = np.floor(by_age.sum() + 0.5 + _WHOLE)
    totals = np.ones(len(figures))
    totals[ages : ages + rows * ages] = 0.0
    totals[ages + rows * ages + rows : -needs] = 0.0
    up = 1 - 2 * (figures - low)
    cost = up * np.where(totals > 0, _TOTALS_FIRST, 1.0) + _TIE * np.arange(len(figures))
    found = milp(
        cost,
        integrality=np.ones(len(figures), dtype=np.int64),
        bounds=Bounds(low, high),
        constraints=[
            LinearConstraint(balance, 0, 0),
            LinearConstraint(total[None, :], whole, whole),
        ],
        options={"mip_rel_gap": 0.0},
    )
    if found.x is None:
        raise ValueError(f"plans could not be rounded: {found.message}")
    chosen = np.rint(found.x).astype(np.int64)
    cells = chosen[ages : ages + rows * ages].reshape(rows, ages)
    after = ages + rows * ages + rows
    return WholeTables(cells, chosen[after : after + rows * needs].reshape(rows, needs))


def _balance(rows: int, ages: int, needs: int) -> Floats:
    """What flows into each age, row (twice) and need flows out of it: coefficients that sum to nil."""
    size = ages + rows * ages + rows + rows * needs + needs
    by_age, by_row, by_need = ages, ages + rows * ages, ages + rows * ages + rows
    lines = []
    for age in range(ages):
        line = np.zeros(size)
        line[age] = 1.0
        line[by_age + age : by_row : ages] = -1.0
        lines.append(line)
    for row in range(rows):
        arriving, leaving = np.zeros(size), np.zeros(size)
        arriving[by_age + row * ages : by_age + (row + 1) * ages] = 1.0
        arriving[by_row + row] = -1.0
        leaving[by_row + row] = 1.0
        leaving[by_need + row * needs : by_need + (row + 1) * needs] = -1.0
        lines += [arriving, leaving]
    for need in range(needs):
        line = np.zeros(size)
        line[by_need + need : by_need + rows * needs : needs] = 1.0
        line[by_need + rows * needs + need] = -1.0
        lines.append(line)
    return np.array(lines)


def largest_remainder(parts: Floats) -> Ints:
    """Whole parts that add up to the rounded total: the largest remainders are rounded up.

    The total is rounded to the nearest, a half up; of equal remainders the first goes up. Shape (part,).

    >>> largest_remainder(np.array([1.4, 2.4, 3.2])).tolist()
    [2, 2, 3]
    """
    whole = np.floor(parts + _WHOLE)
    missing = int(np.floor(parts.sum() + 0.5 + _WHOLE) - whole.sum())
    order = np.argsort(-(parts - whole), kind="stable")
    whole[order[:missing]] += 1
    return whole.astype(np.int64)
