"""Regression in which an authority with a fault of recording counts little.

Source: Huber's estimator with the scale from the median absolute deviation, statsmodels `RLM`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Coefficients:
    """Coefficients (term,) and their covariance (term, term)."""

    value: Floats
    covariance: Floats


def robust_regression(terms: Floats, response: Floats, huber: float) -> Coefficients:
    """Regress a response (row,) on terms (row, term) without an intercept.

    Terms that are nil in every row get a coefficient of nil, known exactly.
    """
    from statsmodels.robust.norms import HuberT
    from statsmodels.robust.robust_linear_model import RLM

    count = terms.shape[1]
    value, covariance = np.zeros(count), np.zeros((count, count))
    live = np.flatnonzero(np.abs(terms).sum(axis=0) > 0)
    if len(live) and len(response) > count:
        scale = terms[:, live].std(axis=0)
        fit = RLM(response, terms[:, live] / scale, M=HuberT(huber)).fit()
        value[live] = fit.params / scale
        covariance[np.ix_(live, live)] = fit.bcov_scaled / np.outer(scale, scale)
    return Coefficients(value, covariance)
