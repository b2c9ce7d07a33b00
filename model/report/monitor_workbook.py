"""The workbook of a month's monitor: Monitor, Price and volume, Checks, with live formulas."""

from __future__ import annotations

import io
from collections.abc import Sequence

from xlsxwriter import Workbook

from model.checks import check_results
from model.monitor.monitoring import LineMonitored, Monitoring, Range
from model.monitor.period import month_words
from model.report.monitor_list import STRAIGHT_LINE_WARNING, sums
from model.report.workbook import checks
from model.report.workbook.figures import Cell, Figure, total
from model.report.workbook.run_facts import About
from model.report.workbook.sheet import A3, Book, Content, Sheet
from model.report.workbook.write import workbook_options
from model.results import Results

MONITOR, PRICE_VOLUME = "Monitor", "Price and volume"
ALLOWED_GBP = 0.01

BUDGET, SHARE, PROFILED, ACTUAL, FULL_YEAR, TO_PROFILE = range(6)
COUNCIL, COUNCIL_VARIANCE, STILL, MEAN, P10, P50, P90, VARIANCE, IF_REAL = range(6, 15)
HEADINGS = (
    "Budget of the year",
    "Profile: share by now",
    "Budget to date",
    "Actual to date",
    "To date less full-year budget",
    "To date less budget to date",
    "Council's forecast",
    "Council's forecast less budget",
    "Still to come, mean",
    "Outturn, mean",
    "Outturn, p10",
    "Outturn, p50",
    "Outturn, p90",
    "Outturn mean less budget",
    "Outturn if no variance to date is timing",
    "Profile taken from",
)


def monitor_workbook(found: Monitoring, results: Results, about: About) -> bytes:
    """The workbook as bytes. Equal arguments give equal bytes.

    Raises ValueError if a figure is not a number, naming its cell.
    """
    buffer = io.BytesIO()
    with Workbook(buffer, workbook_options()) as workbook:
        workbook.set_properties(
            {
                "title": f"{results.scenario.authority}: monitor of month {found.month}"[:200],
                "subject": "In-year monitor of high needs spending",
                "author": "hn-forecast",
                "comments": f"Run {about.run_id}",
                "created": about.created,
            }
        )
        book = Book(workbook, results, about)
        for name in (MONITOR, PRICE_VOLUME, checks.NAME):
            book.add(name)
        _monitor(book, found)
        _price_and_volume(book, found)
        _checks(book, found)
    return buffer.getvalue()


def _monitor(book: Book, found: Monitoring) -> None:
    sheet, scenario = book.sheets[MONITOR], book.results.scenario
    sheet.columns(46, *[13] * len(HEADINGS[:-1]), 40)
    when = month_words(found.month, scenario.horizon.first_year)
    sheet.title(
        f"{scenario.authority}: {when}",
        "£ thousand (cells hold pounds). Overspending is positive, a credit or an underspending negative.",
    )
    outturn = _lines(book, sheet, found)
    _straight_line(sheet, found, outturn)
    _deficits(sheet, found)
    _look_at(sheet, found)
    _assumptions(sheet, found)
    sheet.finish(paper=A3)


def _lines(book: Book, sheet: Sheet, found: Monitoring) -> Cell:
    """The table of lines; returns the mean outturn of the reported lines together."""
    sheet.heading("Budget lines")
    sheet.header("Line", *HEADINGS, text=(len(HEADINGS),))
    reported = [_line(sheet, line) for line in found.reported]
    sums_row = _total(sheet, "Lines in the report", reported, found.reported_total)
    book.check(
        "Monitor: outturn of the lines adds to the mean of the draws' totals",
        _column(reported, MEAN) - found.reported_total.mean,
        ALLOWED_GBP,
        "GBP",
    )
    _printed(book, sheet, found, sums_row)
    published = [
        line.line.title for line in found.reported if line.council_forecast_is_the_scenarios
    ]
    if published:
        sheet.note(
            f"Council's forecast as published in the scenario, not in the file: {', '.join(published)}."
        )
    parts = [sums_row]
    if found.not_reported:
        sheet.heading("Lines that are not in the report (to date and after as the model has them)")
        sheet.header("Line", *HEADINGS, text=(len(HEADINGS),))
        others = [_line(sheet, line) for line in found.not_reported]
        parts.append(_total(sheet, "Lines not in the report", others, found.not_reported_total))
        whole = _total(sheet, "All lines", parts, found.total)
        book.check(
            "Monitor: all lines = reported + not reported",
            whole[MEAN] - found.total.mean,
            ALLOWED_GBP,
            "GBP",
        )
    sheet.note(
        "Means add up, percentiles do not: a total's percentiles are of its sum in every draw. "
        "Outturn is the actual plus what is still to come, in every draw."
    )
    return sums_row[MEAN]


