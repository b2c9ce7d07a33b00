"""Find the rates of ceasing and moving with which the monthly model gives the forecast's plans.

Newton's method: unknown are one factor on ceasing, a tilt for each family of moves, and a recording
difference for each year; wanted are plans in force at each January and the shares of setting groups
at one of them. There is one unknown too many, and the smallest change is taken, in which a recording
difference weighs many times what the factor does: ceasing takes the trend, recording what is left of
single years. Every step of all unknowns is one draw of one block of the central run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from model.draws import Override, designed
from model.forecast import step_months
from model.overlay.levels import january_month
from model.overlay.targets import SETTINGS_OF_TILT
from model.prepared import Prepared
from model.reference.codes import SETTINGS

Floats = NDArray[np.float64]

SHARE_HORIZON: Final = 1
"""Shares of setting groups are met at the second January: one year is too short for moves to tell."""
CEASING: Final = ("ceased_under_18", "ceased_18_and_over")
RECORDED: Final = "recording_difference.share_a_year"
_STEP: Final = 0.05
_ROUNDS: Final = 16
_LIMIT: Final = np.log(8.0)
_CEASING_LIMIT: Final = np.log(2.0)
"""Ceasing at half or twice the scenario's own rate is as far as counts can be trusted to say it."""
_RECORDED_UNIT: Final = 0.002
"""Recording difference, for each plan a year, that weighs as much as ceasing changed by a factor e."""
_RECORDED_LIMIT: Final = 0.2
_LONGEST: Final = 0.5
_CLOSE: Final = 1e-5
_LEAST_SENSITIVITY: Final = 0.005
_MISSED: Final = 0.02
_PLANS_MISSED: Final = 0.005


@dataclass(frozen=True)
class Solved:
    """Factors on the scenario's own rates, and what counts gain or lose besides.

    `ceasing`: one factor for all years; `recorded`: (year,) recording difference for each plan.
    `tilts`: by family. `ceasing_slope`: change of log plans after a year, `tilt_slopes`: of the log
    share of each family, for a change of 1 in the logarithm of its factor. `worst`: largest relative
    miss of plans. `out_of_reach`: families that no factor brings to their target.
    """

    ceasing: float
    recorded: Floats
    tilts: dict[str, float]
    ceasing_slope: float
    tilt_slopes: dict[str, float]
    worst: float
    out_of_reach: tuple[str, ...]


def solve(
    prepared: Prepared,
    fixed: Mapping[str, Override],
    plans: Floats,
    shares: Mapping[str, float],
) -> Solved:
    """Factors that give plans in force (year,) and, at the second January, shares by family.

    `fixed` holds inputs by path at what the forecast says of them. The scenario has a recording
    difference.
    """
    years, families = len(plans), tuple(shares)
    wanted = np.log(np.concatenate([plans, [shares[name] for name in families]]))
    limit = np.concatenate(
        [
            [_CEASING_LIMIT],
            np.full(years, _RECORDED_LIMIT / _RECORDED_UNIT),
            np.full(len(families), _LIMIT),
        ]
    )
    longest = np.where(np.arange(len(limit)) <= years, limit, _LONGEST)
    unknown = np.zeros(len(limit))
    base = _base_rates(prepared, years)
    for _ in range(_ROUNDS):
        steps = np.vstack([np.zeros(len(unknown)), _STEP * np.eye(len(unknown))])
        found = _outcomes(prepared, fixed, base, unknown + steps, years, families)
        jacobian = (found[1:] - found[0]).T / _STEP
        missing = wanted - found[0]
        if np.abs(missing).max() < _CLOSE:
            break
        change = _smallest_change(jacobian, missing, unknown, limit)
        unknown = np.clip(unknown + np.clip(change, -longest, longest), -limit, limit)
    final = _outcomes(prepared, fixed, base, unknown[None], years, families)[0]
    missed = np.abs(final - wanted)
    if families and missed[:years].max() > _PLANS_MISSED:
        # Shares that no tilt reaches must not spoil the plans: those come first, the moves stay as they are.
        plain = solve(prepared, fixed, plans, {})
        return replace(plain, out_of_reach=families)
    slopes = {
        name: float(jacobian[years + place, 1 + years + place])
        for place, name in enumerate(families)
    }
    reach = [
        name
        for place, name in enumerate(families)
        if abs(slopes[name]) < _LEAST_SENSITIVITY or missed[years + place] > _MISSED
    ]
    return Solved(
        float(np.exp(unknown[0])),
        _RECORDED_UNIT * unknown[1 : 1 + years],
        {name: float(np.exp(unknown[1 + years + place])) for place, name in enumerate(families)},
        float(jacobian[0, 0]),
        slopes,
        float(np.expm1(missed[:years]).max()),
        tuple(reach),
    )


def _smallest_change(jacobian: Floats, missing: Floats, unknown: Floats, limit: Floats) -> Floats:
    """The least change of the unknowns that makes up what is missing, none of them beyond its limit."""
    free = np.ones(len(unknown), dtype=bool)
    change = np.zeros(len(unknown))
    for _ in range(len(unknown)):
        change[:] = 0.0
        change[free] = np.linalg.lstsq(jacobian[:, free], missing, rcond=1e-6)[0]
        beyond = free & (np.abs(unknown + change) > limit) & (np.abs(unknown) >= limit * (1 - 1e-9))
        if not beyond.any():
            break
        free &= ~beyond
    return change


def _base_rates(prepared: Prepared, years: int) -> dict[str, Floats]:
    """The scenario's own central factors by family, (year,)."""
    rates = prepared.scenario.rates
    first = prepared.scenario.horizon.first_year
    return {
        name: np.array(
            [getattr(rates, name).at(first + year).central for year in range(years)]
        )
        for name in (*CEASING, *SETTINGS_OF_TILT)
    }  # fmt: skip


def _padded(values: Floats, length: int) -> tuple[float, ...]:
    """Values by year, the last for all later years of the horizon."""
    return (*map(float, values), *([float(values[-1])] * (length - len(values))))


def _outcomes(
    prepared: Prepared,
    fixed: Mapping[str, Override],
    base: Mapping[str, Floats],
    unknown: Floats,
    years: int,
    families: tuple[str, ...],
) -> Floats:
    """Log plans and log shares (case, outcome) for the unknowns of each case (case, unknown)."""
    length = len(prepared.scenario.horizon.years)
    cases = []
    for row in unknown:
        case = dict(fixed)
        for name in CEASING:
            case[f"rates.{name}"] = _padded(base[name] * np.exp(row[0]), length)
        case[RECORDED] = _padded(_RECORDED_UNIT * row[1 : 1 + years], length)
        for place, name in enumerate(families):
            case[f"rates.{name}"] = _padded(base[name] * np.exp(row[1 + years + place]), length)
        cases.append(case)
    draws = designed(prepared.scenario, cases)
    series = step_months(prepared, draws, draws.size, 0, None, None).cohort
    assert series is not None
    points = [january_month(year) + 1 for year in range(years)]
    by_setting = series.by_setting[points]
    total = by_setting.sum(axis=1)
    at = min(SHARE_HORIZON, years - 1)
    outcomes = [np.log(total)]
    for name in families:
        rows = [SETTINGS.index(setting) for setting in SETTINGS_OF_TILT[name]]
        share = by_setting[at, rows].sum(axis=0) / total[at]
        outcomes.append(np.log(np.maximum(share, 1e-9))[None])
    return np.vstack(outcomes).T
