"""The update on actuals: against the exact Gaussian answer, and what must hold in every draw."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.monitor.conditioning import LEAST_DRAWS, Observation, conditioned
from model.monitor.outturn import Ledger, YearSoFar, outturn_given, with_least_spread

pytestmark = pytest.mark.unit


def normals(rows: int, draws: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((rows, draws))


def year_of(month: int, draws: int = 400, seed: int = 3) -> YearSoFar:
    """Three lines of 12 months: two that share an effect, and one that is the same in every draw."""
    scores = normals(3, draws, seed)
    yearly = np.stack(
        [
            12_000 + 900 * scores[0],
            6_000 + 300 * scores[0] + 400 * scores[1],
            np.full(draws, 2_400.0),
        ]
    )
    share = month / 12
    return YearSoFar(month, yearly * share, yearly * (1 - share), 10 + scores[:1])


def ledger(actual, timing=(50.0, 50.0, 50.0)) -> Ledger:
    values = np.array(actual, dtype=float)
    return Ledger(~np.isnan(values), np.nan_to_num(values), np.array(timing))


def test_two_observations_give_the_exact_gaussian_answer():
    """Mean and covariance against the textbook formula with the sample's own moments."""
    mix = np.array([[1.0, 0.0, 0.0], [0.6, 0.8, 0.0], [0.5, 0.3, 0.7]])
    prior = 100 + mix @ normals(3, 20_000) * 10
    error = np.array([4.0, 6.0])
    found = conditioned(prior, [Observation(0, 112, 4), Observation(1, 95, 6)])
    covariance = np.cov(prior)
    seen = covariance[:2, :2] + np.diag(error**2)
    gain = covariance[:, :2] @ np.linalg.inv(seen)
    mean = prior.mean(axis=1) + gain @ (np.array([112.0, 95.0]) - prior[:2].mean(axis=1))
    left = covariance - gain @ covariance[:2]
    assert found.mean(axis=1) == pytest.approx(mean, abs=0.02)
    assert np.cov(found) == pytest.approx(left, abs=0.2)


def test_the_order_of_observations_matters_little():
    prior = normals(4, 5_000).cumsum(axis=0)
    one = [Observation(0, 1.0, 0.5), Observation(1, -1.0, 0.5)]
    forward, backward = conditioned(prior, one), conditioned(prior, one[::-1])
    assert forward.mean(axis=1) == pytest.approx(backward.mean(axis=1), abs=0.01)
    assert forward.std(axis=1) == pytest.approx(backward.std(axis=1), rel=0.01)


def test_an_exact_observation_is_met_in_every_draw():
    found = conditioned(100 + normals(2, 500), [Observation(0, 107.0, 0.0)])
    assert found[0] == pytest.approx(np.full(500, 107.0))


def test_what_does_not_vary_moves_nothing_and_is_not_moved():
    prior = np.stack([np.full(100, 5.0), normals(1, 100)[0]])
    assert conditioned(prior, [Observation(0, 50.0, 0.0)]) == pytest.approx(prior)
    assert (conditioned(prior, [Observation(1, 3.0, 0.1)])[0] == 5.0).all()


def test_chance_correlations_of_few_draws_are_not_believed():
    """Unrelated quantities in 60 draws: most are not moved at all, the rest by little."""
    prior = normals(200, 60)
    found = conditioned(prior, [Observation(0, 3.0, 0.1)])
    moved = np.abs(found.mean(axis=1) - prior.mean(axis=1))[1:]
    plain = np.abs(np.cov(prior)[0, 1:]) / np.var(prior[0], ddof=1) * abs(3 - prior[0].mean())
    assert (moved == 0).mean() > 0.5
    assert moved.mean() < 0.6 * plain.mean()


def test_too_few_draws_are_refused():
    with pytest.raises(ValueError, match="at least 30"):
        conditioned(normals(2, LEAST_DRAWS - 1), [Observation(0, 0.0, 1.0)])


def test_the_input_is_kept():
    prior = normals(2, 50)
    kept = prior.copy()
    conditioned(prior, [Observation(0, 4.0, 1.0)])
    assert (prior == kept).all()


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 12),
    st.tuples(*[st.floats(-5_000, 20_000)] * 3),
    st.tuples(*[st.floats(0, 3_000)] * 3),
)
def test_outturn_is_actual_plus_what_is_to_come_in_every_draw(month, actual, timing):
    found = outturn_given(year_of(month, draws=64), ledger(actual, timing))
    assert (found.spent == np.array(actual)[:, None]).all()
    assert (found.outturn == found.spent + found.still_to_come).all()
    assert np.isfinite(found.outturn).all()


def test_with_twelve_months_in_the_outturn_is_the_actual_exactly():
    """Whatever is said of timing: no month is left in which anything could come back."""
    found = outturn_given(year_of(12), ledger([11_111.0, -65.0, 2_500.0]))
    assert (found.outturn == np.array([[11_111.0], [-65.0], [2_500.0]])).all()
    assert (found.still_to_come == 0).all()


