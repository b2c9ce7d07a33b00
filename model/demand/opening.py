"""What is on its way at the start: the opening queue from a warm-up year, or from what is known.

The warm-up runs the published calendar year before the count: its requests, refusals, assessments
ended and plans. How many waited when that year began is not published; it is the number with which
the year gives the published 20-week share. What the year leaves is the opening queue.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from model.chance.philox import Key, uniforms
from model.cohort.state import DemandState
from model.demand import kernel
from model.demand.capacity import own_capacity
from model.demand.pipeline import empty_demand
from model.demand.setup import REQUEST_CLASSES, WARM_UP_MONTHS, DemandSetup
from model.demand.timeliness import allowed_wait
from model.demand.timeliness import months as in_months
from model.draws import Draws
from model.reference.calendar import MONTHS
from model.scenario.demand_schema import Pool, Requests, WarmUp

Floats = NDArray[np.float64]

LONGEST_BACKLOG = WARM_UP_MONTHS - MONTHS - 2
"""Most months of arrivals that the warm-up looks for in the queue before its year."""

_NO_KEY = (False, 0, np.uint64(0), np.uint64(0))


@dataclass(frozen=True)
class WarmUpYear:
    """What the warm-up came to, beside what was published; counts of the year and its two ends."""

    year: int
    requests: float
    refused: float
    ended: float
    issued: float
    share_in_time: float
    published_share: float
    waiting_before: float
    waiting_after: float


@dataclass(frozen=True)
class DemandOpening:
    """Expected state (one draw) when the first month begins, and how the warm-up went."""

    state: DemandState
    warm_up: WarmUpYear | None


def demand_opening(setup: DemandSetup, requests: Requests, central: Draws) -> DemandOpening:
    """The opening of demand on central inputs (`central` has one draw)."""
    groups = _by_age_group(setup.expected)
    if requests.warm_up is not None:
        return _warmed_up(setup, requests, requests.warm_up, central, groups)
    monthly = float(setup.expected[0].sum())
    state = _undecided(setup, requests, central, monthly * groups, setup.months.start)
    waiting = 0.0
    for item in requests.waiting_at_start:
        row = setup.months.start - 1 - item.months_waited - setup.arrivals_from
        _arrive(setup, state, row, item.assessments * groups)
        waiting += item.assessments
    agreed = monthly * (1 - float(central.at(requests.refused_share, -1)[0]))
    own = own_capacity(requests, central, range(setup.months.start, setup.months.start + 1))
    served = min(agreed, float(own[0, 0]))
    if served > 0:
        _in_drafting(
            setup, requests, central, state, groups, served, waiting / served, setup.months.start
        )
    return DemandOpening(state, None)


def _by_age_group(expected: Floats) -> Floats:
    """Shares of requests by age group in the first month that has any; alike where none has."""
    months = np.flatnonzero(expected.sum(axis=1) > 0)
    if not len(months):
        return np.full(REQUEST_CLASSES, 1 / REQUEST_CLASSES)
    return np.asarray(expected[months[0]] / expected[months[0]].sum())


def _warmed_up(
    setup: DemandSetup, requests: Requests, flows: WarmUp, central: Draws, groups: Floats
) -> DemandOpening:
    # Nobody in time is less than half a plan, not the longest queue there could be.
    in_time = max(flows.issued_in_20_weeks, 0.5)
    published = in_time / flows.issued_counted if flows.issued_counted else 0.0
    served = flows.assessments_ended / MONTHS

    def share(waiting: float) -> float:
        return _run_year(setup, requests, flows, central, groups, waiting)[1].share_in_time

    top = LONGEST_BACKLOG * served
    waiting = 0.0
    if share(0.0) > published:
        waiting = top
        if share(top) < published:
            waiting = float(optimize.brentq(lambda w: share(w) - published, 0.0, top, xtol=1e-6))
    state, year = _run_year(setup, requests, flows, central, groups, waiting)
    return DemandOpening(state, year)


def _run_year(
    setup: DemandSetup,
    requests: Requests,
    flows: WarmUp,
    central: Draws,
    groups: Floats,
    waiting: float,
) -> tuple[DemandState, WarmUpYear]:
    """The warm-up year with `waiting` assessments in the queue on 1 January."""
    start = setup.months.start - MONTHS
    monthly, served = flows.requests / MONTHS, flows.assessments_ended / MONTHS
    refused = np.array([flows.refused / flows.requests if flows.requests else 0.0])
    share = flows.plans_issued / flows.assessments_ended if flows.assessments_ended else 0.0
    state = _undecided(setup, requests, central, monthly * groups, start)
    if served > 0:
        _waiting_since(setup, requests, state, groups, served, waiting, start)
        _in_drafting(setup, requests, central, state, groups, served, waiting / served, start)
    classes = np.zeros((setup.classes, 1))
    by_group = [np.zeros((REQUEST_CLASSES, 1)) for _ in range(5)]
    done, ended, plans = classes.copy(), classes.copy(), classes.copy()
    in_time, due, figures = np.zeros(1), np.zeros(1), np.zeros((8, 1))
    totals = np.zeros(4)
    nobody = np.zeros(1)
    on_time = float(central.at(requests.on_time_share, -1)[0])
    for month in range(start, start + MONTHS):
        kernel.receive(
            monthly * groups[:, None], month, in_months(central.at(requests.decision_weeks, -1)),
            nobody, refused, nobody, state.decision, state.overturn, *_NO_KEY, *by_group,
        )  # fmt: skip
        now = month - setup.arrivals_from
        _arrive(setup, state, now, by_group[4][:, 0])
        kernel.serve(
            state.queue, state.arrived, state.left, state.oldest, now, np.array([served]), setup.rank,
            requests.order == "any_order", allowed_wait(requests, central, -1, setup.statutory_weeks),
            in_months(central.at(requests.case_spread_weeks, -1)), *_NO_KEY, done, in_time, figures,
        )  # fmt: skip
        kernel.conclude(
            done, in_time, month, in_months(central.at(requests.advice_and_drafting_weeks, -1)),
            np.full_like(classes, share), state.drafting, state.timely, *_NO_KEY, ended, plans, due,
        )  # fmt: skip
        in_year = due.sum() / ended.sum() if ended.sum() > 0 else 0.0
        issued = plans.sum()
        totals += (by_group[1].sum(), ended.sum(), issued, issued * min(in_year, 1.0) * on_time)
    issued = float(totals[2])
    year = WarmUpYear(
        year=flows.year,
        requests=flows.requests,
        refused=float(totals[0]),
        ended=float(totals[1]),
        issued=issued,
        share_in_time=float(totals[3]) / issued if issued > 0 else 0.0,
        published_share=(
            flows.issued_in_20_weeks / flows.issued_counted if flows.issued_counted else 0.0
        ),
        waiting_before=waiting,
        waiting_after=float(state.queue.sum()),
    )
    return state, year


def _undecided(
    setup: DemandSetup, requests: Requests, central: Draws, monthly: Floats, start: int
) -> DemandState:
    """Requests undecided at the start of a month when `monthly` (age group,) came in each before."""
    state = empty_demand(setup, 1)
    lag = float(in_months(central.at(requests.decision_weeks, -1))[0])
    _steady(state.decision[:, :, 0], monthly, lag, start)
    return state


def _in_drafting(
    setup: DemandSetup,
    requests: Requests,
    central: Draws,
    state: DemandState,
    groups: Floats,
    served: float,
    wait: float,
    start: int,
) -> None:
    """Assessments in drafting when `served` were served in each month before, after `wait` months."""
    lag = float(in_months(central.at(requests.advice_and_drafting_weeks, -1))[0])
    _steady(state.drafting[:, :REQUEST_CLASSES, 0], served * groups, lag, start)
    limit = float(allowed_wait(requests, central, -1, setup.statutory_weeks)[0])
    spread = float(in_months(central.at(requests.case_spread_weeks, -1))[0])
    if requests.order == "any_order":
        # Anybody may be next: waits are spread as 1 - exp(-time / mean wait).
        within = 1 - float(np.exp(-max(limit, 0.0) / wait)) if wait > 0 else float(limit >= 0)
    elif spread > 0:
        within = min(max((limit - wait + spread) / (2 * spread), 0.0), 1.0)
    else:
        within = float(wait <= limit)
    _steady(state.timely[:, :, 0], np.array([served * within]), lag, start)


def _waiting_since(
    setup: DemandSetup,
    requests: Requests,
    state: DemandState,
    groups: Floats,
    served: float,
    waiting: float,
    start: int,
) -> None:
    """Put `waiting` assessments into the queue as a steady flow of `served` a month leaves them."""
    rest, row = waiting, start - 1 - setup.arrivals_from
    # Served by lot, who came in a month having been there for half of it; see `kernel.serve`.
    left = max((waiting - served / 2) / (waiting + served / 2), 0.0)
    share = waiting / max(waiting + served / 2, served)
    while rest > 1e-12 and row >= 0:
        if requests.order == "any_order":
            here = min(rest, served * share) if row > 0 else rest
            came, share = here, share * left
        else:
            here, came = min(rest, served), served
        _arrive(setup, state, row, here * groups, came=came * groups)
        rest, row = rest - here, row - 1


def _steady(ring: Floats, flow: Floats, lag: float, start: int) -> None:
    """Fill a ring (month, column) with what a steady `flow` a month before `start` has coming due."""
    whole, part = int(lag), lag - int(lag)
    for ago in range(1, whole + 2):
        month = start - ago
        for due, share in ((month + whole, 1 - part), (month + whole + 1, part)):
            if due >= start:
                ring[due % len(ring)] += share * flow


def _arrive(
    setup: DemandSetup, state: DemandState, row: int, here: Floats, came: Floats | None = None
) -> None:
    """Put `here` (age group,) of `came` arrivals into a row of the queue."""
    came = here if came is None else came
    state.queue[row, :REQUEST_CLASSES, 0] += here
    for index in range(REQUEST_CLASSES):
        state.arrived[row, setup.rank[index], 0] += came[index]
        state.left[row, setup.rank[index], 0] += here[index]


def opening_state(
    setup: DemandSetup,
    opening: DemandOpening,
    requests: Requests,
    pool: Pool | None,
    draws: Draws,
    key: Key | None,
) -> DemandState:
    """The opening of a block: the expected one times its uncertain factor, whole with a key."""
    state = empty_demand(setup, draws.size)
    expected = opening.state
    factor = draws.of(requests.opening_queue_factor)
    offsets = uniforms(key, draws.first_draw, draws.size, 4) if key is not None else None

    def filled(values: Floats, scale: Floats | float, stream: int) -> Floats:
        cells = np.repeat(values, draws.size, axis=-1) * scale
        return cells if offsets is None else in_whole(cells, offsets[stream])

    state.queue[:] = filled(expected.queue, factor, 0)
    state.decision[:] = filled(expected.decision, 1.0, 1)
    state.drafting[:] = filled(expected.drafting, 1.0, 2)
    for row in range(setup.rows):
        for rank in range(setup.ranks):
            here = state.queue[row, setup.rank == rank].sum(axis=0)
            state.arrived[row, rank] = np.maximum(expected.arrived[row, rank, 0] * factor, here)
            state.left[row, rank] = here
    due = expected.drafting.sum(axis=1)
    share = np.divide(expected.timely[:, 0], due, out=np.zeros_like(due), where=due > 0)
    state.timely[:, 0] = share * state.drafting.sum(axis=1)
    if pool is not None and setup.bands is not None:
        pupils = draws.of(pool.fte) / draws.of(pool.fte_per_pupil)
        state.pool[:] = filled(setup.bands.share[:, None], pupils, 3)
    return state


def in_whole(cells: Floats, offset: Floats) -> Floats:
    """Cells (..., draw) as whole numbers with the same expectation, their total within one.

    Running sums are rounded down from a random `offset` (draw,) in 0 to 1: systematic sampling.
    """
    flat = cells.reshape(-1, cells.shape[-1])
    # A hair more keeps a running sum that is whole from falling short of it.
    reached = np.floor(np.cumsum(flat, axis=0) + offset + 1e-9)
    first = np.floor(offset)
    return np.diff(reached, axis=0, prepend=first[None]).reshape(cells.shape)
