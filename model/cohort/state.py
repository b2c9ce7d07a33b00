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

    `plans`: (age, placement, need, draw) plans in force where they are. `waiting`:
    (age, setting sought, need, draw) of those plans that wait for a place elsewhere; a waiting
    plan is counted in `plans` too, in the setting where it waits. `queue`: (stage, draw)
    assessments under way; `pool`: (draw,) pupils funded without a plan, in FTE. None is negative.
    """

    plans: Floats
    waiting: Floats
    queue: Floats
    pool: Floats

    def copy(self) -> CohortState:
        """A copy that can be stepped on its own."""
        return CohortState(
            self.plans.copy(), self.waiting.copy(), self.queue.copy(), self.pool.copy()
        )


def empty_state(placements: Placements, draws: int) -> CohortState:
    """Nobody anywhere. Waiting, queue and pool have no rows until a mechanism needs them."""
    return CohortState(
        plans=np.zeros((len(AGES), placements.count, len(NEEDS), draws)),
        waiting=np.zeros((len(AGES), 0, len(NEEDS), draws)),
        queue=np.zeros((0, draws)),
        pool=np.zeros(draws),
    )


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
