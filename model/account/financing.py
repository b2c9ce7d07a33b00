"""What carrying the DSG deficit costs the council: interest on the average balance, below the line.

average balance = opening + half of the year's movements - payments of support x the part of the year
for which they are held. The money has been spent although the deficit stands in an account of its own:
it is borrowed, or missing from what is invested. The cost is the general fund's and never in the DSG
(a reading: no rule text was found).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.account.block_account import BlockAccount
from model.draws import Draws
from model.scenario.account_schema import Financing

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class FinancingCost:
    """Each (year, draw), pounds: the `average_balance` of the deficit (a surplus is negative) and the
    `cost` of financing it, nil on a surplus."""

    average_balance: Floats
    cost: Floats


def financing_cost(financing: Financing, book: BlockAccount, draws: Draws) -> FinancingCost:
    """Cost of financing the whole-DSG deficit with support, by year."""
    opening = book.total(book.opening_deficit)
    movements = book.in_year_deficit + book.prior_year_adjustment + book.draws_on_balances
    average = opening + book.total(movements) / 2
    for held in book.arrangements.held:
        average = average - held
    cost = np.maximum(average, 0.0) * draws.by_year(financing.annual_rate)
    return FinancingCost(average, cost)
