"""Reading one plain number, the brick of everything else."""

from __future__ import annotations

import math

from model.scenario.as_written import number_hint
from model.scenario.problems import problem


def read_number(value: object, at: tuple[str | int, ...] = (), expected: str = "a number") -> float:
    """A finite number as YAML gives it. Raises PydanticCustomError for text, booleans, NaN."""
    if isinstance(value, str):
        raise problem(
            "this is text, not a number",
            at=at,
            found=value,
            expected=expected,
            hint=number_hint(value),
        )
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise problem("this is not a number", at=at, found=value, expected=expected)
    if not math.isfinite(value):
        raise problem("this is not a finite number", at=at, found=value, expected=expected)
    return float(value)
