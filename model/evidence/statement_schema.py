"""Schema of the checks of what a paper says: milestones, definitions, required fields, statements."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from model.evidence.entry import Entry
from model.evidence.figure import FigureField
from model.scenario.fields import Id, MonthField, Part, Text

Direction = Literal["at least", "at most", "more than", "less than"]


class DatedMilestone(Part):
    """What a figure should be by a month."""

    due: MonthField
    """Month by which it should be reached."""
    figure: FigureField
    """The figure to reach."""


class Milestone(Entry):
    """A figure against the milestone due when it was measured, and what the paper says of it."""

    kind: Literal["milestone"]
    """milestone"""
    value: FigureField
    """The figure reached."""
    measured: MonthField
    """Month in which it was measured."""
    milestones: Annotated[list[DatedMilestone], Field(min_length=1)]
    """Milestones by month; the last one due when the figure was measured counts."""
    direction: Direction
    """at least, at most, more than or less than the milestone."""
    stated_met: bool
    """True where the paper says the milestone was met."""


class Statement(Part):
    """One statement of what an indicator counts and where it should stand."""

    source: Text
    """Where it is printed."""
    measure: Text
    """What is counted, in the paper's words; the same words for the same measure."""
    direction: Direction | None = None
    """at least, at most, more than or less than the threshold."""
    threshold: FigureField | None = None
    """The threshold, or the figure given for this measure."""


class Definition(Entry):
    """An indicator that a paper states more than once."""

    kind: Literal["definition"]
    """definition"""
    statements: Annotated[list[Statement], Field(min_length=2)]
    """The statements, in the order printed."""


class Item(Part):
    """An item and the fields given for it."""

    id: Id
    """Name of the item."""
    given: dict[str, Text] = {}
    """The fields the paper fills, as printed."""
    source: Text | None = None
    """Where the item is printed."""


class Complete(Entry):
    """Fields that every item of a return must have, such as a risk and a RAG."""

    kind: Literal["complete"]
    """complete"""
    required: Annotated[list[Id], Field(min_length=1)]
    """The fields each item must have."""
    items: Annotated[list[Item], Field(min_length=1)]
    """The items."""


class Said(Part):
    """A statement of a paper, in words."""

    text: Text
    """What is said, briefly."""
    source: Text
    """Where."""


class Pair(Entry):
    """Statements that cannot all hold and that no arithmetic settles."""

    kind: Literal["pair"]
    """pair"""
    statements: Annotated[list[Said], Field(min_length=2)]
    """The statements."""
    handling: Text
    """What the model does about it."""
