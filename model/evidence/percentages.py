"""Percentages: share, change in percent or in points, and the base on which the stated one works."""

from __future__ import annotations

from collections.abc import Iterator

from model.evidence.arithmetic_words import equation, joined, term
from model.evidence.figure import Figure
from model.evidence.judge import (
    UnreadableFigureError,
    compare,
    outcome,
    span_of,
    verdict_of,
)
from model.evidence.rates_schema import Basis, Percentage
from model.evidence.spans import HUNDRED, ONE, Span
from model.evidence.truncation import truncation
from model.evidence.verdicts import Outcome, Verdict

BASES: tuple[Basis, ...] = ("share", "relative", "points")
OPERANDS: dict[Basis, tuple[str, str]] = {
    "share": ("part", "whole"),
    "relative": ("after", "before"),
    "points": ("after", "before"),
}
"""The keys of the figure measured and of its base, by basis."""
_WORDS = {"share": "as a share", "relative": "in percent", "points": "in percentage points"}


def check_percentage(entry: Percentage) -> list[Outcome]:
    """The percentage on the basis it names; where that fails, whether another base would do."""
    top, base = operands(entry, entry.basis)
    assert top is not None, "checked when the file was read"
    assert base is not None, "checked when the file was read"
    try:
        computed = _percent(entry, entry.basis, top, base)
    except ZeroDivisionError:
        note = "a percentage of nil"
        return [outcome(entry, Verdict.NOT_A_NUMBER, stated=entry.stated.figure, note=note)]
    stated = span_of(entry.stated)

    def words(verdict: Verdict) -> str:
        if verdict is not Verdict.MISMATCH:
            return ""
        unit = "points" if entry.basis == "points" else "%"
        said = equation(
            verdict, _arithmetic(entry.basis, top, base), computed.value, entry.stated, unit
        )
        works = list(_other_ways(entry, stated))
        if works:
            return f"{said}; {entry.stated.figure} works only {', or '.join(works)}"
        return joined(said, truncation(verdict, computed.value, entry.stated.figure))

    relative = entry.basis == "relative"
    return [compare(entry, computed, entry.stated, note=words, relative=relative)]


def _arithmetic(basis: Basis, top: Figure, base: Figure) -> str:
    if basis == "share":
        return f"{term(top)} of {term(base)}"
    if basis == "points":
        return f"{term(top)} less {term(base)}"
    return f"from {term(base)} to {term(top)}"


def operands(entry: Percentage, basis: Basis) -> tuple[Figure | None, Figure | None]:
    """The figure measured and its base for a basis; None where the entry has none."""
    top, base = OPERANDS[basis]
    return getattr(entry, top), getattr(entry, base)


def _percent(entry: Percentage, basis: Basis, top: Figure, base: Figure) -> Span:
    """Raises ZeroDivisionError for a base of nil, UnreadableFigureError for one that is no number."""
    measured, by = (span_of(figure, counted=entry.counted) for figure in (top, base))
    if basis == "points":
        return measured - by
    ratio = measured / by
    return (ratio - ONE if basis == "relative" else ratio) * HUNDRED


def _other_ways(entry: Percentage, stated: Span) -> Iterator[str]:
    """Bases of the file, and ways of measuring, on which the stated percentage holds."""
    for basis in BASES:
        top, own = operands(entry, basis)
        for base in (own, *entry.other_bases):
            if top is None or base is None or (basis == entry.basis and base is own):
                continue
            try:
                computed = _percent(entry, basis, top, base)
            except (ZeroDivisionError, UnreadableFigureError):
                continue
            gap = computed.value - stated.value
            if verdict_of(gap, computed.spread + stated.spread).holds:
                yield f"{_WORDS[basis]} on {base.name}"
