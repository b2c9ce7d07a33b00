"""SEND transport, appeals and statement transfers on cases small enough to work by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from model.demand.statement_transfers import LONGEST, transfer_series
from model.draws import central, sample
from model.forecast import anchor_lines, by_year, forecast_central
from model.general_fund.appeals import appeal_cost
from model.general_fund.view import APPEALS, TRANSPORT, general_fund_view
from model.prepared import prepare
from model.reference.codes import SETTINGS
from model.scenario.load import load
from model.scenario.problems import ScenarioError
from tests.scenarios import small

pytestmark = pytest.mark.unit

COHORT = """
plans:
  counted: 2023-01
  total: 100
  source: invented
  age_groups: {5_to_10: 50, 11_to_15: 50}
  settings: {mainstream: 60, state_special: 40}
"""
FUND = """
general_fund:
  price_base: 2023-24
  inflation:
    - {id: fares, title: Fares, annual_rate: {2023-24: 0, then: 0.1}, uplift_month: 4}
  transport:
    inflation: fares
    travellers:
      - {id: special, title: Special schools, settings: [state_special], share_transported: 0.5, annual_cost_gbp: 8000}
      - {id: others, title: Mainstream, settings: [mainstream], share_transported: {2023-24: 0.1, then: 0.2}, annual_cost_gbp: 4000}
  appeals:
    share_of_plans_a_year: 0.012
    cost_each_gbp: 5000
    conceded_share: 0.5
    conceded_cost_gbp: 40000
"""


def view_of(folder):
    """The view with 40 plans in special schools and 60 in mainstream in every month."""
    scenario = small(folder, COHORT + FUND).scenario
    draws = central(scenario)
    plans = np.zeros((draws.months, len(SETTINGS), 1))
    plans[:, SETTINGS.index("state_special")] = 40
    plans[:, SETTINGS.index("mainstream")] = 60
    return general_fund_view(scenario.general_fund, draws, plans, None, {})


def test_transport_by_hand(tmp_path):
    """40 x 0.5 x 8,000 = 160,000 and 60 x 0.1 x 4,000 = 24,000; then 60 x 0.2 and prices up a tenth."""
    transport = view_of(tmp_path).transport
    cost = by_year(transport.cost_gbp)[..., 0]
    assert cost[0] == pytest.approx([160_000, 176_000, 193_600])
    assert cost[1] == pytest.approx([24_000, 48_000 * 1.1, 48_000 * 1.21])
    assert by_year(transport.passengers)[:, 1, 0] / 12 == pytest.approx([20, 12])


def test_a_group_of_two_settings_carries_both(tmp_path):
    """Half of 40 in special schools and of 60 in mainstream schools: 50 passengers at 8,000."""
    two = FUND.replace("settings: [state_special]", "settings: [state_special, mainstream]")
    two = "\n".join(line for line in two.split("\n") if "id: others" not in line)
    scenario = small(tmp_path, COHORT + two).scenario
    draws = central(scenario)
    plans = np.zeros((draws.months, len(SETTINGS), 1))
    plans[:, SETTINGS.index("state_special")] = 40
    plans[:, SETTINGS.index("mainstream")] = 60
    transport = general_fund_view(scenario.general_fund, draws, plans, None, {}).transport
    assert transport.passengers[0, 0, 0] == pytest.approx(50)
    assert by_year(transport.cost_gbp)[0, 0, 0] == pytest.approx(400_000)


def test_appeals_by_hand(tmp_path):
    """100 plans x 1.2 % a year; half conceded at 40,000 beside; the DSG's part is not in the cost."""
    appeals = view_of(tmp_path).appeals
    assert by_year(appeals.plans)[0, 0] == pytest.approx(1.2)
    assert by_year(appeals.cost_gbp)[0, 0] == pytest.approx(6_000)
    assert by_year(appeals.conceded_gbp)[0, 0] == pytest.approx(24_000)


def test_a_share_of_refusals_is_appealed_against(tmp_path):
    """A quarter of the refusals of every month, at the cost of an appeal, in the same run."""
    folder = Path(__file__).parent / "bad_inputs"
    for name in ("base.yaml", "population.csv"):
        (tmp_path / name).write_text((folder / name).read_text(encoding="utf-8"), encoding="utf-8")
    with (tmp_path / "base.yaml").open("a", encoding="utf-8") as file:
        file.write(FUND.replace("    share_of_plans_a_year: 0.012", "    share_of_refusals: 0.25"))
    prepared = prepare(load(tmp_path / "base.yaml"))
    block = forecast_central(prepared, anchor_lines(prepared))
    appeals, refused = block.general_fund.appeals, block.months.demand.refused
    assert refused.sum() > 5
    assert appeals.refusals == pytest.approx(0.25 * refused)
    assert appeals.cost_gbp == pytest.approx(0.25 * 5000 * refused)
    assert not appeals.plans.any()


