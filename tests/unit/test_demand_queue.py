"""The queue for psychology advice on cases worked by hand: order, waits, the 20 weeks, lags.

Arrivals and service run evenly over a month, so that a unit's wait is the distance between two
straight lines. Month 0 is a queue's first month; months before it are in `before`.
"""

from __future__ import annotations

import numpy as np
import pytest

from model.chance.philox import stream_key
from model.demand import kernel
from model.demand.capacity import (
    locum_assessments,
    locum_capacity,
    months_to_clear,
    own_capacity,
    whole,
)
from model.demand.opening import LONGEST_BACKLOG, in_whole
from model.demand.requests import expected_requests, shock_factor
from model.demand.timeliness import allowed_wait, share_without_exceptions
from model.draws import central
from model.forecast import forecast_central
from model.prepared import prepare
from model.reference.codes import AGE_GROUPS, AGES, age_group_of
from model.reference.national import national_rates
from tests.demand import NO_LIMIT, Queue, demand_scenario, read_demand, run_demand

pytestmark = pytest.mark.unit

WEEKS_A_MONTH = 365.25 / 12 / 7


def one(values: np.ndarray) -> float:
    (value,) = np.asarray(values).ravel()
    return float(value)


# ---------------------------------------------------------------- no limit


@pytest.mark.parametrize("any_order", [True, False])
def test_without_a_limit_nobody_waits_and_everybody_is_in_time(any_order):
    """Design 5.1: no limit means no queue. A wait of nil is within a limit of nil, not of less."""
    queue = Queue(4, any_order=any_order)
    for arrivals in (10.0, 0.0, 3.5):
        month = queue.month(arrivals, NO_LIMIT, limit=0.0)
        assert (one(month.served), one(month.waits), one(month.longest)) == (arrivals, 0.0, 0.0)
        assert (one(month.waiting), one(month.waited), one(month.in_time)) == (0.0, 0.0, arrivals)
    assert one(queue.month(7.0, NO_LIMIT, limit=-0.1).in_time) == 0.0


def test_a_capacity_that_is_just_enough_leaves_no_queue():
    queue = Queue(2)
    assert one(queue.month(10, 10).waiting) == 0.0
    month = queue.month(10, 9.5)
    assert (one(month.served), one(month.waiting)) == (9.5, 0.5)


# ---------------------------------------------------------------- first in, first out


def test_first_in_first_out_serves_part_of_a_row_and_then_the_rest_of_it():
    """Ten come; four are served in their month, three in the next, and three are left.

    The unit that came at time 0.4 is served at 1.0 and the one that came at 0.7 at 2.0.
    """
    queue = Queue(4)
    first = queue.month(10, 4)
    assert one(first.waits) == pytest.approx(4 * 0.3)  # 0 to 0.6
    assert one(first.longest) == pytest.approx(0.6)
    assert one(first.waited) == pytest.approx(6 * 0.3)
    assert one(first.waiting_longest) == pytest.approx(0.6)
    second = queue.month(0, 3)
    assert one(second.waits) == pytest.approx(3 * (0.6 + 1.3) / 2)
    assert one(second.longest) == pytest.approx(1.3)
    assert one(second.waiting) == 3
    assert one(second.waited) == pytest.approx(3 * (1.0 + 1.3) / 2)
    third = queue.month(5, 8)
    # The three: from 2 - 0.7 to 2 + 3/8 - 1; the five: from 3/8 to 1 - 1 = 0.
    assert one(third.waits) == pytest.approx(3 * (1.3 + 1.375) / 2 + 5 * (0.375 + 0.0) / 2)
    assert one(third.longest) == pytest.approx(1.375)
    assert one(third.waiting) == 0


def test_the_oldest_row_is_served_first():
    """Two months of ten wait; capacity ten. Everybody served waited two months, nobody else did."""
    queue = Queue(2, before=[10, 10])
    month = queue.month(0, 10)
    assert one(month.waits) == pytest.approx(20)
    assert (one(month.longest), one(month.p90)) == pytest.approx((2.0, 2.0), abs=1e-5)
    assert queue.queue[:, 0, 0].tolist() == [0, 10, 0, 0]
    assert one(month.waited) == pytest.approx(10 * 1.5)
    assert one(queue.month(4, 5).waiting) == 9
    assert queue.queue[:, 0, 0].tolist() == [0, 5, 0, 4]


def test_area_under_the_queue_is_the_sum_of_waits():
    """Design 5.1, by hand: 5 wait after month 0 and none after month 1: 2.5 + 2.5."""
    queue = Queue(2)
    first = queue.month(10, 5)
    assert one(first.waits) == pytest.approx(1.25)
    assert one(first.waits + first.waited) == pytest.approx(2.5)
    second = queue.month(5, 10)
    assert one(first.waits + second.waits) == pytest.approx(5.0)


def test_nothing_is_served_without_capacity_and_waits_grow_by_a_month():
    queue = Queue(2, before=[8])
    assert one(queue.month(0, 0).waited) == pytest.approx(8 * 1.5)
    month = queue.month(2, 0)
    assert one(month.served) == 0
    assert one(month.waited) == pytest.approx(8 * 2.5 + 2 * 0.5)
    assert one(month.waiting_longest) == pytest.approx(3.0)


def test_longest_and_ninetieth_percentile_of_waits():
    """Nine came in the month and one two months before: 90 % have waited up to a month."""
    queue = Queue(1, before=[1, 0])
    month = queue.month(9, 0)
    assert one(month.waiting_p90) == pytest.approx(1.0, abs=1e-5)
    assert one(month.waiting_longest) == pytest.approx(3.0)
    evenly = Queue(1).month(10, 0)
    assert one(evenly.waiting_p90) == pytest.approx(0.9, abs=1e-5)
    # Of ten served, one came two months before and is served in the first tenth of the month.
    served = Queue(1, before=[1, 0]).month(9, 10)
    assert one(served.longest) == pytest.approx(2.0)
    assert one(served.p90) == pytest.approx(0.1, abs=1e-5)


