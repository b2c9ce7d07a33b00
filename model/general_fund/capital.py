"""Capital that the council pays before a bid is confirmed: what it nets to, and what is exposed meanwhile.

Five resource bases in North Somerset were paid for ahead of the department's decision (papers 000:2291,
2313). Where the bid succeeds the money comes back in its year; where it fails the council bears it. DSG
revenue is untouched either way.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.draws import Draws
from model.scenario.general_fund_schema import CapitalScheme

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class CapitalAtRisk:
    """Pounds by scheme, each (scheme, year, draw): `net` spending less money that comes back in the year,
    and `exposed`, paid to date and not back at the year end."""

    net: Floats
    exposed: Floats


def capital_at_risk(schemes: list[CapitalScheme], draws: Draws) -> CapitalAtRisk:
    """Spending of each scheme, and what a successful bid brings back of it up to its year."""
    net = np.zeros((len(schemes), len(draws.years), draws.size))
    for number, scheme in enumerate(schemes):
        net[number] = draws.by_year(scheme.spend_gbp)
        if scheme.reimbursed in draws.years:
            index = scheme.reimbursed - draws.years.start
            share = draws.of(scheme.bid_succeeds) * draws.of(scheme.reimbursed_share)
            net[number, index] -= share * net[number, : index + 1].sum(axis=0)
    return CapitalAtRisk(net, np.cumsum(net, axis=1))
