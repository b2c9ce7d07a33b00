"""The columns of an extract: their names, what else they may be called, and which must be there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from model.reference.bundled import read_csv_rows
from model.scenario.problems import nearest


@dataclass(frozen=True)
class Column:
    """A column that an extract may have. `kind`: what its cells hold, see extract_columns.csv."""

    name: str
    kind: str
    needed: bool
    aliases: tuple[str, ...]
    what: str


@cache
def columns() -> tuple[Column, ...]:
    """Every column, in the order of the template."""
    return tuple(
        Column(
            row["column"],
            row["kind"],
            row["needed"] == "yes",
            tuple(filter(None, row["aliases"].split("|"))),
            row["what"],
        )
        for row in read_csv_rows("reference/extract_columns.csv")
    )


NEEDED: Final = tuple(column.name for column in columns() if column.needed)
DATES: Final = tuple(column.name for column in columns() if column.kind == "date")


def plain(text: object) -> str:
    """Letters and digits of a heading or word, lower case: how two spellings are held together.

    >>> plain("Date request was received"), plain("CEASE_DATE"), plain("16-19")
    ('daterequestwasreceived', 'ceasedate', '1619')
    """
    return re.sub(r"[^a-z0-9]", "", str(text).lower())


@cache
def _by_spelling() -> dict[str, str]:
    return {
        plain(spelling): column.name
        for column in columns()
        for spelling in (column.name, *column.aliases)
    }


def column_called(heading: object) -> str | None:
    """The column that a heading means, or None.

    >>> column_called("Request Outcome Date"), column_called("ceasedate"), column_called("Ward")
    ('decision_date', 'cease_date', None)
    """
    return _by_spelling().get(plain(heading))


def column_nearly_called(heading: object) -> str | None:
    """The column whose name or alias a heading nearly spells, or None.

    >>> column_nearly_called("requst_date")
    'request_date'
    """
    found = nearest(plain(heading), _by_spelling())
    # Short headings are near to a great many names.
    return _by_spelling()[found] if found and abs(len(found) - len(plain(heading))) <= 2 else None
