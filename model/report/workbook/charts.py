"""The native charts of the Summary: they read cells of this workbook and carry a description."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from xlsxwriter.utility import xl_range_abs

from model.report.workbook.figures import Cell
from model.report.workbook.sheet import Book, Sheet
from model.report.workbook.styles import FONT, INK, QUIET, STACK_COLOURS

WHOLE_MILLIONS_FROM = 15e6
WIDTH, HEIGHT, GAP, ROWS = 560, 320, 6, 19
"""Pixels of a chart on a sheet of its own table, and the rows it takes."""

MOVE_WITH_CELLS = 2
DASHES = ("solid", "dash", "round_dot", "long_dash")
"""Lines differ in their dashes too, for a grey printer."""

LINES: dict[str, dict[str, Any]] = {
    "Agreed target": {"color": "#000000", "width": 2.75, "dash_type": "solid"},
    "p90 (one draw in ten is higher)": {"color": "#D98E04", "width": 1.75, "dash_type": "dash"},
    "Mean": {"color": "#12355B", "width": 2.75, "dash_type": "solid"},
    "p50 (middle draw)": {"color": "#5B9BD5", "width": 1.75, "dash_type": "round_dot"},
    "p10 (one draw in ten is lower)": {
        "color": "#D98E04",
        "width": 1.75,
        "dash_type": "square_dot",
    },
}
LINES |= {
    "Average": LINES["Mean"],
    "High case (1 in 10 is higher)": LINES["p90 (one draw in ten is higher)"],
    "Low case (1 in 10 is lower)": LINES["p10 (one draw in ten is lower)"],
}
"""The same lines under the plain names of the members' page."""

MARKERS = {
    "Agreed target": "square",
    "p90 (one draw in ten is higher)": "triangle",
    "Mean": "circle",
    "p50 (middle draw)": "none",
    "p10 (one draw in ten is lower)": "diamond",
}


def millions(cells: Sequence[Cell]) -> str:
    """Axis format in £ million: whole ones where the axis is long enough."""
    largest = max((abs(item.value) for item in cells), default=0.0)
    digits = "#,##0" if largest >= WHOLE_MILLIONS_FROM else "#,##0.0"
    return f"{digits},,;-{digits},,;0"


def cumulative(book: Book, series: Mapping[str, Sequence[Cell]]) -> Any:
    """Cumulative deficit as percentile lines against the trajectory, into surplus if need be."""
    chart = book.workbook.add_chart({"type": "line"})
    number = millions([item for cells in series.values() for item in cells])
    for name, line in LINES.items():
        if name in series:
            cells = series[name]
            marker = {"type": MARKERS[name], "size": 6}
            if MARKERS[name] != "none":
                marker |= {"fill": {"color": line["color"]}, "border": {"color": line["color"]}}
            chart.add_series(
                {
                    "name": name,
                    "categories": categories(cells),
                    "values": cells_range(cells),
                    "line": line,
                    "marker": marker,
                }
            )
    dress(chart, "Cumulative deficit without support, £ million", number)
    return chart


def lines(book: Book, series: Mapping[str, Sequence[Cell]], title: str, number: str) -> Any:
    """Lines over the months or years whose labels stand in the first column of the rows."""
    chart = book.workbook.add_chart({"type": "line"})
    for index, (name, cells) in enumerate(series.items()):
        plain = {"color": STACK_COLOURS[index % len(STACK_COLOURS)], "width": 2.25}
        line = LINES.get(name, {**plain, "dash_type": DASHES[index % len(DASHES)]})
        chart.add_series(
            {
                "name": name,
                "categories": categories(cells),
                "values": cells_range(cells),
                "line": line,
            }
        )
    dress(chart, title, number)
    return chart


