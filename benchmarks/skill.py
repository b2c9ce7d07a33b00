"""Score the forecasts and write the measured tables of docs/skill.md between its marks.

    python benchmarks/skill.py --data ../shared/data

The same as `hn-forecast backtest` with its defaults; prints how long it took.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from dataclasses import replace  # noqa: E402

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402

from model.backtest.plans import backtest_plans  # noqa: E402
from model.backtest.settings import BENCHMARK, OUR_METHOD, title_of  # noqa: E402
from model.backtest.summary import (  # noqa: E402
    authority_summary,
    benchmark_ratios,
    method_summary,
    origin_summary,
)
from model.calibration.plan_draws import draw_plans  # noqa: E402
from model.calibration.plan_totals import fit_plan_totals  # noqa: E402
from model.calibration.settings import Settings, settings  # noqa: E402
from model.history.history import NATION, History  # noqa: E402
from model.history.read_history import read_history  # noqa: E402
from model.reference.reasoned import read_reasoned  # noqa: E402

PAGE = ROOT / "docs" / "skill.md"
BEGIN, END = "<!-- measured -->\n", "<!-- end of measured -->"
ORIGINS, HORIZONS, DRAWS, SEED = range(2019, 2024), (1, 2, 3), 500, 1
LATER = 2024
"""An origin that no choice was made with: one year ahead can be scored, for a part of authorities."""
CHOICES = ("level_weight", "common_shock_sd", "common_shock_years", "lasting_share", "huber", "outer_share",
           "least_plans", "least_variance_share")  # fmt: skip
WORST = 12


def measured(table: pd.DataFrame, history: History, seconds: float) -> str:
    plans = table[table.measure == "plans"]
    ratios, methods = benchmark_ratios(plans, seed=SEED), method_summary(plans)
    origins = origin_summary(plans)
    later = backtest_plans(history, [LATER], (1,), draws=DRAWS, seed=SEED, methods=[])
    parts = [
        _ratios(ratios, plans),
        _methods(methods),
        _origins(origins),
        _apart(plans, later[later.measure == "plans"]),
        _choices(history),
        _measures(table),
        _percent(table),
        _authorities(plans),
    ]
    said = f"All authorities, origins and measures took {seconds:.0f} seconds.\n"
    return "\n".join([*parts, said])


def _apart(plans: pd.DataFrame, later: pd.DataFrame) -> str:
    """The ratio with an origin left out, without one fault of recording, and from the origin not chosen with."""

    def ratio(rows: pd.DataFrame) -> str:
        errors = rows.assign(ape=(rows.forecast / rows.actual - 1).abs()).pivot_table(
            index=["authority", "origin", "horizon"], columns="method", values="ape"
        )
        errors = errors[[OUR_METHOD, BENCHMARK]].dropna()
        return f"{errors[OUR_METHOD].mean() / errors[BENCHMARK].mean():.3f}"

    fault = (plans.authority == "Newham") & (plans.origin + plans.horizon == 2025)
    rows = []
    for label, part in (
        *((f"without origin {origin}", plans[plans.origin != origin]) for origin in ORIGINS),
        ("without Newham in January 2025", plans[~fault]),
    ):
        rows.append(
            [label, *(ratio(part[part.horizon.isin(ahead)]) for ahead in ((1,), (2,), (1, 2)))]
        )
    ours = later[later.method == OUR_METHOD]
    held = [
        100 * ((ours.actual >= ours[low]) & (ours.actual <= ours[high])).mean()
        for low, high in (("q10", "q90"), ("q025", "q975"))
    ]
    bias = 100 * (ours.forecast / ours.actual - 1).mean()
    known = later[later.authority != "Newham"]
    said = (
        f"From January {LATER}, with which nothing was chosen, one year ahead ({len(ours)} authorities): ratio {ratio(later)}, "
        f"without Newham {ratio(known)}; bias {bias:+.1f} %; 80 % ranges held {held[0]:.0f}, 95 % ranges {held[1]:.0f} in 100.\n"
    )
    return "### The ratio apart\n\n" + _rows(["", "1 year", "2 years", "both"], rows) + "\n" + said


def _choices(history: History) -> str:
    """The ratio and the coverage at either end of each choice, the others as they ship."""
    names = [str(name) for name in history.names[history.authorities.unchanged]]
    whole, shipped = history.select(names), settings()
    ranges = read_reasoned("reference/plan_forecast.yaml")
    cases = [("as shipped", shipped)]
    for name in CHOICES:
        for end in (ranges[name].low, ranges[name].high):
            if end != ranges[name].value:
                cases.append(
                    (
                        f"{name} {end:g} (for {ranges[name].value:g})",
                        replace(shipped, **{name: end}),
                    )
                )
    return "### Choices, one at a time\n\n" + _rows(
        ["choice", "1 year", "2 years", "80 % ranges held, 1 and 2 years"],
        [[label, *_scored(whole, choices)] for label, choices in cases],
    )


def _scored(whole: History, choices: Settings) -> list[str]:
    errors, inside = {1: [], 2: []}, []
    plans = whole.series["plans"]
    nation = np.log(plans.loc[NATION])
    for origin in ORIGINS:
        fit = fit_plan_totals(whole.known_at(origin), choices)
        draws = draw_plans(fit, 2, DRAWS, SEED, choices)
        start, earlier = whole.of("plans", origin), whole.of("plans", origin - 3)
        growth = (nation[origin] - nation[origin - 1] + np.log(start / earlier) / 3) / 2
        for horizon in (1, 2):
            actual = whole.of("plans", origin + horizon)
            known = (actual.notna() & start.notna() & earlier.notna()).to_numpy()
            low, middle, high = np.quantile(
                draws.plans[horizon - 1][known], [0.1, 0.5, 0.9], axis=1
            )
            came = actual.to_numpy()[known]
            rival = (start * np.exp(horizon * growth)).to_numpy()[known]
            errors[horizon].append(np.stack([np.abs(middle / came - 1), np.abs(rival / came - 1)]))
            inside.append((came >= low) & (came <= high))
    ratios = [np.concatenate(errors[horizon], axis=1).mean(axis=1) for horizon in (1, 2)]
    return [
        *(f"{ours / theirs:.3f}" for ours, theirs in ratios),
        f"{100 * np.concatenate(inside).mean():.1f}",
    ]


def _rows(heads: list[str], rows: list[list[str]]) -> str:
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)]) + "\n"


def _ratios(ratios: pd.DataFrame, plans: pd.DataFrame) -> str:
    ours = plans[(plans.method == OUR_METHOD) & plans.horizon.isin((1, 2))]
    held = {n: 100 * ((ours.actual >= ours[low]) & (ours.actual <= ours[high])).mean() for n, low, high in
            ((50, "q25", "q75"), (80, "q10", "q90"), (95, "q025", "q975"))}  # fmt: skip
    rows = [
        [row.horizons, f"{row.mape:.2f}", f"{row.mape_of_rival:.2f}", f"{row.ratio:.3f}",
         f"{row.low:.3f} to {row.high:.3f}", f"{row.rows:,}", f"{row.authorities}"]
        for row in ratios.itertuples()
    ]  # fmt: skip
    heads = [
        "years ahead",
        "MAPE %",
        "benchmark's MAPE %",
        "ratio",
        "95 % over authorities",
        "forecasts",
        "authorities",
    ]
    covered = ", ".join(f"{n} % ranges held {share:.1f} in 100" for n, share in held.items())
    return (
        "### Plans in force, against the benchmark\n\n"
        + _rows(heads, rows)
        + f"\nOver one and two years {covered}.\n"
    )


def _methods(methods: pd.DataFrame) -> str:
    wide = methods.set_index(["method", "horizon"])
    rows = []
    for name in methods.method.unique():
        cells = [title_of(name)]
        for score in ("mape", "median_ape", "bias", "crps_percent", "coverage_80", "coverage_95"):
            digits = 0 if score.startswith("coverage") else 2
            cells.append(" / ".join(f"{wide.loc[(name, h), score]:.{digits}f}" for h in HORIZONS))
        rows.append(cells)
    heads = ["method", "MAPE %", "median %", "bias %", "CRPS %", "in 80 %", "in 95 %"]
    return "### Every method, 1 / 2 / 3 years ahead\n\n" + _rows(heads, rows)


def _origins(origins: pd.DataFrame) -> str:
    wide = origins.set_index(["method", "horizon", "origin"])
    rows = []
    for horizon in HORIZONS:
        for origin in ORIGINS:
            if (OUR_METHOD, horizon, origin) not in wide.index:
                continue
            ours, theirs = (wide.loc[(name, horizon, origin)] for name in (OUR_METHOD, BENCHMARK))
            nation = wide.loc[("national_growth", horizon, origin)]
            rows.append([
                f"{horizon}", f"{origin}", f"{ours.rows:.0f}", f"{ours.mape:.2f}", f"{theirs.mape:.2f}",
                f"{nation.mape:.2f}", f"{ours.mape / theirs.mape:.2f}", f"{ours.bias:+.1f}",
                f"{ours.coverage_80:.0f}", f"{ours.coverage_95:.0f}",
            ])  # fmt: skip
    heads = [
        "years ahead",
        "origin",
        "forecasts",
        "MAPE %",
        "benchmark",
        "national growth",
        "ratio",
        "bias %",
        "in 80 %",
        "in 95 %",
    ]
    return "### By origin\n\n" + _rows(heads, rows)


def _measures(table: pd.DataFrame) -> str:
    """Sum of absolute errors over the sum of what came: small counts do not swamp it."""
    rows = []
    wanted = {OUR_METHOD, "naive", "national_growth", BENCHMARK}
    scored = table[table.method.isin(wanted)].assign(
        error=lambda rows: (rows.forecast - rows.actual).abs()
    )
    for measure in table.measure.unique():
        part = scored[scored.measure == measure]
        keys = ["authority", "origin", "horizon"]
        everywhere = part.groupby(keys).method.transform("nunique") == len(wanted)
        part = part[everywhere]
        ours = part[part.method == OUR_METHOD]
        cells = [measure.replace("_", " ")]
        for name in (OUR_METHOD, "naive", "national_growth", BENCHMARK):
            each = part[part.method == name].groupby("horizon")
            cells.append(" / ".join(f"{v:.1f}" for v in 100 * each.error.sum() / each.actual.sum()))
        inside = (ours.actual >= np.floor(ours.q10)) & (ours.actual <= np.ceil(ours.q90))
        cells.append(f"{100 * inside.mean():.0f}")
        rows.append(cells)
    heads = [
        "measure",
        "hn-forecast",
        "no change",
        "national growth",
        "benchmark's form",
        "in 80 %",
    ]
    return (
        "### Every measure: absolute error in 100 of what came, 1 / 2 / 3 years ahead\n\n"
        + _rows(heads, rows)
    )


def _percent(table: pd.DataFrame) -> str:
    """MAPE and CRPS of every measure against the best simple method, whichever that is."""
    scores = method_summary(table)
    rows = []
    for measure in table.measure.unique():
        part = scores[scores.measure == measure]
        cells = [[], [], [], []]
        for horizon in HORIZONS:
            at = part[part.horizon == horizon]
            ours = at[at.method == OUR_METHOD].iloc[0]
            # A method that cannot stand at every origin is scored on other forecasts than ours.
            rivals = at[(at.method != OUR_METHOD) & (at.rows == ours.rows)]
            best, surest = (
                rivals.loc[rivals.mape.idxmin()],
                rivals.loc[rivals.crps_percent.idxmin()],
            )
            cells[0].append(f"{ours.mape:.1f}")
            cells[1].append(f"{best.mape:.1f}")
            cells[2].append(f"{ours.crps_percent:.1f}")
            cells[3].append(f"{surest.crps_percent:.1f}")
        rows.append([measure.replace("_", " "), *(" / ".join(cell) for cell in cells)])
    heads = [
        "measure",
        "hn-forecast, MAPE %",
        "best simple method",
        "hn-forecast, CRPS %",
        "best simple method",
    ]
    return (
        "### Every measure: mean absolute percent error and CRPS, 1 / 2 / 3 years ahead\n\n"
        + _rows(heads, rows)
    )


def _authorities(plans: pd.DataFrame) -> str:
    ranked = authority_summary(plans).head(WORST)
    rows = [
        [row.authority, f"{row.rows}", f"{row.mape:.1f}", f"{row.mape_of_benchmark:.1f}", f"{row.bias:+.1f}",
         f"{row.worst_origin} + {row.worst_horizon}", f"{row.worst_ape:.0f}"]
        for row in ranked.itertuples()
    ]  # fmt: skip
    heads = [
        "authority",
        "forecasts",
        "MAPE %",
        "benchmark's",
        "bias %",
        "worst: origin + years",
        "error %",
    ]
    return f"### The {WORST} authorities with the largest errors\n\n" + _rows(heads, rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    history = read_history(parser.parse_args().data)
    begun = time.perf_counter()
    table = backtest_plans(history, ORIGINS, HORIZONS, draws=DRAWS, seed=SEED)
    seconds = time.perf_counter() - begun
    text = PAGE.read_text(encoding="utf-8")
    block = BEGIN + "\n" + measured(table, history, seconds) + "\n" + END
    PAGE.write_text(
        re.sub(re.escape(BEGIN) + ".*?" + END, lambda _: block, text, flags=re.DOTALL),
        encoding="utf-8",
    )
    print(f"{seconds:.0f} s; wrote the tables of {PAGE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
