"""How long mitigation values take: every set of North Somerset's mitigations on common draws.

    python benchmarks/values.py [--jobs 2]

Aim: under 3 minutes on 2 cores.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from model.forecast import anchor_lines, forecast
from model.prepared import prepare
from model.scenario.load import load
from model.whatif.mitigation_values import mitigation_values

SCENARIO = Path(__file__).resolve().parents[1] / "scenarios" / "north_somerset_2023.yaml"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--draws", type=int, nargs="+", default=[128, 1000])
    options = parser.parse_args()
    prepared = prepare(load(SCENARIO))
    anchors = anchor_lines(prepared)
    forecast(prepared, anchors, 0, seed=1, chance=False)  # compiled and in memory
    print(f"{options.jobs} threads, {len(prepared.scenario.mitigations)} mitigations")
    for draws in options.draws:
        counted: list[int] = []
        started = time.perf_counter()
        values = mitigation_values(
            prepared,
            anchors,
            draws=draws,
            seed=1,
            jobs=options.jobs,
            progress=lambda _, total, counted=counted: counted.append(total),
        )
        seconds = time.perf_counter() - started
        assert values is not None
        blocks = -(-draws // 64)
        print(
            f"{draws:>6,} draws {counted[-1] // blocks:>4} sets "
            f"({len(values.conditions)} conditions, {len(values.themes)} themes) {seconds:>7.1f} s"
        )


if __name__ == "__main__":
    main()
