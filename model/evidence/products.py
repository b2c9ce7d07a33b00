"""Products: places x rate, weeks x weekly cost, a queue over what clears it."""

from __future__ import annotations

from math import prod

from model.evidence.arithmetic_schema import Product
from model.evidence.arithmetic_words import equation, product_words
from model.evidence.judge import compare, outcome, span_of
from model.evidence.spans import Span
from model.evidence.verdicts import Outcome, Verdict


def check_product(entry: Product) -> list[Outcome]:
    """Factors, over what divides them, against the product printed."""
    factors = [span_of(factor, counted=entry.counted) for factor in entry.factors]
    divisors = [span_of(divisor, counted=entry.counted) for divisor in entry.divided_by]
    try:
        computed = _quotient(prod(factors[1:], start=factors[0]), divisors)
    except ZeroDivisionError:
        note = "a divisor is nil, or may be nil as printed"
        return [outcome(entry, Verdict.NOT_A_NUMBER, stated=entry.stated.figure, note=note)]

    def words(verdict: Verdict) -> str:
        said = product_words(entry.factors, entry.divided_by)
        return equation(verdict, said, computed.value, entry.stated)

    return [compare(entry, computed, entry.stated, note=words)]


def _quotient(value: Span, divisors: list[Span]) -> Span:
    for divisor in divisors:
        value = value / divisor
    return value
