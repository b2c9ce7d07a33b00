"""Headings of a table handed in: the names people give its columns, and the unit beside them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from model.monitor.grid import Grid, filled
from model.scenario.problems import Problem

POUNDS, THOUSANDS = 1.0, 1000.0
UNIT_NAMES = {POUNDS: "pounds", THOUSANDS: "thousands of pounds"}
_THOUSANDS = re.compile(
    r"£\s*'?000s?\b|£\s*k\b|\bgbp\s*k\b|\bk£|\bgbp\s*000s?\b|\bthousands?\b|\bk$"
)
_POUNDS = re.compile(r"£|\bgbp\b|\bpounds?\b")
_SEARCHED_ROWS = 40


@dataclass(frozen=True)
class Column:
    """A column that is read: its position, its heading as written, and its unit where it says one."""

    position: int
    heading: str
    unit: float | None


@dataclass(frozen=True)
class Columns:
    """The columns of a table by name, the number of its heading row, and headings that are not read."""

    row: int
    by_name: Mapping[str, Column]
    ignored: tuple[str, ...]


def unit_of(text: str) -> float | None:
    """The unit that a text states, or None.

    >>> unit_of("£000"), unit_of("GBP k"), unit_of("pounds"), unit_of("each")
    (1000.0, 1000.0, 1.0, None)
    """
    plain = text.strip().lower()
    if _THOUSANDS.search(plain):
        return THOUSANDS
    return POUNDS if _POUNDS.search(plain) else None


def name_of(text: str) -> str:
    """A heading without its unit, case and marks.

    >>> name_of("Actual to date (£000)"), name_of("budget_gbp")
    ('actual to date', 'budget')
    """
    plain = text.lower().replace("_", " ").replace("-", " ").replace("\n", " ")
    plain = _POUNDS.sub(" ", _THOUSANDS.sub(" ", plain))
    return " ".join(re.sub(r"[()\[\]:*]", " ", plain).split())


def find_columns(
    grid: Grid, aliases: Mapping[str, tuple[str, ...]], needed: tuple[str, ...]
) -> Columns | None:
    """The heading row of a table: the first that has every needed column. None where there is none."""
    known = {alias: name for name, given in aliases.items() for alias in given}
    for number, cells in grid.rows[:_SEARCHED_ROWS]:
        found: dict[str, Column] = {}
        ignored: list[str] = []
        for position, cell in filled(cells):
            heading = str(cell)
            name = known.get(name_of(heading))
            if name is None or name in found:
                ignored.append(heading)
            else:
                found[name] = Column(position, heading, unit_of(heading.replace("_", " ")))
        if all(name in found for name in needed):
            return Columns(number, found, tuple(ignored))
    return None


def heading_problems(
    grid: Grid, columns: Columns, aliases: Mapping[str, tuple[str, ...]]
) -> list[Problem]:
    """Headings that are spelt nearly like one that is read, or stand twice, and rows longer than them."""
    known = {alias: name for name, given in aliases.items() for alias in given}
    problems = []
    for heading in columns.ignored:
        plain = name_of(heading)
        if plain in known:
            message = f"two columns say {known[plain].replace('_', ' ')}"
            problems.append(
                grid.problem(columns.row, None, heading, message, hint="Keep one of them.")
            )
            continue
        near = difflib.get_close_matches(plain, list(known), n=1, cutoff=0.8)
        if near:
            problems.append(
                grid.problem(
                    columns.row,
                    None,
                    heading,
                    "this heading is not known",
                    hint=f"Did you mean '{near[0]}'?",
                )
            )
    return [*problems, *_rows_too_long(grid, columns)]


def _rows_too_long(grid: Grid, columns: Columns) -> list[Problem]:
    """Rows of a CSV file with more cells than headings: a comma inside a number has made two of one."""
    if grid.sheet:
        return []
    widths = {row: len(cells) for row, cells in grid.rows}
    wide = widths[columns.row]
    return [
        grid.problem(
            row,
            None,
            "",
            "this row has more cells than there are headings",
            found=f"{len(cells)} cells under {wide} headings",
            hint='Put a number with a comma in quotes, as "2,240", or leave the comma out.',
        )
        for row, cells in grid.rows
        if row > columns.row and any(cell not in (None, "") for cell in cells[wide:])
    ]
