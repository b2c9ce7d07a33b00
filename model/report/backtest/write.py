"""Write a backtest into a new folder: forecasts, summaries, charts and a page, all or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from model.backtest.forecast_table import COLUMNS, PIT, common_rows
from model.backtest.settings import OUR_METHOD
from model.backtest.summary import all_summaries
from model.report.backtest.chart_style import DOTS_AN_INCH
from model.report.backtest.charts import Chart, error_by_origin, fans, pit_histogram, reliability
from model.report.backtest.page import chart_file, summary_page
from model.report.run_folder import write_folder

FORECASTS, PAGE = "forecasts.csv", "summary.md"
DIGITS = "%.10g"
"""Digits of a figure in a table: what arithmetic leaves beyond is noise."""


def write_backtest(
    folder: Path,
    table: pd.DataFrame,
    *,
    counts: Mapping[str, pd.DataFrame] | None = None,
    region_of: pd.Series | None = None,
    seed: int = 0,
) -> None:
    """Fill a new folder from the table of forecasts.

    `counts`: measure -> published counts, authority by January, for the charts of forecasts beside what
    came; `region_of`: authority -> region. `forecasts.csv` has exactly COLUMNS. Raises FolderError where
    the folder exists or cannot be written; nothing is left then.
    """
    charts = {
        str(measure): _charts(table, str(measure), (counts or {}).get(str(measure)))
        for measure in table["measure"].unique()
    }
    summaries = all_summaries(table, region_of, seed=seed)
    page = summary_page(summaries, charts)

    def write(partial: Path) -> None:
        _csv(partial / FORECASTS, table[list(COLUMNS)])
        for name, summary in summaries.items():
            _csv(partial / f"{name}.csv", summary)
        (partial / PAGE).write_text(page, encoding="utf-8", newline="\n")
        for measure, drawn in charts.items():
            for chart in drawn:
                # Without the library's version in it, the same figures are the same bytes.
                chart.figure.savefig(partial / chart_file(measure, chart), dpi=DOTS_AN_INCH,
                                     metadata={"Software": None})  # fmt: skip

    write_folder(folder, write, force=False)


def _charts(table: pd.DataFrame, measure: str, counts: pd.DataFrame | None) -> list[Chart]:
    """The charts that a measure bears: none without a common row of ours."""
    rows = table[table["measure"] == measure]
    common = common_rows(rows)
    ours = common[common["method"] == OUR_METHOD]
    if ours.empty:
        return []
    charts = [reliability(rows, measure), error_by_origin(rows, measure)]
    if PIT in rows:
        charts.insert(1, pit_histogram(rows, measure))
    if counts is not None:
        charts.append(fans(rows, counts, measure, _telling_origin(ours)))
    return charts


def _telling_origin(ours: pd.DataFrame) -> int:
    """The latest of the origins from which most authorities' furthest forecast can be judged."""
    furthest = ours[ours["horizon"] == ours["horizon"].max()]
    scored = furthest["origin"].value_counts()
    return int(max(scored.index[scored == scored.max()]))


def _csv(path: Path, table: pd.DataFrame) -> None:
    table.to_csv(path, index=False, float_format=DIGITS, lineterminator="\n")
