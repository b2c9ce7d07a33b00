"""Read a run folder back: its manifest, its scenario and its tables."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

import pandas as pd
from pyarrow import ArrowException

from model.report.run_folder import MANIFEST, SIGN_OFF, FolderError
from model.scenario.effective import NAME as EFFECTIVE
from model.scenario.load import LoadedScenario, load
from model.version import RESULTS_VERSION

_LEFT = {".DS_Store", "Thumbs.db", "desktop.ini"}
"""Names of what others leave in a folder that was only looked at."""


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
        if not path.is_file():
            raise FolderError(f"{path} is missing; run the scenario again")
        try:
            return pd.read_parquet(path)
        except (OSError, ValueError, ArrowException) as error:
            raise FolderError(f"{path} cannot be read ({error}); run the scenario again") from None

    def altered(self) -> dict[str, str]:
        """Files that are not as the run wrote them: name -> changed, missing or added.

        A sign-off is no file of the run, nor is what file managers and spreadsheet programs leave
        (`left_by_others`). Raises FolderError where a file cannot be read.
        """
        written: dict[str, str] = self.manifest["files_sha256"]
        found = {}
        try:
            for name, digest in written.items():
                path = self.folder / name
                if not path.is_file():
                    found[name] = "missing"
                elif path.is_symlink() or sha256(path) != digest:
                    # What a link leads to may change after it was looked at.
                    found[name] = "changed"
            known = {*written, MANIFEST, SIGN_OFF}
            for path in sorted(self.folder.rglob("*")):
                name = path.relative_to(self.folder).as_posix()
                is_file = path.is_symlink() or not path.is_dir()
                if is_file and name not in known and not left_by_others(path):
                    found[name] = "added"
        except OSError as error:
            raise FolderError(f"{error.filename or self.folder}: {error.strerror}") from None
        return found


def left_by_others(path: Path) -> bool:
    """Whether a file is one that a file manager, a spreadsheet program or a lock leaves by itself."""
    return path.name in _LEFT or path.name.startswith((".~lock.", "~$", ".hn-forecast"))


def sha256(path: Path) -> str:
    """SHA-256 of a file. Raises OSError."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read_run(folder: Path) -> SavedRun:
    """The run in `folder`.

    Raises FolderError when it is not the folder of a run, or of a version whose tables differ.
    """
    path = folder / MANIFEST
    try:
        is_run = path.is_file()
    except OSError as error:
        raise FolderError(f"{folder} cannot be read: {error.strerror}") from None
    if not is_run:
        if folder.is_file():
            what = "is a file, not the folder of a run"
        elif folder.is_dir():
            what = "is not the folder of a run: it has no manifest.json"
        else:
            what = "does not exist"
        raise FolderError(f"{folder} {what}; give a folder that `hn-forecast run` has made")
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise FolderError(f"{path} cannot be read ({error}); run the scenario again") from None
    if not isinstance(manifest, dict):
        raise FolderError(f"{path} is not the manifest of a run; run the scenario again")
    missing = {"run_id", "files_sha256", "created", "results_version"} - set(manifest)
    if missing:
        raise FolderError(f"{path} has no {', '.join(sorted(missing))}; run the scenario again")
    version = manifest["results_version"]
    if not _names_inside(manifest["files_sha256"]):
        raise FolderError(f"{path} names files that cannot be its run's; run the scenario again")
    if version != RESULTS_VERSION:
        raise FolderError(
            f"{folder} has tables of version {version}, this program reads {RESULTS_VERSION}; run the "
            "scenario again"
        )
    return SavedRun(folder, manifest)


def _names_inside(files: object) -> bool:
    """Whether `files` maps names that stay inside a folder to text."""
    return isinstance(files, dict) and all(
        isinstance(digest, str)
        and name
        and not PurePosixPath(name).is_absolute()
        and not PureWindowsPath(name).drive
        and ".." not in PureWindowsPath(name).parts
        and "\0" not in name
        for name, digest in files.items()
    )
