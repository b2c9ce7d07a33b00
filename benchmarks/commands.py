"""How long the commands take as whole processes, the median of several runs.

    python benchmarks/commands.py [--runs 5]

Aims: `--help` under 0.3 s, `validate` under 1.5 s, `run` with its workbook under 20 s.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SCENARIO = str(ROOT / "scenarios" / "north_somerset_2023.yaml")
COMMANDS = {
    "--help": (["--help"], 0.3),
    "validate": (["validate", SCENARIO], 1.5),
    "run": (["run", SCENARIO], 20.0),
}


def seconds(arguments: list[str], runs: int) -> list[float]:
    """Wall seconds of each run of `hn-forecast` in an empty folder, after one to warm up."""
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from cli import main; main()"
    taken = []
    for _ in range(runs + 1):
        with tempfile.TemporaryDirectory() as folder:
            started = time.perf_counter()
            subprocess.run(
                [sys.executable, "-c", code, *arguments],
                cwd=folder,
                check=True,
                stdout=subprocess.DEVNULL,
            )
            taken.append(time.perf_counter() - started)
    return taken[1:]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    for name, (arguments, aim) in COMMANDS.items():
        taken = seconds(arguments, options.runs)
        print(
            f"{name:<10} median {statistics.median(taken):6.2f} s   "
            f"{min(taken):.2f} to {max(taken):.2f}   aim under {aim:g}"
        )


if __name__ == "__main__":
    main()
