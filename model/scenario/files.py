"""The files a scenario may read: its own, the one it extends, its tables. Nothing outside.

Every name is relative, and must lie inside the folder of the scenario given on the command line
once links are followed, so that a scenario from somebody else cannot read the rest of the disk.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from model.scenario.positions import MAX_BYTES, decode
from model.scenario.problems import Problem, ScenarioError, did_you_mean, shown

MAX_TABLE_BYTES = 50_000_000
_MAX_LISTED = 2000
"""Files looked at for the nearest name; a scenario may stand in a large folder."""


@dataclass
class ScenarioFolder:
    """The folder of a scenario; remembers the hash of every file read from it."""

    root: Path
    hashes: dict[str, str] = field(default_factory=dict)

    def resolve(self, name: str) -> Path:
        """The file called `name`. Raises ValueError (in words for the user) when not allowed."""
        if re.match(r"[A-Za-z]:|[\\/]", name) or "\\" in name:
            raise ValueError(
                f"the file must be named relative to the scenario's folder, with '/': {shown(name)}"
            )
        root = self.root.resolve()
        try:
            path = (root / name).resolve()
            outside, found = not path.is_relative_to(root), path.is_file()
        except (OSError, RuntimeError, ValueError):
            outside, found = False, False
        if outside:
            raise ValueError(
                f"the file lies outside the scenario's folder: {shown(name)}. Put this scenario and the "
                "file into one folder"
            )
        if not found:
            here = (p.relative_to(root).as_posix() for p in root.rglob("*.*") if p.is_file())
            near = did_you_mean(name, islice(here, _MAX_LISTED))
            raise ValueError(
                f"there is no file {shown(name)} in the scenario's folder"
                + (f". {near}" if near else "")
            )
        return path

    def read(self, path: Path, limit: int) -> bytes:
        """The bytes of a file, hashed for the manifest. Raises ScenarioError."""
        name = self.name(path)
        try:
            size = path.stat().st_size
            raw = path.read_bytes() if size <= limit else b""
        except OSError as error:
            reason = error.strerror or type(error).__name__
            message = f"the file cannot be read: {reason.lower()}"
            raise ScenarioError([Problem(name, None, "", message)]) from None
        if size > limit:
            raise ScenarioError(
                [
                    Problem(
                        name,
                        None,
                        "",
                        f"the file is {size:,} bytes; at most {limit:,} are read",
                        hint="Put large tables in a CSV or Parquet file and name it with 'table:'."
                        if limit == MAX_BYTES
                        else None,
                    )
                ]
            )
        self.hashes[name] = hashlib.sha256(raw).hexdigest()
        return raw

    def name(self, path: Path) -> str:
        """The name of a file as messages and the manifest give it, relative to the folder."""
        absolute, root = path.resolve(), self.root.resolve()
        return absolute.relative_to(root).as_posix() if absolute.is_relative_to(root) else path.name


def read_scenario_text(folder: ScenarioFolder, path: Path, *, what: str = "a scenario file") -> str:
    """Text of a YAML file. Raises ScenarioError when it is missing, too large or not UTF-8."""
    name = path.name
    if path.is_dir():
        raise ScenarioError([Problem(name, None, "", f"this is a folder, not {what}")])
    if not path.is_file():
        beside = (other.name for other in path.parent.glob("*.y*ml"))
        hint = did_you_mean(name, beside)
        raise ScenarioError([Problem(str(path), None, "", "there is no such file", hint=hint)])
    kind = "a scenario" if what == "a scenario file" else what
    return decode(folder.read(path, MAX_BYTES), folder.name(path), kind)
