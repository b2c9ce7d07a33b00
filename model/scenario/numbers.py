"""Numbers in a scenario: plain or uncertain, one or by year, with where they come from.

A field of the schema is declared as, for example, `Annotated[Quantity, NumberRule("share", 0, 1)]`.
The rule reads whatever the user wrote and returns a `Quantity`, or raises one error that says what
is wrong. Handling the alternatives here rather than with a union of types is what makes one
mistake one message.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from model.reference.calendar import financial_year_label, parse_financial_year
from model.scenario import distributions
from model.scenario.distributions import TRUNCATED_MASS_ALLOWED, Distribution
from model.scenario.problems import nearest, shown

TimePath = Literal["persistent", "ar1", "independent"]
Status = Literal["published", "derived", "assumed"]

_YEAR = re.compile(r"^\d{4}-\d{2}$")
_PARAMETERS: dict[str, tuple[int, str]] = {
    "pert": (3, "[low, mode, high]"),
    "normal": (2, "[mean, standard deviation]"),
    "lognormal": (2, "[median, 95th percentile]"),
    "uniform": (2, "[low, high]"),
    "beta": (2, "[a, b]"),
    "between": (2, "[10th percentile, 90th percentile]"),
}
_DISTRIBUTIONS = (*_PARAMETERS, "discrete")
_PROVENANCE_TEXT = ("unit", "source", "owner", "as_at", "confidence", "reason")
_PROVENANCE = (*_PROVENANCE_TEXT, "status", "hindsight", "range")
_NUMBER_KEYS = ("value", *_DISTRIBUTIONS, *_PROVENANCE)


@dataclass(frozen=True)
class Provenance:
    """Where a figure comes from; fills the assumptions register.

    `status` is published, derived (worked out from published figures) or assumed; an assumed one
    needs a `reason`, and a `range` unless it is uncertain. `hindsight` marks a figure known only
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


@dataclass(frozen=True, eq=False)
class Quantity:
    """One number, plain or uncertain. Identity, not value, tells two quantities apart."""

    distribution: Distribution
    provenance: Provenance = field(default_factory=Provenance)
    unit: str = ""

    @property
    def central(self) -> float:
        """The value used by the central run."""
        return self.distribution.central

    @property
    def certain(self) -> bool:
        """True when every draw has the same value."""
        return self.distribution.certain


@dataclass(frozen=True, eq=False)
class Yearly:
    """A number for every financial year: given years, then a value for the years after them.

    `path` says how one uncertain year goes with the next: persistent (one quantile for all years),
    ar1 (with correlation `rho` from year to year) or independent.
    """

    by_year: Mapping[int, Quantity]
    then: Quantity | None
    path: TimePath
    rho: float = 0.0
    provenance: Provenance = field(default_factory=Provenance)
    unit: str = ""

    def at(self, year: int) -> Quantity:
        """The number for the financial year that starts in April of `year`."""
        if year in self.by_year:
            return self.by_year[year]
        if self.then is None:
            raise KeyError(financial_year_label(year))
        return self.then

    def covers(self, year: int) -> bool:
        """True when there is a value for the financial year starting in April of `year`."""
        return self.then is not None or year in self.by_year

    @property
    def certain(self) -> bool:
        """True when no year is uncertain."""
        return all(q.certain for q in self.by_year.values()) and (
            self.then is None or self.then.certain
        )


@dataclass(frozen=True, eq=False)
class ShareSet:
    """Named shares that sum to 1, fixed or Dirichlet (`weights` are then its parameters)."""

    shares: Mapping[str, float]
    dirichlet: bool = False
    provenance: Provenance = field(default_factory=Provenance)

    @property
    def certain(self) -> bool:
        """True when every draw has the same shares."""
        return not self.dirichlet

    @property
    def central(self) -> dict[str, float]:
        """Mean shares, summing to 1."""
        total = math.fsum(self.shares.values())
        return {name: value / total for name, value in self.shares.items()}


