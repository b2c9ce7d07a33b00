"""Support and reserves: what the department pays on which terms, what is not decided, what reaches reserves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from model.account.reserves import override_ends
from model.account.support.arrangements import TITLES
from model.account.support.terms import support_terms
from model.assumptions import register
from model.reference.calendar import APRIL, financial_year_label, month_index
from model.report.workbook.figures import Cell, total
from model.report.workbook.measures import PERCENTILES, by_year, mean, reduced, years
from model.report.workbook.sheet import Book, Content, Sheet
from model.scenario.account_schema import Account, StabilityGrant
from model.scenario.schema import Scenario

NAME = "Support and reserves"

SHARES_SHOWN = (0.0, 0.3, 0.6, 0.9)
"""Shares of later deficits laid side by side; a scenario may assume no more than the last."""
NEARLY = 0.01
"""Pounds within which everything due counts as paid."""
GRANTS = ("stability_grant", "later_deficits")
"""Arrangements that are no additional DSG but grants towards the deficit that is held."""
RECEIPTS = {
    "net": "the deficit in the books, after Safety Valve money (net)",
    "gross": "the deficit before Safety Valve money (gross)",
    "gross_less_receipts": "the deficit before Safety Valve money, less that money",
}


def shown(scenario: Scenario) -> bool:
    """Whether a scenario has anything for this sheet."""
    account = scenario.account
    return account is not None and (
        bool(account.support_payments)
        or bool(account.later_deficits)
        or account.stability_grant is not None
        or account.statutory_override is not None
        or account.financing is not None
    )


def write(book: Book) -> None:
    """Fill the sheet; call it after the DSG account. Registers the chance that reserves are exhausted."""
    sheet, labels = book.sheets[NAME], years(book.results)
    account = book.results.scenario.account
    assert account is not None
    sheet.columns(60, *[13] * max(len(labels), 5))
    sheet.title(
        NAME,
        "Shown in £ thousands (cells hold pounds). Support is positive; a deficit is positive, a minus "
        "is a surplus.",
    )
    _standing(book, sheet)
    if "support_paid" in book.results.draws:
        _by_arrangement(book, sheet, labels)
    if account.stability_grant is not None:
        _stability_grant(book, sheet)
    if account.later_deficits:
        _later_deficits(book, sheet, labels)
    if account.statutory_override is not None:
        _reserves(book, sheet, labels)
    if "financing_cost" in book.results.draws:
        _financing(book, sheet, labels)
    sheet.finish(landscape=False)


def _standing(book: Book, sheet: Sheet) -> None:
    """How many inputs are known, assumed and undecided, and each that is undecided."""
    rows = register(book.results.scenario)
    paths = {status: {row.path for row in rows if row.status == status} for status in (
        "published", "derived", "given", "assumed", "undecided")}  # fmt: skip
    sheet.heading("Known, assumed, not yet decided")
    sheet.header("Inputs of this run", "Number")
    for title, statuses in {
        "Known: published, derived from published figures, or given": (
            "published",
            "derived",
            "given",
        ),
        "Assumed: a judgement, with its reason and range": ("assumed",),
        "Not yet decided: somebody else's decision is awaited": ("undecided",),
    }.items():
        sheet.line(title, [len(set().union(*(paths[one] for one in statuses)))], "count")
    waiting = [row for row in rows if row.status == "undecided"]
    if not waiting:
        sheet.note("No input is marked undecided (status: undecided).")
        return
    sheet.row += 1
    sheet.header("Not yet decided", "Year", "Central", "p10", "p90", "Decides", text=(1, 5))
    for row in waiting:
        number = "pounds" if row.unit == "GBP" else "number"
        sheet.line(
            row.path,
            [row.year or "-", row.central, row.low, row.high, row.owner or "not said"],
            each=["", number, number, number, ""],
        )
        sheet.note(f"{' '.join(row.description.split())} {row.reason}")


def _by_arrangement(book: Book, sheet: Sheet, labels: list[str]) -> None:
    draws = book.results.draws
    names = [str(name) for name in draws["arrangement"].to_numpy()]
    sheet.heading("Support by arrangement")
    sheet.header("£000", *labels)
    rows = [
        sheet.line(
            f"{TITLES[name]}: mean", mean(draws["support_paid"].sel(arrangement=name)), "money"
        )
        for name in names
    ]
    whole = sheet.line(
        "All support: mean", [total([row[i] for row in rows]) for i in range(len(labels))],
        "money", "total",
    )  # fmt: skip
    outside = [row for name, row in zip(names, rows, strict=True) if name in GRANTS]
    if outside:
        cells = sheet.line(
            "of which grants towards the deficit, outside the DSG",
            [total([row[i] for row in outside]) for i in range(len(labels))], "money",
        )  # fmt: skip
        for year, cell in zip(labels, cells, strict=True):
            book.cells["grants outside the DSG", "mean", year] = cell
    together = draws["support_paid"].sum("arrangement")
    for statistic in PERCENTILES:
        sheet.line(statistic, reduced(together, statistic), "money", label_style="indent")
    booked = mean(draws["support"].sum("block"))
    for year, cell, modelled in zip(labels, whole, booked, strict=True):
        book.check(f"{year}: support by arrangement is the account's", cell - modelled, 0.01, "GBP")
    unpaid = draws["support_due_unpaid"]
    for name in names:
        sheet.line(
            f"{TITLES[name]}: due to date, not paid to date, mean",
            mean(unpaid.sel(arrangement=name)), "money",
        )  # fmt: skip
    if "safety_valve" in names:
        all_paid = (abs(unpaid.sel(arrangement="safety_valve")) < NEARLY).astype(float)
        sheet.line(
            "Chance that every Safety Valve payment due has been made", mean(all_paid), "chance"
        )
    account = book.results.scenario.account
    assert account is not None
    _payments(sheet, account)


def _payments(sheet: Sheet, account: Account) -> None:
    """The agreement's payments and what each depends on."""
    if not account.support_payments:
        return
    sheet.row += 1
    sheet.header(
        "Safety Valve payments",
        "Due in",
        "£000",
        "Tested at end of",
        "Allowance, £000",
        "Off track",
        text=(1, 3, 5),
    )
    for payment in account.support_payments:
        test = payment.test
        row: list[Content] = ["not tested", None, "-"]
        if test is not None:
            part = test.paid_off_track.central
            off = "withheld" if part == 0 else f"{part:.0%} paid"
            after = "paid on return" if test.on_return == "paid" else "lost"
            row = [
                financial_year_label(test.year), test.allowance_gbp.central, f"{off}, then {after}",
            ]  # fmt: skip
        sheet.line(
            payment.title,
            [financial_year_label(payment.year), payment.amount_gbp.central, *row],
            each=["", "money", "", "money", ""],
        )
    sheet.note(
        "A payment is tested on the position without support against the agreed target of that year plus the "
        "allowance (central; the Assumptions sheet has its range and reason), so that it can be made in "
        "years whose target is missed. What is withheld is paid in the first later year that meets the same "
        "test, or lost, as the row says."
    )
    if account.safety_valve_extension is not None:
        start = financial_year_label(account.safety_valve_extension.from_year)
        sheet.note(
            f"An extension from {start} is in the run with the chance "
            f"{account.safety_valve_extension.agreed.distribution.mean:.0%}: what is then unpaid follows "
            "its own dates and targets."
        )


