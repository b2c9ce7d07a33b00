"""Figures of papers 000 and 002 about bands, placements, places and inclusion (groups C, D, E; I17, B10).

Each is worked by the model's own code: months stepped, places allocated, volumes priced. Names carry
the ids of the list of systems; PAPER:LINES say where a figure is printed. "Derived" figures are not
printed but follow from ones that are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from model.account.income import deduction_gbp, income
from model.cohort.series import Recorder
from model.cohort.state import empty_state
from model.draws import central
from model.forecast import BlockResult, anchor_lines, by_year, forecast_central
from model.funding.drivers import Driven, price_drivers
from model.mitigation.input_changes import apply_input_changes
from model.prepared import Prepared, prepare
from model.published import published_basis
from model.reference.codes import NEEDS, SETTINGS
from model.report.rounding import half_away
from model.scenario.fields import Month
from model.scenario.funding_schema import PlansDriver
from model.scenario.load import LoadedScenario, load
from model.scenario.mitigation_schema import Mitigation
from model.whatif.delay_cost import DelayCost, delay_costs, gross_and_net, local_drivers
from model.whatif.variants import Variant, evaluate
from tests.scenarios import small

pytestmark = pytest.mark.integration

SEPTEMBER, JANUARY = 5, 9


@pytest.fixture(scope="module")
def loaded(north_somerset_file: Path) -> LoadedScenario:
    return load(north_somerset_file)


@pytest.fixture(scope="module")
def prepared(loaded: LoadedScenario) -> Prepared:
    return prepare(loaded)


@pytest.fixture(scope="module")
def anchors(prepared: Prepared) -> Any:
    return anchor_lines(prepared)


def central_run(loaded: LoadedScenario, overrides: Mapping[str, float] | None = None,
                **changes: Any) -> BlockResult:  # fmt: skip
    own = prepare(replace(loaded, scenario=loaded.scenario.model_copy(update=changes)))
    return forecast_central(own, anchor_lines(own), overrides=overrides)


def driver_spend(run: BlockResult, line: int, driver: str) -> np.ndarray:
    """Yearly spending of one driver in the central run."""
    assert run.spending is not None
    names = [(number, name) for number, name, *_ in run.spending.drivers]
    return run.spending.by_driver[names.index((line, driver)), :, 0]


def line_number(loaded: LoadedScenario, name: str) -> int:
    assert loaded.scenario.funding is not None
    return [line.id for line in loaded.scenario.funding.lines].index(name)


def mitigation(loaded: LoadedScenario, name: str, **update: Any) -> list[Mitigation]:
    """The scenario's mitigations with one changed: its start, ramp or cost."""
    return [
        item.model_copy(update=update) if item.id == name else item
        for item in loaded.scenario.mitigations
    ]


FUNDING = """
funding:
  price_base: 2023-24
  inflation:
    - {id: fees, title: Fees, uplift_month: 4, annual_rate: {2023-24: 0, 2024-25: 0.05, then: 0}}
  bands:
    - {id: C2, need_category: C, level: 2, annual_value_gbp: 7029}
  lines:
"""


def yearly_of(tmp_path: Path, drivers: str, line: str = "anchor: none") -> np.ndarray:
    """Spending by year of one line without plans."""
    text = FUNDING + f"    - {{id: line, title: L, {line}, drivers: [{drivers}]}}\n"
    prepared = prepare(small(tmp_path, text))
    run = forecast_central(prepared, anchor_lines(prepared))
    assert run.spending is not None
    return by_year(run.spending.by_line)[0, :, 0]


# ---------------------------------------------------------------- C: top-up


def test_c9_the_top_up_budget_is_a_fifth_below_its_outturn(loaded: LoadedScenario) -> None:
    """C9: 20,378 less 16,312 is 4,066 (4,065 printed), a cut of a fifth of the outturn (000:2115)."""
    line = loaded.scenario.funding.lines[line_number(loaded, "top_up_funding")]
    outturn = published_basis(loaded.scenario).lines["top_up_funding"]
    gap = outturn - line.budget_gbp.central
    assert half_away(gap / 1000) == 4_066
    assert gap == pytest.approx(4_065_000, abs=1_001)
    assert gap / outturn == pytest.approx(0.20, abs=0.001)


