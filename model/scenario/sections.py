"""The way through the schema beside the way through the data: which section stands where."""

from __future__ import annotations

import types
import typing
from typing import Any

from pydantic import BaseModel

Section = type[BaseModel]


def section_at(annotation: Any, node: Any) -> Section | None:
    """The section class of `node`, chosen by its `kind` where there are several, or None."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return section_at(arguments[0], node)
    if origin not in (typing.Union, types.UnionType):
        return None
    choices = [choice for choice in (section_at(a, node) for a in arguments) if choice]
    if len(choices) < 2:
        return choices[0] if choices else None
    kind = node.get("kind") if isinstance(node, dict) else None
    return next((choice for choice in choices if kind == kind_of(choice)), None)


def kind_of(section: Section) -> str | None:
    """The one value of a section's `kind` key, or None when it has none."""
    field = section.model_fields.get("kind")
    return typing.get_args(field.annotation)[0] if field is not None else None


def kinds(annotation: Any) -> list[str]:
    """Every `kind` a list of sections may have, in the order of the schema."""
    found: list[str] = []
    for argument in typing.get_args(annotation):
        found.extend(kinds(argument))
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        found.extend(kind for kind in [kind_of(annotation)] if kind)
    return found


def is_choice(annotation: Any) -> bool:
    """True where a section may be one of several kinds."""
    return entry_of(annotation) is None and len(kinds(annotation)) > 1


def entry_of(annotation: Any) -> Any:
    """The annotation of a list's entries, or None for what is not a list."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is list:
        return arguments[0]
    if origin in (typing.Annotated, typing.Union, types.UnionType):
        return next((entry for entry in map(entry_of, arguments) if entry is not None), None)
    return None


def value_of(annotation: Any) -> Any:
    """The annotation of the values of a section whose keys are names, or None for what is not one."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is dict:
        return arguments[1]
    if origin in (typing.Annotated, typing.Union, types.UnionType):
        return next((value for value in map(value_of, arguments) if value is not None), None)
    return None


def field_of(section: Section | None, key: str) -> Any:
    """The annotation of a key of a section, or None for an unknown key."""
    field = section.model_fields.get(key) if section is not None else None
    return field.annotation if field is not None else None


def annotation_at(annotation: Any, path: tuple[str | int, ...], data: Any) -> Any:
    """The annotation that the schema has at a path of the data, or None."""
    for part in path:
        if isinstance(part, int):
            annotation = entry_of(annotation)
            data = data[part] if isinstance(data, list) and part < len(data) else None
        else:
            named = value_of(annotation)
            annotation = named or field_of(section_at(annotation, data), part)
            data = data.get(part) if isinstance(data, dict) else None
        if annotation is None:
            return None
    return annotation
