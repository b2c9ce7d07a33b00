"""Empirical Bayes: how far an authority's own figure is believed against the mean of all.

Source: normal-normal empirical Bayes with the variance between authorities by the method of
moments (Efron and Morris, "Data analysis using Stein's estimator", JASA 70, 1975).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def reliability(
    values: Floats, sampling_variance: Floats, used: NDArray[np.bool_], least_share: float
) -> Floats:
    """Share of each authority's deviation that is real: V / (V + s2), shape (authority,), 0 to 1.

    V is the variance between the authorities `used` beyond the median of their sampling variances
    s2, at least `least_share` of what is seen. NaN where the value or s2 is NaN.

    >>> x = np.array([0.0, 2.0, 4.0]); s2 = np.array([1.0, 1.0, 9.0])
    >>> reliability(x, s2, np.ones(3, dtype=bool), 0.05).round(3)
    array([0.75, 0.75, 0.25])
    """
    seen = np.var(values[used], ddof=1)
    real = max(seen - float(np.median(sampling_variance[used])), least_share * seen)
    if real <= 0:
        return np.zeros_like(values)
    return np.asarray(real / (real + sampling_variance))
