"""How fast the engine is: draws x ten years, chance off and on, mechanisms off and on.

    python benchmarks/engine.py [--quick] [--json FILE]

One cell-month is one (age, placement, need) cell that can hold plans, in one draw and month. The
reference does the least that any cohort must do: read every such cell, multiply it by a rate shared
over needs, write it back. `ratio` says how far the whole month is from memory speed; `on/off` what
requests, queue, pool, reviews, places, nurture effects and re-banding cost together.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from numba import njit  # noqa: E402

from model.forecast import BLOCK_WIDTH, anchor_lines, forecast  # noqa: E402
from model.prepared import Prepared, prepare  # noqa: E402
from model.reference.codes import NEEDS  # noqa: E402
from model.scenario.load import LoadedScenario, load  # noqa: E402
from model.scenario.schema import Mechanism  # noqa: E402

YEARS = 10
PUBLISHED_PLANS = 1785


def scenario_of(plans: int, folder: Path) -> LoadedScenario:
    """North Somerset over ten years, its plans, flows, queue and places scaled to a number of plans."""
    text = (ROOT / "scenarios" / "north_somerset_2023.yaml").read_text(encoding="utf-8")
    text = text.replace("last_year: 2027-28}", "last_year: 2032-33}")
    from ruamel.yaml import YAML

    yaml = YAML(typ="safe", pure=True)
    data = yaml.load(text)
    # Printed figures of papers have nothing to do with speed.
    data.pop("figures", None)
    factor = plans / PUBLISHED_PLANS
    if factor != 1:
        opening = data["plans"]
        for margin in ("age_groups", "settings"):
            opening[margin] = _scaled(opening[margin], plans)
        opening["total"] = plans
        opening.pop("bridges")
        data["new_plans"]["plans_in_base_year"] *= factor
        _scale_demand(data["requests"], data["pool"], factor)
        _scale_places(data["places"], factor)
        for line in data["funding"]["lines"]:
            line["anchor"] = "none"
    (folder / "north_somerset_2023").mkdir(parents=True)
    table = ROOT / "scenarios" / "north_somerset_2023" / "population.csv"
    (folder / "north_somerset_2023" / "population.csv").write_bytes(table.read_bytes())
    path = folder / "scenario.yaml"
    with path.open("w", encoding="utf-8") as file:
        yaml.dump(data, file)
    return load(path)


def _scale_demand(requests: dict, pool: dict, factor: float) -> None:
    """Requests, the flows that left the queue, who serves it, and the pool, times the factor."""
    requests["requests_in_base_year"] *= factor
    flows = requests["warm_up"]
    for name in flows.keys() - {"year", "source", "note"}:
        flows[name] *= factor
    for item in (*requests["capacity"], *requests["locums"]):
        item["assessments_a_month"] = _times(item["assessments_a_month"], factor)
    for name in ("fte", "assessed_a_month"):
        pool[name] = _times(pool[name], factor)


def _scale_places(places: dict, factor: float) -> None:
    """Places of every school at the start and at its openings, and own pupils elsewhere."""
    for group in places["groups"]:
        if "own_pupils_elsewhere" in group:
            group["own_pupils_elsewhere"] = _times(group["own_pupils_elsewhere"], factor)
        for item in group["schools"]:
            for dated in (item, *item.get("openings", [])):
                dated["places"] = _times(dated["places"], factor)


def _times(figure: Any, factor: float) -> Any:
    """A number, plain or with a range or a distribution, times the factor."""
    if isinstance(figure, Mapping):
        return {
            key: value if isinstance(value, str) else _times(value, factor)
            for key, value in figure.items()
        }
    if isinstance(figure, list):
        return [_times(item, factor) for item in figure]
    return figure * factor


def _scaled(margin: dict, total: int) -> dict:
    """A margin scaled to a total; the largest entry takes what rounding leaves."""
    flat = {}
    for name, value in margin.items():
        for phase, number in value.items() if isinstance(value, dict) else [(None, value)]:
            flat[name, phase] = round(number * total / PUBLISHED_PLANS)
    largest = max(flat, key=lambda key: flat[key])
    flat[largest] += total - sum(flat.values())
    result: dict = {}
    for (name, phase), number in flat.items():
        if phase is None:
            result[name] = number
        else:
            result.setdefault(name, {})[phase] = number
    return result


def engine(prepared: Prepared, draws: int, jobs: int, *, chance: bool) -> float:
    """Seconds for a number of draws; kept series are dropped block by block."""
    anchors = anchor_lines(prepared)
    starts = range(0, draws, BLOCK_WIDTH)

    def block(first: int) -> None:
        forecast(prepared, anchors, first, min(BLOCK_WIDTH, draws - first), seed=1, chance=chance)

    started = time.perf_counter()
    with ThreadPoolExecutor(jobs) as pool:
        list(pool.map(block, starts))
    return time.perf_counter() - started


@njit(nogil=True)
def _reference(plans, live, rate, months):
    for _ in range(months):
        for index in range(live.shape[0]):
            age, placement = live[index]
            for need in range(plans.shape[2]):
                for draw in range(plans.shape[3]):
                    plans[age, placement, need, draw] *= rate[age, placement, draw]


def reference(prepared: Prepared, draws: int, jobs: int) -> float:
    """Seconds for the bandwidth-bound reference over the same live cells."""
    setup = prepared.cohort
    assert setup is not None
    ages, placements = len(setup.rates.ceased_hazard), prepared.placements.count
    months = prepared.scenario.horizon.months - setup.first_month

    def block(_: int) -> None:
        plans = np.ones((ages, placements, len(NEEDS), BLOCK_WIDTH))
        rate = np.full((ages, placements, BLOCK_WIDTH), 0.999)
        _reference(plans, setup.live, rate, months)

    block(0)
    started = time.perf_counter()
    with ThreadPoolExecutor(jobs) as pool:
        list(pool.map(block, range(0, draws, BLOCK_WIDTH)))
    return time.perf_counter() - started


def measure(prepared: Prepared, draws: int, jobs: int, *, chance: bool) -> dict[str, Any]:
    """One row: seconds, cell-months a second, and seconds of the reference."""
    setup = prepared.cohort
    assert setup is not None
    months = prepared.scenario.horizon.months - setup.first_month
    cells = len(setup.live) * len(NEEDS) * months
    seconds = engine(prepared, draws, jobs, chance=chance)
    least = reference(prepared, draws, jobs)
    padded = -(-draws // BLOCK_WIDTH) * BLOCK_WIDTH
    return {
        "draws": draws,
        "chance": chance,
        "seconds": seconds,
        "cell_months_a_second": cells * padded / seconds,
        "reference_seconds": least,
        "ratio": seconds / least,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def cold_start() -> float:
    """Seconds of a first run in a new process with an empty compilation cache."""
    with tempfile.TemporaryDirectory() as cache:
        environment = {**os.environ, "NUMBA_CACHE_DIR": cache}
        code = (
            "import sys; sys.path.insert(0, '.'); "
            "from model.scenario.load import load; from model.run import run; "
            "run(load('scenarios/north_somerset_2023.yaml'), draws=1000, jobs=2)"
        )
        started = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=True)
        return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="1,000 draws only")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    rows = []
    print(f"{options.jobs} threads, {YEARS} years, blocks of {BLOCK_WIDTH} draws")
    print(f"{'plans':>7} {'draws':>7} {'chance':>7} {'mechanisms':>10} {'seconds':>8} {'cell-months/s':>14} {'reference':>10} {'ratio':>6} {'on/off':>6}")  # fmt: skip
    for plans in (PUBLISHED_PLANS, 15_000):
        with tempfile.TemporaryDirectory() as folder:
            on = scenario_of(plans, Path(folder))
        nothing = on.scenario.model_copy(update={"switched_off": list(get_args(Mechanism))})
        cases = {"off": prepare(replace(on, scenario=nothing)), "on": prepare(on)}
        for chance in (False, True):
            for prepared in cases.values():
                engine(prepared, BLOCK_WIDTH, 1, chance=chance)
            for draws in (1000,) if options.quick else (1000, 10_000):
                pair = {
                    name: measure(prepared, draws, options.jobs, chance=chance)
                    for name, prepared in cases.items()
                }
                for name, row in pair.items():
                    row = {"plans": plans, "mechanisms": name, **row}
                    row["on_off"] = row["seconds"] / pair["off"]["seconds"]
                    rows.append(row)
                    print(
                        f"{plans:>7,} {draws:>7,} {'on' if chance else 'off':>7} {name:>10} "
                        f"{row['seconds']:>8.2f} {row['cell_months_a_second']:>14.3g} "
                        f"{row['reference_seconds']:>9.2f}s {row['ratio']:>6.1f} "
                        f"{row['on_off']:>6.2f}   peak {row['peak_mb']:,.0f} MB"
                    )
    cold = cold_start()
    print(f"first run with compilation, North Somerset 1,000 draws: {cold:.1f} s")
    if options.json:
        options.json.write_text(json.dumps({"rows": rows, "cold_seconds": cold}, indent=2))


if __name__ == "__main__":
    main()
