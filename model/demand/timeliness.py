"""The statutory 20 weeks from request to plan, and how much of them is left for waiting."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from model.draws import Draws
from model.scenario.demand_schema import Requests

Floats = NDArray[np.float64]

WEEKS_A_MONTH = 365.25 / 12 / 7


def months(weeks: Floats) -> Floats:
    """Weeks in months."""
    return weeks / WEEKS_A_MONTH


def allowed_wait(requests: Requests, draws: Draws, month: int, statutory_weeks: float) -> Floats:
    """Months in the queue with which a plan is still in time, shape (draw,); it may be negative."""
    taken = draws.at(requests.decision_weeks, month) + draws.at(
        requests.advice_and_drafting_weeks, month
    )
    return np.asarray(statutory_weeks / WEEKS_A_MONTH - months(taken))


def share_without_exceptions(
    issued: Floats, in_time: Floats, exceptions: Floats, exceptions_in_time: Floats
) -> Floats:
    """The 20-week share leaving exceptions out of both counts; nil where nothing was issued.

    `exceptions`: share of plans issued that are exceptions; `exceptions_in_time`: share of those
    issued in time all the same. North Somerset 2022: 121 of 317 with them, 119 of 307 without.
    """
    counted = issued * (1 - exceptions)
    left = np.maximum(in_time - issued * exceptions * exceptions_in_time, 0.0)
    return np.divide(left, counted, out=np.zeros_like(left), where=counted > 0)
