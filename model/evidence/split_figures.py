"""Figures that an unquoted comma has split in two: `[16,312, 1,200]` is read as four figures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import product
from typing import Any

from pydantic import TypeAdapter, ValidationError

from model.evidence.entry import Entry
from model.evidence.printed import read_printed
from model.evidence.verdicts import Outcome
from model.scenario.findings import Finding
from model.scenario.positions import Path

MOST_COMMAS = 8
"""Commas of one entry up to which every way of joining is tried; with more, those without a space, or all."""

FIGURE_LISTS = frozenset(
    ("parts", "less", "movements", "figures", "factors", "divided_by", "other_bases")
)
"""Keys of plain lists of figures."""

Checked = Callable[[Entry], list[Outcome]]


def check_commas(
    entry: Entry,
    written: Any,
    at: Path,
    after_comma: Mapping[Path, bool],
    read: TypeAdapter[Any],
    check: Checked,
) -> Iterator[Finding]:
    """The first comma of each list that must stand inside a figure for the entry to hold.

    `written` is the entry as plain data, `after_comma` the list items of the file that follow
    another in brackets, neither in quotes. An entry that holds as it is written is left alone.
    """
    commas = [
        (key, index)
        for key, listed in written.items()
        if key in FIGURE_LISTS and isinstance(listed, list)
        for index in range(1, len(listed))
        if (*at, key, index) in after_comma and _mark(listed, index)
    ]
    if not commas or _holds(entry, check):
        return
    close = tuple(after_comma[(*at, *comma)] for comma in commas)
    ways = product((True, False), repeat=len(commas)) if len(commas) <= MOST_COMMAS else iter(())
    for way in (close, (True,) * len(commas), *ways):
        joined = [comma for comma, chosen in zip(commas, way, strict=True) if chosen]
        if joined and _would_hold(written, joined, read, check):
            yield from _found(written, joined, at)
            return


def _mark(listed: Sequence[Any], index: int) -> bool:
    """Whether the comma before the item may be one that marks thousands."""
    before, after = listed[index - 1], listed[index]
    if not isinstance(before, str) or not isinstance(after, str):
        return False
    # Three digits before may themselves follow a comma: 1,234,567.
    return (
        len(before.lstrip("(-+£")) <= 3
        and read_printed(f"{before},{after}".strip("()")) is not None
    )


def _joined(listed: Sequence[str], places: AbstractSet[int]) -> list[str]:
    result: list[str] = []
    for index, item in enumerate(listed):
        if index in places:
            result[-1] = f"{result[-1]},{item}"
        else:
            result.append(item)
    return result


def _rewritten(written: Any, joined: Sequence[tuple[str, int]]) -> dict[str, Any]:
    keys = {key for key, _ in joined}
    return {
        key: _joined(value, {index for name, index in joined if name == key})
        if key in keys
        else value
        for key, value in written.items()
    }


def _would_hold(
    written: Any, joined: Sequence[tuple[str, int]], read: TypeAdapter[Any], check: Checked
) -> bool:
    try:
        entry = read.validate_python(_rewritten(written, joined), strict=True)
    except ValidationError:
        return False
    return _holds(entry, check)


def _holds(entry: Entry, check: Checked) -> bool:
    outcomes = check(entry)
    return bool(outcomes) and all(item.verdict.holds for item in outcomes)


def _found(written: Any, joined: Sequence[tuple[str, int]], at: Path) -> Iterator[Finding]:
    for key in dict.fromkeys(name for name, _ in joined):
        listed = written[key]
        first = min(index for name, index in joined if name == key)
        meant = _joined(listed, {index for name, index in joined if name == key})
        figure = next(item for item in meant if item not in listed)
        yield Finding(
            (*at, key, first - 1),
            "a comma splits this figure in two",
            f"{listed[first - 1]} and {listed[first]}",
            f'"{figure}"',
            "A figure with a comma needs quotes.",
        )
