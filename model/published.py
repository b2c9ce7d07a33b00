"""The first year on the published basis: the lines as published, beside what the cohort says.

Current pupils stay unchanged and nothing is drawn. The account's published figures are asserted on
this; the model view stands beside it and is not expected to equal it (design 5.6).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from model.account.block_account import BlockAccount, block_account
from model.account.support.terms import support_terms
from model.account.views import CumulativeViews, cumulative_views
from model.draws import central
from model.reconcile.trajectory import Reconciliation, reconcile
from model.scenario.account_schema import Account
from model.scenario.schema import Horizon, Scenario


def with_sure_support(account: Account) -> Account:
    """The account with the payments that depend on nothing: what is undecided is not published."""
    sure = [
        item for item in account.support_payments if item.test is None and item.amount_gbp.certain
    ]
    return account.model_copy(
        update={
            "support_payments": sure,
            "safety_valve_extension": None,
            "stability_grant": None,
            "later_deficits": [],
        }
    )


@dataclass(frozen=True)
class PublishedBasis:
    """The first year as published; the account, views and reconciliation have that one year. Support is what
    depends on nothing: payments that are tested or undecided are left out.

    `lines`: line -> published spending of the first year in pounds; `budgets`: line -> budget
    (lines without one are left out).
    """

    lines: dict[str, float]
    budgets: dict[str, float]
    account: BlockAccount
    views: CumulativeViews
    reconciliation: Reconciliation | None


def published_basis(scenario: Scenario) -> PublishedBasis | None:
    """The published basis, or None without an account or where a line has no published figure."""
    funding, account = scenario.funding, scenario.account
    if funding is None or account is None:
        return None
    lines = {
        line.id: line.published_gbp.central
        for line in funding.lines
        if line.published_gbp is not None
    }
    if len(lines) < len(funding.lines):
        return None
    year = scenario.horizon.first_year
    first_year = Horizon.model_construct(first_year=year, last_year=year)
    draws = central(scenario.model_copy(update={"horizon": first_year}))
    spend: dict[str, np.ndarray] = {}
    for line in funding.lines:
        yearly = spend.setdefault(line.block, np.zeros((len(draws.years), 1)))
        yearly[0] += lines[line.id]
    sure = with_sure_support(account)
    book = block_account(sure, spend, draws, terms=support_terms(scenario))
    views = cumulative_views(book, sure, draws)
    trajectory = scenario.trajectory
    reconciliation = reconcile(trajectory, views, draws) if trajectory is not None else None
    budgets = {
        line.id: line.budget_gbp.central for line in funding.lines if line.budget_gbp is not None
    }
    return PublishedBasis(lines, budgets, book, views, reconciliation)
