"""Checks of the DSG account and the trajectory: blocks, years that close, targets in order."""

from __future__ import annotations

from collections.abc import Iterator

from model.reference.calendar import financial_year_label
from model.scenario.account_schema import (
    Account,
    Block,
    ClosedYear,
    Deduction,
    PrintedTotals,
)
from model.scenario.findings import Finding, reads, repeated, repeated_ids, unknown
from model.scenario.positions import Path
from model.scenario.schema import Scenario

_CLOSE_GBP = 0.5
_ENTRIES = (
    "transfers",
    "prior_year_adjustments",
    "draws_on_balances",
    "authority_contributions",
    "support_payments",
)
_DATED = _ENTRIES[1:]


@reads("account", "funding")
def _line_blocks(scenario: Scenario) -> Iterator[Finding]:
    if scenario.account is None or scenario.funding is None:
        return
    blocks = [block.id for block in scenario.account.blocks]
    for number, line in enumerate(scenario.funding.lines):
        if line.block not in blocks:
            at = ("funding", "lines", number, "block")
            yield unknown(at, "block of the account called", line.block, blocks)


@reads("account")
def _entries(scenario: Scenario) -> Iterator[Finding]:
    account = scenario.account
    if account is None:
        return
    blocks = [block.id for block in account.blocks]
    yield from repeated_ids(account.blocks, ("account", "blocks"))
    for name in _ENTRIES:
        entries = getattr(account, name)
        yield from repeated_ids(entries, ("account", name))
        for index, entry in enumerate(entries):
            for key in ("block", "from_block", "to_block"):
                value = getattr(entry, key, None)
                if value is not None and value not in blocks:
                    yield unknown(("account", name, index, key), "block", value, blocks)
    yield from repeated_ids(account.vintages, ("account", "vintages"))
    for index, printed in enumerate(account.printed):
        totals = [name for name in PrintedTotals.model_fields if name.endswith("_gbp")]
        for number, name in enumerate(printed.by_construction):
            if name not in totals or getattr(printed, name) is None:
                at = ("account", "printed", index, "by_construction", number)
                given = [total for total in totals if getattr(printed, total) is not None]
                yield unknown(at, "printed total", name, given)
    for name in ("closed_years", "printed"):
        years = [financial_year_label(item.year) for item in getattr(account, name)]
        yield from repeated(years, ("account", name), "year", key="year")


@reads("account", "horizon")
def _blocks(scenario: Scenario) -> Iterator[Finding]:
    for number, block in enumerate(scenario.account.blocks if scenario.account else ()):
        at: Path = ("account", "blocks", number, "deductions")
        yield from repeated_ids(block.deductions, at)
        complete = True
        for index, deduction in enumerate(block.deductions):
            by_places = deduction.places is not None and deduction.rate_gbp is not None
            parts = deduction.places is not None or deduction.rate_gbp is not None
            if by_places == (deduction.amount_gbp is not None) or parts != by_places:
                complete = False
                yield Finding(
                    (*at, index),
                    "the deduction needs one amount",
                    expected="either amount_gbp, or both places and rate_gbp",
                )
        if complete:
            yield from _left_over(block, scenario.horizon.first_year, at)


def _left_over(block: Block, year: int, at: Path) -> Iterator[Finding]:
    if not block.gross_income_gbp.covers(year):
        return
    gross = block.gross_income_gbp.at(year).central
    taken = sum(_central(deduction, year) for deduction in block.deductions)
    if taken > gross + _CLOSE_GBP:
        yield Finding(
            at, "the deductions exceed the allocation", f"{taken:,.0f}", f"at most {gross:,.0f}"
        )


def _central(deduction: Deduction, year: int) -> float:
    if deduction.places is not None and deduction.rate_gbp is not None:
        return deduction.places.central * deduction.rate_gbp.central
    amount = deduction.amount_gbp
    return amount.at(year).central if amount is not None and amount.covers(year) else 0.0


@reads("account", "horizon")
def _transfers(scenario: Scenario) -> Iterator[Finding]:
    transfers = scenario.account.transfers if scenario.account else []
    for index, transfer in enumerate(transfers):
        if transfer.from_block == transfer.to_block:
            yield Finding(
                ("account", "transfers", index, "to_block"), "a transfer from a block to itself"
            )
    for giver in dict.fromkeys(transfer.from_block for transfer in transfers):
        given = [item.share_of_gross for item in transfers if item.from_block == giver]
        for year in scenario.horizon.years:
            share = sum(item.at(year).central for item in given if item.covers(year))
            if share > 1:
                label = financial_year_label(year)
                yield Finding(
                    ("account", "transfers"),
                    f"the transfers from {giver} exceed its allocation in {label}",
                    f"{share:.1%}",
                    "100% or less",
                )
                break


@reads("account", "horizon")
def _past_entries(scenario: Scenario) -> Iterator[Finding]:
    """What happened before the first year is in the opening deficit already."""
    first = scenario.horizon.first_year
    for name in _DATED if scenario.account else ():
        for index, entry in enumerate(getattr(scenario.account, name)):
            if entry.year < first:
                support = name == "support_payments"
                yield Finding(
                    ("account", name, index, "year"),
                    "this is before the first year",
                    financial_year_label(entry.year),
                    f"{financial_year_label(first)} or later",
                    "Put it in support_received_before_gbp."
                    if support
                    else "It is in the opening deficit already.",
                )


