"""The summary of a backtest as a page in Markdown: plain tables, and the charts with their words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from model.backtest.levels import RANGES
from model.backtest.settings import BENCHMARK, OUR_METHOD, title_of
from model.report.backtest.chart_style import years_ahead
from model.report.backtest.charts import Chart
from model.report.rounding import half_away

WORST, BEST = 10, 5
"""Authorities listed from either end."""

READING = """\
Errors are in percent of what came. The mean absolute error (MAPE) counts every authority and origin alike; bias
is the mean error, above nil where forecasts are too high. CRPS scores a whole distribution, in percent of what
came; "against ours" is a method's over that of hn-forecast, above 1 where hn-forecast is better. "In 50, 80 and
95 %" is how often what came lay inside such a range. Methods are compared on the rows that all of them have; a
method with fewer rows has too short a history at some origins. The forecast of "No change" is the count as it was,
but its range holds the growth of past years, without which it would be no rival.
"""


def summary_page(summaries: Mapping[str, pd.DataFrame], charts: Mapping[str, list[Chart]]) -> str:
    """The page from `all_summaries`.

    `charts`: measure -> its charts, whose files lie beside the page under the names of `chart_file`.
    """
    parts = ["# Backtest\n", READING]
    for measure in summaries["methods"]["measure"].unique():
        of_measure = {
            name: summary[summary["measure"] == measure] for name, summary in summaries.items()
        }
        parts.append(f"## {str(measure).replace('_', ' ').capitalize()}\n")
        parts += _tables(of_measure)
        parts += [
            f"![{chart.words}]({chart_file(str(measure), chart)})\n"
            for chart in charts.get(str(measure), [])
        ]
    return "\n".join(parts)


def chart_file(measure: str, chart: Chart) -> str:
    """The name of a chart's file: `plans_reliability.png`."""
    return f"{measure}_{chart.name}.png"


def _tables(summaries: Mapping[str, pd.DataFrame]) -> Iterable[str]:
    """The tables of one measure, each under its heading; none that would be empty."""
    if len(summaries["ratios"]):
        yield "### Against the benchmark\n"
        yield _against_benchmark(summaries["ratios"])
    for horizon, scores in summaries["methods"].groupby("horizon"):
        yield f"### {years_ahead(int(str(horizon)))}\n"
        yield _methods(scores)
    for name, by in (("origins", "origin"), ("sizes", "size"), ("regions", "region")):
        scores = summaries.get(name, pd.DataFrame(columns=["method"]))
        if (scores["method"] == OUR_METHOD).any():
            yield f"### By {by}\n"
            yield _ours_by(scores, by)
    if len(summaries["authorities"]):
        yield "### Authorities with the largest and the least error\n"
        yield _authorities(summaries["authorities"])


def _against_benchmark(ratios: pd.DataFrame) -> str:
    heads = ["Years ahead", "hn-forecast MAPE %", "Benchmark MAPE %", "Ratio",
             "95 % over authorities", "Rows", "Authorities"]  # fmt: skip
    told = [
        [row["horizons"], _two(row["mape"]), _two(row["mape_of_rival"]), _three(row["ratio"]),
         f"{_three(row['low'])} to {_three(row['high'])}", f"{row['rows']:,}", f"{row['authorities']:,}"]
        for row in ratios.to_dict("records")
    ]  # fmt: skip
    return _table(heads, told)


def _methods(scores: pd.DataFrame) -> str:
    heads = ["Method", "Rows", "MAPE %", "Median %", "Bias %", "CRPS %", "CRPS against ours",
             *(f"In {nominal} %" for nominal in RANGES)]  # fmt: skip
    told = [
        [title_of(row["method"]), f"{row['rows']:,}",
         *(_two(row[name]) for name in ("mape", "median_ape", "bias", "crps_percent",
                                        "crps_against_ours")),
         *(_one(row[f"coverage_{nominal}"]) for nominal in RANGES)]
        for row in scores.to_dict("records")
    ]  # fmt: skip
    return _table(heads, told)


def _ours_by(scores: pd.DataFrame, by: str) -> str:
    """Ours beside the benchmark: a row for each group and horizon."""
    rival = scores[scores["method"] == BENCHMARK].set_index([by, "horizon"])["mape"].to_dict()
    ours = scores[scores["method"] == OUR_METHOD].sort_values([by, "horizon"], kind="stable")
    heads = [by.capitalize(), "Years ahead", "Rows", "MAPE %", "Benchmark MAPE %", "Ratio", "Bias %",
             *(f"In {nominal} %" for nominal in RANGES)]  # fmt: skip
    told = []
    for row in ours.to_dict("records"):
        benchmark = rival.get((row[by], row["horizon"]), np.nan)
        told.append([str(row[by]), str(row["horizon"]), f"{row['rows']:,}", _two(row["mape"]),
                     _two(benchmark), _two(row["mape"] / benchmark), _two(row["bias"]),
                     *(_one(row[f"coverage_{nominal}"]) for nominal in RANGES)])  # fmt: skip
    return _table(heads, told)


def _authorities(ranked: pd.DataFrame) -> str:
    heads = ["Authority", "Rows", "MAPE %", "Benchmark MAPE %", "Bias %", "In 80 %", "Worst %",
             "Worst at"]  # fmt: skip
    either_end = pd.concat([ranked.head(WORST), ranked.iloc[max(WORST, len(ranked) - BEST) :]])
    told = [
        [row["authority"], str(row["rows"]),
         *(_one(row[name]) for name in ("mape", "mape_of_benchmark", "bias", "coverage_80", "worst_ape")),
         f"{row['worst_origin']}, {years_ahead(int(row['worst_horizon']))}"]
        for row in either_end.to_dict("records")
    ]  # fmt: skip
    return _table(heads, told)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table, its first column at the left and the others at the right."""
    lines = [
        "| " + " | ".join(heads) + " |",
        "|" + "|".join(["---"] + ["---:"] * (len(heads) - 1)) + "|",
    ]
    lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def _three(value: float) -> str:
    return f"{half_away(float(value), 3):.3f}" if np.isfinite(value) else "-"


def _two(value: float) -> str:
    return f"{half_away(float(value), 2):.2f}" if np.isfinite(value) else "-"


def _one(value: float) -> str:
    return f"{half_away(float(value), 1):.1f}" if np.isfinite(value) else "-"
