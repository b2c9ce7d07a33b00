"""Two manifests by key, and two text files by line."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

from model.integrity.agreement import Difference

EXPECTED_TO_DIFFER = ("seconds", "jobs")
"""Entries of a manifest that say how fast a run was, not what it gives. Its time of making and its
command are handed to the run that is made again, so that sheets that show them can be compared."""

_NOTHING = "nothing"


def compare_manifests(stored: dict[str, Any], again: dict[str, Any]) -> tuple[Difference, ...]:
    """Every entry of `stored` that is not as in `again`, by its path."""
    mine, theirs = (dict(_entries(data, "")) for data in (stored, again))
    return tuple(
        Difference(path, str(mine.get(path, _NOTHING)), str(theirs.get(path, _NOTHING)))
        for path in {**theirs, **mine}
        if mine.get(path, _NOTHING) != theirs.get(path, _NOTHING)
        or type(mine.get(path)) is not type(theirs.get(path))
    )


def _entries(data: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Every value of nested data with its path, such as headline[0].in_year_mean."""
    if isinstance(data, dict) and data:
        for key, value in data.items():
            if path or key not in EXPECTED_TO_DIFFER:
                yield from _entries(value, f"{path}.{key}" if path else key)
    elif isinstance(data, list) and data:
        for position, value in enumerate(data):
            yield from _entries(value, f"{path}[{position}]")
    else:
        yield path, data


def compare_lines(stored: Path, again: Path) -> tuple[Difference, ...]:
    """The first line of a text file that differs."""
    mine, theirs = (
        path.read_bytes().decode("utf-8", errors="replace").splitlines(keepends=True)
        for path in (stored, again)
    )
    for number, (one, other) in enumerate(zip_longest(mine, theirs, fillvalue=""), 1):
        if one != other:
            return (Difference(f"line {number}", repr(one), repr(other)),)
    return (Difference("the file", "other bytes", "these"),)
