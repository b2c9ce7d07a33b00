"""The DSG account on cases small enough to work by hand."""

from __future__ import annotations

import numpy as np
import pytest

from model.account.block_account import block_account
from model.account.income import income
from model.account.views import cumulative_views
from model.draws import central, sample
from model.reconcile.trajectory import expected_shortfall, rag, reconcile
from tests.scenarios import small

pytestmark = pytest.mark.unit

ACCOUNT = """
account:
  blocks:
    - id: high_needs
      opening_deficit_gbp: 1000
      gross_income_gbp: {2023-24: 10000, 2024-25: 11000}
      income_growth: {2023-24: 0, 2024-25: 0, 2025-26: 0.1}
      deductions:
        - {id: places, title: Places, places: 0.5, rate_gbp: 2000}
        - {id: other, title: Other, amount_gbp: {2023-24: 100, then: 200}}
    - id: schools
      opening_deficit_gbp: -300
      gross_income_gbp: 50000
      planned_deficit_gbp: {2023-24: 40, then: 0}
  transfers:
    - {id: move, title: Move, from_block: schools, to_block: high_needs, share_of_gross: 0.01,
       approval: {2023-24: 1, 2024-25: 0, then: 1}, spending_cut_share: 0.6}
  prior_year_adjustments:
    - {id: late, title: Late income, block: high_needs, year: 2024-25, amount_gbp: -70}
  draws_on_balances:
    - {id: growth_fund, title: Growth fund, block: schools, year: 2023-24, amount_gbp: 25}
  authority_contributions:
    - {id: council, title: Council, block: high_needs, year: 2025-26, amount_gbp: 500}
  support_received_before_gbp: 900
  support_payments:
    - {id: first, title: First, year: 2023-24, amount_gbp: 300}
    - {id: third, title: Third, year: 2025-26, amount_gbp: 200}
"""
SPEND = np.array([[9500.0], [10500.0], [11500.0]])


@pytest.fixture
def book(tmp_path):
    scenario = small(tmp_path, ACCOUNT).scenario
    draws = central(scenario)
    return block_account(scenario.account, {"high_needs": SPEND}, draws), scenario, draws


def test_high_needs_rolls_forward(book):
    """Worked by hand: net income 8,900, 9,800, 11,400 (11,000 x 1.1 less 1,200 plus 500)."""
    account = book[0]
    assert account.income.net[0, :, 0] == pytest.approx([8900, 9800, 11400])
    # 1000 + (9500 - 8900) - 500 transferred in - 300 support = 800
    # 800 - 70 + (10500 - 9800) = 1430;  1430 + (11500 - 11400) - 500 - 200 = 830
    assert account.closing_deficit[0, :, 0] == pytest.approx([800, 1430, 830])
    assert account.opening_deficit[0, :, 0] == pytest.approx([1000, 800, 1430])
    assert account.in_year_deficit[0, :, 0] == pytest.approx([100, 700, -400])


def test_recoupment_keeps_its_proportion_to_the_allocation(tmp_path):
    """Academy recoupment follows the allocation: 40 of 100 stays two fifths."""
    body = ACCOUNT.replace(
        "gross_income_gbp: 50000",
        "gross_income_gbp: {2023-24: 100}\n      income_growth: {2023-24: 0, then: 0.1}\n"
        "      deductions: [{id: academies, title: A, amount_gbp: 40, grows_with_income: true}]",
    )
    scenario = small(tmp_path, body).scenario
    money = income(scenario.account, central(scenario))
    assert money.deductions[1, :, 0] == pytest.approx([40, 44, 48.4])


def test_a_block_without_lines_cuts_what_the_transfer_makes_it_cut(book):
    """Schools give 500, cut 300 of spending, plan 40 and draw 25: -300 + 40 + 500 - 300 + 25 = -35."""
    account = book[0]
    assert account.spend[1, :, 0] == pytest.approx([50000 + 40 - 300, 50000, 50000 - 300])
    assert account.closing_deficit[1, :, 0] == pytest.approx([-35, -35, 165])


