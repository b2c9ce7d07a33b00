"""Prices and income for a scenario: what they rest on, how far they are shrunk, and what is said of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from model.calibration.money.authority import authority_code
from model.calibration.money.income import income_of
from model.calibration.money.prices import price_of
from model.history.finance import FinanceHistory
from model.history.finance_files import PRICES
from model.history.read_finance import read_finance
from tests.finance_folder import write_finance

pytestmark = pytest.mark.unit
STATE, INDEPENDENT = "topup_per_plan_state_special", "topup_per_plan_independent_special"


def spread_prices(tables) -> None:
    """Prices of the five authorities a sixth apart, in every year; Midham's has bad figures throughout."""
    table = tables[PRICES]
    for index, row in table.iterrows():
        place = ["Northham", "Southham", "Eastham", "Westham Borough", "Midham"].index(row.la_name)
        factor = 10.0 if row.la_name == "Midham" else 1.0 + (place - 1) / 6
        spend = round(row.total_spend * factor)
        table.loc[index, ["total_spend", "derived_topup_spend_per_ehcp_gbp"]] = [
            spend,
            round(spend / row.n),
        ]


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    return read_finance(write_finance(tmp_path_factory.mktemp("finance"), spread_prices))


def test_a_price_of_the_year_itself_is_its_own_figure_nearly(history):
    """Southham, 2021-22: 15,102 x 1.02 x 1.03 x 1.04 = 16,500; all growth is alike, so it has no error to shrink for."""
    price = price_of(history, "Southham, City of", STATE, 2021)
    own = 15_102 * 1.02 * 1.03 * 1.04
    assert price.median == pytest.approx(own, rel=0.01)
    assert price.figure_year == 2021
    assert price.shrinkage < 0.05
    assert price.low <= price.median <= price.high <= price.p95
    assert "Southham 2021-22, 800 plans" in price.source
    assert "without place funding" in price.definition


def test_a_price_of_a_later_year_grows_and_is_less_sure(history):
    """Growth was 2, 3 and 4 percent: half the latest, a quarter each of the others is 3.25 percent a year."""
    now, later = (price_of(history, "102", STATE, year) for year in (2021, 2023))
    assert later.median / now.median == pytest.approx(1.0325**2, abs=0.02)
    assert later.spread > now.spread
    assert "grown to 2023-24" in later.source


def test_an_authority_without_a_usable_figure_has_the_typical_one(history):
    """Midham's figures are ten times the others': none is used. The four others' median is theirs."""
    price = price_of(history, "Midham", INDEPENDENT, 2021)
    usable = history.series[INDEPENDENT][2021].dropna()
    assert len(usable) == 4
    assert price.figure_year is None
    assert price.shrinkage == 1.0
    assert price.median == pytest.approx(np.exp(np.log(usable).median()), rel=0.02)
    assert price.high / price.low > 1.2
    assert "no usable figure of Midham" in price.source
    assert "4 published figures of it are faults and not used" in price.source


def test_few_plans_are_shrunk_further(tmp_path):
    """Growth that is wild where plans are few: the fit finds it, and the level of a small authority moves."""
    random = np.random.default_rng(1)

    def change(tables):
        spread_prices(tables)
        table = tables[PRICES]
        names = [f"Place {chr(97 + i)}{chr(97 + j)}" for i in range(6) for j in range(10)]
        rows = []
        for place, name in enumerate(names):
            n = 10 if place % 2 else 2_000
            level = 15_000 * np.exp(0.2 * random.standard_normal())
            for first in range(2018, 2022):
                spend = round(level * np.exp(1.0 / np.sqrt(n) * random.standard_normal()) * n)
                rows.append(
                    [
                        name,
                        "",
                        "State",
                        f"{first}-{first - 1999}",
                        spend,
                        first + 1,
                        n,
                        round(spend / n),
                    ]
                )
        tables[PRICES] = pd.concat([table, pd.DataFrame(rows, columns=table.columns)])
        for number, name in enumerate(names):
            copy = next(iter(tables.values())).iloc[[1]].copy()
            copy[["la_code", "la_name"]] = [str(200 + number), name]
            allocations = next(iter(tables))
            tables[allocations] = pd.concat([tables[allocations], copy])
        # A nation that is the sum of its authorities again.
        table = tables[allocations]
        first_year = table.financial_year.eq("2019-20")
        nation = first_year & table.la_code.eq("ENGLAND")
        for column in allocations.numbers:
            table[column] = table[column].astype(float)
            table.loc[nation, column] = table.loc[first_year & ~nation, column].sum()

    history = read_finance(write_finance(tmp_path, change))
    small, large = (
        price_of(history, "Place ab", STATE, 2021),
        price_of(history, "Place aa", STATE, 2021),
    )
    assert 0.3 < small.shrinkage < 0.9
    assert large.shrinkage < 0.1
    assert small.spread > 3 * large.spread


