"""The backtest of money on small tables: other methods, scores and words worked by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from model.backtest.forecast_table import COLUMNS
from model.backtest.money.backtest import backtest_money, origins_of
from model.backtest.money.findings import money_findings
from model.backtest.money.rivals import RIVALS, rival_forecasts
from model.backtest.money.summary import money_summary, scored
from model.calibration.money.forecast import known_growth
from model.history.finance_files import ALLOCATIONS, BALANCES, PRICES
from model.history.read_finance import read_finance
from tests.finance_folder import FILE_NAMES, write_finance

pytestmark = pytest.mark.unit


def test_other_methods_carry_growth_forward_by_hand():
    """100, 110, 132: last growth 1.2, mean growth sqrt(1.1 x 1.2); 1,000, 1,000, 900: 0.9 and sqrt(0.9).

    The nation, weights one: (132 + 900) / (110 + 1,000) = 0.92973.
    """
    figures = np.array([[100.0, 110.0, 132.0], [1000.0, 1000.0, 900.0]])
    found = rival_forecasts(figures, np.ones((2, 3)), 2, additive=False)
    nation = 1032 / 1110
    assert found["naive"] == pytest.approx(np.array([[132, 132], [900, 900]]))
    assert found["last_growth"] == pytest.approx(np.array([[158.4, 190.08], [810, 729]]))
    assert found["national_growth"][:, 0] == pytest.approx([132 * nation, 900 * nation])
    assert found["average_national_own"][0, 1] == pytest.approx(132 * 1.2 * nation)
    assert found["mean_growth"][:, 1] == pytest.approx([132 * 1.32, 900 * 0.9])
    assert set(found) == set(RIVALS)


def test_a_balance_grows_by_differences_and_its_nation_is_weighed_by_the_dsg():
    """1 % to 3 % of 100m, -2 % to -2 % of 300m: the nation -1.25 % to -0.75 %, up by 0.5 points."""
    figures = np.array([[0.01, 0.03], [-0.02, -0.02]])
    weights = np.array([[1e8, 1e8], [3e8, 3e8]])
    found = rival_forecasts(figures, weights, 2, additive=True)
    assert found["last_growth"] == pytest.approx(np.array([[0.05, 0.07], [-0.02, -0.02]]))
    assert found["national_growth"] == pytest.approx(np.array([[0.035, 0.04], [-0.015, -0.01]]))
    assert found["average_national_own"][0] == pytest.approx([0.0425, 0.055])
    assert np.isnan(found["mean_growth"]).all()


def test_an_authority_without_last_years_figure_has_no_growth_of_its_own():
    """And makes no part of the nation's: 200 to 220 alone, up by a tenth."""
    figures = np.array([[90.0, np.nan, 100.0], [180.0, 200.0, 220.0]])
    found = rival_forecasts(figures, np.ones((2, 3)), 1, additive=False)
    assert np.isnan(found["last_growth"][0, 0])
    assert np.isnan(found["mean_growth"][0, 0])
    assert found["national_growth"][:, 0] == pytest.approx([110, 242])


def row(
    method: str, authority: str, forecast: float, actual: float, measure: str, crps: float = 1.0
):
    low, high = forecast - 2, forecast + 2
    return [authority, 2020, 1, measure, method, forecast, actual, low, low + 1, low + 1.5, high - 1.5, high - 1, high, crps]  # fmt: skip


def test_scores_by_hand():
    """Ours misses 100 by 10 and 200 by nothing: 5 %; the other by 20 and 10: 12.5 %; ratio 0.4."""
    rows = [
        row("hn_forecast", "a", 110, 100, "high_needs_block_net"),
        row("hn_forecast", "b", 200, 200, "high_needs_block_net", 4.0),
        row("naive", "a", 80, 100, "high_needs_block_net"),
        row("naive", "b", 210, 200, "high_needs_block_net"),
        row("mean_growth", "b", 220, 200, "high_needs_block_net"),
    ]
    found = money_summary(pd.DataFrame(rows, columns=list(COLUMNS))).set_index("method")
    assert found.mape.to_dict() == pytest.approx(
        {"hn_forecast": 5, "naive": 12.5, "mean_growth": 10}
    )
    assert found.bias["naive"] == pytest.approx(-7.5)
    assert found.ratio["naive"] == pytest.approx(0.4)
    assert found.ratio["mean_growth"] == 0
    assert found.crps_percent["hn_forecast"] == pytest.approx((1 + 2) / 2)
    assert found.coverage_80["hn_forecast"] == 50
    assert np.isnan(found.coverage_80["naive"])
    assert found.rows.to_dict() == {"hn_forecast": 2, "naive": 2, "mean_growth": 1}


def test_a_balance_is_scored_in_percent_of_the_dsg():
    """0.03 against nil is 3 percent of the DSG too high, whatever nil is a percentage of."""
    table = pd.DataFrame(
        [row("hn_forecast", "a", 0.03, 0.0, "dsg_balance_share", 0.02)], columns=list(COLUMNS)
    )
    assert scored(table).error.tolist() == pytest.approx([3.0])
    assert scored(table).crps_percent.tolist() == pytest.approx([2.0])


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return read_finance(write_finance(tmp_path_factory.mktemp("finance")))


