"""Placeholders in the texts of a return, filled from the run so that text and tables cannot disagree.

`{in_year:2023-24}`, `{published.gap:2023-24 as £m}`; `{gap:2023-24 = £0.8m}` prints the figure as typed
and holds it to the run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from model.reference.calendar import parse_financial_year
from model.returns.money import FORMATS, stated
from model.returns.run_figures import BASES, FIGURES, PROBABILITIES, RunFigures
from model.returns.typed_figures import TypedFigure, held_to
from model.scenario.problems import did_you_mean

_PLACEHOLDER = re.compile(
    r"(?:(?P<basis>\w+)\.)?(?P<name>\w+):(?P<year>\d{4}-\d{2})"
    r"(?:\s+as\s+(?P<format>\S+)|\s*=\s*(?P<typed>[^{}]+))?"
)
_BRACES = re.compile(r"\{([^{}]*)\}")
USUAL_BASIS = "mean"


@dataclass(frozen=True)
class Filled:
    """A text with its placeholders filled.

    `unknown`: what stands in a placeholder that cannot be filled, and why. `typed`: figures typed
    in a placeholder, held to the run. `own`: spans of the text that placeholders wrote.
    """

    text: str
    unknown: tuple[str, ...] = ()
    typed: tuple[TypedFigure, ...] = ()
    own: tuple[tuple[int, int], ...] = ()


def fill(text: str, figures: RunFigures) -> Filled:
    """Fill every placeholder of a text; one that cannot be filled stays as it is and is named."""
    parts: list[str] = []
    unknown: list[str] = []
    typed: list[TypedFigure] = []
    own: list[tuple[int, int]] = []
    length = end = 0
    for match in _BRACES.finditer(text):
        before = text[end : match.start()]
        written = _written(match[1].strip(), figures)
        if isinstance(written, TypedFigure):
            typed.append(written)
            shown = written.text
        elif isinstance(written, _Refused):
            unknown.append(f"{match[0]}: {written.why}")
            shown = match[0]
        else:
            shown = written
        length += len(before)
        own.append((length, length + len(shown)))
        length += len(shown)
        parts += [before, shown]
        end = match.end()
    rest = text[end:]
    filled = "".join([*parts, rest])
    loose = [mark for mark in "{}" if mark in rest or any(mark in part for part in parts[::2])]
    if loose:
        unknown.append(f"a '{loose[0]}' that belongs to no placeholder")
    return Filled(filled, tuple(unknown), tuple(typed), tuple(own))


@dataclass(frozen=True)
class _Refused:
    why: str


def _written(inside: str, figures: RunFigures) -> str | TypedFigure | _Refused:
    match = _PLACEHOLDER.fullmatch(inside)
    if match is None:
        return _Refused("not a placeholder; write {figure:year} or {basis.figure:year as format}")
    basis, name, year = match["basis"] or USUAL_BASIS, match["name"], match["year"]
    why = _wrong(basis, name, year, match["format"])
    if why:
        return _Refused(why)
    value = figures.get(basis, name, year)
    if value is None:
        return _Refused(
            f"the run has no {FIGURES[name]} of {year} on the basis '{basis}' "
            f"(it forecasts {figures.years[0]} to {figures.years[-1]})"
        )
    if match["typed"]:
        return held_to(match["typed"].strip(), (basis, name, year), value)
    return stated(value, match["format"] or ("%" if name in PROBABILITIES else "£k"))


def _wrong(basis: str, name: str, year: str, as_: str | None) -> str:
    """What is wrong with a placeholder, in words with the nearest valid name; empty when nothing is."""
    for what, given, names in (("basis", basis, BASES), ("figure", name, tuple(FIGURES))):
        if given not in names:
            return f"there is no {what} '{given}'. {did_you_mean(given, names) or _among(names)}"
    if parse_financial_year(year) is None:
        return f"'{year}' is not a financial year such as 2023-24"
    if as_ is not None and as_ not in FORMATS:
        return f"there is no format '{as_}'. {_among(FORMATS)}"
    if as_ is not None and (as_ == "%") != (name in PROBABILITIES):
        return f"'{as_}' is no format for a {'probability' if name in PROBABILITIES else 'sum of money'}"
    return ""


def _among(names: tuple[str, ...]) -> str:
    return f"It may be one of {', '.join(names)}."
