"""Sums and roll-forwards: parts that make a total, movements that make a closing balance."""

from __future__ import annotations

from model.evidence.arithmetic_schema import RollForward, Sum
from model.evidence.arithmetic_words import equation, joined, sum_words
from model.evidence.judge import addend, compare, span_of
from model.evidence.spans import total
from model.evidence.verdicts import Outcome, Verdict


def check_sum(entry: Sum) -> list[Outcome]:
    """Parts, less what is taken away, against the total printed. A blank part is nil."""
    added = total(addend(part, counted=entry.counted) for part in entry.parts)
    taken = total(addend(part, counted=entry.counted) for part in entry.less)
    computed = added - taken
    below = [item for item in entry.less if addend(item, counted=entry.counted).value < 0]
    double = ", ".join(
        f"{item.figure} is below nil, so that taking it away adds it" for item in below
    )

    def words(verdict: Verdict) -> str:
        said = sum_words(entry.parts, entry.less)
        return joined(equation(verdict, said, computed.value, entry.total), double)

    return [compare(entry, computed, entry.total, counted=entry.counted, note=words)]


def check_roll_forward(entry: RollForward) -> list[Outcome]:
    """Opening balance and movements against the closing balance printed. A blank move is nil."""
    opening = span_of(entry.opening, counted=entry.counted)
    moved = total(addend(move, counted=entry.counted) for move in entry.movements)
    computed = opening + moved

    def words(verdict: Verdict) -> str:
        said = sum_words([entry.opening, *entry.movements], [])
        return equation(verdict, said, computed.value, entry.closing)

    return [compare(entry, computed, entry.closing, counted=entry.counted, note=words)]
