"""Schema of the checks of growth and percentages."""

from __future__ import annotations

from typing import Literal

from model.evidence.entry import Entry
from model.evidence.figure import Factor, FigureField
from model.scenario.fields import Id

Basis = Literal["share", "relative", "points"]


class Growth(Entry):
    """Growth from one figure to another, in percent a period."""

    kind: Literal["growth"]
    """growth"""
    before: FigureField
    """The figure grown from."""
    after: FigureField
    """The figure grown to."""
    periods: Factor = "1"
    """Periods between the two, such as 7 for seven years."""
    stated: FigureField | None = None
    """Growth in percent a period, as printed."""
    called_current_rate_of: Id | None = None
    """Another growth whose rate the paper says this one continues."""


class Percentage(Entry):
    """A percentage on a basis that it must say."""

    kind: Literal["percentage"]
    """percentage"""
    basis: Basis
    """share: part of a whole; relative: change in percent; points: change in percentage points."""
    part: FigureField | None = None
    """The part, for a share."""
    whole: FigureField | None = None
    """The whole, for a share."""
    before: FigureField | None = None
    """The figure before, for a change."""
    after: FigureField | None = None
    """The figure after, for a change."""
    stated: FigureField
    """The percentage as printed."""
    other_bases: list[FigureField] = []
    """Figures that the paper may have used in place of the whole or the figure before."""
