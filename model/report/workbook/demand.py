"""Requests and waiting: from requests to plans, the queue, the 20 weeks, the pool, reviews, officers."""

from __future__ import annotations

import numpy as np

from model.demand.timeliness import WEEKS_A_MONTH
from model.reference.calendar import MONTHS, month_index, month_label
from model.reference.codes import AGE_GROUP_TITLES
from model.report.workbook import charts
from model.report.workbook.figures import Cell, total
from model.report.workbook.measures import date_title, mean, reduced, years
from model.report.workbook.sheet import Book, Column, Content, Row, Sheet
from model.scenario.demand_schema import Pool, Requests, StatementTransfers

NAME = "Requests and waiting"
ALLOWED = 1e-6

PIPELINE = (
    Row("undecided", "Undecided at the start of the year", "plans"),
    Row("requests", "Requests received", "plans"),
    Row("refused", "less refused an assessment", "plans"),
    Row("overturned", "Refusals overturned at mediation or tribunal", "plans"),
    Row("agreed", "less agreed to be assessed", "plans"),
    Row("undecided_end", "Undecided at the end of the year", "plans", "total"),
    Row("waiting", "Waiting for psychology advice at the start", "plans"),
    Row("agreed_in", "Agreed to be assessed", "plans"),
    Row("pool", "Sent from the pool without a plan", "plans"),
    Row("assessed", "less advice given", "plans"),
    Row("waiting_end", "Waiting for psychology advice at the end", "plans", "total"),
    Row("ended", "Assessments ended", "plans"),
    Row("issued", "of these, with a plan issued", "plans", "total"),
)


def write(book: Book) -> None:
    """Fill the sheet; registers requests, plans issued, the 20-week share and those waiting."""
    sheet, labels = book.sheets[NAME], years(book.results)
    scenario = book.results.scenario
    sheet.columns(50, *[11.5] * max(len(labels) + 2, 9))
    sheet.title(
        NAME,
        "Requests, assessments and plans: means over draws, so not whole numbers. A year is April to "
        "March.",
    )
    if scenario.statement_transfers is not None:
        _statements(book, sheet, labels, scenario.statement_transfers)
    if scenario.has("requests") and scenario.requests is not None:
        _requests(book, sheet, labels, scenario.requests)
    sheet.finish()


def _requests(book: Book, sheet: Sheet, labels: list[str], requests: Requests) -> None:
    """Everything from requests to plans."""
    _pipeline(book, sheet, labels)
    _timeliness(book, sheet, labels, requests)
    _waiting(book, sheet, labels)
    _warm_up(book, sheet, requests)
    _compared(book, sheet, requests)
    pool = book.results.scenario.pool
    if pool is not None and book.results.scenario.has("pool"):
        _pool(book, sheet, labels, pool)
        _how_long(book, sheet, requests, pool)
    if "reviews_due" in book.results.draws:
        _reviews(book, sheet, labels)
    if "caseload_officers" in book.results.draws:
        _caseload(book, sheet, labels)
    _by_month(book, sheet)


def _mean(book: Book, name: str) -> list[float]:
    return reduced(book.results.draws[f"demand_{name}"], "mean")


def _statements(book: Book, sheet: Sheet, labels: list[str], transfers: StatementTransfers) -> None:
    """Statements turned into plans, year by year, and whether the last is in time."""
    draws = book.results.draws
    sheet.heading("Transfer of statements to plans")
    sheet.header("Statements", *labels)
    opening: list[Content] = [float(mean(draws["statements_remaining"] + draws["statements_left"]
                              + draws["statements_transferred"])[0])]  # fmt: skip
    remaining = mean(draws["statements_remaining"])
    opening += list(remaining[:-1])
    first = sheet.line("Statements at the start of the year", opening, "plans")
    done = sheet.line("less transferred", mean(draws["statements_transferred"]), "plans")
    left = sheet.line("less left without a transfer", mean(draws["statements_left"]), "plans")
    sheet.line(
        "Statements at the end of the year",
        [a - b - c for a, b, c in zip(first, done, left, strict=True)], "plans", "total",
    )  # fmt: skip
    months = draws["statements_months"].to_numpy()
    low, middle, high = (float(x) for x in np.quantile(months, [0.1, 0.5, 0.9]))
    sheet.row += 1
    sheet.header("When the last one is transferred", "p10", "p50", "p90")
    sheet.line(f"Months from {transfers.start}", [low, middle, high], "plans")
    sheet.line(f"Share of draws in time, by the end of {transfers.deadline}",
               [float(draws["statements_in_time"].mean())], "share1")  # fmt: skip