def test_origins_are_years_with_growth_behind_and_a_figure_ahead(small):
    assert origins_of(small, "topup_per_plan_state_special") == [2019, 2020]
    assert origins_of(small, "high_needs_block_net") == [2020, 2021, 2022]
    assert origins_of(small, "dsg_balance_share") == [2020]


def test_every_authority_origin_and_horizon_has_a_row_of_every_method(small):
    """Five authorities. Prices: origin 2019 two years ahead, 2020 one. Allocations 3 + 2 + 1 years. Balance 1.

    Own mean growth needs two: prices from 2020 (1), allocations from 2021 (2 + 1), no balance.
    """
    table = backtest_money(small, 200)
    assert list(table.columns) == list(COLUMNS)
    count = table.groupby(["measure", "method"]).size().unstack(fill_value=0)
    assert (count.drop(columns="mean_growth").nunique(axis=1) == 1).all()
    assert count.hn_forecast.to_dict() == {
        "dsg_balance_share": 5, "high_needs_block_gross": 30, "high_needs_block_net": 30,
        "topup_per_plan_independent_special": 15, "topup_per_plan_state_special": 15,
    }  # fmt: skip
    assert count.mean_growth.tolist() == [0, 15, 15, 5, 5]
    assert not table.isna().any().any()


def test_income_that_grows_by_a_tenth_everywhere_is_forecast_so(small):
    """The nation's level is a tenth, and so is everybody's own."""
    table = backtest_money(small, 400)
    rows = table[(table.measure == "high_needs_block_gross") & (table.method == "hn_forecast")]
    assert (rows.forecast / rows.actual).to_numpy() == pytest.approx(1.0, abs=0.02)


def test_other_methods_have_our_range_moved_to_their_forecast(small):
    table = backtest_money(small, 400)
    keys = ["authority", "origin", "horizon"]
    rows = table[table.measure == "high_needs_block_net"].set_index(["method", *keys]).sort_index()
    ours, naive = rows.loc["hn_forecast"], rows.loc["naive"]
    assert (naive.q90 / naive.forecast).to_numpy() == pytest.approx(
        (ours.q90 / ours.forecast).to_numpy()
    )


def test_the_same_seed_gives_the_same_forecasts_and_another_does_not(small):
    first, again, other = (backtest_money(small, 200, seed) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(first, again)
    assert not first.q90.equals(other.q90)


def test_the_findings_say_how_few_years_there_are_and_what_is_not_there(tmp_path):
    write_finance(tmp_path)
    (tmp_path / FILE_NAMES[PRICES]).unlink()
    prices = pd.read_csv(tmp_path / FILE_NAMES[BALANCES])
    prices[prices.financial_year != "2021-22"].to_csv(tmp_path / FILE_NAMES[BALANCES], index=False)
    history = read_finance(tmp_path)
    table = backtest_money(history, 200)
    text = money_findings(history, table, money_summary(table))
    assert text.count("Not scored: 0 years are there") == 2
    assert text.count("Not scored: 2 years are there") == 1
    assert text.count("these rows hold 3 years that came") == 2
    assert "smaller errors than no change" in text
    assert "None found." in text


def test_a_folder_with_one_year_only_has_no_forecast(tmp_path):
    write_finance(tmp_path)
    for file in (BALANCES, PRICES):
        (tmp_path / FILE_NAMES[file]).unlink()
    rows = pd.read_csv(tmp_path / FILE_NAMES[ALLOCATIONS])
    rows[rows.financial_year == "2023-24"].to_csv(tmp_path / FILE_NAMES[ALLOCATIONS], index=False)
    history = read_finance(tmp_path)
    table = backtest_money(history, 200)
    assert table.empty
    assert "Not scored: 1 years are there" in money_findings(history, table, money_summary(table))


def test_growth_is_as_sure_as_the_fewer_plans_of_its_two_years(small):
    plans = small.series["plans_state_special"].copy()
    plans.loc["101"] = [400, 100, 300, 200]
    changed = replace(small, series={**small.series, "plans_state_special": plans})
    past = known_growth(changed, "topup_per_plan_state_special", 2021)
    assert past is not None
    assert past.behind is not None
    assert past.plans_now is not None
    assert past.behind[0].tolist() == [100, 100, 200]
    assert past.plans_now[0] == 200


def test_an_authority_with_changed_boundaries_is_neither_forecast_nor_part_of_growth(small):
    authorities = small.authorities.copy()
    authorities.loc["103", "name"] = "Bournemouth, Christchurch & Poole"
    changed = replace(small, authorities=authorities)
    past = known_growth(changed, "high_needs_block_gross", 2021)
    assert past is not None
    assert list(past.codes) == ["101", "102", "104", "105"]


def test_growth_over_a_gap_of_years_is_no_yearly_growth(small):
    """2020 is missing everywhere: from 2021 on there is one growth, 2021 to 2022."""
    table = small.series["high_needs_block_gross"].drop(columns=2020)
    changed = replace(small, series={**small.series, "high_needs_block_gross": table})
    past = known_growth(changed, "high_needs_block_gross", 2022)
    assert past is not None
    assert np.exp(past.growth) == pytest.approx(np.full((5, 1), 1.1))
    assert known_growth(changed, "high_needs_block_gross", 2021) is None
