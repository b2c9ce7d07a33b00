"""Places in any valid scenario: nobody twice, nobody lost, never beyond what is commissioned (design 5.4).

Scenarios are made at random, written as files, read and checked as a user's would be, and run.
Derandomised: the same examples every time.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from model.forecast import BlockResult, anchor_lines, by_year, forecast
from model.prepared import Prepared, prepare
from model.provision.places import PlacesSeries
from model.reference.codes import NEEDS, SETTINGS
from model.scenario.load import LoadedScenario, load

pytestmark = pytest.mark.integration

few = settings(
    max_examples=12,
    derandomize=True,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
USUAL_ORDER = ["phase_transfers", "tribunal", "waiting", "new", "returns"]
NOBODY_LEAVES = {"ceased_under_18": 0, "ceased_18_and_over": 0, "moved_out": 0}
FLOWS = ("asked", "placed", "independent", "to_interim", "to_waiting", "stayed", "from_waiting",
         "returned")  # fmt: skip
SEEKING = {
    "waiting": ("early_years", "mainstream", "specialist_base"),
    "interim": ("alternative_provision",),
    "overflow": ("independent_special_day",),
}


def read(data: dict[str, Any]) -> LoadedScenario:
    """The scenario as a user's file: written, read and checked."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scenario.yaml"
        path.write_text(json.dumps(data, indent=1))
        rows = [
            f"{year},{age},{2000 + 13 * age + 5 * (year - 2020)}"
            for year in range(2021, 2027)
            for age in range(26)
        ]
        (path.parent / "population.csv").write_text("\n".join(["year,age,persons", *rows]) + "\n")
        return load(path)


def head(**more: Any) -> dict[str, Any]:
    return {
        "format": 1,
        "name": "places",
        "title": "Places",
        "authority": "Nowhere",
        "invented": True,
        "as_at": "2023-06",
        "horizon": {"first_year": "2023-24", "last_year": "2024-25"},
        "run": {"draws": 64, "seed": 3},
        **more,
    }


def school(name: str, places: Any, **more: Any) -> dict[str, Any]:
    return {
        "id": name,
        "title": name,
        "places": places,
        "place_rate_gbp": 10_000,
        "paid_by": "department",
        **more,
    }


# ---------------------------------------------------------------- random scenarios


@st.composite
def overflow_shares(draw: st.DrawFn) -> dict[str, float]:
    parts = draw(st.lists(st.integers(0, 10), min_size=3, max_size=3).filter(lambda p: sum(p) > 0))
    names = ("independent", "interim", "waiting")
    shares = {name: part / sum(parts) for name, part in zip(names, parts, strict=True) if part}
    shares[next(iter(shares))] += 1 - sum(shares.values())
    return shares


@st.composite
def place_groups(draw: st.DrawFn) -> list[dict[str, Any]]:
    """One to three groups: by need, by age, or everybody; an age or need may be left unlimited."""
    how = draw(st.sampled_from(["all", "needs", "ages", "settings"]))
    admits: list[dict[str, Any]] = {
        "all": [{"ages": [3, 19]}],
        "needs": [
            {"ages": [4, 16], "needs": ["SEMH"]},
            {"ages": [3, 18], "needs": [need for need in NEEDS if need not in ("SEMH", "VI")]},
        ],
        "ages": [{"ages": [4, 10]}, {"ages": [11, 15]}],
        "settings": [{"ages": [4, 18]}, {"ages": [5, 11], "setting": "specialist_base"}],
    }[how]
    groups = []
    for number, admitted in enumerate(admits):
        schools = []
        for index in range(draw(st.integers(1, 2))):
            openings = [
                {
                    "id": f"o{step}",
                    "title": "An opening",
                    "start": start,
                    "places": draw(st.integers(0, 25)),
                    "delay_months": draw(st.sampled_from([0, 1.5, {"uniform": [0, 9]}])),
                }
                for step, start in enumerate(["2023-09", "2024-04"])
                if draw(st.booleans())
            ]
            others = draw(st.sampled_from([0, 2, {"2023-24": 1, "then": 4}]))
            places = draw(st.one_of(st.integers(0, 20), st.just({"uniform": [3, 15]})))
            schools.append(school(f"s{index}", places, openings=openings, other_authorities=others))
        groups.append(
            {
                "id": f"g{number}",
                "title": "A group",
                "setting": "state_special",
                "own_pupils_elsewhere": draw(st.sampled_from([0, 0, 3])),
                "return_share_a_year": draw(st.sampled_from([0, 0.5, {"uniform": [0, 1]}])),
                "settled_return_share_a_year": draw(st.sampled_from([0, 0.1])),
                "schools": schools,
                **admitted,
            }
        )
    return groups


