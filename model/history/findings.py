"""What a check of published figures found, and what is done about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["footing", "gap", "jump", "repair", "known_fault"]

KINDS: Final[dict[Kind, str]] = {
    "known_fault": "Known faults of the publication",
    "repair": "Figures not used as published",
    "footing": "Figures that do not add up",
    "jump": "Growth that new and ceased plans do not explain",
    "gap": "Years that are missing",
}
"""Kinds of findings in the order in which a reader needs them."""


@dataclass(frozen=True)
class Finding:
    """One thing to know about what was published.

    `authority`: its name, `England` for the nation, empty where it holds for all. `january`: the
    count, or the January after the year of a flow; None where it holds for all. `where`: the file or
    the series. `found` and `done`: clauses without a full stop.
    """

    kind: Kind
    authority: str
    january: int | None
    where: str
    found: str
    done: str

    def __str__(self) -> str:
        when = "" if self.january is None else f", January {self.january}"
        return f"{self.where}{when}: {self.found}; {self.done}."
