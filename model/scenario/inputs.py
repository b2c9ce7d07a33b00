"""Every number of a scenario with its canonical path, found by walking the checked scenario.

A path names list entries by id, not by position (`funding.lines[out_of_area].published_gbp`), so
that reordering a list changes neither the random numbers nor the names in the results.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import BaseModel

from model.scenario.numbers import Provenance, Quantity, ShareSet, Yearly

Figure = Quantity | Yearly | ShareSet


@dataclass(frozen=True)
class Input:
    """A figure of the scenario: its path, the figure, what it means and its source.

    `given` is False where the schema's default stands because the scenario says nothing.
    """

    path: str
    figure: Figure
    description: str
    provenance: Provenance
    given: bool


def inputs(scenario: BaseModel) -> list[Input]:
    """All figures of a scenario in the order of the file's sections."""
    return list(_walk(scenario, "", Provenance(), given=True))


def _walk(part: BaseModel, path: str, inherited: Provenance, *, given: bool) -> Iterator[Input]:
    own_source = getattr(part, "source", None)
    section = Provenance(source=own_source) if own_source else inherited
    for name, field in type(part).model_fields.items():
        value = getattr(part, name)
        here = f"{path}.{name}" if path else name
        is_given = given and name in part.model_fields_set
        yield from _entries(value, here, field.description or "", section, given=is_given)


def _entries(
    value: object, path: str, description: str, inherited: Provenance, *, given: bool
) -> Iterator[Input]:
    if isinstance(value, Quantity | Yearly | ShareSet):
        own = value.provenance
        provenance = own if own.source else _with_source(own, inherited.source)
        yield Input(path, value, description, provenance, given)
    elif isinstance(value, BaseModel):
        yield from _walk(value, path, inherited, given=given)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            name = _entry_name(item, index)
            yield from _entries(item, f"{path}[{name}]", description, inherited, given=given)


def _with_source(own: Provenance, source: str | None) -> Provenance:
    return Provenance(**{**own.__dict__, "source": source})


def _entry_name(item: object, index: int) -> str:
    for key in ("id", "line", "year"):
        name = getattr(item, key, None)
        if name is not None:
            return str(name)
    return str(index)
