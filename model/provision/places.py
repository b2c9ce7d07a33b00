"""Which of those who ask for a place get one, and where the others are (design 5.4).

Each month, after exits and moves to settings without limits: free places of a group of schools are
its commissioned places less its own and other authorities' pupils. They go to candidates in order of
priority; within one kind all have the same chance. Those in place stay. New demand without a place
goes to independent placements, interim provision or waits, by stated shares; each is a placement of
its own, so nobody is in two. Waiting pupils and those who could return are candidates every month.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.chance.philox import Key, stream_key, uniforms
from model.cohort.placements import (
    INTERIM_SETTING,
    OVERFLOW_SETTING,
    Placements,
)
from model.cohort.rates import Routes, TransitionRates
from model.cohort.state import CohortState, MonthFlows
from model.demand.new_plans import Entries
from model.draws import Draws
from model.provision import kernel
from model.provision.capacity import group_others, group_places
from model.reference.calendar import MONTHS
from model.reference.codes import AGES, NEEDS, SETTINGS
from model.scenario.places_schema import PlaceRules

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CATEGORIES = ("phase_transfers", "waiting", "new", "returns")
"""Candidates by priority; a tribunal's share of the new comes before the rest of them."""

OUTCOMES = ("placed", "independent", "interim", "waiting", "stayed")
WANT_OF_PLACE = ("waiting", "interim", "overflow")
_YOUNGEST_IN_SCHOOL = 5
_CATEGORY_OF_KIND = (0, 2, 2, 2, 1, 3, 3)


@dataclass(frozen=True)
class Sources:
    """Candidates' cells as a table; each column (source,). See `model.provision.kernel`."""

    kind: Ints
    row: Ints
    age: Ints
    placement: Ints
    need: Ints
    group: Ints
    category: Ints
    cell: Ints
    target: Ints
    independent: Ints
    interim: Ints
    waits: Ints


@dataclass(frozen=True)
class PlacesSetup:
    """Places before any draw. `occupied` and `occupied_group`: cells (cell, 3) that fill each
    group; `seeking`: the same for those who wait, by standing; `past` and `settled`: cells past
    every group, and where they settle. `free_in_year`, `free_phase`, `free_entries`: rows of routes
    and entries whose destination has no limit."""

    sources: Sources
    occupied: Ints
    occupied_group: Ints
    seeking: tuple[tuple[Ints, Ints], ...]
    past: Ints
    settled: Ints
    free_in_year: Ints
    free_phase: Ints
    limited_entries: NDArray[np.bool_]


@dataclass
class PlacesSeries:
    """Places by month, each (group, month, draw): `commissioned`, `others` (other authorities'
    pupils), `own` pupils in place at the month's end; those who seek a place at the month's end:
    `waiting` in mainstream, in `interim` provision, placed independently (`overflow`); flows of new
    demand: `asked`, `placed`, `independent`, `to_interim`, `to_waiting`, `stayed` where they were,
    and `from_waiting` and `returned` placed."""

    commissioned: Floats
    others: Floats
    own: Floats
    waiting: Floats
    interim: Floats
    overflow: Floats
    asked: Floats
    placed: Floats
    independent: Floats
    to_interim: Floats
    to_waiting: Floats
    stayed: Floats
    from_waiting: Floats
    returned: Floats

    @classmethod
    def nil(cls, groups: int, months: int, draws: int) -> PlacesSeries:
        """Nothing yet."""
        return cls(*(np.zeros((groups, months, draws)) for _ in cls.__dataclass_fields__))


def group_table(rules: PlaceRules, placements: Placements) -> Ints:
    """Group that admits each (sought setting, age, need), or -1: not limited."""
    table = np.full((len(placements.sought), len(AGES), len(NEEDS)), -1, dtype=np.int64)
    for index, group in enumerate(rules.groups):
        sought = placements.sought.index(SETTINGS.index(group.setting))
        for need in group.needs or NEEDS:
            table[sought, group.ages[0] : group.ages[1] + 1, NEEDS.index(need)] = index
    return table