def test_c10_ending_every_award_without_a_plan_leaves_094m_unmet(tmp_path: Path) -> None:
    """C10: 4,065k over 445 pupils is 9,135 each; at C2 all 445 cost 3.13m, so 0.94m stays (000:2115, 2229)."""
    pupils = "{kind: pupils_without_plan, id: p, title: P, s251: '1.2.2', fte: {2023-24: 445, then: 0}, band_shares: {C2: 1}}"
    spent = yearly_of(tmp_path, pupils)
    saved = spent[0] - spent[1]
    assert half_away(4_065_000 / 445) == 9_135
    assert saved == pytest.approx(445 * 7_029)
    assert round(saved / 1e6, 2) == 3.13
    assert round((4_065_000 - saved) / 1e6, 2) == 0.94


def test_c11_weston_colleges_places_are_paid_once(
    tmp_path: Path, loaded: LoadedScenario, prepared: Prepared, anchors: Any
) -> None:
    """C11: 515 places at 6k are 3,090k, deducted from income and no spending as well (000:2064, 2316)."""
    row = "{kind: places, id: weston, title: W, s251: '1.0.2', places: 515, rate_gbp: 6000, paid_by: PAYER}"
    assert yearly_of(tmp_path, row.replace("PAYER", "department")) == pytest.approx([0] * 3)
    assert yearly_of(tmp_path, row.replace("PAYER", "authority")) == pytest.approx([3_090_000] * 3)
    account = loaded.scenario.account
    blocks = {block.id: block for block in account.blocks}
    deductions = {item.id: item for item in blocks["high_needs"].deductions}
    draws = central(loaded.scenario)
    assert deduction_gbp(deductions["weston_college"], draws)[0, 0] == 3_090_000
    kinds = {driver.kind for line in loaded.scenario.funding.lines for driver in line.drivers}
    assert "places" not in kinds, "no line pays for the places that are deducted"
    # Parity of top-up (Condition 5) moves the post-16 top-up from September 2024 and nothing else.
    none, parity = evaluate(
        prepared, anchors, [Variant("none"), Variant(("post_16_parity",))], draws=8, seed=1
    )
    changed = [
        index
        for index, (one, other) in enumerate(
            zip(none.driver_spend, parity.driver_spend, strict=True)
        )
        if not np.array_equal(one, other)
    ]
    drivers = [driver.id for line in loaded.scenario.funding.lines for driver in line.drivers]
    assert [drivers[index] for index in changed] == ["post_16"]
    assert none.department.tobytes() == parity.department.tobytes()
    assert np.array_equal(none.in_year[0], parity.in_year[0]), "nothing before September 2024"
    assert not np.array_equal(none.in_year[1], parity.in_year[1])


def test_c12_e13_early_years_rates_change_from_the_start_of_2024_25(
    loaded: LoadedScenario,
) -> None:
    """C12, E13: from term 4/5, none earlier (000:2269, 2357-2359): a tenth more, at 0.8 of the plan."""
    name, number = "early_years_alignment", line_number(loaded, "top_up_funding")
    paths = {
        f"mitigations[{name}].confidence": 0.8,
        f"mitigations[{name}].input_changes[0].multiply": 1.1,
    }
    none, aligned = (central_run(loaded, paths, mitigated=choice) for choice in ("none", (name,)))
    one, other = none.spending.by_line[:, :, 0], aligned.spending.by_line[:, :, 0]
    assert one[:, :12].tobytes() == other[:, :12].tobytes()
    assert (other[number, 12:] > one[number, 12:]).all()
    assert np.array_equal(np.delete(one, number, axis=0), np.delete(other, number, axis=0))
    ratio = driver_spend(aligned, number, "early_years") / driver_spend(none, number, "early_years")
    assert ratio == pytest.approx([1] + [1.08] * 4)


# ---------------------------------------------------------------- D: placements and prices


STARTERS = """
    - id: out_of_area
      title: Out of area
      anchor: none
      drivers:
        - {kind: plans, id: day, title: Day, s251: "1.2.3", settings: [independent_special_day], annual_cost_gbp: 50000, entry_cost_gbp: 52000}
plans: {counted: 2023-01, total: 150, age_groups: {5_to_10: 150}, settings: {independent_special_day: 150}}
"""


