"""What a careful reader would ask is asked; a sound scenario is left alone."""

from __future__ import annotations

import pytest

from model.notices import notices
from model.scenario.load import load

pytestmark = pytest.mark.unit


@pytest.fixture
def demo(demoshire_file, tmp_path):
    text = demoshire_file.read_text(encoding="utf-8")
    table = demoshire_file.with_name("population.csv").read_bytes()
    (tmp_path / "population.csv").write_bytes(table)

    def changed(*swaps: tuple[str, str]) -> list[str]:
        body = text
        for old, new in swaps:
            assert old in body, old
            body = body.replace(old, new)
        path = tmp_path / "scenario.yaml"
        path.write_text(body, encoding="utf-8")
        return [name for name, _ in notices(load(path).scenario)]

    return changed


def test_the_invented_authority_has_only_settings_without_a_line(demo):
    (only,) = demo()
    assert only.startswith("226 of 2,400 opening plans")


@pytest.mark.parametrize(
    "swaps, words",
    [
        ([("full_year_gbp: {pert: [-300000, -150000, 0]", "full_year_gbp: {pert: [0, 150000, 300000]")], "adds"),
        ([("opening_deficit_gbp: 14200000", "opening_deficit_gbp: 14200")], "far from the target"),
        ([("balance_by: 2028-29", "balance_by: 2040-41")], "outside the years forecast"),
        ([("settings: [state_special]", "settings: [state_special, mainstream]")], "two lines pay"),
        ([(f"cumulative_deficit_gbp: {value}", f"cumulative_deficit_gbp: -{value}")
          for value in (17800000, 19500000, 21000000, 21500000, 20000000)], "is a surplus"),
    ],
)  # fmt: skip
def test_each_slip_is_asked_about(demo, swaps, words):
    assert any(words in name for name in demo(*swaps))


def test_a_forgotten_section_is_asked_about(demo, demoshire_file):
    text = demoshire_file.read_text(encoding="utf-8")
    start, end = text.index("new_plans:\n"), text.index("moved_in:\n")
    assert "no new plans are forecast" in demo((text[start:end], ""))
