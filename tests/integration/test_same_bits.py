"""Same bits whatever the workers, the number of draws, or what else is switched on (design 7).

"Random numbers are counter-based ... so that more draws, other workers or a mechanism switched off
leave the rest as it was." Compared bit for bit on the whole North Somerset scenario.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from model.cohort.state import CohortState
from model.draws import Draws, Override, central, sample
from model.forecast import (
    BLOCK_WIDTH,
    BlockResult,
    LaterStart,
    anchor_lines,
    forecast,
    forecast_central,
)
from model.funding.anchoring import Anchor
from model.month import advance
from model.prepared import Prepared, prepare
from model.results import Results
from model.run import run
from model.scenario.demand_schema import Reviews
from model.scenario.inputs import inputs
from model.scenario.load import LoadedScenario, load
from model.scenario.numbers import Quantity, Yearly
from model.scenario.plans_schema import MovedIn, NewPlans, Rates
from model.scenario.schema import Horizon, Scenario

pytestmark = pytest.mark.integration

MECHANISMS = ("requests", "pool", "reviews", "places", "nurture_effect", "rebanding")
FILE = Path(__file__).resolve().parents[2] / "scenarios" / "north_somerset_2023.yaml"


@pytest.fixture(scope="module")
def loaded() -> LoadedScenario:
    return load(FILE)


@pytest.fixture(scope="module")
def results(loaded: LoadedScenario) -> Results:
    """1,000 draws by two workers."""
    return run(loaded, draws=1000, jobs=2)


@pytest.fixture(scope="module")
def prepared(loaded: LoadedScenario) -> Prepared:
    return prepare(loaded)


@pytest.fixture(scope="module")
def anchors(prepared: Prepared) -> dict[str, Anchor]:
    return anchor_lines(prepared)


def same(one: np.ndarray, other: np.ndarray) -> bool:
    """Every bit: NaN where NaN, and no tolerance."""
    return one.shape == other.shape and one.tobytes() == other.tobytes()


def every_series(part: object, name: str = "") -> Iterator[tuple[str, np.ndarray]]:
    """Every array that a block keeps, by its name: months, spending, account, views, caseload."""
    if isinstance(part, np.ndarray):
        yield name, part
    elif isinstance(part, dict):
        for key, value in part.items():
            yield from every_series(value, f"{name}.{key}")
    elif is_dataclass(part) and not isinstance(part, Draws):
        for item in fields(part):
            yield from every_series(getattr(part, item.name), f"{name}.{item.name}")


def assert_same_block(one: BlockResult, other: BlockResult) -> None:
    """Everything that two blocks keep has the same bits."""
    found, due = dict(every_series(one)), dict(every_series(other))
    assert set(found) == set(due)
    assert len(due) >= 50
    for name, values in due.items():
        assert same(found[name], values), name
    assert one.gaps == other.gaps


def with_changes(loaded: LoadedScenario, **changes: object) -> LoadedScenario:
    """The scenario with sections changed."""
    return replace(loaded, scenario=loaded.scenario.model_copy(update=changes))


def assert_same_series(one: xr.Dataset, other: xr.Dataset) -> None:
    assert set(one.variables) == set(other.variables)
    for name in one.data_vars:
        assert same(one[name].to_numpy(), other[name].to_numpy()), name


# ---------------------------------------------------------------- workers and numbers of draws


def test_one_worker_and_two_give_the_same_bits(loaded: LoadedScenario, results: Results) -> None:
    """`--jobs` only hands out blocks: every series, input and total has the same bits."""
    alone = run(loaded, draws=1000, jobs=1)
    assert_same_series(alone.draws, results.draws)
    assert_same_series(alone.central, results.central)
    assert alone.cross is not None
    assert results.cross is not None
    assert_same_series(alone.cross, results.cross)
    assert set(alone.inputs) == set(results.inputs)
    for path, values in alone.inputs.items():
        assert same(values, results.inputs[path]), path
    assert alone.gaps == results.gaps


def test_600_draws_are_the_first_600_of_1000(loaded: LoadedScenario, results: Results) -> None:
    """More draws leave the earlier ones as they were; 600 fills no whole number of blocks."""
    assert 600 % BLOCK_WIDTH
    fewer = run(loaded, draws=600, jobs=2)
    assert_same_series(fewer.draws, results.draws.isel(draw=slice(0, 600)))
    for path, values in fewer.inputs.items():
        assert same(values, np.ascontiguousarray(results.inputs[path][..., :600])), path


def test_a_single_draw_is_the_first(loaded: LoadedScenario, results: Results) -> None:
    assert_same_series(run(loaded, draws=1, jobs=2).draws, results.draws.isel(draw=slice(0, 1)))


def test_draws_differ_and_so_do_seeds(loaded: LoadedScenario, results: Results) -> None:
    """The promise of same bits is worth nothing if every draw is the same."""
    plans = results.draws["plans"].to_numpy()[-1]
    assert len(np.unique(plans)) > 100
    other = run(loaded, draws=64, seed=0)
    assert (other.draws["plans"].to_numpy()[-1] != plans[:64]).mean() > 0.9


def test_blocks_out_of_step_are_refused(prepared: Prepared, anchors: dict[str, Anchor]) -> None:
    for first, used in ((1, 64), (0, 65), (0, 0)):
        with pytest.raises(ValueError, match="block"):
            forecast(prepared, anchors, first, used, seed=1)


# ---------------------------------------------------------------- something switched off


def sampled_inputs(loaded: LoadedScenario, **changes: object) -> dict[str, np.ndarray]:
    scenario = loaded.scenario.model_copy(update=changes)
    return sample(scenario, 1, 0, BLOCK_WIDTH).sampled


@pytest.mark.parametrize(
    ("section", "changes"),
    [
        ("moved_in", {"moved_in": None}),
        ("new_plans", {"new_plans": None}),
        ("trajectory", {"trajectory": None}),
        ("mitigations", {"mitigations": []}),
        ("nurture_groups", {"nurture_groups": []}),
        ("requests", {"requests": None}),
        ("pool", {"pool": None}),
        ("reviews", {"reviews": None}),
        ("places", {"places": None}),
        ("nurture_effect", {"nurture_effect": None}),
    ],
)
def test_a_section_switched_off_leaves_the_other_inputs(
    loaded: LoadedScenario, section: str, changes: dict[str, object]
) -> None:
    """Each input has a stream of its own, keyed by its path."""
    whole, less = sampled_inputs(loaded), sampled_inputs(loaded, **changes)
    assert len(whole) > 25
    assert {path for path in whole if not path.startswith(section)} == set(less)
    for path, values in less.items():
        assert same(values, whole[path]), path


def test_lines_in_another_order_have_the_same_inputs(loaded: LoadedScenario) -> None:
    """Streams are keyed by list id, not by position."""
    funding = loaded.scenario.funding
    assert funding is not None
    turned = funding.model_copy(
        update={"lines": funding.lines[::-1], "inflation": funding.inflation[::-1]}
    )
    whole, other = sampled_inputs(loaded), sampled_inputs(loaded, funding=turned)
    correlated = {name for item in loaded.scenario.correlations for name in item.between}
    assert set(whole) == set(other)
    for path in set(whole) - correlated:
        assert same(whole[path], other[path]), path


def test_arrivals_switched_off_leave_new_plans_and_the_opening(
    loaded: LoadedScenario, results: Results
) -> None:
    """Without plans moving in, the same plans open and the same new plans join, draw by draw.

    Setting by setting where nobody competes for places; where places are limited arrivals take some,
    and new plans are the same in all.
    """
    less = run(with_changes(loaded, moved_in=None), draws=128)
    new = results.draws["flows"].sel(flow="new").isel(draw=slice(0, 128))
    found = less.draws["flows"].sel(flow="new")
    assert same(found.sum("setting").to_numpy(), new.sum("setting").to_numpy())
    assert (less.draws["flows"].sel(flow="moved_in") == 0.0).all()
    assert (results.draws["flows"].sel(flow="moved_in").sum("setting") > 0.0).any()
    free = with_changes(loaded, switched_off=["places"])
    whole = run(free, draws=128).draws
    less = run(with_changes(free, moved_in=None), draws=128)
    found = less.draws["flows"].sel(flow="new")
    assert same(found.to_numpy(), whole["flows"].sel(flow="new").to_numpy())
    opening = less.draws["plans_by_setting"].isel(date=0)
    assert (opening.sum("setting") <= whole["plans_by_setting"].isel(date=0).sum("setting")).all()


def test_streams_of_chance_do_not_echo_each_other(loaded: LoadedScenario) -> None:
    """With inputs certain, new plans, arrivals and leavers of the first months are unrelated.

    1,024 draws; correlations within 5 sigma of nil. One key used for two purposes would show.
    """
    scenario = loaded.scenario
    assert scenario.new_plans is not None
    assert scenario.moved_in is not None
    certain = scenario.model_copy(
        update={
            "new_plans": NewPlans.model_validate({"base_year": 2022, "plans_in_base_year": 60}),
            "moved_in": MovedIn.model_validate({"plans_a_year": 60}),
            "rates": Rates(),
            "switched_off": list(MECHANISMS),
        }
    )
    drawn = run(replace(loaded, scenario=certain), draws=1024, jobs=2).draws["flows"]
    first = drawn.isel(year=0).sum("setting")
    names = ["new", "moved_in", "ceased", "moved_out"]
    flows = np.array([first.sel(flow=name).to_numpy() for name in names])
    assert (flows.std(axis=1) > 2).all()
    # Leavers compete for the same plans, but few enough leave for that not to show.
    assert np.abs(np.corrcoef(flows) - np.eye(4)).max() < 5 / np.sqrt(1024)


def test_streams_of_mechanisms_do_not_echo_each_other(loaded: LoadedScenario) -> None:
    """With inputs certain and everything on, what each stream decides is unrelated to the others.

    1,024 draws; correlations within 5 sigma of nil.
    """
    certain = with_changes(loaded, correlations=[])
    overrides = central_numbers(central(loaded.scenario), loaded)
    prepared = prepare(certain)
    anchors = anchor_lines(prepared)
    rows = []
    for first in range(0, 1024, BLOCK_WIDTH):
        block = forecast(prepared, anchors, first, seed=4, overrides=overrides)
        demand, cohort = block.months.demand, block.cohort
        assert demand is not None
        assert cohort is not None
        flows = [cohort.flows[name] for name in ("moved_in", "ceased", "moved_out")]
        parts = [demand.requests.sum(axis=1), demand.pool_left, *(f.sum(axis=1) for f in flows)]
        rows.append(np.stack([part[:12].sum(axis=0) for part in parts]))
    values = np.concatenate(rows, axis=1)
    assert (values.std(axis=1) > 2).all()
    assert np.abs(np.corrcoef(values) - np.eye(len(values))).max() < 5 / np.sqrt(1024)


def test_tracking_prices_leaves_the_cohort(loaded: LoadedScenario, results: Results) -> None:
    """Prices do not touch people: without entry prices nobody else opens, joins or stays on average.

    Splitting a setting gives its existing placements random numbers of their own, so opening and
    new plans are compared bit for bit, and plans at the end in the mean (5 sigma).
    """
    funding = loaded.scenario.funding
    assert funding is not None
    lines = [
        line.model_copy(
            update={
                "drivers": [
                    driver.model_copy(update={"entry_cost_gbp": None})
                    if driver.kind == "plans"
                    else driver
                    for driver in line.drivers
                ]
            }
        )
        for line in funding.lines
    ]
    # Mitigations of entry prices would have nothing to change.
    untracked = {"funding": funding.model_copy(update={"lines": lines}), "mitigations": []}
    assert not prepare(with_changes(loaded, **untracked)).placements.tracked
    for off in ([], ["places"]):
        flat = run(with_changes(loaded, **untracked, switched_off=off), draws=256)
        first = results.draws.isel(draw=slice(0, 256))
        if off:
            first = run(with_changes(loaded, switched_off=off), draws=256).draws
        assert same(
            flat.draws["plans"].isel(point=0).to_numpy(), first["plans"].isel(point=0).to_numpy()
        )
        new, due = flat.draws["flows"].sel(flow="new"), first["flows"].sel(flow="new")
        if off:
            assert same(new.to_numpy(), np.ascontiguousarray(due.to_numpy()))
        # Who is placed where depends on who is there; that somebody joins does not.
        assert same(new.sum("setting").to_numpy(), due.sum("setting").to_numpy())
        gap = (flat.draws["plans"] - first["plans"]).isel(point=-1)
        assert abs(float(gap.mean())) < 5 * max(float(gap.std()), 1e-9) / 16


# ---------------------------------------------------------------- starting later

CUT = 24
"""April of the third year."""


def cohort_series(block: BlockResult) -> Iterator[tuple[str, np.ndarray]]:
    """Monthly series from the cut on."""
    cohort = block.cohort
    assert cohort is not None
    yield "by_setting", cohort.by_setting[CUT:]
    yield "by_age_group", cohort.by_age_group[CUT:]
    yield "by_need", cohort.by_need[CUT:]
    yield "volumes", cohort.volumes[:, CUT:]
    for name, flow in cohort.flows.items():
        yield name, flow[CUT:]


def other_series(block: BlockResult) -> Iterator[tuple[str, np.ndarray]]:
    """Monthly series of demand, reviews and places from the cut on."""
    demand, reviews, places = block.months.demand, block.months.reviews, block.months.places
    assert demand is not None
    assert reviews is not None
    assert places is not None
    for name, values in every_series(demand):
        by_kind = name in (".pool_pupils", ".locums")
        yield f"demand{name}", values[:, CUT:] if by_kind else values[CUT:]
    for name, values in every_series(reviews):
        yield f"reviews{name}", values[CUT:]
    for name, values in every_series(places):
        yield f"places{name}", values[:, CUT:]


def same_state(one: CohortState, other: CohortState) -> bool:
    found, due = dict(every_series(one)), dict(every_series(other))
    return set(found) == set(due) and all(same(found[name], due[name]) for name in due)


def state_at_cut(
    prepared: Prepared,
    anchors: dict[str, Anchor],
    monkeypatch: pytest.MonkeyPatch,
    *,
    chance: bool,
) -> tuple[BlockResult, CohortState]:
    """The whole run, and the state it went through at the cut."""
    found = {}

    def watched(
        state: CohortState, flows: object, inputs: object, month: int, work: object
    ) -> None:
        advance(state, flows, inputs, month, work)
        if month == CUT - 1:
            found["state"] = state.copy()

    with monkeypatch.context() as patch:
        patch.setattr("model.forecast.advance", watched)
        whole = forecast(prepared, anchors, 64, seed=9, chance=chance)
    return whole, found["state"]


@pytest.mark.parametrize("chance", [True, False])
def test_a_later_start_goes_on_as_the_whole_run_did(
    prepared: Prepared,
    anchors: dict[str, Anchor],
    monkeypatch: pytest.MonkeyPatch,
    chance: bool,
) -> None:
    """`start=` a later month and its state: the same series from there on, bit for bit.

    With every mechanism on: requests, queue, pool, places and reviews go on from the state too.
    """
    whole, state = state_at_cut(prepared, anchors, monkeypatch, chance=chance)
    kept = state.copy()
    assert state.demand is not None
    assert state.demand.queue.sum() > 0
    later = forecast(prepared, anchors, 64, seed=9, chance=chance, start=LaterStart(CUT, state))
    assert later.start_month == CUT
    assert same_state(state, kept)
    for series in (cohort_series, other_series):
        for (name, one), (_, other) in zip(series(whole), series(later), strict=True):
            assert same(np.ascontiguousarray(one), np.ascontiguousarray(other)), name
    assert whole.final_state is not None
    assert later.final_state is not None
    assert same_state(whole.final_state, later.final_state)
    for name, gap in later.gaps.items():
        assert gap < (1e-9 if name.startswith("plans") else 1e-6), name


@pytest.mark.parametrize("chance", [True, False])
@pytest.mark.parametrize("off", [["rebanding"], []])
def test_a_later_start_spends_what_the_whole_run_did(
    loaded: LoadedScenario, monkeypatch: pytest.MonkeyPatch, off: list[str], chance: bool
) -> None:
    """Spending of every line, driver and mitigation from the cut on, bit for bit."""
    prepared = prepare(with_changes(loaded, switched_off=off))
    anchors = anchor_lines(prepared)
    whole, state = state_at_cut(prepared, anchors, monkeypatch, chance=chance)
    assert whole.spending is not None
    start = LaterStart(CUT, state, whole.spending.band_scales)
    later = forecast(prepared, anchors, 64, seed=9, chance=chance, start=start)
    assert later.spending is not None
    for name in ("by_line", "mitigation"):
        one, other = getattr(whole.spending, name), getattr(later.spending, name)
        assert same(one[:, CUT:].copy(), other[:, CUT:].copy()), name
    for name in ("by_driver", "plan_years"):
        one, other = getattr(whole.spending, name), getattr(later.spending, name)
        assert same(one[:, CUT // 12 :].copy(), other[:, CUT // 12 :].copy()), name
    assert same(
        whole.spending.general_fund[CUT // 12 :].copy(),
        later.spending.general_fund[CUT // 12 :].copy(),
    )


@pytest.mark.parametrize("chance", [True, False])
@pytest.mark.parametrize(
    "off",
    [
        list(MECHANISMS),
        [],
    ],
)
def test_a_shorter_forecast_can_be_gone_on_from(
    loaded: LoadedScenario, off: list[str], chance: bool
) -> None:
    """The state at the cut from a forecast whose horizon ends there starts the longer one."""
    whole_case = with_changes(loaded, switched_off=off)
    prepared = prepare(whole_case)
    anchors = anchor_lines(prepared)
    first = loaded.scenario.horizon.first_year
    horizon = Horizon.model_construct(first_year=first, last_year=first + 1)
    short = prepare(with_changes(whole_case, horizon=horizon))
    end = forecast(short, anchors, 64, seed=9, chance=chance).end
    assert end.month == CUT
    whole = forecast(prepared, anchors, 64, seed=9, chance=chance)
    later = forecast(prepared, anchors, 64, seed=9, chance=chance, start=end)
    assert whole.spending is not None
    assert later.spending is not None
    assert same(
        whole.spending.by_line[:, CUT:].copy(),
        later.spending.by_line[:, CUT:].copy(),
    )
    for (name, one), (_, other) in zip(cohort_series(whole), cohort_series(later), strict=True):
        assert same(np.ascontiguousarray(one), np.ascontiguousarray(other)), name
    assert whole.final_state is not None
    assert later.final_state is not None
    assert same_state(whole.final_state, later.final_state)


# ---------------------------------------------------------------- mechanisms switched off


def without(scenario: Scenario, mechanism: str) -> dict[str, object]:
    """The changes that take a mechanism's section out of a scenario."""
    if mechanism == "rebanding":
        assert scenario.funding is not None
        return {"funding": scenario.funding.model_copy(update={"rebandings": []})}
    return {mechanism: None}


