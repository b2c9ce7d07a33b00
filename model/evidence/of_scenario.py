"""The printed figures that a scenario names, checked before anything is run."""

from __future__ import annotations

from dataclasses import replace

from model.evidence.examine import FiguresChecked, examine
from model.evidence.read import read_figures
from model.scenario.load import LoadedScenario
from model.scenario.problems import ScenarioError


def scenario_figures(loaded: LoadedScenario) -> FiguresChecked | None:
    """The scenario's figures with their verdicts, or None where it names none.

    Raises ScenarioError carrying every problem of the file, each with what led to the file.
    """
    if loaded.figures is None:
        return None
    try:
        file = read_figures(loaded.figures.text, loaded.figures.name)
    except ScenarioError as error:
        led = f"The scenario '{loaded.scenario.name}' names this file with 'figures:'."
        problems = [
            replace(item, hint=f"{item.hint} {led}" if item.hint else led)
            for item in error.problems
        ]
        raise ScenarioError(problems) from None
    return examine(file, loaded.figures.name)
