"""From the published age of a plan's start or end to the age on 31 August before the academic year.

A birth cohort c is everyone aged c on 31 August before the calendar year of the flow. If a flow of the year falls evenly over the
months and births evenly over the year, the published age A of the cohort's flow is

    age on the day:          A = c, c+1, c+2 with shares 2/9, 13/18, 1/18
    age at the year's end:   A = c+1, c+2    with shares 2/3, 1/3       (birthday January to August, or September to December)

(on the day: integrate the lengths of time before, between and after birthdays over birthdays b in 0..1, the year running from 1/3 to
4/3 of the academic year). Both matrices invert to flows by cohort; which reading holds is measured by cohort closure, that is by
comparing the cohort flows with the change of the single-age January stocks (see `national_rates.closure_of_readings`).

Each cohort's flow is then cut at the September step: its part before, at age c; its part after, at age c + 1.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import nnls

READINGS = {"on_the_day": {0: 2 / 9, 1: 13 / 18, 2: 1 / 18}, "end_of_year": {1: 2 / 3, 2: 1 / 3}}
MONTHS_BEFORE_SEPTEMBER = (
    7 / 12
)  # February to August, of the twelve months from one January count to the next
OLDEST = 25


def reading_matrix(reading: str) -> np.ndarray:
    """share[A, c]: of the flow of cohort c, the share published at age A; the lowest and highest ages keep what falls outside."""
    matrix = np.zeros((OLDEST + 1, OLDEST + 1))
    for cohort in range(OLDEST + 1):
        for years, share in READINGS[reading].items():
            matrix[min(cohort + years, OLDEST), cohort] += share
    return matrix


def split_top_bucket(by_age: np.ndarray, bucket_age: int, last_age: int) -> np.ndarray:
    """Spread a bucket "age n and over", held at n, over n..last_age as a geometric tail that carries on from age n - 1."""
    total, previous = by_age[bucket_age], by_age[bucket_age - 1]
    spread = by_age.astype(float).copy()
    steps = np.arange(1, last_age - bucket_age + 2)
    if total <= 0 or previous <= 0:
        ratio = 0.6
    else:
        grid = np.linspace(0.05, 1.5, 2901)
        ratio = grid[np.argmin(np.abs(previous * (grid[:, None] ** steps).sum(axis=1) - total))]
    weights = ratio**steps
    spread[bucket_age : last_age + 1] = total * weights / weights.sum()
    return spread


def by_cohort(
    by_published_age: np.ndarray, reading: str, change: np.ndarray | None = None
) -> np.ndarray:
    """Flow of each birth cohort (index c) from the flow by published age: non-negative least squares, total kept.

    Minimises sum (published - matrix x flow)^2 / published and, where `change` (the cohort's change of stock plus exits) is given and not
    nan, sum (flow - change)^2 / change with equal weight: inverting the ages alone makes neighbouring cohorts err in opposite directions.
    """
    matrix, published = reading_matrix(reading), by_published_age.astype(float)
    scale = 1.0 / np.sqrt(np.maximum(published, 1.0))
    rows, target = matrix * scale[:, None], published * scale
    if change is not None:
        seen = np.flatnonzero(~np.isnan(change))
        weight = 1.0 / np.sqrt(np.maximum(change[seen], 1.0))
        rows = np.vstack([rows, np.eye(OLDEST + 1)[seen] * weight[:, None]])
        target = np.concatenate([target, change[seen] * weight])
    cohorts, _ = nnls(rows, target)
    return cohorts * (published.sum() / cohorts.sum()) if cohorts.sum() > 0 else cohorts


def cohort_shares(cohort_flow: np.ndarray, reading: str) -> np.ndarray:
    """share[A, c]: of the flow published at age A, the part that is cohort c's, given the flow of each cohort."""
    joint = reading_matrix(reading) * cohort_flow
    total = joint.sum(axis=1, keepdims=True)
    even = reading_matrix(reading)
    even = np.divide(
        even,
        even.sum(axis=1, keepdims=True),
        out=np.zeros_like(even),
        where=even.sum(axis=1, keepdims=True) > 0,
    )
    return np.divide(joint, total, out=even, where=total > 0)


def cut_at_september(
    cohort_flow: np.ndarray, share_before: np.ndarray | float
) -> tuple[np.ndarray, np.ndarray]:
    """(before, after): the cohorts' flow by age on 31 August, before the September step at age c and after it at age c + 1."""
    before = cohort_flow * share_before
    after = np.zeros_like(cohort_flow)
    after[1:] = (cohort_flow - before)[:-1]
    before = before.copy()
    before[-1] += (cohort_flow - before)[-1]
    return before, after