def _pipeline(book: Book, sheet: Sheet, labels: list[str]) -> None:
    """From requests to plans, each stage closing on itself."""
    names = ("requests", "refused", "overturned", "agreed", "assessed", "ended", "issued")
    flows = {name: _mean(book, name) for name in names}
    flows["pool"] = _mean(book, "sent_from_pool")
    ends = _mean(book, "waiting_at_year_end")
    first_waiting = ends[0] + flows["assessed"][0] - flows["agreed"][0] - flows["pool"][0]

    def content(key: str, written: list[Column]) -> Content:
        index, above = len(written) - 1, written[-1]
        match key:
            case "undecided":
                return written[-2]["undecided_end"] if index else _undecided(book)
            case "undecided_end":
                came = above["undecided"] + above["requests"] + above["overturned"]
                return came - above["refused"] - above["agreed"]
            case "waiting":
                return written[-2]["waiting_end"] if index else first_waiting
            case "agreed_in":
                return above["agreed"]
            case "waiting_end":
                return above["waiting"] + above["agreed_in"] + above["pool"] - above["assessed"]
        return flows[key][index]

    sheet.heading("From requests to plans")
    columns = sheet.table("Cases", labels, PIPELINE, content)
    for label, column, end in zip(labels, columns, ends, strict=True):
        book.cells["requests", "mean", label] = column["requests"]
        book.cells["issued", "mean", label] = column["issued"]
        book.cells["waiting", "mean", label] = column["waiting_end"]
        book.check(
            f"{label}: the queue for advice closes", column["waiting_end"] - end, ALLOWED, "cases"
        )
    shares = {
        "Refused, share of requests decided": [
            c["refused"] / (c["refused"] + c["agreed"] - c["overturned"]) for c in columns
        ],
        "Plans, share of assessments ended": [c["issued"] / c["ended"] for c in columns],
    }
    for title, values in shares.items():
        sheet.line(title, list(values), "share1", label_style="indent")
    capacity = _mean(book, "capacity")
    sheet.line("Psychology capacity, assessments in the year", list(capacity), "plans")
    sheet.line("Requests averted by nurture groups", list(_mean(book, "averted_requests")), "plans")
    sheet.note(
        "Capacity includes locums; it may stay unused in a month in which fewer wait. Requests are "
        "those after nurture groups, and without pupils sent from the pool."
    )
    sheet.heading("Requests by age at which the plan would start")
    by_group = book.results.draws["demand_requests_by_age_group"]
    sheet.header("Requests", *labels)
    rows = [
        sheet.line(title, list(reduced(by_group.sel(age_group=name), "mean")), "plans")
        for name, title in AGE_GROUP_TITLES.items()
    ]
    sums = sheet.line(
        "All requests", [total([row[i] for row in rows]) for i in range(len(labels))],
        "plans", "grand",
    )  # fmt: skip
    for label, item in zip(labels, sums, strict=True):
        gap = item - book.cells["requests", "mean", label]
        book.check(f"{label}: requests by age add up", gap, ALLOWED, "cases")


def _undecided(book: Book) -> float:
    """Requests undecided when the first year begins."""
    draws = book.results.draws
    flows = {
        name: float(draws[f"demand_{name}"].isel(year=0).mean())
        for name in ("requests", "refused", "overturned", "agreed")
    }
    end = float(draws["demand_undecided_at_year_end"].isel(year=0).mean())
    return end - flows["requests"] - flows["overturned"] + flows["refused"] + flows["agreed"]


