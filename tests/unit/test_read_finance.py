"""Finance files read strictly: signs, units, names; a damaged file is refused, a fault is listed."""

from __future__ import annotations

import numpy as np
import pytest

from model.history.finance_files import ALLOCATIONS, BALANCES, PRICES, S251
from model.history.finance_names import codes_by_name, name_key
from model.history.read_finance import read_finance
from model.scenario.problems import ScenarioError
from tests.finance_folder import FILE_NAMES, write_finance

pytestmark = pytest.mark.unit
STATE, INDEPENDENT = "topup_per_plan_state_special", "topup_per_plan_independent_special"
PRINTED = "derived_topup_spend_per_ehcp_gbp"
PERCENT, MILLIONS = "cumulative_balance_pct_of_total_dsg", "approx_cumulative_deficit_gbp_m"


def test_a_deficit_is_above_nil_whatever_the_files_sign(tmp_path):
    """Northham: -1 % of the DSG in the file is a deficit of 1 %; Southham's +2 % a surplus."""
    share = read_finance(write_finance(tmp_path)).series["dsg_balance_share"]
    assert share.loc["101"].tolist() == [0.01, 0.02, 0.03]
    assert share.loc["102"].tolist() == [-0.02, -0.03, -0.04]


def test_a_price_is_spend_over_plans_unrounded(tmp_path):
    """Northham, 2019-20: (15,000 + 101) x 1.02 = 15,403.02, printed 15,403; 400 plans."""
    history = read_finance(write_finance(tmp_path))
    assert history.series[STATE].loc["101", 2019] == pytest.approx(15_403.02)
    assert history.series["plans_state_special"].loc["101", 2019] == 400
    assert history.series[INDEPENDENT].loc["105", 2018] == pytest.approx(60_105)


def test_income_before_and_after_deductions(tmp_path):
    history = read_finance(write_finance(tmp_path))
    assert history.series["high_needs_block_gross"].loc["102", 2020] == 22_000_000
    assert history.series["high_needs_block_net"].loc["102", 2020] == 21_000_000
    assert "ENGLAND" not in history.series["high_needs_block_gross"].index


def test_authorities_are_joined_by_name_where_a_file_has_no_code(tmp_path):
    """Southham and Westham Borough of the prices are Southham, City of and Westham of the allocations."""
    history = read_finance(write_finance(tmp_path))
    assert list(history.series[STATE].index) == ["101", "102", "103", "104", "105"]
    assert history.authorities.name["102"] == "Southham"
    assert history.authorities.region["102"] == "Here"
    assert not history.faults


def test_files_may_lie_in_a_folder_named_finance_and_be_fewer(tmp_path):
    write_finance(tmp_path / "finance")
    for file in (BALANCES, PRICES, S251):
        (tmp_path / "finance" / FILE_NAMES[file]).unlink()
    history = read_finance(tmp_path)
    assert set(history.series) == {
        "high_needs_block_gross",
        "high_needs_block_net",
        "dsg_total_gbp",
    }
    assert history.s251.empty


def test_names_of_one_authority_have_one_key_and_of_two_have_two():
    assert name_key("Durham") == name_key("County Durham")
    assert name_key("Leicester") != name_key("Leicestershire")
    assert name_key("City of London") == "london"
    assert codes_by_name([("1", "Dorset"), ("2", "Dorset (New)"), ("3", "Kent")]) == {"kent": "3"}


def put(file, row, column, value):
    """A change of one cell of a file; `row` counts from 0 under the header."""
    return lambda tables: tables[file].__setitem__(
        column, tables[file][column].where(tables[file].index != row, value)
    )


def drop_column(file, column):
    return lambda tables: tables.__setitem__(file, tables[file].drop(columns=column))


def repeat_row(file, row):
    import pandas as pd

    return lambda tables: tables.__setitem__(
        file, pd.concat([tables[file], tables[file].iloc[[row]]])
    )


