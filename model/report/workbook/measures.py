"""What the sheets read from the results: means, percentiles and labels, as plain numbers."""

from __future__ import annotations

import numpy as np
import xarray as xr

from model.reference.calendar import financial_year_label
from model.results import Results

PERCENTILES = ("p10", "p50", "p90")
VIEWS = {
    "without": ("cumulative_without_support", "Without any support ever received"),
    "with": ("cumulative_with_support", "With support (what the books show)"),
    "excluding": (
        "cumulative_excluding_this_years_payment",
        "Excluding this year's payment only",
    ),
}
"""The three cumulative views: name here -> (series of the results, title)."""

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def years(results: Results) -> list[str]:
    """Financial years forecast, as labels."""
    return [financial_year_label(year) for year in results.scenario.horizon.years]


def reduced(values: xr.DataArray, statistic: str) -> list[float]:
    """A series with one labelled dimension and draws, reduced over draws: mean or p10."""
    draws = values.transpose(..., "draw").to_numpy()
    if statistic == "mean":
        return [float(x) for x in draws.mean(axis=-1)]
    level = int(statistic.removeprefix("p")) / 100
    return [float(x) for x in np.quantile(draws, level, axis=-1)]


def by_year(results: Results, name: str, statistic: str) -> list[float]:
    """A yearly series of the results reduced over draws, or of the central run."""
    if statistic == "central":
        return [float(x) for x in results.central[name].to_numpy()]
    return reduced(results.draws[name], statistic)


def date_title(label: str) -> str:
    """`2024-03` is the end of that month.

    >>> date_title("2024-03"), date_title("2024-01")
    ('31 Mar 2024', 'Jan 2024')
    """
    year, month = label.split("-")
    name = f"{_MONTHS[int(month) - 1]} {year}"
    return f"31 {name}" if month == "03" else name


def mean(values: xr.DataArray) -> list[float]:
    """Mean over draws of a series with one labelled dimension."""
    return reduced(values, "mean")