# ---------------------------------------------------------------- classes and priority


def test_within_a_row_classes_are_served_in_proportion():
    queue = Queue(1, rank=[0, 0, 0])
    month = queue.month([6, 3, 1], 5)
    assert month.by_class[:, 0].tolist() == pytest.approx([3.0, 1.5, 0.5])
    assert queue.queue[0, :, 0].tolist() == pytest.approx([3.0, 1.5, 0.5])


def test_priority_serves_the_first_rank_whole_before_the_next():
    """The second class comes first: its five at once, then one of the five of the other."""
    queue = Queue(2, rank=[1, 0])
    month = queue.month([5, 5], 6)
    assert month.by_class[:, 0].tolist() == [1, 5]
    assert one(month.waits) == pytest.approx(0.4)  # one of the five, 0 to 0.8
    assert one(month.waiting) == 4
    assert one(month.waited) == pytest.approx(4 * 0.4)
    assert queue.month([0, 9], 7).by_class[:, 0].tolist() == [0, 7]


def test_priority_overtakes_those_who_wait_longer_and_keeps_their_order_within_a_rank():
    queue = Queue(2, rank=[1, 0], before=[[4, 0], [4, 0]])
    month = queue.month([0, 3], 5)
    assert month.by_class[:, 0].tolist() == [2, 3]
    assert queue.queue[:, 0, 0].tolist() == [2, 4, 0, 0]
    # Three evenly over their month; two of the oldest row evenly over the month as well.
    assert one(month.waits) == pytest.approx(0 + 2 * (2.0 + 2.5) / 2)


def test_groups_without_a_priority_come_after_those_that_have_one(tmp_path):
    requests = {"order": "priority", "priority": ["16_to_19", "5_to_10"]}
    loaded = read_demand(tmp_path, demand_scenario(requests=requests))
    rank = dict(zip(AGE_GROUPS, prepare(loaded).demand.setup.rank.tolist(), strict=True))
    assert (rank.pop("16_to_19"), rank.pop("5_to_10")) == (0, 1)
    assert set(rank.values()) == {2}


# ---------------------------------------------------------------- any order


def test_any_order_takes_from_every_row_alike():
    """Twenty from the month before and twenty of the month, capacity fifteen: ten and five, because
    who comes in the month is there for half of it.

    Earlier ones are served at an even time of the month; the month's own come in their order.
    """
    queue = Queue(2, before=[20], any_order=True)
    month = queue.month(20, 15)
    assert queue.queue[:, 0, 0].tolist() == pytest.approx([10, 15, 0])
    assert one(month.waits) == pytest.approx(10 * 1.0 + 5 * 0.375)
    assert one(month.longest) == pytest.approx(1.5)
    assert one(month.waited) == pytest.approx(10 * 1.5 + 15 * 0.375)
    opening = 20 * 0.5
    assert one(month.waits + month.waited) - opening == pytest.approx(0.5 * (20 + 25))
    queue.month(0, 5)
    assert queue.queue[:, 0, 0].tolist() == pytest.approx([8, 12, 0]), "nobody came: all alike"


def test_any_order_agrees_with_individuals():
    """Served at random moments among whoever waits then: the share in time and the mean wait of a
    simulation of single children, in steady state and while a queue shortens."""
    generator = np.random.default_rng(12)
    limit, spread, scale = 1.265, 0.69, 60
    for waiting, arrivals, capacity, months in (
        (80, 30.25, 30.25, 4),
        (190, 46, 46, 4),
        (200, 30, 45, 8),
    ):
        since = list(-generator.exponential(waiting / capacity, waiting * scale))
        for month in range(months):
            coming = iter(np.sort(month + generator.random(int(arrivals * scale))).tolist())
            nearest = next(coming, np.inf)
            waits = []
            for time in np.sort(month + generator.random(int(capacity * scale))):
                while nearest <= time:
                    since.append(nearest)
                    nearest = next(coming, np.inf)
                chosen = int(generator.integers(len(since)))
                since[chosen], since[-1] = since[-1], since[chosen]
                waits.append(time - since.pop())
            since += [nearest, *coming]
        waited = np.array(waits)
        in_time = np.mean(waited + generator.uniform(-spread, spread, len(waited)) <= limit)
        rows = waiting * np.diff(np.exp(-np.arange(61) * capacity / waiting))[::-1] * -1
        queue = Queue(months, before=[float(row) for row in rows], any_order=True)
        for _ in range(months):
            last = queue.month(arrivals, capacity, limit=limit, spread=spread)
        assert one(last.in_time) / one(last.served) == pytest.approx(in_time, abs=0.025)
        assert one(last.waits) / one(last.served) == pytest.approx(waited.mean(), rel=0.05)


def test_any_order_leaves_those_who_came_late_in_their_month_to_come_late_in_it():
    """Four of ten are served as they come, the six of the last 0.6 of the month wait. Three of them are
    served by lot in the next: the three left still came 0.7 into the month on average, the first 0.4."""
    queue = Queue(2, any_order=True)
    assert one(queue.month(10, 4).waited) == pytest.approx(6 * 0.3)
    month = queue.month(0, 3)
    assert one(month.waits) == pytest.approx(3 * 0.8)
    assert one(month.waited) == pytest.approx(3 * 1.3)
    assert one(month.waiting_longest) == pytest.approx(1.6)


def test_any_order_differs_from_first_in_first_out_in_waits_only():
    orders = [Queue(6, before=[20, 10], any_order=flag) for flag in (True, False)]
    by_lot, in_turn = ([queue.month(12, 11) for _ in range(6)] for queue in orders)
    assert [one(m.waiting) for m in by_lot] == pytest.approx([one(m.waiting) for m in in_turn])
    assert max(one(m.longest) for m in by_lot) > max(one(m.longest) for m in in_turn) + 1


