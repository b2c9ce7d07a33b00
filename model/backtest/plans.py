"""Stand at each January, use nothing later, forecast plans, and set the forecasts beside what came."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.backtest.forecast_table import forecast_rows
from model.backtest.settings import BENCHMARK, OUR_METHOD
from model.backtest.simple_methods.forecasts import METHODS, simple_forecasts
from model.calibration.parts import (
    AGE_GROUP_ORIGINS,
    SETTING_GROUP_ORIGINS,
    draw_parts,
    fit_parts,
)
from model.calibration.plan_draws import draw_plans
from model.calibration.plan_totals import fit_plan_totals
from model.calibration.settings import settings
from model.history.history import NATION, History

Floats = NDArray[np.float64]
Progress = Callable[[int, int], None]

PLANS, NEW_PLANS = "plans", "new_plans"
SLOW_METHODS: Final = {
    "arima": (PLANS,),
    "damped_exponential_smoothing": (PLANS, NEW_PLANS),
}
"""Methods whose fits take long, and the measures that they forecast: on all, an hour."""


@dataclass(frozen=True)
class Measure:
    """One thing to be forecast: its name in the table and its published counts (authority, January)."""

    name: str
    counts: pd.DataFrame


def measures(history: History) -> list[Measure]:
    """Plan totals, new plans, and plans by age group and by setting group."""
    parts = {**history.age_groups, **history.setting_groups}
    return [
        Measure(PLANS, history.series["plans"]),
        Measure(NEW_PLANS, history.series["new_plans"]),
        *(Measure(f"{PLANS}_{name}", counts) for name, counts in parts.items()),
    ]


def backtest_plans(
    history: History,
    origins: Sequence[int],
    horizons: Sequence[int],
    *,
    draws: int,
    seed: int,
    authorities: Sequence[str] | None = None,
    methods: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Forecasts of every measure by our method and the simple ones, see `forecast_table.COLUMNS`.

    Authorities whose boundaries changed are left out. All others are learnt from; `authorities` says
    whose rows are kept, `methods` which simple methods are made besides the benchmark. `progress` is called with (origins done, origins in all).
    """
    names = [str(name) for name in history.names[history.authorities.unchanged]]
    whole = history.select(names)
    kept = set(names if authorities is None else authorities)
    rivals = list(METHODS) if methods is None else list(dict.fromkeys([*methods, BENCHMARK]))
    tables = []
    for place, origin in enumerate(origins):
        if progress is not None:
            progress(place, len(origins))
        tables += list(_from_origin(whole, origin, tuple(horizons), draws, seed, rivals))
    if progress is not None:
        progress(len(origins), len(origins))
    table = pd.concat(tables, ignore_index=True)
    return table[table["authority"].isin(kept)].reset_index(drop=True)


def our_forecasts(known: History, horizons: int, draws: int, seed: int) -> dict[str, Floats]:
    """Our draws of every measure, (authority, horizon, draw), from what is known and nothing else."""
    choices = settings()
    fit = fit_plan_totals(known, choices)
    totals = draw_plans(fit, horizons, draws, seed, choices)
    found = {PLANS: totals.plans, NEW_PLANS: totals.new_plans}
    for tables, ways in (
        (known.age_groups, AGE_GROUP_ORIGINS),
        (known.setting_groups, SETTING_GROUP_ORIGINS),
    ):
        flows = fit_parts(known, tables, ways, choices)
        parts = draw_parts(known, tables, flows, totals, seed)
        for row, name in enumerate(ways):
            found[f"{PLANS}_{name}"] = parts[:, row]
    return {name: np.moveaxis(values, 0, 1) for name, values in found.items()}


def _from_origin(
    whole: History,
    origin: int,
    horizons: tuple[int, ...],
    draws: int,
    seed: int,
    simple: list[str],
) -> Iterator[pd.DataFrame]:
    known = whole.known_at(origin)
    ours = our_forecasts(known, max(horizons), draws, seed)
    known_measures = {measure.name: measure.counts for measure in measures(known)}
    for measure in measures(whole):
        actual = _at(measure.counts, whole, [origin + horizon for horizon in horizons])
        if not np.isfinite(actual).any():
            continue
        steps = [horizon - 1 for horizon in horizons]
        ensembles: dict[str, tuple[Floats, Floats | None]] = {
            OUR_METHOD: (ours[measure.name][:, steps], None)
        }
        counts = known_measures[measure.name]
        if not counts.notna().any(axis=None):
            continue
        years = list(range(int(counts.columns.min()), origin + 1))
        rivals = simple_forecasts(
            _at(counts, known, years),
            counts.reindex(columns=years).loc[NATION].to_numpy(dtype=float),
            years,
            origin,
            horizons,
            [name for name in simple if measure.name in SLOW_METHODS.get(name, (measure.name,))],
        )
        ensembles |= {name: (rival.ensemble, rival.median) for name, rival in rivals.items()}
        for method, (ensemble, median) in ensembles.items():
            yield forecast_rows(
                authorities=[str(name) for name in whole.names],
                origin=origin,
                horizons=horizons,
                measure=measure.name,
                method=method,
                ensemble=ensemble,
                actual=actual,
                median=median,
                seed=seed,
            )


def _at(counts: pd.DataFrame, history: History, years: list[int]) -> Floats:
    """Counts (authority, January) of the history's authorities, NaN where nothing is published."""
    return counts.reindex(index=history.names, columns=years).to_numpy(dtype=float)
