"""Identities of demand over random set-ups, and chance against expected values and single children.

Expected values: conservation at every stage, the area under the queue, no limit no queue, more
capacity no longer waits. Chance: whole numbers, means within four standard errors over 2,048 draws.
Derandomised: the same examples every time.
"""

from __future__ import annotations

import random
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from model.cohort.state import DemandState
from tests.demand import NO_LIMIT, DemandRun, Queue, demand_scenario, read_demand, run_demand
from tests.reference.single_assessments import first_in_first_out, request_to_plan

pytestmark = pytest.mark.integration

few = settings(
    max_examples=40,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
many = settings(few, max_examples=150)
WEEKS_A_MONTH = 365.25 / 12 / 7
DRAWS = 2048
ORDERS = ("first_in_first_out", "any_order", "priority")


def run_of(data: dict[str, Any], draws: int = 1, **how: Any) -> DemandRun:
    """The scenario as a user's file, and its demand stepped."""
    with tempfile.TemporaryDirectory() as folder:
        return run_demand(read_demand(Path(folder), data), draws, **how)


# ---------------------------------------------------------------- random set-ups

weeks = st.one_of(st.sampled_from([0, 6]), st.floats(0, 40).map(lambda value: round(value, 2)))
share = st.one_of(st.sampled_from([0, 0.25, 1]), st.floats(0, 1).map(lambda value: round(value, 3)))


@st.composite
def requests_sections(draw: st.DrawFn, limited: bool = True) -> dict[str, Any]:
    requests: dict[str, Any] = {
        "requests_in_base_year": draw(st.sampled_from([0, 3.7, 60, 400])),
        "refused_share": draw(share),
        "overturned_share": draw(share),
        "overturned_after_months": draw(st.sampled_from([0, 0.4, 4, 11.5])),
        "decision_weeks": draw(weeks),
        "advice_and_drafting_weeks": draw(weeks),
        "case_spread_weeks": draw(st.sampled_from([0, 3])),
        "plan_share": draw(share),
        "on_time_share": draw(share),
        "order": draw(st.sampled_from(ORDERS)),
    }
    if requests["order"] == "priority":
        requests["priority"] = draw(st.sampled_from([["pool"], ["11_to_15", "under_5", "pool"]]))
    if draw(st.booleans()):
        requests["seasonality"] = draw(
            st.sampled_from([[0.25, 0.05] + [0.07] * 10, [0, 0, 0.4] + [0.6 / 9] * 9])
        )
    if limited:
        requests["capacity"] = [
            {"id": "first", "start": "2022-01", "assessments_a_month": draw(st.sampled_from([0, 2.5, 30]))},
            {"id": "next", "start": "2023-10", "assessments_a_month": draw(st.sampled_from([0, 7.3, 45]))},
        ]  # fmt: skip
        requests["waiting_at_start"] = [
            {"months_waited": month, "assessments": draw(st.sampled_from([0, 1.3, 25]))}
            for month in draw(st.lists(st.integers(0, 14), max_size=3, unique=True))
        ]
        requests["opening_queue_factor"] = draw(st.sampled_from([0, 1, 1.7]))
        if not requests["waiting_at_start"] and draw(st.booleans()):
            requests["warm_up"] = {"year": 2022, "requests": 90, "refused": 20, "plans_issued": 50,
                                   "assessments_ended": 60, "issued_counted": 50,
                                   "issued_in_20_weeks": draw(st.integers(0, 50))}  # fmt: skip
    if draw(st.booleans()):
        requests["shocks"] = [
            {"id": "s", "title": "S", "start": "2023-07", "extra_share": draw(st.sampled_from([-0.6, 1.5])),
             "age_groups": ["5_to_10"]}
        ]  # fmt: skip
    return requests


@st.composite
def pools(draw: st.DrawFn) -> dict[str, Any] | None:
    if draw(st.integers(0, 2)) == 0:
        return None
    return {
        "fte": draw(st.sampled_from([0, 12.4, 445])),
        "fte_per_pupil": draw(st.sampled_from([1, 0.8])),
        "band_shares": {"L1": 0.5, "L2": 0.3, "L3": 0.2},
        "assessed_a_month": draw(st.sampled_from([0, 3.3, 50])),
        "assessed_from": draw(st.sampled_from(["2023-04", "2023-11"])),
        "order": draw(
            st.sampled_from(["highest_band_first", "lowest_band_first", "in_proportion"])
        ),
        "converts_share": draw(share),
        "converts_rise": draw(st.sampled_from([0, 0.4])),
        "awards": draw(st.sampled_from(["continue", "end_dates"])),
        "award_ends": [{"month": "2023-09", "share": draw(share)}],
        "leaving_share_a_year": draw(share),
        "also_requested_share": draw(share),
    }


@st.composite
def set_ups(draw: st.DrawFn, limited: bool = True) -> dict[str, Any]:
    parts: dict[str, Any] = {"requests": draw(requests_sections(limited)), "pool": draw(pools())}
    return demand_scenario(
        horizon={"first_year": "2023-24", "last_year": "2024-25"},
        new_plans={
            "base_year": 2022,
            "plans_in_base_year": 100,
            "level": 1.1,
            "initial_growth": draw(st.sampled_from([0, 0.3, -0.2])),
            "damping": 0.7,
            "yearly_variation": 0,
        },
        **{name: value for name, value in parts.items() if value is not None},
    )


def assert_stages_close(run: DemandRun) -> None:
    """What waits at a stage before + what comes = what leaves + what waits after, to 1e-9."""
    series = run.series
    stages = [
        (series.in_decision, series.requests.sum(axis=1) - (series.refused + series.agreed - series.overturned)),
        (series.waiting, series.agreed + series.sent_from_pool - series.assessed),
        (series.in_drafting, series.assessed - series.ended),
        (series.pool_pupils.sum(axis=0),
         -(series.pool_converted + series.pool_stopped + series.pool_left + series.pool_ended)),
    ]  # fmt: skip
    for stock, net in stages:
        assert stock.min() >= -1e-9
        assert np.abs(np.diff(stock, axis=0) - net[1:]).max() < 1e-9
    assert series.issued.min() >= 0.0
    assert (series.issued <= series.ended + 1e-9).all()
    assert (series.issued_in_time <= series.issued + 1e-9).all()
    assert (series.pool_converted + series.pool_stopped <= series.ended + 1e-9).all()
    state: DemandState = run.state
    assert np.allclose(state.queue.sum(axis=(0, 1)), series.waiting[-1], rtol=0, atol=1e-9)
    for rank in range(run.prepared.demand.setup.ranks):
        of_rank = run.prepared.demand.setup.rank == rank
        assert np.allclose(
            state.queue[:, of_rank].sum(axis=1), state.left[:, rank], rtol=0, atol=1e-9
        )
    for values in (
        state.decision,
        state.overturn,
        state.queue,
        state.drafting,
        state.pool,
        state.left,
    ):
        assert (values >= 0.0).all()
    assert (state.left <= state.arrived + 1e-9).all()


def assert_area_is_the_waits(run: DemandRun) -> None:
    """Little's law as design 5.1 states it, from the kept series: over the horizon the area under
    the queue, of straight lines from month to month, is the sum of waits ended less those of the
    opening, plus those unfinished. (No assessment is served before it came.)"""
    series = run.series
    area = 0.5 * (series.waiting[:-1] + series.waiting[1:])
    waits = series.served_waits[1:] + np.diff(series.waited, axis=0)
    assert np.abs(area - waits).max() < 1e-7
    assert series.served_waits.min() >= 0.0
    assert (series.served_longest * series.assessed >= series.served_waits - 1e-7).all()


@few
@given(data=set_ups())
def test_what_comes_goes_on_or_waits_at_every_stage_and_waits_make_the_area(data):
    """Design 5.1: queue conservation and Little's law, month by month, in every order."""
    run = run_of(data)
    assert_stages_close(run)
    assert_area_is_the_waits(run)
    assert run.gaps
    assert max(run.gaps.values()) < 1e-7, run.gaps
    series = run.series
    assert (series.assessed <= series.capacity + 1e-9).all()
    idle = series.capacity - series.assessed > 1e-9
    assert (series.waiting[idle] < 1e-9).all(), "nobody waits while psychologists have time"


@few
@given(data=set_ups(limited=False))
def test_no_limit_means_no_queue_and_no_waits(data):
    """Design 5.1. What is agreed is assessed in its month, and plans in time are the base share of
    those whose 20 weeks are not used up by the decision and the drafting."""
    run = run_of(data)
    series = run.series
    assert np.allclose(series.assessed, series.agreed + series.sent_from_pool, rtol=0, atol=1e-9)
    for name in ("waiting", "waited", "served_waits", "served_longest", "longest_wait"):
        assert np.abs(getattr(series, name)).max() < 1e-9, name
    requests = data["requests"]
    left = 20 - requests["decision_weeks"] - requests["advice_and_drafting_weeks"]
    on_time = series.issued * requests["on_time_share"]
    if left > requests["case_spread_weeks"]:
        assert np.allclose(series.issued_in_time, on_time, rtol=0, atol=1e-9)
    elif left < -requests["case_spread_weeks"]:
        assert series.issued_in_time.max() < 1e-9


# ---------------------------------------------------------------- more capacity, no longer waits


def crossing(units: np.ndarray, running: np.ndarray) -> np.ndarray:
    """When each unit is reached by a running sum (month + 1,) that rises evenly within a month;
    infinity where it is not."""
    times = np.full(len(units), np.inf)
    for index, unit in enumerate(units):
        if unit > running[-1] + 1e-12:
            continue
        month = int(np.searchsorted(running, unit, side="left"))
        if month == 0:
            times[index] = 0.0
            continue
        low, high = running[month - 1], running[month]
        times[index] = month - 1 + ((unit - low) / (high - low) if high > low else 1.0)
    return times


@st.composite
def queues(draw: st.DrawFn) -> tuple[list[float], list[float], list[float], int]:
    """Arrivals, capacity and extra capacity by month, and how many of the first months are before."""
    months = draw(st.integers(3, 14))
    amount = st.one_of(
        st.sampled_from([0.0, 5.0, 20.0]), st.floats(0, 40).map(lambda v: round(v, 2))
    )
    arrivals = draw(st.lists(amount, min_size=months, max_size=months))
    capacity = draw(st.lists(amount, min_size=months, max_size=months))
    extra = draw(st.lists(amount, min_size=months, max_size=months))
    return arrivals, capacity, extra, draw(st.integers(0, 2))


def stepped(arrivals: list[float], capacity: list[float], before: int, **how: Any) -> list[Any]:
    queue = Queue(len(arrivals) - before, before=arrivals[:before], **how)
    return [
        queue.month(came, limit, limit=2.0)
        for came, limit in zip(arrivals[before:], capacity[before:], strict=True)
    ]


@many
@given(case=queues())
def test_more_capacity_never_lengthens_any_units_wait(case):
    """Issue 3: the same arrivals, first in first out. Month by month the running sum of service is
    never behind, and unit by unit the wait is never longer."""
    arrivals, capacity, extra, before = case
    more = [own + added for own, added in zip(capacity, extra, strict=True)]
    less_run, more_run = (stepped(arrivals, limit, before) for limit in (capacity, more))
    came = np.concatenate([[0.0], np.cumsum(arrivals)])
    curves = []
    for run in (less_run, more_run):
        served = [0.0] * before + [float(month.served[0]) for month in run]
        curves.append(np.concatenate([[0.0], np.cumsum(served)]))
    assert (curves[1] >= curves[0] - 1e-9).all()
    if came[-1] <= 0:
        return
    units = (np.arange(200) + 0.5) / 200 * came[-1]
    arrived = crossing(units, came)
    waits = [crossing(units, curve) - arrived for curve in curves]
    assert (waits[0] >= -1e-6).all()
    assert (waits[1] >= -1e-6).all()
    assert (waits[1] <= waits[0] + 1e-6).all()
    for less, more_ in zip(less_run, more_run, strict=True):
        assert more_.waiting <= less.waiting + 1e-9
        assert more_.waited <= less.waited + 1e-7
        assert more_.waiting_longest <= less.waiting_longest + 1e-7


@many
@given(case=queues())
def test_the_kernels_waits_are_the_distance_between_the_two_curves(case):
    """The curves' own corners cut a month's service into pieces whose waits run evenly: their sum,
    longest, 90th percentile and share within two months are the kernel's, for every month."""
    arrivals, capacity, _, before = case
    run = stepped(arrivals, capacity, before)
    came = np.concatenate([[0.0], np.cumsum(arrivals)])
    served = np.concatenate([[0.0] * before, np.cumsum([0.0, *(float(m.served[0]) for m in run)])])
    for index, month in enumerate(run):
        low, high = served[before + index], served[before + index + 1]
        if high - low < 1e-6:
            assert month.waits < 1e-4
            continue
        corners = np.unique([low, *came[(came > low + 1e-9) & (came < high - 1e-9)], high])
        size = np.diff(corners)
        ends = np.stack([corners[:-1] + 1e-7 * size, corners[1:] - 1e-7 * size])
        first, last = (crossing(units, served) - crossing(units, came) for units in ends)

        def within(limit: float, first=first, last=last, size=size) -> float:
            least, most = np.minimum(first, last), np.maximum(first, last)
            share = np.clip((limit - least) / np.maximum(most - least, 1e-9), 0.0, 1.0)
            return float((share * size).sum() / size.sum())

        assert month.waits == pytest.approx(((first + last) / 2) @ size, abs=1e-4)
        assert month.longest == pytest.approx(max(first.max(), last.max()), abs=1e-4)
        assert within(1.9999) - 1e-3 <= month.in_time / (high - low) <= within(2.0001) + 1e-3
        p90 = float(month.p90[0])
        assert within(p90 - 1e-3) - 1e-3 <= 0.9 <= within(p90 + 1e-3) + 1e-3


@many
@given(
    arrivals=st.lists(st.integers(0, 12), min_size=1, max_size=12),
    seed=st.integers(0, 2**20),
)
def test_expected_waits_agree_with_single_children(arrivals, seed):
    """A plain loop over children, each at the middle of its share of the month: the same queue and
    the same sum of waits, month by month."""
    dice = random.Random(seed)
    capacity = [dice.randrange(0, 14) for _ in arrivals]
    children = first_in_first_out(arrivals, capacity)
    run = stepped([float(a) for a in arrivals], [float(c) for c in capacity], 0)
    for month, figures in enumerate(run):
        waits = children.waits_of(month)
        assert figures.served == len(waits)
        assert figures.waiting == children.waiting[month]
        assert figures.waits == pytest.approx(sum(waits), abs=1e-9)
        if waits:
            # The first and the last of a child's own share of the month lie half a share away.
            assert max(waits) <= figures.longest + 1e-9 <= max(waits) + 1.0 + 1e-9
        unfinished = [
            month + 1 - child.came
            for child in children.children
            if child.came < month + 1 and (child.assessed is None or child.assessed >= month + 1)
        ]
        assert figures.waited == pytest.approx(sum(unfinished), abs=1e-9)


@many
@given(case=queues(), any_order=st.booleans())
def test_the_order_changes_who_waits_and_not_how_many(case, any_order):
    """The same throughput and queue in any order; the sum of waits is the same as well once the
    queue is empty, and no order has a mean wait below nil."""
    arrivals, capacity, _, before = case
    classes = [[a * 0.5, a * 0.3, a * 0.2] for a in arrivals]
    plain = stepped(arrivals, capacity, before)
    other = stepped(
        classes, capacity, before, any_order=any_order, rank=[0, 0, 0] if any_order else [2, 0, 1]
    )
    area = 0.0
    for one, two in zip(plain, other, strict=True):
        assert two.served == pytest.approx(one.served, abs=1e-9)
        assert two.waiting == pytest.approx(one.waiting, abs=1e-9)
        assert two.waits.min() >= 0
        area += float((two.waits - one.waits)[0])
    # All waits together, ended or not, are the area under the queue whatever the order.
    assert area + (other[-1].waited - plain[-1].waited)[0] == pytest.approx(0.0, abs=1e-6)


def test_no_limit_in_the_kernel_is_a_limit_that_is_never_reached():
    for any_order in (True, False):
        free = stepped([5.0, 9.0, 0.0], [NO_LIMIT] * 3, 0, any_order=any_order)
        wide = stepped([5.0, 9.0, 0.0], [1000.0] * 3, 0, any_order=any_order)
        assert [one.waits for one in free] == [two.waits for two in wide]
        assert [one.in_time for one in free] == [two.in_time for two in wide]


# ---------------------------------------------------------------- chance

BUSY = {
    "requests_in_base_year": 480,
    "refused_share": 0.2,
    "overturned_share": 0.1,
    "overturned_after_months": 3,
    "decision_weeks": 6,
    "advice_and_drafting_weeks": 8.5,
    "plan_share": 0.9,
    "on_time_share": 0.95,
}
"""About 32.6 agreed a month."""
NEVER_BINDS: dict[str, Any] = {
    "capacity": [{"id": "a", "start": "2022-01", "assessments_a_month": 500}]
}
ALWAYS_BINDS: dict[str, Any] = {
    "capacity": [{"id": "a", "start": "2022-01", "assessments_a_month": 11.5}],
    "waiting_at_start": [{"months_waited": 2, "assessments": 60.3}],
}
POOL = {"fte": 250, "band_shares": {"L1": 0.5, "L2": 0.3, "L3": 0.2}, "assessed_a_month": 4.5,
        "converts_share": 0.6, "converts_rise": 0.3, "leaving_share_a_year": 0.1}  # fmt: skip
MEANS = ["requests", "refused", "overturned", "agreed", "assessed", "ended", "issued",
         "sent_from_pool", "pool_converted", "pool_stopped", "pool_left", "waiting"]  # fmt: skip


@cache
def chance_and_expected(case: str, order: str) -> tuple[DemandRun, DemandRun]:
    extra = NEVER_BINDS if case == "never" else ALWAYS_BINDS
    requests = BUSY | extra | {"order": order}
    if order == "priority":
        requests["priority"] = ["pool", "under_5"]
    data = demand_scenario(
        requests=requests, pool=POOL, horizon={"first_year": "2023-24", "last_year": "2024-25"}
    )
    return run_of(data, DRAWS, chance=True, seed=17), run_of(data)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("case", ["never", "always"])
def test_with_chance_on_means_are_the_expected_values(case: str, order: str) -> None:
    """2,048 draws where capacity binds in none, or in all: each year's sum within four standard
    errors of the mean, and half a unit for capacities of 11.5 in whole assessments."""
    chance, expected = chance_and_expected(case, order)
    full = chance.series.capacity - chance.series.assessed < 1e-9
    assert full.all() if case == "always" else not full.any()
    for name in MEANS:
        values, due = getattr(chance.series, name), getattr(expected.series, name)
        if values.ndim == 3:
            values, due = values.sum(axis=1), due.sum(axis=1)
        for year in (slice(0, 12), slice(12, 24)):
            found = values[year].sum(axis=0)
            error = found.std() / np.sqrt(DRAWS)
            rounding = 6.5 if name == "waiting" and case == "always" else 0.5
            room = 4 * error + (rounding if case == "always" else 1e-9)
            assert found.mean() == pytest.approx(due[year].sum(), abs=room), (name, year)
            assert error < 0.05 * max(abs(found.mean()), 40.0), (
                f"{name}: a bound that says something"
            )


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("case", ["never", "always"])
def test_with_chance_on_everything_counted_is_whole(case: str, order: str) -> None:
    """Children, everywhere, in each of 2,048 draws, at the start, on the way and at the end."""
    run, _ = chance_and_expected(case, order)
    series = run.series
    counts = [*MEANS, "in_decision", "in_drafting", "pool_pupils", "pool_ended"]
    for name in counts:
        values = getattr(series, name)
        assert (values == np.round(values)).all(), name
        assert values.min() >= 0, name
    for state in (run.opening, run.state):
        for name in ("decision", "overturn", "queue", "left", "drafting", "pool"):
            values = getattr(state, name)
            assert (values == np.round(values)).all(), name
    if case == "always":
        assert (series.capacity[:, :1] == series.capacity).all()
        # 11.5 a month from February 2023: 11, 12, and April is the third.
        assert series.capacity[:4, 0].tolist() == [11, 12, 11, 12]
    assert_stages_close(run)
    # Draws are children of their own: requests scatter as Poisson numbers do.
    total = series.requests.sum(axis=(0, 1))
    assert total.var() == pytest.approx(total.mean(), rel=0.15)
    assert max(run.gaps.values()) < 1e-7


def test_with_chance_on_the_area_is_the_waits_in_every_draw() -> None:
    for order in ORDERS:
        run, _ = chance_and_expected("always", order)
        assert_area_is_the_waits(run)


def test_waits_by_chance_agree_with_single_children() -> None:
    """First in first out with capacity that sometimes binds: 600 plain simulations of single
    children from nobody on the way, against 2,048 draws; means within four standard errors."""
    months, capacity, runs = 24, 14, 600
    data = demand_scenario(
        requests={
            "requests_in_base_year": 12 * 20, "refused_share": 0.25, "plan_share": 0.8,
            "decision_weeks": 1.4 * WEEKS_A_MONTH, "advice_and_drafting_weeks": 2 * WEEKS_A_MONTH,
            # Nobody asks in February and March, and whoever asked before is assessed by then.
            "shocks": [{"id": "none", "title": "None yet", "start": "2023-02", "end": "2023-03",
                        "extra_share": -1}],
            "capacity": [{"id": "a", "start": "2022-01", "assessments_a_month": 500},
                         {"id": "b", "start": "2023-04", "assessments_a_month": capacity}],
        },
        horizon={"first_year": "2023-24", "last_year": "2024-25"},
    )  # fmt: skip
    fast = run_of(data, DRAWS, chance=True, seed=23).series
    dice = random.Random(20230629)
    slow = [request_to_plan(dice, months, 20, capacity, 1.4, 0.25, 2, 0.8) for _ in range(runs)]
    # Plans of the first two months come from those assessed before April.
    pairs: dict[str, tuple[np.ndarray, list[list[float]], int]] = {
        "requests": (fast.requests.sum(axis=1), [r.requests for r in slow], 0),
        "refused": (fast.refused, [r.refused for r in slow], 0),
        "waiting": (fast.waiting, [r.waiting for r in slow], 0),
        "waits": (
            fast.served_waits,
            [[sum(r.waits_of(m)) for m in range(months)] for r in slow],
            0,
        ),
        "plans": (fast.issued, [r.plans for r in slow], 2),
    }
    for name, (one, by_run, first) in pairs.items():
        two = np.array(by_run, dtype=float).T
        for part in (slice(first, 12), slice(12, None)):
            found, due = one[part].sum(axis=0), two[part].sum(axis=0)
            error = np.sqrt(found.var() / len(found) + due.var() / len(due))
            assert found.mean() == pytest.approx(due.mean(), abs=4 * error), (name, part)
            assert found.std() == pytest.approx(due.std(), rel=0.15), (name, part)
            assert error < 0.06 * due.mean(), f"{name}: a bound that says something"
