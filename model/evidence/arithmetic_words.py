"""The arithmetic of a check in a reader's words: forecast 17,100 less budget 15,200 = 1,900."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from model.evidence.figure import Figure
from model.evidence.printed import is_blank
from model.evidence.verdicts import Verdict
from model.evidence.wording import plain

MOST_TERMS = 6
"""Figures up to which a sum is written out."""


def term(figure: Figure, name: str | None = None) -> str:
    """A figure with its name, by default its label, and its factor.

    >>> term(Figure(figure="17,100", label="forecast")), term(Figure(figure="12", times="52/12"))
    ('forecast 17,100', '(12 x 52/12)')
    """
    called = name or figure.label
    value = f"({figure.figure} x {figure.times})" if figure.times else figure.figure
    return f"{called} {value}" if called else value


def sum_words(plus: Sequence[Figure], less: Sequence[Figure]) -> str:
    """What is added and taken away; a blank is left out, and a long list is only counted.

    >>> sum_words([Figure(figure="5"), Figure(figure="-")], [Figure(figure="2", label="grant")])
    '5 less grant 2'
    """
    added = [term(item) for item in plus if not is_blank(item.figure)]
    taken = [term(item) for item in less if not is_blank(item.figure)]
    said = " plus ".join(added) if len(added) <= MOST_TERMS else f"{len(added)} figures added"
    if not taken:
        return said or "nothing"
    away = " less ".join(taken) if len(taken) <= MOST_TERMS else f"{len(taken)} figures"
    return f"{said or 'nothing'} less {away}"


def product_words(factors: Sequence[Figure], divisors: Sequence[Figure]) -> str:
    """What is multiplied and what it is divided by."""
    said = " x ".join(term(item) for item in factors)
    return " divided by ".join((said, *(term(item) for item in divisors)))


def equation(
    verdict: Verdict, words: str, computed: Fraction, stated: Figure, unit: str = ""
) -> str:
    """The arithmetic with its result beside the one printed; empty where the print holds.

    A `unit` (% or points) is that of the result; a percentage is shown to two decimals.
    """
    if verdict is not Verdict.MISMATCH:
        return ""
    result = f"{plain(computed, 2 if '%' in unit else None)} {unit}".strip()
    printed = f"({stated.figure} x {stated.times})" if stated.times else stated.figure
    return f"{words} = {result}, printed {printed}"


def joined(*parts: str) -> str:
    """The parts that say something, one after the other."""
    return "; ".join(part for part in parts if part)
