"""Hidden folders that a run writes in: whose they are, and what is done with those of dead programs.

A folder is filled under a hidden name beside its target and moved there. Where the computer stops
in between, the hidden folder stays; its name says which process made it and for which target.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
import re
import shutil
import sys
import tempfile
from functools import cache
from pathlib import Path

_NAME = re.compile(r"\.hn-forecast-(partial|old)-(\d+)-([0-9a-f]{8})-([^-]+)-(.+)", re.DOTALL)
"""Kind, process, computer, a random part, and the name of the target."""


@cache
def this_computer() -> str:
    """Eight hexadecimal digits for this computer: process numbers mean nothing on another.

    Nor in another container, which may have the same name and count its own processes.
    """
    name = platform.node()
    with contextlib.suppress(OSError):
        name += os.readlink("/proc/self/ns/pid")
    return hashlib.sha256(name.encode()).hexdigest()[:8]


def is_running(process: int, computer: str) -> bool:
    """False only where the process is known to have ended; True when in doubt."""
    if computer != this_computer() or sys.platform == "win32":
        # Windows has no harmless question; nothing is then taken for dead.
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


def partial_folder(target: Path) -> Path:
    """A new hidden folder beside `target` to fill. Raises OSError where none can be made."""
    head = f".hn-forecast-partial-{os.getpid()}-{this_computer()}-"
    # mkdtemp draws letters, digits and underscores: no hyphen, so that the name can be read back.
    folder = Path(tempfile.mkdtemp(prefix=head, suffix=f"-{target.name}", dir=target.parent))
    folder.chmod(0o755)
    return folder


def aside_folder(target: Path) -> Path:
    """The hidden name under which the old folder waits while a new one takes its place."""
    moment = f"{os.urandom(4).hex()}"
    return target.with_name(
        f".hn-forecast-old-{os.getpid()}-{this_computer()}-{moment}-{target.name}"
    )


def tidy(place: Path) -> None:
    """Put right what programs that died left in `place`; nothing of anybody else is touched.

    An old folder whose target is gone goes back to its name: the program died between the two
    moves. Partial folders, and old ones that have been replaced, are removed.
    """
    try:
        names = sorted(path.name for path in place.iterdir())
    except OSError:
        return
    for name in names:
        match = _NAME.fullmatch(name)
        path = place / name
        if match is None or path.is_symlink() or is_running(int(match[2]), match[3]):
            continue
        target = place / match[5]
        if match[1] == "old" and not target.exists():
            with contextlib.suppress(OSError):
                path.rename(target)
        else:
            shutil.rmtree(path, ignore_errors=True)