# ---------------------------------------------------------------- within the 20 weeks


@pytest.mark.parametrize(("limit", "due"), [(0.6, 0.0), (0.95, 1.5), (1.125, 2.25), (1.3, 3.0)])
def test_the_share_in_time_is_taken_inside_the_month(limit, due):
    """Three with waits that run evenly from 0.6 to 1.3 months: design 5.1, "interpolates"."""
    queue = Queue(2)
    queue.month(10, 4)
    assert one(queue.month(0, 3, limit=limit).in_time) == pytest.approx(due)


@pytest.mark.parametrize(
    ("limit", "due"), [(1.5, 0.0), (1.75, 0.25), (2.0, 0.5), (2.25, 0.75), (2.5, 1.0)]
)
def test_case_spread_smooths_a_single_wait(limit, due):
    """All waits are two months; cases lie evenly up to half a month either side."""
    month = Queue(1, before=[10, 10]).month(0, 10, limit=limit, spread=0.5)
    assert one(month.in_time) == pytest.approx(10 * due)
    sharp = Queue(1, before=[10, 10]).month(0, 10, limit=limit)
    assert one(sharp.in_time) == (10 if limit >= 2 else 0)


def test_case_spread_and_even_waits_together():
    """Waits even on 0 to 1 and cases even on -1/2 to 1/2: one in eight has a sum below nil."""
    half = [Queue(1).month(10, 10 - 1e-9, limit=limit, spread=0.5) for limit in (-0.5, 0.0)]
    # With everybody served at once waits are nil: the spread alone decides.
    assert [one(month.in_time) / 10 for month in half] == pytest.approx([0.0, 0.5], abs=1e-6)
    old = Queue(1, before=[10, 0, 0])
    # First in, first out, half of a row three months old over a month: waits 3 to 3.5.
    month = old.month(0, 5, limit=3.25, spread=0.25)
    assert one(month.in_time) == pytest.approx(2.5)
    waits_0_to_1 = Queue(1, rank=[0], before=[10])
    month = waits_0_to_1.month(0, 10, limit=0.0, spread=0.5)
    assert one(month.in_time) == 0.0  # all waited one month
    by_lot = Queue(1, before=[10], any_order=True)
    # Waits 0.5 to 1.5, half a month of service either way: an eighth is below half a month.
    assert one(by_lot.month(0, 5, limit=0.5).in_time) == pytest.approx(5 / 8)


def test_a_stated_spread_widens_the_waits_of_any_order():
    """Half a month of service and a spread of 1.2 add as squares: 1.3 either way of 0.5 to 1.5."""
    month = Queue(1, before=[10], any_order=True).month(0, 5, limit=0.0, spread=1.2)
    assert one(month.in_time) == pytest.approx(5 * (1.3 - 0.5) ** 2 / (4 * 1.3))


def test_g1_twenty_weeks_less_decision_advice_and_drafting(tmp_path):
    """G1: 140 days are 20 weeks (001:983); 6 for the decision and 8.5 after leave 5.5 in the queue."""
    loaded = read_demand(
        tmp_path,
        demand_scenario(requests={"decision_weeks": 6, "advice_and_drafting_weeks": 8.5}),
    )
    allowed = allowed_wait(loaded.scenario.requests, central(loaded.scenario), 0, 20)
    assert one(allowed) * WEEKS_A_MONTH == pytest.approx(140 / 7 - 6 - 8.5)


def test_g1_with_nobody_waiting_the_share_is_base_compliance(tmp_path):
    """Design 5.1: "with no queue the share is the base compliance, not 100 %"."""
    lags = {"decision_weeks": 6, "advice_and_drafting_weeks": 8.5, "on_time_share": 0.93}
    run = run_demand(read_demand(tmp_path, demand_scenario(requests=lags)))
    assert run.series.issued[3:].sum() > 0
    share = run.series.issued_in_time / run.series.issued
    assert share == pytest.approx(np.full_like(share, 0.93))


def test_plans_in_time_leave_drafting_with_their_assessments(tmp_path):
    """Nobody in time comes out before drafting is done: 4.348 weeks are a month.

    Twenty had waited six months in February and are assessed by March; in April everybody is.
    """
    body = demand_scenario(
        requests={
            "advice_and_drafting_weeks": WEEKS_A_MONTH,
            "capacity": [{"id": "a", "start": "2023-01", "assessments_a_month": 10},
                         {"id": "b", "start": "2023-04", "assessments_a_month": 1000}],
            "waiting_at_start": [{"months_waited": 6, "assessments": 20}],
        }
    )  # fmt: skip
    series = run_demand(read_demand(tmp_path, body)).series
    share = (series.issued_in_time / series.issued)[:4, 0]
    # April: the last ten of the old queue, assessed in March, far too late. May: those assessed in
    # April, thirty who came since February and are all in time; then nobody waits.
    assert series.issued[:3, 0].tolist() == pytest.approx([10, 30, 10])
    assert share == pytest.approx([0.0, 1.0, 1.0, 1.0])


def test_share_without_exceptions_leaves_them_out_of_both_counts():
    """Ten of 100 are exceptions, 3 of them in time all the same: (40 - 3)/(100 - 10)."""
    share = share_without_exceptions(*(np.array([v]) for v in (100.0, 40.0, 0.1, 0.3)))
    assert one(share) == pytest.approx(37 / 90)
    none = share_without_exceptions(*(np.array([v]) for v in (0.0, 0.0, 0.1, 0.3)))
    assert one(none) == 0.0
    few = share_without_exceptions(*(np.array([v]) for v in (100.0, 2.0, 0.1, 0.3)))
    assert one(few) == 0.0, "never negative"


# ---------------------------------------------------------------- whole numbers


