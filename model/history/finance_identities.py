"""What must hold inside a finance file: where it does not, the file is damaged or in another unit."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from model.history.finance_files import BLOCKS_GROSS, BLOCKS_NET, CATEGORIES
from model.history.finance_rules import FinanceRules
from model.history.finance_table import at_lines
from model.scenario.problems import Problem

NATION_CODE: Final = "ENGLAND"
_HALF_A_POUND = 0.501
"""Prices per plan are printed to the pound."""
_HALF_A_LAST_PLACE = 0.00501
"""Balances are printed to the hundredth of a million pounds."""


def allocation_problems(path: Path, table: pd.DataFrame, rules: FinanceRules) -> list[Problem]:
    """Blocks add up to the total, gross and net; nothing after deductions exceeds what was before;
    the row of England is the sum of the authorities of its year."""
    problems: list[Problem] = []
    for total, blocks in (("total_dsg_gross", BLOCKS_GROSS), ("total_net", BLOCKS_NET)):
        gap = (table[list(blocks)].sum(axis=1) - table[total]).abs()
        problems += at_lines(
            path, table, gap > _tolerance(table[total], rules), total,
            "the blocks do not add up to the total", "the sum of " + ", ".join(blocks),
            "All figures of the file are pounds; download it again if one is not.",
        )  # fmt: skip
    for gross, net in zip(BLOCKS_GROSS, BLOCKS_NET, strict=True):
        above = table[net] > table[gross] + rules.footing_tolerance_gbp
        problems += at_lines(
            path, table, above, net, "more after deductions than before", f"at most {gross}"
        )
    return problems + _nation_problems(path, table, rules)


def _nation_problems(path: Path, table: pd.DataFrame, rules: FinanceRules) -> list[Problem]:
    numbers = [*BLOCKS_GROSS, *BLOCKS_NET]
    nation = table[table.la_code == NATION_CODE].set_index("first_year")
    sums = table[table.la_code != NATION_CODE].groupby("first_year")[numbers].sum()
    sums = sums.reindex(nation.index)
    problems: list[Problem] = []
    for column in numbers:
        gap = (sums[column] - nation[column]).abs()
        # A year of which the file holds England alone says nothing of its authorities.
        wrong = sums[column].notna() & (gap > _tolerance(nation[column], rules))
        problems += at_lines(
            path, nation, wrong, column, "England is not the sum of its authorities",
            "the sum of the rows of authorities of the year",
            "A row of an authority is missing, stands twice or is in another unit.",
        )  # fmt: skip
    return problems


def _tolerance(total: pd.Series, rules: FinanceRules) -> pd.Series:
    return (total * rules.footing_tolerance_share).clip(lower=rules.footing_tolerance_gbp)


def price_problems(path: Path, table: pd.DataFrame) -> list[Problem]:
    """Price is spend over plans; the count is of the January in the financial year; known categories."""
    printed = "derived_topup_spend_per_ehcp_gbp"
    price = (table.total_spend / table.n).where(table.n > 0)
    wrong = ~((price - table[printed]).abs() <= _HALF_A_POUND)
    problems = at_lines(
        path, table, wrong, printed, "the price is not spend over plans", "total_spend / n"
    )
    off = table.jan_year != table.first_year + 1
    problems += at_lines(
        path, table, off, "jan_year", "not the January in the financial year",
        "for 2021-22 the January of 2022",
    )  # fmt: skip
    unknown = ~table.category.isin(CATEGORIES)
    return problems + at_lines(
        path, table, unknown, "category", "an unknown category", " or ".join(CATEGORIES)
    )


def balance_problems(path: Path, table: pd.DataFrame) -> list[Problem]:
    """The pounds are the percentage of the DSG with the opposite sign: a deficit is below nil as a
    percentage and above nil in pounds. And no percentage is beyond the whole grant."""
    share, pounds = "cumulative_balance_pct_of_total_dsg", "approx_cumulative_deficit_gbp_m"
    derived = -table[share] / 100 * table.total_dsg / 1e6
    wrong = (derived - table[pounds]).abs() > _HALF_A_LAST_PLACE
    problems = at_lines(
        path, table, wrong, pounds, "the deficit is not the percentage of the DSG, sign turned",
        "minus the percentage x total_dsg, in millions of pounds, a deficit above nil",
    )  # fmt: skip
    beyond = np.abs(table[share]) > 100
    return problems + at_lines(
        path, table, beyond, share, "a balance beyond the whole grant",
        "percent of the DSG, from -100 to 100",
    )  # fmt: skip
