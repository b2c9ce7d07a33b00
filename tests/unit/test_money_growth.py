"""Growth shrunk to the nation's: weights worked by hand, and what must hold whatever the figures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from model.calibration.money.growth_draws import nation_ahead, nation_level, own_ahead, own_weight
from model.calibration.money.growth_fit import GrowthFit, fit_growth
from model.calibration.money.level import levels_of
from model.calibration.money.settings import FAMILY_OF, GrowthSettings, growth_settings
from model.history.finance import MEASURES

pytestmark = pytest.mark.unit

SETTINGS = GrowthSettings(
    persistence=0.0,
    persistence_sd=0.2,
    national_sd=0.03,
    national_years=4,
    largest_own_growth=1.0,
    weight_on_latest=0.5,
    between_years_sd=0.1,
    least_degrees_of_freedom=2.5,
)


def fit(deviations, persistence: float, *, scale: float = 0.1, per_plan: float = 0.0) -> GrowthFit:
    """Deviations small beside the scale, so that none is an outlier."""
    return GrowthFit(
        nation=np.zeros(np.shape(deviations)[1]),
        deviations=np.array(deviations, dtype=float),
        scale=scale,
        scale_per_plan=per_plan,
        typical_scale=scale,
        degrees_of_freedom=50.0,
        persistence=persistence,
        persistence_sd=0.0,
        pairs=0,
    )


@pytest.mark.parametrize(
    ("years", "persistence", "weight"),
    [
        (1, 0.5, 0.5),
        (2, 0.5, 2 * 0.5 / 1.5),
        (3, 0.5, 3 * 0.5 / 2.0),
        (2, 0.0, 0.0),
        (1, -0.2, -0.2),
        # Two years, errors undone: [1 -.2; -.2 1] b = [0 -.2], b = [-1/24 -5/24], together -1/4.
        (2, -0.2, -0.25),
    ],
)
def test_the_weight_of_own_growth_by_hand(years, persistence, weight):
    """Above nil: k r / (1 + (k - 1) r) of the mean of k years. Below: the last year is undone in part."""
    found = own_weight(fit(np.full((1, years), 0.01), persistence), None, None)
    assert found == pytest.approx([weight])


def test_a_year_without_a_figure_tells_nothing():
    """One known year of three weighs as one year alone."""
    found = own_weight(fit([[np.nan, np.nan, 0.01]], 0.5), None, None)
    assert found == pytest.approx([0.5], rel=1e-5)


def test_fewer_plans_are_less_evidence():
    """Scale^2 is 0.01 + 1/plans, r 0.5: 100 plans 0.005/0.02, 1,000,000 plans 0.005/0.010001."""
    plans = np.array([[100.0], [1e6]])
    found = own_weight(fit([[0.01], [0.01]], 0.5, per_plan=1.0), plans, plans[:, 0])
    assert found == pytest.approx([0.005 / 0.02, 0.005 / 0.010001])


def test_an_outlier_counts_for_little():
    """Ten scales out with 4 degrees of freedom: its noise counts (4 + 100) / 5 times, r 0.5: 0.5/(0.5 + 0.5 x 20.8)."""
    wild = replace(fit([[1.0]], 0.5), degrees_of_freedom=4.0)
    assert own_weight(wild, None, None) == pytest.approx([0.5 / (0.5 + 0.5 * 20.8)])


def test_what_lasts_comes_every_year_and_what_is_undone_only_once():
    lasting = own_ahead(fit([[0.08]], 0.5), None, None, SETTINGS, 3, 4000, np.random.default_rng(1))
    undone = own_ahead(fit([[0.08]], -0.4), None, None, SETTINGS, 3, 4000, np.random.default_rng(1))
    error = 4 * 0.1 / np.sqrt(4000)
    assert lasting.mean(axis=2)[0] == pytest.approx([0.04] * 3, abs=error)
    assert undone.mean(axis=2)[0] == pytest.approx([-0.032, 0, 0], abs=error)


def test_no_draw_of_own_growth_is_beyond_its_limit():
    heavy = replace(fit([[0.0]], 0.0, scale=0.5), degrees_of_freedom=2.5)
    ahead = own_ahead(heavy, None, None, SETTINGS, 1, 5000, np.random.default_rng(2))
    assert np.abs(ahead).max() == 1.0
    assert (np.abs(ahead) == 1.0).mean() < 0.2


@pytest.mark.parametrize(
    ("nation", "level", "variance"),
    [([0.04], 0.04, 1.0), ([0.02, 0.06], 0.04, 0.5), ([0.01, 0.03, 0.06], 0.04, 0.375)],
)
def test_the_nations_level_is_half_the_latest_year(nation, level, variance):
    """Half of 0.06, a quarter each of 0.01 and 0.03; squared weights 1/4 + 1/16 + 1/16."""
    assert nation_level(np.array(nation), SETTINGS) == pytest.approx((level, variance))


def test_the_nations_growth_is_one_for_all_authorities_and_wider_ahead():
    national = replace(fit(np.zeros((1, 2)), 0.0), nation=np.array([0.02, 0.06]))
    ahead = nation_ahead(national, SETTINGS, 2, 20_000, np.random.default_rng(3))
    assert ahead.shape == (2, 20_000)
    assert np.median(ahead, axis=1) == pytest.approx([0.04, 0.04], abs=0.001)
    # The error of the level stays: two years vary by more than two years of shocks alone.
    correlation = np.corrcoef(ahead)[0, 1]
    assert 0.25 < correlation < 0.42  # 0.5 / 1.5


def simulated(authorities: int, years: int, seed: int, persistence: float = 0.4):
    random = np.random.default_rng(seed)
    own = np.sqrt(persistence) * 0.05 * random.standard_normal((authorities, 1))
    noise = np.sqrt(1 - persistence) * 0.05 * random.standard_normal((authorities, years))
    return 0.03 + own + noise


def test_the_fit_finds_what_the_figures_were_made_from():
    found = fit_growth(simulated(3000, 3, 4), None, SETTINGS)
    assert found.nation == pytest.approx([0.03] * 3, abs=0.004)
    assert found.scale == pytest.approx(0.05, rel=0.05)
    assert found.degrees_of_freedom > 15
    # Two pairs of years show 0.4 with variance 1/6000 + 0.01/2; 0 was assumed with 0.04.
    shown = 1 / (1 / 6000 + 0.005)
    assert found.persistence == pytest.approx(0.4 * shown / (shown + 25), abs=0.03)
    assert found.persistence_sd == pytest.approx((shown + 25) ** -0.5)
    assert found.pairs == 6000


def test_the_fit_finds_the_part_that_few_plans_make():
    random = np.random.default_rng(5)
    plans = np.exp(random.uniform(np.log(20), np.log(5000), (4000, 1)))
    growth = np.sqrt(0.02**2 + 2.0 / plans) * random.standard_normal((4000, 1))
    found = fit_growth(growth, plans, SETTINGS)
    assert found.scale_per_plan == pytest.approx(2.0, rel=0.1)
    assert found.scale == pytest.approx(0.02, rel=0.4)


def test_bad_rows_hardly_move_the_fit():
    """One row in twenty a hundredfold: the nation's growth and the scale stay nearly where they were."""
    growth = simulated(400, 2, 6)
    clean = fit_growth(growth, None, SETTINGS)
    growth[::20, 0] += np.log(100)
    bad = fit_growth(growth, None, SETTINGS)
    assert bad.nation == pytest.approx(clean.nation, abs=0.01)
    assert bad.scale == pytest.approx(clean.scale, rel=0.3)
    assert bad.degrees_of_freedom < 4


