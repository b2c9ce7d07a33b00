"""The update of draws on what was observed: each draw moved so that together they know the actuals.

Linear and Gaussian, one observation after the other, without random numbers: the square-root form of
the ensemble Kalman filter (Whitaker and Hamill, 2002, Monthly Weather Review 130:1913-1924). The
equations are in docs/monitor.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEAST_DRAWS = 30
"""With fewer, correlations between lines are mostly noise of sampling."""

_NOTHING = 1e-9


@dataclass(frozen=True)
class Observation:
    """One quantity as measured: its row among the quantities, what it came to, and the standard
    deviation of what may lie between the two."""

    row: int
    value: float
    error_sd: float


def conditioned(quantities: Floats, observations: Sequence[Observation]) -> Floats:
    """Draws of every quantity, given observations of some. Returns (quantity, draw); the input is kept.

    `quantities`: (quantity, draw), any units, each row its own. An observation of a quantity that
    neither varies nor is measured with error says nothing and moves nothing. A correlation is
    trusted as far as the number of draws supports it. Raises ValueError for fewer than LEAST_DRAWS.
    """
    draws = quantities.shape[1]
    if draws < LEAST_DRAWS:
        raise ValueError(f"{draws} draws; at least {LEAST_DRAWS} are needed to learn from actuals")
    mean = quantities.mean(axis=1)
    anomalies = quantities - mean[:, None]
    scale = np.maximum(np.abs(mean), 1.0) * _NOTHING
    anomalies[anomalies.std(axis=1) <= scale] = 0.0
    for observation in observations:
        own = anomalies[observation.row].copy()
        variance = float((own * own).sum()) / (draws - 1)
        error = observation.error_sd**2
        if variance == 0.0:
            continue
        covariance = (anomalies * own).sum(axis=1) / (draws - 1)
        variances = (anomalies * anomalies).sum(axis=1) / (draws - 1)
        gain = _trusted(covariance, variances, variance, draws) / (variance + error)
        mean = mean + gain * (observation.value - mean[observation.row])
        # What is left of the spread of the quantity observed: variance x error / (variance + error).
        shrinkage = 1.0 / (1.0 + np.sqrt(error / (variance + error)))
        anomalies = anomalies - (shrinkage * gain)[:, None] * own
    return np.asarray(mean[:, None] + anomalies)


def _trusted(covariance: Floats, variances: Floats, variance: float, draws: int) -> Floats:
    """Covariances scaled by adjusted R squared over R squared, so that chance correlations count for nothing."""
    product = variances * variance
    squared = np.divide(covariance**2, product, out=np.zeros_like(product), where=product > 0)
    squared = np.minimum(squared, 1.0)
    adjusted = 1.0 - (1.0 - squared) * (draws - 1) / (draws - 2)
    trust = np.divide(adjusted, squared, out=np.zeros_like(squared), where=squared > 0)
    return np.asarray(covariance * np.clip(trust, 0.0, 1.0))