def _stability_grant(book: Book, sheet: Sheet) -> None:
    scenario, draws = book.results.scenario, book.results.draws
    assert scenario.account is not None
    grant, terms = scenario.account.stability_grant, support_terms(scenario).grant
    assert grant is not None
    assert terms is not None
    closes = terms.closes + 1
    sheet.heading("High Needs Stability Grant")
    sheet.note(
        f"A share of the eligible high needs deficit at 31 March {closes}, towards that deficit only. The "
        "lowest figure in evidence counts; overspends of other blocks and other ineligible spending are "
        "taken off. Approval rests on the local reform plan."
    )
    sheet.header("£000", "Mean", "p10", "p90")
    for figure in grant.evidence:
        sheet.line(f"Deficit in evidence: {figure.title}", [figure.deficit_gbp.central], "money")
    _spread(sheet, "Deficit in the books", draws["stability_grant_books"].to_numpy())
    lowest = _spread(sheet, "Lowest of these", draws["stability_grant_lowest"].to_numpy())
    others = _spread(
        sheet,
        "less overspends of other blocks"
        + ("" if terms.less_other_overspends else " (not deducted)"),
        draws["stability_grant_other_overspends"].to_numpy(),
    )
    other = sheet.line(
        "less other ineligible spending", [grant.ineligible_gbp.distribution.mean], "money"
    )[0]
    eligible = _spread(
        sheet, "Eligible deficit", draws["stability_grant_eligible"].to_numpy(), weight="total"
    )
    share = sheet.line("Share met", [terms.share], "share")[0]
    one = _spread(
        sheet, "Grant if approved", draws["stability_grant_if_approved"].to_numpy(), weight="total"
    )
    chance = grant.approval.distribution.mean
    sheet.line("Chance of approval", [chance], "chance")
    paid = draws["support_paid"].sel(arrangement="stability_grant").sum("year").to_numpy()
    _spread(sheet, "Paid in the years forecast", paid, weight="total")
    if grant.safety_valve_receipts == "net":
        book.check("Stability Grant: share x eligible deficit", one - share * eligible, 0.01, "GBP")
    if (draws["stability_grant_eligible"] > 0).all() and grant.ineligible_gbp.certain:
        gap = eligible - (lowest - others - other)
        book.check("Stability Grant: lowest less deductions is eligible", gap, 0.01, "GBP")
    sheet.note(
        f"Base of the share: {RECEIPTS[grant.safety_valve_receipts]}; no published text settles how Safety "
        f"Valve money counts. Expected in {terms.paid}{_late(grant)}."
    )


