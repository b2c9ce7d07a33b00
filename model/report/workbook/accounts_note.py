"""Accounts note: deployment of the DSG as the statement of accounts shows it, and the reserves beside it."""

from __future__ import annotations

import numpy as np

from model.account.reserves import override_ends
from model.draws import central
from model.reference.calendar import month_index
from model.reference.codes import BLOCK_TITLES
from model.report.deployment import COLUMNS, Deployed, deployed
from model.report.workbook.dsg_account import WHOLE
from model.report.workbook.figures import Cell, Figure, figure, total
from model.report.workbook.measures import reduced, years
from model.report.workbook.reconciliation import downside_percentile
from model.report.workbook.sheet import Book, Column, Content, Row, Sheet

NAME = "Accounts note"

ALLOWED_GBP = 0.01
NOTE = (
    Row("final", "Final DSG for the year before recoupment and direct funding"),
    Row("recouped", "less academy recoupment and places funded directly"),
    Row("after", "Total DSG after recoupment", weight="total"),
    Row("brought", "plus surplus brought forward"),
    Row("agreed", "less carry-forward to the next year agreed in advance"),
    Row("initial", "Agreed initial budgeted distribution", weight="total"),
    Row("adjustments", "In-year adjustments: payments as additional DSG, adjustments, balances"),
    Row("distribution", "Final budgeted distribution", weight="total"),
    Row("spent_central", "less central expenditure"),
    Row("spent_isb", "less individual schools budget deployed to schools"),
    Row("contribution", "plus local authority contribution"),
    Row("carried", "Carry-forward of the year (a deficit is positive)", weight="grand"),
    Row("reserve_before", "DSG unusable reserve at the start of the year"),
    Row("addition", "Carry-forward of the year added to it"),
    Row(
        "grants",
        "less grants towards the deficit held, outside the DSG (Stability Grant and later)",
    ),
    Row("reserve_after", "Net DSG position at the end of the year", weight="grand"),
)
ROWS_OF_A_YEAR = len(NOTE) + 5
"""Blank row, heading, header, the rows, and two rows of a note once the override has ended."""


def write(book: Book) -> None:
    """Fill the sheet; only for a scenario with an account."""
    sheet, labels = book.sheets[NAME], years(book.results)
    sheet.columns(62, *[13.5] * max(len(labels) + 2, 5))
    sheet.title(
        "Note on the deployment of the DSG",
        "Means over draws, £ thousands (cells hold pounds). A deficit is positive; a minus is a surplus.",
    )
    for sentence in (
        "Our reading of the note on the deployment of the DSG, for every year forecast; the accounts' own form "
        "has the sign turned and further rows. Rows of the grant are links to the DSG account sheet.",
        "The model does not split the grant. The individual schools budget is taken to be distributed as it "
        "is deployed, so the whole carry-forward falls on central expenditure. Blank: not split.",
        "A deficit brought forward stands in the unusable reserve, not in the distribution. Carry-forward "
        "agreed in advance is a decision and not in the model. In-year adjustments are Safety Valve "
        "payments, which come as additional DSG, less prior-year adjustments and planned draws on balances. "
        "The Stability Grant is not DSG: it stands against the reserve.",
    ):
        sheet.note(sentence)
    first_note = sheet.row
    sheet.row += ROWS_OF_A_YEAR * len(labels)
    spent = _split(book, sheet, labels)
    after, sheet.row = sheet.row, first_note
    for index, label in enumerate(labels):
        _note(book, sheet, label, {key: cells[index] for key, cells in spent.items()})
    sheet.row = after
    _printed(book, sheet, labels[0])
    _high_needs(book, sheet, labels)
    _reserves(book, sheet, labels)
    sheet.finish(landscape=False)


