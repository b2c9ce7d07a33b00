"""Bridge: from one closing deficit to the other by cause, with its chart."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from model.compare.causes import CAUSES, VIEWS, Cause, View
from model.reference.calendar import financial_year_label
from model.report.bridge.comparison import Comparison
from model.report.bridge.item_sheets import BY_YEAR
from model.report.bridge.tidy import NIL, closings
from model.report.read_run import SavedRun
from model.report.rounding import half_away
from model.report.workbook.charts import ROWS, place
from model.report.workbook.figures import Cell, Figure, figure, total
from model.report.workbook.sheet import Content, Pages, Sheet
from model.report.workbook.waterfall import Step, waterfall

Floats = NDArray[np.float64]

NAME = "Bridge"
CHART_WIDTH = 1080

MEAN_WITH, P10, P90, MEAN_WITHOUT, MEANING = 1, 2, 3, 4, 5
"""Columns of the bridge."""
COLUMNS: dict[View, int] = {"with": MEAN_WITH, "without": MEAN_WITHOUT}

Moved = dict[Cause, Cell]
"""The written effect of each cause, with support."""


def write(
    book: Pages,
    found: Comparison,
    year: str,
    by_line: Mapping[Cause, Cell],
    by_year: Mapping[tuple[View, Cause], Figure],
) -> int:
    """Fill the sheet from the sums of By line and By year. Returns the row left free for what the
    live checks say, which are not all there yet."""
    sheet = book.sheets[NAME]
    sheet.columns(34, 14, 12, 12, 14, 66, note_width=150)
    when = f"31 March {int(year[:4]) + 1}"
    sheet.title(
        f"Why the forecast changed: cumulative DSG deficit at {when}",
        "£000 (cells hold pounds). A deficit is positive. A positive cause makes the deficit of B the "
        "larger one, a minus the smaller.",
    )
    for warning in found.warnings:
        sheet.note(warning, "bold")
    sheet.note(found.pairing)
    statement = sheet.row
    sheet.row += 1
    _runs(sheet, found)
    ends, moved = _causes(book, sheet, found, year, by_line, by_year)
    _chart(book, sheet, found, when, ends, moved)
    sheet.finish(landscape=False, one_page=True)
    return statement


def _runs(sheet: Sheet, found: Comparison) -> None:
    sheet.heading("The two forecasts")
    sheet.header("", "A", "", "", "B", "", text=(1, 4))
    facts = {
        "Scenario": [run.loaded.scenario.title for run in (found.a, found.b)],
        "Run": [run.run_id for run in (found.a, found.b)],
        "Made": [str(run.manifest["created"])[:10] for run in (found.a, found.b)],
        "Draws and seed": [
            f"{run.manifest['draws']:,}, seed {run.manifest['seed']}" for run in (found.a, found.b)
        ],
        "Years": [_years(run) for run in (found.a, found.b)],
    }
    for title, (a, b) in facts.items():
        sheet.put(sheet.row, 0, title, "label")
        sheet.put(sheet.row, 1, a, "inset")
        sheet.put(sheet.row, 4, b, "inset")
        sheet.row += 1


def _years(run: SavedRun) -> str:
    years = run.loaded.scenario.horizon.years
    return f"{financial_year_label(years[0])} to {financial_year_label(years[-1])}"


def _causes(
    book: Pages,
    sheet: Sheet,
    found: Comparison,
    year: str,
    by_line: Mapping[Cause, Cell],
    by_year: Mapping[tuple[View, Cause], Figure],
) -> tuple[tuple[Cell, Cell], Moved]:
    """The bridge. Returns the two deficits and the effect of each cause, with support."""
    at = found.years.index(year)
    sheet.heading("From A to B by cause")
    if found.paired:
        sheet.note(
            "p10 and p90: one draw in ten is lower, one in ten higher. Means add up from A to B; "
            "percentiles (and medians) do not, each is of its own row."
        )
    sheet.header("", "With support, mean", "p10", "p90", "Without support, mean", "What it is",
                 text=(MEANING,))  # fmt: skip
    first = _end(sheet, found, "A: deficit as forecast", 0, at)
    added: dict[View, list[Cell]] = {"with": [], "without": []}
    moved: Moved = {}
    for cause in CAUSES:
        row = sheet.row
        sheet.put(row, 0, cause.title, "indent")
        sheet.put(row, MEANING, cause.meaning, "gap")
        for view, column in COLUMNS.items():
            if view not in cause.views:
                continue
            value: Content = by_year.get((view, cause), 0.0)
            if view == "with" and cause in by_line:
                value = by_line[cause] + 0.0
            written = sheet.put(row, column, value, "money")
            assert written is not None
            added[view].append(written)
            if view == "with":
                moved[cause] = written
                if (view, cause) in by_year:
                    book.check(
                        f"Bridge, {cause.title.lower()}: by line = by year",
                        written - by_year[view, cause],
                        1e-2,
                        "GBP",
                    )
                if found.paired:
                    _percentiles(sheet, row, found.bridge.cumulative(cause, view)[at])
        sheet.row += 1
    sheet.put(sheet.row, 0, "B: A and all causes", "label", "total")
    sums: dict[View, Cell] = {}
    for view, column in COLUMNS.items():
        summed = sheet.put(sheet.row, column, first[view] + total(added[view]), "money", "total")
        assert summed is not None
        sums[view] = summed
    for column in (P10, P90, MEANING):
        sheet.put(sheet.row, column, None, "total")
    sheet.row += 1
    last = _end(sheet, found, "B: deficit as forecast", 1, at)
    for view in VIEWS:
        name = f"Bridge, {view} support: A and all causes = B as forecast"
        book.check(name, sums[view] - last[view], 1e-2, "GBP")
    sheet.put(sheet.row, 0, "B less A", "label", "grand")
    for view, column in COLUMNS.items():
        sheet.put(sheet.row, column, last[view] - first[view], "money", "grand")
    difference = closings(found, "with")[-1][2][at]
    if found.paired:
        _percentiles(sheet, sheet.row, difference, "grand")
    sheet.row += 1
    return (first["with"], last["with"]), moved


def _end(sheet: Sheet, found: Comparison, title: str, which: int, at: int) -> dict[View, Cell]:
    """The row of a run's own closing deficit, in both views."""
    sheet.put(sheet.row, 0, title, "label", "bold")
    cells: dict[View, Cell] = {}
    for view, column in COLUMNS.items():
        values = closings(found, view)[which][2][at]
        written = sheet.put(sheet.row, column, float(values.mean()), "money", "bold")
        assert written is not None
        cells[view] = written
        if view == "with" and found.paired:
            _percentiles(sheet, sheet.row, values)
    sheet.row += 1
    return cells