def _late(grant: StabilityGrant) -> str:
    """How much later than expected it comes, on average over the input."""
    months = grant.delay_months.distribution.mean
    return f" and {months:.1f} months later on average" if months > 0 else ""


def _spread(sheet: Sheet, title: str, values: np.ndarray, weight: str = "") -> Cell:
    """A row of the mean, p10 and p90 of (draw,)."""
    low, high = np.quantile(values, [0.1, 0.9])
    figures = [float(values.mean()), float(low), float(high)]
    return sheet.line(title, figures, "money", *([weight] if weight else []))[0]


def _later_deficits(book: Book, sheet: Sheet, labels: Sequence[str]) -> None:
    """What is assumed of later deficits, and the last year's deficit at other shares."""
    scenario, draws = book.results.scenario, book.results.draws
    assert scenario.account is not None
    block = "high_needs" if "high_needs" in draws["block"] else str(draws["block"].to_numpy()[0])
    sheet.heading("Deficits after the grant's date")
    sheet.note(
        "No share is announced: what the department meets of these deficits is an assumption of the "
        "scenario. The last rows show what other shares would come to."
    )
    items = scenario.account.later_deficits
    arising = [financial_year_label(item.year) for item in items]
    sheet.header("£000, mean", *arising)
    deficits = draws["in_year_deficit_by_block"].sel(block=block).clip(min=0)
    bases = sheet.line(
        "High needs in-year deficit (surpluses count nil)",
        [float(deficits.sel(year=year).mean()) for year in arising], "money",
    )  # fmt: skip
    sheet.line("Share assumed to be met (central)", [i.share_met.central for i in items], "share")
    paid = draws["support_paid"].sel(arrangement="later_deficits").sum("year")
    last = labels[-1]
    met = sheet.line("Met in the years forecast, all together", [float(paid.mean())], "money")[0]
    after = month_index(scenario.horizon.last_year + 1, APRIL, scenario.horizon.first_year)
    if any(
        month_index(item.paid.year, item.paid.month, scenario.horizon.first_year) >= after
        for item in items
    ):
        sheet.note(
            "What is paid after the last year forecast is not in it, and the rows below are left out."
        )
        return
    closing = book.cells["with", "mean", last]
    sheet.row += 1
    sheet.header("If this share of each were met", "Share", "Met, £000", f"Deficit {last}, £000")
    for share in SHARES_SHOWN:
        at = sheet.row
        chosen = sheet.put(at, 1, share, "share")
        assert chosen is not None
        money = sheet.put(at, 2, chosen * total(list(bases)), "money")
        assert money is not None
        sheet.put(at, 0, "Cumulative deficit with support, mean", "label")
        sheet.put(at, 3, closing + met - money, "money")
        sheet.row += 1


