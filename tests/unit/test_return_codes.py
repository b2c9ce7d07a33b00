"""The maps of the returns are total and exclusive over the model's settings, needs and lines."""

from __future__ import annotations

import pytest

from model.reference.bundled import read_csv_rows
from model.reference.codes import AGE_GROUPS, NEEDS, SETTINGS
from model.reference.policy import MARKS
from model.reference.return_codes import (
    CATEGORIES,
    CATEGORY_OF,
    CATEGORY_OF_PROVISION,
    NEED_ROW_OF,
    NEED_ROWS,
    NEED_TABLES,
    PROVISION_OF,
    PROVISION_ROWS,
    SPENDING_GROUPS,
    spending_group_of,
)

pytestmark = pytest.mark.unit

OTHER_SUITABLE = "NMSS or independent schools - other suitable arrangements"


def test_every_setting_is_in_one_category_and_one_row_of_provision():
    rows = [row["setting"] for row in read_csv_rows("reference/settings.csv")]
    assert tuple(rows) == SETTINGS
    assert tuple(CATEGORY_OF) == tuple(PROVISION_OF) == SETTINGS
    assert set(CATEGORY_OF.values()) == set(range(7)) == set(range(len(CATEGORIES)))


def test_fourteen_rows_of_provision_and_one_that_no_setting_fills():
    assert len(PROVISION_ROWS) == 14
    empty = set(range(14)) - set(PROVISION_OF.values())
    assert [PROVISION_ROWS[index].title for index in empty] == [OTHER_SUITABLE]
    assert all(PROVISION_ROWS[index].unknown for index in empty)


def test_a_row_of_provision_lies_within_one_category():
    """Both returns can then print the same plans."""
    for setting in SETTINGS:
        assert CATEGORY_OF_PROVISION[PROVISION_OF[setting]] == CATEGORY_OF[setting]


def test_settings_go_where_the_department_s_own_code_puts_them():
    """DfE benchmarking code: mainstream independent counts as NMSS or independent; EHE, EOTAS, early years
    and what is left count as other."""

    def category(setting):
        return CATEGORIES[CATEGORY_OF[setting]].short_title

    assert category("mainstream_independent") == "NMSS or independent"
    assert category("specialist_post_16") == "Post-16 and FE"
    for setting in ("early_years", "elective_home_education", "eotas", "other"):
        assert category(setting) == "Other"


def test_every_need_is_in_one_of_the_thirteen_rows():
    assert len(NEED_ROWS) == 13
    listed = [need for row in NEED_ROWS for need in row.needs]
    assert sorted(listed) == sorted(NEEDS)
    assert set(NEED_ROW_OF) == set(NEEDS)
    assert NEED_ROWS[-1].needs == ()
    assert NEED_ROWS[-1].unknown
    assert {NEED_ROW_OF[need] for need in ("OTH", "DS", "unknown")} == {11}


def test_the_post_16_sheet_has_two_age_groups():
    """Public code that fills version 5 of the template: 16 to 19 and 20 to 25 only."""
    ages = {item.short_title: item.age_groups for item in CATEGORIES}
    assert ages.pop("Post-16 and FE") == ("16_to_19", "20_to_25")
    assert set(ages.values()) == {AGE_GROUPS}


def test_seven_tables_of_need_hold_eleven_rows_of_provision():
    assert list(NEED_TABLES) == [f"7.{number}" for number in range(1, 8)]
    assert {row.table for row in PROVISION_ROWS} == {*NEED_TABLES, ""}
    without = [row.title for row in PROVISION_ROWS if not row.table]
    assert [title.split()[0] for title in without] == ["Elective", "Other", "Other"]


def test_s251_lines_are_in_one_group_each_as_the_department_adds_them():
    """DfE benchmarking service, views of high needs spending."""
    codes = [code for group in SPENDING_GROUPS for code in group.codes]
    assert len(codes) == len(set(codes)) == len(read_csv_rows("reference/s251_lines.csv"))
    groups = {group.name: set(group.codes) for group in SPENDING_GROUPS}
    assert groups["top_up_state"] == {"1.2.1", "1.2.2", "1.2.4", "1.2.11"}
    assert groups["inclusion"] == {"1.2.5", "1.2.8", "1.2.9"}
    assert groups["place_funding"] == {"1.0.2"}
    assert spending_group_of("1.2.3") == 2
    assert spending_group_of("9.9.9") == len(SPENDING_GROUPS) - 1


@pytest.mark.parametrize(
    ("name", "marks"),
    [
        ("settings", ("category_mark", "row_mark")),
        ("management_plan_categories", ("mark",)),
        ("reform_plan_rows", ("mark",)),
        ("reform_plan_tables", ("mark",)),
        ("return_needs", ("mark",)),
        ("s251_lines", ("mark",)),
        ("s251_groups", ("mark",)),
    ],
)
def test_every_row_of_a_code_list_is_marked(name, marks):
    rows = read_csv_rows(f"reference/{name}.csv")
    assert rows
    assert all(row[mark] in MARKS for row in rows for mark in marks)