def test_with_chance_on_children_are_served_whole():
    key = stream_key(3, "queue")
    for any_order in (True, False):
        queue = Queue(3, rank=[0, 0, 1], before=[[5, 3, 0], [2, 9, 4]], draws=200, key=key,
                      any_order=any_order)  # fmt: skip
        for _ in range(2):
            before = queue.queue.sum(axis=(0, 1)) + 11
            month = queue.month([3, 2, 6], 9)
            assert (month.by_class == np.round(month.by_class)).all()
            assert (queue.queue == np.round(queue.queue)).all()
            assert queue.queue.min() >= 0
            assert (month.by_class.sum(axis=0) == 9).all()
            assert (queue.queue.sum(axis=(0, 1)) == before - 9).all()
            by_rank = np.stack([queue.queue[:, :2].sum(axis=1), queue.queue[:, 2]], axis=1)
            assert (queue.left == by_rank).all()


def test_with_chance_on_the_lot_falls_on_everybody_alike():
    """Of 12 children of a row 4 are served: a class of 9 gives 3 of them on average, with the
    variance of sampling without replacement, 4 x 3/4 x 1/4 x 8/11."""
    draws = 4000
    queue = Queue(1, rank=[0, 0], before=[[9, 3]], draws=draws, key=stream_key(3, "queue"))
    served = queue.month([0, 0], 4).by_class[0]
    error = np.sqrt(4 * 0.75 * 0.25 * 8 / 11 / draws)
    assert served.mean() == pytest.approx(3.0, abs=4 * error)
    assert served.var() == pytest.approx(4 * 0.75 * 0.25 * 8 / 11, rel=0.08)


def test_with_chance_on_the_second_rank_is_served_what_the_first_leaves():
    queue = Queue(1, rank=[0, 1], draws=8, key=stream_key(5, "queue"))
    month = queue.month([2, 4], 4)
    assert month.by_class.tolist() == [[2.0] * 8, [2.0] * 8]
    assert queue.queue[0].tolist() == [[0.0] * 8, [2.0] * 8]


def test_with_chance_on_any_order_takes_rows_by_lot():
    """Eight and four wait, twelve come, half of them in time for the lot; six are served: 8, 4 and 6 of
    18 of them on average."""
    draws = 4000
    queue = Queue(1, before=[8, 4], draws=draws, key=stream_key(3, "queue"), any_order=True)
    queue.month(12, 6)
    gone = np.array([[8], [4], [12]]) - queue.queue[:, 0]
    assert (gone.sum(axis=0) == 6).all()
    for row, (size, due) in enumerate([(8, 8 / 3), (4, 4 / 3), (6, 2)]):
        share = size / 18
        error = np.sqrt(6 * share * (1 - share) * 12 / 17 / draws)
        assert gone[row].mean() == pytest.approx(due, abs=4 * error)


def test_capacity_in_whole_numbers_keeps_its_running_sum():
    monthly = np.array([[37.5, 0.1, np.inf]] * 10)
    result = whole(monthly)
    assert result[:4, 0].tolist() == [37, 38, 37, 38]
    assert result[:, 1].tolist() == [0.0] * 9 + [1.0]
    assert np.isinf(result[:, 2]).all()
    changing = np.array([[33.4], [np.inf], [0.6], [12.25], [0.0]])
    assert whole(changing)[:, 0].tolist() == [33, np.inf, 1, 12, 0]


def test_with_chance_on_those_in_time_are_an_expected_number_through_drafting():
    """Three in time, half a month in drafting: one and a half this month and one and a half in the next."""
    ring, timely = np.zeros((4, 1, 1)), np.zeros((4, 1, 1))
    ended, plans, due = np.zeros((1, 1)), np.zeros((1, 1)), np.zeros(1)
    found = []
    for month, in_time in enumerate((3.0, 0.0)):
        kernel.conclude(
            np.full((1, 1), in_time), np.array([in_time]), month, np.array([0.5]), np.ones((1, 1)),
            ring, timely, True, 0, *stream_key(5, "drafting"), ended, plans, due,
        )  # fmt: skip
        found.append(float(due[0]))
    assert found == [1.5, 1.5]


def test_with_chance_on_part_of_a_case_a_month_adds_up_over_months(tmp_path):
    """Capacity for four and a half: four and five in turn, 162 in three years."""
    requests = {
        "capacity": [{"id": "a", "start": "2022-01", "assessments_a_month": 4.5}],
        "waiting_at_start": [{"months_waited": 0, "assessments": 99}],
    }
    loaded = read_demand(tmp_path, demand_scenario(requests=requests))
    assessed = run_demand(loaded, 3, chance=True).series.assessed
    assert set(assessed.ravel()) == {4.0, 5.0}
    assert assessed.sum(axis=0).tolist() == [162.0] * 3


def test_an_opening_in_whole_numbers_keeps_its_expectation():
    """Systematic sampling: cells of 0.3, 1.2 and 2.5 are whole and sum to 4 in every draw."""
    cells = np.repeat([[0.3], [1.2], [2.5]], 1000, axis=1)
    offset = (np.arange(1000) + 0.5) / 1000
    result = in_whole(cells, offset)
    assert (result == np.round(result)).all()
    assert result.mean(axis=1) == pytest.approx([0.3, 1.2, 2.5])
    assert (result.sum(axis=0) == 4).all()


# ---------------------------------------------------------------- capacity


def test_months_to_clear():
    assert months_to_clear(445, 50) == pytest.approx(8.9)
    assert months_to_clear(100, 30, 20) == 10
    assert months_to_clear(100, 30, 30) == np.inf
    assert months_to_clear(100, 30, 31) == np.inf


CAPACITY = {
    "capacity": [
        {"id": "earlier", "start": "2023-01", "assessments_a_month": 30},
        {"id": "current", "start": "2023-06", "assessments_a_month": 50},
    ],
    "recruitment": [
        {"id": "posts", "title": "Posts", "start": "2023-09", "posts_fte": 4, "filled_share": 0.75,
         "delay_months": 1.5, "assessments_a_month_each": 2},
    ],
    "locums": [
        {"id": "one", "title": "One", "start": "2023-07", "end": "2023-08",
         "assessments_a_month": 6, "cost_each_gbp": 1000, "fund": "general_fund"},
        {"id": "two", "title": "Two", "start": "2023-08", "end": "2023-10",
         "assessments_a_month": 4, "cost_each_gbp": 1500, "fund": "general_fund"},
    ],
}  # fmt: skip


