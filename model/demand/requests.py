"""Requests for an assessment: population x rate by age x season x trend x shocks (design 5.1).

The number of the base year is the authority's own; its ages are those at which plans start
nationally, so that an age group's requests are those whose plans would start in it. Level, growth
and fading are those of `new_plans`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from model.draws import Draws
from model.reference.calendar import (
    JANUARY,
    MONTHS,
    calendar_month,
    calendar_year_of,
    month_index,
)
from model.reference.codes import AGE_GROUPS, AGES, age_group_of
from model.reference.national import NationalRates
from model.scenario.demand_schema import Requests, Shock

Floats = NDArray[np.float64]


def expected_requests(
    requests: Requests,
    population: Floats,
    population_years: tuple[int, ...],
    national: NationalRates,
    months: range,
    first_year: int,
) -> Floats:
    """Requests of each month at the level of the base year, shape (month, age group).

    `population` (year, age) in persons. The base year has the published number; later years follow
    the population of each age.
    """
    weights = requests.seasonality or [1 / MONTHS] * MONTHS
    by_group = {
        year: _by_group(population[index] * national.new_plans_per_1000)
        for index, year in enumerate(population_years)
    }
    scale = requests.requests_in_base_year / by_group[requests.base_year].sum()
    result = np.zeros((len(months), len(AGE_GROUPS)))
    for row, month in enumerate(months):
        year = calendar_year_of(month, first_year)
        year = min(max(year, population_years[0]), population_years[-1])
        result[row] = by_group[year] * scale * weights[calendar_month(month) - JANUARY]
    return result


def _by_group(by_age: Floats) -> Floats:
    result = np.zeros(len(AGE_GROUPS))
    for age in AGES:
        result[age_group_of(age)] += by_age[age]
    return result


def shock_factor(shocks: list[Shock], draws: Draws, month: int) -> Floats:
    """What the shocks of a month multiply requests by, shape (age group, draw).

    A shock that comes with a mitigation counts as far as that one is in the run.
    """
    factor = np.ones((len(AGE_GROUPS), draws.size))
    first_year = draws.years.start
    for shock in shocks:
        start = month_index(shock.start.year, shock.start.month, first_year)
        end = (
            month_index(shock.end.year, shock.end.month, first_year)
            if shock.end is not None
            else month
        )
        if not start <= month <= end:
            continue
        extra = draws.at(shock.extra_share, month)
        if shock.with_mitigation is not None:
            extra = extra * (draws.presence[shock.with_mitigation][month] if month >= 0 else 0.0)
        for index, group in enumerate(AGE_GROUPS):
            if not shock.age_groups or group in shock.age_groups:
                factor[index] = factor[index] * (1 + extra)
    return factor
