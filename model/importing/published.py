"""From the department's files and the money files to a starter scenario and its notes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from model.history.read_history import read_publications
from model.history.read_tidy import read_tidy_files
from model.importing.evidence import Everything, everything_of, gather
from model.importing.find_files import Files, find_files
from model.importing.money import read_money
from model.importing.notes import notes_text
from model.importing.population import read_projections
from model.importing.starter import Starter, starter_of
from model.scenario.problems import Problem, ScenarioError, shown

_Read = TypeVar("_Read")
_YEAR = re.compile(r"(20\d\d)-(\d\d)")


@dataclass(frozen=True)
class Imported:
    """A starter scenario, the notes on how it came about, and the files behind it."""

    starter: Starter
    notes: str
    files: Files


def read_everything(
    paths: Iterable[Path], named: dict[str, Path | None]
) -> tuple[Everything, Files]:
    """Read and check all the files. Raises ScenarioError with every problem of every file."""
    files = find_files(paths, named)
    where = str(files.sen2[0].parent) if files.sen2 else "FILES"
    problems: list[Problem] = []

    def tried(read: Callable[[], _Read]) -> _Read | None:
        try:
            return read()
        except ScenarioError as error:
            problems.extend(error.problems)
            return None

    published = tried(lambda: read_publications(files.sen2))
    tidy = tried(lambda: read_tidy_files(files.tidy))
    projections = files.population
    population = tried(lambda: read_projections(projections)) if projections else None
    money = tried(lambda: read_money(files.allocations, files.spending, files.balances))
    if problems or published is None or tidy is None or money is None:
        raise ScenarioError(problems)
    return everything_of(published, tidy, money, population, where), files


def import_published(
    paths: Iterable[Path],
    named: dict[str, Path | None],
    *,
    authority: str,
    first_year: str | None,
) -> Imported:
    """Read the files, check them and make the starter scenario of an authority.

    `named`: files of `population`, `allocations`, `spending`, `balances` given by their options.
    `first_year`: such as 2023-24; None for the latest that the files allow.
    Raises ScenarioError with every problem of every file, or of what was asked for.
    """
    first = None if first_year is None else _first_year(first_year)
    everything, files = read_everything(paths, named)
    starter = starter_of(gather(everything, authority=authority, first_year=first))
    used = [*files.sen2, *files.tidy]
    used += [
        file
        for file in (files.population, files.allocations, files.spending, files.balances)
        if file is not None
    ]
    return Imported(starter, notes_text(starter, [file.name for file in used]), files)


def _first_year(text: str) -> int:
    match = _YEAR.fullmatch(text.strip().replace("/", "-"))
    if match is None or (int(match[1]) + 1) % 100 != int(match[2]):
        raise ScenarioError(
            [
                Problem(
                    "command", None, "--first-year", "no financial year", found=shown(text),
                    expected="a year such as 2023-24",
                )
            ]
        )  # fmt: skip
    return int(match[1])
