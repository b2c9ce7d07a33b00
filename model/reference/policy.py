"""Policy values: dated, sourced parameters read from `data/policy/`, never constants in code.

Each parameter has a description, a unit, values by the month from which they apply, a mark
(official, secondary or assumed) and a source; an assumed one has a range and a reason too. A value
of null says that from then on none is known: nothing is carried on from an earlier year. What was
looked for and not found stands in `not_found.yaml`, from which nothing is computed.

A scenario may put values of its own in their place: what a run reads is
`model.scenario.policy_values.policy_of`, not this.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from ruamel.yaml import YAML

from model.reference.bundled import bundled
from model.reference.calendar import MONTH_NAMES, parse_month

MARKS = ("official", "secondary", "assumed")
OPEN_QUESTIONS = "not_found.yaml"
_KEYS = {"description", "unit", "values", "mark", "source"}
_REASONED = {"range", "reason"}
_QUESTION_KEYS = {"missing", "instead", "ask_for"}

LIMITS: Mapping[str, tuple[float, float]] = {
    "share": (0, 1),
    "probability": (0, 1),
    "percentile": (0, 100),
    "a year": (-0.5, 1),
    "weeks": (0, 520),
    "months": (0, 600),
    "years": (0, 100),
    "calendar year": (1990, 2100),
    "agreements": (0, 1000),
    "GBP per place": (0, 1e6),
    "GBP per pupil": (0, 1e6),
    "GBP per school": (0, 1e8),
}
"""Units that are numbers, and the least and the most that such a number can be."""

WHOLE = ("calendar year", "agreements")
"""Units that are counted in whole numbers."""

WORDED: Mapping[str, str] = {
    "date": "a date written YYYY-MM-DD, such as 2026-03-31",
    "month": "a month written YYYY-MM, such as 2026-10",
    "yes or no": "true or false",
    "text": "text",
}
"""Units that are no numbers, and what a value of each looks like."""

Month = tuple[int, int]


class PolicyError(Exception):
    """A policy file of this installation is damaged."""


@dataclass(frozen=True)
class Parameter:
    """A policy parameter.

    `values`: (year, month from which it applies) -> value, in order; None where none is known.
    `range` and `reason`: how far off an assumed value may be, and why it was chosen. `default`:
    where a scenario gives a value of its own, the parameter as it is published or assumed here.
    """

    name: str
    description: str
    unit: str
    values: tuple[tuple[Month, Any], ...]
    mark: str
    source: str
    range: tuple[float, float] | None = None
    reason: str = ""
    default: Parameter | None = None

    def at(self, year: int, month: int) -> Any:
        """The value that applies in a month. Raises KeyError where none is known."""
        since, value = self.in_force(year, month)
        if since is None:
            raise KeyError(f"{self.name} has no value before {_written(self.values[0][0])}")
        if value is None:
            raise KeyError(f"{self.name} has no value known from {_written(since)}")
        return value

    @property
    def latest(self) -> Any:
        """The value of the last date: what a return is filled by, whenever the scenario stands."""
        return self.values[-1][1]

    def in_force(self, year: int, month: int) -> tuple[Month | None, Any]:
        """The month from which the value of a month applies, and the value; None where none is known."""
        current = [item for item in self.values if item[0] <= (year, month)]
        return current[-1] if current else (None, None)


@dataclass(frozen=True)
class OpenQuestion:
    """A policy text or value that was looked for and not found; nothing is computed from it."""

    id: str
    missing: str
    instead: str
    ask_for: str


def wrong_value(unit: str, value: Any) -> str | None:
    """What is expected of a value in this unit, where `value` is not one; None where it is."""
    if unit in WORDED:
        return None if _reads_as(unit, value) else WORDED[unit]
    low, high = LIMITS[unit]
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if number and low <= value <= high and (unit not in WHOLE or value == int(value)):
        return None
    kind = "a whole number" if unit in WHOLE else "a number"
    return f"{kind} from {low:,.10g} to {high:,.10g} ({unit})"


def _reads_as(unit: str, value: Any) -> bool:
    if unit == "yes or no":
        return isinstance(value, bool)
    if unit == "text":
        return isinstance(value, str) and bool(value.strip())
    if unit == "month":
        return isinstance(value, str) and parse_month(value) is not None
    return isinstance(value, date) or (isinstance(value, str) and as_date(value) is not None)


def as_date(text: str) -> date | None:
    """The date of `YYYY-MM-DD`, or None when the text is not one.

    >>> as_date("2026-03-31"), as_date("2026-02-31")
    (datetime.date(2026, 3, 31), None)
    """
    try:
        return date.fromisoformat(text) if len(text) == len("2026-03-31") else None
    except ValueError:
        return None


def in_words(value: Any) -> str:
    """A value as reports write it.

    >>> in_words(True), in_words(date(2028, 3, 31)), in_words("2026-10"), in_words(None)
    ('yes', '31 March 2028', 'October 2026', 'none known')
    """
    if value is None:
        return "none known"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return f"{value.day} {month_in_words((value.year, value.month))}"
    month = parse_month(value) if isinstance(value, str) else None
    return month_in_words(month) if month is not None else str(value)


def month_in_words(since: Month) -> str:
    """`(2026, 2)` is February 2026.

    >>> month_in_words((2026, 2))
    'February 2026'
    """
    return f"{MONTH_NAMES[since[1] - 1]} {since[0]}"


@cache
def policy() -> Mapping[str, Parameter]:
    """All parameters by name, as bundled. Raises PolicyError naming the file and parameter that is wrong."""
    parameters: dict[str, Parameter] = {}
    for path in sorted((bundled("data") / "policy").glob("*.yaml")):
        if path.name == OPEN_QUESTIONS:
            continue
        for name, body in YAML(typ="safe", pure=True).load(path).items():
            if name in parameters:
                raise PolicyError(f"{path.name}: {name} is given in another file already")
            parameters[name] = _parameter(name, body, path.name)
    return parameters


@cache
def open_questions() -> tuple[OpenQuestion, ...]:
    """What was looked for and not found, in the order of the file. Raises PolicyError."""
    path = bundled("data") / "policy" / OPEN_QUESTIONS
    return tuple(
        _question(name, body) for name, body in YAML(typ="safe", pure=True).load(path).items()
    )


def _question(name: str, body: Any) -> OpenQuestion:
    if not isinstance(body, dict) or set(body) != _QUESTION_KEYS:
        expected = ", ".join(sorted(_QUESTION_KEYS))
        raise PolicyError(f"{OPEN_QUESTIONS}: {name} must have exactly {expected}")
    return OpenQuestion(name, *(str(body[key]) for key in ("missing", "instead", "ask_for")))


def _parameter(name: str, body: Any, file: str) -> Parameter:
    if not isinstance(body, dict) or not _KEYS <= set(body) <= _KEYS | _REASONED:
        raise PolicyError(
            f"{file}: {name} must have exactly {', '.join(sorted(_KEYS))}, and an assumed one "
            "range and reason"
        )
    if body["mark"] not in MARKS:
        raise PolicyError(f"{file}: {name} has mark {body['mark']!r}, expected one of {MARKS}")
    unit = body["unit"]
    if unit not in LIMITS and unit not in WORDED:
        raise PolicyError(f"{file}: {name} has unit {unit!r}, expected one of {[*LIMITS, *WORDED]}")
    if body["mark"] == "assumed" and unit in LIMITS and not body.keys() >= _REASONED:
        raise PolicyError(f"{file}: {name} is assumed, so it must have a range and a reason")
    if body["mark"] == "assumed" and not body.get("reason"):
        raise PolicyError(f"{file}: {name} is assumed, so it must have a reason")
    values = []
    for since, value in body["values"].items():
        month = parse_month(str(since))
        if month is None:
            raise PolicyError(f"{file}: {name} has {since!r}, which is not a month YYYY-MM")
        expected = None if value is None else wrong_value(unit, value)
        if expected:
            raise PolicyError(f"{file}: {name} has {value!r} from {since}, expected {expected}")
        values.append((month, value))
    low_high = body.get("range")
    return Parameter(
        name,
        body["description"],
        unit,
        tuple(sorted(values)),
        body["mark"],
        body["source"],
        (float(low_high[0]), float(low_high[1])) if low_high else None,
        body.get("reason", ""),
    )


def _written(since: Month) -> str:
    return f"{since[0]}-{since[1]:02d}"
