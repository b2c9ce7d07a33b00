"""Every number of a scenario with its canonical path, found by walking the checked scenario.

A path names list entries by id, not by position (`funding.lines[out_of_area].published_gbp`), so
that reordering a list changes neither the random numbers nor the names in the results.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from pydantic import BaseModel

from model.reference.calendar import financial_year_label
from model.scenario.positions import Path
from model.scenario.provenance import TO_EXPLAIN, Provenance
from model.scenario.quantities import Quantity, ShareSet, Yearly

Figure = Quantity | Yearly | ShareSet


@dataclass(frozen=True)
class Input:
    """A figure of the scenario: its path, the figure, what it means and its source.

    `given` is False where the schema's default stands because the scenario says nothing. `at` is
    the way to the figure through the data, with list positions in place of ids.
    """

    path: str
    figure: Figure
    description: str
    provenance: Provenance
    given: bool
    at: Path = ()


def inputs(scenario: BaseModel) -> list[Input]:
    """All figures of a scenario in the order of the file's sections."""
    return list(_walk(scenario, "", (), Provenance(), given=True))


def _walk(
    part: BaseModel, path: str, at: Path, inherited: Provenance, *, given: bool
) -> Iterator[Input]:
    section = Provenance(
        source=getattr(part, "source", None) or inherited.source,
        status=getattr(part, "status", None) or inherited.status,
    )
    for name, field in type(part).model_fields.items():
        if name not in part.__dict__:
            continue  # a scenario with a section that is wrong, see `validate`
        value = part.__dict__[name]
        here = f"{path}.{name}" if path else name
        is_given = given and name in part.model_fields_set
        text = field.description or ""
        yield from _entries(value, here, (*at, name), text, section, given=is_given)


def _entries(
    value: object, path: str, at: Path, description: str, inherited: Provenance, *, given: bool
) -> Iterator[Input]:
    if isinstance(value, Quantity | Yearly | ShareSet):
        own = value.provenance
        provenance = own
        if own.status not in TO_EXPLAIN and value.certain:
            # A source is lent only to figures that may come from it.
            provenance = replace(
                own, source=own.source or inherited.source, status=own.status or inherited.status
            )
        yield Input(path, value, description, provenance, given, at)
    elif isinstance(value, BaseModel):
        yield from _walk(value, path, at, inherited, given=given)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            here = f"{path}[{_entry_name(item, index)}]"
            yield from _entries(item, here, (*at, index), description, inherited, given=given)


def _entry_name(item: object, index: int) -> str:
    """What a list entry is called: its id, else its line or financial year, else its position.

    The same as `positions.entry_name`, which names entries of a file not yet checked.
    """
    for key in ("id", "line"):
        name = getattr(item, key, None)
        if name is not None:
            return str(name)
    year = getattr(item, "year", None)
    return financial_year_label(year) if isinstance(year, int) else str(index)
