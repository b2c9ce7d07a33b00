"""Schema of a printed table: its cells, how its columns foot and how its rows cross-cast."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from model.evidence.entry import Entry
from model.evidence.figure import CellText
from model.scenario.fields import Id, Part, Text


class TableRow(Part):
    """A row as printed."""

    id: Id
    """Name of the row."""
    values: list[CellText]
    """Its cells as printed; '-' where nothing is printed. Put cells with a comma in quotes."""
    source: Text | None = None
    """Where the row is printed, when not where the table says."""


class Identity(Part):
    """How one row (or column) follows from others: as a sum, a product or a share in percent."""

    result: Id
    """The row (or column) that follows."""
    plus: list[Id] = []
    """What is added. In a footing without operands: every row that is no result itself."""
    less: list[Id] = []
    """What is taken away."""
    factors: Annotated[list[Id], Field(max_length=20)] = []
    """What is multiplied."""
    part: Id | None = None
    """What the result is a percentage of `whole`."""
    whole: Id | None = None
    """What `part` is divided by."""
    only: list[Id] = []
    """The columns (or rows) in which it must hold; without it, all."""


class PrintedTable(Entry):
    """A table as printed."""

    kind: Literal["table"]
    """table"""
    columns: Annotated[list[Id], Field(min_length=1)]
    """Names of the columns, in the order printed."""
    text_columns: list[Id] = []
    """Columns that hold words."""
    rows: Annotated[list[TableRow], Field(min_length=1)]
    """The rows, in the order printed."""
    footing: list[Identity] = []
    """How rows follow from rows, in each column."""
    cross_casting: list[Identity] = []
    """How columns follow from columns, in each row."""
