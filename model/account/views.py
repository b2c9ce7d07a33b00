"""The account's three cumulative views, always side by side (design 5.7).

With support: what the books show. Without any support: with + all received to date, the measure
of the trajectory. Excluding this year's payment: with + this year's payment.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.account.block_account import BlockAccount
from model.draws import Draws
from model.scenario.account_schema import Account

Floats = NDArray[np.float64]

VIEWS = ("with_support", "without_support", "excluding_this_years_payment")


@dataclass(frozen=True)
class CumulativeViews:
    """Whole-DSG cumulative deficit in pounds, each (year, draw), and the in-year deficit.

    `opening_without_support` is what the year began with before any support ever received.
    """

    with_support: Floats
    without_support: Floats
    excluding_this_years_payment: Floats
    in_year: Floats
    opening_without_support: Floats
    received_to_date: Floats


def cumulative_views(book: BlockAccount, account: Account, draws: Draws) -> CumulativeViews:
    """The views of the whole DSG from its block account."""
    support = book.total(book.support)
    closing = book.total(book.closing_deficit)
    before = draws.of(account.support_received_before_gbp)
    received = np.zeros_like(support)
    running = before.copy()
    for year in range(len(support)):
        running = running + support[year]
        received[year] = running
    without = closing + received
    opening = book.total(book.opening_deficit) + received - support
    return CumulativeViews(
        with_support=closing,
        without_support=without,
        excluding_this_years_payment=closing + support,
        in_year=book.total(book.in_year_deficit),
        opening_without_support=opening,
        received_to_date=received,
    )
