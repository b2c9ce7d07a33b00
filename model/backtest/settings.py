"""Settings of simple methods, ranges and scores, and what each simple method is: read from data."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from model.reference.bundled import read_csv_rows

OUR_METHOD = "hn_forecast"
OUR_TITLE = "hn-forecast"
BENCHMARK = "average_national_own_3_years"


@dataclass(frozen=True)
class SimpleMethod:
    """A simple method as data/reference/simple_methods.csv describes it.

    `counts_needed`: counts in a row up to the origin, without which it has no forecast.
    `range_shifted`: whether the mean of its past errors shifts its range.
    """

    name: str
    title: str
    counts_needed: int
    range_shifted: bool
    reason: str


@cache
def simple_methods() -> dict[str, SimpleMethod]:
    """Every simple method by name, in the order in which they are shown."""
    return {
        row["method"]: SimpleMethod(
            row["method"],
            row["title"],
            int(row["counts_needed"]),
            {"yes": True, "no": False}[row["range_shifted"]],
            row["reason"],
        )
        for row in read_csv_rows("reference/simple_methods.csv")
    }


@cache
def settings() -> dict[str, float]:
    """Every setting of data/reference/backtest_settings.csv by name."""
    return {row["name"]: float(row["value"]) for row in read_csv_rows("reference/backtest_settings.csv")}  # fmt: skip


def title_of(method: str) -> str:
    """The words for a method in tables and charts; a method that is not known keeps its name.

    >>> title_of("naive"), title_of("hn_forecast"), title_of("another")
    ('No change', 'hn-forecast', 'another')
    """
    if method == OUR_METHOD:
        return OUR_TITLE
    known = simple_methods().get(method)
    return known.title if known else method
