"""Numbers as ledgers and spreadsheets print them: credits in brackets, thousands with commas."""

from __future__ import annotations

import math
import re

_MINUSES = str.maketrans({"−": "-", "–": "-", "\u00a0": " ", "\u202f": " "})
_PLAIN = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|\.\d+")


def ledger_number(text: str) -> float | None:
    """The number in `text`, or None where it is not one for certain.

    A credit keeps its sign however it is written. Commas must stand where thousands are.

    >>> [ledger_number(text) for text in ("(65)", "-65", "£(1,234.50)", "- £1,234")]
    [-65.0, -65.0, -1234.5, -1234.0]
    >>> [ledger_number(text) for text in ("1,23", "65-", "--65", "(-65)", "nil", "")]
    [None, None, None, None, None, None]
    """
    tidy = text.translate(_MINUSES).strip()
    negative = False
    bare = tidy.removeprefix("£").strip()
    if bare.startswith("(") and bare.endswith(")"):
        negative, tidy = True, bare[1:-1].strip()
    elif tidy.startswith("-"):
        negative, tidy = True, tidy[1:].strip()
    elif bare.startswith("-"):
        negative, tidy = True, bare[1:]
    tidy = tidy.removeprefix("£").strip()
    if not _PLAIN.fullmatch(tidy):
        return None
    value = float(tidy.replace(",", ""))
    if not math.isfinite(value):
        return None
    return -value if negative else value
