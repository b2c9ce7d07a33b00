"""Reading a published margin of the opening plans: how many in each age group, setting or need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from model.reference.codes import PHASES
from model.scenario.plain_number import read_number
from model.scenario.problems import did_you_mean, one_of, problem

MOST_PLANS = 1_000_000
"""More than twice the plans of England."""


class Margin(dict[str, Any]):
    """A published margin of the opening plans: name -> plans, or name -> phase -> plans."""


@dataclass(frozen=True)
class MarginRule:
    """A table `{name: plans}` over known names; with `phases`, plans may be split by phase."""

    names: tuple[str, ...]
    phases: bool = False

    def parse(self, value: object) -> Margin:
        """A Margin from what the user wrote."""
        return value if isinstance(value, Margin) else self._read(value, ())

    def _read(self, value: object, at: tuple[str, ...]) -> Margin:
        if not isinstance(value, dict):
            raise problem(
                "not a table", at=at, found=value, expected="{name: number of plans, ...}"
            )
        margin = Margin()
        for name, raw in value.items():
            here = (*at, name)
            if name not in self.names:
                near = did_you_mean(name, self.names)
                expected = one_of(self.names, near)
                raise problem(f"unknown name '{name}'", at=here, expected=expected, hint=near)
            if self.phases and isinstance(raw, dict):
                margin[name] = dict(MarginRule(PHASES)._read(raw, here))
            else:
                margin[name] = _plans(raw, here)
        return margin

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.parse)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        count: JsonSchemaValue = {"type": "integer", "minimum": 0}
        value = count
        if self.phases:
            value = {"anyOf": [count, _table(PHASES, count)]}
        return _table(self.names, value)


def _table(names: tuple[str, ...], value: JsonSchemaValue) -> JsonSchemaValue:
    return {
        "type": "object",
        "properties": dict.fromkeys(names, value),
        "additionalProperties": False,
    }


def _plans(raw: object, at: tuple[str, ...]) -> int:
    number = read_number(raw, at, "a whole number of plans")
    if number < 0 or number != round(number) or number > MOST_PLANS:
        raise problem(
            "not a number of plans", at=at, found=raw, expected="a whole number, 0 or more"
        )
    return int(number)