@st.composite
def scenarios(draw: st.DrawFn) -> dict[str, Any]:
    special, independent = draw(st.integers(0, 30)), draw(st.integers(0, 15))
    data = head(
        plans={
            "counted": "2023-01",
            "total": 200,
            "age_groups": {"under_5": 20, "5_to_10": 90, "11_to_15": 80, "16_to_19": 10},
            "settings": {
                "early_years": 20,
                "mainstream": 175 - special - independent,
                "state_special": special,
                "independent_special_day": independent,
                "alternative_provision": 5,
            },
        },
        rates={
            "to_state_special": draw(st.sampled_from([1, 4, {"uniform": [1, 8]}])),
            "to_independent": draw(st.sampled_from([0, 1])),
        },
        places={
            "groups": draw(place_groups()),
            "overflow": draw(overflow_shares()),
            "tribunal_share": draw(st.sampled_from([0, 0.3])),
            "priority": draw(st.one_of(st.just(USUAL_ORDER), st.permutations(USUAL_ORDER))),
        },
        moved_in={"plans_a_year": draw(st.sampled_from([0, {"uniform": [0, 30]}]))},
    )
    if draw(st.booleans()):
        data["population"] = {"table": "population.csv"}
        data["new_plans"] = {
            "base_year": 2022,
            "plans_in_base_year": 60,
            "initial_growth": 0,
            "damping": 0.5,
        }
    return data


def run(data: dict[str, Any], *, chance: bool, first: int = 0) -> tuple[Prepared, BlockResult]:
    prepared = prepare(read(data))
    anchors = anchor_lines(prepared)
    return prepared, forecast(prepared, anchors, first, 64, seed=3, chance=chance)


def of(block: BlockResult) -> PlacesSeries:
    assert block.months.places is not None
    return block.months.places


# ---------------------------------------------------------------- nobody twice, nobody lost


@few
@given(data=scenarios())
def test_nobody_is_in_two_settings_and_nobody_is_lost(data: dict[str, Any]) -> None:
    for chance in (True, False):
        prepared, block = run(data, chance=chance)
        cohort, places, state = block.cohort, of(block), block.final_state
        assert cohort is not None
        assert state is not None
        flow = {name: values.sum(axis=1) for name, values in cohort.flows.items()}
        net = flow["new"] + flow["moved_in"] - flow["ceased"] - flow["moved_out"]
        total = cohort.by_setting.sum(axis=1)
        assert np.abs(np.diff(total, axis=0) - net).max() < 1e-9
        assert min(values.min() for values in cohort.flows.values()) >= (0 if chance else -1e-12)
        assert cohort.by_setting.min() >= -1e-9
        assert state.plans.min() >= (0 if chance else -1e-12)
        # Everybody is in one placement, and placements of a setting make up that setting.
        axis = np.array(prepared.placements.setting_of)
        by_place = state.plans.sum(axis=(0, 2))
        for number in range(len(SETTINGS)):
            there = by_place[axis == number].sum(axis=0)
            assert np.allclose(there, cohort.by_setting[-1, number], rtol=0, atol=1e-9)
        # Who seeks a place is counted in the setting where they are, once.
        for name, where in SEEKING.items():
            seeking = getattr(places, name).sum(axis=0)
            room = sum(cohort.by_setting[1:, SETTINGS.index(setting)] for setting in where)
            assert (seeking <= room + 1e-9).all()
            standing = [
                place
                for place in range(prepared.placements.count)
                if prepared.placements.standing(place) == name
            ]
            assert np.allclose(by_place[standing].sum(axis=0), seeking[-1], rtol=0, atol=1e-9)


def came(places: PlacesSeries) -> np.ndarray:
    return places.placed + places.from_waiting + places.returned


