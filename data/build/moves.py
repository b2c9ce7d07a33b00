"""Moves between settings, fitted so that stepping January 2024 gives the age and setting shares of January 2025.

Only net moves are seen. Where gross moves are not identified the least movement is taken: within a birth cohort, settings that must lose
give to those that must gain, each loser to the gainers in proportion to their gain, and a pair moves in one direction only.
At phase ages the in-year rates are those of the neighbouring ages and the September step takes the rest.
"""

from __future__ import annotations

import numpy as np
from ages import MONTHS_BEFORE_SEPTEMBER
from cohort_step import MONTHS, Rates, step_year

# New age at the September step -> ages whose in-year rates stand for the year before the step. Up to reception, and after 16 when courses
# run with the academic year, all movement is at the step. Under 3 there are too few plans for rates.
PHASE_AGES = {3: (), 4: (), 11: (8, 9), 16: (13, 14)} | dict.fromkeys(range(17, 25), ())
YOUNGEST_MOVE = 3
CIRCULATION_AGES = range(7, 16)
ROUNDS, IN_YEAR_ROUNDS, STEP = 40, 4, 0.8


def closing_target(closing: np.ndarray, corrected: np.ndarray) -> np.ndarray:
    """The corrected January 2025 shares within age, times the plans of the step: moves do not answer for the total."""
    total = corrected.sum(axis=1, keepdims=True)
    shares = np.divide(corrected, total, out=np.zeros_like(corrected), where=total > 0)
    return shares * closing.sum(axis=1, keepdims=True)


def least_movement(change: np.ndarray, closed: np.ndarray) -> np.ndarray:
    """(from, to) plans: each losing setting to the gaining ones in proportion to their gain; `closed` settings gain nothing."""
    gain, loss = np.where(closed, 0.0, change).clip(min=0.0), (-change).clip(min=0.0)
    return (
        np.outer(loss, gain) / gain.sum()
        if gain.sum() > 0
        else np.zeros((change.size, change.size))
    )


def rates_of_flow(flow: np.ndarray, held: np.ndarray) -> np.ndarray:
    """(from, to) rates: plans that move over plans held, at most everyone."""
    rate = np.divide(flow, held[:, None], out=np.zeros_like(flow), where=held[:, None] > 1.0)
    return rate / np.maximum(rate.sum(axis=1, keepdims=True), 1.0)


def fit_moves(
    opening: np.ndarray,
    corrected: np.ndarray,
    rates: Rates,
    joiners: dict[str, np.ndarray],
    circulation: np.ndarray,
    closed: np.ndarray,
) -> Rates:
    """Set `rates.in_year` and `rates.phase` so that the step's closing shares are the corrected ones.

    Each round adds what is still missing to the net change of each cohort's settings, and makes the least movement of the whole change, so
    that no circle of moves can build up. In-year rates stop early: they mix two cohorts, and fitting them to the last plan would make them
    swing from age to age; the phase steps are fitted to the end. `closed[new age, setting]`: settings nobody moves into at that age.
    """
    rates.in_year[:], rates.phase[:] = circulation, 0.0
    change = np.zeros_like(opening)
    in_year_cohorts = [age for age in range(25) if age + 1 not in PHASE_AGES]
    for round_number in range(ROUNDS):
        closing = step_year(opening, rates, joiners).closing
        missing = STEP * (closing_target(closing, corrected) - closing)
        if round_number >= IN_YEAR_ROUNDS:
            missing[[age + 1 for age in in_year_cohorts if age < 24]] = 0.0
        change += missing
        by_cohort = np.zeros_like(rates.in_year)
        for age in range(1, 25):
            flow = least_movement(change[age], closed[age])
            if age in PHASE_AGES:
                rates.phase[age] = rates_of_flow(flow, held_at_step(opening, joiners, age))
            else:
                by_cohort[age - 1] = rates_of_flow(flow, (opening[age - 1] + closing[age]) / 2.0)
        rates.in_year[:] = in_year_by_age(by_cohort) + circulation
    return rates


def circulating(opening: np.ndarray, mainstream: int, special: int, hazard: float) -> np.ndarray:
    """Offsetting moves at school ages: mainstream to special at `hazard`, and as many plans back, so that the net of an age is nil.

    Net moves only bound gross moves, and least movement makes plans new to a school move no faster than old ones. Those in their first year
    hold more mainstream places than the stock of their age, so equal moves to and fro carry them towards it, as the rows by year held ask.
    """
    rates = np.zeros((opening.shape[0], opening.shape[1], opening.shape[1]))
    for age in CIRCULATION_AGES:
        rates[age, mainstream, special] = hazard
        rates[age, special, mainstream] = hazard * opening[age, mainstream] / opening[age, special]
    return rates


def in_year_by_age(by_cohort: np.ndarray) -> np.ndarray:
    """In-year rates by age from those of the cohorts that pass through it, 7/12 the cohort of that age and 5/12 the one a year older.

    Next to a phase step only the cohort that has no step counts; the year before a step takes the mean of the ages PHASE_AGES names.
    """
    by_age = by_cohort.copy()
    for age in range(1, 25):
        if age + 1 not in PHASE_AGES and age not in PHASE_AGES:
            by_age[age] = (
                MONTHS_BEFORE_SEPTEMBER * by_cohort[age]
                + (1.0 - MONTHS_BEFORE_SEPTEMBER) * by_cohort[age - 1]
            )
    for new_age, neighbours in PHASE_AGES.items():
        by_age[new_age - 1] = (
            np.mean([by_age[age] for age in neighbours], axis=0) if neighbours else 0.0
        )
    by_age[:YOUNGEST_MOVE] = 0.0
    return by_age


def held_at_step(opening: np.ndarray, joiners: dict[str, np.ndarray], new_age: int) -> np.ndarray:
    """Plans of a cohort by setting about the September step: the opening stock and the new plans of February to August."""
    return opening[new_age - 1] + sum(joiners[month][new_age - 1] for month in MONTHS[5:])
