"""The period that a file says it is for, held against the month that was asked for."""

from __future__ import annotations

import re
from datetime import date, datetime

from model.reference.calendar import APRIL, MONTH_NAMES, MONTHS, month_label

_PERIOD = re.compile(r"(?:p|period|m|month)?\s*0?(\d{1,2})", re.IGNORECASE)


def says_month(value: object, first_year: int) -> int | None:
    """The month of the first financial year (1 for April) that a period or date means.

    0 for a date outside that year, None for what is no period or date.

    >>> [says_month(text, 2023) for text in ("2", "P02", "Period 2", "2023-05", "31/05/2023")]
    [2, 2, 2, 2, 2]
    >>> says_month("31 May 2022", 2023), says_month("soon", 2023)
    (0, None)
    """
    if isinstance(value, datetime | date):
        return _of_year(value.year, value.month, first_year)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value).strip()
    match = _PERIOD.fullmatch(text)
    if match:
        number = int(match[1])
        return number if 1 <= number <= MONTHS else None
    for pattern, order in (
        (r"(\d{4})-(\d{1,2})(?:-\d{1,2})?(?:[ T].*)?", (1, 2)),
        (r"\d{1,2}[/.](\d{1,2})[/.](\d{4})", (2, 1)),
    ):
        match = re.fullmatch(pattern, text)
        if match and 1 <= int(match[order[1]]) <= MONTHS:
            return _of_year(int(match[order[0]]), int(match[order[1]]), first_year)
    match = re.fullmatch(r"(?:\d{1,2}\s+)?([A-Za-z]{3,9})\s+(\d{4})", text)
    if match:
        for number, name in enumerate(MONTH_NAMES, start=1):
            if name.lower().startswith(match[1].lower()):
                return _of_year(int(match[2]), number, first_year)
    return None


def _of_year(year: int, month: int, first_year: int) -> int:
    index = (year - first_year) * MONTHS + month - APRIL
    return index + 1 if 0 <= index < MONTHS else 0


def month_words(month: int, first_year: int) -> str:
    """A month of the first year as people say it.

    >>> month_words(2, 2023)
    'month 2 (2023-05)'
    """
    return f"month {month} ({month_label(month - 1, first_year)})"
