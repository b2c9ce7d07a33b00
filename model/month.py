"""One month of demand, cohort and provision together, in the order of design 5.3."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.cohort import step
from model.cohort.rates import TransitionRates
from model.cohort.state import CohortState, MonthFlows
from model.cohort.step import Chance, Workspace
from model.demand.new_plans import Entries, JoinerPattern, level
from model.draws import Draws
from model.mechanisms import Mechanisms
from model.provision.places import PlaceRequests
from model.reference.calendar import SEPTEMBER, calendar_month
from model.scenario.plans_schema import MovedIn, NewPlans

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class MonthInputs:
    """What a block of draws needs every month; nothing here changes during the block.

    `effects`: (year, effect, draw) multipliers on families of hazards. `live`: (cell, 2) ages and
    placements that can hold plans. `chance` is None for expected values.
    """

    rates: TransitionRates
    effects: Floats
    live: NDArray[np.int64]
    entries: Entries
    new_plans: NewPlans | None
    new_pattern: JoinerPattern | None
    moved_in: MovedIn | None
    moved_in_pattern: JoinerPattern | None
    draws: Draws
    seed: int
    chance: Chance | None
    mechanisms: Mechanisms


def advance(
    state: CohortState, flows: MonthFlows, inputs: MonthInputs, month: int, work: Workspace
) -> None:
    """Step the state through one month and fill the month's flows.

    September ageing, exits, then the candidates for a place (phase transfers, in-year movers,
    joiners) are placed or stay where they are; only the placed move. Conservation, each draw:
    plans before + new + moved in - ceased - moved out = plans after.
    """
    rules = inputs.mechanisms
    year = min(max(month // 12, 0), len(inputs.effects) - 1)
    if calendar_month(month) == SEPTEMBER:
        step.age(state, flows)
    effect = inputs.effects[year]
    in_year = step.exits(
        state, flows, inputs.rates, effect, inputs.live, month, inputs.chance, work
    )
    phase = step.phase_transfers(state, inputs.rates, effect, month, inputs.chance, work)
    new = _new_plans(state, inputs, month, work)
    asked = PlaceRequests(phase_transfers=phase, in_year_moves=in_year, joiners=new)
    placed = rules.allocate_places(asked, state, month)
    _nobody_lost(asked, placed)
    if len(placed.phase_transfers):
        step.move(state, placed.phase_transfers, inputs.rates.phase)
    step.move(state, placed.in_year_moves, inputs.rates.in_year)
    entries = inputs.entries
    step.join(state, flows.new, placed.joiners, entries.age, entries.placement)
    if inputs.moved_in is not None:
        arrivals = _moved_in(inputs, month, work)
        step.join(state, flows.moved_in, arrivals, entries.age, entries.placement)
    state.pool = rules.pool(state.pool, month)


def _nobody_lost(asked: PlaceRequests, placed: PlaceRequests) -> None:
    """A new plan is in force wherever it is placed; a rule must give each a place, if an interim one."""
    if placed.joiners is not asked.joiners and not np.isclose(
        placed.joiners.sum(), asked.joiners.sum()
    ):
        raise ValueError("the rule for places left new plans without any place")


def _new_plans(state: CohortState, inputs: MonthInputs, month: int, work: Workspace) -> Floats:
    """New plans of the month (entry, need, draw) after requests and assessment."""
    if inputs.new_plans is None or inputs.new_pattern is None:
        work.new[:] = 0.0
        return work.new
    rules, chance = inputs.mechanisms, inputs.chance
    mean, share = inputs.new_pattern.at(month)
    rate = level(inputs.new_plans, inputs.draws, month, inputs.seed, chance=chance is not None)
    requests = rules.requests(mean * rate, month) - rules.averted(month, len(rate))
    agreed, state.queue = rules.assessment_queue(np.maximum(requests, 0.0), state.queue, month)
    key = chance.new_plans if chance is not None else None
    first_draw = inputs.draws.first_draw
    return step.arrivals(1.0, share, agreed, month, key, first_draw, work.new)


def _moved_in(inputs: MonthInputs, month: int, work: Workspace) -> Floats:
    """Plans arriving from other authorities this month (entry, need, draw)."""
    assert inputs.moved_in is not None
    assert inputs.moved_in_pattern is not None
    mean, share = inputs.moved_in_pattern.at(month)
    year = min(max(month // 12, 0), len(inputs.draws.years) - 1)
    arriving = inputs.draws.by_year(inputs.moved_in.plans_a_year)[year]
    key = inputs.chance.moved_in if inputs.chance is not None else None
    first_draw = inputs.draws.first_draw
    return step.arrivals(mean, share, arriving, month, key, first_draw, work.moved_in)
