"""The table of an extract inside its file: text of whatever separator and encoding, or one sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from model.importing.extract.columns import (
    NEEDED,
    column_called,
    column_nearly_called,
    columns,
)
from model.monitor.grid import Grid, file_bytes, filled, refuse_no_text, text_grid, wrong_file
from model.monitor.workbook_grids import workbook_grids
from model.scenario.problems import Problem, ScenarioError, did_you_mean, one_of

MAX_BYTES: Final = 100_000_000
MAX_CELLS: Final = 5_000_000
"""Room for the plans and requests of the largest authorities over many years."""

_SEPARATORS: Final = (",", ";", "\t", "|")
_ENCODINGS: Final = ("utf-8-sig", "cp1252")
"""Excel's own CSV is not UTF-8 in Britain but Windows-1252."""
_SEARCHED_ROWS: Final = 40
_FEWEST_COLUMNS: Final = 3
_TOO_LARGE: Final = "Keep the extract alone in its file, without other sheets."


@dataclass(frozen=True)
class Table:
    """The heading row of a grid, the columns that are read (name -> position), and what lies below."""

    grid: Grid
    heading_row: int
    positions: Mapping[str, int]
    headings: tuple[tuple[int, str], ...]
    rows: tuple[tuple[int, tuple[object, ...]], ...]

    def numbers(self) -> NDArray[np.int64]:
        """The row number of each row below the headings."""
        return np.array([number for number, _ in self.rows], dtype=np.int64)

    def cells(self, position: int) -> list[object]:
        """The cells of a column below its heading, None for nothing."""
        return [
            None if position >= len(cells) or cells[position] == "" else cells[position]
            for _, cells in self.rows
        ]

    @property
    def ignored(self) -> tuple[str, ...]:
        """Headings of columns that are not read."""
        read = set(self.positions.values())
        return tuple(heading for position, heading in self.headings if position not in read)

    def problem(self, row: int | None, name: str, message: str, **words: str | None) -> Problem:
        """What is wrong in a row under a column."""
        position = self.positions.get(name)
        heading = dict(self.headings).get(position, name) if position is not None else name
        return self.grid.problem(row, position, heading, message, **words)


def read_grids(path: Path) -> list[Grid]:
    """Every table of the file: one for text, one a sheet. Raises ScenarioError."""
    raw = file_bytes(path, "a file with an extract", MAX_BYTES, _TOO_LARGE)
    suffix = path.suffix.lower()
    if suffix == ".xlsx":
        return workbook_grids(raw, path.name, MAX_CELLS, _TOO_LARGE)
    if suffix in (".csv", ".txt", ".tsv"):
        return [_text(raw, path.name)]
    raise wrong_file(
        path.name,
        f"{suffix or 'a file without an ending'} is not read; expected .csv, .txt, .tsv or .xlsx",
        "Save it as .xlsx (without macros) or as CSV UTF-8.",
    )


def _text(raw: bytes, name: str) -> Grid:
    refuse_no_text(raw, name)
    for encoding in _ENCODINGS:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        return text_grid(text, name, _separator(text), MAX_CELLS)
    raise wrong_file(
        name,
        "the file is neither UTF-8 nor Windows-1252 text",
        "In the spreadsheet, save as 'CSV UTF-8'.",
    )


def _separator(text: str) -> str:
    """The separator under which the most headings of an extract are found."""
    lines = [line for line in text.splitlines()[:_SEARCHED_ROWS] if not line.startswith("#")]

    def found(separator: str) -> int:
        return max((_known(line.replace('"', "").split(separator)) for line in lines), default=0)

    return max(_SEPARATORS, key=found)


def _known(cells: Sequence[object]) -> int:
    return len({column_called(cell) for cell in cells} - {None})


def heading_row(grid: Grid) -> tuple[int, tuple[object, ...]] | None:
    """The row with the most headings of an extract among the first rows, or None where there are few."""
    best = max(grid.rows[:_SEARCHED_ROWS], key=lambda row: _known(row[1]), default=None)
    return best if best is not None and _known(best[1]) >= _FEWEST_COLUMNS else None


