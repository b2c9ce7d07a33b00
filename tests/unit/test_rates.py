"""Monthly probabilities against annual rates, and competing causes (design 5.3).

"Annual probabilities q become monthly p = 1 - (1 - q)^w ... a cell's total exit is 1 - prod(1 - p)
over causes, shared in proportion to -ln(1 - p), so that results do not depend on order."

Annual rates are read from the tables themselves, not through the code under test.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from model.cohort import kernel, step
from model.cohort.placements import (
    INTERIM_SETTING,
    MOST_SOUGHT,
    OVERFLOW_SETTING,
    WAITING_SETTINGS,
    Placements,
    Twin,
)
from model.cohort.rates import (
    ADULT_AGE,
    EFFECTS,
    Routes,
    TransitionRates,
    reachable,
    transition_rates,
)
from model.cohort.state import CohortState, MonthFlows, empty_state
from model.cohort.step import Workspace
from model.reference.calendar import MONTH_NAMES, SEPTEMBER, calendar_month
from model.reference.codes import AGES, NEEDS, SETTINGS
from model.reference.national import national_rates

pytestmark = pytest.mark.unit

NATIONAL = Path(__file__).resolve().parents[2] / "data" / "national"
ACADEMIC_YEAR = range(5, 17)
"""Months from September to August, counted from April."""

RESIDENTIAL = SETTINGS.index("independent_special_residential")
SPECIAL = SETTINGS.index("state_special")
TRACKED = Placements((Twin(SPECIAL, "existing"), Twin(RESIDENTIAL, "existing")))
PLAIN = Placements(())
NEED = 3
REVIEWED = (5, 25)
"""Ages at which reviews may end plans."""

INDEPENDENT = [
    "independent_special_day",
    "independent_special_residential",
    "mainstream_independent",
    "specialist_post_16",
]


def table(name: str) -> pd.DataFrame:
    return pd.read_csv(NATIONAL / f"{name}.csv", comment="#")


def annual(cause: str) -> np.ndarray:
    """Annual probability (age, setting) of ceasing or moving out, as published."""
    rows = table("exits")
    rows = rows[rows.cause == cause].pivot(
        index="age", columns="setting", values="annual_probability"
    )
    return rows[list(SETTINGS)].to_numpy()


def season(cause: str) -> dict[str, float]:
    rows = table("seasonality")
    return rows[rows.cause == cause].set_index("month").weight.to_dict()


def everywhere(placements: Placements) -> np.ndarray:
    return np.argwhere(np.ones((len(AGES), placements.count), dtype=bool)).astype(np.int64)


def one_plan_everywhere(placements: Placements) -> CohortState:
    state = empty_state(placements, 1)
    state.plans[:, :, NEED] = 1.0
    return state


def month_of_exits(
    rates: TransitionRates,
    month: int,
    placements: Placements = PLAIN,
    effect: np.ndarray | None = None,
    state: CohortState | None = None,
    review: float = 0.0,
) -> tuple[CohortState, MonthFlows, np.ndarray, Workspace]:
    """Expected exits of one month from one plan in every cell: state after, flows, who asks to move."""
    state = one_plan_everywhere(placements) if state is None else state
    flows = MonthFlows.nil(placements, 1)
    work = Workspace(rates, placements, 0, 1)
    effect = np.ones((len(EFFECTS), 1)) if effect is None else effect
    asking = step.exits(
        state,
        flows,
        rates,
        effect,
        everywhere(placements),
        month,
        None,
        work,
        review=np.array([review]),
        review_ages=REVIEWED,
    )
    return state, flows, asking, work


def only(rates: TransitionRates, cause: str) -> TransitionRates:
    """The same rates with every other cause taken away."""
    nil = np.zeros_like(rates.ceased_hazard)
    routes = rates.in_year
    return replace(
        rates,
        ceased_hazard=rates.ceased_hazard if cause == "ceased" else nil,
        moved_out_hazard=rates.moved_out_hazard if cause == "moved_out" else nil,
        in_year=routes if cause == "move" else replace(routes, hazard=np.zeros(routes.count)),
    )


def gone_by_route(asking: np.ndarray, rates: TransitionRates, placements: Placements) -> np.ndarray:
    """Plans asking to move by (age, placement)."""
    gone = np.zeros((len(AGES), placements.count))
    np.add.at(gone, (rates.in_year.age, rates.in_year.origin), asking.sum(axis=(1, 2)))
    return gone


# ---------------------------------------------------------------- months give back the year


@pytest.mark.parametrize("cause", ["ceased", "moved_out"])
def test_twelve_months_give_back_the_annual_probability_of_an_exit(cause: str) -> None:
    """1 - prod (1 - p) over September to August = q to 1e-12, every age and setting (design 5.3)."""
    rates = only(transition_rates(national_rates(), PLAIN), cause)
    staying = np.ones((len(AGES), len(SETTINGS)))
    state = one_plan_everywhere(PLAIN)
    for month in ACADEMIC_YEAR:
        before = state.plans[:, :, NEED, 0].copy()
        _, flows, _, _ = month_of_exits(rates, month, state=state)
        gone = getattr(flows, cause)[:, :, 0]
        probability = np.divide(gone, before, out=np.ones_like(gone), where=before > 0)
        staying *= 1.0 - probability
        # After this month's exits the plans left are exactly those who did not leave.
        assert np.allclose(state.plans[:, :, NEED, 0], before - gone, rtol=0, atol=1e-15)
    expected = annual(cause)
    assert expected.max() > 0.05
    assert np.abs(1.0 - staying - expected).max() < 1e-12


def test_twelve_months_give_back_the_annual_probability_of_each_move() -> None:
    """The same for every route between settings, each as if it were the only cause (design 5.3)."""
    published = table("moves")
    published = published[published.kind == "in_year"]
    rates = transition_rates(national_rates(), PLAIN)
    routes = rates.in_year
    assert routes.count == (published.annual_probability > 0).sum()
    staying = np.ones(routes.count)
    for month in ACADEMIC_YEAR:
        hazard = monthly_hazards(rates, month, PLAIN)[2]
        staying *= np.exp(-hazard[:, 0])
    found = {
        (int(age), SETTINGS[origin], SETTINGS[destination]): 1.0 - stayed
        for age, origin, destination, stayed in zip(
            routes.age, routes.origin, routes.destination, staying, strict=True
        )
    }
    for row in published[published.annual_probability > 0].itertuples():
        q = found.pop((row.age, row.from_setting, row.to_setting))
        assert q == pytest.approx(row.annual_probability, abs=1e-12)
    assert not found


def monthly_hazards(
    rates: TransitionRates, month: int, placements: Placements, effect: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Hazards of ceasing, moving out (age, placement, 1) and of each route (route, 1)."""
    work = Workspace(rates, placements, 0, 1)
    routes = rates.in_year
    kernel.cell_hazards(
        everywhere(placements),
        rates.ceased_hazard,
        rates.moved_out_hazard,
        routes.start,
        routes.stop,
        routes.hazard,
        routes.effect,
        rates.season[:, calendar_month(month) - 1],
        np.ones((len(EFFECTS), 1)) if effect is None else effect,
        ADULT_AGE,
        np.zeros(1),
        REVIEWED,
        work.ceased_hazard,
        work.moved_out_hazard,
        work.route_hazard,
        work.reviewed,
    )
    return work.ceased_hazard, work.moved_out_hazard, work.route_hazard


