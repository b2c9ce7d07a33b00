"""Deficits that arise after the Stability Grant's date: a share the department may meet, an assumption.

No share is announced. The scenario says one for each year, nil to the most the Stability Grant meets;
what is met is that share of the year's high needs in-year deficit or, where that is less, of the whole
DSG's; nothing of a surplus.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from model.account.income import high_needs_or_first
from model.account.support.position import Payments, SupportTerms, UnsupportedPosition
from model.account.support.timing import part_of_year_held
from model.draws import Draws
from model.reference.calendar import MONTHS, month_index
from model.scenario.account_schema import Account

Floats = NDArray[np.float64]


def later_deficits(
    account: Account,
    position: UnsupportedPosition,
    earlier: Floats,
    terms: SupportTerms,
    draws: Draws,
) -> Payments | None:
    """What is met of later deficits, or None where the scenario says nothing of them."""
    if not account.later_deficits:
        return None
    size = (len(position.years), draws.size)
    paid, held = np.zeros(size), np.zeros(size)
    high_needs = high_needs_or_first(position.blocks)
    for item in account.later_deficits:
        arises = item.year - position.years.start
        paid_year = month_index(item.paid.year, item.paid.month, position.years.start) // MONTHS
        if arises < 0 or not 0 <= paid_year < size[0]:
            continue
        # A surplus of another block meets its part before the department does.
        deficit = np.minimum(position.in_year[high_needs], position.whole_in_year)[arises]
        met = draws.of(item.share_met) * np.maximum(deficit, 0.0)
        paid[paid_year] += met
        held[paid_year] += met * part_of_year_held(item.paid)
    return Payments(paid, held, np.zeros(size))
