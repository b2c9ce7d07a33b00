"""Plain data to a checked `Scenario`, or every problem in the words of the accountant."""

from __future__ import annotations

import re
import typing
from typing import Any

from pydantic import TypeAdapter, ValidationError

from model.scenario.as_written import number_hint, yes_no_hint
from model.scenario.checks import check
from model.scenario.merge import Located
from model.scenario.positions import UNREADABLE, Path, dotted
from model.scenario.problems import NUMBER_ERROR, Problem, did_you_mean, one_of, shown
from model.scenario.schema import Scenario
from model.scenario.sections import Section, annotation_at, is_choice, kinds, section_at

Words = tuple[str, str | None, str | None, str | None]
"""Message, found, expected, hint."""


def validate(located: Located, file: str) -> tuple[Scenario | None, list[Problem]]:
    """The Scenario in `located`, or None with problems.

    When some sections are wrong, the checks between sections still run on those that are right,
    so that one pass shows everything.
    """
    try:
        scenario = Scenario.model_validate(located.data)
    except ValidationError as error:
        found = schema_problems(error, located, file, Scenario)
        partial, sound = _sound_sections(located.data)
        return None, found + _checked(partial, located, file, sound)
    problems = _checked(scenario, located, file, set(Scenario.model_fields))
    return (scenario if not problems else None), problems


def place_problem(located: Located, file: str, path: Path, words: Words) -> Problem:
    """A problem at a path of the data, with the file and line where it was written."""
    name, line = located.place(path) or (file, 1)
    return Problem(name, line, dotted(path, located.data), *words)


def schema_problems(
    error: ValidationError, located: Located, file: str, schema: Section
) -> list[Problem]:
    """The errors of the schema library as problems, but for what the reader has told already."""
    found = [_problem(item, located, file, schema) for item in error.errors(include_url=False)]
    return [item for item in found if item]


def _sound_sections(data: dict[str, Any]) -> tuple[Scenario, set[str]]:
    """A partial scenario made of the sections that are right on their own, and their names."""
    values: dict[str, Any] = {}
    for name, field in Scenario.model_fields.items():
        if name not in data:
            if not field.is_required():
                values[name] = field.get_default(call_default_factory=True)
            continue
        annotation: Any = field.annotation
        if field.metadata:
            annotation = typing.Annotated[(annotation, *field.metadata)]
        try:
            values[name] = TypeAdapter(annotation).validate_python(data[name], strict=True)
        except ValidationError:
            continue
    return Scenario.model_construct(**values), set(values)


def _checked(scenario: Scenario, located: Located, file: str, sound: set[str]) -> list[Problem]:
    return [
        place_problem(
            located,
            file,
            finding.path,
            (finding.message, finding.found, finding.expected, finding.hint),
        )
        for finding in check(scenario, sound)
    ]


def _problem(error: Any, located: Located, file: str, schema: Section) -> Problem | None:
    """The problem of one error of the schema library; None when the reader has told it already."""
    kind, value, context = error["type"], error.get("input"), error.get("ctx", {})
    path = _data_path(error["loc"], located.data, schema)
    if kind == NUMBER_ERROR:
        path = (*path, *context["at"])
        words: Words = tuple(context[key] for key in ("message", "found", "expected", "hint"))
    elif kind == "missing":
        words = "this key is missing", None, None, None
    elif kind == "extra_forbidden":
        words = _unknown_key(path, located.data, schema)
    elif kind in ("union_tag_invalid", "union_tag_not_found"):
        words = _unknown_kind(path, value, located.data, schema)
        path = (*path, "kind")
    else:
        words = _plain_words(kind, value, context, error["msg"])
    return None if _unreadable(path, located.data) else place_problem(located, file, path, words)


def _data_path(loc: tuple[str | int, ...], data: Any, schema: Section) -> Path:
    """The way through the user's data, without the `kind` that the schema library puts in it."""
    path: list[str | int] = []
    annotation: Any = schema
    node = data
    for part in loc:
        if is_choice(annotation):
            annotation = section_at(annotation, node)
            continue
        path.append(part)
        annotation = annotation_at(annotation, (part,), node)
        node = node[part] if _holds(node, part) else None
    return tuple(path)


def _unreadable(path: Path, data: Any) -> bool:
    node = data
    for part in path:
        if node is UNREADABLE:
            return True
        if not _holds(node, part):
            return False
        node = node[part]
    return node is UNREADABLE


def _holds(node: Any, part: str | int) -> bool:
    if isinstance(node, list):
        return isinstance(part, int) and part < len(node)
    return isinstance(node, dict) and part in node


def _unknown_key(path: Path, data: Any, schema: Section) -> Words:
    parent: Any = data
    for part in path[:-1]:
        parent = parent[part]
    section = section_at(annotation_at(schema, path[:-1], data), parent)
    names = list(section.model_fields) if section is not None else []
    near = did_you_mean(path[-1], names)
    return "unknown key", None, one_of(names, near), near


def _unknown_kind(path: Path, value: Any, data: Any, schema: Section) -> Words:
    names = kinds(annotation_at(schema, path, data))
    expected = one_of(names)
    if not isinstance(value, dict):
        return "wrong kind of value", shown(value), "a section of 'key: value' lines", None
    if "kind" not in value:
        return "this key is missing", None, expected, None
    return "unknown kind", shown(value["kind"]), expected, did_you_mean(value["kind"], names)


_SECTION = "a section of 'key: value' lines"
_EXPECTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "list_type": "a list (lines starting with '- ')",
    "model_type": _SECTION,
    "model_attributes_type": _SECTION,
    "dict_type": _SECTION,
    "finite_number": "a finite number",
}
_BOUNDS = {
    "greater_than_equal": ("ge", "{} or more"),
    "less_than_equal": ("le", "{} or less"),
    "greater_than": ("gt", "more than {}"),
    "less_than": ("lt", "less than {}"),
}


def _plain_words(kind: str, value: Any, context: dict[str, Any], message: str) -> Words:
    """The words for an error that the schema library raised itself."""
    if kind == "string_type":
        quotable = isinstance(value, int | float) and not isinstance(value, bool)
        hint = f"Put it in quotes: '{value}'." if quotable else None
        return "this is not text", str(value) if quotable else shown(value), "text", hint
    if kind in _EXPECTED:
        hint = None
        if kind == "bool_type":
            hint = yes_no_hint(value)
        elif isinstance(value, str) and "number" in _EXPECTED[kind]:
            hint = number_hint(value)
        return "wrong kind of value", shown(value), _EXPECTED[kind], hint
    if kind == "literal_error":
        expected = str(context["expected"])
        near = did_you_mean(value, re.findall(r"'([^']*)'", expected))
        return "not one of the choices", shown(value), expected, near
    if kind in _BOUNDS:
        key, words = _BOUNDS[kind]
        return "out of range", shown(value), words.format(shown(context[key])), None
    if kind == "too_short":
        return "too few entries", shown(value), f"at least {context['min_length']}", None
    if kind == "too_long":
        return "too many entries", shown(value), f"at most {context['max_length']}", None
    return message, shown(value), None, None
