"""Schema of the DSG account, the support from the department and the trajectory."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from model.scenario.fields import (
    FinancialYear,
    Id,
    Inflation,
    MonthField,
    Part,
    Places,
    PositivePounds,
    Pounds,
    Share,
    SourcedPart,
    Text,
    YearlyPounds,
    YearlyShare,
    constant,
)
from model.scenario.number_rule import NumberRule
from model.scenario.quantities import Quantity, Yearly
from model.scenario.yearly_rule import YearlyRule

BlockName = Literal["schools", "high_needs", "early_years", "central_services"]


class Deduction(SourcedPart):
    """Money the department keeps from a block because it pays providers directly."""

    id: Id
    """Name of the deduction."""
    title: Text
    """Name in reports."""
    amount_gbp: YearlyPounds | None = None
    """Deduction by financial year; or give places and rate_gbp."""
    places: Places | None = None
    """Places funded directly by the department."""
    rate_gbp: PositivePounds | None = None
    """Yearly rate per place."""
    grows_with_income: bool = False
    """True when the deduction keeps its proportion to the block's gross allocation after the first
    year, as recoupment for academies does."""


class Block(SourcedPart):
    """A block of the DSG: what it brings forward, its income, and spending that no line covers."""

    id: BlockName
    """Block of the DSG."""
    opening_deficit_gbp: Pounds
    """Deficit brought forward on 1 April of the first year (a surplus is negative)."""
    gross_income_gbp: YearlyPounds
    """Allocation before deductions for the years that are known."""
    income_growth: Inflation = constant(YearlyRule(NumberRule("a year", -0.5, 1.0), "ar1", 0.5), 0)
    """Growth from the year before, for years after the last known allocation."""
    deductions: list[Deduction] = []
    """What the department keeps back from the allocation."""
    planned_deficit_gbp: YearlyPounds = constant(YearlyRule(NumberRule("GBP")), 0)
    """In-year deficit planned on spending that has no budget line here (a surplus is negative)."""


class Transfer(SourcedPart):
    """Money moved from one block to another."""

    id: Id
    """Name of the transfer."""
    title: Text
    """Name in reports."""
    from_block: BlockName
    """Block that gives."""
    to_block: BlockName
    """Block that receives."""
    share_of_gross: YearlyShare
    """Share of the giving block's gross allocation, by year."""
    approval: Annotated[
        Yearly, YearlyRule(NumberRule("1 approved, 0 not", 0, 1), path="independent")
    ] = constant(YearlyRule(NumberRule("1 approved, 0 not", 0, 1), "independent"), 1)
    """Approval by year: 1, 0 or a chance such as {discrete: {1: 0.8, 0: 0.2}}."""
    spending_cut_share: Share = constant(NumberRule("share", 0, 1), 1)
    """Share of the transfer that the giving block really saves; only this improves the total."""


class Target(Part):
    """Cumulative deficit agreed for the end of a year, before any support."""

    year: FinancialYear
    """The financial year."""
    cumulative_deficit_gbp: Pounds
    """Deficit at its end (a surplus is negative)."""


class PaymentTest(SourcedPart):
    """What a payment depends on: a year's position without support against its agreed target."""

    year: FinancialYear
    """Year at whose end the position is tested; it needs a target."""
    measure: Literal["cumulative", "in_year"] = "cumulative"
    """Which position: cumulative, or of the year itself."""
    allowance_gbp: PositivePounds = constant(NumberRule("GBP", 0), 0)
    """How far above the target still counts as on track."""
    paid_off_track: Share = constant(NumberRule("share", 0, 1), 0)
    """Share that is paid all the same when off track; the rest is withheld."""
    on_return: Literal["paid", "lost"] = "paid"
    """What becomes of money withheld once a later year meets its target: paid then, or lost."""


class SupportPayment(SourcedPart):
    """A Safety Valve payment by the department towards the deficit, due in one year."""

    id: Id
    """Name of the payment."""
    title: Text
    """Name in reports."""
    year: FinancialYear
    """Financial year in which it is received."""
    amount_gbp: PositivePounds
    """Amount received."""
    paid_in: MonthField | None = None
    """Month of the payment, for the average balance that is financed; half-way through its year where
    it is not given."""
    test: PaymentTest | None = None
    """What the payment depends on; without a test it is sure."""


