"""The series of demand that a block keeps, month by month."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.reference.codes import AGE_GROUPS, NEEDS

Floats = NDArray[np.float64]


@dataclass
class DemandSeries:
    """Kept series of a block, draw axis last; (month, draw) where not said otherwise.

    Counts of the month: `requests` (month, age group, draw) and `requests_by_need` (month, need,
    draw), those sent from the pool not among them; `refused` (overturned ones included),
    `overturned`, `agreed`, `sent_from_pool`, `assessed` (advice given), `ended` (with a plan or
    without), `issued`, `issued_in_time`; `ended_by_age` and `issued_by_age` (month, age group, draw) those of
    `ended` and `issued` that did not come from the pool. At the month's end: `waiting` for advice, `in_decision`,
    `in_drafting`. In months: `waited`, `waited_p90` and `longest_wait` of those waiting;
    `served_waits` (sum), `served_p90` and `served_longest` of those assessed. `capacity` and
    `locums` (contract, month, draw) are assessments. Pupils of the pool: `pool_pupils` (band,
    month, draw) with an award at the end of the month, `pool_with_plan` (band, month, draw) those of
    it who gained a plan and are expected to hold top-up still; `pool_converted`, `pool_stopped`,
    `pool_left`, `pool_ended` counts of the month. `gaps`: worst differences of the identities.
    """

    requests: Floats
    requests_by_need: Floats
    ended_by_age: Floats
    issued_by_age: Floats
    pool_pupils: Floats
    pool_with_plan: Floats
    locums: Floats
    refused: Floats
    overturned: Floats
    agreed: Floats
    sent_from_pool: Floats
    assessed: Floats
    ended: Floats
    issued: Floats
    issued_in_time: Floats
    waiting: Floats
    in_decision: Floats
    in_drafting: Floats
    waited: Floats
    waited_p90: Floats
    longest_wait: Floats
    served_waits: Floats
    served_p90: Floats
    served_longest: Floats
    capacity: Floats
    averted_requests: Floats
    pool_converted: Floats
    pool_stopped: Floats
    pool_left: Floats
    pool_ended: Floats
    gaps: dict[str, float] = field(default_factory=dict)

    @classmethod
    def nil(cls, months: int, bands: int, contracts: int, draws: int) -> DemandSeries:
        """Nothing yet."""
        shapes = {
            "requests": (months, len(AGE_GROUPS), draws),
            "requests_by_need": (months, len(NEEDS), draws),
            "ended_by_age": (months, len(AGE_GROUPS), draws),
            "issued_by_age": (months, len(AGE_GROUPS), draws),
            "pool_pupils": (bands, months, draws),
            "pool_with_plan": (bands, months, draws),
            "locums": (contracts, months, draws),
        }
        names = [item.name for item in fields(cls) if item.name != "gaps"]
        arrays: dict[str, Any] = {n: np.zeros(shapes.get(n, (months, draws))) for n in names}
        return cls(**arrays)

    def gap(self, name: str, difference: Floats) -> None:
        """Note the largest size of a difference that should be nil in every draw."""
        self.gaps[name] = max(self.gaps.get(name, 0.0), float(np.abs(difference).max()))
