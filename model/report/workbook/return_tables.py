"""How the tables of a return are written: both cases side by side, totals as live formulas held to the return."""

from __future__ import annotations

from collections.abc import Sequence

from model.report.workbook.figures import Cell, Figure, total
from model.report.workbook.sheet import Book, Content, Sheet
from model.returns.return_table import Entry, ReturnRow, ReturnTable


def write_table(
    book: Book, sheet: Sheet, cases: Sequence[ReturnTable], heading: str, said: set[str]
) -> None:
    """A table of one case, or of two: the mitigated one, and right of it the unmitigated.

    `said`: reasons that the sheet has given already; those of this table are added.
    """
    first = cases[0]
    sheet.heading(heading)
    labels = [
        f"{year}{mark}"
        for table, mark in zip(cases, ("", ",\nunmitigated"), strict=False)
        for year in table.years
    ]
    sheet.header(first.unit.capitalize(), *labels)
    above: list[list[Cell]] = [[] for _ in labels]
    reasons: dict[str, None] = {}
    for title in _titles(cases):
        rows = [_row(table, title) for table in cases]
        _parts(sheet, title, [entry for row in rows for entry in row.entries], above)
        reasons.update({f"{title}: {row.why}.": None for row in rows if row.why})
    _total(book, sheet, heading, cases, above)
    for text in _shared(list(reasons)):
        if text not in said:
            sheet.note(text)
    said.update(_shared(list(reasons)))
    if first.note:
        sheet.note(first.note)


def _titles(cases: Sequence[ReturnTable]) -> list[str]:
    """Titles of the rows that are added up, with those that only one case has."""
    return list(dict.fromkeys(row.title for table in cases for row in table.rows if not row.total))


def _row(table: ReturnTable, title: str) -> ReturnRow:
    """The row of this title; one that only the other case has is nil in this one."""
    nil = ReturnRow(title, (0,) * len(table.years))
    return next((row for row in table.rows if row.title == title), nil)


def _parts(sheet: Sheet, title: str, entries: list[Entry], above: list[list[Cell]]) -> None:
    at = sheet.row
    sheet.put(at, 0, title, "label")
    for column, entry in enumerate(entries):
        content: Content = entry if isinstance(entry, str) else float(entry)
        written = sheet.put(at, column + 1, content, "right" if isinstance(entry, str) else "count")
        if written is not None:
            above[column].append(written)
    sheet.row += 1


def _total(
    book: Book,
    sheet: Sheet,
    heading: str,
    cases: Sequence[ReturnTable],
    above: list[list[Cell]],
) -> None:
    """Formulas over the rows above, held to the totals of the return itself."""
    at = sheet.row
    sheet.put(at, 0, cases[0].total.title, "label", "grand")
    gaps: list[Figure] = []
    for column, entry in enumerate(entry for table in cases for entry in table.total.entries):
        if isinstance(entry, str):
            sheet.put(at, column + 1, entry, "right", "grand")
            continue
        written = sheet.put(at, column + 1, total(list(above[column])), "count", "grand")
        assert written is not None
        difference = written - float(entry)
        gaps.append(Figure(f"ABS({difference.text})", abs(difference.value), atom=True))
    sheet.row += 1
    if gaps:
        name = f"{sheet.name}: {heading}: rows add up to the totals of the return"
        book.check(name, total(gaps), 0.0, cases[0].unit)


def _shared(reasons: list[str]) -> list[str]:
    """One sentence a reason: rows that share it are named by the first of them."""
    found: dict[str, str] = {}
    for text in reasons:
        title, why = text.split(": ", 1)
        found.setdefault(why, title)
    return [f"{title}: unknown, because {why}" for why, title in found.items()]
