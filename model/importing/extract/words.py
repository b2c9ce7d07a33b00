"""Words and codes in the cells of an extract, and what they mean: outcomes, reasons, placements, needs."""

from __future__ import annotations

import difflib
from functools import cache
from typing import Final

from model.importing.extract.columns import plain
from model.reference.bundled import read_csv_rows
from model.reference.codes import NEEDS, SETTING_TITLES, SETTINGS

UNDIVIDED: Final = "independent_special"
"""Independent or non-maintained special school of which the extract does not say day or residential."""

PLACEMENTS: Final = (*SETTINGS, UNDIVIDED)
NOT_PLACED: Final = len(PLACEMENTS)
"""Stands for the placement of a request, which has none yet."""

REQUEST_OUTCOMES: Final = ("", "agreed", "refused", "withdrawn")
DECIDED_BY: Final = ("", "authority", "mediation", "tribunal")
ASSESSMENT_OUTCOMES: Final = ("", "plan", "no_plan", "withdrawn")
CEASE_REASONS: Final = ("", "ceased", "moved_out")
YES_NO: Final = ("", "no", "yes")

MEANINGS: Final[dict[str, tuple[str, ...]]] = {
    "request_outcome": REQUEST_OUTCOMES,
    "decided_by": DECIDED_BY,
    "assessment_outcome": ASSESSMENT_OUTCOMES,
    "cease_reason": CEASE_REASONS,
    "yes_no": YES_NO,
    "placement": PLACEMENTS,
    "need": NEEDS,
}
"""What the cells of a column of words can mean, in the order by which arrays number it."""


@cache
def spellings(kind: str) -> dict[str, tuple[str, str]]:
    """Every word of a list: plain spelling -> (the word as people write it, its meaning)."""
    named = [
        (row["word"], row["meaning"])
        for row in read_csv_rows("reference/extract_words.csv")
        if row["list"] == kind
    ]
    if kind == "placement":
        settings = read_csv_rows("reference/sen2_settings.csv")
        named += [(row["sen2_column"], row["setting"]) for row in settings]
        named += [(title, setting) for setting, title in SETTING_TITLES.items()]
        named += [(placement, placement) for placement in PLACEMENTS]
    if kind == "need":
        named += [(need, need) for need in NEEDS]
    return {plain(word): (word, meaning) for word, meaning in named}


def meaning(kind: str, word: object) -> int | None:
    """The index into MEANINGS[kind] of what a cell says, or None for a word that is not known.

    A number that a spreadsheet made of a code (5.0) is the code again.

    >>> PLACEMENTS[meaning("placement", "special_la_maintained")]
    'state_special'
    >>> CEASE_REASONS[meaning("cease_reason", 5.0)], meaning("need", "nonsense")
    ('moved_out', None)
    """
    if isinstance(word, float) and word.is_integer():
        word = int(word)
    found = spellings(kind).get(plain(word))
    return None if found is None else MEANINGS[kind].index(found[1])


NEARLY: Final = 0.8
"""How alike a cell and a known word must be (difflib's ratio) for the cell to be a slip of spelling."""


def nearly(kind: str, word: object) -> str | None:
    """The known word that a cell nearly spells, or None: a cell near nothing may be anything, a name too.

    >>> nearly("placement", "mainsteam"), nearly("need", "Autumn"), nearly("cease_reason", "12")
    ('mainstream', None, None)
    """
    found = difflib.get_close_matches(plain(word), list(spellings(kind)), n=1, cutoff=NEARLY)
    return spellings(kind)[found[0]][0] if found else None
