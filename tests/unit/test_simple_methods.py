"""Simple methods on histories small enough to work by hand, and what must hold for any history."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from model.backtest.settings import simple_methods
from model.backtest.simple_methods.arima import _fit, arima
from model.backtest.simple_methods.counts import counts_in_a_row, mean_growth
from model.backtest.simple_methods.damped_exponential_smoothing import (
    _pooled_parameters,
    damped_exponential_smoothing,
)
from model.backtest.simple_methods.forecasts import METHODS, simple_forecasts
from model.backtest.simple_methods.past_errors import ensemble_of, past_errors

pytestmark = pytest.mark.unit

DOUBLING = np.array([[100.0, 200, 400, 800, 1600, 3200]])
BY_HALF = np.array([64.0, 96, 144, 216, 324, 486])
HORIZONS = (1, 2, 3)


def growing(authorities: int, januaries: int, seed: int = 1) -> np.ndarray:
    """Invented counts whose yearly growth wanders about 8 %."""
    chance = np.random.default_rng(seed)
    growth = 0.08 + 0.03 * chance.standard_normal((authorities, januaries)).cumsum(axis=1) / 2
    return np.round(np.exp(np.log(1000) + growth.cumsum(axis=1)))


@pytest.mark.parametrize(
    "method, expected",
    [
        ("naive", [3200, 3200, 3200]),
        ("last_growth", [6400, 12800, 25600]),
        ("growth_3_years", [6400, 12800, 25600]),
        ("growth_5_years", [6400, 12800, 25600]),
        ("national_growth", [4800, 7200, 10800]),
        # exp(h (log 1.5 + log 2) / 2) is the square root of 3, to the power h.
        ("average_national_own_3_years", [3200 * 3**0.5, 9600, 9600 * 3**0.5]),
    ],
)
def test_growth_goes_on(method, expected):
    """Plans that double every year, in a nation that grows by half."""
    assert METHODS[method](DOUBLING, BY_HALF, HORIZONS) == pytest.approx(np.array([expected]))


def test_each_mean_of_growth_looks_at_its_own_years():
    """100 for three years, then 100, 100, 800: growth over one, three and five years differs."""
    history = np.array([[100.0, 100, 100, 100, 100, 800]])
    assert METHODS["last_growth"](history, BY_HALF, (1,))[0, 0] == pytest.approx(6400)
    assert METHODS["growth_3_years"](history, BY_HALF, (1,))[0, 0] == pytest.approx(1600)
    assert METHODS["growth_5_years"](history, BY_HALF, (1,))[0, 0] == pytest.approx(
        800 * 8 ** (1 / 5)
    )


def test_the_benchmark_reads_englands_last_year_alone():
    """England's growth before the year to the origin makes no difference; its last year does."""
    nation = np.array([1.0, 7, 2, 9, 324, 486])
    assert METHODS["average_national_own_3_years"](DOUBLING, nation, (2,)) == pytest.approx(9600)


@pytest.mark.parametrize("method", list(METHODS))
def test_a_method_needs_as_many_counts_as_its_row_says(method):
    """With one count fewer there is no forecast, and none is filled in."""
    needed = simple_methods()[method].counts_needed
    history = growing(3, 12)
    history[0, : 12 - needed] = np.nan
    history[1, : 12 - needed + 1] = np.nan
    found = METHODS[method](history, growing(1, 12)[0], HORIZONS)
    assert np.isfinite(found[0]).all()
    assert np.isfinite(found[2]).all()
    assert np.isnan(found[1]).all()


@pytest.mark.parametrize("method", list(METHODS))
def test_an_authority_without_a_count_at_the_origin_has_no_forecast(method):
    history = growing(2, 12)
    history[0, -1] = np.nan
    found = METHODS[method](history, growing(1, 12)[0], HORIZONS)
    assert np.isnan(found[0]).all()
    assert np.isfinite(found[1]).all()


def test_counts_of_nil_are_unknown_to_growth():
    assert counts_in_a_row(np.array([[5.0, 0.0, 3.0, 4.0]])).tolist() == [2]
    assert np.isnan(mean_growth(np.array([5.0, 0.0, 3.0]), 2))


def test_the_table_of_methods_and_the_code_name_the_same():
    assert list(simple_methods()) == list(METHODS)


# Damped exponential smoothing


def holt(series: np.ndarray, level: float, share: float, damping: float) -> tuple[list, float]:
    """The recursion written out: one-step errors, and the forecast of the next year."""
    at, trend = series[1], series[1] - series[0]
    errors = []
    for value in series[2:]:
        forecast = at + damping * trend
        errors.append(value - forecast)
        at = forecast + level * errors[-1]
        trend = damping * trend + level * share * errors[-1]
    return errors, at + damping * trend


def test_damped_smoothing_is_the_recursion_written_out():
    """From the pooled parameters that were found, the next year is that of the plain loop."""
    history = growing(6, 11)
    parameters = _pooled_parameters(tuple(map(tuple, np.log(history))))
    found = damped_exponential_smoothing(history, history[0], (1,))
    level, trend, damping = parameters
    for series, forecast in zip(np.log(history), found[:, 0], strict=True):
        assert np.log(forecast) == pytest.approx(holt(series, level, trend / level, damping)[1])


