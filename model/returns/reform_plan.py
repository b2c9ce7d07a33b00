"""The tables of the Local SEND Reform Plan: plans at the January after each calendar year, and the year's requests."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import xarray as xr

from model.reference.codes import AGE_GROUP_TITLES, AGE_GROUPS
from model.reference.return_codes import NEED_ROWS, NEED_TABLES, PROVISION_ROWS
from model.returns.management_plan import PLANS, need_rows
from model.returns.plan_counts import PlanCounts
from model.returns.return_table import (
    NOT_IN_RUN,
    UNKNOWN,
    Entry,
    ReturnRow,
    ReturnTable,
    with_total,
)
from model.returns.whole_numbers import Ints, largest_remainder

FLOWS: Mapping[str, tuple[str, str, str]] = {
    "10": ("Requests for an EHC needs assessment, by age", "requests", "requests"),
    "11": ("EHC needs assessments completed, by age", "assessments", "ended"),
    "12": ("EHC needs assessments that end in a plan, by age", "assessments", "issued"),
}
"""Table -> its title, what it counts, and the series that it shows."""

NO_REQUESTS = (
    "the scenario has no requests section, so the run knows new plans but not how they came"
)
FROM_POOL = "From the pool funded without a plan: their age is not followed"


def reform_plan(
    counts: PlanCounts, draws: xr.Dataset, years: range, years_later: int
) -> list[ReturnTable]:
    """The tables for calendar `years`, the position of each taken `years_later` in January.

    `counts`: whole plans of a case; `draws`: the same case's series. Flows are those of the calendar
    year itself. A year that the run does not hold whole says so.
    """
    titles = tuple(f"{year} (January {year + years_later})" for year in years)
    held = [counts.get(year + years_later) for year in years]
    present = [index for index, tables in enumerate(held) if tables is not None]

    def spread(rows: list[ReturnRow]) -> tuple[ReturnRow, ...]:
        return with_total([_over_years(row, present, len(years)) for row in rows])

    by_age = _stack([tables.by_age for tables in held if tables is not None], len(AGE_GROUPS))
    by_need = _stack([tables.by_need for tables in held if tables is not None], len(NEED_ROWS))
    ages = [
        ReturnRow(AGE_GROUP_TITLES[name], tuple(by_age[:, :, index].sum(axis=1).tolist()))
        for index, name in enumerate(AGE_GROUPS)
    ]
    provision = _provision(by_age.sum(axis=2))
    tables = [
        ReturnTable("5.1", "EHC plans by age group", PLANS, titles, spread(ages)),
        ReturnTable("6", "EHC plans by provision", PLANS, titles, spread(provision)),
        ReturnTable(
            "7", "EHC plans by primary need", PLANS, titles, spread(need_rows(by_need.sum(axis=1)))
        ),
    ]
    for number, title in NEED_TABLES.items():
        inside = [index for index, row in enumerate(PROVISION_ROWS) if row.table == number]
        rows = spread(need_rows(by_need[:, inside].sum(axis=1)))
        tables.append(ReturnTable(number, f"EHC plans by need: {title}", PLANS, titles, rows))
    return [*tables, *(_flow(number, draws, years) for number in FLOWS)]


def _stack(tables: list[Ints], columns: int) -> Ints:
    """(year, provision row, column); no years where the run holds none of them."""
    if not tables:
        return np.zeros((0, len(PROVISION_ROWS), columns), dtype=np.int64)
    return np.stack(tables)


def _provision(plans: Ints) -> list[ReturnRow]:
    return [
        ReturnRow(row.title, (UNKNOWN,) * len(plans), row.unknown)
        if row.unknown and not plans[:, index].any()
        else ReturnRow(row.title, tuple(plans[:, index].tolist()))
        for index, row in enumerate(PROVISION_ROWS)
    ]


def _over_years(row: ReturnRow, present: list[int], years: int) -> ReturnRow:
    """A row of the years held, over all years of the return."""
    entries: list[Entry] = [NOT_IN_RUN] * years
    for index, entry in zip(present, row.entries, strict=True):
        entries[index] = entry
    return ReturnRow(row.title, tuple(entries), row.why, row.total)


def _flow(number: str, draws: xr.Dataset, years: range) -> ReturnTable:
    """A table of a year's cases by age, largest remainders rounded up to the rounded total."""
    title, unit, series = FLOWS[number]
    titles = tuple(str(year) for year in years)
    name = f"demand_{series}_by_calendar_year"
    names = [*(AGE_GROUP_TITLES[group] for group in AGE_GROUPS), FROM_POOL]
    if name not in draws:
        unknown = (UNKNOWN,) * len(years)
        rows = [ReturnRow(label, unknown, NO_REQUESTS) for label in names[:-1]]
        return ReturnTable(number, title, unit, titles, with_total(rows))
    by_age = draws[name].mean("draw")
    pool = draws[f"demand_{series}_from_pool_by_calendar_year"].mean("draw")
    columns: list[list[Entry]] = []
    for year in titles:
        if year in by_age["calendar_year"].to_numpy():
            parts = np.append(
                by_age.sel(calendar_year=year).to_numpy(), float(pool.sel(calendar_year=year))
            )
            columns.append(list(largest_remainder(parts).tolist()))
        else:
            columns.append([NOT_IN_RUN] * len(names))
    rows = [
        ReturnRow(label, tuple(column[index] for column in columns))
        for index, label in enumerate(names)
    ]
    if not float(pool.sum()):
        rows.pop()
    return ReturnTable(number, title, unit, titles, with_total(rows))