@pytest.fixture(scope="module")
def active(loaded: LoadedScenario) -> LoadedScenario:
    """North Somerset with reviews that end plans, so that every mechanism does something."""
    reviews = Reviews.model_validate({"completed_share": 0.8, "ceased_share": 0.03})
    return with_changes(loaded, reviews=reviews)


UNTOUCHED = {
    "requests": (),
    "pool": (),
    "reviews": ("demand",),
    "places": ("demand",),
    "nurture_effect": (),
    "rebanding": ("demand", "cohort", "places", "reviews", "averted"),
}
"""Series of the months that a mechanism does not reach at all."""


@pytest.mark.parametrize("chance", [True, False])
@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_a_mechanism_switched_off_is_a_scenario_without_it(
    active: LoadedScenario, mechanism: str, chance: bool
) -> None:
    """`switched_off` gives every series of the scenario without that section, bit for bit."""
    off = prepare(with_changes(active, switched_off=[mechanism]))
    absent = prepare(with_changes(active, **without(active.scenario, mechanism)))
    anchors = anchor_lines(off)
    assert anchors == anchor_lines(absent)
    switched = forecast(off, anchors, 64, seed=3, chance=chance)
    assert_same_block(switched, forecast(absent, anchors, 64, seed=3, chance=chance))
    # It is no trifle: with the mechanism on, other pounds are spent.
    whole = forecast(prepare(active), anchors, 64, seed=3, chance=chance)
    assert whole.spending is not None
    assert switched.spending is not None
    assert np.abs(whole.spending.by_line - switched.spending.by_line).max() > 1.0
    for name in UNTOUCHED[mechanism]:
        found = dict(every_series(getattr(switched.months, name)))
        due = dict(every_series(getattr(whole.months, name)))
        assert set(found) == set(due)
        assert due
        for series, values in due.items():
            assert same(found[series], values), (name, series)


