"""The tables of the two returns on plans that can be counted by hand."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from model.reference.codes import AGE_GROUPS, NEEDS, SETTINGS
from model.results import by_calendar_year
from model.returns.management_plan import management_plan
from model.returns.plan_counts import plan_counts
from model.returns.reform_plan import FROM_POOL, reform_plan
from model.returns.return_table import NOT_IN_RUN, UNKNOWN, ReturnRow, with_total

pytestmark = pytest.mark.unit

DATES = ["2025-03", "2026-01", "2026-03", "2027-01"]


def plans(**places: float) -> xr.DataArray:
    """Plans at every date: keywords are `setting__need__age_group`."""
    table = np.zeros((len(DATES), len(AGE_GROUPS), len(NEEDS), len(SETTINGS)))
    for key, count in places.items():
        setting, need, age = key.split("__")
        at = AGE_GROUPS.index(age), NEEDS.index(need), SETTINGS.index(setting)
        table[(slice(None), *at)] = count
    return xr.DataArray(
        table,
        dims=("date", "age_group", "need", "setting"),
        coords={"date": DATES, "age_group": list(AGE_GROUPS), "need": list(NEEDS), "setting": list(SETTINGS)},
    )  # fmt: skip


HELD = plans(
    mainstream__ASD__5_to_10=10.4,
    mainstream__DS__5_to_10=1.0,
    independent_special_day__SEMH__11_to_15=3.3,
    independent_special_residential__SEMH__11_to_15=2.3,
    mainstream_independent__ASD__11_to_15=1.0,
    mainstream_post_16__MLD__16_to_19=4.0,
    eotas__unknown__11_to_15=2.0,
)
"""24 plans: 11.4 mainstream, 6.6 independent, 4 post-16, 2 other."""


def demand(**series: object) -> xr.Dataset:
    """Requests, assessments and plans of 2026: (age group) each, and what came from the pool."""
    found: dict[str, object] = {}
    for name in ("requests", "ended", "issued"):
        by_age, pool = series[name]
        found[f"demand_{name}_by_calendar_year"] = (
            ("calendar_year", "age_group", "draw"),
            np.array(by_age, dtype=float)[None, :, None],
        )
        found[f"demand_{name}_from_pool_by_calendar_year"] = (
            ("calendar_year", "draw"),
            np.array([[pool]], dtype=float),
        )
    return xr.Dataset(found, {"calendar_year": ["2026"], "age_group": list(AGE_GROUPS)})


def table(tables, number):
    (found,) = [item for item in tables if item.number == number]
    return found


def entries(tables, number):
    return {row.title: row.entries for row in table(tables, number).rows}


def test_only_januaries_are_counted():
    assert sorted(plan_counts(HELD)) == [2026, 2027]


def test_categories_of_the_management_plan():
    """11.4 + 6.6 + 4 + 2 = 24: 11, 7, 4, 2. Mainstream independent is with NMSS or independent."""
    tables = management_plan(plan_counts(HELD))
    found = entries(tables, "0")
    assert [value[0] for value in found.values()] == [11, 0, 0, 7, 0, 4, 2, 24]
    assert table(tables, "0").years == ("January 2026", "January 2027")
    assert len(tables) == 1 + 7 * 2


def test_a_sheet_by_age_and_by_need():
    tables = management_plan(plan_counts(HELD))
    ages, needs = entries(tables, "4 ages"), entries(tables, "4 needs")
    assert ages["11 to 15"] == (7, 7)
    assert ages["Total"] == needs["Total"] == (7, 7)
    assert needs["Social, emotional and mental health (SEMH)"][0] == 6
    assert needs["Autistic spectrum disorder (ASD)"][0] == 1
    assert len(needs) == 13 + 1


def test_needs_without_a_row_are_under_other_and_the_last_row_is_unknown():
    tables = management_plan(plan_counts(HELD))
    assert entries(tables, "1 needs")["Other"] == (1, 1)  # Down syndrome
    assert entries(tables, "7 needs")["Other"] == (2, 2)  # not recorded
    row = table(tables, "1 needs").rows[-2]
    assert row.title.startswith("SEN support but no specialist assessment")
    assert row.entries == (UNKNOWN, UNKNOWN)
    assert row.why


def test_the_post_16_sheet_says_where_younger_plans_are():
    tables = management_plan(plan_counts(HELD))
    assert list(entries(tables, "6 ages")) == ["16 to 19", "20 to 25", "Total"]
    young = plans(mainstream_post_16__MLD__11_to_15=2.0, mainstream_post_16__MLD__16_to_19=1.0)
    found = entries(management_plan(plan_counts(young)), "6 ages")
    assert found["Younger: the sheet has no row for them"] == (2, 2)
    assert found["Total"] == (3, 3)


def test_the_reform_plan_s_years_are_the_januaries_after():
    """Calendar 2025 is January 2026; 2024 and 2027 are not in the run and are not filled in."""
    tables = reform_plan(plan_counts(HELD), xr.Dataset(), range(2024, 2028), 1)
    assert table(tables, "5.1").years[1] == "2025 (January 2026)"
    assert entries(tables, "5.1")["5 to 10"] == (NOT_IN_RUN, 11, 11, NOT_IN_RUN)
    assert entries(tables, "5.1")["Total"] == (NOT_IN_RUN, 24, 24, NOT_IN_RUN)


def test_fourteen_rows_of_provision_and_what_is_unknown():
    found = entries(reform_plan(plan_counts(HELD), xr.Dataset(), range(2025, 2026), 1), "6")
    assert len(found) == 14 + 1
    assert found["Mainstream schools or academies"] == (11,)
    assert found["NMSS or independent schools - LA funded placements"] == (7,)
    assert found["Support bases in mainstream settings"] == (UNKNOWN,)
    assert found["NMSS or independent schools - other suitable arrangements"] == (UNKNOWN,)
    assert found["Early Years settings including PVIs"] == (0,)
    assert found["Total"] == (24,)


def test_support_bases_are_known_where_the_scenario_has_them():
    """Table 7.2 adds mainstream schools and support bases."""
    held = plans(mainstream__ASD__5_to_10=10.0, support_base__ASD__5_to_10=3.0)
    tables = reform_plan(plan_counts(held), xr.Dataset(), range(2025, 2026), 1)
    assert entries(tables, "6")["Support bases in mainstream settings"] == (3,)
    assert entries(tables, "7.2")["Total"] == (13,)


def test_need_within_provision_adds_up_to_need():
    """7.1 to 7.7 leave out home education, EOTAS and other: here 2 of 24."""
    tables = reform_plan(plan_counts(HELD), xr.Dataset(), range(2025, 2026), 1)
    inside = sum(entries(tables, f"7.{number}")["Total"][0] for number in range(1, 8))
    assert inside == 22
    assert entries(tables, "7")["Total"] == (24,)
    assert entries(tables, "7.5")["Total"] == (7,)


def test_both_returns_print_the_same_plans():
    counts = plan_counts(HELD)
    management, reform = (
        management_plan(counts),
        reform_plan(counts, xr.Dataset(), range(2025, 2026), 1),
    )
    by_age = [
        sum(entries(management, f"{number} ages").get(age, (0,))[0] for number in range(1, 8))
        for age in ("Under 5", "5 to 10", "11 to 15", "16 to 19", "20 to 25")
    ]
    assert by_age == [entries(reform, "5.1")[age][0] for age in list(entries(reform, "5.1"))[:-1]]


def test_requests_of_a_calendar_year_with_those_from_the_pool():
    """40.4 + 30.4 + 20 + 5.1 + 0.1 + 4 = 100.0; the two remainders of 0.4 are first to go up."""
    flows = {
        "requests": ([40.4, 30.4, 20.0, 5.1, 0.1], 4.0),
        "ended": ([30.0, 20.0, 10.0, 2.0, 0.0], 3.0),
        "issued": ([29.0, 19.0, 9.0, 2.0, 0.0], 2.0),
    }
    tables = reform_plan(plan_counts(HELD), demand(**flows), range(2025, 2028), 1)
    requests = entries(tables, "10")
    assert [value[1] for value in requests.values()] == [41, 30, 20, 5, 0, 4, 100]
    assert {value[0] for value in requests.values()} == {NOT_IN_RUN}
    assert entries(tables, "11")["Total"] == (NOT_IN_RUN, 65, NOT_IN_RUN)
    assert entries(tables, "12")["Total"] == (NOT_IN_RUN, 61, NOT_IN_RUN)
    assert table(tables, "10").years == ("2025", "2026", "2027")


def test_without_a_pool_there_is_no_row_for_it():
    flows = {name: ([1, 1, 1, 1, 1], 0.0) for name in ("requests", "ended", "issued")}
    tables = reform_plan(plan_counts(HELD), demand(**flows), range(2026, 2027), 1)
    assert FROM_POOL not in entries(tables, "10")


def test_without_requests_the_flows_are_unknown_with_the_reason():
    tables = reform_plan(plan_counts(HELD), xr.Dataset(), range(2025, 2027), 1)
    for number in ("10", "11", "12"):
        for row in table(tables, number).rows:
            assert set(row.entries) == {UNKNOWN}
            assert row.total or "no requests section" in row.why


def test_a_calendar_year_is_january_to_december():
    """Three financial years from April 2023 hold 2024 and 2025 whole: months 9 to 20 and 21 to 32."""
    monthly = np.arange(36.0)[:, None]
    found = by_calendar_year(monthly)
    assert found[:, 0].tolist() == [sum(range(9, 21)), sum(range(21, 33))]
    assert by_calendar_year(monthly[:12]).shape == (0, 1)


def test_a_total_without_numbers_is_a_word():
    rows = [ReturnRow("a", (1, UNKNOWN, NOT_IN_RUN)), ReturnRow("b", (UNKNOWN, UNKNOWN, UNKNOWN))]
    assert with_total(rows)[-1].entries == (1, UNKNOWN, NOT_IN_RUN)
