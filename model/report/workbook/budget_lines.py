"""Budget lines: budget, published outturn, anchoring, spending by year, and the s251 view."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
from xlsxwriter.utility import xl_rowcol_to_cell

from model.reference.bundled import read_csv_rows
from model.report.workbook.figures import Cell, Figure, total, total_where
from model.report.workbook.measures import reduced, years
from model.report.workbook.sheet import Book, Content, Sheet
from model.scenario.funding_schema import Line

NAME = "Budget lines"

ALLOWED_GBP = 0.01
CHARTED_LINES = 5
"""Lines shown by name in the chart; the others are added up."""

SCOPES = {"whole_year": "whole year", "current_pupils": "current pupils only"}


def write(book: Book) -> None:
    """Fill the sheet; registers total spending and the rows behind the chart."""
    sheet, labels = book.sheets[NAME], years(book.results)
    sheet.columns(44, *[11.5] * max(len(labels) + 3, 12))
    sheet.title(
        "Budget lines",
        "Shown in £ thousands (cells hold pounds) unless a header says otherwise. An overspend is "
        "positive.",
    )
    totals = _spending(book, sheet, labels)
    _first_year(book, sheet, labels[0])
    _percentiles(book, sheet, labels)
    _prices(book, sheet, labels)
    _s251(book, sheet, labels, totals)
    _charted(book, sheet, labels)
    sheet.finish()


def _lines(book: Book) -> list[Line]:
    funding = book.results.scenario.funding
    assert funding is not None
    return funding.lines


def _spending(book: Book, sheet: Sheet, labels: list[str]) -> list[Cell]:
    """Mean spending by line and year with totals and the change on the year before."""
    spend = book.results.draws["line_spend"]
    sheet.heading("Spending by year, mean over draws")
    sheet.header("£000", *labels, "Change, first to last year", "A year, on average")
    first = sheet.row
    for line in _lines(book):
        cells = sheet.line(line.title, list(reduced(spend.sel(line=line.id), "mean")), "money")
        _growth(sheet, cells)
        for year, item in zip(labels, cells, strict=True):
            book.cells[f"line {line.id}", "mean", year] = item
    by_year = [
        [book.cells[f"line {line.id}", "mean", year] for line in _lines(book)] for year in labels
    ]
    totals = sheet.line("All lines", [total(list(column)) for column in by_year], "money", "grand")
    _growth(sheet, totals)
    changes: list[Content] = [None]
    changes += [later - earlier for earlier, later in itertools.pairwise(totals)]
    sheet.line("Change on the year before", changes, "money", label_style="indent")
    modelled = reduced(spend.sum("line"), "mean")
    for index, year in enumerate(labels):
        book.cells["spend", "mean", year] = totals[index]
        book.check(
            f"{year}: budget lines add up to the model's mean spending",
            totals[index] - modelled[index],
            ALLOWED_GBP,
            "GBP",
        )
    sheet.worksheet.ignore_errors({"formula_range": f"A{first}:Z{sheet.row}"})
    return totals


def _growth(sheet: Sheet, cells: list[Cell]) -> None:
    """Change from the first to the last year, in money and a year on average."""
    if len(cells) < 2:
        return
    row, column = cells[-1].row, cells[-1].column
    sheet.put(row, column + 1, cells[-1] - cells[0], "money")
    if cells[0].value > 0 and cells[-1].value > 0:
        steps = len(cells) - 1
        growth = (cells[-1].value / cells[0].value) ** (1 / steps) - 1
        text = f"({cells[-1].text}/{cells[0].text})^(1/{steps})-1"
        sheet.put(row, column + 2, Figure(text, growth), "share1")


def _first_year(book: Book, sheet: Sheet, year: str) -> None:
    """Budget, published outturn, how it is anchored, and what the model says."""
    results = book.results
    spend = results.draws["line_spend"].isel(year=0)
    sheet.heading(f"First year {year}: budget, published outturn, model")
    sheet.note(
        "The anchoring factor scales a line so that its central run meets the published outturn, "
        "once, in every draw and year. Before anchoring: what volumes times prices come to (for a "
        "line published for current pupils only, those pupils; starters and leavers come on top). "
        "p10 and p90 do not add up."
    )
    sheet.header(
        "£000", "Budget", "Published outturn", "Over budget", "Published covers",
        "Before anchoring", "Anchoring factor", "One-off, first year", "Model: central run",
        "Model: mean", "Mean less published", "Model: p10", "Model: p90", text=(4,),
    )  # fmt: skip
    columns: dict[int, list[Cell]] = {}
    for line in _lines(book):
        anchor = results.anchors[line.id]
        draws = spend.sel(line=line.id).to_numpy()
        row = sheet.row
        budget = line.budget_gbp.central if line.budget_gbp is not None else None
        published = line.published_gbp.central if line.published_gbp is not None else None
        sheet.put(row, 0, line.title, "label")
        given: dict[int, Content] = {
            1: budget,
            2: published,
            4: SCOPES.get(line.published_scope, line.published_scope),
            5: anchor.basis_gbp,
            7: anchor.one_off_gbp,
            8: float(results.central["line_spend"].sel(line=line.id).isel(year=0)),
            9: book.cells[f"line {line.id}", "mean", year],
            11: float(np.quantile(draws, 0.1)),
            12: float(np.quantile(draws, 0.9)),
        }
        written = {
            column: sheet.put(row, column, value, "money" if column != 4 else "gap")
            for column, value in given.items()
        }
        sheet.put(row, 6, anchor.factor, "factor")
        if budget is not None and published is not None:
            written[3] = sheet.put(row, 3, _less(written[2], written[1]), "money")
        if published is not None:
            written[10] = sheet.put(row, 10, _less(written[9], written[2]), "money")
        for column, item in written.items():
            if item is not None:
                columns.setdefault(column, []).append(item)
        sheet.row += 1
    row = sheet.row
    sheet.put(row, 0, "All lines", "label", "grand")
    for column in range(1, 13):
        sheet.put(row, column, None, "grand")
    sums = {
        column: sheet.put(row, column, total(list(columns[column])), "money", "grand")
        for column in (1, 2, 5, 7, 8, 9)
        if column in columns
    }
    every = spend.sum("line").to_numpy()
    if 1 in sums and 2 in sums:
        sheet.put(row, 3, _less(sums[2], sums[1]), "money", "grand")
    if 2 in sums:
        sheet.put(row, 10, _less(sums[9], sums[2]), "money", "grand")
    sheet.put(row, 11, float(np.quantile(every, 0.1)), "money", "grand")
    sheet.put(row, 12, float(np.quantile(every, 0.9)), "money", "grand")
    sheet.row += 1
    sheet.last_column = max(sheet.last_column, 12)
    for line in _lines(book):
        if line.note:
            sheet.note(f"{line.title}: {line.note}")


def _less(one: Cell | None, other: Cell | None) -> Figure:
    assert one is not None
    assert other is not None
    return one - other


def _percentiles(book: Book, sheet: Sheet, labels: list[str]) -> None:
    spend = book.results.draws["line_spend"]
    sheet.heading("The range of each line")
    sheet.note(
        "Percentiles are taken of each line by itself: columns do not add up to the last rows."
    )
    for statistic, words in (("p10", "one draw in ten is lower"), ("p90", "one in ten is higher")):
        if statistic != "p10":
            sheet.block()
        sheet.header(f"£000, {statistic}: {words}", *labels)
        for line in _lines(book):
            sheet.line(line.title, list(reduced(spend.sel(line=line.id), statistic)), "money")
        cells = sheet.line(
            f"{statistic} of all lines together (not the sum)",
            list(reduced(spend.sum("line"), statistic)),
            "money",
            "grand",
        )
        for year, item in zip(labels, cells, strict=True):
            book.cells["spend", statistic, year] = item
        sheet.row += 1
    middle = reduced(spend.sum("line"), "p50")
    cells = sheet.line("p50 of all lines together", list(middle), "money", "total")
    for year, item in zip(labels, cells, strict=True):
        book.cells["spend", "p50", year] = item


def _prices(book: Book, sheet: Sheet, labels: list[str]) -> None:
    """Volumes in force and average price of the lines that pupils drive."""
    draws = book.results.draws
    driven = [
        line
        for line in _lines(book)
        if float(draws["line_plan_years"].sel(line=line.id).mean()) > 0
    ]
    if not driven:
        return
    sheet.heading("Volumes and average prices of the lines that pupils or places drive")
    sheet.note(
        "Volume: plans, FTE pupils without a plan, or places in force on average over the year. "
        "Average price: mean spending divided by mean volume, so it moves with the mix as well as "
        "with inflation."
    )
    sheet.header("Volume, average over the year", *labels)
    volumes = {
        line.id: sheet.line(
            line.title, list(reduced(draws["line_plan_years"].sel(line=line.id), "mean")), "plans"
        )
        for line in driven
    }
    sheet.row += 1
    sheet.header("Average price, £ a year", *labels)
    for line in driven:
        spend = [book.cells[f"line {line.id}", "mean", year] for year in labels]
        prices: list[Content] = [
            money / volume if volume.value > 0 else None
            for money, volume in zip(spend, volumes[line.id], strict=True)
        ]
        sheet.line(line.title, prices, "pounds")


def _s251(book: Book, sheet: Sheet, labels: list[str], totals: list[Cell]) -> None:
    """The same spending by section 251 line: drivers, then sums by code, then the check."""
    draws = book.results.draws
    sheet.heading("Section 251 view: the same spending by reporting line")
    sheet.note(
        "s251 line 1.0.2 leaves out places in academies, which the department pays directly."
    )
    sheet.header("What is paid for (mean, £000)", "s251 line", *labels, text=(1,))
    first = sheet.row
    codes: list[str] = []
    rows: list[list[Cell]] = []
    for line in _lines(book):
        for driver in line.drivers:
            values = reduced(draws["driver_spend"].sel(driver=f"{line.id}.{driver.id}"), "mean")
            codes.append(driver.s251)
            rows.append(_coded(sheet, driver.title, driver.s251, values))
            for year, item in zip(labels, rows[-1], strict=True):
                book.cells[f"driver {line.id}.{driver.id}", "mean", year] = item
        change = reduced(draws["line_mitigation"].sel(line=line.id), "mean")
        if any(abs(value) > ALLOWED_GBP for value in change):
            code = line.drivers[0].s251
            codes.append(code)
            rows.append(_coded(sheet, f"Mitigations in: {line.title}", code, change))
    last = sheet.row - 1
    keys = (
        f"'{NAME}'!{xl_rowcol_to_cell(first, 1, True, True)}"
        f":{xl_rowcol_to_cell(last, 1, True, True)}"
    )
    sheet.row += 1
    sheet.block()
    sheet.header("By s251 line (mean, £000)", "s251 line", *labels, text=(1,))
    sums: list[list[Cell]] = []
    titles = {row["code"]: row["title"] for row in read_csv_rows("reference/s251_lines.csv")}
    for code in sorted(set(codes), key=_code_order):
        at = f"'{NAME}'!{xl_rowcol_to_cell(sheet.row, 1)}"
        columns = [[row[i] for row in rows] for i in range(len(labels))]
        coded = [total_where(code, at, codes, keys, column) for column in columns]
        sums.append(_coded(sheet, titles.get(code, "Spending on this line"), code, coded))
    by_code = [total([row[i] for row in sums]) for i in range(len(labels))]
    grand = _coded(sheet, "All s251 lines", "", by_code, "grand")
    lines = _coded(sheet, "All budget lines, from above", "", totals)
    gaps = _coded(
        sheet, "Difference (should be nil)", "",
        [a - b for a, b in zip(grand, lines, strict=True)], "total",
    )  # fmt: skip
    for year, gap in zip(labels, gaps, strict=True):
        book.check(f"{year}: s251 lines add up to the budget lines", gap, ALLOWED_GBP, "GBP")


def _code_order(code: str) -> list[tuple[int, str]]:
    """1.2.9 before 1.2.11: parts of a code in the order of their numbers."""
    return [(int(part) if part.isdigit() else 0, part) for part in code.split(".")]


def _coded(
    sheet: Sheet,
    title: str,
    code: str,
    values: Sequence[float] | Sequence[Figure],
    weight: str = "",
) -> list[Cell]:
    """A row with its s251 line in the second column."""
    looks = (weight,) if weight else ()
    return sheet.line(title, [code, *values], "money", *looks)


def _charted(book: Book, sheet: Sheet, labels: list[str]) -> None:
    """The largest lines and the sum of the others, for the chart on the Summary."""
    lines = _lines(book)
    last = labels[-1]
    ranked = sorted(lines, key=lambda line: -book.cells[f"line {line.id}", "mean", last].value)
    named = ranked[: CHARTED_LINES if len(lines) > CHARTED_LINES + 1 else len(lines)]
    others = [line for line in lines if line not in named]
    sheet.heading("As charted on the Summary")
    sheet.header("£000, mean", *labels)
    for line in named:
        cells = [book.cells[f"line {line.id}", "mean", year] for year in labels]
        book.charted_spend.append(sheet.line(line.title, list(cells), "money"))
    if others:
        sums = [
            total([book.cells[f"line {o.id}", "mean", year] for o in others]) for year in labels
        ]
        title = f"All other lines ({len(others)})"
        book.charted_spend.append(sheet.line(title, list(sums), "money"))
