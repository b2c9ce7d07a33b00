"""Schema of the linked general-fund view: SEND transport and the cost of appeals. Never in the DSG."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from model.scenario.fields import (
    FinancialYear,
    Id,
    Part,
    PositivePounds,
    Share,
    SourcedPart,
    Text,
    YearlyPositivePounds,
    YearlyShare,
    constant,
)
from model.scenario.funding_schema import InflationSeries
from model.scenario.number_rule import NumberRule
from model.scenario.quantities import Quantity
from model.scenario.yearly_rule import YearlyRule


class Travellers(SourcedPart):
    """Pupils with a plan who are taken to school: those of some settings, at one average cost."""

    id: Id
    """Name of the group."""
    title: Text
    """Name in reports."""
    settings: Annotated[list[Text], Field(min_length=1)]
    """Settings whose pupils they are."""
    share_transported: YearlyShare
    """Share of these pupils who are transported."""
    annual_cost_gbp: PositivePounds
    """Average cost of a passenger for a full year, at base-year prices."""


class Transport(SourcedPart):
    """SEND home-to-school transport: plans x share transported x cost x inflation."""

    travellers: Annotated[list[Travellers], Field(min_length=1)]
    """Who is transported."""
    inflation: Id | None = None
    """Inflation series of the general fund that the cost follows."""
    budget_gbp: PositivePounds | None = None
    """Budget of the first year."""
    published_gbp: PositivePounds | None = None
    """Forecast of the first year as published: costs are scaled once so that the central run meets it."""


class Appeals(SourcedPart):
    """Appeals to the tribunal: against refusals to assess, and over what a plan says or names."""

    share_of_refusals: YearlyShare = constant(YearlyRule(NumberRule("share", 0, 1)), 0)
    """Share of refusals to assess that are appealed against; needs `requests`."""
    share_of_plans_a_year: YearlyShare = constant(YearlyRule(NumberRule("share", 0, 1)), 0)
    """Share of plans in force over which there is an appeal in a year."""
    cost_each_gbp: PositivePounds
    """Legal and other cost of an appeal to the council, at base-year prices."""
    conceded_share: Share = constant(NumberRule("share", 0, 1), 0)
    """Share of appeals over plans that end in a placement at the dearer cost: shown beside, because
    such placements are in the moves to independent schools already."""
    conceded_cost_gbp: PositivePounds = constant(NumberRule("GBP", 0), 0)
    """What such a placement costs in a year above the one it replaces; falls on the DSG."""
    inflation: Id | None = None
    """Inflation series of the general fund that the cost follows."""
    budget_gbp: PositivePounds | None = None
    """Budget of the first year."""
    published_gbp: PositivePounds | None = None
    """Outturn or forecast of the first year as published: costs are scaled once to meet it."""


class CapitalScheme(SourcedPart):
    """Capital that the council pays before a bid for it is confirmed."""

    id: Id
    """Name of the scheme."""
    title: Text
    """Name in reports."""
    spend_gbp: YearlyPositivePounds
    """Spending by year."""
    bid_succeeds: Annotated[Quantity, NumberRule("1 succeeds, 0 not", 0, 1)]
    """Whether the bid succeeds: 1, 0 or a chance such as {discrete: {1: 0.7, 0: 0.3}}."""
    reimbursed_share: Share = constant(NumberRule("share", 0, 1), 1)
    """Share of what has been spent that then comes back."""
    reimbursed: FinancialYear
    """Year in which it does."""


class GeneralFund(Part):
    """What plans cost the council outside the DSG."""

    price_base: FinancialYear
    """Year of the prices below: the first year of the horizon or the year before."""
    inflation: list[InflationSeries] = []
    """Inflation series of the general fund."""
    transport: Transport | None = None
    """SEND transport."""
    appeals: Appeals | None = None
    """Appeals to the tribunal."""
    capital: list[CapitalScheme] = []
    """Capital at the council's risk until a bid for it is confirmed."""
