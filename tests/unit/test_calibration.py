"""Calibration on small cases worked by hand and on nations whose rates are known."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.calibration.levels import smoothed_level
from model.calibration.parts import _bounded_robust, _to_total
from model.calibration.plan_draws import PlanDraws, draw_plans
from model.calibration.plan_totals import ALL_RATES, PlanTotals, fit_plan_totals
from model.calibration.robust_regression import robust_regression
from model.calibration.settings import settings
from model.calibration.shrinkage import shrink
from model.overlay.targets import targets_of
from model.scenario.problems import ScenarioError

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from simulated_history import Truth, simulated_history

pytestmark = pytest.mark.unit


def test_a_level_moves_by_the_weight_of_each_surprise():
    """0.75 on the newest: 4, then 4 + 0.75 x (8 - 4) = 7, then 7 + 0.75 x (3 - 7) = 4."""
    level, errors = smoothed_level(np.array([4.0, 8.0, 3.0]), 0.75)
    assert level == pytest.approx(4.0)
    assert errors == pytest.approx([4.0, -4.0])


def test_one_fault_of_recording_hardly_moves_a_coefficient():
    """y = 0.4 x with one row wrong by 10: least squares is pulled off, Huber's estimate is not."""
    x = np.linspace(-1, 1, 41)[:, None]
    noise = 0.01 * np.sin(np.arange(41) * 2.1)
    y = 0.4 * x[:, 0] + noise
    y[40] += 10
    plain = np.linalg.lstsq(x, y, rcond=None)[0][0]
    assert abs(plain - 0.4) > 0.5
    assert robust_regression(x, y, 1.5).value[0] == pytest.approx(0.4, abs=0.01)


def test_a_rate_that_nobody_has_gets_no_weight():
    terms = np.column_stack([np.linspace(-1, 1, 30), np.zeros(30)])
    found = robust_regression(terms, 2 * terms[:, 0], 1.5)
    assert found.value == pytest.approx([2.0, 0.0])
    assert (found.covariance[1] == 0).all()


def test_an_authority_is_drawn_to_its_region_and_that_to_the_nation():
    """Two regions of two, far apart and each of one mind, little counting error: own and region stay.

    Within regions V = max(2 - 1, 0.05 x 2) = 1: seen ((1)^2 x 4) / 2 = 2 less counting 1. Own weight
    1 / (1 + 1) = 1/2. Region means -10 and 10: variance 200 less (1 + 1) / 2 = 1, R = 199; believed
    199 / (199 + 1) = 0.995. First authority: 1/2 x (-11) + 1/2 x 0.995 x (-10) = -10.475.
    """
    value = np.array([-11.0, -9.0, 9.0, 11.0])
    regions = np.array(["north", "north", "south", "south"])
    found = shrink(value, np.ones(4), regions, np.ones(4, dtype=bool), 0.05)
    assert found.weight_own == pytest.approx([0.5] * 4)
    assert found.weight_region == pytest.approx([0.4975] * 4)
    assert found.deviation[0] == pytest.approx(-10.475)


def test_an_authority_without_a_figure_has_its_regions():
    value = np.array([-11.0, -9.0, np.nan, 9.0, 11.0])
    regions = np.array(["north", "north", "north", "south", "south"])
    found = shrink(value, np.ones(5), regions, np.isfinite(value), 0.05)
    assert found.weight_own[2] == 0
    assert found.deviation[2] == pytest.approx(0.995 * -10)


@given(st.lists(st.floats(-5, 5), min_size=4, max_size=30), st.floats(0.01, 10))
def test_nobody_is_drawn_beyond_what_was_seen(values: list[float], variance: float):
    seen = np.array(values)
    one = np.array(["england"] * len(seen))
    found = shrink(seen, np.full(len(seen), variance), one, np.ones(len(seen), dtype=bool), 0.05)
    assert (np.abs(found.deviation) <= np.abs(seen) + 1e-9).all()
    assert ((found.weight_own >= 0) & (found.weight_own <= 1)).all()


def test_flows_are_not_below_nil():
    """A true flow of nil that noise would make negative is nil, and the other is found."""
    random = np.random.default_rng(1)
    terms = random.uniform(0, 1, (200, 2))
    response = 0.9 * terms[:, 0] - 0.05 * terms[:, 1] + random.normal(0, 0.01, 200)
    found = _bounded_robust(terms, response, 1.5)
    assert found[1] == pytest.approx(0.0, abs=1e-4)
    assert found[0] == pytest.approx(0.87, abs=0.02)