def problem(
    message: str,
    *,
    at: tuple[str | int, ...] = (),
    found: object = None,
    expected: str | None = None,
    hint: str | None = None,
) -> PydanticCustomError:
    """An error about one place inside a number; `at` is the way to it from the number itself."""
    return PydanticCustomError(
        "number",
        "{message}",
        {
            "message": message,
            "at": list(at),
            "found": None if found is None else shown(found),
            "expected": expected,
            "hint": hint,
        },
    )


def hint_for_text(text: str) -> str | None:
    """How to write a number that was typed the way people write in letters and spreadsheets."""
    tidy = text.strip().replace("‘", "").replace("’", "").replace("“", "").replace("”", "")
    tidy = tidy.strip("'\" ")
    if tidy != text.strip() and _is_number(tidy):
        return f"Curly or extra quotes: write {tidy} without quotes."
    if re.fullmatch(r"-?\s*£\s*[\d,.]+\s*(k|m|bn)?", tidy, re.IGNORECASE):
        return f"Leave out the pound sign and commas: write {_spelled(tidy)}."
    if tidy.endswith("%") and _is_number(tidy[:-1].strip()):
        return f"Write a percentage as a share: {float(tidy[:-1]) / 100:g}."
    if re.fullmatch(r"-?[\d.,]+\s*(k|m|bn|million|thousand)", tidy, re.IGNORECASE):
        return f"Write it in full: {_spelled(tidy)}."
    if re.fullmatch(r"\(\s*[\d,.]+\s*\)", tidy):
        return f"Brackets do not mean minus here: write -{_spelled(tidy.strip('() '))}."
    if re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?", tidy):
        return f"Leave out the commas: write {_spelled(tidy)}."
    if _is_number(tidy):
        return f"Leave out the quotes: write {tidy}."
    return None


