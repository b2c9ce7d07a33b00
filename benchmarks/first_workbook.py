"""How long two commands take from the department's files to a first workbook.

    python benchmarks/first_workbook.py [--data ../shared/data] [--authority NAME] [--first-year 2023-24]

Wall and processor seconds of `import sen2` and of `run --draws 1000 --study-draws 0`, as processes of their own.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--authority", default="Cheshire West and Chester")
    parser.add_argument("--first-year", default="2023-24")
    options = parser.parse_args()
    made = [str(options.data.resolve()), "--authority", options.authority]
    steps = {
        "import sen2": [
            "import", "sen2", *made, "--first-year", options.first_year, "--out", "starter",
        ],
        "run": ["run", "starter/scenario.yaml", "--draws", "1000", "--study-draws", "0"],
    }  # fmt: skip
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from cli import main; main()"
    with tempfile.TemporaryDirectory() as folder:
        for name, arguments in steps.items():
            started, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run(
                [sys.executable, "-c", code, *arguments],
                cwd=folder,
                check=True,
                stdout=subprocess.DEVNULL,
            )
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            wall = time.perf_counter() - started
            print(f"{name:12s} {wall:6.1f} s wall, {spent:6.1f} s of processors", flush=True)


if __name__ == "__main__":
    main()