def _split(book: Book, sheet: Sheet, labels: list[str]) -> dict[str, list[Cell]]:
    """What is central and what individual schools budget, with the rule that says so."""
    found = deployed(book.results)
    spent: dict[str, list[Cell]] = {}
    for column, title in COLUMNS.items():
        sheet.heading(f"{title}: what it is made of")
        wide = 1 + len(labels)
        sheet.header("Spending, £000", *labels, "s251 line", text=(wide,))
        rows = [_spending(sheet, item) for item in found if item.column == column]
        sums = [total([row[i] for row in rows]) for i in range(len(labels))]
        spent[column] = sheet.line(title, list(sums), "money", "grand")
        for reason in sorted({item.reason for item in found if item.column == column}):
            sheet.note(f"{reason}.")
    for index, label in enumerate(labels):
        gap = total([cells[index] for cells in spent.values()]) - _account(book, "spend", label)
        book.check(f"{label}: central and individual schools budget add up to the spending of the DSG",
                   gap, ALLOWED_GBP, "GBP")  # fmt: skip
    return spent


def _spending(sheet: Sheet, item: Deployed) -> list[Cell]:
    title = f"{BLOCK_TITLES[item.block]}: {item.title}"
    cells = sheet.line(title, [float(x) for x in item.mean_gbp], "money", label_style="indent")
    sheet.put(sheet.row - 1, 1 + len(cells), item.rule, "gap")
    return cells


def _account(book: Book, key: str, label: str) -> Cell:
    return book.cells[f"account {WHOLE} {key}", "mean", label]


def _part(item: Figure, *, positive: bool) -> Figure:
    """What of a figure is above nil, or what is below it as a positive amount."""
    if positive:
        return Figure(f"IF({item.text}>0,{item.text},0)", max(item.value, 0.0), atom=True)
    return Figure(f"IF({item.text}<0,-{item.text},0)", max(-item.value, 0.0), atom=True)


def _note(book: Book, sheet: Sheet, label: str, spent: dict[str, Cell]) -> None:
    """The note of one year: central expenditure, individual schools budget and the total."""
    opening = _account(book, "opening_deficit", label)
    gross, deductions = _account(book, "gross_income", label), _account(book, "deductions", label)
    grants = book.cells.get(("grants outside the DSG", "mean", label), figure(0.0))
    adjustments = (
        _account(book, "support", label)
        - grants
        - _account(book, "prior_year_adjustment", label)
        - _account(book, "draws_on_balances", label)
    )
    brought = _part(opening, positive=False)
    top: dict[str, Content] = {
        "final": gross, "recouped": deductions, "brought": brought, "agreed": "not modelled",
        "reserve_before": _part(opening, positive=True), "grants": grants,
    }  # fmt: skip
    columns = ["central", "isb", "total"]
    own = {"spent_central": "central", "spent_isb": "isb"}

    def content(key: str, written: list[Column]) -> Content:
        above, column = written[-1], columns[len(written) - 1]
        whole = column == "total"
        if key in top:
            return top[key] if whole else None
        if key == "after":
            return above["final"] - above["recouped"] if whole else None
        if key in ("addition", "reserve_after"):
            if not whole:
                return None
            if key == "addition":
                return above["carried"]
            return above["reserve_before"] + above["addition"] - above["grants"]
        if key == "distribution":
            return above["initial"] + above["adjustments"]
        if key == "carried":
            used = above["spent_central"] + above["spent_isb"]
            return used - above["distribution"] - above["contribution"]
        if whole:
            return written[0][key] + written[1][key]
        if key in own:
            return spent[column] if own[key] == column else 0.0
        if key == "initial":
            rest = gross - deductions + brought - spent["isb"]
            return spent["isb"] if column == "isb" else rest
        if column == "isb":
            return 0.0
        return adjustments if key == "adjustments" else _account(book, "contributions", label)

    sheet.heading(f"{label}: deployment of the DSG")
    if _override_over(book, label):
        sheet.note(
            "The statutory override has ended: the deficit counts against usable reserves and stands in no "
            "reserve of its own; the rows below keep it apart to show its size."
        )
    titles = [COLUMNS["central"], COLUMNS["isb"], "Total"]
    written = sheet.table("£000", titles, NOTE, content)
    book.check(f"{label}: the note ends at the deficit carried forward of the DSG account",
               written[2]["reserve_after"] - _account(book, "closing_deficit", label),
               ALLOWED_GBP, "GBP")  # fmt: skip
    book.check(f"{label}: the initial distribution is the DSG after recoupment and what was brought forward",
               written[2]["initial"] - written[2]["after"] - written[2]["brought"],
               ALLOWED_GBP, "GBP")  # fmt: skip
    book.cells["note after recoupment", "mean", label] = written[2]["after"]


