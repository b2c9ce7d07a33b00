"""When two numbers agree, and what is said of two that do not."""

from __future__ import annotations

from dataclasses import dataclass

ANOTHER_PLATFORM = 1e-9
"""Relative difference allowed of a figure that another computer or version worked out."""

SAVED_AGAIN = 1e-13
"""Relative difference allowed of a number that a spreadsheet program has saved: some keep 15 digits."""

RECALCULATED = 1e-9
"""Relative difference allowed of a formula's value that a spreadsheet program has worked out."""

NIL = 1e-6
"""Differences of sums of pounds below this are noise about nil."""


@dataclass(frozen=True)
class Difference:
    """One place where a file is not what the run gives: what is stored, and what it is run again."""

    place: str
    stored: str
    again: str

    def __str__(self) -> str:
        return f"{self.place}: {self.stored} is stored, {self.again} when run again"


def agree(one: float, other: float, relative: float, absolute: float = 0.0) -> bool:
    """Whether two numbers are the same within a tolerance of the larger.

    >>> agree(1e6, 1e6 + 1e-4, 1e-9), agree(1e6, 1e6 + 1e-2, 1e-9)
    (True, False)
    """
    return abs(one - other) <= max(relative * max(abs(one), abs(other)), absolute)