def _timeliness(book: Book, sheet: Sheet, labels: list[str], requests: Requests) -> None:
    """The 20 weeks, and waits."""
    draws = book.results.draws
    sheet.heading("Within 20 weeks")
    sheet.note(
        "Share of the plans issued in the year that were issued within 20 weeks of the request, "
        "exceptions included and excluded, pupils of the pool counted from being sent to assessment."
    )
    sheet.header("", *labels)
    in_time = sheet.line(
        "Plans issued within 20 weeks", list(_mean(book, "issued_in_time")), "plans"
    )
    shares = [
        item / book.cells["issued", "mean", label]
        if book.cells["issued", "mean", label].value > 0 else None
        for item, label in zip(in_time, labels, strict=True)
    ]  # fmt: skip
    written = sheet.line("Share, exceptions included", list(shares), "share1", "total")
    for label, item in zip(labels, written, strict=False):
        book.cells["in_time", "mean", label] = item
    out, kept = requests.exceptions_share.central, requests.exceptions_on_time_share.central
    without = [
        (item - book.cells["issued", "mean", label] * (out * kept))
        / (book.cells["issued", "mean", label] * (1 - out))
        if book.cells["issued", "mean", label].value > 0 else None
        for item, label in zip(in_time, labels, strict=True)
    ]  # fmt: skip
    sheet.line("Share, exceptions excluded", list(without), "share1")
    for statistic in ("p10", "p50", "p90"):
        values = reduced(draws["demand_share_in_time"], statistic)
        sheet.line(f"Share, exceptions included: {statistic}", list(values), "share1",
                   label_style="indent")  # fmt: skip
    weeks = [value * WEEKS_A_MONTH for value in reduced(draws["demand_mean_wait"], "mean")]
    sheet.line("Mean wait of those given advice, weeks", list(weeks), "plans")
    ends = [MONTHS * (index + 1) - 1 for index in range(len(labels))]
    for name, title in (
        ("waited_p90", "Nine in ten of those waiting at the year end have waited less than, weeks"),
        ("longest_wait", "Longest wait at the year end, weeks"),
    ):
        waits = draws[f"demand_{name}"].isel(month=ends).mean("draw").to_numpy() * WEEKS_A_MONTH
        sheet.line(title, [float(wait) for wait in waits], "plans")


def _waiting(book: Book, sheet: Sheet, labels: list[str]) -> None:
    sheet.heading("Waiting for psychology advice at the year end, over draws")
    sheet.header("Assessments", *labels)
    for statistic in ("p10", "p50", "p90"):
        values = reduced(book.results.draws["demand_waiting_at_year_end"], statistic)
        sheet.line(statistic, list(values), "plans")


def _warm_up(book: Book, sheet: Sheet, requests: Requests) -> None:
    """The published year that leaves the opening queue."""
    demand = book.results.prepared.demand
    assert demand is not None
    year, flows = demand.opening.warm_up, requests.warm_up
    if year is None or flows is None:
        return
    sheet.heading(f"Where the opening queue comes from: a run of {year.year}")
    sheet.note(
        "The year before the count is run on its published flows. How many waited when it began is "
        "not published: it is the number with which the year gives the published 20-week share."
    )
    sheet.header("", "Published", "Warm-up", "Difference")
    rows = (
        ("Requests", flows.requests, year.requests),
        ("Refused", flows.refused, year.refused),
        ("Assessments ended", flows.assessments_ended, year.ended),
        ("Plans issued", flows.plans_issued, year.issued),
    )
    for title, published, reached in rows:
        row = sheet.row
        cells = sheet.line(title, [published, reached], "plans")
        gap = sheet.put(row, 3, cells[1] - cells[0], "plans")
        assert gap is not None
        book.check(f"warm-up {year.year}: {title.lower()}", gap, ALLOWED, "cases")
    cells = sheet.line(
        "Share within 20 weeks", [year.published_share, year.share_in_time], "share1"
    )
    sheet.put(sheet.row - 1, 3, cells[1] - cells[0], "share1")
    sheet.line("Waiting at its start (fitted)", [None, year.waiting_before], "plans")
    sheet.line("Waiting at its end", [None, year.waiting_after], "plans")
    if flows.source:
        sheet.note(f"Source: {flows.source}")


