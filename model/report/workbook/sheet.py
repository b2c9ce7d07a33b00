"""The table writer: a sheet is a stack of labelled rows; what is written comes back as cells."""

from __future__ import annotations

import itertools
import math
import textwrap
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from xlsxwriter import Workbook

from model.assumptions import Assumption
from model.report.workbook.figures import Cell, Figure, Words, cell
from model.report.workbook.run_facts import About
from model.report.workbook.styles import WRAPPING, properties
from model.results import Results
from model.studies import Studies

Content = Figure | Words | float | str | None

Column = dict[str, Cell]
"""The written cells of one column of a table, by row key."""


@dataclass(frozen=True)
class Row:
    """A row of a table: its key, its title, its number format and its weight (a look)."""

    key: str
    title: str
    number: str = "money"
    weight: str = ""


Contents = Callable[[str, list[Column]], Content]

LONGEST_TEXT = 32_000
LONGEST_AUTHORITY, LONGEST_HEADER = 60, 100
"""Letters of a name in a page header, and of all its text, which Excel limits."""

NOTHING = 1e-6
"""Sums of pounds or plans that differ from nil by less are float noise and are written as nil."""

A4, A3 = 9, 8
LINE_HEIGHT = 13.2
ROW_HEIGHT = 13.8
"""Height of a row of one line; set on every row, so that all programs break pages alike."""

POINTS_PER_MM = 72 / 25.4
POINTS_PER_CHARACTER, POINTS_PER_COLUMN = 5.25, 3.75
"""Printed width of one unit of column width, and what every column adds."""

SIDE_MARGINS, TOP_MARGINS = 72.0, 108.0
SAFETY = 0.97
"""Programs lay out pages a little differently; breaks are set for a slightly shorter page."""

LEAST_OF_A_PAGE = 0.36
"""A block that must be split starts on a page begun only where this much of it is left."""

CHARACTERS_PER_WIDTH, BOLD_CHARACTERS_PER_WIDTH = 1.17, 1.05
"""Letters of the font that fit in one unit of column width, on the safe side."""


@dataclass(frozen=True)
class LiveCheck:
    """A sum of the workbook itself, checked by formula: `difference` must be within `allowed`."""

    name: str
    difference: Figure
    allowed: float
    unit: str


@dataclass
class Pages(ABC):
    """A workbook being written and what the sheets of any workbook share.

    `cells`: (measure, statistic, label) -> headline cell that other sheets refer to.
    """

    workbook: Workbook
    cells: dict[tuple[str, str, str], Cell] = field(default_factory=dict, init=False)
    checks: list[LiveCheck] = field(default_factory=list, init=False)
    sheets: dict[str, Sheet] = field(default_factory=dict, init=False)
    _formats: dict[tuple[str, ...], Any] = field(default_factory=dict, init=False)

    @property
    @abstractmethod
    def subject(self) -> str:
        """Whose figures these are: at the head of every printed page."""

    @property
    @abstractmethod
    def identity(self) -> str:
        """Which run or runs they come from: at the foot of every printed page."""

    def style(self, *names: str) -> Any:
        """A cell format by the names of its looks and number format, made once."""
        if names not in self._formats:
            self._formats[names] = self.workbook.add_format(properties(names))
        return self._formats[names]

    def add(self, name: str) -> None:
        """Add a sheet; sheets appear in the order they are added and are filled in any order."""
        self.sheets[name] = Sheet(self, name)

    def define(self, name: str, target: Cell) -> None:
        """Give a headline cell a name that formulas elsewhere can use."""
        self.workbook.define_name(name, f"={target.absolute}")

    def check(self, name: str, difference: Figure, allowed: float, unit: str) -> None:
        """Have the Checks sheet hold a difference to nil by formula."""
        self.checks.append(LiveCheck(name, difference, allowed, unit))


