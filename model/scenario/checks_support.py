"""Checks of support: tests with a target, extended profiles that add up, the grant and its dates, later deficits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from model.reference.calendar import APRIL, MONTHS, financial_year_label, month_index
from model.scenario.account_schema import PaymentTest, Target
from model.scenario.fields import Month
from model.scenario.findings import Finding, reads, repeated, repeated_ids
from model.scenario.policy_values import policy_of, policy_value
from model.scenario.positions import Path
from model.scenario.quantities import Quantity
from model.scenario.schema import Scenario

_SUM = 1e-6


@reads("account", "trajectory", "horizon")
def _tests(scenario: Scenario) -> Iterator[Finding]:
    account = scenario.account
    if account is None:
        return
    targets = scenario.trajectory.targets if scenario.trajectory is not None else []
    for index, payment in enumerate(account.support_payments):
        if payment.test is not None:
            at: Path = ("account", "support_payments", index, "test")
            yield from _test(payment.test, payment.year, targets, scenario, at)
        if payment.paid_in is not None:
            at = ("account", "support_payments", index, "paid_in")
            yield from _in_year(payment.paid_in, payment.year, at)


def _test(
    test: PaymentTest, due: int, targets: Sequence[Target], scenario: Scenario, at: Path
) -> Iterator[Finding]:
    """A test looks at a year that is forecast, is not after the payment, and has a target."""
    known = [target.year for target in targets]
    label = financial_year_label(test.year)
    if not scenario.horizon.first_year <= test.year <= due:
        first, last = map(financial_year_label, (scenario.horizon.first_year, due))
        yield Finding(
            (*at, "year"),
            "this year cannot be tested",
            label,
            f"a year from {first}, the first forecast, to {last}, in which the payment is due",
            "What was tested before the forecast is known: leave the test out.",
        )
    elif test.year not in known:
        expected = "a target for it in the trajectory"
        yield Finding((*at, "year"), "the year tested has no target", label, expected)
    elif test.measure == "in_year" and test.year - 1 not in known:
        yield Finding(
            (*at, "measure"),
            "the in-year target is the change from a target of the year before, and there is none",
            label,
            f"a target for {financial_year_label(test.year - 1)}",
        )


def _in_year(paid: Month, year: int, at: Path) -> Iterator[Finding]:
    if not 0 <= month_index(paid.year, paid.month, year) < MONTHS:
        label = financial_year_label(year)
        yield Finding(at, f"this month is not in {label}", str(paid), f"a month of {label}")


@reads("account", "horizon")
def _extension(scenario: Scenario) -> Iterator[Finding]:
    account = scenario.account
    extension = account.safety_valve_extension if account is not None else None
    if account is None or extension is None:
        return
    at: Path = ("account", "safety_valve_extension")
    if not account.support_payments:
        expected = "support_payments, some of which are still to come"
        yield Finding(at, "there are no payments to extend", expected=expected)
    whole = sum(part.share.central for part in extension.payments)
    if abs(whole - 1) > _SUM:
        yield Finding((*at, "payments"), "the shares do not sum to 1", f"{whole:g}", "1")
    years = [target.year for target in extension.targets]
    yield from repeated(
        [financial_year_label(y) for y in years], (*at, "targets"), "year", key="year"
    )
    for index, part in enumerate(extension.payments):
        here: Path = (*at, "payments", index)
        if part.year < extension.from_year:
            yield Finding(
                (*here, "year"),
                "the payment is before the extension begins",
                financial_year_label(part.year),
                f"{financial_year_label(extension.from_year)} or later",
            )
        if part.test is not None:
            yield from _test(part.test, part.year, extension.targets, scenario, (*here, "test"))
        if part.paid_in is not None:
            yield from _in_year(part.paid_in, part.year, (*here, "paid_in"))


@reads("account", "horizon", "policy")
def _grant(scenario: Scenario) -> Iterator[Finding]:
    account = scenario.account
    grant = account.stability_grant if account is not None else None
    if account is None or grant is None:
        return
    at: Path = ("account", "stability_grant")
    yield from repeated_ids(grant.evidence, (*at, "evidence"))
    try:
        held = policy_value(scenario, "stability_grant_deficit_date")
        policy_value(scenario, "stability_grant_share")
    except KeyError:
        since = policy_of(scenario)["stability_grant_share"].values[0][0]
        yield Finding(
            at,
            "the grant was not known at the scenario's date",
            f"as_at {scenario.as_at}",
            f"as_at {Month(*since)} or later",
        )
        return
    closes = held.year - (held.month < APRIL)
    first = scenario.horizon.first_year
    if first > closes + 1:
        yield Finding(
            at,
            "the deficit it looks at lies before the forecast",
            f"first year {financial_year_label(first)}",
            f"a forecast from {financial_year_label(closes + 1)} or earlier",
            "A grant already received is in the opening deficit and in support_received_before_gbp.",
        )
    if grant.paid is None:
        return
    if month_index(grant.paid.year, grant.paid.month, closes + 1) < 0:
        yield Finding(
            (*at, "paid"),
            "this is before the deficit it meets is measured",
            str(grant.paid),
            f"a month after March {closes + 1}",
        )


@reads("account", "horizon", "policy")
def _later(scenario: Scenario) -> Iterator[Finding]:
    account = scenario.account
    if account is None or not account.later_deficits:
        return
    at: Path = ("account", "later_deficits")
    stated = policy_of(scenario)["later_deficit_support_share"].range
    most = stated[1] if stated is not None else 1.0
    years = [financial_year_label(item.year) for item in account.later_deficits]
    yield from repeated(years, at, "year", key="year")
    for index, item in enumerate(account.later_deficits):
        if item.year not in scenario.horizon.years:
            first, last = scenario.horizon.first_year, scenario.horizon.last_year
            yield Finding(
                (*at, index, "year"),
                "this year is not forecast",
                financial_year_label(item.year),
                f"a year from {financial_year_label(first)} to {financial_year_label(last)}",
            )
        if _highest(item.share_met) > most:
            yield Finding(
                (*at, index, "share_met"),
                "more of the deficit would be met than the range allows",
                f"up to {_highest(item.share_met):.3g}",
                f"at most {most:g}",
                "The range is that of later_deficit_support_share in data/policy.",
            )
        if month_index(item.paid.year, item.paid.month, item.year) < 0:
            yield Finding(
                (*at, index, "paid"),
                "this is before the deficit arises",
                str(item.paid),
                f"a month from April {item.year}",
            )


def _highest(share: Quantity) -> float:
    """The most a share can be in a draw."""
    return float(share.distribution.quantile(np.array([1 - _SUM]))[0])


@reads("account", "general_fund")
def _chances(scenario: Scenario) -> Iterator[Finding]:
    """What is decided one way or the other is 1, 0 or a chance: 0.8 would pay 80 % in every draw."""
    account, fund = scenario.account, scenario.general_fund
    asked: list[tuple[Path, Quantity]] = []
    if account is not None and account.stability_grant is not None:
        asked.append((("account", "stability_grant", "approval"), account.stability_grant.approval))
    if account is not None and account.safety_valve_extension is not None:
        at: Path = ("account", "safety_valve_extension", "agreed")
        asked.append((at, account.safety_valve_extension.agreed))
    for index, scheme in enumerate(fund.capital if fund is not None else ()):
        asked.append((("general_fund", "capital", index, "bid_succeeds"), scheme.bid_succeeds))
    for path, figure in asked:
        shown = figure.distribution.quantile(np.linspace(0.0005, 0.9995, 1000))
        if not np.isin(shown, (0.0, 1.0)).all():
            yield Finding(
                path,
                "this is decided one way or the other",
                figure.distribution.describe() or f"{figure.central:g}",
                "1, 0 or a chance such as {discrete: {1: 0.8, 0: 0.2}}",
            )


@reads("account")
def _override(scenario: Scenario) -> Iterator[Finding]:
    override = scenario.account.statutory_override if scenario.account is not None else None
    if override is not None and override.ends is not None and override.ends.month != APRIL - 1:
        yield Finding(
            ("account", "statutory_override", "ends"),
            "the override ends with a financial year",
            str(override.ends),
            "a March, such as 2028-03",
        )


CHECKS = (_tests, _extension, _grant, _later, _chances, _override)
