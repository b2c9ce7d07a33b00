"""The folder of a run: written whole or not at all, never over somebody's work.

Everything is written to a folder beside the target and moved there in one step. An existing
folder is refused; with `force` the two are swapped, so that if a file of the old one is open
nothing is lost on either side.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from model.checks import all_passed, check_results
from model.reference.bundled import bundled
from model.report.headline import headline_json
from model.results import Results
from model.version import RESULTS_VERSION, __version__

PACKAGES = ("numpy", "pandas", "scipy", "numba", "llvmlite", "pyarrow", "xarray", "xlsxwriter", "pydantic", "ruamel.yaml")  # fmt: skip
"""Packages whose versions can change a result; all are in the manifest."""


class FolderError(Exception):
    """A run folder that cannot be written; the message says what to do."""


def default_folder(root: Path, name: str, created: datetime, run_id: str) -> Path:
    """`runs/<scenario>-<time>-<id>`: a new folder for each run."""
    stamp = created.strftime("%Y%m%d-%H%M%S")
    folder = root / "runs" / f"{name}-{stamp}-{run_id[:6]}"
    number = 2
    while folder.exists():
        folder = folder.with_name(f"{name}-{stamp}-{run_id[:6]}-{number}")
        number += 1
    return folder


def run_id(results: Results, effective: str, tables: dict[str, str]) -> str:
    """Equal ids mean equal figures: the same scenario, tables, seed, draws, program and libraries.

    `tables` maps the name of each table the scenario reads to its SHA-256.
    """
    parts = (
        effective,
        sorted(tables.items()),
        results.seed,
        results.draw_count,
        results.chance,
        program_hash(),
        sorted(versions().items()),
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]


@cache
def program_hash() -> str:
    """SHA-256 of the model's code and bundled data, which make the figures with the scenario."""
    package = Path(__file__).resolve().parents[1]
    data = bundled("data")
    files = [path for path in package.rglob("*.py") if "_bundled" not in path.parts]
    named = [(path.relative_to(package).as_posix(), path) for path in files]
    for folder in ("national", "policy", "reference"):
        named += [(f"data/{folder}/{path.name}", path) for path in (data / folder).iterdir()]
    digest = hashlib.sha256()
    for name, path in sorted(named):
        digest.update(name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def refuse_existing(folder: Path, *, force: bool) -> None:
    """Raises FolderError, before any work, when the folder may not be written."""
    if folder.exists() and not folder.is_dir():
        raise FolderError(f"{folder} is a file; give a folder with --out")
    if folder.exists() and any(folder.iterdir()) and not force:
        raise FolderError(
            f"the folder {folder} exists already; choose another name, or, for a run, give --force "
            "to replace it"
        )
    if folder.exists() and any(folder.iterdir()) and not (folder / "manifest.json").is_file():
        raise FolderError(
            f"{folder} is not the folder of a run (it has no manifest.json), so --force does not "
            "replace it; choose another with --out"
        )
    parent = folder.resolve().parent
    existing = next(path for path in (parent, *parent.parents) if path.exists())
    if not existing.is_dir() or not os.access(existing, os.W_OK):
        raise FolderError(f"{existing} cannot be written to; choose another place with --out")


def write_folder(folder: Path, write: Callable[[Path], None], *, force: bool) -> None:
    """Fill a new folder with `write` and put it in place in one step.

    Raises FolderError naming the file when one of the old folder's files is open, or the disk is
    full; the old folder is then as it was.
    """
    folder = folder.resolve()
    refuse_existing(folder, force=force)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        partial.chmod(0o755)
    except OSError as error:
        raise FolderError(f"cannot write in {folder.parent}: {error.strerror}") from None
    try:
        write(partial)
        _put_in_place(partial, folder)
    except OSError as error:
        what = error.filename or folder
        raise FolderError(f"the run could not be written: {what}: {error.strerror}") from None
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _put_in_place(partial: Path, folder: Path) -> None:
    if not folder.exists():
        os.replace(partial, folder)
        return
    if not any(folder.iterdir()):
        folder.rmdir()
        os.replace(partial, folder)
        return
    _refuse_open_files(folder)
    aside = folder.with_name(f".{folder.name}-old-{os.getpid()}")
    os.replace(folder, aside)
    try:
        os.replace(partial, folder)
    except OSError:
        os.replace(aside, folder)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def _refuse_open_files(folder: Path) -> None:
    """Spreadsheet programs leave a lock file beside an open workbook, and Windows locks it."""
    for path in sorted(folder.iterdir()):
        if path.name.startswith((".~lock.", "~$")):
            name = path.name.removeprefix(".~lock.").removeprefix("~$").removesuffix("#")
            raise FolderError(
                f"{folder / name} is open in a spreadsheet program; close it and run again, or "
                "choose another folder with --out"
            )
        if path.suffix == ".xlsx":
            try:
                with path.open("r+b"):
                    pass
            except PermissionError:
                raise FolderError(
                    f"{path} is open or read-only; close it and run again, or choose another "
                    "folder with --out"
                ) from None


def manifest(
    results: Results,
    *,
    identity: str,
    created: datetime,
    command: str,
    scenario_file: str,
    hashes: dict[str, str],
    jobs: int,
    seconds: dict[str, float],
) -> dict[str, Any]:
    """What an auditor needs to run it again, and the result of every check."""
    checks = check_results(results)
    return {
        "run_id": identity,
        "created": created.isoformat(timespec="seconds"),
        "version": __version__,
        "program_sha256": program_hash(),
        "results_version": RESULTS_VERSION,
        "scenario": results.scenario.name,
        "scenario_file": scenario_file,
        "inputs_sha256": hashes,
        "seed": results.seed,
        "draws": results.draw_count,
        "chance": results.chance,
        "jobs": jobs,
        "command": command,
        "python": platform.python_version(),
        "packages": versions(),
        "platform": {
            "system": platform.system(),
            "machine": platform.machine(),
            "cpu": _cpu(),
        },
        "seconds": {name: round(value, 3) for name, value in seconds.items()},
        "checks_passed": all_passed(checks),
        "checks": [{**asdict(check), "passed": check.passed} for check in checks],
        "headline": headline_json(results),
    }


def versions() -> dict[str, str]:
    """Installed versions of the packages that can change a result."""
    return {name: metadata.version(name) for name in PACKAGES}


def _cpu() -> str:
    from llvmlite import binding

    return str(binding.get_host_cpu_name())


def file_hashes(folder: Path) -> dict[str, str]:
    """SHA-256 of every file in a folder."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def write_json(path: Path, data: Any) -> None:
    """Data as readable JSON with a line end."""
    path.write_text(json.dumps(data, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def now() -> datetime:
    """The time of a run, in UTC to the second; SOURCE_DATE_EPOCH fixes it for reproducible runs."""
    fixed = os.environ.get("SOURCE_DATE_EPOCH")
    moment = datetime.fromtimestamp(int(fixed), UTC) if fixed else datetime.now(UTC)
    return moment.replace(microsecond=0)


def command_line() -> str:
    """The command as given, without the folder the program lies in."""
    return " ".join(["hn-forecast", *sys.argv[1:]])
