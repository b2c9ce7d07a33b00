"""Which inputs differ between two scenarios: every figure with its range, then all other settings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from model.assumptions import Assumption, register
from model.scenario.load import LoadedScenario
from model.scenario.positions import entry_name

ABSENT = "not given"
PROVENANCE = frozenset(
    {"source", "reason", "owner", "as_at", "confidence", "hindsight", "status", "range", "title"}
)
"""Keys that say where a figure comes from or what it is called, and move none."""


@dataclass(frozen=True)
class FigureChange:
    """A figure of the register that differs: `a` or `b` is None where a forecast does not have it."""

    path: str
    year: str
    description: str
    unit: str
    a: Assumption | None
    b: Assumption | None


@dataclass(frozen=True)
class SettingChange:
    """Anything else that differs, in words: a date, a choice, a table by its SHA-256, the program."""

    path: str
    a: str
    b: str


@dataclass(frozen=True)
class InputChanges:
    """All that differs between what two forecasts were made from."""

    figures: tuple[FigureChange, ...]
    settings: tuple[SettingChange, ...]


def input_changes(a: LoadedScenario, b: LoadedScenario) -> InputChanges:
    """What differs from A to B, in the order of A's file and then B's.

    A figure counts as changed where its central value, range, distribution, unit or standing does.
    """
    in_a, in_b = _registered(a), _registered(b)
    figures, shares = [], []
    for key in dict.fromkeys([*in_a, *in_b]):
        one, other = in_a.get(key), in_b.get(key)
        if _told(one) != _told(other):
            known = other or one
            assert known is not None
            if known.central is None:
                shares.append(SettingChange(known.path, _words(one), _words(other)))
                continue
            figures.append(
                FigureChange(known.path, known.year, known.description, known.unit, one, other)
            )
    paths = {path for path, _ in [*in_a, *in_b]}
    return InputChanges(tuple(figures), (*shares, *_settings(a, b, paths)))


def _words(row: Assumption | None) -> str:
    """Shares and tables, which are words in the register."""
    if row is None:
        return ABSENT
    return " ".join(part for part in (row.description, row.distribution) if part)


def _registered(loaded: LoadedScenario) -> dict[tuple[str, str], Assumption]:
    return {(row.path, row.year): row for row in register(loaded.scenario)}


def _told(row: Assumption | None) -> tuple[object, ...] | None:
    """What of a row of the register makes it another figure; shares are told in its description."""
    if row is None:
        return None
    words = row.description if row.central is None else ""
    return (row.central, row.low, row.high, row.unit, row.distribution, row.through_time,
            row.status, words)  # fmt: skip


def _settings(a: LoadedScenario, b: LoadedScenario, figures: set[str]) -> Iterator[SettingChange]:
    """Leaves of the two scenarios that are no figures of the register, then their tables."""
    in_a, in_b = (
        {path: value for path, value in _leaves(loaded.effective, "") if not _within(path, figures)}
        for loaded in (a, b)
    )
    for path in dict.fromkeys([*in_a, *in_b]):
        one, other = in_a.get(path, ABSENT), in_b.get(path, ABSENT)
        if one != other:
            yield SettingChange(path, one, other)
    for name in dict.fromkeys([*a.tables, *b.tables]):
        one, other = a.tables.get(name, ABSENT), b.tables.get(name, ABSENT)
        if one != other:
            yield SettingChange(f"table {name}", one, other)


def _within(path: str, figures: set[str]) -> bool:
    """The leaf is a figure, or a part of one."""
    starts = (match.start() for match in re.finditer(r"[.\[]", path))
    return path in figures or any(path[:start] in figures for start in starts)


def _leaves(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Every value of plain data with its path, list entries by id; provenance left out."""
    if isinstance(value, Mapping):
        for key, part in value.items():
            if str(key) not in PROVENANCE or (not path and key == "as_at"):
                yield from _leaves(part, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list) and any(isinstance(item, Mapping) for item in value):
        for index, item in enumerate(value):
            yield from _leaves(item, f"{path}[{entry_name(item, index)}]")
    elif isinstance(value, list):
        yield path, ", ".join(str(item) for item in value)
    else:
        yield path, "" if value is None else str(value)
