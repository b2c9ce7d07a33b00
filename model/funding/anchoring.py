"""Anchoring the first year to what the authority published.

One factor a line, computed once from the deterministic run (central inputs, chance off) and applied
unchanged in every draw, so that the first year keeps its uncertainty (design 5.6). A line published
for current pupils only is fitted on those pupils; starters and leavers come on top.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.reference.calendar import MONTHS
from model.scenario.funding_schema import Line

Floats = NDArray[np.float64]

USUAL_FACTORS = (0.8, 1.25)
"""A factor outside is named on the cover: the line's volumes or prices should be looked at."""


@dataclass(frozen=True)
class Anchor:
    """How a line's modelled spending meets its published forecast.

    `factor` multiplies the line in every month of every draw. `one_off_gbp` is added in equal
    twelfths to the first year only. `basis_gbp` is what the deterministic run gave before.
    """

    line: str
    factor: float
    one_off_gbp: float
    basis_gbp: float
    published_gbp: float | None
    scope: str

    @property
    def unusual(self) -> bool:
        """True when the factor is outside the usual range."""
        return not USUAL_FACTORS[0] <= self.factor <= USUAL_FACTORS[1]


def anchor(line: Line, first_year_gbp: float) -> Anchor:
    """The anchor of a line whose deterministic first year comes to `first_year_gbp`.

    Raises ValueError when a price factor is needed and there is nothing to scale.
    """
    published = line.published_gbp.central if line.published_gbp is not None else None
    scope = line.published_scope
    if published is None or line.anchor == "none":
        return Anchor(line.id, 1.0, 0.0, first_year_gbp, published, scope)
    if scope == "current_pupils":
        first_year_gbp = current_pupils_gbp(line)
    if line.anchor == "one_off":
        return Anchor(line.id, 1.0, published - first_year_gbp, first_year_gbp, published, scope)
    if first_year_gbp <= 0:
        raise ValueError(
            f"the line '{line.id}' is anchored on price, but its drivers come to nothing in the "
            "first year; give it volumes and prices, or anchor: one_off"
        )
    return Anchor(line.id, published / first_year_gbp, 0.0, first_year_gbp, published, scope)


def current_pupils_gbp(line: Line) -> float:
    """Volume x price of the finance count: pupils x average yearly cost, unanchored."""
    return sum(group.pupils * group.annual_cost_gbp.central for group in line.current_pupils)


def anchored(spend_gbp: Floats, item: Anchor) -> Floats:
    """A line's spending (month, draw) after anchoring."""
    result = spend_gbp * item.factor
    result[:MONTHS] += item.one_off_gbp / MONTHS
    return result
