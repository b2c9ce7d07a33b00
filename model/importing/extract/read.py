"""From a file to a checked `Extract`, or every problem in it at once; refused where it says who a child is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.importing.extract.columns import DATES, columns
from model.importing.extract.dates import (
    NO_MONTH,
    Unread,
    read_birth_month,
    read_day,
    read_month_number,
    read_year,
)
from model.importing.extract.extract import Days, Extract, Flags
from model.importing.extract.identifiers import (
    BIRTH,
    KEY,
    Identifier,
    full_birth_dates,
    heading_identifies,
    values_identify,
)
from model.importing.extract.row_checks import row_problems
from model.importing.extract.some_rows import some_rows
from model.importing.extract.table import Table, choose_grid, read_grids, table_of
from model.importing.extract.words import (
    MEANINGS,
    PLACEMENTS,
    UNDIVIDED,
    YES_NO,
    meaning,
    nearly,
)
from model.monitor.grid import FORMULA_WITHOUT_VALUE, Grid
from model.reference.calendar import MONTHS
from model.reference.codes import NEEDS
from model.scenario.problems import Problem, ScenarioError, shown

_NO_DAY: Final = np.datetime64("NaT", "D")
_NO_BIRTH: Final = np.datetime64("NaT", "M")


def read_extract(
    path: Path, *, today: date, sheet: str | None = None, as_at: date | None = None
) -> Extract:
    """The extract in a file of text or a workbook, as arrays without any name or key.

    `as_at`: the day on which it was taken; without it the latest day in it that is not after
    `today`. `sheet`: which of several sheets to read.
    Raises ScenarioError: first for direct identifiers alone, naming columns and never a value; then
    with every other problem, each with its row and column.
    """
    grids = read_grids(path)
    grid = choose_grid(path, grids, sheet)
    table, problems = table_of(grid)
    _refuse_identifiers(table, grids)
    reader = _Reader(table)
    extract = reader.extract(as_at, today)
    problems += reader.problems
    if not any(name not in table.positions for name in (c.name for c in columns() if c.needed)):
        problems += row_problems(extract, table, reader.unread)
    if problems:
        raise ScenarioError(sorted(problems, key=lambda item: item.line or 0))
    return extract


def _refuse_identifiers(table: Table, grids: list[Grid]) -> None:
    """Raise ScenarioError with every column that holds a direct identifier, on any sheet of the file."""
    found: list[tuple[Grid, int, int, str, Identifier]] = []
    births = _births(table)[0] if "birth_month" in table.positions else None
    for grid in grids:
        own = grid is table.grid
        row, headings = (table.heading_row, dict(table.headings)) if own else _first_row(grid)
        width = max((len(cells) for _, cells in grid.rows), default=0)
        for position in range(width):
            heading = headings.get(position, "")
            cells = [
                cells[position]
                for number, cells in grid.rows
                if position < len(cells)
                and cells[position] is not None
                and not (own and number == row)
            ]
            told = heading_identifies(heading) if heading else None
            told = told or values_identify(heading, cells) or full_birth_dates(heading, cells)
            if (
                told is None
                and own
                and births is not None
                and position not in _birth_positions(table)
            ):
                told = _days_of_birth(table.cells(position), births)
            if told is not None:
                found.append((grid, row, position, heading, told))
    if found:
        raise ScenarioError([_refused(*item) for item in found])


def _first_row(grid: Grid) -> tuple[int, dict[int, str]]:
    if not grid.rows:
        return 0, {}
    row, cells = grid.rows[0]
    return row, {place: str(cell) for place, cell in enumerate(cells) if cell not in (None, "")}


def _birth_positions(table: Table) -> list[int]:
    return [table.positions[name] for name in BIRTH if name in table.positions]


def _refused(grid: Grid, row: int, position: int, heading: str, told: Identifier) -> Problem:
    place = heading or f"column {position + 1}"
    said = "the heading says" if told.by == "heading" else "values in this column look like"
    hint = "Delete the column from the extract and import it again; nothing was read or written."
    if told.what == "a full date of birth":
        hint = "Replace it by year and month of birth (birth_month, such as 2014-05); nothing was read or written."
    return grid.problem(row or None, position, place, f"{said} {told.what}", hint=hint)


def _days_of_birth(cells: list[object], births: Days) -> Identifier | None:
    """A day of birth called something else: days half or more of which lie in the births of their rows."""
    days = _by_distinct(cells, lambda cell: _as_day(read_day(cell)), _NO_DAY)
    known = ~np.isnat(days) & ~np.isnat(births)
    inside = known & (days.astype("datetime64[M]") == births)
    if known.any() and inside.sum() * 2 >= known.sum():
        return Identifier("a full date of birth", "values")
    return None


def _as_day(read: date | Unread) -> Any:
    return _NO_DAY if isinstance(read, Unread) else np.datetime64(read, "D")


def _by_distinct(cells: list[object], read: Callable[[object], Any], empty: Any) -> NDArray[Any]:
    """`read` of every cell, each distinct one read once; `empty` for a cell with nothing in it."""
    codes, distinct = pd.factorize(_objects(cells))
    values = np.array([*(read(value) for value in distinct), empty])
    return np.asarray(values[codes])


def _objects(cells: list[object]) -> NDArray[np.object_]:
    array = np.empty(len(cells), dtype=object)
    array[:] = cells
    return array


def _births(table: Table) -> tuple[Days, Flags]:
    """Birth months, from one column or with the year in another; and the rows that have none to read."""
    cells = table.cells(table.positions["birth_month"])
    births = _by_distinct(cells, _as_birth, _NO_BIRTH)
    if "birth_year" in table.positions:
        months = _by_distinct(cells, lambda cell: read_month_number(cell) or 0, 0)
        years = _by_distinct(
            table.cells(table.positions["birth_year"]), lambda cell: read_year(cell) or 0, 0
        )
        number = (years - 1970) * MONTHS + months - 1
        births = np.where(
            (months > 0) & (years > 0),
            number.astype("datetime64[M]"),
            np.where(years > 0, _NO_BIRTH, births),
        )
    return births, np.isnat(births)


def _as_birth(cell: object) -> Any:
    read = read_birth_month(cell)
    return _NO_BIRTH if isinstance(read, Unread) else np.datetime64(f"{read[0]}-{read[1]:02d}", "M")


@dataclass
class _Reader:
    """Reads the columns of a table. `unread` marks rows in which a cell could not be read."""

    table: Table
    problems: list[Problem] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.row = self.table.numbers()
        self.unread: Flags = np.zeros(len(self.row), dtype=np.bool_)

    def extract(self, as_at: date | None, today: date) -> Extract:
        """Everything the table says. Cells that cannot be read are noted and left empty."""
        formulas = self._formulas()
        days = {name: self._days(name, formulas) for name in DATES}
        taken = as_at or self._latest(list(days.values()), today)
        self._not_after(days, taken, said=as_at is not None)
        current = self._words("current_placement", "placement", -1)
        first = self._words("first_placement", "placement", -1)
        first = np.where(first < 0, current, first)
        residential = self._words("residential", "yes_no", 0)
        return Extract(
            file=self.table.grid.file,
            sheet=self.table.grid.sheet,
            as_at=taken,
            as_at_said=as_at is not None,
            columns=frozenset(self.table.positions),
            ignored=self.table.ignored,
            row=self.row,
            child=self._children(),
            birth=self._birth_months(),
            request=days["request_date"],
            request_outcome=self._words("request_outcome", "request_outcome", 0),
            decision=days["decision_date"],
            decided_by=self._words("decided_by", "decided_by", 0),
            overturned=days["overturned_date"],
            advice_started=days["advice_started_date"],
            assessment_end=days["assessment_end_date"],
            assessment_outcome=self._words("assessment_outcome", "assessment_outcome", 0),
            plan=days["plan_date"],
            exceptions=self._words("exceptions", "yes_no", 0),
            moved_in=days["moved_in_date"],
            first=_divided(first, residential),
            current=_divided(current, residential),
            placed=days["placement_date"],
            need=self._words("need", "need", NEEDS.index("unknown")),
            cease=days["cease_date"],
            cease_reason=self._words("cease_reason", "cease_reason", 0),
        )

    def _formulas(self) -> Flags:
        """Rows with a formula that was never calculated, each noted."""
        found = np.zeros(len(self.row), dtype=np.bool_)
        for name, position in self.table.positions.items():
            cells = self.table.cells(position)
            here = np.array([cell is FORMULA_WITHOUT_VALUE for cell in cells], dtype=np.bool_)
            self._wrong(
                here,
                name,
                "the formula has no stored value",
                hint="Open the workbook in the spreadsheet program, let it calculate, and save it.",
            )
            found |= here
        return found

    def _cells(self, name: str) -> list[object]:
        position = self.table.positions.get(name)
        if position is None:
            return [None] * len(self.row)
        return [
            None if cell is FORMULA_WITHOUT_VALUE else cell for cell in self.table.cells(position)
        ]

    def _days(self, name: str, formulas: Flags) -> Days:
        cells = self._cells(name)
        codes, distinct = pd.factorize(_objects(cells))
        read = [read_day(value) for value in distinct]
        for number, (value, day) in enumerate(zip(distinct, read, strict=True)):
            if isinstance(day, Unread):
                self._wrong(
                    codes == number, name, day.message, found=_harmless(value), hint=day.hint
                )
        days = np.array([*(_as_day(day) for day in read), _NO_DAY], dtype="datetime64[D]")
        return np.asarray(days[codes])

    def _latest(self, days: list[Days], today: date) -> date:
        """The latest day of the extract that is not after today."""
        all_days = np.concatenate(days)
        past = all_days[~np.isnat(all_days) & (all_days <= np.datetime64(today, "D"))]
        return today if not len(past) else past.max().item()

    def _not_after(self, days: dict[str, Days], taken: date, *, said: bool) -> None:
        day = f"{taken}, the day on which it was taken" if said else "today or before"
        for name, column in days.items():
            late = column > np.datetime64(taken, "D")
            hint = "Leave out what has not happened yet, such as the planned end of a plan."
            self._wrong(late, name, "the date is after the extract", expected=f"{day}", hint=hint)

    def _words(self, name: str, kind: str, empty: int) -> NDArray[np.int64]:
        codes, distinct = pd.factorize(_objects(self._cells(name)))
        read = [meaning(kind, value) for value in distinct]
        for number, (value, said) in enumerate(zip(distinct, read, strict=True)):
            if said is None:
                near = nearly(kind, value)
                names = [word for word in MEANINGS[kind] if word]
                self._wrong(
                    codes == number,
                    name,
                    f"not known as a word for {name}",
                    # What is close to a known word is a slip of spelling; anything else may be a name.
                    found=shown(value) if near else None,
                    expected=None if near else ", ".join(names),
                    hint=f"Did you mean '{near}'?" if near else None,
                )
        values = [empty if said is None else said for said in read]
        return np.asarray(np.array([*values, empty], dtype=np.int64)[codes])

    def _children(self) -> NDArray[np.int64]:
        cells = self._cells(KEY)
        codes, _ = pd.factorize(_objects([None if c is None else str(c) for c in cells]))
        if KEY in self.table.positions:
            self._wrong(codes < 0, KEY, "the row has no key", expected="a random key of the child")
        return np.asarray(codes, dtype=np.int64)

    def _birth_months(self) -> Days:
        if "birth_month" not in self.table.positions:
            return np.full(len(self.row), _NO_BIRTH)
        births, unread = _births(self.table)
        expected = "year and month, such as 2014-05"
        if "birth_year" in self.table.positions:
            expected = "a month in birth_month and a year of four digits in birth_year"
        self._wrong(unread, "birth_month", NO_MONTH, expected=expected)
        return births

    def _wrong(self, rows: Flags, name: str, message: str, **words: str | None) -> None:
        self.unread |= rows
        self.problems += some_rows(self.table, self.row[rows], name, message, **words)


def _divided(placement: NDArray[np.int64], residential: NDArray[np.int64]) -> NDArray[np.int64]:
    """Independent and non-maintained special schools as day or residential, where a row says which."""
    undivided = placement == PLACEMENTS.index(UNDIVIDED)
    for word, setting in (
        ("no", "independent_special_day"),
        ("yes", "independent_special_residential"),
    ):
        said = residential == YES_NO.index(word)
        placement = np.where(undivided & said, PLACEMENTS.index(setting), placement)
    return placement


def _harmless(value: object) -> str | None:
    """A cell as a message may repeat it: only digits and the marks of a date, since names say who."""
    text = str(value)
    return shown(text) if len(text) <= 20 and not any(mark.isalpha() for mark in text) else None