_MULTIPLIERS = {"k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6, "bn": 1e9}


def _spelled(text: str) -> str:
    match = re.fullmatch(r"(-?)\s*£?\s*([\d,.]+)\s*([a-z]*)", text.strip().lower())
    if match is None or not _is_number(match[2].replace(",", "")):
        return "the number in digits"
    value = float(match[2].replace(",", "")) * _MULTIPLIERS.get(match[3], 1.0)
    return f"{match[1]}{value:.12g}"


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def read_number(value: object, at: tuple[str | int, ...] = (), expected: str = "a number") -> float:
    """A finite number as YAML gives it. Raises PydanticCustomError for text, booleans, NaN."""
    if isinstance(value, bool) or value is None or isinstance(value, list | dict):
        kind = "nothing" if value is None else shown(value)
        raise problem("this is not a number", at=at, found=kind, expected=expected)
    if isinstance(value, str):
        hint = hint_for_text(value)
        raise problem(
            "this is text, not a number", at=at, found=value, expected=expected, hint=hint
        )
    number = float(value)  # type: ignore[arg-type]
    if not math.isfinite(number):
        raise problem("this is not a finite number", at=at, found=value, expected=expected)
    return number


@dataclass(frozen=True)
class NumberRule:
    """What a number field accepts: its unit and the permitted range (both ends allowed).

    Raises PydanticCustomError (one per number) for anything else. Source: design section 4.
    """

    unit: str
    low: float = -math.inf
    high: float = math.inf
    whole: bool = False

    @property
    def expected(self) -> str:
        """The permitted range in words."""
        kind = "a whole number" if self.whole else "a number"
        if math.isfinite(self.low) and math.isfinite(self.high):
            kind += f" from {self.low:g} to {self.high:g}"
        elif math.isfinite(self.low):
            kind += f" of {self.low:g} or more" if self.low else ", zero or more"
        elif math.isfinite(self.high):
            kind += f" of {self.high:g} or less"
        return f"{kind} ({self.unit})"

    def parse(self, value: object) -> Quantity:
        """A Quantity from what the user wrote."""
        if isinstance(value, Quantity):
            return value
        if not isinstance(value, dict):
            return Quantity(self._plain(value, ()), unit=self.unit)
        return self._parse_mapping(value, ())

    def _plain(self, value: object, at: tuple[str | int, ...]) -> Distribution:
        number = read_number(value, at, self.expected)
        self._check_range(number, at)
        return distributions.plain(number)

    def _check_range(self, number: float, at: tuple[str | int, ...]) -> None:
        if not self.low <= number <= self.high:
            hint = None
            if self.high == 1.0 and 1 < number <= 100:
                hint = f"A share of {number:g} % is written {number / 100:g}."
            raise problem(
                "out of range", at=at, found=f"{number:g}", expected=self.expected, hint=hint
            )
        if self.whole and number != round(number):
            raise problem("not a whole number", at=at, found=f"{number:g}", expected=self.expected)

    def _parse_mapping(self, value: dict[str, Any], at: tuple[str | int, ...]) -> Quantity:
        for key in value:
            if key not in _NUMBER_KEYS:
                near = nearest(str(key), _NUMBER_KEYS)
                raise problem(
                    f"unknown key '{key}' in a number",
                    at=(*at, key),
                    expected="one of " + ", ".join(_NUMBER_KEYS),
                    hint=f"Did you mean '{near}'?" if near else None,
                )
        kinds = [key for key in ("value", *_DISTRIBUTIONS) if key in value]
        if len(kinds) != 1:
            raise problem(
                "give exactly one of value, " + ", ".join(_DISTRIBUTIONS),
                at=at,
                found=" and ".join(kinds) if kinds else "none of them",
            )
        kind = kinds[0]
        place = (*at, kind)
        if kind == "value":
            distribution = self._plain(value[kind], place)
        elif kind == "discrete":
            distribution = self._discrete(value[kind], place)
        else:
            distribution = self._continuous(kind, value[kind], place)
        provenance = read_provenance(value, at, uncertain=not distribution.certain)
        return Quantity(distribution, provenance, provenance.unit or self.unit)

    def _continuous(self, kind: str, raw: object, at: tuple[str | int, ...]) -> Distribution:
        count, names = _PARAMETERS[kind]
        if not isinstance(raw, list):
            raise problem("this needs a list", at=at, found=raw, expected=f"{kind}: {names}")
        if len(raw) != count:
            hint = None
            if len(raw) > count and all(isinstance(x, int) for x in raw):
                hint = "Commas inside numbers split them: write 1200, not 1,200."
            raise problem(
                f"{len(raw)} numbers in the list",
                at=at,
                found=shown(raw),
                expected=f"{kind}: {names}",
                hint=hint,
            )
        numbers = [read_number(x, (*at, i)) for i, x in enumerate(raw)]
        if kind in ("pert", "uniform", "between") and any(
            a > b for a, b in zip(numbers, numbers[1:], strict=False)
        ):
            raise problem("not in increasing order", at=at, found=shown(raw), expected=names)
        if kind in ("uniform", "between") and numbers[0] == numbers[1]:
            raise problem(
                "both ends are the same",
                at=at,
                found=shown(raw),
                hint="Write a plain number when it is certain.",
            )
        if kind in ("pert", "uniform", "between"):
            for index, number in enumerate(numbers):
                self._check_range(number, (*at, index))
        if kind == "beta" and not (self.low <= 0 and self.high >= 1):
            raise problem("a beta runs from 0 to 1", at=at, expected=self.expected)
        positive = {"normal": (1,), "lognormal": (0, 1), "beta": (0, 1)}.get(kind, ())
        for index in positive:
            if numbers[index] <= 0:
                raise problem(
                    "must be above zero", at=(*at, index), found=raw[index], expected=names
                )
        if kind == "lognormal" and numbers[1] <= numbers[0]:
            raise problem("the 95th percentile must be above the median", at=at, found=shown(raw))
        return self._built(kind, numbers, at)

    def _built(self, kind: str, numbers: list[float], at: tuple[str | int, ...]) -> Distribution:
        cut: dict[str, Callable[..., Distribution]] = {
            "normal": distributions.normal,
            "lognormal": distributions.lognormal,
            "between": distributions.between,
        }
        free: dict[str, Callable[..., Distribution]] = {
            "pert": distributions.pert,
            "uniform": distributions.uniform,
            "beta": distributions.beta,
        }
        if kind in free:
            return free[kind](*numbers)
        distribution = cut[kind](*numbers, self.low, self.high)
        if distribution.truncated_mass > TRUNCATED_MASS_ALLOWED:
            raise problem(
                f"{distribution.truncated_mass:.1%} of this {kind} lies outside the permitted range",
                at=at,
                found=distribution.describe(),
                expected=f"{self.expected}, with at most {TRUNCATED_MASS_ALLOWED:.0%} cut off",
                hint="Use a narrower spread, or pert or uniform with ends inside the range.",
            )
        return distribution

    def _discrete(self, raw: object, at: tuple[str | int, ...]) -> Distribution:
        if not isinstance(raw, dict) or not raw:
            raise problem(
                "this needs values with probabilities",
                at=at,
                found=raw,
                expected="discrete: {value: probability}",
            )
        values: list[float] = []
        weights: list[float] = []
        for key, weight in raw.items():
            if not _is_number(str(key)):
                raise problem(
                    "this is not a number", at=(*at, key), found=key, hint=hint_for_text(str(key))
                )
            values.append(float(key))
            self._check_range(values[-1], (*at, key))
            weights.append(read_number(weight, (*at, key)))
            if not 0 <= weights[-1] <= 1:
                raise problem(
                    "a probability outside 0 to 1",
                    at=(*at, key),
                    found=weight,
                    expected="a probability from 0 to 1",
                )
        if abs(math.fsum(weights) - 1) > 1e-9:
            raise problem(
                f"the probabilities sum to {math.fsum(weights):g}", at=at, expected="a sum of 1"
            )
        return distributions.discrete(tuple(values), tuple(weights))

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self.parse, serialization=core_schema.plain_serializer_function_ser_schema(str)
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"title": self.expected, "anyOf": [self.number_schema(), self.mapping_schema()]}

    def number_schema(self) -> JsonSchemaValue:
        """JSON Schema of the plain form."""
        schema: JsonSchemaValue = {"type": "integer" if self.whole else "number"}
        if math.isfinite(self.low):
            schema["minimum"] = self.low
        if math.isfinite(self.high):
            schema["maximum"] = self.high
        return schema

    def mapping_schema(self) -> JsonSchemaValue:
        """JSON Schema of the form with a distribution or provenance."""
        properties: JsonSchemaValue = {"value": self.number_schema()}
        for kind, (count, names) in _PARAMETERS.items():
            properties[kind] = {
                "type": "array",
                "description": names,
                "items": {"type": "number"},
                "minItems": count,
                "maxItems": count,
            }
        properties["discrete"] = {
            "type": "object",
            "description": "{value: probability}, probabilities summing to 1",
            "additionalProperties": {"type": "number", "minimum": 0, "maximum": 1},
        }
        properties.update(provenance_schema())
        return {"type": "object", "properties": properties, "additionalProperties": False}


