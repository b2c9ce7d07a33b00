"""What published growth says: the nation's by year, how far authorities lie from it, and whether that lasts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats
from threadpoolctl import threadpool_limits

from model.calibration.money.settings import GrowthSettings

Floats = NDArray[np.float64]
LEAST_AUTHORITIES: Final = 3
"""Authorities with growth that a year needs to say anything of the nation."""
_LEAST_SPREAD: Final = 1e-6
"""Where all authorities grow alike, what is left is rounding."""
_MOST_DEGREES: Final = 50.0
"""Beyond this a Student t is a normal for every range that is shown."""


@dataclass(frozen=True)
class GrowthFit:
    """Growth of one measure over all authorities, as far as it is known.

    `nation` (year,): growth of the typical authority. `deviations` (authority, year): growth less
    the nation's, NaN where unknown. `scale`, `scale_per_plan`: the squared scale of a deviation is
    scale^2 + scale_per_plan / plans; `typical_scale` is that of the authority in the middle.
    `degrees_of_freedom` of its Student t. `persistence`, `persistence_sd`: correlation of deviations
    of two years following each other: above nil own growth lasts, below nil it is undone. `pairs`:
    deviations that have another before them.
    """

    nation: Floats
    deviations: Floats
    scale: float
    scale_per_plan: float
    typical_scale: float
    degrees_of_freedom: float
    persistence: float
    persistence_sd: float
    pairs: int

    def scales(self, plans: Floats) -> Floats:
        """Scale of the deviation of authorities with so many plans; same shape as `plans`."""
        return np.sqrt(self.scale**2 + self.scale_per_plan / plans)


def fit_growth(growth: Floats, plans: Floats | None, settings: GrowthSettings) -> GrowthFit:
    """Fit by maximum likelihood of a Student t, so that bad rows count for little.

    `growth` (authority, year): change of the log or of the share, NaN where unknown. `plans`: of
    the same shape, the plans behind each, None where the measure is no mean over plans. Raises
    ValueError where a year has fewer than three authorities.
    """
    known = np.isfinite(growth)
    if growth.shape[1] == 0 or known.sum(axis=0).min() < LEAST_AUTHORITIES:
        raise ValueError("growth needs at least three authorities in every year")
    row, year = np.nonzero(known)
    values = growth[known]
    middle = np.array([np.median(growth[known[:, k], k]) for k in range(growth.shape[1])])
    spread = max(1.4826 * float(np.median(np.abs(values - middle[year]))), _LEAST_SPREAD)
    typical = 1.0 if plans is None else float(np.median(plans[known]))
    inverse = np.zeros(len(values)) if plans is None else typical / plans[row, year]
    years = growth.shape[1]

    # In units of the spread, and plans in units of the typical authority's.
    standard = (values - middle[year]) / spread

    def loss(at: Floats) -> float:
        centre, (scale, per_plan, degrees) = at[:years], np.exp(at[years:])
        width = np.sqrt(scale**2 + per_plan * inverse)
        likelihood = stats.t.logpdf((standard - centre[year]) / width, degrees) - np.log(width)
        return -float(likelihood.sum())

    no_plans = plans is None
    start = np.concatenate([np.zeros(years), np.log([0.9, 0.05, 5.0])])
    # Without plans the second part of the scale is nil whatever its factor, which is then held.
    bounds = [
        *[(-3.0, 3.0)] * years,
        (np.log(0.02), np.log(20.0)),
        (np.log(0.05),) * 2 if no_plans else (np.log(1e-6), np.log(20.0)),
        (np.log(settings.least_degrees_of_freedom), np.log(_MOST_DEGREES)),
    ]
    # A fit of a few numbers on one thread: more would wait for each other.
    with threadpool_limits(limits=1):
        best = optimize.minimize(loss, start, method="L-BFGS-B", bounds=bounds).x
    scale, per_plan, degrees = np.exp(best[years:])
    nation = middle + spread * best[:years]
    width = spread * np.sqrt(scale**2 + per_plan * inverse)
    fit = GrowthFit(
        nation,
        growth - nation,
        float(spread * scale),
        0.0 if no_plans else float(spread**2 * per_plan * typical),
        float(np.median(width)),
        float(degrees),
        settings.persistence,
        settings.persistence_sd,
        0,
    )
    return _with_persistence(fit, plans, settings)


def _with_persistence(fit: GrowthFit, plans: Floats | None, settings: GrowthSettings) -> GrowthFit:
    """The correlation of following years on normal scores, weighed with what was assumed of it."""
    behind = np.full(fit.deviations.shape, np.inf) if plans is None else plans
    scores = stats.norm.ppf(
        stats.t.cdf(fit.deviations / fit.scales(behind), fit.degrees_of_freedom)
    )
    both = np.isfinite(scores[:, :-1]) & np.isfinite(scores[:, 1:])
    pairs = int(both.sum())
    if pairs < LEAST_AUTHORITIES or np.nanmax(np.abs(fit.deviations)) < _LEAST_SPREAD:
        return fit
    before, after = scores[:, :-1][both], scores[:, 1:][both]
    found = float((before * after).sum() / np.sqrt((before**2).sum() * (after**2).sum()))
    pair_years = int(both.any(axis=0).sum())
    found_variance = 1 / pairs + settings.between_years_sd**2 / pair_years
    weights = np.array([1 / found_variance, 1 / settings.persistence_sd**2])
    mean = float(weights @ [found, settings.persistence] / weights.sum())
    sd = float(np.sqrt(1 / weights.sum()))
    return replace(fit, persistence=mean, persistence_sd=sd, pairs=pairs)
