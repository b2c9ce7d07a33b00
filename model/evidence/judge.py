"""From printed figures to a verdict: what every kind of check shares."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from model.evidence.arithmetic_words import joined
from model.evidence.entry import Entry, ExplainedEntry, Explanation, Tolerance
from model.evidence.figure import Figure
from model.evidence.printed import is_blank, read_printed
from model.evidence.spans import Span, total
from model.evidence.verdicts import Outcome, Verdict
from model.evidence.wording import plain


class UnreadableFigureError(Exception):
    """A figure that is not a number, or not there; the check it belongs to says so."""

    def __init__(self, figure: Figure) -> None:
        self.figure = figure
        super().__init__(figure.figure)


def span_of(figure: Figure, *, counted: bool = False) -> Span:
    """The figure as a span. Raises UnreadableFigureError."""
    printed = None if is_blank(figure.figure) else read_printed(figure.figure)
    if printed is None:
        raise UnreadableFigureError(figure)
    half_unit = Fraction(0) if counted or figure.counted else printed.half_unit
    factor = _exact(figure.times) if figure.times else Fraction(1)
    return Span.around(printed.value * factor, half_unit * abs(factor))


def addend(figure: Figure, *, counted: bool = False) -> Span:
    """The figure as part of a sum, in which a blank is nil. Raises UnreadableFigureError."""
    if is_blank(figure.figure):
        return Span.around(Fraction(0), Fraction(0))
    return span_of(figure, counted=counted)


def outcome(
    entry: Entry,
    verdict: Verdict,
    *,
    at: str = "",
    computed: Fraction | None = None,
    stated: str = "",
    gap: Fraction | None = None,
    tolerance: Fraction | None = None,
    note: str = "",
    source: str | None = None,
) -> Outcome:
    """What was found about an entry, or about the place `at` inside it."""
    kind: str = entry.kind  # type: ignore[attr-defined]
    return Outcome(
        id=f"{entry.id}.{at}" if at else entry.id,
        entry=entry.id,
        kind=kind,
        title=entry.title,
        source=source or entry.source,
        unit=entry.unit,
        check=tuple(entry.check),
        verdict=verdict,
        computed=computed,
        stated=stated,
        gap=gap,
        tolerance=tolerance,
        note=note,
        handling=entry.handling,
    )


def compare(
    entry: Entry,
    computed: Span,
    stated: Figure,
    *,
    counted: bool = False,
    at: str = "",
    source: str | None = None,
    note: Callable[[Verdict], str] | None = None,
    relative: bool = False,
) -> Outcome:
    """A computed figure held to the one stated; `note` adds words once the verdict is known.

    The tolerance is what the rounding of every figure allows, or the entry's own. A change in
    percent (`relative`) is never exact where its figures are too coarse to tell it from none.
    Raises UnreadableFigureError where the stated figure is not a number.
    """
    printed = span_of(stated, counted=counted)
    gap = computed.value - printed.value
    tolerance = allowed(entry.tolerance, computed.spread + printed.spread)
    verdict = verdict_of(gap, tolerance)
    words = note(verdict) if note else ""
    if relative and verdict.holds and entry.tolerance is None and too_coarse(computed, printed):
        verdict = Verdict.ROUNDING
        ends = f"{plain(computed.low, 1)} to {plain(computed.high, 1)}"
        words = f"printed too coarsely to tell: anything from {ends} % would do"
    if verdict is Verdict.MISMATCH and isinstance(entry, ExplainedEntry) and entry.explained_by:
        verdict, made_up = explained(entry.explained_by, gap, tolerance)
        words = joined(words, made_up)
    return outcome(
        entry,
        verdict,
        at=at,
        computed=computed.value,
        stated=stated.figure,
        gap=gap,
        tolerance=tolerance,
        note=joined(words, _reason(entry, verdict)),
        source=source or stated.source,
    )


def verdict_of(gap: Fraction, tolerance: Fraction) -> Verdict:
    """Exact, within the tolerance, or a mismatch."""
    if gap == 0:
        return Verdict.EXACT
    return Verdict.ROUNDING if abs(gap) <= tolerance else Verdict.MISMATCH


def too_coarse(computed: Span, stated: Span) -> bool:
    """Whether a change may as well be none or twice itself, and the print of it claims to know more.

    The latter by five units of the last place stated, so that 0 % between equal figures still holds.
    """
    return computed.spread >= abs(computed.value) and computed.spread > 10 * stated.spread


def allowed(tolerance: Tolerance | None, rounding: Fraction) -> Fraction:
    """The tolerance the entry gives, else what rounding allows."""
    return rounding if tolerance is None else _exact(tolerance.figure)


def explained(
    explanations: Sequence[Explanation], gap: Fraction, tolerance: Fraction
) -> tuple[Verdict, str]:
    """Whether printed amounts make up a gap, and the words for it."""
    amounts = total(span_of(item.figure) for item in explanations)
    listed = ", ".join(f"{item.figure.figure} {item.reason}" for item in explanations)
    if abs(gap - amounts.value) <= tolerance + amounts.spread:
        return Verdict.EXPLAINED, f"made up of {listed}"
    return Verdict.MISMATCH, f"not made up of {listed}"


def unreadable(entry: Entry, figure: Figure, at: str = "", source: str | None = None) -> Outcome:
    """The outcome of a check with a figure that is not a number, or not there."""
    if is_blank(figure.figure):
        name = figure.label or "a figure"
        verdict, note = Verdict.MISSING, f"{name} is not printed"
    else:
        verdict, note = Verdict.NOT_A_NUMBER, f"'{figure.figure}' is not a number"
        if figure.label:
            note += f" ({figure.label})"
    where = source or figure.source
    return outcome(entry, verdict, at=at, stated=figure.figure, note=note, source=where)


def _exact(text: str) -> Fraction:
    printed = read_printed(text)
    assert printed is not None, "checked when the file was read"
    return printed.value


def _reason(entry: Entry, verdict: Verdict) -> str:
    if entry.tolerance is None or verdict is not Verdict.ROUNDING:
        return ""
    return f"tolerance given: {entry.tolerance.reason}"
