"""The series of a block that are kept: nothing of size month x full state x draw exists."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from model.cohort import kernel
from model.cohort.placements import Placements
from model.cohort.state import CohortState, MonthFlows
from model.reference.calendar import JANUARY, MONTHS, calendar_month
from model.reference.codes import AGE_GROUPS, AGES, NEEDS, SETTINGS, age_group_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FLOWS = ("new", "moved_in", "ceased", "moved_out", "recording_difference")


@dataclass(frozen=True)
class Volumes:
    """Which cells (age, placement) make up each volume that drives spending.

    `volume`, `age`, `placement`: (row,); one row a cell of a volume. `count`: number of volumes.
    """

    volume: Ints
    age: Ints
    placement: Ints
    count: int


@dataclass
class CohortSeries:
    """Kept series of a block, draw axis last.

    `by_setting` (point, setting, draw), `by_age_group` (point, age group, draw) and `by_need`
    (point, need, draw): plans in force at the points of time, point 0 being 1 April of the first
    year and point m + 1 the end of month m. `flows`: name -> (month, setting, draw).
    `volumes`: (volume, month, draw) plans in force after all of a month's events.
    `cross`: (date, age group, need, setting), sums over the block's own draws at the opening, each
    January and each year end. `conservation_gap` and `smallest_cell`: worst over the block.
    """

    by_setting: Floats
    by_age_group: Floats
    by_need: Floats
    flows: dict[str, Floats]
    volumes: Floats
    cross: Floats
    conservation_gap: float = 0.0
    smallest_cell: float = 0.0


def cross_months(months: int) -> list[int]:
    """Months at whose end the full cross is kept: -1 (the opening), Januaries and Marches."""
    return [-1] + [
        month
        for month in range(months)
        if calendar_month(month) == JANUARY or month % MONTHS == MONTHS - 1
    ]


@dataclass
class Recorder:
    """Fills a CohortSeries month by month."""

    placements: Placements
    volumes: Volumes
    live: Ints
    months: int
    draws: int
    used_draws: int
    series: CohortSeries = field(init=False)

    def __post_init__(self) -> None:
        points, draws = self.months + 1, self.draws
        self._cross_months = cross_months(self.months)
        self._setting_of = np.array(self.placements.setting_of, dtype=np.int64)
        self._group_of = np.array([age_group_of(age) for age in AGES], dtype=np.int64)
        self._stock = np.zeros((len(AGES), self.placements.count, draws))
        self.series = CohortSeries(
            by_setting=np.zeros((points, len(SETTINGS), draws)),
            by_age_group=np.zeros((points, len(AGE_GROUPS), draws)),
            by_need=np.zeros((points, len(NEEDS), draws)),
            flows={name: np.zeros((self.months, len(SETTINGS), draws)) for name in FLOWS},
            volumes=np.zeros((self.volumes.count, self.months, draws)),
            cross=np.zeros((len(self._cross_months), len(AGE_GROUPS), len(NEEDS), len(SETTINGS))),
        )

    def stock(self, state: CohortState, month: int) -> None:
        """Record plans in force at the end of a month (-1 is the opening on 1 April)."""
        series, point = self.series, month + 1
        low = kernel.count_plans(state.plans, self.live, self._stock, series.by_need[point])
        series.smallest_cell = min(series.smallest_cell, float(low))
        kernel.by_setting(self._stock, self._setting_of, series.by_setting[point])
        kernel.by_age_group(self._stock, self._group_of, series.by_age_group[point])
        if month >= 0:
            rows = self.volumes
            kernel.by_volume(
                self._stock, rows.volume, rows.age, rows.placement, series.volumes[:, month]
            )
        if month in self._cross_months:
            kernel.full_cross(
                state.plans,
                self.live,
                self._setting_of,
                self._group_of,
                self.used_draws,
                series.cross[self._cross_months.index(month)],
            )

    def month(self, state: CohortState, flows: MonthFlows, month: int) -> None:
        """Record a month: its flows, its closing stock, and whether they close."""
        series = self.series
        for name in FLOWS:
            kernel.by_setting(getattr(flows, name), self._setting_of, series.flows[name][month])
        self.stock(state, month)
        change = sum_over_settings(series.by_setting[month + 1] - series.by_setting[month])
        net = sum_over_settings(
            series.flows["new"][month]
            + series.flows["moved_in"][month]
            - series.flows["ceased"][month]
            - series.flows["moved_out"][month]
            + series.flows["recording_difference"][month]
        )
        series.conservation_gap = max(
            series.conservation_gap, float(np.abs(change - net)[: self.used_draws].max())
        )


def sum_over_settings(table: Floats) -> Floats:
    """Sum (setting, draw) over settings in order, so that the bits do not depend on the width."""
    total = np.zeros(table.shape[-1])
    for row in table:
        total = total + row
    return total
