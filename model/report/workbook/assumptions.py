"""Assumptions: the register as a table that can be filtered."""

from __future__ import annotations

from collections.abc import Mapping

from model.assumptions import Assumption, register
from model.reference.calendar import financial_year_label
from model.report.workbook.sheet import A3, LINE_HEIGHT, Book, Content, Sheet
from model.scenario.inputs import inputs
from model.scenario.numbers import Quantity, Yearly
from model.scenario.schema import Scenario

NAME = "Assumptions"

COLUMNS: tuple[tuple[str, float], ...] = (
    ("Path in the scenario", 42),
    ("What it is", 38),
    ("Year", 9),
    ("Central", 12),
    ("Low (10th percentile or stated)", 12),
    ("High (90th percentile or stated)", 12),
    ("Unit", 11),
    ("Drawn from", 20),
    ("Through time", 14),
    ("Standing", 11),
    ("Source", 30),
    ("Owner", 12),
    ("As at", 11),
    ("Confidence", 12),
    ("Reason", 50),
    ("Hindsight", 10),
)
HEADER_ROW = 4
CENTRAL_COLUMN = 3
PATH_LETTERS_PER_WIDTH, WIDEST_PATH = 1.15, 76
"""The first column is as wide as its longest path, because a path has no spaces to wrap at."""


def write(book: Book) -> None:
    """Fill the sheet."""
    sheet = book.sheets[NAME]
    rows = register(book.results.scenario)
    longest = max((len(row.path) for row in rows), default=0) / PATH_LETTERS_PER_WIDTH
    paths = min(max(longest, COLUMNS[0][1]), WIDEST_PATH)
    sheet.columns(paths, *(width for _, width in COLUMNS[1:]), note_width=200)
    sheet.title(
        "Assumptions",
        "Every figure given to the model, with its range, source and standing. Money in pounds. "
        "Prints on A3.",
    )
    drawn = sum(bool(row.distribution and row.low is not None and _drawn(row)) for row in rows)
    sheet.note(
        f"{len(rows)} rows; {drawn} drawn at random. A row with a range but nothing under 'Drawn "
        "from' is held at its central value. Hindsight: known only after the scenario's date."
    )
    sheet.row = HEADER_ROW
    exact = _exact(book.results.scenario)
    table = [_cells(row, exact) for row in rows]
    for offset, row in enumerate(table, start=1):
        number = number_format(rows[offset - 1].unit)
        book.register_rows.setdefault(rows[offset - 1].path, []).append(
            (rows[offset - 1], HEADER_ROW + offset)
        )
        for column, content in enumerate(row):
            sheet.put(HEADER_ROW + offset, column, content, _look(content, column, number), "hair")
    last = HEADER_ROW + max(len(table), 1)
    sheet.worksheet.add_table(
        HEADER_ROW, 0, last, len(COLUMNS) - 1,
        {
            "name": "assumptions",
            "style": "Table Style Light 1",
            "columns": [
                {"header": title, "header_format": book.style("header")} for title, _ in COLUMNS
            ],
        },
    )  # fmt: skip
    sheet.height(HEADER_ROW, 3 * LINE_HEIGHT)
    sheet.row = last + 1
    _header_in_view(sheet)
    sheet.finish(paper=A3)


def _header_in_view(sheet: Sheet) -> None:
    sheet.worksheet.freeze_panes(HEADER_ROW + 1, 1)
    sheet.repeat(HEADER_ROW, HEADER_ROW)


def _drawn(row: Assumption) -> bool:
    return row.distribution not in ("", "fixed")


def _exact(scenario: Scenario) -> dict[tuple[str, str], Quantity]:
    """The quantity behind each row of the register, by path and year."""
    found: dict[tuple[str, str], Quantity] = {}
    for item in inputs(scenario):
        figure = item.figure
        if isinstance(figure, Quantity):
            found[item.path, ""] = figure
        elif isinstance(figure, Yearly):
            for year, quantity in figure.by_year.items():
                found[item.path, financial_year_label(year)] = quantity
            if figure.then is not None:
                found[item.path, "then" if figure.by_year else "all years"] = figure.then
    return found


def _drawn_from(row: Assumption, exact: Mapping[tuple[str, str], Quantity]) -> str:
    """The distribution with its numbers written out: 1,500,000 and not 1.5e+06."""
    quantity = exact.get((row.path, row.year))
    if quantity is None or not row.distribution or quantity.certain:
        return row.distribution
    found = quantity.distribution
    return f"{found.kind} " + ", ".join(_plain(value) for value in found.parameters)


def _plain(value: float) -> str:
    """A number in full.

    >>> _plain(-1500000.0), _plain(1234567.25), _plain(0.05)
    ('-1,500,000', '1,234,567.25', '0.05')
    """
    if abs(value) < 1000:
        return f"{value:g}"
    return f"{value:,.2f}".removesuffix(".00")


def _cells(row: Assumption, exact: Mapping[tuple[str, str], Quantity]) -> list[Content]:
    return [
        row.path,
        " ".join(row.description.split()),
        row.year,
        row.central,
        row.low,
        row.high,
        row.unit,
        _drawn_from(row, exact),
        row.through_time,
        row.status,
        row.source,
        row.owner,
        row.as_at,
        row.confidence,
        row.reason,
        "hindsight" if row.hindsight else "",
    ]


def _look(content: Content, column: int, number: str) -> str:
    """Style of a cell: counts are whole numbers, other numbers follow their unit."""
    if isinstance(content, int):
        return "count"
    if isinstance(content, float):
        return number
    return "gap" if column else "label"


def number_format(unit: str) -> str:
    """Number format for a unit of the register."""
    if unit.startswith("GBP"):
        return "pounds"
    if unit in ("share", "a year", "probability"):
        return "share1"
    return "number"
