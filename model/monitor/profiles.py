"""Profiles: the share of a line's year that is spent by the end of a month."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.reference.calendar import MONTHS
from model.scenario.funding_schema import Line

Floats = NDArray[np.float64]

OF_SCENARIO = "the scenario's monthly profile"
OF_MODEL = "the model's central run by month"
OF_MODEL_TERMLY = "the model's central run by month, billed by term"
OF_TWELFTHS = "equal twelfths: the central run has nothing in the year"

_NOTHING_GBP = 0.5


@dataclass(frozen=True)
class Profile:
    """The share of a year spent by the end of the month asked for, and where it comes from."""

    share: float
    basis: str


def profile(line: Line, central_gbp: Floats, month: int) -> Profile:
    """The profile of a line by the end of month 1..12 of the first year.

    `central_gbp` (month,): the line's spending in the twelve months of the central run, pounds.
    """
    if line.monthly_profile is not None:
        return Profile(float(sum(line.monthly_profile[:month])), OF_SCENARIO)
    year = float(central_gbp[:MONTHS].sum())
    if abs(year) < _NOTHING_GBP:
        return Profile(month / MONTHS, OF_TWELFTHS)
    termly = any(getattr(driver, "billing", "monthly") == "termly" for driver in line.drivers)
    share = float(central_gbp[:month].sum()) / year
    return Profile(share, OF_MODEL_TERMLY if termly else OF_MODEL)
