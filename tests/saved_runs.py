"""Small finished runs in folders, as `hn-forecast run` writes them."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from model.report.run_folder import Asked
from model.report.write_run import write_run
from model.run import run
from model.scenario.load import load
from model.studies import Studies

CREATED = datetime(2025, 6, 30, 9, tzinfo=UTC)


def save_run(
    scenario: Path, folder: Path, *, draws: int = 8, seed: int | None = None, chance: bool = True
) -> Path:
    """Run a scenario without studies and write its folder."""
    loaded = load(scenario)
    results = run(loaded, draws=draws, seed=seed, chance=chance)
    asked = Asked(CREATED, "hn-forecast run", scenario.name, loaded.hashes)
    write_run(folder, results, loaded, Studies(), asked, jobs=1, seconds={}, force=False)
    return folder


def edited(scenario: Path, folder: Path, changes: Mapping[str, str]) -> Path:
    """A copy of a scenario and its tables in `folder` with parts of its text replaced, each there once."""
    folder.mkdir()
    text = scenario.read_text(encoding="utf-8")
    for old, new in changes.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    for table in scenario.parent.glob("*.csv"):
        shutil.copyfile(table, folder / table.name)
    copy = folder / scenario.name
    copy.write_text(text, encoding="utf-8")
    return copy
