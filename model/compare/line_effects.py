"""Why one budget line costs more: volume, mix, price, timing and amounts, exact for any figures.

In each forecast a line's spending of a year is written as

    spend = (N m + T) P + R

with N all plans in force, on the straight line from the end of April to the end of March; m the
line's own volume on such a line, for each of those plans; T how far the average of the year's
twelve month ends lies above it; P the price of a year of one; and R what no volume drives: amounts,
and the parts of a line that are amounts. What
each of N, m, T and P adds between two forecasts is averaged over all orders in which they can
change (Shapley), so that none comes first and the effects of B against A are those of A against B
with the sign turned. R moves alone. docs/compare.md has the reasons and a worked example.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from model.compare.causes import AMOUNTS, MIX, PRICE, TIMING, VOLUME, Cause
from model.compare.forecast_figures import LineFigures, Side
from model.whatif.shapley import Coalition, shapley

Floats = NDArray[np.float64]

LEAST_VOLUME = 0.01
"""Less than a hundredth of a plan on average is none: a price for it would be noise, and what the line
costs then is an amount."""

FACTORS = (VOLUME, MIX, TIMING, PRICE)


def line_effects(a: Side, b: Side, line: str) -> dict[Cause, Floats]:
    """Effects on a line's spending, pounds (year, draw), positive where B spends more.

    They sum to spending in B less spending in A. A line that plans do not drive in both has no mix:
    its own volume takes the place of N.
    """
    in_a, in_b = a.lines[line], b.lines[line]
    price_a, price_b = _prices(in_a, in_b)
    level_a, level_b = _level(in_a.april, in_a.march), _level(in_b.april, in_b.march)
    plans_a = _level(a.plans_in_april, a.plans_in_march)
    plans_b = _level(b.plans_in_april, b.plans_in_march)
    mixed = (np.abs(plans_a) >= LEAST_VOLUME) & (np.abs(plans_b) >= LEAST_VOLUME)
    mixed &= in_a.follows_plans and in_b.follows_plans
    states = tuple(
        (
            np.where(mixed, plans, level),
            np.divide(level, plans, out=np.ones_like(level), where=mixed),
            line_figures.average - level,
            price,
        )
        for plans, level, line_figures, price in (
            (plans_a, level_a, in_a, price_a),
            (plans_b, level_b, in_b, price_b),
        )
    )

    def spend(changed: Coalition) -> Floats:
        plans, share, timing, price = (states[n in changed][n] for n in range(len(FACTORS)))
        return np.asarray((plans * share + timing) * price)

    effects = dict(zip(FACTORS, shapley(len(FACTORS), spend, seed=0).values, strict=True))
    rest_a = in_a.spend - in_a.average * price_a
    rest_b = in_b.spend - in_b.average * price_b
    return {**effects, AMOUNTS: rest_b - rest_a}


def _level(april: Floats, march: Floats) -> Floats:
    """Average over twelve month ends of what moves evenly from the first to the last."""
    return (april + march) / 2


def _prices(a: LineFigures, b: LineFigures) -> tuple[Floats, Floats]:
    """Pounds a year of one in force; where a forecast has none in force, what the other pays."""
    there_a, there_b = np.abs(a.average) >= LEAST_VOLUME, np.abs(b.average) >= LEAST_VOLUME
    own_a = np.divide(a.volume_spend, a.average, out=np.zeros_like(a.spend), where=there_a)
    own_b = np.divide(b.volume_spend, b.average, out=np.zeros_like(b.spend), where=there_b)
    return np.where(there_a, own_a, own_b), np.where(there_b, own_b, own_a)
