"""How a figures file writes one figure: as printed, or with where it stands and how it is used."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator

from model.evidence.printed import LONGEST, is_blank, read_printed
from model.scenario.fields import Part, Text
from model.scenario.problems import problem
from model.scenario.provenance import refuse_formula

LONGEST_CELL = 400


def _printed_text(value: str) -> str:
    if len(value) > LONGEST:
        raise problem(
            "too long for a printed figure", found=value, expected="such as -37.5 or 16,312"
        )
    return refuse_formula(value)


def _cell_text(value: str) -> str:
    if len(value) > LONGEST_CELL:
        raise problem("too long for a cell", found=value, expected=f"{LONGEST_CELL} characters")
    return refuse_formula(value)


PrintedText = Annotated[str, AfterValidator(_printed_text)]
"""The text of a figure. Anything is accepted: what is not a number is a finding, not a mistake."""


CellText = Annotated[str, AfterValidator(_cell_text)]
"""The text of a table's cell: a figure as printed, or words."""


def _ratio(value: str) -> str:
    printed = None if is_blank(value) else read_printed(value)
    if printed is None or printed.value == 0:
        raise problem(
            "not a factor", found=value, expected="a number other than nil, such as 7/12 or 5"
        )
    return value


Factor = Annotated[str, AfterValidator(_ratio)]


class Figure(Part):
    """A figure as printed, with what a reader needs to find it again."""

    figure: PrintedText
    """The figure as printed, such as -37.5, 16,312, (12.3) or £9.6m."""
    label: Text | None = None
    """What it is, where the entry has several figures."""
    source: Text | None = None
    """Where it is printed, when not where the entry says."""
    times: Factor | None = None
    """An exact factor: 2/12 for two months of a year, 1/7 for days in weeks."""
    counted: bool = False
    """True for a count, in which nothing is rounded."""

    @property
    def name(self) -> str:
        """The figure as text, with its label where it has one."""
        return f"{self.figure} ({self.label})" if self.label else self.figure


def _as_figure(value: Any) -> Any:
    if isinstance(value, str):
        return {"figure": value}
    if isinstance(value, dict | Figure):
        return value
    raise problem(
        "not a figure", found=value, expected="a figure as printed, or a section with 'figure:'"
    )


FigureField = Annotated[Figure, BeforeValidator(_as_figure)]
