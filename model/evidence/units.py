"""Units inside an entry: figures that are added or held to each other must be in one unit."""

from __future__ import annotations

import re
from collections.abc import Iterator

from model.evidence.arithmetic_schema import Bound, RollForward, Same, Sum
from model.evidence.entry import Entry, ExplainedEntry
from model.evidence.figure import Figure
from model.evidence.printed import ending, read_printed
from model.evidence.rates_schema import Growth, Percentage
from model.evidence.statement_schema import Milestone
from model.evidence.table_checks import groups_of_cells
from model.evidence.table_schema import PrintedTable
from model.scenario.findings import Finding
from model.scenario.positions import Path

_SCALED_UNIT = re.compile(
    r"(?<![a-z0-9,])(?:gbp|£)?\s*'?(?:k|m|mn|bn|000s?|thousands?|millions?|billions?)(?![a-z0-9])",
    re.IGNORECASE,
)
_PERCENT_UNIT = re.compile(r"%|per ?cent|points?\b|\bpp\b", re.IGNORECASE)

Placed = tuple[Path, Figure]
"""A figure and the way to it inside its entry."""


def check_units(entry: Entry, at: Path) -> Iterator[Finding]:
    """The first figure of each group that is in another unit than the group's first."""
    for group in _groups(entry):
        finding = _mixed(group, entry.unit, at)
        if finding is not None:
            yield finding
            return


def _mixed(group: list[Placed], unit: str, at: Path) -> Finding | None:
    """A factor of the figure's own (`times`) turns it into the unit, and nil is nil in any."""
    first: tuple[str, str] | None = None
    for path, figure in group:
        printed = read_printed(figure.figure)
        if printed is None or printed.value == 0 or figure.times is not None:
            continue
        kind = _kind(figure.figure, unit)
        if first is None:
            first = figure.figure, kind
        elif kind != first[1]:
            return Finding(
                (*at, *path),
                "the figures of an entry must be in one unit",
                f"'{figure.figure}' ({kind}) beside '{first[0]}' ({first[1]})",
                None,
                f"Write both with the same ending, or both without one, in {unit}.",
            )
    return None


def _kind(text: str, unit: str) -> str:
    """What the figure counts in. Pounds may stand beside k, m and bn, thousands of pounds may not."""
    end = ending(text)
    if end in ("%", "pp") and not _PERCENT_UNIT.search(unit):
        return "percent"
    if not _SCALED_UNIT.search(unit):
        return unit
    return "k, m or bn" if end in ("k", "m", "bn") else unit


def _groups(entry: Entry) -> Iterator[list[Placed]]:
    """Figures that are added, subtracted, divided or compared with each other."""
    if isinstance(entry, PrintedTable):
        yield from groups_of_cells(entry)
    elif isinstance(entry, Percentage):
        yield _named(entry, "part", "whole", "before", "after", "other_bases")
    elif isinstance(entry, Growth):
        yield _named(entry, "before", "after")
    elif isinstance(entry, Milestone):
        due = [
            (("milestones", index, "figure"), item.figure)
            for index, item in enumerate(entry.milestones)
        ]
        yield [*_named(entry, "value"), *due]
    elif isinstance(entry, Sum | RollForward | Same | Bound):
        keys = ("parts", "less", "total", "opening", "movements", "closing", "figures")
        yield [*_named(entry, *keys, "least", "most"), *_others(entry)]


def _named(entry: Entry, *keys: str) -> list[Placed]:
    found: list[Placed] = []
    for key in keys:
        value = getattr(entry, key, None)
        if isinstance(value, Figure):
            found.append(((key,), value))
        elif isinstance(value, list):
            found.extend(((key, index), figure) for index, figure in enumerate(value))
    return found


def _others(entry: ExplainedEntry) -> list[Placed]:
    """What explains a gap or is allowed as one."""
    found: list[Placed] = [
        (("explained_by", index, "figure"), item.figure)
        for index, item in enumerate(entry.explained_by)
    ]
    if entry.tolerance is not None:
        found.append((("tolerance", "figure"), Figure(figure=entry.tolerance.figure)))
    return found
