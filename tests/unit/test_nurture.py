"""Nurture groups by hand: cost from the month they open, top-up withheld, what they avert, and its fade."""

from __future__ import annotations

import numpy as np
import pytest

from model.draws import central, sample
from model.forecast import anchor_lines, by_year, forecast_central
from model.funding.drivers import Driven, price_drivers
from model.prepared import prepare
from model.provision.nurture import (
    averted,
    completed_places,
    faded,
    funding_by_group,
    nurture_funding,
    open_months,
    withheld_by_group,
)
from model.reference.codes import AGE_GROUPS
from model.report.rounding import half_away
from model.scenario.load import load
from tests.scenarios import small

pytestmark = pytest.mark.unit

C2 = 7_029
FUNDING = """
funding:
  price_base: 2023-24
  bands:
    - {id: C2, need_category: C, level: 2, annual_value_gbp: 7029}
    - {id: rising, need_category: C, level: 3, annual_value_gbp: {2023-24: 6000, then: 9000}}
  lines:
    - id: nurture
      title: Nurture
      anchor: none
      drivers:
        - {kind: nurture_groups, id: groups, title: Groups, s251: "1.2.8"}
        - {kind: nurture_withheld, id: withheld, title: Withheld, s251: "1.2.2"}
    - id: other
      title: Other
      anchor: none
      drivers:
        - {kind: pupils_without_plan, id: unit, title: Unit, s251: "1.2.1", fte: 34, annual_cost_gbp: 12000}
"""
NO_EFFECT = {
    "stay_months": "12",
    "averts_request_share": "0",
    "fade_a_year": "0",
    "with_top_up_share": "0",
    "withheld_gbp": "0",
}


def groups_of(*opens: str, phase: str = "primary", rate: str = "band: C2", places: int = 10) -> str:
    text = "nurture_groups:\n"
    for number, month in enumerate(opens):
        text += f"  - {{id: g{number}, school: S, phase: {phase}, opens: {month}, {rate}, places: {places}}}\n"
    return text


def scenario_of(tmp_path, groups: str, more: str = "", **effect: object):
    figures = {**NO_EFFECT, **{name: str(value) for name, value in effect.items()}}
    text = "nurture_effect:\n" + "".join(f"  {name}: {value}\n" for name, value in figures.items())
    return small(tmp_path, FUNDING + groups + text + more).scenario


def bands_of(scenario):
    return {band.id: band for band in scenario.funding.bands}


def gross(scenario) -> np.ndarray:
    return nurture_funding(scenario.nurture_groups, bands_of(scenario), central(scenario))[:, 0]


# ---------------------------------------------------------------- cost


def test_e1_e2_e3_cost_by_opening_year(tmp_path):
    """E1: 5 full + 3 x 7/12 at 70,290 is 474,458; E2: 58,575 to date; E3: 767,333, then 13 for 913,770
    (000:2117, 2138-2150)."""
    opens = ["2022-09"] * 5 + ["2023-09"] * 3 + ["2024-09"] * 5
    monthly = gross(scenario_of(tmp_path, groups_of(*opens)))
    yearly = by_year(monthly[:, None])[:, 0]
    assert [half_away(value) for value in yearly] == [474_458, 767_333, 913_770]
    assert monthly[:2].sum() == pytest.approx(58_575)
    assert monthly[4] == pytest.approx(5 * 70_290 / 12)
    assert monthly[5] == pytest.approx(8 * 70_290 / 12)


def test_e3_each_group_from_its_own_month(tmp_path):
    scenario = scenario_of(tmp_path, groups_of("2023-04", "2023-09", "2026-03", "2027-01"))
    opened = [open_months(item, 2023, 36).sum() for item in scenario.nurture_groups]
    assert opened == [36, 31, 1, 0]
    each = funding_by_group(scenario.nurture_groups, bands_of(scenario), central(scenario))
    assert each.sum(axis=(1, 2)) == pytest.approx([months * 70_290 / 12 for months in opened])


