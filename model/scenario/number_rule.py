"""Reading one number, plain or uncertain, with where it comes from.

A field of the schema is declared as, for example, `Annotated[Quantity, NumberRule("share", 0, 1)]`.
The rule reads whatever the user wrote and returns a `Quantity`, or raises one error that says what
is wrong. Handling the alternatives here rather than with a union of types is what makes one
mistake one message.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from pydantic import GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from model.scenario import distributions
from model.scenario.as_written import is_number, number_hint, year_hint
from model.scenario.distributions import TRUNCATED_MASS_ALLOWED, Distribution
from model.scenario.plain_number import read_number
from model.scenario.problems import did_you_mean, one_of, problem
from model.scenario.provenance import (
    PROVENANCE_KEYS,
    Provenance,
    explain_assumed,
    provenance_schema,
    read_provenance,
)
from model.scenario.quantities import Quantity

Place = tuple[str | int, ...]

NUMBER_MARK = "number"
"""Key in a JSON Schema fragment that names a kind of number, for `model.scenario.json_schema`."""

PARAMETERS: dict[str, tuple[str, ...]] = {
    "pert": ("low", "mode", "high"),
    "normal": ("mean", "standard deviation"),
    "lognormal": ("median", "95th percentile"),
    "uniform": ("low", "high"),
    "beta": ("a", "b"),
    "between": ("10th percentile", "90th percentile"),
}
DISTRIBUTIONS = (*PARAMETERS, "discrete")
NUMBER_KEYS = ("value", *DISTRIBUTIONS, *PROVENANCE_KEYS)

_INCREASING = ("pert", "uniform", "between")
_ABOVE_ZERO = {"normal": (1,), "lognormal": (0, 1), "beta": (0, 1)}
_LARGEST = 1e15
"""No figure of a council is larger; beyond it arithmetic would lose pounds."""


@dataclass(frozen=True)
class NumberRule:
    """What a number field accepts: its unit and the permitted range (both ends allowed).

    Raises PydanticCustomError (one per number) for anything else. Source: design section 4.
    """

    unit: str
    low: float = -math.inf
    high: float = math.inf

    @property
    def expected(self) -> str:
        """The permitted range in words."""
        kind = "a number"
        if math.isfinite(self.low) and math.isfinite(self.high):
            kind += f" from {self.low:g} to {self.high:g}"
        elif math.isfinite(self.low):
            kind += f", {self.low:g} or more"
        elif math.isfinite(self.high):
            kind += f", {self.high:g} or less"
        return f"{kind} ({self.unit})"

    def parse(self, value: object) -> Quantity:
        """A Quantity from what the user wrote."""
        return value if isinstance(value, Quantity) else self.read(value, ())

    def read(self, value: object, at: Place, outer: Provenance | None = None) -> Quantity:
        """The same for a number inside another value; `outer` is the provenance around it."""
        provenance = Provenance()
        if isinstance(value, dict):
            distribution = self._written(value, at)
            provenance = read_provenance(value, at)
            explain_assumed(provenance, at, uncertain=not distribution.certain, outer=outer)
        else:
            distribution = distributions.plain(self.plain(value, at))
        unit = provenance.unit or self.unit
        return Quantity(distribution, provenance, unit, self.low, self.high)

    def plain(self, value: object, at: Place) -> float:
        """A plain number in the permitted range."""
        number = read_number(value, at, self.expected)
        self._check_range(number, at)
        return number

    def _check_range(self, number: float, at: Place) -> None:
        if not self.low <= number <= self.high:
            hint = None
            if self.low == 0 and self.high == 1 and 1 < number <= 100:
                hint = f"A share of {number:g} % is written {number / 100:g}."
            raise problem("out of range", at=at, found=number, expected=self.expected, hint=hint)
        if abs(number) > _LARGEST:
            raise problem("too large for a figure", at=at, found=number)

    def _written(self, value: dict[str, Any], at: Place) -> Distribution:
        """The distribution of a number written as `{value: ...}` or `{pert: ...}` and so on."""
        for key in value:
            if key not in NUMBER_KEYS:
                near = did_you_mean(key, NUMBER_KEYS) or year_hint(key)
                raise problem(
                    f"unknown key '{key}' in a number",
                    at=(*at, key),
                    expected=one_of(NUMBER_KEYS, near),
                    hint=near,
                )
        kinds = [key for key in ("value", *DISTRIBUTIONS) if key in value]
        if len(kinds) != 1:
            raise problem(
                "a number is given in two ways: " + " and ".join(kinds)
                if kinds
                else "no number is given here",
                at=at,
                expected="exactly one of value, " + ", ".join(DISTRIBUTIONS),
            )
        kind = kinds[0]
        if kind == "value":
            return distributions.plain(self.plain(value[kind], (*at, kind)))
        if kind == "discrete":
            return self._discrete(value[kind], (*at, kind))
        return self._continuous(kind, value[kind], (*at, kind))

    def _continuous(self, kind: str, raw: object, at: Place) -> Distribution:
        names = f"[{', '.join(PARAMETERS[kind])}]"
        if not isinstance(raw, list):
            raise problem("this needs a list", at=at, found=raw, expected=f"{kind}: {names}")
        if len(raw) != len(PARAMETERS[kind]):
            many = len(raw) > len(PARAMETERS[kind])
            raise problem(
                f"{len(raw)} numbers in the list, not {len(PARAMETERS[kind])}",
                at=at,
                found=raw,
                expected=f"{kind}: {names}",
                hint="A comma inside a number splits it: write 1200, not 1,200." if many else None,
            )
        numbers = [read_number(item, (*at, index)) for index, item in enumerate(raw)]
        self._check_parameters(kind, numbers, at, names)
        with np.errstate(all="ignore"):
            try:
                return self._cut(kind, numbers, at)
            except (OverflowError, ZeroDivisionError):
                raise problem("too wide to compute", at=at, found=raw) from None

    def _check_parameters(self, kind: str, numbers: list[float], at: Place, names: str) -> None:
        for index in _ABOVE_ZERO.get(kind, ()):
            if numbers[index] <= 0:
                raise problem(
                    f"the {PARAMETERS[kind][index]} must be above zero",
                    at=(*at, index),
                    found=numbers[index],
                    expected=f"{kind}: {names}",
                )
        if kind in _INCREASING:
            if numbers != sorted(numbers):
                raise problem("not in increasing order", at=at, found=numbers, expected=names)
            if numbers[0] == numbers[-1]:
                raise problem(
                    "both ends are the same",
                    at=at,
                    found=numbers,
                    hint=f"Write the plain number {numbers[0]:.12g} when it is certain.",
                )
            for index, number in enumerate(numbers):
                self._check_range(number, (*at, index))
        if kind == "beta" and not (self.low <= 0 and self.high >= 1):
            raise problem("a beta runs from 0 to 1", at=at, expected=self.expected)
        if kind == "lognormal" and numbers[1] <= numbers[0]:
            raise problem("the 95th percentile must be above the median", at=at, found=numbers)

    def _cut(self, kind: str, numbers: list[float], at: Place) -> Distribution:
        free: dict[str, Callable[..., Distribution]] = {
            "pert": distributions.pert,
            "uniform": distributions.uniform,
            "beta": distributions.beta,
        }
        cut: dict[str, Callable[..., Distribution]] = {
            "normal": distributions.normal,
            "lognormal": distributions.lognormal,
            "between": distributions.between,
        }
        if kind in free:
            return free[kind](*numbers)
        distribution = cut[kind](*numbers, self.low, self.high)
        if distribution.truncated_mass > TRUNCATED_MASS_ALLOWED:
            raise problem(
                f"{distribution.truncated_mass:.1%} of this {kind} lies outside the permitted range",
                at=at,
                found=numbers,
                expected=f"{self.expected}, with at most {TRUNCATED_MASS_ALLOWED:.0%} cut off",
                hint="Use a narrower spread, or pert or uniform with ends inside the range.",
            )
        if not abs(distribution.mean) <= _LARGEST:
            raise OverflowError
        return distribution

    def _discrete(self, raw: object, at: Place) -> Distribution:
        if not isinstance(raw, dict) or not raw:
            raise problem(
                "this needs values with probabilities",
                at=at,
                found=raw,
                expected="discrete: {value: probability}",
            )
        weights: dict[float, float] = {}
        for key, raw_weight in raw.items():
            here = (*at, key)
            if not is_number(key):
                raise problem(
                    "the value is not a number", at=here, found=key, hint=number_hint(key)
                )
            value = float(key)
            self._check_range(value, here)
            if value in weights:
                raise problem(f"the value {value:g} is given twice", at=here)
            weights[value] = read_number(raw_weight, here, "a probability from 0 to 1")
            if not 0 <= weights[value] <= 1:
                raise problem(
                    "a probability outside 0 to 1",
                    at=here,
                    found=weights[value],
                    expected="a probability from 0 to 1",
                )
        total = math.fsum(weights.values())
        if abs(total - 1) > 1e-9:
            raise problem(f"the probabilities sum to {total:g}", at=at, expected="a sum of 1")
        return distributions.discrete(tuple(weights), tuple(weights.values()))

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self.parse, serialization=core_schema.plain_serializer_function_ser_schema(str)
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {NUMBER_MARK: self.expected, "title": self.expected, "anyOf": self.forms()}

    def forms(self) -> list[JsonSchemaValue]:
        """JSON Schemas of the plain form and of the form with a distribution or provenance."""
        return [self.number_schema(), self.mapping_schema()]

    def number_schema(self) -> JsonSchemaValue:
        """JSON Schema of the plain form."""
        schema: JsonSchemaValue = {"type": "number"}
        if math.isfinite(self.low):
            schema["minimum"] = self.low
        if math.isfinite(self.high):
            schema["maximum"] = self.high
        return schema

    def mapping_schema(self) -> JsonSchemaValue:
        """JSON Schema of the form with a distribution or provenance."""
        properties: JsonSchemaValue = {
            "value": {**self.number_schema(), "description": "The plain number."}
        }
        for kind, names in PARAMETERS.items():
            properties[kind] = {
                "type": "array",
                "description": f"[{', '.join(names)}]",
                "items": {"type": "number"},
                "minItems": len(names),
                "maxItems": len(names),
            }
        properties["discrete"] = {
            "type": "object",
            "description": "{value: probability}, probabilities summing to 1",
            "additionalProperties": {"type": "number", "minimum": 0, "maximum": 1},
        }
        properties.update(provenance_schema())
        return {
            "type": "object",
            "properties": properties,
            "additionalProperties": False,
            "oneOf": [{"required": [key]} for key in ("value", *DISTRIBUTIONS)],
        }
