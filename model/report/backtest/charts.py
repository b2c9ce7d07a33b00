"""Charts of a backtest: whether ranges hold what they say, errors by origin, and how forecasts looked.

Each takes the table of forecasts and one measure, and gives a figure with the words that stand for it
where it cannot be seen. They show common rows only, as the summary does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import stats

from model.backtest.forecast_table import PIT, common_rows
from model.backtest.levels import RANGES
from model.backtest.settings import BENCHMARK, OUR_METHOD, title_of
from model.backtest.summary import authority_summary, method_summary, origin_summary
from model.report.backtest.chart_style import (
    AMBER,
    BLUE,
    SERIES,
    headed,
    legend_below,
    panels,
    plain,
    years_ahead,
)
from model.report.workbook.styles import INK, NAVY, QUIET

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SLICES = 10
"""Slices of the PIT histogram: each should hold a tenth."""

BY_CHANCE = 0.95
"""Of how many slices the count would lie inside the band, were forecasts right and rows independent."""

SHOWN_AT = (0.05, 0.25, 0.5, 0.75, 0.95, 1.0)
"""Authorities of the fan chart: where they stand among all, from the least error to the largest."""

FAN_COLUMNS = 3
FAN_SHADES = {95: "#DCE9F5", 80: "#B5D0EB", 50: "#7FB0DD"}
YEARS_BEFORE = 5
"""Published Januaries before the origin that a fan shows."""


@dataclass(frozen=True)
class Chart:
    """A figure, the name of its file, and its words for a reader who does not see it."""

    name: str
    figure: Figure
    words: str


def reliability(table: pd.DataFrame, measure: str) -> Chart:
    """How often 50, 80 and 95 % ranges held what came, by horizon, against the line on which they should.

    Beside it the benchmark's. Raises ValueError where the measure has no scored row.
    """
    scores = method_summary(_of(table, measure))
    horizons = _horizons(scores)
    shown = scores[scores["method"].isin([OUR_METHOD, BENCHMARK])]
    least = shown[[f"coverage_{nominal}" for nominal in RANGES]].to_numpy(dtype=float).min()
    floor = min(40.0, 10 * np.floor(least / 10))
    figure, axes = panels(1, 2, height=4.0)
    told = []
    for panel, method in zip(axes[0], (OUR_METHOD, BENCHMARK), strict=True):
        panel.plot([floor, 100], [floor, 100], color=QUIET, linewidth=1, label="As it should be")
        for at, horizon in enumerate(horizons):
            found = scores[(scores["method"] == method) & (scores["horizon"] == horizon)]
            if found.empty:
                continue
            held = [float(found[f"coverage_{nominal}"].iloc[0]) for nominal in RANGES]
            colour, marker, line = SERIES[at % len(SERIES)]
            panel.plot(list(RANGES), held, color=colour, marker=marker, linestyle=line,
                       markersize=6, label=years_ahead(horizon))  # fmt: skip
            pairs = ", ".join(f"{n} % ranges {h:.0f} %" for n, h in zip(RANGES, held, strict=True))
            told.append(f"{title_of(method)}, {years_ahead(horizon)}: {pairs}.")
        panel.set_xlim(floor, 100)
        panel.set_ylim(floor, 100)
        panel.set_aspect("equal")
        panel.set_xticks(list(RANGES))
        title = "The benchmark" if method == BENCHMARK else title_of(method)
        plain(panel, title, "The range should hold, %", "It held, %")
    headed(figure, f"{_titled(measure)}: do ranges hold what they say?")
    legend_below(figure, axes[0, 0])
    words = "How often what came lay inside the range, against how often it should. "
    return Chart("reliability", figure, words + " ".join(told))


def pit_histogram(table: pd.DataFrame, measure: str) -> Chart:
    """Where in our forecasts what came lay, by horizon, with the band expected by chance.

    Raises ValueError where there is no scored row of ours or the table has no `pit` column.
    """
    if PIT not in table:
        raise ValueError(f"the table has no column {PIT}: it is not in the written file")
    rows = common_rows(_of(table, measure))
    rows = rows[rows["method"] == OUR_METHOD]
    horizons = _horizons(rows)
    figure, axes = panels(1, len(horizons), height=3.4)
    told = []
    for panel, horizon in zip(axes[0], horizons, strict=True):
        values = rows.loc[rows["horizon"] == horizon, PIT].to_numpy(dtype=float)
        counts, edges = np.histogram(values, bins=SLICES, range=(0, 1))
        shares = 100 * counts / values.size
        band = chance_band(values.size)
        panel.bar(edges[:-1], shares, width=1 / SLICES, align="edge", color=BLUE,
                  edgecolor="white", linewidth=0.8, label="Share of rows")  # fmt: skip
        for end in band:
            panel.axhline(end, color=AMBER, linewidth=1.8, linestyle="--",
                          label="Between these by chance, 95 %" if end == band[0] else None)  # fmt: skip
        panel.axhline(100 / SLICES, color=INK, linewidth=1, label="One in ten, as it should be")
        panel.set_xlim(0, 1)
        plain(panel, years_ahead(horizon), "Low end of forecast to high",
              "Share of rows, %" if horizon == horizons[0] else "")  # fmt: skip
        listed = ", ".join(f"{share:.0f}" for share in shares)
        told.append(
            f"{years_ahead(horizon)} ({values.size} rows): {listed} % in tenths of the forecast "
            f"from low to high; {band[0]:.0f} to {band[1]:.0f} % expected by chance."
        )
    _same_height(axes[0])
    headed(figure, f"{_titled(measure)}: where in the forecast did it come out?")
    legend_below(figure, axes[0, 0])
    words = (
        "Even bars are right; high bars at both ends are ranges too narrow, a slope is a bias. The "
        "band takes rows as independent; those of one origin share its year, so bars stray further. "
    )
    return Chart("pit", figure, words + " ".join(told))


def chance_band(rows: int) -> tuple[float, float]:
    """Percent of `rows` independent rows between which a slice lies 95 times in 100, were forecasts right."""
    tail = (1 - BY_CHANCE) / 2
    chance = stats.binom(rows, 1 / SLICES)
    return 100 * float(chance.ppf(tail)) / rows, 100 * float(chance.ppf(1 - tail)) / rows


def error_by_origin(table: pd.DataFrame, measure: str) -> Chart:
    """Mean absolute error by origin and horizon, ours beside the benchmark.

    Raises ValueError where the measure has no scored row.
    """
    scores = origin_summary(_of(table, measure))
    horizons = _horizons(scores)
    figure, axes = panels(1, len(horizons), height=3.6)
    told = []
    for panel, horizon in zip(axes[0], horizons, strict=True):
        of_horizon = scores[scores["horizon"] == horizon]
        origins = sorted({int(origin) for origin in of_horizon["origin"]})
        for at, method in enumerate((OUR_METHOD, BENCHMARK)):
            found = of_horizon[of_horizon["method"] == method]
            mape = found.set_index("origin")["mape"].reindex(origins)
            place = np.arange(len(origins)) + (at - 0.5) * 0.4
            bars = panel.bar(
                place, mape, width=0.38, color=(NAVY, AMBER)[at], label=title_of(method)
            )
            panel.bar_label(bars, [f"{v:.1f}" if np.isfinite(v) else "" for v in mape],
                            fontsize=7, color=INK, padding=1)  # fmt: skip
            pairs = ", ".join(f"{origin}: {v:.1f} %" for origin, v in mape.dropna().items())
            told.append(f"{title_of(method)}, {years_ahead(horizon)}, by origin: {pairs}.")
        panel.set_xticks(range(len(origins)), [str(origin) for origin in origins])
        plain(panel, years_ahead(horizon), "January stood at",
              "Mean absolute error, %" if horizon == horizons[0] else "")  # fmt: skip
        panel.grid(visible=False, axis="x")
    _same_height(axes[0])
    headed(figure, f"{_titled(measure)}: error by origin")
    legend_below(figure, axes[0, 0])
    return Chart("error_by_origin", figure, "Mean absolute error. " + " ".join(told))


def fans(table: pd.DataFrame, counts: pd.DataFrame, measure: str, origin: int) -> Chart:
    """What forecasts from one origin looked like, for authorities from the least error to the largest.

    `counts`: authority by January, as published. Authorities are taken by their place in the order of
    our mean absolute error from that origin, not by hand. Raises ValueError where there is no forecast of ours.
    """
    rows = common_rows(_of(table, measure))
    rows = rows[(rows["origin"] == origin) & rows["method"].isin([OUR_METHOD, BENCHMARK])]
    ranked = authority_summary(rows)[::-1].reset_index(drop=True)
    if ranked.empty:
        raise ValueError(f"no scored forecast of {measure} by {OUR_METHOD} from January {origin}")
    places = sorted({round(share * (len(ranked) - 1)) for share in SHOWN_AT})
    lines = -(-len(places) // FAN_COLUMNS)
    figure, axes = panels(lines, min(FAN_COLUMNS, len(places)), height=2.7)
    told = []
    for panel, place in zip(axes.flat, places, strict=False):
        authority = str(ranked["authority"].iloc[place])
        error = float(ranked["mape"].iloc[place])
        of_authority = rows[rows["authority"] == authority].sort_values("horizon")
        published = pd.Series(counts.loc[authority]).dropna()
        _fan(panel, of_authority, published, origin)
        rank = f"{place + 1} of {len(ranked)}"
        plain(panel, f"{authority}\nerror {error:.1f} %, {rank}")
        told.append(f"{authority}, {rank} by error, mean absolute error {error:.1f} %.")
    for panel in axes.flat[len(places) :]:
        panel.set_visible(False)
    headed(figure, f"{_titled(measure)}: forecasts from January {origin}, and what came")
    legend_below(figure, axes[0, 0], columns=3)
    words = (
        "Authorities by mean absolute error from this origin, the least first; shown are those at "
        "fixed places of that order, the last and worst among them. "
    )
    return Chart("fans", figure, words + " ".join(told))


def _fan(panel: Any, rows: pd.DataFrame, published: pd.Series, origin: int) -> None:
    """One authority: published counts, and the ranges that stood at the origin."""
    ours = rows[rows["method"] == OUR_METHOD]
    start = float(published.loc[origin])
    years = [origin, *(origin + ours["horizon"])]

    def from_start(column: str) -> list[float]:
        return [start, *ours[column]]

    for nominal, shade in FAN_SHADES.items():
        low, high = RANGES[nominal]
        panel.fill_between(years, from_start(low), from_start(high), color=shade, linewidth=0,
                           label=f"{nominal} % range")  # fmt: skip
    panel.plot(years, from_start("forecast"), color=NAVY, linewidth=2, label="Forecast (median)")
    rival = rows[rows["method"] == BENCHMARK]
    panel.plot([origin, *(origin + rival["horizon"])], [start, *rival["forecast"]], color=AMBER,
               linewidth=1.5, linestyle="--", label="Benchmark")  # fmt: skip
    first = max(int(published.index.min()), origin - YEARS_BEFORE)
    known = published[(published.index >= first) & (published.index <= max(years))]
    panel.plot(known.index, known, color=INK, marker="o", markersize=3.5, linewidth=1,
               label="Published")  # fmt: skip
    panel.set_xlim(first - 0.3, max(years) + 0.3)
    heights = [*known, *from_start("q025"), *from_start("q975")]
    panel.set_ylim(0.92 * min(heights), 1.04 * max(heights))
    panel.set_xticks(range(first, max(years) + 1, 2))
    panel.yaxis.set_major_formatter("{x:,.0f}")


def _same_height(axes: Iterable[Any]) -> None:
    """One scale for panels side by side, from nil."""
    together = list(axes)
    highest = max(panel.get_ylim()[1] for panel in together)
    for panel in together:
        panel.set_ylim(0, highest)


def _of(table: pd.DataFrame, measure: str) -> pd.DataFrame:
    rows = table[table["measure"] == measure]
    if rows.empty:
        raise ValueError(f"no forecast of {measure} in the table")
    return rows


def _horizons(rows: pd.DataFrame) -> list[int]:
    horizons = sorted({int(horizon) for horizon in rows["horizon"]})
    if not horizons:
        raise ValueError("no row that all methods share")
    return horizons


def _titled(measure: str) -> str:
    return measure.replace("_", " ").capitalize()