def test_g5_capacity_steps_posts_when_filled_and_locums_in_their_months(tmp_path):
    """G5, design 5.1: 3 of 4 posts at 2 a month, planned for September, filled 1.5 months late: by
    November. Locums from their first month to their last."""
    loaded = read_demand(tmp_path, demand_scenario(requests=CAPACITY))
    requests, draws = loaded.scenario.requests, central(loaded.scenario)
    own = own_capacity(requests, draws, range(-3, 10))[:, 0]
    assert own.tolist() == [30] * 5 + [50] * 5 + [56] * 3
    locums = locum_capacity(requests, draws, range(10))[:, :, 0]
    assert locums[0].tolist() == [0, 0, 0, 6, 6, 0, 0, 0, 0, 0]
    assert locums[1].tolist() == [0, 0, 0, 0, 4, 4, 4, 0, 0, 0]


@pytest.mark.parametrize(
    ("served", "due"), [(30, [0, 0]), (40, [0, 0]), (45, [3, 2]), (50, [6, 4]), (51, [6, 4])]
)
def test_g6_locums_do_what_the_service_leaves_shared_as_contracted(served, due):
    own, locums = np.array([[40.0]]), np.array([[[6.0]], [[4.0]]])
    done = locum_assessments(np.array([[float(served)]]), own, locums)
    assert done[:, 0, 0].tolist() == pytest.approx(due)
    unlimited = locum_assessments(np.array([[float(served)]]), np.array([[np.inf]]), locums)
    assert unlimited.sum() == 0


# ---------------------------------------------------------------- requests, decisions and lags


def test_requests_of_the_base_year_are_the_published_number_in_their_months(tmp_path):
    """Population x rate x season: the base year sums to 120, and January to March have half of it."""
    season = [1 / 6] * 3 + [1 / 18] * 9
    loaded = read_demand(
        tmp_path, demand_scenario(requests={"seasonality": season, "decision_weeks": 6})
    )
    national = national_rates()
    people = np.ones((3, 26)) * 1000
    people[2, :5] *= 1.5  # more under five in 2024
    args = (loaded.scenario.requests, people, (2022, 2023, 2024), national)
    monthly = expected_requests(*args, range(-15, 24), 2023)
    assert monthly[:12].sum() == pytest.approx(120)
    assert monthly[:3].sum() == pytest.approx(60)
    assert monthly[12:24].sum() == pytest.approx(120)
    shares = np.zeros(len(AGE_GROUPS))
    for age in AGES:
        shares[age_group_of(age)] += national.new_plans_per_1000[age] / (
            national.new_plans_per_1000.sum()
        )
    assert monthly[0] == pytest.approx(20 * shares)
    assert monthly[24:36].sum(axis=0) == pytest.approx(120 * shares * [1.5, 1, 1, 1, 1])
    assert monthly[36:].sum(axis=0) == pytest.approx(60 * shares * [1.5, 1, 1, 1, 1]), "held"


def test_who_asks_changes_with_spring_and_with_autumn(tmp_path):
    """As who new plans are: from February to August another mix than from September to January."""
    setup = prepare(read_demand(tmp_path, demand_scenario())).demand.setup
    months = np.array(setup.months)
    assert months[1:][np.diff(setup.kind) != 0].tolist() == [5, 10, 17, 22, 29, 34]


def test_delays_and_refusals_are_drawn_apart():
    """A month and a half to a decision: how many of a month take two months says nothing about how many
    of those decided now are refused."""
    draws = 2000
    decision, overturn = np.zeros((4, 1, draws)), np.zeros((4, 1, draws))
    decision[0] = 100.0
    half, nil = np.full(draws, 0.5), np.zeros(draws)
    out = [np.zeros((1, draws)) for _ in range(5)]
    kernel.receive(
        np.full((1, draws), 100.0), 0, half + 1, nil, half, nil, decision, overturn, True, 0,
        *stream_key(5, "requests"), *out,
    )  # fmt: skip
    requests, refused = out[0][0], out[1][0]
    assert refused.mean() == pytest.approx(50, abs=4 * 5 / np.sqrt(draws))
    later = decision[2, 0] - requests / 2
    assert np.corrcoef(later, refused)[0, 1] == pytest.approx(0, abs=4 / np.sqrt(draws))


SHOCK = {"id": "s", "title": "S", "start": "2023-06", "end": "2023-08", "extra_share": 0.5}


def test_f16_a_shock_holds_from_its_first_month_to_its_last_for_its_age_groups(tmp_path):
    shocks = [{**SHOCK, "age_groups": ["5_to_10"]}, {**SHOCK, "id": "t", "end": None, "start": "2023-08",
               "extra_share": -0.2}]  # fmt: skip
    del shocks[1]["end"]
    loaded = read_demand(tmp_path, demand_scenario(requests={"shocks": shocks}))
    draws = central(loaded.scenario)
    factors = [shock_factor(loaded.scenario.requests.shocks, draws, m)[:, 0] for m in range(7)]
    five_to_ten = [float(factor[1]) for factor in factors]
    assert five_to_ten == pytest.approx([1, 1, 1.5, 1.5, 1.5 * 0.8, 0.8, 0.8])
    assert [float(factor[2]) for factor in factors] == pytest.approx([1, 1, 1, 1, 0.8, 0.8, 0.8])


