"""Field types of the scenario schema: text, ids, months, years and the numbers with their units."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from model.reference.calendar import parse_financial_year, parse_month
from model.scenario.numbers import (
    NumberRule,
    Provenance,
    Quantity,
    ShareSet,
    SharesRule,
    Yearly,
    YearlyRule,
    problem,
    refuse_formula,
)

ID_PATTERN = r"^[A-Za-z][A-Za-z0-9_]*$"


Text = Annotated[str, AfterValidator(lambda value: _text(value))]


class Part(BaseModel):
    """A section of a scenario: every key known, nothing coerced, nothing changed afterwards."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        allow_inf_nan=False,
        arbitrary_types_allowed=True,
        use_attribute_docstrings=True,
    )


class SourcedPart(Part):
    """A section whose figures share a source unless a figure gives its own."""

    source: Text | None = None
    """Where the figures of this section come from."""
    note: Text | None = None
    """Anything a reader should know about these figures."""

    @property
    def provenance(self) -> Provenance:
        """Provenance inherited by the figures of this section."""
        return Provenance(source=self.source)


def _text(value: str) -> str:
    refuse_formula(value)
    if any(ord(character) < 32 and character not in "\n\t" for character in value):
        raise problem("control characters in the text", found=value)
    return value


def _identifier(value: str) -> str:
    if not re.match(ID_PATTERN, value):
        raise problem(
            "not an id",
            found=value,
            expected="letters, digits and underscores, starting with a letter",
        )
    return value


Id = Annotated[str, AfterValidator(_identifier), Field(json_schema_extra={"pattern": ID_PATTERN})]


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month, written `YYYY-MM`."""

    year: int
    month: int

    def __str__(self) -> str:
        return f"{self.year}-{self.month:02d}"


def constant(rule: NumberRule | YearlyRule, value: float) -> Any:
    """A default figure. Each use is a figure of its own, so that one can be overridden alone."""
    return Field(default_factory=lambda: rule.parse(value))


class _MonthRule:
    @staticmethod
    def parse(value: object) -> Month:
        """A Month from `YYYY-MM`."""
        if isinstance(value, Month):
            return value
        parsed = parse_month(value) if isinstance(value, str) else None
        if parsed is None:
            raise problem(
                "not a month",
                found=value,
                expected="YYYY-MM, such as 2023-09",
                hint=_month_hint(value),
            )
        return Month(*parsed)

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self.parse, serialization=core_schema.to_string_ser_schema()
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"type": "string", "pattern": r"^\d{4}-(0[1-9]|1[0-2])$"}


_MONTH_WORDS = (
    "january february march april may june july august september october november december"
).split()


def _month_hint(value: object) -> str | None:
    words = str(value).lower().replace(",", " ").split()
    year = next((word for word in words if re.fullmatch(r"\d{4}", word)), None)
    for number, name in enumerate(_MONTH_WORDS, start=1):
        if year and any(len(word) >= 3 and name.startswith(word) for word in words):
            return f"Write {year}-{number:02d}."
    match = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", str(value)) or re.fullmatch(
        r"()(\d{1,2})/(\d{4})", str(value)
    )
    if match and 1 <= int(match[2]) <= 12:
        return f"Write {match[3]}-{int(match[2]):02d}."
    match = re.fullmatch(r"(\d{4})-(\d{2})-\d{2}", str(value))
    return f"Leave out the day: write {match[1]}-{match[2]}." if match else None


class _FinancialYearRule:
    @staticmethod
    def parse(value: object) -> int:
        """The starting year of a financial year written `2023-24`."""
        if isinstance(value, int) and not isinstance(value, bool):
            raise problem(
                "not a financial year", found=value, expected=f"{value}-{(value + 1) % 100:02d}"
            )
        year = parse_financial_year(value) if isinstance(value, str) else None
        if year is None:
            hint = None
            match = re.fullmatch(r"(\d{4})/(\d{2,4})", str(value))
            if match:
                hint = f"Financial years have a dash: {match[1]}-{int(match[1]) % 100 + 1:02d}."
            raise problem(
                "not a financial year", found=value, expected="such as 2023-24", hint=hint
            )
        return year

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        # Built scenarios are never validated twice, so a bare int here is always a mistake.
        return core_schema.no_info_plain_validator_function(self.parse)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"type": "string", "pattern": r"^\d{4}-\d{2}$"}


MonthField = Annotated[Month, _MonthRule()]
FinancialYear = Annotated[int, _FinancialYearRule()]

Pounds = Annotated[Quantity, NumberRule("GBP")]
PositivePounds = Annotated[Quantity, NumberRule("GBP", low=0)]
Share = Annotated[Quantity, NumberRule("share", low=0, high=1)]
Number = Annotated[Quantity, NumberRule("number")]
Plans = Annotated[Quantity, NumberRule("plans", low=0)]
YearlyPounds = Annotated[Yearly, YearlyRule(NumberRule("GBP"))]
YearlyPositivePounds = Annotated[Yearly, YearlyRule(NumberRule("GBP", low=0))]
YearlyShare = Annotated[Yearly, YearlyRule(NumberRule("share", low=0, high=1))]
YearlyFactor = Annotated[Yearly, YearlyRule(NumberRule("factor", low=0, high=10))]
YearlyPlans = Annotated[Yearly, YearlyRule(NumberRule("plans a year", low=0))]
YearlyFte = Annotated[Yearly, YearlyRule(NumberRule("FTE", low=0))]
YearlyPlaces = Annotated[Yearly, YearlyRule(NumberRule("places", low=0))]
Inflation = Annotated[
    Yearly, YearlyRule(NumberRule("a year", low=-0.5, high=1.0), path="ar1", rho=0.5)
]
Shares = Annotated[ShareSet, SharesRule()]
