"""From a scenario file to a checked `Scenario`, or every problem in it at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path as FilePath
from pathlib import PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.scenario.files import ScenarioFolder, read_scenario_text
from model.scenario.merge import Located, overlay
from model.scenario.population import read_population
from model.scenario.positions import MAX_BYTES, UNREADABLE, Path, decode, dotted, parse
from model.scenario.problems import Problem, ScenarioError, shown
from model.scenario.quantities import Quantity
from model.scenario.samples import read_samples
from model.scenario.schema import Scenario
from model.scenario.validate import place_problem, validate

MAX_EXTENDS = 8


@dataclass(frozen=True)
class FiguresText:
    """The file of printed figures that a scenario names: its name inside `root`, and its text."""

    name: str
    text: str


@dataclass(frozen=True)
class LoadedScenario:
    """A checked scenario with the tables it names, ready for the model.

    Attributes: `effective` is the scenario as plain data after `extends`; `population` has shape
    (calendar year, age) in persons with `population_years` naming its first axis (None when the
    scenario has no cohort); `samples` maps input paths to joint samples (None when drawn);
    `figures` is the file of printed figures as text, which `model.evidence` reads (None without);
    `hashes` maps each file read, by its name inside `root`, to its SHA-256. `base` is the scenario
    that a `what_if` extends, whose anchors it keeps.
    """

    scenario: Scenario
    effective: dict[str, Any]
    population: NDArray[np.float64] | None
    population_years: tuple[int, ...]
    samples: dict[str, NDArray[np.float64]] | None
    hashes: dict[str, str]
    root: FilePath
    figures: FiguresText | None = None
    base: LoadedScenario | None = None

    @property
    def tables(self) -> dict[str, str]:
        """The tables and figures read, those of a what-if's base too: name inside `root` -> SHA-256."""
        figures = self.figures.name if self.figures else None
        own = {
            name: digest
            for name, digest in self.hashes.items()
            if name == figures or not name.endswith((".yaml", ".yml"))
        }
        return {**self.base.tables, **own} if self.base is not None else own


def load(path: str | FilePath) -> LoadedScenario:
    """Read and check a scenario file. Raises ScenarioError carrying every problem found."""
    path = FilePath(path)
    folder = ScenarioFolder(path.parent)
    problems: list[Problem] = []
    try:
        located = _read_with_bases(folder, path, problems, ())
    except ScenarioError as error:
        raise ScenarioError(_sorted([*problems, *error.problems])) from None
    scenario, more = validate(located, path.name)
    problems.extend(_meant_for_another(item, located) for item in more)
    if scenario is None:
        raise ScenarioError(_sorted(problems))
    if scenario.what_if and scenario.extends is None:
        detail = (
            "a what-if needs the scenario it is put to",
            "no extends",
            "extends: scenario.yaml",
            None,
        )
        problems.append(place_problem(located, path.name, ("what_if",), detail))
    population: NDArray[np.float64] | None = None
    years: tuple[int, ...] = ()
    samples = None
    try:
        population, years = read_population(scenario, folder)
    except ScenarioError as error:
        problems.extend(_named_by(error, located, ("population", "table")))
    try:
        samples = read_samples(folder, scenario)
    except ScenarioError as error:
        problems.extend(_named_by(error, located, ("samples",)))
    figures = None
    try:
        figures = _read_figures(scenario.figures, folder)
    except ScenarioError as error:
        problems.extend(_named_by(error, located, ("figures",)))
    base = None
    if scenario.what_if and scenario.extends and not problems:
        base = load(path.parent / scenario.extends)
        problems.extend(_published_anew(located, scenario, base.scenario, path.name))
    if problems:
        raise ScenarioError(_sorted(problems))
    return LoadedScenario(
        scenario,
        located.data,
        population,
        years,
        samples,
        {**base.hashes, **folder.hashes} if base is not None else folder.hashes,
        folder.root,
        figures,
        base,
    )


def _read_figures(name: str | None, folder: ScenarioFolder) -> FiguresText | None:
    """The text of the figures file; what is in it is read by `model.evidence`."""
    if name is None:
        return None
    try:
        path = folder.resolve(name)
    except ValueError as error:
        raise ScenarioError([Problem(name, None, "", str(error))]) from None
    inside = folder.name(path)
    return FiguresText(inside, decode(folder.read(path, MAX_BYTES), inside, "a figures file"))


