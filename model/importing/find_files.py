"""Which of the files and folders named hold what: told by their columns, whatever they are called."""

from __future__ import annotations

import csv
import gzip
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from model.scenario.problems import Problem, ScenarioError

_SUBFOLDERS: Final = ("sen2", "tidy", "finance", "population")
_SEN2_COLUMN: Final = "time_period"
_KINDS: Final = {
    "sen2": (_SEN2_COLUMN, "breakdown_topic"),
    "series": ("authority", "total_ehcp"),
    "age_bands": ("la", "Under 5"),
    "age_bands_of_2023": ("la_name", "characteristic_age"),
    "establishments": ("jan_year", "establishment_group"),
    "population": ("projection_base", "persons"),
    "allocations": ("high_needs_block_before_deductions_gbp",),
    "spending": ("s251_outturn_2021_22_place_total_gbp",),
    "balances": ("approx_cumulative_deficit_gbp_m",),
}
"""Columns by which each kind of file is known."""

_TIDY: Final = ("series", "age_bands", "age_bands_of_2023", "establishments")
ONE_OF_A_KIND: Final = ("population", "allocations", "spending", "balances")


@dataclass(frozen=True)
class Files:
    """Files found. `sen2`: the department's, and those of no known kind that were named one by one,
    so that reading them says what is wrong. `tidy`: series of earlier releases. The others: one file
    each, or None."""

    sen2: tuple[Path, ...]
    tidy: tuple[Path, ...]
    population: Path | None = None
    allocations: Path | None = None
    spending: Path | None = None
    balances: Path | None = None


def find_files(paths: Iterable[Path], named: dict[str, Path | None]) -> Files:
    """Sort files, and the CSV files of folders and of their usual subfolders, by what they hold.

    `named`: a file given for one of ONE_OF_A_KIND by its own option, which wins over what is found.
    Raises ScenarioError where a path is not there, a folder holds none of these files, or two
    files of one kind are found and none is named.
    """
    kinds: dict[str, list[Path]] = {kind: [] for kind in _KINDS}
    problems: list[Problem] = []
    seen: set[Path] = set()
    for path in paths:
        if not path.exists():
            problems.append(_problem(path, "there is no such file or folder"))
            continue
        candidates = _candidates(path) if path.is_dir() else [path]
        if not any(kind_of(file) for file in candidates) and path.is_dir():
            problems.append(
                _problem(path, "the folder holds none of the department's files",
                         expected="CSV files as published, here or in sen2, tidy, finance, population")
            )  # fmt: skip
        for file in candidates:
            if file.resolve() in seen:
                continue
            seen.add(file.resolve())
            kind = kind_of(file)
            if kind is not None or not path.is_dir():
                kinds[kind or "sen2"].append(file)
    for kind in ONE_OF_A_KIND:
        if len(kinds[kind]) > 1 and named.get(kind) is None:
            both = " and ".join(str(file) for file in kinds[kind][:2])
            problems.append(
                _problem(kinds[kind][1], f"two files hold {kind}", found=both, expected=f"one, or --{kind} FILE")
            )  # fmt: skip
    problems += [
        _problem(file, f"there is no such file for --{kind}")
        for kind, file in named.items()
        if file is not None and not file.is_file()
    ]
    if problems:
        raise ScenarioError(problems)
    one = {kind: named.get(kind) or next(iter(kinds[kind]), None) for kind in ONE_OF_A_KIND}
    tidy = [file for kind in _TIDY for file in kinds[kind]]
    return Files(tuple(kinds["sen2"]), tuple(tidy), **one)


def kind_of(path: Path) -> str | None:
    """The kind of a file by its header; None where it has none of the known ones.

    A file that cannot be read, or whose header is only nearly the department's, counts as one of its
    files: reading it says what is wrong, and nothing that was given is passed over in silence.
    """
    try:
        opened = gzip.open if path.suffix == ".gz" else open
        with opened(path, "rt", encoding="utf-8-sig", newline="") as file:
            line = file.readline()
        header = {name.strip() for name in next(csv.reader([line]), [])}
    except (OSError, EOFError, UnicodeDecodeError, zlib.error, csv.Error):
        return "sen2"
    for kind, columns in _KINDS.items():
        if header.issuperset(columns):
            return kind
    return "sen2" if _SEN2_COLUMN in line else None


def _candidates(folder: Path) -> list[Path]:
    places = [folder, *(folder / name for name in _SUBFOLDERS)]
    return [
        file
        for place in places
        if place.is_dir()
        for file in sorted(place.iterdir())
        if file.is_file()
        and file.name.endswith((".csv", ".csv.gz"))
        and not file.name.startswith((".", "~"))
    ]


def _problem(
    path: Path, message: str, found: str | None = None, expected: str | None = None
) -> Problem:
    return Problem(str(path), None, "", message, found=found, expected=expected)
