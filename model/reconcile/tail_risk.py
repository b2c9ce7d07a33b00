"""The bad end of the range: the mean of the worst draws, and how often sizes of deficit are passed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

STEPS = (1.0, 2.0, 5.0)
"""Round sizes are these times a power of ten."""


def mean_of_worst(values: Floats, share: float) -> float:
    """Mean of the largest `share` of draws (conditional value at risk), in the unit of `values`.

    `values`: (draw,), worse is larger. Where the share is no whole number of draws, the last one counts
    in part: the mean of the worst 10 % of 15 draws is (largest + half of the second) / 1.5.
    Raises ValueError for a share outside 0 to 1 or for no draws.

    >>> mean_of_worst(np.array([1.0, 4.0, 2.0, 3.0]), 0.5)
    3.5
    """
    if not 0 < share <= 1 or not values.size:
        raise ValueError(f"a share of {share} of {values.size} draws has no mean")
    worst = np.sort(values)[::-1]
    weights = np.clip(share * worst.size - np.arange(worst.size), 0.0, 1.0)
    return float((worst * weights).sum() / weights.sum())


def share_above(values: Floats, size: float) -> float:
    """Share of draws above a size. `values`: (draw,)."""
    return float((values > size).mean())


def round_sizes(values: Floats, count: int) -> list[float]:
    """At most `count` round sizes above nil that some draws pass and others do not, smallest first.

    `values`: (..., draw). Sizes are 1, 2 or 5 times a power of ten, those nearest the middle of the
    positive values, so that the chances of passing them differ from 0 and 1.

    >>> round_sizes(np.array([700_000.0, 1_500_000.0, 3_000_000.0, 6_000_000.0]), 3)
    [1000000.0, 2000000.0, 5000000.0]
    """
    positive = values[values > 0]
    if not positive.size:
        return []
    low, high = float(positive.min()), float(positive.max())
    powers = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
    sizes = [step * 10.0**power for power in powers for step in STEPS]
    between = [size for size in sizes if low < size < high]
    middle = float(np.median(positive))
    nearest = sorted(between, key=lambda size: abs(np.log(size / middle)))[:count]
    return sorted(nearest)
