"""Schema of the cohort's part of a scenario: opening plans, joiners, leavers and moves."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from model.reference.codes import AGE_GROUPS, NEEDS, SETTINGS
from model.scenario.fields import (
    CalendarYear,
    Id,
    MonthField,
    Part,
    Share,
    SourcedPart,
    Text,
    YearlyFactor,
    YearlyPlans,
    constant,
)
from model.scenario.margin_rule import MOST_PLANS, Margin, MarginRule
from model.scenario.number_rule import NumberRule
from model.scenario.quantities import Quantity, Yearly
from model.scenario.yearly_rule import YearlyRule

AgeGroupMargin = Annotated[Margin, MarginRule(AGE_GROUPS)]
SettingMargin = Annotated[Margin, MarginRule(SETTINGS, phases=True)]
FirstSettingMargin = Annotated[Margin, MarginRule(SETTINGS)]
NeedMargin = Annotated[Margin, MarginRule(NEEDS)]
PlanCount = Annotated[int, Field(ge=0, le=MOST_PLANS)]


class BridgeStep(Part):
    """One step from a published count to another that looks different."""

    title: Text
    """What this step accounts for."""
    plans: Annotated[int, Field(ge=-MOST_PLANS, le=MOST_PLANS)]
    """Change in plans, plus or minus."""


class CountBridge(SourcedPart):
    """Two published counts of the same thing, and the steps that lead from one to the other."""

    id: Id
    """Name of the bridge."""
    title: Text
    """What is counted."""
    start_title: Text
    """The first count and its basis."""
    start_plans: PlanCount
    """The first count."""
    steps: list[BridgeStep]
    """What differs: date, definition, recording."""
    end_title: Text
    """The second count and its basis."""
    end_plans: PlanCount
    """The second count; checked to equal the first plus the steps."""


class StockFlowYear(SourcedPart):
    """A past calendar year of published stocks and flows, shown with what does not close."""

    year: CalendarYear
    """Calendar year."""
    opening_plans: PlanCount
    """Plans in force at the January count of the year."""
    new_plans: PlanCount
    """Plans issued in the year."""
    ceased_plans: PlanCount
    """Ceased without transfers to another authority."""
    moved_out_plans: PlanCount
    """Transfers to another authority."""
    closing_plans: PlanCount
    """Plans in force at the next January count."""


class SettingStanding(Part):
    """The standing of one setting's opening plans where it differs from the section's source."""

    setting: Text
    """The setting."""
    status: Literal["published", "derived", "assumed"]
    """published, derived or assumed."""
    reason: Text
    """Why this number."""
    range: Annotated[list[int], Field(min_length=2, max_length=2)]
    """Plausible low and high."""


class ComparedCount(SourcedPart):
    """How many plans another source counts or expects at the end of a month."""

    id: Id
    """Name of the comparison."""
    title: Text
    """Whose figure it is, and how it comes about."""
    month: MonthField
    """Month at whose end it holds."""
    plans: Annotated[int, Field(ge=0, le=MOST_PLANS)]
    """Plans in force."""


class OpeningPlans(SourcedPart):
    """Plans in force on a January count date, as published margins."""

    counted: MonthField
    """Month of the published count; rolled forward to 1 April of the first financial year."""
    total: PlanCount
    """Plans in force."""
    age_groups: AgeGroupMargin
    """Plans by age group (age on 31 August before the academic year); must sum to the total."""
    settings: SettingMargin
    """Plans by setting, or by setting and phase (pre_16, post_16); must sum to the total."""
    needs: NeedMargin | None = None
    """Plans by primary need; left out where not published (need then follows national tables)."""
    standing: list[SettingStanding] = []
    """Settings whose opening plans are not as published but derived or assumed."""
    bridges: list[CountBridge] = []
    """Published counts on another basis, with the steps between."""
    history: list[StockFlowYear] = []
    """Published years of stocks and flows before the count."""
    compared: list[ComparedCount] = []
    """Counts and forecasts of plans by others, shown beside this one. Nothing is fitted to them."""


class PopulationTable(SourcedPart):
    """Resident population by single year of age and calendar year (mid-year)."""

    table: Text
    """CSV file with columns year, age, persons (ages 0 to 25), beside the scenario."""


_GROWTH = Annotated[Quantity, NumberRule("log growth a year", low=-1, high=1)]
_VARIATION = Annotated[
    Yearly, YearlyRule(NumberRule("log change", low=-2, high=2), path="independent")
]


class NewPlans(SourcedPart):
    """New plans: population x rate by age x level x damped trend x seasonality."""

    base_year: CalendarYear
    """Calendar year to which the level refers."""
    plans_in_base_year: Annotated[float, Field(ge=0, le=MOST_PLANS)] | None = None
    """New plans issued in the base year; without it national rates by age apply as they stand. Where
    `requests` are given, new plans come from those and this sets only who they are."""
    first_settings: FirstSettingMargin | None = None
    """Published new plans by first setting in the base year: national shares by age are fitted to
    them. Without it the shares are national."""
    level: YearlyFactor = constant(YearlyRule(NumberRule("factor", 0, 10)), 1)
    """Uncertain multiplier on the level in every year."""
    initial_growth: _GROWTH = constant(NumberRule("log growth a year", -1, 1), 0)
    """Log growth a year just after the base year, on top of population."""
    damping: Share = constant(NumberRule("share", 0, 1), 1)
    """Share of the growth that is left a year later: 1 goes on for ever, 0.8 fades."""
    yearly_variation: _VARIATION = constant(
        YearlyRule(NumberRule("log change", -2, 2), "independent"), 0
    )
    """Extra year-to-year variation (log), zero allowed."""
    chance: Literal["poisson", "negative_binomial"] = "poisson"
    """How the number of new plans scatters around its expected value."""
    dispersion: Annotated[Quantity, NumberRule("variance of a gamma multiplier", 0, 4)] = constant(
        NumberRule("variance", 0, 4), 0
    )
    """Negative binomial only: variance of the yearly gamma multiplier (mean 1)."""


class MovedIn(SourcedPart):
    """Plans that arrive from other authorities."""

    plans_a_year: YearlyPlans
    """Expected arrivals a year, spread over ages and settings as nationally."""


class RecordingDifference(SourcedPart):
    """Plans that counts gain or lose beyond new plans, arrivals and leavers.

    Published stocks and flows do not close: plans are recorded late, twice or not at all. What is
    given here comes or goes in every setting, age and need alike.
    """

    share_a_year: Annotated[
        Yearly, YearlyRule(NumberRule("share of plans a year", -0.8, 0.8), path="independent")
    ]
    """Plans gained (above nil) or lost (below) in a year for each plan in force, spread over months."""


class Rates(SourcedPart):
    """How this authority's leavers and moves differ from national rates.

    Each effect multiplies a family of hazards -ln(1 - q) in every age and setting; one uncertain
    effect tilts the whole family, so that errors do not cancel.
    """

    ceased_under_18: YearlyFactor = constant(YearlyRule(NumberRule("factor", 0, 10)), 1)
    """Multiplies the hazard of ceasing at ages 0 to 17."""
    ceased_18_and_over: YearlyFactor = constant(YearlyRule(NumberRule("factor", 0, 10)), 1)
    """Multiplies the hazard of ceasing at ages 18 to 25."""
    moved_out: YearlyFactor = constant(YearlyRule(NumberRule("factor", 0, 10)), 1)
    """Multiplies the hazard of moving to another authority."""
    to_state_special: YearlyFactor = constant(YearlyRule(NumberRule("factor", 0, 10)), 1)
    """Multiplies the hazard of moving to a state special school, in the year and in September. Part
    of the national hazard is matched by moves back (docs/national_rates.md), under other_moves."""
    to_independent: YearlyFactor = constant(YearlyRule(NumberRule("factor", 0, 10)), 1)
    """Multiplies the hazard of moving to an independent or non-maintained school or a specialist
    post-16 institution, in the year and in September."""
    to_post_16: YearlyFactor = constant(YearlyRule(NumberRule("factor", 0, 10)), 1)
    """Multiplies the hazard of moving to mainstream post-16, in the year and in September."""
    to_other: YearlyFactor = constant(YearlyRule(NumberRule("factor", 0, 10)), 1)
    """Multiplies the hazard of moving to `other`: not in education, awaiting, not recorded."""
    other_moves: YearlyFactor = constant(YearlyRule(NumberRule("factor", 0, 10)), 1)
    """Multiplies the hazard of every other move of setting."""


Age = Annotated[int, Field(ge=0, le=25)]
