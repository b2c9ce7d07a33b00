"""Checks of how a table is written: as many cells as columns, and identities that name what is there."""

from __future__ import annotations

from collections.abc import Iterator

from model.evidence.table_schema import Identity, PrintedTable
from model.scenario.findings import Finding, repeated, repeated_ids, unknown
from model.scenario.positions import Path


def check_layout(table: PrintedTable, at: Path) -> Iterator[Finding]:
    """What does not fit in a table."""
    yield from repeated(table.columns, (*at, "columns"), "column", "")
    yield from repeated_ids(table.rows, (*at, "rows"))
    for index, row in enumerate(table.rows):
        if len(row.values) != len(table.columns):
            yield Finding(
                (*at, "rows", index, "values"),
                f"{len(row.values)} cells",
                None,
                f"{len(table.columns)}: {', '.join(table.columns)}",
                "A cell with a comma in it needs quotes: '16,312'.",
            )
    for index, name in enumerate(table.text_columns):
        if name not in table.columns:
            yield unknown((*at, "text_columns", index), "column", name, table.columns)
    if not table.footing and not table.cross_casting:
        yield Finding(at, "nothing is checked", None, "'footing', 'cross_casting' or both")
    columns = [name for name in table.columns if name not in table.text_columns]
    rows = [row.id for row in table.rows]
    for index, identity in enumerate(table.footing):
        yield from _identity(identity, (*at, "footing", index), ("row", rows), ("column", columns))
    for index, identity in enumerate(table.cross_casting):
        where = (*at, "cross_casting", index)
        yield from _identity(identity, where, ("column", columns), ("row", rows))
        if not identity.plus and not identity.less and not identity.factors and not identity.part:
            expected = "'plus' and 'less', or 'factors', or 'part' and 'whole'"
            yield Finding(where, "this says not what the result follows from", None, expected)


Names = tuple[str, list[str]]
"""What the names are of, and the names there are."""


def _identity(identity: Identity, at: Path, along: Names, across: Names) -> Iterator[Finding]:
    kind, names = along
    for key in ("result", "part", "whole"):
        name = getattr(identity, key)
        if name is not None and name not in names:
            yield unknown((*at, key), kind, name, names, "this table")
    for key in ("plus", "less", "factors"):
        for index, name in enumerate(getattr(identity, key)):
            if name not in names:
                yield unknown((*at, key, index), kind, name, names, "this table")
            elif name == identity.result:
                yield Finding((*at, key, index), f"the result '{name}' cannot follow from itself")
    for index, name in enumerate(identity.only):
        if name not in across[1]:
            yield unknown((*at, "only", index), across[0], name, across[1], "this table")
    if (identity.part is None) != (identity.whole is None):
        yield Finding(at, "'part' and 'whole' are needed together")
    ways = [bool(identity.plus or identity.less), bool(identity.factors), bool(identity.part)]
    if sum(ways) > 1:
        expected = "'plus' and 'less', or 'factors', or 'part' and 'whole'"
        yield Finding(at, "a result follows in one way only", None, expected)
