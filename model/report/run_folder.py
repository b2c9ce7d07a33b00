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
import zlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from model.checks import all_passed, check_results
from model.reference.bundled import bundled
from model.report.headline import headline_json
from model.report.hidden import aside_folder, partial_folder, tidy
from model.report.lock import Locked, locked
from model.results import Results
from model.version import RESULTS_VERSION, __version__

PACKAGES = ("numpy", "pandas", "scipy", "numba", "llvmlite", "pyarrow", "xarray", "xlsxwriter", "pydantic", "ruamel.yaml")  # fmt: skip
"""Packages whose versions can change a result; all are in the manifest."""

MANIFEST = "manifest.json"
SIGN_OFF = "sign-off.json"
"""Who has signed the run: written by `sign`, beside the files of the run and none of them."""

LOCK_PATIENCE = 5.0
"""Seconds to wait for another command that writes in the folder."""


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


@dataclass(frozen=True)
class Standing:
    """The run that stands in a folder, told from any other that comes to stand there."""

    file: int
    modified: int


def standing(folder: Path) -> Standing | None:
    """What stands in `folder`; None where there is no manifest."""
    try:
        found = (folder / MANIFEST).stat()
    except OSError:
        return None
    return Standing(found.st_ino, found.st_mtime_ns)


def refuse_existing(folder: Path, *, force: bool) -> Standing | None:
    """What `force` would replace, None for nothing. See `write_folder` for what it is good for.

    Raises FolderError, before any work, when the folder may not be written. A signed run is never
    replaced.
    """
    try:
        tidy(folder.resolve().parent)
        _refuse(folder, force=force)
    except OSError as error:
        raise FolderError(f"{folder} cannot be written: {error.strerror}") from None
    return standing(folder)


def _refuse(folder: Path, *, force: bool) -> None:
    if folder.exists() and not folder.is_dir():
        raise FolderError(f"{folder} is a file; give a folder with --out")
    filled = folder.exists() and any(folder.iterdir())
    if filled and not force:
        raise FolderError(
            f"the folder {folder} exists already; choose another name, or, for a run, give --force "
            "to replace it"
        )
    if filled and not (folder / MANIFEST).is_file():
        raise FolderError(
            f"{folder} is not the folder of a run (it has no manifest.json), so --force does not "
            "replace it; choose another with --out"
        )
    refuse_signed(folder)
    parent = folder.resolve().parent
    existing = next(path for path in (parent, *parent.parents) if path.exists())
    if not existing.is_dir() or not os.access(existing, os.W_OK):
        raise FolderError(f"{existing} cannot be written to; choose another place with --out")


def refuse_signed(folder: Path, shown: Path | None = None) -> None:
    """Raise FolderError where `folder`, called `shown` in the message, holds a sign-off."""
    if os.path.lexists(folder / SIGN_OFF):
        raise FolderError(
            f"{shown or folder} is signed (it has a {SIGN_OFF}), and a signed run is never replaced; "
            "choose another folder with --out"
        )


def write_folder(
    folder: Path,
    write: Callable[[Path], None],
    *,
    force: bool,
    seen: Standing | None = None,
) -> None:
    """Fill a new folder with `write` and put it in place in one step.

    `seen`: what stood there before the work began; with it, `force` replaces that and nothing that
    another run has put there meanwhile.
    Raises FolderError naming the file when one of the old folder's files is open, the old folder is
    signed or another run was faster, or the disk is full; the old folder is then as it was.
    """
    folder = folder.resolve()
    if seen is not None and standing(folder) not in (None, seen):
        raise FolderError(_overtaken(folder))
    refuse_existing(folder, force=force)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        partial = partial_folder(folder)
    except OSError as error:
        raise FolderError(f"cannot write in {folder.parent}: {error.strerror}") from None
    try:
        write(partial)
        _put_in_place(partial, folder, seen, force=force)
    except Locked as error:
        raise FolderError(str(error)) from None
    except OSError as error:
        what, why = error.filename or folder, error.strerror or error
        raise FolderError(f"the run could not be written: {what}: {why}") from None
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _overtaken(folder: Path) -> str:
    return (
        f"another run was written to {folder} while this one was under way; nothing of it was "
        "changed. Choose another folder with --out"
    )


def _put_in_place(partial: Path, folder: Path, seen: Standing | None, *, force: bool) -> None:
    if not folder.exists() or not any(folder.iterdir()):
        try:
            if folder.exists():
                folder.rmdir()
            os.replace(partial, folder)
        except OSError:
            if standing(folder) is not None:
                raise FolderError(_overtaken(folder)) from None
            raise
        return
    if not force:
        raise FolderError(_overtaken(folder))
    with locked(folder, patience=LOCK_PATIENCE):
        # Only now can nobody sign it or put another in its place.
        refuse_signed(folder)
        if seen is not None and standing(folder) != seen:
            raise FolderError(_overtaken(folder))
        _refuse_open_files(folder)
        aside = aside_folder(folder)
        try:
            os.replace(folder, aside)
            os.replace(partial, folder)
        finally:
            # Whatever came between, an interruption too, something whole stands there.
            if not folder.exists() and aside.exists():
                os.replace(aside, folder)
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


@dataclass(frozen=True)
class Asked:
    """How a run was asked for: with the scenario, its settings and the program, every byte of its folder.

    `created`: UTC. `command`: as typed. `scenario_file`: its name, without a folder. `hashes`:
    SHA-256 of every file read, by its name.
    """

    created: datetime
    command: str
    scenario_file: str
    hashes: dict[str, str]


def manifest(
    results: Results,
    asked: Asked,
    *,
    identity: str,
    study_draws: int,
    jobs: int,
    seconds: dict[str, float],
) -> dict[str, Any]:
    """What an auditor needs to run it again, and the result of every check."""
    checks = check_results(results)
    return {
        "run_id": identity,
        "created": asked.created.isoformat(timespec="seconds"),
        "version": __version__,
        "program_sha256": program_hash(),
        "results_version": RESULTS_VERSION,
        "scenario": results.scenario.name,
        "scenario_file": asked.scenario_file,
        "extends": results.scenario.extends,
        "what_if": results.scenario.what_if,
        "inputs_sha256": asked.hashes,
        "seed": results.seed,
        "draws": results.draw_count,
        "chance": results.chance,
        "study_draws": study_draws,
        "jobs": jobs,
        "command": asked.command,
        "python": platform.python_version(),
        "packages": versions(),
        "platform": platform_facts(),
        "seconds": {name: round(value, 3) for name, value in seconds.items()},
        "checks_passed": all_passed(checks),
        "checks": [{**asdict(check), "passed": check.passed} for check in checks],
        "headline": headline_json(results),
    }


def versions() -> dict[str, str]:
    """Installed versions of the packages that can change a result."""
    return {name: metadata.version(name) for name in PACKAGES}


def platform_facts() -> dict[str, str]:
    """What else can change a bit of a figure, or a byte of the workbook."""
    return {
        "system": platform.system(),
        "machine": platform.machine(),
        "cpu": _cpu(),
        "zlib": zlib.ZLIB_RUNTIME_VERSION,
    }


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
