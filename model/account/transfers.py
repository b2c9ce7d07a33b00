"""Transfers between blocks: approved or not, year by year.

A transfer moves a deficit from one block to another and sums to nil over the blocks in every draw.
The whole DSG gains only by the spending that the giving block really cuts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.draws import Draws
from model.scenario.account_schema import Account

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Transfers:
    """Transfers in pounds, each (block, year, draw).

    `net_out`: what a block gives less what it receives (raises its deficit); sums to nil over
    blocks. `spending_cut`: spending the giving block saves because of it.
    """

    net_out: Floats
    spending_cut: Floats


def transfers(account: Account, gross: Floats, draws: Draws) -> Transfers:
    """Transfers of every year, as shares of the giving block's `gross` (block, year, draw)."""
    names = [block.id for block in account.blocks]
    net_out, cut = np.zeros_like(gross), np.zeros_like(gross)
    for transfer in account.transfers:
        giver, taker = names.index(transfer.from_block), names.index(transfer.to_block)
        amount = gross[giver] * draws.by_year(transfer.share_of_gross)
        amount = amount * draws.by_year(transfer.approval)
        net_out[giver] += amount
        net_out[taker] -= amount
        cut[giver] += amount * draws.of(transfer.spending_cut_share)
    return Transfers(net_out, cut)