def steep(authorities: int, januaries: int) -> np.ndarray:
    """Invented log counts whose trend follows each surprise more than their level does."""
    chance = np.random.default_rng(1)
    level, trend = np.full(authorities, 7.0), np.full(authorities, 0.08)
    seen = []
    for _ in range(januaries):
        surprise = chance.normal(0, 0.05, authorities)
        expected = level + 0.9 * trend
        seen.append(expected + surprise)
        level, trend = expected + 0.3 * surprise, 0.9 * trend + 0.6 * surprise
    return np.stack(seen, axis=1)


@pytest.mark.parametrize("logs", [np.log(growing(12, 11, seed=4)), steep(12, 12)])
def test_pooled_parameters_are_the_best_of_a_grid(logs):
    """Each series has a variance of its own, so the misfit is the sum of log mean squared errors.

    On the steep series searches end at different places, and the trend is held to the level.
    """

    def misfit(level: float, share: float, damping: float) -> float:
        return sum(np.log(np.mean(np.square(holt(s, level, share, damping)[0]))) for s in logs)

    level, trend, damping = _pooled_parameters(tuple(map(tuple, logs)))
    assert trend <= level
    grid = [
        misfit(a, b, phi)
        for a in np.linspace(0.02, 0.99, 25)
        for b in (0.01, 0.2, 0.4, 0.6, 0.8, 0.999)
        for phi in (0.8, 0.82, 0.86, 0.9, 0.94, 0.98)
    ]
    assert misfit(level, trend / level, damping) <= min(grid) + 1e-6


def test_a_trend_is_damped_in_later_years():
    """Steps grow smaller by the damping, which is the same in every authority."""
    found = np.log(damped_exponential_smoothing(growing(5, 12), np.empty(0), (1, 2, 3, 4)))
    steps = np.diff(found, axis=1)
    ratios = steps[:, 1:] / steps[:, :-1]
    assert ratios == pytest.approx(np.full_like(ratios, ratios[0, 0]), rel=1e-6)
    assert 0.8 - 1e-9 <= ratios[0, 0] <= 0.98 + 1e-9


def test_a_count_that_never_changes_stays_and_moves_no_parameter():
    history = growing(6, 11)
    still = np.vstack([history, np.full(11, 7.0)])
    found = damped_exponential_smoothing(still, history[0], (1, 2))
    assert found[6].tolist() == [7, 7]
    np.testing.assert_array_equal(
        found[:6], damped_exponential_smoothing(history, history[0], (1, 2))
    )
    assert damped_exponential_smoothing(still[6:], history[0], (2,)).tolist() == [[7]]


def test_the_newest_count_carries_weight():
    """The fault of a fit by authority: a line through all years that ignores where plans stand now."""
    history = growing(20, 12)
    found = damped_exponential_smoothing(history, history[0], (1,))[:, 0]
    assert np.abs(np.log(found / history[:, -1]) - 0.08).max() < 0.15


# ARIMA


def test_arima_of_even_growth_is_that_growth():
    assert arima(np.array([100 * 1.1 ** np.arange(9)]), np.empty(0), (1, 2)) == pytest.approx(
        np.array([[100 * 1.1**9, 100 * 1.1**10]])
    )


def test_arima_takes_the_order_of_least_corrected_criterion():
    """Growth that swings to and fro is forecast to swing back: order (1,1,0) beats drift alone."""
    swings = np.array([2.0, 13, 3, 12, 1, 14, 2, 12, 3, 13])
    history = np.exp(np.concatenate([[0], np.cumsum(swings / 100)]) + 7)[None]
    fits = {order: _fit(tuple(swings), order) for order in ((0, 0), (1, 0), (0, 1))}
    assert min(fits, key=lambda order: fits[order].aicc) == (1, 0)
    drift = history[0, -1] * np.exp(swings.mean() / 100)
    forecast = arima(history, np.empty(0), (1,))[0, 0]
    assert forecast < drift
    assert forecast == pytest.approx(history[0, -1] * np.exp(fits[1, 0].forecast(1)[0] / 100))


def test_arima_of_growth_without_memory_is_drift():
    """Order (0,1,0): the mean of past growth goes on."""
    growth = np.array([8.0, 11, 6, 9, 13, 9, 5, 8])
    history = np.exp(np.concatenate([[0], np.cumsum(growth / 100)]) + 7)[None]
    expected = history[0, -1] * np.exp(np.array([1, 2, 3]) * growth.mean() / 100)
    assert arima(history, np.empty(0), HORIZONS)[0] == pytest.approx(expected, rel=1e-4)


# Ranges


def test_past_errors_come_from_targets_known_at_the_origin():
    """Naive forecasts of plans that double: every error is h log 2; at most five origins each."""
    history = np.vstack([100 * 2.0 ** np.arange(9), np.full(9, 50.0)])
    errors = past_errors(METHODS["naive"], history, history[0], HORIZONS)
    for horizon, found in zip(HORIZONS, errors, strict=True):
        assert sorted(found) == pytest.approx([0] * 5 + [horizon * np.log(2)] * 5)