@pytest.mark.parametrize("chance", [True, False])
def test_everything_switched_off_is_the_simple_cohort(active: LoadedScenario, chance: bool) -> None:
    """All six off at once: the scenario of plans, joiners, rates and money alone."""
    changes: dict[str, object] = {}
    for mechanism in MECHANISMS:
        changes.update(without(active.scenario, mechanism))
    off = prepare(with_changes(active, switched_off=list(MECHANISMS)))
    absent = prepare(with_changes(active, **changes))
    anchors = anchor_lines(off)
    assert anchors == anchor_lines(absent)
    one, other = (forecast(case, anchors, 0, seed=3, chance=chance) for case in (off, absent))
    assert one.months.demand is None
    assert one.months.places is None
    assert_same_block(one, other)


@pytest.mark.parametrize("chance", [True, False])
def test_an_order_of_mechanisms_does_not_matter(active: LoadedScenario, chance: bool) -> None:
    """Streams are keyed by purpose: naming what is off in another order changes no bit."""
    some = ["pool", "places", "rebanding"]
    one, other = (prepare(with_changes(active, switched_off=order)) for order in (some, some[::-1]))
    anchors = anchor_lines(one)
    assert_same_block(
        forecast(one, anchors, 0, seed=3, chance=chance),
        forecast(other, anchors, 0, seed=3, chance=chance),
    )