def places_setup(
    rules: PlaceRules, placements: Placements, rates: TransitionRates, entries: Entries
) -> PlacesSetup:
    """Everything about places that is the same in every draw."""
    table = group_table(rules, placements)
    rows: list[tuple[int, ...]] = []
    settings = placements.setting_of
    is_limited = {setting: number for number, setting in enumerate(placements.sought)}

    def add(kind: int, row: int, age: int, origin: int, setting: int, group_of: Ints) -> None:
        number = is_limited[setting]
        twins = [
            placements.twin(SETTINGS.index(name), standing, setting)
            for name, standing in ((OVERFLOW_SETTING, "overflow"), (INTERIM_SETTING, "interim"))
        ]
        if kind in (kernel.NEW, kernel.MOVED_IN):
            home = "mainstream" if age >= _YOUNGEST_IN_SCHOOL else "early_years"
            wait = placements.twin(SETTINGS.index(home), "waiting", setting)
        else:
            wait = placements.twin(settings[origin], "waiting", setting)
        code = placements.code(origin)
        for need in range(len(NEEDS)):
            cell = (((kind * 3 + number) * len(AGES) + age) * 256 + code) * 16 + need
            rows.append(
                (
                    kind,
                    row,
                    age,
                    origin,
                    need,
                    int(group_of[number, age, need]),
                    _CATEGORY_OF_KIND[kind],
                    cell,
                    setting,
                    *(-1 if twin is None else twin for twin in twins),
                    -1 if wait is None else wait,
                )
            )

    for kind, routes in ((kernel.PHASE, rates.phase), (kernel.IN_YEAR, rates.in_year)):
        for row in range(routes.count):
            if int(routes.destination[row]) in is_limited:
                add(kind, row, int(routes.age[row]), int(routes.origin[row]),
                    int(routes.destination[row]), table)  # fmt: skip
    for kind in (kernel.NEW, kernel.MOVED_IN):
        for row in range(len(entries.age)):
            if int(entries.placement[row]) in is_limited:
                setting = int(entries.placement[row])
                add(kind, row, int(entries.age[row]), setting, setting, table)
    past: list[tuple[int, int, int]] = []
    settle: list[int] = []
    for placement in range(placements.count):
        sought, standing = placements.sought_by(placement), placements.standing(placement)
        if sought < 0:
            continue
        for age in AGES:
            kind = kernel.RETURNS if standing == "overflow" else kernel.WAITING
            add(kind, 0, age, placement, sought, table)
            for need in range(len(NEEDS)):
                if table[is_limited[sought], age, need] < 0:
                    past.append((age, placement, need))
                    settle.append(settings[placement])
    for setting in placements.sought:
        independent = SETTINGS.index(OVERFLOW_SETTING)
        for origin in {independent, placements.existing(independent)}:
            for age in AGES:
                add(kernel.SETTLED, 0, age, origin, setting, table)
    columns = np.array(rows, dtype=np.int64).T
    seeks = (columns[0] >= kernel.WAITING) & (columns[5] < 0)
    sources = Sources(*(np.ascontiguousarray(column[~seeks]) for column in columns))
    occupied, occupied_group, seeking = _stock_cells(placements, table)
    limited = np.array([int(place) in is_limited for place in entries.placement], dtype=bool)
    return PlacesSetup(
        sources,
        occupied,
        occupied_group,
        seeking,
        np.array(past, dtype=np.int64).reshape(-1, 3),
        np.array(settle, dtype=np.int64),
        _free_rows(rates.in_year, placements),
        _free_rows(rates.phase, placements),
        limited,
    )


def _free_rows(routes: Routes, placements: Placements) -> Ints:
    return np.flatnonzero(~np.isin(routes.destination, placements.sought))


def _stock_cells(
    placements: Placements, table: Ints
) -> tuple[Ints, Ints, tuple[tuple[Ints, Ints], ...]]:
    occupied: list[tuple[int, int, int, int]] = []
    seeking: dict[str, list[tuple[int, int, int, int]]] = {name: [] for name in WANT_OF_PLACE}
    for number, age, need in np.ndindex(table.shape):
        group = int(table[number, age, need])
        if group < 0:
            continue
        for placement in range(placements.count):
            setting, standing = placements.setting_of[placement], placements.standing(placement)
            if standing == "settled" and setting == placements.sought[number]:
                occupied.append((age, placement, need, group))
            elif (
                standing != "settled"
                and placements.sought_by(placement) == placements.sought[number]
            ):
                seeking[standing].append((age, placement, need, group))

    def split(cells: list[tuple[int, int, int, int]]) -> tuple[Ints, Ints]:
        array = np.array(cells, dtype=np.int64).reshape(-1, 4)
        return np.ascontiguousarray(array[:, :3]), np.ascontiguousarray(array[:, 3])

    return (*split(occupied), tuple(split(seeking[name]) for name in WANT_OF_PLACE))