@few
@given(data=scenarios())
def test_placed_never_beyond_commissioned_and_never_while_a_place_is_free(
    data: dict[str, Any],
) -> None:
    """Who is placed fits; nobody waits in vain; asked for = placed, overflowed, waiting or stayed."""
    for chance in (True, False):
        _, block = run(data, chance=chance)
        places = of(block)
        outcomes = [getattr(places, name) for name in FLOWS[1:6]]
        assert np.allclose(places.asked, sum(outcomes), rtol=0, atol=1e-9)
        assert min(getattr(places, name).min() for name in FLOWS) >= (0 if chance else -1e-12)
        taken = places.own + places.others
        assert (came(places) > 1e-6).any() or places.commissioned.max() < 25
        fits = np.maximum(taken - places.commissioned, 0.0)
        assert np.minimum(fits, came(places)).max() < 1e-9
        for number, group in enumerate(data["places"]["groups"]):
            if group["own_pupils_elsewhere"]:
                continue
            in_need = places.waiting[number] + places.interim[number]
            free = places.commissioned[number] - taken[number]
            least = 1.0 if chance else 1e-6
            assert not ((in_need > 1e-6) & (free > least)).any(), (
                "a place is free and somebody waits"
            )


@few
@given(data=scenarios())
def test_returns_come_after_everybody_who_waits_and_after_new_demand(data: dict[str, Any]) -> None:
    data["places"]["priority"] = USUAL_ORDER
    for chance in (True, False):
        _, block = run(data, chance=chance)
        places = of(block)
        returned = places.returned > 1e-9
        for name in ("waiting", "interim", "to_waiting", "to_interim", "independent", "stayed"):
            assert getattr(places, name)[returned].max(initial=0.0) < 1e-9, name


@few
@given(data=scenarios())
def test_with_chance_on_stocks_and_flows_are_whole_children(data: dict[str, Any]) -> None:
    _, block = run(data, chance=True)
    places, cohort = of(block), block.cohort
    assert cohort is not None
    assert block.final_state is not None
    for name in (*FLOWS, *SEEKING):
        values = getattr(places, name)
        assert (values == np.round(values)).all(), name
        assert values.min() >= 0, name
    assert (block.final_state.plans == np.round(block.final_state.plans)).all()
    assert (cohort.by_setting == np.round(cohort.by_setting)).all()


@few
@given(data=scenarios())
def test_where_flows_do_not_depend_on_places_there_are_as_many_plans_without_them(
    data: dict[str, Any],
) -> None:
    """Nobody ceases or leaves: limits on places move people about and change no number of plans."""
    data["rates"].update(NOBODY_LEAVES)
    _, limited = run(data, chance=False)
    _, free = run({key: data[key] for key in data if key != "places"}, chance=False)
    assert limited.cohort is not None
    assert free.cohort is not None
    for series in ("by_age_group", "by_need"):
        one, other = getattr(limited.cohort, series), getattr(free.cohort, series)
        assert np.allclose(one, other, rtol=0, atol=1e-9)


def test_switched_off_gives_the_run_without_places() -> None:
    data = means_scenario([])
    without = {key: data[key] for key in data if key != "places"}
    off = run({**data, "switched_off": ["places"]}, chance=True)[1].cohort
    plain = run(without, chance=True)[1].cohort
    assert off is not None
    assert plain is not None
    assert off.by_setting.tobytes() == plain.by_setting.tobytes()


# ---------------------------------------------------------------- means


def means_scenario(
    openings: list[dict[str, Any]], places: int = 400, **rules: Any
) -> dict[str, Any]:
    """Plain inputs only, so that chance is all that moves: 300 plans, five in special schools."""
    return head(
        plans={
            "counted": "2023-01",
            "total": 300,
            "age_groups": {"5_to_10": 150, "11_to_15": 150},
            "settings": {"mainstream": 285, "independent_special_day": 10, "state_special": 5},
        },
        rates={"to_state_special": 4},
        moved_in={"plans_a_year": 40},
        places={
            "groups": [
                {
                    "id": "special",
                    "title": "Special",
                    "setting": "state_special",
                    "ages": [4, 19],
                    "return_share_a_year": 0.5,
                    "settled_return_share_a_year": 0.1,
                    "schools": [school("one", places, openings=openings)],
                }
            ],
            "overflow": {"independent": 0.25, "interim": 0.15, "waiting": 0.6},
            **rules,
        },
    )


DRAWS = 1_024