def test_one_year_of_growth_leaves_what_was_assumed_of_persistence():
    found = fit_growth(simulated(100, 1, 7), None, SETTINGS)
    assert (found.persistence, found.persistence_sd, found.pairs) == (0.0, 0.2, 0)


def test_too_few_authorities_are_refused():
    growth = simulated(5, 2, 8)
    growth[:3, 1] = np.nan
    with pytest.raises(ValueError, match="three authorities"):
        fit_growth(growth, None, SETTINGS)


@hypothesis_settings(max_examples=10, deadline=None)
@given(st.floats(-0.2, 0.2), st.floats(0.1, 10))
def test_growth_is_found_in_any_unit(shift, factor):
    """Add to all growth and the nation's moves by as much; multiply it and every scale does."""
    growth = simulated(60, 2, 9)
    first, moved = (
        fit_growth(growth, None, SETTINGS),
        fit_growth(growth * factor + shift, None, SETTINGS),
    )
    assert moved.nation == pytest.approx(first.nation * factor + shift, abs=1e-4 * factor)
    assert moved.scale == pytest.approx(first.scale * factor, rel=1e-3)
    assert moved.persistence == pytest.approx(first.persistence, abs=1e-3)


def test_every_measure_has_settings_with_a_reason():
    assert set(FAMILY_OF) == set(MEASURES)
    for family in set(FAMILY_OF.values()):
        assert growth_settings(family).national_sd > 0


def test_a_price_is_drawn_to_the_median_authority_by_its_error():
    """Logs 0, 1 and 2 with many plans: V is 1.4826^2. Ten plans, k 20: error 1; persistence -0.2 x scale^2 0.01 adds 0.002."""
    shape = fit(np.zeros((3, 1)), -0.2, per_plan=20.0)
    levels = levels_of(np.array([0.0, 1.0, 2.0]), np.full(3, 1e9), shape)
    assert levels.typical == 1.0
    assert levels.between == pytest.approx(1.4826**2 - 0.002, abs=1e-6)
    weight = levels.between / (levels.between + 1.002)
    assert levels.weight(np.array([10.0])) == pytest.approx([weight])
    assert levels.shrunk(np.array([3.0]), np.array([10.0])) == pytest.approx([1 + 2 * weight])


def test_where_authorities_differ_by_error_alone_all_have_the_typical_price():
    shape = fit(np.zeros((3, 1)), 0.0, per_plan=1000.0)
    levels = levels_of(np.array([0.0, 0.1, 0.2]), np.full(3, 10.0), shape)
    assert levels.shrunk(np.array([0.2]), np.array([10.0])) == pytest.approx([0.1])
