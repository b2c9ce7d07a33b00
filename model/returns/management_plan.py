"""Plans in the tables of the DSG management plan: seven placement sheets by age group and by need."""

from __future__ import annotations

import numpy as np

from model.reference.codes import AGE_GROUP_TITLES, AGE_GROUPS
from model.reference.return_codes import (
    CATEGORIES,
    CATEGORY_OF_PROVISION,
    NEED_ROWS,
    PROVISION_ROWS,
    Category,
)
from model.returns.plan_counts import PlanCounts
from model.returns.return_table import UNKNOWN, ReturnRow, ReturnTable, with_total
from model.returns.whole_numbers import Ints

PLANS = "plans"


def management_plan(counts: PlanCounts) -> list[ReturnTable]:
    """Plans by category, then each category by age group and by need, at every January of the run.

    `counts`: whole plans of a case, from `plan_counts`. Years are those that the run holds.
    """
    years = sorted(counts)
    titles = tuple(f"January {year}" for year in years)
    by_age = np.stack([_categories(counts[year].by_age) for year in years])
    by_need = np.stack([_categories(counts[year].by_need) for year in years])
    totals = by_age.sum(axis=2)
    rows = [
        ReturnRow(category.title, tuple(totals[:, index].tolist()))
        for index, category in enumerate(CATEGORIES)
    ]
    tables = [ReturnTable("0", "Plans by placement category", PLANS, titles, with_total(rows))]
    for index, category in enumerate(CATEGORIES):
        number, title = str(index + 1), category.title
        tables.append(
            ReturnTable(
                f"{number} ages", f"{title}: by age group", PLANS, titles,
                with_total(_ages(category, by_age[:, index])),
            )
        )  # fmt: skip
        tables.append(
            ReturnTable(
                f"{number} needs", f"{title}: by primary need", PLANS, titles,
                with_total(need_rows(by_need[:, index])),
            )
        )  # fmt: skip
    return tables


def _categories(table: Ints) -> Ints:
    """(provision row, column) added up to (category, column)."""
    total = np.zeros((len(CATEGORIES), table.shape[1]), dtype=np.int64)
    for row in range(len(PROVISION_ROWS)):
        category = CATEGORY_OF_PROVISION.get(row)
        if category is not None:
            total[category] += table[row]
        elif table[row].any():
            raise ValueError(f"plans in a row without a category: {PROVISION_ROWS[row].title}")
    return total


def _ages(category: Category, plans: Ints) -> list[ReturnRow]:
    """Age groups that the sheet has a row for; plans of other ages, if any, in a row that says so."""
    rows = [
        ReturnRow(AGE_GROUP_TITLES[name], tuple(plans[:, AGE_GROUPS.index(name)].tolist()))
        for name in category.age_groups
    ]
    left = [index for index, name in enumerate(AGE_GROUPS) if name not in category.age_groups]
    others = plans[:, left].sum(axis=1)
    if others.any():
        rows.append(ReturnRow("Younger: the sheet has no row for them", tuple(others.tolist())))
    return rows


def need_rows(plans: Ints) -> list[ReturnRow]:
    """Rows of need in the order of the returns, from `plans` (year, need row)."""
    return [
        ReturnRow(row.title, (UNKNOWN,) * len(plans), row.unknown)
        if row.unknown and not plans[:, index].any()
        else ReturnRow(row.title, tuple(plans[:, index].tolist()))
        for index, row in enumerate(NEED_ROWS)
    ]
