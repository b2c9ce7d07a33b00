"""By line and By year: what each cause does through each line, and in each year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from model.compare.causes import CAUSES, VIEWS, Cause, View
from model.report.bridge.comparison import Comparison
from model.report.bridge.tidy import causes_of, closings, items, mean
from model.report.workbook.figures import Cell, Figure, total
from model.report.workbook.sheet import Content, Pages, Sheet

BY_LINE, BY_YEAR = "By line", "By year"
STEP_COLUMNS = 10
"""Columns of the steps of the chart that stand under By year, after their titles."""

KINDS = {
    "line": "Budget lines",
    "block": "Blocks of the DSG",
    "income": "Income",
    "account": "Rest of the account",
    "support": "Support",
}


@dataclass(frozen=True)
class Item:
    """What causes do through one item up to the end of a year: mean pounds by cause."""

    kind: str
    item: str
    title: str
    amounts: dict[Cause, float]


def by_item(found: Comparison, year: str) -> tuple[list[Cause], list[Item]]:
    """The causes and items that are not nil by the end of `year`, with support; means in pounds."""
    at = found.years.index(year)
    rows: dict[tuple[str, str], Item] = {}
    for effect in items(found, "with"):
        amount = mean(effect.amounts[: at + 1].sum(axis=0))
        if amount:
            key = (effect.kind, effect.item)
            row = rows.setdefault(key, Item(effect.kind, effect.item, effect.title, {}))
            row.amounts[effect.cause] = row.amounts.get(effect.cause, 0.0) + amount
    causes = [cause for cause in CAUSES if any(cause in row.amounts for row in rows.values())]
    order = list(KINDS)
    return causes, sorted(rows.values(), key=lambda row: order.index(row.kind))


def write_by_line(book: Pages, found: Comparison, year: str) -> dict[Cause, Cell]:
    """Fill the sheet: items down, causes across. Returns the total of each cause that is not nil."""
    causes, rows = by_item(found, year)
    sheet = book.sheets[BY_LINE]
    sheet.columns(46, *[12.5] * (len(causes) + 1), note_width=130)
    sheet.title(
        f"By line, to 31 March {int(year[:4]) + 1}",
        "£000 (cells hold pounds), means over draws, years so far together, with support. A positive "
        "figure makes the deficit of B the larger one.",
    )
    sheet.note(
        "Within a line that several drivers make up (day and residential places, say) a change of what "
        "it is made of is in its price. Mitigations are taken out of all other causes."
    )
    if not rows:
        sheet.note("No cause differs between the two runs.")
        sheet.finish()
        return {}
    columns: list[list[Cell]] = [[] for _ in causes]
    sums: list[Cell] = []
    for kind in dict.fromkeys(row.kind for row in rows):
        sheet.heading(KINDS[kind])
        sheet.header("", *(cause.title for cause in causes), "In all")
        for row in (row for row in rows if row.kind == kind):
            written = _row(sheet, row, causes)
            for column, cell in zip(columns, written, strict=False):
                column.append(cell)
            sums.append(written[-1])
    sheet.row += 1
    line = sheet.line("All items", [total(column) for column in columns], "money", "grand")
    grand = sheet.put(sheet.row - 1, len(causes) + 1, total(line), "money", "grand")
    assert grand is not None
    book.check("By line: all items by cause = all items in all", grand - total(sums), 1e-2, "GBP")
    sheet.finish()
    return dict(zip(causes, line, strict=True))


def _row(sheet: Sheet, row: Item, causes: Sequence[Cause]) -> list[Cell]:
    """The row of an item with its sum at the end; causes it knows nothing of are nil."""
    values: list[Content] = [row.amounts.get(cause, 0.0) for cause in causes]
    written = sheet.line(row.title, values, "money", label_style="indent")
    whole = sheet.put(sheet.row - 1, len(causes) + 1, total(written), "money", "bold")
    assert whole is not None
    return [*written, whole]


def write_by_year(book: Pages, found: Comparison, year: str) -> dict[tuple[View, Cause], Figure]:
    """Fill the sheet: years down, causes across, for each view. Returns what each cause has added
    by the end of `year`, as live sums. The steps of the chart follow: `finish` is the caller's."""
    told: dict[View, list[Cause]] = {
        view: [
            cause
            for cause in causes_of(view)
            if any(mean(of_year) for of_year in found.bridge.in_year(cause, view))
        ]
        for view in VIEWS
    }
    sheet = book.sheets[BY_YEAR]
    widest = max(len(causes) for causes in told.values())
    sheet.columns(26, *[12.5] * max(widest + 3, STEP_COLUMNS), note_width=120)
    sheet.title(
        BY_YEAR,
        "£000 (cells hold pounds), means over draws. What each cause adds in each year, and the "
        "difference that has come together by its end.",
    )
    sums: dict[tuple[View, Cause], Figure] = {}
    for view, causes in told.items():
        sums |= _years(book, found, view, causes, year)
    return sums


def _years(
    book: Pages, found: Comparison, view: View, causes: list[Cause], year: str
) -> dict[tuple[View, Cause], Figure]:
    sheet = book.sheets[BY_YEAR]
    sheet.heading(
        "With support from the department"
        if view == "with"
        else "Without any support ever received"
    )
    sheet.header(
        "Year", *(cause.title for cause in causes), "In the year", "Cumulative", "B less A as run"
    )
    difference = closings(found, view)[-1][2].mean(axis=1)
    columns: list[list[Cell]] = [[] for _ in causes]
    before: Cell | None = None
    for number, label in enumerate(found.years):
        values: list[Content] = [
            mean(found.bridge.in_year(cause, view)[number]) for cause in causes
        ]
        written = sheet.line(label, values, "money")
        for column, cell in zip(columns, written, strict=True):
            column.append(cell)
        row, at = sheet.row - 1, len(causes) + 1
        whole = sheet.put(row, at, total(written), "money", "bold")
        assert whole is not None
        so_far = sheet.put(row, at + 1, before + whole if before else whole + 0.0, "money", "bold")
        as_run = sheet.put(row, at + 2, float(difference[number]), "money")
        assert so_far is not None
        assert as_run is not None
        book.check(
            f"By year, {view} support, {label}: causes = B less A", so_far - as_run, 1e-2, "GBP"
        )
        before = so_far
    last = found.years.index(year) + 1
    return {
        (view, cause): total(column[:last]) for cause, column in zip(causes, columns, strict=True)
    }
