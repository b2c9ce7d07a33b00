"""What mitigations are worth on North Somerset: attribution adds up, caching changes no bit, and what
is not the DSG's stays outside it (design 5.9)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from model.draws import central, sample
from model.forecast import BlockResult, anchor_lines, by_year, forecast
from model.mitigation.delivery import presence
from model.mitigation.input_changes import apply_input_changes
from model.prepared import Prepared, prepare
from model.run import run
from model.scenario.load import LoadedScenario, load
from model.scenario.mitigation_schema import Mitigation
from model.scenario.schema import Scenario
from model.studies import study
from model.whatif import shapley as shapley_module
from model.whatif.delay_cost import delay_costs
from model.whatif.mitigation_values import MitigationValues, mitigation_values, players, worth_of
from model.whatif.nurture_value import TRIED, NurtureValue, nurture_value
from model.whatif.variants import Outcome, Variant, evaluate, steps_differ
from tests.scenarios import small

pytestmark = pytest.mark.integration

DRAWS, SEED = 16, 9
FEW = ("bespoke_to_outreach", "local_specialist_places", "annual_reviews", "fee_challenge")
"""Prices and a DSG cost; places and moves; reviews and a general-fund cost; prices alone."""


@pytest.fixture(scope="module")
def loaded(north_somerset_file: Path) -> LoadedScenario:
    return load(north_somerset_file)


def with_scenario(loaded: LoadedScenario, **changes: Any) -> Prepared:
    return prepare(replace(loaded, scenario=loaded.scenario.model_copy(update=changes)))


def changed(scenario: Scenario, name: str, change: Callable[[Mitigation], dict[str, Any]]) -> Any:
    """The mitigations with one of them changed."""
    return [
        item.model_copy(update=change(item)) if item.id == name else item
        for item in scenario.mitigations
    ]


def of_few(loaded: LoadedScenario) -> LoadedScenario:
    kept = [item for item in loaded.scenario.mitigations if item.id in FEW]
    scenario = loaded.scenario.model_copy(update={"mitigations": kept, "correlations": []})
    return replace(loaded, scenario=scenario)


@pytest.fixture(scope="module")
def few(loaded: LoadedScenario) -> Prepared:
    return prepare(of_few(loaded))


@pytest.fixture(scope="module")
def anchors(loaded: LoadedScenario) -> Any:
    return anchor_lines(prepare(loaded))


@pytest.fixture(scope="module")
def values(few: Prepared, anchors: Any) -> MitigationValues:
    found = mitigation_values(few, anchors, draws=DRAWS, seed=SEED, jobs=2)
    assert found is not None
    return found


def same_bits(one: Outcome, other: Outcome) -> bool:
    return all(
        getattr(one, name).tobytes() == getattr(other, name).tobytes()
        for name in Outcome.__dataclass_fields__
    )


def one_run(prepared: Prepared, anchors: Any, mitigated: Any) -> BlockResult:
    """The same without the what-if's machinery: a forecast in expected values."""
    scenario = prepared.scenario.model_copy(update={"mitigated": mitigated})
    own = replace(prepared, loaded=replace(prepared.loaded, scenario=scenario))
    return forecast(own, anchors, 0, 64, seed=SEED, chance=False)


# ---------------------------------------------------------------- attribution


def sums_to_the_whole(values: MitigationValues) -> None:
    """Shapley values of conditions, and of themes, sum to all together: to a penny in every column."""
    whole = values.whole
    for shares in (values.by_condition, values.by_theme):
        for measure in ("in_year", "cumulative", "on_trajectory"):
            total = shares.values[:, values.column(measure)].sum(axis=0)
            assert total == pytest.approx(getattr(whole, measure), abs=0.01, rel=0), measure
            assert len(total) == len(getattr(whole, measure)) > 0


def test_conditions_and_themes_sum_to_all_together_to_a_penny(values: MitigationValues) -> None:
    sums_to_the_whole(values)
    assert values.by_condition.exact
    assert values.by_theme.exact
    assert len(values.conditions) == 4
    assert len(values.themes) == 3
    assert values.whole.cumulative[-1] > 500_000
    interaction = values.whole.cumulative[-1] - sum(w.cumulative[-1] for w in values.alone.values())
    assert abs(interaction) > 1_000, "they interact, so attribution is no mere sum of each alone"