def test_places_and_rates_by_year(tmp_path):
    """Eight places at a band that rises, or at a rate of their own by year."""
    band = scenario_of(tmp_path, groups_of("2022-09", rate="band: rising", places=8))
    assert by_year(gross(band)[:, None])[:, 0] == pytest.approx([48_000, 72_000, 72_000])
    rate = "rate_gbp: {2023-24: 5000, then: 7500}"
    own = scenario_of(tmp_path, groups_of("2022-09", rate=rate, places=8))
    assert by_year(gross(own)[:, None])[:, 0] == pytest.approx([40_000, 60_000, 60_000])


def test_e4_the_outturn_above_budget_is_about_two_months_or_four_and_a_half_pupils(tmp_path):
    """E4: 506k against 474k: three groups 1.8 months earlier, or 4.5 more C2 pupils (000:2117)."""

    def cost(*opens: str) -> float:
        return gross(scenario_of(tmp_path, groups_of(*["2022-09"] * 5, *opens)))[:12].sum()

    budget = cost(*["2023-09"] * 3)
    gap = 506_000 - budget
    assert gap == pytest.approx(31_542.5)
    assert gap / (cost(*["2023-08"] * 3) - budget) == pytest.approx(1.8, abs=0.05)
    assert cost(*["2023-08"] * 3) - budget < gap < cost(*["2023-07"] * 3) - budget
    assert gap / C2 == pytest.approx(4.5, abs=0.05)


# ---------------------------------------------------------------- withheld top-up


@pytest.mark.parametrize(
    ("share", "award", "net"),
    [
        (1, C2, 0),
        (0, C2, 70_290),
        (0.4, 5_000, 70_290 - 4 * 5_000),
        # A dearer award counts up to the group's own rate, so a group never earns money.
        (1, 12_000, 0),
        (0.5, 12_000, 35_145),
    ],
)
def test_e6_net_cost_lies_between_nil_and_the_full_cost(tmp_path, share, award, net):
    """E6: ten pupils all at C2 make a group free, none with top-up 70,290 (000:2150)."""
    scenario = scenario_of(
        tmp_path, groups_of("2022-09"), with_top_up_share=share, withheld_gbp=award
    )
    priced = price_drivers(scenario, central(scenario), Driven(np.zeros((0, 36, 1))))
    spent, credit = (by_year(item.spend_gbp)[:, 0] for item in priced[:2])
    assert spent == pytest.approx([70_290] * 3)
    assert (credit <= 0).all()
    assert spent + credit == pytest.approx([net] * 3, abs=1e-6)


def test_withheld_only_while_a_group_is_open_and_for_filled_places(tmp_path):
    scenario = scenario_of(
        tmp_path, groups_of("2023-09"), occupied_share=0.9, with_top_up_share=0.5,
        withheld_gbp=4_000,
    )  # fmt: skip
    draws = central(scenario)
    monthly = withheld_by_group(
        scenario.nurture_effect, scenario.nurture_groups, bands_of(scenario), draws
    )[0, :, 0]
    assert not monthly[:5].any()
    assert monthly[5:] == pytest.approx([10 * 0.9 * 0.5 * 4_000 / 12] * 31)


def test_cost_and_top_up_withheld_rise_with_the_prices_of_their_driver(tmp_path):
    """Ten places at 7,029, half of them with 4,000 withheld; ten per cent more from April 2024."""
    scenario_of(tmp_path, groups_of("2022-09"), with_top_up_share=0.5, withheld_gbp=4_000)
    prices = (
        "price_base: 2023-24\n  inflation:\n    - {id: prices, title: Prices, uplift_month: 4, "
        "annual_rate: {2023-24: 0, 2024-25: 0.1, then: 0}}\n"
    )
    text = (tmp_path / "small.yaml").read_text().replace("price_base: 2023-24\n", prices)
    for driver in ("title: Groups", "title: Withheld"):
        text = text.replace(driver, f"{driver}, inflation: prices")
    (tmp_path / "small.yaml").write_text(text)
    scenario = load(tmp_path / "small.yaml").scenario
    priced = price_drivers(scenario, central(scenario), Driven(np.zeros((0, 36, 1))))
    spent, credit = (by_year(item.spend_gbp)[:, 0] for item in priced[:2])
    assert spent == pytest.approx([70_290, 77_319, 77_319])
    assert credit == pytest.approx([-20_000, -22_000, -22_000])