class ExtendedPayment(SourcedPart):
    """A payment of an extended agreement: a share of all that has not been paid before it begins."""

    year: FinancialYear
    """Financial year in which it is due."""
    share: Share
    """Share of what has not been paid when the extension begins; shares sum to 1."""
    paid_in: MonthField | None = None
    """Month of the payment."""
    test: PaymentTest | None = None
    """What the payment depends on, against the extension's targets."""


class SafetyValveExtension(SourcedPart):
    """A Safety Valve agreement drawn out over more years, which may or may not be agreed."""

    agreed: Annotated[Quantity, NumberRule("1 agreed, 0 not", 0, 1)]
    """Whether it is agreed: 1, 0 or a chance such as {discrete: {1: 0.6, 0: 0.4}}."""
    from_year: FinancialYear
    """First year of the extended profile; payments due before it stay as they are."""
    targets: Annotated[list[Target], Field(min_length=1)]
    """Extended cumulative deficits, before any support."""
    payments: Annotated[list[ExtendedPayment], Field(min_length=1)]
    """How what has not been paid is paid."""


class EvidencedDeficit(SourcedPart):
    """The deficit at the grant's date as one document gives it; the lowest figure counts."""

    id: Id
    """Name of the document: section_251, dsg_note, revenue_outturn ..."""
    title: Text
    """Name in reports."""
    deficit_gbp: PositivePounds
    """DSG deficit it states."""


class StabilityGrant(SourcedPart):
    """The High Needs Stability Grant towards the deficit at 31 March 2026 (terms: data/policy)."""

    evidence: list[EvidencedDeficit] = []
    """The deficit as documents give it, beside the account's own; the lowest is used."""
    ineligible_gbp: PositivePounds = constant(NumberRule("GBP", 0), 0)
    """Ineligible spending inside the deficit besides overspends of other blocks, such as equal pay."""
    safety_valve_receipts: Literal["net", "gross", "gross_less_receipts"] = "net"
    """How Safety Valve money received counts, which no published text settles: the share is of the
    deficit in the books (net), of the deficit before that money (gross), or the latter less the money."""
    approval: Annotated[Quantity, NumberRule("1 approved, 0 not", 0, 1)]
    """Whether the grant is approved: 1, 0 or a chance such as {discrete: {1: 0.8, 0: 0.2}}."""
    paid: MonthField | None = None
    """Month in which it is expected; without one, that of the policy values."""
    delay_months: Annotated[Quantity, NumberRule("months", 0, 60)] = constant(
        NumberRule("months", 0, 60), 0
    )
    """Months by which it comes later."""


class LaterDeficit(SourcedPart):
    """A deficit that arises after the grant's date, and the share of it that the department meets."""

    year: FinancialYear
    """Financial year in which it arises."""
    share_met: Share
    """Share of the year's high needs in-year deficit that is met: an assumption, no share is announced."""
    paid: MonthField
    """Month in which it is received."""


class Financing(SourcedPart):
    """What carrying the deficit costs the general fund: interest, or investment income forgone."""

    annual_rate: Annotated[Yearly, YearlyRule(NumberRule("a year", 0, 0.25), "ar1", 0.5)]
    """Rate on the average balance by year."""


class Adjustment(SourcedPart):
    """An amount in one block and year: plus makes the deficit larger."""

    id: Id
    """Name of the adjustment."""
    title: Text
    """Name in reports."""
    block: BlockName
    """Block it belongs to."""
    year: FinancialYear
    """Financial year in which it counts."""
    amount_gbp: Pounds
    """Amount."""


class ClosedYear(SourcedPart):
    """A past year's published account; checked to close and to reach the opening deficit."""

    year: FinancialYear
    """The financial year."""
    opening_deficit_gbp: Pounds
    """Deficit brought forward (a surplus is negative)."""
    prior_year_adjustment_gbp: Pounds
    """Correction of earlier years: plus makes the deficit larger."""
    in_year_deficit_gbp: Pounds
    """Deficit of the year itself, before support (a surplus is negative)."""
    support_gbp: PositivePounds
    """Support received from the department in the year."""
    closing_deficit_gbp: Pounds
    """Deficit carried forward."""
    opening_alternative_gbp: Pounds | None = None
    """The same opening as another paper gives it, before or after the adjustment."""
    opening_alternative_adjustment_gbp: Pounds | None = None
    """Prior-year adjustment that goes with the other opening."""


