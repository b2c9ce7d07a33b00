"""Months, financial years and academic years.

Time runs in whole months from 1 April of the scenario's first financial year: month 0 is that
April, month 5 that September, month -1 the March before. A financial year is named by the calendar
year in which it starts: 2023 is `2023-24`, April 2023 to March 2024. An academic year `2023/24`
runs from September to August.
"""

from __future__ import annotations

import re

MONTHS = 12
APRIL = 4
SEPTEMBER = 9
JANUARY = 1
MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_FINANCIAL_YEAR = re.compile(r"^(\d{4})-(\d{2})$")
_MONTH = re.compile(r"^(\d{4})-(\d{2})$")


def financial_year_label(year: int) -> str:
    """`2023` is `'2023-24'`.

    >>> financial_year_label(2023)
    '2023-24'
    >>> financial_year_label(1999)
    '1999-00'
    """
    return f"{year}-{(year + 1) % 100:02d}"


def parse_financial_year(text: str) -> int | None:
    """The starting year of a financial year, or None when the text is not one.

    >>> parse_financial_year('2023-24'), parse_financial_year('2023-25')
    (2023, None)
    """
    match = _FINANCIAL_YEAR.match(text)
    if match is None or (int(match[1]) + 1) % 100 != int(match[2]):
        return None
    return int(match[1])


def parse_month(text: str) -> tuple[int, int] | None:
    """Year and month of `YYYY-MM`, or None when the text is not a month.

    >>> parse_month('2023-09'), parse_month('2023-13')
    ((2023, 9), None)
    """
    match = _MONTH.match(text)
    if match is None or not 1 <= int(match[2]) <= MONTHS:
        return None
    return int(match[1]), int(match[2])


def month_index(year: int, month: int, first_year: int) -> int:
    """Months from April of `first_year` to the given month (negative before it).

    >>> month_index(2023, 9, 2023), month_index(2023, 1, 2023)
    (5, -3)
    """
    return (year - first_year) * MONTHS + month - APRIL


def calendar_month(index: int) -> int:
    """Calendar month 1..12 of a month index.

    >>> [calendar_month(i) for i in (-1, 0, 5, 9)]
    [3, 4, 9, 1]
    """
    return (index + APRIL - 1) % MONTHS + 1


def calendar_year_of(index: int, first_year: int) -> int:
    """The calendar year a month index falls in."""
    return first_year + (index + APRIL - 1) // MONTHS


def whole_calendar_years(first_year: int, months: int) -> range:
    """Calendar years all of whose months lie in `months` months from April of `first_year`.

    >>> list(whole_calendar_years(2023, 36))
    [2024, 2025]
    """
    return range(first_year + 1, calendar_year_of(months, first_year))


def month_label(index: int, first_year: int) -> str:
    """`YYYY-MM` of a month index.

    >>> month_label(5, 2023), month_label(-1, 2023)
    ('2023-09', '2023-03')
    """
    return f"{calendar_year_of(index, first_year)}-{calendar_month(index):02d}"
