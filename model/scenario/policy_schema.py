"""Schema of `policy:`, with which a scenario puts values of its own in place of the policy values."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, Field, model_validator

from model.reference.calendar import parse_month
from model.scenario.as_written import month_hint
from model.scenario.fields import Part, Text
from model.scenario.problems import problem

Value = float | int | bool | str | date


def _value(value: Any) -> Any:
    if isinstance(value, bool | int | float | str | date):
        return value
    raise problem("not one value", found=value, expected="a number, a date, true or false, or text")


def _values(value: Any) -> Any:
    if not isinstance(value, dict) or not value:
        raise problem("not values by month", found=value, expected="{2026-04: 0.9}, for example")
    for since, item in value.items():
        if parse_month(str(since)) is None:
            raise problem(
                "not a month",
                at=(since,),
                found=since,
                expected="YYYY-MM, such as 2026-04",
                hint=month_hint(since),
            )
        if not isinstance(item, bool | int | float | str | date):
            expected = "a number, a date, true or false, or text"
            raise problem("not one value", at=(since,), found=item, expected=expected)
    return value


class PolicyValue(Part):
    """A policy value of the scenario's own, in place of the one in data/policy."""

    value: Annotated[
        Any,
        AfterValidator(_value),
        Field(json_schema_extra={"title": "value", "type": ["number", "boolean", "string"]}),
    ] = None
    """The value, whatever the date; or give `values`."""
    values: Annotated[
        Any,
        AfterValidator(_values),
        Field(
            json_schema_extra={
                "title": "values by month",
                "type": "object",
                "additionalProperties": {"type": ["number", "boolean", "string"]},
            }
        ),
    ] = None
    """Values by the month from which each applies; before the first, the values of data/policy stay."""
    unit: Text | None = None
    """Unit, if you want it checked against that of the policy value."""
    source: Text
    """Where the value comes from."""
    reason: Text
    """Why it takes the place of the value in data/policy."""

    @model_validator(mode="after")
    def _one_of_both(self) -> PolicyValue:
        given = [name for name in ("value", "values") if getattr(self, name) is not None]
        if len(given) != 1:
            found = "both are given" if given else "neither is given"
            raise problem(found, expected="'value', or 'values' by month")
        return self