@pytest.mark.parametrize("cause", ["ceased", "moved_out"])
def test_each_month_has_its_own_weight(cause: str) -> None:
    """p = 1 - (1 - q)^w with the weight of that calendar month and cause."""
    rates, weights, q = transition_rates(national_rates(), PLAIN), season(cause), annual(cause)
    certain = q >= 1.0
    for month in ACADEMIC_YEAR:
        hazard = monthly_hazards(rates, month, PLAIN)[("ceased", "moved_out").index(cause)][..., 0]
        weight = weights[MONTH_NAMES[calendar_month(month) - 1]]
        expected = 1.0 - (1.0 - q) ** weight
        assert np.allclose((1.0 - np.exp(-hazard))[~certain], expected[~certain], rtol=0, atol=1e-9)


def test_weights_of_every_cause_sum_to_one() -> None:
    rates = transition_rates(national_rates(), PLAIN)
    assert rates.season.shape == (3, 12)
    assert rates.season.sum(axis=1) == pytest.approx(np.ones(3), abs=1e-12)


# ---------------------------------------------------------------- competing causes


@pytest.mark.parametrize("month", [5, 8, 14])
def test_total_exit_is_one_less_the_product_of_staying(month: int) -> None:
    """A cell's total exit is 1 - prod(1 - p), shared in proportion to -ln(1 - p) (design 5.3)."""
    rates = transition_rates(national_rates(), PLAIN)
    ceased, moved_out, route = monthly_hazards(rates, month, PLAIN)
    _, flows, asking, _ = month_of_exits(rates, month)
    p_stay = np.exp(-ceased[..., 0]) * np.exp(-moved_out[..., 0])
    logs = ceased[..., 0] + moved_out[..., 0]
    for row in range(rates.in_year.count):
        place = rates.in_year.age[row], rates.in_year.origin[row]
        p_stay[place] *= np.exp(-route[row, 0])
        logs[place] += route[row, 0]
    total = flows.ceased[..., 0] + flows.moved_out[..., 0] + gone_by_route(asking, rates, PLAIN)
    assert np.allclose(total, 1.0 - p_stay, rtol=0, atol=1e-14)
    share = np.divide(1.0 - p_stay, logs, out=np.zeros_like(logs), where=logs > 0)
    assert np.allclose(flows.ceased[..., 0], ceased[..., 0] * share, rtol=0, atol=1e-14)
    assert np.allclose(flows.moved_out[..., 0], moved_out[..., 0] * share, rtol=0, atol=1e-14)
    expected = route[:, 0] * share[rates.in_year.age, rates.in_year.origin]
    assert np.allclose(asking[:, NEED, 0], expected, rtol=0, atol=1e-14)
    assert asking.sum() > 0.1


