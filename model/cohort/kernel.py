"""The compiled inner loops of the cohort: what happens to the plans of a block in one month.

Arrays are (age, placement, need, draw) with the draw axis last, so that one cell of all draws is
contiguous. Cells that can never hold a plan are not visited and empty ones are skipped. Every
function comes in two forms: expected values, and whole numbers by chance. Chance takes its numbers
from Philox counters (draw, month, cell, flow); the cell's number names age, setting and need
whatever else the scenario tracks.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from model.chance.philox import two_uniforms
from model.chance.whole import binomial, choose, poisson

MONTH_OFFSET = 1200
"""Added to the month so that months before the first year have a counter too."""

NEEDS_PER_CELL = 16
CODES_PER_AGE = 256
_FLOWS_PER_CELL = 64


@njit(inline="always")
def _cell(age, code, need):  # type: ignore[no-untyped-def]
    return (age * CODES_PER_AGE + code) * NEEDS_PER_CELL + need


@njit(inline="always")
def _route_of(place, first, last, hazard, draw):  # type: ignore[no-untyped-def]
    """The route whose share of the summed hazards holds `place`."""
    row = first
    while row < last - 1 and place >= hazard[row, draw]:
        place -= hazard[row, draw]
        row += 1
    return row


@njit(nogil=True, cache=True)
def age_plans(plans, ended):  # type: ignore[no-untyped-def]
    """The September step: everybody one year older. Plans that reach 25 end (added to `ended`)."""
    ages, placements, needs, draws = plans.shape
    last = ages - 1
    for placement in range(placements):
        for need in range(needs):
            for draw in range(draws):
                ended[last - 1, placement, draw] += plans[last - 1, placement, need, draw]
                ended[last, placement, draw] += plans[last, placement, need, draw]
                plans[last, placement, need, draw] = 0.0
    for age in range(last - 1, 0, -1):
        plans[age] = plans[age - 1]
    plans[0] = 0.0


@njit(nogil=True, cache=True)
def cell_hazards(  # type: ignore[no-untyped-def]
    live, ceased_hazard, moved_out_hazard, route_start, route_stop, route_hazard, route_effect,
    season, effect, adult_age, review, review_ages, ceased, moved_out, route, reviewed,
):  # fmt: skip
    """Monthly hazards of each cause: `ceased`, `moved_out` (age, placement, draw), `route` (route, draw).

    `review` (draw,) is the hazard of ending after a review at the ages `review_ages` (low, high),
    part of ceasing; `reviewed` (age, placement, draw) is its share of it.
    """
    draws = effect.shape[1]
    for index in range(live.shape[0]):
        age, placement = live[index]
        family = 1 if age >= adult_age else 0
        for draw in range(draws):
            usual = ceased_hazard[age, placement] * season[0] * effect[family, draw]
            extra = review[draw] if review_ages[0] <= age <= review_ages[1] else 0.0
            ceased[age, placement, draw] = usual + extra
            reviewed[age, placement, draw] = extra / (usual + extra) if extra > 0.0 else 0.0
            moved_out[age, placement, draw] = (
                moved_out_hazard[age, placement] * season[1] * effect[2, draw]
            )
        for row in range(route_start[age, placement], route_stop[age, placement]):
            for draw in range(draws):
                tilt = effect[route_effect[row], draw]
                route[row, draw] = route_hazard[row] * season[2] * tilt


@njit(nogil=True, cache=True)
def expected_exits(  # type: ignore[no-untyped-def]
    plans, live, ceased_hazard, moved_out_hazard, route_hazard, route_start, route_stop,
    ceased, moved_out, candidates,
):  # fmt: skip
    """Expected leavers leave `plans`; those who ask to move stay until placed.

    Adds to `ceased` and `moved_out` (age, placement, draw) and sets `candidates`
    (route, need, draw), the plans asking for each route.
    """
    needs, draws = plans.shape[2], plans.shape[3]
    for index in range(live.shape[0]):
        age, placement = live[index]
        first, last = route_start[age, placement], route_stop[age, placement]
        for draw in range(draws):
            out = ceased_hazard[age, placement, draw] + moved_out_hazard[age, placement, draw]
            total = out
            for row in range(first, last):
                total += route_hazard[row, draw]
            scale = -math.expm1(-total) / total if total > 0.0 else 0.0
            # From here on the hazards of this cell are its probabilities.
            ceased_hazard[age, placement, draw] *= scale
            moved_out_hazard[age, placement, draw] *= scale
            for row in range(first, last):
                route_hazard[row, draw] *= scale
        for need in range(needs):
            for row in range(first, last):
                for draw in range(draws):
                    candidates[row, need, draw] = (
                        plans[age, placement, need, draw] * route_hazard[row, draw]
                    )
            for draw in range(draws):
                count = plans[age, placement, need, draw]
                ends = count * ceased_hazard[age, placement, draw]
                leaves = count * moved_out_hazard[age, placement, draw]
                ceased[age, placement, draw] += ends
                moved_out[age, placement, draw] += leaves
                plans[age, placement, need, draw] = count - ends - leaves


@njit(nogil=True, cache=True)
def chance_exits(  # type: ignore[no-untyped-def]
    plans, live, codes, ceased_hazard, moved_out_hazard, route_hazard, route_start, route_stop,
    first_draw, month, k0, k1, ceased, moved_out, candidates,
):  # fmt: skip
    """Whole leavers by chance: one draw a cell, and one for each leaver to say why.

    Same arrays as `expected_exits`; `codes` (placement,) names placements in counters.
    """
    needs, draws = plans.shape[2], plans.shape[3]
    for index in range(live.shape[0]):
        age, placement = live[index]
        first, last = route_start[age, placement], route_stop[age, placement]
        for need in range(needs):
            cell = _cell(age, codes[placement], need)
            for row in range(first, last):
                for draw in range(draws):
                    candidates[row, need, draw] = 0.0
            for draw in range(draws):
                count = plans[age, placement, need, draw]
                if count <= 0.0:
                    continue
                hazard_ceased = ceased_hazard[age, placement, draw]
                hazard_out = moved_out_hazard[age, placement, draw]
                total = hazard_ceased + hazard_out
                for row in range(first, last):
                    total += route_hazard[row, draw]
                if total <= 0.0:
                    continue
                leavers, uniform = binomial(
                    int(count), total, first_draw + draw, month, cell, 0, k0, k1
                )
                for leaver in range(leavers):
                    if leaver > 0:
                        uniform, _ = two_uniforms(
                            first_draw + draw, month, cell, _FLOWS_PER_CELL + leaver, k0, k1
                        )
                    place = uniform * total
                    if place < hazard_ceased:
                        ceased[age, placement, draw] += 1.0
                        plans[age, placement, need, draw] -= 1.0
                    elif place < hazard_ceased + hazard_out or first == last:
                        moved_out[age, placement, draw] += 1.0
                        plans[age, placement, need, draw] -= 1.0
                    else:
                        place -= hazard_ceased + hazard_out
                        row = _route_of(place, first, last, route_hazard, draw)
                        candidates[row, need, draw] += 1.0


@njit(nogil=True, cache=True)
def expected_recording_difference(plans, live, share, difference):  # type: ignore[no-untyped-def]
    """Every cell gains or loses `share` (draw,) of its plans; adds to `difference`."""
    needs, draws = plans.shape[2], plans.shape[3]
    for index in range(live.shape[0]):
        age, placement = live[index]
        for need in range(needs):
            for draw in range(draws):
                change = plans[age, placement, need, draw] * share[draw]
                plans[age, placement, need, draw] += change
                difference[age, placement, draw] += change


@njit(nogil=True, cache=True)
def chance_recording_difference(  # type: ignore[no-untyped-def]
    plans, live, codes, share, first_draw, month, k0, k1, difference,
):  # fmt: skip
    """Whole plans gained or lost, each plan with probability |share|; adds to `difference`."""
    needs, draws = plans.shape[2], plans.shape[3]
    hazard = -np.log1p(-np.abs(share))
    for index in range(live.shape[0]):
        age, placement = live[index]
        for need in range(needs):
            cell = _cell(age, codes[placement], need)
            for draw in range(draws):
                count = plans[age, placement, need, draw]
                if count <= 0.0 or hazard[draw] == 0.0:
                    continue
                number, _ = binomial(
                    int(count), hazard[draw], first_draw + draw, month, cell, 0, k0, k1
                )
                change = float(number) if share[draw] > 0.0 else -float(number)
                plans[age, placement, need, draw] += change
                difference[age, placement, draw] += change


@njit(nogil=True, cache=True)
def expected_phase_transfers(  # type: ignore[no-untyped-def]
    plans, in_year, in_year_start, in_year_stop, hazard, start, stop, candidates
):
    """Expected candidates (route, need, draw) of the September phase transfer.

    `hazard` (route, draw) applies once. Those already asking to move in this month (`in_year`)
    are not counted again.
    """
    ages, placements, needs, draws = plans.shape
    scale = np.empty(draws)
    for age in range(ages):
        for placement in range(placements):
            first, last = start[age, placement], stop[age, placement]
            if first == last:
                continue
            for draw in range(draws):
                total = 0.0
                for row in range(first, last):
                    total += hazard[row, draw]
                scale[draw] = -math.expm1(-total) / total if total > 0.0 else 0.0
            for row in range(first, last):
                for need in range(needs):
                    for draw in range(draws):
                        free = plans[age, placement, need, draw]
                        for other in range(
                            in_year_start[age, placement], in_year_stop[age, placement]
                        ):
                            free -= in_year[other, need, draw]
                        candidates[row, need, draw] = free * hazard[row, draw] * scale[draw]


@njit(nogil=True, cache=True)
def chance_phase_transfers(  # type: ignore[no-untyped-def]
    plans, codes, in_year, in_year_start, in_year_stop, hazard, start, stop,
    first_draw, month, k0, k1, candidates,
):  # fmt: skip
    """Whole candidates of the September phase transfer by chance; arrays as in the expected form."""
    ages, placements, needs, draws = plans.shape
    candidates[:] = 0.0
    for age in range(ages):
        for placement in range(placements):
            first, last = start[age, placement], stop[age, placement]
            if first == last:
                continue
            for need in range(needs):
                cell = _cell(age, codes[placement], need)
                for draw in range(draws):
                    free = plans[age, placement, need, draw]
                    for other in range(in_year_start[age, placement], in_year_stop[age, placement]):
                        free -= in_year[other, need, draw]
                    if free <= 0.0:
                        continue
                    total = 0.0
                    for row in range(first, last):
                        total += hazard[row, draw]
                    if total <= 0.0:
                        continue
                    movers, uniform = binomial(
                        int(free), total, first_draw + draw, month, cell, 0, k0, k1
                    )
                    for mover in range(movers):
                        if mover > 0:
                            uniform, _ = two_uniforms(
                                first_draw + draw, month, cell, _FLOWS_PER_CELL + mover, k0, k1
                            )
                        row = _route_of(uniform * total, first, last, hazard, draw)
                        candidates[row, need, draw] += 1.0


@njit(nogil=True, cache=True)
def move_placed(plans, placed, rows, route_age, route_origin, route_destination):  # type: ignore[no-untyped-def]
    """Plans that were given the place they asked for (route, need, draw) move there: routes `rows`."""
    needs, draws = placed.shape[1], placed.shape[2]
    for row in rows:
        age, origin, destination = route_age[row], route_origin[row], route_destination[row]
        for need in range(needs):
            for draw in range(draws):
                count = placed[row, need, draw]
                # Most cells are empty with chance on.
                if count != 0.0:
                    plans[age, origin, need, draw] -= count
                    plans[age, destination, need, draw] += count


@njit(nogil=True, cache=True)
def expected_arrivals(mean, share, level, out):  # type: ignore[no-untyped-def]
    """Expected joiners `out` (entry, need, draw) = mean x share (entry, need) x level (draw,)."""
    entries, needs, draws = out.shape
    for entry in range(entries):
        for need in range(needs):
            for draw in range(draws):
                out[entry, need, draw] = mean * share[entry, need] * level[draw]


@njit(nogil=True, cache=True)
def chance_arrivals(mean, cumulative, level, first_draw, month, k0, k1, out):  # type: ignore[no-untyped-def]
    """Whole joiners by chance: a Poisson number a draw, each given an entry and a need.

    `cumulative` (entry x need,) runs to 1; `out` is (entry, need, draw).
    """
    needs, draws = out.shape[1], out.shape[2]
    out[:] = 0.0
    for draw in range(draws):
        count = poisson(mean * level[draw], first_draw + draw, month, 0, 0, k0, k1)
        for joiner in range(count):
            uniform, _ = two_uniforms(first_draw + draw, month, 1 + joiner, 0, k0, k1)
            where = choose(cumulative, uniform)
            out[where // needs, where % needs, draw] += 1.0


@njit(nogil=True, cache=True)
def add_arrivals(plans, arrivals, entry_age, entry_placement, joined):  # type: ignore[no-untyped-def]
    """Joiners (entry, need, draw) enter `plans`; `joined` (age, placement, draw) counts them."""
    entries, needs, draws = arrivals.shape
    for entry in range(entries):
        age, placement = entry_age[entry], entry_placement[entry]
        for need in range(needs):
            for draw in range(draws):
                count = arrivals[entry, need, draw]
                if count != 0.0:
                    plans[age, placement, need, draw] += count
                    joined[age, placement, draw] += count


@njit(nogil=True, cache=True)
def count_plans(plans, live, stock, by_need):  # type: ignore[no-untyped-def]
    """Plans in force: `stock` (age, placement, draw) over needs, `by_need` (need, draw) over cells.

    Returns the smallest cell, for the check that none is negative.
    """
    needs, draws = plans.shape[2], plans.shape[3]
    low = np.zeros(draws)
    stock[:] = 0.0
    by_need[:] = 0.0
    for index in range(live.shape[0]):
        age, placement = live[index]
        for need in range(needs):
            for draw in range(draws):
                count = plans[age, placement, need, draw]
                stock[age, placement, draw] += count
                by_need[need, draw] += count
                low[draw] = count if count < low[draw] else low[draw]
    return low.min()


@njit(nogil=True, cache=True)
def by_setting(cells, setting_of, out):  # type: ignore[no-untyped-def]
    """Sum (age, placement, draw) into `out` (setting, draw)."""
    ages, placements, draws = cells.shape
    out[:] = 0.0
    for age in range(ages):
        for placement in range(placements):
            setting = setting_of[placement]
            for draw in range(draws):
                out[setting, draw] += cells[age, placement, draw]


@njit(nogil=True, cache=True)
def by_age_group(cells, group_of, out):  # type: ignore[no-untyped-def]
    """Sum (age, placement, draw) into `out` (age group, draw)."""
    ages, placements, draws = cells.shape
    out[:] = 0.0
    for age in range(ages):
        for placement in range(placements):
            for draw in range(draws):
                out[group_of[age], draw] += cells[age, placement, draw]


@njit(nogil=True, cache=True)
def by_volume(cells, volume, ages, placements, out):  # type: ignore[no-untyped-def]
    """Sum the listed cells of (age, placement, draw) into the volumes they belong to, `out` (volume, draw)."""
    draws = cells.shape[2]
    out[:] = 0.0
    for row in range(volume.shape[0]):
        for draw in range(draws):
            out[volume[row], draw] += cells[ages[row], placements[row], draw]


@njit(nogil=True, cache=True)
def full_cross(plans, live, setting_of, group_of, used_draws, out):  # type: ignore[no-untyped-def]
    """Add plans of the first `used_draws` draws into `out` (age group, need, setting)."""
    needs = plans.shape[2]
    for index in range(live.shape[0]):
        age, placement = live[index]
        for need in range(needs):
            total = 0.0
            for draw in range(used_draws):
                total += plans[age, placement, need, draw]
            out[group_of[age], need, setting_of[placement]] += total
