"""A table of a return: its rows in the return's own order, and a word where no number can stand."""

from __future__ import annotations

from dataclasses import dataclass

UNKNOWN = "unknown"
"""Stands where the run cannot tell a row; the row says why."""

NOT_IN_RUN = "not in this run"
"""Stands in a year that the run does not hold: nothing is filled in."""

Entry = int | float | str
"""A number, or one of the two words."""


@dataclass(frozen=True)
class ReturnRow:
    """A row: its title and an entry for each year; `why` it is unknown. The total adds up the rows above."""

    title: str
    entries: tuple[Entry, ...]
    why: str = ""
    total: bool = False


@dataclass(frozen=True)
class ReturnTable:
    """A table with its number in the return, a title, what is counted, a column for each year, and rows."""

    number: str
    title: str
    unit: str
    years: tuple[str, ...]
    rows: tuple[ReturnRow, ...]
    note: str = ""

    @property
    def total(self) -> ReturnRow:
        """The total row."""
        return next(row for row in self.rows if row.total)


def with_total(rows: list[ReturnRow], title: str = "Total") -> tuple[ReturnRow, ...]:
    """The rows and their total. A year of which no row has a number has none in the total either."""
    columns = zip(*(row.entries for row in rows), strict=True)
    return (*rows, ReturnRow(title, tuple(_sum(column) for column in columns), total=True))


def _sum(column: tuple[Entry, ...]) -> Entry:
    numbers = [entry for entry in column if not isinstance(entry, str)]
    if numbers:
        return sum(numbers)
    return NOT_IN_RUN if NOT_IN_RUN in column else UNKNOWN
