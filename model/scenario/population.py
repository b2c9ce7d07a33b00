"""The population table of a scenario as an array by calendar year and age."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from model.reference.codes import AGES
from model.scenario.files import ScenarioFolder
from model.scenario.problems import Problem, ScenarioError
from model.scenario.schema import Scenario
from model.scenario.tables import Table, read_table

COLUMNS = ("year", "age", "persons")


def read_population(
    scenario: Scenario, folder: ScenarioFolder
) -> tuple[NDArray[np.float64] | None, tuple[int, ...]]:
    """Persons (calendar year, age) and the years, or None and () without a table.

    Raises ScenarioError when a year or age that the forecast needs is missing or given twice.
    """
    if scenario.population is None:
        return None, ()
    table = read_table(folder, scenario.population.table, COLUMNS)
    persons = _by_year_and_age(table)
    first = scenario.horizon.first_year
    if scenario.new_plans is not None:
        first = min(first, scenario.new_plans.base_year)
    years = tuple(range(first, scenario.horizon.last_year + 2))
    missing = [(year, age) for year in years for age in AGES if (year, age) not in persons]
    if missing:
        year, age = missing[0]
        raise ScenarioError(
            [
                Problem(
                    table.name,
                    None,
                    "",
                    f"the table '{table.name}' lacks {len(missing)} rows, "
                    f"the first being year {year}, age {age}",
                    expected=f"ages {AGES[0]} to {AGES[-1]} for each year {years[0]} to {years[-1]}",
                )
            ]
        )
    return np.array([[persons[year, age] for age in AGES] for year in years]), years


def _by_year_and_age(table: Table) -> dict[tuple[int, int], float]:
    persons: dict[tuple[int, int], float] = {}
    for index, row in enumerate(table.rows):
        year, age = row["year"], row["age"]
        if year != round(year) or not 1900 <= year <= 2200:
            raise table.wrong(index, "not a calendar year", year, "a year such as 2023")
        if age != round(age) or not 0 <= age <= 120:
            raise table.wrong(index, "not an age", age, "a whole number of years")
        if row["persons"] < 0:
            raise table.wrong(index, "persons below zero", row["persons"], "0 or more")
        if (int(year), int(age)) in persons:
            raise table.wrong(
                index, f"year {year:g}, age {age:g} is given twice", row["persons"], "one row each"
            )
        persons[int(year), int(age)] = row["persons"]
    return persons
