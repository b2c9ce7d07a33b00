"""Bayes linear adjustment of inputs by what was seen of the figures that they drive.

The equations, with their sources (Goldstein and Wooff 2007; Evensen 2003), are in docs/update.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Links:
    """How figures hang on inputs: figure = slopes' input + rest, every input with variance 1.

    `slopes`: (input, figure), nil where sampling alone explains the link. `correlations`: (input,
    input) of the inputs as the scenario states them. `rest`: (figure, figure), covariance of what no
    input explains: chance, and inputs acting together.
    """

    slopes: Floats
    correlations: Floats
    rest: Floats

    @property
    def covariance(self) -> Floats:
        """Covariance of the figures (figure, figure)."""
        return np.asarray(self.slopes.T @ self.correlations @ self.slopes + self.rest)


@dataclass(frozen=True)
class Adjusted:
    """Inputs and figures given what was seen; scores have mean 0 and variance 1 before.

    `mean`: (input,); `covariance`: (input, input). `by_input`: (input, figure), what each input's new
    mean adds to each figure; `by_rest` and `by_noise`: (figure,), what is left to chance and to
    recording. Over inputs, rest and noise the parts add up to the surprise. `discrepancy`: d' (S + R)^-1 d,
    how far all figures together lie off the forecast, about their number where they are as expected.
    """

    mean: Floats
    covariance: Floats
    by_input: Floats
    by_rest: Floats
    by_noise: Floats
    discrepancy: float = 0.0

    @property
    def sd(self) -> Floats:
        """Standard deviation of each input's score after, at most 1 (input,)."""
        return np.sqrt(np.clip(np.diag(self.covariance), 0.0, 1.0))

    @property
    def figure_mean(self) -> Floats:
        """Adjusted mean of each figure, less its mean before (figure,)."""
        return np.asarray(self.by_input.sum(axis=0) + self.by_rest)


def links(
    scores: Floats,
    figures: Floats,
    correlations: Floats,
    informed: NDArray[np.bool_],
    multiple: float,
) -> Links:
    """Estimate slopes from draws.

    Parameters: `scores` (input, draw), expected normal scores given the value drawn; `figures`
    (figure, draw) in any units; `correlations` (input, input) as stated; `informed` (input,), False
    where an input cannot have moved a figure yet; `multiple` of 1/sqrt(draws) below which a
    correlation is sampling. Inputs tied together are kept together.
    """
    draws = scores.shape[1]
    centred = scores - scores.mean(axis=1, keepdims=True)
    deviations = figures - figures.mean(axis=1, keepdims=True)
    together = centred @ deviations.T / (draws - 1)
    sizes = np.outer(centred.std(axis=1, ddof=1), deviations.std(axis=1, ddof=1))
    strength = np.divide(np.abs(together), sizes, out=np.zeros_like(together), where=sizes > 0)
    slopes = np.zeros_like(together)
    _, tied = connected_components(correlations != 0, directed=False)
    for group in np.unique(tied[informed]):
        rows = np.flatnonzero((tied == group) & informed)
        real = strength[rows].max(axis=0) >= multiple / np.sqrt(draws)
        inverse = np.linalg.pinv(correlations[np.ix_(rows, rows)], rcond=1e-6, hermitian=True)
        slopes[rows] = inverse @ (together[rows] * real)
    residual = deviations - slopes.T @ centred
    return Links(slopes, correlations, residual @ residual.T / (draws - 1))


def adjust(found: Links, surprise: Floats, noise: Floats) -> Adjusted:
    """Inputs given figures seen `surprise` (figure,) off their means, each with error variance `noise`.

    Mean C (S + R)^-1 d and covariance P - C (S + R)^-1 C' with P the inputs' own correlations, C
    their covariance with the figures, S that of the figures and R = diag(noise). Raises ValueError
    for a figure without noise or spread, about which nothing can be learnt.
    """
    size = len(surprise)
    if size == 0:
        count = len(found.correlations)
        nothing = np.zeros((count, 0))
        return Adjusted(np.zeros(count), found.correlations, nothing, np.zeros(0), np.zeros(0))
    if (noise <= 0).any():
        raise ValueError("every figure seen needs an error of its own")
    covariance = found.covariance + np.diag(noise)
    with_figures = found.correlations @ found.slopes
    weights = np.linalg.solve(covariance, surprise)
    mean = with_figures @ weights
    after = found.correlations - with_figures @ np.linalg.solve(covariance, with_figures.T)
    return Adjusted(
        mean,
        (after + after.T) / 2,
        found.slopes * mean[:, None],
        np.asarray(found.rest @ weights),
        noise * weights,
        float(surprise @ weights),
    )
