"""Reading named shares that sum to 1."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from pydantic import GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from model.scenario.number_rule import NUMBER_MARK, NumberRule, Place
from model.scenario.problems import did_you_mean, problem
from model.scenario.provenance import (
    PROVENANCE_KEYS,
    explain_assumed,
    provenance_schema,
    read_provenance,
)
from model.scenario.quantities import ShareSet

_CLOSE = 1e-6
_SHARE = NumberRule("share", 0, 1)
_WEIGHT = NumberRule("weight", 0)


@dataclass(frozen=True)
class SharesRule:
    """Named shares summing to 1, or `{dirichlet: {name: weight}}`. Names are checked elsewhere."""

    def parse(self, value: object) -> ShareSet:
        """A ShareSet from what the user wrote."""
        if isinstance(value, ShareSet):
            return value
        if not isinstance(value, dict):
            raise problem("not a set of shares", found=value, expected="{name: share, ...}")
        about = {key: item for key, item in value.items() if key in PROVENANCE_KEYS}
        body = {key: item for key, item in value.items() if key not in PROVENANCE_KEYS}
        dirichlet = "dirichlet" in body
        if dirichlet:
            shares = _weights(body)
        else:
            shares = {name: _share(name, raw) for name, raw in body.items()}
            total = math.fsum(shares.values())
            if abs(total - 1) > _CLOSE:
                raise problem(f"the shares sum to {total:.12g}", expected="a sum of 1")
        provenance = read_provenance(about, ())
        explain_assumed(provenance, (), uncertain=dirichlet)
        return ShareSet(shares, dirichlet, provenance)

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self.parse, serialization=core_schema.plain_serializer_function_ser_schema(str)
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        weights = {
            "type": "object",
            "description": "Uncertain shares: {name: weight}; the more weight in all, the surer.",
            "additionalProperties": {"type": "number", "exclusiveMinimum": 0},
        }
        return {
            NUMBER_MARK: "shares",
            "title": "shares by name that sum to 1, or {dirichlet: {name: weight}}",
            "type": "object",
            "properties": {"dirichlet": weights, **provenance_schema()},
            "additionalProperties": {"type": "number", "minimum": 0, "maximum": 1},
        }


def _share(name: str, raw: object) -> float:
    hint = did_you_mean(name, ("dirichlet", *PROVENANCE_KEYS))
    if isinstance(raw, str | dict) and hint:
        raise problem(f"unknown key '{name}' in a set of shares", at=(name,), hint=hint)
    return _SHARE.plain(raw, (name,))


def _weights(body: dict[str, Any]) -> dict[str, float]:
    at: Place = ("dirichlet",)
    if list(body) != ["dirichlet"] or not isinstance(body["dirichlet"], dict):
        raise problem("dirichlet stands alone", at=at, expected="dirichlet: {name: weight, ...}")
    weights = {name: _WEIGHT.plain(raw, (*at, name)) for name, raw in body["dirichlet"].items()}
    for name, weight in weights.items():
        if weight <= 0:
            raise problem("a Dirichlet weight must be above zero", at=(*at, name), found=weight)
    if not weights:
        raise problem("there are no shares", at=at, expected="dirichlet: {name: weight, ...}")
    return weights
