"""One figure as several places print it: a coarser print must be the finer one, rounded."""

from __future__ import annotations

from fractions import Fraction

from model.evidence.arithmetic_schema import Same
from model.evidence.figure import Figure
from model.evidence.judge import (
    UnreadableFigureError,
    allowed,
    explained,
    outcome,
    span_of,
    unreadable,
)
from model.evidence.printed import cut_off, half_away_from_zero
from model.evidence.spans import Span
from model.evidence.verdicts import Outcome, Verdict


def check_same(entry: Same) -> list[Outcome]:
    """Every other print against the finest one; of equally fine prints the first is the measure."""
    readable: list[tuple[Figure, Span]] = []
    outcomes: list[Outcome] = []
    for position, figure in enumerate(entry.figures, start=1):
        try:
            readable.append((figure, span_of(figure)))
        except UnreadableFigureError:
            outcomes.append(unreadable(entry, figure, at=f"print_{position}"))
    if not readable:
        return outcomes
    finest, measure = min(readable, key=lambda item: item[1].spread)
    several = len(entry.figures) > 2
    for position, figure in enumerate(entry.figures, start=1):
        span = next((span for known, span in readable if known is figure), None)
        if figure is finest or span is None:
            continue
        at = f"print_{position}" if several else ""
        outcomes.append(_held_to(entry, finest, measure, figure, span, at))
    return outcomes


def _held_to(
    entry: Same, finest: Figure, measure: Span, figure: Figure, span: Span, at: str
) -> Outcome:
    gap = measure.value - span.value
    tolerance = allowed(
        entry.tolerance, span.spread if span.spread > measure.spread else Fraction(0)
    )
    verdict, words = _verdict(gap, tolerance, measure, span, given=entry.tolerance is not None)
    if verdict is Verdict.MISMATCH and entry.explained_by:
        verdict, words = explained(entry.explained_by, gap, tolerance)
    against = f"{figure.name} against {finest.name}"
    return outcome(
        entry,
        verdict,
        at=at,
        computed=measure.value,
        stated=figure.figure,
        gap=gap,
        tolerance=tolerance,
        note=f"{against}: {words}" if words else against,
        source=figure.source,
    )


def _verdict(
    gap: Fraction, tolerance: Fraction, measure: Span, span: Span, *, given: bool
) -> tuple[Verdict, str]:
    """A coarser print is right only as the half-away rounding of what the finer one may stand for: 9.45 is
    printed of 9.446 as well, whose one decimal is 9.4."""
    if gap == 0:
        return Verdict.EXACT, ""
    unit = 2 * span.spread
    coarser = unit > 2 * measure.spread
    if coarser:
        least = half_away_from_zero(measure.value - measure.spread, unit)
        most = half_away_from_zero(measure.value + measure.spread, unit)
        if least <= span.value <= most:
            return Verdict.ROUNDING, ""
    if given and abs(gap) <= tolerance:
        return Verdict.ROUNDING, "within the tolerance given"
    if coarser and span.value == cut_off(measure.value, unit):
        return Verdict.MISMATCH, "truncated, not rounded"
    return Verdict.MISMATCH, "two figures for one"
