"""The compiled inner loops of places: who is placed, and what becomes of the others.

A source is one cell of one kind of candidate: (age, need) from one placement, asking for a place in
one group of schools. Loops run over sources and, inside, over draws, which are contiguous.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from model.chance.philox import two_uniforms
from model.chance.whole import binomial

MONTH_OFFSET = 1200
PHASE, IN_YEAR, NEW, MOVED_IN, WAITING, RETURNS, SETTLED = range(7)
"""Kinds of candidates."""

_OVERFLOW_FLOW = 1 << 20
"""Counters of the second question, what becomes of who is not placed, lie beyond those of the first."""


@njit(nogil=True, cache=True)
def occupancy(plans, cells, group, out):  # type: ignore[no-untyped-def]
    """Own pupils by group: `out` (group, draw) over `cells` (cell, 3) of age, placement, need."""
    draws = plans.shape[3]
    out[:] = 0.0
    for index in range(cells.shape[0]):
        age, placement, need = cells[index]
        for draw in range(draws):
            out[group[index], draw] += plans[age, placement, need, draw]


@njit(nogil=True, cache=True)
def gather(  # type: ignore[no-untyped-def]
    plans,
    kind,
    row,
    age,
    placement,
    need,
    group,
    category,
    phase,
    in_year,
    new,
    moved_in,
    asked,
    out,
):
    """Candidates of each source, `out` (source, draw), and in all, `asked` (group, category, draw).

    Who asks to move from a placement is taken out of `plans` until `settle` puts them somewhere, so
    that nobody is a candidate twice: sources of moves come before those of stocks. Those of returns
    are in `out` as the cells' whole number, see `returning`. Group -1 is not limited.
    """
    draws = plans.shape[3]
    none = phase.shape[0] == 0
    asked[:] = 0.0
    for source in range(kind.shape[0]):
        what, where, n = kind[source], row[source], need[source]
        cell = plans[age[source], placement[source], n]
        if what == PHASE:
            if none:
                out[source] = 0.0
                continue
            out[source] = phase[where, n]
        elif what == IN_YEAR:
            out[source] = in_year[where, n]
        elif what == NEW:
            out[source] = new[where, n]
        elif what == MOVED_IN:
            out[source] = moved_in[where, n]
        else:
            out[source] = cell
        if what <= IN_YEAR:
            for draw in range(draws):
                cell[draw] -= out[source, draw]
        place = group[source]
        if place >= 0 and what < RETURNS:
            for draw in range(draws):
                asked[place, category[source], draw] += out[source, draw]


@njit(nogil=True, cache=True)
def returning(  # type: ignore[no-untyped-def]
    kind, group, category, cell, hazard, chance, first_draw, month, k0, k1, asked, out
):
    """Of those who could return, who asks to: `out` (source, draw) from the cells' whole number.

    `hazard` (kind 0 overflow, 1 settled; group; draw) of the month; adds to `asked`.
    """
    draws = out.shape[1]
    for source in range(kind.shape[0]):
        if kind[source] < RETURNS:
            continue
        what, place = kind[source] - RETURNS, group[source]
        for draw in range(draws):
            count, rate = out[source, draw], hazard[what, place, draw]
            if count <= 0.0 or rate <= 0.0:
                out[source, draw] = 0.0
                continue
            if chance:
                leavers, _ = binomial(int(count), rate, first_draw + draw, month + MONTH_OFFSET,
                                      cell[source], 0, k0, k1)  # fmt: skip
                out[source, draw] = float(leavers)
            else:
                out[source, draw] = count * -np.expm1(-rate)
            asked[place, category[source], draw] += out[source, draw]


@njit(nogil=True, cache=True)
def settle(  # type: ignore[no-untyped-def]
    plans, joined, moved_in_joined, candidates, kind, age, placement, need, group, category, cell,
    target, independent, interim, waits, asked, placed, overflow, first_draw, month, k0, k1, outcome,
):  # fmt: skip
    """Place whole candidates and send the others where they go; changes `plans` and the joiners.

    `asked` and `placed` (group, category, draw) say how many of a category get a place: all of a
    kind alike, by lot. `target`, `independent`, `interim` and `waits` (source,) are
    placements, -1 where there is none; `overflow` (2, draw) the running shares of independent and
    interim. `outcome` (group, 5, draw) counts new demand placed, independent, interim, waiting,
    and staying where it is.
    """
    draws = plans.shape[3]
    left, wanted = asked.copy(), placed.copy()
    outcome[:] = 0.0
    for source in range(kind.shape[0]):
        what, years, n = kind[source], age[source], need[source]
        here, there, place = placement[source], target[source], group[source]
        entering = what in (NEW, MOVED_IN)
        for draw in range(draws):
            count = candidates[source, draw]
            if count <= 0.0:
                continue
            number = first_draw + draw
            accepted = count
            if place >= 0:
                most, get = (
                    left[place, category[source], draw],
                    wanted[place, category[source], draw],
                )
                if get <= 0.0:
                    accepted = 0.0
                    left[place, category[source], draw] = most - count
                elif get < most:
                    accepted = 0.0
                    for unit in range(int(count)):
                        uniform, _ = two_uniforms(
                            number, month + MONTH_OFFSET, cell[source], unit + 1, k0, k1
                        )
                        if uniform * most < get:
                            accepted += 1.0
                            get -= 1.0
                        most -= 1.0
                    left[place, category[source], draw] = most
                    wanted[place, category[source], draw] = get
            rest = count - accepted
            if entering:
                plans[years, there, n, draw] += accepted
                if what == NEW:
                    joined[years, there, draw] += accepted
                else:
                    moved_in_joined[years, there, draw] += accepted
            else:
                if what >= WAITING:
                    plans[years, here, n, draw] -= accepted
                plans[years, there, n, draw] += accepted
            if place < 0 or what >= WAITING:
                continue
            outcome[place, 0, draw] += accepted
            if rest <= 0.0:
                continue
            alone, kept = 0.0, 0.0
            for unit in range(int(rest)):
                uniform, _ = two_uniforms(
                    number, month + MONTH_OFFSET, cell[source], _OVERFLOW_FLOW + unit, k0, k1
                )
                if uniform < overflow[0, draw]:
                    alone += 1.0
                elif uniform < overflow[1, draw]:
                    kept += 1.0
            still = rest - alone - kept
            outcome[place, 1, draw] += alone
            outcome[place, 2, draw] += kept
            if entering:
                plans[years, independent[source], n, draw] += alone
                plans[years, interim[source], n, draw] += kept
                plans[years, waits[source], n, draw] += still
                outcome[place, 3, draw] += still
                if what == NEW:
                    joined[years, independent[source], draw] += alone
                    joined[years, interim[source], draw] += kept
                    joined[years, waits[source], draw] += still
                else:
                    moved_in_joined[years, independent[source], draw] += alone
                    moved_in_joined[years, interim[source], draw] += kept
                    moved_in_joined[years, waits[source], draw] += still
                continue
            plans[years, independent[source], n, draw] += alone
            plans[years, interim[source], n, draw] += kept
            if waits[source] >= 0:
                plans[years, waits[source], n, draw] += still
                outcome[place, 3, draw] += still
            else:
                plans[years, here, n, draw] += still
                outcome[place, 4, draw] += still


@njit(nogil=True, cache=True)
def no_longer(plans, cells, settled):  # type: ignore[no-untyped-def]
    """Plans whose age is past every group stop seeking: cells (cell, 3) of age, placement, need."""
    for index in range(cells.shape[0]):
        age, placement, need = cells[index]
        for draw in range(plans.shape[3]):
            plans[age, settled[index], need, draw] += plans[age, placement, need, draw]
            plans[age, placement, need, draw] = 0.0


@njit(nogil=True, cache=True)
def settle_expected(  # type: ignore[no-untyped-def]
    plans, joined, moved_in_joined, candidates, kind, age, placement, need, group, category,
    target, independent, interim, waits, asked, placed, overflow, outcome,
):  # fmt: skip
    """`settle` in expected values: the same shares of every source, without a draw by lot."""
    draws = plans.shape[3]
    share = np.zeros(asked.shape)
    for place in range(asked.shape[0]):
        for which in range(asked.shape[1]):
            for draw in range(draws):
                total = asked[place, which, draw]
                part = placed[place, which, draw] / total if total > 0.0 else 0.0
                share[place, which, draw] = min(part, 1.0)
    outcome[:] = 0.0
    everybody = np.ones(draws)
    rest, still = np.empty(draws), np.empty(draws)
    for source in range(kind.shape[0]):
        what, place, n = kind[source], group[source], need[source]
        count = candidates[source]
        get = share[place, category[source]] if place >= 0 else everybody
        there = plans[age[source], target[source], n]
        here = plans[age[source], placement[source], n]
        if what >= WAITING:
            for draw in range(draws):
                accepted = count[draw] * get[draw]
                there[draw] += accepted
                here[draw] -= accepted
            continue
        entering = what in (NEW, MOVED_IN)
        counted = joined if what == NEW else moved_in_joined
        for draw in range(draws):
            accepted = count[draw] * get[draw]
            there[draw] += accepted
            rest[draw] = count[draw] - accepted
            if entering:
                counted[age[source], target[source], draw] += accepted
            if place >= 0:
                outcome[place, 0, draw] += accepted
        if place < 0:
            continue
        alone_at = plans[age[source], independent[source], n]
        kept_at = plans[age[source], interim[source], n]
        stays = waits[source] < 0
        still_at = here if stays else plans[age[source], waits[source], n]
        for draw in range(draws):
            alone = rest[draw] * overflow[0, draw]
            kept = rest[draw] * (overflow[1, draw] - overflow[0, draw])
            still[draw] = rest[draw] - alone - kept
            alone_at[draw] += alone
            kept_at[draw] += kept
            still_at[draw] += still[draw]
            outcome[place, 1, draw] += alone
            outcome[place, 2, draw] += kept
            outcome[place, 4 if stays else 3, draw] += still[draw]
            if entering:
                counted[age[source], independent[source], draw] += alone
                counted[age[source], interim[source], draw] += kept
                counted[age[source], waits[source], draw] += still[draw]
