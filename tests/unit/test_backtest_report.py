"""The folder of a backtest: charts that show the summary's figures, and a page that says the same."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from model.backtest.forecast_table import COLUMNS, forecast_rows
from model.backtest.settings import BENCHMARK, OUR_METHOD
from model.backtest.summary import all_summaries
from model.report.backtest.charts import (
    chance_band,
    error_by_origin,
    fans,
    pit_histogram,
    reliability,
)
from model.report.backtest.page import summary_page
from model.report.backtest.write import write_backtest
from model.report.run_folder import FolderError

pytestmark = pytest.mark.unit

AUTHORITIES = [f"Invented {number}" for number in range(20)]
ORIGINS, HORIZONS = (2019, 2020), (1, 2)
METHODS = {OUR_METHOD: 1.02, BENCHMARK: 1.05, "naive": 0.9}
"""How far each method is out: ours 2 % too high, and so on."""


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    """Actuals 1,000 to 1,190; ranges of ours 3 % either side of a forecast that is 2 % too high."""
    actual = 1000.0 + 10 * np.arange(20)[:, None] + np.zeros((1, 2))
    spread = np.linspace(-0.03, 0.03, 101)
    return pd.concat(
        [
            forecast_rows(
                authorities=AUTHORITIES,
                origin=origin,
                horizons=HORIZONS,
                measure="new_plans",
                method=method,
                ensemble=actual[..., None] * (level + spread),
                actual=actual,
            )
            for origin in ORIGINS
            for method, level in METHODS.items()
        ],
        ignore_index=True,
    )


@pytest.fixture(scope="module")
def counts() -> pd.DataFrame:
    published = 900.0 + np.arange(20)[:, None] + 20 * np.arange(9)
    return pd.DataFrame(published, index=AUTHORITIES, columns=range(2014, 2023))


def test_reliability_shows_coverage(table):
    """2 % out of a range of 3 % either side: outside the 50 %, inside the 80 %, the benchmark in none."""
    chart = reliability(table, "new_plans")
    ours, benchmark = chart.figure.axes
    lines = {line.get_label(): line.get_ydata() for line in ours.get_lines()}
    assert list(lines["1 year ahead"]) == [0, 100, 100]
    assert list(lines["As it should be"]) == list(ours.get_ylim()) == [0, 100]
    assert list(benchmark.get_lines()[1].get_ydata()) == [0, 0, 0]
    assert "hn-forecast, 2 years ahead: 50 % ranges 0 %, 80 % ranges 100 %" in chart.words


def test_pit_histogram_shows_where_actuals_lay(table):
    """All actuals lie a sixth up their forecast, (0.03 - 0.02) / 0.06: every one in the second tenth."""
    chart = pit_histogram(table, "new_plans")
    for panel in chart.figure.axes:
        heights = [bar.get_height() for bar in panel.patches if bar.get_width() < 1]
        assert heights == [0, 100, *[0] * 8]
    # Of 40 rows, 1 to 8 in a tenth: binomial quantiles at 2.5 and 97.5 %.
    assert "(40 rows): 0, 100, 0, 0, 0, 0, 0, 0, 0, 0 %" in chart.words
    assert "2 to 20 % expected by chance" in chart.words


def test_the_band_of_chance_leaves_a_fortieth_on_either_side():
    low, high = (round(4 * percent) for percent in chance_band(400))
    below = [binom.cdf(count, 400, 0.1) for count in (low - 1, low)]
    above = [binom.cdf(count, 400, 0.1) for count in (high - 1, high)]
    assert below[0] < 0.025 <= below[1]
    assert above[0] < 0.975 <= above[1]


def test_pit_needs_what_the_written_file_does_not_hold(table):
    with pytest.raises(ValueError, match="has no column pit"):
        pit_histogram(table[list(COLUMNS)], "new_plans")


def test_errors_by_origin_on_one_scale(table):
    too_low = table.assign(forecast=2 * table["actual"] - table["forecast"])
    chart = error_by_origin(too_low, "new_plans")
    for panel in chart.figure.axes:
        heights = [bar.get_height() for bar in panel.patches]
        assert heights == pytest.approx([2, 2, 5, 5])
        places = [bar.get_x() + bar.get_width() / 2 for bar in panel.patches]
        assert places == pytest.approx([-0.2, 0.8, 0.2, 1.2])
        assert [label.get_text() for label in panel.get_xticklabels()] == ["2019", "2020"]
    assert len({panel.get_ylim() for panel in chart.figure.axes}) == 1
    assert "hn-forecast, 1 year ahead, by origin: 2019: 2.0 %, 2020: 2.0 %." in chart.words


def test_fans_show_authorities_by_their_place(table, counts):
    """The last shown is the worst; the panel is what stood at the origin, over what was published."""
    worse = table["authority"].eq("Invented 7") & table["method"].eq(OUR_METHOD)
    chart = fans(
        table.assign(forecast=table["forecast"].where(~worse, 2 * table["forecast"])),
        counts, "new_plans", 2020,
    )  # fmt: skip
    panels = [panel for panel in chart.figure.axes if panel.get_visible()]
    assert len(panels) == 6
    assert panels[-1].get_title(loc="left") == "Invented 7\nerror 104.0 %, 20 of 20"
    lines = {line.get_label(): line for line in panels[-1].get_lines()}
    published = counts.loc["Invented 7"]
    assert list(lines["Published"].get_xdata()) == list(range(2015, 2023))
    assert list(lines["Published"].get_ydata()) == published.loc[2015:2022].tolist()
    assert list(lines["Forecast (median)"].get_xdata()) == [2020, 2021, 2022]
    assert lines["Forecast (median)"].get_ydata()[0] == published[2020]


def test_fans_of_an_origin_nobody_stood_at(table, counts):
    with pytest.raises(ValueError, match="from January 2031"):
        fans(table, counts, "new_plans", 2031)


def test_the_page_says_what_the_tables_say(table):
    """CRPS of an even range from -3 to 3 % for what lies at -2: (5^2 + 1^2) / 12 - 1 = 1.17 %."""
    page = summary_page(all_summaries(table, pd.Series("London", index=AUTHORITIES)), {})
    assert "## New plans" in page
    assert "| 1 and 2 | 2.00 | 5.00 | 0.400 | 0.400 to 0.400 | 80 | 20 |" in page
    ours = "| hn-forecast | 40 | 2.00 | 2.00 | 2.00 | 1.17 | 1.00 | 0.0 | 100.0 | 100.0 |"
    assert ours in page
    assert "| No change | 40 | 10.00 | 10.00 | -10.00 |" in page
    assert "| 2019 | 1 | 20 | 2.00 | 5.00 | 0.40 | 2.00 | 0.0 | 100.0 | 100.0 |" in page
    assert "| London | 2 | 40 | 2.00 | 5.00 |" in page
    assert page.index("smallest third") < page.index("middle third") < page.index("largest third")
    assert page.count("2019, 1 year ahead") == 15


def test_nothing_to_score_is_said():
    table = pd.DataFrame({name: pd.Series(dtype=float) for name in COLUMNS})
    with pytest.raises(ValueError, match="nothing to score"):
        all_summaries(table)


def test_a_folder_with_everything_in_it(table, counts, tmp_path):
    folder = tmp_path / "backtest"
    write_backtest(folder, table, counts={"new_plans": counts})
    assert sorted(path.name for path in folder.iterdir()) == [
        "authorities.csv", "forecasts.csv", "methods.csv",
        "new_plans_error_by_origin.png", "new_plans_fans.png", "new_plans_pit.png",
        "new_plans_reliability.png", "origins.csv", "ratios.csv", "sizes.csv", "summary.md",
    ]  # fmt: skip
    written = pd.read_csv(folder / "forecasts.csv")
    assert tuple(written.columns) == COLUMNS
    pd.testing.assert_frame_equal(written, table[list(COLUMNS)], check_dtype=False)
    page = (folder / "summary.md").read_text(encoding="utf-8")
    for name in ("reliability", "pit", "error_by_origin", "fans"):
        assert f"](new_plans_{name}.png)" in page
    again = tmp_path / "again"
    write_backtest(again, table, counts={"new_plans": counts})
    for path in folder.iterdir():
        assert path.read_bytes() == (again / path.name).read_bytes(), path.name


def test_a_folder_that_is_there_stays_as_it_was(table, tmp_path):
    (tmp_path / "mine.txt").write_text("kept", encoding="utf-8")
    with pytest.raises(FolderError, match="exists already"):
        write_backtest(tmp_path, table)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_table_without_ours_has_no_charts(table, tmp_path):
    folder = tmp_path / "rivals"
    write_backtest(folder, table[table["method"] != OUR_METHOD])
    assert not list(folder.glob("*.png"))
    assert "Against the benchmark" not in (folder / "summary.md").read_text(encoding="utf-8")