def test_d2_two_day_starters_a_month_from_september_add_243k(tmp_path: Path) -> None:
    """D2: 2 x 52/12 x (7 + 6 + ... + 1) = 242.7k on top of the pupils in place (000:1983-1984, 2130).

    Two children come into the state each month and months are recorded and priced as in a run.
    """
    prepared = prepare(small(tmp_path, FUNDING + STARTERS))
    scenario, draws = prepared.scenario, central(prepared.scenario)
    placements, setup = prepared.placements, prepared.cohort
    day = SETTINGS.index("independent_special_day")

    def spent(a_month: float) -> float:
        state = empty_state(placements, 1)
        state.plans[8, placements.existing(day), NEEDS.index("ASD")] = 150
        recorder = Recorder(placements, prepared.volumes, setup.live, draws.months, 1, 1)
        for month in range(12):
            if month >= SEPTEMBER:
                state.plans[10, day, NEEDS.index("SEMH")] += a_month
            recorder.stock(state, month)
        (priced,) = price_drivers(scenario, draws, Driven(recorder.series.volumes))
        return by_year(priced.spend_gbp)[0, 0]

    assert spent(0) == pytest.approx(150 * 50_000)
    added = spent(2) - spent(0)
    assert added == pytest.approx(2 * 52_000 / 12 * sum(range(1, 8)))
    assert round(added / 1000, 1) == 242.7


def test_d3_the_budget_buys_119_places_of_150(tmp_path: Path) -> None:
    """D3, A17: 53,205 risen by 9.57 % is 58,297, of which 6,931k buys 118.9 places (000:2119, 3231)."""
    driver = "{kind: pupils_without_plan, id: p, title: P, s251: '1.2.3', fte: FTE, annual_cost_gbp: 53205, inflation: rise}"
    text = FUNDING.replace("price_base: 2023-24", "price_base: 2022-23").replace(
        "  bands:",
        "    - {id: rise, title: R, uplift_month: 4, annual_rate: {2023-24: 0.0957, then: 0}}\n  bands:",
    )

    def cost(fte: float) -> float:
        line = f"    - {{id: line, title: L, anchor: none, drivers: [{driver.replace('FTE', str(fte))}]}}\n"
        prepared = prepare(small(tmp_path, text + line))
        return by_year(forecast_central(prepared, anchor_lines(prepared)).spending.by_line)[0, 0, 0]

    assert half_away(cost(1)) == 58_297
    assert round(6_931_000 / cost(1), 1) == 118.9
    assert cost(118.9) == pytest.approx(6_931_000, abs=0.05 * 58_297)
    assert cost(150) - 6_931_000 == pytest.approx(31.1 * 58_297, abs=0.05 * 58_297)


NOBODY_MOVES = """
rates: {ceased_under_18: 0, ceased_18_and_over: 0, moved_out: 0, to_state_special: 0, to_independent: 0, to_post_16: 0, to_other: 0, other_moves: 0}
account:
  blocks:
    - {id: high_needs, opening_deficit_gbp: 0, gross_income_gbp: {2023-24: 5000000}, income_growth: 0}
"""


def local_places(
    pupils: int, in_place: int, openings: str, fee: float, top_up: float, rate: float = 10_000,
    payer: str = "department",
) -> str:  # fmt: skip
    """`pupils` of one need in independent day placements who would all come back, and a school."""
    total = pupils + in_place
    return (
        FUNDING
        + f"""
    - id: spending
      title: Spending
      anchor: none
      drivers:
        - {{kind: plans, id: fees, title: Fees, s251: "1.2.3", settings: [independent_special_day], annual_cost_gbp: {fee}}}
        - {{kind: plans, id: top_up, title: Top-up, s251: "1.2.1", settings: [state_special], annual_cost_gbp: {top_up}}}
        - {{kind: added_places, id: places, title: Places, s251: "1.0.2"}}
plans:
  counted: 2023-01
  total: {total}
  age_groups: {{5_to_10: {total}}}
  needs: {{SEMH: {total}}}
  settings: {{independent_special_day: {pupils}, state_special: {in_place}}}
places:
  groups:
    - id: semh
      title: SEMH
      setting: state_special
      ages: [4, 16]
      needs: [SEMH]
      settled_return_share_a_year: 1
      schools:
        - {{id: lime_hills, title: Lime Hills, places: {in_place}, place_rate_gbp: {rate}, paid_by: {payer}, openings: [{openings}]}}
  overflow: {{independent: 1}}
"""
        + NOBODY_MOVES
    )


