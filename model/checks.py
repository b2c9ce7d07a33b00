"""The checks of a run, with their results: what stands on the cover of the workbook.

Identities must hold in every draw; published figures must be met within the rounding of their
print. A failed check is shown, named and blocks sign-off.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from model.account.income import Income
from model.reference.calendar import financial_year_label
from model.results import Results
from model.scenario.account_schema import PrintedTotals

MONEY_TOLERANCE_GBP = 0.01
"""Sums of pounds as floats differ by far less; anything larger is a mistake."""

PLANS_TOLERANCE = 1e-6
FOOTING_TOLERANCE_GBP = 2000.0
"""Lines printed to the nearest thousand may miss their total by this (systems L10)."""


@dataclass(frozen=True)
class CheckResult:
    """One check: what it says, the difference found, what is allowed, and whether it passed.

    `kind` is `identity` (every draw), `published` (a printed figure) or `notice` (to look at;
    does not block sign-off). `unit` is pounds or plans.
    """

    name: str
    kind: str
    difference: float
    allowed: float
    unit: str
    note: str = ""

    @property
    def passed(self) -> bool:
        """True when the difference is within what is allowed."""
        return bool(abs(self.difference) <= self.allowed)


def check_results(results: Results) -> list[CheckResult]:
    """Every check of a run, identities first."""
    checks = [
        CheckResult(
            name,
            "identity",
            gap,
            PLANS_TOLERANCE if name.startswith("plans") else MONEY_TOLERANCE_GBP,
            "plans" if name.startswith("plans") else "GBP",
            "largest difference over all draws",
        )
        for name, gap in results.gaps.items()
    ]
    checks.append(_finite(results))
    if results.published is not None:
        checks.extend(_published(results))
    checks.extend(_anchors(results))
    return checks


def all_passed(checks: list[CheckResult]) -> bool:
    """True when nothing but notices failed."""
    return all(check.passed for check in checks if check.kind != "notice")


def _finite(results: Results) -> CheckResult:
    """No series holds a value that is not a number, but where a year has no target."""
    bad = 0
    for name, values in results.draws.items():
        if str(name).startswith("trajectory_"):
            continue
        bad += int((~np.isfinite(values.to_numpy())).sum())
    return CheckResult("every series is finite", "identity", float(bad), 0.0, "values")


def _published(results: Results) -> list[CheckResult]:
    account, published = results.scenario.account, results.published
    assert account is not None
    assert published is not None
    checks = []
    for printed in account.printed:
        if printed.year == results.scenario.horizon.first_year:
            checks.extend(_printed(results, printed))
    return checks


def _printed(results: Results, printed: PrintedTotals) -> list[CheckResult]:
    """Printed totals against the sums of their parts on the published basis of the first year."""
    published = results.published
    assert published is not None
    year = financial_year_label(printed.year)
    money: Income = published.account.income
    assert results.scenario.funding is not None
    itemised = [line.id for line in results.scenario.funding.lines if line.itemised]
    computed = {
        "gross_income_gbp": ("gross DSG", float(money.gross[:, 0, 0].sum())),
        "net_income_gbp": (
            "gross DSG less deductions",
            float((money.gross - money.deductions)[:, 0, 0].sum()),
        ),
        "budget_gbp": (
            "budget lines",
            sum(published.budgets.get(name, 0.0) for name in itemised),
        ),
        "spending_gbp": ("outturn lines", sum(published.lines[name] for name in itemised)),
        "in_year_deficit_gbp": ("in-year deficit", float(published.views.in_year[0, 0])),
    }
    checks = []
    for key, (title, value) in computed.items():
        figure = getattr(printed, key)
        if figure is None:
            continue
        gap = value - figure.central
        note = f"source {printed.source}"
        if abs(gap) >= 1:
            note = f"rounding of the print; {note}"
        if key in printed.by_construction:
            note = f"by construction: a test of the account only; {note}"
        checks.append(
            CheckResult(
                f"{title} {year}: printed {figure.central:,.0f}, from its parts {value:,.0f}",
                "published",
                gap,
                float(printed.tolerance_gbp),
                "GBP",
                note,
            )
        )
    return checks


def _anchors(results: Results) -> list[CheckResult]:
    """A notice for every anchoring factor outside the usual range."""
    return [
        CheckResult(
            f"anchoring factor of {item.line} is {item.factor:.3f}",
            "notice",
            item.factor - 1,
            0.25,
            "factor",
            "usual range 0.8 to 1.25; look at the line's volumes and prices",
        )
        for item in results.anchors.values()
        if item.unusual
    ]
