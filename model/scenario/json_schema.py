"""JSON Schema of a scenario, so that an editor completes and checks keys offline.

An editor sees what `validate` would refuse in one section; sums and references it cannot see.
"""

from __future__ import annotations

import re
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from model.scenario.number_rule import NUMBER_MARK
from model.scenario.schema import Scenario

DIALECT = "https://json-schema.org/draft/2020-12/schema"


class _Generator(GenerateJsonSchema):
    """An optional key may be left out; it is never written as null. Keys need no second title."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        default = schema.get("default")
        if default is None or isinstance(default, BaseModel):
            return self.generate_inner(schema["schema"])
        return super().default_schema(schema)

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def tagged_union_schema(self, schema: core_schema.TaggedUnionSchema) -> JsonSchemaValue:
        generated = super().tagged_union_schema(schema)
        generated.pop("discriminator", None)
        return generated


_OVERLAY = ".overlay"
"""Added to the name of a section as an overlay may give it."""


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a scenario file, what `hn-forecast schema` prints.

    An overlay (`extends:`) gives what it changes, so with that key nothing but `format` and `name`
    is required, and of a section nothing but the `id` by which a list merges.
    """
    generated = Scenario.model_json_schema(schema_generator=_Generator)
    numbers: dict[str, JsonSchemaValue] = {}
    shared = _share_numbers(generated, numbers)
    sections = shared["$defs"]
    overlays = {f"{name}{_OVERLAY}": _in_overlay(node, sections) for name, node in sections.items()}
    return {
        "$schema": DIALECT,
        "title": "High needs forecast: scenario",
        "description": "A scenario of hn-forecast; docs/scenario_reference.md explains every key.",
        "type": "object",
        "properties": _in_overlay(shared["properties"], sections),
        "additionalProperties": False,
        "required": ["format", "name"],
        "if": {"not": {"required": ["extends"]}},
        "then": {"properties": shared["properties"], "required": generated["required"]},
        "$defs": {**sections, **overlays, **dict(sorted(numbers.items()))},
    }


def _in_overlay(node: Any, sections: dict[str, JsonSchemaValue]) -> Any:
    """A part of the schema as an overlay may give it: sections merge key by key and lists by id;
    everything else is replaced whole, so that it stays as it is."""
    if isinstance(node, list):
        return [_in_overlay(item, sections) for item in node]
    if not isinstance(node, dict):
        return node
    result: dict[str, Any] = {}
    for key, value in node.items():
        if key == "$ref":
            result[key] = f"{value}{_OVERLAY}" if _section(value) in sections else value
        elif key == "items" and not _merges_by_id(value, sections):
            result[key] = value
        elif key == "required":
            if "id" in value:
                result[key] = ["id"]
        else:
            # Part of a driver may be part of several kinds of driver.
            kept = "anyOf" if key == "oneOf" else key
            result[kept] = _in_overlay(value, sections)
    return result


def _section(reference: str) -> str:
    return reference.removeprefix("#/$defs/")


def _merges_by_id(items: Any, sections: dict[str, JsonSchemaValue]) -> bool:
    choices = items.get("oneOf", [items])
    return all(
        "id" in sections.get(_section(choice.get("$ref", "")), {}).get("properties", {})
        for choice in choices
    )


def _share_numbers(node: Any, numbers: dict[str, JsonSchemaValue]) -> Any:
    """The schema with each kind of number described once and referred to by its key."""
    if isinstance(node, list):
        return [_share_numbers(item, numbers) for item in node]
    if not isinstance(node, dict):
        return node
    if NUMBER_MARK not in node:
        return {
            key: " ".join(value.split())
            if key == "description" and isinstance(value, str)
            else _share_numbers(value, numbers)
            for key, value in node.items()
        }
    about = {key: node[key] for key in ("description", "default") if key in node}
    name = _name(node[NUMBER_MARK])
    numbers[name] = {key: node[key] for key in node if key not in (NUMBER_MARK, *about)}
    return {"$ref": f"#/$defs/{name}", **_share_numbers(about, numbers)}


def _name(title: str) -> str:
    return re.sub(r"[^a-z0-9.]+", "_", title.lower().replace("-", "minus ")).strip("_")