def test_d4_ten_day_pupils_at_a_third_of_the_cost_save_347k_in_a_full_year(tmp_path: Path) -> None:
    """D4: 10 x 52k less 10 x 52k/3 = 347k (000:2311-2313): they come back when places open."""
    opening = "{id: o, title: O, start: 2023-09, places: 10}"
    place_and_top_up = 52_000 / 3
    text = local_places(10, 0, opening, 52_000, place_and_top_up - 10_000, payer="authority")
    prepared = prepare(small(tmp_path, text))
    anchors = anchor_lines(prepared)
    path = "places.groups[semh].schools[lime_hills].openings[o].delay_months"
    never, open_ = (
        by_year(forecast_central(prepared, anchors, overrides={path: delay}).spending.by_line).sum(
            axis=0
        )[:, 0]
        for delay in (120.0, 0.0)
    )
    assert never == pytest.approx([520_000] * 3)
    saved = never - open_
    assert saved[2] == pytest.approx(346_666.67, abs=1)
    assert half_away(saved[2] / 1000) == 347
    # In the first year those who ask come back over some months, and all ten places are paid from
    # September: less than 7/12.
    assert 0 < saved[0] < 346_667 * 7 / 12


LIME_HILLS = "{id: permanent, title: Permanent site, start: 2024-09, places: %d}"


def lime_hills_late(tmp_path: Path, children: int, fee: float, top_up: float,
                    payer: str = "department") -> DelayCost:  # fmt: skip
    """Twenty-four in place, sixty in independent placements of whom `children` fit the new site."""
    text = local_places(60, 24, LIME_HILLS % (24 + children), fee, top_up, payer=payer)
    prepared = prepare(small(tmp_path, text))
    anchors = anchor_lines(prepared)
    (cost,) = delay_costs(prepared, anchors, draws=3, seed=1)
    return cost


@pytest.mark.parametrize("payer", ["department", "authority"])
@pytest.mark.parametrize(("children", "fee"), [(36, 55_000), (29, 70_000), (29, 55_000)])
def test_d5_a_twelve_month_slip_of_lime_hills_costs_up_to_2m_less_the_local_places(
    tmp_path: Path, children: int, fee: float, payer: str
) -> None:
    """D5, B8: 29 to 36 children at 55-70k, up to 2.0m a year gross (000:2313); net of 10,000 for a
    place (000:2062) and 16,500 of top-up each. September 2024 to August 2025: 7/12 and 5/12."""
    cost = lime_hills_late(tmp_path, children, fee, 16_500, payer)
    gross, net = cost.late_gross[:, 0], cost.late_net[:, 0]
    assert gross == pytest.approx([0, children * fee * 7 / 12, children * fee * 5 / 12], abs=0.01)
    each = fee - 10_000 - 16_500
    assert net == pytest.approx([0, children * each * 7 / 12, children * each * 5 / 12], abs=0.01)
    assert round(gross.sum() / 1e6, 1) <= 2.0
    if children * fee > 1_900_000:
        assert round(gross.sum() / 1e6, 1) == 2.0
    # Nobody is without a place in the sense of waiting: they are settled where they are.
    assert not cost.late_pupils.any()
    assert not cost.expected_gross.any(), "the scenario draws no delay"


def test_d5_net_of_a_place_dearer_than_the_placement_delay_saves(tmp_path: Path) -> None:
    """The converse: at 20k a placement the local place and top-up of 26.5k cost more."""
    cost = lime_hills_late(tmp_path, 30, 20_000, 16_500)
    assert cost.late_gross.sum(axis=0) == pytest.approx([600_000] * 3)
    assert cost.late_net.sum(axis=0) == pytest.approx([-195_000] * 3)


