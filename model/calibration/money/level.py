"""The level of a price: an authority's own figure drawn to the median authority's by how few plans it has."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.calibration.money.growth_fit import GrowthFit

Floats = NDArray[np.float64]
_NORMAL_MAD = 1.4826
"""A normal's standard deviation over its median absolute deviation."""


@dataclass(frozen=True)
class Levels:
    """How logs of prices lie between authorities in one year.

    `typical`: that of the median authority. `between`: variance between authorities beyond their own
    errors. `fit`: growth, which tells the errors.
    """

    typical: float
    between: float
    fit: GrowthFit

    def weight(self, plans: Floats) -> Floats:
        """Weight of an authority's own figure against the typical, 0 to 1, same shape as `plans`."""
        if self.between == 0:
            return np.zeros_like(plans)
        return np.asarray(self.between / (self.between + self.error(plans)))

    def error(self, plans: Floats) -> Floats:
        """Variance of the error of a log price: half of what growth varies by plans, because growth has
        two errors, and what is undone in the next year."""
        return _error(plans, self.fit)

    def shrunk(self, log_price: Floats, plans: Floats) -> Floats:
        """Log prices drawn to the typical by their weights."""
        return np.asarray(self.typical + self.weight(plans) * (log_price - self.typical))


def levels_of(log_prices: Floats, plans: Floats, fit: GrowthFit) -> Levels:
    """From the log prices of a year and the plans behind them, both (authority,) without NaN."""
    typical = float(np.median(log_prices))
    spread = _NORMAL_MAD * float(np.median(np.abs(log_prices - typical)))
    return Levels(typical, max(spread**2 - float(np.median(_error(plans, fit))), 0.0), fit)


def _error(plans: Floats, fit: GrowthFit) -> Floats:
    return np.asarray(fit.scale_per_plan / plans / 2 + max(-fit.persistence, 0.0) * fit.scale**2)
