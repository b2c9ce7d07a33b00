"""How commands show figures: thousands, percent and plain tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from model.sensitivity.targets import Target


def thousands(pounds: float) -> str:
    """Pounds as whole thousands, half away from zero."""
    from model.report.rounding import half_away

    return f"{half_away(pounds / 1000):,.0f}"


def percent(share: float | None) -> str:
    """A share in words that never says impossible or certain; a dash where there is none."""
    if share is None:
        return "-"
    # No draw of some hundreds is not no chance.
    if share < 0.005:
        return "<1 %"
    if share > 0.995:
        return ">99 %"
    return f"{share:.0%}".replace("%", " %")


def figure(value: float, target: Target, *, unit: bool = True) -> str:
    """A figure as people say it, with its unit."""
    if target.unit == "GBP":
        return thousands(value) + ("k GBP" if unit else "k")
    if target.unit in ("share", "probability"):
        return percent(value)
    return f"{value:,.0f}" + (f" {target.unit}" if unit else "")


LEAST_NAME, LEAST_FIGURE = 22, 6
"""Characters that a folded name and a figure have at least."""


def plain_table(title: str, *headings: str, fold: bool = False) -> Any:
    """A plain table with a year column (or long names, folded) and figures to the right."""
    from rich.box import SIMPLE
    from rich.table import Table

    table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE, pad_edge=False)
    if not fold:
        table.add_column("", no_wrap=True)
        for heading in headings:
            table.add_column(heading, justify="right", no_wrap=True)
        return table
    # Headings break between words, so that long names keep room at 80 columns.
    table.add_column("", overflow="fold", min_width=LEAST_NAME)
    for heading in headings:
        widest = max(len(word) for word in heading.split())
        table.add_column(heading, justify="right", min_width=max(widest, LEAST_FIGURE))
    return table


def nearest(name: str, known: Iterable[str]) -> str:
    """That `name` is not known, what is, and which is meant."""
    import difflib

    close = difflib.get_close_matches(name, list(known), 1)
    hint = f" Did you mean {close[0]}?" if close else ""
    return f"{name!r} is not one of {', '.join(known)}.{hint}"