def test_with_the_effect_switched_off_groups_cost_what_they_do_and_nothing_is_withheld(tmp_path):
    scenario = scenario_of(
        tmp_path, groups_of("2022-09"), "switched_off: [nurture_effect]\n", with_top_up_share=0.5,
        withheld_gbp=4_000,
    )  # fmt: skip
    priced = price_drivers(scenario, central(scenario), Driven(np.zeros((0, 36, 1))))
    assert by_year(priced[0].spend_gbp)[:, 0] == pytest.approx([70_290] * 3)
    assert not priced[1].spend_gbp.any()


# ---------------------------------------------------------------- completed places and what they avert


@pytest.mark.parametrize(
    ("opens", "stay", "first"),
    # In months from April 2023: a stay from September to May ends with May, month 13.
    [("2023-09", 9, 13), ("2023-09", 12, 16), ("2023-09", 8.5, 13), ("2022-09", 9, 1),
     ("2022-01", 9, 0)],
)  # fmt: skip
def test_a_place_is_completed_every_stay_the_first_when_the_first_stay_ends(
    tmp_path, opens, stay, first
):
    scenario = scenario_of(tmp_path, groups_of(opens), stay_months=stay, occupied_share=0.8)
    done = completed_places(scenario.nurture_effect, scenario.nurture_groups, central(scenario))
    assert not done[0, :first].any()
    assert done[0, first:, 0] == pytest.approx([10 * 0.8 / stay] * (36 - first))


def test_requests_averted_by_phase_without_fade(tmp_path):
    """Ten places a year averting half each: 5/12 a month from those of the phase's ages, and no others."""
    for phase, ages in (("primary", "5_to_10"), ("secondary", "11_to_15")):
        scenario = scenario_of(
            tmp_path, groups_of("2022-03", phase=phase), averts_request_share=0.5
        )
        result = averted(scenario.nurture_effect, scenario.nurture_groups, central(scenario))
        which = AGE_GROUPS.index(ages)
        assert result.requests[:, which, 0] == pytest.approx([5 / 12] * 36)
        assert not np.delete(result.requests, which, axis=1).any()
        assert not result.placements


def test_what_is_averted_fades_and_comes_back_as_requests(tmp_path):
    """A single month's six, half fading a year: three held after twelve months, and none made up."""
    scenario = scenario_of(tmp_path, groups_of("2022-03"), fade_a_year=0.5)
    draws = central(scenario)
    once = np.zeros((36, 1))
    once[0] = 6.0
    held = faded(once, scenario.nurture_effect, draws)
    assert held[[0, 12, 24], 0] == pytest.approx([6, 3, 1.5])
    assert (np.diff(held[:, 0]) < 0).all()
    steady = scenario_of(tmp_path, groups_of("2022-03"), averts_request_share=0.5, fade_a_year=0.5)
    requests = averted(steady.nurture_effect, steady.nurture_groups, central(steady)).requests
    by_month = requests[:, AGE_GROUPS.index("5_to_10"), 0]
    stays = 0.5 ** (1 / 12)
    assert by_month[0] == pytest.approx(5 / 12)
    assert by_month == pytest.approx(5 / 12 * stays ** np.arange(36))
    gone = scenario_of(tmp_path, groups_of("2022-03"), averts_request_share=0.5, fade_a_year=1)
    fast = averted(gone.nurture_effect, gone.nurture_groups, central(gone)).requests
    assert fast[0].sum() == pytest.approx(5 / 12)
    assert fast[1:].sum() == pytest.approx(0)


AVERTS = """  averts_placements:
    - {driver: other.unit, probability: 0.3}
    - {driver: other.unit, probability: 0.1}
"""


def test_averted_placements_lower_the_drivers_volume_one_for_one(tmp_path):
    """Ten places a year at 0.3 and 0.1: a third of one less a month, priced at 12,000 a year."""
    scenario = scenario_of(tmp_path, groups_of("2022-03"), AVERTS)
    draws = central(scenario)
    result = averted(scenario.nurture_effect, scenario.nurture_groups, draws)
    less = result.placements["other.unit"][:, 0]
    assert less == pytest.approx(10 * 0.4 / 12 * np.arange(1, 37))
    nobody = Driven(np.zeros((0, 36, 1)))
    driven = Driven(np.zeros((0, 36, 1)), averted=result.placements)
    before, after = (price_drivers(scenario, draws, item)[2] for item in (nobody, driven))
    assert before.volume[:, 0] - after.volume[:, 0] == pytest.approx(less)
    assert before.spend_gbp[:, 0] - after.spend_gbp[:, 0] == pytest.approx(less * 1_000)


