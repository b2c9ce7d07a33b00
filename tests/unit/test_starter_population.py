"""Which population a starter scenario stands on: the newest base known then, never a district, else a stand-in."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from model.history.read_history import read_publications
from model.history.read_tidy import Tidy
from model.importing.evidence import Evidence, everything_of, gather
from model.importing.money import Money
from model.importing.population import population_of
from tests.published_files import caseload, write

pytestmark = pytest.mark.unit


def projection(code: str, name: str, base: int, persons: float) -> pd.DataFrame:
    years, ages = range(2018, 2036), range(26)
    rows = [
        (code, name, float(base), float(year), float(age), persons + age)
        for year in years
        for age in ages
    ]
    return pd.DataFrame(
        rows, columns=["area_code", "area_name", "projection_base", "year", "age", "persons"]
    )


def evidence(
    folder: Path, january: int, population: pd.DataFrame | None, money: Money | None = None
) -> Evidence:
    published = read_publications([write(caseload((january,)), folder / "caseload.csv")])
    read = everything_of(published, Tidy(), money or Money(), population, "here")
    return gather(read, authority="Westshire", first_year=None)


@pytest.mark.parametrize(("january", "base"), [(2023, 2018), (2025, 2018), (2026, 2022)])
def test_the_newest_base_published_by_the_january(january, base, tmp_path):
    """The 2022-based projections came out in June 2025."""
    table = pd.concat(
        [
            projection("E10000902", "Westshire (county)", 2018, 18),
            projection("E10000902", "Westshire (sum of 3 districts)", 2022, 22),
        ]
    )
    found = population_of(evidence(tmp_path, january, table), january + 4)
    assert found.years == tuple(range(january - 1, january + 6))
    assert found.persons[0].tolist() == [base - 2000 + age for age in range(26)]
    assert f"{base}-based" in found.source
    assert "later" not in found.source
    assert found.section().body["status"] == "published"


def test_the_only_base_is_used_with_a_word_that_it_came_later(tmp_path):
    found = population_of(
        evidence(tmp_path, 2019, projection("E10000902", "Westshire", 2018, 18)), 2023
    )
    assert "published only later" in found.source


def test_a_district_of_the_same_name_is_not_the_county(tmp_path):
    """Districts are within the county that is their sum."""
    found = population_of(
        evidence(tmp_path, 2023, projection("E07000902", "Westshire", 2018, 5)), 2027
    )
    assert found.stands_in


def test_years_that_are_missing_make_no_population(tmp_path):
    table = projection("E10000902", "Westshire", 2018, 18)
    found = population_of(evidence(tmp_path, 2023, table[table.year < 2026]), 2027)
    assert found.stands_in
    assert "A stand-in. Replace it first" in found.section().comment


def test_the_stand_in_has_the_children_of_the_authority(tmp_path):
    """5,000 aged 2 to 18 in mid-2021; a cohort keeps its number as it ages."""
    money = Money(spending=pd.DataFrame({"la_code": ["902"], "pop_2_18_mid2021": [5000.0]}))
    found = population_of(evidence(tmp_path, 2022, None, money), 2026)
    assert found.years[0] == 2021
    assert found.persons[0][2:19].sum() == pytest.approx(5000)
    assert np.allclose(found.persons[1:, 1:25], found.persons[:-1, :24])


def test_without_money_the_stand_in_has_the_share_of_plans(tmp_path):
    """300 of England's 500 plans: six tenths of England's estimated ages, and no word of children known."""
    found = population_of(evidence(tmp_path, 2023, None), 2027)
    # England's persons at age 7 in mid-2022 as estimated for the national rates.
    rows = (Path(__file__).parents[2] / "data/national/new_plans.csv").read_text().splitlines()
    england = next(float(row.split(",")[3]) for row in rows if row.startswith("2022,7,"))
    assert found.persons[0][7] == pytest.approx(0.6 * england)
    assert "says little of its children" in found.source
