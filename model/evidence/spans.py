"""A computed figure with the least and most it can be, given how its figures were rounded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Span:
    """A value and the range it can lie in; all three are exact."""

    value: Fraction
    low: Fraction
    high: Fraction

    @classmethod
    def around(cls, value: Fraction, half_unit: Fraction) -> Span:
        """A printed value, which may be out by half a unit of its last place."""
        return cls(value, value - half_unit, value + half_unit)

    @property
    def spread(self) -> Fraction:
        """How far the range reaches from the value, on the wider side."""
        return max(self.value - self.low, self.high - self.value)

    def __add__(self, other: Span) -> Span:
        return Span(self.value + other.value, self.low + other.low, self.high + other.high)

    def __sub__(self, other: Span) -> Span:
        return Span(self.value - other.value, self.low - other.high, self.high - other.low)

    def __mul__(self, other: Span) -> Span:
        corners = [a * b for a in (self.low, self.high) for b in (other.low, other.high)]
        return Span(self.value * other.value, min(corners), max(corners))

    def __truediv__(self, other: Span) -> Span:
        """Division. Raises ZeroDivisionError where the divisor may be nil."""
        if other.low <= 0 <= other.high:
            raise ZeroDivisionError("divided by what may be nil")
        return self * Span(1 / other.value, 1 / other.high, 1 / other.low)


NIL = Span(Fraction(0), Fraction(0), Fraction(0))
ONE = Span(Fraction(1), Fraction(1), Fraction(1))
HUNDRED = Span(Fraction(100), Fraction(100), Fraction(100))


def total(spans: Iterable[Span]) -> Span:
    """The sum of spans, each at its own extreme: half units of addends add up."""
    return sum(spans, start=NIL)
