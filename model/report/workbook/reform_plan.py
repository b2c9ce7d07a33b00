"""Reform plan: the tables of the Local SEND Reform Plan, mitigated and unmitigated."""

from __future__ import annotations

from model.report.workbook.management_plan import introduce
from model.report.workbook.return_tables import write_table
from model.report.workbook.sheet import Book
from model.returns.of_run import MITIGATED, returns_of
from model.returns.whole_numbers import RULE
from model.scenario.policy_values import policy_of

NAME = "Reform plan"


def write(book: Book) -> None:
    """Fill the sheet."""
    sheet, found = book.sheets[NAME], returns_of(book.results)
    assert found is not None
    columns = len(found.reform[MITIGATED][0].years) * (1 if found.one_case else 2)
    sheet.columns(54, *[14] * max(columns, 6))
    sheet.title(
        "Local SEND Reform Plan",
        "Tables of the plan from this run, in whole numbers. The plan's finance tables and its template are "
        "not published, so there are none here.",
    )
    sheet.row += 1
    introduce(book, sheet, found)
    later = policy_of(book.results.scenario)["reform_plan_count_years_later"]
    sheet.note(
        "Plans: the position of a calendar year is the January count after it. Requests and assessments: those "
        "of the calendar year itself. A year that this run does not hold whole says so and is not filled in."
    )
    sheet.note(f"Source of years and rows: {later.source}")
    sheet.note(RULE)
    sheet.note(
        "Tables 10 to 12 are rounded on their own: every age group down, then up by one where the remainder is "
        "largest, until they add up to the rounded total."
    )
    cases = [found.reform[case] for case in ([MITIGATED] if found.one_case else found.reform)]
    said: set[str] = set()
    for tables in zip(*cases, strict=True):
        write_table(book, sheet, tables, f"{tables[0].number} {tables[0].title}", said)
    sheet.finish()
