"""Import, validate and run a starter scenario for every authority in the public data.

    python benchmarks/import_every_authority.py [--data ../shared/data] [--draws 64] [--years 2021,2023]

Each authority at its latest January and at the years given, with money files and without. Prints each that
fails with its message, then how many of each kind held and how long they took. Ends with 1 if any failed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from model.checks import all_passed, check_results  # noqa: E402
from model.importing.evidence import gather  # noqa: E402
from model.importing.money import Money  # noqa: E402
from model.importing.notes import notes_text  # noqa: E402
from model.importing.published import read_everything  # noqa: E402
from model.importing.starter import starter_of  # noqa: E402
from model.report.starter_scenario import write_starter_scenario  # noqa: E402
from model.run import run  # noqa: E402
from model.scenario.load import load  # noqa: E402
from model.scenario.problems import ScenarioError  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--draws", type=int, default=64)
    parser.add_argument("--years", default="2021,2022")
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    read, _ = read_everything([options.data], {})
    years = [None, *(int(year) for year in options.years.split(",") if year)]
    counts: Counter[str] = Counter()
    started = time.perf_counter()
    for name in map(str, read.history.names):
        if options.only and options.only not in name:
            continue
        for year in years:
            for money in (True, False):
                given = read if money else replace(read, money=Money())
                kind = f"{year or 'latest'}, {'with' if money else 'without'} money"
                try:
                    starter = starter_of(gather(given, authority=name, first_year=year))
                except ScenarioError as error:
                    counts[f"{kind}: no plans then"] += 1
                    if year is None:
                        print(f"{name} {kind}: {error}", flush=True)
                    continue
                with tempfile.TemporaryDirectory() as folder:
                    try:
                        path = write_starter_scenario(
                            starter,
                            notes_text(starter, ["files"]),
                            Path(folder) / "it",
                            force=False,
                        )
                        loaded = load(path)
                        if options.draws:
                            results = run(loaded, draws=options.draws, jobs=2)
                            checks = check_results(results)
                            if not all_passed(checks):
                                raise ValueError([check for check in checks if not check.passed])
                        counts[f"{kind}: done"] += 1
                    except Exception as error:
                        counts[f"{kind}: FAILED"] += 1
                        print(f"{name} {kind}: {error}", flush=True)
    for kind, count in sorted(counts.items()):
        print(f"{kind}: {count}")
    print(f"{time.perf_counter() - started:.0f} seconds")
    return int(any("FAILED" in kind for kind in counts))


if __name__ == "__main__":
    sys.exit(main())
