"""Checks: those of the run, and live formulas that hold the workbook's own sums."""

from __future__ import annotations

from xlsxwriter.utility import xl_rowcol_to_cell

from model.checks import CheckResult, all_passed, check_results
from model.report.workbook.figures import Cell, Figure, Words, choose, within
from model.report.workbook.sheet import Book, Sheet

NAME = "Checks"

PASSED, FAILED, NOTICE = "passed", "FAILED", "look at"

KINDS = {
    "identity": "must hold in every draw",
    "published": "published figure",
    "notice": "to look at",
}
UNITS = {"GBP": "£"}
ALLOWED_PENNY = 0.01


def outcome(check: CheckResult) -> str:
    """The result of a check in words; a notice neither passes nor fails."""
    if check.kind == "notice":
        return NOTICE
    return PASSED if check.passed else FAILED


def split(found: list[CheckResult]) -> tuple[list[CheckResult], list[CheckResult]]:
    """Checks that pass or fail, and notices, each in the order found."""
    judged = [check for check in found if check.kind != "notice"]
    return judged, [check for check in found if check.kind == "notice"]


def things(count: int) -> str:
    """How many notices there are, in words."""
    if not count:
        return "Nothing else to look at."
    return "1 thing to look at." if count == 1 else f"{count} things to look at."


def write(book: Book) -> None:
    """Fill the sheet; call it after the sheets whose sums it checks."""
    sheet = book.sheets[NAME]
    sheet.columns(76, 24, 16, 14, 10, 12, 60)
    sheet.title(
        "Checks",
        "Differences as found. A failed check is named and the workbook should not be signed.",
    )
    found = check_results(book.results)
    sheet.heading("Checks of the run (computed with the forecast)")
    sheet.header(
        "Check", "Kind", "Difference", "Allowed", "Unit", "Result", "Note", text=(1, 4, 5, 6)
    )
    for check in found:
        sheet.line(
            check.name,
            [KINDS.get(check.kind, check.kind), check.difference, check.allowed,
             UNITS.get(check.unit, check.unit), outcome(check), check.note],
            each=["", difference_format(check.allowed), "allowed", "", "bold", ""],
        )  # fmt: skip
    judged, notices = split(found)
    statement = (
        f"All {len(judged)} checks of the run passed."
        if all_passed(found)
        else "At least one check of the run FAILED."
    )
    statement += f" {things(len(notices))}"
    sheet.line(statement, [], "bold", label_style="bold")
    live_checks(book, sheet)
    sheet.finish()


def live_checks(book: Book, sheet: Sheet) -> None:
    """Sums of this workbook, recalculated by the spreadsheet itself."""
    sheet.heading("Checks of this workbook (live formulas)")
    sheet.note(
        "These recalculate: if a number in the workbook is changed by hand, the check that it "
        "belongs to fails."
    )
    sheet.header("Check", "Kind", "Difference", "Allowed", "Unit", "Result", text=(1, 4, 5))
    first = sheet.row
    failed = 0
    for check in book.checks:
        allowed = sheet.put(sheet.row, 3, check.allowed, "allowed")
        number = difference_format(check.allowed)
        difference = sheet.put(sheet.row, 2, check.difference, number)
        assert allowed is not None
        assert difference is not None
        verdict = choose(within(difference, allowed), PASSED, FAILED)
        failed += verdict.value == FAILED
        sheet.put(sheet.row, 0, check.name, "label")
        sheet.put(sheet.row, 1, "sum in this workbook", "gap")
        sheet.put(sheet.row, 4, UNITS.get(check.unit, check.unit), "gap")
        sheet.put(sheet.row, 5, verdict, "bold", "gap")
        sheet.row += 1
    results = f"'{NAME}'!{xl_rowcol_to_cell(first, 5)}:{xl_rowcol_to_cell(sheet.row - 1, 5)}"
    count = Figure(f'COUNTIF({results},"{FAILED}")', float(failed), atom=True)
    if not book.checks:
        count = Figure("0", 0.0, atom=True)
    cells = sheet.line("Workbook checks that failed", [None, count], "count", "grand")
    book.cells["checks failed", "count", "workbook"] = cells[0]
    sheet.worksheet.conditional_format(
        0, 5, sheet.row, 5,
        {"type": "cell", "criteria": "==", "value": f'"{FAILED}"',
         "format": book.workbook.add_format({"bg_color": "#FFC7CE", "bold": True})},
    )  # fmt: skip


def live_statement(book: Book) -> Words:
    """What the cover says about the live checks."""
    failed: Cell = book.cells["checks failed", "count", "workbook"]
    text = (
        f'IF({failed.text}=0,"All {len(book.checks)} live checks of this workbook\'s sums passed.",'
        '"At least one live check of this workbook\'s sums FAILED: see the Checks sheet.")'
    )
    good = f"All {len(book.checks)} live checks of this workbook's sums passed."
    bad = "At least one live check of this workbook's sums FAILED: see the Checks sheet."
    return Words(text, good if failed.value == 0 else bad)


def difference_format(allowed: float) -> str:
    """A format that calls float noise nil and hides no difference larger than what is allowed."""
    return "difference" if allowed == 0 or allowed >= ALLOWED_PENNY else "fine"
