"""Plans in force each January as whole numbers, by row of provision, age group and row of need."""

from __future__ import annotations

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from model.reference.calendar import JANUARY, parse_month
from model.reference.codes import AGE_GROUPS, NEEDS, SETTINGS, age_group_of
from model.reference.return_codes import NEED_ROW_OF, NEED_ROWS, PROVISION_OF, PROVISION_ROWS
from model.returns.whole_numbers import WholeTables, round_together

Floats = NDArray[np.float64]
PlanCounts = dict[int, WholeTables]
"""January's calendar year -> whole plans by provision row and age group, and by need row."""


def plan_counts(plans: xr.DataArray) -> PlanCounts:
    """Whole plans of every January in `plans` (date, age_group, need, setting), means over draws.

    Rows are those of the Local SEND Reform Plan, which lie within the categories of the management
    plan, so that both returns print the same plans.
    """
    counts: PlanCounts = {}
    for date in plans["date"].to_numpy():
        year, month = parse_month(str(date)) or (0, 0)
        if month != JANUARY:
            continue
        table = plans.sel(date=date).transpose("age_group", "need", "setting").to_numpy()
        counts[year] = _whole(table)
    return counts


def counted_january(opening: Floats) -> WholeTables:
    """Whole plans of the January that a forecast starts from: the published count, fitted to a table.

    `opening`: expected plans (age, setting, need).
    """
    table = np.zeros((len(AGE_GROUPS), len(NEEDS), len(SETTINGS)))
    for age, plans in enumerate(opening):
        table[age_group_of(age)] += plans.T
    return _whole(table)


def _whole(table: Floats) -> WholeTables:
    """Plans (age_group, need, setting) by row of provision, in whole numbers."""
    provision = np.zeros((len(SETTINGS), len(PROVISION_ROWS)))
    for index, setting in enumerate(SETTINGS):
        provision[index, PROVISION_OF[setting]] = 1.0
    needs = np.zeros((len(NEEDS), len(NEED_ROWS)))
    for index, need in enumerate(NEEDS):
        needs[index, NEED_ROW_OF[need]] = 1.0
    by_age = np.einsum("ans,sr->ra", table, provision)
    by_need = np.einsum("ans,sr,nk->rk", table, provision, needs)
    return round_together(by_age, by_need)