GROSS = "high_needs_block_before_deductions_gbp"
NET = "high_needs_block_after_deductions_gbp"
DAMAGED = {
    "text for a number": (put(ALLOCATIONS, 1, GROSS, "about 10m"), ALLOCATIONS, 3, GROSS),
    "a blank figure": (put(PRICES, 0, "n", ""), PRICES, 2, "n"),
    "below nil": (put(PRICES, 0, "total_spend", -5), PRICES, 2, "total_spend"),
    "millions in a file of pounds": (put(ALLOCATIONS, 1, GROSS, 10.0), ALLOCATIONS, 3, "total_dsg_gross"),
    "more after than before": (put(ALLOCATIONS, 1, NET, 2e7), ALLOCATIONS, 3, NET),
    "England is not the sum": (put(ALLOCATIONS, 0, "early_years", 1), ALLOCATIONS, 2, "early_years"),
    "no financial year": (put(BALANCES, 0, "financial_year", "2019-21"), BALANCES, 2, "financial_year"),
    "a calendar year": (put(PRICES, 3, "year", "2019"), PRICES, 5, "year"),
    "no code": (put(ALLOCATIONS, 2, "la_code", "1O2"), ALLOCATIONS, 4, "la_code"),
    "no name": (put(BALANCES, 2, "la_name", ""), BALANCES, 4, "la_name"),
    "sign not turned": (put(BALANCES, 0, MILLIONS, -1.0), BALANCES, 2, MILLIONS),
    "pounds for millions": (put(BALANCES, 0, MILLIONS, 1e6), BALANCES, 2, MILLIONS),
    "beyond the whole grant": (put(BALANCES, 0, PERCENT, -101), BALANCES, 2, PERCENT),
    "price is not spend over plans": (put(PRICES, 0, PRINTED, 15_103), PRICES, 2, PRINTED),
    "no plans at all": (put(PRICES, 0, "n", 0), PRICES, 2, PRINTED),
    "another January": (put(PRICES, 0, "jan_year", 2018), PRICES, 2, "jan_year"),
    "unknown category": (put(PRICES, 0, "category", "Academy"), PRICES, 2, "category"),
    "column missing": (drop_column(S251, "ehcp_other"), S251, 1, "ehcp_other"),
    "a row twice": (repeat_row(S251, 0), S251, 7, "la_code"),
    "an infinite figure": (put(S251, 0, "ehcp_other", "inf"), S251, 2, "ehcp_other"),
}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_file_is_refused_with_file_line_and_column(tmp_path, damage):
    change, file, line, column = DAMAGED[damage]
    with pytest.raises(ScenarioError) as raised:
        read_finance(write_finance(tmp_path, change))
    places = {(problem.file, problem.line, problem.path) for problem in raised.value.problems}
    assert (str(tmp_path / FILE_NAMES[file]), line, column) in places


def test_problems_of_all_files_are_told_at_once(tmp_path):
    def change(tables):
        put(PRICES, 0, "n", "many")(tables)
        put(BALANCES, 0, "total_dsg", "much")(tables)

    with pytest.raises(ScenarioError) as raised:
        read_finance(write_finance(tmp_path, change))
    assert [problem.found for problem in raised.value.problems] == ["'much'", "'many'"]


def test_many_rows_of_one_kind_are_counted_not_listed(tmp_path):
    def change(tables):
        tables[PRICES]["n"] = "many"

    with pytest.raises(ScenarioError) as raised:
        read_finance(write_finance(tmp_path, change))
    messages = [str(problem) for problem in raised.value.problems]
    assert len(messages) == 6
    assert "in 55 more rows" in messages[-1]


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00PK", b"a,b\n"])
def test_a_file_that_is_no_table_is_refused(tmp_path, content):
    write_finance(tmp_path)
    (tmp_path / FILE_NAMES[BALANCES]).write_bytes(content)
    with pytest.raises(ScenarioError, match="balance"):
        read_finance(tmp_path)


def test_a_folder_without_finance_files_or_with_two_of_a_kind_is_refused(tmp_path):
    with pytest.raises(ScenarioError, match="no such folder"):
        read_finance(tmp_path / "nowhere")
    with pytest.raises(ScenarioError, match="no finance file"):
        read_finance(tmp_path)
    write_finance(tmp_path)
    (tmp_path / "s251_high_needs_2021-22 (1).csv").write_text("x")
    with pytest.raises(ScenarioError, match="more than one file"):
        read_finance(tmp_path)


