"""What is wrong with a scenario file, written for the person who has to fix it.

One mistake is one `Problem`. A `ScenarioError` carries every problem of a file at once, so that an
accountant mends the file in one sitting.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field

from pydantic_core import PydanticCustomError

MAX_SHOWN = 60
MAX_LISTED = 8


def shown(value: object) -> str:
    """The value as the user typed it, shortened so that a message stays on a line."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.12g}"
    if isinstance(value, list):
        return shorten("[" + ", ".join(shown(item) for item in value[:MAX_SHOWN]) + "]")
    if isinstance(value, dict):
        items = (f"{key}: {shown(item)}" for key, item in value.items())
        return shorten("{" + ", ".join(items) + "}")
    text = repr(value) if isinstance(value, str) else str(value)
    return shorten(text)


def shorten(text: str) -> str:
    """The text, cut with an ellipsis when it is long."""
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…"


def nearest(name: object, names: Iterable[str]) -> str | None:
    """The valid name closest in spelling, whatever the capitals, or None when nothing is close."""
    by_spelling = {valid.lower(): valid for valid in names}
    matches = difflib.get_close_matches(str(name).lower(), list(by_spelling), n=1, cutoff=0.6)
    return by_spelling[matches[0]] if matches else None


SYNONYMS = {
    "resourced_provision": "specialist_base",
    "sen_unit": "specialist_base",
    "resource_base": "specialist_base",
    "special": "state_special",
    "special_school": "state_special",
    "pru": "alternative_provision",
    "pupil_referral_unit": "alternative_provision",
    "fe": "mainstream_post_16",
    "fe_college": "mainstream_post_16",
    "college": "mainstream_post_16",
    "sixth_form": "mainstream_post_16",
    "specialist_college": "specialist_post_16",
    "independent": "independent_special_day",
    "nmss": "independent_special_day",
    "inmss": "independent_special_day",
    "home_education": "elective_home_education",
    "ehe": "elective_home_education",
    "neet": "other",
    "nursery": "early_years",
}
"""What people call settings, and what they are called here."""


def did_you_mean(name: object, names: Iterable[str]) -> str | None:
    """The hint that names the nearest valid name, or None when nothing is close."""
    names = list(names)
    meant = SYNONYMS.get(str(name).lower())
    near = meant if meant in names else nearest(name, names)
    return f"Did you mean '{near}'?" if near else None


def one_of(names: Iterable[str], near: str | None = None) -> str | None:
    """The valid names as what is expected; a long list is left out when the nearest is named."""
    listed = list(names)
    return None if near and len(listed) > MAX_LISTED else "one of " + ", ".join(listed)


@dataclass(frozen=True)
class Problem:
    """One mistake: where it is, what was found, what is expected and how to mend it."""

    file: str
    line: int | None
    path: str
    message: str
    found: str | None = None
    expected: str | None = None
    hint: str | None = None

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        text = f"{where}  {self.path}: {self.message}" if self.path else f"{where}  {self.message}"
        if self.found is not None:
            text += f"; found {self.found}"
        if self.expected is not None:
            text += f"; expected {self.expected}"
        if self.hint is not None:
            text += f". {self.hint}"
        return text

    def as_dict(self) -> dict[str, object]:
        """The problem as plain data, for `validate --json`."""
        return asdict(self)


@dataclass
class ScenarioError(Exception):
    """A scenario that cannot be used. `problems` is never empty."""

    problems: Sequence[Problem] = field(default_factory=tuple)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


NUMBER_ERROR = "number"
"""Error type of `problem`, by which `model.scenario.validate` knows its own messages."""


def problem(
    message: str,
    *,
    at: tuple[str | int, ...] = (),
    found: object = None,
    expected: str | None = None,
    hint: str | None = None,
) -> PydanticCustomError:
    """An error a field raises while it is read; `at` is the way to it from the field itself."""
    return PydanticCustomError(
        NUMBER_ERROR,
        "{message}",
        {
            "message": message,
            "at": list(at),
            "found": None if found is None else shown(found),
            "expected": expected,
            "hint": hint,
        },
    )
