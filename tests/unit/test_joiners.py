"""New plans and arrivals: when, how many, of what age (design 5.1, 5.3).

Expected joiners follow population x rate by age x level x damped trend; whole joiners scatter around
them as Poisson or negative binomial numbers. Sampled bounds have a false alarm under 1e-5 a test.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from model.chance.philox import stream_key
from model.cohort import step
from model.cohort.placements import Placements
from model.cohort.state import MonthFlows, empty_state
from model.demand.new_plans import (
    Entries,
    JoinerPattern,
    first_setting_share,
    growth_since_base,
    level,
    moved_in_pattern,
    new_plan_pattern,
)
from model.draws import Draws, sample
from model.reference.calendar import calendar_month
from model.reference.codes import AGES, NEEDS, SETTINGS
from model.reference.national import national_rates
from model.scenario.plans_schema import NewPlans
from model.scenario.schema import Scenario

pytestmark = pytest.mark.unit

FIRST_YEAR = 2023
YEARS = (2022, 2023, 2024, 2025)
BASE_PLANS = 322
DRAWS = 20_000


def scenario_with(**new_plans: Any) -> Scenario:
    return Scenario.model_validate(
        {
            "format": 1,
            "name": "joiners",
            "title": "Joiners",
            "authority": "Nowhere",
            "as_at": "2023-06",
            "horizon": {"first_year": "2023-24", "last_year": "2025-26"},
            "new_plans": {"base_year": 2022, **new_plans},
        }
    )


def drawn(draws: int = DRAWS, **new_plans: Any) -> tuple[NewPlans, Draws]:
    scenario = scenario_with(**new_plans)
    assert scenario.new_plans is not None
    return scenario.new_plans, sample(scenario, 1, 0, draws)


# ---------------------------------------------------------------- the damped trend


def test_growth_fades_by_the_damping_every_year() -> None:
    """Each year's growth is the damping times the last one's: g, g d, g d^2 ..."""
    growth, damping = np.array([0.1, 0.1, -0.04]), np.array([0.5, 0.0, 0.9])
    for years in range(6):
        by_hand = sum(growth * damping**year for year in range(years))
        assert growth_since_base(growth, damping, years) == pytest.approx(
            np.zeros(3) + by_hand, abs=1e-14
        )


def test_growth_without_damping_goes_on() -> None:
    one = np.array([1.0])
    assert growth_since_base(np.array([0.03]), one, 7.5) == pytest.approx([0.225])


def test_before_the_middle_of_the_base_year_there_is_no_growth() -> None:
    growth = np.array([0.1, -0.04])
    for damping in (0.5, 1.0):
        assert growth_since_base(growth, np.full(2, damping), -0.75).tolist() == [0.0, 0.0]


def test_the_level_is_that_of_the_middle_of_the_month() -> None:
    """Log growth counts from the middle of the base year: April 2023 is 9.5 months after June 2022."""
    new_plans, draws = drawn(4, initial_growth=0.06, damping=1)
    for month, since in ((0, 9.5), (5, 14.5), (12, 21.5), (35, 44.5)):
        found = level(new_plans, draws, month, 1, chance=False)
        assert found == pytest.approx(np.full(4, np.exp(0.06 * since / 12)), rel=1e-12)


def test_the_level_of_each_year_is_its_own() -> None:
    """Level and yearly variation by financial year; months before April take the first year's."""
    new_plans, draws = drawn(
        2,
        level={"2023-24": 1.1, "2024-25": 0.9, "2025-26": 1.3},
        yearly_variation={"2023-24": 0.0, "2024-25": 0.2, "2025-26": -0.1},
    )
    due = [1.1, 0.9 * np.exp(0.2), 1.3 * np.exp(-0.1)]
    for month in range(-2, 36):
        found = level(new_plans, draws, month, 1, chance=False)
        assert found == pytest.approx(np.full(2, due[max(month, 0) // 12]), rel=1e-12), month


def test_the_gamma_multiplier_has_mean_one_and_the_stated_variance() -> None:
    """Negative binomial: one multiplier a year, independent between years, nil with chance off."""
    new_plans, draws = drawn(chance="negative_binomial", dispersion=0.09)
    years = np.array([level(new_plans, draws, 12 * year + 3, 1, chance=True) for year in range(3)])
    for values in years:
        assert stats.kstest(values, stats.gamma(1 / 0.09, scale=0.09).cdf).pvalue > 1e-6
        assert values.mean() == pytest.approx(1.0, abs=5 * 0.3 / np.sqrt(DRAWS))
        assert values.var() == pytest.approx(0.09, rel=0.06)
    assert np.abs(np.corrcoef(years) - np.eye(3)).max() < 5 / np.sqrt(DRAWS)
    for year in range(3):
        same = level(new_plans, draws, 12 * year + 10, 1, chance=True)
        assert (same == years[year]).all()
    assert (level(new_plans, draws, 3, 1, chance=False) == 1.0).all()
    poisson, other = drawn(64, chance="poisson", dispersion=0.09)
    assert (level(poisson, other, 3, 1, chance=True) == 1.0).all()


def test_the_gamma_multiplier_has_a_stream_of_its_own() -> None:
    """An uncertain dispersion and the first year's multiplier must not come from one number."""
    new_plans, draws = drawn(chance="negative_binomial", dispersion={"uniform": [0.1, 0.2]})
    multiplier = level(new_plans, draws, 3, 1, chance=True)
    assert abs(stats.spearmanr(multiplier, draws.of(new_plans.dispersion)).statistic) < 0.05


# ---------------------------------------------------------------- expected new plans


def population() -> np.ndarray:
    """Persons (year, age): under 5 fall, the others rise, each year."""
    factor = np.where(np.array(AGES) < 5, 0.9, 1.05)
    return np.array([2000.0 * factor**year for year in range(len(YEARS))])


def pattern() -> tuple[JoinerPattern, Entries]:
    """Expected joiners from February 2023 (month -2) for three years."""
    new_plans = NewPlans.model_validate({"base_year": 2022, "plans_in_base_year": BASE_PLANS})
    national = national_rates()
    entries = Entries.national(national)
    return (
        new_plan_pattern(new_plans, entries, population(), YEARS, national, -2, 38, FIRST_YEAR),
        entries,
    )


def by_age(joiners: JoinerPattern, entries: Entries, months: range) -> np.ndarray:
    """Expected joiners (age,) of some months."""
    total = np.zeros(len(AGES))
    for month in months:
        mean, share = joiners.at(month)
        assert share.sum() == pytest.approx(1.0, abs=1e-12)
        np.add.at(total, entries.age, mean * share.sum(axis=1))
    return total


def published_rates() -> np.ndarray:
    """New plans by age in the base year: national rates scaled to the authority's number."""
    rates = population()[0] * national_rates().new_plans_per_1000
    return BASE_PLANS * rates / rates.sum()


def test_a_year_of_new_plans_runs_from_january_to_january_and_follows_population() -> None:
    """February 2023 to January 2024: base year's plans by age x growth of each age's population."""
    joiners, entries = pattern()
    growth = population() / population()[0]
    for year in (1, 2, 3):
        first = -2 + 12 * (year - 1)
        found = by_age(joiners, entries, range(first, first + 12))
        assert found == pytest.approx(published_rates() * growth[year], rel=1e-9)


def test_most_who_start_at_three_do_so_before_september() -> None:
    """February to August have each age's spring share, the rest September to January, evenly."""
    joiners, entries = pattern()
    spring = national_rates().new_plans_spring_share
    whole = published_rates() * population()[1] / population()[0]
    for month in range(-2, 10):
        if calendar_month(month) in (2, 3, 4, 5, 6, 7, 8):
            due = whole * spring / 7
        else:
            due = whole * (1 - spring) / 5
        assert by_age(joiners, entries, range(month, month + 1)) == pytest.approx(due, rel=1e-9)
    assert spring[3] > 0.8


def test_new_plans_have_the_national_first_settings_and_needs() -> None:
    joiners, entries = pattern()
    mean, share = joiners.at(3)
    cells = np.zeros((len(AGES), len(SETTINGS), len(NEEDS)))
    cells[entries.age, entries.placement] = mean * share
    national = national_rates()
    of_age = cells.sum(axis=(1, 2))
    due = of_age[:, None, None] * national.first_setting_share[:, :, None] * national.new_need_share
    assert cells == pytest.approx(due, abs=1e-12)


def test_published_first_settings_are_met_in_the_base_year() -> None:
    """National first settings by age are fitted to the authority's own; ages stay as they were."""
    given = {"mainstream": 200, "early_years": 12, "state_special": 90, "eotas": 20}
    assert sum(given.values()) == BASE_PLANS
    new_plans = NewPlans.model_validate(
        {"base_year": 2022, "plans_in_base_year": BASE_PLANS, "first_settings": given}
    )
    national = national_rates()
    shares = first_setting_share(new_plans, published_rates(), national)
    assert shares.sum(axis=1) == pytest.approx(np.ones(len(AGES)), abs=1e-9)
    found = (published_rates()[:, None] * shares).sum(axis=0)
    due = [given.get(setting, 0) for setting in SETTINGS]
    assert found == pytest.approx(np.array(due, dtype=float), abs=1e-4)
    busy = published_rates() > 0
    assert (shares[busy][national.first_setting_share[busy] == 0] == 0).all()


def test_arrivals_have_the_months_and_cells_of_national_moves() -> None:
    """One arrival a year, spread by the season of moving out, at the ages and settings of arrivals."""
    national = national_rates()
    entries = Entries.national(national)
    arriving = moved_in_pattern(entries, national, -2, 38)
    for month in range(-2, 36):
        mean, share = arriving.at(month)
        assert mean == national.season["moved_out"][calendar_month(month) - 1]
        assert share.sum() == pytest.approx(1.0, abs=1e-12)
    assert arriving.mean[2:14].sum() == pytest.approx(1.0, abs=1e-12)
    cells = np.zeros((len(AGES), len(SETTINGS)))
    cells[entries.age, entries.placement] = arriving.at(0)[1].sum(axis=1)
    assert cells == pytest.approx(national.moved_in_share, abs=1e-12)


# ---------------------------------------------------------------- whole joiners


def test_whole_joiners_are_independent_poisson_numbers() -> None:
    """Each cell's joiners are Poisson at mean x share; cells and months are independent."""
    share = np.array([[0.4, 0.0, 0.1], [0.0, 0.3, 0.2]])
    tilt = np.where(np.arange(DRAWS) % 2 == 0, 1.0, 2.0)
    key = stream_key(2, "new plans")
    months = [
        step.arrivals(5.0, share, tilt, month, key, 0, np.zeros((2, 3, DRAWS))) for month in (4, 5)
    ]
    cells = np.concatenate([month.reshape(6, DRAWS) for month in months])
    mean = np.tile(5.0 * share.ravel(), 2)
    assert (cells == np.round(cells)).all()
    assert (cells[mean == 0.0] == 0.0).all()
    cells, mean = cells[mean > 0], mean[mean > 0]
    for half, factor in ((slice(0, None, 2), 1.0), (slice(1, None, 2), 2.0)):
        values, due = cells[:, half], mean * factor
        count = DRAWS // 2
        assert (np.abs(values.mean(axis=1) - due) < 5 * np.sqrt(due / count)).all()
        spread = np.sqrt((due + 2 * due**2) / count)
        assert (np.abs(values.var(axis=1) - due) < 5 * spread).all()
        off = np.corrcoef(values) - np.eye(len(due))
        assert np.abs(off).max() < 5.5 / np.sqrt(count)


def test_expected_joiners_are_mean_by_share_by_level() -> None:
    share = np.array([[0.5, 0.25], [0.0, 0.25]])
    found = step.arrivals(8.0, share, np.array([1.0, 0.5]), 3, None, 0, np.zeros((2, 2, 2)))
    assert found[..., 0] == pytest.approx(8 * share)
    assert found[..., 1] == pytest.approx(4 * share)


def test_joiners_do_not_depend_on_the_block_they_are_in() -> None:
    share, key = np.full((3, 2), 1 / 6), stream_key(2, "new plans")
    whole = step.arrivals(4.0, share, np.ones(128), 3, key, 0, np.zeros((3, 2, 128)))
    later = step.arrivals(4.0, share, np.ones(64), 3, key, 64, np.zeros((3, 2, 64)))
    assert (whole[..., 64:] == later).all()
    other = step.arrivals(4.0, share, np.ones(64), 15, key, 64, np.zeros((3, 2, 64)))
    assert (other != later).any()


def test_joiners_enter_at_their_age_place_and_need_and_are_counted() -> None:
    placements = Placements(())
    state, flows = empty_state(placements, 2), MonthFlows.nil(placements, 2)
    arrivals = np.zeros((2, len(NEEDS), 2))
    arrivals[0, 3] = [1.0, 2.0]
    arrivals[1, 5] = [0.0, 4.0]
    step.join(state, flows.new, arrivals, np.array([4, 11]), np.array([0, 4]))
    assert state.plans[4, 0, 3].tolist() == [1.0, 2.0]
    assert state.plans[11, 4, 5].tolist() == [0.0, 4.0]
    assert state.plans.sum() == flows.new.sum() == 7.0
    assert flows.new[11, 4].tolist() == [0.0, 4.0]
