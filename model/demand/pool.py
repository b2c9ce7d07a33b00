"""Pupils funded without a plan. The seat of design 5.2.

Here the pool does not change of its own: its size by year is what the scenario says
(`kind: pupils_without_plan`). Assessing it, converting or stopping awards, takes the same place.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def pool_as_given(pool: Floats, month: int) -> Floats:
    """FTE pupils in the pool (draw,) at the end of the month. Never negative."""
    return pool
