"""How good each method is, from the table of forecasts: by horizon, origin, authority, size and region.

Methods are compared on common rows only (`common_rows`). Errors are percent of what came: MAPE is the
mean absolute error, bias the mean error, above nil where forecasts are too high.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from model.backtest.forecast_table import KEYS, common_rows
from model.backtest.levels import RANGES
from model.backtest.scores import coverage, percentage_error, ratio_of_means
from model.backtest.settings import BENCHMARK, OUR_METHOD, settings, simple_methods

POOLED_HORIZONS = ((1,), (2,), (1, 2), (3,))
"""Horizons over which the ratio to the benchmark is taken together."""

SIZES = ("smallest third", "middle third", "largest third")


def all_summaries(
    table: pd.DataFrame, region_of: pd.Series | None = None, *, seed: int = 0
) -> dict[str, pd.DataFrame]:
    """Every summary by name: ratios, methods, origins, sizes, regions where known, and authorities.

    `region_of`: authority -> region. An authority's size is the mean of its actuals of the measure.
    Raises ValueError where there is nothing to score.
    """
    rows = common_rows(table)
    if rows.empty:
        raise ValueError("no forecast has both a range and an actual above nil: nothing to score")
    mean_actual = rows.groupby(["measure", "authority"], sort=False)["actual"].mean()
    sizes = [
        group_summary(
            table[table["measure"] == measure], size_groups(of_measure.droplevel(0)), "size"
        )
        for measure, of_measure in mean_actual.groupby(level=0, sort=False)
    ]
    summaries = {
        "ratios": benchmark_ratios(table, seed=seed),
        "methods": method_summary(table),
        "origins": origin_summary(table),
        "sizes": pd.concat(sizes, ignore_index=True),
    }
    if region_of is not None:
        summaries["regions"] = group_summary(table, region_of, "region")
    summaries["authorities"] = authority_summary(table)
    return summaries


def method_summary(table: pd.DataFrame) -> pd.DataFrame:
    """Scores by measure, horizon and method, ours first; see `scores_by` for the columns."""
    return scores_by(table, ["measure", "horizon", "method"])


def origin_summary(table: pd.DataFrame) -> pd.DataFrame:
    """Scores by measure, horizon, origin and method: a good year does not hide a bad one."""
    return scores_by(table, ["measure", "horizon", "origin", "method"])


def group_summary(table: pd.DataFrame, group_of: pd.Series, name: str) -> pd.DataFrame:
    """Scores by measure, horizon, group and method. `group_of`: authority -> region, size or other.

    Rows of an authority without a group are left out. Raises ValueError where none has one.
    """
    grouped = common_rows(table).assign(**{name: lambda rows: rows["authority"].map(group_of)})
    grouped = grouped[grouped[name].notna()]
    if grouped.empty:
        raise ValueError(f"no authority of the table has a {name}")
    return _scores(grouped, ["measure", "horizon", name, "method"])


def size_groups(counts: pd.Series) -> pd.Series:
    """Authority -> third of authorities by size, from authority -> count at a January.

    >>> list(size_groups(pd.Series([900.0, 100.0, 500.0], index=["a", "b", "c"])))
    ['largest third', 'smallest third', 'middle third']
    """
    known = counts.dropna()
    third = ((known.rank(method="first") - 1) * len(SIZES) // max(len(known), 1)).astype(int)
    return third.map(dict(enumerate(SIZES))).astype(pd.CategoricalDtype(list(SIZES), ordered=True))


def scores_by(table: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Scores of the common rows by the columns `by`, among them `method`.

    `rows`, `authorities`; percent of the actual: `mape`, `weighted_ape` (rows by their actual, so that
    large authorities count more), `median_ape`, `bias`, `crps_percent`; counts: `crps`; percent of rows inside the ranges: `coverage_50`, `coverage_80`, `coverage_95`; and
    `mape_against_ours`, `crps_against_ours`: the method's mean over ours on the rows both have, above
    1 where ours is better (CRPS in percent). NaN where the table holds no method of ours.
    """
    return _scores(common_rows(table), by)


