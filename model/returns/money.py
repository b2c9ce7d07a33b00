"""Money and chances as a return states them, rounded half away from zero."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from model.evidence.printed import half_away_from_zero

UNITS: Final = {
    "£m": (Fraction(1_000_000), 1, "m"),
    "£m.000": (Fraction(1_000_000), 3, "m"),
    "£k": (Fraction(1_000), 0, "k"),
    "£": (Fraction(1), 0, ""),
}
"""Formats of money: pounds in the unit, decimals, and what stands after the figure."""

FORMATS: Final = (*UNITS, "words", "%")
SMALLEST_SHOWN, LARGEST_SHOWN = Fraction(1, 200), Fraction(199, 200)


def stated(value: float, as_: str) -> str:
    """A figure in one of FORMATS. `words` says deficit or surplus, in thousands.

    >>> stated(9_685_000, "£m"), stated(24_885_000, "£m.000"), stated(-285_000, "£k")
    ('£9.7m', '£24.885m', '-£285k')
    >>> stated(-285_000, "words"), stated(0.1719, "%"), stated(0, "%")
    ('a surplus of £285k', '17%', 'under 1%')
    """
    if as_ == "%":
        return _chance(Fraction(value))
    if as_ == "words":
        kind = "surplus" if value < 0 else "deficit"
        return f"a {kind} of {stated(abs(value), '£k')}"
    unit, decimals, ending = UNITS[as_]
    rounded = half_away_from_zero(Fraction(value), unit / 10**decimals) / unit
    sign = "-" if rounded < 0 else ""
    return f"{sign}£{float(abs(rounded)):,.{decimals}f}{ending}"


def _chance(value: Fraction) -> str:
    # Counted over draws: none of them is no proof that it cannot happen, nor all that it must.
    if value < SMALLEST_SHOWN:
        return "under 1%"
    if value > LARGEST_SHOWN:
        return "over 99%"
    return f"{int(half_away_from_zero(value * 100, Fraction(1)))}%"
