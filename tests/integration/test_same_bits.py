"""Same bits whatever the workers, the number of draws, or what else is switched on (design 7).

"Random numbers are counter-based ... so that more draws, other workers or a mechanism switched off
leave the rest as it was." Compared bit for bit on the whole North Somerset scenario.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from model.cohort.state import CohortState
from model.draws import Draws, central, sample
from model.forecast import BLOCK_WIDTH, BlockResult, anchor_lines, forecast, forecast_central
from model.funding.anchoring import Anchor
from model.mechanisms import Mechanisms
from model.prepared import Prepared, prepare
from model.provision.places import PlaceRequests
from model.results import Results
from model.run import run
from model.scenario.load import LoadedScenario, load
from model.scenario.plans_schema import MovedIn, NewPlans, Rates
from model.scenario.schema import Horizon

pytestmark = pytest.mark.integration

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
    """Without plans moving in, the same plans open and the same new plans join, draw by draw."""
    other = replace(loaded, scenario=loaded.scenario.model_copy(update={"moved_in": None}))
    less = run(other, draws=128)
    new = results.draws["flows"].sel(flow="new").isel(draw=slice(0, 128))
    assert same(less.draws["flows"].sel(flow="new").to_numpy(), new.to_numpy())
    assert (less.draws["flows"].sel(flow="moved_in") == 0.0).all()
    assert (results.draws["flows"].sel(flow="moved_in").sum("setting") > 0.0).any()


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
        }
    )
    drawn = run(replace(loaded, scenario=certain), draws=1024, jobs=2).draws["flows"]
    first = drawn.isel(year=0).sum("setting")
    names = ["new", "moved_in", "ceased", "moved_out"]
    flows = np.array([first.sel(flow=name).to_numpy() for name in names])
    assert (flows.std(axis=1) > 2).all()
    # Leavers compete for the same plans, but few enough leave for that not to show.
    assert np.abs(np.corrcoef(flows) - np.eye(4)).max() < 5 / np.sqrt(1024)


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
    scenario = loaded.scenario.model_copy(
        update={"funding": funding.model_copy(update={"lines": lines})}
    )
    assert not prepare(replace(loaded, scenario=scenario)).placements.tracked
    flat = run(replace(loaded, scenario=scenario), draws=256)
    first = results.draws.isel(draw=slice(0, 256))
    assert same(
        flat.draws["plans"].isel(point=0).to_numpy(), first["plans"].isel(point=0).to_numpy()
    )
    assert same(
        flat.draws["flows"].sel(flow="new").to_numpy(),
        np.ascontiguousarray(first["flows"].sel(flow="new").to_numpy()),
    )
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


def state_at_cut(
    loaded: LoadedScenario, anchors: dict[str, Anchor], *, chance: bool
) -> CohortState:
    """The state at the cut, from a forecast whose horizon ends there."""
    horizon = loaded.scenario.horizon
    first = horizon.first_year
    short = loaded.scenario.model_copy(
        update={"horizon": Horizon.model_construct(first_year=first, last_year=first + 1)}
    )
    block = forecast(prepare(replace(loaded, scenario=short)), anchors, 64, seed=9, chance=chance)
    assert block.final_state is not None
    return block.final_state


@pytest.mark.parametrize("chance", [True, False])
def test_a_later_start_goes_on_as_the_whole_run_did(
    loaded: LoadedScenario, prepared: Prepared, anchors: dict[str, Anchor], chance: bool
) -> None:
    """`start=` a later month and its state: the same series from there on, bit for bit."""
    whole = forecast(prepared, anchors, 64, seed=9, chance=chance)
    state = state_at_cut(loaded, anchors, chance=chance)
    kept = state.copy()
    later = forecast(prepared, anchors, 64, seed=9, chance=chance, start=(CUT, state))
    assert later.start_month == CUT
    assert (state.plans == kept.plans).all()
    for (name, one), (_, other) in zip(cohort_series(whole), cohort_series(later), strict=True):
        assert same(np.ascontiguousarray(one), np.ascontiguousarray(other)), name
    assert whole.final_state is not None
    assert later.final_state is not None
    assert (whole.final_state.plans == later.final_state.plans).all()
    assert later.gaps["plans: opening + flows = closing"] < 1e-9


# ---------------------------------------------------------------- mechanisms exchanged


def refuse_moves(requests: PlaceRequests, state: CohortState, month: int) -> PlaceRequests:
    """No school has a place for anybody who is somewhere already."""
    return PlaceRequests(
        phase_transfers=np.zeros_like(requests.phase_transfers),
        in_year_moves=np.zeros_like(requests.in_year_moves),
        joiners=requests.joiners,
    )


def refuse_everybody(requests: PlaceRequests, state: CohortState, month: int) -> PlaceRequests:
    return replace(refuse_moves(requests, state, month), joiners=np.zeros_like(requests.joiners))


@pytest.mark.parametrize("chance", [True, False])
def test_refusing_every_move_leaves_everybody_where_they_are(
    prepared: Prepared, anchors: dict[str, Anchor], chance: bool
) -> None:
    """`allocate_places` is exchanged without touching the cohort: "only the placed move".

    Each setting's plans then change by its own joiners and leavers only, and still close.
    """
    rules = Mechanisms(allocate_places=refuse_moves)
    block = forecast(prepared, anchors, 0, seed=3, chance=chance, mechanisms=rules)
    cohort = block.cohort
    assert cohort is not None
    change = np.diff(cohort.by_setting, axis=0)
    net = cohort.flows["new"] + cohort.flows["moved_in"]
    net = net - cohort.flows["ceased"] - cohort.flows["moved_out"]
    assert np.abs(change - net).max() < 1e-9
    assert cohort.conservation_gap < 1e-9
    assert cohort.smallest_cell > -1e-12
    moving = forecast(prepared, anchors, 0, seed=3, chance=chance).cohort
    assert moving is not None
    flows = moving.flows["new"] + moving.flows["moved_in"]
    flows = flows - moving.flows["ceased"] - moving.flows["moved_out"]
    assert np.abs(np.diff(moving.by_setting, axis=0) - flows).max() > 1.0
    # Joiners are those of the run with moves: their chance is their own.
    assert (moving.flows["new"] == cohort.flows["new"]).all()


def test_a_rule_that_loses_new_plans_is_refused(
    prepared: Prepared, anchors: dict[str, Anchor]
) -> None:
    """A new plan is in force wherever it is placed: one without any place would vanish unseen."""
    rules = Mechanisms(allocate_places=refuse_everybody)
    with pytest.raises(ValueError, match="without any place"):
        forecast(prepared, anchors, 0, seed=3, mechanisms=rules)


def test_the_central_run_is_every_draw_without_chance_or_doubt(
    loaded: LoadedScenario, prepared: Prepared, anchors: dict[str, Anchor]
) -> None:
    """Every input fixed at its central value and chance off: each draw is the central run."""
    values: Draws = central(loaded.scenario)
    certain = loaded.scenario.model_copy(update={"correlations": []})
    overrides = {path: float(value) for path, value in central_numbers(values, loaded).items()}
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


def central_numbers(values: Draws, loaded: LoadedScenario) -> dict[str, float]:
    """One number for each uncertain input that is not a set of shares (the first year's)."""
    from model.scenario.inputs import inputs
    from model.scenario.numbers import Quantity, Yearly

    numbers: dict[str, float] = {}
    for item in inputs(loaded.scenario):
        if isinstance(item.figure, Quantity) and not item.figure.certain:
            numbers[item.path] = float(values.of(item.figure)[0])
        elif isinstance(item.figure, Yearly) and not item.figure.certain:
            numbers[item.path] = float(values.by_year(item.figure)[-1, 0])
    return numbers