@pytest.mark.parametrize(("mitigated", "extra"), [("base", 0.1), ("all", 0.2)])
def test_a_shock_that_comes_with_a_mitigation_counts_as_far_as_that_is_in_the_run(
    tmp_path, mitigated, extra
):
    """A fifth more from June, with a mitigation that starts in September and is half in the base."""
    shock = {**SHOCK, "extra_share": 0.2, "with_mitigation": "m"}
    del shock["end"]
    mitigation = {
        "id": "m", "title": "M", "condition": "1", "theme": "Inclusion", "start": "2023-09",
        "ramp_months": 0, "confidence": 1, "share_in_base": 0.5,
        "input_changes": [{"input": "new_plans.level", "multiply": 1}],
    }  # fmt: skip
    body = demand_scenario(
        requests={"shocks": [shock]}, mitigations=[mitigation], mitigated=mitigated
    )
    demand = forecast_central(prepare(read_demand(tmp_path, body)), {}).months.demand
    assert demand is not None
    requests = demand.requests.sum(axis=1)[:, 0]
    assert requests[:5] == pytest.approx(np.full(5, 10.0))
    assert requests[5:] == pytest.approx(np.full(31, 10 * (1 + extra)))


def test_averted_requests_are_taken_off_their_age_group_and_never_below_nil(tmp_path):
    """Design 5.5: each completed place averts a request; a group cannot avert more than ask."""
    loaded = read_demand(tmp_path, demand_scenario())
    plain = run_demand(loaded).series.requests[0, :, 0]
    averted = np.array([0.0, 0.4, 1000.0, 0.0, 0.0])
    run = run_demand(loaded, averted=averted)
    due = np.array([plain[0], plain[1] - 0.4, 0.0, plain[3], plain[4]])
    assert run.series.requests[:, :, 0] == pytest.approx(np.tile(due, (36, 1)))
    assert run.series.averted_requests[:, 0] == pytest.approx(np.full(36, 1000.4))


def after_a_surge(tmp_path, requests: dict) -> tuple[dict[str, list[float]], dict]:
    """What ten extra requests in June 2023 add to each series, month by month from June."""
    surge = {"shocks": [{**SHOCK, "end": "2023-06", "extra_share": 1.0}]}
    with_it, without = (
        run_demand(read_demand(tmp_path, demand_scenario(requests=requests | extra))).series
        for extra in (surge, {})
    )
    names = ("requests", "refused", "overturned", "agreed", "assessed", "ended", "issued")
    added = {}
    for name in names:
        values = getattr(with_it, name) - getattr(without, name)
        total = values.sum(axis=1)[:, 0] if values.ndim == 3 else values[:, 0]
        assert np.abs(total[:2]).max() < 1e-12, "nothing before the surge"
        added[name] = total[2:]
    return added, with_it.gaps


def test_f5_requests_are_decided_refused_overturned_and_drafted_after_their_lags(tmp_path):
    """Ten requests in June. Decided after 1.25 months: 7.5 in July and 2.5 in August. 40 % refused,
    of those a quarter overturned 2.5 months later; drafting takes 2 months; 90 % end in a plan."""
    requests = {
        "decision_weeks": 1.25 * WEEKS_A_MONTH,
        "refused_share": 0.4,
        "overturned_share": 0.25,
        "overturned_after_months": 2.5,
        "advice_and_drafting_weeks": 2 * WEEKS_A_MONTH,
        "plan_share": 0.9,
    }
    added, gaps = after_a_surge(tmp_path, requests)
    assert added["requests"][:2] == pytest.approx([10, 0])
    assert added["refused"][:4] == pytest.approx([0, 3, 1, 0])
    overturned = [0, 0, 0, 0.375, 0.375 + 0.125, 0.125, 0]
    assert added["overturned"][:7] == pytest.approx(overturned)
    agreed = np.array([0, 4.5, 1.5, 0, 0, 0, 0]) + overturned
    assert added["agreed"][:7] == pytest.approx(agreed)
    assert added["assessed"][:7] == pytest.approx(agreed), "no limit"
    assert added["ended"][:9] == pytest.approx([0, 0, *agreed])
    assert added["issued"][:9] == pytest.approx(0.9 * np.array([0, 0, *agreed]))
    assert added["requests"].sum() == pytest.approx(added["refused"].sum() + 6)
    assert max(gaps.values()) < 1e-9


def test_lags_shorter_than_a_month_fall_partly_in_the_month_itself(tmp_path):
    added, _ = after_a_surge(
        tmp_path,
        {"decision_weeks": 0.25 * WEEKS_A_MONTH, "advice_and_drafting_weeks": 0, "plan_share": 0.5},
    )
    assert added["agreed"][:3] == pytest.approx([7.5, 2.5, 0])
    assert added["issued"][:3] == pytest.approx([3.75, 1.25, 0])


def test_a_level_and_fading_growth_act_on_requests(tmp_path):
    """Level 1.2; log growth 0.1 a year halving each year: 0.1 (1 - 0.5^t)/(1 - 0.5), t from mid-2022."""
    new_plans = {"base_year": 2022, "plans_in_base_year": 100, "level": 1.2, "initial_growth": 0.1,
                 "damping": 0.5, "yearly_variation": 0}  # fmt: skip
    series = run_demand(read_demand(tmp_path, demand_scenario(new_plans=new_plans))).series
    by_month = series.requests.sum(axis=1)[:, 0]
    for month in (0, 17):
        years = (2023 + (month + 3.5) / 12) - 2022.5
        growth = 0.1 * (1 - 0.5**years) / 0.5
        assert by_month[month] == pytest.approx(10 * 1.2 * np.exp(growth))


# ---------------------------------------------------------------- the opening


