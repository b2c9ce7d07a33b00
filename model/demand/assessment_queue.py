"""Assessments waiting for educational psychology advice. The seat of design 5.1.

Without a capacity there is no queue (no limit means no queue): what is requested in a month is
assessed in it. A queue with capacity keeps its stages in `CohortState.queue`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def assess_at_once(requests: Floats, queue: Floats, month: int) -> tuple[Floats, Floats]:
    """Plans agreed this month (draw,) and the queue afterwards (stage, draw).

    `requests` (draw,); conservation: requests + queue before = agreed + queue after.
    """
    return requests, queue
