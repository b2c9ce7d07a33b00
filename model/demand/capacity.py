"""How many assessments get educational psychology advice in a month: dated steps, posts, locums."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from model.draws import Draws
from model.reference.calendar import month_index
from model.scenario.demand_schema import Requests

Floats = NDArray[np.float64]


def own_capacity(requests: Requests, draws: Draws, months: range) -> Floats:
    """Capacity of the service's own psychologists, shape (month, draw); inf where none is given."""
    result = np.full((len(months), draws.size), np.inf)
    first_year = draws.years.start
    for step in requests.capacity:
        start = month_index(step.start.year, step.start.month, first_year)
        for row, month in enumerate(months):
            if month >= start:
                result[row] = draws.at(step.assessments_a_month, month)
    for item in requests.recruitment:
        start = month_index(item.start.year, item.start.month, first_year)
        filled = start + np.ceil(draws.of(item.delay_months))
        for row, month in enumerate(months):
            each = draws.at(item.assessments_a_month_each, month)
            added = draws.at(item.posts_fte, month) * draws.at(item.filled_share, month) * each
            result[row] = result[row] + np.where(month >= filled, added, 0.0)
    return result


def locum_capacity(requests: Requests, draws: Draws, months: range) -> Floats:
    """Assessments that each locum contract can do in a month, shape (contract, month, draw)."""
    result = np.zeros((len(requests.locums), len(months), draws.size))
    first_year = draws.years.start
    for index, item in enumerate(requests.locums):
        start = month_index(item.start.year, item.start.month, first_year)
        end = month_index(item.end.year, item.end.month, first_year)
        for row, month in enumerate(months):
            if start <= month <= end:
                result[index, row] = draws.at(item.assessments_a_month, month)
    return result


def whole(monthly: Floats) -> Floats:
    """Whole numbers of each month (month, draw) whose running sums are the given ones, rounded down.

    >>> whole(np.array([[37.5], [37.5], [37.5]])).ravel()
    array([37., 38., 37.])
    """
    running = np.zeros(monthly.shape[1])
    done = np.zeros(monthly.shape[1])
    result = np.empty_like(monthly)
    for row, month in enumerate(monthly):
        unlimited = np.isinf(month)
        running = running + np.where(unlimited, 0.0, month)
        # A hair more, so that sums such as 0.1 x 10 reach their whole number.
        reached = np.floor(running + 1e-9)
        result[row] = np.where(unlimited, np.inf, reached - done)
        done = reached
    return result


def months_to_clear(units: float, a_month: float, arriving: float = 0.0) -> float:
    """Months to assess `units` at a capacity beside `arriving` others a month; inf if never.

    Arithmetic, not a forecast: 445 at 50 a month take 8.9 months alone, and 37.3 beside the 38.1 a
    month of 564 requests less 107 refusals (paper 000:2252; SEN2 2022).

    >>> agreed = (564 - 107) / 12
    >>> [round(months_to_clear(445, *case), 1) for case in ((50,), (50, agreed), (60, agreed))]
    [8.9, 37.3, 20.3]
    """
    left = a_month - arriving
    return units / left if left > 0 else float("inf")


def locum_assessments(served: Floats, own: Floats, locums: Floats) -> Floats:
    """Assessments done by each locum contract (contract, month, draw): what the service's own
    capacity `own` (month, draw) leaves of `served`, shared as contracted."""
    beyond = np.maximum(served - own, 0.0)
    total = np.zeros_like(beyond)
    for contract in locums:
        total = total + contract
    share = np.divide(beyond, total, out=np.zeros_like(beyond), where=total > 0)
    return np.asarray(locums * np.minimum(share, 1.0))
