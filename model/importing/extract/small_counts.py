"""Small counts of children: left as they are, or kept out of a file so that no sum gives them back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

SMALL: Final = 5
"""Counts from 1 to one less may tell of a child; they are replaced, and all others are rounded to this."""

REPLACED: Final = "c"
ALL: Final = "all"

LEFT_IN: Final = "Counts of 1 to 4 are in this file: treat it as personal data of children."
TAKEN_OUT: Final = "Counts of 1 to 4 are replaced by c, all others are rounded to the nearest 5."
ROUNDED: Final = "Made from counts rounded to the nearest 5: no count of 1 to 4 is in this file."


def to_fives(count: int) -> int:
    """A count rounded to the nearest 5.

    >>> [to_fives(count) for count in (0, 2, 3, 7, 8)]
    [0, 0, 5, 5, 10]
    """
    return (count + SMALL // 2) // SMALL * SMALL


def margin_to_fives(counts: NDArray[np.int64], total: int) -> NDArray[np.int64]:
    """Counts as multiples of 5 that add up to `total`, itself one, each as near as that allows.

    Largest remainder in units of five: what is cut goes first to whoever lost most.

    >>> margin_to_fives(np.array([3, 3, 3, 1]), 10).tolist()
    [5, 5, 0, 0]
    """
    if not counts.sum():
        return np.zeros_like(counts)
    exact = counts * (total / SMALL / counts.sum())
    units = np.floor(exact).astype(np.int64)
    left = total // SMALL - int(units.sum())
    units[np.argsort(units - exact, kind="stable")[:left]] += 1
    return np.asarray(units * SMALL)


def without_small(
    frame: pd.DataFrame, kept: Sequence[str], one_at_a_time: Sequence[tuple[str, ...]]
) -> pd.DataFrame:
    """Counts by `kept` columns and one breakdown at a time, `all` elsewhere, small ones replaced.

    Broken down by everything at once hardly any count would be left. Rounding the others keeps a
    replaced count from being the difference of two that are shown.
    """
    broken_down = [column for columns in one_at_a_time for column in columns]
    parts = []
    for columns in ((), *one_at_a_time):
        by = [*kept, *columns]
        part = frame.groupby(by, as_index=False, sort=True)["count"].sum()
        parts.append(part.assign(**{name: ALL for name in broken_down if name not in columns}))
    whole = pd.concat(parts, ignore_index=True)
    counts = whole["count"].to_numpy(np.int64)
    rounded = (counts + SMALL // 2) // SMALL * SMALL
    shown = np.where((counts > 0) & (counts < SMALL), REPLACED, rounded.astype(str))
    whole["count"] = shown
    ordered: pd.DataFrame = whole.sort_values(list(kept), kind="stable")[list(frame.columns)]
    return ordered
