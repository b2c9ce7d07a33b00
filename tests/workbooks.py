"""What tests ask of a workbook as a file, whatever scenario it was written from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from model.report.workbook import About, write_workbook
from model.run import run
from model.scenario.load import load

ROOT = Path(__file__).resolve().parents[1]
ABOUT = About("run-1", datetime(2023, 6, 30, 9), "0", 1, 16, "hn-forecast run", "s.yaml", "00")
FEW_DRAWS = 16
"""Enough for every sheet to be filled; what is tested is the file, not the forecast."""


def bundled_scenarios() -> list[Path]:
    """Every bundled scenario file that is not the overlay or printed figures of another."""
    folder = ROOT / "scenarios"
    return sorted(
        path
        for path in (*folder.glob("*.yaml"), *folder.glob("*/scenario.yaml"))
        if "horizon:" in path.read_text(encoding="utf-8")
        or "extends:" in path.read_text(encoding="utf-8")
    )


def name_of(path: Path) -> str:
    return path.parent.name if path.stem == "scenario" else path.stem


def written(scenario: Path, folder: Path) -> Path:
    """A workbook of a bundled scenario at few draws, without studies."""
    path = folder / f"{name_of(scenario)}.xlsx"
    write_workbook(run(load(scenario), draws=FEW_DRAWS), path, ABOUT)
    return path


def links(workbook: Workbook) -> Iterator[tuple[str, str, str]]:
    """Every internal link: the cell it stands in, the sheet and the cell it leads to."""
    for sheet in workbook.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.hyperlink is None:
                    continue
                found = re.fullmatch(r"'(.+)'!([A-Z]+\d+)", cell.hyperlink.location or "")
                assert found is not None, f"{sheet.title}!{cell.coordinate} leads outside"
                yield f"{sheet.title}!{cell.coordinate}", found[1], found[2]


def value_beside(sheet: Worksheet, label: str, column: int = 2, nth: int = 0) -> object:
    """Value in the nth row whose first cell is `label`."""
    rows = [row for row in sheet.iter_rows() if row[0].value == label]
    assert len(rows) > nth, f"no row '{label}' on {sheet.title}"
    return rows[nth][column - 1].value


def text_of(sheet: Worksheet) -> str:
    """All words of a sheet, in reading order."""
    return " ".join(
        str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None
    )
