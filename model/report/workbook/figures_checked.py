"""Figures checked: what the papers print that does not hold and how it is handled, then every check."""

from __future__ import annotations

from fractions import Fraction

from model.evidence.examine import FiguresChecked
from model.evidence.verdicts import MEANINGS, Outcome
from model.evidence.wording import as_number
from model.report.figures_list import counted
from model.report.workbook.sheet import A3, Book, Sheet

NAME = "Figures checked"
LARGE = 100
"""From here on two decimals are enough, below it three are shown."""


def write(book: Book) -> None:
    """Fill the sheet; only for a run whose scenario names a file of printed figures."""
    checked = book.results.figures
    assert checked is not None
    sheet = book.sheets[NAME]
    sheet.columns(54, 16, 15, 15, 15, 13, 13, 22, 62, 46)
    sheet.title(
        "Figures checked",
        f"{checked.file.title}. Gap: computed less stated. A check of a paper, not of this forecast.",
    )
    sheet.line(f"{counted(checked)}.", [], "bold", label_style="bold")
    _papers(sheet, checked)
    sheet.heading("What does not hold")
    found = checked.not_holding
    if found:
        _rows(sheet, found)
    else:
        sheet.note("Everything printed holds, exactly or within the rounding of the print.")
    sheet.heading("Every check")
    _rows(sheet, list(checked.outcomes))
    sheet.heading("Verdicts")
    for verdict, meaning in MEANINGS.items():
        sheet.note(f"{verdict}: {meaning}.")
    sheet.finish(paper=A3)


def _papers(sheet: Sheet, checked: FiguresChecked) -> None:
    for key, paper in checked.file.papers.items():
        sheet.note(f"{key}: {paper}")


def _rows(sheet: Sheet, outcomes: list[Outcome]) -> None:
    sheet.header(
        "Check", "Verdict", "Computed", "Stated", "Gap", "Allowed", "Unit", "Source", "Found",
        "Handling", text=(1, 6, 7, 8, 9),
    )  # fmt: skip
    for item in outcomes:
        names = f" ({', '.join(item.check)})" if item.check else ""
        place = item.id.removeprefix(item.entry).lstrip(".")
        title = f"{item.title}: {place}" if place else item.title
        sheet.put(sheet.row, 0, f"{title}{names}", "label")
        sheet.put(
            sheet.row, 1, str(item.verdict), "gap", *(() if item.verdict.holds else ("bold",))
        )
        _number(sheet, 2, item.computed)
        sheet.put(sheet.row, 3, item.stated, "label", "right")
        _number(sheet, 4, item.gap)
        _number(sheet, 5, item.tolerance)
        for column, text in enumerate((item.unit, item.source, item.note, item.handling or "")):
            sheet.put(sheet.row, 6 + column, text, "gap")
        sheet.row += 1


def _number(sheet: Sheet, column: int, value: Fraction | None) -> None:
    """Entries differ in unit, from millions to points: as many decimals as the size of one needs."""
    whole = value is not None and value.denominator == 1
    large = value is not None and abs(value) >= LARGE
    look = "pounds" if whole else "number" if large else "factor"
    sheet.put(sheet.row, column, as_number(value), look)
