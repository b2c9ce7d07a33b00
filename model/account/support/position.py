"""The account before any support still to come, on which every arrangement is judged: nothing is circular."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from model.scenario.account_schema import Target
from model.scenario.fields import Month

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class GrantTerms:
    """Terms of the Stability Grant, from the policy values of a scenario.

    `closes`: starting year of the financial year at whose close the deficit counts; `share` of the
    eligible deficit that is met; `lowest_figure`: whether the lowest figure in evidence counts;
    `less_other_overspends`: whether overspends of other blocks are taken off; `paid`: month expected.
    """

    closes: int
    share: float
    lowest_figure: bool
    less_other_overspends: bool
    paid: Month


@dataclass(frozen=True)
class SupportTerms:
    """What arrangements need from outside the account: agreed cumulative deficits (`targets`), and the
    terms of the grant where the scenario has one."""

    targets: tuple[Target, ...] = ()
    grant: GrantTerms | None = None


@dataclass(frozen=True)
class UnsupportedPosition:
    """The account without support still to come, in pounds, a deficit positive.

    `opening` (block, draw) on 1 April of the first year; `closing` and `in_year` (block, year, draw);
    `received_before` (draw,): support received up to then, which is in the opening already.
    """

    blocks: tuple[str, ...]
    years: range
    opening: Floats
    closing: Floats
    in_year: Floats
    received_before: Floats

    @property
    def without_support(self) -> Floats:
        """Whole-DSG deficit before any support ever received (year, draw)."""
        total = np.zeros(self.closing.shape[1:])
        for block in self.closing:
            total = total + block
        return total + self.received_before

    @property
    def whole_in_year(self) -> Floats:
        """Whole-DSG in-year deficit (year, draw)."""
        total = np.zeros(self.in_year.shape[1:])
        for block in self.in_year:
            total = total + block
        return total


@dataclass(frozen=True)
class Payments:
    """What an arrangement pays, in pounds, each (year, draw), a payment positive.

    `held`: payments x the part of their year for which they are held, for the average balance.
    `due_unpaid`: due to date and not paid to date. `figures`: name -> (draw,) of what it was worked
    out from, for reports.
    """

    paid: Floats
    held: Floats
    due_unpaid: Floats
    figures: Mapping[str, Floats] = field(default_factory=dict)
