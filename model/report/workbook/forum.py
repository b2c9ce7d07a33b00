"""Schools forum: the year by line and block, decisions asked for, and the downside case in pounds."""

from __future__ import annotations

from typing import Final

import numpy as np

from model.reference.calendar import financial_year_label
from model.reference.codes import BLOCK_TITLES
from model.report.workbook.dsg_account import WHOLE
from model.report.workbook.figures import Cell, total
from model.report.workbook.measures import years
from model.report.workbook.reconciliation import downside_percentile
from model.report.workbook.sheet import Book, Content, Sheet
from model.scenario.policy_values import policy_of

NAME = "Schools forum"

TERM_ENDS: Final = {"31 August": 5, "31 December": 9, "31 March": 12}
"""Ends of the three terms as months since 1 April."""


def write(book: Book) -> None:
    """Fill the sheet; only for a scenario with an account."""
    sheet, label = book.sheets[NAME], years(book.results)[0]
    sheet.columns(54, *[13] * 8)
    sheet.title(
        f"Schools forum: {label}",
        "£ thousands (cells hold pounds). A deficit is positive; variance is forecast less budget.",
    )
    _blocks(book, sheet, label)
    if book.results.scenario.funding is not None:
        _lines(book, sheet, label)
    _decisions(book, sheet)
    _downside(book, sheet)
    sheet.finish()


def _blocks(book: Book, sheet: Sheet, label: str) -> None:
    sheet.heading("Position by block, mean")
    sheet.header(
        "£000", "Brought\nforward", "Spending", "Net DSG\nincome", "Transfers\nout",
        "In-year\ndeficit", "Support and\nadjustments", "Carried\nforward",
    )  # fmt: skip
    names = [str(name) for name in book.results.draws["block"].to_numpy()]
    for name in (*names, WHOLE):
        cells = {
            key: book.cells[f"account {name} {key}", "mean", label]
            for key in ("opening_deficit", "spend", "net_income", "net_transfers_out", "in_year",
                        "closing_deficit")
        }  # fmt: skip
        row = sheet.row
        title, look = (
            ("Whole DSG", ("grand",)) if name == WHOLE else (f"{BLOCK_TITLES[name]} block", ())
        )
        sheet.put(row, 0, title, "label", *look)
        first = [
            sheet.put(row, index, cells[key], "money", *look)
            for index, key in enumerate(("opening_deficit", "spend", "net_income",
                                         "net_transfers_out", "in_year"), start=1)
        ]  # fmt: skip
        opening, deficit = first[0], first[4]
        closing = sheet.put(row, 7, cells["closing_deficit"], "money", *look)
        assert opening is not None
        assert deficit is not None
        assert closing is not None
        sheet.put(row, 6, closing - opening - deficit, "money", *look)
        sheet.row += 1


def _lines(book: Book, sheet: Sheet, label: str) -> None:
    """Budget, forecast and variance by line, and what the forecast expects by the end of each term."""
    results = book.results
    assert results.scenario.funding is not None
    monthly = results.draws["line_spend_by_month"].mean("draw")
    sheet.heading(f"Budget lines, {label}")
    sheet.note(
        "Spent by: what the forecast expects by the end of each term, for comparison with the ledger. "
        "Actual spending to date is no part of a run; a monitoring run brings it in. Blank: no budget given."
    )
    sheet.header(
        "£000", "Budget", "Forecast:\nmean", "Variance", "p10", "p90",
        *(f"Spent by\n{end}" for end in TERM_ENDS),
    )  # fmt: skip
    columns: dict[int, list[Cell]] = {}
    for line in results.scenario.funding.lines:
        row, months = sheet.row, monthly.sel(line=line.id).to_numpy()
        values = results.draws["line_spend"].sel(line=line.id).isel(year=0).to_numpy()
        sheet.put(row, 0, f"{BLOCK_TITLES[line.block]}: {line.title}", "label")
        budget = sheet.put(
            row, 1, line.budget_gbp.central if line.budget_gbp is not None else None, "money"
        )
        forecast = sheet.put(row, 2, book.cells[f"line {line.id}", "mean", label], "money")
        assert forecast is not None
        written: dict[int, Cell | None] = {1: budget, 2: forecast}
        if budget is not None:
            written[3] = sheet.put(row, 3, forecast - budget, "money")
        for column, level in ((4, 0.1), (5, 0.9)):
            sheet.put(row, column, float(np.quantile(values, level)), "money")
        for column, end in enumerate(TERM_ENDS.values(), start=6):
            written[column] = sheet.put(row, column, float(months[:end].sum()), "money")
        for column, item in written.items():
            if item is not None:
                columns.setdefault(column, []).append(item)
        sheet.row += 1
    sheet.put(sheet.row, 0, "All lines", "label", "grand")
    for column in range(1, 9):
        parts = columns.get(column)
        content: Content = total(list(parts)) if parts else None
        if column in (4, 5):
            every = results.draws["line_spend"].isel(year=0).sum("line").to_numpy()
            content = float(np.quantile(every, 0.1 if column == 4 else 0.9))
        sheet.put(sheet.row, column, content, "money", "grand")
    sheet.row += 1
    sheet.note("The range of all lines is of their sum in each draw; p10 and p90 do not add up.")


