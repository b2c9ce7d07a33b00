"""England's population by single year of age, estimated.

The projection file kept for the project holds eight authorities and their districts only, not England, and no England row is published
in it. So: England aged 2 to 18 (sum of authorities, mid-2021, in the s251 file) over the same for the eight gives one factor, and the
eight's projected ages are scaled by it. A published England table (columns year, age, persons) replaces this with `--england-population`.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

BASE = 2022
# Ended in April 2021; the s251 file lists it beside the two authorities that took its place, and its children are in both.
REPLACED = ("Northamptonshire",)


def authorities(source: Path) -> pd.DataFrame:
    """(year, age) persons of the upper-tier authorities on the 2022 base: county totals or unitaries, never their districts too."""
    table = pd.read_csv(source / "population" / "ons_snpp_ages_0-25.csv.gz")
    table = table[(table.projection_base == BASE) & ~table.area_code.str.startswith("E07")]
    return table.assign(
        area=table.area_name.str.replace(r" \((sum of .*|county)\)", "", regex=True)
    )


def england_population(
    source: Path, published: Path | None, years: tuple[int, ...]
) -> pd.DataFrame:
    """Persons by age (rows 0..25) and mid-year (columns)."""
    if published is not None:
        table = pd.read_csv(published, comment="#")
        return table.pivot(index="age", columns="year", values="persons").loc[0:25, list(years)]
    local = authorities(source)
    finance = pd.read_csv(source / "finance" / "s251_high_needs_2021-22.csv")
    children = finance.set_index("la_name").pop_2_18_mid2021.drop(list(REPLACED))
    names = local.area.unique()
    missing = set(names) - set(children.index)
    if missing:
        raise ValueError(f"no 2-18 population for {sorted(missing)}")
    factor = children.sum() / children[list(names)].sum()
    profile = local[local.year.isin(years)].pivot_table(
        index="age", columns="year", values="persons", aggfunc="sum"
    )
    return profile * factor


def year_of_flows(population: pd.DataFrame, year: int, months_before: float) -> np.ndarray:
    """Population for the new plans of a calendar year: mid-year before for the months before September, the year's own after."""
    return (
        months_before * population[year - 1] + (1.0 - months_before) * population[year]
    ).to_numpy()
