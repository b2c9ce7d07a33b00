"""Growth in percent a period, and growth that is called the current rate."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from model.evidence.arithmetic_words import equation, joined, term
from model.evidence.judge import allowed, compare, outcome, span_of, verdict_of
from model.evidence.printed import read_printed
from model.evidence.rates_schema import Growth
from model.evidence.spans import HUNDRED, ONE, Span
from model.evidence.truncation import truncation
from model.evidence.verdicts import Outcome, Verdict
from model.evidence.wording import plain

CURRENT_RATE = "current_rate"


def check_growth(entry: Growth, others: Mapping[str, Growth]) -> list[Outcome]:
    """The growth against the percent stated, and against the growth it is said to continue.

    `others`: the growths of the file by id; `called_current_rate_of` is one of them.
    """
    try:
        rate = growth_rate(entry)
    except (ZeroDivisionError, OverflowError) as error:
        shown = entry.stated.figure if entry.stated else ""
        note = (
            str(error)
            if isinstance(error, ZeroDivisionError)
            else "growth beyond all numbers has no percent"
        )
        return [outcome(entry, Verdict.NOT_A_NUMBER, stated=shown, note=note)]
    found = []
    if entry.stated is not None:
        stated = entry.stated

        def words(verdict: Verdict) -> str:
            said = f"from {term(entry.before)} to {term(entry.after)}"
            said += f" in {entry.periods} periods" if entry.periods != "1" else ""
            unit = "% a period" if entry.periods != "1" else "%"
            return joined(
                equation(verdict, said, rate.value, stated, unit),
                truncation(verdict, rate.value, stated.figure),
            )

        found.append(compare(entry, rate, stated, note=words, relative=True))
    if entry.called_current_rate_of is not None:
        found.append(_current_rate(entry, rate, others[entry.called_current_rate_of]))
    return found


def growth_rate(entry: Growth) -> Span:
    """Growth in percent a period.

    Raises ZeroDivisionError, in words, for growth from or through nil, OverflowError beyond all
    numbers.
    """
    before = span_of(entry.before, counted=entry.counted)
    after = span_of(entry.after, counted=entry.counted)
    if before.value == 0:
        raise ZeroDivisionError("growth from nil has no percent")
    if after.value / before.value < 0:
        ends = f"from {entry.before.figure} to {entry.after.figure}"
        raise ZeroDivisionError(f"growth {ends} goes through nil and has no percent")
    if before.low <= 0 <= before.high:
        raise ZeroDivisionError(f"{entry.before.figure} may be nil as printed: no percent follows")
    ratio = after / before
    if ratio.low < 0:
        raise ZeroDivisionError(f"{entry.after.figure} may lie beyond nil as printed: no percent")
    printed = read_printed(entry.periods)
    assert printed is not None, "checked when the file was read"
    periods = printed.value
    if periods != 1:
        power = float(1 / periods)
        ratio = Span(
            *(Fraction(float(edge) ** power) for edge in (ratio.value, ratio.low, ratio.high))
        )
    return (ratio - ONE) * HUNDRED


def _current_rate(entry: Growth, rate: Span, other: Growth) -> Outcome:
    """This growth against another: at its rate, or by the same number a period."""
    try:
        current = growth_rate(other)
    except (ZeroDivisionError, OverflowError):
        note = f"{other.id} has no percent"
        return outcome(entry, Verdict.NOT_A_NUMBER, at=CURRENT_RATE, note=note)
    gap = rate.value - current.value
    tolerance = allowed(entry.tolerance, rate.spread + current.spread)
    before, after = (span_of(item, counted=entry.counted) for item in (entry.before, entry.after))
    step, steps = _step(entry), _step(other)
    same_percent = before.value * (1 + current.value / 100)
    same_number = before.value + steps.value
    verdict = verdict_of(gap, tolerance)
    if verdict is Verdict.MISMATCH and abs(step.value - steps.value) <= step.spread + steps.spread:
        verdict = Verdict.ROUNDING
    note = (
        f"{plain(rate.value, 2)} % against {plain(current.value, 2)} % in {other.id}: the same percent "
        f"would give {plain(same_percent, 1)}, the same number {plain(same_number, 1)}, "
        f"printed is {plain(after.value)}"
    )
    return outcome(
        entry,
        verdict,
        at=CURRENT_RATE,
        computed=rate.value,
        stated=f"{plain(current.value, 2)} % as in {other.id}",
        gap=gap,
        tolerance=tolerance,
        note=note,
    )


def _step(entry: Growth) -> Span:
    before, after = (span_of(item, counted=entry.counted) for item in (entry.before, entry.after))
    return after - before