@pytest.mark.parametrize("full", [False, True])
def test_means_over_chance_are_the_expected_run(full: bool) -> None:
    """1,024 draws within 4.5 standard errors, where expected values are exact: no limit binds, or
    everybody waits until an opening that the waiting list fills (then 0.1 of a plan besides, for
    the ages of those placed)."""
    opening = [{"id": "o", "title": "O", "start": "2024-04", "places": 35}]
    data = means_scenario(opening, 0) if full else means_scenario([], 400)
    prepared = prepare(read(data))
    expected = forecast(prepared, {}, 0, 1, seed=3, chance=False)
    blocks = [forecast(prepared, {}, first, 64, seed=3) for first in range(0, DRAWS, 64)]
    slack = 0.1 if full else 1e-9
    months = [4, 5, 11, 12, 13, 17, 23]
    checked = 0
    for name in ("waiting", "interim", "overflow", "own"):
        due = getattr(of(expected), name)[0, months, 0]
        drawn = np.concatenate([getattr(of(block), name)[0] for block in blocks], axis=-1)[months]
        error = drawn.std(axis=-1) / np.sqrt(DRAWS)
        assert (np.abs(drawn.mean(axis=-1) - due) <= 4.5 * error + slack).all(), name
        checked += int((due > 1).sum())
    assert checked >= (12 if full else 7)
    for total in ("asked", "placed", "returned", "from_waiting", "independent"):
        due = float(getattr(of(expected), total).sum(axis=(0, 1))[0])
        drawn = np.concatenate(
            [getattr(of(block), total).sum(axis=(0, 1)) for block in blocks], axis=-1
        )
        assert abs(drawn.mean() - due) <= 4.5 * drawn.std() / np.sqrt(DRAWS) + slack, total
    by_setting = np.concatenate([b.cohort.by_setting for b in blocks if b.cohort], axis=-1)
    assert expected.cohort is not None
    due_setting = expected.cohort.by_setting[..., 0]
    error = by_setting.std(axis=-1) / np.sqrt(DRAWS)
    assert (
        np.abs(by_setting.mean(axis=-1) - due_setting)[months] <= 4.5 * error[months] + slack
    ).all()


# ---------------------------------------------------------------- a later opening


BASE, OPENS = 25, 17


def priced_scenario(
    places: int, fee: float, top_up: float, rate: float, waiting: float, shares: dict[str, float],
    payer: str, tilt: Any,
) -> dict[str, Any]:  # fmt: skip
    """Nobody leaves; 25 places, soon full, and `places` more from September 2024 for a long list of
    those in want. Places are limited from April 2023: pupils come in unlimited before."""
    more = {"id": "opening", "title": "Opening", "start": "2024-09", "places": BASE + places}
    data = means_scenario([more], BASE)
    data["horizon"]["last_year"] = "2025-26"
    del data["moved_in"]
    data["plans"]["settings"] = {"mainstream": 300}
    data["rates"] = {
        **NOBODY_LEAVES,
        "to_state_special": tilt,
        "to_independent": 0,
        "to_post_16": 0,
        "to_other": 0,
        "other_moves": 0,
    }
    group = data["places"]["groups"][0]
    group["return_share_a_year"] = 1
    group["ages"] = [4, 21]
    group["schools"][0].update(place_rate_gbp=rate, paid_by=payer)
    data["places"]["overflow"] = shares

    def driver(name: str, setting: str, cost: float, *standings: str) -> dict[str, Any]:
        return {
            "kind": "plans",
            "id": name,
            "title": name,
            "s251": "1.2.3",
            "settings": [setting],
            "standings": list(standings),
            "annual_cost_gbp": cost,
        }

    drivers = [
        driver("fees", "independent_special_day", fee),
        driver("top_up", "state_special", top_up),
        driver("waiting", "mainstream", waiting, "waiting"),
        {"kind": "added_places", "id": "places", "title": "Places", "s251": "1.0.2"},
    ]
    data["funding"] = {
        "price_base": "2023-24",
        "lines": [{"id": "all", "title": "All", "anchor": "none", "drivers": drivers}],
    }
    return data


DELAY = "places.groups[special].schools[one].openings[opening].delay_months"


def cost_of_delays(data: dict[str, Any], delays: list[float]) -> tuple[np.ndarray, np.ndarray]:
    """Cost to the DSG, spending and deductions, over the horizon (delay, draw), and the most places
    free in any month from the one before the opening on."""
    prepared = prepare(read(data))
    anchors = anchor_lines(prepared)
    costs, free = [], []
    for delay in delays:
        block = forecast(prepared, anchors, 0, 64, seed=3, chance=False, overrides={DELAY: delay})
        assert block.spending is not None
        assert block.department_places is not None
        spent = by_year(block.spending.by_line).sum(axis=(0, 1))
        costs.append(spent + block.department_places.sum(axis=0))
        places = of(block)
        free.append((places.commissioned - places.own)[0, OPENS - 1 :].max())
    return np.array(costs), np.array(free)