def _line(sheet: Sheet, line: LineMonitored) -> dict[int, Cell]:
    row, cells = sheet.row, {}
    sheet.put(row, 0, line.line.title, "indent")

    def put(column: int, content: Content, number: str = "money") -> None:
        written = sheet.put(row, column + 1, content, number)
        if written is not None:
            cells[column] = written

    actual = line.actual
    put(BUDGET, line.budget_gbp)
    put(SHARE, line.profile.share, "share1")
    put(PROFILED, cells[BUDGET] * cells[SHARE])
    spent = line.spent_mean_gbp if actual is None else actual.actual_gbp
    put(ACTUAL, spent)
    if actual is not None:
        put(FULL_YEAR, cells[ACTUAL] - cells[BUDGET])
        put(TO_PROFILE, cells[ACTUAL] - cells[PROFILED])
        if line.council_forecast_gbp is not None:
            put(COUNCIL, line.council_forecast_gbp)
            put(COUNCIL_VARIANCE, cells[COUNCIL] - cells[BUDGET])
    put(STILL, line.still_to_come_mean_gbp)
    put(MEAN, cells[ACTUAL] + cells[STILL])
    for column, value in zip((P10, P50, P90), _percentiles(line.outturn), strict=True):
        put(column, value)
    put(VARIANCE, cells[MEAN] - cells[BUDGET])
    put(IF_REAL, line.if_real_gbp)
    sheet.put(row, len(HEADINGS), line.profile.basis, "gap")
    sheet.row += 1
    return cells


def _percentiles(values: Range) -> tuple[float, float, float]:
    return values.p10, values.p50, values.p90


def _column(rows: Sequence[dict[int, Cell]], column: int) -> Figure:
    return total([row[column] for row in rows])


def _total(
    sheet: Sheet, title: str, rows: Sequence[dict[int, Cell]], values: Range
) -> dict[int, Cell]:
    """A total row: sums are live, percentiles are those of the sum in every draw."""
    row, cells = sheet.row, {}
    sheet.put(row, 0, title, "label", "total")
    percentiles = dict(zip((P10, P50, P90), _percentiles(values), strict=True))
    for column in range(len(HEADINGS) - 1):
        content: Content = None
        if column in percentiles:
            content = percentiles[column]
        elif column != SHARE and all(column in one for one in rows):
            content = _column(rows, column)
        written = sheet.put(row, column + 1, content, "money", "total")
        if written is not None:
            cells[column] = written
    sheet.put(row, len(HEADINGS), None, "total")
    sheet.row += 1
    return cells


def _printed(book: Book, sheet: Sheet, found: Monitoring, sums_row: dict[int, Cell]) -> None:
    """The totals as printed, and what rounding leaves between them and the sums."""
    printed = found.actuals.total
    if printed is None:
        return
    lines = found.actuals.lines
    summed = sums(found)
    shown = {
        BUDGET: (printed.budget_gbp, sums_row.get(BUDGET)),
        ACTUAL: (printed.actual_gbp, sums_row.get(ACTUAL)),
        COUNCIL: (printed.forecast_gbp, sums_row.get(COUNCIL)),
        FULL_YEAR: (printed.variance_to_date_gbp, sums_row.get(FULL_YEAR)),
        COUNCIL_VARIANCE: (printed.variance_outturn_gbp, sums_row.get(COUNCIL_VARIANCE)),
    }
    row = sheet.row
    sheet.put(row, 0, "Total as printed", "indent")
    sheet.put(row + 1, 0, "Rounding of print (printed less sum)", "indent")
    for column, (value, own) in shown.items():
        if value is None:
            continue
        written = sheet.put(row, column + 1, value, "money")
        if own is None or written is None:
            continue
        rounding = sheet.put(row + 1, column + 1, written - own, "money")
        assert rounding is not None
        # A printed variance carries the rounding of both its figures.
        figures = 2 if column in (FULL_YEAR, COUNCIL_VARIANCE) else 1
        allowed = figures * len(lines) * found.actuals.unit_gbp
        book.check(f"Printed total, {HEADINGS[column].lower()}: within its rounding", rounding, allowed, "GBP")  # fmt: skip
    sheet.row = row + 2
    if summed["variance_to_date_gbp"] is not None and printed.variance_to_date_gbp is not None:
        sheet.note(
            "Each printed variance was rounded on its own; the printed variances to date add to "
            f"{summed['variance_to_date_gbp'] / 1000:,.0f}k."
        )


