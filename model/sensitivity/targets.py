"""What sensitivity is asked about: one figure of one year, in every draw."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Target:
    """A figure of a run: its name on the command line, its title, its unit, and how it is read.

    `series` is the variable of the results that it needs; `read` takes the results and a financial
    year and gives the figure without its year: an array over draws, or one number of the central run.
    """

    name: str
    title: str
    unit: str
    series: str
    read: Callable[[xr.Dataset, str], xr.DataArray]

    def of(self, data: xr.Dataset, year: str) -> Floats:
        """The figure in every draw (draw,). Raises KeyError for a year the results do not have."""
        return np.atleast_1d(np.asarray(self.read(data, year).to_numpy(), dtype=float))

    def there(self, data: xr.Dataset) -> bool:
        """True when the results hold what this figure is read from."""
        return self.series in data


def _yearly(series: str) -> Callable[[xr.Dataset, str], xr.DataArray]:
    return lambda data, year: data[series].sel(year=year)


def _high_needs(series: str) -> Callable[[xr.Dataset, str], xr.DataArray]:
    return lambda data, year: data[series].sel(block="high_needs", year=year)


def _spending(data: xr.Dataset, year: str) -> xr.DataArray:
    return data["line_spend"].sel(year=year).sum("line")


def _plans(data: xr.Dataset, year: str) -> xr.DataArray:
    return data["plans"].sel(point=f"{int(year[:4]) + 1}-03")


def _new_plans(data: xr.Dataset, year: str) -> xr.DataArray:
    return data["flows"].sel(flow="new", year=year).sum("setting")


def _transport(data: xr.Dataset, year: str) -> xr.DataArray:
    return data["transport_gbp"].sel(year=year).sum("travellers")


def _on_trajectory(data: xr.Dataset, year: str) -> xr.DataArray:
    return data["trajectory_on_trajectory"].sel(target_year=year).astype(float)


_ALL = (
    Target(
        "closing_deficit", "Cumulative deficit without support", "GBP",
        "cumulative_without_support", _yearly("cumulative_without_support"),
    ),
    Target(
        "closing_with_support", "Cumulative deficit with support", "GBP",
        "cumulative_with_support", _yearly("cumulative_with_support"),
    ),
    Target("in_year", "In-year deficit", "GBP", "in_year_deficit", _yearly("in_year_deficit")),
    Target(
        "high_needs_in_year", "In-year deficit of the high needs block", "GBP",
        "in_year_deficit_by_block", _high_needs("in_year_deficit_by_block"),
    ),
    Target(
        "high_needs_closing", "Cumulative deficit of the high needs block", "GBP",
        "closing_deficit", _high_needs("closing_deficit"),
    ),
    Target("spending", "Spending of all budget lines", "GBP", "line_spend", _spending),
    Target("plans", "Plans in force at the end of the year", "plans", "plans", _plans),
    Target("new_plans", "New plans in the year", "plans", "flows", _new_plans),
    Target(
        "waiting", "Waiting for psychology advice at the end of the year", "assessments",
        "demand_waiting_at_year_end", _yearly("demand_waiting_at_year_end"),
    ),
    Target(
        "share_in_20_weeks", "Share of plans issued within 20 weeks", "share",
        "demand_share_in_time", _yearly("demand_share_in_time"),
    ),
    Target("transport", "Cost of SEND transport to the general fund", "GBP", "transport_gbp", _transport),
    Target(
        "reserves", "DSG deficit counted against reserves", "GBP",
        "reserves_charged", _yearly("reserves_charged"),
    ),
    Target(
        "p_on_trajectory", "Probability of being on the trajectory", "probability",
        "trajectory_on_trajectory", _on_trajectory,
    ),
)  # fmt: skip

TARGETS = {target.name: target for target in _ALL}
"""Every figure that sensitivity may be asked about, by name."""

ON_TRAJECTORY = "p_on_trajectory"


def usual_target(data: xr.Dataset) -> Target | None:
    """What a run is asked about unless somebody asks otherwise: the deficit, else spending, else plans."""
    for name in ("closing_deficit", "spending", "plans"):
        if TARGETS[name].there(data):
            return TARGETS[name]
    return None


def targets_of(data: xr.Dataset) -> list[str]:
    """Names of the figures that these results have."""
    return [target.name for target in _ALL if target.there(data)]


def years_of(target: Target, data: xr.Dataset) -> list[str]:
    """The financial years that a figure can be asked for."""
    dimension = "target_year" if target.name == ON_TRAJECTORY else "year"
    if dimension in data.coords:
        return [str(year) for year in data[dimension].to_numpy()]
    # A run with plans and nothing else by year: financial years end in March.
    ends = [str(point) for point in data["point"].to_numpy()[1:] if str(point).endswith("-03")]
    return [f"{int(end[:4]) - 1}-{int(end[2:4]):02d}" for end in ends]