@reads("account", "horizon")
def _closed_years(scenario: Scenario) -> Iterator[Finding]:
    account = scenario.account
    if account is None:
        return
    first_year = scenario.horizon.first_year
    by_year = {item.year: item for item in account.closed_years if item.year < first_year}
    for index, year in enumerate(account.closed_years):
        at: Path = ("account", "closed_years", index)
        if year.year >= first_year:
            yield Finding(
                (*at, "year"),
                "a closed year lies in the horizon",
                financial_year_label(year.year),
                f"a year before {financial_year_label(first_year)}",
            )
            continue
        yield from _closes(year, at)
        before = by_year.get(year.year - 1)
        if before is not None:
            yield from _opens(year, before, at)
    yield from _brought_forward(account, by_year.get(first_year - 1))


def _routes(year: ClosedYear) -> list[tuple[float, float]]:
    """Opening and adjustment, as one paper gives them and as another does."""
    routes = [(year.opening_deficit_gbp.central, year.prior_year_adjustment_gbp.central)]
    if year.opening_alternative_gbp and year.opening_alternative_adjustment_gbp:
        other = year.opening_alternative_adjustment_gbp.central
        routes.append((year.opening_alternative_gbp.central, other))
    return routes


def _closes(year: ClosedYear, at: Path) -> Iterator[Finding]:
    if (year.opening_alternative_gbp is None) != (year.opening_alternative_adjustment_gbp is None):
        yield Finding(
            at,
            "half of the alternative opening is given",
            expected="both opening_alternative_gbp and opening_alternative_adjustment_gbp",
        )
    rest = year.in_year_deficit_gbp.central - year.support_gbp.central
    for opening, adjustment in _routes(year):
        closing = opening + adjustment + rest
        if abs(closing - year.closing_deficit_gbp.central) > _CLOSE_GBP:
            yield Finding(
                at,
                "the year does not close: opening + adjustment + in-year - support",
                f"{closing:,.0f} from an opening of {opening:,.0f}",
                f"the closing deficit given, {year.closing_deficit_gbp.central:,.0f}",
            )


def _opens(year: ClosedYear, before: ClosedYear, at: Path) -> Iterator[Finding]:
    closing = before.closing_deficit_gbp.central
    if all(abs(opening - closing) > _CLOSE_GBP for opening, _ in _routes(year)):
        yield Finding(
            (*at, "opening_deficit_gbp"),
            "the year does not open where the one before closed",
            f"{year.opening_deficit_gbp.central:,.0f}",
            f"{closing:,.0f}",
            "Put the difference in prior_year_adjustment_gbp.",
        )


def _brought_forward(account: Account, last: ClosedYear | None) -> Iterator[Finding]:
    if last is None:
        return
    closing = last.closing_deficit_gbp.central
    opening = sum(block.opening_deficit_gbp.central for block in account.blocks)
    if abs(opening - closing) > _CLOSE_GBP:
        yield Finding(
            ("account", "blocks"),
            "the blocks do not bring forward what the last closed year left",
            f"{opening:,.0f}",
            f"{closing:,.0f}",
        )


@reads("trajectory", "account")
def _trajectory(scenario: Scenario) -> Iterator[Finding]:
    trajectory = scenario.trajectory
    if trajectory is None:
        return
    if scenario.account is None:
        expected = "an 'account:' section as well"
        yield Finding(("trajectory",), "a trajectory needs an account", expected=expected)
    at = ("trajectory", "targets")
    years = [target.year for target in trajectory.targets]
    yield from repeated([financial_year_label(year) for year in years], at, "year", key="year")
    missing = sorted(set(range(min(years), max(years) + 1)) - set(years))
    if missing:
        expected = f"a target for {financial_year_label(missing[0])}"
        yield Finding(at, "a year is missing between the targets", expected=expected)
    yield from repeated_ids(trajectory.one_offs, ("trajectory", "one_offs"))
    rag = trajectory.rag
    if rag is not None and rag.amber_at_least.central > rag.green_at_least.central:
        yield Finding(
            ("trajectory", "rag"),
            "the thresholds are out of order",
            f"amber {rag.amber_at_least.central:g}, green {rag.green_at_least.central:g}",
            "amber at or below green",
        )


@reads("trajectory", "horizon")
def _targets_in_horizon(scenario: Scenario) -> Iterator[Finding]:
    horizon, trajectory = scenario.horizon, scenario.trajectory
    if trajectory is None or horizon.last_year < horizon.first_year:
        return
    years = [target.year for target in trajectory.targets]
    if not set(years) & set(horizon.years):
        first, last = financial_year_label(min(years)), financial_year_label(max(years))
        start, end = map(financial_year_label, (horizon.first_year, horizon.last_year))
        yield Finding(
            ("trajectory", "targets"),
            "no target lies in the horizon",
            first if first == last else f"{first} to {last}",
            f"a year from {start} to {end}",
        )


CHECKS = (
    _line_blocks,
    _entries,
    _blocks,
    _transfers,
    _past_entries,
    _closed_years,
    _trajectory,
    _targets_in_horizon,
)
