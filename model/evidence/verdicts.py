"""What can be said of a printed figure, and what a check found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction


class Verdict(StrEnum):
    """What can be said of a printed figure."""

    EXACT = "exact"
    ROUNDING = "rounding"
    MISMATCH = "mismatch"
    NOT_A_NUMBER = "not a number"
    MISSING = "missing"
    DEFINITION_DIFFERS = "definition differs"
    EXPLAINED = "explained"

    @property
    def holds(self) -> bool:
        """True where the print holds, exactly or within its rounding."""
        return self in (Verdict.EXACT, Verdict.ROUNDING)

    @property
    def wrong(self) -> bool:
        """True where the print does not hold and no printed amount explains it."""
        return not self.holds and self is not Verdict.EXPLAINED


MEANINGS = {
    Verdict.EXACT: "the figures as printed agree to the last place",
    Verdict.ROUNDING: "the gap is within the rounding of what is printed, or the tolerance given",
    Verdict.MISMATCH: "the figures as printed cannot all be right",
    Verdict.NOT_A_NUMBER: "a figure is a placeholder or other text",
    Verdict.MISSING: "a figure or a required field is not there",
    Verdict.DEFINITION_DIFFERS: "what is counted, its direction or its threshold changes",
    Verdict.EXPLAINED: "the gap is made up of other printed amounts",
}
"""Verdicts in words, in the order of the enumeration."""


@dataclass(frozen=True)
class Outcome:
    """What one check found.

    `id` is the entry's id, with the place inside it where an entry holds several checks.
    `computed`, `gap` and `tolerance` are exact and in the entry's unit (in percent or points for a
    percentage); `gap` is computed less stated. They are None where nothing could be computed.
    `stated` is as printed.
    """

    id: str
    entry: str
    kind: str
    title: str
    source: str
    unit: str
    check: tuple[str, ...]
    verdict: Verdict
    computed: Fraction | None
    stated: str
    gap: Fraction | None
    tolerance: Fraction | None
    note: str
    handling: str | None
