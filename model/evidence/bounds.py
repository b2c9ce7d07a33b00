"""Bounds: a mean cannot exceed its maximum, nor pupils the places they sit in."""

from __future__ import annotations

from fractions import Fraction

from model.evidence.arithmetic_schema import Bound
from model.evidence.judge import allowed, explained, outcome, span_of
from model.evidence.verdicts import Outcome, Verdict


def check_bound(entry: Bound) -> list[Outcome]:
    """The gap is how far `least` exceeds `most`; nil where it does not."""
    least = span_of(entry.least, counted=entry.counted)
    most = span_of(entry.most, counted=entry.counted)
    gap = max(least.value - most.value, Fraction(0))
    tolerance = allowed(entry.tolerance, least.spread + most.spread)
    verdict, words = Verdict.EXACT, ""
    if gap > tolerance:
        verdict, words = Verdict.MISMATCH, ""
        if entry.explained_by:
            verdict, words = explained(entry.explained_by, gap, tolerance)
    elif gap:
        verdict = Verdict.ROUNDING
    said = f"{entry.least.name} must not exceed {entry.most.name}"
    return [
        outcome(
            entry,
            verdict,
            computed=least.value,
            stated=entry.most.figure,
            gap=gap,
            tolerance=tolerance,
            note=f"{said}; {words}" if words else said,
        )
    ]