def test_published_figures_scale_costs_once(tmp_path):
    """The central first year meets what was published; later years keep the factor."""
    plain = prepare(small(tmp_path, COHORT + FUND))
    raw = forecast_central(plain, anchor_lines(plain)).general_fund
    with_published = FUND.replace(
        "    travellers:", "    published_gbp: 300000\n    travellers:"
    ).replace("    cost_each", "    published_gbp: 9000\n    cost_each")
    scaled = prepare(small(tmp_path, COHORT + with_published))
    anchors = anchor_lines(scaled)
    assert set(anchors) == {TRANSPORT, APPEALS}
    view = forecast_central(scaled, anchors).general_fund
    yearly, before = (by_year(v.transport.cost_gbp).sum(axis=0)[:, 0] for v in (view, raw))
    assert yearly[0] == pytest.approx(300_000)
    assert yearly[2] / before[2] == pytest.approx(300_000 / before[0])
    assert by_year(view.appeals.cost_gbp)[0, 0] == pytest.approx(9_000)


def test_published_transport_that_nobody_causes_is_refused(tmp_path):
    body = (
        FUND.replace("    travellers:", "    published_gbp: 300000\n    travellers:")
        .replace("share_transported: 0.5", "share_transported: 0")
        .replace("{2023-24: 0.1, then: 0.2}", "0")
    )
    prepared = prepare(small(tmp_path, COHORT + body))
    with pytest.raises(ValueError, match=r"general_fund\.transport comes to nothing"):
        anchor_lines(prepared)


def transfers(folder, text: str):
    scenario = small(folder, "statement_transfers:\n" + text).scenario
    return scenario.statement_transfers, scenario


def test_statements_by_hand(tmp_path):
    """100 at 60 a year from September: 5 a month, the last in the 20th month, April 2025."""
    part, scenario = transfers(
        tmp_path, "  {statements: 100, start: 2023-09, reviews_a_year: 60, deadline: 2025-04}\n"
    )
    series = transfer_series(part, central(scenario))
    assert series.remaining[4, 0] == 100
    assert series.remaining[5, 0] == 95
    assert series.remaining[11, 0] == pytest.approx(100 - 7 * 5)
    assert series.months[0] == pytest.approx(20)
    assert series.in_time[0] == 1
    assert series.remaining[24, 0] == 0


def test_a_month_too_late_is_late(tmp_path):
    part, scenario = transfers(
        tmp_path, "  {statements: 100, start: 2023-09, reviews_a_year: 60, deadline: 2025-03}\n"
    )
    assert transfer_series(part, central(scenario)).in_time[0] == 0


def test_transfers_beyond_the_horizon_are_counted_on(tmp_path):
    """400 at 60 a year takes 80 months; the horizon has 36."""
    part, scenario = transfers(
        tmp_path, "  {statements: 400, start: 2023-04, reviews_a_year: 60, deadline: 2029-11}\n"
    )
    series = transfer_series(part, central(scenario))
    assert series.months[0] == pytest.approx(80)
    assert series.in_time[0] == 1
    assert series.remaining[-1, 0] == pytest.approx(400 - 180)