def test_d17_with_interim_places_from_the_department_the_slip_costs_nothing(
    tmp_path: Path,
) -> None:
    """D17: where interim accommodation stands in, no extra cost; where not, up to 2m (000:2313)."""
    interim = "{id: interim, title: Interim, start: 2024-08, places: 60, interim: true}, "
    text = local_places(60, 24, interim + LIME_HILLS % 60, 55_000, 16_500)
    prepared = prepare(small(tmp_path, text))
    first, permanent = delay_costs(prepared, anchor_lines(prepared), draws=2, seed=1)
    assert (first.opening.id, permanent.opening.id) == ("interim", "permanent")
    assert not permanent.late_gross.any()
    assert not permanent.late_net.any()
    # The interim site itself only bridges August: the permanent one then opens on time.
    assert first.late_gross.sum(axis=0) == pytest.approx([36 * 55_000 / 12] * 2)


def test_d5_gross_and_net_of_an_opening_in_the_bundled_scenario(
    prepared: Prepared, anchors: Any
) -> None:
    """Lime Hills in North Somerset: 41 more places, filled by those who wait as well as by those
    outside, so well under 2m a year gross, and place funding is saved."""
    costs = {item.opening.id: item for item in delay_costs(prepared, anchors, draws=16, seed=1)}
    gross, net = (
        getattr(costs["permanent"], name).mean(axis=-1) for name in ("late_gross", "late_net")
    )
    assert gross[0] == pytest.approx(0, abs=1e-6)
    assert 100_000 < gross[1:].max() < 2_000_000
    avoided = (gross - net)[1:3].sum()
    assert avoided >= 41 * 10_000 * 0.999, "a year of 41 places at least, and some top-up"
    path = "places.groups[semh].schools[lime_hills].openings[permanent].delay_months"
    on_time, late = evaluate(
        prepared, anchors, [Variant("base", {path: 0.0}), Variant("base", {path: 12.0})],
        draws=16, seed=1,
    )  # fmt: skip
    both = gross_and_net(on_time, late, local_drivers(prepared.scenario))
    assert both[1] == pytest.approx(late.in_year - on_time.in_year)
    assert both[0].mean(axis=-1) == pytest.approx(gross)
    assert (late.department - on_time.department).sum(axis=0) == pytest.approx([-410_000] * 16)


def test_d5_a_january_opening_counts_three_twelfths_in_its_first_year(
    loaded: LoadedScenario,
) -> None:
    """D5: Baytree's second site in January 2024 (000:2313): 38 places at 10,000 for 3/12, then for 12/12."""
    path = "places.groups[learning].schools[baytree_second_site].openings[second_site].delay_months"
    number = line_number(loaded, "places_opened")
    on_time = by_year(central_run(loaded, {path: 0.0}).spending.by_line)[number, :, 0]
    assert on_time == pytest.approx([38 * 10_000 * 3 / 12] + [380_000] * 4)
    late = by_year(central_run(loaded, {path: 12.0}).spending.by_line)[number, :, 0]
    assert late == pytest.approx([0, 95_000, 380_000, 380_000, 380_000])


def test_d6_interim_and_permanent_places_by_term(loaded: LoadedScenario) -> None:
    """D6: 24 places of Lime Hills until 65, 10 of Baytree until 48 (000:1880, 2062, 2311-2313)."""
    lime_hills = "places.groups[semh].schools[lime_hills].openings[permanent].delay_months"
    baytree = (
        "places.groups[learning].schools[baytree_second_site].openings[second_site].delay_months"
    )
    run = central_run(loaded, {lime_hills: 4.0, baytree: 2.0})
    semh, learning = run.months.places.commissioned[:, :, 0]
    assert semh.tolist() == [24.0] * (17 + 4) + [65.0] * (60 - 21)
    others = 414.0
    assert (learning - others).tolist() == [10.0] * (JANUARY + 2) + [48.0] * (60 - 11)
    # On 2 June 2023 the deduction counts 24 places, 240k (000:2062).
    draws = central(loaded.scenario)
    blocks = {block.id: block for block in loaded.scenario.account.blocks}
    (item,) = (i for i in blocks["high_needs"].deductions if i.id == "lime_hills")
    assert deduction_gbp(item, draws)[0, 0] == 240_000
    # What opens later is deducted on top of it, at the same 10,000.
    assert run.department_places[:, 0] == pytest.approx(
        [0, 41 * 10_000 * 3 / 12, 410_000, 410_000, 410_000]
    )
    number = list(run.account.blocks).index("high_needs")
    deducted = run.account.income.deductions[number, :, 0]
    without = income(loaded.scenario.account, draws).deductions[number, :, 0]
    assert deducted - without == pytest.approx(run.department_places[:, 0])


