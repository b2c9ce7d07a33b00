"""A figure as a paper prints it: what it says, and half a unit of its last printed place."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from fractions import Fraction

BLANK = frozenset({"", "-", "–", "—", "n/a", "blank"})
"""What stands in a cell in which a paper prints no figure."""

_SCALES = {"": 1, "%": 1, "pp": 1, "k": 1_000, "m": 1_000_000, "bn": 1_000_000_000}
_PRINTED = re.compile(
    r"(?P<open>\()?(?P<sign>[-+])?£?(?P<late_sign>[-+])?"
    r"(?P<whole>\d{1,3}(?:,\d{3})+|\d+)(?:\.(?P<decimals>\d+))?"
    r"\s?(?P<scale>%|pp|k|m|bn)?(?P<close>\))?",
    re.ASCII,
)
_RATIO = re.compile(r"(\d{1,9})/(\d{1,9})", re.ASCII)
LONGEST = 40
"""Characters beyond which no paper prints a figure."""


@dataclass(frozen=True)
class Printed:
    """The value of a printed figure and half a unit of its last place, both exact."""

    value: Fraction
    half_unit: Fraction


def is_blank(text: str) -> bool:
    """True where nothing is printed: an empty cell or a dash."""
    return text.strip().lower() in BLANK


def read_printed(text: str) -> Printed | None:
    """The figure in `text`, or None for what is not a number, such as a placeholder.

    Brackets are a minus, as accountants print it. Endings k, m and bn count in thousands, millions
    and billions; % and pp are dropped. A ratio such as 7/12 is exact.

    >>> read_printed("(12.3)")
    Printed(value=Fraction(-123, 10), half_unit=Fraction(1, 20))
    >>> read_printed("£9.685m").value, read_printed("16,312").half_unit, read_printed("18.xm")
    (Fraction(9685000, 1), Fraction(1, 2), None)
    """
    plain = text.strip().replace("−", "-")
    if len(plain) > LONGEST:
        return None
    ratio = _RATIO.fullmatch(plain)
    if ratio is not None:
        below = int(ratio[2])
        return Printed(Fraction(int(ratio[1]), below), Fraction(0)) if below else None
    match = _PRINTED.fullmatch(plain)
    if match is None:
        return None
    signs = [mark for mark in (match["open"], match["sign"], match["late_sign"]) if mark]
    if len(signs) > 1 or bool(match["open"]) != bool(match["close"]):
        return None
    decimals = match["decimals"] or ""
    scale = _SCALES[match["scale"] or ""]
    unit = Fraction(scale, 10 ** len(decimals))
    size = int(match["whole"].replace(",", "") + decimals) * unit
    return Printed(-size if signs and signs[0] in "(-" else size, unit / 2)


def ending(text: str) -> str:
    """What a printed figure ends in: %, pp, k, m, bn or nothing.

    >>> ending("£9.6m"), ending("(46%)"), ending("12"), ending("18.xm")
    ('m', '%', '', '')
    """
    match = _PRINTED.fullmatch(text.strip().replace("−", "-"))
    return (match["scale"] or "") if match else ""


def half_away_from_zero(value: Fraction, unit: Fraction) -> Fraction:
    """`value` rounded to whole `unit`s, halves away from zero, as a spreadsheet shows it.

    >>> half_away_from_zero(Fraction(-5, 2), Fraction(1))
    Fraction(-3, 1)
    """
    size = math.floor(abs(value) / unit + Fraction(1, 2)) * unit
    return -size if value < 0 else size


def cut_off(value: Fraction, unit: Fraction) -> Fraction:
    """`value` with what is smaller than `unit` left off.

    >>> cut_off(Fraction("9.685"), Fraction("0.1"))
    Fraction(48, 5)
    """
    size = math.floor(abs(value) / unit) * unit
    return -size if value < 0 else size
