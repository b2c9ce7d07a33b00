"""Chance against the exact moments of individual children (design 5.3).

"Chance moves whole plans; means, variances and covariances of stocks and flows agree with an exact
individual-level simulation." Sixteen months with two Septembers: ageing, the end at 25, phase
transfers, moves, exits. Nobody joins, so that children are independent and every moment is known.

Each test's bounds give a false alarm under 1e-5 in all its comparisons together (Bonferroni).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from scipy import stats

from model.chance.philox import stream_key
from model.cohort.placements import Placements, Twin
from model.cohort.rates import EFFECTS, TransitionRates, effects, reachable, transition_rates
from model.cohort.state import CohortState, MonthFlows, empty_state
from model.cohort.step import Chance, Workspace
from model.demand.new_plans import Entries
from model.draws import sample as sampled_inputs
from model.month import MonthInputs, advance
from model.reference.calendar import calendar_month
from model.reference.codes import AGES, SETTINGS
from model.reference.national import national_rates
from model.scenario.schema import Scenario
from tests.reference.children import (
    Child,
    Moments,
    Place,
    exact_moments,
    national_chances,
    simulate,
)

pytestmark = pytest.mark.integration

FALSE_ALARM = 1e-5
MONTHS = range(4, 20)
"""August to November of the year after."""

CALENDAR = [calendar_month(month) for month in MONTHS]
DRAWS, WIDTH = 20_480, 1024

TILTS = {
    "ceased_under_18": 6.0,
    "ceased_18_and_over": 0.6,
    "moved_out": 2.5,
    "to_state_special": 1.5,
    "to_independent": 4.0,
    "to_post_16": 0.4,
    "to_other": 3.0,
    "other_moves": 1.2,
}
TRACKED = Placements(
    tuple(
        Twin(SETTINGS.index(name), "existing")
        for name in ("state_special", "independent_special_residential")
    )
)
CHILDREN = {
    Child(3, "early_years", existing=False, need=0): 45,
    Child(8, "mainstream", existing=False, need=0): 60,
    Child(8, "mainstream", existing=False, need=8): 25,
    Child(9, "mainstream", existing=False, need=8): 70,
    Child(10, "state_special", existing=True, need=0): 40,
    Child(10, "state_special", existing=False, need=0): 15,
    Child(14, "independent_special_residential", existing=True, need=8): 18,
    Child(15, "mainstream", existing=False, need=0): 50,
    Child(18, "mainstream_post_16", existing=False, need=8): 40,
    Child(23, "specialist_post_16", existing=False, need=8): 20,
    Child(24, "other", existing=False, need=8): 12,
}


def place(number: int) -> Place:
    return SETTINGS[TRACKED.setting_of[number]], number >= len(SETTINGS)


PLACES = [place(number) for number in range(TRACKED.count)]


@dataclass
class Outcomes:
    """Children by outcome and need (outcome x need, draw) in the order of the exact moments."""

    values: np.ndarray
    state: CohortState


def opening(draws: int) -> CohortState:
    state = empty_state(TRACKED, draws)
    for child, count in CHILDREN.items():
        state.plans[child.age, PLACES.index((child.setting, child.existing)), child.need] += count
    return state


def month_inputs(
    rates: TransitionRates, live: np.ndarray, draws: int, seed: int | None, first_draw: int
) -> MonthInputs:
    """A month of the cohort alone: nobody joins, and every mechanism around it is off."""
    scenario = Scenario.model_validate(
        {
            "format": 1,
            "name": "closed",
            "title": "A closed cohort",
            "authority": "Nowhere",
            "as_at": "2023-06",
            "horizon": {"first_year": "2023-24", "last_year": "2024-25"},
            "rates": TILTS,
        }
    )
    chance = None
    if seed is not None:
        keys = [
            stream_key(seed, name)
            for name in ("exits", "phase transfers", "new", "in", "recording")
        ]
        chance = Chance(*keys, first_draw)
    inputs = MonthInputs(
        rates=rates,
        tilts=scenario.rates,
        live=live,
        entries=Entries(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)),
        new_plans=None,
        new_pattern=None,
        moved_in=None,
        moved_in_pattern=None,
        draws=sampled_inputs(scenario, 0 if seed is None else seed, first_draw, draws),
        seed=0 if seed is None else seed,
        chance=chance,
    )
    tilts = np.array([TILTS[name] for name in EFFECTS])
    assert (effects(inputs.tilts, inputs.draws, MONTHS[0]) == tilts[:, None]).all()
    for mechanism in (inputs.pipeline, inputs.reviews, inputs.places, inputs.averted):
        assert mechanism is None
    return inputs


def step_cohort(moments: Moments, draws: int, seed: int | None, first_draw: int = 0) -> Outcomes:
    """The model's own months; whole plans by chance with a seed, expected values without.

    Needs go separate ways in flows that are kept by age and setting, so each need is stepped alone
    (cells have their own random numbers, so that this changes nothing).
    """
    rates = transition_rates(national_rates(), TRACKED)
    at_start = opening(1).plans.sum(axis=2)[..., 0] > 0
    live = np.argwhere(reachable(at_start, np.zeros_like(at_start), rates)).astype(np.int64)
    inputs = month_inputs(rates, live, draws, seed, first_draw)
    work = Workspace(rates, TRACKED, 0, draws)
    flows = MonthFlows.nil(TRACKED, draws)
    found: dict[object, np.ndarray] = {}
    whole = empty_state(TRACKED, draws)
    for need in sorted({need for _, need in moments.names}):
        state = opening(draws)
        for other in range(state.plans.shape[2]):
            if other != need:
                state.plans[:, :, other] = 0.0
        gone = {name: np.zeros((TRACKED.count, draws)) for name in ("ceased", "moved_out")}
        for month in MONTHS:
            before = state.plans.sum(axis=(0, 1, 2))
            flows.clear()
            advance(state, flows, inputs, month, work)
            for name, values in gone.items():
                values += getattr(flows, name).sum(axis=0)
            out = (flows.ceased + flows.moved_out).sum(axis=(0, 1))
            assert np.allclose(state.plans.sum(axis=(0, 1, 2)), before - out, rtol=0, atol=1e-9)
        for number, where in enumerate(PLACES):
            found[("in", where), need] = state.plans[:, number, need].sum(axis=0)
            for name, values in gone.items():
                found[(name, where), need] = values[number]
        whole.plans += state.plans
    return Outcomes(np.stack([found[name] for name in moments.names]), whole)


@pytest.fixture(scope="module")
def moments() -> Moments:
    chances = national_chances(TILTS)
    return exact_moments(CHILDREN, chances, CALENDAR, PLACES)


@pytest.fixture(scope="module")
def sample(moments: Moments) -> np.ndarray:
    """Outcomes (outcome, draw) of 20,480 draws of the model's cohort."""
    blocks = [
        step_cohort(moments, WIDTH, 20230629, first).values for first in range(0, DRAWS, WIDTH)
    ]
    return np.concatenate(blocks, axis=1)


