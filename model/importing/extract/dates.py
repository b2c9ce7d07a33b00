"""Days and months as extracts write them, read only where they can mean one thing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from model.reference.calendar import MONTH_NAMES, MONTHS

EARLIEST_YEAR: Final = 1990
LATEST_YEAR: Final = 2099
_SERIAL_ZERO: Final = date(1899, 12, 30)
"""Day 0 of a spreadsheet's count of days, as it stands for every day after February 1900."""
_SERIALS: Final = range(32874, 73051)
"""Serial numbers of days from 1990 to 2099; any other number is no date."""

_TIME = r"(?:[ T]\d{1,2}:\d{2}.*)?"
_ISO = re.compile(rf"(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}}){_TIME}")
_BRITISH = re.compile(rf"(\d{{1,2}})[-/. ](\d{{1,2}})[-/. ](\d{{4}}){_TIME}")
_WORDED = re.compile(rf"(\d{{1,2}})(?:st|nd|rd|th)?[-/. ]([A-Za-z]{{3,9}})[-/., ]+(\d{{4}}){_TIME}")
_EXPORTED = re.compile(rf"(\d{{4}})-([A-Za-z]{{3,9}})-(\d{{1,2}}){_TIME}")
_SHORT_YEAR = re.compile(r"\d{1,2}[-/. ](?:\d{1,2}|[A-Za-z]{3,9})[-/. ]\d{2}")

SHORT_YEAR: Final = "the year has two digits"
SWAPPED: Final = "month and day are in the order of the United States"
NO_DATE: Final = "not a date"
NO_DAY: Final = "there is no such day"
YEAR_OUT: Final = f"the year is not {EARLIEST_YEAR} to {LATEST_YEAR}"
NO_MONTH: Final = "not a month of birth"

HINTS: Final = {
    SHORT_YEAR: "Write the year with four digits, as 2024-09-28 or 28/09/2024.",
    SWAPPED: "Write the day first, in the whole column: where both are 12 or less nobody can tell.",
    NO_DATE: "Write 2024-09-28 or 28/09/2024, or leave the cell empty.",
}


@dataclass(frozen=True)
class Unread:
    """Why a cell is not what its column holds."""

    message: str

    @property
    def hint(self) -> str | None:
        """How to write it instead."""
        return HINTS.get(self.message)


def month_called(word: str) -> int | None:
    """The number of a month from its name or at least three letters of it.

    >>> month_called("sep"), month_called("September"), month_called("sepp")
    (9, 9, None)
    """
    if len(word) < 3:
        return None
    for number, name in enumerate(MONTH_NAMES, start=1):
        if name.lower().startswith(word.lower()):
            return number
    return 9 if word.lower() == "sept" else None


def read_day(value: object) -> date | Unread:
    """The day in a cell: ISO, day/month/year, a worded month, a spreadsheet's date or its serial number.

    >>> [str(read_day(text)) for text in ("2024-09-28", "28/9/2024", "2024-Sep-28 00:00:00", 45563)]
    ['2024-09-28', '2024-09-28', '2024-09-28', '2024-09-28']
    >>> read_day("09/28/2024").message
    'month and day are in the order of the United States'
    """
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return _in_range(value)
    if isinstance(value, bool):
        return Unread(NO_DATE)
    if isinstance(value, int | float):
        if value not in _SERIALS:
            return Unread(NO_DATE)
        return _SERIAL_ZERO + timedelta(days=int(value))
    text = " ".join(str(value).split())
    if text.isdigit() and int(text) in _SERIALS:
        return _SERIAL_ZERO + timedelta(days=int(text))
    if found := _ISO.fullmatch(text):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if found := _BRITISH.fullmatch(text):
        day, month, year = (int(part) for part in found.groups())
        if month > MONTHS >= day:
            return Unread(SWAPPED)
        return _day(year, month, day)
    for pattern, order in ((_WORDED, (3, 2, 1)), (_EXPORTED, (1, 2, 3))):
        if found := pattern.fullmatch(text):
            named = month_called(found[order[1]])
            return (
                Unread(NO_DATE)
                if named is None
                else _day(int(found[order[0]]), named, int(found[order[2]]))
            )
    return Unread(SHORT_YEAR if _SHORT_YEAR.fullmatch(text) else NO_DATE)


def _day(year: int, month: int, day: int) -> date | Unread:
    try:
        return _in_range(date(year, month, day))
    except ValueError:
        return Unread(NO_DAY)


def _in_range(day: date) -> date | Unread:
    return day if EARLIEST_YEAR <= day.year <= LATEST_YEAR else Unread(YEAR_OUT)


_YEAR_MONTH = re.compile(r"(\d{4})[-/. ](\d{1,2})")
_MONTH_YEAR = re.compile(r"(\d{1,2})[-/. ](\d{4})")
_NAME_YEAR = re.compile(r"([A-Za-z]{3,9})[-/. ]+(\d{4})")


def read_birth_month(value: object) -> tuple[int, int] | Unread:
    """Year and month of birth. A day that is the first of a month stands for the month.

    Spreadsheets make 2014-05-01 of May 2014. Any other full date says who a child is, and is refused
    before a cell is read (`model.importing.extract.identifiers`).

    >>> read_birth_month("2014-05"), read_birth_month("5/2014"), read_birth_month("May 2014")
    ((2014, 5), (2014, 5), (2014, 5))
    """
    text = " ".join(str(value).split())
    for pattern, year, month in ((_YEAR_MONTH, 1, 2), (_MONTH_YEAR, 2, 1)):
        if found := pattern.fullmatch(text):
            return _birth(int(found[year]), int(found[month]))
    if found := _NAME_YEAR.fullmatch(text):
        return _birth(int(found[2]), month_called(found[1]) or 0)
    day = read_day(value)
    return Unread(NO_MONTH) if isinstance(day, Unread) else (day.year, day.month)


def _birth(year: int, month: int) -> tuple[int, int] | Unread:
    if not 1 <= month <= MONTHS or not EARLIEST_YEAR <= year <= LATEST_YEAR:
        return Unread(NO_MONTH)
    return year, month


def read_month_number(value: object) -> int | None:
    """The month in a cell of its own: 1 to 12 or its name.

    >>> read_month_number(5.0), read_month_number("May"), read_month_number("13")
    (5, 5, None)
    """
    text = (
        str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()
    )
    if text.isdigit():
        return int(text) if 1 <= int(text) <= MONTHS else None
    return month_called(text)


def read_year(value: object) -> int | None:
    """The year in a cell of its own, with four digits.

    >>> read_year("2014"), read_year(14)
    (2014, None)
    """
    text = (
        str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()
    )
    return int(text) if text.isdigit() and EARLIEST_YEAR <= int(text) <= LATEST_YEAR else None
