"""The summary of a backtest on tables small enough to work by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from model.backtest.forecast_table import COLUMNS, PIT, common_rows, forecast_rows
from model.backtest.settings import BENCHMARK, OUR_METHOD
from model.backtest.summary import (
    authority_summary,
    benchmark_ratios,
    group_summary,
    method_summary,
    origin_summary,
    size_groups,
)

pytestmark = pytest.mark.unit


def row(
    authority, method, forecast, actual=100.0, origin=2020, horizon=1, measure="plans", crps=1.0
):
    """A row whose 50, 80 and 95 % ranges are 5, 10 and 20 either side of the forecast."""
    return {
        "authority": authority, "origin": origin, "horizon": horizon, "measure": measure,
        "method": method, "forecast": forecast, "actual": actual,
        "q025": forecast - 20, "q10": forecast - 10, "q25": forecast - 5,
        "q75": forecast + 5, "q90": forecast + 10, "q975": forecast + 20, "crps": crps,
    }  # fmt: skip


TABLE = pd.DataFrame(
    [
        row("Ashby", OUR_METHOD, 102, crps=1.0),
        row("Ashby", BENCHMARK, 108, crps=3.0),
        row("Ashby", "naive", 70, crps=20.0),
        row("Brook", OUR_METHOD, 194, actual=200, crps=4.0),
        row("Brook", BENCHMARK, 196, actual=200, crps=2.0),
        row("Brook", "naive", 220, actual=200, crps=10.0),
        row("Ashby", OUR_METHOD, 104, horizon=2),
        row("Ashby", BENCHMARK, 110, horizon=2),
        row("Ashby", "naive", 80, horizon=2),
        row("Brook", OUR_METHOD, 96, horizon=2, origin=2021),
        row("Brook", BENCHMARK, 98, horizon=2, origin=2021),
        # No naive forecast here: nobody is judged on this row.
        row("Crane", OUR_METHOD, 500),
        row("Crane", BENCHMARK, 500),
        # An actual of nil has no error in percent.
        row("Downs", OUR_METHOD, 3, actual=0),
        row("Downs", BENCHMARK, 3, actual=0),
        row("Downs", "naive", 3, actual=0),
    ]
)


def test_methods_are_compared_on_the_rows_they_share():
    """Naive stands at 2020 alone, so it is no judge of 2021 two years ahead; Crane and Downs drop out."""
    kept = common_rows(TABLE)
    assert set(kept["authority"]) == {"Ashby", "Brook"}
    ahead = kept[kept["horizon"] == 2].groupby("method").size()
    assert ahead.to_dict() == {OUR_METHOD: 2, BENCHMARK: 2, "naive": 1}


def test_a_method_without_a_range_is_not_scored():
    table = TABLE.assign(crps=TABLE["crps"].where(TABLE["method"] != "naive"))
    kept = common_rows(table)
    assert "naive" not in set(kept["method"])
    assert "Crane" in set(kept["authority"])


def test_scores_by_hand():
    found = method_summary(TABLE).set_index(["horizon", "method"])
    ours = found.loc[(1, OUR_METHOD)]
    # Errors +2 % and -3 %; CRPS 1 of 100 and 4 of 200.
    assert (ours["rows"], ours["authorities"]) == (2, 2)
    assert ours[["mape", "median_ape", "bias"]].tolist() == pytest.approx([2.5, 2.5, -0.5])
    # 2 and 6 plans of 300.
    assert ours["weighted_ape"] == pytest.approx(100 * 8 / 300)
    assert ours[["crps", "crps_percent"]].tolist() == pytest.approx([2.5, 1.5])
    assert ours[["mape_against_ours", "crps_against_ours"]].tolist() == [1, 1]
    # Two away is inside all ranges; six away is outside 5 and inside 10.
    assert ours[["coverage_50", "coverage_80", "coverage_95"]].tolist() == [50, 100, 100]
    rival = found.loc[(1, BENCHMARK)]
    assert rival["mape"] == pytest.approx(5)
    assert rival["mape_against_ours"] == pytest.approx(2)
    assert rival["crps_against_ours"] == pytest.approx(2 / 1.5)
    # 30 and 20 away: outside every range, but for the second on its very limit.
    naive = found.loc[(1, "naive")]
    assert naive[["coverage_50", "coverage_80", "coverage_95"]].tolist() == [0, 0, 25]
    assert naive["bias"] == pytest.approx(-10)


def test_a_median_is_not_a_mean():
    table = pd.DataFrame(
        [row(name, OUR_METHOD, 100 + miss) for name, miss in zip("abc", (1, 2, 9), strict=True)]
    )
    found = method_summary(table).iloc[0]
    assert (found["mape"], found["median_ape"]) == pytest.approx((4, 2))


def test_a_method_with_fewer_rows_is_held_to_ours_on_those():
    """Two years ahead: ours misses by 4 and 4 %, naive by 20 % on the row it has."""
    found = method_summary(TABLE).set_index(["horizon", "method"])
    assert found.loc[(2, "naive"), "rows"] == 1
    assert found.loc[(2, "naive"), "mape_against_ours"] == pytest.approx(5)


def test_ours_comes_first_and_horizons_rise():
    found = method_summary(TABLE.iloc[::-1])
    assert list(zip(found["horizon"], found["method"], strict=True)) == [
        (1, OUR_METHOD), (1, "naive"), (1, BENCHMARK),
        (2, OUR_METHOD), (2, "naive"), (2, BENCHMARK),
    ]  # fmt: skip


def test_without_a_method_of_ours_the_rest_is_scored():
    found = method_summary(TABLE[TABLE["method"] != OUR_METHOD])
    assert found["mape_against_ours"].isna().all()
    assert found["mape"].notna().all()


def test_each_origin_has_its_own_scores():
    found = origin_summary(TABLE)
    ours = found[(found["method"] == OUR_METHOD) & (found["horizon"] == 2)]
    assert ours["origin"].tolist() == [2020, 2021]
    assert ours["bias"].tolist() == pytest.approx([4, -4])


def test_ratios_to_the_benchmark():
    """One year (2 + 3) / (8 + 2), two years (4 + 4) / (10 + 2), both 13 / 22."""
    found = benchmark_ratios(TABLE, seed=1).set_index("horizons")
    assert found["ratio"].to_dict() == pytest.approx({"1": 5 / 10, "2": 8 / 12, "1 and 2": 13 / 22})
    # Ashby alone 2 / 8, Brook alone 3 / 2: the ends when an authority is drawn twice.
    assert found.loc["1", ["low", "high"]].tolist() == pytest.approx([0.25, 1.5])
    assert found.loc["1 and 2", ["rows", "authorities", "mape"]].tolist() == [4, 2, 13 / 4]
    assert found.loc["1 and 2", "mape_of_rival"] == pytest.approx(22 / 4)


def test_ratios_need_both_methods():
    found = benchmark_ratios(TABLE[TABLE["method"] != BENCHMARK])
    assert found.empty
    assert "ratio" in found


def test_authorities_the_worst_first():
    found = authority_summary(TABLE)
    assert found["authority"].tolist() == ["Brook", "Ashby"]
    brook = found.iloc[0]
    assert (brook["mape"], brook["bias"], brook["mape_of_benchmark"]) == pytest.approx(
        (3.5, -3.5, 2)
    )
    assert (brook["worst_origin"], brook["worst_horizon"], brook["worst_ape"]) == (2021, 2, 4)


def test_groups_by_size_and_region():
    sizes = size_groups(
        pd.Series({"Brook": 200.0, "Ashby": 100.0, "Crane": 300.0, "Unknown": np.nan})
    )
    assert sizes.to_dict() == {
        "Brook": "middle third", "Ashby": "smallest third", "Crane": "largest third"
    }  # fmt: skip
    found = group_summary(TABLE, sizes, "size")
    ours = found[(found["method"] == OUR_METHOD) & (found["horizon"] == 1)]
    assert ours["size"].tolist() == ["smallest third", "middle third"]
    assert ours["mape"].tolist() == pytest.approx([2, 3])
    regions = pd.Series({"Brook": "London"})
    assert group_summary(TABLE, regions, "region")["region"].unique().tolist() == ["London"]
    with pytest.raises(ValueError, match="no authority of the table has a region"):
        group_summary(TABLE, pd.Series({"Elsewhere": "London"}), "region")


# The table itself


def rows_of(**changes):
    told = {
        "authorities": ["Ashby", "Brook"], "origin": 2020, "horizons": (1, 2), "measure": "plans",
        "method": OUR_METHOD, "actual": np.array([[2.0, np.nan], [30.0, 50.0]]),
        "ensemble": np.stack([[np.arange(5.0), np.arange(5.0)], [np.full(5, np.nan), 10 * np.arange(5.0)]]),
        **changes,
    }  # fmt: skip
    return forecast_rows(**told)


def test_rows_without_a_forecast_or_an_actual_are_left_out():
    found = rows_of()
    assert list(found.columns) == [*COLUMNS, PIT]
    assert found[["authority", "horizon"]].to_numpy().tolist() == [["Ashby", 1], ["Brook", 2]]
    first = found.iloc[0]
    assert first[["forecast", "q25", "q75", "q10"]].tolist() == [2, 1, 3, pytest.approx(0.4)]
    # |X - 2| averages 6/5; pairs of five neighbours differ by 8/5 on average.
    assert first["crps"] == pytest.approx(6 / 5 - 8 / 10)
    assert 2 / 6 <= first["pit"] <= 4 / 6
    assert found.iloc[1]["pit"] > 5 / 6


def test_a_median_without_a_range_is_a_row_without_a_score():
    found = rows_of(median=np.array([[7.0, 8.0], [9.0, 10.0]]))
    assert found["forecast"].tolist() == [7, 9, 10]
    assert np.isnan(found.loc[1, "crps"])
    assert np.isnan(found.loc[1, "q10"])


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="do not fit 2 authorities and 1 horizons"):
        rows_of(horizons=(1,))


def test_pit_is_the_same_again_and_differs_between_methods():
    assert rows_of()["pit"].tolist() == rows_of()["pit"].tolist()
    assert rows_of()["pit"].tolist() != rows_of(method="naive")["pit"].tolist()
