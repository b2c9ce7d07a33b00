"""Direct identifiers: headings and values that say who a child is. An extract with any is refused.

What is found is never repeated: a message names the column and what to do, and no more.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Final

from model.importing.extract.columns import column_called, plain
from model.importing.extract.dates import Unread, read_day
from model.reference.bundled import read_csv_rows

KEY: Final = "child_key"
BIRTH: Final = ("birth_month", "birth_year")

_UPN = re.compile(r"(?<![A-Z0-9])[A-Z]\d{11}[0-9A-Z](?![A-Z0-9])", re.IGNORECASE)
_TEN_DIGITS = re.compile(r"(?<![\w.])\d{10}(?![\w]|\.\d)")
_NHS = re.compile(r"(?<![\w.])(\d{3})[ -]?(\d{3})[ -]?(\d{4})(?!\w|\.\d)")
_PHONE = re.compile(r"(?:\+44|0044|0)\d{9,10}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_INSURANCE = re.compile(r"(?<![A-Z0-9])[A-Z]{2}\d{6}[A-D](?![A-Z0-9])", re.IGNORECASE)
_POSTCODE = re.compile(
    r"(?<![A-Z0-9])[A-Z]{1,2}\d[A-Z\d]?( ?)\d[ABD-HJLNP-UW-Z]{2}(?![A-Z0-9])", re.IGNORECASE
)
_MOST_KEYS = 0.5


@dataclass(frozen=True)
class Identifier:
    """A direct identifier: `what` it is, in words, and whether the heading or the values say so."""

    what: str
    by: str


@cache
def _headings() -> tuple[tuple[str, str, frozenset[str], str], ...]:
    return tuple(
        (
            row["heading"],
            row["match"],
            frozenset(filter(None, row["unless"].split("|"))),
            row["what"],
        )
        for row in read_csv_rows("reference/direct_identifiers.csv")
    )


def heading_identifies(heading: object) -> Identifier | None:
    """What a heading says its column holds, where that is a direct identifier.

    >>> heading_identifies("Pupil Surname").what, heading_identifies("DOB").what
    ('a name', 'a full date of birth')
    >>> heading_identifies("School name"), heading_identifies("month_of_birth")
    (None, None)
    """
    words = set(_words(str(heading)))
    whole = plain(heading)
    for name, match, unless, what in _headings():
        if (name in words if match == "word" else name in whole) and not words & unless:
            return Identifier(what, "heading")
    return None


def _words(heading: str) -> Iterable[str]:
    """Words of a heading, those run together as in PupilUPN too."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", heading)
    return re.sub(r"[^a-z0-9]+", " ", spaced.lower()).split()


def values_identify(heading: object, values: Iterable[object]) -> Identifier | None:
    """What the cells of a column hold, whatever its heading, where any is a direct identifier."""
    name = column_called(heading)
    texts = {_text(value) for value in values}
    for what, holds in _PATTERNS:
        if any(holds(text) for text in texts):
            return Identifier(what, "values")
    if _postcodes(texts, in_keys=name == KEY):
        return Identifier("a postcode", "values")
    return None


def _text(value: object) -> str:
    if isinstance(value, datetime | date):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()


def _close(text: str) -> str:
    return re.sub(r"[\s-]", "", text)


def _nhs(text: str) -> bool:
    return any(_has_check_digit("".join(found.groups())) for found in _NHS.finditer(text))


def _has_check_digit(digits: str) -> bool:
    """Whether the last of ten digits is the check digit of an NHS number: modulus 11."""
    check = 11 - sum(int(digit) * (10 - place) for place, digit in enumerate(digits[:9])) % 11
    # A check of 10 is no digit: numbers that would need it are not given out.
    return int(digits[9]) == check % 11


def _alone_or_within(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    """Finds a number in a longer text, and alone where it is written in groups."""
    return lambda text: bool(pattern.search(text) or pattern.fullmatch(_close(text)))


_PATTERNS: Final[tuple[tuple[str, Callable[[str], bool]], ...]] = (
    ("a Unique Pupil Number", _alone_or_within(_UPN)),
    ("an NHS number", _nhs),
    ("a Unique Learner Number", lambda text: _TEN_DIGITS.search(text) is not None),
    ("a telephone number", lambda text: _PHONE.fullmatch(_close(text)) is not None),
    ("an e-mail address", lambda text: _EMAIL.search(text) is not None),
    ("a National Insurance number", _alone_or_within(_INSURANCE)),
)


def _postcodes(texts: set[str], *, in_keys: bool) -> bool:
    """Whether any text holds a postcode. Random keys look like one without its space now and then."""
    found = [match for text in texts if (match := _POSTCODE.search(text))]
    if in_keys and not any(match[1] for match in found):
        return len(found) > _MOST_KEYS * max(len(texts), 1)
    return bool(found)


def full_birth_dates(heading: object, values: Iterable[object]) -> Identifier | None:
    """A column of birth months that holds days: full dates, not all of them the first of a month."""
    if column_called(heading) not in BIRTH:
        return None
    read = (read_day(value) for value in set(values))
    days = {day.day for day in read if not isinstance(day, Unread)}
    return Identifier("a full date of birth", "values") if days - {1} else None