def test_d7_resource_bases_are_51_places_and_332k(tmp_path: Path) -> None:
    """D7: 44.5 at 6,000 and 6.5 at 10,000 (000:2060-2061); two more bases from September count 7/12."""
    row = "{kind: places, id: %s, title: R, s251: '1.0.2', places: %s, rate_gbp: %d, paid_by: authority}"
    two = row % ("low", "44.5", 6_000) + ", " + row % ("high", "6.5", 10_000)
    assert 44.5 + 6.5 == 51.0
    assert yearly_of(tmp_path, two) == pytest.approx([332_000] * 3)
    more = "{2023-24: 44.5, 2024-25: 58.5, then: 58.5}"
    spent = yearly_of(tmp_path, two.replace("44.5", more))
    assert spent == pytest.approx([332_000, 332_000 + 14 * 6_000 * 7 / 12, 332_000 + 84_000])


def test_d8_place_funding_is_paid_up_front(loaded: LoadedScenario) -> None:
    """D8: 5,187k of which 4,830k, 93 %, by the end of month 2 (000:2114)."""
    run = central_run(loaded)
    months = run.spending.by_line[line_number(loaded, "place_funding"), :12, 0]
    assert months.sum() == pytest.approx(5_187_000)
    assert months[:2].sum() / 1000 == pytest.approx(4_830, abs=1)
    assert round(100 * months[:2].sum() / months.sum()) == 93


def bespoke(loaded: LoadedScenario, start: Month) -> np.ndarray:
    """Saving by year of halving bespoke packages at no cost from a month."""
    name = "bespoke_to_outreach"
    paths = {
        f"mitigations[{name}].confidence": 1.0,
        f"mitigations[{name}].input_changes[0].multiply": 0.5,
        f"mitigations[{name}].share_in_base": 0.0,
    }
    given = mitigation(loaded, name, start=start, ramp_months=0, cost=[])
    none, half = (
        central_run(loaded, paths, mitigations=given, mitigated=choice)
        for choice in ("none", (name,))
    )
    number = line_number(loaded, "bespoke_packages")
    rest = np.delete(none.spending.by_line - half.spending.by_line, number, axis=0)
    assert not rest.any(), "no other line moves"
    return (none.spending.by_line - half.spending.by_line)[number, :, 0]


def test_d11_half_of_the_bespoke_packages_at_no_cost_save_845k(loaded: LoadedScenario) -> None:
    """D11: 1,690 less 1,045 is 645k over; half converted to outreach at nil saves 845k (000:2122, 2306)."""
    line = loaded.scenario.funding.lines[line_number(loaded, "bespoke_packages")]
    assert line.published_gbp.central - line.budget_gbp.central == 645_000
    saved = bespoke(loaded, Month(2023, 4))
    assert by_year(saved[:, None])[0, 0] == pytest.approx(845_000)
    late = bespoke(loaded, Month(2024, 1))
    assert not late[:JANUARY].any()
    assert late[JANUARY:12] == pytest.approx(saved[JANUARY:12])


def test_d12_d13_equipment_is_440k_over_and_medical_tuition_on_budget(
    loaded: LoadedScenario,
) -> None:
    """D12: 634 to 1,073, 440 printed and 439 by subtraction; D13: 540 on 540 (000:2120-2121)."""
    run = central_run(loaded)
    yearly = by_year(run.spending.by_line)[:, 0, 0]
    over = {}
    for name in ("sen_equipment_other", "medical_tuition"):
        number = line_number(loaded, name)
        over[name] = yearly[number] - loaded.scenario.funding.lines[number].budget_gbp.central
    assert over["sen_equipment_other"] == pytest.approx(439_000)
    assert over["sen_equipment_other"] == pytest.approx(440_000, abs=1_001)
    assert over["medical_tuition"] == pytest.approx(0, abs=1e-6)


PUPILS = (("day", 102, 52_000), ("res", 6, 91_000), ("post_day", 23, 60_000),
          ("post_res", 18, 69_000), ("none", 1, 50_000))  # fmt: skip


def independent_pupils(inflation: str = "") -> str:
    return ", ".join(
        f"{{kind: pupils_without_plan, id: {name}, title: P, s251: '1.2.3', fte: {count}, "
        f"annual_cost_gbp: {cost}{inflation}}}"
        for name, count, cost in PUPILS
    )