def _straight_line(sheet: Sheet, found: Monitoring, outturn: Cell) -> None:
    sheet.heading("Straight line: do not use")
    sheet.header("", "Amount")
    spent = sheet.line("Spent to date, as reported", [found.spent_gbp], "money")[0]
    months = sheet.line("Months closed", [float(found.month)], "count")[0]
    straight = sheet.line("Spent / months x 12", [spent / months * 12], "money")[0]
    sheet.line("Outturn of the lines in the report, mean", [outturn], "money")
    sheet.line("Straight line less outturn", [straight - outturn], "money", "total")
    sheet.note(STRAIGHT_LINE_WARNING)


def _deficits(sheet: Sheet, found: Monitoring) -> None:
    if not found.deficits:
        return
    sheet.heading("The DSG account of the year (a deficit is positive)")
    sheet.header("", *(f"{when}, {what}" for when in ("Before", "Given actuals") for what in ("mean", "p10", "p50", "p90")), "Moved by, mean")  # fmt: skip
    for item in found.deficits:
        row = sheet.row
        values = [item.before.mean, *_percentiles(item.before), item.after.mean, *_percentiles(item.after)]  # fmt: skip
        cells = sheet.line(item.title, values, "money", label_style="indent")
        sheet.put(row, 9, cells[4] - cells[0], "money")
    sheet.note(
        "The lines' change is added in every draw; income, transfers and support stay as the run drew them."
    )


def _look_at(sheet: Sheet, found: Monitoring) -> None:
    sheet.heading("Lines to look at")
    if not found.surprising:
        sheet.note("No actual is further off the forecast than timing and the draws explain.")
        return
    sheet.header(
        "Line", "Standard deviations off", "Expected before", "If no variance to date is timing"
    )
    for line in found.surprising:
        cells = [line.surprise, line.before.mean, line.if_real_gbp]
        sheet.line(line.line.title, cells, label_style="indent", each=["number", "money", "money"])
    sheet.note(
        "The actual is more than two standard deviations off the forecast to date, or a tenth of the budget "
        "if none of it is timing. Ask why before relying on the line's outturn."
    )


def _assumptions(sheet: Sheet, found: Monitoring) -> None:
    sheet.heading("What is taken for timing (assumed; a file of actuals may set its own)")
    sheet.header(
        "Line", "Timing, months", "low", "high", "Least spread", "low", "high", "Status", text=(7,)
    )
    for line in (*found.reported, *found.not_reported):
        timing = line.timing
        sheet.line(
            line.line.title,
            [timing.months, *timing.months_range, timing.least_spread_share, *timing.spread_range,
             timing.status],
            label_style="indent",
            each=["number"] * 3 + ["share1"] * 3 + [""],
        )  # fmt: skip
    kinds = {
        line.timing.title: line.timing.reason for line in (*found.reported, *found.not_reported)
    }
    for title, reason in kinds.items():
        sheet.note(f"{title}: {reason}")


def _price_and_volume(book: Book, found: Monitoring) -> None:
    sheet = book.sheets[PRICE_VOLUME]
    sheet.columns(46, *[14] * 12, 26)
    sheet.title(
        "Price and volume",
        "£. Volume is the change in volume at the price before; price is the change in price on the "
        "volume after. They add to the variance.",
    )
    if found.activity:
        _activity(book, sheet, found)
    else:
        sheet.heading("Against budget")
        sheet.note("No activity was given, so no variance against budget is split: a budget in pounds "
                   "alone has no volume. Give a table of activity with --activity.")  # fmt: skip
    _model(book, sheet, found)
    sheet.finish(paper=A3)


def _activity(book: Book, sheet: Sheet, found: Monitoring) -> None:
    sheet.heading("Against budget, from the activity given")
    sheet.header(
        "Provision", "Budget FYE", "Budget unit cost", "Budget FYE x cost", "Actual FYE",
        "Actual unit cost", "Actual FYE x cost", "Volume", "Price", "Volume + price",
        "Variance as printed", "Rounding of print", "Line", "Source", text=(12, 13),
    )  # fmt: skip
    for item in found.activity:
        given, row = item.activity, sheet.row
        sheet.put(row, 0, given.provision, "indent")
        cells = [
            _number(sheet, row, 1, given.budget_fye, "number"),
            _number(sheet, row, 2, given.budget_unit_cost_gbp, "pounds"),
        ]
        cells.append(_number(sheet, row, 3, cells[0] * cells[1], "pounds"))
        cells.append(_number(sheet, row, 4, given.actual_fye, "number"))
        cells.append(_number(sheet, row, 5, given.actual_unit_cost_gbp, "pounds"))
        cells.append(_number(sheet, row, 6, cells[3] * cells[4], "pounds"))
        volume = _number(sheet, row, 7, (cells[3] - cells[0]) * cells[1], "pounds")
        price = _number(sheet, row, 8, (cells[4] - cells[1]) * cells[3], "pounds")
        both = _number(sheet, row, 9, volume + price, "pounds")
        if given.budget_total_gbp is not None and given.actual_total_gbp is not None:
            printed = given.actual_total_gbp - given.budget_total_gbp
            stated = _number(sheet, row, 10, printed, "pounds")
            sheet.put(row, 11, stated - both, "pounds")
        sheet.put(row, 12, given.line or "none", "gap")
        sheet.put(row, 13, given.source, "gap")
        book.check(f"{given.provision}: volume + price = variance", both - (cells[5] - cells[2]), ALLOWED_GBP, "GBP")  # fmt: skip
        sheet.row += 1


