"""Schema of the DSG account, the support from the department and the trajectory."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from model.scenario.fields import (
    FinancialYear,
    Id,
    Inflation,
    Number,
    Part,
    PositivePounds,
    Pounds,
    Share,
    SourcedPart,
    Text,
    YearlyPounds,
    YearlyShare,
    constant,
)
from model.scenario.numbers import NumberRule, Yearly, YearlyRule

BlockName = Literal["schools", "high_needs", "early_years", "central_services"]


class Deduction(SourcedPart):
    """Money the department keeps from a block because it pays providers directly."""

    id: Id
    title: Text
    amount_gbp: YearlyPounds | None = None
    """Deduction by financial year; or give places and rate_gbp."""
    places: PositivePounds | None = None
    """Places funded directly by the department."""
    rate_gbp: PositivePounds | None = None
    """Yearly rate per place."""


class Block(SourcedPart):
    """A block of the DSG: what it brings forward, its income, and spending that no line covers."""

    id: BlockName
    opening_deficit_gbp: Pounds
    """Deficit brought forward on 1 April of the first year (a surplus is negative)."""
    gross_income_gbp: YearlyPounds
    """Allocation before deductions for the years that are known."""
    income_growth: Inflation = constant(YearlyRule(NumberRule("a year", -0.5, 1.0), "ar1", 0.5), 0)
    """Growth from the year before, for years after the last known allocation."""
    deductions: list[Deduction] = []
    planned_deficit_gbp: YearlyPounds = constant(YearlyRule(NumberRule("GBP")), 0)
    """In-year deficit planned on spending that has no budget line here (a surplus is negative)."""


class Transfer(SourcedPart):
    """Money moved from one block to another."""

    id: Id
    title: Text
    from_block: BlockName
    to_block: BlockName
    share_of_gross: YearlyShare
    """Share of the giving block's gross allocation, by year."""
    approval: Annotated[
        Yearly, YearlyRule(NumberRule("1 approved, 0 not", 0, 1), path="independent")
    ] = constant(YearlyRule(NumberRule("1 approved, 0 not", 0, 1), "independent"), 1)
    """Approval by year: 1, 0 or a chance such as {discrete: {1: 0.8, 0: 0.2}}."""
    spending_cut_share: Share = constant(NumberRule("share", 0, 1), 1)
    """Share of the transfer that the giving block really saves; only this improves the total."""


class SupportPayment(SourcedPart):
    """A payment by the department towards the deficit, in one year."""

    id: Id
    title: Text
    year: FinancialYear
    amount_gbp: PositivePounds


class Adjustment(SourcedPart):
    """An amount in one block and year: plus makes the deficit larger."""

    id: Id
    title: Text
    block: BlockName
    year: FinancialYear
    amount_gbp: Pounds


class ClosedYear(SourcedPart):
    """A past year's published account; checked to close and to reach the opening deficit."""

    year: FinancialYear
    opening_deficit_gbp: Pounds
    prior_year_adjustment_gbp: Pounds
    in_year_deficit_gbp: Pounds
    support_gbp: PositivePounds
    closing_deficit_gbp: Pounds
    opening_alternative_gbp: Pounds | None = None
    """The same opening as another paper gives it, before or after the adjustment."""
    opening_alternative_adjustment_gbp: Pounds | None = None
    """Prior-year adjustment that goes with the other opening."""


class PrintedTotals(SourcedPart):
    """Totals as printed in the papers, shown against the sums of their parts."""

    year: FinancialYear
    gross_income_gbp: Pounds | None = None
    net_income_gbp: Pounds | None = None
    budget_gbp: Pounds | None = None
    spending_gbp: Pounds | None = None
    in_year_deficit_gbp: Pounds | None = None
    tolerance_gbp: Annotated[int, Field(ge=0)] = 2000
    """Gap explained by figures printed to the nearest thousand."""


class Account(SourcedPart):
    """The Dedicated Schools Grant account."""

    blocks: Annotated[list[Block], Field(min_length=1)]
    transfers: list[Transfer] = []
    prior_year_adjustments: list[Adjustment] = []
    draws_on_balances: list[Adjustment] = []
    """Planned use of a block's balance: plus makes its deficit larger."""
    authority_contributions: list[Adjustment] = []
    """Money the council puts in, counted as income once; give it as a positive amount."""
    support_received_before_gbp: PositivePounds = constant(NumberRule("GBP", 0), 0)
    """All support received up to 1 April of the first year."""
    support_payments: list[SupportPayment] = []
    closed_years: list[ClosedYear] = []
    printed: list[PrintedTotals] = []


class Target(Part):
    """Cumulative deficit agreed for the end of a year, before any support."""

    year: FinancialYear
    cumulative_deficit_gbp: Pounds


class OneOff(SourcedPart):
    """A one-off inside the position that a like-for-like comparison takes out."""

    id: Id
    title: Text
    year: FinancialYear
    amount_gbp: Pounds
    """Effect on the deficit: negative made it smaller."""


class Thresholds(Part):
    """From which probability of being on trajectory a year is green or amber."""

    green_at_least: Number
    amber_at_least: Number


class Trajectory(SourcedPart):
    """The Safety Valve trajectory: cumulative deficit by year before DfE money."""

    targets: Annotated[list[Target], Field(min_length=1)]
    balance_by: FinancialYear
    """Year by whose end the in-year position is to be in balance."""
    one_offs: list[OneOff] = []
    rag: Thresholds | None = None
    """Thresholds; without them the defaults of data/policy apply."""