def test_d16_five_per_cent_on_8510k_is_425k(tmp_path: Path) -> None:
    """D16: fees up 5 % on the 150 pupils of the finance count, 8,510k published (000:2119, 2308)."""
    spent = yearly_of(tmp_path, independent_pupils(", inflation: fees"), "published_gbp: 8510000")
    assert spent[0] == pytest.approx(8_510_000)
    assert spent[1] - spent[0] == pytest.approx(425_500)
    assert spent[2] == pytest.approx(spent[1])


FEE_CHALLENGE = """
mitigations:
  - id: fee_challenge
    title: Challenge independent fees
    condition: Outside
    theme: Value
    start: START
    ramp_months: 0
    confidence: 1
    share_in_base: 0
    input_changes:
"""


@pytest.mark.parametrize(("start", "first"), [("2023-04", 1.0), ("2023-09", 7 / 12)])
def test_i17_b10_one_per_cent_of_the_fees_is_85k_in_a_full_year(
    tmp_path: Path, start: str, first: float
) -> None:
    """I17: 1 % of 8,510k is 85k (000:2119; 002:310-313) through the prices of every driver; B10: from
    1 September 7/12 in the first year."""
    text = FUNDING + (
        "    - {id: line, title: L, published_gbp: 8510000, drivers: ["
        + independent_pupils() + "]}\n" + FEE_CHALLENGE.replace("START", start)
    )  # fmt: skip
    for name, *_ in PUPILS:
        path = f"funding.lines[line].drivers[{name}].annual_cost_gbp"
        text += f"      - {{input: '{path}', multiply: 0.99}}\n"
    runs = []
    for choice in ("none", "all"):
        prepared = prepare(small(tmp_path, text + f"mitigated: {choice}\n"))
        run = forecast_central(prepared, anchor_lines(prepare(small(tmp_path, text))))
        runs.append(by_year(run.spending.by_line)[0, :, 0])
    saved = runs[0] - runs[1]
    assert saved == pytest.approx([85_100 * first, 85_100, 85_100])
    assert half_away(saved[1] / 1000) == 85


def test_i17_the_fee_challenge_lever_takes_one_per_cent_off_the_fees_it_names(
    loaded: LoadedScenario,
) -> None:
    """I17 on North Somerset: existing and new day fees before 16, existing ones after; no place moves."""
    name, number = "fee_challenge", line_number(loaded, "out_of_area")
    paths = {f"mitigations[{name}].input_changes[{i}].multiply": 0.99 for i in range(3)}
    paths[f"mitigations[{name}].confidence"] = 1.0
    none, cut = (central_run(loaded, paths, mitigated=choice) for choice in ("none", (name,)))
    pairs = {
        driver: driver_spend(cut, number, driver) / driver_spend(none, number, driver)
        for driver in ("pre_16_day", "post_16_day", "pre_16_residential", "post_16_residential")
    }
    assert pairs["pre_16_day"][1:] == pytest.approx([0.99] * 4, abs=0.0008)
    # Not quite: what averted pupils cost instead is no fee.
    assert pairs["pre_16_day"][2:] == pytest.approx([0.99] * 3, abs=1e-4)
    assert (pairs["post_16_day"][1:] > 0.99).all()
    assert (pairs["post_16_day"] < 1).all()
    assert pairs["pre_16_residential"] == pytest.approx([1] * 5)
    assert pairs["post_16_residential"] == pytest.approx([1] * 5)
    assert none.cohort.by_setting.tobytes() == cut.cohort.by_setting.tobytes()


# ---------------------------------------------------------------- E: alternative provision, inclusion


def test_e8_outreach_has_no_effect_before_september_and_part_of_it_until_january(
    loaded: LoadedScenario,
) -> None:
    """E8: pilot September 2023, full from January 2024 (000:2308): fifths in between. Half of 34."""
    name, number = "alternative_provision_outreach", line_number(loaded, "top_up_funding")
    paths = {
        f"mitigations[{name}].confidence": 1.0,
        f"mitigations[{name}].input_changes[0].multiply": 1.0,
        f"mitigations[{name}].input_changes[1].multiply": 0.5,
    }
    given = mitigation(loaded, name, cost=[])
    none, outreach = (
        central_run(loaded, paths, mitigations=given, mitigated=choice)
        for choice in ("none", (name,))
    )
    saved = (none.spending.by_line - outreach.spending.by_line)[number, :, 0]
    assert not saved[:SEPTEMBER].any()
    full = saved[JANUARY]
    factor = anchor_lines(prepare(loaded))["top_up_funding"].factor
    assert full == pytest.approx(17 * 20_300 / 12 * factor)
    assert saved[SEPTEMBER:12] / full == pytest.approx([0.2, 0.4, 0.6, 0.8, 1, 1, 1])
    assert saved[12:].min() > 0.99 * full


