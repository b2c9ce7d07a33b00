"""Exact figures as a reader sees them."""

from __future__ import annotations

from fractions import Fraction

from model.evidence.printed import half_away_from_zero

MOST_DECIMALS = 4


def as_number(value: Fraction | None) -> float | None:
    """The value as a number for tables and JSON; None where there is none, or none so large."""
    try:
        return None if value is None else float(value)
    except OverflowError:
        return None


def plain(value: Fraction | None, decimals: int | None = None) -> str:
    """The value with thousands marked, rounded half away from zero; an empty text for None.

    Without `decimals`, as many as are needed, at most four.

    >>> plain(Fraction("1234.50")), plain(Fraction(2, 3)), plain(Fraction(-5, 2), 0), plain(None)
    ('1,234.5', '0.6667', '-3', '')
    """
    if value is None:
        return ""
    places = MOST_DECIMALS if decimals is None else decimals
    rounded = half_away_from_zero(value, Fraction(1, 10**places))
    digits = f"{abs(rounded.numerator) * 10**places // rounded.denominator:0{places + 1}d}"
    whole, after = digits[: len(digits) - places], digits[len(digits) - places :]
    if decimals is None:
        after = after.rstrip("0")
    sign = "-" if rounded < 0 else ""
    return f"{sign}{int(whole):,}" + (f".{after}" if after else "")
