"""Nurture groups: what they cost and whom they keep from needing a plan (design 5.5).

Cost is places x rate x months/12 from the month a group opens. The effect on requests has its
seat here and is nil: the evidence is a small pilot.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from model.draws import Draws
from model.reference.calendar import month_index
from model.scenario.funding_schema import Band, NurtureGroup

Floats = NDArray[np.float64]


def open_months(group: NurtureGroup, first_year: int, months: int) -> NDArray[np.bool_]:
    """Which months of the horizon a group is open, shape (month,)."""
    opens = month_index(group.opens.year, group.opens.month, first_year)
    return np.arange(months) >= opens


def nurture_funding(
    groups: Sequence[NurtureGroup], bands: Mapping[str, Band], draws: Draws
) -> Floats:
    """Gross monthly funding of all groups in pounds, shape (month, draw).

    Source: five groups for a year and three from September at 7/12 cost 474,458 (paper 000:2117,
    2140-2150).
    """
    years = draws.years
    total = np.zeros((12 * len(years), draws.size))
    for group in groups:
        rate = bands[group.band].annual_value_gbp if group.band is not None else group.rate_gbp
        assert rate is not None
        monthly = np.repeat(draws.by_year(rate), 12, axis=0) * group.places / 12
        total += monthly * open_months(group, years.start, len(total))[:, None]
    return total


def averted_requests(month: int, draws: int) -> Floats:
    """Requests for assessment that nurture groups avert this month, shape (draw,): none yet."""
    return np.zeros(draws)
