"""Where a figure comes from: the keys any number may carry, and the text they hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic.json_schema import JsonSchemaValue

from model.scenario.as_written import yes_no_hint
from model.scenario.plain_number import read_number
from model.scenario.problems import did_you_mean, problem

Status = Literal["published", "derived", "assumed", "undecided"]
STATUSES = ("published", "derived", "assumed", "undecided")
TO_EXPLAIN = ("assumed", "undecided")
"""Standings that need a reason and a range: a judgement, and what somebody else has yet to decide."""
TEXT_KEYS = {
    "unit": "Unit, where it differs from the key's own.",
    "source": "Where the figure comes from.",
    "owner": "Who answers for it.",
    "as_at": "Date or month of the figure.",
    "confidence": "How sure its owner is, in words.",
    "reason": "Why this figure, for one that is assumed.",
}
PROVENANCE_KEYS = (*TEXT_KEYS, "status", "hindsight", "range")


@dataclass(frozen=True)
class Provenance:
    """Where a figure comes from; fills the assumptions register.

    `status` is published, derived (worked out from published figures), assumed, or undecided (waits for
    somebody's decision); the last two need a `reason`, and a `range` unless uncertain. `hindsight` marks a figure known only
    after the scenario's date.
    """

    unit: str | None = None
    source: str | None = None
    owner: str | None = None
    as_at: str | None = None
    confidence: str | None = None
    reason: str | None = None
    status: Status | None = None
    hindsight: bool | None = None
    range: tuple[float, float] | None = None


_FORMULA = re.compile(r"\s*(?:[=@＝＠]|[+-][+=@]|[+-]\S*?[A-Za-z_]\w*[(!|])")


def refuse_formula(text: str, at: tuple[str | int, ...] = ()) -> str:
    """Text that a spreadsheet would read as a formula is refused, not silently changed.

    That is text starting with = or @, and text starting with + or - that runs without a space into
    a function, another sheet or a program. Ordinary text such as `- item` or `+5 places` stays.

    >>> refuse_formula("+5 places (Baytree)"), refuse_formula("-1,617k accrual")
    ('+5 places (Baytree)', '-1,617k accrual')
    """
    if _FORMULA.match(text):
        raise problem(
            "text that a spreadsheet would read as a formula",
            at=at,
            found=text,
            hint="Start the text with a letter.",
        )
    return text


def read_provenance(value: Mapping[str, Any], at: tuple[str | int, ...]) -> Provenance:
    """The provenance keys of a number."""
    found: dict[str, Any] = {}
    for key in TEXT_KEYS:
        if key in value:
            if not isinstance(value[key], str):
                hint = f"Put it in quotes: '{value[key]}'."
                raise problem(
                    "this is not text",
                    at=(*at, key),
                    found=value[key],
                    expected="text",
                    hint=hint if isinstance(value[key], int | float) else None,
                )
            found[key] = refuse_formula(value[key], (*at, key))
    if "hindsight" in value:
        raw = value["hindsight"]
        if not isinstance(raw, bool):
            raise problem(
                "not true or false",
                at=(*at, "hindsight"),
                found=raw,
                expected="true or false",
                hint=yes_no_hint(raw),
            )
        found["hindsight"] = raw
    if "status" in value:
        found["status"] = _status(value["status"], (*at, "status"))
    if "range" in value:
        found["range"] = _range(value["range"], (*at, "range"))
    return Provenance(**found)


def explain_assumed(
    given: Provenance,
    at: tuple[str | int, ...],
    *,
    uncertain: bool,
    outer: Provenance | None = None,
) -> None:
    """Refuse an assumed or undecided figure without a reason, or with neither a range nor a distribution.

    `outer` is the provenance of a series by year, which covers the figures of its years.
    """
    outer = outer or Provenance()
    if given.status not in TO_EXPLAIN:
        return
    lacking = []
    if not (given.reason or outer.reason):
        lacking.append("a 'reason'")
    if not (uncertain or given.range or outer.range):
        lacking.append("a 'range'")
    if lacking:
        raise problem(
            f"an {given.status} figure needs " + " and ".join(lacking),
            at=at,
            hint="Say why with 'reason: ...' and how far off it may be with 'range: [low, high]', "
            "or make it uncertain.",
        )


def _status(raw: object, at: tuple[str | int, ...]) -> str:
    if raw not in STATUSES:
        raise problem(
            "unknown status",
            at=at,
            found=raw,
            expected="published, derived, assumed or undecided",
            hint=did_you_mean(raw, STATUSES),
        )
    return str(raw)


def _range(raw: object, at: tuple[str | int, ...]) -> tuple[float, float]:
    if not isinstance(raw, list) or len(raw) != 2:
        raise problem("not a range", at=at, found=raw, expected="[low, high]")
    low, high = (read_number(end, (*at, index)) for index, end in enumerate(raw))
    if low > high:
        raise problem("low is above high", at=at, found=raw, expected="[low, high]")
    return low, high


def provenance_schema() -> JsonSchemaValue:
    """JSON Schema of the keys that say where a figure comes from."""
    schema: JsonSchemaValue = {
        key: {"type": "string", "description": text} for key, text in TEXT_KEYS.items()
    }
    schema["status"] = {
        "enum": list(STATUSES),
        "description": "published, derived from published figures, assumed, or undecided.",
    }
    schema["hindsight"] = {
        "type": "boolean",
        "description": "True when it was known only after the scenario's date.",
    }
    schema["range"] = {
        "type": "array",
        "items": {"type": "number"},
        "minItems": 2,
        "maxItems": 2,
        "description": "Plausible low and high of an assumed figure that is not drawn.",
    }
    return schema
