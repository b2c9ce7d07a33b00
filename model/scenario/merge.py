"""Overlay one scenario file on another (`extends:`), keeping the place of every value.

Mappings merge key by key; lists whose entries have an `id` merge by id, others are replaced; a
number and its distribution are one value and are replaced whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from model.scenario.positions import Document, Path

Place = tuple[str, int]


@dataclass
class Located:
    """Plain data with the file and line of each path."""

    data: Any
    places: dict[Path, Place]

    @classmethod
    def of(cls, document: Document) -> Located:
        """The data and places of one file."""
        lines = {**document.lines, **document.key_lines}
        return cls(document.data, {path: (document.file, line) for path, line in lines.items()})

    def place(self, path: Path) -> Place | None:
        """The place of the nearest known step on the way to `path`."""
        for end in range(len(path), -1, -1):
            if path[:end] in self.places:
                return self.places[path[:end]]
        return None


_NUMBER_MARKS = {"value", "pert", "normal", "lognormal", "uniform", "beta", "between", "discrete"}


def overlay(base: Located, top: Located) -> Located:
    """`top` laid over `base`."""
    places: dict[Path, Place] = {}
    data = _merge(base, (), top, (), (), places)
    return Located(data, places)


def _merge(
    base: Located, base_at: Path, top: Located, top_at: Path, out: Path, places: dict[Path, Place]
) -> Any:
    below, above = _at(base.data, base_at), _at(top.data, top_at)
    if _is_section(below) and _is_section(above):
        _copy_place(top, top_at, out, places)
        merged: dict[str, Any] = {}
        for key in (*below, *(key for key in above if key not in below)):
            if key in below and key in above:
                merged[key] = _merge(
                    base, (*base_at, key), top, (*top_at, key), (*out, key), places
                )
            else:
                source, at = (top, top_at) if key in above else (base, base_at)
                merged[key] = _take(source, (*at, key), (*out, key), places)
        return merged
    if _has_ids(below) and _has_ids(above):
        return _merge_by_id(base, base_at, top, top_at, out, places)
    return _take(top, top_at, out, places)


def _merge_by_id(
    base: Located, base_at: Path, top: Located, top_at: Path, out: Path, places: dict[Path, Place]
) -> list[Any]:
    below, above = _at(base.data, base_at), _at(top.data, top_at)
    position = {item["id"]: index for index, item in enumerate(above)}
    _copy_place(top, top_at, out, places)
    merged: list[Any] = []
    seen = set()
    for index, item in enumerate(below):
        here = (*out, len(merged))
        if item["id"] in position:
            seen.add(item["id"])
            place = (*top_at, position[item["id"]])
            merged.append(_merge(base, (*base_at, index), top, place, here, places))
        else:
            merged.append(_take(base, (*base_at, index), here, places))
    for index, item in enumerate(above):
        if item["id"] not in seen:
            merged.append(_take(top, (*top_at, index), (*out, len(merged)), places))
    return merged


def _is_section(value: Any) -> bool:
    return isinstance(value, dict) and not _NUMBER_MARKS & set(value)


def _has_ids(value: Any) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(item, dict) and isinstance(item.get("id"), str) for item in value)
    )


def _at(data: Any, path: Path) -> Any:
    for part in path:
        data = data[part]
    return data


def _copy_place(source: Located, at: Path, out: Path, places: dict[Path, Place]) -> None:
    place = source.place(at)
    if place is not None:
        places[out] = place


def _take(source: Located, at: Path, out: Path, places: dict[Path, Place]) -> Any:
    value = _at(source.data, at)
    _copy_place(source, at, out, places)
    if isinstance(value, dict):
        return {key: _take(source, (*at, key), (*out, key), places) for key in value}
    if isinstance(value, list):
        return [_take(source, (*at, i), (*out, i), places) for i in range(len(value))]
    return value
