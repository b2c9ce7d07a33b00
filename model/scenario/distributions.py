"""The distributions an uncertain number may have, as quantile functions on arrays.

`scipy.special` is used rather than `scipy.stats`: it has every function needed here and loads in a
tenth of the time, which keeps `validate` quick.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]

TRUNCATED_MASS_ALLOWED = 0.01
"""A distribution may have this much of its mass outside the permitted range (design section 4)."""

_Z90 = float(special.ndtri(0.9))
_Z95 = float(special.ndtri(0.95))
_MEAN_POINTS = 4001


@dataclass(frozen=True)
class Distribution:
    """A univariate distribution cut to a permitted range.

    Attributes: kind and parameters as written in the scenario; `quantile` maps uniforms in 0..1
    (any shape) to values; `mean` is the central value of a continuous input and `mode` (discrete
    inputs only) the likeliest value; `truncated_mass` is the probability that lay outside
    the permitted range before it was cut.
    """

    kind: str
    parameters: tuple[float, ...]
    quantile: Callable[[Floats], Floats]
    mean: float
    mode: float | None = None
    truncated_mass: float = 0.0

    @property
    def central(self) -> float:
        """Mean of a continuous input, likeliest value of a discrete one (design section 4)."""
        return self.mean if self.mode is None else self.mode

    @property
    def certain(self) -> bool:
        """True when every draw has the same value."""
        return self.kind == "plain"

    def describe(self) -> str:
        """The distribution in the words of the scenario file, for the assumptions register."""
        if self.certain:
            return ""
        return f"{self.kind} " + ", ".join(f"{value:g}" for value in self.parameters)


def plain(value: float) -> Distribution:
    """A number that is the same in every draw."""
    return Distribution("plain", (value,), lambda u: np.full(np.shape(u), value), value)


def pert(low: float, mode: float, high: float) -> Distribution:
    """PERT: a beta on low..high with shape 1 + 4 (mode - low)/(high - low), mean (low + 4 mode + high)/6."""
    if low == high:
        return plain(low)
    span = high - low
    alpha = 1 + 4 * (mode - low) / span
    beta = 1 + 4 * (high - mode) / span
    return Distribution(
        "pert",
        (low, mode, high),
        lambda u: low + span * np.asarray(special.betaincinv(alpha, beta, u)),
        (low + 4 * mode + high) / 6,
    )


def uniform(low: float, high: float) -> Distribution:
    """Every value from low to high equally likely."""
    return Distribution(
        "uniform", (low, high), lambda u: low + (high - low) * np.asarray(u), (low + high) / 2
    )


def beta(a: float, b: float) -> Distribution:
    """Beta with shapes a and b, mean a/(a+b)."""
    return Distribution(
        "beta", (a, b), lambda u: np.asarray(special.betaincinv(a, b, u)), a / (a + b)
    )


def discrete(values: tuple[float, ...], probabilities: tuple[float, ...]) -> Distribution:
    """Values in increasing order with their probabilities."""
    order = np.argsort(values, kind="stable")
    ordered = np.asarray(values, dtype=float)[order]
    weights = np.asarray(probabilities, dtype=float)[order]
    edges = np.cumsum(weights)[:-1]
    return Distribution(
        "discrete",
        tuple(float(x) for pair in zip(ordered, weights, strict=True) for x in pair),
        lambda u: ordered[np.searchsorted(edges, u, side="right")],
        float(ordered @ weights),
        mode=float(ordered[int(np.argmax(weights))]),
    )


def normal(mean: float, sd: float, low: float, high: float) -> Distribution:
    """Normal with mean and standard deviation, cut to low..high."""
    return _on_normal_scale("normal", (mean, sd), mean, sd, _identity, _identity, low, high, mean)


def lognormal(median: float, p95: float, low: float, high: float) -> Distribution:
    """Lognormal with its median and 95th percentile, cut to low..high."""
    sigma = math.log(p95 / median) / _Z95
    mean = median * math.exp(sigma * sigma / 2)
    return _on_normal_scale(
        "lognormal", (median, p95), math.log(median), sigma, np.exp, _log, low, high, mean
    )


def between(p10: float, p90: float, low: float, high: float) -> Distribution:
    """The way people speak: 10th and 90th percentiles.

    Logit-normal where the permitted range is a share (0 to 1), lognormal where both ends are
    positive and the range allows nothing below zero, else normal (design section 4).
    """
    is_share = low == 0.0 and high == 1.0 and p10 > 0 and p90 < 1
    if is_share:
        ends = special.logit(p10), special.logit(p90)
        mu, sigma = float(sum(ends) / 2), float((ends[1] - ends[0]) / (2 * _Z90))
        mean = float(np.mean(special.expit(mu + sigma * special.ndtri(_midpoints()))))
        return _on_normal_scale(
            "between", (p10, p90), mu, sigma, special.expit, special.logit, low, high, mean
        )
    if p10 > 0 and low >= 0:
        mu, sigma = math.log(p10 * p90) / 2, math.log(p90 / p10) / (2 * _Z90)
        mean = math.exp(mu + sigma * sigma / 2)
        return _on_normal_scale("between", (p10, p90), mu, sigma, np.exp, _log, low, high, mean)
    mu, sigma = (p10 + p90) / 2, (p90 - p10) / (2 * _Z90)
    return _on_normal_scale("between", (p10, p90), mu, sigma, _identity, _identity, low, high, mu)


def _identity(value: Floats) -> Floats:
    return np.asarray(value, dtype=float)


def _log(value: Floats) -> Floats:
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(value))


def _midpoints() -> Floats:
    return (np.arange(_MEAN_POINTS) + 0.5) / _MEAN_POINTS


def _on_normal_scale(
    kind: str,
    parameters: tuple[float, ...],
    mu: float,
    sigma: float,
    from_normal: Callable[[Floats], Floats],
    to_normal: Callable[[Floats], Floats],
    low: float,
    high: float,
    mean: float,
) -> Distribution:
    """A transformed normal cut to low..high; the mean of a cut one is integrated numerically."""
    if sigma == 0:
        return plain(float(from_normal(np.asarray(mu))))
    cuts = [-math.inf, math.inf]
    for index, end in enumerate((low, high)):
        if math.isfinite(end):
            with np.errstate(divide="ignore", invalid="ignore"):
                cuts[index] = float(to_normal(np.asarray(end, dtype=float)))
    below = float(special.ndtr((cuts[0] - mu) / sigma))
    above = float(special.ndtr(-(cuts[1] - mu) / sigma))
    kept = 1 - below - above

    def quantile(u: Floats) -> Floats:
        values = from_normal(mu + sigma * special.ndtri(below + kept * np.asarray(u)))
        return np.clip(values, low, high)

    truncated = below + above
    if truncated > 0:
        mean = float(np.mean(quantile(_midpoints())))
    return Distribution(kind, parameters, quantile, mean, truncated_mass=truncated)
