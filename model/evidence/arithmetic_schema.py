"""Schema of the checks by plain arithmetic: sums, roll-forwards, products, bounds, one figure twice."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from model.evidence.entry import ExplainedEntry
from model.evidence.figure import FigureField


class Sum(ExplainedEntry):
    """Parts that make a total."""

    kind: Literal["sum"]
    """sum"""
    parts: Annotated[list[FigureField], Field(min_length=1)]
    """What is added."""
    less: list[FigureField] = []
    """What is taken away."""
    total: FigureField
    """The total as printed."""


class RollForward(ExplainedEntry):
    """A balance rolled forward: opening and movements make the closing."""

    kind: Literal["roll_forward"]
    """roll_forward"""
    opening: FigureField
    """Balance brought forward."""
    movements: Annotated[list[FigureField], Field(min_length=1)]
    """What moves it, signed like the balance."""
    closing: FigureField
    """Balance carried forward, as printed."""


class Same(ExplainedEntry):
    """One figure as several places print it."""

    kind: Literal["same"]
    """same"""
    figures: Annotated[list[FigureField], Field(min_length=2)]
    """The prints; the finest, or the first of the finest, is what the others are held to."""


class Product(ExplainedEntry):
    """Factors that make a product, such as places x rate."""

    kind: Literal["product"]
    """product"""
    factors: Annotated[list[FigureField], Field(min_length=1, max_length=20)]
    """What is multiplied."""
    divided_by: Annotated[list[FigureField], Field(max_length=20)] = []
    """What the product is divided by."""
    stated: FigureField
    """The product as printed."""


class Bound(ExplainedEntry):
    """Two figures of which one may not exceed the other, such as a mean and a maximum."""

    kind: Literal["bound"]
    """bound"""
    least: FigureField
    """What may not be larger."""
    most: FigureField
    """What may not be smaller."""