def _model(book: Book, sheet: Sheet, found: Monitoring) -> None:
    sheet.heading("Of the model: how the actuals moved the outturn of lines with a volume")
    if not found.model_variances:
        sheet.note("No line of this scenario has a volume.")
        return
    sheet.header(
        "Line", "Volume before", "Spending before", "Average price before", "Volume given actuals",
        "Spending given actuals", "Average price given actuals", "Volume", "Price", "Volume + price",
    )  # fmt: skip
    for item in found.model_variances:
        row = sheet.row
        sheet.put(row, 0, item.line.title, "indent")
        before = _number(sheet, row, 1, item.volume_before, "number")
        spent = _number(sheet, row, 2, item.spend_before_gbp, "pounds")
        price_before = _number(sheet, row, 3, spent / before, "pounds")
        after = _number(sheet, row, 4, item.volume_after, "number")
        spends = _number(sheet, row, 5, item.spend_after_gbp, "pounds")
        price_after = _number(sheet, row, 6, spends / after, "pounds")
        volume = _number(sheet, row, 7, (after - before) * price_before, "pounds")
        price = _number(sheet, row, 8, (price_after - price_before) * after, "pounds")
        both = _number(sheet, row, 9, volume + price, "pounds")
        book.check(f"{item.line.title}: volume + price = change of the outturn", both - (spends - spent), ALLOWED_GBP, "GBP")  # fmt: skip
        sheet.row += 1
    sheet.note("Volumes are average plans, FTE or places in force over the year, means over the draws. "
               "This is the change from the forecast before the actuals, not from the budget.")  # fmt: skip


def _number(sheet: Sheet, row: int, column: int, content: Figure | float, style: str) -> Cell:
    written = sheet.put(row, column, content, style)
    assert written is not None
    return written


def _checks(book: Book, found: Monitoring) -> None:
    sheet = book.sheets[checks.NAME]
    sheet.columns(76, 24, 16, 14, 10, 12)
    sheet.title(
        checks.NAME, "Of the monitor, of the run it rests on, and of this workbook's own sums."
    )
    sheet.heading("Checks of the monitor (in every draw)")
    sheet.header("Check", "Kind", "Difference", "Allowed", "Unit", "Result", text=(1, 4, 5))
    for name, gap in found.gaps.items():
        passed = checks.PASSED if gap <= ALLOWED_GBP else checks.FAILED
        sheet.line(name, ["must hold in every draw", gap, ALLOWED_GBP, "£", passed],
                   each=["", "difference", "allowed", "", "bold"])  # fmt: skip
    sheet.heading("Checks of the run")
    sheet.header("Check", "Kind", "Difference", "Allowed", "Unit", "Result", text=(1, 4, 5))
    for check in check_results(book.results):
        sheet.line(
            check.name,
            [checks.KINDS.get(check.kind, check.kind), check.difference, check.allowed,
             checks.UNITS.get(check.unit, check.unit), checks.outcome(check)],
            each=["", checks.difference_format(check.allowed), "allowed", "", "bold"],
        )  # fmt: skip
    checks.live(book, sheet)
    sheet.heading("Where the figures come from")
    actuals = found.actuals
    for title, text in (
        ("Actuals", f"{actuals.file}, month {actuals.month}"),
        ("Fingerprint of the actuals (SHA-256)", actuals.sha256),
        ("Scenario", book.about.scenario_file),
        ("Run", f"{book.about.run_id}, {book.about.draws:,} draws, seed {book.about.seed}"),
        ("Command", book.about.command),
        ("Headings that were not read", ", ".join(actuals.ignored) or "none"),
    ):
        sheet.note(f"{title}: {text}", "top")
    sheet.finish(paper=A3)
