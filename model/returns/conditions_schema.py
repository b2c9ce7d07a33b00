"""Schema of a conditions file: what was agreed, how it goes, what it risks and who signs."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from model.scenario.fields import FinancialYear, Id, MonthField, Part, Text
from model.scenario.problems import problem

Rating = Literal["red", "amber", "green"]
Pounds = Annotated[float, Field(ge=0)]
CostPerChild = Annotated[float, Field(gt=0)]
Chance = Annotated[float, Field(ge=0, le=1)]


def _date(value: str) -> str:
    try:
        date.fromisoformat(value)
    except ValueError:
        raise problem(
            "not a date", found=value, expected="YYYY-MM-DD, such as 2023-06-16"
        ) from None
    return value


Date = Annotated[str, AfterValidator(_date), Field(json_schema_extra={"format": "date"})]


class Period(Part):
    """What the return reports on; held to the run."""

    title: Text
    """Name of the period, such as Quarter 1 of 2023-24."""
    year: FinancialYear
    """Financial year reported on: the first of the run."""
    as_at: MonthField
    """Month to which what is known goes: that of the scenario."""


class SignOff(Part):
    """Who signs: offices, no names. The date stands only in a return that may be signed."""

    section_151_officer: Text
    """Title of the officer responsible for finance."""
    director_of_childrens_services: Text
    """Title of the director."""
    date: Date | None = None
    """Date of the signatures."""


class AgreedTarget(Part):
    """A target of the agreement as the return states it; held to the scenario's."""

    year: FinancialYear
    """The financial year."""
    cumulative_deficit_gbp: float
    """Deficit at its end before any support (a surplus is negative)."""


class QuotedFigure(Part):
    """A money figure in the text that is no figure of the run, and where it comes from."""

    figure: Text
    """The figure exactly as the text prints it, such as £16.3m."""
    what: Text
    """What it is."""
    source: Text
    """Where it comes from."""


class Metric(Part):
    """A measure of progress. Texts may hold placeholders."""

    title: Text
    """What is measured."""
    target: Text | None = None
    """What was agreed."""
    latest: Text
    """Where it stands."""
    source: Text | None = None
    """Where the figures come from."""


class MoneyAtRisk(Part):
    """What a risk would cost in a year, and how likely it is, before and after mitigation.

    The expected loss is exposure x probability. What is not known is left out, and is an exception.
    """

    exposure_gbp: Pounds
    """Cost in a year in pounds should it happen, before mitigation."""
    probability: Chance | None = None
    """Probability that it happens, before mitigation."""
    exposure_after_gbp: Pounds | None = None
    """Cost after mitigation; without it, as before."""
    probability_after: Chance | None = None
    """Probability after mitigation."""
    cost_per_child_gbp: Annotated[list[CostPerChild], Field(min_length=1, max_length=2)] | None = (
        None
    )
    """Cost a child and year, or its range: how many children the exposure stands for."""
    source: Text
    """Where the exposure comes from."""
    reason: Text | None = None
    """Why the probabilities are what they are: they are a judgement, and nobody publishes them."""


class AgreedCondition(Part):
    """One condition of the agreement. What is left out is blank, and is listed as an exception."""

    number: Annotated[int, Field(ge=1)]
    """Its number in the agreement."""
    title: Text
    """Short name."""
    text: Text
    """What was agreed."""
    theme: Text
    """The department's theme it belongs to: exactly one."""
    progress: Text | None = None
    """What has been done. May hold placeholders."""
    risks: list[Text] = []
    """What may go wrong. May hold placeholders."""
    mitigations: list[Text] = []
    """What is done about it, in words. May hold placeholders."""
    scenario_mitigations: list[Id] = []
    """Mitigations of the scenario that serve it, by id; each serves one condition."""
    rag_before: Rating | None = None
    """Rating before mitigation."""
    rag_after: Rating | None = None
    """Rating after mitigation."""
    money_at_risk: MoneyAtRisk | None = None
    """What the risk may cost."""
    metrics: list[Metric] = []
    """Measures of progress."""
    quoted: list[QuotedFigure] = []
    """Money figures in the texts that the run does not hold."""
    status: Text | None = None
    """Where it stands in a word or two, such as on track."""
    due: MonthField | None = None
    """Month by which it is to be met."""
    source: Text | None = None
    """Where the agreement or the return says so."""


class ConditionsFile(Part):
    """Everything a Safety Valve monitoring return says that the run does not hold."""

    format: Literal[1]
    """Version of this format."""
    title: Text
    """Title of the return."""
    authority: Text
    """The council; held to the scenario."""
    invented: bool = False
    """True where the authority and what is said of it are invented."""
    source: Text | None = None
    """Where the texts come from."""
    period: Period
    """What the return reports on."""
    agreed_targets: list[AgreedTarget] = []
    """Targets as the return states them; held to the scenario's."""
    summary: Text | None = None
    """The position in words. May hold placeholders."""
    quoted: list[QuotedFigure] = []
    """Money figures in the summary that the run does not hold."""
    conditions: Annotated[list[AgreedCondition], Field(min_length=1)]
    """The conditions, as many as were agreed."""
    sign_off: SignOff
    """Who signs."""
