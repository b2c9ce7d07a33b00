"""Growth of the years ahead in draws: the nation's, and each authority's own shrunk to it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from model.calibration.money.growth_fit import GrowthFit
from model.calibration.money.settings import GrowthSettings

Floats = NDArray[np.float64]
_LEAST_PERSISTENCE, _MOST_PERSISTENCE = -0.45, 0.95
"""Below -0.5 no series of errors that are undone a year later can lie."""
_UNKNOWN = 1e8
"""Times the variance: a year without a figure tells nothing."""


def growth_ahead(
    fit: GrowthFit,
    past_plans: Floats | None,
    plans_now: Floats | None,
    settings: GrowthSettings,
    horizons: int,
    draws: int,
    random: np.random.Generator,
) -> Floats:
    """Growth from the origin to each horizon, summed over years: (authority, horizon 1.., draw).

    `past_plans` (authority, year) and `plans_now` (authority,): plans behind past growth and at the
    origin, None as in `fit_growth`. A draw has one growth of the nation for all authorities.
    """
    nation = nation_ahead(fit, settings, horizons, draws, random)
    own = own_ahead(fit, past_plans, plans_now, settings, horizons, draws, random)
    total: Floats = np.cumsum(nation[None] + own, axis=1)
    return total


def nation_level(nation: Floats, settings: GrowthSettings) -> tuple[float, float]:
    """The nation's level of growth, and the squared weights of its years: the variance of the level
    in units of a year's variance."""
    years = len(nation)
    weights = np.full(years, (1 - settings.weight_on_latest) / max(years - 1, 1))
    weights[-1] = settings.weight_on_latest if years > 1 else 1.0
    return float(weights @ nation), float((weights**2).sum())


def nation_ahead(
    fit: GrowthFit,
    settings: GrowthSettings,
    horizons: int,
    draws: int,
    random: np.random.Generator,
) -> Floats:
    """The nation's growth of each year ahead: (horizon, draw).

    Its standard deviation is what is assumed with the weight of `national_years`, and what the years
    in the file show beside it; a draw has one such deviation, one error of the level, and a shock
    of each year.
    """
    level, level_variance = nation_level(fit.nation, settings)
    shown = float(((fit.nation - fit.nation.mean()) ** 2).sum())
    degrees = settings.national_years + len(fit.nation) - 1
    sum_of_squares = settings.national_years * settings.national_sd**2 + shown
    sd = np.sqrt(sum_of_squares / random.chisquare(degrees, draws))
    error = np.sqrt(level_variance) * random.standard_normal(draws)
    ahead: Floats = level + sd * (error + random.standard_normal((horizons, draws)))
    return ahead


def own_ahead(
    fit: GrowthFit,
    past_plans: Floats | None,
    plans_now: Floats | None,
    settings: GrowthSettings,
    horizons: int,
    draws: int,
    random: np.random.Generator,
) -> Floats:
    """Each authority's growth less the nation's, of each year ahead: (authority, horizon, draw).

    Given its past deviations, by the best linear prediction at the draw's persistence. Years ahead
    have the heavy tails of the past, up to `largest_own_growth`.
    """
    # Spread evenly over its distribution, in random order: less noise than drawing it.
    even = stats.norm.ppf((np.arange(draws) + 0.5) / draws)
    persistence = fit.persistence + fit.persistence_sd * random.permutation(even)
    slope, covariance = _prediction(fit, past_plans, plans_now, horizons, persistence)
    mean = np.einsum("dahk,ak->dah", slope, np.nan_to_num(fit.deviations))
    root = np.linalg.cholesky(covariance)
    shape = (draws, len(fit.deviations), horizons)
    shocks = np.einsum("dahj,daj->dah", root, random.standard_normal(shape))
    degrees = fit.degrees_of_freedom
    shocks *= np.sqrt(degrees / random.chisquare(degrees, shape))
    # Without a limit the exponential of a Student t has no mean, and a sum over draws no meaning.
    shocks = np.clip(shocks, -settings.largest_own_growth, settings.largest_own_growth)
    return np.moveaxis(mean + shocks, 0, 2)


def own_weight(fit: GrowthFit, past_plans: Floats | None, plans_now: Floats | None) -> Floats:
    """Of an authority's mean past deviation, the part expected of the next year: (authority,).

    1 less this is how far its growth is shrunk to the nation's. Below nil, part of it is undone.
    """
    slope, _ = _prediction(fit, past_plans, plans_now, 1, np.array([fit.persistence]))
    known = np.isfinite(fit.deviations)
    return np.asarray((slope[0, :, 0, :] * known).sum(axis=1), dtype=np.float64)


def _prediction(
    fit: GrowthFit,
    past_plans: Floats | None,
    plans_now: Floats | None,
    horizons: int,
    persistence: Floats,
) -> tuple[Floats, Floats]:
    """Slope (draw, authority, horizon, year) on past deviations, and covariance ahead (.., horizon, horizon).

    Persistence above nil: a part of growth that stays for good, the same in every year. Below nil:
    errors of level, undone in the next year. Both with the correlation `persistence` of following years.
    """
    authorities, years = fit.deviations.shape
    behind = np.full((authorities, years), np.inf) if past_plans is None else past_plans
    now = np.full(authorities, np.inf) if plans_now is None else plans_now
    all_plans = np.column_stack([behind, *[now] * horizons])
    # A year without a count has no growth either: `_caution` leaves it out whatever its scale.
    scales = fit.scales(np.where(np.isnan(all_plans), now[:, None], all_plans))
    correlation = np.clip(persistence, _LEAST_PERSISTENCE, _MOST_PERSISTENCE)
    total = years + horizons
    lag = np.abs(np.subtract.outer(np.arange(total), np.arange(total)))
    common = np.clip(correlation, 0, None)[:, None] * fit.typical_scale**2
    # With many plans nearly all of the variance may last, never all of it.
    common = np.minimum(common, _MOST_PERSISTENCE * (scales**2).min(axis=1))
    lasting = common[..., None, None] * np.ones((total, total))
    undone = (
        np.clip(correlation, None, 0)[:, None, None, None]
        * (lag == 1)
        * (scales[:, :, None] * scales[:, None, :])
    )
    noise = (scales**2 - common[..., None]) * _caution(fit, scales)
    covariance = lasting + undone + noise[..., None] * np.eye(total)
    past, ahead = slice(None, years), slice(years, None)
    crossed = covariance[..., ahead, past]
    slope = np.linalg.solve(covariance[..., past, past], np.swapaxes(crossed, -1, -2))
    slope = np.swapaxes(slope, -1, -2)
    return slope, covariance[..., ahead, ahead] - slope @ np.swapaxes(crossed, -1, -2)


def _caution(fit: GrowthFit, scales: Floats) -> Floats:
    """How many times its variance a deviation counts as: more the further out it lies, (authority, year)."""
    years = fit.deviations.shape[1]
    times = np.ones_like(scales)
    standard = fit.deviations / scales[:, :years]
    degrees = fit.degrees_of_freedom
    weight = np.minimum((degrees + 1) / (degrees + standard**2), 1.0)
    times[:, :years] = np.where(np.isfinite(standard), 1 / weight, _UNKNOWN)
    return times
