"""Assumptions: the register as a table that can be filtered."""

from __future__ import annotations

from model.assumptions import Assumption, register
from model.report.workbook.sheet import A3, LINE_HEIGHT, Book, Content, Sheet

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
    ("Reason", 50),
    ("As at", 10),
    ("Owner", 10),
    ("Confidence", 11),
    ("Hindsight", 10),
)
HEADER_ROW = 4


def write(book: Book) -> None:
    """Fill the sheet."""
    sheet = book.sheets[NAME]
    rows = register(book.results.scenario)
    sheet.columns(*(width for _, width in COLUMNS), note_width=200)
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
    table = [_cells(row) for row in rows]
    for offset, row in enumerate(table, start=1):
        number = _number(rows[offset - 1].unit)
        for column, content in enumerate(row):
            look = number if isinstance(content, float) else "gap" if column else "wrap"
            sheet.put(HEADER_ROW + offset, column, content, look, "top", "hair")
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
    sheet.worksheet.repeat_rows(HEADER_ROW)


def _drawn(row: Assumption) -> bool:
    return row.distribution not in ("", "fixed")


def _cells(row: Assumption) -> list[Content]:
    return [
        row.path,
        " ".join(row.description.split()),
        row.year,
        row.central,
        row.low,
        row.high,
        row.unit,
        row.distribution,
        row.through_time,
        row.status,
        row.source,
        row.reason,
        row.as_at,
        row.owner,
        row.confidence,
        "hindsight" if row.hindsight else "",
    ]


def _number(unit: str) -> str:
    """Number format for a unit of the register."""
    if unit.startswith("GBP"):
        return "pounds"
    if unit in ("share", "a year", "probability"):
        return "share1"
    return "number"
