"""Overlay one scenario file on another (`extends:`), keeping the place of every value.

Sections merge key by key, sections by name too, and lists whose entries have an `id` merge by id. Everything else is one
value and is replaced whole: a number with its distribution, years and source, a set of shares, a
margin, a list without ids, a list entry of another `kind`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from model.scenario.positions import Document, Path
from model.scenario.problems import did_you_mean
from model.scenario.schema import Scenario
from model.scenario.sections import entry_of, field_of, section_at, value_of

Place = tuple[str, int]


@dataclass
class Located:
    """Plain data with the file and line of each path.

    `fresh`: path of an entry that an overlay adds -> what to say should it have been meant for another.
    """

    data: Any
    places: dict[Path, Place]
    fresh: dict[Path, str] = field(default_factory=dict)

    @classmethod
    def of(cls, document: Document) -> Located:
        """The data and places of one file."""
        lines = document.lines.items()
        return cls(document.data, {path: (document.file, line) for path, line in lines})

    def place(self, path: Path) -> Place | None:
        """The place of the nearest known step on the way to `path`."""
        for end in range(len(path), -1, -1):
            if path[:end] in self.places:
                return self.places[path[:end]]
        return None


@dataclass(frozen=True)
class _Side:
    """A value of one file and where it is in that file."""

    file: Located
    value: Any
    at: Path = ()

    def step(self, part: str | int) -> _Side:
        return _Side(self.file, self.value[part], (*self.at, part))


def overlay(base: Located, top: Located) -> Located:
    """`top` laid over `base`."""
    places: dict[Path, Place] = {}
    data = _merge(_Side(base, base.data), _Side(top, top.data), Scenario, (), places)
    return Located(data, places, {**base.fresh, **top.fresh})


def _merge(base: _Side, top: _Side, annotation: Any, out: Path, places: dict[Path, Place]) -> Any:
    if isinstance(base.value, dict) and isinstance(top.value, dict):
        section = section_at(annotation, {**base.value, **top.value})
        if section is not None and base.value.get("kind") == top.value.get(
            "kind", base.value.get("kind")
        ):
            return _merge_section(base, top, section, out, places)
        named = value_of(annotation)
        if section is None and section_at(named, {}) is not None:
            return _merge_named(base, top, named, out, places)
    if _has_ids(base.value) and _has_ids(top.value):
        return _merge_by_id(base, top, entry_of(annotation), out, places)
    return _take(top, out, places)


def _merge_named(
    base: _Side, top: _Side, named: Any, out: Path, places: dict[Path, Place]
) -> dict[str, Any]:
    """Sections under names of the user's choice: those of the base, each with its overlay, then new ones."""
    _copy_place(top, out, places)
    merged: dict[str, Any] = {}
    for key in dict.fromkeys((*base.value, *top.value)):
        here = (*out, key)
        if key in base.value and key in top.value:
            merged[key] = _merge(base.step(key), top.step(key), named, here, places)
        else:
            merged[key] = _take((top if key in top.value else base).step(key), here, places)
    return merged


def _merge_section(
    base: _Side, top: _Side, section: Any, out: Path, places: dict[Path, Place]
) -> dict[str, Any]:
    _copy_place(top, out, places)
    merged: dict[str, Any] = {}
    for key in dict.fromkeys((*base.value, *top.value)):
        here = (*out, key)
        if key in base.value and key in top.value:
            below, above = base.step(key), top.step(key)
            merged[key] = _merge(below, above, field_of(section, key), here, places)
        else:
            merged[key] = _take((top if key in top.value else base).step(key), here, places)
    return merged


def _merge_by_id(
    base: _Side, top: _Side, entry: Any, out: Path, places: dict[Path, Place]
) -> list[Any]:
    """The base's entries in order, each with its overlay, then the new ones.

    An id given twice in the overlay stays in twice, for the checks to find.
    """
    waiting = [top.step(index) for index in range(len(top.value))]
    _copy_place(top, out, places)
    merged: list[Any] = []
    for index in range(len(base.value)):
        below, here = base.step(index), (*out, len(merged))
        above = next((side for side in waiting if side.value["id"] == below.value["id"]), None)
        if above is None:
            merged.append(_take(below, here, places))
        else:
            waiting.remove(above)
            merged.append(_merge(below, above, entry, here, places))
    for side in waiting:
        there = [item["id"] for item in base.value]
        near = did_you_mean(side.value["id"], there) or f"There are {', '.join(there[:12])}."
        said = f"'{side.value['id']}' is not in the scenario extended, so it counts as new. {near}"
        side.file.fresh[(*out, len(merged))] = said
        merged.append(_take(side, (*out, len(merged)), places))
    return merged


def _has_ids(value: Any) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(item, dict) and isinstance(item.get("id"), str) for item in value)
    )


def _copy_place(side: _Side, out: Path, places: dict[Path, Place]) -> None:
    place = side.file.place(side.at)
    if place is not None:
        places[out] = place


def _take(side: _Side, out: Path, places: dict[Path, Place]) -> Any:
    _copy_place(side, out, places)
    if isinstance(side.value, dict):
        return {key: _take(side.step(key), (*out, key), places) for key in side.value}
    if isinstance(side.value, list):
        return [_take(side.step(i), (*out, i), places) for i in range(len(side.value))]
    return side.value
