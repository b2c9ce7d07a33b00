"""Actuals by budget line, as a council's monitor gives them. Pounds; credits negative."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ActualLine:
    """One budget line to the end of a month, in pounds.

    `variance_to_date_gbp` and `variance_outturn_gbp` are as printed, where the file has them;
    `timing_months` and `least_spread_share` replace the assumption for the line's kind.
    """

    line: str
    row: int
    budget_gbp: float
    actual_gbp: float
    forecast_gbp: float | None = None
    variance_to_date_gbp: float | None = None
    variance_outturn_gbp: float | None = None
    timing_months: float | None = None
    least_spread_share: float | None = None
    source: str = ""


@dataclass(frozen=True)
class PrintedTotal:
    """The row `total` of a file, as printed, in pounds; None where it has no figure."""

    row: int
    budget_gbp: float | None
    actual_gbp: float | None
    forecast_gbp: float | None
    variance_to_date_gbp: float | None
    variance_outturn_gbp: float | None


@dataclass(frozen=True)
class Actuals:
    """A checked file of actuals: `month` 1..12 of the first year, lines in the scenario's order.

    `unit_gbp`: pounds in one unit of the file, which is also how coarsely it is printed.
    `ignored`: headings that were not read.
    """

    file: str
    sha256: str
    month: int
    unit_gbp: float
    lines: tuple[ActualLine, ...]
    total: PrintedTotal | None
    ignored: tuple[str, ...] = ()
    sheet: str = ""


@dataclass(frozen=True)
class Activity:
    """Volumes and prices of one provision: full-year equivalents, pounds for one in a full year.

    `line` is the budget line it belongs to, '' for none. Totals are as printed, None where they are not.
    """

    provision: str
    line: str
    row: int
    budget_fye: float
    budget_unit_cost_gbp: float
    actual_fye: float
    actual_unit_cost_gbp: float
    budget_total_gbp: float | None = None
    actual_total_gbp: float | None = None
    source: str = ""
