"""The financial summary of the DSG management plan by block: our reading of a template whose rows are not published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from model.reference.return_codes import SPENDING_GROUPS, spending_group_of
from model.scenario.schema import Scenario

Floats = NDArray[np.float64]

READING = (
    "Our reading of the template: income, transfers and spending by block, with spending by the department's "
    "groups of section 251 lines unmitigated, saved and mitigated. The rows of version 10 are not published, "
    "so this is not a copy of them and cannot be pasted into the template."
)
NOT_BY_LINE = "Spending that no budget line holds"


@dataclass(frozen=True)
class BlockSummary:
    """A block of the DSG in one case, means over draws in pounds, each (year,); a deficit is positive.

    `account`: the rows of the account by name. `by_group`: (group, year) spending of the block's budget
    lines by group of s251 lines, the last row being what no line holds; it adds up to `account["spend"]`.
    """

    block: str
    account: Mapping[str, Floats]
    by_group: Floats


ACCOUNT_ROWS = (
    "opening_deficit",
    "prior_year_adjustment",
    "gross_income",
    "deductions",
    "contributions",
    "net_income",
    "net_transfers_out",
    "spend",
    "draws_on_balances",
    "in_year_deficit_by_block",
    "support",
    "closing_deficit",
)

GROUP_TITLES = (*(group.title for group in SPENDING_GROUPS), NOT_BY_LINE)
"""Titles of the rows of `by_group`."""


def financial_summary(scenario: Scenario, draws: xr.Dataset) -> list[BlockSummary]:
    """Every block of the account in the case that `draws` holds. Sums inside draws, then means."""
    found = []
    for name in (str(block) for block in draws["block"].to_numpy()):
        account = {row: draws[row].sel(block=name).mean("draw").to_numpy() for row in ACCOUNT_ROWS}
        found.append(
            BlockSummary(name, account, _by_group(scenario, draws, name, account["spend"]))
        )
    return found


def _by_group(scenario: Scenario, draws: xr.Dataset, block: str, spend: Floats) -> Floats:
    """Spending by group: each driver's by its s251 line, a line's mitigations by that of its first driver."""
    by_group = np.zeros((len(GROUP_TITLES), len(spend)))
    for line in scenario.funding.lines if scenario.funding else ():
        if line.block != block:
            continue
        for driver in line.drivers:
            paid = draws["driver_spend"].sel(driver=f"{line.id}.{driver.id}").mean("draw")
            by_group[spending_group_of(driver.s251)] += paid.to_numpy()
        changed = draws["line_mitigation"].sel(line=line.id).mean("draw").to_numpy()
        by_group[spending_group_of(line.drivers[0].s251)] += changed
    by_group[-1] = spend - by_group.sum(axis=0)
    return by_group
