"""How charts of a backtest look: the colours of the workbook, sizes that print, no top and right edge."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from model.report.workbook.styles import INK, NAVY, QUIET

BLUE: Final = "#5B9BD5"
AMBER: Final = "#D98E04"
WINE: Final = "#7A1F3D"
GRID: Final = "#E2E2E2"

SERIES: Final = ((NAVY, "o", "-"), (AMBER, "s", "--"), (WINE, "^", ":"), (BLUE, "D", "-."))
"""Colour, marker and line of each series: told apart in grey, and by who does not see red or green."""

DOTS_AN_INCH: Final = 150


def panels(rows: int, columns: int, width: float = 8.5, height: float = 3.6) -> tuple[Figure, Any]:
    """A figure of `rows` by `columns` panels, each row `height` inches, and its axes (row, column)."""
    figure = Figure(figsize=(width, height * rows), dpi=DOTS_AN_INCH, layout="constrained")
    FigureCanvasAgg(figure)
    return figure, np.asarray(figure.subplots(rows, columns, squeeze=False))


def plain(axes: Any, title: str, x_label: str = "", y_label: str = "") -> None:
    """Title at the left, quiet grid behind, no edge at the top and right."""
    axes.set_title(title, loc="left", fontsize=10, color=NAVY, fontweight="bold")
    axes.set_xlabel(x_label, color=INK)
    axes.set_ylabel(y_label, color=INK)
    axes.tick_params(colors=QUIET, labelsize=9)
    axes.grid(visible=True, color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def headed(figure: Figure, title: str) -> None:
    """The heading of a whole figure, at its left edge."""
    figure.suptitle(title, x=0.01, ha="left", fontsize=12, color=NAVY, fontweight="bold")


def legend_below(figure: Figure, axes: Any, columns: int = 4) -> None:
    """One legend for all panels, under them, from the series of one."""
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(
        handles, labels, loc="outside lower center", ncols=columns, frameon=False, fontsize=9
    )


def years_ahead(horizon: int) -> str:
    """How charts and tables call a horizon.

    >>> years_ahead(1), years_ahead(3)
    ('1 year ahead', '3 years ahead')
    """
    return f"{horizon} year{'' if horizon == 1 else 's'} ahead"