def test_actuals_at_the_mean_forecast_move_no_mean():
    year = year_of(5)
    found = outturn_given(year, ledger(year.to_date.mean(axis=1)))
    before = (year.to_date + year.remaining).mean(axis=1)
    assert found.outturn.mean(axis=1) == pytest.approx(before, abs=1e-6)
    assert found.surprise[:2] == pytest.approx([0, 0], abs=1e-9)


def test_ranges_shrink_as_months_come_in():
    """Timing of half a month that falls to nil, actuals on forecast: every month knows more."""
    spreads = []
    for month in range(1, 13):
        year = year_of(month)
        timing = np.array([500.0, 250.0, 100.0]) * (12 - month) / 12
        found = outturn_given(year, ledger(year.to_date.mean(axis=1), timing))
        spreads.append(found.outturn.std(axis=1)[:2])
    steps = np.diff(np.array(spreads), axis=0)
    assert (steps < 0).all()
    assert spreads[-1] == pytest.approx([0, 0], abs=1e-6)


def test_timing_comes_back_and_more_of_it_is_believed_late_in_the_year():
    """A line 10 % over its profile: in month 2 mostly timing, in month 10 mostly real."""
    kept = []
    for month in (2, 10):
        year = year_of(month)
        timing = np.array([1_000.0, 500.0, 200.0]) * (12 - month) / 12
        actual = year.to_date.mean(axis=1) * np.array([1.1, 1.0, 1.0])
        moved = outturn_given(year, ledger(actual, timing)).outturn[0].mean() - 12_000
        kept.append(moved / (actual[0] - year.to_date[0].mean()))
    assert 0 < kept[0] < 0.6
    assert kept[1] > 1.0


def test_a_line_that_never_varies_takes_the_difference_as_timing():
    """The contract of 000:2118: a credit of 65 to date, and 359 for the year all the same."""
    draws = np.full((1, 64), 359.0)
    year = YearSoFar(2, draws * 2 / 12, draws * 10 / 12, np.zeros((0, 64)))
    found = outturn_given(year, ledger([-65.0], (50.0,)))
    assert found.outturn == pytest.approx(draws)
    assert found.still_to_come == pytest.approx(np.full((1, 64), 424.0))
    assert np.isfinite(found.surprise).all()


def test_nothing_observed_of_nothing_is_no_surprise():
    year = YearSoFar(2, np.zeros((1, 64)), np.zeros((1, 64)), np.zeros((0, 64)))
    assert np.isnan(outturn_given(year, ledger([10.0], (0.0,))).surprise).all()


def test_a_line_that_is_not_reported_learns_from_those_that_are():
    year = year_of(6)
    high = year.to_date.mean(axis=1) * 1.1
    found = outturn_given(year, ledger([high[0], np.nan, np.nan], (1.0, 1.0, 1.0)))
    before = (year.to_date + year.remaining)[1].mean()
    assert found.outturn[1].mean() > before + 50
    assert found.spent[1].std() > 0
    assert np.isnan(found.surprise[1])


def test_least_spread_fills_up_and_moves_no_mean():
    year = year_of(3)
    scores = normals(3, 400, seed=9)
    least = np.array([100.0, 1_000.0, 48.0])
    found = with_least_spread(year, np.full(3, 0.25), least, scores)
    before, after = year.to_date + year.remaining, found.to_date + found.remaining
    assert after.mean(axis=1) == pytest.approx(before.mean(axis=1))
    assert (after[0] == before[0]).all(), "a line that varies enough is left alone"
    assert after[1].std(ddof=1) == pytest.approx(1_000, rel=0.1)
    assert after[2].std(ddof=1) == pytest.approx(48, rel=0.1)
    assert (found.to_date - year.to_date)[2] == pytest.approx((after - before)[2] * 0.25)


def test_totals_are_sums_of_lines_in_every_draw():
    year = year_of(4)
    found = outturn_given(year, ledger([4_500.0, 1_900.0, 700.0]))
    assert found.outturn.sum(axis=0) == pytest.approx(
        7_100 + found.still_to_come.sum(axis=0), abs=1e-6
    )


def test_what_no_timing_explains_is_spent_for_good():
    """A line of 2,400 a year, 1,000 by month 5, that shows 1,500 with timing of 50: 400 stay in the outturn."""
    found = outturn_given(year_of(5), ledger([np.nan, np.nan, 1_500.0]))
    # Two standard deviations of 50 are timing; what lies beyond is not expected back.
    assert found.outturn[2] == pytest.approx(np.full(400, 2_800.0))


def test_nothing_comes_back_below_what_is_spent():
    """With timing of a thousand everything spent could be early: then nothing more is to come, no credit."""
    found = outturn_given(year_of(5), ledger([np.nan, np.nan, 2_900.0], (50.0, 50.0, 1_000.0)))
    assert (found.still_to_come[2] == 0).all()
    assert found.outturn[2] == pytest.approx(np.full(400, 2_900.0))
