"""Make the invented authority's population table and opening margins from a seed.

Run as `python data/build/demoshire.py`: writes `scenarios/demoshire/population.csv` and prints the
margins that stand in `scenarios/demoshire/scenario.yaml`. Nothing here describes a real place: the
sizes are drawn around a smooth curve, the margins around national shares.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from model.reference.codes import AGE_GROUPS, NEEDS, SETTINGS, age_group_of  # noqa: E402
from model.reference.national import national_rates  # noqa: E402

SEED = 20250117
PLANS = 2400
YEARS = range(2023, 2033)
BIRTHS_A_YEAR = 3000


def main() -> None:
    generator = np.random.default_rng(SEED)
    births = {
        year: BIRTHS_A_YEAR * (1 - 0.006 * (year - 2000)) * generator.normal(1, 0.02)
        for year in range(YEARS[0] - 25, YEARS[-1] + 1)
    }
    path = ROOT / "scenarios" / "demoshire" / "population.csv"
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write("# Demoshire, an invented authority: persons by single year of age, mid-year.\n")
        file.write(
            f"# Made by data/build/demoshire.py from seed {SEED}. Not data about any place.\n"
        )
        file.write("year,age,persons\n")
        for year in YEARS:
            for age in range(26):
                file.write(f"{year},{age},{births[year - age] * (1 + 0.002 * age):.0f}\n")
    national = national_rates()
    cells = national.stock_share[:, :, None] * national.stock_need_share
    counts = generator.multinomial(PLANS, (cells / cells.sum()).ravel()).reshape(cells.shape)
    groups: Counter[str] = Counter()
    for age, plans in enumerate(counts.sum(axis=(1, 2))):
        groups[AGE_GROUPS[age_group_of(age)]] += int(plans)
    print("age_groups:", dict(groups))
    print("settings:", dict(zip(SETTINGS, counts.sum(axis=(0, 2)).tolist(), strict=True)))
    print("needs:", dict(zip(NEEDS, counts.sum(axis=(0, 1)).tolist(), strict=True)))


if __name__ == "__main__":
    main()