class PrintedTotals(SourcedPart):
    """Totals as printed in the papers, shown against the sums of their parts."""

    year: FinancialYear
    """The financial year."""
    gross_income_gbp: Pounds | None = None
    """Gross DSG."""
    net_income_gbp: Pounds | None = None
    """DSG after deductions."""
    budget_gbp: Pounds | None = None
    """Total of the high needs budget."""
    spending_gbp: Pounds | None = None
    """Total of forecast high needs spending."""
    in_year_deficit_gbp: Pounds | None = None
    """In-year deficit."""
    by_construction: list[Text] = []
    """Which of these totals foot because an input was worked out from them: their check tests the
    account only."""
    tolerance_gbp: Annotated[int, Field(ge=0)] = 2000
    """Gap explained by figures printed to the nearest thousand."""


class Vintage(SourcedPart):
    """A figure of the account as another, usually later, source gives it."""

    id: Id
    """Name of the comparison."""
    title: Text
    """What is compared."""
    used_gbp: Pounds
    """The figure this scenario uses."""
    other_gbp: Pounds
    """The figure of the other source."""


class StatutoryOverride(SourcedPart):
    """The statutory override that keeps DSG deficits off the council's reserves, and its end."""

    ends: MonthField | None = None
    """Last month of the override, a March; without it the end in the policy values at the scenario's date."""
    usable_reserves_gbp: Annotated[Yearly, YearlyRule(NumberRule("GBP", 0))] | None = None
    """Usable reserves at the end of each year after all other calls on them."""
    minimum_reserves_gbp: PositivePounds | None = None
    """Least usable reserves that the S151 officer holds prudent, part of the section 25 statement."""


class Account(SourcedPart):
    """The Dedicated Schools Grant account."""

    blocks: Annotated[list[Block], Field(min_length=1)]
    """Blocks of the DSG."""
    transfers: list[Transfer] = []
    """Movements between blocks."""
    prior_year_adjustments: list[Adjustment] = []
    """Corrections of earlier years that fall in the years forecast."""
    draws_on_balances: list[Adjustment] = []
    """Planned use of a block's balance: plus makes its deficit larger."""
    authority_contributions: list[Adjustment] = []
    """Money the council puts in, counted as income once; give it as a positive amount."""
    support_received_before_gbp: PositivePounds = constant(NumberRule("GBP", 0), 0)
    """All support received up to 1 April of the first year."""
    support_payments: list[SupportPayment] = []
    """Safety Valve payments expected from the department."""
    safety_valve_extension: SafetyValveExtension | None = None
    """An extended agreement that may take the place of what is still to be paid."""
    stability_grant: StabilityGrant | None = None
    """The grant towards the high needs deficit at 31 March 2026."""
    later_deficits: list[LaterDeficit] = []
    """What the department is assumed to meet of later deficits; without an entry, nothing."""
    financing: Financing | None = None
    """Cost of financing the deficit, below the line and outside the DSG."""
    statutory_override: StatutoryOverride | None = None
    """When the override ends and what reserves there are; without it nothing is said of reserves."""
    closed_years: list[ClosedYear] = []
    """Past accounts, checked to close."""
    vintages: list[Vintage] = []
    """The same figure from a source of another date, shown beside the one used."""
    printed: list[PrintedTotals] = []
    """Printed totals to compare with."""


class OneOff(SourcedPart):
    """A one-off inside the position that a like-for-like comparison takes out."""

    id: Id
    """Name of the one-off."""
    title: Text
    """Name in reports."""
    year: FinancialYear
    """Financial year in which it counted."""
    amount_gbp: Pounds
    """Effect on the deficit: negative made it smaller."""


class Thresholds(Part):
    """From which probability of being on trajectory a year is green or amber."""

    green_at_least: Share
    """Probability from which a year is green."""
    amber_at_least: Share
    """Probability from which a year is amber; below it, red."""


class Trajectory(SourcedPart):
    """The Safety Valve trajectory: cumulative deficit by year before DfE money."""

    targets: Annotated[list[Target], Field(min_length=1)]
    """Agreed deficit by year; no gap between years."""
    balance_by: FinancialYear
    """Year by whose end the in-year position is to be in balance."""
    one_offs: list[OneOff] = []
    """One-offs inside the position."""
    rag: Thresholds | None = None
    """Thresholds; without them the defaults of data/policy apply."""
