"""A level that drifts from year to year, smoothed with most weight on the newest year."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def smoothed_level(yearly: Floats, weight: float) -> tuple[float, Floats]:
    """Exponentially weighted level of yearly values (year,), and its one-step errors (year - 1,).

    >>> smoothed_level(np.array([1.0, 2.0, 2.0]), 0.75)
    (1.9375, array([1.  , 0.25]))
    """
    level, errors = float(yearly[0]), []
    for value in yearly[1:]:
        errors.append(float(value) - level)
        level += weight * errors[-1]
    return level, np.array(errors)
