"""The population tables of bundled scenarios are what `data/build/populations.py` makes of ONS's file."""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "data" / "build"))

import populations  # noqa: E402

pytestmark = [pytest.mark.unit, pytest.mark.shared_data]


@pytest.fixture(scope="module")
def persons(shared_folder: Path) -> pd.Series:
    return populations.population(shared_folder / "data")


@pytest.mark.parametrize("wanted", populations.TABLES, ids=lambda wanted: wanted.folder)
def test_bundled_tables_are_made_by_the_script(
    wanted: populations.Wanted, persons: pd.Series
) -> None:
    table = ROOT / "scenarios" / wanted.folder / "population.csv"
    assert table.read_text(encoding="utf-8") == populations.table_text(wanted, persons)


def test_it_makes_north_somersets_table_as_well(persons: pd.Series) -> None:
    """That table was made before the script: figure for figure the same but for its head."""
    wanted = populations.Wanted("", "E06000024", "North Somerset", range(2021, 2035))
    made = populations.table_text(wanted, persons)
    bundled = (ROOT / "scenarios" / "north_somerset_2023" / "population.csv").read_text()
    figures = [
        [line for line in text.splitlines() if not line.startswith("#")] for text in (made, bundled)
    ]
    assert figures[0] == figures[1]
    assert len(figures[0]) == 1 + 14 * 26
