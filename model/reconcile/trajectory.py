"""Reconciliation with the Safety Valve trajectory, year by year in every draw (design 5.8).

The trajectory is a cumulative deficit before DfE money, so it is compared with the view without
support. Gaps are positive when the forecast is worse than agreed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.account.views import CumulativeViews
from model.draws import Draws
from model.scenario.account_schema import Trajectory

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Reconciliation:
    """Forecast against target for the years that have one.

    `years`: starting years. Each array is (year, draw) in pounds, worse than agreed positive:
    `target`; `gap` of the cumulative deficit; `in_year_target`, `in_year_gap` (first difference of
    the trajectory; the first target of all has none and is NaN); `better_opening`, how much
    lower the year began than the target of the year before (negative: higher);
    `like_for_like_gap`, the gap without one-offs to date; `headroom`, the in-year deficit that
    would meet the target given the opening; `next_year_required`, the in-year movement needed to
    meet next year's target (negative is a surplus; NaN in the last year).
    `on_trajectory` and `in_balance`: 1 where the cumulative target is met, and where the
    in-year position is in balance.
    """

    years: tuple[int, ...]
    forecast: Floats
    in_year: Floats
    target: Floats
    gap: Floats
    in_year_target: Floats
    in_year_gap: Floats
    better_opening: Floats
    like_for_like_gap: Floats
    headroom: Floats
    next_year_required: Floats
    on_trajectory: Floats
    in_balance: Floats


def reconcile(trajectory: Trajectory, views: CumulativeViews, draws: Draws) -> Reconciliation:
    """Reconcile the account's views with the trajectory.

    Published case: 24,885k against 24,000k is 885k behind and 2,502k like-for-like; 3,660k worse
    in the year, masked by a 2,775k better opening; headroom 5,875k; 2024-25 needs a surplus of
    285k (papers 000:2080-2108, 2368-2372).
    """
    targets = {item.year: draws.of(item.cumulative_deficit_gbp) for item in trajectory.targets}
    years = tuple(year for year in draws.years if year in targets)
    nothing = np.full(draws.size, np.nan)
    rows: dict[str, list[Floats]] = {}
    for year in years:
        index = year - draws.years.start
        closing, in_year = views.without_support[index], views.in_year[index]
        opening = views.opening_without_support[index]
        target = targets[year]
        before = targets.get(year - 1, nothing)
        row = {
            "forecast": closing,
            "in_year": in_year,
            "target": target,
            "gap": closing - target,
            "in_year_target": target - before,
            "in_year_gap": in_year - (target - before),
            "better_opening": before - opening,
            "like_for_like_gap": closing - target - _one_offs(trajectory, year, draws),
            "headroom": target - opening,
            "next_year_required": targets.get(year + 1, nothing) - closing,
            "on_trajectory": (closing <= target).astype(float),
            "in_balance": (in_year <= 0).astype(float),
        }
        for name, value in row.items():
            rows.setdefault(name, []).append(value)
    empty = np.zeros((0, draws.size))
    names = [name for name in Reconciliation.__dataclass_fields__ if name != "years"]
    return Reconciliation(
        years, **{name: np.array(rows[name]) if name in rows else empty for name in names}
    )


def _one_offs(trajectory: Trajectory, year: int, draws: Draws) -> Floats:
    """One-offs up to and including a year, pounds (draw,)."""
    total = np.zeros(draws.size)
    for item in trajectory.one_offs:
        if item.year <= year:
            total = total + draws.of(item.amount_gbp)
    return total


def expected_shortfall(gap: Floats) -> float:
    """Mean gap of the draws that are off trajectory, in pounds; 0 when none is. `gap`: (draw,)."""
    behind = gap[gap > 0]
    return float(behind.mean()) if behind.size else 0.0


def rag(probability: float, green_at_least: float, amber_at_least: float) -> str:
    """Red, amber or green by the probability of being on trajectory.

    >>> rag(0.8, 0.7, 0.3), rag(0.3, 0.7, 0.3), rag(0.1, 0.7, 0.3)
    ('green', 'amber', 'red')
    """
    if probability >= green_at_least:
        return "green"
    return "amber" if probability >= amber_at_least else "red"
