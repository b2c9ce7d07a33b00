"""Simple methods on the department's plans: what they miss by, fixed, so that nothing is held to a weak rival.

Plans in force each January since 2010, authorities whose boundaries changed left out, origins 2019 to 2023.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from model.backtest.forecast_table import forecast_rows
from model.backtest.settings import BENCHMARK
from model.backtest.simple_methods.forecasts import METHODS, simple_forecasts
from model.backtest.summary import method_summary

pytestmark = [pytest.mark.integration, pytest.mark.shared_data]

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "tidy"
ORIGINS, HORIZONS = range(2019, 2024), (1, 2, 3)
CHANGED = [
    "Bournemouth", "Poole", "Dorset", "Bournemouth, Christchurch and Poole", "Northamptonshire",
    "North Northamptonshire", "West Northamptonshire", "Cumbria",
]  # fmt: skip


@pytest.fixture(scope="module")
def plans() -> pd.DataFrame:
    """Plans by authority and January, England's in the last row."""
    series = pd.read_csv(SHARED / "ehcp_series.csv")
    series["january"] = series["date"].str[-4:].astype(int)
    since_2014 = series.pivot(index="authority", columns="january", values="total_ehcp")
    bands = pd.read_csv(SHARED / "ehcp_by_ageband_2010-2022.csv.gz")
    bands = bands.rename(columns={"la": "authority", "year": "january"})
    in_bands = bands.pivot_table(index="authority", columns="january", values="Total")
    before = in_bands[[january for january in range(2010, 2014) if january in in_bands]]
    counts = before.join(since_2014, how="outer").drop(index=CHANGED, errors="ignore")
    return counts.loc[[*counts.index.drop("England"), "England"]]


def table_of(plans: pd.DataFrame, methods: list[str]) -> pd.DataFrame:
    history, nation = plans.iloc[:-1].to_numpy(float), plans.iloc[-1].to_numpy(float)
    januaries = [int(january) for january in plans.columns]
    actual = {january: history[:, at] for at, january in enumerate(januaries)}
    unknown = np.full(len(history), np.nan)
    rows = []
    for origin in ORIGINS:
        found = simple_forecasts(history, nation, januaries, origin, HORIZONS, methods)
        came = np.stack([actual.get(origin + ahead, unknown) for ahead in HORIZONS], axis=1)
        rows += [
            forecast_rows(
                authorities=list(plans.index[:-1]), origin=origin, horizons=HORIZONS,
                measure="plans", method=method, ensemble=forecast.ensemble,
                median=forecast.median, actual=came,
            )
            for method, forecast in found.items()
        ]  # fmt: skip
    return pd.concat(rows, ignore_index=True)


@pytest.fixture(scope="module")
def scores(plans) -> pd.DataFrame:
    """All methods but ARIMA, which takes as long as all others together."""
    table = table_of(plans, [method for method in METHODS if method != "arima"])
    return method_summary(table).set_index(["method", "horizon"])


@pytest.mark.parametrize(
    "method, expected",
    [
        (BENCHMARK, [3.85, 6.84, 9.07]),
        ("national_growth", [3.99, 6.80, 8.75]),
        ("growth_3_years", [4.28, 8.17, 11.45]),
        ("growth_5_years", [4.23, 7.80, 10.40]),
        ("last_growth", [4.75, 9.07, 12.84]),
        ("naive", [8.99, 17.16, 24.06]),
    ],
)
def test_mean_absolute_errors_are_those_measured_before(scores, method, expected):
    """The benchmark's are those of docs/decisions/009; the others were computed apart from this code."""
    assert scores.loc[method, "rows"].tolist() == [653, 571, 424]
    assert scores.loc[method, "mape"].to_numpy() == pytest.approx(expected, abs=0.005)


def test_pooled_smoothing_is_a_fair_rival(scores):
    """A fixed damped trend (0.9, 0.4, 0.85) misses by 4.45, 8.51 and 12.09 %, ARIMA by 4.49 a year ahead."""
    found = scores.loc["damped_exponential_smoothing"]
    assert found["mape"].to_numpy() == pytest.approx([4.19, 7.75, 10.66], abs=0.05)
    assert (found["bias"].abs() < 1.5).all()


def test_ranges_hold_what_they_say_or_more(scores):
    """Past errors are from years of faster change, so that ranges of simple methods are on the wide side."""
    assert scores["coverage_80"].between(80, 92).all()
    assert scores["coverage_95"].between(94, 99.5).all()


def test_past_errors_shift_the_range_where_that_serves_the_method(plans, scores, monkeypatch):
    """Of the two ways to use past errors each method has the better: CRPS would be worse the other way."""
    from dataclasses import replace

    from model.backtest.simple_methods import forecasts

    as_listed = forecasts.simple_methods()
    other = {
        name: replace(method, range_shifted=not method.range_shifted)
        for name, method in as_listed.items()
    }
    monkeypatch.setattr(forecasts, "simple_methods", lambda: other)
    growths = [name for name in METHODS if name not in ("arima", "damped_exponential_smoothing")]
    turned = method_summary(table_of(plans, growths)).set_index(["method", "horizon"])
    worse = turned["crps_percent"] > scores.loc[turned.index, "crps_percent"]
    assert worse.all()


def test_one_authority_alone_ends_in_a_line_through_all_years(plans):
    """Why smoothing is pooled: by the library's own starting values the newest count has no weight."""
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    known = plans.iloc[:-1].loc[:, :2021].dropna()
    fits = [
        ETSModel(np.log(row), error="add", trend="add", damped_trend=True).fit(disp=False)
        for row in known.to_numpy()[::5]
    ]
    assert np.median([fit.params[0] for fit in fits]) < 0.01
    ahead = np.array([fit.forecast(1)[0] for fit in fits])
    came = np.log(plans.loc[known.index, 2022].to_numpy()[::5])
    assert (ahead - came).mean() < -0.1


def test_arima_from_one_origin(plans):
    """147 authorities from January 2021, medians alone: 3.57 % a year ahead, as measured before."""
    history = plans.iloc[:-1].loc[:, :2021].to_numpy(float)
    found = METHODS["arima"](history, np.empty(0), (1,))[:, 0]
    missed = 100 * np.abs(found / plans.iloc[:-1][2022].to_numpy() - 1)
    assert np.isfinite(missed).sum() == 147
    assert np.nanmean(missed) == pytest.approx(3.57, abs=0.01)