# ---------------------------------------------------------------- the central run


def test_the_central_run_is_every_draw_without_chance_or_doubt(
    loaded: LoadedScenario, prepared: Prepared, anchors: dict[str, Anchor]
) -> None:
    """Every input fixed at its central value and chance off: each draw is the central run."""
    values: Draws = central(loaded.scenario)
    certain = loaded.scenario.model_copy(update={"correlations": []})
    overrides = central_numbers(values, loaded)
    other = prepare(replace(loaded, scenario=certain))
    block = forecast(other, anchors, 0, 64, seed=1, chance=False, overrides=overrides)
    central_block = forecast_central(other, anchors, overrides=overrides)
    assert block.views is not None
    assert central_block.views is not None
    for name in ("with_support", "without_support", "in_year"):
        found, due = getattr(block.views, name), getattr(central_block.views, name)
        assert np.allclose(found, due, rtol=1e-12, atol=1e-6), name
    assert block.cohort is not None
    assert (block.cohort.by_setting == block.cohort.by_setting[..., :1]).all()


def central_numbers(values: Draws, loaded: LoadedScenario) -> dict[str, Override]:
    """The central value of each uncertain input: one number (a year's, the last one's), or shares."""
    numbers: dict[str, Override] = {}
    for item in inputs(loaded.scenario):
        if item.figure.certain:
            continue
        if isinstance(item.figure, Quantity):
            numbers[item.path] = float(values.of(item.figure)[0])
        elif isinstance(item.figure, Yearly):
            numbers[item.path] = float(values.by_year(item.figure)[-1, 0])
        else:
            shares = values.shares(item.figure).items()
            numbers[item.path] = tuple((name, float(share[0])) for name, share in shares)
    return numbers
