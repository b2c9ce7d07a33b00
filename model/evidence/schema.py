"""The figures file: the papers it reads from, and the entries that check what they print."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from model.evidence.arithmetic_schema import Bound, Product, RollForward, Same, Sum
from model.evidence.rates_schema import Growth, Percentage
from model.evidence.statement_schema import Complete, Definition, Milestone, Pair
from model.evidence.table_schema import PrintedTable
from model.scenario.fields import Part, Text

AnyEntry = Annotated[
    Sum
    | PrintedTable
    | RollForward
    | Same
    | Product
    | Growth
    | Percentage
    | Bound
    | Milestone
    | Definition
    | Complete
    | Pair,
    Field(discriminator="kind"),
]


class FiguresFile(Part):
    """A checked figures file."""

    format: Literal["1"]
    """Version of the format of figures files: 1."""
    title: Text
    """What the figures are of."""
    authority: Text
    """Name of the local authority."""
    papers: Annotated[dict[str, Text], Field(min_length=1)]
    """The papers, by the key that sources name: title, body and date."""
    entries: Annotated[list[AnyEntry], Field(min_length=1)]
    """The checks."""
