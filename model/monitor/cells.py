"""Reading one cell of a table handed in: a number, or what is wrong with it."""

from __future__ import annotations

import math
from datetime import date, datetime

from model.monitor.grid import FORMULA_WITHOUT_VALUE, Grid
from model.monitor.headings import Columns
from model.monitor.ledger_number import ledger_number
from model.scenario.as_written import number_hint
from model.scenario.problems import Problem, shown


class TableReader:
    """Reads the cells of a table by column name; `problems` collects what is wrong with them."""

    def __init__(self, grid: Grid, columns: Columns) -> None:
        self.grid, self.columns = grid, columns
        self.problems: list[Problem] = []

    def has(self, name: str) -> bool:
        """Whether the table has the column."""
        return name in self.columns.by_name

    def value(self, cells: tuple[object, ...], name: str) -> object:
        """What stands in a column of a row; None for nothing."""
        column = self.columns.by_name.get(name)
        if column is None or column.position >= len(cells):
            return None
        value = cells[column.position]
        return None if value == "" else value

    def wrong(self, row: int | None, name: str, message: str, **words: str | None) -> None:
        """Note what is wrong in a cell of the table."""
        column = self.columns.by_name.get(name)
        position, heading = (column.position, column.heading) if column else (None, name)
        self.problems.append(self.grid.problem(row, position, heading, message, **words))

    def text(self, row: int, cells: tuple[object, ...], name: str) -> str:
        """Text of a cell, '' for nothing. A number that a spreadsheet made of a name is text again."""
        value = self.value(cells, name)
        if value is FORMULA_WITHOUT_VALUE:
            self._not_calculated(row, name)
            return ""
        return "" if value is None else " ".join(str(value).split())

    def number(
        self, row: int, cells: tuple[object, ...], name: str, *, needed: bool = True
    ) -> float | None:
        """The number in a cell, None (with a problem noted) where there is none.

        A column that is not `needed` may be left empty.
        """
        value = self.value(cells, name)
        if value is FORMULA_WITHOUT_VALUE:
            self._not_calculated(row, name)
            return None
        if value is None:
            if needed:
                self.wrong(row, name, "the cell is empty", hint="Write 0 for nil.")
            return None
        if isinstance(value, bool | date | datetime):
            self.wrong(row, name, "not a number", found=shown(str(value)))
            return None
        if isinstance(value, int | float):
            if math.isfinite(value):
                return float(value)
            self.wrong(row, name, "not a number", found=str(value))
            return None
        text = str(value)
        found = ledger_number(text)
        if found is None:
            hint = "The spreadsheet shows an error here; mend the formula." if text[:1] == "#" else number_hint(text)  # fmt: skip
            self.wrong(row, name, "not a number", found=shown(text), hint=hint)
        return found

    def _not_calculated(self, row: int, name: str) -> None:
        self.wrong(
            row,
            name,
            "the formula has no stored value",
            hint="Open the workbook in the spreadsheet program, let it calculate, and save it.",
        )