def place(
    sheet: Sheet, chart: Any, description: str, row: int, position: int, width: int = WIDTH
) -> None:
    """Put a chart beside others on a sheet, left to right, with its description."""
    chart.set_size({"width": width - GAP, "height": HEIGHT})
    sheet.worksheet.insert_chart(
        row, 0, chart,
        {"x_offset": position * WIDTH, "y_offset": 6, "description": description,
         "object_position": MOVE_WITH_CELLS},
    )  # fmt: skip


def stacked(book: Book, rows: Sequence[Sequence[Cell]], title: str, number: str) -> Any:
    """Stacked columns of rows whose titles stand left of them and whose header stands on top."""
    chart = book.workbook.add_chart({"type": "column", "subtype": "stacked"})
    header = rows[0][0].row - 1
    for index, row in enumerate(rows):
        first, last = row[0], row[-1]
        chart.add_series(
            {
                "name": [first.sheet, first.row, 0],
                "categories": [first.sheet, header, first.column, header, last.column],
                "values": cells_range(row),
                "fill": {"color": STACK_COLOURS[index % len(STACK_COLOURS)]},
                "border": {"color": "#FFFFFF", "width": 0.75},
                "gap": 60,
            }
        )
    dress(chart, title, number)
    return chart


def tornado(book: Book, rows: Sequence[tuple[Cell, Cell]], title: str, unit: str) -> Any:
    """Bars to either side of the central run: one row an input, (low, high) changes, titles in the
    first column."""
    chart = book.workbook.add_chart({"type": "bar", "subtype": "stacked"})
    for end, name, colour in (
        (0, "Input at its low end", "#5B9BD5"),
        (1, "Input at its high end", "#D98E04"),
    ):
        cells = [row[end] for row in rows]
        chart.add_series(
            {
                "name": name,
                "categories": categories(cells),
                "values": cells_range(cells),
                "fill": {"color": colour},
                "border": {"color": "#FFFFFF", "width": 0.75},
                "gap": 40,
            }
        )
    number = millions([cell for row in rows for cell in row]) if unit == "GBP" else "General"
    dress(chart, title + (", £ million" if unit == "GBP" else ""), number)
    font = {"name": FONT, "size": 8, "color": INK}
    # The largest swing on top, names clear of the bars.
    chart.set_y_axis({"reverse": True, "label_position": "low", "num_font": font,
                      "major_gridlines": {"visible": False}})  # fmt: skip
    chart.set_x_axis({"num_font": font, "num_format": number, "label_position": "low",
                      "major_gridlines": {"visible": True, "line": {"color": "#D9D9D9", "width": 0.5}}})  # fmt: skip
    return chart


def cells_range(cells: Sequence[Cell]) -> str:
    """The address of a run of cells, for a series."""
    first, last = cells[0], cells[-1]
    return f"='{first.sheet}'!{xl_range_abs(first.row, first.column, last.row, last.column)}"


def categories(cells: Sequence[Cell]) -> str:
    """The first column beside a run of cells in one column."""
    first, last = cells[0], cells[-1]
    return f"='{first.sheet}'!{xl_range_abs(first.row, 0, last.row, 0)}"


def dress(chart: Any, title: str, number: str, start: float = 0.0) -> None:
    """Title, axes, legend and frame as all charts have them; `start`: where the money axis starts."""
    font = {"name": FONT, "size": 9, "color": INK}
    chart.set_title(
        {"name": title, "name_font": {"name": FONT, "size": 11, "bold": True, "color": INK},
         "overlay": False}
    )  # fmt: skip
    chart.set_x_axis({"num_font": font, "label_position": "low", "line": {"color": QUIET}})
    chart.set_y_axis(
        {
            "num_font": font,
            "num_format": number,
            "major_gridlines": {"visible": True, "line": {"color": "#D9D9D9", "width": 0.5}},
            "line": {"none": True},
            **({"min": start} if start else {}),
        }
    )
    chart.set_legend({"position": "bottom", "font": font})
    chart.set_chartarea({"border": {"color": "#BFBFBF"}})
    chart.show_blanks_as("gap")