def provenance_schema() -> JsonSchemaValue:
    """JSON Schema of the keys that say where a figure comes from."""
    schema: JsonSchemaValue = {key: {"type": "string"} for key in _PROVENANCE_TEXT}
    schema["status"] = {"enum": ["published", "derived", "assumed"]}
    schema["hindsight"] = {"type": "boolean"}
    schema["range"] = {
        "type": "array",
        "items": {"type": "number"},
        "minItems": 2,
        "maxItems": 2,
        "description": "plausible low and high of an assumed figure that is not drawn",
    }
    return schema


def read_provenance(
    value: Mapping[str, Any], at: tuple[str | int, ...], *, uncertain: bool
) -> Provenance:
    """The provenance keys of a number. An assumed figure needs a reason and a range."""
    found: dict[str, Any] = {}
    for key in _PROVENANCE_TEXT:
        if key in value:
            if not isinstance(value[key], str):
                raise problem("this is not text", at=(*at, key), found=value[key], expected="text")
            found[key] = refuse_formula(value[key], (*at, key))
    if "hindsight" in value:
        if not isinstance(value["hindsight"], bool):
            raise problem("not true or false", at=(*at, "hindsight"), found=value["hindsight"])
        found["hindsight"] = value["hindsight"]
    if "status" in value:
        if value["status"] not in ("published", "derived", "assumed"):
            raise problem(
                "unknown status",
                at=(*at, "status"),
                found=value["status"],
                expected="published, derived or assumed",
            )
        found["status"] = value["status"]
    if "range" in value:
        ends = value["range"]
        if not isinstance(ends, list) or len(ends) != 2:
            raise problem("not a range", at=(*at, "range"), found=ends, expected="[low, high]")
        low, high = (read_number(end, (*at, "range", i)) for i, end in enumerate(ends))
        if low > high:
            raise problem("low is above high", at=(*at, "range"), found=shown(ends))
        found["range"] = (low, high)
    if found.get("status") == "assumed":
        if "reason" not in found:
            raise problem("an assumed figure needs a 'reason'", at=at)
        if not uncertain and "range" not in found:
            raise problem(
                "an assumed figure needs a range",
                at=at,
                hint="Make it uncertain, or give 'range: [low, high]'.",
            )
    return Provenance(**found)


