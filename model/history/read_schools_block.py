"""The schools block of the DSG by authority and year: a measure of the number of children."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from model.history.finance_files import ALLOCATIONS
from model.history.finance_table import read_table


def read_schools_block(folder: Path) -> pd.DataFrame | None:
    """Schools block in pounds before deductions: (authority code, first calendar year), or None.

    From the file of DSG allocations in the folder or its subfolder `finance`. Raises ScenarioError
    where the file is damaged.
    """
    place = folder / "finance" if (folder / "finance").is_dir() else folder
    files = sorted([*place.glob(ALLOCATIONS.pattern), *place.glob(f"{ALLOCATIONS.pattern}.gz")])
    if not files:
        return None
    table = read_table(files[0], ALLOCATIONS)
    return table.pivot(index="la_code", columns="first_year", values="schools_block_gross")
