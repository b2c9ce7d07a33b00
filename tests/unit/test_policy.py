"""Policy values are dated, sourced data, and a scenario may put its own in their place."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from model.assumptions import register
from model.prepared import prepare
from model.reference.policy import (
    LIMITS,
    PolicyError,
    _parameter,
    _question,
    open_questions,
    policy,
    wrong_value,
)
from model.scenario.load import LoadedScenario, load
from model.scenario.policy_values import GIVEN, policy_of, policy_value
from model.scenario.problems import ScenarioError
from tests.demand import demand_scenario, read_demand

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[2]
DEMOSHIRE = ROOT / "scenarios" / "demoshire"


def overlaid(folder: Path, body: str) -> LoadedScenario:
    """Demoshire with a `policy:` section laid over it."""
    for source in DEMOSHIRE.iterdir():
        if source.is_file():
            (folder / source.name).write_bytes(source.read_bytes())
    text = f"format: 1\nname: own_policy\nextends: scenario.yaml\npolicy:\n{body}"
    (folder / "own.yaml").write_text(text, encoding="utf-8")
    return load(folder / "own.yaml")


def test_every_parameter_is_sourced_and_dated():
    parameters = policy()
    assert {"rag_green_at_least", "override_end", "transfer_limit_with_forum_approval"} <= set(
        parameters
    )
    for parameter in parameters.values():
        assert parameter.source
        assert parameter.description
        assert parameter.values == tuple(sorted(parameter.values, key=lambda item: item[0]))


def test_an_assumed_value_lies_in_its_range_and_has_a_reason():
    assumed = [item for item in policy().values() if item.mark == "assumed"]
    assert "later_deficit_support_share" in {item.name for item in assumed}
    for item in assumed:
        assert item.reason
        if item.unit in LIMITS:
            assert item.range is not None
            assert all(item.range[0] <= value <= item.range[1] for _, value in item.values)


def test_a_value_applies_from_its_month():
    end = policy()["override_end"]
    assert str(end.at(2022, 12)) == "2023-03-31"
    assert str(end.at(2023, 1)) == "2026-03-31"
    assert str(end.at(2026, 11)) == "2028-03-31"
    with pytest.raises(KeyError, match="no value before 2020-11"):
        end.at(2019, 1)


def test_a_year_without_a_known_value_takes_none_from_the_year_before():
    """The cap of 2024-25 (5 %) has no source: it is not the 7 % of 2023-24 either."""
    cap = policy()["high_needs_formula_cap"]
    assert (cap.at(2023, 9), cap.at(2025, 4)) == (0.07, 0.10)
    for month in ((2024, 4), (2026, 4)):
        with pytest.raises(KeyError, match=f"no value known from {month[0]}-04"):
            cap.at(*month)


@pytest.mark.parametrize(
    ("name", "month", "value"),
    [
        ("stability_grant_share", (2026, 11), 0.9),  # S: Schools Week, settlement of February 2026
        ("stability_grant_deficit_date", (2026, 11), date(2026, 3, 31)),  # P: note, 9 February 2026
        ("later_deficit_support_share", (2026, 11), 0),  # assumed, 0 to 90 %
        ("place_rate_high", (2026, 4), 10000),
        ("non_maintained_place_deduction", (2026, 4), 6000),  # P: answer of 7 January 2026
        ("transfer_limit_with_forum_approval", (2026, 4), 0.005),
        ("high_needs_formula_floor", (2025, 4), 0.07),  # P: statement of 28 November 2024
        ("high_needs_national_growth", (2026, 4), 0),  # P: statement of 17 December 2025
        ("growth_per_new_school", (2025, 9), 77225),
        ("safety_valve_agreements", (2024, 3), 5 + 9 + 20 + 4),
    ],
)
def test_values_as_their_sources_print_them(name, month, value):
    assert policy()[name].at(*month) == value


def test_open_questions_say_what_is_done_instead_and_no_value_answers_them():
    questions = {item.id: item for item in open_questions()}
    assert "safety_valve_receipts_in_stability_grant" in questions
    assert all(item.missing and item.instead and item.ask_for for item in questions.values())
    assert not set(questions) & set(policy())
    with pytest.raises(PolicyError, match=r"not_found.yaml: a must have exactly ask_for, instead"):
        _question("a", {"missing": "b"})


@pytest.mark.parametrize(
    "change, message",
    [
        ({"mark": "certain"}, "expected one of"),
        ({"values": {"2023": 1}}, "not a month"),
        ({"extra": 1}, "must have exactly"),
        ({"unit": "shares"}, "has unit 'shares'"),
        ({"values": {"2023-04": 1.2}}, "has 1.2 from 2023-04, expected a number from 0 to 1"),
        ({"range": None, "reason": None, "drop": ("range",)}, "must have a range and a reason"),
    ],
)
def test_a_damaged_parameter_is_named(change, message):
    body = {
        "description": "d",
        "unit": "share",
        "values": {"2020-04": 1},
        "mark": "assumed",
        "source": "s",
        "range": [0, 1],
        "reason": "r",
    }
    body.update(change)
    for key in body.pop("drop", ()):
        del body[key]
    with pytest.raises(PolicyError, match=f"file.yaml: thing .*{message}"):
        _parameter("thing", body, "file.yaml")


@pytest.mark.parametrize(
    ("unit", "value", "right"),
    [
        ("share", 1, True),
        ("share", -0.01, False),
        ("share", True, False),
        ("share", "90%", False),
        ("calendar year", 2025, True),
        ("calendar year", 2025.5, False),
        ("date", "2026-03-31", True),
        ("date", "2026-03", False),
        ("date", "2026-02-30", False),
        ("month", "2026-10", True),
        ("month", "2026-13", False),
        ("yes or no", False, True),
        ("yes or no", "no", False),
        ("yes or no", 0, False),
        ("text", " ", False),
    ],
)
def test_a_value_is_held_to_its_unit(unit, value, right):
    assert (wrong_value(unit, value) is None) is right


def test_without_a_section_the_values_are_the_bundled_ones():
    assert policy_of(load(DEMOSHIRE / "scenario.yaml").scenario) is policy()


def test_a_scenario_reads_its_own_value_and_nobody_else_does(tmp_path):
    body = "  rag_green_at_least: {value: 0.75, source: Audit committee, reason: More careful}\n"
    scenario = overlaid(tmp_path, body).scenario
    own = policy_of(scenario)["rag_green_at_least"]
    assert (own.at(1990, 1), own.mark, own.source) == (0.75, GIVEN, "Audit committee")
    assert own.default is policy()["rag_green_at_least"]
    assert policy_value(scenario, "rag_green_at_least") == 0.75
    assert policy_value(scenario, "rag_amber_at_least") == 0.3
    assert policy()["rag_green_at_least"].at(2023, 6) == 0.7


def test_own_values_by_month_leave_the_earlier_ones(tmp_path):
    body = """\
  override_end:
    values: {2026-09: "2029-03-31"}
    source: An announcement
    reason: What if it is extended again