def _meant_for_another(problem: Problem, located: Located) -> Problem:
    """What an overlay's new entry lacks is often nothing but an id written wrong."""
    for at, said in located.fresh.items():
        missing = problem.message.startswith("this key is missing")
        if missing and problem.path.startswith(dotted(at, located.data) + "."):
            return replace(problem, hint=said)
    return problem


def _published_anew(
    located: Located, scenario: Scenario, base: Scenario, file: str
) -> list[Problem]:
    """Published figures that a what-if changes: it keeps the anchors of its base, so they would be idle."""
    found: list[Problem] = []
    before = {line.id: line for line in base.funding.lines} if base.funding is not None else {}
    lines = scenario.funding.lines if scenario.funding is not None else []
    pairs: list[tuple[Path, Quantity | None, Quantity | None]] = [
        (
            ("funding", "lines", number, "published_gbp"),
            before[line.id].published_gbp,
            line.published_gbp,
        )
        for number, line in enumerate(lines)
        if line.id in before
    ]
    for name in ("transport", "appeals"):
        was, now = (getattr(one.general_fund, name, None) for one in (base, scenario))
        if was is not None and now is not None:
            at: Path = ("general_fund", name, "published_gbp")
            pairs.append((at, was.published_gbp, now.published_gbp))
    for at, was, now in pairs:
        if now is not None and (was is None or was.central != now.central):
            detail = (
                "a what-if keeps the published figure of the scenario it is put to",
                f"{now.central:,.0f}",
                f"{was.central:,.0f}, as there" if was is not None else "none, as there",
                "For a new position leave what_if out.",
            )
            found.append(place_problem(located, file, at, detail))
    return found


def _sorted(problems: list[Problem]) -> list[Problem]:
    return sorted(problems, key=lambda problem: (problem.file, problem.line or 0))


def _read_with_bases(
    folder: ScenarioFolder, path: FilePath, problems: list[Problem], chain: tuple[str, ...]
) -> Located:
    """The scenario with everything it extends.

    A base that cannot be read ends the reading: without it, half the scenario would seem missing.
    """
    document = parse(read_scenario_text(folder, path), folder.name(path))
    problems.extend(document.problems)
    _name_from_root(document.data, folder.name(path))
    located = Located.of(document)
    base = document.data.get("extends")
    if base is None or base is UNREADABLE:
        return located
    line = document.lines[("extends",)]

    def refuse(message: str, found: str | None = None) -> ScenarioError:
        return ScenarioError([Problem(document.file, line, "extends", message, found)])

    if not isinstance(base, str):
        raise refuse("not a file name", shown(base))
    try:
        base_path = folder.resolve(base)
    except ValueError as error:
        raise refuse(str(error)) from None
    chain = (*chain, document.file)
    name = folder.name(base_path)
    if name in chain:
        raise refuse("scenarios extend each other in a circle", " -> ".join((*chain, name)))
    if len(chain) >= MAX_EXTENDS:
        raise refuse(f"over {MAX_EXTENDS} scenarios extend each other")
    below = _read_with_bases(folder, base_path, problems, chain)
    below.data.pop("extends", None)
    return overlay(below, located)


def _name_from_root(data: dict[str, Any], file: str) -> None:
    """Files that a scenario names lie beside it: in a folder below, name them from the root."""
    below = PurePosixPath(file).parent
    if below == PurePosixPath():
        return
    population = data.get("population")
    for section, key in (
        (population, "table"),
        (data, "samples"),
        (data, "figures"),
        (data, "extends"),
    ):
        if isinstance(section, dict) and isinstance(section.get(key), str):
            section[key] = f"{below}/{section[key]}"


def _named_by(error: ScenarioError, located: Located, path: Path) -> list[Problem]:
    """Problems of a table; one without a line of its own is placed where the table is named."""
    return [
        item
        if item.line is not None
        else place_problem(
            located, item.file, path, (item.message, item.found, item.expected, item.hint)
        )
        for item in error.problems
    ]