def test_what_parts_miss_of_the_total_is_spread_as_new_plans():
    """Parts 60 and 30 of a total of 100, new plans 3 to 1: the missing 10 go 7.5 and 2.5."""
    raw = np.array([60.0, 30.0])[:, None, None]
    found = _to_total(raw, np.array([[100.0]]), np.array([0.3, 0.1]))
    assert found[:, 0, 0] == pytest.approx([67.5, 32.5])


def test_too_short_a_history_is_refused():
    history = simulated_history(Truth(), seed=1, authorities=30, first=2014, last=2016)
    with pytest.raises(ScenarioError, match="too few years"):
        fit_plan_totals(history, settings())


def test_more_draws_and_fewer_authorities_change_no_number():
    """Keyed by the authority's name and the draw: design section 7."""
    history = simulated_history(Truth(), seed=2, authorities=40).known_at(2020)
    fit = fit_plan_totals(history, settings())
    few = draw_plans(fit, 2, 50, 7, settings())
    many = draw_plans(fit, 3, 200, 7, settings())
    assert (few.plans == many.plans[:2, :, :50]).all()
    assert (few.plans != draw_plans(fit, 2, 50, 8, settings()).plans).any()


def certain_fit(**changes: Any) -> PlanTotals:
    """A fit without any uncertainty or noise but what `changes` puts in."""
    history = simulated_history(Truth(), seed=3, authorities=60).known_at(2021)
    fit = fit_plan_totals(history, settings())
    nil = np.zeros(1)
    quiet = replace(
        fit.noise, growth=nil, new_plans=nil, deviations=np.zeros((len(fit.deviations.rates), 1))
    )
    terms = [replace(each, covariance=0 * each.covariance) for each in (fit.pipeline, fit.exits)]
    quiet_fit = replace(fit, noise=quiet, pipeline=terms[0], exits=terms[1], level_errors=nil)
    return replace(quiet_fit, **changes)


def test_without_surprises_plans_follow_the_equations():
    """P' = P (1 + Y - X): with no noise and no uncertainty every draw is the fitted path."""
    fit = certain_fit()
    draws = draw_plans(fit, 1, 3, 1, replace(settings(), common_shock_sd=0.0))
    before = fit.plans[:, None]
    expected = before * (1 + draws.new_plans[0] / before - draws.net_exit_share[0])
    assert draws.plans[0] == pytest.approx(expected, rel=1e-12)
    assert np.ptp(draws.plans[0], axis=1).max() == pytest.approx(0, abs=1e-9)


def test_three_quarters_of_a_common_surprise_stay_in_the_level():
    """Growth of the second year on that of the first over draws: slope 0.75, and what new plans carry on."""
    fit = certain_fit()
    draws = draw_plans(fit, 2, 2000, 1, replace(settings(), common_shock_sd=0.02))
    first = np.log(draws.plans[0, 0] / fit.plans[0])
    second = np.log(draws.plans[1, 0] / draws.plans[0, 0])
    slope = np.cov(first, second)[0, 1] / first.var()
    assert 0.6 < slope < 0.9


def test_surprises_of_the_pipeline_tell_a_year_later():
    """Requests that differ from what was expected change nothing now and new plans next year."""
    fit = certain_fit()
    moved = np.zeros((len(ALL_RATES), 2))
    moved[ALL_RATES.index("accepted")] = [-1.0, 1.0]
    noise = replace(fit.noise, growth=np.zeros(2), new_plans=np.zeros(2), deviations=moved)
    draws = draw_plans(
        replace(fit, noise=noise), 2, 400, 1, replace(settings(), common_shock_sd=0.0)
    )
    assert np.ptp(draws.plans[0], axis=1).max() == pytest.approx(0, abs=1e-9)
    assert (np.ptp(draws.new_plans[1], axis=1) > 0).all()


def test_prevalence_has_no_surprise_of_its_own():
    """It follows from growth itself, so that a surprise would be counted twice."""
    history = simulated_history(Truth(), seed=3, authorities=60).known_at(2021)
    noise = fit_plan_totals(history, settings()).noise
    assert (noise.deviations[ALL_RATES.index("prevalence")] == 0).all()
    assert noise.deviations[ALL_RATES.index("accepted")].std() > 0


def test_what_flows_leave_to_the_count_is_recorded_differently():
    """100 plans, 20 new, 5 in 100 leave, 110 counted: 5 fewer than 115, so -0.05 for each plan."""
    plans, new, exits = np.array([[[110.0]]]), np.array([[[20.0]]]), np.array([[[0.05]]])
    found = targets_of(
        "Northshire", 100.0, PlanDraws(2023, ("Northshire",), plans, new, exits), None
    )
    assert found.recorded[0, 0] == pytest.approx(-0.05)
    assert found.shares == {}