def test_results_do_not_depend_on_the_order_of_causes() -> None:
    """Ceasing and moving out change places with their rates; routes listed backwards move the same."""
    rates = transition_rates(national_rates(), PLAIN)
    flat = replace(rates, season=np.full((3, 12), 1 / 12))
    swapped = replace(
        flat, ceased_hazard=flat.moved_out_hazard, moved_out_hazard=flat.ceased_hazard
    )
    _, one, asking, _ = month_of_exits(flat, 8)
    _, other, asking_other, _ = month_of_exits(swapped, 8)
    assert np.allclose(one.ceased, other.moved_out, rtol=0, atol=1e-15)
    assert np.allclose(one.moved_out, other.ceased, rtol=0, atol=1e-15)
    assert np.allclose(asking, asking_other, rtol=0, atol=1e-15)
    backwards = replace(flat, in_year=reversed_within_cells(flat.in_year))
    _, again, asking_again, _ = month_of_exits(backwards, 8)
    assert np.allclose(one.ceased, again.ceased, rtol=0, atol=1e-15)
    moved = by_destination(asking, flat.in_year)
    assert np.allclose(moved, by_destination(asking_again, backwards.in_year), rtol=0, atol=1e-15)


def reversed_within_cells(routes: Routes) -> Routes:
    order = np.arange(routes.count)
    for first, last in zip(routes.start.ravel(), routes.stop.ravel(), strict=True):
        order[first:last] = order[first:last][::-1]
    return replace(
        routes,
        destination=routes.destination[order],
        hazard=routes.hazard[order],
        effect=routes.effect[order],
    )


def by_destination(asking: np.ndarray, routes: Routes) -> np.ndarray:
    moved = np.zeros((len(AGES), len(SETTINGS), len(SETTINGS)))
    np.add.at(moved, (routes.age, routes.origin, routes.destination), asking[:, NEED, 0])
    return moved


def test_plans_left_are_what_came_less_what_went() -> None:
    """Plans before = plans after + ceased + moved out; those asking to move are still there."""
    state, flows, asking, _ = month_of_exits(transition_rates(national_rates(), PLAIN), 8)
    left = state.plans.sum(axis=2) + flows.ceased + flows.moved_out
    assert np.allclose(left, 1.0, rtol=0, atol=1e-15)
    gone = gone_by_route(asking, transition_rates(national_rates(), PLAIN), PLAIN)
    assert (gone <= state.plans[:, :, NEED, 0] + 1e-12).all()
    assert (state.plans[:, :, [n for n in range(len(NEEDS)) if n != NEED]] == 0.0).all()


# ---------------------------------------------------------------- families of rates


