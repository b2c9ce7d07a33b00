"""Which of those who ask for a place get one. The seat of design 5.4.

Without limits everybody is placed where they asked. A rule with commissioned places, openings and
priorities returns fewer than it was given; whoever is not placed stays where they are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.cohort.state import CohortState

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class PlaceRequests:
    """Plans asking for a place this month, never negative.

    `phase_transfers`, `in_year_moves`: (route, need, draw), plans in force that ask to move.
    `joiners`: (entry, need, draw), plans not yet in force. Routes and entries are those of the
    cohort's `Routes` and `Entries`.
    """

    phase_transfers: Floats
    in_year_moves: Floats
    joiners: Floats


def allocate_places(requests: PlaceRequests, state: CohortState, month: int) -> PlaceRequests:
    """Those who are placed, with the shapes of `requests`, each cell at most what was asked."""
    return requests
