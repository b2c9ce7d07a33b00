"""Draws of plans and new plans in the Januaries after the fit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

from model.calibration.plan_totals import EXIT_ROWS, NEW_PLANS, NEW_ROWS, PREVALENCE, PlanTotals
from model.calibration.robust_regression import Coefficients
from model.calibration.settings import Settings
from model.chance.philox import stream_key, uniforms

Floats = NDArray[np.float64]
_LEAST_GROWTH, _LEAST_NEW, _FEWEST = 0.4, 0.01, 5.0


@dataclass(frozen=True)
class PlanDraws:
    """Plans in force and new plans, (horizon, authority, draw); horizon h is January + h + 1.

    New plans are those of the calendar year before that January. `net_exit_share`: net exits that
    the rates expect, for each plan of the January before. What plans before + new plans - net exits
    leaves to the plans is recorded differently from the flows.
    """

    january: int
    authorities: tuple[str, ...]
    plans: Floats
    new_plans: Floats
    net_exit_share: Floats


def draw_plans(
    fit: PlanTotals, horizons: int, draws: int, seed: int, settings: Settings
) -> PlanDraws:
    """Draw paths of plans, one set of coefficients a draw and a common shock a year.

    Uncertain are the coefficients, the nation's level (a shock on every authority alike, of which
    `level_weight` stays), and what single authorities do (residuals of past years, new plans and
    growth of one authority and year together, a share lasting). An authority's own draws are keyed
    by its name, so that others beside it change nothing.
    """
    pipeline = _normal_draws(fit.pipeline, seed, "calibration pipeline", draws)
    exits = _normal_draws(fit.exits, seed, "calibration exits", draws)
    shocks = _common_shocks(fit.level_errors, horizons, draws, seed, settings)
    growth_noise, which = _local_noise(fit, horizons, draws, seed)
    size = (len(fit.authorities), draws)
    start = np.nan_to_num(fit.plans, nan=1.0)[:, None]
    mean = np.repeat(np.nan_to_num(fit.deviations.mean)[:, None], draws, axis=1)
    own = np.repeat(fit.deviations.shrunk[:, :, None], draws, axis=2)
    # The level was fitted with the estimated coefficients: other coefficients, another level.
    level = fit.new_level - (pipeline - fit.pipeline.value[:, None]).T @ mean[NEW_ROWS, 0]
    exit_level = np.full(draws, fit.exit_level)
    log_growth, carried = np.zeros(size), np.zeros(draws)
    plans, new_plans = np.empty((horizons, *size)), np.empty((horizons, *size))
    net_exit_share = np.empty((horizons, *size))
    for step in range(horizons):
        nation_new = level + (mean[NEW_ROWS] * pipeline).sum(axis=0)
        surprise = carried + shocks[step]
        nation_growth = nation_new - exit_level + surprise
        own_new = np.einsum("kad,kd->ad", own[NEW_ROWS], pipeline)
        own_exits = np.einsum("kad,kd->ad", own[EXIT_ROWS], exits)
        before = start * np.exp(log_growth)
        spread = np.sqrt(fit.noise.between + fit.noise.count_share / np.maximum(before, _FEWEST))
        local = growth_noise[step] * spread
        growth = nation_growth + own_new - own_exits
        expected_new = np.maximum(_LEAST_NEW, nation_new + surprise + own_new)
        net_exit_share[step] = exit_level + own_exits
        new_plans[step] = before * expected_new * np.exp(fit.noise.new_plans[which[step]] * spread)
        log_growth = log_growth + np.log(np.maximum(_LEAST_GROWTH, 1 + growth)) + local
        plans[step] = start * np.exp(log_growth)
        following = np.einsum("jk,kad->jad", fit.carry_over, own)
        following += fit.noise.deviations[:, which[step]] * spread
        following[PREVALENCE] = own[PREVALENCE] + (growth - nation_growth) + local
        own = following
        mean = mean.copy()
        mean[NEW_PLANS] = nation_new / (1 + nation_growth - surprise)
        carried = carried + settings.level_weight * shocks[step]
    missing = ~np.isfinite(fit.plans)
    plans[:, missing] = np.nan
    new_plans[:, missing] = np.nan
    return PlanDraws(fit.january, fit.authorities, plans, new_plans, net_exit_share)


def _normals(seed: int, purpose: str, rows: int, draws: int) -> Floats:
    return np.asarray(special.ndtri(uniforms(stream_key(seed, purpose), 0, draws, rows)))


def _normal_draws(coefficients: Coefficients, seed: int, purpose: str, draws: int) -> Floats:
    """Coefficients (term, draw) from their normal distribution."""
    values, vectors = np.linalg.eigh(coefficients.covariance)
    root = vectors * np.sqrt(np.maximum(values, 0))
    normals = _normals(seed, purpose, len(coefficients.value), draws)
    return np.asarray(coefficients.value[:, None] + root @ normals)


def _common_shocks(
    errors: Floats, horizons: int, draws: int, seed: int, settings: Settings
) -> Floats:
    """Shocks common to all authorities (horizon, draw), their variance itself uncertain.

    Scaled inverse chi-square: the first guess is worth `common_shock_years` years.
    """
    guess = settings.common_shock_years
    freedom = guess + len(errors)
    variance = (guess * settings.common_shock_sd**2 + (errors**2).sum()) / freedom
    uniform = uniforms(stream_key(seed, "calibration shock size"), 0, draws, 1)[0]
    size = np.sqrt(variance * freedom / stats.chi2.ppf(uniform, freedom))
    return np.asarray(_normals(seed, "calibration shock", horizons, draws) * size)


def _local_noise(
    fit: PlanTotals, horizons: int, draws: int, seed: int
) -> tuple[Floats, NDArray[np.int64]]:
    """Surprises of past years drawn for each authority: those of growth, and which they are.

    Both (horizon, authority, draw); a share of growth's surprises lasts from year to year.
    """
    size = (horizons, len(fit.authorities), draws)
    growth, chosen = np.empty(size), np.empty(size, dtype=np.int64)
    lasting, count = fit.noise.lasting_share, len(fit.noise.growth)
    for place, name in enumerate(fit.authorities):
        uniform = uniforms(stream_key(seed, f"calibration local {name}"), 0, draws, horizons + 1)
        which = np.minimum((uniform * count).astype(np.int64), count - 1)
        # The first number is what lasts, so that a longer horizon leaves the years before as they were.
        stays = np.sqrt(lasting) * fit.noise.growth[which[0]]
        growth[:, place] = np.sqrt(1 - lasting) * fit.noise.growth[which[1:]] + stays
        chosen[:, place] = which[1:]
    return growth, chosen