def _decisions(book: Book, sheet: Sheet) -> None:
    """Transfers between blocks that the forecast counts on, with the limit the forum can agree."""
    results = book.results
    account = results.scenario.account
    assert account is not None
    sheet.heading("Transfers between blocks: decided, asked for, and assumed for later years")
    if not account.transfers:
        sheet.note("None: the forecast counts on no transfer between blocks.", "top")
        return
    as_at = results.scenario.as_at
    parameter = policy_of(results.scenario)["transfer_limit_with_forum_approval"]
    if (as_at.year, as_at.month) < parameter.values[0][0]:
        # Before the blocks were ring-fenced the forum's agreement had no such limit.
        limit, words = 1.0, f"No limit is known for {as_at}."
    else:
        limit = float(parameter.at(as_at.year, as_at.month))
        words = (
            f"The forum can agree up to {limit:.1%} of the giving block; more needs the Secretary of State. "
            f"Source of the limit: {parameter.source}."
        )
    sheet.note(
        f"{words} An approval is for one year: the forum is asked for next year's alone, later years are "
        "what the forecast takes. Amount: share of the mean gross allocation if approved."
    )
    sheet.header(
        "Transfer", "Year", "Share of\nthe block", "Amount,\n£000", "Within the\nlimit, £000",
        "Over the\nlimit, £000", "Chance of\napproval", "Who decides", text=(1, 7),
    )  # fmt: skip
    for transfer in account.transfers:
        for year in results.scenario.horizon.years:
            share = transfer.share_of_gross.at(year).central
            if share <= 0:
                continue
            label, row = financial_year_label(year), sheet.row
            gross = book.cells[f"account {transfer.from_block} gross_income", "mean", label]
            sheet.put(row, 0, transfer.title, "label")
            sheet.put(row, 1, label, "gap")
            part = sheet.put(row, 2, share, "share1")
            assert part is not None
            amount = sheet.put(row, 3, gross * part, "money")
            assert amount is not None
            within = sheet.put(row, 4, gross * min(share, limit), "money")
            assert within is not None
            sheet.put(row, 5, amount - within, "money")
            chance = transfer.approval.at(year)
            sheet.put(row, 6, float(chance.distribution.mean), "share")
            sheet.put(row, 7, "Secretary of State" if share > limit else "Schools forum", "gap")
            sheet.row += 1


def _downside(book: Book, sheet: Sheet) -> None:
    labels, level = years(book.results), downside_percentile(book.results)
    sheet.heading(f"Downside case: the {level}th percentile, in pounds")
    sheet.header("£000", *labels)
    for title, measure in (
        ("In-year deficit", "in_year"),
        ("Cumulative deficit without support", "without"),
        ("Cumulative deficit with support", "with"),
    ):
        means = [book.cells[measure, "mean", label] for label in labels]
        sheet.line(f"{title}: mean", list(means), "money")
        worse = [book.cells[measure, "downside", label] for label in labels]
        sheet.line(f"{title}: downside case", list(worse), "money", "total")
