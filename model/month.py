"""One month of demand, cohort and provision together, in the order of design 5.3."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.cohort import step
from model.cohort.rates import TransitionRates, effects
from model.cohort.state import CohortState, MonthFlows
from model.cohort.step import Chance, Workspace
from model.demand.new_plans import Entries, JoinerPattern, level
from model.demand.pipeline import Pipeline
from model.demand.reviews import review_hazard
from model.draws import Draws
from model.provision.nurture import Averted
from model.provision.places import PlaceAllocation
from model.reference.calendar import MONTHS, SEPTEMBER, calendar_month
from model.scenario.demand_schema import Reviews
from model.scenario.plans_schema import MovedIn, NewPlans, Rates, RecordingDifference

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class MonthInputs:
    """What a block of draws needs every month.

    `live`: (cell, 2) ages and placements that can hold plans. `chance` is None for expected
    values. `pipeline`, `reviews`, `places` and `averted` are None where a mechanism is off: new plans
    then come as `new_plans` says, and whoever asks for a place gets it. `ended_by_review`
    (month, draw) is filled with the plans that reviews end.
    """

    rates: TransitionRates
    tilts: Rates
    live: NDArray[np.int64]
    entries: Entries
    new_plans: NewPlans | None
    new_pattern: JoinerPattern | None
    moved_in: MovedIn | None
    moved_in_pattern: JoinerPattern | None
    draws: Draws
    seed: int
    chance: Chance | None
    recording_difference: RecordingDifference | None = None
    pipeline: Pipeline | None = None
    reviews: Reviews | None = None
    ended_by_review: Floats | None = None
    places: PlaceAllocation | None = None
    averted: Averted | None = None


def advance(
    state: CohortState, flows: MonthFlows, inputs: MonthInputs, month: int, work: Workspace
) -> None:
    """Step the state through one month and fill the month's flows.

    September ageing, exits, then the candidates for a place (phase transfers, in-year movers,
    joiners, those waiting, those who could return) are placed or stay where they are; only the
    placed move. Places are limited from the first month of the horizon. Conservation, each draw:
    plans before + new + moved in - ceased - moved out + recording difference = plans after.
    """
    if calendar_month(month) == SEPTEMBER:
        step.age(state, flows)
    effect = effects(inputs.tilts, inputs.draws, month)
    aged_out = flows.ceased.copy() if inputs.ended_by_review is not None else flows.ceased
    review, ages = _review(inputs, month)
    in_year = step.exits(
        state, flows, inputs.rates, effect, inputs.live, month, inputs.chance, work, review, ages
    )
    if inputs.ended_by_review is not None and month >= 0:
        by_review = (flows.ceased - aged_out) * work.reviewed
        inputs.ended_by_review[month] = by_review.sum(axis=(0, 1))
    phase = step.phase_transfers(state, inputs.rates, effect, month, inputs.chance, work)
    new = new_plans_of(state, inputs, month, work)
    arrivals = moved_in_of(inputs, month, work)
    places = inputs.places if month >= 0 else None
    if places is None:
        step.move(state, phase, inputs.rates.phase)
        step.move(state, in_year, inputs.rates.in_year)
    else:
        setup = places.setup
        step.move(state, phase, inputs.rates.phase, setup.free_phase)
        step.move(state, in_year, inputs.rates.in_year, setup.free_in_year)
        places.allocate(state, flows, phase, in_year, new, arrivals, month)
        new[setup.limited_entries] = 0.0
        arrivals[setup.limited_entries] = 0.0
    entries = inputs.entries
    step.join(state, flows.new, new, entries.age, entries.placement)
    if inputs.moved_in is not None:
        step.join(state, flows.moved_in, arrivals, entries.age, entries.placement)
    if inputs.recording_difference is not None:
        share = inputs.draws.at(inputs.recording_difference.share_a_year, month) / MONTHS
        step.record_differently(state, flows, inputs.live, share, month, inputs.chance, work)
    if places is not None:
        places.record(state, month)


def _review(inputs: MonthInputs, month: int) -> tuple[Floats, tuple[int, int]]:
    """Monthly hazard (draw,) of ending after a review, and the ages it holds for."""
    if inputs.reviews is None or month < 0:
        return np.zeros(inputs.draws.size), (0, 0)
    low, high = inputs.reviews.ceased_ages
    return review_hazard(inputs.reviews, inputs.draws, month), (low, high)


def new_plans_of(state: CohortState, inputs: MonthInputs, month: int, work: Workspace) -> Floats:
    """New plans of the month (entry, need, draw): from requests, or as the year before's number."""
    if inputs.pipeline is not None:
        assert state.demand is not None
        averted = None
        if inputs.averted is not None and month >= 0:
            averted = inputs.averted.requests[month]
        return inputs.pipeline.advance(state.demand, month, averted, work.new)
    if inputs.new_plans is None or inputs.new_pattern is None:
        work.new[:] = 0.0
        return work.new
    chance = inputs.chance
    mean, share = inputs.new_pattern.at(month)
    rate = level(inputs.new_plans, inputs.draws, month, inputs.seed, chance=chance is not None)
    key = chance.new_plans if chance is not None else None
    first_draw = inputs.draws.first_draw
    return step.arrivals(1.0, share, np.maximum(mean * rate, 0.0), month, key, first_draw, work.new)


def moved_in_of(inputs: MonthInputs, month: int, work: Workspace) -> Floats:
    """Plans arriving from other authorities this month (entry, need, draw)."""
    if inputs.moved_in is None or inputs.moved_in_pattern is None:
        work.moved_in[:] = 0.0
        return work.moved_in
    mean, share = inputs.moved_in_pattern.at(month)
    arriving = inputs.draws.at(inputs.moved_in.plans_a_year, month)
    key = inputs.chance.moved_in if inputs.chance is not None else None
    first_draw = inputs.draws.first_draw
    return step.arrivals(mean, share, arriving, month, key, first_draw, work.moved_in)
