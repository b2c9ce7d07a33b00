"""Percentages that a paper cuts off where it should round: 11.57 % printed as 11 %."""

from __future__ import annotations

from fractions import Fraction

from model.evidence.printed import cut_off, read_printed
from model.evidence.verdicts import Verdict
from model.evidence.wording import plain


def truncation(verdict: Verdict, computed: Fraction, stated: str) -> str:
    """Words for a stated figure that is the computed one cut off; empty for any other.

    >>> truncation(Verdict.MISMATCH, Fraction("11.57"), "11")
    'truncated, not rounded: it is 11.57'
    """
    printed = read_printed(stated)
    if verdict is not Verdict.MISMATCH or printed is None or not printed.half_unit:
        return ""
    unit = 2 * printed.half_unit
    if cut_off(computed, unit) != printed.value:
        return ""
    places = len(str(unit.denominator)) - 1
    return f"truncated, not rounded: it is {plain(computed, places + 2)}"
