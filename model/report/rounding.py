"""Rounding in reports: half away from zero, as Excel shows it. Money is never rounded before."""

from __future__ import annotations

import math


def half_away(value: float, digits: int = 0) -> float:
    """Round half away from zero.

    >>> half_away(2.5), half_away(-2.5), half_away(0.125, 2)
    (3.0, -3.0, 0.13)
    """
    scale = 10.0**digits
    rounded = math.floor(abs(value) * scale + 0.5) / scale
    return math.copysign(rounded, value) if rounded else 0.0
