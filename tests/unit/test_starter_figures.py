"""Figures of a starter scenario: whole parts, ranges that stay ranges, and what was known when."""

from __future__ import annotations

import hypothesis.strategies as st
import pandas as pd
import pytest
from hypothesis import given

from model.importing.choices import choices
from model.importing.figures import between, rounded, share_between, whole_parts
from model.importing.money import Money
from model.importing.plans import residential_share

pytestmark = pytest.mark.unit


@given(st.lists(st.integers(0, 500), min_size=1, max_size=12).filter(any), st.integers(0, 3000))
def test_whole_parts_add_up_and_are_within_one_of_their_share(counts, total):
    """The identity of every margin: whole plans, all of them, none further than one from its share."""
    parts = {str(index): count for index, count in enumerate(counts)}
    whole = whole_parts(dict(parts), total)
    assert sum(whole.values()) == total
    for name, count in parts.items():
        assert abs(whole[name] - count * total / sum(counts)) < 1 + 1e-6
        assert whole[name] >= 0


def test_parts_that_add_up_already_stay():
    parts = {"a": 1057, "b": 571, "c": 78}
    assert whole_parts(dict(parts), 1706) == parts


@given(st.floats(1e-3, 1e8), st.floats(1e-3, 0.5))
def test_a_range_stays_a_range_after_rounding(low, wide):
    ends = between(low, low * (1 + wide), "because")["between"]
    assert ends[0] < ends[1]


@given(st.floats(-0.5, 1.5), st.floats(0, 0.5))
def test_a_share_is_never_certain(low, wide):
    ends = share_between(low, low + wide, "because")["between"]
    assert 0 < ends[0] < ends[1] < 1


@pytest.mark.parametrize(
    ("value", "short"), [(46_248.4, 46_200), (0.0587, 0.0587), (2.0, 2), (-0.0266, -0.0266)]
)
def test_assumed_numbers_have_a_few_digits(value, short):
    assert rounded(value) == short


def test_every_choice_lies_in_its_own_range_with_a_reason():
    for name, choice in choices().items():
        assert choice.low <= choice.value <= choice.high, name
        assert choice.low < choice.high, name
        assert choice.reason, name


def test_residential_share_is_that_of_the_national_table():
    """About one plan in twenty in independent and non-maintained special schools."""
    assert 0.03 < residential_share() < 0.08


def money() -> Money:
    spending = {f"s251_{basis}_2021_22_{name}_gbp": [100.0 if basis == "outturn" else 90.0] for basis in ("outturn", "budget")
                for name in ("place_total", "place_special", "topup_maint_early", "topup_maint_primary", "topup_maint_secondary",
                             "topup_maint_special", "topup_maint_ap", "topup_maint_post", "topup_indep_special", "topup_indep_ap",
                             "topup_indep_post", "sen_support_inclusion", "ap_services", "hospital", "therapies")}  # fmt: skip
    balances = pd.DataFrame(
        {
            "la_code": ["901"] * 3 + ["902"] * 3,
            "year": [2019, 2020, 2021] * 2,
            "cumulative_balance_pct_of_total_dsg": [-1.0, -2.0, -4.0, 0.0, 1.0, 0.5],
            "total_dsg": [1e8] * 6,
            "approx_cumulative_deficit_gbp_m": [1.0, 2.0, 4.0, 0.0, -1.0, -0.5],
        }
    )
    return Money(
        spending=pd.DataFrame({"la_code": ["901"], "pop_2_18_mid2021": [5000.0], **spending}), balances=balances
    )  # fmt: skip


@pytest.mark.parametrize(("january", "basis"), [(2021, None), (2022, "budget"), (2023, "outturn")])
def test_spending_is_known_when_it_was_published(january, basis):
    """The budget of 2021-22 in that year, its outturn by January 2023."""
    spent = money().spent("901", january)
    assert (None if spent is None else spent.basis) == basis


def test_balances_come_with_the_changes_of_all_authorities():
    """By January 2023: 901 moved by 1 % and 2 % of its DSG, 902 by -1 % and 0.5 %."""
    balance = money().balance("901", 2023)
    assert balance is not None
    assert (balance.year, balance.deficit_gbp) == (2021, 4e6)
    assert sorted(balance.changes) == pytest.approx([-0.01, 0.005, 0.01, 0.02])


def test_a_later_balance_is_not_known():
    balance = money().balance("901", 2022)
    assert balance is not None
    assert (balance.year, balance.deficit_gbp, sorted(balance.changes)) == (
        2020,
        2e6,
        pytest.approx([-0.01, 0.01]),
    )
    assert money().balance("901", 2020) is None
    assert money().balance("999", 2023) is None