def test_each_effect_multiplies_its_own_family_only() -> None:
    """Few shared effects tilt families of rates: hazards x effect, the others as they were."""
    rates = transition_rates(national_rates(), PLAIN)
    base = [part[..., 0] for part in monthly_hazards(rates, 8, PLAIN)]
    young = np.arange(len(AGES))[:, None] < 18
    destination = np.array(SETTINGS)[rates.in_year.destination]
    independent = [
        "independent_special_day",
        "independent_special_residential",
        "mainstream_independent",
        "specialist_post_16",
    ]
    named = [*independent, "state_special", "mainstream_post_16", "other"]
    family = {
        "ceased_under_18": (0, np.broadcast_to(young, base[0].shape)),
        "ceased_18_and_over": (0, np.broadcast_to(~young, base[0].shape)),
        "moved_out": (1, np.ones_like(base[1], dtype=bool)),
        "to_state_special": (2, destination == "state_special"),
        "to_independent": (2, np.isin(destination, independent)),
        "to_post_16": (2, destination == "mainstream_post_16"),
        "to_other": (2, destination == "other"),
        "other_moves": (2, ~np.isin(destination, named)),
    }
    assert set(family) == set(EFFECTS)
    for number, name in enumerate(EFFECTS):
        effect = np.ones((len(EFFECTS), 1))
        effect[number] = 1.7
        found = [part[..., 0] for part in monthly_hazards(rates, 8, PLAIN, effect)]
        which, inside = family[name]
        for part in range(3):
            factor = np.where(inside, 1.7, 1.0) if part == which else 1.0
            assert np.allclose(found[part], base[part] * factor, rtol=1e-14, atol=0), name
        assert name == "to_post_16" or base[which][inside].sum() > 0


def test_september_moves_are_tilted_by_where_they_lead() -> None:
    """The same families as in the year, by destination; a certain step stays certain."""
    phase = transition_rates(national_rates(), PLAIN).phase
    to_college = phase.destination == SETTINGS.index("mainstream_post_16")
    assert to_college.any()
    assert (phase.effect[to_college] == EFFECTS.index("to_post_16")).all()
    assert (phase.effect[~to_college] != EFFECTS.index("to_post_16")).all()
    assert (phase.effect >= EFFECTS.index("to_state_special")).all()


# ---------------------------------------------------------------- phase steps


def phase_moves(placements: Placements, in_year_share: float = 0.0) -> tuple[np.ndarray, Routes]:
    rates = transition_rates(national_rates(), placements)
    state = one_plan_everywhere(placements)
    work = Workspace(rates, placements, 0, 1)
    work.in_year[:, NEED] = in_year_share
    september = 5
    assert calendar_month(september) == SEPTEMBER
    moved = step.phase_transfers(state, rates, np.ones((len(EFFECTS), 1)), september, None, work)
    return moved, rates.phase


def test_phase_transfers_are_the_published_shares() -> None:
    """At the September step, of those who reach an age the share given by `moves.csv` changes setting."""
    published = table("moves")
    published = published[(published.kind == "phase") & (published.annual_probability > 0)]
    moved, routes = phase_moves(PLAIN)
    expected = published.set_index(["age", "from_setting", "to_setting"]).annual_probability
    assert routes.count == len(expected)
    for row in range(routes.count):
        key = (
            int(routes.age[row]),
            SETTINGS[routes.origin[row]],
            SETTINGS[routes.destination[row]],
        )
        # Printed shares of one origin may sum to 1 give or take their last digit.
        assert moved[row, NEED, 0] == pytest.approx(expected[key], abs=2e-7), key


def test_those_already_asking_to_move_do_not_transfer_too() -> None:
    """A plan moves once in a month: in-year movers are out of the phase transfer."""
    routes = transition_rates(national_rates(), PLAIN).in_year
    asking = np.zeros((len(AGES), len(SETTINGS)))
    np.add.at(asking, (routes.age, routes.origin), 0.01)
    moved, phase = phase_moves(PLAIN)
    fewer, _ = phase_moves(PLAIN, in_year_share=0.01)
    expected = moved[:, NEED, 0] * (1.0 - asking[phase.age, phase.origin])
    assert np.allclose(fewer[:, NEED, 0], expected, rtol=0, atol=1e-14)
    assert (fewer < moved)[:, NEED].any()


