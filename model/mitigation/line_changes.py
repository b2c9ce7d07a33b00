"""What mitigations add to and take from budget lines in pounds, and what they cost."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from model.draws import Draws
from model.funding.prices import price_indices
from model.mitigation.delivery import paid, paid_on_top, share_on_top
from model.reference.calendar import MONTHS
from model.scenario.funding_schema import Funding
from model.scenario.schema import Scenario

Floats = NDArray[np.float64]


def line_changes(scenario: Scenario, draws: Draws) -> Floats:
    """Change in spending by line in pounds (line, month, draw), negative for a saving.

    Amounts are at base-year prices and rise with the line's. Nil for the base. Taking away (selected share below the base's) leaves the first year alone and
    afterwards removes only what was still to come after it.
    """
    funding = scenario.funding
    assert funding is not None
    names = [line.id for line in funding.lines]
    months = MONTHS * len(draws.years)
    total = np.zeros((len(names), months, draws.size))
    prices = _line_prices(funding, draws)
    for mitigation in scenario.mitigations:
        share = share_on_top(mitigation, scenario, draws, months)
        for change in mitigation.changes:
            amount = draws.of(change.full_year_gbp) * draws.of(mitigation.confidence) / MONTHS
            line = names.index(change.line)
            total[line] += amount * share * prices[line]
        charged = paid_on_top(mitigation, scenario, draws, months)
        for cost in mitigation.cost:
            if cost.line is not None:
                line = names.index(cost.line)
                total[line] += draws.of(cost.full_year_gbp) / MONTHS * charged * prices[line]
    return total


def _line_prices(funding: Funding, draws: Draws) -> list[Floats]:
    """Price level of each line (month, draw): that of its first driver with an inflation series."""
    indices = price_indices(funding, draws)
    series = [
        next((s for driver in line.drivers if (s := getattr(driver, "inflation", None))), None)
        for line in funding.lines
    ]
    return [indices[name] for name in series]


def general_fund_cost(scenario: Scenario, draws: Draws) -> Floats:
    """Cost of the selected mitigations to the general fund, pounds (month, draw), in cash.

    Never in the DSG. Staff are paid in full from the start of the ramp. The first year holds what the
    base holds unless more is selected: with `none` only later costs fall away.
    """
    months = MONTHS * len(draws.years)
    total = np.zeros((months, draws.size))
    for mitigation in scenario.mitigations:
        share = paid_on_top(mitigation, scenario, draws, months)
        share = share + paid(mitigation, draws, months) * draws.of(mitigation.share_in_base)
        for cost in mitigation.cost:
            if cost.fund == "general_fund":
                total += draws.of(cost.full_year_gbp) / MONTHS * share
    return total