def test_marks_and_blank_cells_are_no_figures(tmp_path):
    """A blank DSG is listed; the allocation of the year stands in for it, 120,001,000 pounds."""

    def change(tables):
        put(S251, 0, "s251_outturn_2021_22_hospital_gbp", "z")(tables)
        put(BALANCES, 0, "total_dsg", "")(tables)
        put(BALANCES, 0, MILLIONS, "x")(tables)

    history = read_finance(write_finance(tmp_path, change))
    assert np.isnan(history.s251.loc["101", "s251_outturn_2021_22_hospital_gbp"])
    assert history.series["dsg_balance_share"].loc["101", 2019] == 0.01
    assert history.series["dsg_total_gbp"].loc["101", 2019] == 11 * 1e7 + 1_000
    assert [(fault.line, fault.item) for fault in history.faults] == [(2, "total_dsg")]


def test_a_price_far_from_the_median_authority_is_listed_and_not_used(tmp_path):
    """Four times the median authority (15,105) is 60,420: 60,600 is out, 60,000 is in. A quarter is 3,776: 3,700 is out."""

    def change(tables):
        for row, price in ((0, 60_600), (3, 60_000), (6, 3_700)):
            n = tables[PRICES].loc[row, "n"]
            tables[PRICES].loc[row, ["total_spend", PRINTED]] = [price * n, price]

    history = read_finance(write_finance(tmp_path, change))
    assert np.isnan(history.series[STATE].loc["101", 2018])
    assert history.series[STATE].loc["102", 2018] == 60_000
    price = [fault for fault in history.faults if fault.used == "not used"]
    assert [(fault.authority, fault.year, fault.published) for fault in price] == [
        ("Northham", "2018-19", "60,600"),
        ("Eastham", "2018-19", "3,700"),
    ]
    # Totals no longer are the sum of the two categories.
    assert sum("two categories differ" in fault.message for fault in history.faults) == 3


def test_totals_that_do_not_foot_are_listed_with_the_gap_and_stop_nothing(tmp_path):
    """Six lines of 1,000 against 8,500: 2,500 short. A gap of 900 is rounding. Three lines less income of 1,000
    are 2,000, not 800."""
    total = "s251_outturn_2021_22_topup_maint_total_gbp"

    def change(tables):
        put(S251, 0, total, 8_500)(tables)
        put(S251, 1, total, 6_900)(tables)
        put(S251, 1, "s251_outturn_2021_22_topup_indep_total_gbp", 800)(tables)
        put(S251, 2, "ehcp_total_jan2021", 7_001)(tables)
        put(S251, 3, "s251_budget_2021_22_ap_services_gbp", -20)(tables)

    history = read_finance(write_finance(tmp_path, change))
    found = [(fault.authority, fault.item, fault.message) for fault in history.faults]
    assert found == [
        (
            "Northham",
            total,
            "its lines fall short of it by 2,500: lines that the file leaves out, perhaps",
        ),
        (
            "Southham, City of",
            "s251_outturn_2021_22_topup_indep_total_gbp",
            "its lines exceed it by 1,200: income that the file does not give, perhaps",
        ),
        (
            "Eastham",
            "ehcp_total_jan2021",
            "its lines fall short of it by 1: lines that the file leaves out, perhaps",
        ),
        ("Westham", "s251_budget_2021_22_ap_services_gbp", "spending below nil"),
    ]
    table = history.faults_table()
    assert list(table.authority) == ["Eastham", "Northham", "Southham, City of", "Westham"]
    assert set(table.year) == {"2021-22"}


def test_a_name_no_other_file_gives_a_code_is_listed_and_left_out(tmp_path):
    history = read_finance(write_finance(tmp_path, put(PRICES, 0, "la_name", "Elsewhere")))
    named = [fault for fault in history.faults if fault.item == "name"]
    assert [(fault.authority, fault.used) for fault in named] == [("Elsewhere", "left out")]
    assert np.isnan(history.series[STATE].loc["101", 2018])


def test_known_at_holds_nothing_later(tmp_path):
    def change(tables):
        put(S251, 0, "ehcp_total_jan2021", 1)(tables)

    history = read_finance(write_finance(tmp_path, change))
    known = history.known_at(2020)
    assert {int(table.columns.max()) for table in known.series.values()} == {2020}
    assert known.s251.empty
    assert not known.faults
    assert history.faults
    assert len(history.known_at(2021).s251) == 5
