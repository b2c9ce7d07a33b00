"""Two runs compared: read, refused or paired, bridged, with what a reader must know first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from model.compare.bridge import Bridge, bridge, common_years
from model.compare.changed_inputs import InputChanges, SettingChange, input_changes
from model.report.bridge.saved_figures import forecast_figures
from model.report.read_run import SavedRun, read_run
from model.report.run_folder import FolderError

Read = TypeVar("Read")

NOT_READ = ("workbook.xlsx", "results.parquet", "studies.parquet", "inputs.parquet")
"""Files of a run that no bridge reads: altered, they are told, and the rest may be compared."""


@dataclass(frozen=True)
class Comparison:
    """A bridge from run A to run B and what to know of it.

    `pairing`: whether draws are compared one by one, and why not. `warnings`: sentences, the
    gravest first.
    """

    a: SavedRun
    b: SavedRun
    bridge: Bridge
    paired: bool
    pairing: str
    warnings: tuple[str, ...]
    changes: InputChanges

    @property
    def years(self) -> tuple[str, ...]:
        """Years that both runs have."""
        return self.bridge.years


def compare_runs(folder_a: Path, folder_b: Path) -> Comparison:
    """Bridge the run in `folder_a` to the one in `folder_b`.

    Raises FolderError with everything that is wrong with either folder, ScenarioError where this
    version cannot read the scenario of a run.
    """
    a, b = _both(lambda folder: _unaltered(read_run(folder)), folder_a, folder_b)
    figures_a, figures_b = _both(forecast_figures, a, b)
    years = common_years(figures_a, figures_b)
    if not years:
        raise FolderError(
            f"the runs have no year in common: A is of {_span(figures_a.years)}, "
            f"B of {_span(figures_b.years)}"
        )
    why_not = _why_not_paired(a, b)
    if why_not:
        made = bridge(figures_a.mean(), figures_b.mean())
        pairing = (
            f"In means only, because {why_not}: a draw of one is not the same world as a draw of the "
            "other, so there is no range of what a cause does."
        )
    else:
        made = bridge(figures_a, figures_b)
        pairing = (
            f"Draw by draw: {made.draws:,} draws of the same seed, so that a number in both is of the "
            "same world."
        )
    found = input_changes(a.loaded, b.loaded)
    changes = InputChanges(found.figures, (*found.settings, *_of_the_runs(a, b)))
    return Comparison(a, b, made, not why_not, pairing, tuple(_warnings(a, b)), changes)


def _both(read: Callable[..., Read], a: object, b: object) -> tuple[Read, Read]:
    """Both of two, or everything that is wrong with either."""
    done, wrong = [], []
    for item in (a, b):
        try:
            done.append(read(item))
        except FolderError as error:
            wrong.append(str(error))
    if wrong:
        raise FolderError("\n       ".join(dict.fromkeys(wrong)))
    return done[0], done[1]


def _unaltered(run: SavedRun) -> SavedRun:
    """The run, unless a file that the bridge reads is not as the run wrote it."""
    wrong = {name: what for name, what in run.altered().items() if name not in NOT_READ}
    if wrong:
        files = ", ".join(f"{name} ({what})" for name, what in sorted(wrong.items()))
        raise FolderError(
            f"{run.folder} is not as the run wrote it: {files}; run the scenario again or restore "
            "the folder"
        )
    return run


def _why_not_paired(a: SavedRun, b: SavedRun) -> str:
    """Why draws cannot be compared one by one; empty where they can."""
    reasons = []
    for key, name in (("draws", "draws"), ("seed", "seed")):
        if a.manifest[key] != b.manifest[key]:
            reasons.append(f"{name} differ ({a.manifest[key]:,} and {b.manifest[key]:,})")
    if a.manifest["chance"] != b.manifest["chance"]:
        with_it = "A" if a.manifest["chance"] else "B"
        reasons.append(f"only {with_it} has whole-plan chance")
    return " and ".join(reasons).replace("seed differ", "seeds differ")


def _warnings(a: SavedRun, b: SavedRun) -> list[str]:
    said = []
    for letter, run in (("A", a), ("B", b)):
        if not run.manifest.get("checks_passed", False):
            failed = [
                str(check["name"])
                for check in run.manifest.get("checks", [])
                if not check["passed"] and check["kind"] != "notice"
            ]
            said.append(f"Checks of {letter} FAILED, do not rely on it: {', '.join(failed)}.")
    for letter, run in (("A", a), ("B", b)):
        altered = run.altered()
        if altered:
            files = ", ".join(f"{name} ({what})" for name, what in sorted(altered.items()))
            said.append(
                f"{letter} is not as the run wrote it: {files}. The bridge does not read it."
            )
        if run.loaded.scenario.what_if:
            said.append(
                f"{letter} is a what-if put to another scenario, not a forecast of its own."
            )
    one, other = a.loaded.scenario, b.loaded.scenario
    if one.authority != other.authority:
        said.append(f"The runs are of two authorities: {one.authority} and {other.authority}.")
    if not _same_program(a, b):
        said.append(
            "The runs were made by different programs, libraries or processors. What that changes is "
            "inside the causes and cannot be told apart: run A again with this program for that."
        )
    return said


def _same_program(a: SavedRun, b: SavedRun) -> bool:
    keys = ("program_sha256", "packages", "platform")
    return all(a.manifest.get(key) == b.manifest.get(key) for key in keys)


def _of_the_runs(a: SavedRun, b: SavedRun) -> list[SettingChange]:
    """What differs between the runs beside their scenarios: seed, draws, program, libraries."""
    rows = {
        "Seed of the run": "seed",
        "Draws of the run": "draws",
        "Whole-plan chance": "chance",
        "Version of hn-forecast": "version",
        "Program with its rates and policy values (SHA-256)": "program_sha256",
    }
    found = [
        SettingChange(title, str(a.manifest.get(key)), str(b.manifest.get(key)))
        for title, key in rows.items()
        if a.manifest.get(key) != b.manifest.get(key)
    ]
    for title, key in (("Library", "packages"), ("Computer", "platform")):
        one, other = a.manifest.get(key, {}), b.manifest.get(key, {})
        for name in dict.fromkeys([*one, *other]):
            if one.get(name) != other.get(name):
                found.append(
                    SettingChange(f"{title}: {name}", str(one.get(name)), str(other.get(name)))
                )
    return found


def _span(years: tuple[str, ...]) -> str:
    return years[0] if len(years) == 1 else f"{years[0]} to {years[-1]}"
