"""What of a finished forecast a comparison reads: the account, the budget lines and all plans, by year."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

ROWS = (
    "opening_deficit",
    "prior_year_adjustment",
    "spend",
    "gross_income",
    "deductions",
    "contributions",
    "net_transfers_out",
    "draws_on_balances",
    "support",
    "closing_deficit",
)
"""Rows of the DSG account that a comparison reads, by block."""


@dataclass(frozen=True)
class LineFigures:
    """A budget line by year. Arrays are (year, draw).

    `spend`: pounds, spending positive; `volume_spend` the part of it that volumes drive. Volumes are plans, places or FTE in force, nil for amounts:
    `average` of the year's twelve month ends, `april` and `march` at the end of those months.
    `follows_plans`: plans drive at least part of the line.
    """

    title: str
    block: str
    follows_plans: bool
    spend: Floats
    volume_spend: Floats
    average: Floats
    april: Floats
    march: Floats


@dataclass(frozen=True)
class Side:
    """A forecast, as run or without mitigations. Arrays are (year, draw).

    `account`: row of ROWS -> block -> pounds, a deficit positive, income and support as received.
    `lines`: id -> line. `plans_in_april`, `plans_in_march`: all plans in force at the end of those
    months, nil without a cohort.
    """

    account: Mapping[str, Mapping[str, Floats]]
    lines: Mapping[str, LineFigures]
    plans_in_april: Floats
    plans_in_march: Floats

    def total(self, row: str) -> Floats:
        """A row of the account summed over blocks, pounds (year, draw)."""
        return sum(self.account[row].values(), np.zeros_like(self.plans_in_april))


@dataclass(frozen=True)
class ForecastFigures:
    """A finished forecast: `years` such as 2027-28, in order, and its figures by year.

    `unmitigated` equals `as_run` where the run has no mitigations. `support_received` (year, draw):
    pounds that the department has paid up to the end of each year, those before the first included.
    """

    years: tuple[str, ...]
    as_run: Side
    unmitigated: Side
    support_received: Floats

    @property
    def draws(self) -> int:
        """Number of draws; 1 where the figures are means."""
        return int(self.support_received.shape[1])

    def of_years(self, years: tuple[str, ...]) -> ForecastFigures:
        """The figures of some of its years. Raises ValueError for a year that is not there."""
        rows = np.array([self.years.index(year) for year in years], dtype=np.intp)
        return replace(self._each(lambda values: values[rows]), years=years)

    def mean(self) -> ForecastFigures:
        """Means over draws, kept as one draw: (year, 1)."""
        return self._each(lambda values: values.mean(axis=1, keepdims=True))

    def _each(self, change: Callable[[Floats], Floats]) -> ForecastFigures:
        return ForecastFigures(
            self.years,
            _changed(self.as_run, change),
            _changed(self.unmitigated, change),
            change(self.support_received),
        )


def _changed(side: Side, change: Callable[[Floats], Floats]) -> Side:
    account = {
        row: {block: change(values) for block, values in blocks.items()}
        for row, blocks in side.account.items()
    }
    lines = {
        name: replace(
            line,
            spend=change(line.spend),
            volume_spend=change(line.volume_spend),
            average=change(line.average),
            april=change(line.april),
            march=change(line.march),
        )
        for name, line in side.lines.items()
    }
    return Side(account, lines, change(side.plans_in_april), change(side.plans_in_march))
