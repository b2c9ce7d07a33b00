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


STOCKS: Final = frozenset(
    {
        "caseload", "residential_settings", "sen_needs_all_plans",
        "plans", "residential", "schools_block_gbp", "several series",
    }
)  # fmt: skip
"""Files and series that stand at a January; all others are flows of the calendar year before it."""


@dataclass(frozen=True)
class Finding:
    """One thing to know about what was published.

    `authority`: its name, `England` for the nation, empty where it holds for all. `january`: the
    count, or the January after the year of a flow; None where it holds for all. `where`: the file or
    the series. `found` and `done`: clauses without a full stop. `size`: how much of the figure it
    touches, 1 for all of it or where that cannot be said.
    """

    kind: Kind
    authority: str
    january: int | None
    where: str
    found: str
    done: str
    size: float = 1.0

    def __str__(self) -> str:
        if self.january is None:
            when = ""
        elif self.where in STOCKS:
            when = f", January {self.january}"
        else:
            when = f", calendar {self.january - 1}"
        return f"{self.where}{when}: {self.found}; {self.done}."
