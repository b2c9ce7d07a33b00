"""Make the population tables of the bundled scenarios that stand on published papers.

Run as `python data/build/populations.py [folder of the public data]`: writes `population.csv` beside
each scenario from the ONS subnational population projections, persons by single year of age. The
2018-based projections are the ones that stood when the papers were written (the next came in 2025).
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).resolve().parents[2]
BASE = 2018
EXTRACTED = "2026-11-25"


@dataclass(frozen=True)
class Wanted:
    """A table: where it goes, whose it is, its years, and the one year all are held at, if any."""

    folder: str
    area_code: str
    authority: str
    years: range
    held_at: int | None = None


TABLES = (
    Wanted("somerset_2023", "E10000027", "Somerset", range(2021, 2035)),
    Wanted("nottinghamshire_2024", "E10000024", "Nottinghamshire", range(2021, 2035)),
    Wanted(
        "bath_north_east_somerset_2014",
        "E06000022",
        "Bath and North East Somerset",
        range(2013, 2025),
        held_at=2018,
    ),
)


def population(source: Path) -> pd.Series:
    """Persons of the 2018-based projections (area code, year, age)."""
    table = pd.read_csv(source / "population" / "ons_snpp_ages_0-25.csv.gz")
    table = table[table.projection_base == BASE]
    return table.set_index(["area_code", "year", "age"])["persons"]


def table_text(wanted: Wanted, persons: pd.Series) -> str:
    """The table as it stands in the file, with where it comes from at its head."""
    lines = [
        f"# {wanted.authority}, persons by single year of age, mid-year. ONS subnational population "
        f"projections, {BASE}-based, principal.",
        "# Contains public sector information licensed under the Open Government Licence v3.0. "
        f"Extracted {EXTRACTED}. Made by data/build/populations.py.",
    ]
    if wanted.held_at is not None:
        lines.append(
            f"# Assumed: every year is given the persons of {wanted.held_at}, the first year projected."
        )
    lines.append("year,age,persons")
    for year in wanted.years:
        for age in range(26):
            value = persons.loc[wanted.area_code, wanted.held_at or year, age]
            lines.append(f"{year},{age},{round(float(value), 2):.10g}")
    return "\n".join(lines) + "\n"


def main() -> None:
    source = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT.parent / "shared" / "data"
    persons = population(source)
    for wanted in TABLES:
        folder = ROOT / "scenarios" / wanted.folder
        folder.mkdir(exist_ok=True)
        path = folder / "population.csv"
        with path.open("w", encoding="utf-8", newline="\n") as file:
            file.write(table_text(wanted, persons))


if __name__ == "__main__":
    main()
