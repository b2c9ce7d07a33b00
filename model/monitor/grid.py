"""A table somebody handed in as rows of cells, each of which knows where it stands."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from openpyxl.utils import get_column_letter

from model.scenario.problems import Problem, ScenarioError, did_you_mean

CellValue = str | float | bool | date | datetime | None

MAX_BYTES = 20_000_000
MAX_CELLS = 200_000
FORMULA_WITHOUT_VALUE = object()
"""Stands in a cell whose formula has never been calculated."""


@dataclass(frozen=True)
class Grid:
    """The rows of one table. `file` and `sheet` name it ('' for CSV); `rows` are (row number, cells)."""

    file: str
    sheet: str
    rows: tuple[tuple[int, tuple[object, ...]], ...]

    def problem(
        self, row: int | None, column: int | None, heading: str, message: str, **words: str | None
    ) -> Problem:
        """What is wrong in a cell, row or the table: file, row, and column by letter and heading."""
        where = heading
        if row is not None and column is not None and self.sheet:
            cell = f"{self.sheet}!{get_column_letter(column + 1)}{row}"
            where = f"{cell} ({heading})" if heading else cell
        elif self.sheet:
            where = f"{self.sheet}: {heading}" if heading else self.sheet
        return Problem(self.file, row, where, message, **words)


def wrong_file(name: str, message: str, hint: str | None = None) -> ScenarioError:
    """A file that cannot be read at all."""
    return ScenarioError([Problem(name, None, "", message, hint=hint)])


def file_bytes(
    path: Path,
    what: str = "a file of actuals",
    most: int | None = None,
    hint: str = "Keep the table of budget lines alone in a workbook.",
) -> bytes:
    """The bytes of a file somebody handed in, at most `most`. Raises ScenarioError.

    `what` the file should be, and a `hint` for one that is too large, are for the messages.
    """
    most = most or MAX_BYTES
    try:
        if path.is_dir():
            raise wrong_file(str(path), f"this is a folder, not {what}")
        if not path.exists():
            near = did_you_mean(path.name, (other.name for other in path.parent.glob("*.*")))
            raise wrong_file(str(path), "there is no such file", near)
        size = path.stat().st_size
        if size > most:
            raise wrong_file(
                path.name, f"the file is {size:,} bytes; at most {most:,} are read", hint
            )
        raw = path.read_bytes()
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise wrong_file(path.name, f"the file cannot be read: {reason}") from None
    if not raw.strip():
        raise wrong_file(path.name, "the file is empty")
    return raw


def csv_grid(raw: bytes, name: str) -> Grid:
    """The cells of a CSV file; lines that start with # are comments. Raises ScenarioError."""
    refuse_no_text(raw, name)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise wrong_file(
            name, "the file is not UTF-8 text", "In the spreadsheet, save as 'CSV UTF-8'."
        ) from None
    return text_grid(text, name)


def refuse_no_text(raw: bytes, name: str) -> None:
    """Raise ScenarioError where a file named as text is a workbook or holds bytes that no text has."""
    if raw[:2] == b"PK" or raw[:4] == b"\xd0\xcf\x11\xe0":
        raise wrong_file(name, "this is a workbook, not CSV text", "Name it .xlsx.")
    if b"\0" in raw:
        raise wrong_file(name, "the file holds bytes that no text has")


def text_grid(text: str, name: str, delimiter: str = ",", most_cells: int | None = None) -> Grid:
    """The cells of text separated by `delimiter`; lines that start with # are comments.

    Raises ScenarioError for text that cannot be taken apart, or with more than `most_cells`.
    """
    most_cells = most_cells or MAX_CELLS
    lines = ["" if line.startswith("#") else line for line in io.StringIO(text, newline=None)]
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    rows: list[tuple[int, tuple[object, ...]]] = []
    cells = 0
    try:
        for row in reader:
            cells += len(row)
            if cells > most_cells:
                raise wrong_file(name, f"more than {most_cells:,} cells")
            if any(cell.strip() for cell in row):
                rows.append((reader.line_num, tuple(cell.strip() for cell in row)))
    except csv.Error as error:
        message = f"this line cannot be read: {error}"
        raise ScenarioError([Problem(name, reader.line_num, "", message)]) from None
    return Grid(name, "", tuple(rows))


def filled(cells: tuple[object, ...]) -> Iterator[tuple[int, object]]:
    """Cells of a row that hold something, with their columns."""
    for column, cell in enumerate(cells):
        if cell is not None and cell != "":
            yield column, cell
