"""Data gaps: what the scenario does not give, as a table that can be filtered."""

from __future__ import annotations

from model.report.data_gaps import data_gaps
from model.report.workbook.sheet import Book, Content

NAME = "Data gaps"

COLUMNS = (
    ("Kind", 22), ("What", 46), ("How many", 11), ("Which", 62), ("What the model does", 52),
)  # fmt: skip
HEADER_ROW = 3


def write(book: Book) -> None:
    """Fill the sheet."""
    sheet = book.sheets[NAME]
    sheet.columns(*(width for _, width in COLUMNS))
    sheet.title(
        NAME,
        "What the scenario does not give, and what the model assumes or leaves out instead. Figures by path "
        "stand in the Assumptions sheet.",
    )
    gaps = data_gaps(book.results)
    rows: list[list[Content]] = [
        [gap.kind, gap.what, float(gap.count), gap.detail or "all of it", gap.handling]
        for gap in gaps
    ] or [["None", "Nothing was found", 0.0, "none", "nothing"]]
    sheet.table_object(HEADER_ROW, "data_gaps", [title for title, _ in COLUMNS], rows)
    sheet.finish()
