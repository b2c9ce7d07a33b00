"""The compiled inner loops of demand: decisions, the queue, drafting, and who the new plans are.

Stages are rings of months: row `month % length` is due this month. Each function has expected
values and whole numbers by chance in one form: `_split` takes a share of a count either way. Arrays
have the draw axis last; classes are the age groups of requests, then the bands of the pool.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from model.chance.philox import two_uniforms
from model.chance.whole import binomial, choose, poisson

MONTH_OFFSET = 1200
"""Added to the month so that months before the first year have a counter too."""

_ROUNDS = 22
_CRUMB, _LAST_CRUMB = 1e-12, 1e-4
_FLOWS_PER_UNIT = 64
_LOT = 1 << 20
_STEPS_PER_CLASS = 16
REFUSE, OVERTURN, DELAY_DECISION, DELAY_OVERTURN, DELAY_DRAFT, ISSUE, LEAVE, END = range(1, 9)


@njit(inline="always")
def _split(count, share, chance, draw, month, cell, k0, k1):  # type: ignore[no-untyped-def]
    """`share` of `count`: expected, or how many of them by chance."""
    if count <= 0.0 or share <= 0.0:
        return 0.0
    if share >= 1.0:
        return count
    if not chance:
        return count * share
    taken, _ = binomial(int(count), -math.log1p(-share), draw, month, cell, 0, k0, k1)
    return float(taken)


@njit(inline="always")
def _later(ring, month, months, count, chance, column, draw, number, cell, k0, k1):  # type: ignore[no-untyped-def]
    """Put `count` into a ring `months` (whole and part) from now."""
    whole = int(months)
    part = months - whole
    after = _split(count, part, chance, number, month + MONTH_OFFSET, cell, k0, k1)
    length = ring.shape[0]
    ring[(month + whole) % length, column, draw] += count - after
    ring[(month + whole + 1) % length, column, draw] += after


@njit(nogil=True, cache=True)
def receive(  # type: ignore[no-untyped-def]
    mean, month, decision_months, overturn_months, refused_share, overturned_share,
    decision, overturn, chance, first_draw, k0, k1, requests, refused, won_later, overturned, agreed,
):  # fmt: skip
    """Requests of a month and the decisions due in it; each out array is (class, draw).

    requests + waiting before = refused for good + agreed + waiting after, each class and draw;
    a refusal that will be overturned waits in `overturn` and is agreed when it is.
    """
    classes, draws = mean.shape
    for item in range(classes):
        for draw in range(draws):
            number, base = first_draw + draw, item * _STEPS_PER_CLASS
            if chance:
                count = float(
                    poisson(mean[item, draw], number, month + MONTH_OFFSET, base, 0, k0, k1)
                )
            else:
                count = mean[item, draw]
            requests[item, draw] = count
            _later(decision, month, decision_months[draw], count, chance, item, draw, number,
                   base + DELAY_DECISION, k0, k1)  # fmt: skip
            row = month % decision.shape[0]
            due = decision[row, item, draw]
            decision[row, item, draw] = 0.0
            no = _split(due, refused_share[draw], chance, number, month + MONTH_OFFSET,
                        base + REFUSE, k0, k1)  # fmt: skip
            won = _split(no, overturned_share[draw], chance, number, month + MONTH_OFFSET,
                         base + OVERTURN, k0, k1)  # fmt: skip
            _later(overturn, month, overturn_months[draw], won, chance, item, draw, number,
                   base + DELAY_OVERTURN, k0, k1)  # fmt: skip
            row = month % overturn.shape[0]
            turned = overturn[row, item, draw]
            overturn[row, item, draw] = 0.0
            refused[item, draw] = no
            won_later[item, draw] = won
            overturned[item, draw] = turned
            agreed[item, draw] = due - no + turned


@njit(inline="always")
def _within(low, high, limit, spread):  # type: ignore[no-untyped-def]
    """Share of waits between `low` and `high`, evenly, that with a case spread stay within `limit`."""
    if high - low < 1e-12:
        if spread <= 0.0:
            return 1.0 if low <= limit else 0.0
        return min(max((limit - low + spread) / (2.0 * spread), 0.0), 1.0)
    share = (_area(limit - low, spread) - _area(limit - high, spread)) / (high - low)
    return min(max(share, 0.0), 1.0)


@njit(inline="always")
def _area(x, spread):  # type: ignore[no-untyped-def]
    """Integral up to `x` of the chance that an even spread stays below."""
    if x >= spread:
        return x
    if x <= -spread:
        return 0.0
    return (x + spread) ** 2 / (4.0 * spread)


@njit(nogil=True)
def _quantile(low, high, count, chunks, share):  # type: ignore[no-untyped-def]
    """The wait that `share` of the units in chunks of evenly spread waits do not exceed."""
    total = 0.0
    top = 0.0
    for index in range(chunks):
        total += count[index]
        top = max(top, high[index])
    if total <= 0.0:
        return 0.0
    bottom = 0.0
    for _ in range(_ROUNDS):
        middle = 0.5 * (bottom + top)
        below = 0.0
        for index in range(chunks):
            below += count[index] * _within(low[index], high[index], middle, 0.0)
        if below >= share * total:
            top = middle
        else:
            bottom = middle
    return top


WAITING, WAITED, WAITING_P90, LONGEST_WAITING, SERVED, SERVED_WAITS, SERVED_P90, LONGEST_SERVED = (
    range(8)
)
"""Rows of the statistics of a month: counts, months waited in all, and months."""


@njit(nogil=True, cache=True)
def serve(  # type: ignore[no-untyped-def]
    queue, arrived, left_of, oldest, now, capacity, rank, any_order, limit, spread, chance, first_draw, k0, k1,
    served, in_time, figures,
):  # fmt: skip
    """One month of the queue: the longest waiting first within each rank of priority.

    `queue` (arrival month, class, draw) still waiting, `arrived` (arrival month, rank, draw) as
    they came and `left_of` those of them still waiting, `now` this month's row, `capacity` (draw,) inf for no limit, `rank` (class,). Sets
    `served` (class, draw), `in_time` (draw,) of these within `limit` months, and `figures`
    (statistic, draw). Arrivals and service run evenly over the month, so that a unit's wait is
    the distance between two straight lines. With `any_order` whoever waits is as likely to be served
    at any moment as anybody else; who comes in the month is there for half of it.
    """
    draws, ranks = queue.shape[2], arrived.shape[1]
    most = (now + 1) * ranks + 1
    low, high, count = np.empty(most), np.empty(most), np.empty(most)
    begin = oldest.min()
    share = np.zeros((0 if chance else now + 1, ranks, draws))
    served[:] = 0.0
    in_time[:] = 0.0
    figures[:] = 0.0
    for draw in range(draws):
        number = first_draw + draw
        while oldest[draw] < now:
            left = 0.0
            for level in range(ranks):
                left += left_of[oldest[draw], level, draw]
            if left > 0.0:
                break
            oldest[draw] += 1
        room = capacity[draw]
        chunks = 0
        for level in range(ranks):
            total = 0.0
            for row in range(oldest[draw], now + 1):
                total += left_of[row, level, draw]
            to_serve = min(room, total)
            if to_serve <= 0.0:
                continue
            room -= to_serve
            done, rest, among = 0.0, to_serve, total
            if any_order:
                # Who comes in the month is there for half of it: half of them are in the lot, and
                # the others get what is left.
                among -= _absent(left_of[now, level, draw], chance, number, now, k0, k1)
            for row in range(oldest[draw], now + 1):
                here = left_of[row, level, draw]
                if here <= 0.0:
                    continue
                if to_serve - done <= _CRUMB:
                    break
                came = max(arrived[row, level, draw], here)
                first = (came - here) / came
                if any_order:
                    if row == now:
                        take = min(here, rest)
                    else:
                        take = _lot(here, rest, among, chance, number, now, row, k0, k1)
                    rest -= take
                    among -= here
                    if take <= 0.0:
                        continue
                    # The month's service falls evenly on everybody: half a month either way.
                    width = math.sqrt(0.25 + spread[draw] ** 2)
                    shortest, longest = now - row - 0.5, now - row + 0.5 - first
                    if row == now:
                        shortest, longest, width = 0.0, 1.0 - take / came, spread[draw]
                    else:
                        arrived[row, level, draw] = (here - take) / (1.0 - first)
                else:
                    take = min(here, to_serve - done)
                    width = spread[draw]
                    shortest = now + done / to_serve - row - first
                    longest = now + (done + take) / to_serve - row - first - take / came
                    if longest < shortest:
                        shortest, longest = longest, shortest
                    shortest = max(shortest, 0.0)
                    longest = max(longest, 0.0)
                low[chunks], high[chunks], count[chunks] = shortest, longest, take
                chunks += 1
                in_time[draw] += take * _within(shortest, longest, limit[draw], width)
                figures[SERVED_WAITS, draw] += take * 0.5 * (shortest + longest)
                if take > _CRUMB:
                    # What rounding left of an older row is nobody.
                    figures[LONGEST_SERVED, draw] = max(figures[LONGEST_SERVED, draw], longest)
                if chance:
                    _take(queue, served, rank, level, row, take, here, draw, number, now, k0, k1)
                else:
                    share[row, level, draw] = take / here if take < here else 1.0
                left_of[row, level, draw] = here - take if take < here else 0.0
                done += take
            figures[SERVED, draw] += done
        figures[SERVED_P90, draw] = _quantile(low, high, count, chunks, 0.9)
        chunks = 0
        for row in range(oldest[draw], now + 1):
            for level in range(ranks):
                here = left_of[row, level, draw]
                if here <= 0.0:
                    continue
                came = max(arrived[row, level, draw], here)
                shortest, longest = float(now - row), now + 1.0 - row - (came - here) / came
                low[chunks], high[chunks], count[chunks] = shortest, longest, here
                chunks += 1
                figures[WAITING, draw] += here
                figures[WAITED, draw] += here * 0.5 * (shortest + longest)
                if figures[WAITING, draw] >= 0.5:
                    # Half a case: expected values have crumbs that have waited for ever.
                    figures[LONGEST_WAITING, draw] = max(figures[LONGEST_WAITING, draw], longest)
        figures[WAITING_P90, draw] = _quantile(low, high, count, chunks, 0.9)
    if not chance:
        _take_shares(queue, served, rank, begin, share)


@njit(nogil=True)
def _absent(came, chance, number, now, k0, k1):  # type: ignore[no-untyped-def]
    """Half of those who came in the month; by chance in whole numbers."""
    half = came / 2.0
    if not chance or half == math.floor(half):
        return half
    uniform, _ = two_uniforms(number, now + MONTH_OFFSET, now, _LOT - 1, k0, k1)
    return math.floor(half) + (1.0 if uniform < 0.5 else 0.0)


@njit(nogil=True)
def _lot(here, rest, among, chance, number, now, row, k0, k1):  # type: ignore[no-untyped-def]
    """How many of the `here` units of a row are among the `rest` served of `among` left, by lot."""
    if rest >= among:
        return here
    if not chance:
        # The last crumb of an old row goes as a whole, or the row would never end.
        return here if here < _LAST_CRUMB else here * rest / among
    taken = 0.0
    for unit in range(int(here)):
        uniform, _ = two_uniforms(number, now + MONTH_OFFSET, row, _LOT + unit, k0, k1)
        if uniform * among < rest:
            taken += 1.0
            rest -= 1.0
        among -= 1.0
    return taken


@njit(nogil=True)
def _take_shares(queue, served, rank, begin, share):  # type: ignore[no-untyped-def]
    """Take the same share (row, rank, draw) of every class, from the row `begin` on."""
    for row in range(begin, share.shape[0]):
        for item in range(queue.shape[1]):
            there, part, done = queue[row, item], share[row, rank[item]], served[item]
            for draw in range(queue.shape[2]):
                taken = there[draw] * part[draw]
                there[draw] -= taken
                done[draw] += taken


@njit(nogil=True)
def _take(queue, served, rank, level, row, take, here, draw, number, now, k0, k1):  # type: ignore[no-untyped-def]
    """Take `take` of the `here` units of a row and rank: all, or whoever the lot falls on."""
    classes = queue.shape[1]
    left, wanted = here, take
    unit = 0
    for item in range(classes):
        if rank[item] != level or queue[row, item, draw] <= 0.0:
            continue
        there = queue[row, item, draw]
        if take >= here:
            taken = there
        else:
            taken = 0.0
            for _ in range(int(there)):
                uniform, _ = two_uniforms(number, now + MONTH_OFFSET, row, unit, k0, k1)
                unit += 1
                if uniform * left < wanted:
                    taken += 1.0
                    wanted -= 1.0
                left -= 1.0
        queue[row, item, draw] = max(there - taken, 0.0)
        served[item, draw] += taken


@njit(nogil=True, cache=True)
def conclude(  # type: ignore[no-untyped-def]
    served, in_time, month, drafting_months, plan_share, drafting, timely, chance, first_draw,
    k0, k1, ended, plans, timely_due,
):  # fmt: skip
    """Assessments go to drafting, and those due end: with a plan or without, (class, draw).

    `plan_share` (class, draw). `timely` is the ring of those within the weeks, (month, 1, draw).
    """
    classes, draws = served.shape
    for item in range(classes):
        for draw in range(draws):
            number, base = first_draw + draw, item * _STEPS_PER_CLASS
            _later(drafting, month, drafting_months[draw], served[item, draw], chance, item, draw,
                   number, base + DELAY_DRAFT, k0, k1)  # fmt: skip
            row = month % drafting.shape[0]
            due = drafting[row, item, draw]
            drafting[row, item, draw] = 0.0
            ended[item, draw] = due
            plans[item, draw] = _split(due, plan_share[item, draw], chance, number,
                                       month + MONTH_OFFSET, base + ISSUE, k0, k1)  # fmt: skip
    for draw in range(draws):
        _later(timely, month, drafting_months[draw], in_time[draw], False, 0, draw, 0, 0, k0, k1)
        row = month % timely.shape[0]
        timely_due[draw] = timely[row, 0, draw]
        timely[row, 0, draw] = 0.0


@njit(nogil=True, cache=True)
def send_from_pool(  # type: ignore[no-untyped-def]
    pool, sent_in_all, order, in_proportion, leaving_share, ending_share, month, chance,
    first_draw, k0, k1, left, ended, sent,
):  # fmt: skip
    """Pupils leave the pool, awards end, and some are sent to assessment; all (band, draw).

    `order` (band,) says who is sent first; `sent_in_all` (draw,) how many at most.
    """
    bands, draws = pool.shape
    for draw in range(draws):
        number = first_draw + draw
        total = 0.0
        for band in range(bands):
            base = band * _STEPS_PER_CLASS
            gone = _split(pool[band, draw], leaving_share[draw], chance, number,
                          month + MONTH_OFFSET, base + LEAVE, k0, k1)  # fmt: skip
            pool[band, draw] -= gone
            over = _split(pool[band, draw], ending_share[draw], chance, number,
                          month + MONTH_OFFSET, base + END, k0, k1)  # fmt: skip
            pool[band, draw] -= over
            left[band, draw] = gone
            ended[band, draw] = over
            total += pool[band, draw]
        wanted = min(sent_in_all[draw], total)
        share = wanted / total if total > 0.0 else 0.0
        unit = 0
        for index in range(bands):
            band = order[index]
            there = pool[band, draw]
            if not in_proportion:
                taken = min(there, wanted)
                wanted -= taken
            elif not chance:
                taken = there * share
            else:
                taken = 0.0
                for _ in range(int(there)):
                    uniform, _ = two_uniforms(number, month + MONTH_OFFSET, bands + 1, unit, k0, k1)
                    unit += 1
                    if uniform * total < wanted:
                        taken += 1.0
                        wanted -= 1.0
                    total -= 1.0
            sent[band, draw] = taken
            pool[band, draw] = there - taken


@njit(nogil=True, cache=True)
def assign(plans, cumulative, month, chance, first_draw, k0, k1, out):  # type: ignore[no-untyped-def]
    """Who the new plans are: `plans` (class, draw) into `out` (entry, need, draw).

    `cumulative` (class, entry x need) runs to 1 in each class that can have plans.
    """
    classes, draws = plans.shape
    needs = out.shape[1]
    cells = cumulative.shape[1]
    out[:] = 0.0
    for item in range(classes):
        if not chance:
            before = 0.0
            for where in range(cells):
                share = cumulative[item, where] - before
                before = cumulative[item, where]
                if share > 0.0:
                    for draw in range(draws):
                        out[where // needs, where % needs, draw] += plans[item, draw] * share
            continue
        for draw in range(draws):
            for unit in range(int(plans[item, draw])):
                uniform, _ = two_uniforms(
                    first_draw + draw, month + MONTH_OFFSET, item, _FLOWS_PER_UNIT + unit, k0, k1
                )
                where = choose(cumulative[item], uniform)
                out[where // needs, where % needs, draw] += 1.0
