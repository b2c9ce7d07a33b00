"""Field types of the scenario schema: text, ids, months, years and the numbers with their units."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from model.reference.calendar import parse_financial_year, parse_month
from model.scenario.as_written import month_hint, year_hint
from model.scenario.number_rule import NumberRule
from model.scenario.problems import problem
from model.scenario.provenance import refuse_formula
from model.scenario.quantities import Quantity, ShareSet, Yearly
from model.scenario.shares_rule import SharesRule
from model.scenario.yearly_rule import YearlyRule

ID_PATTERN = r"^[A-Za-z][A-Za-z0-9_]*$"
FIRST_YEAR, LAST_YEAR = 1990, 2100
"""Years outside these are slips of the keyboard."""


def _text(value: str) -> str:
    if not value.strip():
        raise problem("the text is empty", hint="Write it, or leave the key out.")
    return refuse_formula(value)


Text = Annotated[str, AfterValidator(_text), Field(json_schema_extra={"minLength": 1})]
CalendarYear = Annotated[
    int, Field(ge=FIRST_YEAR, le=LAST_YEAR, json_schema_extra={"title": "calendar year"})
]


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
    status: Literal["published", "derived"] | None = None
    """Standing of the plain figures here that do not give their own: published or derived. An
    assumed figure says so itself, with its reason and range."""


def _identifier(value: str) -> str:
    if not re.fullmatch(ID_PATTERN, value):
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
    return Field(default_factory=lambda: rule.parse(value), json_schema_extra={"default": value})


class _MonthRule:
    @staticmethod
    def parse(value: object) -> Month:
        """A Month from `YYYY-MM`."""
        if isinstance(value, Month):
            return value
        parsed = parse_month(value) if isinstance(value, str) else None
        if parsed is None or not FIRST_YEAR <= parsed[0] <= LAST_YEAR:
            raise problem(
                "not a month",
                found=value,
                expected="YYYY-MM, such as 2023-09",
                hint=month_hint(value),
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


class _FinancialYearRule:
    @staticmethod
    def parse(value: object) -> int:
        """The starting year of a financial year written `2023-24`."""
        year = parse_financial_year(value) if isinstance(value, str) else None
        if year is None or not FIRST_YEAR <= year <= LAST_YEAR:
            hint = None if isinstance(value, bool | float) else year_hint(value)
            raise problem(
                "not a financial year", found=value, expected="a year such as 2023-24", hint=hint
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
YearlyPounds = Annotated[Yearly, YearlyRule(NumberRule("GBP"))]
YearlyPositivePounds = Annotated[Yearly, YearlyRule(NumberRule("GBP", low=0))]
YearlyShare = Annotated[Yearly, YearlyRule(NumberRule("share", low=0, high=1))]
Places = Annotated[Quantity, NumberRule("places", low=0)]
YearlyFactor = Annotated[Yearly, YearlyRule(NumberRule("factor", low=0, high=10))]
YearlyPlans = Annotated[Yearly, YearlyRule(NumberRule("plans a year", low=0))]
YearlyFte = Annotated[Yearly, YearlyRule(NumberRule("FTE", low=0))]
YearlyPlaces = Annotated[Yearly, YearlyRule(NumberRule("places", low=0))]
Inflation = Annotated[
    Yearly, YearlyRule(NumberRule("a year", low=-0.5, high=1.0), path="ar1", rho=0.5)
]
Shares = Annotated[ShareSet, SharesRule()]