def _scores(common: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Scores of rows that are common already: of a part of them, common rows would be others."""
    rows = _scored(common)
    groups = rows.groupby(list(by), sort=False, observed=True)
    scores = groups.agg(
        rows=("ape", "size"),
        authorities=("authority", "nunique"),
        mape=("ape", "mean"),
        weighted_ape=("missed", "sum"),
        median_ape=("ape", "median"),
        bias=("error", "mean"),
        crps=("crps", "mean"),
        crps_percent=("crps_percent", "mean"),
        **{name: (name, "mean") for name in _coverage_names()},
    )
    scores["weighted_ape"] *= 100 / groups["actual"].sum()
    # A mean over the rows that ours has too; what both lack is in neither sum.
    both = rows[rows["ape_of_ours"].notna()].groupby(list(by), sort=False, observed=True)
    for score, column in (("ape", "mape"), ("crps_percent", "crps")):
        means = both[[score, f"{score}_of_ours"]].mean()
        scores[f"{column}_against_ours"] = means[score] / means[f"{score}_of_ours"]
    return _in_order(scores.reset_index(), list(by))


def benchmark_ratios(
    table: pd.DataFrame, *, seed: int = 0, method: str = OUR_METHOD, rival: str = BENCHMARK
) -> pd.DataFrame:
    """Mean absolute error of `method` over that of `rival`, pooled, with a bootstrap over authorities.

    Columns measure, horizons ("1", "2", "1 and 2", "3"), ratio, low, high (95 %), rows, authorities,
    mape, mape_of_rival. Horizons without rows are left out. Rows pool authorities and origins alike.
    """
    found = []
    scored = _scored(common_rows(table))
    for measure, rows in scored.groupby("measure", sort=False):
        errors = rows.pivot_table(index=list(KEYS), columns="method", values="ape", sort=True)
        if method not in errors or rival not in errors:
            continue
        errors = errors[[method, rival]].dropna().reset_index()
        for horizons in POOLED_HORIZONS:
            pooled = errors[errors["horizon"].isin(horizons)]
            if pooled.empty or set(horizons) != set(pooled["horizon"]):
                continue
            ratio = ratio_of_means(
                pooled[method].to_numpy(),
                pooled[rival].to_numpy(),
                pooled["authority"].to_numpy(),
                resamples=int(settings()["resamples"]),
                seed=seed,
            )
            found.append(
                {
                    "measure": measure,
                    "horizons": " and ".join(map(str, horizons)),
                    "ratio": ratio.value,
                    "low": ratio.low,
                    "high": ratio.high,
                    "rows": ratio.rows,
                    "authorities": ratio.authorities,
                    "mape": pooled[method].mean(),
                    "mape_of_rival": pooled[rival].mean(),
                }
            )
    columns = ["measure", "horizons", "ratio", "low", "high", "rows", "authorities", "mape",
               "mape_of_rival"]  # fmt: skip
    return pd.DataFrame(found, columns=columns)


def authority_summary(table: pd.DataFrame, method: str = OUR_METHOD) -> pd.DataFrame:
    """Scores of `method` by measure and authority over all origins and horizons, the worst first.

    Columns measure, authority, rows, mape, bias, worst_ape, worst_origin, worst_horizon,
    mape_of_benchmark (on the same rows; NaN without it) and coverage_80.
    """
    scored = _scored(common_rows(table))
    rival = scored[scored["method"] == BENCHMARK].set_index(list(KEYS))["ape"]
    rows = scored[scored["method"] == method].reset_index(drop=True)
    rows["ape_of_benchmark"] = rival.reindex(pd.MultiIndex.from_frame(rows[list(KEYS)])).to_numpy()
    by = ["measure", "authority"]
    groups = rows.groupby(by, sort=False)
    scores = groups.agg(
        rows=("ape", "size"),
        mape=("ape", "mean"),
        bias=("error", "mean"),
        worst_ape=("ape", "max"),
        mape_of_benchmark=("ape_of_benchmark", "mean"),
        coverage_80=("coverage_80", "mean"),
    )
    worst = rows.loc[groups["ape"].idxmax()].set_index(by)
    scores["worst_origin"], scores["worst_horizon"] = worst["origin"], worst["horizon"]
    ordered = scores.reset_index().sort_values(
        ["measure", "mape", "authority"], ascending=[True, False, True], kind="stable"
    )
    return ordered.reset_index(drop=True)


def _scored(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with their errors, whether each range covers, and ours on the same thing."""
    actual = rows["actual"].to_numpy(dtype=float)
    error = percentage_error(rows["forecast"].to_numpy(dtype=float), actual)
    scored = rows.assign(
        missed=np.abs(rows["forecast"] - rows["actual"]),
        error=error,
        ape=np.abs(error),
        crps_percent=100 * rows["crps"].to_numpy() / actual,
    )
    for name, (low, high) in zip(_coverage_names(), RANGES.values(), strict=True):
        scored[name] = 100 * coverage(rows[low].to_numpy(), rows[high].to_numpy(), actual)
    ours = scored[scored["method"] == OUR_METHOD].set_index(list(KEYS))
    things = pd.MultiIndex.from_frame(scored[list(KEYS)])
    for name in ("ape", "crps_percent"):
        scored[f"{name}_of_ours"] = ours[name].reindex(things).to_numpy()
    return scored


def _coverage_names() -> list[str]:
    return [f"coverage_{nominal}" for nominal in RANGES]


def _in_order(scores: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Ours first, then the simple methods in the order in which they are listed, then others."""
    ranks = {name: rank for rank, name in enumerate((OUR_METHOD, *simple_methods()))}
    keys = {
        column: scores["method"].map(lambda name: (ranks.get(name, len(ranks)), name))
        if column == "method"
        else pd.Series(pd.factorize(scores[column], sort=column != "measure")[0])
        for column in by
    }
    order = sorted(scores.index, key=lambda row: tuple(keys[column][row] for column in by))
    return scores.loc[order].reset_index(drop=True)
