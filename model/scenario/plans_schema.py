"""Schema of the cohort's part of a scenario: opening plans, joiners, leavers and moves."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, GetPydanticSchema
from pydantic_core import core_schema

from model.reference.codes import AGE_GROUPS, NEEDS, PHASES, SETTINGS
from model.scenario.fields import (
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
from model.scenario.numbers import NumberRule, Quantity, Yearly, YearlyRule, problem, read_number
from model.scenario.problems import nearest


class Margin(dict[str, Any]):
    """A published margin of the opening plans: name -> plans, or name -> phase -> plans."""


def _counts(value: object, names: tuple[str, ...], *, phases: bool) -> Margin:
    if isinstance(value, Margin):
        return value
    if not isinstance(value, dict):
        raise problem("not a table", found=value, expected="{name: number of plans, ...}")
    margin = Margin()
    for name, raw in value.items():
        if name not in names:
            near = nearest(str(name), names)
            raise problem(
                f"unknown name '{name}'",
                at=(name,),
                expected="one of " + ", ".join(names),
                hint=f"Did you mean '{near}'?" if near else None,
            )
        if phases and isinstance(raw, dict):
            margin[name] = dict(_counts(raw, PHASES, phases=False).items())
            continue
        number = read_number(raw, (name,), "a number of plans")
        if number < 0 or number != round(number):
            raise problem(
                "not a number of plans", at=(name,), found=raw, expected="a whole number, 0 or more"
            )
        margin[name] = int(number)
    return margin


def _margin_type(names: tuple[str, ...], *, phases: bool = False) -> Any:
    count = {"type": "integer", "minimum": 0}
    by_phase = {
        "type": "object",
        "properties": dict.fromkeys(PHASES, count),
        "additionalProperties": False,
    }
    value = {"anyOf": [count, by_phase]} if phases else count
    return Annotated[
        Margin,
        GetPydanticSchema(
            lambda _source, _handler: core_schema.no_info_plain_validator_function(
                lambda raw: _counts(raw, names, phases=phases),
                metadata={
                    "pydantic_js_functions": [
                        lambda _schema, _next: {
                            "type": "object",
                            "properties": dict.fromkeys(names, value),
                            "additionalProperties": False,
                        }
                    ]
                },
            )
        ),
    ]


AgeGroupMargin = _margin_type(AGE_GROUPS)
SettingMargin = _margin_type(SETTINGS, phases=True)
NeedMargin = _margin_type(NEEDS)


class BridgeStep(Part):
    """One step from a published count to another that looks different."""

    title: Text
    """What this step accounts for."""
    plans: int
    """Change in plans, plus or minus."""


class CountBridge(SourcedPart):
    """Two published counts of the same thing, and the steps that lead from one to the other."""

    id: Id
    title: Text
    """What is counted."""
    start_title: Text
    """The first count and its basis."""
    start_plans: Annotated[int, Field(ge=0)]
    """The first count."""
    steps: list[BridgeStep]
    """What differs: date, definition, recording."""
    end_title: Text
    """The second count and its basis."""
    end_plans: Annotated[int, Field(ge=0)]
    """The second count; checked to equal the first plus the steps."""


class StockFlowYear(SourcedPart):
    """A past calendar year of published stocks and flows, shown with what does not close."""

    year: int
    """Calendar year."""
    opening_plans: Annotated[int, Field(ge=0)]
    new_plans: Annotated[int, Field(ge=0)]
    ceased_plans: Annotated[int, Field(ge=0)]
    """Ceased without transfers to another authority."""
    moved_out_plans: Annotated[int, Field(ge=0)]
    """Transfers to another authority."""
    closing_plans: Annotated[int, Field(ge=0)]


class OpeningPlans(SourcedPart):
    """Plans in force on a January count date, as published margins."""

    counted: MonthField
    """Month of the published count; rolled forward to 1 April of the first financial year."""
    total: Annotated[int, Field(ge=0)]
    """Plans in force."""
    age_groups: AgeGroupMargin
    """Plans by age group (age on 31 August before the academic year); must sum to the total."""
    settings: SettingMargin
    """Plans by setting, or by setting and phase (pre_16, post_16); must sum to the total."""
    needs: NeedMargin | None = None
    """Plans by primary need; left out where not published (need then follows national tables)."""
    bridges: list[CountBridge] = []
    """Published counts on another basis, with the steps between."""
    history: list[StockFlowYear] = []
    """Published years of stocks and flows before the count."""


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

    base_year: int
    """Calendar year to which the level refers."""
    plans_in_base_year: Annotated[float, Field(ge=0)] | None = None
    """New plans issued in the base year; without it national rates by age apply as they stand."""
    level: YearlyFactor = constant(YearlyRule(NumberRule("factor", 0, 10)), 1)
    """Uncertain multiplier on the level in every year."""
    initial_growth: _GROWTH = constant(NumberRule("log growth a year"), 0)
    """Log growth a year just after the base year, on top of population."""
    damping: Share = constant(NumberRule("share", 0, 1), 1)
    """Share of the growth that is left a year later: 1 goes on for ever, 0.8 fades."""
    yearly_variation: _VARIATION = constant(YearlyRule(NumberRule("log change"), "independent"), 0)
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
    """Multiplies the hazard of moving to a state special school during the year."""
    to_independent: YearlyFactor = constant(YearlyRule(NumberRule("factor", 0, 10)), 1)
    """Multiplies the hazard of moving to an independent or non-maintained special school."""
    other_moves: YearlyFactor = constant(YearlyRule(NumberRule("factor", 0, 10)), 1)
    """Multiplies the hazard of every other move of setting during the year."""


def _age(value: int) -> int:
    if not 0 <= value <= 25:
        raise problem("not an age", found=value, expected="an age from 0 to 25")
    return value


Age = Annotated[int, AfterValidator(_age)]