def choose_grid(path: Path, grids: Sequence[Grid], sheet: str | None) -> Grid:
    """The grid to read: the sheet asked for, or the only one with an extract. Raises ScenarioError."""
    if not any(grid.rows for grid in grids):
        raise wrong_file(path.name, "there is nothing in the file")
    if sheet is not None:
        return _asked(path, grids, sheet)
    found = [grid for grid in grids if heading_row(grid) is not None]
    if not found:
        raise _no_table(path, grids)
    if len(found) > 1:
        names = ", ".join(grid.sheet for grid in found)
        hint = "Name the one to read with --sheet."
        raise wrong_file(path.name, f"{len(found)} sheets look like an extract: {names}", hint)
    return found[0]


def _asked(path: Path, grids: Sequence[Grid], sheet: str) -> Grid:
    names = [grid.sheet for grid in grids if grid.sheet]
    if not names:
        raise wrong_file(path.name, "the file has no sheets", "Leave --sheet out.")
    for grid in grids:
        if grid.sheet.lower() == sheet.lower():
            if heading_row(grid) is None:
                raise _no_table(path, [grid])
            return grid
    message, near = f"there is no sheet '{sheet}'", did_you_mean(sheet, names)
    problem = Problem(path.name, None, "--sheet", message, expected=one_of(names), hint=near)
    raise ScenarioError([problem])


def _no_table(path: Path, grids: Sequence[Grid]) -> ScenarioError:
    sheets = ", ".join(grid.sheet for grid in grids if grid.sheet)
    problem = Problem(
        path.name,
        None,
        "",
        f"no sheet ({sheets}) has the headings of an extract" if sheets else "no row has the headings of an extract",
        expected=f"the columns {', '.join(NEEDED)} in one row",
        hint="`hn-forecast import extract --template FILE` writes a file to fill in; see docs/import_extract.md.",
    )  # fmt: skip
    return ScenarioError([problem])


def table_of(grid: Grid) -> tuple[Table, list[Problem]]:
    """The table in a grid that has one, and what is wrong with its headings and the width of its rows."""
    found = heading_row(grid)
    assert found is not None
    number, cells = found
    headings = tuple((position, str(cell)) for position, cell in filled(cells))
    positions: dict[str, int] = {}
    problems: list[Problem] = []
    for position, heading in headings:
        name = column_called(heading)
        if name is not None and name in positions:
            first = dict(headings)[positions[name]]
            message = f"two columns say {name}: this one and {first}"
            problems.append(grid.problem(number, position, heading, message, hint="Keep one of them."))  # fmt: skip
        elif name is not None:
            positions[name] = position
    rows = tuple((row, below) for row, below in grid.rows if row > number)
    table = Table(grid, number, positions, headings, rows)
    problems += _missing(table) + _near(table) + _too_wide(table, len(cells))
    if not rows:
        problems.append(grid.problem(number, None, "", "there are headings and no row below them"))
    return table, problems


def _missing(table: Table) -> list[Problem]:
    what = {column.name: column.what for column in columns()}
    return [
        table.grid.problem(
            table.heading_row,
            None,
            name,
            "the column is missing",
            expected=what[name],
            hint="Leave its cells empty where there is nothing to say, but have the column.",
        )
        for name in NEEDED
        if name not in table.positions
    ]


def _near(table: Table) -> list[Problem]:
    problems = []
    for position, heading in table.headings:
        if column_called(heading) is None:
            near = column_nearly_called(heading)
            if near is not None and near not in table.positions:
                message, hint = "this heading is not known", f"Did you mean '{near}'?"
                problems.append(
                    table.grid.problem(table.heading_row, position, heading, message, hint=hint)
                )
    return problems


def _too_wide(table: Table, width: int) -> list[Problem]:
    """Rows of text with more cells than headings: a separator inside a cell has made two of one."""
    if table.grid.sheet:
        return []
    return [
        table.grid.problem(
            row,
            None,
            "",
            "this row has more cells than there are headings",
            expected=f"{width} cells",
            hint="Put a text that holds the separator in quotes.",
        )
        for row, cells in table.rows
        if any(cell not in (None, "") for cell in cells[width:])
    ]