def test_averted_placements_never_lower_a_volume_below_nil(tmp_path):
    scenario = scenario_of(tmp_path, groups_of("2022-03"), AVERTS)
    driven = Driven(np.zeros((0, 36, 1)), averted={"other.unit": np.full((36, 1), 50.0)})
    unit = price_drivers(scenario, central(scenario), driven)[2]
    assert not unit.volume.any()
    assert not unit.spend_gbp.any()


PLANS = """
plans: {counted: 2023-01, total: 10, age_groups: {5_to_10: 10}, settings: {independent_special_day: 10}}
"""


def test_averted_placements_of_plans_come_off_later_placements_only(tmp_path):
    """Who was there at the start is not averted: of five later ones two less, of one none below nil."""
    text = FUNDING.replace(
        '{kind: pupils_without_plan, id: unit, title: Unit, s251: "1.2.1", fte: 34, annual_cost_gbp: 12000}',
        '{kind: plans, id: unit, title: U, s251: "1.2.3", settings: [independent_special_day], '
        "annual_cost_gbp: 12000, entry_cost_gbp: 24000}",
    )
    text += PLANS + groups_of("2022-03")
    scenario = small(tmp_path, text.replace(
        '        - {kind: nurture_withheld, id: withheld, title: Withheld, s251: "1.2.2"}\n', ""
    )).scenario  # fmt: skip
    for later, left in ((5.0, 3.0), (1.0, 0.0)):
        volumes = np.stack([np.full((36, 1), 8.0), np.full((36, 1), later)])
        driven = Driven(volumes, averted={"other.unit": np.full((36, 1), 2.0)})
        unit = price_drivers(scenario, central(scenario), driven)[1]
        assert unit.volume[:, 0] == pytest.approx([8 + left] * 36)
        assert unit.spend_gbp[:, 0] == pytest.approx([8 * 1_000 + left * 2_000] * 36)


# ---------------------------------------------------------------- the bundled scenarios


@pytest.mark.parametrize("bundled", ["north_somerset_file", "demoshire_file"])
def test_e5_the_range_of_every_effect_includes_zero(bundled, request):
    """E5: correlational evidence, one school dominates (000:2790): no effect is possible."""
    scenario = load(request.getfixturevalue(bundled)).scenario
    effect = scenario.nurture_effect
    figures = [effect.averts_request_share] + [i.probability for i in effect.averts_placements]
    for figure in figures:
        assert not figure.certain
        low, middle = figure.distribution.quantile(np.array([0.0, 0.5]))
        assert low == pytest.approx(0.0, abs=1e-12)
        assert middle > 0


def test_e5_requests_fall_one_for_one_with_what_is_averted(north_somerset_file):
    """Requests of the run without an effect, less those averted, are those of the run with one."""
    prepared = prepare(load(north_somerset_file))
    anchors = anchor_lines(prepared)
    share = "nurture_effect.averts_request_share"
    without, with_ = (
        forecast_central(prepared, anchors, overrides={share: value}) for value in (0.0, 0.3)
    )
    less = with_.months.averted.requests
    assert not without.months.averted.requests.any()
    # By month; pupils of the pool who would have asked too are taken off all ages in proportion.
    before, after = (run.months.demand.requests.sum(axis=1) for run in (without, with_))
    assert before - after == pytest.approx(less.sum(axis=1), abs=1e-9)
    assert with_.months.demand.averted_requests == pytest.approx(less.sum(axis=1))
    assert less.sum() > 20
    fewer = without.cohort.by_setting[-1].sum() - with_.cohort.by_setting[-1].sum()
    assert 0 < fewer < less.sum()


