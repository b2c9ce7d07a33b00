"""Methods a table of yearly figures allows without a model: carry one growth forward, or none."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

RIVALS: Final = {
    "naive": "No change",
    "last_growth": "Its own last growth",
    "national_growth": "The nation's last growth",
    "average_national_own": "Average of the nation's and its own last growth",
    "mean_growth": "Its own mean growth",
}
"""Method -> its title. Growth of a price or an income is in logs; of a balance, in share of the DSG."""


def rival_forecasts(
    figures: Floats, weights: Floats, horizons: int, *, additive: bool
) -> dict[str, Floats]:
    """Forecasts by method: (authority, horizon 1..), in the unit of `figures`; NaN where none is possible.

    `figures` (authority, year): known figures, the last year the origin, NaN where unknown. `weights`
    of the same shape make the nation's figure from its authorities': plans behind a price, the DSG
    behind a share, ones for amounts. Only authorities with both years make the nation's growth.
    `additive`: growth is a difference. Own mean growth needs two, the other growths one.
    """
    scaled = figures if additive else np.log(figures)
    growth = np.diff(scaled, axis=1)
    unknown = np.full(len(figures), np.nan)
    last = growth[:, -1] if growth.shape[1] else unknown
    counted = np.isfinite(growth).sum(axis=1)
    mean = np.where(counted > 1, np.nansum(growth, axis=1) / np.maximum(counted, 1), np.nan)
    nation = _national_growth(figures, weights, additive=additive)
    yearly: dict[str, Floats] = {
        "naive": np.zeros(len(figures)),
        "last_growth": last,
        "national_growth": np.full(len(figures), nation),
        "average_national_own": (last + nation) / 2,
        # Without growth two years back it would be last growth under another name.
        "mean_growth": np.where(np.isfinite(last), mean, np.nan),
    }
    years = np.arange(1.0, horizons + 1)
    ahead: dict[str, Floats] = {
        name: scaled[:, -1:] + rate[:, None] * years for name, rate in yearly.items()
    }
    if additive:
        return ahead
    return {name: np.asarray(np.exp(values)) for name, values in ahead.items()}


def _national_growth(figures: Floats, weights: Floats, *, additive: bool) -> float:
    if figures.shape[1] < 2:
        return float("nan")
    pair, behind = figures[:, -2:], weights[:, -2:]
    both = np.isfinite(pair).all(axis=1) & np.isfinite(behind).all(axis=1)
    if not both.any():
        return float("nan")
    nation = (pair[both] * behind[both]).sum(axis=0) / behind[both].sum(axis=0)
    return float(nation[1] - nation[0] if additive else np.log(nation[1] / nation[0]))
