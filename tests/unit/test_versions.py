"""The version history of a scenario: dates in order, no version twice, every problem with its place."""

from __future__ import annotations

from datetime import date

import pytest

from model.scenario.problems import ScenarioError
from tests.scenarios import small

pytestmark = pytest.mark.unit

GOOD = """
versions:
  - {version: "1.0", date: 2023-05-02, change: First version, role: high needs accountant}
  - {version: "1.1", date: 2023-06-10, change: Fees of June, role: commissioner}
"""


def test_versions_are_read_in_order(tmp_path):
    first, second = small(tmp_path, GOOD).scenario.versions
    assert (first.version, first.date) == ("1.0", date(2023, 5, 2))
    assert (second.change, second.role) == ("Fees of June", "commissioner")


def test_a_scenario_needs_none(tmp_path):
    assert small(tmp_path, "").scenario.versions == []


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("2023-06-10", "2023-04-30", "older than the one before"),
        ('"1.1"', '"1.0"', "given twice"),
        ("2023-06-10", "2023-06-31", "not a date"),
        ("2023-06-10", "10/06/2023", "not a date"),
        (", role: commissioner", "", "role"),
    ],
)
def test_a_wrong_history_is_refused_with_its_line(tmp_path, old, new, words):
    with pytest.raises(ScenarioError) as caught:
        small(tmp_path, GOOD.replace(old, new))
    (found,) = caught.value.problems
    assert words in str(found)
    assert "versions[1]" in str(found) or found.path[:2] == ("versions", 1)
