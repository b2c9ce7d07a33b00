"""What demand needs that is the same in every draw: months, classes, expected requests, who they are.

Classes are the age groups of requests and then the bands of the pool. An age group is that of the
age at which the plan would start, as published new plans are counted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.demand.new_plans import Entries, JoinerPattern
from model.demand.pool import PoolBands
from model.demand.requests import expected_requests
from model.reference.calendar import JANUARY, MONTHS, month_index
from model.reference.codes import AGE_GROUPS, NEEDS, SETTINGS, age_group_of
from model.reference.national import NationalRates
from model.scenario.demand_schema import Requests

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

REQUEST_CLASSES = len(AGE_GROUPS)
POOL_AGES = range(4, 19)
"""Ages on 31 August of pupils who can have school top-up without a plan."""

LONGEST_WEEKS_IN_MONTHS = 26
LONGEST_OVERTURN_IN_MONTHS = 62
"""Rings hold the longest delays that a scenario may give, and a month for the part."""


@dataclass(frozen=True)
class DemandSetup:
    """Demand before any draw.

    `months`: from the first month stepped to the end of the horizon. `arrivals_from`: month of the
    queue's first row. `expected`: (month, age group) requests before trend and shocks. `who`:
    cumulative shares (kind, class, entry x need) of new plans, classes being the age groups and one
    for the whole pool; `kind`: (month,) which of them holds. `rank`: (class,) order of priority.
    `statutory_weeks`: from a request to the final plan, by law.
    """

    months: range
    arrivals_from: int
    expected: Floats
    who: Floats
    kind: Ints
    rank: Ints
    bands: PoolBands | None
    statutory_weeks: float

    @property
    def classes(self) -> int:
        """Age groups and bands of the pool."""
        return REQUEST_CLASSES + self.band_count

    @property
    def band_count(self) -> int:
        """Bands of the pool; none without one."""
        return 0 if self.bands is None else len(self.bands.names)

    @property
    def ranks(self) -> int:
        """Levels of priority."""
        return int(self.rank.max()) + 1

    @property
    def rows(self) -> int:
        """Arrival months that the queue can hold."""
        return self.months.stop - self.arrivals_from

    def row(self, month: int) -> int:
        """Row of a month in arrays over `months`."""
        return month - self.months.start


def demand_setup(
    requests: Requests,
    bands: PoolBands | None,
    entries: Entries,
    pattern: JoinerPattern,
    population: Floats,
    population_years: tuple[int, ...],
    national: NationalRates,
    first_month: int,
    horizon: int,
    first_year: int,
    statutory_weeks: float,
) -> DemandSetup:
    """Set demand up; `first_month` is the cohort's, `pattern` says who new plans are nationally."""
    start = first_month
    if requests.warm_up is not None:
        start = month_index(requests.warm_up.year + 1, JANUARY, first_year)
        start = min(start, first_month)
    months = range(start, horizon)
    oldest = max((item.months_waited for item in requests.waiting_at_start), default=0) + 1
    longest = WARM_UP_MONTHS if requests.warm_up is not None else oldest
    expected = expected_requests(
        requests, population, population_years, national, months, first_year
    )
    who = _who(entries, pattern, national)
    kind = np.array([pattern.share[max(month - pattern.first_month, 0)] for month in months])
    rank = _rank(requests, REQUEST_CLASSES, 0 if bands is None else len(bands.names))
    return DemandSetup(months, start - longest, expected, who, kind, rank, bands, statutory_weeks)


WARM_UP_MONTHS = 4 * MONTHS
"""Months before the first that the warm-up may have left units from."""


def _rank(requests: Requests, groups: int, bands: int) -> Ints:
    rank = np.zeros(groups + bands, dtype=np.int64)
    if requests.order == "priority":
        others = len(requests.priority)
        named = {name: index for index, name in enumerate(requests.priority)}
        for index in range(groups + bands):
            name = AGE_GROUPS[index] if index < groups else "pool"
            rank[index] = named.get(name, others)
        # Levels that nobody has would only cost time.
        rank = np.unique(rank, return_inverse=True)[1].astype(np.int64)
    return rank


def _who(entries: Entries, pattern: JoinerPattern, national: NationalRates) -> Floats:
    group = np.array([age_group_of(int(age)) for age in entries.age])
    mainstream = SETTINGS.index("mainstream")
    in_pool = np.array(
        [
            int(age) in POOL_AGES and placement == mainstream
            for age, placement in zip(entries.age, entries.placement, strict=True)
        ]
    )
    weight = national.stock_share[entries.age, entries.placement] * in_pool
    pool = weight[:, None] * national.new_need_share[entries.age, entries.placement]
    tables = []
    for share in pattern.shares:
        classes = [share * (group == index)[:, None] for index in range(REQUEST_CLASSES)]
        tables.append(np.stack([_cumulative(cells) for cells in (*classes, pool)]))
    return np.stack(tables)


def _cumulative(cells: Floats) -> Floats:
    """Running shares (entry x need,) to exactly 1; nil where the class has no plans."""
    total = cells.sum()
    if total <= 0:
        return np.zeros(cells.size)
    running = np.cumsum(cells.reshape(-1) / total)
    last = int(np.flatnonzero(cells.reshape(-1))[-1])
    running[last:] = 1.0
    return np.asarray(running)


def needs_of_requests(setup: DemandSetup, by_group: Floats, month: int) -> Floats:
    """Requests by primary need (need, draw) from those by age group (age group, draw)."""
    cells = np.diff(setup.who[setup.kind[setup.row(month)]], axis=1, prepend=0.0)
    shares = cells[:REQUEST_CLASSES].reshape(REQUEST_CLASSES, -1, len(NEEDS)).sum(axis=1)
    return np.asarray(shares.T @ by_group)
