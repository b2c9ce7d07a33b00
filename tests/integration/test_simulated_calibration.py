"""Simulation-based calibration: nations simulated from known rates give those rates back.

Twelve invented nations of 150 authorities. Coefficients are within their stated errors as often as
those say; ranges of plans one to three years ahead hold what comes. Bounds allow for twelve nations,
each with one common surprise a year.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from model.calibration.authority_rates import SHARES, forecast_rate
from model.calibration.demand import own_demand
from model.calibration.plan_draws import draw_plans
from model.calibration.plan_totals import EXIT_RATES, NEW_PLAN_RATES, PlanTotals, fit_plan_totals
from model.calibration.settings import settings
from model.history.history import History

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from simulated_history import Truth, simulated_history

pytestmark = pytest.mark.integration

NATIONS, ORIGIN, TRUTH = 12, 2021, Truth()


@pytest.fixture(scope="module")
def fitted() -> list[tuple[History, PlanTotals]]:
    found = []
    for seed in range(NATIONS):
        history = simulated_history(TRUTH, seed)
        found.append((history, fit_plan_totals(history.known_at(ORIGIN), settings())))
    return found


def test_coefficients_are_given_back_within_their_errors(fitted):
    """Errors over standard errors of four coefficients: mean near nil, spread near 1."""
    scores = []
    for _, fit in fitted:
        for names, truth, terms in (
            (NEW_PLAN_RATES, {"accepted": TRUTH.accepted, "late": TRUTH.late, "new_plans": TRUTH.new_plans}, fit.pipeline),
            (EXIT_RATES, {"refused": TRUTH.refused}, fit.exits),
        ):  # fmt: skip
            error = np.sqrt(np.diag(terms.covariance))
            scores.append(
                [
                    (terms.value[names.index(n)] - t) / error[names.index(n)]
                    for n, t in truth.items()
                ]
            )
    together = np.concatenate([np.atleast_1d(row) for row in scores])
    assert len(together) == 4 * NATIONS
    assert abs(together.mean()) < 0.6
    assert 0.6 < together.std() < 1.4
    assert (np.abs(together) < 1.96).mean() >= 0.85


def test_levels_and_noise_are_given_back(fitted):
    """Net exits 5 in 100, local spread 0.03 (less what lies in new plans): the middle of the nations."""
    exits = np.median([fit.exit_level for _, fit in fitted])
    spread = np.median([np.sqrt(fit.noise.between) for _, fit in fitted])
    assert exits == pytest.approx(TRUTH.exit_level, abs=0.005)
    assert spread == pytest.approx(np.hypot(TRUTH.local_sd, TRUTH.local_sd / 2), rel=0.2)


def test_ranges_hold_what_comes(fitted):
    """80 and 95 % ranges of plans, all nations, one to three years ahead."""
    inside = {80: [], 95: []}
    for history, fit in fitted:
        draws = draw_plans(fit, 3, 400, 1, settings())
        for step in range(3):
            actual = history.of("plans", ORIGIN + 1 + step).to_numpy()
            low, tenth, ninetieth, high = np.quantile(
                draws.plans[step], [0.025, 0.1, 0.9, 0.975], axis=1
            )
            inside[80].append(((actual >= tenth) & (actual <= ninetieth)).mean())
            inside[95].append(((actual >= low) & (actual <= high)).mean())
    assert 0.72 < np.mean(inside[80]) < 0.88
    assert 0.90 < np.mean(inside[95]) < 0.99


def test_shares_of_refusals_are_given_back(fitted):
    """Next year's share of refusals: 80 % ranges hold about as often; known shares are followed."""
    inside, followed = [], []
    for history, _ in fitted[:4]:
        found = forecast_rate(history.known_at(ORIGIN), SHARES[0], settings())
        assert found is not None
        came = (history.of("refused", ORIGIN + 1) / history.of("requests", ORIGIN + 1)).to_numpy()
        inside.append(((came >= found.low) & (came <= found.high)).mean())
        followed.append(np.corrcoef(found.middle, came)[0, 1])
    assert 0.7 < np.mean(inside) < 0.95
    assert np.mean(followed) > 0.5


def test_requests_scatter_as_counted(fitted):
    """A known deviation carries over by about its persistence (0.8), drawn in by counting."""
    found = own_demand(fitted[0][0].known_at(ORIGIN), settings())
    assert found is not None
    assert 0.6 < found.carry_over[0] < 0.95
    assert 0.8 < found.residuals.std() < 1.2