@few
@given(
    places=st.integers(1, 8),
    top_up=st.integers(0, 20_000),
    rate=st.integers(1_000, 20_000),
    over=st.integers(1, 40_000),
    shares=st.sampled_from(
        [{"independent": 1}, {"waiting": 1}, {"independent": 0.4, "waiting": 0.6}]
    ),
    payer=st.sampled_from(["authority", "department"]),
    delays=st.lists(st.floats(0, 18), min_size=2, max_size=3),
)
def test_a_later_opening_never_costs_less_where_want_fills_it_and_elsewhere_is_dearer(
    places: int, top_up: int, rate: int, over: int, shares: dict[str, float], payer: str,
    delays: list[float],
) -> None:  # fmt: skip
    """Independent fees and support while waiting cost more than place and top-up: each later month costs."""
    dear = top_up + rate + over
    data = priced_scenario(places, dear, top_up, rate, dear, shares, payer, {"uniform": [3, 6]})
    costs, free = cost_of_delays(data, sorted(delays))
    assert free.max() < 1e-9, "every place is filled from the first day"
    assert (np.diff(costs, axis=0) >= -1e-6).all()
    months = np.diff(np.floor(np.sort(delays) + 0.5))
    due = months * places * over / 12
    assert np.allclose(np.diff(costs, axis=0), due[:, None], rtol=1e-9, atol=1e-4)


@pytest.mark.parametrize(
    ("waiting", "tilt", "places"),
    [
        # Support in mainstream while waiting costs less than a place and its top-up.
        (6_000, 5, 5),
        # Waiting costs more, but half of the places stay empty and are paid all the same.
        (40_000, 0.2, 200),
    ],
)
def test_a_later_opening_can_cost_less(waiting: float, tilt: float, places: int) -> None:
    """The converse: where those in want are cheap, or too few, delay saves money."""
    data = priced_scenario(
        places, 50_000, 15_000, 10_000, waiting, {"waiting": 1}, "authority", tilt
    )
    costs, free = cost_of_delays(data, [0, 12])
    assert (costs[1] < costs[0] - 1_000).all()
    assert (free.max() < 1e-9) == (waiting == 6_000)


def test_when_places_open_the_waiting_are_placed_first_and_returns_follow() -> None:
    """The first opening takes from the waiting list only; the second empties it, and some come back."""
    opening = [
        {"id": "first", "title": "First", "start": "2024-01", "places": 30},
        {"id": "second", "title": "Second", "start": "2024-09", "places": 300},
    ]
    data = means_scenario(opening, 0, overflow={"independent": 0.5, "waiting": 0.5})
    _, block = run(data, chance=True)
    places = of(block)
    january, september = 9, 17
    assert not came(places)[:, :january].any()
    waited = places.waiting[0, january - 1]
    assert (waited > 15).all()
    placed = 30 - places.own[0, january - 1]
    assert (places.own[0, january] == 30).all()
    # Some in place left in the month and made room for one more each.
    assert (places.from_waiting[0, january] >= placed).all()
    assert (places.from_waiting[0, january] <= placed + 4).all()
    assert not places.placed[0, january].any(), "new demand comes after those waiting"
    assert not places.returned[:, :september].any()
    assert (places.waiting[0, september - 1] > 10).all()
    assert (places.waiting[0, september] == 0).all()
    assert places.returned[0, september].mean() > 0.5
    assert (places.overflow[0, september] > 0).all(), "not all of them ask to come back at once"


def test_the_same_places_split_among_schools_place_the_same_children() -> None:
    """Two schools of one group are one place to go: splitting eight places changes nothing."""
    whole = means_scenario([], 8)
    parts = means_scenario([], 8)
    parts["places"]["groups"][0]["schools"] = [school("one", 3), school("two", 5)]
    one, two = run(whole, chance=True)[1], run(parts, chance=True)[1]
    assert one.final_state is not None
    assert two.final_state is not None
    assert one.final_state.plans.tobytes() == two.final_state.plans.tobytes()