@dataclass
class Book(Pages):
    """The workbook of one run.

    `ratings`: year -> red, amber or green as a formula. `charted_plans` and `charted_spend`: rows of
    the charts; the cell left of a row holds its title and the header stands above the first.
    `register_rows`: path of an input -> its rows of the register with the row of the Assumptions sheet.
    """

    results: Results
    about: About
    studies: Studies = field(default_factory=Studies)
    ratings: dict[str, Words] = field(default_factory=dict)
    charted_plans: list[list[Cell]] = field(default_factory=list)
    charted_spend: list[list[Cell]] = field(default_factory=list)
    register_rows: dict[str, list[tuple[Assumption, int]]] = field(default_factory=dict)

    @property
    def subject(self) -> str:
        """The authority, marked where it is invented."""
        scenario = self.results.scenario
        return named(scenario.authority, invented=scenario.invented)

    @property
    def identity(self) -> str:
        """The run by its id."""
        return f"Run {self.about.run_id}"


def named(authority: str, *, invented: bool) -> str:
    """An authority as printed pages name it, marked where it is invented."""
    return authority[:LONGEST_AUTHORITY] + (" (invented authority)" if invented else "")


class Sheet:
    """One worksheet written from top to bottom; `row` is the next free row."""

    def __init__(self, book: Pages, name: str) -> None:
        self.book = book
        self.name = name
        self.worksheet = book.workbook.add_worksheet(name)
        self.worksheet.hide_gridlines(2)
        self.row = 0
        self.note_width = 120
        self.last_column = 0
        self.repeated: tuple[int, ...] = ()
        self._blocks: list[int] = []
        self._widths: tuple[float, ...] = ()
        self._heights: dict[int, float] = {}

    def columns(self, *widths: float, note_width: int = 0) -> None:
        """Column widths in characters from column A on."""
        for column, width in enumerate(widths):
            self.worksheet.set_column(column, column, width, self.book.style())
        self.last_column = len(widths) - 1
        self._widths = widths
        self.note_width = note_width or int(sum(widths) * CHARACTERS_PER_WIDTH)

    def title(self, text: str, subtitle: str) -> None:
        """The sheet's title and, under it, its units and conventions; both stay in view."""
        self.put(0, 0, text, "title")
        self.height(0, 24)
        self.put(1, 0, subtitle, "subtitle")
        self.row = 2
        self.worksheet.freeze_panes(2, 1)
        self.repeat(0, 1)

    def repeat(self, first: int, last: int) -> None:
        """Rows to print at the top of every page."""
        self.repeated = tuple(range(first, last + 1))
        self.worksheet.repeat_rows(first, last)

    def heading(self, text: str) -> None:
        """A heading, with space above it."""
        self.row += 1
        self.block()
        self.put(self.row, 0, text, "heading")
        self.height(self.row, 18)
        self.row += 1

    def block(self) -> None:
        """Mark the next row as one before which a printed page may end."""
        self._blocks.append(self.row)

    def note(self, text: str, style: str = "note") -> None:
        """A sentence or more, broken into rows as wide as the sheet (no merged cells)."""
        for line in textwrap.wrap(text, self.note_width):
            self.put(self.row, 0, line, style)
            self.row += 1

    def height(self, row: int, points: float) -> None:
        """Make a row at least this high."""
        self._heights[row] = max(points, self._heights.get(row, 0.0))

    def header(self, *labels: str, text: Sequence[int] = ()) -> None:
        """A header row; headers of numbers are set right, over their numbers. `text`: columns
        after the first that hold text."""
        for column, label in enumerate(labels):
            if column == 0:
                looks: tuple[str, ...] = ("header",)
            else:
                looks = ("header", "gap", "low") if column in text else ("header", "right")
            self.put(self.row, column, label, *looks)
        self.row += 1

    def table(
        self, corner: str, columns: Sequence[str], rows: Sequence[Row], content: Contents
    ) -> list[Column]:
        """A table with named rows, written column by column, such as a roll-forward over years.

        `content(key, written)` says what stands in a cell. `written[-1]` is the column being
        written, down to the row above; `written[-2]` is the column before.
        """
        self.header(corner, *columns)
        first = self.row
        for offset, row in enumerate(rows):
            self.put(first + offset, 0, row.title, "label" if row.weight else "indent", *_look(row))
        written: list[Column] = []
        for index in range(len(columns)):
            written.append({})
            for offset, row in enumerate(rows):
                item = content(row.key, written)
                style = ("label", "right") if isinstance(item, str | Words) else (row.number,)
                cell_written = self.put(first + offset, index + 1, item, *style, *_look(row))
                if cell_written is not None:
                    written[-1][row.key] = cell_written
        self.row = first + len(rows)
        return written

    def table_object(
        self,
        row: int,
        name: str,
        titles: Sequence[str],
        rows: Sequence[Sequence[Content]],
        numbers: Sequence[str] = (),
    ) -> None:
        """A table that can be filtered, with its header at `row`, marked as a table under `name`.

        Headers are unique texts; the first column and the header stay in view and on every page.
        `numbers`: number format of each row, whole numbers without it.
        """
        for offset, contents in enumerate(rows, start=1):
            number = numbers[offset - 1] if numbers else "pounds"
            for column, content in enumerate(contents):
                is_number = isinstance(content, Figure | float)
                look = number if is_number else "gap" if column else "label"
                self.put(row + offset, column, content, look, "hair")
        last = row + max(len(rows), 1)
        self.worksheet.add_table(
            row, 0, last, len(titles) - 1,
            {
                "name": name,
                "style": "Table Style Light 1",
                "columns": [
                    {"header": title, "header_format": self.book.style("header")} for title in titles
                ],
            },
        )  # fmt: skip
        self.row = last + 1
        self.worksheet.freeze_panes(row + 1, 1)
        self.repeat(row, row)

    def line(
        self,
        label: str,
        values: Sequence[Content],
        *styles: str,
        label_style: str = "label",
        each: Sequence[str] | None = None,
    ) -> list[Cell]:
        """A labelled row. Returns the cells of its numbers, in order; texts and blanks give none.

        `styles` hold for the whole row; `each` adds one for every value.
        """
        marks = [name for name in styles if name in ("total", "grand")]
        self.put(self.row, 0, label, label_style, *marks)
        cells: list[Cell] = []
        for index, value in enumerate(values):
            own = (*styles, each[index]) if each else styles
            if isinstance(value, str | Words):
                own = (*own, "gap")
            written = self.put(self.row, index + 1, value, *(name for name in own if name))
            if written is not None:
                cells.append(written)
        self.row += 1
        return cells

    def link(self, row: int, column: int, target: Cell | str, text: str, *styles: str) -> None:
        """A link to a cell of this workbook, or to the title of a sheet; `text` says what is there."""
        place = target.absolute.replace("$", "") if isinstance(target, Cell) else f"'{target}'!A1"
        self._room(row, column, text, styles)
        self.worksheet.write_url(
            row, column, f"internal:{place}", self.book.style(*styles, "link"), string=text
        )

    def put(self, row: int, column: int, content: Content, *styles: str) -> Cell | None:
        """Write one cell. Text is never read as a formula; a number that is not one is refused."""
        look = self.book.style(*styles)
        sheet = self.worksheet
        if content is None:
            sheet.write_blank(row, column, None, look)
            return None
        if isinstance(content, str | Words):
            self._room(row, column, content if isinstance(content, str) else content.value, styles)
        if isinstance(content, str):
            sheet.write_string(row, column, _fitting(content), look)
            return None
        if isinstance(content, Words):
            sheet.write_formula(row, column, self._formula(content), look, content.value)
            return None
        value = content.value if isinstance(content, Figure) else float(content)
        if not math.isfinite(value):
            raise ValueError(
                f"{self.name} row {row + 1}, column {column + 1}: {value} is no number"
            )
        if abs(value) < NOTHING and "small" not in styles:
            value = 0.0
        if isinstance(content, Figure):
            sheet.write_formula(row, column, self._formula(content), look, value)
        else:
            sheet.write_number(row, column, value, look)
        return cell(self.name, row, column, value)

    def _room(self, row: int, column: int, text: str, styles: tuple[str, ...]) -> None:
        """Row height for wrapped text: not every program works it out on opening."""
        if not WRAPPING.intersection(styles) or column >= len(self._widths):
            return
        letters = BOLD_CHARACTERS_PER_WIDTH if "header" in styles else CHARACTERS_PER_WIDTH
        inset = 2 if {"gap", "indent"}.intersection(styles) and "header" not in styles else 0
        width = max(int((self._widths[column] - inset) * letters), 4)
        lines = sum(len(textwrap.wrap(part, width)) or 1 for part in text.split("\n"))
        if lines > 1:
            self.height(row, lines * LINE_HEIGHT + 2)

    def _formula(self, content: Figure | Words) -> str:
        return "=" + content.text.replace(f"'{self.name}'!", "")

    def finish(
        self,
        *,
        landscape: bool = True,
        paper: int = A4,
        last_row: int | None = None,
        one_page: bool = False,
    ) -> None:
        """Print set-up: one page wide, and one high if asked, with the run id and page numbers."""
        sheet = self.worksheet
        for row in range(max(self.row, *(row + 1 for row in self._heights), 1)):
            sheet.set_row(row, self._heights.get(row, ROW_HEIGHT))
        if landscape:
            sheet.set_landscape()
        sheet.set_paper(paper)
        sheet.set_margins(left=0.5, right=0.5, top=0.75, bottom=0.75)
        sheet.fit_to_pages(1, 1 if one_page else 0)
        last = last_row or max(self.row - 1, 1)
        sheet.print_area(0, 0, last, self.last_column)
        short, long = (297, 420) if paper == A3 else (210, 297)
        wide, high = (long, short) if landscape else (short, long)
        if not one_page:
            sheet.set_h_pagebreaks(self._breaks(last, wide * POINTS_PER_MM, high * POINTS_PER_MM))
        sheet.set_header(f"&L&9{_plain(self.book.subject)}&R&9{_plain(self.name)}")
        sheet.set_footer(f"&L&9{_plain(self.book.identity)}&C&9hn-forecast&R&9Page &P of &N")

    def _breaks(self, last: int, wide: float, high: float) -> list[int]:
        """Rows to start a page with, so that no heading stands alone at the foot of one.

        A block that does not fit on what is left of a page starts on it only where a good part of
        the page is left. Heights are those set here, at the scale of the print.
        """
        widths = self._widths[: self.last_column + 1]
        width = sum(one * POINTS_PER_CHARACTER + POINTS_PER_COLUMN for one in widths)
        scale = min(1.0, (wide - SIDE_MARGINS) / max(width, 1.0))
        page = (high - TOP_MARGINS) / scale * SAFETY

        def size(start: int, end: int) -> float:
            return sum(self._heights.get(row, ROW_HEIGHT) for row in range(start, end))

        head = sum(self._heights.get(row, ROW_HEIGHT) for row in self.repeated)
        starts = sorted(row for row in self._blocks if row <= last)
        breaks: list[int] = []
        used = size(0, starts[0]) if starts else 0.0
        for start, end in itertools.pairwise([*starts, last + 1]):
            block = size(start, end)
            left = page - used
            splits = block > left - page * (1 - SAFETY)
            if splits and left < page * LEAST_OF_A_PAGE and used > head:
                breaks.append(start)
                used = head
            used += block
            while used > page:
                used -= page - head
        return breaks


def _look(row: Row) -> tuple[str, ...]:
    return (row.weight,) if row.weight else ()


def _plain(text: str) -> str:
    """Text for a header or footer, where & starts a code."""
    return text[:LONGEST_HEADER].replace("&", "&&")


def _fitting(text: str) -> str:
    if len(text) <= LONGEST_TEXT:
        return text
    return text[:LONGEST_TEXT] + " ... (cut here; the scenario file has the rest)"
