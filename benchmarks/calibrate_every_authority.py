"""Import and calibrate every authority, run the overlay, and hold its plans to the forecast's.

    python benchmarks/calibrate_every_authority.py [--data ../shared/data] [--draws 256] [--year 2023]

Prints each that fails with its message, then how far medians are apart and how wide ranges are against
the forecast's, over authorities and Januaries. Ends with 1 if any failed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from model.checks import all_passed, check_results  # noqa: E402
from model.history.read_history import read_history  # noqa: E402
from model.importing.evidence import gather  # noqa: E402
from model.importing.money import Money  # noqa: E402
from model.importing.notes import notes_text  # noqa: E402
from model.importing.published import read_everything  # noqa: E402
from model.importing.starter import starter_of  # noqa: E402
from model.overlay.agreement import agreement  # noqa: E402
from model.overlay.calibrating import calibrate  # noqa: E402
from model.report.calibration.overlay_text import overlay_text  # noqa: E402
from model.report.starter_scenario import write_starter_scenario  # noqa: E402
from model.run import run  # noqa: E402
from model.scenario.load import load  # noqa: E402
from model.scenario.problems import ScenarioError  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--draws", type=int, default=256)
    parser.add_argument("--year", type=int)
    options = parser.parse_args()
    read, _ = read_everything([options.data], {})
    plans_only = replace(read, money=Money())
    history = read_history(options.data)
    apart, widths, failed, none = {}, [], 0, 0
    started = time.perf_counter()
    for name in map(str, read.history.names):
        try:
            starter = starter_of(gather(plans_only, authority=name, first_year=options.year))
        except ScenarioError:
            none += 1
            continue
        with tempfile.TemporaryDirectory() as folder:
            try:
                path = write_starter_scenario(
                    starter, notes_text(starter, ["files"]), Path(folder) / "it", force=False
                )
                loaded = load(path)
                found = calibrate(loaded, history, draws=500)
                overlay = path.with_name("calibrated.yaml")
                overlay.write_text(
                    overlay_text(loaded, found, path.name, "today"), encoding="utf-8"
                )
                results = run(load(overlay), draws=options.draws, jobs=2)
                if not all_passed(check_results(results)):
                    raise ValueError("an identity does not hold")
                agreed = agreement(results, found.targets)
            except Exception as error:
                failed += 1
                print(f"{name}: {error}", flush=True)
                continue
        apart[name] = 100 * agreed.worst_middle
        widths.append(agreed.widths)
        if apart[name] > 3:
            print(f"{name}: medians up to {apart[name]:.1f} % apart", flush=True)
    low, middle, high = np.quantile(list(apart.values()), [0.5, 0.9, 1.0])
    print(f"{len(apart)} authorities, {failed} failed, {none} without plans at that January")
    print(
        f"worst January's medians apart: half within {low:.1f} %, nine in ten within {middle:.1f} %, all {high:.1f} %"
    )
    print(
        "width of the 80 % range over the forecast's, 10 50 90 %:",
        np.quantile(np.concatenate(widths), [0.1, 0.5, 0.9]).round(2),
    )
    print(f"{time.perf_counter() - started:.0f} seconds")
    return int(failed > 0)


if __name__ == "__main__":
    raise SystemExit(main())
