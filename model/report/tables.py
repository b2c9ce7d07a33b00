"""The tables of a run: results, draws and inputs, tidy and versioned.

`results.parquet` has one row a statistic of a series, `draws.parquet` one row a series and draw,
`inputs.parquet` one row a draw. Columns and measures are described in docs/results.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from model.results import STATISTICS, Results, reduced
from model.version import RESULTS_VERSION

COLUMNS = (
    "version",
    "scenario",
    "view",
    "measure",
    "unit",
    "financial_year",
    "month",
    "block",
    "age_group",
    "need",
    "setting",
    "line",
    "band",
    "entity_kind",
    "entity",
    "statistic",
    "value",
)

_COLUMN_OF = {
    "year": "financial_year",
    "target_year": "financial_year",
    "month": "month",
    "point": "month",
    "date": "month",
    "block": "block",
    "setting": "setting",
    "age_group": "age_group",
    "need": "need",
    "line": "line",
    "driver": "entity",
    "flow": "entity",
    "band": "band",
    "place_group": "entity",
    "nurture_group": "entity",
    "contract": "entity",
    "travellers": "entity",
    "arrangement": "entity",
    "capital_scheme": "entity",
    "calendar_year": "entity",
}


@dataclass(frozen=True)
class _Series:
    """How a variable of the results is named in the tables."""

    measure: str
    unit: str
    view: str = ""
    quantiles: bool = True
    in_draws: bool = False


_GBP = "GBP"
_SERIES: dict[str, _Series] = {
    "plans": _Series("plans", "plans"),
    "plans_by_setting": _Series("plans", "plans"),
    "plans_by_age_group": _Series("plans", "plans"),
    "plans_by_need": _Series("plans", "plans"),
    "flows": _Series("flow", "plans", quantiles=False),
    "new_plans_by_month": _Series("new_plans_by_month", "plans", quantiles=False),
    "line_spend_by_month": _Series("line_spend_by_month", _GBP, quantiles=False, in_draws=True),
    "line_spend": _Series("line_spend", _GBP, in_draws=True),
    "line_mitigation": _Series("line_mitigation", _GBP, in_draws=True),
    "line_plan_years": _Series("plan_years", "average in force", in_draws=True),
    "line_april_volume": _Series("april_volume", "in force on 30 April", in_draws=True),
    "line_year_end_volume": _Series("year_end_volume", "in force on 31 March", in_draws=True),
    "line_volume_spend": _Series("volume_spend", _GBP, in_draws=True),
    "plans_on_average": _Series("plans_on_average", "plans", in_draws=True),
    "plans_in_april": _Series("plans_in_april", "plans", in_draws=True),
    "plans_at_year_end": _Series("plans_at_year_end", "plans", in_draws=True),
    "average_price": _Series("average_price", "GBP per plan-year", in_draws=True),
    "driver_spend": _Series("driver_spend", _GBP),
    "general_fund_cost": _Series("general_fund_cost", _GBP, in_draws=True),
    "opening_deficit": _Series("opening_deficit", _GBP, "with", in_draws=True),
    "prior_year_adjustment": _Series("prior_year_adjustment", _GBP, in_draws=True),
    "spend": _Series("spend", _GBP, in_draws=True),
    "gross_income": _Series("gross_income", _GBP, in_draws=True),
    "deductions": _Series("deductions", _GBP, in_draws=True),
    "contributions": _Series("contributions", _GBP, in_draws=True),
    "net_income": _Series("net_income", _GBP, in_draws=True),
    "net_transfers_out": _Series("net_transfers_out", _GBP, in_draws=True),
    "draws_on_balances": _Series("draws_on_balances", _GBP, in_draws=True),
    "in_year_deficit_by_block": _Series("in_year_deficit", _GBP, in_draws=True),
    "support": _Series("support", _GBP, in_draws=True),
    "closing_deficit": _Series("closing_deficit", _GBP, "with", in_draws=True),
    "cumulative_with_support": _Series("cumulative_deficit", _GBP, "with", in_draws=True),
    "cumulative_without_support": _Series("cumulative_deficit", _GBP, "without", in_draws=True),
    "cumulative_excluding_this_years_payment": _Series(
        "cumulative_deficit", _GBP, "excluding", in_draws=True
    ),
    "in_year_deficit": _Series("in_year_deficit", _GBP, in_draws=True),
    "opening_without_support": _Series("opening_deficit", _GBP, "without"),
    "support_received_to_date": _Series("support_received_to_date", _GBP),
    "support_paid": _Series("support_paid", _GBP),
    "support_due_unpaid": _Series("support_due_unpaid", _GBP),
    "stability_grant_eligible": _Series("stability_grant_eligible", _GBP),
    "stability_grant_if_approved": _Series("stability_grant_if_approved", _GBP),
    "financing_average_balance": _Series("financing_average_balance", _GBP, "with"),
    "financing_cost": _Series("financing_cost", _GBP, in_draws=True),
    "department_places_gbp": _Series("department_places", _GBP),
    "nurture_gross": _Series("nurture_gross", _GBP, quantiles=False),
    "nurture_withheld": _Series("nurture_withheld", _GBP, quantiles=False),
    "demand_share_in_time": _Series("demand_share_in_time", "share", in_draws=True),
    "demand_mean_wait": _Series("demand_mean_wait", "months", in_draws=True),
    "caseload_officers": _Series("caseload_officers", "FTE", quantiles=False),
    "caseload_officers_needed": _Series("caseload_officers_needed", "FTE"),
    "demand_requests": _Series("demand_requests", "requests", in_draws=True),
    "demand_issued": _Series("demand_issued", "plans", in_draws=True),
    "demand_waiting_at_year_end": _Series(
        "demand_waiting_at_year_end", "assessments", in_draws=True
    ),
}
_UNITS = {
    "demand_waited": "months in all",
    "demand_waited_p90": "months",
    "demand_longest_wait": "months",
    "demand_served_p90": "months",
    "demand_served_longest": "months",
    "demand_requests": "requests",
    "demand_": "cases",
    "pool_": "pupils",
    "places_": "pupils",
    "reviews_": "reviews",
    "caseload_": "plans",
    "nurture_": "cases",
    "statements_": "statements",
    "statements_months": "months",
    "statements_in_time": "share of draws (mean)",
    "transport_passengers": "passengers",
    "transport_gbp": _GBP,
    "appeals_": "appeals",
    "appeals_cost_gbp": _GBP,
    "capital_": _GBP,
    "appeals_conceded_gbp": _GBP,
}
"""Units of the series of the mechanisms by the start of their name; the longest start counts."""
_SHARE_OF_DRAWS = (
    "trajectory_on_trajectory", "trajectory_in_balance", "reserves_exhausted",
    "reserves_first_exhausted", "reserves_below_minimum",
)  # fmt: skip


def _series(name: str) -> _Series:
    if name in _SERIES:
        return _SERIES[name]
    if name in _SHARE_OF_DRAWS:
        return _Series(name, "probability (mean)", "without", quantiles=False)
    starts = [start for start in _UNITS if name.startswith(start)]
    if starts:
        unit = _UNITS[max(starts, key=len)]
        return _Series(name, unit, quantiles="_by_month" not in name)
    return _Series(name, _GBP, "without")


def results_table(results: Results) -> pd.DataFrame:
    """Every statistic of every reported series, with the columns of COLUMNS."""
    draws, central = with_average_price(results.draws), with_average_price(results.central)
    frames = []
    for name in draws.data_vars:
        spec = _series(str(name))
        wanted = STATISTICS if spec.quantiles else ("central", "mean")
        stacked = xr.concat(
            [reduced(draws, central, str(name), statistic) for statistic in wanted],
            pd.Index(wanted, name="statistic"),
        )
        frames.append(_frame(stacked, spec, results))
    if results.cross is not None:
        for statistic in ("central", "mean"):
            part = results.cross[statistic].expand_dims({"statistic": [statistic]})
            frames.append(_frame(part, _Series("plans", "plans"), results))
    table = pd.concat(frames, ignore_index=True)
    return table[table["value"].notna()].reset_index(drop=True)


def draws_table(results: Results) -> pd.DataFrame:
    """Account lines, plan-years, average price and spend of every draw, long."""
    return _draws_table(results, results.draws)


def unmitigated_draws_table(results: Results) -> pd.DataFrame | None:
    """The yearly figures of `draws_table` without mitigations; None where the run holds none."""
    if results.unmitigated is None:
        return None
    draws = results.unmitigated.draws
    yearly = [name for name in draws.data_vars if "month" not in draws[name].dims]
    return _draws_table(results, draws[yearly])


def _draws_table(results: Results, draws: xr.Dataset) -> pd.DataFrame:
    draws = with_average_price(draws)
    frames = []
    for name in draws.data_vars:
        spec = _series(str(name))
        if not spec.in_draws:
            continue
        values = draws[name].assign_coords(draw=np.arange(results.draw_count, dtype=np.int32))
        frame = _frame(values, spec, results)
        columns = ["view", "measure", "unit", "financial_year", "month", "block", "line", "draw"]
        frames.append(frame[[*columns, "value"]])
    if not frames:
        return pd.DataFrame({"draw": pd.Series(dtype="int32"), "value": pd.Series(dtype=float)})
    return pd.concat(frames, ignore_index=True)


def inputs_table(results: Results) -> pd.DataFrame:
    """Sampled inputs: one row a draw, one column an input (and year, where it changes)."""
    years = [str(year) for year in results.scenario.horizon.years]
    columns: dict[str, np.ndarray] = {"draw": np.arange(results.draw_count, dtype=np.int32)}
    for path, values in results.inputs.items():
        if values.ndim == 1:
            columns[path] = values
        elif (values == values[:1]).all():
            columns[path] = values[0]
        else:
            for year, row in zip(years, values, strict=True):
                columns[f"{path} [{year}]"] = row
    return pd.DataFrame(columns)


def with_average_price(data: xr.Dataset) -> xr.Dataset:
    """The dataset with the average price of each line that has a volume, pounds a plan-year."""
    if "line_spend" not in data:
        return data
    years = data["line_plan_years"]
    return data.assign(average_price=data["line_spend"] / years.where(years > 0))


def _frame(values: xr.DataArray, spec: _Series, results: Results) -> pd.DataFrame:
    """A labelled array as tidy rows."""
    frame = values.rename("value").to_dataframe().reset_index()
    kinds = [str(dim) for dim in values.dims if _COLUMN_OF.get(str(dim)) == "entity"]
    frame = frame.rename(columns={str(d): _COLUMN_OF.get(str(d), str(d)) for d in values.dims})
    frame["version"] = RESULTS_VERSION
    frame["scenario"] = results.scenario.name
    frame["view"] = spec.view
    frame["measure"] = spec.measure
    frame["unit"] = spec.unit
    frame["entity_kind"] = kinds[0] if kinds else ""
    for column in COLUMNS:
        if column not in frame:
            frame[column] = ""
    extra = [column for column in ("draw",) if column in frame]
    return frame[[*COLUMNS, *extra]]
