"""Read a run folder back: its manifest, its scenario and its tables."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from model.report.run_folder import FolderError
from model.scenario.effective import NAME as EFFECTIVE
from model.scenario.load import LoadedScenario, load
from model.version import RESULTS_VERSION

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class SavedRun:
    """A run as its folder holds it.

    `manifest`: what was written about the run. Tables are described in docs/results.md; money is
    pounds, a deficit positive.
    """

    folder: Path
    manifest: dict[str, Any]

    @property
    def run_id(self) -> str:
        """The id that equal runs share."""
        return str(self.manifest["run_id"])

    @cached_property
    def loaded(self) -> LoadedScenario:
        """The scenario as it was run. Raises ScenarioError where this version cannot read it."""
        return load(self.folder / EFFECTIVE)

    @cached_property
    def results(self) -> pd.DataFrame:
        """Every statistic of every series."""
        return self.table("results")

    @cached_property
    def draws(self) -> pd.DataFrame:
        """The account, lines and prices of every draw."""
        return self.table("draws")

    @cached_property
    def unmitigated_draws(self) -> pd.DataFrame | None:
        """The same draws without mitigations; None where the run holds none."""
        name = "draws_unmitigated"
        return self.table(name) if (self.folder / f"{name}.parquet").is_file() else None

    def table(self, name: str) -> pd.DataFrame:
        """A table of the folder. Raises FolderError when it is missing or cannot be read."""
        path = self.folder / f"{name}.parquet"
        try:
            return pd.read_parquet(path)
        except (OSError, ValueError) as error:
            raise FolderError(f"{path} cannot be read ({error}); run the scenario again") from None

    def altered(self) -> dict[str, str]:
        """Files that are not as the run wrote them: name -> changed, missing or added."""
        written: dict[str, str] = self.manifest["files_sha256"]
        found = {}
        for name, digest in written.items():
            path = self.folder / name
            if not path.is_file():
                found[name] = "missing"
            elif hashlib.sha256(path.read_bytes()).hexdigest() != digest:
                found[name] = "changed"
        return found


def read_run(folder: Path) -> SavedRun:
    """The run in `folder`.

    Raises FolderError when it is not the folder of a run, or of a version whose tables differ.
    """
    path = folder / MANIFEST
    if not path.is_file():
        what = "is not the folder of a run: it has no manifest.json" if folder.is_dir() else (
            "does not exist"
        )  # fmt: skip
        raise FolderError(f"{folder} {what}; give a folder that `hn-forecast run` has made")
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        version, known = manifest["results_version"], {"run_id", "files_sha256", "created"}
        missing = known - set(manifest)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise FolderError(f"{path} cannot be read ({error}); run the scenario again") from None
    if missing:
        raise FolderError(f"{path} has no {', '.join(sorted(missing))}; run the scenario again")
    if version != RESULTS_VERSION:
        raise FolderError(
            f"{folder} has tables of version {version}, this program reads {RESULTS_VERSION}; run the "
            "scenario again"
        )
    return SavedRun(folder, manifest)
