"""The DSG account: each block rolled forward, year by year, in every draw.

closing deficit = opening + prior-year adjustment + (spend - income) + net transfers out
                  + draws on balances - DfE support                       (design 5.7)

A deficit is positive, a surplus negative, throughout.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.account.income import Income, by_block_and_year, high_needs_or_first, income
from model.account.support.arrangements import Support, support
from model.account.support.position import SupportTerms, UnsupportedPosition
from model.account.transfers import Transfers, transfers
from model.draws import Draws
from model.scenario.account_schema import Account

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class BlockAccount:
    """The account in pounds; every array is (block, year, draw), deficit positive.

    `opening_deficit`, `prior_year_adjustment`, `spend`, `net_transfers_out`,
    `draws_on_balances`, `support` (a payment by the department is positive) and
    `closing_deficit`. `income` holds gross, deductions and contributions; `arrangements` the support
    by arrangement.
    """

    blocks: tuple[str, ...]
    opening_deficit: Floats
    prior_year_adjustment: Floats
    spend: Floats
    income: Income
    net_transfers_out: Floats
    draws_on_balances: Floats
    support: Floats
    closing_deficit: Floats
    arrangements: Support

    @property
    def in_year_deficit(self) -> Floats:
        """Spend less income plus net transfers out; before adjustments, balances and support."""
        return self.spend - self.income.net + self.net_transfers_out

    def total(self, values: Floats) -> Floats:
        """Sum over blocks in order: (block, year, draw) to (year, draw)."""
        total = np.zeros(values.shape[1:])
        for block in values:
            total = total + block
        return total

    def identity_gap(self) -> float:
        """Largest difference, in pounds, between a closing deficit and the sum of its parts."""
        parts = (
            self.opening_deficit
            + self.prior_year_adjustment
            + (self.spend - self.income.net)
            + self.net_transfers_out
            + self.draws_on_balances
            - self.support
        )
        return float(np.abs(self.closing_deficit - parts).max())

    def brought_forward_gap(self) -> float:
        """Largest difference, in pounds, between an opening and the closing of the year before."""
        if self.opening_deficit.shape[1] < 2:
            return 0.0
        return float(np.abs(self.opening_deficit[:, 1:] - self.closing_deficit[:, :-1]).max())

    def transfers_gap(self) -> float:
        """Largest sum of transfers over blocks, in pounds: nil but for rounding of floats."""
        return float(np.abs(self.total(self.net_transfers_out)).max())


def block_account(
    account: Account,
    line_spend: dict[str, Floats],
    draws: Draws,
    department_places_gbp: Floats | None = None,
    terms: SupportTerms | None = None,
) -> BlockAccount:
    """Roll every block forward over the horizon, first without support, which then is worked out on it.

    `line_spend`: block -> spending of its budget lines in pounds (year, draw). A block without
    lines spends its income plus its planned deficit, less what a transfer makes it cut. `terms`: what
    support depends on outside the account.
    """
    names = tuple(block.id for block in account.blocks)
    money = income(account, draws, department_places_gbp)
    moved = transfers(account, money.gross, draws)
    spend = _spend(account, line_spend, money, moved, draws)
    adjustment = by_block_and_year(account, account.prior_year_adjustments, draws)
    balances = by_block_and_year(account, account.draws_on_balances, draws)
    first = np.stack([draws.of(block.opening_deficit_gbp) for block in account.blocks])
    in_year = spend - money.net + moved.net_out
    movements = adjustment + in_year + balances
    _, unsupported = _rolled_forward(first, movements)
    before = draws.of(account.support_received_before_gbp)
    position = UnsupportedPosition(names, draws.years, first, unsupported, in_year, before)
    arrangements = support(account, position, terms or SupportTerms(), draws)
    paid = np.zeros_like(spend)
    paid[high_needs_or_first(names)] = arrangements.total
    opening, closing = _rolled_forward(first, movements - paid)
    return BlockAccount(
        names,
        opening,
        adjustment,
        spend,
        money,
        moved.net_out,
        balances,
        paid,
        closing,
        arrangements,
    )


def _rolled_forward(first: Floats, movements: Floats) -> tuple[Floats, Floats]:
    """Opening and closing of every year, each (block, year, draw), from `first` (block, draw)."""
    opening, closing = np.zeros_like(movements), np.zeros_like(movements)
    brought_forward = first
    for year in range(movements.shape[1]):
        opening[:, year] = brought_forward
        brought_forward = brought_forward + movements[:, year]
        closing[:, year] = brought_forward
    return opening, closing


def _spend(
    account: Account,
    line_spend: dict[str, Floats],
    money: Income,
    moved: Transfers,
    draws: Draws,
) -> Floats:
    spend = np.zeros_like(money.gross)
    for index, block in enumerate(account.blocks):
        planned = draws.by_year(block.planned_deficit_gbp)
        if block.id in line_spend:
            spend[index] = line_spend[block.id] + planned
        else:
            spend[index] = money.net[index] + planned - moved.spending_cut[index]
    return spend