def bound(comparisons: int) -> float:
    return float(stats.norm.isf(FALSE_ALARM / 2 / comparisons))


def assert_means(values: np.ndarray, moments: Moments) -> None:
    """z-test of every mean; rare outcomes by the tails of a Poisson, which is never too narrow."""
    draws, size = values.shape[1], len(moments.names)
    limit = bound(size)
    for row, name in enumerate(moments.names):
        total, due = values[row].sum(), moments.mean[row] * draws
        if due == 0.0:
            assert total == 0.0, name
        elif due < 400:
            tails = stats.poisson.cdf(total, due), stats.poisson.sf(total - 1, due)
            assert min(tails) > FALSE_ALARM / 2 / size, name
        else:
            deviation = np.sqrt(draws * moments.covariance[row, row])
            assert abs(total - due) < limit * deviation, name


def assert_covariances(values: np.ndarray, moments: Moments, least_variance: float) -> None:
    """z-test of every variance and covariance around the exact means, with its exact spread."""
    kept = np.nonzero(np.diag(moments.covariance) >= least_variance)[0]
    assert len(kept) > 20
    centred = values[kept] - moments.mean[kept, None]
    found = centred @ centred.T / values.shape[1]
    due = moments.covariance[np.ix_(kept, kept)]
    spread = np.sqrt(moments.product_variance[np.ix_(kept, kept)] / values.shape[1])
    limit = bound(len(kept) * (len(kept) + 1) // 2)
    worst = np.unravel_index(np.argmax(np.abs(found - due) / spread), found.shape)
    names = [moments.names[kept[index]] for index in worst]
    assert abs(found - due)[worst] < limit * spread[worst], names


# ---------------------------------------------------------------- the exact chain itself


def test_the_exact_chain_keeps_every_child(moments: Moments) -> None:
    """Outcomes are exclusive and complete; all kinds of outcome occur, some places never hold anyone."""
    assert moments.mean.sum() == pytest.approx(sum(CHILDREN.values()), rel=1e-12)
    named = zip(moments.names, moments.mean, strict=True)
    assert {what for ((what, _), _), mean in named if mean > 0.5} == {"in", "ceased", "moved_out"}
    assert (moments.mean == 0.0).sum() > 10


# ---------------------------------------------------------------- the model against it


def test_expected_values_are_the_exact_means(moments: Moments) -> None:
    """Chance off: stocks by place and need, and all that ceased or moved out, to 1e-9."""
    found = step_cohort(moments, 2, None).values
    assert (found[:, 0] == found[:, 1]).all()
    assert np.abs(found[:, 0] - moments.mean).max() < 1e-9
    assert (found[moments.mean == 0.0] == 0.0).all()


def test_means_of_whole_plans(sample: np.ndarray, moments: Moments) -> None:
    assert (sample == np.round(sample)).all()
    assert sample.min() >= 0.0
    assert (sample.sum(axis=0) == sum(CHILDREN.values())).all()
    assert_means(sample, moments)


def test_variances_and_covariances_of_whole_plans(sample: np.ndarray, moments: Moments) -> None:
    """Stocks with stocks, exits with exits across settings, stocks with exits."""
    assert_covariances(sample, moments, 0.3)


def test_cells_that_nobody_can_reach_are_exactly_empty(
    sample: np.ndarray, moments: Moments
) -> None:
    assert (sample[moments.mean == 0.0] == 0.0).all()
    possible = sample[moments.mean * DRAWS > 40]
    assert (possible.sum(axis=1) > 0).all()


def test_needs_do_not_share_their_chance(sample: np.ndarray, moments: Moments) -> None:
    """Children of one need and another are independent, cell by cell: correlations nil (z-bound)."""
    needs = np.array([need for _, need in moments.names])
    busy = np.diag(moments.covariance) > 0.3
    one, other = (sample[(needs == need) & busy] for need in (0, 8))
    found = np.corrcoef(np.vstack([one, other]))[: len(one), len(one) :]
    assert np.abs(found).max() < bound(found.size) / np.sqrt(DRAWS)


def test_needs_stepped_together_are_needs_stepped_alone(moments: Moments) -> None:
    """A cell's random numbers do not depend on other cells: all needs at once give the same bits."""
    alone = step_cohort(moments, 64, 5).state
    together = opening(64)
    rates = transition_rates(national_rates(), TRACKED)
    work, flows = Workspace(rates, TRACKED, 0, 64), MonthFlows.nil(TRACKED, 64)
    live = np.argwhere(np.ones((len(AGES), TRACKED.count), dtype=bool)).astype(np.int64)
    inputs = month_inputs(rates, live, 64, 5, 0)
    for month in MONTHS:
        flows.clear()
        advance(together, flows, inputs, month, work)
    assert (together.plans == alone.plans).all()


# ---------------------------------------------------------------- the plain loop


def test_a_plain_loop_over_children_agrees(sample: np.ndarray, moments: Moments) -> None:
    """Second check: 300 draws child by child give the exact moments, and so the model's."""
    chances = national_chances(TILTS)
    children = [child for child, count in CHILDREN.items() for _ in range(count)]
    generator = np.random.default_rng(4)
    rows = {name: row for row, name in enumerate(moments.names)}
    values = np.zeros((len(rows), 300))
    for draw in range(300):
        history = simulate(children, chances, CALENDAR, generator)
        for what in ("stock", "ceased", "moved_out"):
            for (where, need), count in getattr(history, what).items():
                values[rows[("in" if what == "stock" else what, where), need], draw] = count
    assert_means(values, moments)
    assert_covariances(values, moments, 1.0)
    variance = np.diag(moments.covariance)
    limit = bound(len(rows)) * np.sqrt(variance * (1 / 300 + 1 / DRAWS)) + 3 / 300
    assert (np.abs(values.mean(axis=1) - sample.mean(axis=1)) <= limit).all()
