"""Policy values: every value of data/policy in force when the scenario stands, its mark and source, and what is not known."""

from __future__ import annotations

from typing import Any

from model.reference.policy import Parameter, in_words, month_in_words, open_questions
from model.report.workbook.sheet import A3, Book, Content, Sheet
from model.scenario.policy_values import GIVEN, policy_of

NAME = "Policy values"

TEXTS = (1, 2, 3, 4, 5, 6, 7, 8, 9)
WORDS = ("gap", "top")
INSTEAD, ASK_FOR = 6, 8
"""Columns of the open questions: the wide ones of the table above."""


def write(book: Book) -> None:
    """Fill the sheet."""
    sheet, scenario = book.sheets[NAME], book.results.scenario
    values = policy_of(scenario)
    sheet.columns(60, 30, 15, 17, 11, 20, 62, 15, 44)
    sheet.title(
        "Policy values",
        f"In force in {month_in_words((scenario.as_at.year, scenario.as_at.month))}, when the "
        "scenario stands. Shown whether or not this run uses them. Prints on A3.",
    )
    sheet.row += 1
    sheet.note(
        "Official: law, department, Parliament or a council's own papers. Secondary: press and commentators. "
        "Assumed: published nowhere. Given: put by this scenario (policy:) in place of the value beside it."
    )
    given = [item for item in values.values() if item.mark == GIVEN]
    for title, group in (
        ("Values that this scenario gives itself", given),
        ("Assumed", [item for item in values.values() if item.mark == "assumed"]),
        (
            "Official and secondary",
            [i for i in values.values() if i.mark not in (GIVEN, "assumed")],
        ),
    ):
        if group:
            sheet.heading(title)
            _table(book, sheet, group)
    _open(sheet)
    sheet.finish(paper=A3)


def _table(book: Book, sheet: Sheet, group: list[Parameter]) -> None:
    as_at = book.results.scenario.as_at
    month = (as_at.year, as_at.month)
    sheet.header(
        "Policy value", "In force", "Unit", "Since", "Mark", "Otherwise", "Source",
        "Plausible range", "Why", text=TEXTS,
    )  # fmt: skip
    for item in group:
        since, value = item.in_force(*month)
        started = month_in_words(since) if since is not None and since[0] > 0 else ""
        if item.default is not None:
            _, other = item.default.in_force(*month)
            instead = f"{in_words(other)} ({item.default.mark})"
        else:
            instead = ""
        low_high = item.range
        texts: list[Content] = [
            item.unit if not isinstance(value, bool | str) else "",
            started,
            item.mark,
            instead,
            item.source,
            f"{low_high[0]:g} to {low_high[1]:g}" if low_high else "",
            item.reason,
        ]
        row = sheet.row
        sheet.put(row, 0, f"{item.description} ({item.name})", "wrap")
        if since is None:
            shown, *look = f"not before {month_in_words(item.values[0][0])}", *WORDS
        else:
            shown, *look = _shown(item, value)
        sheet.put(row, 1, shown, *look)
        for column, text in enumerate(texts, start=2):
            sheet.put(row, column, text, *WORDS)
        sheet.row += 1


def _shown(item: Parameter, value: Any) -> tuple[Any, ...]:
    """A value and its looks: money and shares as numbers, counts, years, dates and words as text."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return in_words(value), *WORDS
    if item.unit.startswith("GBP"):
        return float(value), "pounds", "top"
    if item.unit in ("share", "a year", "probability"):
        return float(value), "share1", "top"
    return f"{value:g}", *WORDS


def _open(sheet: Sheet) -> None:
    """What was looked for and not found."""
    sheet.heading("Open questions: not published, or not found")
    sheet.note(
        "Nothing is computed from these. Each says what the tool does instead and what to ask for."
    )
    blank = ("",) * (INSTEAD - 1)
    sheet.header("Not known", *blank, "What the tool does instead", "", "Ask for", text=TEXTS)
    for item in open_questions():
        sheet.put(sheet.row, 0, item.missing, "wrap")
        sheet.put(sheet.row, INSTEAD, item.instead, *WORDS)
        sheet.put(sheet.row, ASK_FOR, item.ask_for, *WORDS)
        sheet.row += 1
