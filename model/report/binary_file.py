"""One file of bytes that somebody asked for: new, and whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from model.report.run_folder import FolderError
from model.report.text_file import refuse_unwritable


def refuse_no_workbook(path: Path) -> None:
    """Raise FolderError, before any work, where a workbook cannot be made at `path`."""
    if path.suffix.lower() != ".xlsx":
        raise FolderError(f"{path} is no name for a workbook; end it with .xlsx")
    refuse_unwritable(path)
    if not os.access(path.parent, os.W_OK):
        raise FolderError(
            f"the folder {path.parent} cannot be written to; choose another with --out"
        )


def write_bytes(path: Path, content: bytes) -> None:
    """Write `content` to a new file. Raises FolderError when it cannot be written; nothing is left then."""
    refuse_unwritable(path)
    partial = None
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".partial-", delete=False) as file:
            partial = Path(file.name)
            file.write(content)
        # A temporary file is the owner's alone; what was asked for is as open as any other.
        mask = os.umask(0)
        os.umask(mask)
        partial.chmod(0o666 & ~mask)
        os.replace(partial, path)
    except OSError as error:
        if partial is not None:
            partial.unlink(missing_ok=True)
        raise FolderError(f"{path} could not be written: {error.strerror}") from None
