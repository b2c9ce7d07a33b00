"""Places of a text that were left to fill in: XX, TBC, [insert], £18.xm."""

from __future__ import annotations

import re

_UNFILLED = re.compile(
    r"£?\d[\d,]*\.[xX]+(?:m|k|bn)?(?!\w)|£\d[\d,]*[xX]+(?:m|k|bn)?(?!\w)"
    r"|£\s?[xX?]+(?:\.[xX?]+)?(?:m|k|bn)?(?!\w)"
    r"|\b[xX]{2,}\b"
    r"|(?i:\b(?:tbc|tba|tbd)\b|\bto be (?:confirmed|added|completed)\b)"
    r"|(?i:\[[^\]]*\b(?:insert|add|enter|name|date|figure|amount|tbc)\b[^\]]*\])"
    r"|_{3,}|<[^<>]*>|\?{2,}"
)


def unfilled_spans(text: str) -> list[tuple[int, int]]:
    """Where a text was left open."""
    return [match.span() for match in _UNFILLED.finditer(text)]


def unfilled(text: str) -> list[str]:
    """What was left open in a text, as it stands there, in order.

    >>> unfilled("lower than the 2022-23 budget of £18.xm"), unfilled("review by [insert date], TBC")
    (['£18.xm'], ['[insert date]', 'TBC'])
    >>> unfilled("half-year spend was £18.2m on 4x4s and the lexicon")
    []
    """
    return [text[start:end] for start, end in unfilled_spans(text)]
