"""The account and the prices of a starter scenario, worked by hand on invented money files."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from model.history.read_history import read_publications
from model.history.read_tidy import Tidy
from model.importing.account import account_section
from model.importing.evidence import everything_of, gather
from model.importing.money import BLOCK_COLUMNS, Money
from model.importing.prices import funding_section
from tests.published_files import caseload, write

pytestmark = pytest.mark.unit

SPENDING = {
    "place_total": 700_000, "place_special": 600_000, "topup_maint_early": 10_000, "topup_maint_primary": 500_000,
    "topup_maint_secondary": 480_000, "topup_maint_special": 720_000, "topup_maint_ap": 50_000,
    "topup_maint_post": 160_000, "topup_indep_special": 600_000, "topup_indep_ap": 0, "topup_indep_post": 30_000,
    "sen_support_inclusion": 200_000, "ap_services": 25_000, "hospital": 0, "therapies": float("nan"),
}  # fmt: skip


def money(allocated: int) -> Money:
    spent = {
        f"s251_{basis}_2021_22_{name}_gbp": [float(value)]
        for basis in ("outturn", "budget")
        for name, value in SPENDING.items()
    }
    blocks = {}
    for block, (gross, net) in BLOCK_COLUMNS.items():
        blocks[gross] = [1e7 if block == "high_needs" else 8e7]
        blocks[net] = [9e6 if block == "high_needs" else 8e7]
    balances = {
        "la_code": ["901"] * 3 + ["902"] * 3,
        "year": [2019, 2020, 2021] * 2,
        "cumulative_balance_pct_of_total_dsg": [-1.0, -2.0, -4.0, 0.0, 1.0, 0.5],
        "total_dsg": [1e8] * 6,
        "approx_cumulative_deficit_gbp_m": [1.0, 2.0, 4.0, 0.0, -1.0, -0.5],
    }
    return Money(
        pd.DataFrame({"la_code": ["901"], "year": [allocated], **blocks}),
        pd.DataFrame({"la_code": ["901"], "pop_2_18_mid2021": [5000.0], **spent}),
        pd.DataFrame(balances),
    )


def evidence(folder: Path, january: int, given: Money):
    januaries = tuple(range(2021, january + 1))
    published = read_publications([write(caseload(januaries), folder / "caseload.csv")])
    read = everything_of(published, Tidy(), given, None, "here")
    return gather(read, authority="Northtown", first_year=january)


def test_the_deficit_moves_on_by_what_balances_moved(tmp_path):
    """4m in March 2022; changes of -1, 0.5, 1 and 2 % have a median of 0.75 and tenth and ninetieth percentiles of
    -0.55 and 1.7 %, 1.125 to either side. On 100m DSG a year on that is 4.75m and 1.125m, two years on 5.5m and
    1.125m x the root of 2; written with three figures."""
    for january, ends in ((2023, [3.62e6, 5.88e6]), (2024, [3.91e6, 7.09e6])):
        block = account_section(evidence(tmp_path, january, money(2023))).body["blocks"][0]
        assert block["opening_deficit_gbp"]["between"] == pytest.approx(ends)
        assert block["opening_deficit_gbp"]["status"] == "assumed"


def test_the_year_s_own_allocation_is_published_and_an_older_one_a_range(tmp_path):
    """10m and 1m kept back; two years on raised by 3 to 7 % a year."""
    now = account_section(evidence(tmp_path, 2023, money(2023))).body["blocks"][0]
    assert now["gross_income_gbp"]["2023-24"]["value"] == 10_000_000
    assert now["gross_income_gbp"]["2023-24"]["status"] == "published"
    assert now["deductions"][0]["amount_gbp"] == 1_000_000
    later = account_section(evidence(tmp_path, 2025, money(2023))).body["blocks"][0]
    assert later["gross_income_gbp"]["2025-26"]["between"] == pytest.approx(
        [1e7 * 1.03**2, 1e7 * 1.07**2], rel=1e-4
    )
    assert later["deductions"][0]["amount_gbp"]["between"] == pytest.approx(
        [1e6 * 1.03**2, 1e6 * 1.07**2], rel=1e-4
    )


def test_an_allocation_of_a_later_year_is_not_known(tmp_path):
    section = account_section(evidence(tmp_path, 2022, money(2023)))
    assert section.body is None
    assert "no DSG allocation known by January 2022" in section.comment


def drivers(section) -> dict[str, dict]:
    return {driver["id"]: driver for line in section.body["lines"] for driver in line["drivers"]}


def test_prices_are_spending_over_plans(tmp_path):
    """Northtown has 4 x (20 + 2 + 1) = 92 plans in mainstream, bases and early years: 990,000 / 92 = 10,761;
    60 in special schools at 12,000 and 10,000 for the place; two years later at up to 6 % more a year."""
    found = drivers(funding_section(evidence(tmp_path, 2023, money(2023))))
    raised = 1.06**2
    assert found["mainstream"]["annual_cost_gbp"]["between"] == pytest.approx(
        [990_000 / 92, 990_000 / 92 * raised], rel=1e-3
    )
    assert found["special"]["annual_cost_gbp"]["between"] == pytest.approx(
        [12_000, 12_000 * raised], rel=1e-3
    )
    assert found["special_places"]["annual_cost_gbp"]["between"] == pytest.approx(
        [10_000 / raised, 10_000 * raised], rel=1e-3
    )
    # 100,000 over 8 plans in bases would be 12,500 a place: it pays for others' places too.
    assert found["base_places"]["kind"] == "amount"
    assert found["colleges"]["annual_cost_gbp"]["between"][0] == 5000


def test_day_and_residential_together_come_to_what_was_spent(tmp_path):
    """12 plans, 600,000: at one ratio the two prices times the plans are the spending again."""
    found = drivers(funding_section(evidence(tmp_path, 2023, money(2023))))
    from model.importing.plans import residential_share

    boarders = residential_share() * 12
    day = found["day"]["annual_cost_gbp"]["between"][0]
    assert day * (12 - boarders) + 2.2 * day * boarders == pytest.approx(600_000, rel=1e-3)


def test_spending_without_plans_is_an_amount(tmp_path):
    """30,000 for specialist colleges and no plan in them; therapies are not given and count as nothing."""
    found = drivers(funding_section(evidence(tmp_path, 2023, money(2023))))
    assert found["specialist_post_16"]["kind"] == "amount"
    assert found["specialist_post_16"]["annual_amount_gbp"]["between"][0] == 30_000
    assert found["support"]["annual_amount_gbp"]["between"][0] == 200_000
    assert found["alternative_provision"]["annual_amount_gbp"]["between"][0] == 75_000


def test_no_spending_known_leaves_the_section_out(tmp_path):
    section = funding_section(evidence(tmp_path, 2021, money(2021)))
    assert section.body is None
    assert "--spending" in section.comment
