"""What a careful reader would ask is asked; a sound scenario is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from model.notices import notices
from model.scenario.load import load
from tests.scenarios import small

pytestmark = pytest.mark.unit

EVERYTHING = Path(__file__).parent / "bad_inputs"
"""A small scenario that has every section."""


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
    assert "of 2,400 opening plans are in settings that no budget line follows" in only


@pytest.mark.parametrize(
    "swaps, words",
    [
        ([("opening_deficit_gbp: 14200000", "opening_deficit_gbp: 14200")], "far from the target"),
        ([("balance_by: 2028-29", "balance_by: 2040-41")], "outside the years forecast"),
        ([("settings: [state_special]", "settings: [state_special, mainstream]")], "two lines pay"),
        ([(f"cumulative_deficit_gbp: {value}", f"cumulative_deficit_gbp: -{value}")
          for value in (17800000, 19500000, 21000000, 21500000, 20000000)], "is a surplus"),
    ],
)  # fmt: skip
def test_each_slip_is_asked_about(demo, swaps, words):
    assert any(words in name for name in demo(*swaps))


def test_a_forgotten_section_is_asked_about(tmp_path):
    plans = """
    plans:
      counted: 2023-01
      total: 10
      age_groups: {5_to_10: 10}
      settings: {mainstream: 10}
    """
    found = notices(small(tmp_path, plans).scenario)
    assert [name for name, _ in found] == ["no new plans are forecast"]


@pytest.fixture
def everything(tmp_path):
    text = (EVERYTHING / "base.yaml").read_text(encoding="utf-8")
    (tmp_path / "population.csv").write_bytes((EVERYTHING / "population.csv").read_bytes())

    def changed(*swaps: tuple[str, str]) -> list[str]:
        body = text
        for old, new in swaps:
            assert body.count(old) == 1, old
            body = body.replace(old, new)
        path = tmp_path / "base.yaml"
        path.write_text(body, encoding="utf-8")
        return [name for name, _ in notices(load(path).scenario)]

    return changed


USUAL = ("in settings that no budget line follows", "who go to alternative provision cost nothing")
"""What is asked about the small scenario as it stands."""


def test_the_small_scenario_is_asked_little(everything):
    found = everything()
    assert len(found) == len(USUAL)
    assert all(words in name for words, name in zip(USUAL, found, strict=True))


OFF = "switched_off: [rebanding]"
FEW_SPECIAL = ("    mainstream: 60\n", "    mainstream: 43\n    state_special: 17\n")
TOO_FEW_PLACES = [("places: 10\n          place_rate", "places: 0\n          place_rate")]


@pytest.mark.parametrize(
    "swaps, words",
    [
        ([("full_year_gbp: -20000", "full_year_gbp: 20000")], "'Reviews' adds 20,000 a year"),
        # 24 requests, 20 % refused, a tenth of these overturned: 1.64 a month; a post adds 0.8.
        ([("start: 2024-04, assessments_a_month: 3}", "start: 2024-04, assessments_a_month: 0.6}")],
         "the last capacity, 1.4 assessments a month, is below the 1.64"),
        ([("converts_rise: 0.1", "converts_rise: 0.6")], "from 47% to 107%"),
        ([("converts_rise: 0.1", "converts_rise: 1")], "from 35% to 135%"),
        ([FEW_SPECIAL, *TOO_FEW_PLACES], "17 opening plans for 8 places"),
        ([("  chance: negative_binomial", "  first_settings: {mainstream: 15}\n  chance: negative_binomial")],
         "start in the settings of a published year"),
        ([("settings: [independent_special_day]", "settings: [eotas]"),], "independent"),
        ([("start: 2023-10, end: 2024-08", "start: 2026-04, end: 2026-08")], "'Agency' starts in 2026-04"),
        ([("title: Post, start: 2024-01", "title: Post, start: 2026-04")], "'Post' starts in 2026-04"),
        ([("start: 2024-09, places: 20", "start: 2027-09, places: 20")], "'Site' starts in 2027-09"),
        ([("start: 2024-10", "start: 2026-04")], "'New matrix' starts in 2026-04"),
        ([('        - {kind: nurture_withheld, id: withheld, title: Withheld, s251: "1.2.8"}\n', "")],
         "credited to no budget line"),
        ([("input: rates.to_independent,", 'input: "funding.lines[top_up].drivers[in_pool].fte",')],
         "'Outreach' changes FTE that the pool gives"),
    ],
)  # fmt: skip
def test_each_doubt_about_demand_and_places_is_asked(everything, swaps, words):
    assert any(words in name for name in everything(*swaps)), everything(*swaps)


@pytest.mark.parametrize(
    "swaps, words",
    [
        ([("start: 2024-04, assessments_a_month: 3}", "start: 2024-04, assessments_a_month: 0.7}")],
         "the last capacity"),
        ([("converts_rise: 0.1", "converts_rise: 0.4")], "over its bands"),
        ([("start: 2024-04, assessments_a_month: 3}", "start: 2024-04, assessments_a_month: 0.6}"),
          (OFF, "switched_off: [requests]")], "the last capacity"),
        ([("converts_rise: 0.1", "converts_rise: 1"), (OFF, "switched_off: [pool]")], "over its bands"),
        ([FEW_SPECIAL], "opening plans for"),
        ([FEW_SPECIAL, *TOO_FEW_PLACES, (OFF, "switched_off: [places]")], "opening plans for"),
        ([("start: 2023-10, end: 2024-08", "start: 2026-03, end: 2026-08")], "'Agency'"),
        ([("input: rates.to_independent,", 'input: "funding.lines[top_up].drivers[in_pool].fte",'),
          (OFF, "switched_off: [pool]")], "'Outreach'"),
    ],
)  # fmt: skip
def test_nothing_is_asked_without_a_doubt(everything, swaps, words):
    assert not any(words in name for name in everything(*swaps))
