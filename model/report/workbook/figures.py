"""Figures that know both what they come to and how a formula writes them.

A cell that has been written gives back a `Cell`. Arithmetic on cells makes a `Figure`: its text is
the formula, its value is what that formula comes to. Writing a `Figure` therefore stores a formula
and the value that a recalculation will find; the two cannot be typed apart.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from xlsxwriter.utility import xl_rowcol_to_cell


@dataclass(frozen=True)
class Figure:
    """A number and the formula text for it. `atom`: needs no brackets inside another formula."""

    text: str
    value: float
    atom: bool = False

    def __add__(self, other: Figure | float) -> Figure:
        right = figure(other)
        return Figure(f"{self.text}+{right.text}", self.value + right.value)

    def __sub__(self, other: Figure | float) -> Figure:
        right = figure(other)
        return Figure(f"{self.text}-{right.bracketed}", self.value - right.value)

    def __mul__(self, other: Figure | float) -> Figure:
        right = figure(other)
        return Figure(f"{self.bracketed}*{right.bracketed}", self.value * right.value)

    def __truediv__(self, other: Figure | float) -> Figure:
        right = figure(other)
        return Figure(f"{self.bracketed}/{right.bracketed}", self.value / right.value)

    @property
    def bracketed(self) -> str:
        """The text as one operand."""
        return self.text if self.atom else f"({self.text})"


@dataclass(frozen=True)
class Cell(Figure):
    """A written cell. Its text is the full address; a sheet shortens addresses of its own."""

    sheet: str = ""
    row: int = 0
    column: int = 0

    @property
    def absolute(self) -> str:
        """Address with dollar signs, for defined names."""
        place = xl_rowcol_to_cell(self.row, self.column, row_abs=True, col_abs=True)
        return f"'{self.sheet}'!{place}"


@dataclass(frozen=True)
class Words:
    """A formula that gives text, and the text it gives."""

    text: str
    value: str


@dataclass(frozen=True)
class Condition:
    """A comparison inside a formula, and whether it holds."""

    text: str
    holds: bool


def figure(value: Figure | float) -> Figure:
    """A plain number as a figure."""
    if isinstance(value, Figure):
        return value
    return Figure(f"{value:.15g}", float(value), atom=value >= 0)


def cell(sheet: str, row: int, column: int, value: float) -> Cell:
    """The figure of a cell that holds `value`."""
    address = f"'{sheet}'!{xl_rowcol_to_cell(row, column)}"
    return Cell(address, value, True, sheet, row, column)


def total(parts: Sequence[Figure]) -> Figure:
    """The sum of figures: SUM of a range where they are neighbours in one row or column.

    >>> total([cell("S", 0, 0, 1.0), cell("S", 1, 0, 2.0)])
    Figure(text="SUM('S'!A1:A2)", value=3.0, atom=True)
    """
    value = math.fsum(part.value for part in parts)
    if not parts:
        return Figure("0", 0.0, atom=True)
    cells = [part for part in parts if isinstance(part, Cell)]
    if len(cells) == len(parts) > 1 and _neighbours(cells):
        last = xl_rowcol_to_cell(cells[-1].row, cells[-1].column)
        return Figure(f"SUM({cells[0].text}:{last})", value, atom=True)
    if len(parts) == 1:
        return parts[0]
    return Figure("+".join(part.text for part in parts), value)


def _neighbours(cells: Sequence[Cell]) -> bool:
    first = cells[0]
    down = all((c.row, c.column) == (first.row + i, first.column) for i, c in enumerate(cells))
    along = all((c.row, c.column) == (first.row, first.column + i) for i, c in enumerate(cells))
    return (down or along) and all(c.sheet == first.sheet for c in cells)


def smallest(*parts: Figure | float) -> Figure:
    """The smallest of figures."""
    return _chosen("MIN", min, parts)


def largest(*parts: Figure | float) -> Figure:
    """The largest of figures."""
    return _chosen("MAX", max, parts)


def _chosen(
    name: str, choose_value: Callable[[list[float]], float], parts: Sequence[Figure | float]
) -> Figure:
    figures = [figure(part) for part in parts]
    text = f"{name}({','.join(part.text for part in figures)})"
    return Figure(text, choose_value([part.value for part in figures]), atom=True)


def total_where(
    wanted: str, wanted_at: str, keys: Sequence[str], keys_at: str, parts: Sequence[Cell]
) -> Figure:
    """The sum of the parts whose key equals `wanted`.

    `wanted_at` and `keys_at` are the addresses of the wanted text and of the keys. Written with
    SUMPRODUCT because SUMIF would read a code such as 1.2.2 as a date.
    """
    last = xl_rowcol_to_cell(parts[-1].row, parts[-1].column)
    text = f"SUMPRODUCT(({keys_at}={wanted_at})*({parts[0].text}:{last}))"
    chosen = [part.value for key, part in zip(keys, parts, strict=True) if key == wanted]
    return Figure(text, math.fsum(chosen), atom=True)


def at_least(one: Figure, other: Figure | float) -> Condition:
    """one >= other."""
    right = figure(other)
    return Condition(f"{one.text}>={right.text}", one.value >= right.value)


def below(one: Figure, other: Figure | float) -> Condition:
    """one < other."""
    right = figure(other)
    return Condition(f"{one.text}<{right.text}", one.value < right.value)


def within(one: Figure, allowed: Figure | float) -> Condition:
    """The size of `one` is at most `allowed`."""
    right = figure(allowed)
    return Condition(f"ABS({one.text})<={right.text}", abs(one.value) <= right.value)


def choose(condition: Condition, yes: Words | str, no: Words | str) -> Words:
    """IF(condition, yes, no) with texts."""
    first, second = _words(yes), _words(no)
    text = f"IF({condition.text},{first.text},{second.text})"
    return Words(text, first.value if condition.holds else second.value)


def when(condition: Condition, yes: Figure | float, no: Figure | float) -> Figure:
    """IF(condition, yes, no) with numbers."""
    first, second = figure(yes), figure(no)
    text = f"IF({condition.text},{first.text},{second.text})"
    return Figure(text, first.value if condition.holds else second.value, atom=True)


def _words(value: Words | str) -> Words:
    if isinstance(value, Words):
        return value
    return Words('"' + value.replace('"', '""') + '"', value)
