"""The checks of a run, with their results: what stands on the cover of the workbook.

Identities must hold in every draw; published figures must be met within the rounding of their
print. A failed check is shown, named and blocks sign-off.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from model.account.income import Income
from model.funding.anchoring import USUAL_FACTORS
from model.general_fund.view import APPEALS, TRANSPORT
from model.notices import notices
from model.reference.calendar import financial_year_label
from model.results import Results
from model.scenario.account_schema import PrintedTotals

MONEY_TOLERANCE_GBP = 0.01
"""Sums of pounds as floats differ by far less; anything larger is a mistake."""

PLANS_TOLERANCE = 1e-6
POSSIBLE_FACTORS = (0.1, 10.0)
"""A factor outside comes from a slip, such as thousands written as pounds: the run is not to be signed."""

LARGE_RISE = 1.35
"""New plans of the first year over those of the base year beyond which a reader will ask why."""

FEW_DRAWS = 200
"""Below this a tenth percentile rests on fewer than twenty draws."""


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
    checks.extend(_notices(results))
    checks.extend(_beside_published(results))
    checks.extend(_printed_figures(results))
    if results.draw_count < FEW_DRAWS:
        name = f"{results.draw_count} draws are few: percentiles and chances are rough"
        note = f"Use {FEW_DRAWS} or more for figures that are passed on."
        checks.append(CheckResult(name, "notice", 1.0, 0.0, "", note))
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
        name = f"{title} {year}: printed {figure.central:,.0f}, from its parts {value:,.0f}"
        if key in printed.by_construction:
            name += " (by construction)"
            note = f"by construction: a test of the account only; {note}"
        checks.append(
            CheckResult(
                name,
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
    lines = results.scenario.funding.lines if results.scenario.funding else []
    titles = {line.id: line.title for line in lines} | {
        TRANSPORT: "SEND transport (general fund)",
        APPEALS: "Appeals to the tribunal (general fund)",
    }
    low, high = USUAL_FACTORS
    least, most = POSSIBLE_FACTORS
    return [
        CheckResult(
            f"{titles[item.line]}: plans and prices come to {item.basis_gbp:,.0f} in the first "
            f"year, {item.published_gbp:,.0f} was published (factor {item.factor:.3g})",
            "notice" if least <= item.factor <= most else "published",
            max(low - item.factor, item.factor - high),
            0.0,
            "factor",
            f"The usual factor is {low} to {high}: check volumes, shares and prices of '{item.line}'.",
        )
        for item in results.anchors.values()
        if item.unusual
    ]


def _beside_published(results: Results) -> list[CheckResult]:
    """Notices where the forecast is far from what was published of the same time."""
    scenario, draws = results.scenario, results.draws
    found = []
    if scenario.has("requests") and scenario.requests is not None:
        for item in scenario.requests.published_shares:
            label = str(item.month)
            if label not in draws["month"].to_numpy():
                continue
            issued = draws["demand_issued_by_month"].sel(month=label).to_numpy()
            in_time = draws["demand_in_time_by_month"].sel(month=label).to_numpy()
            share = np.divide(in_time, issued, out=np.zeros_like(issued), where=issued > 0)
            low, high = np.quantile(share, [0.1, 0.9])
            if not low <= item.share.central <= high:
                found.append(
                    f"{item.share.central:.0%} of plans in {label} were published as within 20 weeks; "
                    f"the forecast has {low:.0%} to {high:.0%} (p10 to p90)"
                )
    if scenario.new_plans is not None and "flows" in draws:
        first = financial_year_label(scenario.horizon.first_year)
        new = float(draws["flows"].sel(flow="new", year=first).sum("setting").mean())
        before = scenario.new_plans.plans_in_base_year or 0.0
        if before > 0 and new / before > LARGE_RISE:
            found.append(
                f"{new:,.0f} new plans in {first} are {new / before - 1:.0%} more than the {before:,.0f} of "
                f"{scenario.new_plans.base_year}"
            )
    note = "Ask why before the figures are passed on: capacity, a queue that empties, or an input?"
    return [CheckResult(text, "notice", 1.0, 0.0, "", note) for text in found]


def _printed_figures(results: Results) -> list[CheckResult]:
    """A notice that counts the printed figures of the papers that do not hold."""
    figures = results.figures
    if figures is None or not figures.wrong:
        return []
    wrong, explained = len(figures.wrong), len(figures.not_holding) - len(figures.wrong)
    name = f"{wrong} of {len(figures.outcomes)} checks of printed figures do not hold"
    note = "See the sheet 'Figures checked' for each with its gap and how it is handled."
    if explained:
        note = f"{explained} more are explained by other printed amounts. {note}"
    return [CheckResult(name, "notice", 1.0, 0.0, "", note)]


def _notices(results: Results) -> list[CheckResult]:
    """What a careful reader would ask about the scenario; none of it is an error."""
    return [
        CheckResult(name, "notice", 1.0, 0.0, "", note) for name, note in notices(results.scenario)
    ]
