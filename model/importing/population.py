"""Persons by single year of age: the ONS projection of the authority, or a stand-in of its size."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from model.importing.evidence import Evidence
from model.importing.figures import Section
from model.importing.published_tables import read_published_table
from model.reference.bundled import read_csv_rows
from model.reference.codes import AGES

TABLE: Final = "population.csv"
_DISTRICT: Final = "E07"
_SUFFIX: Final = re.compile(r" \((sum of .*|county)\)$")
_CHILDREN: Final = slice(2, 19)
_CHILDREN_COUNTED: Final = 2021
_WHERE: Final = (
    "ONS, subnational population projections for England, persons by single year of age: give the "
    "file with --population"
)


@dataclass(frozen=True)
class Population:
    """Persons (year, age) for the years the scenario needs, and where they come from.

    `stands_in`: what is assumed where the authority's own projection is not in the files, else empty.
    """

    years: tuple[int, ...]
    persons: np.ndarray
    source: str
    stands_in: str = ""

    def section(self) -> Section:
        """The section `population` of the scenario."""
        body = {"table": TABLE, "source": self.source, "status": "derived"}
        if not self.stands_in:
            return Section("population", {**body, "status": "published"})
        body["note"] = self.stands_in
        return Section("population", body, f"A stand-in. Replace it first: {_WHERE}.")

    def text(self, authority: str) -> str:
        """The table as a CSV file with its source at the head. Persons to two decimals."""
        lines = [
            f"# {authority}, persons by single year of age, mid-year. {self.source}.",
            "# Contains public sector information licensed under the Open Government Licence v3.0.",
        ]
        if self.stands_in:
            lines.append(f"# Assumed: {self.stands_in}")
        lines.append("year,age,persons")
        for year, row in zip(self.years, self.persons, strict=True):
            lines += [f"{year},{age},{round(float(row[age]), 2):.10g}" for age in AGES]
        return "\n".join(lines) + "\n"


def read_projections(path: Path) -> pd.DataFrame:
    """The ONS projections: area_code, area_name, projection_base, year, age, persons.

    Raises ScenarioError, see `read_published_table`.
    """
    return read_published_table(
        path, ("area_code", "area_name"), ("projection_base", "year", "age", "persons"),
        "the population projections",
    )  # fmt: skip


def population_of(evidence: Evidence, last_year: int) -> Population:
    """Persons for every year from that of the flows to the one after the last financial year."""
    years = tuple(range(evidence.flow_year, last_year + 2))
    projected = _projected(evidence, years)
    return projected if projected is not None else _stand_in(evidence, years)


def _projected(evidence: Evidence, years: tuple[int, ...]) -> Population | None:
    if evidence.population is None:
        return None
    table = evidence.population
    # Districts stand beside the county that is their sum: both would count everybody twice.
    table = table[~table.area_code.str.startswith(_DISTRICT)]
    name = table.area_name.str.replace(_SUFFIX, "", regex=True)
    own = table[(table.area_code == evidence.area_code) | (name == evidence.authority)]
    for base, known in _bases(evidence.january):
        rows = own[own.projection_base == base]
        wide = rows.pivot_table(index="year", columns="age", values="persons", aggfunc="first")
        wide = wide.reindex(index=list(years), columns=list(AGES))
        if wide.notna().all().all():
            later = "" if known else " (published only later)"
            source = f"ONS, subnational population projections, {base}-based, principal{later}"
            return Population(years, wide.to_numpy(), source)
    return None


def _bases(january: int) -> list[tuple[int, bool]]:
    """Projection bases, those published by a January first, the newest of them at the head."""
    rows = [
        (int(row["base"]), row["published"] <= f"{january}-01")
        for row in read_csv_rows("reference/projection_bases.csv")
    ]
    known = sorted((row for row in rows if row[1]), reverse=True)
    return known + sorted(row for row in rows if not row[1])


def _stand_in(evidence: Evidence, years: tuple[int, ...]) -> Population:
    """England's estimated ages, each cohort moved on a year at a time, scaled to the authority."""
    england = _england(range(min(*years, _CHILDREN_COUNTED), max(years) + 1))
    children = evidence.money.children(evidence.code)
    counted = england[_CHILDREN_COUNTED][_CHILDREN].sum()
    allocation = evidence.money.allocation(evidence.code, evidence.january)
    plans, nation = evidence.value("plans"), evidence.england("plans")
    if children:
        factor = children / counted
        how = f"its {children:,.0f} aged 2 to 18 (section 251 benchmarking tool, mid-2021)"
    elif allocation is not None and allocation.england_schools_gbp > 0:
        factor = allocation.blocks["schools"][0] / allocation.england_schools_gbp
        how = f"its share of England's schools block of {allocation.year}-{(allocation.year + 1) % 100:02d}, {factor:.2%}"
    else:
        factor = (plans or 0.0) / (nation or 1.0)
        how = f"its share of England's plans, {factor:.2%}, which says little of its children"
    persons = np.array([england[year] * factor for year in years])
    return Population(
        years, persons, f"Stand-in: England's estimated ages scaled to {how}",
        "The ages are England's (estimated, calendar 2022), moved on year by year, without births "
        "beyond those of 2022 and without moves. The authority's own projection is not in the files.",
    )  # fmt: skip


_ENGLAND_YEAR: Final = 2022


def _england(years: range) -> dict[int, np.ndarray]:
    """England's persons by age as estimated for the national rates, cohorts moved from year to year."""
    base = np.zeros(len(AGES))
    for row in read_csv_rows("national/new_plans.csv"):
        if int(row["year"]) == _ENGLAND_YEAR:
            base[int(row["age"])] = float(row["population_used"])
    persons = {}
    for year in years:
        moved = np.clip(np.arange(len(AGES)) - (year - _ENGLAND_YEAR), 0, len(AGES) - 1)
        persons[year] = base[moved]
    return persons
