"""The department's themes of a plan, one for every condition and every mitigation."""

from __future__ import annotations

from functools import cache

from model.reference.bundled import read_csv_rows


@cache
def themes() -> tuple[str, ...]:
    """Titles of the themes in the department's order, from data/reference."""
    return tuple(row["title"] for row in read_csv_rows("reference/safety_valve_themes.csv"))
