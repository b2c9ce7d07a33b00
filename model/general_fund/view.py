"""The general fund beside the DSG: transport, appeals and capital at risk; costs scaled once to what was published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.draws import Draws
from model.funding.anchoring import Anchor
from model.general_fund.appeals import AppealCost, appeal_cost
from model.general_fund.capital import CapitalAtRisk, capital_at_risk
from model.general_fund.transport import TransportCost, transport_cost
from model.reference.calendar import MONTHS
from model.scenario.general_fund_schema import Appeals, GeneralFund, Transport

Floats = NDArray[np.float64]


TRANSPORT, APPEALS = "general_fund.transport", "general_fund.appeals"
"""Names of the anchors of the general fund among those of the budget lines."""


@dataclass(frozen=True)
class GeneralFundView:
    """Transport, appeals and capital of a block of draws, None where the scenario has none."""

    transport: TransportCost | None
    appeals: AppealCost | None
    capital: CapitalAtRisk | None = None


def general_fund_view(
    fund: GeneralFund,
    draws: Draws,
    by_setting: Floats,
    refused: Floats | None,
    anchors: Mapping[str, Anchor],
) -> GeneralFundView:
    """The view from plans in force after each month, `by_setting` (month, setting, draw), and requests
    `refused` (month, draw), None while requests are not modelled."""
    transport = None
    if fund.transport is not None:
        transport = transport_cost(fund, draws, by_setting, _factor(anchors, TRANSPORT))
    appeals = None
    if fund.appeals is not None:
        plans = np.zeros((draws.months, draws.size))
        for setting in range(by_setting.shape[1]):
            plans = plans + by_setting[:, setting]
        appeals = appeal_cost(fund, draws, refused, plans, _factor(anchors, APPEALS))
    capital = capital_at_risk(fund.capital, draws) if fund.capital else None
    return GeneralFundView(transport, appeals, capital)


def _factor(anchors: Mapping[str, Anchor], name: str) -> float:
    return anchors[name].factor if name in anchors else 1.0


def anchor_general_fund(fund: GeneralFund, central: GeneralFundView) -> dict[str, Anchor]:
    """An anchor for each part that was published, from the central run before anchoring.

    Raises ValueError where something was published and the model comes to nothing.
    """
    found = {}
    if central.transport is not None and fund.transport is not None:
        found[TRANSPORT] = _anchor(
            fund.transport, central.transport.cost_gbp.sum(axis=0), TRANSPORT
        )
    if central.appeals is not None and fund.appeals is not None:
        found[APPEALS] = _anchor(fund.appeals, central.appeals.cost_gbp, APPEALS)
    return {name: one for name, one in found.items() if one is not None}


def _anchor(part: Transport | Appeals, monthly: Floats, name: str) -> Anchor | None:
    if part.published_gbp is None:
        return None
    first_year, published = float(monthly[:MONTHS].sum()), part.published_gbp.central
    if first_year <= 0:
        raise ValueError(
            f"{name} comes to nothing in the first year, but published_gbp is given; give it shares "
            "and costs, or leave published_gbp out"
        )
    return Anchor(name, published / first_year, 0.0, first_year, published, "all")
