"""The files a scenario may read: its own, the one it extends, its tables. Nothing outside.

Every name is relative, and must lie inside the folder of the scenario given on the command line
once links are followed, so that a scenario from somebody else cannot read the rest of the disk.
"""

from __future__ import annotations

import csv
import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path

from model.scenario.numbers import hint_for_text
from model.scenario.positions import MAX_BYTES, decode
from model.scenario.problems import Problem, ScenarioError, nearest, shown

MAX_TABLE_BYTES = 50_000_000


@dataclass
class ScenarioFolder:
    """The folder of a scenario; remembers the hash of every file read from it."""

    root: Path
    hashes: dict[str, str] = field(default_factory=dict)

    def resolve(self, name: str) -> Path:
        """The file called `name`. Raises ValueError (in words for the user) when not allowed."""
        if re.match(r"^([A-Za-z]:|[\\/])", name) or "\\" in name:
            raise ValueError(
                f"the file must be named relative to the scenario's folder, with '/': {shown(name)}"
            )
        root = self.root.resolve()
        path = (root / name).resolve()
        if not path.is_relative_to(root):
            raise ValueError(f"the file lies outside the scenario's folder: {shown(name)}")
        if not path.is_file():
            here = [p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file()][:2000]
            near = nearest(name, here)
            raise ValueError(
                f"there is no file {shown(name)} in the scenario's folder"
                + (f"; did you mean '{near}'?" if near else "")
            )
        return path

    def read(self, path: Path) -> bytes:
        """The bytes of a file, hashed for the manifest."""
        raw = path.read_bytes()
        name = path.resolve().relative_to(self.root.resolve()).as_posix()
        self.hashes[name] = hashlib.sha256(raw).hexdigest()
        return raw


def read_scenario_text(folder: ScenarioFolder, path: Path) -> str:
    """Text of a YAML file. Raises ScenarioError when it is missing, too large or not UTF-8."""
    name = path.name
    if path.is_dir():
        raise ScenarioError([Problem(name, None, "", "this is a folder, not a scenario file")])
    if not path.is_file():
        near = nearest(name, (p.name for p in path.parent.glob("*.y*ml")))
        raise ScenarioError(
            [
                Problem(
                    str(path),
                    None,
                    "",
                    "there is no such file",
                    hint=f"Did you mean '{near}'?" if near else None,
                )
            ]
        )
    if path.stat().st_size > MAX_BYTES:
        return decode(b" " * (MAX_BYTES + 1), name)
    return decode(folder.read(path), name)


@dataclass(frozen=True)
class Table:
    """A CSV table with named numeric columns: `rows[i][column]`."""

    name: str
    columns: tuple[str, ...]
    rows: list[dict[str, float]]


def read_table(folder: ScenarioFolder, name: str, columns: tuple[str, ...]) -> Table:
    """A CSV file of numbers with exactly these columns (lines starting with # are comments).

    Raises ScenarioError naming the file and line of the first cell that is not a number.
    """
    try:
        path = folder.resolve(name)
    except ValueError as error:
        raise ScenarioError([Problem(name, None, "", str(error))]) from None
    if path.stat().st_size > MAX_TABLE_BYTES:
        raise ScenarioError(
            [Problem(name, None, "", f"the table is over {MAX_TABLE_BYTES // 1_000_000} MB")]
        )
    text = decode_table(folder.read(path), name)
    numbered = [
        (number, line)
        for number, line in enumerate(text.splitlines(), start=1)
        if line.strip() and not line.startswith("#")
    ]
    reader = csv.reader(line for _, line in numbered)
    header = tuple(cell.strip() for cell in next(reader, []))
    if header != columns:
        raise ScenarioError(
            [
                Problem(
                    name,
                    numbered[0][0] if numbered else 1,
                    "",
                    "the column names differ",
                    found=", ".join(header) or "nothing",
                    expected=", ".join(columns),
                )
            ]
        )
    rows = []
    for (number, _), cells in zip(numbered[1:], reader, strict=False):
        if len(cells) != len(columns):
            raise ScenarioError(
                [Problem(name, number, "", f"{len(cells)} cells", expected=f"{len(columns)}")]
            )
        row = {}
        for column, cell in zip(columns, cells, strict=True):
            try:
                row[column] = float(cell)
            except ValueError:
                raise ScenarioError(
                    [
                        Problem(
                            name,
                            number,
                            column,
                            "not a number",
                            found=shown(cell),
                            hint=hint_for_text(cell),
                        )
                    ]
                ) from None
        rows.append(row)
    return Table(name, columns, rows)


def decode_table(raw: bytes, name: str) -> str:
    """Text of a CSV file; spreadsheets write UTF-8 with or without a mark at the start."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ScenarioError(
            [
                Problem(
                    name,
                    None,
                    "",
                    "the table is not UTF-8 text",
                    hint="In the spreadsheet, save as 'CSV UTF-8'.",
                )
            ]
        ) from None
