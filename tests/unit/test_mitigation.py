"""Mitigations change lines on a ramp; the base is the current plan."""

from __future__ import annotations

import numpy as np
import pytest

from model.draws import central, sample
from model.forecast import by_year
from model.mitigation.delivery import paid, paid_on_top, presence, ramp
from model.mitigation.line_changes import general_fund_cost, line_changes
from tests.scenarios import small

pytestmark = pytest.mark.unit

BODY = """
funding:
  price_base: 2023-24
  lines:
    - {id: top_up, title: Top-up, anchor: none, drivers: [{kind: amount, id: a, title: A, s251: "1.2.2", annual_amount_gbp: 100000}]}
    - {id: places, title: Places, anchor: none, drivers: [{kind: amount, id: a, title: A, s251: "1.2.2", annual_amount_gbp: 100000}]}
mitigations:
  - id: at_once
    title: At once
    condition: "1"
    theme: Inclusion
    start: 2023-09
    ramp_months: 0
    changes: [{line: top_up, full_year_gbp: -1200}]
    confidence: 0.5
    cost:
      - {fund: dsg, full_year_gbp: 120, line: places}
      - {fund: general_fund, full_year_gbp: 240}
    share_in_base: 0.25
  - id: slowly
    title: Slowly
    condition: "2"
    theme: Inclusion
    start: 2024-04
    ramp_months: 12
    changes: [{line: places, full_year_gbp: -2400}]
    confidence: 1
    share_in_base: 0
"""


def changes(tmp_path, mitigated: str):
    scenario = small(tmp_path, BODY + f"mitigated: {mitigated}\n").scenario
    return by_year(line_changes(scenario, central(scenario)))[:, :, 0]


def test_september_start_counts_seven_twelfths_then_whole(tmp_path):
    """B10: 7/12 in year 1, 12/12 after; half delivered, a quarter in the base already."""
    top_up, places = changes(tmp_path, "all")
    assert top_up == pytest.approx([-1200 * 0.5 * 0.75 * 7 / 12, -450, -450])
    dsg_cost = 120 * 0.75
    ramped = -2400 * sum(range(1, 13)) / 144
    assert places == pytest.approx([dsg_cost * 7 / 12, dsg_cost + ramped, dsg_cost - 2400])


def test_base_changes_nothing(tmp_path):
    assert not changes(tmp_path, "base").any()


def test_none_equals_the_base_in_the_first_year_and_takes_only_what_was_to_come(tmp_path):
    """Its effect had been reached in full by March of the first year, so nothing is left to take."""
    assert changes(tmp_path, "none") == pytest.approx(np.zeros((2, 3)))
    late = BODY.replace("start: 2023-09", "start: 2024-09")
    scenario = small(tmp_path, late + "mitigated: none\n").scenario
    top_up = by_year(line_changes(scenario, central(scenario)))[0, :, 0]
    assert top_up == pytest.approx([0, 1200 * 0.5 * 0.25 * 7 / 12, 150])


def test_none_takes_away_what_starts_with_the_second_year_whole(tmp_path):
    late = BODY.replace("start: 2023-09", "start: 2024-04")
    scenario = small(tmp_path, late + "mitigated: none\n").scenario
    top_up = by_year(line_changes(scenario, central(scenario)))[0, :, 0]
    assert top_up == pytest.approx([0, 150, 150])


def test_all_brings_a_mitigation_whole_whatever_share_of_it_each_draw_has_in_the_base(tmp_path):
    body = BODY.replace("share_in_base: 0.25", "share_in_base: {uniform: [0, 0.5]}")
    for mitigated in ("base", "all"):
        scenario = small(tmp_path, body + f"mitigated: {mitigated}\n").scenario
        draws = sample(scenario, 5, 0, 64)
        item = scenario.mitigations[0]
        found = presence(item, scenario, draws, 36)
        in_base = draws.of(item.share_in_base)
        assert in_base.std() > 0.05
        assert not found[:5].any()
        assert found[5:] == pytest.approx(
            np.broadcast_to(in_base if mitigated == "base" else np.ones(64), (31, 64))
        )


def test_a_list_is_those_in_full_and_no_others(tmp_path):
    top_up, places = changes(tmp_path, "[slowly]")
    assert not top_up.any()
    assert places == pytest.approx([0, -2400 * 78 / 144, -2400])


def test_general_fund_cost_stays_outside_the_dsg(tmp_path):
    """B11: a cost to the council never enters the account's lines."""
    scenario = small(tmp_path, BODY + "mitigated: all\n").scenario
    cost = by_year(general_fund_cost(scenario, central(scenario)))[:, 0]
    assert cost == pytest.approx([240 * 7 / 12, 240, 240])
    for case in ("base", "none"):
        # A quarter is in the base since September 2023, and stays: none takes away later effects only.
        held = small(tmp_path, BODY + f"mitigated: {case}\n").scenario
        cost = by_year(general_fund_cost(held, central(held)))[:, 0]
        assert cost == pytest.approx([60 * 7 / 12, 60, 60])


