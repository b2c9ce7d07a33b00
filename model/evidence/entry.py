"""What every entry of a figures file says, whatever it checks."""

from __future__ import annotations

from pydantic import Field

from model.evidence.figure import FigureField, PrintedText
from model.scenario.fields import Id, Part, Text


class Tolerance(Part):
    """A tolerance of the user's own, with the reason for it."""

    figure: PrintedText
    """What the gap may be, in the entry's unit."""
    reason: Text
    """Why more (or less) than the rounding of the print is allowed."""


class Explanation(Part):
    """A printed amount that accounts for a gap."""

    figure: FigureField
    """The amount; explanations together must come to computed less stated."""
    reason: Text
    """What the amount is."""


class Entry(Part):
    """One check of a paper."""

    id: Id
    """Name of the entry, unique in the file."""
    title: Text
    """What is checked, in a sentence."""
    source: Text
    """Where the paper prints it: the key of the paper, a colon and the lines or pages."""
    unit: Text
    """Unit of the figures, such as GBP k, plans or %."""
    check: list[Text] = []
    """Names by which the check is known elsewhere, such as a register of contradictions."""
    counted: bool = False
    """True where the figures are counts, in which nothing is rounded."""
    tolerance: Tolerance | None = None
    """A tolerance other than the rounding of the print."""
    handling: Text | None = None
    """What the model does about it."""


class ExplainedEntry(Entry):
    """A check whose gap other printed amounts may account for."""

    explained_by: list[Explanation] = Field(default=[])
    """Printed amounts that account for the gap."""
