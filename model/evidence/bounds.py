"""Bounds: a mean cannot exceed its maximum, nor pupils the places they sit in."""

from __future__ import annotations

from fractions import Fraction

from model.evidence.arithmetic_schema import Bound
from model.evidence.figure import Figure
from model.evidence.judge import allowed, explained, outcome, span_of
from model.evidence.verdicts import Outcome, Verdict
from model.evidence.wording import plain


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
    ends = (entry.least, least.value), (entry.most, most.value)
    if entry.least.times or entry.most.times:
        said = " must not exceed ".join(_in_unit(*end, entry.unit) for end in ends)
    else:
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


def _in_unit(figure: Figure, value: Fraction, unit: str) -> str:
    """The figure in the entry's unit, after what is printed where a factor converts it."""
    label = figure.label or ""
    if figure.times:
        shown = f"{figure.figure} {label}" if " " not in label else figure.name
        return f"{shown.strip()} = {plain(value)} {unit}"
    return f"{figure.figure} {unit}" + (f" ({label})" if label not in ("", unit) else "")
