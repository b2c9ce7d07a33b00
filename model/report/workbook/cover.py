"""Cover: what this is, whether it may be relied on, and where to sign."""

from __future__ import annotations

from xlsxwriter.utility import xl_range_abs

from model.assumptions import held
from model.checks import CheckResult, all_passed, check_results
from model.funding.anchoring import USUAL_FACTORS
from model.report.workbook import checks as checks_sheet
from model.report.workbook import mitigations
from model.report.workbook.sheet import Book, Sheet

NAME = "Cover"

CONTENTS = {
    "Members": "One page in plain words for councillors",
    "Summary": "The headline figures and charts on one page",
    "DSG account": "Every block rolled forward, the three cumulative views, published and model",
    "Reconciliation": "Against the agreed trajectory: gaps, headroom, probabilities, ratings",
    "Support and reserves": "What the department pays and on which terms, what is undecided, reserves",
    "Budget lines": "Budget, published outturn, forecast by line, the section 251 view",
    "Plans": "Plans by setting, age and need; flows; published counts bridged",
    "Requests and waiting": "From requests to plans, the queue, the 20 weeks, the pool, reviews",
    "Places": "Places by group of schools, who does without, what a late opening costs",
    "Nurture groups": "Cost, top-up withheld, what they avert, when they pay for themselves",
    "Mitigations": "What each is worth, alone and in shares that add up, and what it costs",
    "General fund": "SEND transport, appeals and what levers cost the council; not the DSG",
    "Risks": "How likely, how bad in pounds, what drives it, what is not covered",
    "Schools forum": "The year by block and line, decisions asked for, the downside case",
    "Accounts note": "Deployment of the DSG as in the statement of accounts; reserves",
    "What drives it": "Which uncertain inputs the range comes from",
    "Figures checked": "What published papers print, whether it holds, and how it is handled",
    "Management plan": "Tables of the DSG management plan, mitigated and unmitigated",
    "Reform plan": "Tables of the Local SEND Reform Plan, mitigated and unmitigated",
    "Monte Carlo": "Percentiles of every headline, a sample of draws",
    "Assumptions": "Every figure given to the model, its range, source and standing",
    "Policy values": "Every policy value in force, its mark and source, and what is not known",
    "Data gaps": "What the scenario does not give, and what stands in for it",
    "Audit trail": "From headline to blocks, lines, drivers, inputs and sources, by link",
    "Checks": "Every check with its difference, and live checks of this workbook",
    "About": "Run facts, how to read the workbook, method, licences",
}
SIGN_OFF_CELLS = "sign_off_cells"
"""Name of the signature and date boxes: the only cells that may be filled in after the run."""

SIGNATORIES = ("Section 151 officer", "Director of Children's Services")


def write(book: Book) -> None:
    """Fill the sheet; call it last, when every check is known."""
    sheet, scenario, about = book.sheets[NAME], book.results.scenario, book.about
    sheet.columns(64, 16, 13, 12, 26)
    money = scenario.account is not None or scenario.funding is not None
    title = (
        "High needs and Dedicated Schools Grant" if money else "Education, Health and Care plans"
    )
    sheet.put(0, 0, f"{title}: {'what if' if scenario.what_if else 'forecast'}", "title")
    sheet.height(0, 26)
    sheet.put(1, 0, scenario.authority, "heading")
    sheet.put(2, 0, scenario.title, "bold")
    sheet.row = 3
    if scenario.invented:
        for column in range(5):
            sheet.put(sheet.row, column, None, "banner")
        text = "INVENTED AUTHORITY: these are not the figures of any real council."
        sheet.put(sheet.row, 0, text, "banner")
        sheet.row += 1
    if scenario.what_if:
        sheet.note(
            f"A question put to {scenario.extends}, not a forecast to sign: every line keeps the anchor of "
            "that scenario, so that nothing differs from it but what the question changes. Published "
            "figures are that scenario's.",
            "bold",
        )
    sheet.note(
        f"As at {scenario.as_at}. Run {about.run_id}, made {about.created:%d %B %Y %H:%M}; "
        f"{about.draws:,} draws, seed {about.seed}.",
        "subtitle",
    )
    sheet.row += 1
    sheet.note(
        "The central run takes every assumption at its central value, with chance left out. The "
        "range (p10 to p90) holds eight draws in ten. It does not hold changes of national policy or "
        f"errors in published figures, nor {held(scenario)} assumptions that are held at one value "
        "although a range is stated for them (Assumptions sheet, not drawn).",
        "top",
    )
    if scenario.account is not None:
        sheet.note("A deficit is positive throughout; a minus sign is a surplus.", "top")
    sheet.note(mitigations.statement(scenario), "bold")
    _checks(book, sheet)
    _anchors(book, sheet)
    _sign_off(book, sheet)
    _contents(book, sheet)
    sheet.finish(landscape=False, one_page=True)
    sheet.worksheet.activate()


