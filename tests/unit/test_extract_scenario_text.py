"""The part of a scenario as text, held to a small year by hand; and what the other files hold of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from ruamel.yaml import YAML

from model.importing.extract.monthly import monthly
from model.importing.extract.read import read_extract
from model.importing.extract.scenario_part import (
    OpeningCounts,
    ScenarioPart,
    Split,
    YearCounts,
    scenario_part,
)
from model.report.extract_folder import write_extract_folder
from model.report.extract_scenario import scenario_text
from tests.extracts import invented, write_csv

pytestmark = pytest.mark.unit

OPENING = OpeningCounts(
    counted=np.datetime64("2025-01", "M"), counted_to=date(2025, 1, 31), total=90,
    age_groups={"5_to_10": 50, "11_to_15": 40},
    settings={"mainstream": 60, "independent_special_day": 27, "independent_special_residential": 3},
    needs=None, split=Split(undivided=20, residential=2),
)  # fmt: skip
YEAR = YearCounts(
    year=2024, requests=100, agreed_at_once=70, stopped=25, overturned=5, with_plan=60, without_plan=4,
    plans_issued=58, issued_counted=50, issued_in_20_weeks=30, exceptions=10, exceptions_in_20_weeks=4,
    first_settings={"mainstream": 58}, requests_by_month=np.array([10] * 10 + [0, 0]), moved_in=None,
    decision_weeks=5.96, advice_and_drafting_weeks=None,
)  # fmt: skip


def text(part: ScenarioPart, *, rounded: bool = False) -> str:
    return scenario_text(part, "own extract of 2025-01-31", "base.yaml", rounded=rounded)


def sections(part: ScenarioPart):
    return YAML(typ="safe", pure=True).load(text(part))


def test_shares_are_beta_of_their_two_counts_and_the_queue_is_as_counted():
    said = sections(ScenarioPart(OPENING, YEAR, {0: 7, 3: 2}))
    requests = said["requests"]
    assert said["extends"] == "base.yaml"
    assert requests["refused_share"]["beta"] == [25.5, 70.5]
    assert requests["overturned_share"]["beta"] == [5.5, 20.5]
    assert requests["plan_share"]["beta"] == [60.5, 4.5]
    assert (requests["exceptions_share"], requests["exceptions_on_time_share"]) == (0.2, 0.4)
    assert requests["seasonality"] == [0.1] * 10 + [0, 0]
    assert requests["decision_weeks"] == 6.0
    assert "advice_and_drafting_weeks" not in requests
    assert "warm_up" not in requests
    assert [tuple(item.values()) for item in requests["waiting_at_start"]] == [(0, 7), (3, 2)]
    assert "moved_in" not in said


def test_without_a_known_queue_the_year_s_flows_are_given():
    """Assessments that ended: 58 plans issued and 4 without, so that no plan is issued without one."""
    requests = sections(ScenarioPart(OPENING, YEAR, None))["requests"]
    assert requests["waiting_at_start"] == []
    assert requests["warm_up"] == {
        "year": 2024, "requests": 100, "refused": 25, "assessments_ended": 62, "plans_issued": 58,
        "issued_counted": 50, "issued_in_20_weeks": 30,
    }  # fmt: skip


def test_more_overturned_than_refused_in_a_year_is_all_of_them():
    year = replace(YEAR, overturned=30)
    said = sections(ScenarioPart(OPENING, year, None))
    assert said["requests"]["overturned_share"]["beta"] == [25.5, 0.5]


def test_day_and_residential_not_told_apart_are_assumed_within_what_can_be():
    """20 undivided, 2 taken as residential: 0 to 4 of them, beside the 1 known; day what is left."""
    standing = sections(ScenarioPart(OPENING, None, None))["plans"]["standing"]
    assert [(item["setting"], item["status"], item["range"]) for item in standing] == [
        ("independent_special_day", "assumed", [25, 29]),
        ("independent_special_residential", "assumed", [1, 5]),
    ]


def test_the_head_says_what_is_in_the_file():
    whole, opening = ScenarioPart(OPENING, YEAR, None), ScenarioPart(OPENING, None, None)
    assert "Counts of 1 to 4 are in this file" in text(whole)
    assert "Made from counts rounded to the nearest 5" in text(whole, rounded=True)
    assert "first year is 2025-26" in text(whole)
    assert "new_plans and requests are left out" in text(opening)


@pytest.mark.parametrize("suppress", [False, True])
def test_the_queue_is_counted_at_the_count_and_at_the_extract(tmp_path, suppress):
    made = invented(2, 200, end=date(2025, 3, 14))
    extract = read_extract(write_csv(tmp_path / "e.csv", made.rows), today=date(2025, 6, 30), as_at=made.end)  # fmt: skip
    counts = monthly(extract)
    part = scenario_part(extract, counts, rounded=suppress)
    write_extract_folder(tmp_path / "o", extract, counts, part, suppress_small=suppress)
    lines = (tmp_path / "o/queue.csv").read_text("utf-8").splitlines()[3:]
    assert {line.split(",")[0] for line in lines} == {"2025-01-31", "2025-03-14"}
    flows = [line.split(",") for line in (tmp_path / "o/monthly_flows.csv").read_text("utf-8").splitlines()[3:]]  # fmt: skip
    of_requests = {cells[4] for cells in flows if cells[2] == "requests"}
    assert of_requests == ({"all"} if suppress else {""})
