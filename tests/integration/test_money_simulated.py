"""Simulation-based calibration of the shrunk growth: ranges hold what they say on data of known making."""

from __future__ import annotations

import numpy as np
import pytest

from model.calibration.money.growth_draws import growth_ahead, nation_ahead, own_ahead
from model.calibration.money.growth_fit import GrowthFit, fit_growth
from model.calibration.money.settings import GrowthSettings

pytestmark = pytest.mark.integration

SETTINGS = GrowthSettings(
    persistence=0.1,
    persistence_sd=0.25,
    national_sd=0.03,
    national_years=4,
    largest_own_growth=5.0,
    weight_on_latest=0.5,
    between_years_sd=0.0,
    least_degrees_of_freedom=2.5,
)
AUTHORITIES, PAST, AHEAD, WORLDS, DRAWS = 150, 2, 2, 60, 500
SCALE, PER_PLAN, DEGREES = 0.04, 1.0, 5.0


def own_growth(random: np.random.Generator, plans: np.ndarray) -> np.ndarray:
    """(authority, year) deviations with the correlation of a world, heavy tails, and more of few plans."""
    years = PAST + AHEAD
    correlation = np.clip(0.1 + 0.25 * random.standard_normal(), -0.42, 0.9)
    scales = np.sqrt(SCALE**2 + PER_PLAN / plans)[:, None]
    heavy = np.sqrt(DEGREES / random.chisquare(DEGREES, (len(plans), years)))
    if correlation >= 0:
        lasting = np.minimum(correlation * np.median(scales) ** 2, 0.95 * scales**2)
        noise = np.sqrt(scales**2 - lasting) * random.standard_normal((len(plans), years)) * heavy
        return np.sqrt(lasting) * random.standard_normal((len(plans), 1)) + noise
    # Errors of level, undone a year later: a moving average with this correlation.
    theta = (1 - np.sqrt(1 - 4 * correlation**2)) / (2 * correlation)
    shocks = random.standard_normal((len(plans), years + 1))
    moving = (shocks[:, 1:] + theta * shocks[:, :-1]) / np.sqrt(1 + theta**2)
    return scales * moving * heavy


@pytest.fixture(scope="module")
def worlds() -> list[tuple[GrowthFit, np.ndarray, np.ndarray]]:
    """Fits of simulated histories, the plans, and the growth that came after."""
    random = np.random.default_rng(20)
    made = []
    for _ in range(WORLDS):
        plans = np.exp(random.uniform(np.log(50), np.log(3000), AUTHORITIES))
        own = own_growth(random, plans)
        behind = np.repeat(plans[:, None], PAST, axis=1)
        sd = np.sqrt(4 * 0.03**2 / random.chisquare(4))
        nation = 0.04 + sd * random.standard_normal(PAST + AHEAD)
        growth = nation + own
        made.append((fit_growth(growth[:, :PAST], behind, SETTINGS), plans, growth, own))
    return made


def held(ensembles: np.ndarray, came: np.ndarray, level: float) -> float:
    low, high = np.quantile(ensembles, [(1 - level) / 2, (1 + level) / 2], axis=-1)
    return float(((came >= low) & (came <= high)).mean())


def test_ranges_of_own_growth_hold_as_often_as_they_say(worlds):
    """9,000 authorities over 60 worlds, one and two years ahead: within 2 points of 80 and 1.5 of 95."""
    random = np.random.default_rng(21)
    ensembles, came = [], []
    for fit, plans, _growth, own in worlds:
        behind = np.repeat(plans[:, None], PAST, axis=1)
        ahead = own_ahead(fit, behind, plans, SETTINGS, AHEAD, DRAWS, random)
        ensembles.append(np.cumsum(ahead, axis=1))
        came.append(np.cumsum(own[:, PAST:], axis=1))
    for horizon in range(AHEAD):
        values = np.stack([one[:, horizon] for one in ensembles])
        actual = np.stack([one[:, horizon] for one in came])
        assert held(values, actual, 0.80) == pytest.approx(0.80, abs=0.02)
        assert held(values, actual, 0.95) == pytest.approx(0.95, abs=0.015)


def test_ranges_of_the_nations_growth_hold_as_often_as_they_say():
    """4,000 nations: with the level of two years and a standard deviation of four years' evidence."""
    random = np.random.default_rng(22)
    inside = {0.80: [], 0.95: []}
    for _ in range(4000):
        sd = np.sqrt(4 * 0.03**2 / random.chisquare(4))
        nation = 0.04 + sd * random.standard_normal(PAST + 1)
        fit = GrowthFit(nation[:PAST], np.zeros((1, PAST)), 0.1, 0.0, 0.1, 50.0, 0.0, 0.0, 0)
        ahead = nation_ahead(fit, SETTINGS, 1, 400, random)[0]
        for level, found in inside.items():
            low, high = np.quantile(ahead, [(1 - level) / 2, (1 + level) / 2])
            found.append(low <= nation[PAST] <= high)
    assert np.mean(inside[0.80]) == pytest.approx(0.80, abs=0.02)
    assert np.mean(inside[0.95]) == pytest.approx(0.95, abs=0.012)


def test_ranges_of_the_whole_hold_over_many_worlds(worlds):
    """All authorities of a world share its nation: 60 worlds hold to about 5 points."""
    random = np.random.default_rng(23)
    values, actual = [], []
    for fit, plans, growth, _own in worlds:
        behind = np.repeat(plans[:, None], PAST, axis=1)
        values.append(growth_ahead(fit, behind, plans, SETTINGS, AHEAD, DRAWS, random))
        actual.append(np.cumsum(growth[:, PAST:], axis=1))
    assert held(np.stack(values), np.stack(actual), 0.80) == pytest.approx(0.80, abs=0.05)
    assert held(np.stack(values), np.stack(actual), 0.95) == pytest.approx(0.95, abs=0.03)


def test_shrinking_beats_both_what_it_lies_between(worlds):
    """Mean squared error one year ahead: below the nation's growth alone and own mean growth alone."""
    errors = {"ours": [], "nation": [], "own": []}
    random = np.random.default_rng(24)
    for fit, plans, _growth, own in worlds:
        behind = np.repeat(plans[:, None], PAST, axis=1)
        ours = own_ahead(fit, behind, plans, SETTINGS, 1, DRAWS, random).mean(axis=-1)[:, 0]
        came = own[:, PAST]
        for name, forecast in (
            ("ours", ours),
            ("nation", 0.0),
            ("own", own[:, :PAST].mean(axis=1)),
        ):
            errors[name].append(((forecast - came) ** 2).mean())
    means = {name: np.mean(found) for name, found in errors.items()}
    assert means["ours"] < 0.98 * means["nation"]
    assert means["ours"] < 0.8 * means["own"]
