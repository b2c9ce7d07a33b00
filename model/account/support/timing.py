"""When in its year a payment is made, as the part of the year for which it is held."""

from __future__ import annotations

from model.reference.calendar import APRIL, MONTHS
from model.scenario.fields import Month

NOT_SAID = 0.5
"""A payment whose month is not given counts for half of its year, as one in the middle would."""


def part_of_year_held(paid_in: Month | None) -> float:
    """Part of the financial year after a payment made at the start of a month, 0 to 1.

    >>> part_of_year_held(Month(2026, 4)), part_of_year_held(Month(2026, 10)), part_of_year_held(None)
    (1.0, 0.5, 0.5)
    """
    if paid_in is None:
        return NOT_SAID
    return 1 - ((paid_in.month - APRIL) % MONTHS) / MONTHS
