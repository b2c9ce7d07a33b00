"""How far a ledger may be early or late, by kind of budget line: stated assumptions, read from data."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from model.reference.bundled import read_csv_rows
from model.reference.calendar import MONTHS
from model.scenario.funding_schema import (
    AddedPlacesDriver,
    AmountDriver,
    Driver,
    Line,
    LocumsDriver,
    NurtureDriver,
    PlacesDriver,
    PlansDriver,
)

INVOICED = frozenset(
    {
        "independent_special_day",
        "independent_special_residential",
        "mainstream_independent",
        "specialist_post_16",
        "eotas",
    }
)
"""Settings whose providers send invoices; the others are paid by the authority's own runs."""

PLACE_FUNDING = "1.0.2"
"""Section 251 line of place funding, which is paid by the place however a scenario forecasts it."""


@dataclass(frozen=True)
class Timing:
    """What is taken for a line, and the range in which it may lie.

    `months`: standard deviation of spending that is early or late, in average months, at the start
    of a year. `least_spread_share`: least standard deviation of the line's year, a share of it.
    """

    kind: str
    title: str
    months: float
    months_range: tuple[float, float]
    least_spread_share: float
    spread_range: tuple[float, float]
    reason: str
    status: str = "assumed"

    def sd_gbp(self, year_gbp: float, month: int) -> float:
        """Standard deviation in pounds after `month` months of a year of `year_gbp`.

        It falls evenly to nil at the year end: what is late can only come in months that are left.
        """
        return self.months * abs(year_gbp) / MONTHS * (MONTHS - month) / MONTHS


@cache
def assumed_timing() -> dict[str, Timing]:
    """The assumption of each kind of line, from data/reference/monitor_timing.csv."""
    return {
        row["kind"]: Timing(
            row["kind"],
            row["title"],
            float(row["timing_months"]),
            (float(row["timing_low"]), float(row["timing_high"])),
            float(row["least_spread_share"]),
            (float(row["spread_low"]), float(row["spread_high"])),
            row["reason"],
            row["status"],
        )
        for row in read_csv_rows("reference/monitor_timing.csv")
    }


def kind_of_line(line: Line, spend_gbp: dict[str, float]) -> str:
    """The kind of most of a line's spending. `spend_gbp`: driver id -> pounds of the first year."""
    sizes: dict[str, float] = {}
    for driver in line.drivers:
        kind = _kind_of_driver(driver)
        sizes[kind] = sizes.get(kind, 0.0) + abs(spend_gbp.get(driver.id, 0.0))
    return max(sizes, key=lambda kind: sizes[kind])


def _kind_of_driver(driver: Driver) -> str:
    if driver.s251 == PLACE_FUNDING:
        return "places"
    match driver:
        case PlansDriver():
            return "fees" if INVOICED.issuperset(driver.settings) else "top_up"
        case PlacesDriver() | AddedPlacesDriver() | NurtureDriver():
            return "places"
        case AmountDriver() | LocumsDriver():
            return "amounts"
        case _:
            return "top_up"