def test_gross_withheld_and_completed_of_a_run_are_those_of_the_groups(north_somerset_file):
    """E1-E3 as a run reports them by group and year: 13 groups, 130 places (000:2141-2150); band values
    rise by 1.5 % on average in the second year, so 767,333 becomes 778,842."""
    loaded = load(north_somerset_file)
    prepared = prepare(loaded)
    run = forecast_central(prepared, anchor_lines(prepared))
    account = run.nurture
    assert [half_away(value) for value in account.gross[:, :2, 0].sum(axis=0)] == [474_458, 778_842]
    effect = loaded.scenario.nurture_effect
    share = effect.with_top_up_share.central * effect.occupied_share.central
    assert account.withheld[:, 3, 0].sum() == pytest.approx(130 * 5_500 * share * 1.015**3)
    assert account.completed[:, 3, 0].sum() == pytest.approx(130 * 12 / effect.stay_months.central)
    assert (account.withheld <= account.gross).all()


def test_draws_keep_their_own_stay(tmp_path):
    scenario = scenario_of(tmp_path, groups_of("2023-09"), stay_months="{uniform: [4, 12]}")
    draws = sample(scenario, 1, 0, 64)
    done = completed_places(scenario.nurture_effect, scenario.nurture_groups, draws)[0]
    stay = draws.of(scenario.nurture_effect.stay_months)
    assert (done > 0).argmax(axis=0).tolist() == (5 + np.ceil(stay) - 1).astype(int).tolist()
    assert done[-1] == pytest.approx(10 / stay)


INSTEAD = """
    - {driver: other.unit, probability: 0.3, instead_gbp: 2400}
    - {driver: other.unit, probability: 0.1, instead_gbp: 1200}
"""


def test_what_a_child_costs_instead_is_added_for_each_averted_placement(tmp_path):
    """Of four averted three cost 2,400 and one 1,200 a year: 2,100 on average, so 12,000 less 2,100."""
    scenario = scenario_of(tmp_path, groups_of("2022-03"), averts_placements=INSTEAD)
    draws = central(scenario)
    result = averted(scenario.nurture_effect, scenario.nurture_groups, draws)
    less = result.placements["other.unit"][:, 0]
    assert result.instead_gbp["other.unit"][:, 0] == pytest.approx(less * 2_100 / 12)
    nobody = Driven(np.zeros((0, 36, 1)))
    driven = Driven(np.zeros((0, 36, 1)), averted=result.placements, instead_gbp=result.instead_gbp)
    before, after = (price_drivers(scenario, draws, item)[2] for item in (nobody, driven))
    saved = before.spend_gbp[:, 0] - after.spend_gbp[:, 0]
    assert saved == pytest.approx(less * (12_000 - 2_100) / 12)


def test_what_a_child_costs_instead_follows_prices_and_stops_with_whom_it_would_be(tmp_path):
    """Prices up a tenth from 2024-25, half of it education, 80 % covered: of one later placement two
    averted, so one child costs 1,200 instead: 1,200/12 x 0.5 x 0.8 = 40, then 44."""
    text = FUNDING.replace(
        "price_base: 2023-24",
        "price_base: 2023-24\n  inflation:\n    - {id: fees, title: F, annual_rate: {2023-24: 0, 2024-25: 0.1, then: 0}, uplift_month: 4}",
    )
    text = text.replace(
        '{kind: pupils_without_plan, id: unit, title: Unit, s251: "1.2.1", fte: 34, annual_cost_gbp: 12000}',
        '{kind: plans, id: unit, title: U, s251: "1.2.3", settings: [independent_special_day], '
        "annual_cost_gbp: 12000, inflation: fees, education_share: 0.5, coverage_share: 0.8}",
    ).replace(
        '        - {kind: nurture_withheld, id: withheld, title: Withheld, s251: "1.2.2"}\n', ""
    )
    scenario = small(tmp_path, text + PLANS + groups_of("2022-03")).scenario
    volumes = np.stack([np.zeros((36, 1)), np.ones((36, 1))])
    two = np.full((36, 1), 2.0)
    driven = Driven(
        volumes, averted={"other.unit": two}, instead_gbp={"other.unit": two * 1_200 / 12}
    )
    unit = price_drivers(scenario, central(scenario), driven)[1]
    assert not unit.volume.any()
    assert unit.spend_gbp[[0, 12, 24], 0] == pytest.approx([40, 44, 44])