def _checks(book: Book, sheet: Sheet) -> None:
    """The overall statement and the result of every check."""
    found = check_results(book.results)
    judged, notices = checks_sheet.split(found)
    failed = [check for check in judged if not check.passed]
    sheet.heading("Checks")
    statement = (
        f"All {len(judged)} checks of the run passed."
        if all_passed(found)
        else f"{len(failed)} of {len(judged)} checks of the run FAILED. Do not sign before they are "
        "explained."
    )
    sheet.put(sheet.row, 0, statement, "bold")
    sheet.row += 1
    sheet.put(sheet.row, 0, checks_sheet.live_statement(book), "bold")
    sheet.row += 1
    sheet.put(sheet.row, 0, checks_sheet.things(len(notices)), "bold")
    sheet.row += 1
    _notices(sheet, notices)
    sheet.row += 1
    sheet.header("Check", "Difference", "Allowed", "Unit", "Result", text=(3, 4))
    first = sheet.row
    for check in judged:
        sheet.line(
            check.name,
            [check.difference, check.allowed, checks_sheet.UNITS.get(check.unit, check.unit),
             checks_sheet.outcome(check)],
            each=[checks_sheet.difference_format(check.allowed), "allowed", "", "bold"],
        )  # fmt: skip
    sheet.worksheet.conditional_format(
        first, 4, sheet.row, 4,
        {"type": "cell", "criteria": "==", "value": f'"{checks_sheet.FAILED}"',
         "format": book.workbook.add_format({"bg_color": "#FFC7CE"})},
    )  # fmt: skip


def _notices(sheet: Sheet, notices: list[CheckResult]) -> None:
    """What to look at before relying on the figures; none of it stops the signature."""
    for notice in notices:
        sheet.line(notice.name, [None, None, None, checks_sheet.outcome(notice)], "bold")
        if notice.note:
            sheet.note(notice.note)


def _anchors(book: Book, sheet: Sheet) -> None:
    """What anchoring factors say when none is unusual; an unusual one is among the notices."""
    anchors = book.results.anchors.values()
    if not anchors or any(item.unusual for item in anchors):
        return
    low, high = USUAL_FACTORS
    sheet.row += 1
    if all(item.published_gbp is None for item in anchors):
        sheet.note("Anchoring: no line has a published forecast; prices stand as given.", "top")
        return
    sheet.note(
        f"Anchoring: every line's price factor lies between {low} and {high}. A line published "
        "for current pupils only has its starters and leavers on top.",
        "top",
    )


def _sign_off(book: Book, sheet: Sheet) -> None:
    sheet.heading("Sign-off")
    sheet.header("Role", "Signature", "", "Date", "Run id", text=(1, 2, 3, 4))
    first = sheet.row
    for role in SIGNATORIES:
        sheet.height(sheet.row, 34)
        sheet.put(sheet.row, 0, role, "line")
        for column in (1, 2, 3):
            sheet.put(sheet.row, column, None, "line")
        sheet.put(sheet.row, 4, book.about.run_id, "wrap", "line")
        sheet.row += 1
    boxes = xl_range_abs(first, 1, sheet.row - 1, 3)
    book.workbook.define_name(SIGN_OFF_CELLS, f"='{NAME}'!{boxes}")


def _contents(book: Book, sheet: Sheet) -> None:
    sheet.heading("Contents")
    for name, what in CONTENTS.items():
        if name in book.sheets:
            sheet.link(sheet.row, 0, name, name)
            sheet.put(sheet.row, 1, what)
            sheet.row += 1
