"""The published finance files: what they hold, forecasts that use nothing later, and the scores in the docs."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from model.backtest.money.backtest import backtest_money
from model.backtest.money.findings import money_findings
from model.backtest.money.summary import money_summary
from model.calibration.money.forecast import forecast_money
from model.calibration.money.income import income_of
from model.calibration.money.prices import price_of
from model.calibration.money.settings import draw_count
from model.history.finance import MEASURES, FinanceHistory
from model.history.read_finance import read_finance

pytestmark = [pytest.mark.integration, pytest.mark.shared_data]
DOCS = Path(__file__).resolve().parents[2] / "docs" / "money_backtest.md"
NUMBER = re.compile(r"[+-]?\d[\d,]*(?:\.\d+)?")


@pytest.fixture(scope="module")
def history(shared_folder) -> FinanceHistory:
    return read_finance(shared_folder / "data")


@pytest.fixture(scope="module")
def forecasts(history) -> pd.DataFrame:
    return backtest_money(history, draw_count())


def test_figures_as_published(history):
    """North Somerset (802) and Barking and Dagenham (301), as the files print them."""
    series = history.series
    assert series["high_needs_block_gross"].loc["802", 2023] == 35_846_190
    assert series["high_needs_block_net"].loc["802", 2023] == 32_195_023
    assert series["dsg_balance_share"].loc["301", 2019] == -0.0152
    # Derby (831): 11,719,942 over 644 plans.
    assert series["topup_per_plan_state_special"].loc["831", 2018] == pytest.approx(
        18_198.67, abs=0.01
    )
    assert history.authorities.name["831"] == "Derby"


def test_every_fault_is_listed_and_every_authority_is_joined(history):
    table = history.faults_table()
    unjoined = table[table["item"] == "name"]
    assert set(unjoined.authority) == {"Dorset"}  # 2018-19: two codes bear the name
    out = table[
        (table.used == "not used") & table["item"].str.endswith("Independent or non-maintained")
    ]
    assert {"York", "Brent", "Haringey"} <= set(out.authority)
    totals = table[table["item"].str.contains("topup") & table["item"].str.contains("total")]
    assert totals.groupby("item").authority.nunique().to_dict() == {
        "s251_budget_2021_22_topup_indep_total_gbp": 65,
        "s251_budget_2021_22_topup_maint_total_gbp": 29,
        "s251_outturn_2021_22_topup_indep_total_gbp": 69,
        "s251_outturn_2021_22_topup_maint_total_gbp": 52,
    }


def poisoned(history: FinanceHistory, after: int) -> FinanceHistory:
    """Every figure after a year made nonsense of the right sign."""
    random = np.random.default_rng(after)
    series = {}
    for name, table in history.series.items():
        later = table.columns > after
        wild = table.copy()
        wild.loc[:, later] = table.loc[:, later] * random.uniform(
            0.01, 100, (len(table), later.sum())
        )
        series[name] = wild
    return replace(history, series=series, s251=history.s251 * 0)


def test_nothing_after_the_origin_is_read(history):
    """Poison all later years: every forecast, of every measure and origin, is the same to the bit."""
    compared = 0
    for measure in MEASURES:
        for origin in history.years(measure)[1:-1]:
            other = poisoned(history, origin)
            assert not other.series[measure].equals(history.series[measure])
            ours = forecast_money(history, measure, origin, 1, 100)
            same = forecast_money(other, measure, origin, 1, 100)
            assert ours is not None
            assert same is not None
            assert list(ours.codes) == list(same.codes)
            assert np.array_equal(ours.values, same.values)
            compared += 1
    assert compared == 2 + 2 + 3 + 3 + 1


def test_later_rows_of_the_files_change_no_forecast(history, shared_folder, tmp_path):
    """Files cut off after 2021-22, as they stood: forecasts of income and prices are the same."""
    for path in (shared_folder / "data" / "finance").glob("*.csv"):
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
        year = next((column for column in ("financial_year", "year") if column in table), None)
        if year:
            table = table[table[year].str[:4].astype(int) <= 2021]
        table.to_csv(tmp_path / path.name, index=False)
    short = read_finance(tmp_path)
    assert max(short.years("high_needs_block_net")) == 2021
    for measure, origin in (("high_needs_block_net", 2021), ("topup_per_plan_state_special", 2020)):
        ours = forecast_money(history, measure, origin, 2, 100)
        same = forecast_money(short, measure, origin, 2, 100)
        assert ours is not None
        assert same is not None
        assert list(ours.codes) == list(same.codes)
        assert np.array_equal(ours.values, same.values)


def test_other_methods_use_nothing_later_either(history, forecasts):
    poison = backtest_money(poisoned(history, 2020), draw_count())
    first, other = (
        table[table.origin == 2020].drop(columns=["actual", "crps"])
        for table in (forecasts, poison)
    )
    keys = ["authority", "measure", "method", "horizon"]
    pd.testing.assert_frame_equal(
        first.sort_values(keys, ignore_index=True), other.sort_values(keys, ignore_index=True)
    )


def test_the_scores_in_the_docs_are_those_of_the_files(history, forecasts):
    """Word for word; numbers within two hundredths or two percent, as libraries round differently."""
    text = money_findings(history, forecasts, money_summary(forecasts))
    printed = DOCS.read_text(encoding="utf-8")
    assert NUMBER.sub("#", text) == NUMBER.sub("#", printed)
    now, then = (
        [float(number.replace(",", "")) for number in NUMBER.findall(one)]
        for one in (text, printed)
    )
    assert now == pytest.approx(then, rel=0.02, abs=0.021)


def test_shrinking_is_no_worse_than_any_other_method_beyond_chance(forecasts):
    """One year ahead: our mean absolute error is at most 1.04 of every other method's on the same rows."""
    summary = money_summary(forecasts)
    others = summary[(summary.method != "hn_forecast") & (summary.horizon == 1)]
    assert len(others) == 4 * 5 + 4
    assert others.ratio.max() <= 1.04
    own = others[others.method == "last_growth"].set_index("measure").ratio
    assert (own < 0.95).all()


def test_price_ranges_hold_about_as_often_as_they_say(forecasts):
    """Two years that came for prices: 80 % ranges hold 75 to 90 %, 95 % ranges 90 to 98 %."""
    ours = (
        money_summary(forecasts).query("method == 'hn_forecast'").set_index(["measure", "horizon"])
    )
    for measure in ("topup_per_plan_state_special", "topup_per_plan_independent_special"):
        assert 75 <= ours.coverage_80[measure, 1] <= 90
        assert 90 <= ours.coverage_95[measure, 1] <= 98


def test_every_authority_has_a_price_and_an_income_for_a_scenario(history):
    """One authority in twenty-five with an allocation in 2023-24, Rutland and a new one besides."""
    table = history.series["high_needs_block_net"]
    codes = table.index[table[2023].notna()]
    for code in [*codes[::25], "857", "942"]:
        for measure in ("topup_per_plan_state_special", "topup_per_plan_independent_special"):
            price = price_of(history, code, measure, 2023)
            assert 2_000 < price.low < price.median < price.high < 400_000
            assert 0 <= price.shrinkage <= 1
        income = income_of(history, code, 2023)
        assert income.ahead.index.tolist() == [2024, 2025, 2026]
        assert 0.0 < income.ahead.growth.iloc[0] < 0.2
