"""Empirical Bayes: how far an authority's own figure is believed against its region and the nation.

Source: normal-normal empirical Bayes in two stages with variances by the method of moments (Efron
and Morris, "Data analysis using Stein's estimator", JASA 70, 1975).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Shrunk:
    """Deviations from the nation as believed, and whose evidence they rest on, (authority,) each."""

    deviation: Floats
    weight_own: Floats
    weight_region: Floats


def shrink(
    deviation: Floats,
    sampling_variance: Floats,
    regions: NDArray[np.str_],
    used: NDArray[np.bool_],
    least_share: float,
) -> Shrunk:
    """Draw each authority's deviation from the nation to its region's, and that to nil.

    `deviation`, `sampling_variance` (authority,), NaN where not known; `used` says from whom the
    spread is learnt. V, the variance within regions beyond counting (at least `least_share` of what
    is seen), and R, that between regions beyond chance, by the method of moments. An authority's
    own weight is V / (V + s2); its region's mean counts R / (R + (V + s2) / authorities) of itself.
    An authority without a value has its region's.

    >>> x = np.array([0.0, 2.0, 4.0, -6.0]); s2 = np.array([1.0, 1.0, 9.0, 1.0])
    >>> one = np.array(["north"] * 4)
    >>> shrink(x, s2, one, np.ones(4, dtype=bool), 0.05).weight_own.round(3)
    array([0.946, 0.946, 0.662, 0.946])
    """
    codes = pd.factorize(regions)[0]
    count = int(codes.max()) + 1
    size = np.bincount(codes[used], minlength=count).astype(float)
    total = np.bincount(codes[used], weights=deviation[used], minlength=count)
    mean = total / np.maximum(size, 1)
    inside = deviation[used] - mean[codes[used]]
    freedom = max(int(used.sum()) - int((size > 0).sum()), 1)
    seen = float((inside**2).sum()) / freedom
    counting = float(np.median(sampling_variance[used]))
    between = max(seen - counting, least_share * seen)
    there = size > 0
    regional = 0.0
    if there.sum() > 1:
        chance = float(np.mean((between + counting) / size[there]))
        regional = max(float(mean[there].var(ddof=1)) - chance, 0.0)
    believed = np.zeros(count)
    spread = regional + (between + counting) / np.maximum(size, 1)
    if regional > 0:
        believed = np.where(there, regional / spread, 0.0)
    known = np.isfinite(deviation) & np.isfinite(sampling_variance)
    own = np.zeros(len(deviation))
    if between > 0:
        own[known] = between / (between + sampling_variance[known])
    drawn = (believed * mean)[codes]
    value = own * np.nan_to_num(deviation) + (1 - own) * drawn
    return Shrunk(value, own, (1 - own) * believed[codes])
