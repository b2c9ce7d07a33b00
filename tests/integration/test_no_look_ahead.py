"""A backtest stands at a January and reads nothing later: not the files, not the tables that ship.

Held bit for bit: the forecasts from an origin are the same when every later figure is poisoned in
memory, when the files themselves end at the origin, and when every bundled table of rates or policy
is poisoned.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from model.backtest.plans import backtest_plans, our_forecasts
from model.history.history import History
from model.history.read_history import read_history

pytestmark = pytest.mark.integration

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"
ORIGINS = (2019, 2021, 2023)
QUICK = (
    "naive",
    "last_growth",
    "growth_3_years",
    "national_growth",
    "average_national_own_3_years",
)


@pytest.fixture(scope="module")
def history() -> History:
    return read_history(DATA)


def poisoned(table: pd.DataFrame, origin: int) -> pd.DataFrame:
    """Every January after the origin nonsense: half of them missing, half a thousand million."""
    poison = {column: np.nan if column % 2 else 1e9 for column in table if column > origin}
    return (
        table.assign(**{str(column): value for column, value in poison.items()})
        .rename(columns=int)
        .pipe(lambda wide: wide.loc[:, ~wide.columns.duplicated(keep="last")])
    )


def poisoned_history(history: History, origin: int) -> History:
    return replace(
        history,
        series={name: poisoned(table, origin) for name, table in history.series.items()},
        age_groups={name: poisoned(table, origin) for name, table in history.age_groups.items()},
        setting_groups={
            name: poisoned(table, origin) for name, table in history.setting_groups.items()
        },
    )


@pytest.mark.parametrize("origin", ORIGINS)
def test_poisoned_later_januaries_change_no_bit(history: History, origin: int):
    """All measures, all draws. The poison is real: what is known a year later does change."""
    poison = poisoned_history(history, origin)
    assert (poison.series["plans"].loc["Barnet"] >= 1e9).any()
    found = our_forecasts(poison.known_at(origin), 3, 100, 1)
    for name, values in our_forecasts(history.known_at(origin), 3, 100, 1).items():
        assert values.tobytes() == found[name].tobytes()


def test_the_whole_backtest_reads_later_januaries_only_as_what_came(history: History):
    """Forecasts and quantiles of every method, ours and the simple ones, are the same."""
    origin = 2021
    honest = backtest_plans(history, [origin], [1, 2], draws=100, seed=1, methods=QUICK)
    later = {
        name: table.where(table.isna() | (np.array(table.columns) <= origin), table * 3 + 7)
        for name, table in history.series.items()
    }
    lied = backtest_plans(
        replace(history, series=later), [origin], [1, 2], draws=100, seed=1, methods=QUICK
    )
    keys = ["authority", "origin", "horizon", "measure", "method"]
    both = honest.merge(lied, on=keys, suffixes=("", "_lied"))
    totals = both[both.measure.isin(["plans", "new_plans"])]
    assert len(totals) > 1000
    assert (totals.actual != totals.actual_lied).all()
    for column in ("forecast", "q025", "q10", "q90", "q975"):
        assert (both[column] == both[f"{column}_lied"]).all()


def cut_files(folder: Path, origin: int) -> None:
    """The department's files as they would be with every later row left out."""
    for path in sorted(DATA.rglob("*.csv*")):
        relative = path.relative_to(DATA)
        if relative.parts[0] == "population":
            continue
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
        table = table[january_of(table, relative.name) <= origin]
        if table.empty:
            continue
        target = folder / relative
        target.parent.mkdir(parents=True, exist_ok=True)
        text = table.to_csv(index=False)
        data = gzip.compress(text.encode(), 1) if path.suffix == ".gz" else text.encode()
        target.write_bytes(data)


def january_of(table: pd.DataFrame, name: str) -> pd.Series:
    """The January at which each row was known, by whatever column says it."""
    if "time_period" in table:
        period = table.time_period.str
        if "characteristic_age" in table:
            return table.time_period.astype(int)
        stock = table.time_identifier.eq("Academic year")
        return (period[:2] + period[4:6]).where(stock, period[:4]).astype(int) + (~stock).astype(
            int
        )
    for column, pattern in (
        ("date", r"(\d{4})$"),
        ("jan_year", r"(\d{4})"),
        ("year", r"(\d{4})"),
        ("financial_year", r"(\d{4})"),
    ):
        if column in table:
            return table[column].str.extract(pattern)[0].astype(int)
    assert re.search("s251", name), name
    return pd.Series(2022, index=table.index)


def test_files_that_end_at_the_origin_give_the_same_forecasts(history: History, tmp_path: Path):
    """No number of a later row reaches the forecast by way of reading, repairing or joining files."""
    origin = 2021
    cut_files(tmp_path, origin)
    cut = read_history(tmp_path)
    assert cut.januaries[-1] == origin
    names = [name for name in cut.names if history.authorities.unchanged[name]]
    whole = history.select(names).known_at(origin)
    ours = our_forecasts(cut.select(names).known_at(origin), 3, 100, 1)
    for name, values in our_forecasts(whole, 3, 100, 1).items():
        assert values.tobytes() == ours[name].tobytes(), name


FINGERPRINT = """
import hashlib, json, sys
from pathlib import Path
from model.backtest.plans import our_forecasts
from model.history.read_history import read_history
known = read_history(Path(sys.argv[1])).known_at(2022)
found = our_forecasts(known, 2, 100, 1)
print(json.dumps({name: hashlib.sha256(values.tobytes()).hexdigest() for name, values in found.items()}))
"""


def fingerprint(root: Path) -> dict[str, str]:
    result = subprocess.run(
        [sys.executable, "-c", FINGERPRINT, str(DATA)], cwd=root, check=True, capture_output=True,
        text=True, env={**os.environ, "PYTHONPATH": str(root), "NUMBA_CACHE_DIR": str(root / "cache")},
    )  # fmt: skip
    found: dict[str, str] = json.loads(result.stdout)
    return found


def test_no_bundled_table_of_rates_or_policy_is_used(tmp_path: Path):
    """`data/national` and `data/policy` poisoned: every number 1e6 times what it was, no row left as it is."""
    for name in ("model", "data"):
        shutil.copytree(
            ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "build")
        )
    touched = 0
    for path in (tmp_path / "data" / "national").glob("*.csv"):
        text = path.read_text(encoding="utf-8")
        lines = [
            line if line.startswith("#") else re.sub(r"\b0?\.\d+|\b\d{2,}\.\d+", "987654.5", line)
            for line in text.splitlines()
        ]
        touched += text.splitlines() != lines
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    for path in (tmp_path / "data" / "policy").glob("*.yaml"):
        path.write_text(
            re.sub(r"value: *[\d.]+", "value: 0.987", path.read_text(encoding="utf-8")),
            encoding="utf-8",
        )
    assert touched >= 6
    assert fingerprint(tmp_path) == fingerprint(ROOT)