"""
    own = policy_of(overlaid(tmp_path, body).scenario)["override_end"]
    assert own.at(2026, 8) == date(2028, 3, 31)
    assert own.at(2026, 9) == date(2029, 3, 31)


def test_an_overlay_keeps_the_policy_values_of_what_it_extends(tmp_path):
    overlaid(tmp_path, "  downside_percentile: {value: 95, source: s, reason: r}\n")
    text = (
        "format: 1\nname: third\nextends: own.yaml\npolicy:\n"
        "  rag_green_at_least: {value: 0.8, source: s, reason: r}\n"
        "  downside_percentile: {value: 80}\n"
    )
    (tmp_path / "third.yaml").write_text(text, encoding="utf-8")
    scenario = load(tmp_path / "third.yaml").scenario
    assert policy_value(scenario, "rag_green_at_least") == 0.8
    assert policy_value(scenario, "downside_percentile") == 80
    assert policy_of(scenario)["downside_percentile"].source == "s"


def test_every_problem_of_the_section_at_once_with_its_line(tmp_path):
    body = """\
  stability_grant_shares: {value: 0.8, source: s, reason: r}
  later_deficit_support_share: {value: 90, source: s, reason: r}
  stability_grant_needs_reform_plan: {value: "no", source: s, reason: r}
  place_rate_high: {value: 11000, unit: GBP, source: s, reason: r}
  override_end: {values: {2026-09: 2029-03}, source: s, reason: r}
