"""A finished run as labelled tables: quantiles, draws, headline and checks."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import pandas as pd
import xarray as xr

from model.checks import check_results
from model.reference.calendar import financial_year_label
from model.report.headline import HeadlineYear, headline
from model.results import Results
from model.scenario.schema import Scenario
from model.sensitivity.targets import TARGETS

LEVELS = (0.1, 0.5, 0.9)


@dataclass(frozen=True)
class Forecast:
    """A finished run, labelled.

    `draws`: every kept series as an xarray dataset with the dimension `draw`; `central`: the same of
    the central run. `results` holds everything the model gives.
    """

    results: Results

    @property
    def scenario(self) -> Scenario:
        """The scenario that was run."""
        return self.results.scenario

    @property
    def draws(self) -> xr.Dataset:
        """Every kept series in every draw."""
        return self.results.draws

    @property
    def central(self) -> xr.Dataset:
        """The central run: central inputs, no chance."""
        return self.results.central

    def series(self) -> pd.DataFrame:
        """The names of the series with their dimensions; docs/results.md says what they are."""
        return pd.DataFrame(
            [
                {
                    "series": str(name),
                    "dimensions": ", ".join(str(d) for d in values.dims if d != "draw"),
                }
                for name, values in self.draws.data_vars.items()
            ]
        ).set_index("series")

    def quantiles(
        self, series: str, levels: Sequence[float] = LEVELS, **labels: object
    ) -> pd.DataFrame:
        """Mean and quantiles of a series over draws, one row for each of its labels.

        `labels` select along dimensions: `quantiles("plans_by_setting", setting="state_special")`.
        Means add up, quantiles do not. Raises KeyError for a series or label that is not there.
        """
        values = self._of(series, labels)
        columns = {"mean": values.mean("draw")}
        for level in levels:
            one = values.quantile(level, dim="draw", skipna=False).drop_vars("quantile")
            columns[f"p{round(100 * level):02d}"] = one
        return _frame(xr.Dataset(columns))

    def to_frame(self, series: str | None = None, **labels: object) -> pd.DataFrame:
        """A series in every draw, long: one row a label and draw. Without a name, the headline."""
        if series is None:
            return self.headline()
        return self._of(series, labels).rename("value").to_dataframe()[["value"]].reset_index()

    def headline(self) -> pd.DataFrame:
        """In-year and cumulative deficit by year against the trajectory, and plans.

        Without an account the columns of money are NaN.
        """
        rows = pd.DataFrame([vars(row) for row in headline(self.results)])
        if not len(rows):
            plans = TARGETS["plans"]
            years = [financial_year_label(year) for year in self.scenario.horizon.years]
            rows = pd.DataFrame(
                [{"financial_year": year} for year in years],
                columns=[field.name for field in fields(HeadlineYear)],
            )
            if plans.there(self.draws):
                rows["plans_at_year_end_mean"] = [plans.of(self.draws, y).mean() for y in years]
        return rows.set_index("financial_year")

    def checks(self) -> pd.DataFrame:
        """Every check of the run, and whether it passed."""
        rows = [{**vars(check), "passed": check.passed} for check in check_results(self.results)]
        return pd.DataFrame(rows).set_index("name")

    def _of(self, series: str, labels: Mapping[str, object]) -> xr.DataArray:
        if series not in self.draws:
            names = [str(name) for name in self.draws.data_vars]
            near = [name for name in names if series in name]
            near = near or difflib.get_close_matches(series, names, 3)
            hint = f"; did you mean {', '.join(near[:5])}?" if near else "; see series()"
            raise KeyError(f"there is no series '{series}' in this run{hint}")
        values = self.draws[series]
        for name in labels:
            if name not in values.dims:
                known = ", ".join(str(d) for d in values.dims if d != "draw")
                raise KeyError(f"'{series}' has no '{name}'; it has {known or 'no labels'}")
            there = [str(one) for one in values[name].to_numpy()] if name in values.coords else []
            asked = labels[name]
            if isinstance(asked, str) and there and asked not in there:
                close = difflib.get_close_matches(asked, there, 1) or there[:12]
                raise KeyError(f"'{series}' has no {name} '{asked}'; try {', '.join(close)}")
        return values.sel(labels)


def _frame(data: xr.Dataset) -> pd.DataFrame:
    if not data.sizes:
        return pd.DataFrame({str(name): [float(values)] for name, values in data.items()})
    return data.to_dataframe()[[str(name) for name in data.data_vars]]
