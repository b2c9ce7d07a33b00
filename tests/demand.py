"""Demand on its own for tests: the queue stepped by hand, and requests to plans without a cohort."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.chance.philox import stream_key
from model.cohort.state import DemandState
from model.demand import kernel
from model.demand.opening import opening_state
from model.demand.pipeline import DemandKeys, Pipeline
from model.demand.series import DemandSeries
from model.draws import Draws, central, sample
from model.prepared import Prepared, prepare
from model.scenario.load import LoadedScenario, load

Floats = NDArray[np.float64]
NO_LIMIT = float("inf")


@dataclass(frozen=True)
class Served:
    """What a month of the queue came to, each (draw,) but `by_class` (class, draw)."""

    by_class: Floats
    in_time: Floats
    served: Floats
    waits: Floats
    longest: Floats
    p90: Floats
    waiting: Floats
    waited: Floats
    waiting_longest: Floats
    waiting_p90: Floats


class Queue:
    """`kernel.serve` month by month. `before`: arrivals (class,) of months before the first, oldest
    first, all of them still waiting."""

    def __init__(
        self,
        months: int,
        *,
        rank: list[int] | None = None,
        before: list[float] | list[list[float]] = (),  # type: ignore[assignment]
        draws: int = 1,
        any_order: bool = False,
        key: tuple[np.uint64, np.uint64] | None = None,
    ) -> None:
        self.rank = np.array([0] if rank is None else rank, dtype=np.int64)
        classes, self.ranks = len(self.rank), int(self.rank.max()) + 1
        rows = len(before) + months
        self.queue = np.zeros((rows, classes, draws))
        self.arrived = np.zeros((rows, self.ranks, draws))
        self.left = np.zeros_like(self.arrived)
        self.oldest = np.zeros(draws, dtype=np.int64)
        self.any_order, self.key, self.now = any_order, key, 0
        for count in before:
            self._arrive(count)
            self.now += 1

    def _arrive(self, count: Any) -> None:
        arrivals = np.zeros(self.queue.shape[1:])
        arrivals[:] = (
            np.reshape(np.asarray(count, dtype=float), (-1, 1)) if np.ndim(count) < 2 else count
        )
        self.queue[self.now] += arrivals
        for rank in range(self.ranks):
            came = arrivals[self.rank == rank].sum(axis=0)
            self.arrived[self.now, rank] += came
            self.left[self.now, rank] += came

    def month(
        self, arrivals: Any, capacity: Any, *, limit: float = 0.0, spread: float = 0.0
    ) -> Served:
        """One month: `arrivals` (class,) or (class, draw) come, up to `capacity` are served."""
        self._arrive(arrivals)
        draws = self.queue.shape[2]
        by_class, in_time = np.zeros(self.queue.shape[1:]), np.zeros(draws)
        figures = np.zeros((8, draws))
        chance = (False, 0, np.uint64(0), np.uint64(0))
        if self.key is not None:
            chance = (True, 0, *self.key)
        kernel.serve(
            self.queue, self.arrived, self.left, self.oldest, self.now,
            np.broadcast_to(np.asarray(capacity, dtype=float), (draws,)).copy(), self.rank,
            self.any_order, np.full(draws, limit), np.full(draws, spread), *chance,
            by_class, in_time, figures,
        )  # fmt: skip
        self.now += 1
        rows = figures.copy()
        return Served(
            by_class, in_time, rows[kernel.SERVED], rows[kernel.SERVED_WAITS],
            rows[kernel.LONGEST_SERVED], rows[kernel.SERVED_P90], rows[kernel.WAITING],
            rows[kernel.WAITED], rows[kernel.LONGEST_WAITING], rows[kernel.WAITING_P90],
        )  # fmt: skip


def demand_scenario(**sections: Any) -> dict[str, Any]:
    """A scenario with requests of 120 a year, no growth, and nothing that is not said.

    Sections given replace those of the base; `requests` and `pool` add to theirs.
    """
    base: dict[str, Any] = {
        "format": 1,
        "name": "demand",
        "title": "Demand alone",
        "authority": "Nowhere",
        "invented": True,
        "as_at": "2023-06",
        "horizon": {"first_year": "2023-24", "last_year": "2025-26"},
        "run": {"draws": 64, "seed": 5},
        "population": {"table": "population.csv"},
        "plans": {
            "counted": "2023-01",
            "total": 20,
            "age_groups": {"5_to_10": 20},
            "settings": {"mainstream": 20},
        },
        "new_plans": {
            "base_year": 2022,
            "plans_in_base_year": 100,
            "level": 1,
            "initial_growth": 0,
            "damping": 0.5,
            "yearly_variation": 0,
        },
        "requests": {
            "base_year": 2022,
            "requests_in_base_year": 120,
            "refused_share": 0,
            "decision_weeks": 0,
            "advice_and_drafting_weeks": 0,
            "plan_share": 1,
            "on_time_share": 1,
        },
    }
    pool = sections.pop("pool", None)
    base["requests"] |= sections.pop("requests", {})
    base |= sections
    if pool is not None:
        base["pool"] = {
            "fte": 445,
            "band_shares": {"L1": 1},
            "assessed_from": "2023-04",
            "assessed_a_month": 50,
            "converts_share": 0.65,
            **pool,
        }
        base.setdefault("funding", pool_funding())
    return base


def pool_funding(values: tuple[float, ...] = (3000, 7029, 12000)) -> dict[str, Any]:
    """One budget line that pays the pool by band, L1 the cheapest."""
    bands = [
        {"id": f"L{n}", "need_category": "L", "level": n, "annual_value_gbp": value}
        for n, value in enumerate(values, start=1)
    ]
    driver = {
        "kind": "pupils_without_plan",
        "id": "pool",
        "title": "Pool",
        "s251": "1.2.2",
        "pool": True,
        "fte": 445,
        "band_shares": {"L1": 1},
    }
    line = {"id": "top_up", "title": "Top-up", "anchor": "none", "drivers": [driver]}
    return {"price_base": "2023-24", "bands": bands, "lines": [line]}


def read_demand(folder: Path, data: dict[str, Any]) -> LoadedScenario:
    """The scenario as a user's file beside a population that does not change."""
    path = folder / "demand.yaml"
    path.write_text(json.dumps(data, indent=1))
    rows = [f"{year},{age},1000" for year in range(2021, 2032) for age in range(26)]
    (folder / "population.csv").write_text("\n".join(["year,age,persons", *rows]) + "\n")
    return load(path)