"""
    with pytest.raises(ScenarioError) as caught:
        overlaid(tmp_path, body)
    found = {item.line: str(item) for item in caught.value.problems}
    assert sorted(found) == [5, 6, 7, 8, 9]
    assert found[5].startswith(
        "own.yaml:5  policy.stability_grant_shares: there is no policy value"
    )
    assert "Did you mean 'stability_grant_share'?" in found[5]
    assert "out of range; found 90; expected a number from 0 to 1 (share)" in found[6]
    assert "policy.stability_grant_needs_reform_plan.value" in found[7]
    assert "expected true or false. Write false." in found[7]
    assert "another unit; found 'GBP'; expected GBP per place" in found[8]
    assert "policy.override_end.values.2026-09" in found[9]
    assert "YYYY-MM-DD" in found[9]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("{value: 0.8, values: {2026-04: 0.8}, source: s, reason: r}", "both are given; expected 'value', or 'values' by month"),
        ("{source: s, reason: r}", "neither is given; expected 'value', or 'values' by month"),
        ("{value: 0.8, reason: r}", "stability_grant_share.source: this key is missing"),
        ("{value: 0.8, source: s}", "stability_grant_share.reason: this key is missing"),
        ("{value: 0.8, sorce: s, source: s, reason: r}", "unknown key; expected one of value"),
        ("{value: [0.8], source: s, reason: r}", "not one value; found [0.8]"),
        ("{values: {2026: 0.8}, source: s, reason: r}", "not a month"),
    ],
)  # fmt: skip
def test_a_policy_value_is_whole(tmp_path, body, says):
    with pytest.raises(ScenarioError) as caught:
        overlaid(tmp_path, f"  stability_grant_share: {body}\n")
    (problem,) = caught.value.problems
    assert says in str(problem)
    assert problem.line == 5


def test_the_register_shows_the_own_value_beside_the_default(tmp_path):
    body = """\
  stability_grant_share: {value: 0.5, source: A letter, reason: Half is on offer}
  override_end: {value: "2029-03-31", source: A letter, reason: Extended}
"""
    rows = {row.path: row for row in register(overlaid(tmp_path, body).scenario)}
    share, end = rows["policy.stability_grant_share"], rows["policy.override_end"]
    assert (share.central, share.unit, share.source) == (0.5, "share", "A letter")
    assert end.central is None
    assert "31 March 2029, in place of 31 March 2028 (official)" in end.description
    assert end.reason == "Extended"


def test_the_time_limit_of_a_plan_is_the_scenario_s_own(tmp_path):
    own = {"ehc_plan_weeks": {"value": 26, "source": "s", "reason": "r"}}
    for name, weeks, more in (("a", 20, {}), ("b", 26, {"policy": own})):
        (tmp_path / name).mkdir()
        demand = prepare(read_demand(tmp_path / name, {**demand_scenario(), **more})).demand
        assert demand is not None
        assert np.isclose(demand.setup.statutory_weeks, weeks)


def test_requests_before_there_were_plans_are_refused(tmp_path):
    """SEND Regulations 2014: the 20 weeks are in force from September 2014."""
    data = {**demand_scenario(), "as_at": "2014-08"}
    with pytest.raises(ScenarioError, match=r"as_at: no time limit for plans was in force"):
        read_demand(tmp_path, data)
