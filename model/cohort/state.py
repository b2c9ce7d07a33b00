"""The cohort's state and the flows of a month."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.cohort.placements import Placements
from model.reference.codes import AGES, NEEDS

Floats = NDArray[np.float64]


@dataclass
class CohortState:
    """Plans of one block of draws at the end of a month.

    `plans`: (age, placement, need, draw) plans in force where they are; a plan that waits for a
    place, or holds one for want of another, is in a placement of that standing and in no other.
    `demand`: what is on its way to a plan. None is negative.
    """

    plans: Floats
    demand: DemandState | None = None

    def copy(self) -> CohortState:
        """A copy that can be stepped on its own."""
        demand = None if self.demand is None else self.demand.copy()
        return CohortState(self.plans.copy(), demand)


@dataclass
class DemandState:
    """Requests and assessments on their way, and the pool, of one block of draws.

    Rings hold what is due in each month, row `month % length`: `decision` and `overturn`
    (month, class, draw), `drafting` (month, class, draw), `timely` (month, 1, draw) of those in
    drafting that are within the weeks. `queue` (arrival month, class, draw) waits for advice;
    `arrived` (arrival month, rank, draw) as they came and `left` those still waiting; `oldest`
    (draw,) the first row in use.
    `pool` (band, draw) pupils not yet sent to assessment; `converted` (band, draw) those who gained a
    plan out of it and still hold top-up at their band, a mean that may be a fraction.
    """

    decision: Floats
    overturn: Floats
    queue: Floats
    arrived: Floats
    left: Floats
    oldest: NDArray[np.int64]
    drafting: Floats
    timely: Floats
    pool: Floats
    converted: Floats

    def copy(self) -> DemandState:
        """A copy that can be stepped on its own."""
        return DemandState(*(getattr(self, name).copy() for name in self.__dataclass_fields__))

    def make_room(self, rows: int) -> None:
        """Let the queue hold `rows` arrival months: a state of a shorter horizon goes on in a longer."""
        for name in ("queue", "arrived", "left"):
            values = getattr(self, name)
            missing = rows - len(values)
            if missing > 0:
                room = np.zeros((missing, *values.shape[1:]))
                setattr(self, name, np.concatenate([values, room]))


def empty_state(placements: Placements, draws: int) -> CohortState:
    """Nobody anywhere."""
    return CohortState(np.zeros((len(AGES), placements.count, len(NEEDS), draws)))


@dataclass
class MonthFlows:
    """Plans that came and went in a month, each (age, placement, draw), never negative.

    `ceased` includes plans that ended by reaching 25. `moved_out` are transfers to another
    authority. `recording_difference` is what published counts say and flows do not; it is nil in
    a forecast and may have either sign.
    """

    new: Floats
    moved_in: Floats
    ceased: Floats
    moved_out: Floats
    recording_difference: Floats

    @classmethod
    def nil(cls, placements: Placements, draws: int) -> MonthFlows:
        """No flows."""
        shape = (len(AGES), placements.count, draws)
        return cls(*(np.zeros(shape) for _ in range(5)))

    def clear(self) -> None:
        """Set every flow to nil, to use the arrays again."""
        for flow in (
            self.new,
            self.moved_in,
            self.ceased,
            self.moved_out,
            self.recording_difference,
        ):
            flow[:] = 0.0
