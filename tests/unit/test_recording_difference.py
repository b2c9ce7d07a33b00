"""Recording difference: plans that counts gain or lose beyond recorded flows (design 5.3)."""

from __future__ import annotations

import numpy as np
import pytest

from model.chance.philox import stream_key
from model.cohort import kernel

pytestmark = pytest.mark.unit

LIVE = np.array([[6, 0], [7, 0]], dtype=np.int64)
CODES = np.array([3], dtype=np.int64)


def plans_of(count: float, draws: int) -> np.ndarray:
    plans = np.zeros((26, 1, 2, draws))
    plans[6, 0, 0], plans[7, 0, 1] = count, 2 * count
    return plans


def test_expected_values_move_by_the_share_in_every_cell():
    """300 plans, 2 % gained and 1 % lost: 306 and 297, cell by cell."""
    plans, difference = plans_of(100.0, 2), np.zeros((26, 1, 2))
    kernel.expected_recording_difference(plans, LIVE, np.array([0.02, -0.01]), difference)
    assert plans[6, 0, 0] == pytest.approx([102.0, 99.0])
    assert plans[7, 0, 1] == pytest.approx([204.0, 198.0])
    assert difference.sum(axis=(0, 1)) == pytest.approx([6.0, -3.0])


@pytest.mark.parametrize("share", [0.05, -0.05])
def test_by_chance_whole_plans_move_and_the_mean_is_the_share(share: float):
    """Binomial: mean n |s|, variance n |s| (1 - |s|); bounds of five standard errors."""
    draws = 4000
    plans, difference = plans_of(100.0, draws), np.zeros((26, 1, draws))
    kernel.chance_recording_difference(
        plans, LIVE, CODES, np.full(draws, share), 0, 1200, *stream_key(5, "recording"), difference
    )
    moved = difference.sum(axis=(0, 1))
    assert (plans == np.round(plans)).all()
    assert plans.sum(axis=(0, 1, 2)) == pytest.approx(300.0 + moved)
    assert moved.mean() == pytest.approx(300 * share, abs=5 * np.sqrt(300 * 0.05 * 0.95 / draws))
    assert moved.var() == pytest.approx(300 * 0.05 * 0.95, rel=5 * np.sqrt(2 / draws))


def test_nil_changes_nothing_and_no_cell_falls_below_nil():
    draws = 3
    plans, difference = plans_of(2.0, draws), np.zeros((26, 1, draws))
    kernel.chance_recording_difference(
        plans, LIVE, CODES, np.zeros(draws), 0, 1200, *stream_key(5, "recording"), difference
    )
    assert (difference == 0).all()
    kernel.chance_recording_difference(
        plans, LIVE, CODES, np.full(draws, -0.9), 0, 1201, *stream_key(5, "recording"), difference
    )
    assert (plans >= 0).all()
    assert difference.sum() < 0
