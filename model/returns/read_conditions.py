"""From the text of a conditions file to a checked `ConditionsFile`, or every problem in it at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path as FilePath
from typing import Any

from pydantic import TypeAdapter, ValidationError

from model.reference.calendar import financial_year_label
from model.returns.conditions_schema import AgreedCondition, ConditionsFile
from model.returns.themes import themes
from model.scenario.files import ScenarioFolder, read_scenario_text
from model.scenario.findings import Finding, repeated, unknown
from model.scenario.merge import Located
from model.scenario.positions import parse
from model.scenario.problems import ScenarioError
from model.scenario.schema import Scenario
from model.scenario.validate import place_problem, schema_problems

Placed = tuple[int, AgreedCondition]
_CONDITION: TypeAdapter[AgreedCondition] = TypeAdapter(AgreedCondition)


def read_conditions_file(path: FilePath, scenario: Scenario) -> ConditionsFile:
    """Read and check a conditions file on disk against the scenario. Raises ScenarioError."""
    text = read_scenario_text(ScenarioFolder(path.parent), path, what="a conditions file")
    return read_conditions(text, path.name, scenario)


def read_conditions(text: str, file: str, scenario: Scenario) -> ConditionsFile:
    """The conditions file in `text`; `file` names it in messages.

    Raises ScenarioError carrying every problem found. Checks between conditions run on those that
    are right on their own, so that one pass shows everything.
    """
    document = parse(text, file, what="a conditions file")
    problems = list(document.problems)
    located = Located.of(document)
    checked: ConditionsFile | None = None
    try:
        checked = ConditionsFile.model_validate(located.data)
        sound: list[Placed] = list(enumerate(checked.conditions))
    except ValidationError as error:
        problems += schema_problems(error, located, file, ConditionsFile)
        sound = _sound_conditions(located.data.get("conditions"))
    for finding in _findings(sound, checked, scenario):
        words = (finding.message, finding.found, finding.expected, finding.hint)
        problems.append(place_problem(located, file, finding.path, words))
    if checked is None or problems:
        raise ScenarioError(sorted(problems, key=lambda item: item.line or 0))
    return checked


def _findings(
    sound: list[Placed], checked: ConditionsFile | None, scenario: Scenario
) -> Iterator[Finding]:
    """What the schema cannot see: numbers and mitigations named twice, names that are not there."""
    known = [item.id for item in scenario.mitigations]
    numbers: set[int] = set()
    served: dict[str, int] = {}
    for index, condition in sound:
        at = ("conditions", index)
        if condition.number in numbers:
            yield Finding((*at, "number"), f"the condition {condition.number} is given twice")
        numbers.add(condition.number)
        if condition.theme not in themes():
            yield unknown((*at, "theme"), "theme", condition.theme, themes())
        for place, name in enumerate(condition.scenario_mitigations):
            where = (*at, "scenario_mitigations", place)
            if name not in known:
                yield unknown(where, "mitigation", name, known, "the scenario of the run")
            elif name in served:
                message = f"the mitigation '{name}' serves condition {served[name]} already"
                yield Finding(where, message, expected="each mitigation under one condition")
            served.setdefault(name, condition.number)
    if checked is not None:
        years = [financial_year_label(target.year) for target in checked.agreed_targets]
        yield from repeated(years, ("agreed_targets",), "year", key="year")


def _sound_conditions(given: Any) -> list[Placed]:
    sound: list[Placed] = []
    for index, item in enumerate(given if isinstance(given, list) else ()):
        try:
            sound.append((index, _CONDITION.validate_python(item, strict=True)))
        except ValidationError:
            continue
    return sound
