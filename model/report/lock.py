"""One writer at a time in a run folder: a lock file, made only where there is none."""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

from model.report.hidden import is_running, this_computer

NAME = ".hn-forecast.lock"
_BREAKING = ".hn-forecast.lock.breaking"
_PAUSE = 0.02


class Locked(Exception):
    """Another program is writing in the folder; the message names the lock file."""


@contextlib.contextmanager
def locked(folder: Path, *, patience: float) -> Iterator[None]:
    """Hold the lock of `folder`, waiting up to `patience` seconds for it.

    The lock of a process that has died is taken over. The folder may be moved while it is held:
    whoever moves it removes the lock there, and none is removed here that is not ours.
    Raises Locked when another program keeps it, OSError when the folder cannot be written.
    """
    path = folder / NAME
    mine = json.dumps(
        {"process": os.getpid(), "computer": this_computer(), "key": os.urandom(8).hex()}
    )
    until = time.monotonic() + patience
    while not _made(path, mine):
        if time.monotonic() > until:
            raise Locked(
                f"another command is writing in {folder}; wait until it has ended. If none is, "
                f"remove {path}"
            )
        if _abandoned(path):
            _break(folder, path)
        time.sleep(_PAUSE)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            if path.read_text(encoding="utf-8") == mine:
                path.unlink()


def _made(path: Path, text: str) -> bool:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    except FileExistsError:
        return False
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    return True


def _abandoned(path: Path) -> bool:
    """Whether the process that made a lock has ended; False when in doubt."""
    try:
        holder = json.loads(path.read_text(encoding="utf-8"))
        return not is_running(int(holder["process"]), str(holder["computer"]))
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _break(folder: Path, path: Path) -> None:
    """Remove an abandoned lock, one breaker at a time, so that no new lock is removed with it."""
    breaking = folder / _BREAKING
    if not _made(breaking, ""):
        return
    try:
        if _abandoned(path):
            path.unlink(missing_ok=True)
    finally:
        breaking.unlink(missing_ok=True)
