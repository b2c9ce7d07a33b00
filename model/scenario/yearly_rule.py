"""Reading a number by financial year, with how one uncertain year goes with the next."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from model.reference.calendar import financial_year_label, parse_financial_year
from model.scenario.as_written import year_hint
from model.scenario.number_rule import DISTRIBUTIONS, NUMBER_MARK, NumberRule
from model.scenario.plain_number import read_number
from model.scenario.problems import did_you_mean, nearest, problem
from model.scenario.provenance import (
    PROVENANCE_KEYS,
    explain_assumed,
    provenance_schema,
    read_provenance,
)
from model.scenario.quantities import TimePath, Yearly

_YEAR = re.compile(r"^\d{4}-\d{2}$")
_KEYS = ("then", "path", *PROVENANCE_KEYS)
_PATHS = ("persistent", "independent")


@dataclass(frozen=True)
class YearlyRule:
    """What a number by year accepts; `path` is the default way one year goes with the next.

    Written as a plain or uncertain number (the same for all years), or by year:
    `{2023-24: 0.05, 2024-25: 0.03, then: 0.02}`. A mapping may also say `path`.
    """

    number: NumberRule
    path: TimePath = "persistent"
    rho: float = 0.0

    def parse(self, value: object) -> Yearly:
        """A Yearly from what the user wrote."""
        if isinstance(value, Yearly):
            return value
        unit = self.number.unit
        if not isinstance(value, dict):
            return Yearly({}, self.number.read(value, ()), self.path, self.rho, unit=unit)
        path, rho = self._path(value)
        rest = {key: item for key, item in value.items() if key != "path"}
        if not _is_by_year(rest):
            quantity = self.number.read(rest, ())
            return Yearly({}, quantity, path, rho, quantity.provenance, unit)
        return self._by_year(rest, path, rho)

    def _by_year(self, value: dict[str, Any], path: TimePath, rho: float) -> Yearly:
        years = {key: self._year(key) for key in value if key not in _KEYS}
        about = {key: item for key, item in value.items() if key in PROVENANCE_KEYS}
        provenance = read_provenance(about, ())
        by_year = {
            year: self.number.read(value[key], (key,), outer=provenance)
            for key, year in years.items()
        }
        then = None
        if "then" in value:
            then = self.number.read(value["then"], ("then",), outer=provenance)
        figures = [*by_year.values(), *([then] if then else [])]
        uncertain = any(not figure.certain for figure in figures)
        explain_assumed(provenance, (), uncertain=uncertain)
        return Yearly(by_year, then, path, rho, provenance, provenance.unit or self.number.unit)

    def _year(self, key: str) -> int:
        year = parse_financial_year(key)
        if year is not None:
            return year
        if _YEAR.match(key):
            expected = f"two years running, such as {financial_year_label(int(key[:4]))}"
            raise problem(f"'{key}' is not a financial year", at=(key,), expected=expected)
        hint = year_hint(key) or did_you_mean(key, _KEYS)
        raise problem(
            f"unknown key '{key}' in a number by year",
            at=(key,),
            expected=None if hint else "financial years such as 2023-24, " + ", ".join(_KEYS),
            hint=hint,
        )

    def _path(self, value: Mapping[str, Any]) -> tuple[TimePath, float]:
        raw = value.get("path")
        if raw is None:
            return self.path, self.rho
        if raw == "persistent":
            return "persistent", 0.0
        if raw == "independent":
            return "independent", 0.0
        if isinstance(raw, dict) and list(raw) == ["ar1"]:
            rho = read_number(raw["ar1"], ("path", "ar1"))
            if -1 < rho < 1:
                return "ar1", rho
            raise problem(
                "out of range", at=("path", "ar1"), found=rho, expected="above -1 and below 1"
            )
        raise problem(
            "unknown path",
            at=("path",),
            found=raw,
            expected="persistent, independent or {ar1: rho}",
            hint="Give the correlation from year to year: {ar1: 0.5}."
            if raw == "ar1"
            else did_you_mean(raw, _PATHS),
        )

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self.parse, serialization=core_schema.plain_serializer_function_ser_schema(str)
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        number = self.number.mapping_schema()
        number["properties"] = {**number["properties"], "path": _path_schema()}
        one: JsonSchemaValue = {"anyOf": self.number.forms()}
        by_year = {
            "type": "object",
            "description": "By financial year; then: the years after.",
            "properties": {
                "then": {**one, "description": "Every later year."},
                "path": _path_schema(),
                **provenance_schema(),
            },
            "patternProperties": {_YEAR.pattern: one},
            "additionalProperties": False,
        }
        title = f"{self.number.expected}, for all years or by year"
        return {
            NUMBER_MARK: title,
            "title": title,
            "anyOf": [self.number.number_schema(), number, by_year],
        }


def _is_by_year(value: Mapping[str, Any]) -> bool:
    """True when the keys are meant as years, rightly written or not."""
    if "then" in value or any(_YEAR.match(key) for key in value):
        return True
    unknown = [key for key in value if key not in ("value", *DISTRIBUTIONS, *PROVENANCE_KEYS)]
    return any(year_hint(key) or nearest(key, ["then"]) for key in unknown)


def _path_schema() -> JsonSchemaValue:
    return {
        "description": "How one uncertain year goes with the next.",
        "anyOf": [
            {"enum": list(_PATHS)},
            {
                "type": "object",
                "properties": {
                    "ar1": {
                        "type": "number",
                        "exclusiveMinimum": -1,
                        "exclusiveMaximum": 1,
                        "description": "Correlation from one year to the next.",
                    }
                },
                "required": ["ar1"],
                "additionalProperties": False,
            },
        ],
    }
