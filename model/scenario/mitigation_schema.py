"""Schema of mitigations: what each changes, when, how surely, at what cost."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from model.scenario.fields import (
    Id,
    MonthField,
    Part,
    PositivePounds,
    Pounds,
    Share,
    SourcedPart,
    Text,
)
from model.scenario.number_rule import NumberRule
from model.scenario.quantities import Quantity


class LineChange(Part):
    """What a mitigation does to a budget line when it has its full effect."""

    line: Id
    """Budget line changed, by id."""
    full_year_gbp: Pounds
    """Change in a full year at base-year prices: negative is a saving."""


class InputChange(Part):
    """What a mitigation does to an input of the model when it has its full effect."""

    input: Text
    """Path of an input that the model reads month by month, such as requests.refused_share or
    funding.bands[C2].annual_value_gbp. One that may not be changed is refused with those that may."""
    multiply: Annotated[Quantity, NumberRule("factor", 0, 10)] | None = None
    """Factor on the input: 0.9 is a tenth less. Give this or add."""
    add: Annotated[Quantity, NumberRule("as the input")] | None = None
    """Change in the input, plus or minus. Give this or multiply."""


class MitigationCost(Part):
    """What a mitigation costs in a full year."""

    fund: Literal["dsg", "general_fund"]
    """A cost to the general fund never enters the DSG account."""
    full_year_gbp: PositivePounds
    """Cost in a full year at base-year prices."""
    line: Id | None = None
    """Budget line charged (DSG costs only)."""


class Mitigation(SourcedPart):
    """Something the authority does to change the forecast."""

    id: Id
    """Name by which `mitigated` refers to it."""
    title: Text
    """Name in reports."""
    condition: Text
    """Condition of the agreement it serves."""
    theme: Text
    """Theme of the DSG management plan it serves."""
    start: MonthField
    """Month in which it starts to have an effect."""
    ramp_months: Annotated[int, Field(ge=0, le=120)]
    """Months from the start until it has its full effect, growing evenly; 0 is at once."""
    changes: list[LineChange] = []
    """What it does to budget lines in pounds."""
    input_changes: list[InputChange] = []
    """What it does to inputs of the model, which then work through plans, places and prices."""
    confidence: Share
    """Delivery confidence: the share of the planned effect that is delivered."""
    cost: list[MitigationCost] = []
    """What it costs."""
    share_in_base: Share
    """Share of the effect that is already in the anchored base."""