_FORMULA_STARTS = ("=", "@", "+=", "\t", "\r")


def refuse_formula(text: str, at: tuple[str | int, ...] = ()) -> str:
    """Text that a spreadsheet would read as a formula is refused, not silently changed."""
    if text.lstrip().startswith(_FORMULA_STARTS):
        raise problem(
            "text that a spreadsheet would read as a formula",
            at=at,
            found=text,
            hint="Start the text with a letter.",
        )
    return text


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
        if not isinstance(value, dict):
            quantity = self.number.parse(value)
            return Yearly({}, quantity, self.path, self.rho, unit=self.number.unit)
        years = [key for key in value if _YEAR.match(str(key))]
        path, rho = self._path(value)
        rest = {key: item for key, item in value.items() if key != "path" and key not in years}
        if not years and "then" not in rest:
            quantity = self.number._parse_mapping(rest, ())
            return Yearly({}, quantity, path, rho, quantity.provenance, self.number.unit)
        known = ("then", "path", *_PROVENANCE)
        for key in rest:
            if key not in known:
                near = nearest(str(key), known)
                raise problem(
                    f"unknown key '{key}' in a number by year",
                    at=(key,),
                    expected="financial years such as 2023-24, then, path, "
                    + ", ".join(_PROVENANCE),
                    hint=f"Did you mean '{near}'?" if near else "A year is written 2023-24.",
                )
        by_year = {self._year(key): self._one(value[key], key) for key in years}
        then = self._one(rest["then"], "then") if "then" in rest else None
        uncertain = any(not q.certain for q in (*by_year.values(), *([then] if then else [])))
        provenance = read_provenance(rest, (), uncertain=uncertain)
        return Yearly(by_year, then, path, rho, provenance, provenance.unit or self.number.unit)

    def _one(self, value: object, key: str) -> Quantity:
        if isinstance(value, dict):
            return self.number._parse_mapping(value, (key,))
        return Quantity(self.number._plain(value, (key,)), unit=self.number.unit)

    def _year(self, key: str) -> int:
        year = parse_financial_year(key)
        if year is None:
            raise problem(
                f"'{key}' is not a financial year",
                at=(key,),
                expected=f"two years running, such as {financial_year_label(int(key[:4]))}",
            )
        return year

    def _path(self, value: Mapping[str, Any]) -> tuple[TimePath, float]:
        raw = value.get("path", None)
        if raw is None:
            return self.path, self.rho
        if raw in ("persistent", "independent"):
            return raw, 0.0
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
            found=shown(raw),
            expected="persistent, independent or {ar1: rho}",
        )

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self.parse, serialization=core_schema.plain_serializer_function_ser_schema(str)
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        one: JsonSchemaValue = {
            "anyOf": [self.number.number_schema(), self.number.mapping_schema()]
        }
        path = {
            "anyOf": [
                {"enum": ["persistent", "independent"]},
                {
                    "type": "object",
                    "properties": {"ar1": {"type": "number"}},
                    "required": ["ar1"],
                    "additionalProperties": False,
                },
            ]
        }
        number = self.number.mapping_schema()
        number["properties"] = {**number["properties"], "path": path}
        by_year = {
            "type": "object",
            "description": "by financial year, then: the years after",
            "properties": {"then": one, "path": path, **provenance_schema()},
            "patternProperties": {_YEAR.pattern: one},
            "additionalProperties": False,
        }
        return {
            "title": f"{self.number.expected}, for all years or by year",
            "anyOf": [self.number.number_schema(), number, by_year],
        }


