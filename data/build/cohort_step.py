"""Step national stocks from one January count to the next, month by month (design 5.3), for fitting the tables.

Plain arrays by (age, setting). Monthly probability p = 1 - (1 - q)^w; ceased, moved out and asking to move are competing: total exit
1 - prod(1 - p) over causes, shared in proportion to -ln(1 - p). September: ageing, the end of plans that reach 25, the phase step.
Everyone who asks to move is taken to be placed: the fitted rates are of moves made.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

MONTHS = (
    "September",
    "October",
    "November",
    "December",
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
)
YEAR_FROM_JANUARY = (
    MONTHS[5:] + MONTHS[:5]
)  # February to January: the events between two January counts


@dataclass
class Rates:
    """Annual rates. `ceased`, `moved_out`: (age, setting) hazards; `in_year`: (age, from, to) hazards; `phase`: (new age, from, to)
    probabilities; `moved_in`: (age, setting) per plan; `weights`: cause -> weight of each month."""

    ceased: np.ndarray
    moved_out: np.ndarray
    moved_in: np.ndarray
    in_year: np.ndarray
    phase: np.ndarray
    weights: dict[str, dict[str, float]]


@dataclass
class Year:
    """Closing stock and the flows of the twelve months, each (age, setting) at the age held when the flow happened."""

    closing: np.ndarray
    ceased: np.ndarray
    moved_out: np.ndarray
    moved_in: np.ndarray


def age_one_year(plans: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Everybody one year older; returns (aged, ended): those who reach 25, and any who were 25, end."""
    aged = np.zeros_like(plans)
    aged[1:25] = plans[:24]
    ended = np.zeros_like(plans)
    ended[24], ended[25] = plans[24], plans[25]
    return aged, ended


def phase_step(plans: np.ndarray, phase: np.ndarray) -> np.ndarray:
    """Phase transfers of plans that have just aged."""
    moving = plans[:, :, None] * phase
    return plans - moving.sum(axis=2) + moving.sum(axis=1)


def step_year(
    opening: np.ndarray,
    rates: Rates,
    joiners: dict[str, np.ndarray] | None = None,
    moved_in: bool = True,
) -> Year:
    """Twelve months from a January count. `joiners`: month -> new plans (age, setting)."""
    plans = opening.copy()
    ceased, moved_out, joined = (np.zeros_like(plans) for _ in range(3))
    for month in YEAR_FROM_JANUARY:
        if month == "September":
            plans, ended = age_one_year(plans)
            ceased += ended
        ceased_hazard = rates.ceased * rates.weights["ceased"][month]
        out_hazard = rates.moved_out * rates.weights["moved_out"][month]
        move_hazard = rates.in_year * rates.weights["move"][month]
        total = ceased_hazard + out_hazard + move_hazard.sum(axis=2)
        leaving = plans * (1.0 - np.exp(-total))
        per_hazard = np.divide(leaving, total, out=np.zeros_like(plans), where=total > 0)
        arrivals = (
            plans * rates.moved_in * rates.weights["moved_out"][month]
            if moved_in
            else np.zeros_like(plans)
        )
        ceased += per_hazard * ceased_hazard
        moved_out += per_hazard * out_hazard
        joined += arrivals
        staying = plans - leaving
        if month == "September":
            staying = phase_step(staying, rates.phase)
        plans = staying + (per_hazard[:, :, None] * move_hazard).sum(axis=1) + arrivals
        if joiners is not None:
            plans = plans + joiners[month]
    return Year(plans, ceased, moved_out, joined)