@dataclass
class DemandRun:
    """Requests to plans of some draws: kept series, the state at the end, and the draws."""

    series: DemandSeries
    state: DemandState
    draws: Draws
    prepared: Prepared
    opening: DemandState

    @property
    def gaps(self) -> dict[str, float]:
        """Worst differences of the identities."""
        return self.series.gaps


def run_demand(
    prepared: Prepared | LoadedScenario,
    draws: int = 1,
    *,
    chance: bool = False,
    seed: int = 5,
    sampled: bool = False,
    averted: Floats | None = None,
) -> DemandRun:
    """Step demand alone to the horizon; on central inputs unless `sampled` or several draws.

    `averted`: requests (age group,) that something averts in each month of the horizon.
    """
    if isinstance(prepared, LoadedScenario):
        prepared = prepare(prepared)
    scenario, demand = prepared.scenario, prepared.demand
    assert demand is not None
    assert scenario.requests is not None
    assert scenario.new_plans is not None
    several = sampled or draws > 1
    values = sample(scenario, seed, 0, draws) if several else central(scenario)
    names = ("requests", "queue", "drafting", "pool", "who", "opening")
    keys = DemandKeys(*(stream_key(seed, f"demand: {name}") for name in names)) if chance else None
    pool = scenario.pool if scenario.has("pool") else None
    pipeline = Pipeline(
        demand.setup, scenario.requests, scenario.new_plans, pool, values, seed, keys
    )
    state = opening_state(
        demand.setup, demand.opening, scenario.requests, pool, values,
        keys.opening if keys is not None else None,
    )  # fmt: skip
    opening = state.copy()
    assert prepared.cohort is not None
    out = np.zeros((len(prepared.cohort.entries.age), 14, values.size))
    for month in demand.setup.months:
        less = None
        if averted is not None and month >= 0:
            less = np.repeat(averted[:, None], values.size, axis=1)
        pipeline.advance(state, month, less, out)
    return DemandRun(pipeline.series, state, values, prepared, opening)
