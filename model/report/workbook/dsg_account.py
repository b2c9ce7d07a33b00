"""DSG account: every block and the whole DSG rolled forward, and the three cumulative views."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import xarray as xr

from model.account.block_account import BlockAccount
from model.account.income import deduction_gbp
from model.draws import central
from model.reference.calendar import financial_year_label
from model.reference.codes import BLOCK_TITLES
from model.report.workbook.figures import Cell, Figure, figure, total
from model.report.workbook.measures import PERCENTILES, VIEWS, by_year, mean, reduced, years
from model.report.workbook.sheet import Book, Column, Content, Contents, Row, Sheet

NAME = "DSG account"

WHOLE = "whole"
"""Name of the whole DSG among the blocks, for other sheets."""

ALLOWED_GBP = 0.01
ROWS_ABOVE_BLOCKS = 26
"""Rows kept for the whole DSG and the three views."""

ROLL_FORWARD = (
    Row("opening_deficit", "Deficit brought forward"),
    Row("prior_year_adjustment", "Prior-year adjustment"),
    Row("spend", "Spending"),
    Row("gross_income", "Gross DSG income"),
    Row("deductions", "less what the department pays to providers directly"),
    Row("contributions", "plus the council's own contribution"),
    Row("net_income", "Net DSG income", weight="total"),
    Row("net_transfers_out", "Net transfers to other blocks (a receipt is minus)"),
    Row("in_year", "In-year deficit: spending - net income + transfers", weight="total"),
    Row("draws_on_balances", "Planned draws on balances"),
    Row("support", "less support from the department"),
    Row("closing_deficit", "Deficit carried forward", weight="grand"),
)


def write(book: Book) -> None:
    """Fill the sheet; registers in-year and cumulative figures for the others."""
    sheet = book.sheets[NAME]
    labels = years(book.results)
    sheet.columns(52, *[13] * max(len(labels), 5))
    sheet.title(
        "DSG account",
        "Shown in £ thousands (cells hold pounds). A deficit is positive; a minus is a surplus.",
    )
    sheet.row += 1
    sheet.note(
        "Roll-forwards show means over all draws, because means add up. Bold rows are live formulas."
    )
    _blocks(book, sheet, labels)
    _range(book, sheet, labels)
    if book.results.published is not None:
        _first_year(book, sheet, labels[0])
    _closed_years(book, sheet)
    _gross_to_net(book, sheet)
    _vintages(book, sheet)
    sheet.finish(landscape=False)


def _result(key: str, above: Mapping[str, Cell]) -> Figure:
    """The formula rows of a roll-forward."""
    if key == "net_income":
        return above["gross_income"] - above["deductions"] + above["contributions"]
    if key == "in_year":
        return above["spend"] - above["net_income"] + above["net_transfers_out"]
    return (
        above["opening_deficit"]
        + above["prior_year_adjustment"]
        + above["in_year"]
        + above["draws_on_balances"]
        - above["support"]
    )


def _blocks(book: Book, sheet: Sheet, labels: list[str]) -> None:
    """The whole DSG and its views on top; the blocks it adds up, below, are written first."""
    names = [str(name) for name in book.results.draws["block"].to_numpy()]
    top = sheet.row
    sheet.row += ROWS_ABOVE_BLOCKS
    start = sheet.row
    blocks = {name: _block(book, sheet, name, labels) for name in names}
    bottom, sheet.row = sheet.row, top
    _views(book, sheet, _whole(book, sheet, blocks, labels), labels)
    if sheet.row > start:
        raise ValueError("the views have grown into the blocks: raise ROWS_ABOVE_BLOCKS")
    sheet.row = bottom


def _block(book: Book, sheet: Sheet, name: str, labels: list[str]) -> list[Column]:
    draws = book.results.draws
    results = {"net_income", "in_year", "closing_deficit"}
    means = {
        row.key: reduced(draws[row.key].sel(block=name), "mean")
        for row in ROLL_FORWARD
        if row.key not in results
    }

    def content(key: str, written: list[Column]) -> Content:
        index, above = len(written) - 1, written[-1]
        if key in results:
            return _result(key, above)
        if key == "opening_deficit" and index:
            return written[-2]["closing_deficit"]
        return means[key][index]

    title = f"{BLOCK_TITLES[name]} block"
    sheet.heading(title)
    columns = sheet.table("£000", labels, ROLL_FORWARD, content)
    _register(book, name, labels, columns)
    modelled = reduced(draws["closing_deficit"].sel(block=name), "mean")
    book.check(
        f"{title}: last closing by formula is the model's mean",
        columns[-1]["closing_deficit"] - modelled[-1],
        ALLOWED_GBP,
        "GBP",
    )
    return columns


def _register(book: Book, name: str, labels: Sequence[str], columns: Sequence[Column]) -> None:
    """Make the rows of a roll-forward known to other sheets, as `account NAME ROW`."""
    for year, column in zip(labels, columns, strict=True):
        for key, item in column.items():
            book.cells[f"account {name} {key}", "mean", year] = item


def _whole(
    book: Book, sheet: Sheet, blocks: Mapping[str, list[Column]], labels: list[str]
) -> list[Column]:
    def content(key: str, written: list[Column]) -> Content:
        index, above = len(written) - 1, written[-1]
        if key in ("net_income", "in_year", "closing_deficit"):
            return _result(key, above)
        return total([columns[index][key] for columns in blocks.values()])

    sheet.heading("Whole DSG (the blocks below, added up)")
    whole = sheet.table("£000", labels, ROLL_FORWARD, content)
    _register(book, WHOLE, labels, whole)
    modelled = by_year(book.results, "in_year_deficit", "mean")
    for index, year in enumerate(labels):
        column = whole[index]
        book.cells["in_year", "mean", year] = column["in_year"]
        closings = total([columns[index]["closing_deficit"] for columns in blocks.values()])
        for name, difference in {
            "whole DSG in-year deficit by formula is the model's mean": column["in_year"]
            - modelled[index],
            "closings of the blocks add up to the whole DSG": column["closing_deficit"] - closings,
            "transfers between blocks sum to nil": column["net_transfers_out"],
        }.items():
            book.check(f"{year}: {name}", difference, ALLOWED_GBP, "GBP")
        if "high_needs" in blocks:
            alone = blocks["high_needs"][index]
            book.cells["high needs in_year", "mean", year] = alone["in_year"]
            book.cells["high needs with", "mean", year] = alone["closing_deficit"]
    return whole


def _views(book: Book, sheet: Sheet, whole: list[Column], labels: list[str]) -> None:
    results = book.results
    before_first = mean(
        results.draws["support_received_to_date"] - results.draws["support"].sum("block")
    )[0]

    def content(key: str, written: list[Column]) -> Content:
        index, above = len(written) - 1, written[-1]
        if key == "with":
            return whole[index]["closing_deficit"]
        if key == "support":
            return whole[index]["support"]
        if key == "received":
            earlier: Figure = written[-2]["received"] if index else figure(before_first)
            return earlier + above["support"]
        return above["with"] + above["support" if key == "excluding" else "received"]

    sheet.heading("Cumulative deficit: three views side by side")
    sheet.note(
        "The agreed trajectory is a deficit before any money from the department, so it is compared "
        f"with the view without support. Received before the first year: £{before_first:,.0f}."
    )
    rows = (
        Row("with", VIEWS["with"][1], weight="total"),
        Row("support", "This year's payment"),
        Row("received", "All support received to date"),
        Row("excluding", VIEWS["excluding"][1], weight="total"),
        Row("without", VIEWS["without"][1], weight="total"),
    )
    columns = sheet.table("£000, mean", labels, rows, content)
    for view, (series, title) in VIEWS.items():
        for year, column in zip(labels, columns, strict=True):
            book.cells[view, "mean", year] = column[view]
        book.check(
            f"{title}: last year by formula is the model's mean",
            columns[-1][view] - by_year(results, series, "mean")[-1],
            ALLOWED_GBP,
            "GBP",
        )


def _range(book: Book, sheet: Sheet, labels: list[str]) -> None:
    draws = book.results.draws
    sheet.heading("The range: percentiles over draws")
    sheet.note(
        "p10: one draw in ten is lower. p50: the middle draw. p90: one draw in ten is higher. Each "
        "percentile is taken of its own row; percentiles do not add up across rows or years."
    )
    series = {
        "in_year": ("In-year deficit, whole DSG", draws["in_year_deficit"]),
        **{view: (title, draws[name]) for view, (name, title) in VIEWS.items()},
    }
    if "high_needs" in draws["block"]:
        alone = draws.sel(block="high_needs")
        series["high needs in_year"] = (
            "In-year deficit, high needs block alone",
            alone["in_year_deficit_by_block"],
        )
        series["high needs with"] = (
            "Cumulative, high needs block alone, with support",
            alone["closing_deficit"],
        )
    sheet.header("£000", *labels)
    for measure, (title, values) in series.items():
        means = [book.cells[measure, "mean", year] for year in labels]
        sheet.line(f"{title}: mean", list(means), "money", "total")
        for statistic in PERCENTILES:
            cells = sheet.line(statistic, list(reduced(values, statistic)), "money",
                               label_style="indent")  # fmt: skip
            for year, item in zip(labels, cells, strict=True):
                book.cells[measure, statistic, year] = item


def _first_year(book: Book, sheet: Sheet, year: str) -> None:
    published = book.results.published
    assert published is not None
    given = [
        _published(published.account, published.views.received_to_date[0, 0]),
        _modelled(book.results.central),
        _modelled(book.results.draws.mean("draw")),
    ]
    rows = (
        Row("opening_deficit", "Deficit brought forward"),
        Row("spend", "Spending, all blocks"),
        Row("net_income", "Net DSG income, all blocks"),
        Row("in_year", "In-year deficit", weight="total"),
        Row("other", "Prior-year adjustments and draws on balances"),
        Row("support", "less support received in the year"),
        Row("with", VIEWS["with"][1], weight="total"),
        Row("excluding", VIEWS["excluding"][1], weight="total"),
        Row("received", "All support received to date"),
        Row("without", VIEWS["without"][1], weight="grand"),
    )

    def content(key: str, written: list[Column]) -> Content:
        above = written[-1]
        if len(written) > len(given):
            return written[2][key] - written[0][key]
        if key == "in_year":
            return above["spend"] - above["net_income"]
        if key == "with":
            opened = above["opening_deficit"] + above["in_year"]
            return opened + above["other"] - above["support"]
        if key == "excluding":
            return above["with"] + above["support"]
        if key == "without":
            return above["with"] + above["received"]
        return given[len(written) - 1][key]

    sheet.heading(f"First year {year}: published basis beside the model view")
    sheet.note(
        "Published basis: budget lines as published, current pupils unchanged, nothing drawn, and of support "
        "only what is sure. Model "
        "view: what the cohort says, with starters and leavers on top. They are not expected to be "
        "equal; the Budget lines sheet shows the difference line by line."
    )
    titles = ["Published basis", "Model, central run", "Model, mean", "Mean less published"]
    columns = sheet.table("£000", titles, rows, content)
    book.cells["adjustments", "mean", year] = columns[2]["other"]
    for key, item in columns[0].items():
        book.cells[f"published {key}", "published", year] = item


def _published(account: BlockAccount, received: float) -> dict[str, float]:
    """First-year parts of the published basis, whole DSG, pounds."""
    parts = {
        "opening_deficit": account.opening_deficit,
        "spend": account.spend,
        "net_income": account.income.net,
        "other": account.prior_year_adjustment + account.draws_on_balances,
        "support": account.support,
    }
    sums = {key: float(account.total(values)[0, 0]) for key, values in parts.items()}
    return {**sums, "received": float(received)}


def _modelled(series: xr.Dataset) -> dict[str, float]:
    """First-year parts of the model view, whole DSG, pounds; transfers sum to nil."""
    first = series.isel(year=0)
    parts = {
        "opening_deficit": first["opening_deficit"],
        "spend": first["spend"],
        "net_income": first["net_income"],
        "other": first["prior_year_adjustment"] + first["draws_on_balances"],
        "support": first["support"],
    }
    sums = {key: float(values.sum()) for key, values in parts.items()}
    return {**sums, "received": float(first["support_received_to_date"])}


def _closed_years(book: Book, sheet: Sheet) -> None:
    """Past years as published, from each opening that the papers print."""
    account = book.results.scenario.account
    assert account is not None
    rows = (
        Row("opening", "Deficit brought forward"),
        Row("adjustment", "Prior-year adjustment"),
        Row("in_year", "In-year deficit"),
        Row("support", "less support from the department"),
        Row("closing", "Deficit carried forward", weight="grand"),
        Row("printed", "Carried forward, as printed"),
        Row("difference", "Difference", weight="total"),
    )
    for closed in account.closed_years:
        year = financial_year_label(closed.year)
        flows = {
            "in_year": closed.in_year_deficit_gbp.central,
            "support": closed.support_gbp.central,
            "printed": closed.closing_deficit_gbp.central,
        }
        given = [{
            "opening": closed.opening_deficit_gbp.central,
            "adjustment": closed.prior_year_adjustment_gbp.central,
            **flows,
        }]  # fmt: skip
        titles = ["As published"]
        if closed.opening_alternative_gbp is not None:
            other = closed.opening_alternative_adjustment_gbp
            opening = closed.opening_alternative_gbp.central
            adjustment = other.central if other is not None else 0.0
            given.append({"opening": opening, "adjustment": adjustment, **flows})
            titles.append("From the other opening")
        sheet.heading(f"Closed year {year}, published")
        if closed.note:
            sheet.note(closed.note)
        if closed.source:
            sheet.note(f"Source: {closed.source}")
        columns = sheet.table("£000", titles, rows, _closing_content(given))
        for title, column in zip(titles, columns, strict=True):
            name = f"{year}: published account closes ({title.lower()})"
            book.check(name, column["difference"], ALLOWED_GBP, "GBP")


def _closing_content(given: Sequence[Mapping[str, float]]) -> Contents:
    def content(key: str, written: list[Column]) -> Content:
        above = written[-1]
        if key == "closing":
            opened = above["opening"] + above["adjustment"]
            return opened + above["in_year"] - above["support"]
        if key == "difference":
            return above["closing"] - above["printed"]
        return given[len(written) - 1][key]

    return content


def _gross_to_net(book: Book, sheet: Sheet) -> None:
    """From the published allocation to the money received, first year, central figures."""
    scenario = book.results.scenario
    account, first = scenario.account, scenario.horizon.first_year
    assert account is not None
    draws = central(scenario)
    sheet.heading(f"From gross allocation to money received, {financial_year_label(first)}")
    sheet.header("£", "Places", "Rate, £", "Amount, £")
    gross = [
        _amount(sheet, f"{BLOCK_TITLES[block.id]} block, gross",
                float(draws.by_year(block.gross_income_gbp)[0, 0]))
        for block in account.blocks
    ]  # fmt: skip
    whole = _amount(sheet, "Gross DSG", total(list(gross)), "total")
    kept: list[Cell] = []
    for block in account.blocks:
        parts: list[Cell] = []
        for deduction in block.deductions:
            if deduction.places is None or deduction.rate_gbp is None:
                amount = float(deduction_gbp(deduction, draws)[0, 0])
                parts.append(_amount(sheet, f"less {deduction.title}", amount))
                continue
            places = sheet.put(sheet.row, 1, deduction.places.central, "plans")
            rate = sheet.put(sheet.row, 2, deduction.rate_gbp.central, "pounds")
            assert places is not None
            assert rate is not None
            parts.append(_amount(sheet, f"less {deduction.title}", places * rate))
        if parts:
            title = f"Deductions from the {BLOCK_TITLES[block.id].lower()} block"
            kept.append(_amount(sheet, title, total(list(parts)), "total"))
    net = whole
    if kept:
        net = _amount(sheet, "Net DSG received", whole - total(list(kept)), "grand")
    for printed in account.printed:
        if printed.year == first and printed.net_income_gbp is not None:
            shown = _amount(sheet, "Net DSG received, as printed", printed.net_income_gbp.central)
            gap = shown - net
            explained = abs(gap.value) <= printed.tolerance_gbp
            words = "rounding of printed figures" if explained else "NOT explained by rounding"
            _amount(sheet, f"Gap: {words}", gap, "total")


def _vintages(book: Book, sheet: Sheet) -> None:
    """Figures of the account as a source of another date gives them, beside those used."""
    account = book.results.scenario.account
    assert account is not None
    if not account.vintages:
        return
    sheet.heading("The same figures from another date")
    sheet.note("Shown so that nobody is surprised by the later file; the forecast uses the first.")
    sheet.header("£", "Used here", "Other source", "Difference")
    for item in account.vintages:
        sheet.put(sheet.row, 0, item.title, "indent")
        used = sheet.put(sheet.row, 1, item.used_gbp.central, "pounds")
        other = sheet.put(sheet.row, 2, item.other_gbp.central, "pounds")
        assert used is not None
        assert other is not None
        sheet.put(sheet.row, 3, other - used, "pounds")
        sheet.row += 1
    sources = sorted({item.source for item in account.vintages if item.source})
    sheet.note("Sources: " + " | ".join(sources))


def _amount(sheet: Sheet, title: str, value: Content, weight: str = "") -> Cell:
    """A labelled amount in pounds in the fourth column."""
    looks = (weight,) if weight else ()
    sheet.put(sheet.row, 0, title, "label" if weight else "indent", *looks)
    item = sheet.put(sheet.row, 3, value, "pounds", *looks)
    assert item is not None
    sheet.row += 1
    return item