def test_past_errors_stop_where_the_history_begins():
    """Four Januaries: three errors one year ahead, two after two years, one after three."""
    errors = past_errors(METHODS["naive"], np.array([[10.0, 20, 40, 80]]), BY_HALF[:4], HORIZONS)
    assert [len(found) for found in errors] == [3, 2, 1]
    assert errors[2] == pytest.approx([np.log(8)])


def test_past_errors_use_nothing_after_their_own_origin():
    """A method that sees further than its origin is told by its errors: here it may not."""
    seen = []

    def spy(history, nation, horizons):
        seen.append((history[0, -1], nation[-1], history.shape[1]))
        return METHODS["naive"](history, nation, horizons)

    history = np.arange(1.0, 11.0)[None]
    past_errors(spy, history, history[0], (2,))
    assert seen == [(8, 8, 8), (7, 7, 7), (6, 6, 6), (5, 5, 5), (4, 4, 4)]


def test_an_ensemble_lies_around_its_median_unless_shifted():
    errors = np.log(np.linspace(1.5, 2.5, 401))
    centred = ensemble_of(np.array([100.0]), errors, shifted=False)[0]
    shifted = ensemble_of(np.array([100.0]), errors, shifted=True)[0]
    assert np.median(centred) == pytest.approx(100, rel=1e-3)
    assert np.median(shifted) == pytest.approx(200, rel=1e-3)
    assert np.quantile(shifted, [0.1, 0.9]) == pytest.approx([160, 240], rel=1e-2)
    assert (np.diff(centred) >= 0).all()


def test_too_few_past_errors_give_no_range():
    assert np.isnan(ensemble_of(np.array([100.0]), np.zeros(39), shifted=False)).all()
    assert np.isfinite(ensemble_of(np.array([100.0]), np.zeros(40), shifted=False)).all()


# All of them


@pytest.fixture(scope="module")
def forecasts():
    history = growing(12, 13)
    return history, simple_forecasts(history, history.sum(axis=0), range(2010, 2023), 2021, (1, 2))


def test_every_method_gives_medians_quantiles_and_values(forecasts):
    _, found = forecasts
    assert list(found) == list(METHODS)
    for method, forecast in found.items():
        assert forecast.median.shape == (12, 2)
        assert forecast.quantiles.shape == (12, 2, 7)
        assert forecast.ensemble.shape == (12, 2, 500)
        assert (np.diff(forecast.quantiles, axis=-1) > 0).all()
        if method != "naive":
            assert forecast.quantiles[..., 3] == pytest.approx(forecast.median)


def test_nothing_after_the_origin_is_looked_at(forecasts):
    history, found = forecasts
    poisoned = history.copy()
    poisoned[:, 12:] = 1e9
    nation = history.sum(axis=0)
    nation[12:] = -1
    again = simple_forecasts(poisoned, nation, range(2010, 2023), 2021, (1, 2))
    for method, forecast in found.items():
        np.testing.assert_array_equal(forecast.ensemble, again[method].ensemble)
        np.testing.assert_array_equal(forecast.median, again[method].median)


def test_the_order_of_authorities_makes_no_difference(forecasts):
    """Forecasts of an authority are its own; only the shared fit may differ by its rounding."""
    history, found = forecasts
    again = simple_forecasts(history[::-1], history.sum(axis=0), range(2010, 2023), 2021, (1, 2))
    for method, forecast in found.items():
        assert again[method].median[::-1] == pytest.approx(forecast.median, rel=1e-3), method


@given(
    arrays(float, (4, 9), elements=st.integers(0, 12).map(lambda n: n or np.nan)),
    st.integers(1, 3),
)
@settings(max_examples=10, deadline=None)
def test_small_counts_and_gaps_break_nothing(history, horizon):
    """Whatever is known: forecasts where there is enough, NaN elsewhere, and no warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = simple_forecasts(
            history, np.arange(100.0, 109), range(2014, 2023), 2022, (horizon,)
        )
    enough = counts_in_a_row(history)
    for method, forecast in found.items():
        have = enough >= simple_methods()[method].counts_needed
        np.testing.assert_array_equal(np.isfinite(forecast.median[:, 0]), have, err_msg=method)
        assert (forecast.median[have] > 0).all()


@pytest.mark.parametrize(
    "change, words",
    [
        ({"januaries": [2010, 2011, 2013]}, "do not follow one another"),
        ({"januaries": []}, "do not follow one another"),
        ({"januaries": [2010, 2011]}, "do not fit 2 Januaries"),
        ({"origin": 2013}, "outside 2010 to 2012"),
        ({"horizons": (0, 1)}, "not whole years ahead"),
        ({"methods": ["oracle"]}, "no simple method is called"),
    ],
)
def test_what_does_not_fit_is_refused(change, words):
    told = {
        "history": np.ones((2, 3)), "nation": np.ones(3), "januaries": [2010, 2011, 2012],
        "origin": 2012, "horizons": (1,), **change,
    }  # fmt: skip
    with pytest.raises(ValueError, match=words):
        simple_forecasts(**told)
