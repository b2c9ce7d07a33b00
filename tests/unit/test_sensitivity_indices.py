"""First-order and total indices against analytic answers and against SALib."""

from __future__ import annotations

import numpy as np
import pytest
from SALib.analyze import rbd_fast
from SALib.test_functions import Ishigami
from scipy.stats import norm

from model.sensitivity.first_order import first_order, summed
from model.sensitivity.input_groups import expected_scores
from model.sensitivity.total import LEAST_R2, total_indices

pytestmark = pytest.mark.unit

ISHIGAMI_FIRST = (0.3139, 0.4424, 0.0)
"""Analytic first-order indices of the Ishigami function with a = 7, b = 0.1 (Ishigami and Homma 1990)."""


@pytest.fixture(scope="module")
def ishigami():
    generator = np.random.default_rng(4)
    columns = generator.uniform(-np.pi, np.pi, (4000, 3))
    return columns, Ishigami.evaluate(columns)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_first_order_indices_of_ishigami(ishigami, number):
    columns, values = ishigami
    index = first_order(columns[:, [number]], values)
    assert index.value == pytest.approx(ISHIGAMI_FIRST[number], abs=0.03)
    assert index.low < index.value < index.high
    assert index.low - 0.01 < ISHIGAMI_FIRST[number] < index.high + 0.01


def test_first_order_indices_agree_with_salib(ishigami):
    columns, values = ishigami
    problem = {"num_vars": 3, "names": ["a", "b", "c"], "bounds": [[-np.pi, np.pi]] * 3}
    theirs = rbd_fast.analyze(problem, columns, values, seed=1)["S1"]
    ours = [first_order(columns[:, [number]], values).value for number in range(3)]
    assert ours == pytest.approx(theirs, abs=0.03)


def test_total_indices_of_ishigami_are_withheld(ishigami):
    """A polynomial of second degree is no stand-in for sines, and says so."""
    columns, values = ishigami
    found = total_indices([columns[:, [k]] for k in range(3)], [1, 1, 1], values)
    assert found.r2 < LEAST_R2
    assert found.values is None


@pytest.fixture(scope="module")
def product():
    """y = 3 a + 2 b + c d with standard normal inputs: variance 9 + 4 + 1."""
    columns = np.random.default_rng(8).standard_normal((2000, 5))
    return columns, 3 * columns[:, 0] + 2 * columns[:, 1] + columns[:, 2] * columns[:, 3]


def test_total_indices_with_an_interaction(product):
    """c and d have no effect alone and 1/14 together; the fifth input has none."""
    columns, values = product
    found = total_indices([columns[:, [k]] for k in range(5)], [9, 4, 1, 1, 0], values)
    assert found.r2 > 0.99
    assert found.values is not None
    assert found.values == pytest.approx([9 / 14, 4 / 14, 1 / 14, 1 / 14, 0], abs=0.04)
    alone = [first_order(columns[:, [k]], values).value for k in range(5)]
    assert alone == pytest.approx([9 / 14, 4 / 14, 0, 0, 0], abs=0.04)


def test_a_group_holds_its_own_interaction(product):
    columns, values = product
    groups = [columns[:, :2], columns[:, 2:4], columns[:, 4:]]
    expected = [13 / 14, 1 / 14, 0]
    assert [first_order(g, values).value for g in groups] == pytest.approx(expected, abs=0.03)
    found = total_indices(groups, [13, 1, 0], values)
    assert found.values == pytest.approx(expected, abs=0.04)


def test_correlated_inputs_are_one_group():
    """y = a + b + c, corr(a, b) = 0.8: the pair has 2 + 1.6 of 4.6."""
    generator = np.random.default_rng(5)
    covariance = [[1, 0.8, 0], [0.8, 1, 0], [0, 0, 1]]
    columns = generator.multivariate_normal(np.zeros(3), covariance, 4000)
    values = columns.sum(axis=1)
    groups = [columns[:, :2], columns[:, 2:]]
    expected = [3.6 / 4.6, 1 / 4.6]
    assert [first_order(g, values).value for g in groups] == pytest.approx(expected, abs=0.03)
    assert total_indices(groups, [3, 1], values).values == pytest.approx(expected, abs=0.04)


