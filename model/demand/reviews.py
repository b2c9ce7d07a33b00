"""Annual reviews: how many fall due, how many are done, and the plans they end (design 5.1).

Ceasing from reviews is a hazard of its own beside those of the national rates: it ends plans from the
month the reviews do, at the rate reviews are completed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.draws import Draws
from model.reference.calendar import MONTHS, month_index
from model.scenario.demand_schema import Reviews

Floats = NDArray[np.float64]


def review_hazard(reviews: Reviews, draws: Draws, month: int) -> Floats:
    """Monthly hazard (draw,) with which completed reviews end a plan beyond the usual; never negative."""
    start = reviews.ceased_from
    if start is not None and month < month_index(start.year, start.month, draws.years.start):
        return np.zeros(draws.size)
    ending = (
        draws.at(reviews.reviews_a_year, month)
        / MONTHS
        * draws.at(reviews.completed_share, month)
        * draws.at(reviews.ceased_share, month)
    )
    return np.asarray(-np.log1p(-np.minimum(ending, 0.99)))


@dataclass(frozen=True)
class ReviewSeries:
    """Reviews by month, each (month, draw): due, completed, leading to an amended plan, and plans
    ended by them beyond the usual (their share of the plans ceased)."""

    due: Floats
    completed: Floats
    amended: Floats
    ceased: Floats


def review_series(
    reviews: Reviews, draws: Draws, under_5: Floats, others: Floats, ceased: Floats
) -> ReviewSeries:
    """Reviews from plans in force under 5 and from 5 at the start of each month (month, draw)."""
    due = (
        under_5 * draws.monthly(reviews.reviews_a_year_under_5)
        + others * draws.monthly(reviews.reviews_a_year)
    ) / MONTHS
    done = due * draws.monthly(reviews.completed_share)
    return ReviewSeries(due, done, done * draws.monthly(reviews.amended_share), ceased)