def test_all_eight_conditions_sum_to_the_whole_by_permutations(
    loaded: LoadedScenario, anchors: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Above six players each permutation sums exactly, so the averages do; errors are shown. Two
    pairs, to save time."""
    monkeypatch.setattr(shapley_module, "PAIRS", 2)
    values = mitigation_values(prepare(loaded), anchors, draws=4, seed=SEED, jobs=2)
    assert values is not None
    sums_to_the_whole(values)
    assert not values.by_condition.exact
    assert values.by_theme.exact
    last = values.column("cumulative").stop - 1
    assert 0 < values.by_condition.error[:, last].max() < 0.1 * values.whole.cumulative[-1]
    assert not values.by_theme.error.any()
    # A condition's mitigations serve one theme: the themes' values are near the conditions' sums.
    given = loaded.scenario.mitigations
    theme_of = {item.condition: item.theme for item in given}
    for number, theme in enumerate(values.themes):
        own = [i for i, name in enumerate(values.conditions) if theme_of[name] == theme]
        total = values.by_condition.values[own, last].sum()
        assert total == pytest.approx(values.by_theme.values[number, last], rel=0.1, abs=20_000)


def test_conditions_and_themes_in_the_order_of_the_scenario(loaded: LoadedScenario) -> None:
    """B13: every mitigation maps to exactly one condition and one theme (000:3235-3240)."""
    given = loaded.scenario.mitigations
    for key in ("condition", "theme"):
        groups = players(given, key)
        members = [name for group in groups.values() for name in group]
        assert sorted(members) == sorted(item.id for item in given)
    assert len(players(given, "theme")) == 5
    assert next(iter(players(given, "condition").values())) == ["top_up_reform"]


def test_values_alone_equal_direct_runs(
    values: MitigationValues, few: Prepared, anchors: Any
) -> None:
    none = one_run(few, anchors, "none")
    for name in FEW:
        direct = one_run(few, anchors, (name,))
        assert none.views is not None
        assert direct.views is not None
        gain = none.views.without_support - direct.views.without_support
        saved = (none.views.in_year - direct.views.in_year)[:, :DRAWS]
        assert values.alone[name].in_year == pytest.approx(saved.mean(axis=-1), abs=1e-6)
        cumulative = gain[:, :DRAWS]
        assert values.alone[name].cumulative == pytest.approx(cumulative.mean(axis=-1), abs=1e-6)
        due = np.quantile(cumulative[-1], [0.1, 0.9])
        assert values.alone_range[name] == pytest.approx(due)
    every = one_run(few, anchors, "all")
    assert every.views is not None
    assert values.all_.in_year == pytest.approx(every.views.in_year[:, :DRAWS], abs=1e-6)


def test_worth_by_hand_over_four_draws() -> None:
    """A deficit of 10 less in one draw of four, and two more of four draws on the trajectory."""
    nil = np.zeros((1, 4))

    def outcome(deficit: list[float], on: list[float]) -> Outcome:
        money = np.array([deficit])
        return Outcome(money, 2 * money, np.array([on]), np.zeros((0, 1, 4)), nil, nil, nil, nil)

    found = worth_of(
        outcome([10, 20, 30, 40], [1, 0, 0, 0]), outcome([10, 20, 30, 30], [1, 1, 1, 0])
    )
    assert found.in_year.tolist() == [2.5]
    assert found.cumulative.tolist() == [5.0]
    assert found.on_trajectory.tolist() == [0.5]


def test_worth_is_positive_where_the_deficit_is_less(values: MitigationValues) -> None:
    whole = values.whole
    assert whole.cumulative == pytest.approx(np.cumsum(whole.in_year), abs=0.01)
    less = values.none.cumulative[-1].mean() - values.all_.cumulative[-1].mean()
    assert whole.cumulative[-1] == pytest.approx(less)
    assert (whole.on_trajectory >= 0).all()
    swapped = worth_of(values.all_, values.none)
    assert swapped.in_year == pytest.approx(-whole.in_year)
    assert swapped.on_trajectory == pytest.approx(-whole.on_trajectory)


# ---------------------------------------------------------------- variants on the same draws


VARIANTS = [
    Variant("none"),
    Variant("all"),
    Variant(("fee_challenge",)),
    Variant(("local_specialist_places", "fee_challenge")),
    Variant("base"),
    Variant("base", {"rates.to_independent": 2.0}),
    Variant("base", {"funding.lines[bespoke_packages].drivers[bespoke].annual_cost_gbp": 1.0}),
]


def test_stepping_months_once_gives_the_bits_of_stepping_each_anew(
    few: Prepared, anchors: Any
) -> None:
    together = evaluate(few, anchors, VARIANTS, draws=DRAWS, seed=SEED)
    assert len(together) == len(VARIANTS)
    for index, variant in enumerate(VARIANTS):
        (anew,) = evaluate(few, anchors, [variant], draws=DRAWS, seed=SEED)
        assert same_bits(anew, together[index]), variant
    sums = [float(outcome.in_year.sum()) for outcome in together]
    assert len(set(sums)) == len(sums), "the variants differ"


def test_draws_and_workers_change_no_other_bit(few: Prepared, anchors: Any) -> None:
    one = evaluate(few, anchors, VARIANTS[:3], draws=70, seed=SEED, jobs=1)
    two = evaluate(few, anchors, VARIANTS[:3], draws=70, seed=SEED, jobs=2)
    less = evaluate(few, anchors, VARIANTS[:3], draws=5, seed=SEED)
    for a, b, c in zip(one, two, less, strict=True):
        assert same_bits(a, b)
        assert a.in_year.shape[-1] == 70
        assert a.in_year[:, :5].tobytes() == c.in_year.tobytes()


def test_progress_counts_every_variant_of_every_block(few: Prepared, anchors: Any) -> None:
    told: list[tuple[int, int]] = []
    evaluate(few, anchors, VARIANTS[:2], draws=65, seed=SEED,
             progress=lambda done, total: told.append((done, total)))  # fmt: skip
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_which_mitigations_move_more_than_prices(loaded: LoadedScenario) -> None:
    moving = {
        item.id: steps_differ(loaded.scenario, item.id) for item in loaded.scenario.mitigations
    }
    assert moving == {
        "top_up_reform": True,
        "bespoke_to_outreach": False,
        "alternative_provision_outreach": True,
        "local_specialist_places": True,
        "post_16_parity": False,
        "annual_reviews": True,
        "graduated_response": True,
        "early_years_alignment": False,
        "fee_challenge": False,
    }


def test_a_shock_tied_to_a_mitigation_makes_it_move_more_than_prices(
    loaded: LoadedScenario,
) -> None:
    requests = loaded.scenario.requests
    assert requests is not None
    shock = requests.shocks[0].model_copy(update={"with_mitigation": "fee_challenge"})
    tied = requests.model_copy(update={"shocks": [shock]})
    scenario = loaded.scenario.model_copy(update={"requests": tied})
    assert steps_differ(scenario, "fee_challenge")
    assert not steps_differ(scenario, "post_16_parity")


# ---------------------------------------------------------------- the base, none, and who pays


def test_the_base_is_bit_for_bit_the_scenario_without_input_changes(
    loaded: LoadedScenario, anchors: Any
) -> None:
    bare = [i.model_copy(update={"input_changes": []}) for i in loaded.scenario.mitigations]
    base = forecast(prepare(loaded), anchors, 0, 64, seed=SEED)
    without = forecast(with_scenario(loaded, mitigations=bare), anchors, 0, 64, seed=SEED)
    assert base.spending is not None
    assert without.spending is not None
    assert base.cohort is not None
    assert without.cohort is not None
    assert base.spending.by_line.tobytes() == without.spending.by_line.tobytes()
    assert base.cohort.by_setting.tobytes() == without.cohort.by_setting.tobytes()
    assert not base.draws.changes


@pytest.mark.parametrize("chance", [True, False])
def test_none_equals_the_base_in_the_first_year_and_takes_future_effects_away(
    loaded: LoadedScenario, anchors: Any, chance: bool
) -> None:
    """Half of every mitigation in the base: none takes only what is still to come after March 2024."""
    half = next(i.confidence for i in loaded.scenario.mitigations if i.id == "fee_challenge")
    shared = [i.model_copy(update={"share_in_base": half}) for i in loaded.scenario.mitigations]
    base, none = (
        forecast(
            with_scenario(loaded, mitigations=shared, mitigated=choice),
            anchors, 0, 64, seed=SEED, chance=chance,
        )
        for choice in ("base", "none")
    )  # fmt: skip
    assert base.spending is not None
    assert none.spending is not None
    assert base.cohort is not None
    assert none.cohort is not None
    one, other = base.spending.by_line, none.spending.by_line
    assert one[:, :12].tobytes() == other[:, :12].tobytes()
    stock, other_stock = base.cohort.by_setting, none.cohort.by_setting
    assert stock[:13].tobytes() == other_stock[:13].tobytes()
    later = by_year(other - one).sum(axis=0).mean(axis=-1)
    assert (later[2:] > 50_000).all(), "what was still to be saved is spent"


def test_general_fund_costs_never_enter_the_dsg(few: Prepared, anchors: Any) -> None:
    """B11: ten times as dear for the council: no figure of the DSG changes by a bit."""

    def dearer(item: Mitigation) -> dict[str, Any]:
        return {"cost": item.cost * 10}

    mitigations = changed(few.scenario, "annual_reviews", dearer)
    tenfold = with_scenario(few.loaded, mitigations=mitigations)
    variants = [Variant("none"), Variant(("annual_reviews",))]
    none, one = evaluate(few, anchors, variants, draws=DRAWS, seed=SEED)
    _, ten = evaluate(tenfold, anchors, variants, draws=DRAWS, seed=SEED)
    for name in ("in_year", "cumulative", "on_trajectory", "driver_spend", "department"):
        assert getattr(one, name).tobytes() == getattr(ten, name).tobytes(), name
    cost = (one.general_fund - none.general_fund)[:, 0]
    assert cost == pytest.approx([60_000 * 7 / 12] + [60_000] * 4)
    assert (ten.general_fund - none.general_fund)[:, 0] == pytest.approx(10 * cost)


def test_general_fund_cost_of_each_alone(values: MitigationValues) -> None:
    """One officer at 60,000 from September 2023: 35,000, then 60,000; the others cost the council nothing."""
    due = [35_000.0] + [60_000.0] * 4
    assert values.alone_general_fund["annual_reviews"] == pytest.approx(due)
    for name in set(FEW) - {"annual_reviews"}:
        assert not values.alone_general_fund[name].any()


def test_a_mitigation_nobody_delivers_is_worth_nothing_and_still_costs(
    few: Prepared, anchors: Any
) -> None:
    """Confidence 0: fee challenge is worth nothing; outreach costs its 110,000 from January 2024."""
    paths = {f"mitigations[{name}].confidence": 0.0 for name in FEW}
    variants = [Variant("none", paths)] + [Variant((name,), paths) for name in FEW]
    none, *alone = evaluate(few, anchors, variants, draws=DRAWS, seed=SEED)
    worth = {
        name: worth_of(none, outcome).in_year for name, outcome in zip(FEW, alone, strict=True)
    }
    for name in ("fee_challenge", "annual_reviews"):
        assert worth[name] == pytest.approx(np.zeros(5), abs=1e-6)
    cost = worth["bespoke_to_outreach"]
    assert (cost < 0).all()
    assert cost[0] == pytest.approx(-110_000 * 3 / 12, rel=1e-9), "staff are paid in full at once"


def test_full_confidence_is_worth_more_than_half(few: Prepared, anchors: Any) -> None:
    path = "mitigations[fee_challenge].confidence"
    variants = [Variant("none")] + [Variant(("fee_challenge",), {path: c}) for c in (0.5, 1.0)]
    none, half, full = evaluate(few, anchors, variants, draws=DRAWS, seed=SEED)
    gain = none.in_year - half.in_year
    assert (gain[1:] > 0).all()
    assert none.in_year - full.in_year == pytest.approx(2 * gain, abs=1e-4)


def test_no_mitigations_or_no_account_have_no_values(few: Prepared, anchors: Any) -> None:
    for nothing in ({"mitigations": []}, {"account": None}):
        own = with_scenario(few.loaded, **nothing)
        assert mitigation_values(own, anchors, draws=1, seed=1) is None


# ---------------------------------------------------------------- changes of inputs, month by month


CHANGES = """
moved_in: {plans_a_year: 40}
rates: {to_state_special: 1, to_independent: 2}
plans: {counted: 2023-01, total: 10, age_groups: {5_to_10: 10}, settings: {mainstream: 10}}
mitigations:
  - id: one
    title: One
    condition: "1"
    theme: T
    start: 2023-09
    ramp_months: 4
    input_changes: [{input: moved_in.plans_a_year, multiply: 0.5}, {input: rates.to_independent, add: -3}]
    confidence: 0.8
    share_in_base: 0.25
  - id: two
    title: Two
    condition: "2"
    theme: T
    start: 2024-04
    ramp_months: 0
    input_changes: [{input: moved_in.plans_a_year, multiply: 0.9}, {input: rates.to_state_special, add: 0.2}]
    confidence: 1
    share_in_base: 0
"""


def changed_inputs(tmp_path: Path, choice: str) -> Any:
    scenario = small(tmp_path, CHANGES + f"mitigated: {choice}\n").scenario
    draws = central(scenario)
    apply_input_changes(scenario, draws)
    return scenario, draws


def test_changes_of_several_mitigations_to_one_input_add(tmp_path: Path) -> None:
    """B10: half less at 0.8 and 0.75 of it not in the base is 30 % less, in quarters from September;
    a tenth less from April is on top: 40 % less in all."""
    scenario, draws = changed_inputs(tmp_path, "all")
    moved = draws.monthly(scenario.moved_in.plans_a_year)[:, 0]
    ramp = [0.25, 0.5, 0.75, 1.0]
    assert moved[:5] == pytest.approx([40] * 5)
    assert moved[5:9] == pytest.approx([40 * (1 - 0.3 * part) for part in ramp])
    assert moved[9:12] == pytest.approx([28] * 3)
    assert moved[12:] == pytest.approx([24] * 24)
    special = draws.monthly(scenario.rates.to_state_special)[:, 0]
    assert special == pytest.approx([1] * 12 + [1.2] * 24)
    # -3 x 0.6 on 2; the input's own range ends at nil.
    independent = draws.monthly(scenario.rates.to_independent)[:, 0]
    assert independent[9:] == pytest.approx([0.2] * 27)
    assert draws.at(scenario.moved_in.plans_a_year, -1) == pytest.approx([40]), (
        "the past is as it was"
    )


def test_a_changed_value_stays_within_what_the_input_permits(tmp_path: Path) -> None:
    text = CHANGES.replace("add: -3", "add: -30").replace("multiply: 0.9", "multiply: 0")
    scenario = small(tmp_path, text + "mitigated: all\n").scenario
    draws = central(scenario)
    apply_input_changes(scenario, draws)
    assert draws.monthly(scenario.rates.to_independent)[:, 0].min() == 0.0
    assert draws.monthly(scenario.moved_in.plans_a_year)[:, 0].min() == 0.0


def test_what_is_taken_away_twice_is_taken_away_once(tmp_path: Path) -> None:
    """60 % less and all of it less leave nil of the 40, not -24; a third mitigation's five come on top."""
    text = CHANGES.replace("multiply: 0.5", "multiply: 0").replace("multiply: 0.9", "multiply: 0")
    text += """  - id: three
    title: Three
    condition: "2"
    theme: T
    start: 2024-04
    ramp_months: 0
    input_changes: [{input: moved_in.plans_a_year, add: 5}]
    confidence: 1
    share_in_base: 0
"""
    scenario = small(tmp_path, text + "mitigated: all\n").scenario
    draws = central(scenario)
    apply_input_changes(scenario, draws)
    moved = draws.monthly(scenario.moved_in.plans_a_year)[:, 0]
    assert moved[9:12] == pytest.approx([16] * 3)
    assert moved[12:] == pytest.approx([5] * 24)


def test_none_takes_away_what_is_still_to_come_of_the_bases_share(tmp_path: Path) -> None:
    """By March 2024 the first has all its effect, so nothing is left to take; moved to August 2024 all
    of its quarter is: -25 % x 0.8 x 0.5 of 40, the other way round."""
    scenario, draws = changed_inputs(tmp_path, "none")
    assert draws.monthly(scenario.moved_in.plans_a_year)[:, 0] == pytest.approx([40] * 36)
    later = CHANGES.replace("2023-09", "2024-08").replace("ramp_months: 4", "ramp_months: 0")
    scenario = small(tmp_path, later + "mitigated: none\n").scenario
    draws = central(scenario)
    apply_input_changes(scenario, draws)
    moved = draws.monthly(scenario.moved_in.plans_a_year)[:, 0]
    assert moved == pytest.approx([40] * 16 + [44] * 20)


@pytest.mark.parametrize(
    ("choice", "april", "december"),
    [("base", 0.0, 0.25), ("all", 0.0, 1.0), ("[one]", 0.0, 1.0), ("[two]", 0.0, 0.25)],
)
def test_presence_says_how_far_a_mitigation_is_in_the_run(
    tmp_path: Path, choice: str, april: float, december: float
) -> None:
    scenario, draws = changed_inputs(tmp_path, choice)
    one = presence(scenario.mitigations[0], scenario, draws, 36)[:, 0]
    assert one[[0, 8]] == pytest.approx([april, december])
    assert draws.presence["one"][:, 0] == pytest.approx(one)
    assert bool(draws.changes) == (choice != "base")


# ---------------------------------------------------------------- nurture and delays


def test_nurture_is_worth_the_difference_its_effect_makes(few: Prepared, anchors: Any) -> None:
    found = nurture_value(few, anchors, draws=DRAWS, seed=SEED)
    assert found is not None
    share = "nurture_effect.averts_request_share"
    off = {f"nurture_effect.averts_placements[{i}].probability": 0.0 for i in range(2)}
    base, nothing, *tried = evaluate(
        few, anchors,
        [Variant("base"), *(Variant("base", {share: c, **off}) for c in (0.0, *TRIED))],
        draws=DRAWS, seed=SEED,
    )  # fmt: skip
    assert found.averted_gbp.tobytes() == (nothing.in_year - base.in_year).tobytes()
    assert found.averted_gbp.sum(axis=0).mean() > 0
    saved = [(nothing.in_year - one.in_year).sum(axis=0).mean() for one in tried]
    assert found.saved_gbp == pytest.approx(saved)
    assert saved == sorted(saved), "the likelier, the more is saved"
    for chance, amount in zip(TRIED, saved, strict=True):
        assert found.break_even(amount) == pytest.approx(chance)
    between = found.break_even((saved[0] + saved[1]) / 2)
    assert between == pytest.approx((TRIED[0] + TRIED[1]) / 2)
    assert found.break_even(saved[-1] * 1.01) is None


def test_break_even_has_no_answer_where_averting_saves_too_little() -> None:
    nothing = np.zeros((5, 1))
    assert NurtureValue(nothing, (0.0, 0.0, 0.0)).break_even(100.0) is None
    assert NurtureValue(nothing, (-5.0, -6.0, -7.0)).break_even(100.0) is None
    assert NurtureValue(nothing, (60.0, 120.0, 200.0)).break_even(0.0) == 0.0
    assert NurtureValue(nothing, (60.0, 120.0, 200.0)).break_even(30.0) == 0.125
    assert NurtureValue(nothing, (60.0, 120.0, 200.0)).break_even(160.0) == 0.75
    assert NurtureValue(nothing, (60.0, 120.0, 200.0)).break_even(200.0) == 1.0
    assert NurtureValue(nothing, (60.0, 120.0, 200.0)).break_even(200.1) is None


def test_without_an_effect_or_openings_there_is_nothing_to_study(
    few: Prepared, anchors: Any
) -> None:
    off = with_scenario(few.loaded, switched_off=["nurture_effect", "places"])
    assert nurture_value(off, anchors, draws=1, seed=1) is None
    assert delay_costs(off, anchors, draws=1, seed=1) == []


def test_an_opening_that_is_on_time_has_no_expected_cost_of_delay(
    few: Prepared, anchors: Any
) -> None:
    """Its own delay drawn against on time: draws with a delay cost, those without do not."""
    costs = delay_costs(few, anchors, draws=DRAWS, seed=SEED)
    assert [item.opening.id for item in costs] == ["permanent", "second_site"]
    draws = sample(few.scenario, SEED, 0, 64)
    for item in costs:
        delay = np.floor(draws.of(item.opening.delay_months) + 0.5)[:DRAWS]
        assert ((np.abs(item.expected_net).sum(axis=0) > 1) == (delay > 0)).all()
        assert item.late_gross.sum(axis=0).mean() > 200_000
        assert 0 < item.expected_gross.sum(axis=0).mean() < item.late_gross.sum(axis=0).mean()
        assert (item.late_gross.sum(axis=0) >= item.late_net.sum(axis=0)).all()
        first = item.late_pupils[: 2 if item.opening.id == "permanent" else 1]
        assert first[-1].mean() > 1, "pupils are without a place for it"


def test_studies_are_those_the_scenario_has_data_for(few: Prepared, anchors: Any) -> None:
    results = run(few.loaded, draws=2)
    assert study(results, draws=0).mitigations is None
    done = study(results, draws=2)
    assert done.draws == 2
    assert done.mitigations is not None
    assert len(done.delays) == 2
    assert done.nurture is not None
