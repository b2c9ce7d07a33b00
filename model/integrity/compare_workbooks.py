"""Two workbooks cell by cell: values, formulas and number formats, but for the boxes to sign in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter, range_boundaries

from model.integrity.agreement import NIL, RECALCULATED, SAVED_AGAIN, Difference, agree
from model.report.workbook.cover import SIGN_OFF_CELLS

_QUOTED_NAME = re.compile(r"'(\w+)'!")
NOTHING = "nothing"

Place = tuple[str, int, int]
"""Sheet, row and column, from 1."""


@dataclass(frozen=True)
class _Cell:
    value: Any
    formula: str | None
    shown_as: str


@dataclass(frozen=True)
class _Workbook:
    sheets: tuple[str, ...]
    names: dict[str, str]
    cells: dict[Place, _Cell]


@dataclass(frozen=True)
class WorkbooksCompared:
    """Where a stored workbook differs from the one run again; `signed_in`: boxes that are filled in."""

    differences: tuple[Difference, ...]
    signed_in: int = 0


def compare_workbooks(stored: Path, again: Path) -> WorkbooksCompared:
    """Every cell of `stored` that is not as in `again`, whatever program has saved it since.

    Compared are the sheets, their order and whether they are hidden, the defined names, and of each
    cell the value, the formula and a number's format. The boxes that `again` names for signatures may
    hold anything.
    """
    try:
        mine = _read(stored)
    except Exception as error:
        # A broken file fails in openpyxl, zipfile or the XML parser, each in ways of its own.
        return WorkbooksCompared((Difference("the file", f"no workbook ({error})", "a workbook"),))
    theirs = _read(again)
    differences = []
    if mine.sheets != theirs.sheets:
        shown = (", ".join(book.sheets) for book in (mine, theirs))
        differences.append(Difference("sheets", *shown))
    for name, target in theirs.names.items():
        found = mine.names.get(name, NOTHING)
        if found != target:
            differences.append(Difference(f"the name {name}", found, target))
    boxes = _places(theirs.names[SIGN_OFF_CELLS])
    for place in sorted({*mine.cells, *theirs.cells}):
        if place not in boxes:
            differences += _differing(place, mine.cells.get(place), theirs.cells.get(place))
    return WorkbooksCompared(tuple(differences), len(boxes & set(mine.cells)))


def named_figures(path: Path) -> dict[str, float]:
    """The numbers in cells that have a name, the headline's among them; none where it is no workbook."""
    try:
        book = _read(path)
    except Exception:
        # As above: whatever is wrong with it, it shows no figure.
        return {}
    found = {}
    for name, target in book.names.items():
        for place in _places(target):
            value: Any = book.cells[place].value if place in book.cells else None
            if _is_number(value):
                found[name] = float(value)
    return found


def _read(path: Path) -> _Workbook:
    """A workbook as plain values. openpyxl gives values or formulas, so the file is read twice."""
    values = load_workbook(path, read_only=True, data_only=True)
    formulas = load_workbook(path, read_only=True)
    try:
        cells = {}
        for sheet, formula_sheet in zip(values.worksheets, formulas.worksheets, strict=True):
            rows = zip(sheet.iter_rows(), formula_sheet.iter_rows(), strict=True)
            for row, formula_row in rows:
                cells_of_row: Any = zip(row, formula_row, strict=True)
                for cell, formula_cell in cells_of_row:
                    # An empty text is nothing: spreadsheet programs leave it out.
                    if formula_cell.value not in (None, ""):
                        place = (str(sheet.title), int(cell.row), int(cell.column))
                        cells[place] = _Cell(
                            _plain(cell.value), _formula(formula_cell.value), _format(cell)
                        )
        return _Workbook(
            tuple(
                sheet.title + ("" if sheet.sheet_state == "visible" else f" ({sheet.sheet_state})")
                for sheet in formulas.worksheets
            ),
            {name: _unquoted(str(item.value)) for name, item in formulas.defined_names.items()},
            cells,
        )
    finally:
        values.close()
        formulas.close()


def _plain(value: Any) -> Any:
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


def _formula(value: Any) -> str | None:
    if isinstance(value, str) and value.startswith("="):
        return _unquoted(value)
    return None if isinstance(value, str | int | float) else str(getattr(value, "text", value))


def _format(cell: Any) -> str:
    """A number format without the marks that programs set differently around the same letters."""
    return str(cell.number_format).replace('"', "").replace("\\", "")


def _unquoted(text: str) -> str:
    """A formula or address without quotes where a sheet's name needs none."""
    return _QUOTED_NAME.sub(r"\1!", text)


def _places(target: str) -> set[Place]:
    """The cells of an address such as Cover!$B$40:$D$41."""
    sheet, _, address = target.rpartition("!")
    try:
        left, top, right, bottom = range_boundaries(address)
    except ValueError:
        return set()
    if left is None or top is None or right is None or bottom is None:
        return set()
    rows, columns = range(top, bottom + 1), range(left, right + 1)
    return {(sheet.strip("'"), row, column) for row in rows for column in columns}


def _differing(place: Place, mine: _Cell | None, theirs: _Cell | None) -> list[Difference]:
    where = f"{place[0]}!{get_column_letter(place[2])}{place[1]}"
    if mine is None or theirs is None or mine.formula != theirs.formula:
        return [Difference(where, _said(mine), _said(theirs))]
    found = []
    if not _same_value(mine, theirs):
        found.append(Difference(where, repr(mine.value), repr(theirs.value)))
    if _is_number(theirs.value) and mine.shown_as != theirs.shown_as:
        found.append(Difference(f"{where}, its number format", mine.shown_as, theirs.shown_as))
    return found


def _same_value(mine: _Cell, theirs: _Cell) -> bool:
    if _is_number(mine.value) and _is_number(theirs.value):
        worked_out = theirs.formula is not None
        relative, absolute = (RECALCULATED, NIL) if worked_out else (SAVED_AGAIN, 0.0)
        return agree(float(mine.value), float(theirs.value), relative, absolute)
    return bool(mine.value == theirs.value)


def _said(cell: _Cell | None) -> str:
    if cell is None:
        return NOTHING
    return cell.formula if cell.formula is not None else repr(cell.value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
