"""Scores on cases worked by hand, against known distributions, and what must hold for any forecast."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from model.backtest.scores import (
    coverage,
    crps,
    percentage_error,
    pit,
    ratio_of_means,
)

pytestmark = pytest.mark.unit

VALUES = arrays(float, st.integers(1, 30), elements=st.floats(0, 1e4))


@pytest.mark.parametrize(
    "values, actual, expected",
    [
        ([5.0], 2.0, 3.0),  # one value: the absolute error
        ([0.0, 2.0], 1.0, 0.5),  # 1 - (0 + 2 + 2 + 0) / 4 / 2
        ([3.0, 1.0, 2.0], 2.0, 2 / 9),  # 2/3 - (8/9) / 2
        ([1.0, 1.0, 1.0, 1.0], 1.0, 0.0),
    ],
)
def test_crps_by_hand(values, actual, expected):
    assert crps(np.array([values]), np.array([actual]))[0] == pytest.approx(expected)


@given(VALUES, st.floats(0, 1e4))
def test_crps_is_the_energy_form_over_all_pairs(values, actual):
    pairs = np.abs(values[:, None] - values[None, :]).mean() / 2
    expected = np.abs(values - actual).mean() - pairs
    assert crps(values[None], np.array([actual]))[0] == pytest.approx(expected, abs=1e-7)


@given(VALUES, st.floats(0, 1e4))
def test_crps_is_the_area_between_the_steps(values, actual):
    """The integral of (share at or below x - [actual at or below x]) squared over x."""
    points = np.unique(np.append(values, actual))
    inside = (values[:, None] <= points[:-1]).mean(axis=0)
    came = actual <= points[:-1]
    area = (np.square(inside - came) * np.diff(points)).sum()
    assert crps(values[None], np.array([actual]))[0] == pytest.approx(area, abs=1e-7)


@pytest.mark.parametrize("actual", [-1.3, 0.0, 0.4, 2.2])
def test_crps_of_a_normal_forecast_is_the_known_one(actual):
    """Gneiting and others (2005): y (2 Phi(y) - 1) + 2 phi(y) - 1 / sqrt(pi)."""
    values = stats.norm.ppf((np.arange(20000) + 0.5) / 20000)[None]
    known = actual * (2 * stats.norm.cdf(actual) - 1) + 2 * stats.norm.pdf(actual)
    found = crps(values, np.array([actual]))[0]
    assert found == pytest.approx(known - 1 / np.sqrt(np.pi), abs=1e-4)


def test_scores_of_many_rows_are_those_of_each():
    values, actual = np.arange(12.0).reshape(3, 4), np.array([1.0, 9.0, 8.5])
    alone = [crps(values[i : i + 1], actual[i : i + 1])[0] for i in range(3)]
    assert crps(values, actual).tolist() == alone
    assert np.isnan(crps(np.array([[1.0, np.nan]]), np.array([1.0]))[0])


def test_errors_are_percent_of_what_came():
    found = percentage_error(np.array([110.0, 90.0, 0.0]), np.array([100.0, 120.0, 50.0]))
    assert found.tolist() == [10.0, -25.0, -100.0]


def test_coverage_of_whole_numbers():
    """Inside 1, outside 0, on a limit a half, and 1 where the forecast is that one number."""
    low, high = np.array([2.0, 2, 2, 2, 3, 3]), np.array([5.0, 5, 5, 5, 3, 3])
    actual = np.array([3.0, 2, 5, 6, 3, 4])
    assert coverage(low, high, actual).tolist() == [1, 0.5, 0.5, 0, 1, 0]
    assert np.isnan(coverage(np.array([np.nan]), np.array([1.0]), np.array([1.0]))).all()


def test_coverage_of_whole_numbers_is_right_on_average():
    """Forecast and actual are Poisson of the same mean: 80 % ranges hold 80 % although limits are hit."""
    chance = np.random.default_rng(5)
    mean = chance.uniform(8, 30, 4000)
    values = chance.poisson(mean[:, None], (4000, 400))
    actual = chance.poisson(mean).astype(float)
    low, high = np.quantile(values, [0.1, 0.9], axis=1)
    assert ((actual == low) | (actual == high)).mean() > 0.04
    assert coverage(low, high, actual).mean() == pytest.approx(0.8, abs=0.02)
    assert ((low <= actual) & (actual <= high)).mean() > 0.82


def test_pit_is_uniform_for_one_more_of_the_same_kind():
    """Whole numbers with many ties: still uniform, because ties are split at random."""
    chance = np.random.default_rng(6)
    values = chance.poisson(2.0, (6000, 21)).astype(float)
    found = pit(values[:, 1:], values[:, 0], seed=3)
    assert stats.kstest(found, "uniform").pvalue > 0.01
    assert found.min() >= 0
    assert found.max() <= 1


def test_pit_by_hand():
    """Four values, three below: between 3/5 and 4/5; above all of them: between 4/5 and 1."""
    found = pit(
        np.array([[1.0, 2, 3, 9], [1, 2, 3, 4], [1, 2, 3, np.nan]]), np.array([5.0, 7, 2]), 1
    )
    assert 0.6 <= found[0] <= 0.8 <= found[1] <= 1
    assert np.isnan(found[2])
    again = pit(np.array([[1.0, 2, 3, 9]]), np.array([5.0]), 1)
    assert again[0] == found[0]


def test_a_ratio_pools_rows_and_leaves_out_what_one_lacks():
    """(1 + 3) / (2 + 6); the third row has no rival, the fourth no error of ours."""
    found = ratio_of_means(
        np.array([1.0, 3, 50, np.nan]), np.array([2.0, 6, np.nan, 9]), ["a", "b", "c", "d"],
        resamples=100, seed=1,
    )  # fmt: skip
    assert found.value == 0.5
    assert (found.rows, found.authorities) == (2, 2)
    assert (found.low, found.high) == (0.5, 0.5)


def test_a_bootstrap_draws_whole_authorities():
    """Ten rows of each of two authorities, ratios 1 and 3: every resample holds 1, 2 or 3."""
    errors = np.repeat([1.0, 3.0], 10)
    found = ratio_of_means(errors, np.ones(20), np.repeat(["a", "b"], 10), resamples=2000, seed=2)
    assert (found.value, found.low, found.high) == (2.0, 1.0, 3.0)


def test_the_interval_of_a_ratio_is_that_of_theory():
    """400 authorities, ratio of means of independent errors: the delta method gives its deviation."""
    chance = np.random.default_rng(8)
    ours, theirs = chance.exponential(1, 400), chance.exponential(1, 400)
    found = ratio_of_means(ours, theirs, np.arange(400), resamples=4000, seed=3)
    spread = np.std(ours - found.value * theirs) / theirs.mean() / 20
    assert found.high - found.low == pytest.approx(2 * 1.96 * spread, rel=0.06)
    again = ratio_of_means(ours, theirs, np.arange(400), resamples=4000, seed=3)
    assert again == found


def test_no_rows_have_no_ratio():
    found = ratio_of_means(np.array([np.nan]), np.ones(1), ["a"], resamples=10, seed=0)
    assert found.rows == 0
    assert np.isnan([found.value, found.low, found.high]).all()