def test_a_known_opening_queue_has_its_ages(tmp_path):
    """12 waited under a month, 8 over two and under three; four of 10 a month are served."""
    requests = {
        "capacity": [{"id": "a", "start": "2023-01", "assessments_a_month": 4}],
        "waiting_at_start": [
            {"months_waited": 0, "assessments": 12},
            {"months_waited": 2, "assessments": 8},
        ],
        "opening_queue_factor": 1.5,
    }
    run = run_demand(read_demand(tmp_path, demand_scenario(requests=requests)))
    rows = run.opening.queue.sum(axis=1)[:, 0]
    start = run.prepared.demand.setup.months.start
    assert start == -2, "the month after the January count"
    first = start - run.prepared.demand.setup.arrivals_from
    assert rows[first - 1] == pytest.approx(18)
    assert rows[first - 3] == pytest.approx(12)
    assert rows.sum() == pytest.approx(30)
    # 30 + 6 a month; the twelve of November are all served, the oldest now came on 1 January.
    assert run.series.waiting[0, 0] == pytest.approx(30 + 3 * 6)
    assert run.series.longest_wait[0, 0] == pytest.approx(4)
    assert max(run.gaps.values()) < 1e-9


@pytest.mark.parametrize("drafting_weeks", [8.5, 13.5, 18.0])
def test_what_is_in_decision_and_drafting_at_the_start_is_a_steady_flow(tmp_path, drafting_weeks):
    """Before the first month requests came as in it: nothing jumps when the horizon begins, and those
    in drafting since before then are in time or late as all others are."""
    requests = {"decision_weeks": 6, "advice_and_drafting_weeks": drafting_weeks,
                "refused_share": 0.2, "plan_share": 0.995}  # fmt: skip
    run = run_demand(read_demand(tmp_path, demand_scenario(requests=requests)))
    series = run.series
    assert series.refused[:, 0] == pytest.approx(np.full(36, 2.0))
    assert series.agreed[:, 0] == pytest.approx(np.full(36, 8.0))
    assert series.issued[:, 0] == pytest.approx(np.full(36, 7.96))
    assert series.in_decision[:, 0] == pytest.approx(np.full(36, 10 * 6 / WEEKS_A_MONTH))
    drafting = 8 * drafting_weeks / WEEKS_A_MONTH
    assert series.in_drafting[:, 0] == pytest.approx(np.full(36, drafting))
    in_time = 7.96 if 6 + drafting_weeks <= 20 else 0.0
    assert series.issued_in_time[:, 0] == pytest.approx(np.full(36, in_time))


@pytest.mark.parametrize(("drafting_weeks", "in_time"), [(13.5, 10.0), (18.0, 0.0)])
def test_with_nobody_waiting_any_order_opens_as_in_turn(tmp_path, drafting_weeks, in_time):
    """Whoever was in drafting at the start had not waited: in time while the weeks allow it."""
    requests = {"order": "any_order", "decision_weeks": 6,
                "advice_and_drafting_weeks": drafting_weeks}  # fmt: skip
    series = run_demand(read_demand(tmp_path, demand_scenario(requests=requests))).series
    assert series.issued_in_time[:, 0] == pytest.approx(np.full(36, in_time))


def test_in_drafting_at_the_start_is_what_the_capacity_let_through_after_its_wait(tmp_path):
    """Ten are agreed and four assessed a month: 4 x 4 in drafting, not 10 x 4. They had waited 40/4 = 10
    months, and 0.6 are left of the 20 weeks: none of them is in time, nor anybody after."""
    requests = {
        "advice_and_drafting_weeks": 4 * WEEKS_A_MONTH,
        "capacity": [{"id": "a", "start": "2022-01", "assessments_a_month": 4}],
        "waiting_at_start": [{"months_waited": 9, "assessments": 40}],
    }
    series = run_demand(read_demand(tmp_path, demand_scenario(requests=requests))).series
    assert series.in_drafting[:, 0] == pytest.approx(np.full(36, 16.0))
    assert series.issued[:, 0] == pytest.approx(np.full(36, 4.0))
    assert series.issued_in_time[:, 0] == pytest.approx(np.zeros(36))


def warm_up_year(tmp_path, share, order):
    """Ten agreed and ten ended a month, `share` of the 120 plans in time."""
    requests = {
        "order": order,
        "advice_and_drafting_weeks": 2 * WEEKS_A_MONTH,
        "case_spread_weeks": 0.5 * WEEKS_A_MONTH,
        "capacity": [{"id": "a", "start": "2022-01", "assessments_a_month": 10}],
        "warm_up": {"year": 2022, "requests": 120, "refused": 0, "assessments_ended": 120,
                    "plans_issued": 120, "issued_counted": 120,
                    "issued_in_20_weeks": share * 120},
    }  # fmt: skip
    return run_demand(read_demand(tmp_path, demand_scenario(requests=requests)))


@pytest.mark.parametrize("share", [0.25, 0.5, 0.75])
def test_a_steady_warm_up_year_finds_the_queue_by_hand(tmp_path, share):
    """Ten agreed and ten ended a month, first in first out: everybody waits W/10 months. Cases lie half
    a month either side, so that a share s is in time when W/10 is the allowed wait less (s - 1/2)."""
    run = warm_up_year(tmp_path, share, "first_in_first_out")
    year = run.prepared.demand.opening.warm_up
    wait = 20 / WEEKS_A_MONTH - 2 - (share - 0.5)
    assert year.share_in_time == pytest.approx(share)
    assert year.waiting_before == pytest.approx(10 * wait, abs=1e-4)
    assert year.waiting_after == pytest.approx(10 * wait, abs=1e-4)
    # The forecast goes on as the year did.
    assert run.series.served_waits[0, 0] / 10 == pytest.approx(wait, abs=1e-4)
    in_time = run.series.issued_in_time / run.series.issued
    assert in_time == pytest.approx(np.full((36, 1), share), abs=1e-4)


