"""Money figures typed into a text: each is held to the run, or is quoted from elsewhere, or has no source."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from model.evidence.printed import cut_off, half_away_from_zero, read_printed
from model.returns.money import stated
from model.returns.run_figures import FIGURES, LIKELY_BASES, Key, RunFigures


class Agreement(StrEnum):
    """How a typed figure stands to the figure of the run."""

    EXACT = "exact"
    ROUNDING = "rounding"
    TRUNCATION = "truncation"
    CONTRADICTION = "contradiction"
    UNTRACED = "untraced"

    @property
    def holds(self) -> bool:
        """True where the typed figure may stand."""
        return self in (Agreement.EXACT, Agreement.ROUNDING)


@dataclass(frozen=True)
class TypedFigure:
    """A figure as typed, and the figure of the run it was held to (None where there is no such)."""

    text: str
    agreement: Agreement
    key: Key | None = None
    value: float | None = None

    @property
    def run_says(self) -> str:
        """What the run says, in words; empty for an untraced figure."""
        if self.key is None or self.value is None:
            return ""
        basis, name, year = self.key
        return f"{stated(self.value, '£m.000')} ({FIGURES[name]} of {year}, {basis})"


_NUMBER = r"\d[\d,]*(?:\.\d+)?"
_SCALE = r"\s?(?:million|thousand|bn|m|k)\b"
_MONEY = re.compile(
    rf"-?£\s?{_NUMBER}(?:{_SCALE})?"
    rf"(?:\s?[-–]\s?£?{_NUMBER}(?:{_SCALE})?|\sto\s(?:£{_NUMBER}(?:{_SCALE})?|{_NUMBER}{_SCALE}))?"
    rf"|(?<![\w.£]){_NUMBER}\s?(?:million|m|k)\b"
)
_WORDS = {"million": "m", "thousand": "k"}


def typed_figures(
    text: str, own: Sequence[tuple[int, int]], quoted: Sequence[str], figures: RunFigures
) -> Iterator[TypedFigure]:
    """Money figures of a text that no placeholder wrote (`own`) and that are not `quoted`."""
    for match in _MONEY.finditer(text):
        inside = any(start < match.end() and match.start() < end for start, end in own)
        if not inside and match[0].strip() not in quoted:
            yield _nearest(match[0].strip(), figures)


def held_to(text: str, key: Key, value: float) -> TypedFigure:
    """A figure typed for a named figure of the run."""
    printed = read_printed(_plain(text))
    if printed is None:
        return TypedFigure(text, Agreement.CONTRADICTION, key, value)
    return TypedFigure(text, _agreement(printed.value, 2 * printed.half_unit, value), key, value)


def _nearest(text: str, figures: RunFigures) -> TypedFigure:
    """The figure of the run that the typed one prints or, failing that, cuts off: published ones first."""
    printed = read_printed(_plain(text))
    if printed is None:
        return TypedFigure(text, Agreement.UNTRACED)
    found: dict[tuple[str, Agreement], TypedFigure] = {}
    for key, value in figures.money():
        agreement = _agreement(printed.value, 2 * printed.half_unit, value)
        found.setdefault((key[0], agreement), TypedFigure(text, agreement, key, value))
    for basis in LIKELY_BASES:
        for agreement in (Agreement.EXACT, Agreement.ROUNDING, Agreement.TRUNCATION):
            if (basis, agreement) in found:
                return found[basis, agreement]
    return TypedFigure(text, Agreement.UNTRACED)


def _agreement(typed: Fraction, unit: Fraction, value: float) -> Agreement:
    """How a typed figure printed in steps of `unit` pounds stands to a figure of the run."""
    # Sums of pounds carry float noise far below a penny; a figure is exact to the penny.
    exact = half_away_from_zero(Fraction(value), Fraction(1, 100))
    sizes = (exact, abs(exact)) if typed >= 0 else (exact,)
    if any(typed == size for size in sizes):
        return Agreement.EXACT
    # A nil that stands for a figure of the run says nothing about which.
    if typed and any(typed == half_away_from_zero(size, unit) for size in sizes):
        return Agreement.ROUNDING
    if typed and any(typed == cut_off(size, unit) for size in sizes):
        return Agreement.TRUNCATION
    return Agreement.CONTRADICTION


def _plain(text: str) -> str:
    for word, ending in _WORDS.items():
        text = text.replace(f" {word}", ending).replace(word, ending)
    return text.replace("£ ", "£")
