"""How far each authority's rates lie from the mean of authorities, and how far that is believed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.calibration.pipeline_rates import rate, sampling_variance
from model.calibration.settings import Settings
from model.calibration.shrinkage import shrink
from model.history.history import History

Floats = NDArray[np.float64]
_LEAST_AUTHORITIES = 20


@dataclass(frozen=True)
class Deviations:
    """Rates at one January against their mean over authorities.

    `shrunk`, `seen`, `weight_own`, `weight_region`: (rate, authority); `shrunk` is what is used, the
    region's where an authority's own is not known, nil where too few have the rate. `mean`: (rate,); nil for `prevalence`, NaN where too few authorities have it.
    """

    rates: tuple[str, ...]
    shrunk: Floats
    seen: Floats
    weight_own: Floats
    weight_region: Floats
    mean: Floats


def deviations_at(
    history: History, rates: tuple[str, ...], january: int, settings: Settings
) -> Deviations:
    """Deviations at a January from what `history` holds; the outermost are drawn in."""
    plans = history.of("plans", january).to_numpy(dtype=float)
    size = (len(rates), len(plans))
    shrunk, seen = np.zeros(size), np.full(size, np.nan)
    own, region = np.zeros(size), np.zeros(size)
    regions = history.authorities.region.to_numpy(dtype=str)
    mean = np.full(len(rates), np.nan)
    for row, name in enumerate(rates):
        value = rate(history, name, january)
        used = np.isfinite(value) & (plans > settings.least_plans)
        if used.sum() < _LEAST_AUTHORITIES:
            continue
        low, high = np.quantile(value[used], [settings.outer_share, 1 - settings.outer_share])
        value = np.clip(value, low, high)
        mean[row] = value[used].mean()
        variance = sampling_variance(name, value, plans)
        seen[row] = value - mean[row]
        drawn = shrink(seen[row], variance, regions, used, settings.least_variance_share)
        shrunk[row], own[row], region[row] = drawn.deviation, drawn.weight_own, drawn.weight_region
    if "prevalence" in rates:
        mean[rates.index("prevalence")] = 0.0
    return Deviations(rates, shrunk, seen, own, region, mean)
