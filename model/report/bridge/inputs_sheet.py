"""Changed inputs: every figure and setting that differs between the two runs."""

from __future__ import annotations

from model.assumptions import Assumption
from model.compare.changed_inputs import ABSENT, FigureChange
from model.report.bridge.comparison import Comparison
from model.report.workbook.sheet import Content, Pages, Sheet

NAME = "Changed inputs"

WHOLE_FROM = 1000.0


def write(book: Pages, found: Comparison) -> None:
    """Fill the sheet."""
    sheet = book.sheets[NAME]
    sheet.columns(62, 10, 44, 15, *[13] * 6, 20, note_width=190)
    sheet.title(
        NAME,
        "What the two runs were made from, like for like. It says what was changed, not what each "
        "change does: for that, change one at a time.",
    )
    _figures(sheet, found)
    _settings(sheet, found)
    sheet.finish()


def _figures(sheet: Sheet, found: Comparison) -> None:
    sheet.heading("Figures, with their ranges")
    if not found.changes.figures:
        sheet.note("No figure differs.")
        return
    sheet.note(
        "Low and high: 10th and 90th percentile of a figure that is drawn, the stated range of one that "
        "is not. Blank where a run has no such figure or range."
    )
    sheet.header(
        "Input", "Year", "What it is", "Unit", "A", "A low", "A high", "B", "B low", "B high",
        "Standing", text=(1, 2, 3, 10),
    )  # fmt: skip
    for row in found.changes.figures:
        values: list[Content] = [row.year, row.description, row.unit]
        sheet.line(
            row.path, [*values, *_range(row.a), *_range(row.b), _standing(row.a, row.b)],
            each=["", "", "", *[_number(row)] * 6, ""],
        )  # fmt: skip


def _range(row: Assumption | None) -> list[Content]:
    return [None, None, None] if row is None else [row.central, row.low, row.high]


def _number(row: FigureChange) -> str:
    """Whole pounds and counts with their thousands; rates and shares as they are."""
    told = [one.central for one in (row.a, row.b) if one is not None and one.central is not None]
    return "pounds" if any(abs(value) >= WHOLE_FROM for value in told) else "general"


def _standing(a: Assumption | None, b: Assumption | None) -> str:
    """Published, derived, given or assumed, and whether that changed."""
    one, other = (row.status if row is not None else ABSENT for row in (a, b))
    return one if one == other else f"{one} -> {other}"


def _settings(sheet: Sheet, found: Comparison) -> None:
    sheet.heading("Everything else: dates, choices, shares, tables, the run itself")
    if not found.changes.settings:
        sheet.note("Nothing else differs.")
        return
    sheet.header("What", "", "A", "", "B", text=(1, 2, 3, 4))
    for row in found.changes.settings:
        sheet.put(sheet.row, 0, row.path, "wrap")
        sheet.put(sheet.row, 2, row.a, "inset")
        sheet.put(sheet.row, 4, row.b, "inset")
        sheet.row += 1
