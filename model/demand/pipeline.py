"""From requests to plans, a month at a time: decisions, the queue for advice, drafting, the pool.

Conservation, each month and draw: what waits at each stage before + what comes = what leaves + what
waits after. The area under the queue equals the sum of waits (design 5.1).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.chance.philox import Key
from model.cohort.state import DemandState
from model.demand import kernel
from model.demand.capacity import locum_assessments, locum_capacity, own_capacity, whole
from model.demand.new_plans import level
from model.demand.pool import conversion_shares, ending_share, leaving_share, sent_a_month
from model.demand.requests import shock_factor
from model.demand.series import DemandSeries
from model.demand.setup import (
    LONGEST_OVERTURN_IN_MONTHS,
    LONGEST_WEEKS_IN_MONTHS,
    REQUEST_CLASSES,
    DemandSetup,
    needs_of_requests,
)
from model.demand.timeliness import allowed_wait
from model.demand.timeliness import months as in_months
from model.draws import Draws
from model.scenario.demand_schema import Pool, Requests
from model.scenario.plans_schema import NewPlans

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class DemandKeys:
    """Random streams of demand, by purpose."""

    requests: Key
    queue: Key
    drafting: Key
    pool: Key
    who: Key
    opening: Key


def empty_demand(setup: DemandSetup, draws: int) -> DemandState:
    """Nobody on the way anywhere."""
    weeks, overturn = LONGEST_WEEKS_IN_MONTHS, LONGEST_OVERTURN_IN_MONTHS
    return DemandState(
        decision=np.zeros((weeks, REQUEST_CLASSES, draws)),
        overturn=np.zeros((overturn, REQUEST_CLASSES, draws)),
        queue=np.zeros((setup.rows, setup.classes, draws)),
        arrived=np.zeros((setup.rows, setup.ranks, draws)),
        left=np.zeros((setup.rows, setup.ranks, draws)),
        oldest=np.zeros(draws, dtype=np.int64),
        drafting=np.zeros((weeks, setup.classes, draws)),
        timely=np.zeros((weeks, 1, draws)),
        pool=np.zeros((setup.band_count, draws)),
        converted=np.zeros((setup.band_count, draws)),
    )


class Pipeline:
    """Demand of one block of draws; `advance` steps it and gives the new plans of the month."""

    def __init__(
        self,
        setup: DemandSetup,
        requests: Requests,
        new_plans: NewPlans,
        pool: Pool | None,
        draws: Draws,
        seed: int,
        keys: DemandKeys | None,
    ) -> None:
        self.setup, self.requests, self.new_plans, self.pool = setup, requests, new_plans, pool
        self.draws, self.seed, self.keys = draws, seed, keys
        size = draws.size
        self.series = DemandSeries.nil(draws.months, setup.band_count, len(requests.locums), size)
        own = own_capacity(requests, draws, setup.months)
        self._own, self._locums = own, locum_capacity(requests, draws, setup.months)
        total = own
        for contract in self._locums:
            total = total + contract
        self._capacity = whole(total) if keys is not None else total
        self._sent = np.zeros_like(own)
        if pool is not None:
            sent = sent_a_month(pool, draws, setup.months)
            self._sent = whole(sent) if keys is not None else sent
        self._by_class = {
            name: np.zeros((setup.classes, size)) for name in ("served", "ended", "plans")
        }
        self._by_group = {
            name: np.zeros((REQUEST_CLASSES, size))
            for name in ("requests", "refused", "won", "overturned", "agreed")
        }
        self._by_band = {
            name: np.zeros((setup.band_count, size)) for name in ("left", "ended", "sent")
        }
        self._timely = np.zeros(size)
        self._in_time = np.zeros(size)
        self._figures = np.zeros((8, size))
        self._area, self._waits = np.zeros(size), np.zeros(size)
        self._stages: dict[str, Floats] = {}
        self._start: dict[str, Floats] | None = None

    def advance(
        self, state: DemandState, month: int, averted: Floats | None, out: Floats
    ) -> Floats:
        """One month; returns `out` (entry, need, draw), the plans that come into force.

        `averted` (age group, draw): requests that nurture groups avert this month, or None.
        """
        setup, row = self.setup, self.setup.row(month)
        if self._start is None:
            self._start = self._opening_totals(state, month)
            self._stages = _stages(state)
        before = self._stages
        self._send_from_pool(state, month)
        self._receive(state, month, averted)
        now = month - setup.arrivals_from
        arrivals = np.concatenate([self._by_group["agreed"], self._by_band["sent"]])
        state.queue[now] += arrivals
        for rank in range(setup.ranks):
            came = arrivals[setup.rank == rank].sum(axis=0)
            state.arrived[now, rank] += came
            state.left[now, rank] += came
        self._serve(state, month, now, row)
        self._conclude(state, month)
        plans = self._by_class["plans"]
        by_who = np.concatenate(
            [plans[:REQUEST_CLASSES], plans[REQUEST_CLASSES:].sum(axis=0, keepdims=True)]
        )
        kernel.assign(by_who, setup.who[setup.kind[row]], month, *self._chance("who"), out)
        self._area = self._area + 0.5 * (before["queue"] + self._figures[kernel.WAITING])
        self._waits = self._waits + self._figures[kernel.SERVED_WAITS]
        self._stages = _stages(state)
        if month >= 0:
            self._record(state, month, before, averted)
        return out

    def _opening_totals(self, state: DemandState, month: int) -> dict[str, Floats]:
        """The pool and the months waited so far, as the first month finds them."""
        nobody = np.zeros(self.draws.size)
        kernel.serve(
            state.queue.copy(),
            state.arrived.copy(),
            state.left.copy(),
            state.oldest.copy(),
            month - self.setup.arrivals_from - 1,
            nobody,
            self.setup.rank,
            False,
            nobody,
            nobody,
            *self._chance("queue"),
            self._by_class["served"],
            self._in_time,
            self._figures,
        )
        in_process = _stages(state)["by_class"][REQUEST_CLASSES:]
        pool = state.pool.sum(axis=0) + in_process.sum(axis=0)
        return {"pool": pool, "waited": self._figures[kernel.WAITED].copy()}

    def _chance(self, purpose: str) -> tuple[bool, int, np.uint64, np.uint64]:
        if self.keys is None:
            return False, 0, np.uint64(0), np.uint64(0)
        first, second = getattr(self.keys, purpose)
        return True, self.draws.first_draw, first, second

    def _send_from_pool(self, state: DemandState, month: int) -> None:
        bands, pool = self.setup.bands, self.pool
        if pool is None or bands is None:
            return
        if month < 0:
            for flow in self._by_band.values():
                flow[:] = 0.0
            return
        draws = self.draws
        kernel.send_from_pool(
            state.pool,
            self._sent[self.setup.row(month)],
            bands.order,
            pool.order == "in_proportion",
            leaving_share(pool, draws, month),
            ending_share(pool, draws, month),
            month,
            *self._chance("pool"),
            self._by_band["left"],
            self._by_band["ended"],
            self._by_band["sent"],
        )

    def _receive(self, state: DemandState, month: int, averted: Floats | None) -> None:
        requests, draws = self.requests, self.draws
        mean = self.setup.expected[self.setup.row(month)][:, None] * shock_factor(
            requests.shocks, draws, month
        )
        mean = mean * level(self.new_plans, draws, month, self.seed, chance=self.keys is not None)
        if averted is not None:
            mean = np.maximum(mean - averted, 0.0)
        if self.pool is not None:
            # Those of the pool who would have asked anyway are counted once: as sent from it.
            twice = self._by_band["sent"].sum(axis=0) * draws.of(self.pool.also_requested_share)
            total = mean.sum(axis=0)
            left = np.maximum(total - twice, 0.0)
            mean = mean * np.divide(left, total, out=np.zeros_like(total), where=total > 0)
        flows = self._by_group
        kernel.receive(
            mean,
            month,
            in_months(draws.at(requests.decision_weeks, month)),
            draws.at(requests.overturned_after_months, month),
            draws.at(requests.refused_share, month),
            draws.at(requests.overturned_share, month),
            state.decision,
            state.overturn,
            *self._chance("requests"),
            flows["requests"],
            flows["refused"],
            flows["won"],
            flows["overturned"],
            flows["agreed"],
        )

    def _serve(self, state: DemandState, month: int, now: int, row: int) -> None:
        draws, requests = self.draws, self.requests
        kernel.serve(
            state.queue,
            state.arrived,
            state.left,
            state.oldest,
            now,
            self._capacity[row],
            self.setup.rank,
            requests.order == "any_order",
            allowed_wait(requests, draws, month, self.setup.statutory_weeks),
            in_months(draws.at(requests.case_spread_weeks, month)),
            *self._chance("queue"),
            self._by_class["served"],
            self._in_time,
            self._figures,
        )

    def _conclude(self, state: DemandState, month: int) -> None:
        draws, requests = self.draws, self.requests
        share = np.repeat(draws.at(requests.plan_share, month)[None, :], self.setup.classes, axis=0)
        if self.pool is not None and self.setup.bands is not None:
            share[REQUEST_CLASSES:] = conversion_shares(self.pool, self.setup.bands, draws, month)
        kernel.conclude(
            self._by_class["served"],
            self._in_time,
            month,
            in_months(draws.at(requests.advice_and_drafting_weeks, month)),
            share,
            state.drafting,
            state.timely,
            *self._chance("drafting"),
            self._by_class["ended"],
            self._by_class["plans"],
            self._timely,
        )

    def _record(
        self, state: DemandState, month: int, before: dict[str, Floats], averted: Floats | None
    ) -> None:
        series, group, draws = self.series, self._by_group, self.draws
        served, ended, plans = (self._by_class[name] for name in ("served", "ended", "plans"))
        sent = self._by_band["sent"].sum(axis=0)
        after = self._stages
        series.requests[month] = group["requests"]
        series.requests_by_need[month] = needs_of_requests(self.setup, group["requests"], month)
        series.refused[month] = group["refused"].sum(axis=0)
        series.overturned[month] = group["overturned"].sum(axis=0)
        series.agreed[month] = group["agreed"].sum(axis=0)
        series.sent_from_pool[month] = sent
        series.assessed[month] = served.sum(axis=0)
        series.ended[month] = ended.sum(axis=0)
        series.ended_by_age[month] = ended[:REQUEST_CLASSES]
        series.issued_by_age[month] = plans[:REQUEST_CLASSES]
        series.issued[month] = plans.sum(axis=0)
        in_time = np.divide(
            self._timely, series.ended[month], out=np.zeros(draws.size), where=ended.sum(axis=0) > 0
        )
        on_time = draws.at(self.requests.on_time_share, month)
        series.issued_in_time[month] = series.issued[month] * np.minimum(in_time, 1.0) * on_time
        series.waiting[month] = after["queue"]
        series.in_decision[month] = after["decision"]
        series.in_drafting[month] = after["drafting"]
        figures = self._figures
        series.waited[month] = figures[kernel.WAITED]
        series.waited_p90[month] = figures[kernel.WAITING_P90]
        series.longest_wait[month] = figures[kernel.LONGEST_WAITING]
        series.served_waits[month] = figures[kernel.SERVED_WAITS]
        series.served_p90[month] = figures[kernel.SERVED_P90]
        series.served_longest[month] = figures[kernel.LONGEST_SERVED]
        row = self.setup.row(month)
        series.capacity[month] = np.where(
            np.isinf(self._capacity[row]), series.assessed[month], self._capacity[row]
        )
        if len(self._locums):
            series.locums[:, month] = locum_assessments(
                series.assessed[month][None], self._own[row][None], self._locums[:, row][:, None]
            )[:, 0]
        if averted is not None:
            series.averted_requests[month] = averted.sum(axis=0)
        series.pool_converted[month] = plans[REQUEST_CLASSES:].sum(axis=0)
        series.pool_stopped[month] = (ended - plans)[REQUEST_CLASSES:].sum(axis=0)
        series.pool_left[month] = self._by_band["left"].sum(axis=0)
        series.pool_ended[month] = self._by_band["ended"].sum(axis=0)
        series.pool_pupils[:, month] = state.pool + after["by_class"][REQUEST_CLASSES:]
        if self.pool is not None:
            state.converted *= 1 - leaving_share(self.pool, draws, month)
            state.converted += plans[REQUEST_CLASSES:]
            series.pool_with_plan[:, month] = state.converted
        self._check(month, before, after)

    def _check(self, month: int, before: dict[str, Floats], after: dict[str, Floats]) -> None:
        series, group = self.series, self._by_group
        requests, won = group["requests"].sum(axis=0), group["won"].sum(axis=0)
        decided = series.refused[month] + series.agreed[month] - series.overturned[month]
        series.gap(
            "plans: requests = refused + agreed + undecided",
            before["decision"] + requests - decided - after["decision"],
        )
        series.gap(
            "plans: refusals overturned close",
            before["overturn"] + won - series.overturned[month] - after["overturn"],
        )
        arrivals = series.agreed[month] + series.sent_from_pool[month]
        series.gap(
            "plans: arrivals = assessed + waiting",
            before["queue"] + arrivals - series.assessed[month] - after["queue"],
        )
        series.gap(
            "plans: assessed = ended + in drafting",
            before["drafting"] + series.assessed[month] - series.ended[month] - after["drafting"],
        )
        assert self._start is not None
        waits = self._waits + self._figures[kernel.WAITED] - self._start["waited"]
        series.gap("plans: area under the queue = months waited", self._area - waits)
        if self.setup.band_count:
            gone = (
                series.pool_converted[: month + 1]
                + series.pool_stopped[: month + 1]
                + series.pool_left[: month + 1]
                + series.pool_ended[: month + 1]
            ).sum(axis=0)
            now = series.pool_pupils[:, month].sum(axis=0)
            series.gap(
                "plans: the pool = converted + stopped + left + still in it",
                self._start["pool"] - gone - now,
            )


def _stages(state: DemandState) -> dict[str, Floats]:
    """Units at each stage (draw,), and `by_class` in the queue or in drafting (class, draw)."""
    rows = slice(int(state.oldest.min()), None)
    queue, drafting = state.queue[rows].sum(axis=0), state.drafting.sum(axis=0)
    return {
        "decision": state.decision.sum(axis=(0, 1)),
        "overturn": state.overturn.sum(axis=(0, 1)),
        "queue": queue.sum(axis=0),
        "drafting": drafting.sum(axis=0),
        "by_class": queue + drafting,
    }