def test_a_warm_up_in_any_order_leaves_the_same_share_of_every_month(tmp_path):
    """Of W waiting and ten that come ten are served, those that come having half a chance: W/(W + 5) of a
    month's arrivals are left after it, and (W - 5)/(W + 5) of those after each month more."""
    run = warm_up_year(tmp_path, 0.5, "any_order")
    year = run.prepared.demand.opening.warm_up
    rows = run.opening.queue.sum(axis=1)[:, 0]
    last = run.prepared.demand.setup.months.start - 1 - run.prepared.demand.setup.arrivals_from
    first = year.waiting_before / (year.waiting_before + 5)
    left = (year.waiting_before - 5) / (year.waiting_before + 5)
    assert year.waiting_after == pytest.approx(year.waiting_before)
    assert rows[last - np.arange(24)] == pytest.approx(10 * first * left ** np.arange(24), rel=1e-4)


def test_a_month_of_the_opening_queue_that_is_partly_served_keeps_how_many_came_in_it(tmp_path):
    """First in first out, so that its first arrivals are gone: those left came late in the month."""
    opening = warm_up_year(tmp_path, 0.5, "first_in_first_out").opening
    left, came = opening.left[:, 0, 0], opening.arrived[:, 0, 0]
    waiting = left > 0
    assert 0 < left[waiting][0] < 9
    assert came[waiting] == pytest.approx(np.full(waiting.sum(), 10.0))
    assert left[waiting][1:] == pytest.approx(came[waiting][1:])


def test_months_go_on_from_the_january_after_the_warm_up_year(tmp_path):
    """Ten came and ten ended a month in 2022; at nine a month four more wait by the end of April 2023."""
    capacity = [{"id": "a", "start": "2022-01", "assessments_a_month": 9}]
    warm_up = {"year": 2022, "requests": 120, "refused": 0, "assessments_ended": 120,
               "plans_issued": 120, "issued_counted": 120, "issued_in_20_weeks": 60}  # fmt: skip
    requests = {"capacity": capacity, "warm_up": warm_up}
    run = run_demand(read_demand(tmp_path, demand_scenario(requests=requests)))
    year = run.prepared.demand.opening.warm_up
    assert run.series.waiting[0, 0] == pytest.approx(year.waiting_after + 4)


def test_a_year_with_nobody_in_time_has_the_shortest_queue_that_gives_it(tmp_path):
    """First in, first out: none of 120 in time is less than half of one, a wait of what is allowed and
    the spread. In any order some are always in time: the longest backlog, and a share that shows."""
    year = warm_up_year(tmp_path, 0.0, "first_in_first_out").prepared.demand.opening.warm_up
    assert year.waiting_before / 10 == pytest.approx(
        20 / WEEKS_A_MONTH - 2 + 0.5 - 0.5 / 120, abs=1e-4
    )
    assert year.published_share == 0.0
    longest = warm_up_year(tmp_path, 0.0, "any_order").prepared.demand.opening.warm_up
    assert longest.waiting_before == 10 * LONGEST_BACKLOG
    assert 0.01 < longest.share_in_time < 0.2


def test_a_queue_that_gains_one_a_month(tmp_path):
    """Ten come and nine are served: 8 + 3 by the end of April and one more each month after.

    After three years the longest waiting came when 46 were behind them, at ten a month."""
    requests = {
        "capacity": [{"id": "a", "start": "2023-01", "assessments_a_month": 9}],
        "waiting_at_start": [{"months_waited": 3, "assessments": 8}],
    }
    series = run_demand(read_demand(tmp_path, demand_scenario(requests=requests))).series
    assert series.waiting[:, 0] == pytest.approx(8 + 3 + np.arange(36))
    assert series.capacity[:, 0] == pytest.approx(np.full(36, 9.0))
    assert series.longest_wait[-1, 0] == pytest.approx(46 / 10)
    assert max(series.gaps.values()) < 1e-9


def test_the_longest_wait_is_that_of_the_oldest_half_case():
    """In expected values crumbs wait for ever; what is below half a case in all is left out."""
    month = Queue(1, before=[0.3, 0.0, 0.3, 5.0]).month(0, 0)
    assert one(month.waiting_longest) == pytest.approx(3.0)  # 0.3 + 0.3 is half a case and more
    assert one(Queue(1, before=[0.3]).month(0, 0).waiting_longest) == 0.0
    assert one(Queue(1, before=[0.5]).month(0, 0).waiting_longest) == pytest.approx(2.0)


def test_a_first_month_without_requests_opens_like_any_other(tmp_path):
    """February has none: the opening queue still has the age groups of the months that follow."""
    season = [0.05, 0.0, 0.05] + [0.1] * 9
    requests = {
        "seasonality": season,
        "waiting_at_start": [{"months_waited": 1, "assessments": 8}],
        "capacity": [{"id": "a", "start": "2023-01", "assessments_a_month": 2}],
    }
    run = run_demand(read_demand(tmp_path, demand_scenario(requests=requests)))
    series = run.series
    # Eight less two in February; six in March, six less two; twelve a month from April.
    assert series.waiting[0, 0] == pytest.approx(8 - 2 + 6 - 2 + 12 - 2)
    assert run.opening.queue.sum(axis=(0, 2)) == pytest.approx(8 * series.requests[0, :, 0] / 12)
    none = run_demand(read_demand(tmp_path, demand_scenario(requests={"requests_in_base_year": 0})))
    assert none.series.requests.sum() == none.series.issued.sum() == 0
    assert np.isfinite(none.opening.queue).all()


def test_without_a_limit_the_capacity_of_a_month_is_what_was_assessed(tmp_path):
    series = run_demand(read_demand(tmp_path, demand_scenario())).series
    assert series.capacity[:, 0] == pytest.approx(np.full(36, 10.0))


def test_what_rounding_leaves_of_an_emptied_queue_waits_for_nobody():
    """20 + 8.12 are served in one month, and five in the next as they come: none of them waits."""
    queue = Queue(3, before=[20, 8.12])
    assert one(queue.month(0, 29).waiting) == pytest.approx(0.0, abs=1e-12)
    following = queue.month(5, 5)
    assert one(following.waits) == pytest.approx(0.0, abs=1e-9)
    assert one(following.longest) == pytest.approx(0.0, abs=1e-9)
