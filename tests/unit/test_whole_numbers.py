"""Whole-number chance against exact probabilities (design 5.3: "chance moves whole plans").

Every sample has a fixed seed. A case fails by bad luck with probability under 1e-6, so that all
of them together stay under 1e-4.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from numba import njit
from scipy import stats

from model.chance.philox import Key, stream_key
from model.chance.whole import binomial, binomial_from, choose, poisson

pytestmark = pytest.mark.unit

DRAWS = 40_000
FALSE_ALARM = 1e-6


@njit
def _binomials(draws, count, hazard, k0, k1):
    out = np.empty((2, draws))
    for draw in range(draws):
        out[0, draw], out[1, draw] = binomial(count, hazard, draw, 3, 11, 0, k0, k1)
    return out


@njit
def _poissons(draws, mean, k0, k1):
    out = np.empty(draws)
    for draw in range(draws):
        out[draw] = poisson(mean, draw, 3, 0, 0, k0, k1)
    return out


def key_for(*case: object) -> Key:
    return stream_key(20230629, f"whole numbers {case}")


def assert_follows(sample: np.ndarray, exact: stats.rv_discrete) -> None:
    """Chi-square of a sample against exact probabilities, tails joined to 10 expected each."""
    assert (sample == np.round(sample)).all()
    low, high = (int(exact.ppf(q)) for q in (10 / DRAWS, 1 - 10 / DRAWS))
    edges = np.arange(low, max(high, low + 1) + 1)
    cumulative = exact.cdf(edges)
    expected = len(sample) * np.diff(np.concatenate([[0.0], cumulative, [1.0]]))
    observed = np.histogram(sample, bins=[-np.inf, *(edges + 0.5), np.inf])[0]
    # Join thin bins with the next so that the statistic has its distribution.
    joined: list[list[float]] = [[0.0, 0.0]]
    for seen, due in zip(observed, expected, strict=True):
        if joined[-1][1] >= 10:
            joined.append([0.0, 0.0])
        joined[-1][0] += seen
        joined[-1][1] += due
    if joined[-1][1] < 10 and len(joined) > 1:
        last = joined.pop()
        joined[-1][0] += last[0]
        joined[-1][1] += last[1]
    seen, due = np.array(joined).T
    assert len(seen) > 1
    statistic = float(((seen - due) ** 2 / due).sum())
    assert stats.chi2.sf(statistic, len(seen) - 1) > FALSE_ALARM


@pytest.mark.parametrize(
    ("count", "hazard"),
    [
        (1, 0.02),
        (3, 0.7),
        (18, 0.09),
        (40, 0.004),
        (250, 0.05),
        (900, 1.5),  # 3 parts
        (4000, 0.6),  # 4 parts
        (7001, 0.35),  # 5 parts, the last one small
    ],
)
def test_leavers_are_binomial(count: int, hazard: float) -> None:
    """Of `count` plans each leaves with probability 1 - exp(-hazard); large counts go in parts."""
    leavers = _binomials(DRAWS, count, hazard, *key_for("binomial", count, hazard))[0]
    assert leavers.min() >= 0
    assert leavers.max() <= count
    assert_follows(leavers, stats.binom(count, -math.expm1(-hazard)))


@pytest.mark.parametrize("count", [0, 1, 50, 100_000])
def test_nobody_leaves_without_a_hazard(count: int) -> None:
    assert (_binomials(500, count, 0.0, *key_for("none", count))[0] == 0).all()


@pytest.mark.parametrize("hazard", [40.5, 50.0, 5000.0, math.inf])
def test_everybody_leaves_under_a_certain_hazard(hazard: float) -> None:
    """A rate of 1 is held as a hazard of 50: nobody survives it."""
    assert (_binomials(500, 1234, hazard, *key_for("all", hazard))[0] == 1234).all()


def test_a_hazard_just_under_certainty_takes_everybody_but_by_chance() -> None:
    """39 per plan and 1,000 plans: e^-39,000 does not underflow into nonsense."""
    leavers = _binomials(500, 1000, 39.0, *key_for("nearly all"))[0]
    assert (leavers == 1000).all()


def test_the_spare_uniform_is_even_whatever_the_number_of_leavers() -> None:
    """It says why the first leaver leaves, so it must not depend on how many do."""
    leavers, spare = _binomials(DRAWS, 12, 0.2, *key_for("spare"))
    for number in range(5):
        values = spare[leavers == number]
        assert len(values) > 1000
        assert stats.kstest(values, "uniform").pvalue > FALSE_ALARM


def test_binomial_ends_at_the_outermost_uniforms() -> None:
    """The largest and smallest uniforms there are give counts between nobody and everybody."""
    for count, hazard in ((1, 0.001), (30, 0.2), (500, 1.1)):
        assert binomial_from(count, hazard, 2.0**-53) >= 0
        assert binomial_from(count, hazard, 1 - 2.0**-53) <= count


@pytest.mark.parametrize("mean", [0.03, 1.0, 8.5, 60.0, 599.0, 601.0, 1500.0])
def test_joiners_are_poisson(mean: float) -> None:
    """Means above 600 are drawn in parts, whose sum is Poisson again."""
    assert_follows(_poissons(DRAWS, mean, *key_for("poisson", mean)), stats.poisson(mean))


@pytest.mark.parametrize("mean", [0.0, -1.0])
def test_nobody_joins_when_nobody_is_expected(mean: float) -> None:
    assert (_poissons(500, mean, *key_for("nobody", mean)) == 0).all()


def test_choice_takes_the_first_entry_above_the_uniform() -> None:
    """Entries are chosen in proportion; one without a share is never chosen."""
    shares = np.array([0.0, 0.2, 0.0, 0.5, 0.3, 0.0])
    cumulative = np.cumsum(shares)
    cumulative[-1] = 1.0
    for uniform in np.linspace(1e-9, 1 - 1e-9, 2001):
        chosen = choose(cumulative, uniform)
        assert chosen == np.searchsorted(cumulative, uniform, side="right")
        assert shares[chosen] > 0
    assert choose(np.array([1.0]), 0.3) == 0