def _reserves(book: Book, sheet: Sheet, labels: list[str]) -> None:
    """What of the DSG deficit reaches usable reserves, and when they are exhausted."""
    account, draws = book.results.scenario.account, book.results.draws
    assert account is not None
    override = account.statutory_override
    assert override is not None
    ends = override_ends(book.results.scenario)
    sheet.heading("The DSG deficit and usable reserves")
    sheet.note(
        "The statutory override keeps the DSG deficit off the council's reserves"
        + (f" until the end of {ends}." if ends else "; no end is known.")
        + " From the first year that begins after it the whole cumulative deficit, with all support "
        "received, counts against them."
    )
    sheet.header("£000", *labels)
    deficit = sheet.line(
        "Cumulative deficit with support, mean", [book.cells["with", "mean", year] for year in labels],
        "money",
    )  # fmt: skip
    charged = sheet.line(
        "of which counted against reserves, mean", mean(draws["reserves_charged"]), "money", "total"
    )
    for statistic in PERCENTILES:
        sheet.line(
            statistic, reduced(draws["reserves_charged"], statistic), "money", label_style="indent"
        )
    if "reserves_left" not in draws:
        sheet.note("No usable reserves are given, so nothing is said of how far they reach.")
        return
    held = mean(draws["reserves_left"] + draws["reserves_charged"])
    usable = sheet.line("Usable reserves after all other calls (given)", held, "money")
    left = sheet.line(
        "Usable reserves left",
        [u - c for u, c in zip(usable, charged, strict=True)],
        "money",
        "total",
    )
    for year, cell, modelled in zip(labels, left, mean(draws["reserves_left"]), strict=True):
        book.check(
            f"{year}: reserves left by formula are the model's mean", cell - modelled, 0.01, "GBP"
        )
    for statistic in PERCENTILES:
        sheet.line(
            statistic, reduced(draws["reserves_left"], statistic), "money", label_style="indent"
        )
    exhausted = sheet.line(
        "Chance that they do not cover it (section 114 indicator)",
        mean(draws["reserves_exhausted"]), "chance",
    )  # fmt: skip
    for year, cell in zip(labels, exhausted, strict=True):
        book.cells["reserves exhausted", "mean", year] = cell
    sheet.line(
        "Chance that this is the first such year", mean(draws["reserves_first_exhausted"]), "chance"
    )
    if override.minimum_reserves_gbp is not None:
        sheet.line(
            f"Chance of less than the prudent minimum of £{override.minimum_reserves_gbp.central:,.0f}",
            mean(draws["reserves_below_minimum"]), "chance",
        )  # fmt: skip
    sheet.line(
        "If the override did not hold: usable reserves less the deficit, mean",
        [u - d for u, d in zip(usable, deficit, strict=True)], "money",
    )  # fmt: skip
    sheet.note(
        "Usable reserves are as given, after all other calls: whether those hold the financing cost below and "
        "what levers cost the general fund is for who gives them; neither is taken off here. Ministers have "
        "said that councils are not expected to fund SEND from general funds after 2027-28; no rule says how, "
        "and none is in this forecast."
    )
    sheet.note(_indicator(draws["reserves_first_exhausted"].mean("draw").to_numpy(), labels))


def _indicator(first: np.ndarray, labels: Sequence[str]) -> str:
    """In words: how likely it is that reserves are exhausted, and in which year most likely.

    >>> _indicator(np.array([0.0, 0.1, 0.6]), ["2026-27", "2027-28", "2028-29"])
    'Reserves are exhausted by the end of 2028-29 in 70 draws of 100, most often first in 2028-29.'
    """
    chance = float(first.sum())
    if chance == 0:
        return f"In no draw are reserves exhausted by the end of {labels[-1]}."
    return (
        f"Reserves are exhausted by the end of {labels[-1]} in {100 * chance:.0f} draws of 100, most often "
        f"first in {labels[int(first.argmax())]}."
    )


def _financing(book: Book, sheet: Sheet, labels: list[str]) -> None:
    draws = book.results.draws
    sheet.heading("Below the line: what carrying the deficit costs the general fund")
    sheet.note(
        "The money has been spent although the deficit stands apart: it is borrowed, or missing from what "
        "is invested. The cost is on the average balance with support and never in the DSG."
    )
    sheet.header("£000", *labels)
    sheet.line(
        "Average balance of the deficit, mean", mean(draws["financing_average_balance"]), "money"
    )
    sheet.line(
        "Cost of financing it, mean",
        by_year(book.results, "financing_cost", "mean"),
        "money",
        "total",
    )
    for statistic in PERCENTILES:
        sheet.line(
            statistic, reduced(draws["financing_cost"], statistic), "money", label_style="indent"
        )
