"""What a careful reader would ask is asked; a sound scenario is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from model.notices import notices
from model.scenario.load import load
from tests.scenarios import HEAD, small

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
    plans, override = demo()
    assert "of 2,400 opening plans are in settings that no budget line follows" in plans
    assert "the statutory override ends in 2028-03 and no usable reserves are given" in override


@pytest.mark.parametrize(
    "swaps, words",
    [
        ([("opening_deficit_gbp: 14200000", "opening_deficit_gbp: 14200")], "far from the target"),
        ([("share_of_gross: 0.005", "share_of_gross: 0.5")], "moves 50% of a block"),
        ([("published_gbp: 9300000", "published_gbp: 9300")], "9,300 is published against a budget of 8,600,000"),
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


APPEALS = """
general_fund:
  price_base: 2023-24
  appeals: {share_of_refusals: SHARE, cost_each_gbp: 5000}
"""


def appended(text: str) -> tuple[str, str]:
    """A swap that puts a section of its own into the small scenario."""
    return ("\npool:\n", f"\n{text.strip()}\n\npool:\n")


def statements(count: int) -> tuple[str, str]:
    return appended(
        f"statement_transfers: {{statements: {count}, start: 2023-04, reviews_a_year: 60, "
        "deadline: 2025-03}"
    )


def appeals(share: str) -> tuple[str, str]:
    return appended(APPEALS.replace("SHARE", share))


CLOSED = "new_plans: 15, ceased_plans: 4, moved_out_plans: 1, closing_plans: 100}"
OTHER_YEAR = [
    ("{year: 2022, opening_plans: 90,", "{year: 2021, opening_plans: 90,"),
    (CLOSED, CLOSED.replace("100", "99").replace("4", "5")),
]


@pytest.mark.parametrize(
    ("swaps", "words"),
    [
        ([(CLOSED, CLOSED.replace("100", "99").replace("4", "5"))],
         "closes 2022 with 99 plans and plans.total counts 100"),
        ([(CLOSED, CLOSED.replace("100", "101").replace("4", "3"))], "closes 2022 with 101 plans"),
        ([statements(111)], "111 statements to be transferred, but 100 plans"),
        # One year of three is enough.
        ([appeals("{2023-24: 0, 2024-25: 0, then: 0.1}"), (OFF, "switched_off: [requests]")],
         "appeals against refusals are not counted"),
    ],
)  # fmt: skip
def test_each_doubt_about_what_was_counted_is_asked(everything, swaps, words):
    assert any(words in name for name in everything(*swaps)), everything(*swaps)


@pytest.mark.parametrize(
    ("swaps", "words"),
    [
        ([], "plans.history"),
        (OTHER_YEAR, "plans.history"),
        ([statements(110)], "statements"),
        ([statements(90)], "statements"),
        ([appeals("0.1")], "appeals"),
        ([appeals("0"), (OFF, "switched_off: [requests]")], "appeals"),
    ],
)  # fmt: skip
def test_nothing_is_asked_of_what_was_counted_without_a_doubt(everything, swaps, words):
    assert not any(words in name for name in everything(*swaps)), everything(*swaps)


@pytest.mark.parametrize(
    ("count", "more"), [(1, ""), (3, ""), (4, " and 1 more"), (5, " and 2 more")]
)
def test_invented_figures_in_a_real_scenario_are_counted_and_three_are_named(tmp_path, count, more):
    """Any capitals, and only figures that are given: defaults are nobody's invention."""
    lines = "".join(
        f"""
    - id: line_{number}
      title: Line {number}
      anchor: none
      drivers:
        - {{kind: amount, id: a, title: A, s251: "1.2.2", annual_amount_gbp: {{value: 100, source: Invented}}}}"""
        for number in range(count)
    )
    body = f"funding:\n  price_base: 2023-24\n  lines:{lines}\n"
    for said, asked in (("false", 1), ("true", 0)):
        head = HEAD.replace("invented: true", f"invented: {said}")
        found = [item for item in notices(small(tmp_path, body, head).scenario)
                 if "the source 'invented'" in item[0]]  # fmt: skip
        assert len(found) == asked
    loaded = small(tmp_path, body, HEAD.replace("invented: true", "invented: false"))
    ((text, advice),) = [item for item in notices(loaded.scenario) if "invented" in item[0]]
    assert text.startswith(f"{count} figures")
    assert advice.endswith(f"drivers[a].annual_amount_gbp{more}.")


SHOCK = """  shocks:
    - id: surge
      title: Surge
      start: 2023-09
      end: 2024-03
      age_groups: [5_to_10, 11_to_15]
      extra_share: 0.1
      with_mitigation: reviews
"""
SHORT = ("start: 2024-04, assessments_a_month: 3}", "start: 2024-04, assessments_a_month: 0.7}")


@pytest.mark.parametrize(
    ("shock", "asked"),
    [
        # 1.64 a month are agreed without a shock and capacity is 1.5: a tenth more is 1.80, over 1.5/0.9.
        ("start: 2023-09, extra_share: 0.1", True),
        ("start: 2023-09, end: 2026-03, extra_share: 0.1", True),
        ("start: 2026-03, extra_share: 0.1", True),
        ("start: 2023-09, end: 2026-02, extra_share: 0.1", False),
        ("start: 2026-04, extra_share: 0.1", False),
        ("start: 2023-09, age_groups: [5_to_10], extra_share: 0.1", False),
        ("start: 2023-09, extra_share: 0.1, with_mitigation: reviews", False),
    ],
)
def test_shocks_in_force_at_the_end_count_towards_the_queue(everything, shock, asked):
    swap = (SHOCK, f"  shocks:\n    - {{id: surge, title: Surge, {shock}}}\n")
    found = [name for name in everything(swap, SHORT) if "the last capacity" in name]
    assert len(found) == asked


def test_shocks_multiply(everything):
    """1.64 a month with half as much more and twice of that: 4.92."""
    shocks = "".join(
        f"    - {{id: s{share}, title: S, start: 2023-09, extra_share: {share}}}\n"
        for share in (0.5, 1)
    ).replace("s0.5", "half").replace("s1", "whole")  # fmt: skip
    found = everything((SHOCK, "  shocks:\n" + shocks), SHORT)
    assert any("is below the 4.92" in name for name in found), found
