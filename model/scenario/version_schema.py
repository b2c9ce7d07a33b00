"""Schema of the version history: what changed in a scenario, when, and in which role."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from model.scenario.fields import Part, Text
from model.scenario.problems import problem


def _day(value: Any) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise problem(
            "not a date", found=value, expected="YYYY-MM-DD, such as 2025-06-30"
        ) from None


class Version(Part):
    """One version of the scenario."""

    version: Text
    """Number or name of the version, such as 1.2."""
    date: Annotated[
        Any,
        AfterValidator(_day),
        Field(json_schema_extra={"title": "a date YYYY-MM-DD", "type": "string", "format": "date"}),
    ]
    """Date of the version."""
    change: Text
    """What changed, in a sentence."""
    role: Text
    """Role that made the change, such as high needs accountant; not a person's name."""