def _percentiles(sheet: Sheet, row: int, values: Floats, *looks: str) -> None:
    for column, percentile in ((P10, 10), (P90, 90)):
        sheet.put(row, column, float(np.percentile(values, percentile)), "money", *looks)


def _chart(
    book: Pages, sheet: Sheet, found: Comparison, when: str, ends: tuple[Cell, Cell], moved: Moved
) -> None:
    """The chart, from steps that stand under By year: from where to where each cause moves it."""
    at = sheet.row
    sheet.row += ROWS
    below = book.sheets[BY_YEAR]
    below.heading("Steps of the chart on Bridge, with support")
    below.header("Cause", "From", "To")
    steps = [_step(below, "A: deficit", figure(0.0), ends[0], whole=True)]
    before: Figure = ends[0]
    for cause, cell in moved.items():
        if abs(cell.value) >= NIL:
            step = _step(below, cause.title, before, before + cell)
            steps.append(step)
            before = step.end
    steps.append(_step(below, "B: deficit", figure(0.0), ends[1], whole=True))
    names = ("Cumulative deficit", "Makes the deficit larger", "Makes it smaller")
    title = f"Cumulative deficit at {when}, with support"
    chart = waterfall(book, below, steps, title, names)
    largest = max(moved, key=lambda cause: abs(moved[cause].value))
    said = "No cause differs."
    if abs(moved[largest].value) >= NIL:
        said = f"The largest is {largest.title.lower()}, {_millions(moved[largest])}."
    description = (
        f"Columns from the deficit of A, {_millions(ends[0])}, to that of B, {_millions(ends[1])}, "
        f"means, with a step for each cause that is not nil. {said}"
    )
    place(sheet, chart, description, at, 0, CHART_WIDTH)


def _step(sheet: Sheet, title: str, start: Figure, end: Figure, *, whole: bool = False) -> Step:
    cells = sheet.line(title, [start, end], "money", label_style="indent")
    return Step(cells[0], cells[1], whole)


def _millions(cell: Cell) -> str:
    """Pounds in words, as a description says them."""
    return f"£{half_away(cell.value / 1e6, 1):,.1f} million".replace("£-", "-£")
