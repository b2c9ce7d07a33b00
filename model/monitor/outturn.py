"""The outturn of every line in every draw: what is spent already, and what the rest of the year will be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.monitor.conditioning import Observation, conditioned
from model.reference.calendar import MONTHS

Floats = NDArray[np.float64]

CREDIBLE = 2.0
"""Standard deviations beyond which an actual is no longer explained by timing or by the forecast's range."""


@dataclass(frozen=True)
class YearSoFar:
    """The model's year before it knows actuals. Pounds, spending positive.

    `to_date` and `remaining` (line, draw): months up to the one closed, and those after it.
    `alongside` (quantity, draw): what else is to be updated with them, such as plan-years.
    """

    month: int
    to_date: Floats
    remaining: Floats
    alongside: Floats


@dataclass(frozen=True)
class Ledger:
    """What the ledger says by line. Pounds, credits negative.

    `reported` (line,): whether the line is in the ledger's report. `actual` (line,): spent to date,
    nil where it is not. `timing_sd` (line,): standard deviation of what is early or late only.
    """

    reported: NDArray[np.bool_]
    actual: Floats
    timing_sd: Floats


@dataclass(frozen=True)
class Outturn:
    """The year given the actuals, pounds in every draw.

    `outturn` (line, draw) is `spent` + `still_to_come`, exactly. `spent` (line, draw): the actual
    where the line is reported, else what the model has. `still_to_come` (line, draw): the remaining
    months, with what was early taken off and what was late added. `alongside` (quantity, draw).
    `surprise` (line,): how many standard deviations the actual lies off the forecast; nan where
    nothing could be off or nothing is reported.
    """

    outturn: Floats
    spent: Floats
    still_to_come: Floats
    alongside: Floats
    surprise: Floats


def outturn_given(year: YearSoFar, ledger: Ledger) -> Outturn:
    """The outturn given the actuals of months 1 to `year.month`, all lines jointly.

    What the ledger shows is the line's spending plus timing, which comes back before the year end; what
    lies more than CREDIBLE standard deviations above the forecast is spent for good. Nothing still to come is a credit
    unless the forecast has one.
    With all twelve months in, the outturn of a reported line is its actual. Raises ValueError for
    too few draws.
    """
    lines = len(ledger.actual)
    credible = _credible(year.to_date, ledger)
    observations = [
        Observation(line, float(credible[line]), float(ledger.timing_sd[line]))
        for line in range(lines)
        if ledger.reported[line]
    ]
    updated = conditioned(
        np.concatenate([year.to_date, year.remaining, year.alongside]), observations
    )
    to_date, remaining = updated[:lines], updated[lines : 2 * lines]
    reported = ledger.reported[:, None]
    spent = np.where(reported, ledger.actual[:, None], to_date)
    # Where nothing can be early or late, all that is spent is spending.
    may_come_back = reported & (ledger.timing_sd > 0)[:, None]
    still = np.where(may_come_back, remaining + (to_date - credible[:, None]), remaining)
    # What is spent does not come back: credits are still to come only where the forecast has them.
    still = np.maximum(still, np.minimum(year.remaining, 0.0))
    if year.month == MONTHS:
        still = np.zeros_like(still)
    return Outturn(
        outturn=spent + still,
        spent=spent,
        still_to_come=still,
        alongside=updated[2 * lines :],
        surprise=_surprise(year.to_date, ledger),
    )


def _credible(to_date: Floats, ledger: Ledger) -> Floats:
    """The actuals as far as timing and the draws can explain them, pounds (line,).

    What lies more than CREDIBLE standard deviations above the forecast is spent for good: it is neither timing
    that comes back nor a reason to expect more of it. Prudence: below the forecast a credit is more often a
    reversed accrual (paper 000:2118) than money saved, and stays timing.
    """
    spread = np.sqrt(to_date.var(axis=1, ddof=1) + ledger.timing_sd**2)
    mean = to_date.mean(axis=1)
    nearest = np.minimum(ledger.actual, mean + CREDIBLE * spread)
    return np.where(ledger.reported, nearest, ledger.actual)


def _surprise(to_date: Floats, ledger: Ledger) -> Floats:
    spread = np.sqrt(to_date.var(axis=1, ddof=1) + ledger.timing_sd**2)
    off = ledger.actual - to_date.mean(axis=1)
    told = ledger.reported & (spread > 1e-6)
    surprise = np.full(off.shape, np.nan)
    surprise[told] = off[told] / spread[told]
    return surprise


def with_least_spread(
    year: YearSoFar, share_to_date: Floats, least_sd: Floats, scores: Floats
) -> YearSoFar:
    """The year with enough spread in every line for actuals to be able to move it.

    A line whose year varies less than `least_sd` (line,), pounds, over the draws gets what is
    missing as independent spread, spread over the months by `share_to_date` (line,). `scores` (line, draw):
    standard normal numbers; their mean is taken off, so that no mean moves.
    """
    held = (year.to_date + year.remaining).var(axis=1, ddof=1)
    missing = np.sqrt(np.maximum(least_sd**2 - held, 0.0))
    centred = scores - scores.mean(axis=1)[:, None]
    added = centred * missing[:, None]
    share = share_to_date[:, None]
    return YearSoFar(
        year.month,
        year.to_date + added * share,
        year.remaining + added * (1.0 - share),
        year.alongside,
    )