def test_transfers_sum_to_nil_and_the_identity_holds(book):
    account = book[0]
    assert account.transfers_gap() == 0
    assert account.identity_gap() < 1e-9
    broken = account.closing_deficit.copy()
    broken[0, 1] += 0.02
    from dataclasses import replace

    assert replace(account, closing_deficit=broken).identity_gap() == pytest.approx(0.02)


def test_three_views(book):
    """With 765, 1,395, 995; received 1,200, 1,200, 1,400."""
    account, scenario, draws = book
    views = cumulative_views(account, scenario.account, draws)
    assert views.with_support[:, 0] == pytest.approx([765, 1395, 995])
    assert views.received_to_date[:, 0] == pytest.approx([1200, 1200, 1400])
    assert views.without_support[:, 0] == pytest.approx([1965, 2595, 2395])
    assert views.excluding_this_years_payment[:, 0] == pytest.approx([1065, 1395, 1195])
    assert views.opening_without_support[:, 0] == pytest.approx([1600, 1965, 2595])


def test_reconciliation_by_hand(tmp_path):
    body = (
        ACCOUNT
        + """
trajectory:
  balance_by: 2024-25
  targets:
    - {year: 2022-23, cumulative_deficit_gbp: 1500}
    - {year: 2023-24, cumulative_deficit_gbp: 2000}
    - {year: 2024-25, cumulative_deficit_gbp: 2100}
  one_offs:
    - {id: one, title: One, year: 2022-23, amount_gbp: -50}
    - {id: two, title: Two, year: 2024-25, amount_gbp: 30}
"""
    )
    scenario = small(tmp_path, body).scenario
    draws = central(scenario)
    account = block_account(scenario.account, {"high_needs": SPEND}, draws)
    row = reconcile(scenario.trajectory, cumulative_views(account, scenario.account, draws), draws)
    assert row.years == (2023, 2024)
    assert row.gap[:, 0] == pytest.approx([-35, 495])
    assert row.in_year_target[:, 0] == pytest.approx([500, 100])
    # Whole-DSG in-year: high needs 100 and 700; schools 40 + 500 - 300 and nil.
    assert row.in_year[:, 0] == pytest.approx([340, 700])
    assert row.in_year_gap[:, 0] == pytest.approx([-160, 600])
    assert row.better_opening[:, 0] == pytest.approx([-100, 35])
    assert row.like_for_like_gap[:, 0] == pytest.approx([15, 515])
    assert row.headroom[:, 0] == pytest.approx([400, 135])
    assert row.next_year_required[0, 0] == pytest.approx(135)
    assert row.on_trajectory[:, 0].tolist() == [1.0, 0.0]
    assert row.in_balance[:, 0].tolist() == [0.0, 0.0]


def test_approval_is_drawn_year_by_year(tmp_path):
    body = ACCOUNT.replace(
        "approval: {2023-24: 1, 2024-25: 0, then: 1}",
        "approval: {2023-24: 1, then: {discrete: {1: 0.75, 0: 0.25}}}",
    )
    scenario = small(tmp_path, body).scenario
    draws = sample(scenario, 3, 0, 4096)
    account = block_account(scenario.account, {"high_needs": SPEND}, draws)
    received = -account.net_transfers_out[0]
    assert set(np.unique(received)) == {0.0, 500.0}
    assert (received[0] == 500).all()
    for year in (1, 2):
        assert (received[year] > 0).mean() == pytest.approx(0.75, abs=0.03)
    both = ((received[1] > 0) & (received[2] > 0)).mean()
    assert both == pytest.approx(0.75**2, abs=0.03), "years are decided independently"
    assert account.transfers_gap() == 0


def test_shortfall_and_rag():
    assert expected_shortfall(np.array([-10.0, 0.0, 30.0, 50.0])) == 40
    assert expected_shortfall(np.array([-10.0, -1.0])) == 0
    assert [rag(p, 0.7, 0.3) for p in (0.7, 0.69, 0.3, 0.29)] == ["green", "amber", "amber", "red"]
