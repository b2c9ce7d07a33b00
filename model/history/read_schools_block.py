"""The schools block of the DSG by authority and year: a measure of the number of children."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from model.scenario.problems import Problem, ScenarioError

_COLUMNS = ("financial_year", "la_code", "schools_block_gross")


def read_schools_block(folder: Path) -> pd.DataFrame | None:
    """Schools block in pounds before deductions: (authority code, first calendar year), or None.

    From the file of DSG allocations in the folder or its subfolder `finance`. Raises ScenarioError
    where the file lacks a column.
    """
    for place in (folder / "finance", folder):
        files = sorted(place.glob("hnb_allocations*.csv*")) if place.is_dir() else []
        if files:
            return _read(files[0])
    return None


def _read(path: Path) -> pd.DataFrame:
    table = pd.read_csv(path, dtype=str)
    missing = [column for column in _COLUMNS if column not in table]
    if missing:
        raise ScenarioError(
            [
                Problem(
                    str(path),
                    1,
                    column,
                    "a column of the DSG allocations is missing",
                    expected=f"the column '{column}'",
                )
                for column in missing
            ]
        )
    table["year"] = pd.to_numeric(table.financial_year.str[:4])
    table["gbp"] = pd.to_numeric(table.schools_block_gross, errors="coerce")
    return table.pivot_table(index="la_code", columns="year", values="gbp", aggfunc="first")