@dataclass(frozen=True)
class SharesRule:
    """Named shares summing to 1, or `{dirichlet: {name: weight}}`. Names are checked if given."""

    names: tuple[str, ...] | None = None

    def parse(self, value: object) -> ShareSet:
        """A ShareSet from what the user wrote."""
        if isinstance(value, ShareSet):
            return value
        if not isinstance(value, dict):
            raise problem("not a set of shares", found=value, expected="{name: share, ...}")
        meta = {key: item for key, item in value.items() if key in _PROVENANCE}
        body = {key: item for key, item in value.items() if key not in _PROVENANCE}
        dirichlet = "dirichlet" in body
        at: tuple[str | int, ...] = ("dirichlet",) if dirichlet else ()
        if dirichlet:
            if list(body) != ["dirichlet"] or not isinstance(body["dirichlet"], dict):
                raise problem(
                    "dirichlet stands alone", at=at, expected="dirichlet: {name: weight, ...}"
                )
            body = body["dirichlet"]
        shares: dict[str, float] = {}
        for name, raw in body.items():
            if self.names is not None and name not in self.names:
                near = nearest(name, self.names)
                raise problem(
                    f"unknown name '{name}'",
                    at=(*at, name),
                    expected="one of " + ", ".join(self.names),
                    hint=f"Did you mean '{near}'?" if near else None,
                )
            shares[name] = (
                NumberRule("share", 0, math.inf if dirichlet else 1)
                ._plain(raw, (*at, name))
                .central
            )
            if dirichlet and shares[name] <= 0:
                raise problem("a Dirichlet weight must be above zero", at=(*at, name), found=raw)
        total = math.fsum(shares.values())
        if not dirichlet and abs(total - 1) > 1e-6:
            raise problem(f"the shares sum to {total:g}", at=at, expected="a sum of 1")
        return ShareSet(shares, dirichlet, read_provenance(meta, (), uncertain=dirichlet))

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self.parse, serialization=core_schema.plain_serializer_function_ser_schema(str)
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        weights = {"type": "object", "additionalProperties": {"type": "number", "minimum": 0}}
        return {
            "type": "object",
            "description": "shares by name that sum to 1, or {dirichlet: {name: weight}}",
            "properties": {"dirichlet": weights, **provenance_schema()},
            "additionalProperties": {"type": "number", "minimum": 0, "maximum": 1},
        }
