"""The one place that knows where the bundled data and scenarios are.

In a checkout they are the top-level folders `data/` and `scenarios/`; in an installed wheel they
travel inside the package, so that nothing else lands beside it.
"""

from __future__ import annotations

import csv
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]


def bundled(folder: str) -> Path:
    """The folder `data` or `scenarios`. Raises FileNotFoundError when the install is broken."""
    for candidate in (_PACKAGE / "_bundled" / folder, _PACKAGE.parent / folder):
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError(f"the bundled folder '{folder}' is missing; install hn-forecast again")


def scenario_file(path: Path) -> Path:
    """The file itself, or the bundled scenario of its name where there is no such file."""
    if path.is_dir() and (path / "scenario.yaml").is_file():
        return path / "scenario.yaml"
    if path.is_dir() and path.with_name(f"{path.name}.yaml").is_file():
        return path.with_name(f"{path.name}.yaml")
    if path.exists() or path.parent.name not in ("", "scenarios"):
        return path
    folder = bundled("scenarios")
    for candidate in (
        folder / path.name,
        folder / f"{path.name}.yaml",
        folder / path.name / "scenario.yaml",
    ):
        if candidate.is_file():
            return candidate
    return path


def read_csv_rows(name: str) -> list[dict[str, str]]:
    """Rows of a bundled CSV file under `data/`; lines that start with # are comments."""
    with (bundled("data") / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))
