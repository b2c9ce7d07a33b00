"""The headline of a stored run against that of the run made again, within a tolerance."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from model.integrity.agreement import ANOTHER_PLATFORM, NIL, Difference, agree
from model.integrity.compare_workbooks import named_figures
from model.report.read_run import SavedRun
from model.report.write_run import WORKBOOK

MEASURES = ("in_year_deficit", "cumulative_deficit", "plans")
"""Measures of results.parquet that are the headline, where nothing breaks them down."""

_BROKEN_DOWN_BY = ("block", "age_group", "need", "setting", "line", "band", "entity")


def compare_headlines(stored: SavedRun, again: SavedRun) -> tuple[int, tuple[Difference, ...]]:
    """How many headline figures were compared, and those that differ by more than ANOTHER_PLATFORM.

    Figures are those of the manifest, of results.parquet and of the named cells of the workbook, so
    that a figure changed in one of them alone is found. Raises FolderError where the stored table
    cannot be read.
    """
    mine, theirs = _figures(stored), _figures(again)
    differences = [
        Difference(place, _said(mine.get(place)), _said(theirs.get(place)))
        for place in {**theirs, **mine}
        if not _agree(mine.get(place), theirs.get(place))
    ]
    return len(theirs), tuple(differences)


def _figures(run: SavedRun) -> dict[str, float]:
    return {
        **dict(_of_manifest(run.manifest)),
        **dict(_of_table(run.results)),
        **{f"{WORKBOOK}: {name}": value for name, value in _of_workbook(run.folder).items()},
    }


def _of_manifest(manifest: dict[str, Any]) -> Iterator[tuple[str, float]]:
    for row in manifest["headline"]:
        for name, value in row.items():
            if isinstance(value, int | float):
                yield f"headline {row.get('financial_year')} {name}", float(value)


def _of_table(results: pd.DataFrame) -> Iterator[tuple[str, float]]:
    whole = results["measure"].isin(MEASURES)
    for column in _BROKEN_DOWN_BY:
        whole &= results[column] == ""
    chosen = results[whole]
    named = ["measure", "view", "financial_year", "month", "statistic"]
    for *names, value in chosen[[*named, "value"]].itertuples(index=False):
        yield "results.parquet: " + " ".join(str(name) for name in names if name), float(value)


def _of_workbook(folder: Path) -> dict[str, float]:
    return named_figures(folder / WORKBOOK)


def _agree(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return False
    return agree(one, other, ANOTHER_PLATFORM, NIL)


def _said(value: float | None) -> str:
    return "nothing" if value is None else repr(value)
