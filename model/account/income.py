"""Income of each block: allocation, deductions, growth and what the council puts in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.draws import Draws
from model.scenario.account_schema import Account, Adjustment, Block, Deduction

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Income:
    """Income by block in pounds, each (block, year, draw).

    `net` = `gross` - `deductions` + `contributions`. Deductions are what the department pays to
    providers directly, so they are neither income nor spending here.
    """

    gross: Floats
    deductions: Floats
    contributions: Floats

    @property
    def net(self) -> Floats:
        """Income the authority receives."""
        return self.gross - self.deductions + self.contributions


def income(account: Account, draws: Draws, department_places_gbp: Floats | None = None) -> Income:
    """Income of every block over the horizon.

    `department_places_gbp` (year, draw): places opened since the start that the department pays
    directly, deducted from the high needs block.
    """
    gross = [_gross(block, draws) for block in account.blocks]
    deductions = [
        _deductions(block, allocation, draws)
        for block, allocation in zip(account.blocks, gross, strict=True)
    ]
    if department_places_gbp is not None:
        names = [block.id for block in account.blocks]
        deductions[high_needs_or_first(names)] += department_places_gbp
    contributions = by_block_and_year(account, account.authority_contributions, draws)
    return Income(np.stack(gross), np.stack(deductions), contributions)


def high_needs_or_first(blocks: Sequence[str]) -> int:
    """Number of the high needs block; the first where a scenario has none."""
    return blocks.index("high_needs") if "high_needs" in blocks else 0


def _gross(block: Block, draws: Draws) -> Floats:
    """Known allocations, then growth from the year before, pounds (year, draw)."""
    gross = draws.by_year(block.gross_income_gbp).copy()
    growth = draws.by_year(block.income_growth)
    for index, year in enumerate(draws.years):
        if index > 0 and not block.gross_income_gbp.covers(year):
            gross[index] = gross[index - 1] * (1 + growth[index])
    return gross


def _deductions(block: Block, gross: Floats, draws: Draws) -> Floats:
    total = np.zeros((len(draws.years), draws.size))
    for deduction in block.deductions:
        amount = deduction_gbp(deduction, draws)
        if deduction.grows_with_income:
            amount = amount * gross / gross[0]
        total = total + amount
    return total


def deduction_gbp(deduction: Deduction, draws: Draws) -> Floats:
    """One deduction in pounds (year, draw), before growth: an amount, or places x rate."""
    if deduction.amount_gbp is not None:
        return draws.by_year(deduction.amount_gbp)
    assert deduction.places is not None
    assert deduction.rate_gbp is not None
    yearly = draws.of(deduction.places) * draws.of(deduction.rate_gbp)
    return np.tile(yearly, (len(draws.years), 1))


def by_block_and_year(account: Account, entries: list[Adjustment], draws: Draws) -> Floats:
    """Dated amounts as (block, year, draw) in pounds; years outside the horizon are left out."""
    names = [block.id for block in account.blocks]
    total = np.zeros((len(names), len(draws.years), draws.size))
    for entry in entries:
        if entry.year in draws.years:
            total[names.index(entry.block), entry.year - draws.years.start] += draws.of(
                entry.amount_gbp
            )
    return total
