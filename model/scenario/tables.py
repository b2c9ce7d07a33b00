"""CSV tables of numbers that a scenario names."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass

from model.scenario.as_written import number_hint
from model.scenario.files import MAX_TABLE_BYTES, ScenarioFolder
from model.scenario.problems import Problem, ScenarioError, shown


@dataclass(frozen=True)
class Table:
    """A CSV table with named numeric columns: `rows[i][column]`, from line `lines[i]`."""

    name: str
    rows: list[dict[str, float]]
    lines: list[int]

    def wrong(self, row: int, message: str, found: object, expected: str) -> ScenarioError:
        """An error about one row."""
        line = self.lines[row]
        return ScenarioError([Problem(self.name, line, "", message, shown(found), expected)])


def read_table(folder: ScenarioFolder, name: str, columns: tuple[str, ...]) -> Table:
    """A CSV file of numbers with exactly these columns (lines starting with # are comments).

    Raises ScenarioError naming the file and line of the first cell that is not a number.
    """
    try:
        path = folder.resolve(name)
    except ValueError as error:
        raise ScenarioError([Problem(name, None, "", str(error))]) from None
    text = _decode(folder.read(path, MAX_TABLE_BYTES), name)
    numbered = [
        (number, line)
        for number, line in enumerate(text.splitlines(), start=1)
        if line.strip(" ,") and not line.startswith("#")
    ]
    if not numbered:
        raise _wrong(name, 1, "", "the table is empty", expected=", ".join(columns))
    cells = [(number, _cells(line, name, number)) for number, line in numbered]
    first, header = cells[0]
    if tuple(header) != columns:
        found, expected = ", ".join(header), ", ".join(columns)
        raise _wrong(name, first, "", "the column names differ", found=found, expected=expected)
    rows = [_row(columns, row, name, number) for number, row in cells[1:]]
    return Table(name, rows, [number for number, _ in cells[1:]])


def _wrong(
    name: str,
    line: int,
    column: str,
    message: str,
    *,
    found: str | None = None,
    expected: str | None = None,
    hint: str | None = None,
) -> ScenarioError:
    return ScenarioError([Problem(name, line, column, message, found, expected, hint)])


def _cells(line: str, name: str, number: int) -> list[str]:
    try:
        return [cell.strip() for cell in next(csv.reader([line], strict=True))]
    except csv.Error as error:
        raise _wrong(name, number, "", f"this line cannot be read: {error}") from None


def _row(columns: tuple[str, ...], cells: list[str], name: str, line: int) -> dict[str, float]:
    if len(cells) != len(columns):
        expected = f"{len(columns)}: {', '.join(columns)}"
        hint = "A number with a comma in it needs quotes or, better, no comma."
        raise _wrong(name, line, "", f"{len(cells)} cells", expected=expected, hint=hint)
    return {
        column: _number(cell, column, name, line)
        for column, cell in zip(columns, cells, strict=True)
    }


def _number(cell: str, column: str, name: str, line: int) -> float:
    try:
        number = float(cell)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        message = "not a number" if cell else "the cell is empty"
        found = shown(cell) if cell else None
        raise _wrong(name, line, column, message, found=found, hint=number_hint(cell))
    return number


def _decode(raw: bytes, name: str) -> str:
    """Text of a CSV file; spreadsheets write UTF-8 with or without a mark at the start."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        message, hint = "the table is not UTF-8 text", "In the spreadsheet, save as 'CSV UTF-8'."
        raise ScenarioError([Problem(name, None, "", message, hint=hint)]) from None
