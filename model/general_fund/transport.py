"""SEND transport: plans x share transported x cost x inflation, month by month.

Somerset's papers forecast it as growth in plans x inflation of the average cost; the council pays it,
not the DSG.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.draws import Draws
from model.funding.prices import price_level
from model.reference.calendar import MONTHS
from model.reference.codes import SETTINGS
from model.scenario.general_fund_schema import GeneralFund

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class TransportCost:
    """Passengers (group, month, draw) on average in the month, and cost in pounds (group, month, draw)."""

    passengers: Floats
    cost_gbp: Floats


def transport_cost(fund: GeneralFund, draws: Draws, plans: Floats, factor: float) -> TransportCost:
    """Transport from `plans` in force (month, setting, draw), its costs scaled by `factor`.

    A full-year cost is spread over the twelve months, as budgets are; cash prices.
    """
    transport = fund.transport
    assert transport is not None
    level = price_level(fund.inflation, transport.inflation, fund.price_base, draws)
    passengers = np.zeros((len(transport.travellers), draws.months, draws.size))
    cost = np.zeros_like(passengers)
    for number, group in enumerate(transport.travellers):
        for setting in group.settings:
            passengers[number] += plans[:, SETTINGS.index(setting)]
        passengers[number] *= draws.monthly(group.share_transported)
        each = draws.monthly(group.annual_cost_gbp) * factor / MONTHS
        cost[number] = passengers[number] * each * level
    return TransportCost(passengers, cost)
