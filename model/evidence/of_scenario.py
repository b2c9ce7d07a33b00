"""The printed figures that a scenario names, checked before anything is run."""

from __future__ import annotations

from model.evidence.examine import FiguresChecked, examine
from model.evidence.read import read_figures
from model.scenario.load import LoadedScenario


def scenario_figures(loaded: LoadedScenario) -> FiguresChecked | None:
    """The scenario's figures with their verdicts, or None where it names none.

    Raises ScenarioError carrying every problem of the file.
    """
    if loaded.figures is None:
        return None
    file = read_figures(loaded.figures.text, loaded.figures.name)
    return examine(file, loaded.figures.name)
