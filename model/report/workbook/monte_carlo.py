"""Monte Carlo: every percentile of the headline series, and a sample of draws."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from model.report.workbook.measures import VIEWS, date_title, years
from model.report.workbook.sheet import Book, Sheet
from model.results import PERCENTILES, Results

NAME = "Monte Carlo"

SAMPLE_DRAWS = 200
LAST_PRINTED = 10

Floats = NDArray[np.float64]


def write(book: Book) -> None:
    """Fill the sheet: the long table last, because its header is repeated on pages that follow."""
    sheet, results = book.sheets[NAME], book.results
    sheet.columns(62, 13, *[11.5] * 26, note_width=205)
    sheet.last_column = LAST_PRINTED
    sheet.title(
        "Monte Carlo",
        "Each draw is one joint sample of every uncertain input."
        + (
            " Money in £ thousands (cells hold pounds); a deficit is positive."
            if results.scenario.funding is not None or results.scenario.account is not None
            else ""
        ),
    )
    _reading(sheet, results)
    _percentiles(sheet, results)
    printed = sheet.row - 1
    _sample(sheet, results)
    sheet.finish(last_row=printed)


def _reading(sheet: Sheet, results: Results) -> None:
    chance = (
        "and chance (which plans start, end and move)"
        if results.chance
        else "but not chance: it was switched off in this run"
    )
    sheet.heading("What the range holds, and what it does not")
    sheet.note(f"Inside: the ranges on the Assumptions sheet for inputs that are drawn, {chance}.")
    sheet.note(
        "Outside: assumptions shown with a range but not drawn, changes of national policy or "
        "funding, changes in how plans are recorded, and errors in published figures."
    )
    sheet.note(
        "Central run: every input at its central value, chance off. It differs from the mean because "
        "spending is not in proportion to every input, and because something likely but not certain, "
        "such as the approval of a transfer, counts in full in the central run."
    )


def _percentiles(sheet: Sheet, results: Results) -> None:
    sheet.heading("Percentiles")
    sheet.repeat(sheet.row, sheet.row)
    sheet.header(
        "Measure", "When", "Mean", "Central run",
        *(f"p{level:02d}" for level in PERCENTILES), text=(1,),
    )  # fmt: skip
    for title, when, number, draws, centre in _measures(results):
        values = [float(x) for x in np.quantile(draws, [p / 100 for p in PERCENTILES])]
        sheet.line(title, [when, float(draws.mean()), centre, *values], number)


def _measures(results: Results) -> Iterator[tuple[str, str, str, Floats, float]]:
    """(title, when, number format, draws, central run) of every row of the table."""
    draws, central = results.draws, results.central
    if "in_year_deficit" in draws:
        series = {
            "in_year_deficit": "In-year deficit, £000",
            **{name: f"Cumulative deficit, £000: {title}" for name, title in VIEWS.values()},
        }
        for name, title in series.items():
            yield from _rows(title, "money", draws[name], central[name])
    if "line_spend" in draws:
        yield from _rows(
            "Spending, all budget lines, £000",
            "money",
            draws["line_spend"].sum("line"),
            central["line_spend"].sum("line"),
        )
    if "plans" in draws:
        stock, centre = draws["plans_by_setting"], central["plans_by_setting"]
        januaries = [str(d) for d in stock["date"].to_numpy() if str(d).endswith("-01")]
        for date in januaries:
            one = stock.sel(date=date).sum("setting").to_numpy()
            middle = float(centre.sel(date=date).sum("setting"))
            yield "Plans in force", date_title(date), "count", one, middle
    if "line_spend" in draws:
        funding = results.scenario.funding
        assert funding is not None
        for line in funding.lines:
            yield from _rows(
                f"{line.title}, £000",
                "money",
                draws["line_spend"].sel(line=line.id),
                central["line_spend"].sel(line=line.id),
            )


def _rows(
    title: str, number: str, draws: xr.DataArray, central: xr.DataArray
) -> Iterator[tuple[str, str, str, Floats, float]]:
    for year in (str(item) for item in draws["year"].to_numpy()):
        yield title, year, number, draws.sel(year=year).to_numpy(), float(central.sel(year=year))


def _sample(sheet: Sheet, results: Results) -> None:
    """The first draws as they are, for the reader's own analysis; not printed."""
    draws = results.draws
    series = {
        "in_year_deficit": "In-year deficit",
        "cumulative_without_support": "Cumulative without support",
        "cumulative_with_support": "Cumulative with support",
    }
    columns: list[tuple[str, str, Floats]] = [
        (f"{title} {year}, £000", "money", draws[name].sel(year=year).to_numpy())
        for name, title in series.items()
        if name in draws
        for year in years(results)
    ]
    if "line_spend" in draws:
        spend = draws["line_spend"].sum("line")
        columns += [
            (f"Spending {year}, £000", "money", spend.sel(year=year).to_numpy())
            for year in years(results)
        ]
    if "plans" in draws:
        stock = draws["plans_by_setting"].sum("setting")
        columns += [
            (f"Plans {date_title(str(d))}", "count", stock.sel(date=d).to_numpy())
            for d in stock["date"].to_numpy()
            if str(d).endswith("-01")
        ]
    count = min(SAMPLE_DRAWS, results.draw_count)
    sheet.heading(f"A sample of draws: the first {count} of {results.draw_count:,}")
    sheet.note("Not printed. Every draw is in draws.parquet beside this workbook.")
    sheet.header("Draw", *(title for title, _, _ in columns))
    numbers = [number for _, number, _ in columns]
    for draw in range(count):
        row = [float(values[draw]) for _, _, values in columns]
        sheet.line(f"{draw + 1}", list(row), each=numbers)