def test_nothing_later_than_the_year_is_used(history):
    """The price of 2019-20 is the same where later figures are tenfold."""
    later = {
        name: table.assign(**{str(year): table[year] * 10 for year in table if year > 2019})
        for name, table in history.series.items()
    }
    poisoned = {
        name: table[[column for column in table if isinstance(column, int)]].mul(
            [10.0 if year > 2019 else 1.0 for year in history.series[name].columns], axis=1
        )
        for name, table in later.items()
    }
    other = replace(history, series=poisoned)
    assert price_of(other, "102", STATE, 2019) == price_of(history, "102", STATE, 2019)
    assert price_of(other, "102", STATE, 2021) != price_of(history, "102", STATE, 2021)


def test_what_cannot_be_priced_says_why(history):
    with pytest.raises(KeyError, match="no price"):
        price_of(history, "102", "high_needs_block_net", 2021)
    with pytest.raises(KeyError, match="Did you mean 'Southham'"):
        price_of(history, "Sothham", STATE, 2021)
    with pytest.raises(ValueError, match="two years up to 2018-19"):
        price_of(history, "102", STATE, 2018)


def test_income_is_what_was_announced_and_growth_after(history):
    """Northham: 10m growing by a tenth, announced up to 2021-22: 12.1m; a tenth more is expected."""
    income = income_of(history, "Northham", 2021)
    assert list(income.announced.index) == [2019, 2020, 2021]
    assert income.announced.before_deductions_gbp[2021] == 12_100_000
    assert income.announced.after_deductions_gbp[2021] == 11_100_000
    assert list(income.ahead.index) == [2022, 2023, 2024]
    assert income.ahead.growth.to_numpy() == pytest.approx(0.1, abs=0.01)
    assert income.ahead.gbp[2022] == pytest.approx(13_310_000, rel=0.01)
    assert (income.ahead.low < income.ahead.growth).all()
    assert (income.ahead.growth < income.ahead.high).all()
    assert "up to 2021-22" in income.source


def test_one_announced_year_says_nothing_of_growth(history):
    income = income_of(history, "Northham", 2019)
    assert len(income.announced) == 1
    assert income.ahead.empty
    assert income.shrinkage == 1.0


def test_an_authority_is_found_by_code_and_by_any_name(history):
    for called in ("102", "Southham", "Southham, City of", "southham"):
        assert authority_code(history, called) == "102"


def test_of_two_authorities_with_one_name_the_one_with_later_figures_is_meant(history):
    authorities = history.authorities.copy()
    authorities.loc["099"] = ["Southham", ""]
    assert authority_code(replace(history, authorities=authorities), "Southham") == "102"


def test_an_older_figure_grows_by_what_the_nation_has_grown_since(history):
    """Southham's last figure is of 2019-20: the nation's 3 and 4 percent are known, not forecast."""
    table = history.series[STATE].copy()
    table.loc["102", [2020, 2021]] = np.nan
    price = price_of(replace(history, series={**history.series, STATE: table}), "102", STATE, 2021)
    assert price.figure_year == 2019
    assert price.median == pytest.approx(15_102 * 1.02 * 1.03 * 1.04, rel=0.005)
    assert price.growth_shrinkage == 1.0


def test_income_that_has_grown_fast_for_years_is_expected_to_go_on_in_part():
    """Forty authorities whose growth is 5 to 15 percent, the same every year: the fastest stays above the nation."""
    codes = [str(100 + place) for place in range(40)]
    growth = np.linspace(0.05, 0.15, 40)[:, None] + 0.002 * np.random.default_rng(
        1
    ).standard_normal((40, 4))
    figures = pd.DataFrame(
        1e7 * np.exp(np.cumsum(growth, axis=1)), index=codes, columns=range(2019, 2023)
    )
    made = FinanceHistory(
        pd.DataFrame({"name": [f"Place {code}" for code in codes], "region": ""}, index=codes),
        {"high_needs_block_gross": figures, "high_needs_block_net": figures - 1e6},
        pd.DataFrame(),
    )
    fast, typical = income_of(made, "139", 2022), income_of(made, "120", 2022)
    # The further out, the less its own growth is believed.
    assert typical.shrinkage < fast.shrinkage < typical.shrinkage + 0.02
    assert 0.05 < fast.shrinkage < 0.5
    expected = 0.10 + (1 - fast.shrinkage) * 0.05
    assert fast.ahead.growth[2023] == pytest.approx(np.expm1(expected), abs=0.01)
    assert fast.ahead.growth[2023] > typical.ahead.growth[2023] + 0.02
