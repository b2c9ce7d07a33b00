"""Commissioned places through time: dated openings, their delays, interim places, other authorities.

A capacity below the pupils in place admits nobody and removes nobody; it is what is commissioned.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from model.draws import Draws
from model.reference.calendar import MONTHS, month_index
from model.scenario.places_schema import PlaceGroup, PlaceRules, School

Floats = NDArray[np.float64]


def school_places(school: School, draws: Draws) -> Floats:
    """Commissioned places of a school in each month, shape (month, draw).

    Of the openings that have come, the last in the order of their plan counts, so that an interim
    site gives way to the permanent one and stays as long as that is late.
    """
    months = np.arange(draws.months)[:, None]
    places = draws.monthly(school.places).copy()
    first_year = draws.years.start
    ordered = sorted(school.openings, key=lambda item: item.start)
    for opening in ordered:
        start = month_index(opening.start.year, opening.start.month, first_year)
        opens = start + np.floor(draws.of(opening.delay_months) + 0.5)
        places = np.where(months >= opens, draws.monthly(opening.places), places)
    return np.asarray(places)


def group_places(group: PlaceGroup, draws: Draws) -> Floats:
    """Commissioned places of a group's schools together, shape (month, draw)."""
    total = np.zeros((draws.months, draws.size))
    for school in group.schools:
        total = total + school_places(school, draws)
    return total


def group_others(group: PlaceGroup, draws: Draws) -> Floats:
    """Places taken by other authorities' pupils in each month, shape (month, draw)."""
    total = np.zeros((draws.months, draws.size))
    for school in group.schools:
        total = total + draws.monthly(school.other_authorities)
    return total


def added_places_gbp(rules: PlaceRules, draws: Draws, paid_by: str) -> Floats:
    """Funding of places beyond those at the start, pounds a month (month, draw), by who pays.

    Paid filled or not, a twelfth of the rate each month, so that an academic year falls 7/12 and
    5/12 on two financial years; fewer places than at the start give a negative amount.
    """
    total = np.zeros((draws.months, draws.size))
    for group in rules.groups:
        for school in group.schools:
            if school.paid_by == paid_by:
                added = school_places(school, draws) - draws.of(school.places)
                total = total + added * draws.of(school.place_rate_gbp) / MONTHS
    return total