def _compared(book: Book, sheet: Sheet, requests: Requests) -> None:
    """Published shares of single months beside the forecast's; nothing is fitted to them."""
    if not requests.published_shares:
        return
    draws, first = book.results.draws, book.results.scenario.horizon.first_year
    sheet.heading("Published 20-week shares beside the forecast's")
    sheet.note("Not fitted: a test of the queue.")
    sheet.header("Month", "Published", "Forecast,\nmean", "p10", "p90", "Difference")
    for item in requests.published_shares:
        month = month_index(item.month.year, item.month.month, first)
        if not 0 <= month < draws.sizes["month"]:
            continue
        issued = draws["demand_issued_by_month"].isel(month=month).to_numpy()
        in_time = draws["demand_in_time_by_month"].isel(month=month).to_numpy()
        share = np.divide(in_time, issued, out=np.zeros_like(issued), where=issued > 0)
        mean = float(in_time.sum() / issued.sum()) if issued.sum() > 0 else 0.0
        low, high = (float(x) for x in np.quantile(share, [0.1, 0.9]))
        row = sheet.row
        cells = sheet.line(
            date_title(month_label(month, first)).removeprefix("31 "),
            [item.share.central, mean, low, high],
            "share1",
        )
        sheet.put(row, 5, cells[1] - cells[0], "share1")
        if item.share.provenance.source:
            sheet.note(f"Source: {item.share.provenance.source}")


def _pool(book: Book, sheet: Sheet, labels: list[str], pool: Pool) -> None:
    """The pool without a plan: where its pupils went."""
    draws = book.results.draws
    flows = {
        name: reduced(draws[f"demand_pool_{name}"], "mean")
        for name in ("converted", "stopped", "left", "ended")
    }
    ends = reduced(draws["pool_pupils_at_year_end"].sum("band"), "mean")
    gone = sum(values[0] for values in flows.values())
    rows = (
        Row("start", "With an award at the start of the year", "plans"),
        Row("converted", "less converted to a plan", "plans"),
        Row("stopped", "less stopped after assessment", "plans"),
        Row("left", "less left of themselves", "plans"),
        Row("ended", "less ended by date", "plans"),
        Row("end", "With an award at the end of the year", "plans", "total"),
    )

    def content(key: str, written: list[Column]) -> Content:
        index, above = len(written) - 1, written[-1]
        if key == "start":
            return written[-2]["end"] if index else ends[0] + gone
        if key == "end":
            left = above["start"] - above["converted"] - above["stopped"]
            return left - above["left"] - above["ended"]
        return flows[key][index]

    basis = {
        "continue": "Awards continue until an assessment decides (the basis of the published line).",
        "end_dates": "Awards end on their dates; those in assessment go on until it decides.",
    }[pool.awards]
    sheet.heading("Pupils funded without a plan")
    sheet.note(basis + " Those waiting to be assessed keep their award and are counted in it.")
    columns = sheet.table("Pupils", labels, rows, content)
    for label, column, end in zip(labels, columns, ends, strict=True):
        book.check(f"{label}: the pool closes", column["end"] - end, ALLOWED, "pupils")


def _how_long(book: Book, sheet: Sheet, requests: Requests, pool: Pool) -> None:
    """Arithmetic on how long the pool takes: alone, and beside the requests that also come."""
    flows = requests.warm_up
    if flows is None or not requests.stated_capacities:
        return
    sheet.heading("How long the pool would take to assess: arithmetic, not a forecast")
    sheet.header(
        "At a capacity as stated", "Assessments\na month", "Pupils", "Requests\nagreed\na month",
        "Months\nalone", "Months\nbeside\nrequests",
    )  # fmt: skip
    pupils = pool.fte.central / pool.fte_per_pupil.central
    agreed = (flows.requests - flows.refused) / MONTHS
    for stated in requests.stated_capacities:
        row = sheet.row
        cells = sheet.line(f"{stated:g} a month", [stated, pupils, agreed], "plans")
        sheet.put(row, 4, cells[1] / cells[0], "plans")
        left = cells[0] - cells[2]
        sheet.put(row, 5, cells[1] / left if left.value > 0 else "never", "plans", "right")
    sheet.note(
        f"Requests agreed: {flows.requests:,.0f} less {flows.refused:,.0f} refused in {flows.year}, "
        "over twelve. The forecast above has both, month by month."
    )


