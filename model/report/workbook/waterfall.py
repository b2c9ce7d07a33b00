"""A waterfall of stacked columns: two levels and, between them, a step for each cause."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from model.report.workbook.charts import categories, cells_range, dress, millions
from model.report.workbook.figures import Cell, Figure, at_least, below, largest, smallest, when
from model.report.workbook.sheet import Pages, Sheet
from model.report.workbook.styles import NAVY, STACK_COLOURS

FIRST_HEIGHT = 3
"""Column of the first height, after title, start and end."""

MILLION = 1e6


@dataclass(frozen=True)
class Step:
    """A step: the cells of where it starts and where it ends, with its title in the first column.

    `whole` for a level, which stands on nil.
    """

    start: Cell
    end: Cell
    whole: bool = False


@dataclass(frozen=True)
class _Stack:
    """Columns of one look: their title (none is in the legend without), fill and height by step."""

    title: str
    fill: str | None
    height: Callable[[Step], Figure | float]
    in_legend: bool = False


def _base(step: Step, *, above: bool) -> Figure | float:
    """What a step stands on, unseen."""
    if step.whole:
        return 0.0
    if above:
        return largest(0.0, smallest(step.start, step.end))
    return smallest(0.0, largest(step.start, step.end))


def _size(step: Step, *, above: bool) -> Figure:
    """How much of a step lies above nil, or (as a minus) below."""
    low, high = smallest(step.start, step.end), largest(step.start, step.end)
    if above:
        return largest(0.0, high) - largest(0.0, low)
    return smallest(0.0, low) - smallest(0.0, high)


def _level(step: Step, *, above: bool) -> Figure | float:
    return _size(step, above=above) if step.whole else 0.0


def _rise(step: Step, *, above: bool) -> Figure | float:
    size = _size(step, above=above)
    return 0.0 if step.whole else when(at_least(step.end, step.start), size, 0.0)


def _fall(step: Step, *, above: bool) -> Figure | float:
    size = _size(step, above=above)
    return 0.0 if step.whole else when(below(step.end, step.start), size, 0.0)


def _stacks(level: str, rise: str, fall: str) -> list[_Stack]:
    """A spreadsheet stacks what is above nil apart from what is below, so everything is there twice."""
    looks = (
        ("Base", None, _base),
        (level, NAVY, _level),
        (rise, STACK_COLOURS[1], _rise),
        (fall, STACK_COLOURS[2], _fall),
    )
    stacks = []
    for title, fill, height in looks:
        for above in (True, False):
            stacks.append(
                _Stack(
                    f"{title}, {'above' if above else 'below'} nil",
                    fill,
                    partial(height, above=above),
                    in_legend=fill is not None and above,
                )
            )
    return stacks


def waterfall(
    book: Pages, sheet: Sheet, steps: Sequence[Step], title: str, names: tuple[str, str, str]
) -> Any:
    """A chart of steps that stand in rows under a header; pounds, shown in £ million.

    Writes the heights of the columns as live formulas beside the steps. `names`: what a level, a
    rise and a fall are called in the legend.
    """
    chart = book.workbook.add_chart({"type": "column", "subtype": "stacked"})
    header = steps[0].start.row - 1
    hidden = []
    for offset, stack in enumerate(_stacks(*names)):
        column = FIRST_HEIGHT + offset
        sheet.put(header, column, stack.title, "header", "right")
        cells = [sheet.put(step.start.row, column, stack.height(step), "money") for step in steps]
        written = [cell for cell in cells if cell is not None]
        chart.add_series(
            {
                "name": stack.title.partition(",")[0],
                "categories": categories(written),
                "values": cells_range(written),
                "fill": {"color": stack.fill} if stack.fill else {"none": True},
                "border": {"none": True},
                "gap": 45,
            }
        )
        if not stack.in_legend:
            hidden.append(offset)
    start = _axis_start([step.end.value for step in steps])
    if start:
        title += f" (the axis starts at £{start / MILLION:,.0f} million)"
    dress(chart, f"{title}, £ million", millions([step.end for step in steps]), start)
    chart.set_legend({"position": "bottom", "delete_series": hidden})
    return chart


def _axis_start(levels: Sequence[float]) -> float:
    """Nil; or, where all steps are small beside the levels, whole millions well below them."""
    low, span = min(levels), max(levels) - min(levels)
    if low <= 0 or span == 0 or span > low / 2:
        return 0.0
    return max(math.floor((low - span) / MILLION), 0) * MILLION
