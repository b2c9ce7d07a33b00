"""What came of starter scenarios: their plans one and two years on against what was published since.

    python benchmarks/starter_outcomes.py [--data ../shared/data] [--first-year 2023] [--draws 64]

Every authority with the same boundaries whose later Januaries are in the data and no known fault. Nothing is fitted to it; a calibrated overlay is
scored by the backtest.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from model.history.known_faults import has_fault  # noqa: E402
from model.importing.evidence import gather  # noqa: E402
from model.importing.published import read_everything  # noqa: E402
from model.importing.starter import starter_of  # noqa: E402
from model.report.starter_scenario import write_starter_scenario  # noqa: E402
from model.report.tables import results_table  # noqa: E402
from model.run import run  # noqa: E402
from model.scenario.load import load  # noqa: E402

QUANTILES = ("p10", "p50", "p90")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--first-year", type=int, default=2023)
    parser.add_argument("--draws", type=int, default=64)
    options = parser.parse_args()
    read, _ = read_everything([options.data], {})
    plans = read.history.series["plans"]
    later = [options.first_year + 1, options.first_year + 2]
    names = [
        str(name)
        for name in read.history.names
        if plans.loc[name, later].notna().all()
        and read.history.authorities.unchanged[name]
        and not any(has_fault(str(name), "", year, "stock") for year in later)
    ]
    errors, inside = [], []
    for name in names:
        starter = starter_of(gather(read, authority=name, first_year=options.first_year))
        with tempfile.TemporaryDirectory() as folder:
            path = write_starter_scenario(starter, "", Path(folder) / "it", force=False)
            table = results_table(run(load(path), draws=options.draws, jobs=2))
        whole = table[(table.measure == "plans") & (table.setting == "") & (table.age_group == "")]
        whole = whole[(whole.need == "") & whole.month.isin([f"{year}-01" for year in later])]
        found = whole.pivot_table(index="month", columns="statistic", values="value")[
            list(QUANTILES)
        ]
        actual = plans.loc[name, later].to_numpy()
        low, median, high = found.to_numpy().T
        errors.append(np.expm1(np.log(median / actual)) * 100)
        inside.append((low <= actual) & (actual <= high))
        print(name, *actual, *median.round(), *errors[-1].round(1), flush=True)
    table = np.array(errors)
    print(f"{len(names)} authorities, one and two years on, per cent")
    print("mean absolute error  ", np.abs(table).mean(axis=0).round(2))
    print("median absolute error", np.median(np.abs(table), axis=0).round(2))
    print("bias                 ", table.mean(axis=0).round(2))
    print("inside p10 to p90    ", (100 * np.mean(inside, axis=0)).round())


if __name__ == "__main__":
    main()