def _reviews(book: Book, sheet: Sheet, labels: list[str]) -> None:
    sheet.heading("Annual reviews")
    sheet.header("Reviews", *labels)
    rows = (
        ("due", "Due: once a year, twice under 5"),
        ("completed", "Completed in time"),
        ("amended", "of these, leading to an amended plan"),
        ("ceased", "Plans ended by reviews beyond the usual"),
    )
    written: dict[str, list[Cell]] = {}
    for name, title in rows:
        values = reduced(book.results.draws[f"reviews_{name}"], "mean")
        written[name] = sheet.line(title, list(values), "plans")
    shares = [
        done / due if due.value > 0 else None
        for done, due in zip(written["completed"], written["due"], strict=True)
    ]
    sheet.line("Completed in time, share", list(shares), "share1", label_style="indent")


def _caseload(book: Book, sheet: Sheet, labels: list[str]) -> None:
    sheet.heading("Caseload")
    sheet.header("", *labels)
    for name, title in (
        ("officers", "Officers in post, FTE"),
        ("plans_an_officer", "Plans an officer would hold, issuing included"),
        ("officers_needed", "Officers needed at the stated caseload, FTE"),
    ):
        values = reduced(book.results.draws[f"caseload_{name}"], "mean")
        sheet.line(title, list(values), "plans")


def _by_month(book: Book, sheet: Sheet) -> None:
    """Month by month, and the charts that read it."""
    draws = book.results.draws
    sheet.heading("Month by month")
    top = sheet.row
    sheet.row += charts.ROWS
    sheet.repeat(sheet.row, sheet.row)
    sheet.header(
        "Month", "Waiting:\nmean", "Waiting:\np10", "Waiting:\np90", "Longest\nwait, weeks",
        "Plans\nissued", "In 20\nweeks", "Share in\n20 weeks",
    )  # fmt: skip
    waiting = {s: reduced(draws["demand_waiting"], s) for s in ("mean", "p10", "p90")}
    longest = reduced(draws["demand_longest_wait"], "mean")
    issued = reduced(draws["demand_issued_by_month"], "mean")
    in_time = reduced(draws["demand_in_time_by_month"], "mean")
    columns: dict[str, list[Cell]] = {name: [] for name in ("mean", "p10", "p90", "share")}
    for index, label in enumerate(str(item) for item in draws["month"].to_numpy()):
        row = sheet.row
        values: list[Content] = [waiting[s][index] for s in ("mean", "p10", "p90")]
        values += [longest[index] * WEEKS_A_MONTH, issued[index], in_time[index]]
        cells = sheet.line(label, values, "plans")
        for name, item in zip(("mean", "p10", "p90"), cells, strict=False):
            columns[name].append(item)
        if cells[4].value > 0:
            share = sheet.put(row, 7, cells[5] / cells[4], "share1")
            assert share is not None
            columns["share"].append(share)
    lines = {
        "p90 (one draw in ten is higher)": columns["p90"],
        "Mean": columns["mean"],
        "p10 (one draw in ten is lower)": columns["p10"],
    }
    chart = charts.lines(book, lines, "Waiting for psychology advice at the month's end", "#,##0")
    text = (
        f"Line chart of assessments waiting by month: mean {columns['mean'][0].value:,.0f} in the "
        f"first month and {columns['mean'][-1].value:,.0f} in the last, p10 "
        f"{columns['p10'][-1].value:,.0f} and p90 {columns['p90'][-1].value:,.0f}."
    )
    charts.place(sheet, chart, text, top, 0)
    share = charts.lines(
        book, {"Mean": columns["share"]}, "Share of plans issued within 20 weeks", "0%"
    )
    words = (
        "Line chart of the share of plans issued within 20 weeks by month: "
        f"{columns['share'][0].value:.0%} in the first month and "
        f"{columns['share'][-1].value:.0%} in the last."
    )
    charts.place(sheet, share, words, top, 1)