def test_a_yes_or_no_input():
    """y = 4 x + e, x yes in a quarter of draws, e standard normal: 3 of 4."""
    generator = np.random.default_rng(6)
    yes = (generator.random(3000) < 0.25).astype(float)
    values = 4 * yes + generator.standard_normal(3000)
    index = first_order(yes[:, None], values)
    assert index.value == pytest.approx(3 / 4, abs=0.03)


def test_intervals_cover():
    """Of 60 samples of 300 draws, the 90 % interval holds the true index in most, not in all."""
    truth, held = 0.5, 0
    for seed in range(60):
        columns = np.random.default_rng(seed).standard_normal((300, 2))
        index = first_order(columns[:, [0]], columns.sum(axis=1), seed)
        held += index.low <= truth <= index.high
    assert 46 <= held <= 59


def test_too_few_draws_are_refused():
    with pytest.raises(ValueError, match="100 draws"):
        first_order(np.ones((99, 1)), np.ones(99))


def test_what_does_not_move_explains_nothing():
    index = first_order(np.zeros((200, 0)), norm.rvs(size=200, random_state=1))
    assert (index.value, index.low, index.high) == (0, 0, 0)


def many_columns(draws: int, seed: int = 3):
    """Fourteen standard normal columns whose sum is 30 % of the variance."""
    columns = np.random.default_rng(seed).standard_normal((draws, 14))
    noise = np.random.default_rng(seed + 100).standard_normal(draws)
    return columns, columns.sum(axis=1) * np.sqrt(0.3 / 14) + noise * np.sqrt(0.7)


@pytest.mark.parametrize("draws", [100, 134, 150])
def test_a_group_of_many_columns_is_withheld_where_draws_are_few(draws):
    """Sixteen functions want a hundred and sixty draws: fewer would fit the noise and be sure of it."""
    assert first_order(*many_columns(draws)) is None


@pytest.mark.parametrize("draws", [200, 1000])
def test_a_group_of_many_columns_is_taken_in_its_own_direction(draws):
    found = [first_order(*many_columns(draws, seed)) for seed in range(8)]
    values = [index.value for index in found if index is not None]
    assert len(values) == 8
    assert np.mean(values) == pytest.approx(0.3, abs=0.06)
    assert all(index.high - index.low > 0.02 for index in found)


def test_indices_add_up_with_one_interval(product):
    """Resamples are the same for every input, so the interval of the sum is that of the sum."""
    columns, values = product
    indices = [first_order(columns[:, [k]], values) for k in range(5)]
    together = summed(indices)
    assert together.value == pytest.approx(sum(index.value for index in indices))
    assert together.low < 13 / 14 < together.high
    widths = sum(index.high - index.low for index in indices)
    assert together.high - together.low < widths


@pytest.mark.parametrize("values", [2, 8])
def test_few_values_are_taken_one_by_one_and_paid_for(values):
    """The adjusted R squared of the means of the values, with one function fewer than there are values."""
    generator = np.random.default_rng(9)
    column = np.arange(104) % values
    target = generator.standard_normal(values)[column] + generator.standard_normal(104)
    means = np.array([target[column == value].mean() for value in range(values)])[column]
    unexplained = ((target - means) ** 2).sum() / ((target - target.mean()) ** 2).sum()
    expected = 1 - unexplained * 103 / (104 - values)
    assert first_order(column[:, None].astype(float), target).value == pytest.approx(expected)


def test_what_has_no_effect_has_no_direction():
    assert expected_scores(np.eye(2), np.zeros(2), 0.1).tolist() == [0, 0]