def test_nobody_transfers_outside_september() -> None:
    rates = transition_rates(national_rates(), PLAIN)
    work = Workspace(rates, PLAIN, 0, 1)
    for month in range(-3, 12):
        moved = step.phase_transfers(
            one_plan_everywhere(PLAIN), rates, np.ones((len(EFFECTS), 1)), month, None, work
        )
        assert (len(moved) > 0) == (calendar_month(month) == SEPTEMBER)


# ---------------------------------------------------------------- existing placements


def test_existing_placements_leave_as_their_setting_does() -> None:
    """Splitting a setting for its price changes no exit, and movers take the later price."""
    plain, split = (transition_rates(national_rates(), p) for p in (PLAIN, TRACKED))
    _, flows, asking, _ = month_of_exits(plain, 5)
    _, flows_split, asking_split, _ = month_of_exits(split, 5, TRACKED)
    settings = list(TRACKED.setting_of)
    assert np.array_equal(flows_split.ceased, flows.ceased[:, settings])
    assert np.array_equal(flows_split.moved_out, flows.moved_out[:, settings])
    assert split.in_year.destination.max() < len(SETTINGS)
    assert split.phase.destination.max() < len(SETTINGS)
    moved = by_destination_and_placement(asking, plain.in_year, PLAIN)
    moved_split = by_destination_and_placement(asking_split, split.in_year, TRACKED)
    assert np.allclose(moved_split, moved[:, settings], rtol=0, atol=1e-15)


def by_destination_and_placement(
    asking: np.ndarray, routes: Routes, placements: Placements
) -> np.ndarray:
    moved = np.zeros((len(AGES), placements.count, len(SETTINGS)))
    np.add.at(moved, (routes.age, routes.origin, routes.destination), asking[:, NEED, 0])
    return moved


def want_of_place(sought: int) -> tuple[Twin, ...]:
    """Every placement for want of one in the setting `sought`."""
    waiting = [Twin(SETTINGS.index(name), "waiting", sought) for name in WAITING_SETTINGS]
    return (
        *waiting,
        Twin(SETTINGS.index(INTERIM_SETTING), "interim", sought),
        Twin(SETTINGS.index(OVERFLOW_SETTING), "overflow", sought),
    )


def test_placements_have_codes_of_their_own_whatever_is_tracked() -> None:
    """Random counters name a placement by setting and standing, not by its place on the axis."""
    plain = [PLAIN.code(p) for p in range(len(SETTINGS))]
    step = plain[1]
    assert plain == [step * s for s in range(len(SETTINGS))]
    assert [TRACKED.code(p) for p in range(TRACKED.count)][: len(SETTINGS)] == plain
    assert TRACKED.code(TRACKED.existing(RESIDENTIAL)) == step * RESIDENTIAL + 1
    alone = Placements((Twin(RESIDENTIAL, "existing"),))
    assert alone.code(len(SETTINGS)) == step * RESIDENTIAL + 1
    assert PLAIN.existing(RESIDENTIAL) == RESIDENTIAL
    assert max(TRACKED.code(p) for p in range(TRACKED.count)) < kernel.CODES_PER_AGE
    assert len(NEEDS) <= kernel.NEEDS_PER_CELL


def test_codes_of_every_standing_are_distinct_and_fit() -> None:
    """With prices split everywhere and the most limits allowed, no two placements share a counter."""
    sought = tuple(range(3, 3 + MOST_SOUGHT))
    existing = tuple(Twin(setting, "existing") for setting in range(len(SETTINGS)))
    full = Placements(
        (*existing, *(twin for setting in sought for twin in want_of_place(setting))), sought
    )
    codes = [full.code(p) for p in range(full.count)]
    assert len(set(codes)) == full.count
    assert max(codes) < kernel.CODES_PER_AGE
    # Limiting one setting's places renames nobody but those who want for a place in it.
    limited = Placements((*TRACKED.twins, *want_of_place(SPECIAL)), (SPECIAL,))
    assert [limited.code(p) for p in range(TRACKED.count)] == [
        TRACKED.code(p) for p in range(TRACKED.count)
    ]


