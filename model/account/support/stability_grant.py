"""The High Needs Stability Grant: a share of the eligible high needs deficit at one past year end.

eligible = lowest of the deficit in the books and the figures in evidence
           - overspends of other blocks - other ineligible spending, not below nil

The grant is that, gross or net of Safety Valve receipts as the scenario's switch says, times the
share, where it is approved in the draw, in the month it is paid. It never exceeds the eligible deficit.

Source: explanatory note on DSG deficits of 9 February 2026: only deficits held at the end of 2025-26,
the lowest figure where evidence differs, overspends that are not high needs deducted; the share and the
approved local reform plan as reported with the final settlement. How Safety Valve receipts count was
not found, hence the switch.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from model.account.income import high_needs_or_first
from model.account.support.position import GrantTerms, Payments, SupportTerms, UnsupportedPosition
from model.draws import Draws
from model.reference.calendar import MONTHS, month_index
from model.scenario.account_schema import Account

Floats = NDArray[np.float64]


def stability_grant(
    account: Account,
    position: UnsupportedPosition,
    earlier: Floats,
    terms: SupportTerms,
    draws: Draws,
) -> Payments | None:
    """The grant, or None where the scenario has none. `earlier` (year, draw): support by other
    arrangements, pounds."""
    grant = account.stability_grant
    if grant is None:
        return None
    assert terms.grant is not None
    eligible, receipts, parts = _eligible(account, position, earlier, terms.grant, draws)
    share = terms.grant.share
    if grant.safety_valve_receipts == "net":
        amount = share * eligible
    elif grant.safety_valve_receipts == "gross":
        amount = share * (eligible + receipts)
    else:
        amount = share * (eligible + receipts) - receipts
    whole = np.clip(amount, 0.0, eligible)
    approved = whole * draws.of(grant.approval)
    first = position.years.start
    due = month_index(terms.grant.paid.year, terms.grant.paid.month, first)
    month = due + np.rint(draws.of(grant.delay_months)).astype(int)
    paid = np.zeros((len(position.years), draws.size))
    held = np.zeros_like(paid)
    for year in range(len(position.years)):
        now = month // MONTHS == year
        paid[year] = np.where(now, approved, 0.0)
        held[year] = np.where(now, approved * (1 - month % MONTHS / MONTHS), 0.0)
    owed = np.zeros_like(paid)
    if due // MONTHS < len(position.years):
        owed[due // MONTHS :] = approved
    return Payments(
        paid,
        held,
        owed - np.cumsum(paid, axis=0),
        {**parts, "stability_grant_eligible": eligible, "stability_grant_if_approved": whole},
    )


def _eligible(
    account: Account,
    position: UnsupportedPosition,
    earlier: Floats,
    terms: GrantTerms,
    draws: Draws,
) -> tuple[Floats, Floats, dict[str, Floats]]:
    """Eligible deficit, Safety Valve receipts to date, and what the former is worked out from, (draw,)."""
    grant = account.stability_grant
    assert grant is not None
    index = terms.closes - position.years.start
    by_block = position.closing[:, index] if index >= 0 else position.opening
    received = earlier[: index + 1].sum(axis=0) if index >= 0 else np.zeros(draws.size)
    books = np.zeros(draws.size)
    others = np.zeros(draws.size)
    high_needs = high_needs_or_first(position.blocks)
    for block, deficit in enumerate(by_block):
        books = books + deficit
        if block != high_needs and terms.less_other_overspends:
            others = others + np.maximum(deficit, 0.0)
    books = np.maximum(books - received, 0.0)
    lowest = books
    for figure in grant.evidence if terms.lowest_figure else ():
        lowest = np.minimum(lowest, draws.of(figure.deficit_gbp))
    eligible = np.maximum(lowest - others - draws.of(grant.ineligible_gbp), 0.0)
    parts = {
        "stability_grant_books": books,
        "stability_grant_lowest": lowest,
        "stability_grant_other_overspends": others,
    }
    return eligible, position.received_before + received, parts