class PlaceAllocation:
    """Places of one block of draws; `allocate` places a month's candidates."""

    def __init__(
        self, setup: PlacesSetup, rules: PlaceRules, draws: Draws, seed: int | None
    ) -> None:
        """`seed` is None for expected values."""
        self.setup, self.rules, self.draws = setup, rules, draws
        self.key: Key | None = stream_key(seed, "places") if seed is not None else None
        groups, size = len(rules.groups), draws.size
        self.series = PlacesSeries.nil(groups, draws.months, size)
        for index, group in enumerate(rules.groups):
            self.series.commissioned[index] = group_places(group, draws)
            self.series.others[index] = group_others(group, draws)
        self._elsewhere = np.stack([draws.of(g.own_pupils_elsewhere) for g in rules.groups])
        shares = draws.shares(rules.overflow)
        nil = np.zeros(size)
        independent = shares.get("independent", nil)
        self._overflow = np.stack([independent, independent + shares.get("interim", nil)])
        self._lots = None
        if seed is not None:
            keys = [stream_key(seed, f"places: tribunal {group.id}") for group in rules.groups]
            lots = [uniforms(item, draws.first_draw, size, draws.months) for item in keys]
            self._lots = np.stack(lots)
        self._candidates = np.zeros((len(setup.sources.kind), size))
        self._own = np.zeros((groups, size))
        self._asked = np.zeros((groups, len(CATEGORIES), size))
        self._outcome = np.zeros((groups, len(OUTCOMES), size))
        # Order in which categories get places; the tribunal's share has no candidates of its own.
        self._order = list(rules.priority)

    def allocate(
        self,
        state: CohortState,
        flows: MonthFlows,
        phase: Floats,
        in_year: Floats,
        new: Floats,
        moved_in: Floats,
        month: int,
    ) -> None:
        """Place candidates for limited settings: (route or entry, need, draw) each.

        Those for other settings have moved before. Nobody is lost: whoever is not placed stays,
        waits, or is placed independently or in interim provision.
        """
        cells, series = self.setup.sources, self.series
        chance = self.key is not None
        first, second = self.key if self.key is not None else (np.uint64(0), np.uint64(0))
        numbers = (chance, self.draws.first_draw)
        kernel.no_longer(state.plans, self.setup.past, self.setup.settled)
        kernel.occupancy(state.plans, self.setup.occupied, self.setup.occupied_group, self._own)
        kernel.gather(
            state.plans, cells.kind, cells.row, cells.age, cells.placement, cells.need, cells.group,
            cells.category, phase, in_year, new, moved_in, self._asked, self._candidates,
        )  # fmt: skip
        kernel.returning(
            cells.kind, cells.group, cells.category, cells.cell, self._return_hazard(month),
            *numbers, month, first, second, self._asked, self._candidates,
        )  # fmt: skip
        placed = self._placed(self._free(month), month)
        where = (cells.target, cells.independent, cells.interim, cells.waits)
        moves = (
            state.plans, flows.new, flows.moved_in, self._candidates, cells.kind, cells.age,
            cells.placement, cells.need, cells.group, cells.category,
        )  # fmt: skip
        rules = (self._asked, placed, self._overflow)
        if chance:
            kernel.settle(*moves, cells.cell, *where, *rules, numbers[1], month, first, second,
                          self._outcome)  # fmt: skip
        else:
            kernel.settle_expected(*moves, *where, *rules, self._outcome)
        # From the candidates, not from what became of them: the check of every run compares the two.
        transfers, others = CATEGORIES.index("phase_transfers"), CATEGORIES.index("new")
        series.asked[:, month] = self._asked[:, transfers] + self._asked[:, others]
        for index, name in enumerate(
            ("placed", "independent", "to_interim", "to_waiting", "stayed")
        ):
            getattr(series, name)[:, month] = self._outcome[:, index]
        series.from_waiting[:, month] = placed[:, CATEGORIES.index("waiting")]
        series.returned[:, month] = placed[:, CATEGORIES.index("returns")]

    def _free(self, month: int) -> Floats:
        """Free places (group, draw): commissioned less own and other pupils, never negative."""
        taken = np.maximum(self._own - self._elsewhere, 0.0) + self.series.others[:, month]
        free = np.maximum(self.series.commissioned[:, month] - taken, 0.0)
        return np.floor(free + 1e-9) if self.key is not None else free

    def _placed(self, free: Floats, month: int) -> Floats:
        """How many of each category get a place (group, category, draw), in order of priority."""
        placed = np.zeros_like(self._asked)
        tribunal = self.draws.at(self.rules.tribunal_share, month)
        new = CATEGORIES.index("new")
        ordered = self._asked[:, new] * tribunal
        if self._lots is not None:
            # Whole pupils with the right average, however few they are.
            ordered = np.floor(ordered + self._lots[:, month])
        for name in self._order:
            if name == "tribunal":
                number = new
                wanted = np.minimum(ordered, self._asked[:, new] - placed[:, new])
            else:
                number = CATEGORIES.index(name)
                wanted = self._asked[:, number] - placed[:, number]
            got = np.minimum(wanted, free)
            placed[:, number] += got
            free = free - got
        return placed

    def _return_hazard(self, month: int) -> Floats:
        """Monthly hazard of asking to come back, (overflow or settled; group; draw)."""
        yearly = np.stack(
            [
                np.stack(
                    [self.draws.at(getattr(group, name), month) for group in self.rules.groups]
                )
                for name in ("return_share_a_year", "settled_return_share_a_year")
            ]
        )
        return -np.log1p(-np.minimum(yearly, 1 - 1e-9)) / MONTHS

    def record(self, state: CohortState, month: int) -> None:
        """Note who is in place and who seeks a place at the month's end."""
        kernel.occupancy(state.plans, self.setup.occupied, self.setup.occupied_group, self._own)
        self.series.own[:, month] = np.maximum(self._own - self._elsewhere, 0.0)
        for name, (cells, group) in zip(WANT_OF_PLACE, self.setup.seeking, strict=True):
            kernel.occupancy(state.plans, cells, group, self._own)
            getattr(self.series, name)[:, month] = self._own
