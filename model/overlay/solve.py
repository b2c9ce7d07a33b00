"""Find the rates of ceasing and moving with which the monthly model gives the forecast's plans.

Newton's method on the logarithms: unknown are a factor on ceasing for each financial year and a
tilt for each family of moves; wanted are plans in force at each January and the shares of setting
groups at one of them. Every step of all unknowns is one draw of one block of the central run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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
_STEP: Final = 0.05
_ROUNDS: Final = 8
_LIMIT: Final = np.log(8.0)
_LONGEST: Final = 1.0
_LEAST_SENSITIVITY: Final = 0.005


@dataclass(frozen=True)
class Solved:
    """Factors on the scenario's own rates.

    `ceasing`: (year,); `tilts`: by family. `sensitivity`: change of log plans (year,) and of the log
    share of each family for a change of 1 in the logarithm of its own factor. `worst`: largest
    relative miss of a target. `out_of_reach`: families that no factor brings to their target.
    """

    ceasing: Floats
    tilts: dict[str, float]
    sensitivity: dict[str, Floats]
    worst: float
    out_of_reach: tuple[str, ...]


def solve(
    prepared: Prepared,
    fixed: Mapping[str, Override],
    plans: Floats,
    shares: Mapping[str, float],
) -> Solved:
    """Factors that give plans in force (year,) and, at the second January, shares by family.

    `fixed` holds inputs by path at what the forecast says of them.
    """
    years = len(plans)
    families = tuple(shares)
    wanted = np.log(np.concatenate([plans, [shares[name] for name in families]]))
    unknown = np.zeros(years + len(families))
    base = _base_rates(prepared, years)
    jacobian = np.zeros((len(unknown), len(unknown)))
    for _ in range(_ROUNDS):
        steps = np.vstack([np.zeros(len(unknown)), _STEP * np.eye(len(unknown))])
        found = _outcomes(prepared, fixed, base, unknown + steps, years, families)
        jacobian = (found[1:] - found[0]).T / _STEP
        missing = wanted - found[0]
        if np.abs(missing).max() < 1e-4:
            break
        change = np.linalg.lstsq(jacobian, missing, rcond=1e-3)[0]
        unknown = np.clip(unknown + np.clip(change, -_LONGEST, _LONGEST), -_LIMIT, _LIMIT)
    final = _outcomes(prepared, fixed, base, unknown[None], years, families)[0]
    slopes = np.diag(jacobian)
    reach = [
        name
        for place, name in enumerate(families)
        if abs(slopes[years + place]) < _LEAST_SENSITIVITY
        or abs(final[years + place] - wanted[years + place]) > 0.02
    ]
    return Solved(
        np.exp(unknown[:years]),
        {name: float(np.exp(unknown[years + place])) for place, name in enumerate(families)},
        {
            "ceasing": slopes[:years],
            **{name: slopes[years + place : years + place + 1] for place, name in enumerate(families)},
        },
        float(np.abs(np.expm1(final[:years] - wanted[:years])).max()),
        tuple(reach),
    )  # fmt: skip


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


def _outcomes(
    prepared: Prepared,
    fixed: Mapping[str, Override],
    base: Mapping[str, Floats],
    unknown: Floats,
    years: int,
    families: tuple[str, ...],
) -> Floats:
    """Log plans and log shares (case, outcome) for the unknowns of each case (case, unknown)."""
    cases = []
    for row in unknown:
        case = dict(fixed)
        for name in CEASING:
            case[f"rates.{name}"] = tuple(base[name] * np.exp(row[:years]))
        for place, name in enumerate(families):
            case[f"rates.{name}"] = tuple(base[name] * np.exp(row[years + place]))
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
