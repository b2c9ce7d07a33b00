"""Statements of special educational needs still to be turned into plans, and when the last one is.

A statement counts as a plan in the cohort; what this adds is the work: reviews at a yearly rate from a
start month, against a statutory deadline (Children and Families Act 2014, transitional arrangements).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.draws import Draws
from model.reference.calendar import MONTHS, month_index
from model.scenario.demand_schema import StatementTransfers

Floats = NDArray[np.float64]

LONGEST = 600
"""Months after which transfers that go on are said never to end."""

DONE = 1e-9
"""What is left when the last one is done: the crumbs of sums."""


@dataclass(frozen=True)
class TransferSeries:
    """By month and draw: statements `remaining` at the end of the month, `transferred` in it, `left` because
    the young person left. `in_time` (draw,): 1 where none remains at the deadline. `months` (draw,): months
    from the start until the last is transferred, with the last year's rates after the horizon; LONGEST where
    that never happens."""

    remaining: Floats
    transferred: Floats
    left: Floats
    in_time: Floats
    months: Floats


def transfer_series(transfers: StatementTransfers, draws: Draws) -> TransferSeries:
    """Remaining = statements - transferred - left, month by month; reviews stop when none remains.

    Leavers of a month go first. After the horizon the last year's rates go on.
    """
    first_year = draws.years.start
    start = month_index(transfers.start.year, transfers.start.month, first_year)
    deadline = month_index(transfers.deadline.year, transfers.deadline.month, first_year)
    waiting = draws.of(transfers.statements).copy()
    shape = (draws.months, draws.size)
    remaining, transferred, left = (np.zeros(shape) for _ in range(3))
    months = np.full(draws.size, float(LONGEST))
    in_time = np.zeros(draws.size)
    last = draws.months - 1
    for month in range(max(draws.months, deadline + 1, start + LONGEST)):
        if month < start:
            leaving, done = np.zeros(draws.size), np.zeros(draws.size)
        else:
            known = min(month, last)
            yearly = draws.at(transfers.leaving_share_a_year, known)
            leaving = waiting * (1 - (1 - yearly) ** (1 / MONTHS))
            rate = draws.at(transfers.reviews_a_year, known) / MONTHS
            done = np.minimum(rate, waiting - leaving)
            finishing = (rate > 0) & (waiting > 0) & (waiting - leaving - done <= DONE)
            part = np.divide(done, rate, out=np.zeros(draws.size), where=rate > 0)
            months = np.where(finishing, month - start + part, months)
            waiting = np.where(finishing, 0.0, waiting - leaving - done)
        if month < draws.months:
            remaining[month], transferred[month], left[month] = waiting, done, leaving
        if month == deadline:
            in_time = (waiting <= DONE).astype(float)
    return TransferSeries(remaining, transferred, left, in_time, months)
