"""What happens to plans in force in a month: ageing, exits, and who asks to move.

Each function changes the state it is given and is a thin name for one compiled loop. The order
of a month is in `model.month`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.chance.philox import Key
from model.cohort import kernel
from model.cohort.placements import Placements
from model.cohort.rates import ADULT_AGE, Routes, TransitionRates
from model.cohort.state import CohortState, MonthFlows
from model.reference.calendar import SEPTEMBER, calendar_month
from model.reference.codes import AGES, NEEDS

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Chance:
    """Random numbers of a block: keys by purpose and the block's first draw."""

    exits: Key
    phase: Key
    new_plans: Key
    moved_in: Key
    recording: Key
    first_draw: int


class Workspace:
    """Scratch arrays of a block, used again every month so that memory does not grow with time."""

    def __init__(self, rates: TransitionRates, placements: Placements, entries: int, draws: int):
        cells = (len(AGES), placements.count, draws)
        self.ceased_hazard = np.zeros(cells)
        self.moved_out_hazard = np.zeros(cells)
        self.reviewed = np.zeros(cells)
        self.route_hazard = np.zeros((rates.in_year.count, draws))
        self.in_year = np.zeros((rates.in_year.count, len(NEEDS), draws))
        self.phase = np.zeros((rates.phase.count, len(NEEDS), draws))
        self.no_phase = np.zeros((0, len(NEEDS), draws))
        self.new = np.zeros((entries, len(NEEDS), draws))
        self.moved_in = np.zeros((entries, len(NEEDS), draws))
        self.codes = np.array([placements.code(p) for p in range(placements.count)])


def age(state: CohortState, flows: MonthFlows) -> None:
    """The September step; plans that reach 25 end and count as ceased."""
    kernel.age_plans(state.plans, flows.ceased)


def exits(
    state: CohortState,
    flows: MonthFlows,
    rates: TransitionRates,
    effect: Floats,
    live: NDArray[np.int64],
    month: int,
    chance: Chance | None,
    work: Workspace,
    review: Floats,
    review_ages: tuple[int, int],
) -> Floats:
    """Plans that end or leave the area this month; returns who asks to move (route, need, draw).

    `effect` (effect, draw) tilts the families of hazards; `live` (cell, 2) lists the ages and
    placements that can hold plans. `review` (draw,) is the monthly hazard of ending after a review at
    the ages `review_ages`; `work.reviewed` is then its share of ceasing. Ceasing, leaving and asking
    to move compete. Conservation: plans before = plans after + ceased + moved out; those who ask to move are still in `plans`.
    """
    routes = rates.in_year
    kernel.cell_hazards(
        live,
        rates.ceased_hazard,
        rates.moved_out_hazard,
        routes.start,
        routes.stop,
        routes.hazard,
        routes.effect,
        rates.season[:, calendar_month(month) - 1],
        effect,
        ADULT_AGE,
        review,
        review_ages,
        work.ceased_hazard,
        work.moved_out_hazard,
        work.route_hazard,
        work.reviewed,
    )
    common = (
        work.ceased_hazard,
        work.moved_out_hazard,
        work.route_hazard,
        routes.start,
        routes.stop,
    )
    if chance is None:
        kernel.expected_exits(
            state.plans, live, *common, flows.ceased, flows.moved_out, work.in_year
        )
    else:
        kernel.chance_exits(
            state.plans,
            live,
            work.codes,
            *common,
            chance.first_draw,
            month + kernel.MONTH_OFFSET,
            *chance.exits,
            flows.ceased,
            flows.moved_out,
            work.in_year,
        )
    return work.in_year


def record_differently(
    state: CohortState,
    flows: MonthFlows,
    live: NDArray[np.int64],
    share: Floats,
    month: int,
    chance: Chance | None,
    work: Workspace,
) -> None:
    """Plans that counts gain or lose in a month beyond recorded flows, `share` (draw,) of all.

    Conservation: plans before + recording difference = plans after; no cell falls below nil.
    """
    if chance is None:
        kernel.expected_recording_difference(state.plans, live, share, flows.recording_difference)
    else:
        kernel.chance_recording_difference(
            state.plans, live, work.codes, share, chance.first_draw, month + kernel.MONTH_OFFSET,
            *chance.recording, flows.recording_difference,
        )  # fmt: skip


def phase_transfers(
    state: CohortState,
    rates: TransitionRates,
    effect: Floats,
    month: int,
    chance: Chance | None,
    work: Workspace,
) -> Floats:
    """Who asks for a place in the next phase (route, need, draw): nobody outside September.

    `effect` (effect, draw) tilts the hazards by where they lead, as during the year.
    """
    if calendar_month(month) != SEPTEMBER:
        return work.no_phase
    in_year, phase = rates.in_year, rates.phase
    hazard = phase.hazard[:, None] * effect[phase.effect]
    asking = (work.in_year, in_year.start, in_year.stop, hazard, phase.start, phase.stop)
    if chance is None:
        kernel.expected_phase_transfers(state.plans, *asking, work.phase)
    else:
        kernel.chance_phase_transfers(
            state.plans,
            work.codes,
            *asking,
            chance.first_draw,
            month + kernel.MONTH_OFFSET,
            *chance.phase,
            work.phase,
        )
    return work.phase


def arrivals(
    mean: float,
    share: Floats,
    level: Floats,
    month: int,
    key: Key | None,
    first_draw: int,
    out: Floats,
) -> Floats:
    """Joiners of one kind (entry, need, draw): expected values, or whole plans when given a key.

    `mean` plans in the month x `level` (draw,), spread by `share` (entry, need) summing to 1.
    """
    if key is None:
        kernel.expected_arrivals(mean, share, level, out)
    else:
        cumulative = np.cumsum(share.ravel())
        cumulative[-1] = 1.0
        kernel.chance_arrivals(
            mean, cumulative, level, first_draw, month + kernel.MONTH_OFFSET, *key, out
        )
    return out


def move(
    state: CohortState, placed: Floats, routes: Routes, rows: NDArray[np.int64] | None = None
) -> None:
    """Those who were given a place move to it: `placed` (route, need, draw), or the routes `rows`."""
    if len(placed):
        if rows is None:
            rows = np.arange(routes.count)
        kernel.move_placed(state.plans, placed, rows, routes.age, routes.origin, routes.destination)


def join(
    state: CohortState,
    joined: Floats,
    arrivals: Floats,
    ages: NDArray[np.int64],
    placements: NDArray[np.int64],
) -> None:
    """Joiners (entry, need, draw) come into force; `joined` (age, placement, draw) counts them."""
    kernel.add_arrivals(state.plans, arrivals, ages, placements, joined)
