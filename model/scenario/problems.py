"""What is wrong with a scenario file, written for the person who has to fix it.

One mistake is one `Problem`. A `ScenarioError` carries every problem of a file at once, so that an
accountant mends the file in one sitting.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

MAX_SHOWN = 60


def shown(value: object) -> str:
    """The value as the user typed it, shortened so that a message stays on a line."""
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…"


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The valid name closest in spelling, or None when nothing is close."""
    matches = difflib.get_close_matches(name, list(names), n=1, cutoff=0.6)
    return matches[0] if matches else None


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
        return {
            "file": self.file,
            "line": self.line,
            "path": self.path,
            "message": self.message,
            "found": self.found,
            "expected": self.expected,
            "hint": self.hint,
        }


@dataclass
class ScenarioError(Exception):
    """A scenario that cannot be used. `problems` is never empty."""

    problems: Sequence[Problem] = field(default_factory=tuple)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)
