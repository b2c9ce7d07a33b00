"""Requests for an assessment. The seat of design 5.1.

This issue's rule is the simplest there is: every plan that falls due was asked for in the same
month and nothing is refused. A rule with refusals, seasons and shocks takes the same arguments.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def requests_as_due(due: Floats, month: int) -> Floats:
    """Requests (draw,) in a month, given the expected new plans `due` (draw,). Never negative."""
    return due
