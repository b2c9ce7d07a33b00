"""Schema of places: groups of schools, dated openings, who waits and where demand overflows to."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from model.scenario.fields import (
    Id,
    MonthField,
    Places,
    PositivePounds,
    Share,
    Shares,
    SourcedPart,
    Text,
    YearlyPlaces,
    YearlyShare,
    constant,
)
from model.scenario.number_rule import NumberRule
from model.scenario.plans_schema import Age
from model.scenario.quantities import Quantity
from model.scenario.yearly_rule import YearlyRule

_MONTHS = NumberRule("months", 0, 120)
_SHARE = NumberRule("share", 0, 1)
_YEARLY_SHARE = YearlyRule(_SHARE)


class Opening(SourcedPart):
    """A dated change in a school's commissioned places."""

    id: Id
    """Name of the opening, by which its delay is reported."""
    title: Text
    """Name in reports."""
    start: MonthField
    """Month in which it is planned."""
    places: Places
    """Places the school then has in all, not the change."""
    delay_months: Annotated[Quantity, _MONTHS] = constant(_MONTHS, 0)
    """How much later it comes; whole months, part months rounded up. Places before it stay till then."""
    interim: bool = False
    """True for places on an interim site, held until a later opening."""


class School(SourcedPart):
    """A school, or several together, with commissioned places."""

    id: Id
    """Name of the school."""
    title: Text
    """Name in reports."""
    places: Places
    """Places commissioned at the start."""
    openings: list[Opening] = []
    """Dated changes, in order."""
    other_authorities: YearlyPlaces = constant(YearlyRule(NumberRule("places", low=0)), 0)
    """Places taken by pupils of other authorities."""
    place_rate_gbp: PositivePounds
    """Funding of a place for a year."""
    paid_by: Literal["authority", "department"]
    """Who pays places beyond those at the start: authority (spending, by a driver of kind
    added_places) or department (deducted from high needs income). Never both."""


class PlaceGroup(SourcedPart):
    """Schools that admit the same ages and needs in one setting."""

    id: Id
    """Name of the group."""
    title: Text
    """Name in reports."""
    setting: Text
    """Setting whose plans fill these places."""
    ages: Annotated[list[Age], Field(min_length=2, max_length=2)]
    """Youngest and oldest age on 31 August."""
    needs: list[Text] = []
    """Primary needs admitted; all without it."""
    own_pupils_elsewhere: Places = constant(NumberRule("places", low=0), 0)
    """Own pupils in this setting in other authorities' schools: they take no place here."""
    return_share_a_year: YearlyShare = constant(_YEARLY_SHARE, 0)
    """Share a year of those placed independently for want of a place who would come back."""
    settled_return_share_a_year: YearlyShare = constant(_YEARLY_SHARE, 0)
    """The same for other pupils of these ages and needs in independent day places."""
    schools: Annotated[list[School], Field(min_length=1)]
    """Schools and their places."""


class PlaceRules(SourcedPart):
    """Places: who gets one, and what becomes of those who do not."""

    groups: Annotated[list[PlaceGroup], Field(min_length=1)]
    """Groups of schools; two groups of one setting may not admit the same age and need."""
    overflow: Shares
    """What becomes of those without a place: shares of independent, interim and waiting."""
    priority: list[Literal["phase_transfers", "tribunal", "waiting", "new", "returns"]] = [
        "phase_transfers",
        "tribunal",
        "waiting",
        "new",
        "returns",
    ]
    """Who comes first; all five, each once."""
    tribunal_share: Share = constant(_SHARE, 0)
    """Share of new demand with a tribunal's order, placed before the others."""
