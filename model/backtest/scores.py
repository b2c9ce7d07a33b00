"""Scores of forecasts against what came: errors, CRPS, coverage, PIT, and how sure a ratio of errors is.

Everything is vectorised over rows (a row is one authority, origin and horizon). NaN in, NaN out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

HALF_INTERVAL = 0.025
"""Share of resamples beyond each end of a 95 % interval."""

INTERVAL = (HALF_INTERVAL, 1 - HALF_INTERVAL)


def crps(ensemble: Floats, actual: Floats) -> Floats:
    """Continuous ranked probability score (row,), in the unit of the forecast; nil is best.

    `ensemble` (row, value): equally likely values, in any order; `actual` (row,). Exact for the ensemble
    as it stands, E|X - y| - E|X - X'| / 2 with both means over all values, by sorting.
    Source: Gneiting and Raftery, Strictly Proper Scoring Rules (2007), equation 21.

    >>> crps(np.array([[0.0, 2.0]]), np.array([1.0]))
    array([0.5])
    """
    values = np.sort(ensemble, axis=-1)
    count = values.shape[-1]
    from_actual = np.abs(values - actual[..., None]).mean(axis=-1)
    # The sum of |X - X'| over pairs counts each sorted value once up and once down.
    weights = 2 * np.arange(1, count + 1) - count - 1
    return np.asarray(from_actual - (values * weights).sum(axis=-1) / count**2)


def percentage_error(forecast: Floats, actual: Floats) -> Floats:
    """(forecast - actual) / actual in percent (row,): above nil is too high. NaN for an actual of nil.

    >>> percentage_error(np.array([110.0, 5.0]), np.array([100.0, 0.0]))
    array([10., nan])
    """
    missed = np.asarray(forecast - actual, dtype=float)
    unknown = np.full(missed.shape, np.nan)
    return np.asarray(100 * np.divide(missed, actual, out=unknown, where=actual > 0))


def coverage(low: Floats, high: Floats, actual: Floats) -> Floats:
    """1 where the actual lies between `low` and `high`, 0 where not, half where it is on a limit (row,).

    Actuals are whole, and the limits of whole-number draws are mostly whole too. Counting a limit as
    inside would cover too much and as outside too little: a half is right on average, and where limits
    are not whole nothing is on them. Where both limits are the actual it counts 1. NaN without limits.

    >>> coverage(np.array([2.0, 3.0, 4.0]), np.array([5.0, 5.0, 5.0]), np.array([3.0, 3.0, 3.0]))
    array([1. , 0.5, 0. ])
    """
    above = np.where(actual > low, 1.0, np.where(actual == low, 0.5, 0.0))
    below = np.where(actual < high, 1.0, np.where(actual == high, 0.5, 0.0))
    covered = np.where((low == high) & (actual == low), 1.0, np.maximum(above + below - 1, 0.0))
    return np.where(np.isfinite(low) & np.isfinite(high) & np.isfinite(actual), covered, np.nan)


def pit(ensemble: Floats, actual: Floats, seed: int) -> Floats:
    """Probability integral transform (row,), 0 to 1: where in its forecast each actual came out.

    Randomised, because an ensemble has steps and whole numbers have ties: (values below + u (values
    equal + 1)) / (values + 1), u uniform from `seed`. Where an actual is one more value of the same kind
    as the ensemble's, this is exactly uniform. NaN where the ensemble or the actual is unknown.
    """
    below = (ensemble < actual[..., None]).sum(axis=-1)
    equal = (ensemble == actual[..., None]).sum(axis=-1)
    uniform = np.random.default_rng(seed).uniform(size=actual.shape)
    at = (below + uniform * (equal + 1)) / (ensemble.shape[-1] + 1)
    return np.where(np.isfinite(ensemble).all(axis=-1) & np.isfinite(actual), at, np.nan)


@dataclass(frozen=True)
class Ratio:
    """A ratio of mean errors with its 95 % interval over resampled authorities; below 1 is better."""

    value: float
    low: float
    high: float
    rows: int
    authorities: int


def ratio_of_means(
    errors: Floats,
    errors_of_rival: Floats,
    authorities: ArrayLike,
    *,
    resamples: int,
    seed: int,
) -> Ratio:
    """Mean of `errors` over mean of `errors_of_rival` (row,), and how far it would differ elsewhere.

    `authorities` (row,) says whose each row is. The bootstrap draws whole authorities with
    replacement, because the rows of one are alike: its origins share years. It says what other
    authorities would give in the same years, and nothing of other years. Rows where either error is
    unknown are left out. NaN throughout without rows; a nil interval with one authority.
    """
    known = np.isfinite(errors) & np.isfinite(errors_of_rival)
    names, whose = np.unique(np.asarray(authorities)[known], return_inverse=True)
    if not names.size:
        return Ratio(float("nan"), float("nan"), float("nan"), 0, 0)
    ours = np.bincount(whose, errors[known])
    theirs = np.bincount(whose, errors_of_rival[known])
    drawn = np.random.default_rng(seed).multinomial(
        names.size, np.full(names.size, 1 / names.size), resamples
    )
    below = drawn @ theirs
    ratios = np.divide(drawn @ ours, below, out=np.full(resamples, np.nan), where=below > 0)
    value = float(ours.sum() / theirs.sum()) if theirs.sum() > 0 else float("nan")
    low, high = np.nanquantile(ratios, INTERVAL) if np.isfinite(ratios).any() else (np.nan, np.nan)
    return Ratio(value, float(low), float(high), int(known.sum()), names.size)
