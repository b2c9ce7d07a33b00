"""Histories of counts: what is known, for how many Januaries in a row, and how it has grown."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def logs_of(history: Floats) -> Floats:
    """Natural logs of counts, any shape; NaN where a count is unknown or not above nil."""
    usable = np.isfinite(history) & (history > 0)
    return np.log(history, out=np.full(history.shape, np.nan), where=usable)


def counts_in_a_row(history: Floats) -> NDArray[np.int64]:
    """How many Januaries up to the origin are known without a gap. `history` (authority, January).

    >>> counts_in_a_row(np.array([[5.0, np.nan, 7.0, 8.0], [5.0, 6.0, 7.0, np.nan]]))
    array([2, 0])
    """
    known = np.isfinite(logs_of(history))[:, ::-1]
    return np.asarray(np.cumprod(known, axis=1).sum(axis=1), dtype=np.int64)


def mean_growth(history: Floats, years: int) -> Floats:
    """Mean log growth a year over `years` years to the last January, (...) from `history` (..., January).

    NaN where a January between is unknown or the history is shorter.

    >>> bool(np.isclose(mean_growth(np.array([100.0, 110.0, 121.0]), 2), np.log(1.1)))
    True
    """
    if history.shape[-1] <= years:
        return np.full(history.shape[:-1], np.nan)
    growth = np.diff(logs_of(history[..., -years - 1 :]), axis=-1)
    return np.asarray(growth.mean(axis=-1))


def grown(history: Floats, growth: Floats, horizons: tuple[int, ...]) -> Floats:
    """Last counts carried forward: (authority, horizon) from log `growth` a year (authority,)."""
    at_origin = logs_of(history[:, -1])
    return np.asarray(np.exp(at_origin[:, None] + growth[:, None] * np.array(horizons)))