def test_costs_are_charged_in_full_from_the_start_of_a_ramp(tmp_path):
    """Staff are paid from the first month; what is saved grows over the ramp."""
    body = BODY.replace("    ramp_months: 12\n", "    ramp_months: 12\n    cost:\n"
                        "      - {fund: dsg, full_year_gbp: 120, line: places}\n"
                        "      - {fund: general_fund, full_year_gbp: 360}\n")  # fmt: skip
    scenario = small(tmp_path, body + "mitigated: [slowly]\n").scenario
    assert by_year(general_fund_cost(scenario, central(scenario)))[1, 0] == pytest.approx(360 + 60)
    lines = by_year(line_changes(scenario, central(scenario)))[:, :, 0]
    ramped = -2400 * sum(range(1, 13)) / 144
    assert lines[1, 1] == pytest.approx(120 + ramped)


def test_general_fund_cost_is_whole_from_the_start_of_a_ramp(tmp_path):
    """Effects grow over twelve months from September; what they cost does not."""
    slow = BODY.replace("ramp_months: 0", "ramp_months: 12")
    scenario = small(tmp_path, slow + "mitigated: all\n").scenario
    cost = by_year(general_fund_cost(scenario, central(scenario)))[:, 0]
    assert cost == pytest.approx([240 * 7 / 12, 240, 240])


def test_savings_and_dsg_costs_rise_with_the_prices_of_their_lines_first_driver(tmp_path):
    """Top-up has a first driver at 10 % more from April 2024 and a second at 50 %, places 20 %."""
    prices = """price_base: 2023-24
  inflation:
    - {id: ten, title: Ten, uplift_month: 4, annual_rate: {2023-24: 0, 2024-25: 0.1, then: 0}}
    - {id: twenty, title: Twenty, uplift_month: 4, annual_rate: {2023-24: 0, 2024-25: 0.2, then: 0}}
    - {id: fifty, title: Fifty, uplift_month: 4, annual_rate: {2023-24: 0, 2024-25: 0.5, then: 0}}
"""
    amount = '{kind: amount, id: a, title: A, s251: "1.2.2", annual_amount_gbp: 100000}'
    first, second = (
        amount.replace("id: a", f"id: {name}").replace("100000", f"100000, inflation: {series}")
        for name, series in (("a", "ten"), ("b", "fifty"))
    )
    body = BODY.replace("price_base: 2023-24\n", prices)
    body = body.replace(amount, f"{first}, {second}", 1)
    body = body.replace(amount, first.replace("ten", "twenty"), 1)
    scenario = small(tmp_path, body + "mitigated: [at_once]\n").scenario
    top_up, places = by_year(line_changes(scenario, central(scenario)))[:, :, 0]
    assert top_up == pytest.approx([-450 * 7 / 12, -450 * 1.1, -450 * 1.1])
    assert places == pytest.approx([90 * 7 / 12, 90 * 1.2, 90 * 1.2])


def test_ramp_by_month(tmp_path):
    scenario = small(tmp_path, BODY).scenario
    slowly = scenario.mitigations[1]
    reached = ramp(slowly, 2023, 36)
    assert reached[11] == 0
    assert reached[12] == pytest.approx(1 / 12)
    assert reached[23:].tolist() == [1.0] * 13


def test_costs_are_paid_in_full_from_the_start_of_the_ramp(tmp_path):
    """A ramp of twelve months from April 2024: paid from that month, whole, whatever is reached."""
    scenario = small(tmp_path, BODY + "mitigated: all\n").scenario
    draws = central(scenario)
    at_once, slowly = scenario.mitigations
    assert paid(slowly, draws, 36)[:, 0].tolist() == [0] * 12 + [1] * 24
    assert paid_on_top(slowly, scenario, draws, 36)[:, 0].tolist() == [0] * 12 + [1] * 24
    assert paid_on_top(at_once, scenario, draws, 36)[:, 0].tolist() == [0] * 5 + [0.75] * 31


def test_without_mitigations_only_costs_still_to_come_are_taken_away(tmp_path):
    """What was paid at the end of the first year stays; the rest of the share in the base goes."""
    body = BODY.replace("share_in_base: 0\n", "share_in_base: 0.5\n")
    scenario = small(tmp_path, body + "mitigated: none\n").scenario
    draws = central(scenario)
    at_once, slowly = scenario.mitigations
    assert not paid_on_top(at_once, scenario, draws, 36).any()
    assert paid_on_top(slowly, scenario, draws, 36)[:, 0].tolist() == [0] * 12 + [-0.5] * 24
    assert not paid_on_top(
        slowly, scenario.model_copy(update={"mitigated": "base"}), draws, 36
    ).any()
