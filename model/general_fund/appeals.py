"""Appeals to the tribunal: how many the forecast implies, and what they cost the council.

The legal cost is the general fund's. A placement conceded costs the DSG; it is shown beside, because
the cohort's moves to independent schools hold such placements already.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.draws import Draws
from model.funding.prices import price_level
from model.reference.calendar import MONTHS
from model.scenario.general_fund_schema import GeneralFund

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class AppealCost:
    """By month and draw: appeals against `refusals` and over `plans`, `cost_gbp` to the general fund, and
    `conceded_gbp`, the full-year cost of the month's conceded placements, borne by the DSG."""

    refusals: Floats
    plans: Floats
    cost_gbp: Floats
    conceded_gbp: Floats


def appeal_cost(
    fund: GeneralFund, draws: Draws, refused: Floats | None, plans: Floats, factor: float
) -> AppealCost:
    """Appeals from requests `refused` and `plans` in force, both (month, draw); costs x `factor`."""
    appeals = fund.appeals
    assert appeals is not None
    level = price_level(fund.inflation, appeals.inflation, fund.price_base, draws)
    against = np.zeros((draws.months, draws.size))
    if refused is not None:
        against = refused * draws.monthly(appeals.share_of_refusals)
    over = plans * draws.monthly(appeals.share_of_plans_a_year) / MONTHS
    cost = (against + over) * draws.of(appeals.cost_each_gbp) * factor * level
    conceded = over * draws.of(appeals.conceded_share) * draws.of(appeals.conceded_cost_gbp) * level
    return AppealCost(against, over, cost, conceded)
