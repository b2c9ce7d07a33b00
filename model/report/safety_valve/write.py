"""Write a return: the document and its workbook, both or neither, never over somebody's work."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from model.report.read_run import SavedRun
from model.report.run_folder import MANIFEST, FolderError
from model.report.safety_valve.document import document
from model.report.safety_valve.workbook import write_return_workbook
from model.returns.exceptions import RunBehind
from model.returns.safety_valve import SafetyValveReturn


def run_behind(run: SavedRun) -> RunBehind:
    """What a return says of its run, and whether its checks passed and its files are as written."""
    checks = run.manifest.get("checks", [])
    failed = tuple(
        str(check["name"]) for check in checks if not check["passed"] and check["kind"] != "notice"
    )
    if not failed and run.manifest.get("checks_passed") is not True:
        failed = ("the manifest does not say that the checks passed",)
    return RunBehind(
        run_id=run.run_id,
        created=str(run.manifest["created"]),
        draws=int(run.manifest.get("draws", 0)),
        seed=int(run.manifest.get("seed", 0)),
        failed_checks=failed,
        altered=run.altered(),
    )


def return_paths(run: Path, out: Path | None, *, force: bool) -> tuple[Path, Path]:
    """Where the document and the workbook go: `out`, or beside the folder of the run.

    Raises FolderError, before any work, where either may not be written.
    """
    run = run.resolve()
    path = run.parent / f"{run.name}-return.docx" if out is None else out.resolve()
    if path.suffix.lower() != ".docx":
        raise FolderError(f"{path} is no name of a Word document; give --out FILE.docx")
    if not path.parent.is_dir():
        raise FolderError(f"the folder {path.parent} does not exist; make it first")
    if (path.parent / MANIFEST).is_file() or path.is_relative_to(run):
        raise FolderError(
            f"{path.parent} is the folder of a run, whose files are hashed; choose another with --out"
        )
    if not os.access(path.parent, os.W_OK):
        raise FolderError(f"{path.parent} cannot be written to; choose another place with --out")
    both = path, path.with_suffix(".xlsx")
    for one in both:
        if one.is_dir():
            raise FolderError(f"{one} is a folder; name another file with --out")
        if one.exists() and not force:
            raise FolderError(
                f"{one} exists; name another file with --out, or give --force to replace it"
            )
    return both


def write_return(given: SafetyValveReturn, paths: tuple[Path, Path]) -> None:
    """Write the document and the workbook to `paths`.

    Both are finished beside their place and moved there. Raises FolderError when that fails; what
    was there before is then as it was.
    """
    folder = paths[0].parent
    try:
        partial = Path(tempfile.mkdtemp(prefix=f".{paths[0].stem}-", dir=folder))
    except OSError as error:
        raise FolderError(f"cannot write in {folder}: {error.strerror}") from None
    try:
        made = [partial / path.name for path in paths]
        made[0].write_bytes(document(given))
        write_return_workbook(given, made[1])
        _put_in_place(made, list(paths), partial)
    except OSError as error:
        what = error.filename or paths[0]
        raise FolderError(f"the return could not be written: {what}: {error.strerror}") from None
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _put_in_place(made: list[Path], paths: list[Path], partial: Path) -> None:
    """Move both files; should the second fail, the first place gets back what it held."""
    held: list[tuple[Path, Path]] = []
    placed: list[Path] = []
    try:
        for path in paths:
            if path.exists():
                aside = partial / f"before-{path.name}"
                os.replace(path, aside)
                held.append((aside, path))
        for source, path in zip(made, paths, strict=True):
            os.replace(source, path)
            placed.append(path)
    except OSError:
        for path in placed:
            path.unlink(missing_ok=True)
        for aside, path in held:
            os.replace(aside, path)
        raise