def test_e8_the_caseload_rises_from_34_to_85(loaded: LoadedScenario) -> None:
    """E8: 34 on roll, 85 reached, 2.5 times as many (000:2308), through the same lever and ramp."""
    name = "alternative_provision_outreach"
    scenario = loaded.scenario.model_copy(update={"mitigated": (name,)})
    draws = central(
        scenario,
        {
            f"mitigations[{name}].confidence": 1.0,
            f"mitigations[{name}].input_changes[1].multiply": 2.5,
        },
    )
    apply_input_changes(scenario, draws)
    line = scenario.funding.lines[line_number(loaded, "top_up_funding")]
    (driver,) = (item for item in line.drivers if item.id == "alternative_provision")
    fte = draws.monthly(driver.fte)[:, 0]
    assert fte[:SEPTEMBER] == pytest.approx([34] * 5)
    assert fte[SEPTEMBER:JANUARY] == pytest.approx([34 + 51 * part / 5 for part in (1, 2, 3, 4)])
    assert fte[JANUARY:] == pytest.approx([85] * (60 - JANUARY))


WITHOUT_POOL = {"pool.also_requested_share": 0.0, "nurture_effect.averts_request_share": 0.0}


def graduated(loaded: LoadedScenario, factor: float, choice: Any) -> BlockResult:
    name = "graduated_response"
    paths = {
        **WITHOUT_POOL,
        f"mitigations[{name}].confidence": 1.0,
        f"mitigations[{name}].input_changes[0].multiply": factor,
    }
    return central_run(loaded, paths, mitigated=choice)


def test_e10_earlier_support_lowers_requests_from_its_start_as_it_is_taken_up(
    loaded: LoadedScenario,
) -> None:
    """E10: a tenth fewer requests, growing over two years from January 2024 (000:2333-2340)."""
    none = graduated(loaded, 0.9, "none").months.demand.requests.sum(axis=(1, 2))
    less = graduated(loaded, 0.9, ("graduated_response",)).months.demand.requests.sum(axis=(1, 2))
    since = np.arange(60) - JANUARY
    due = 1 - 0.1 * np.clip((since + 1) / 24, 0, 1)
    assert less / none == pytest.approx(due)
    assert np.array_equal(less[:JANUARY], none[:JANUARY])
    assert due[JANUARY + 23] == pytest.approx(0.9)


def test_e11_used_on_high_need_pupils_only_it_averts_nothing(loaded: LoadedScenario) -> None:
    """E11: support that comes when a request is due anyway averts none (000:2349-2350): a factor of 1."""
    none = graduated(loaded, 1.0, "none")
    late = graduated(loaded, 1.0, ("graduated_response",))
    assert none.months.demand.requests.tobytes() == late.months.demand.requests.tobytes()
    assert none.views.in_year.tobytes() == late.views.in_year.tobytes()


def test_d2_starters_of_the_first_nine_months_are_about_the_19_printed(
    loaded: LoadedScenario,
) -> None:
    """19 independent starters from September 2022 to mid-2023, about nine months (000:1983-1984). New
    plans, moves and those who find no local place together give 21 still in place by December; nothing
    is fitted to it, and the band says how far inputs that may be revised can take it."""
    prepared = prepare(loaded)
    run = forecast_central(prepared, anchor_lines(prepared))
    drivers = [
        driver
        for line in loaded.scenario.funding.lines
        for driver in line.drivers
        if isinstance(driver, PlansDriver)
    ]
    started = sum(
        float(run.cohort.volumes[2 * number + 1, 8, 0])
        for number, driver in enumerate(drivers)
        if any(setting.startswith("independent") for setting in driver.settings)
    )
    assert 16 <= started <= 25
