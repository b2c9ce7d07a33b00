"""Checks of the general fund's view and of the transfer of statements: references, years, order."""

from __future__ import annotations

from collections.abc import Iterator

from model.reference.calendar import financial_year_label
from model.reference.codes import SETTINGS
from model.scenario.findings import Finding, reads, repeated, repeated_ids, unknown
from model.scenario.schema import Scenario


@reads("horizon", "general_fund", "plans")
def _general_fund(scenario: Scenario) -> Iterator[Finding]:
    fund = scenario.general_fund
    if fund is None:
        return
    if scenario.plans is None:
        yield Finding(("general_fund",), "the general fund's view follows plans, and there are none",
                      expected="a section plans")  # fmt: skip
    base, first = fund.price_base, scenario.horizon.first_year
    if base not in (first - 1, first):
        yield Finding(
            ("general_fund", "price_base"),
            "prices are to be those of the first year or the year before",
            financial_year_label(base),
            f"{financial_year_label(first)} or {financial_year_label(first - 1)}",
        )
    yield from repeated_ids(fund.inflation, ("general_fund", "inflation"))
    names = [series.id for series in fund.inflation]
    for key in ("transport", "appeals"):
        part = getattr(fund, key)
        if part is not None and part.inflation is not None and part.inflation not in names:
            yield unknown(
                ("general_fund", key, "inflation"), "inflation series", part.inflation, names
            )


@reads("general_fund", "horizon")
def _capital(scenario: Scenario) -> Iterator[Finding]:
    schemes = scenario.general_fund.capital if scenario.general_fund is not None else []
    at = ("general_fund", "capital")
    yield from repeated_ids(schemes, at)
    for index, scheme in enumerate(schemes):
        if scheme.reimbursed < scenario.horizon.first_year:
            yield Finding((*at, index, "reimbursed"), "this is before the first year",
                          financial_year_label(scheme.reimbursed),
                          f"{financial_year_label(scenario.horizon.first_year)} or later")  # fmt: skip


@reads("general_fund")
def _travellers(scenario: Scenario) -> Iterator[Finding]:
    if scenario.general_fund is None or scenario.general_fund.transport is None:
        return
    at = ("general_fund", "transport", "travellers")
    groups = scenario.general_fund.transport.travellers
    yield from repeated_ids(groups, at)
    taken: dict[str, str] = {}
    for number, group in enumerate(groups):
        yield from repeated(group.settings, (*at, number, "settings"), "setting", key="")
        for index, setting in enumerate(group.settings):
            here = (*at, number, "settings", index)
            if setting not in SETTINGS:
                yield unknown(here, "setting", setting, SETTINGS)
            elif taken.setdefault(setting, group.id) != group.id:
                yield Finding(here, f"'{setting}' is in the group '{taken[setting]}' already",
                              expected="each setting in one group, so that no passenger counts twice")  # fmt: skip


@reads("general_fund", "requests", "new_plans", "plans", "switched_off")
def _appeals(scenario: Scenario) -> Iterator[Finding]:
    fund = scenario.general_fund
    if (
        fund is None
        or fund.appeals is None
        or "share_of_refusals" not in fund.appeals.model_fields_set
    ):
        return
    if scenario.requests is None:
        yield Finding(
            ("general_fund", "appeals", "share_of_refusals"),
            "appeals against refusals need requests, and there are none",
            expected="a section requests, or share_of_plans_a_year alone",
        )


@reads("horizon", "statement_transfers")
def _transfers(scenario: Scenario) -> Iterator[Finding]:
    transfers, first = scenario.statement_transfers, scenario.horizon.first_year
    if transfers is None:
        return
    start, deadline = transfers.start, transfers.deadline
    if (start.year, start.month) < (first, 4):
        yield Finding(
            ("statement_transfers", "start"),
            "transfers start before the years forecast",
            str(start),
            f"{first}-04 or later, with the statements left then",
        )
    if (deadline.year, deadline.month) < (start.year, start.month):
        yield Finding(("statement_transfers", "deadline"), "the deadline is before the start",
                      str(deadline), f"a month from {start} on")  # fmt: skip


CHECKS = (_general_fund, _capital, _travellers, _appeals, _transfers)
