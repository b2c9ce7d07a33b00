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
def returning(  # type: ignore[no-untyped-def]
    plans, kind, age, placement, need, group, cell, hazard, chance, first_draw, month, k0, k1, out
):
    """Who would come back if there were a place: `out` (source, draw), nil for other kinds.

    `hazard` (kind 0 overflow, 1 settled; group; draw) by month.
    """
    draws = plans.shape[3]
    for source in range(kind.shape[0]):
        if kind[source] < RETURNS:
            continue
        for draw in range(draws):
            count = plans[age[source], placement[source], need[source], draw]
            rate = hazard[kind[source] - RETURNS, group[source], draw]
            if count <= 0.0 or rate <= 0.0:
                out[source, draw] = 0.0
            elif chance:
                leavers, _ = binomial(int(count), rate, first_draw + draw, month + MONTH_OFFSET,
                                      cell[source], 0, k0, k1)  # fmt: skip
                out[source, draw] = float(leavers)
            else:
                out[source, draw] = count * -np.expm1(-rate)


@njit(nogil=True, cache=True)
def gather(plans, kind, row, age, placement, need, phase, in_year, new, moved_in, out):  # type: ignore[no-untyped-def]
    """Candidates of each source, `out` (source, draw), for all kinds but returns.

    Who asks to move from a placement is taken out of `plans` until `settle` puts them somewhere, so
    that nobody is a candidate twice: sources of moves come before those of stocks.
    """
    draws = plans.shape[3]
    none = phase.shape[0] == 0
    for source in range(kind.shape[0]):
        what = kind[source]
        if what >= RETURNS:
            continue
        for draw in range(draws):
            if what == PHASE:
                count = 0.0 if none else phase[row[source], need[source], draw]
                out[source, draw] = count
                plans[age[source], placement[source], need[source], draw] -= count
            elif what == IN_YEAR:
                count = in_year[row[source], need[source], draw]
                out[source, draw] = count
                plans[age[source], placement[source], need[source], draw] -= count
            elif what == NEW:
                out[source, draw] = new[row[source], need[source], draw]
            elif what == MOVED_IN:
                out[source, draw] = moved_in[row[source], need[source], draw]
            else:
                out[source, draw] = plans[age[source], placement[source], need[source], draw]


@njit(nogil=True, cache=True)
def totals(candidates, group, category, out):  # type: ignore[no-untyped-def]
    """Candidates by group and category, `out` (group, category, draw); group -1 is not limited."""
    out[:] = 0.0
    for source in range(candidates.shape[0]):
        if group[source] >= 0:
            for draw in range(candidates.shape[1]):
                out[group[source], category[source], draw] += candidates[source, draw]


@njit(nogil=True, cache=True)
def settle(  # type: ignore[no-untyped-def]
    plans, joined, moved_in_joined, candidates, kind, age, placement, need, group, category, cell,
    target, independent, interim, waits, asked, placed, overflow, chance, first_draw, month, k0, k1,
    outcome,
):  # fmt: skip
    """Place the candidates and send the others where they go; changes `plans` and the joiners.

    `asked` and `placed` (group, category, draw) say how many of a category get a place: all of a
    kind alike, in proportion or by lot. `target`, `independent`, `interim` and `waits` (source,) are
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
                most, get = left[place, category[source], draw], wanted[place, category[source], draw]
                if not chance:
                    total = asked[place, category[source], draw]
                    accepted = count * placed[place, category[source], draw] / total
                elif get <= 0.0:
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
            alone = rest * overflow[0, draw]
            kept = rest * (overflow[1, draw] - overflow[0, draw])
            if chance:
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