def test_who_leaves_needs_no_transfer_and_no_reviews_never_end(tmp_path):
    part, scenario = transfers(
        tmp_path,
        "  {statements: {uniform: [90, 110]}, start: 2023-04, reviews_a_year: 0, leaving_share_a_year: 0.5, deadline: 2024-03}\n",
    )
    draws = sample(scenario, 3, 0, 64)
    series = transfer_series(part, draws)
    opening = draws.of(part.statements)
    assert series.remaining[11] == pytest.approx(opening / 2)
    assert series.left[:12].sum(axis=0) == pytest.approx(opening / 2)
    assert (series.months == LONGEST).all()
    assert not series.in_time.any()


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("price_base: 2023-24", "price_base: 2019-20", "2023-24 or 2022-23"),
        ("    inflation: fares", "    inflation: fees", "no inflation series 'fees'"),
        ("settings: [mainstream]", "settings: [state_special]", "'state_special' is in the group 'special'"),
        ("settings: [mainstream]", "settings: [mainstraem]", "mainstream"),
        ("id: others", "id: special", "the id 'special' is given twice"),
        ("share_transported: 0.5", "share_transported: 50", "0 to 1"),
        ("annual_cost_gbp: 8000", "annual_cost_gbp: -8000", "0 or more"),
        ("    cost_each_gbp: 5000\n", "", "cost_each_gbp: this key is missing"),
        ("appeals:", "apeals:", "appeals"),
        ("PLANS", "", "there are none"),
        ("share_of_plans_a_year: 0.012", "share_of_refusals: 0.1", "need requests"),
    ],
)  # fmt: skip
def test_bad_input_is_named(tmp_path, old, new, says):
    """Each mistake is one line that says where and what."""
    cohort, fund = ("", FUND) if old == "PLANS" else (COHORT, FUND.replace(old, new))
    assert old == "PLANS" or FUND.count(old) == 1
    with pytest.raises(ScenarioError) as error:
        small(tmp_path, cohort + fund)
    assert any(says in str(problem) for problem in error.value.problems), str(error.value)
    assert all(problem.line for problem in error.value.problems)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("start: 2023-03, reviews_a_year: 60, deadline: 2025-04", "2023-04 or later"),
        (
            "start: 2023-09, reviews_a_year: 60, deadline: 2023-08",
            "the deadline is before the start",
        ),
        ("start: 2023-09, reviews_a_year: -1, deadline: 2025-04", "reviews_a_year"),
        ("start: Sept 2023, reviews_a_year: 60, deadline: 2025-04", "2023-09"),
    ],
)
def test_bad_transfers_are_named(tmp_path, text, says):
    with pytest.raises(ScenarioError) as error:
        transfers(tmp_path, f"  {{statements: 100, {text}}}\n")
    assert any(says in str(problem) for problem in error.value.problems), str(error.value)


def test_after_the_horizon_the_rate_of_the_last_year_goes_on(tmp_path):
    """60, 60 and 120 a year leave 260 of 500 after three years: 26 months more at 10 a month."""
    part, scenario = transfers(
        tmp_path,
        "  {statements: 500, start: 2023-04, reviews_a_year: {2023-24: 60, 2024-25: 60, then: 120}, deadline: 2028-05}\n",
    )
    series = transfer_series(part, central(scenario))
    assert series.remaining[-1, 0] == pytest.approx(260)
    assert series.months[0] == pytest.approx(36 + 26)
    assert series.in_time[0] == 1


def test_the_last_month_counts_as_far_as_it_is_worked(tmp_path):
    """102.5 at 5 a month from September: 20 months and a half."""
    part, scenario = transfers(
        tmp_path, "  {statements: 102.5, start: 2023-09, reviews_a_year: 60, deadline: 2025-04}\n"
    )
    series = transfer_series(part, central(scenario))
    assert series.months[0] == pytest.approx(20.5)
    assert series.transferred[25, 0] == pytest.approx(2.5)


def test_nobody_who_leaves_is_transferred_too(tmp_path):
    """Leavers of the month go first, all others are done in it."""
    part, scenario = transfers(
        tmp_path,
        "  {statements: 100, start: 2023-04, reviews_a_year: 6000, leaving_share_a_year: 0.5, deadline: 2024-03}\n",
    )
    series = transfer_series(part, central(scenario))
    assert series.left[0, 0] == pytest.approx(100 * (1 - 0.5 ** (1 / 12)))
    assert (series.transferred + series.left).sum() == pytest.approx(100)
    assert not series.remaining.any()


def test_what_an_appeal_costs_rises_with_its_prices(tmp_path):
    """100 plans x 1.2 % at 5,000, anchored at twice that; prices rise a tenth a year, of what is conceded too."""
    text = FUND.replace("  appeals:\n", "  appeals:\n    inflation: fares\n")
    scenario = small(tmp_path, COHORT + text).scenario
    fund = scenario.general_fund
    draws = central(scenario)
    plans = np.full((draws.months, 1), 100.0)
    found = appeal_cost(fund, draws, None, plans, 2.0)
    assert by_year(found.cost_gbp)[:, 0] == pytest.approx([12_000, 13_200, 14_520])
    assert by_year(found.conceded_gbp)[:, 0] == pytest.approx([24_000, 26_400, 29_040])