def test_who_waits_for_a_place_leaves_as_their_setting_does_and_asks_for_it_no_more() -> None:
    """A waiting plan is in its setting for every exit; its route to the sought setting is the queue."""
    limited = Placements((*TRACKED.twins, *want_of_place(SPECIAL)), (SPECIAL,))
    plain, split = (transition_rates(national_rates(), p) for p in (PLAIN, limited))
    settings = list(limited.setting_of)
    assert np.array_equal(split.ceased_hazard, plain.ceased_hazard[:, settings])
    assert np.array_equal(split.moved_out_hazard, plain.moved_out_hazard[:, settings])
    for routes, all_routes in ((split.in_year, plain.in_year), (split.phase, plain.phase)):
        for place in range(len(SETTINGS), limited.count):
            own = routes.origin == place
            to = np.array(settings)[routes.destination[own]]
            due = all_routes.origin == limited.setting_of[place]
            if limited.sought_by(place) == SPECIAL:
                due &= all_routes.destination != SPECIAL
            found = sorted(zip(routes.age[own], to, routes.hazard[own], strict=True))
            expected = sorted(
                zip(all_routes.age[due], all_routes.destination[due], all_routes.hazard[due],
                    strict=True)
            )  # fmt: skip
            assert found == expected, place
            if limited.standing(place) == "waiting":
                stays = np.isin(to, [SETTINGS.index(name) for name in WAITING_SETTINGS])
                assert np.array_equal(routes.destination[own] >= len(SETTINGS), stays)


# ---------------------------------------------------------------- plans that reviews end


def test_reviews_are_a_cause_of_ceasing_beside_the_national_one() -> None:
    """Hazards add at the ages given: p = 1 - (1 - q)^w (1 - p_review), and the share is noted."""
    rates = only(transition_rates(national_rates(), PLAIN), "ceased")
    _, without, _, _ = month_of_exits(rates, 8)
    _, flows, _, work = month_of_exits(rates, 8, review=-np.log(1 - 0.02))
    low, high = REVIEWED
    reviewed = np.zeros((len(AGES), len(SETTINGS)), dtype=bool)
    reviewed[low : high + 1] = True
    p = without.ceased[..., 0]
    assert np.allclose(flows.ceased[..., 0][~reviewed], p[~reviewed], rtol=0, atol=1e-15)
    expected = 1 - (1 - p[reviewed]) * 0.98
    assert np.allclose(flows.ceased[..., 0][reviewed], expected, rtol=0, atol=1e-14)
    share = work.reviewed[..., 0]
    national = -np.log1p(-p[reviewed & (p < 1)])
    due = -np.log(0.98) / (national - np.log(0.98))
    assert np.allclose(share[reviewed & (p < 1)], due, rtol=0, atol=1e-9)
    assert (share[~reviewed] == 0.0).all()


# ---------------------------------------------------------------- ageing and reach


def test_everybody_is_a_year_older_in_september_and_the_oldest_end() -> None:
    """A plan reaching 25 ends by that August; nobody else is lost or gained (design 5.3)."""
    state = empty_state(PLAIN, 2)
    generator = np.random.default_rng(5)
    state.plans[:] = generator.integers(0, 9, size=state.plans.shape)
    before = state.plans.copy()
    flows = MonthFlows.nil(PLAIN, 2)
    step.age(state, flows)
    assert (state.plans[1:25] == before[:24]).all()
    assert (state.plans[0] == 0.0).all()
    assert (state.plans[25] == 0.0).all()
    assert (flows.ceased[24] == before[24].sum(axis=1)).all()
    assert (flows.ceased[25] == before[25].sum(axis=1)).all()
    assert (flows.ceased[:24] == 0.0).all()
    assert state.plans.sum() + flows.ceased.sum() == before.sum()


def test_cells_that_can_hold_plans_are_closed_under_ageing_and_moves() -> None:
    """Skipped cells never hold a plan: ageing and every route stay inside the reachable cells."""
    rates = transition_rates(national_rates(), PLAIN)
    opening = np.zeros((len(AGES), len(SETTINGS)), dtype=bool)
    opening[4, SETTINGS.index("early_years")] = True
    live = reachable(opening, np.zeros_like(opening), rates)
    assert live[opening].all()
    assert (live[1:] | ~live[:-1]).all()
    for routes in (rates.in_year, rates.phase):
        used = live[routes.age, routes.origin]
        assert live[routes.age[used], routes.destination[used]].all()
    assert not live[:4].any()
