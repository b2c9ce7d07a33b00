"""The bad end of the range: exact small cases, and what must hold for any draws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from model.reconcile.tail_risk import mean_of_worst, round_sizes, share_above

pytestmark = pytest.mark.unit

DRAWS = arrays(float, st.integers(1, 60), elements=st.floats(-1e8, 1e8))


def test_a_part_of_a_draw_counts_in_part():
    """Worst 10 % of 15 draws is one and a half draws: (15 + 14 / 2) / 1.5 = 14.667."""
    assert mean_of_worst(np.arange(1.0, 16.0), 0.1) == pytest.approx(22 / 1.5)


@given(DRAWS, st.floats(0.01, 1))
def test_the_mean_of_the_worst_lies_between_mean_and_maximum(values, share):
    worst = mean_of_worst(values, share)
    slack = 1e-6 * max(1.0, float(np.abs(values).max()))
    assert values.mean() - slack <= worst <= values.max() + slack


@given(DRAWS)
def test_the_worst_of_all_is_the_mean(values):
    assert mean_of_worst(values, 1.0) == pytest.approx(values.mean(), rel=1e-9, abs=1e-3)


@pytest.mark.parametrize("share", [0.0, -0.1, 1.1])
def test_a_share_that_is_none_is_refused(share):
    with pytest.raises(ValueError, match="has no mean"):
        mean_of_worst(np.ones(3), share)
    with pytest.raises(ValueError, match="0 draws"):
        mean_of_worst(np.ones(0), 0.1)


def test_a_draw_at_the_size_is_not_above_it():
    assert share_above(np.array([-1.0, 0.0, 1.0, 2.0]), 0.0) == 0.5


def test_sizes_are_round_and_inside_the_range():
    values = np.geomspace(3e5, 4e7, 50)
    sizes = round_sizes(values, 4)
    assert sizes == [1e6, 2e6, 5e6, 1e7]
    assert all(0 < share_above(values, size) < 1 for size in sizes)


def test_a_run_in_surplus_has_no_sizes_of_deficit():
    assert round_sizes(np.array([-5.0, -1.0]), 4) == []