def _override_over(book: Book, label: str) -> bool:
    """Whether a year begins after the end of the override."""
    ends, year = override_ends(book.results.scenario), int(label[:4])
    return ends is not None and month_index(ends.year, ends.month, year) < 0


def _printed(book: Book, sheet: Sheet, label: str) -> None:
    """The first year's grant after recoupment against the figure printed in the papers."""
    account, first = book.results.scenario.account, book.results.scenario.horizon.first_year
    assert account is not None
    for printed in account.printed:
        if printed.year != first or printed.net_income_gbp is None:
            continue
        sheet.heading(f"{label}: total DSG after recoupment, as printed")
        sheet.header("£", "Amount")
        own = sheet.line(
            "From its parts", [book.cells["note after recoupment", "mean", label]], "pounds"
        )[0]
        shown = sheet.line("As printed", [printed.net_income_gbp.central], "pounds")[0]
        gap = shown - own
        rounding = abs(gap.value) <= printed.tolerance_gbp
        words = "rounding of printed figures" if rounding else "NOT explained by rounding"
        sheet.line(f"Gap: {words}", [gap], "pounds", "total")


def _high_needs(book: Book, sheet: Sheet, labels: list[str]) -> None:
    if ("high needs in_year", "mean", labels[0]) not in book.cells:
        return
    sheet.heading("High needs block alone beside the whole DSG")
    sheet.header("£000", *labels)
    for title, measure in (
        ("In-year deficit, high needs alone", "high needs in_year"),
        ("In-year deficit, whole DSG", "in_year"),
        ("Cumulative deficit with support, high needs alone", "high needs with"),
        ("Cumulative deficit with support, whole DSG", "with"),
    ):
        sheet.line(title, [book.cells[measure, "mean", label] for label in labels], "money")


def _reserves(book: Book, sheet: Sheet, labels: list[str]) -> None:
    """Usable reserves by year, and the words a report under section 25 needs."""
    account, draws = book.results.scenario.account, book.results.draws
    override = account.statutory_override if account is not None else None
    if override is None or override.usable_reserves_gbp is None:
        return
    level = downside_percentile(book.results)
    before = central(book.results.scenario).by_year(override.usable_reserves_gbp)[:, 0]
    left = draws["reserves_left"].transpose(..., "draw").to_numpy()
    sheet.heading("Usable reserves, for the report under section 25")
    sheet.header("£000", *labels)
    sheet.line(
        "Usable reserves after all other calls, central", [float(x) for x in before], "money"
    )
    sheet.line("DSG deficit counted against them, mean",
               reduced(draws["reserves_charged"], "mean"), "money")  # fmt: skip
    sheet.line("Reserves left, mean", reduced(draws["reserves_left"], "mean"), "money", "total")
    low = [float(x) for x in np.quantile(left, 1 - level / 100, axis=-1)]
    sheet.line(f"Reserves left, downside case ({100 - level}th percentile)", low, "money")
    chances = reduced(draws["reserves_exhausted"], "mean")
    sheet.line("Chance that they do not cover the deficit", chances, "chance")
    end = override_ends(book.results.scenario)
    ends = f"to the end of {end}" if end is not None else "with no end known"
    worst = max(range(len(labels)), key=lambda index: chances[index])
    risk = (
        f"In {labels[worst]} they do not cover it in {chances[worst]:.0%} of draws."
        if chances[worst] > 0
        else "They cover it in every draw of every year forecast."
    )
    sheet.note(
        "The section 151 officer reports under section 25 of the Local Government Act 2003 on how robust "
        f"the estimates and how adequate the reserves are. The statutory override is taken to run {ends}; "
        f"until then a DSG deficit does not touch usable reserves. {risk} The opinion is the officer's own.",
        "top",
    )
