"""The scenario reference, written from the schema: `docs/scenario_reference.md`.

`python -m model.scenario.reference` prints it.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from annotated_types import Ge, Le
from pydantic.fields import FieldInfo

from model.scenario.fields import FinancialYear, Id, MonthField, SourcedPart, Text
from model.scenario.margin_rule import MOST_PLANS, MarginRule
from model.scenario.number_rule import NumberRule
from model.scenario.reference_intro import INTRODUCTION
from model.scenario.schema import Scenario
from model.scenario.sections import Section, entry_of, kind_of, section_at, value_of
from model.scenario.shares_rule import SharesRule
from model.scenario.yearly_rule import YearlyRule

_UNITS = {"GBP": "pounds", "share": "share", "1 approved, 0 not": "1 approved, 0 not"}
_WORDS = {Id: "id", Text: "text", MonthField: "month", FinancialYear: "financial year"}
_KEYS = """\
## Keys of the file

A "number" may be uncertain; a "whole number" and a "plain number" may not. A "section" is a group of
keys with a heading of its own below; a "list of sections" has one entry for each `- `.
"""
_SHARED_KEYS = tuple(SourcedPart.model_fields)


def reference_markdown() -> str:
    """The reference as Markdown: an introduction, then every section with its keys."""
    parts = [INTRODUCTION, _KEYS, _table(Scenario)]
    first: dict[Section, str] = {}
    for path, section in _sections(Scenario, ""):
        level = "#" * min(2 + path.count(".") + path.count(" of kind"), 4)
        about = " ".join((section.__doc__ or "").split())
        parts.append(f"{level} {path}\n\n{about}\n")
        if section in first:
            parts.append(f"The keys are those of {first[section]}.\n")
        else:
            first[section] = path
            parts.append(_table(section))
    return "\n".join(parts)


def _sections(section: Section, path: str) -> Iterator[tuple[str, Section]]:
    """Every section with its path, in the order of the file."""
    for name, field in section.model_fields.items():
        here = f"{path}.{name}" if path else name
        entry, named = entry_of(field.annotation), value_of(field.annotation)
        choices = _choices(entry or named or field.annotation)
        here += "[]" if entry is not None and choices else ""
        here += ".<name>" if named is not None and choices else ""
        for choice in choices:
            label = f"{here} of kind {kind_of(choice)}" if len(choices) > 1 else here
            yield label, choice
            yield from _sections(choice, here)


def _choices(annotation: Any) -> list[Section]:
    """The section classes that an annotation allows: one, or one for each kind."""
    arguments = typing.get_args(annotation)
    if typing.get_origin(annotation) is typing.Annotated:
        return _choices(arguments[0])
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        return [choice for argument in arguments for choice in _choices(argument)]
    section = section_at(annotation, None)
    return [section] if section is not None else []


def _table(section: Section) -> str:
    rows = [
        f"| `{name}` | {_value(field)} | {_default(field)} | {_text(field)} |"
        for name, field in _own_keys(section).items()
    ]
    return "\n".join(["| key | value | default | meaning |", "|---|---|---|---|", *rows, ""])


def _own_keys(section: Section) -> dict[str, FieldInfo]:
    shared = _SHARED_KEYS if issubclass(section, SourcedPart) else ()
    return {name: item for name, item in section.model_fields.items() if name not in shared}


def _text(field: FieldInfo) -> str:
    return " ".join((field.description or "").split()).replace("|", "\\|")


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "**required**"
    extra = field.json_schema_extra
    default = extra["default"] if isinstance(extra, dict) and "default" in extra else field.default
    if isinstance(default, bool):
        return str(default).lower()
    if default is None or default in ([], {}) or _choices(field.annotation):
        return ""
    return f"{default}"


@dataclass(frozen=True)
class _Described:
    """An annotation without its `None`, and everything attached to it."""

    type: Any
    metadata: tuple[Any, ...]


def _described(annotation: Any, metadata: tuple[Any, ...] = ()) -> _Described:
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return _described(arguments[0], (*metadata, *arguments[1:]))
    if origin in (typing.Union, types.UnionType) and types.NoneType in arguments:
        return _described(next(x for x in arguments if x is not types.NoneType), metadata)
    return _Described(annotation, metadata)


def _value(field: FieldInfo) -> str:
    """What is written after the key, in words."""
    bare = _described(field.annotation, tuple(field.metadata))
    for rule in _flat(bare.metadata):
        if isinstance(rule, NumberRule):
            return _number(rule)
        if isinstance(rule, YearlyRule):
            return f"{_number(rule.number)}, by year"
        if isinstance(rule, SharesRule):
            return "shares"
        if isinstance(rule, MarginRule):
            return "plans for each of " + ", ".join(f"`{name}`" for name in rule.names)
    extra = field.json_schema_extra
    if isinstance(extra, dict) and "title" in extra:
        return str(extra["title"])
    for annotation, words in _WORDS.items():
        known = _described(annotation)
        if bare.type is known.type and known.metadata[0] in bare.metadata:
            return words
    return _plain(bare)


def _flat(metadata: tuple[Any, ...]) -> Iterator[Any]:
    for item in metadata:
        yield item
        if isinstance(item, FieldInfo):
            yield from item.metadata


def _number(rule: NumberRule) -> str:
    words = rule.expected.removeprefix("a ").removesuffix(f" ({rule.unit})")
    return f"{words.replace('number,', 'number')} ({_UNITS.get(rule.unit, rule.unit)})"


def _plain(bare: _Described) -> str:
    if typing.get_origin(bare.type) is typing.Literal:
        return ", ".join(f"`{choice}`" for choice in typing.get_args(bare.type))
    if bare.type is bool:
        return "`true` or `false`"
    if bare.type in (int, float):
        words = "whole number" if bare.type is int else "plain number"
        return words + _bounds(bare)
    entry = entry_of(bare.type)
    if entry is not None:
        return "list of sections" if _choices(entry) else "list"
    return "sections by name" if value_of(bare.type) is not None else "section"


def _bounds(bare: _Described) -> str:
    low = next((item.ge for item in _flat(bare.metadata) if isinstance(item, Ge)), None)
    high = next((item.le for item in _flat(bare.metadata) if isinstance(item, Le)), None)
    if low is None or (isinstance(low, int) and low <= -MOST_PLANS):
        return ""
    if not isinstance(high, int) or high >= MOST_PLANS:
        return f", {low} or more"
    return f", {low} to {high}"


if __name__ == "__main__":
    print(reference_markdown(), end="")
