"""One file that somebody asked for: new, and whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from model.report.run_folder import MANIFEST, FolderError


def refuse_unwritable(path: Path) -> None:
    """Raise FolderError, before any work, where a new file cannot be made at `path`: it is there already,
    or its folder is missing, not writable, or that of a run, whose files are hashed."""
    if path.exists():
        raise FolderError(f"{path} exists; name another file or remove it")
    if not path.parent.is_dir():
        raise FolderError(f"the folder {path.parent} does not exist; make it first")
    if (path.parent / MANIFEST).is_file():
        raise FolderError(
            f"{path.parent} is the folder of a run, whose files are hashed; choose another"
        )
    if not os.access(path.parent, os.W_OK):
        raise FolderError(f"the folder {path.parent} cannot be written to; choose another")


def refuse_no_workbook(path: Path) -> None:
    """Raise FolderError, before any work, where a new workbook cannot be made at `path`."""
    if path.suffix.lower() != ".xlsx":
        raise FolderError(f"{path} is no name for a workbook; end it with .xlsx")
    refuse_unwritable(path)


def write_text(path: Path, text: str) -> None:
    """Write `text` to a new file. Raises FolderError when it cannot be written; nothing is left then."""

    def write(partial: Path) -> None:
        with partial.open("w", encoding="utf-8", newline="") as file:
            file.write(text)

    write_file(path, write)


def write_file(path: Path, write: Callable[[Path], object]) -> None:
    """Have `write` fill a file beside `path`, then put it in place in one step.

    Raises FolderError when it cannot be written; nothing is left then.
    """
    refuse_unwritable(path)
    partial = None
    try:
        with tempfile.NamedTemporaryFile(
            dir=path.parent, prefix=".partial-", suffix=path.suffix, delete=False
        ) as file:
            partial = Path(file.name)
        write(partial)
        # A temporary file is the owner's alone; what was asked for is as open as any other.
        mask = os.umask(0)
        os.umask(mask)
        partial.chmod(0o666 & ~mask)
        os.replace(partial, path)
    except OSError as error:
        raise FolderError(f"{path} could not be written: {error.strerror}") from None
    finally:
        if partial is not None:
            partial.unlink(missing_ok=True)
