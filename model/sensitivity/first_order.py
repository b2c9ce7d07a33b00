"""First-order indices from the draws a run has made: the share of variance each input explains alone.

A given-data estimator: the figure is regressed on smooth functions of an input's ranks (or of its
values where there are few; of several inputs also on products), and the adjusted R squared of that
regression estimates Var(E[Y | X]) / Var(Y). No run of its own is needed. Compare Saltelli and others,
Global Sensitivity Analysis (2008), and Tarantola, Gatelli and Mara (2006) for the same idea with
Fourier series.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import special
from scipy.stats import rankdata

Floats = NDArray[np.float64]

FEW_VALUES = 8
"""An input with no more values than this is taken value by value."""

POWERS, COSINES = 3, 6
"""Powers of normal scores for what bends, cosines of ranks for what turns more than once."""

DRAWS_A_FUNCTION = 10
"""Draws that a regression needs for each of its functions; with fewer it would fit the noise."""

RESAMPLES = 400
INTERVAL = (0.05, 0.95)
FEWEST_DRAWS = 100


@dataclass(frozen=True)
class Index:
    """A share of variance with its 5th and 95th bootstrap percentile.

    `deviations` (resample,): what resampling the draws does to it; the same resamples for every input of
    a run, so that indices can be added up. Around nil an index may come out a little below.
    """

    value: float
    low: float
    high: float
    deviations: Floats = field(
        default_factory=lambda: np.zeros(RESAMPLES), repr=False, compare=False
    )


def first_order(columns: Floats, target: Floats, seed: int = 0) -> Index | None:
    """First-order index of one group from `columns` (draw, column) and `target` (draw,).

    The interval is that of draws resampled with replacement, centred on the estimate, because repeated
    draws make every regression look better. None where there are too few draws for so many columns.
    Raises ValueError with fewer than 100 draws.
    """
    draws = len(target)
    if draws < FEWEST_DRAWS:
        raise ValueError(f"first-order indices need {FEWEST_DRAWS} draws, there are {draws}")
    if target.std() == 0 or columns.shape[1] == 0:
        return Index(0.0, 0.0, 0.0)
    design = _design(columns, target)
    if design is None:
        return None
    value = float(_adjusted(design, target, np.ones((1, draws)))[0])
    counts = np.random.default_rng(seed).multinomial(draws, np.full(draws, 1 / draws), RESAMPLES)
    resampled = _adjusted(design, target, counts.astype(float))
    deviations = resampled - resampled.mean()
    low, high = np.quantile(deviations, INTERVAL)
    return Index(value, value + float(low), value + float(high), deviations)


def summed(indices: list[Index]) -> Index:
    """What inputs explain one by one, together, with the interval of the sum."""
    value = float(sum(index.value for index in indices))
    deviations = np.sum([index.deviations for index in indices], axis=0)
    low, high = np.quantile(deviations, INTERVAL)
    return Index(value, value + float(low), value + float(high), deviations)


def _design(columns: Floats, target: Floats) -> Floats | None:
    """Functions of the columns (draw, function): as many as the draws bear, or None."""
    most = len(target) // DRAWS_A_FUNCTION
    full = _smooth(columns)
    if full.shape[1] <= most:
        return full
    scores = np.stack([_scores(column) for column in columns.T], axis=1)
    if scores.shape[1] + 2 > most:
        return None
    # Many columns: straight in each, bent in the direction that matters.
    straight, *_ = np.linalg.lstsq(scores, target - target.mean(), rcond=None)
    along = scores @ straight
    along = along / along.std() if along.std() > 0 else along
    design = np.column_stack([scores, along**2, along**3])
    return np.asarray(design - design.mean(axis=0))


def _scores(column: Floats) -> Floats:
    return np.asarray(special.ndtri((rankdata(column) - 0.5) / len(column)))


def _smooth(columns: Floats) -> Floats:
    """Functions of the columns, each with mean nil (draw, function)."""
    count = columns.shape[1]
    functions: list[Floats] = []
    scores: list[Floats] = []
    for column in columns.T:
        values = np.unique(column)
        scores.append(_scores(column))
        if len(values) <= FEW_VALUES:
            functions += [(column == value).astype(float) for value in values[1:]]
            continue
        functions += [scores[-1] ** power for power in range(1, POWERS + 1)]
        if count == 1:
            level = (rankdata(column) - 0.5) / len(column)
            functions += [np.cos(order * np.pi * level) for order in range(1, COSINES + 1)]
    functions += [scores[i] * scores[j] for i in range(count) for j in range(i + 1, count)]
    design = np.stack(functions, axis=1)
    return np.asarray(design - design.mean(axis=0))


def _adjusted(design: Floats, target: Floats, weights: Floats) -> Floats:
    """Adjusted R squared of weighted least squares, one for each row of `weights` (resample, draw)."""
    rows = np.column_stack([np.ones(len(target)), design])
    functions = rows.shape[1]
    squares = np.einsum("bn,ni,nj->bij", weights, rows, rows, optimize=True)
    products = weights @ (rows * target[:, None])
    # A function that is nil in a resample has no coefficient.
    ridge = 1e-10 * np.einsum("bii->b", squares)[:, None, None] * np.eye(functions)
    fit = np.linalg.solve(squares + ridge, products[..., None])[..., 0]
    total = weights.sum(axis=1)
    mean = weights @ target / total
    explained = np.einsum("bi,bi->b", fit, products) - total * mean**2
    around = weights @ target**2 - total * mean**2
    share: Floats = np.divide(explained, around, out=np.zeros_like(total), where=around > 0)
    return np.asarray(1 - (1 - share) * (total - 1) / (total - functions))
