"""From a scenario file to a checked `Scenario`, or every problem in it at once."""

from __future__ import annotations

import types
import typing
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, TypeAdapter, ValidationError

from model.scenario.checks import check
from model.scenario.files import ScenarioFolder, read_scenario_text, read_table
from model.scenario.merge import Located, overlay
from model.scenario.numbers import hint_for_text
from model.scenario.positions import Path, dotted, parse
from model.scenario.problems import Problem, ScenarioError, nearest, shown
from model.scenario.schema import Scenario

MAX_EXTENDS = 8
LAST_AGE = 25


@dataclass(frozen=True)
class LoadedScenario:
    """A checked scenario with the tables it names, ready for the model.

    Attributes: `effective` is the scenario as plain data after `extends`; `population` has shape
    (calendar year, age) in persons with `population_years` naming its first axis (None when the
    scenario has no cohort); `samples` maps input paths to joint samples (None when drawn);
    `hashes` maps each file read to its SHA-256.
    """

    scenario: Scenario
    effective: dict[str, Any]
    population: NDArray[np.float64] | None
    population_years: tuple[int, ...]
    samples: dict[str, NDArray[np.float64]] | None
    hashes: dict[str, str]


def load(path: str | FilePath) -> LoadedScenario:
    """Read and check a scenario file. Raises ScenarioError carrying every problem found."""
    path = FilePath(path)
    folder = ScenarioFolder(path.parent if str(path.parent) else FilePath())
    problems: list[Problem] = []
    located = _read_with_bases(folder, path, problems, ())
    scenario, more = validate(located, path.name)
    problems.extend(more)
    population: NDArray[np.float64] | None = None
    years: tuple[int, ...] = ()
    samples = None
    if scenario is not None:
        try:
            population, years = _population(scenario, folder)
        except ScenarioError as error:
            problems.extend(_named_by(error, located, ("population", "table")))
        try:
            samples = _samples(scenario, folder)
        except ScenarioError as error:
            problems.extend(_named_by(error, located, ("samples",)))
    if problems or scenario is None:
        raise ScenarioError(sorted(problems, key=lambda p: (p.file, p.line or 0)))
    return LoadedScenario(scenario, located.data, population, years, samples, folder.hashes)


def _read_with_bases(
    folder: ScenarioFolder, path: FilePath, problems: list[Problem], chain: tuple[str, ...]
) -> Located:
    document = parse(read_scenario_text(folder, path), path.name)
    problems.extend(document.problems)
    located = Located.of(document)
    base = document.data.get("extends")
    if base is None:
        return located
    line = document.line(("extends",))
    if not isinstance(base, str):
        problems.append(Problem(path.name, line, "extends", "not a file name", found=shown(base)))
        return located
    try:
        base_path = folder.resolve(base)
    except ValueError as error:
        problems.append(Problem(path.name, line, "extends", str(error)))
        return located
    if base_path.name in (*chain, path.name) or len(chain) >= MAX_EXTENDS:
        problems.append(
            Problem(path.name, line, "extends", "scenarios extend each other in a circle")
        )
        return located
    below = _read_with_bases(folder, base_path, problems, (*chain, path.name))
    below.data.pop("extends", None)
    return overlay(below, located)


def validate(located: Located, file: str) -> tuple[Scenario | None, list[Problem]]:
    """The Scenario in `located`, or None with problems.

    When some sections are wrong, the checks between sections still run on those that are right,
    so that one pass shows everything.
    """
    problems: list[Problem] = []
    try:
        scenario = Scenario.model_validate(located.data)
    except ValidationError as error:
        problems = [_problem(item, located, file) for item in error.errors(include_url=False)]
        partial, sound = _sound_sections(located.data)
        problems += _checked(partial, located, file, sound)
        return None, problems
    problems = _checked(scenario, located, file, set(Scenario.model_fields))
    return (scenario if not problems else None), problems


def _sound_sections(data: dict[str, Any]) -> tuple[Scenario, set[str]]:
    """A partial scenario made of the sections that are right on their own, and their names."""
    values: dict[str, Any] = {}
    sound: set[str] = set()
    for name, field in Scenario.model_fields.items():
        if name not in data:
            if not field.is_required():
                values[name] = field.get_default(call_default_factory=True)
                sound.add(name)
            continue
        annotation: Any = field.annotation
        if field.metadata:
            annotation = typing.Annotated[(annotation, *field.metadata)]
        try:
            values[name] = TypeAdapter(annotation).validate_python(data[name], strict=True)
        except ValidationError:
            continue
        sound.add(name)
    return Scenario.model_construct(**values), sound


def _checked(scenario: Scenario, located: Located, file: str, sound: set[str]) -> list[Problem]:
    return [
        _place(located, file, finding.path, finding.message, None, finding.expected, finding.hint)
        for finding in check(scenario, sound)
    ]


def _place(
    located: Located,
    file: str,
    path: Path,
    message: str,
    found: str | None,
    expected: str | None,
    hint: str | None,
) -> Problem:
    where = located.place(path)
    name, line = where if where is not None else (file, 1)
    return Problem(name, line, dotted(path, located.data), message, found, expected, hint)


def _problem(error: Any, located: Located, file: str) -> Problem:
    path = _data_path(error["loc"], located.data)
    kind, value, context = error["type"], error.get("input"), error.get("ctx", {})
    if kind == "number":
        path = (*path, *context["at"])
        return _place(
            located,
            file,
            path,
            context["message"],
            context["found"],
            context["expected"],
            context["hint"],
        )
    if kind == "missing":
        return _place(
            located, file, path[:-1], f"the key '{path[-1]}' is missing", None, None, None
        )
    if kind == "extra_forbidden":
        names = _known_names(path[:-1], located.data)
        near = nearest(str(path[-1]), names)
        return _place(
            located,
            file,
            path,
            "unknown key",
            None,
            None if near else "one of " + ", ".join(names),
            f"Did you mean '{near}'?" if near else None,
        )
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        expected = "plans, pupils_without_plan, places, nurture_groups or amount"
        found = shown(value.get("kind")) if isinstance(value, dict) else shown(value)
        return _place(located, file, (*path, "kind"), "unknown kind", found, expected, None)
    return _place(located, file, path, *_plain_message(kind, value, context, error["msg"]))


_EXPECTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "list_type": "a list (lines starting with '- ')",
    "model_type": "a section of 'key: value' lines",
    "model_attributes_type": "a section of 'key: value' lines",
    "dict_type": "a section of 'key: value' lines",
    "finite_number": "a finite number",
}


def _plain_message(
    kind: str, value: Any, context: dict[str, Any], message: str
) -> tuple[str, str | None, str | None, str | None]:
    """Message, found, expected and hint of an error that the schema library raised itself."""
    if value is None and kind in _EXPECTED:
        return "nothing is given here", None, _EXPECTED[kind], None
    if kind == "string_type":
        hint = f"Put it in quotes: '{value}'." if isinstance(value, int | float) else None
        return "this is not text", shown(value), "text", hint
    if kind in _EXPECTED:
        hint = hint_for_text(value) if isinstance(value, str) else None
        return "wrong kind of value", shown(value), _EXPECTED[kind], hint
    if kind == "literal_error":
        expected = str(context["expected"])
        near = nearest(str(value), [word.strip(" '") for word in expected.split(",")])
        hint = f"Did you mean '{near}'?" if near else None
        return "not one of the choices", shown(value), expected, hint
    bounds = {
        "greater_than_equal": ("ge", "or more"),
        "less_than_equal": ("le", "or less"),
        "greater_than": ("gt", "exceeded"),
        "less_than": ("lt", "not reached"),
    }
    if kind in bounds:
        key, words = bounds[kind]
        return "out of range", shown(value), f"{context[key]} {words}", None
    if kind == "too_short":
        return "too few entries", None, f"at least {context['min_length']}", None
    if kind == "too_long":
        return "too many entries", None, f"at most {context['max_length']}", None
    return message, shown(value), None, None


def _data_path(loc: tuple[str | int, ...], data: Any) -> Path:
    """The way through the user's data; steps the schema library adds for unions are left out."""
    path: list[str | int] = []
    node = data
    for index, part in enumerate(loc):
        last = index == len(loc) - 1
        if isinstance(node, dict) and part in node:
            node = node[part]
        elif isinstance(node, list) and isinstance(part, int) and part < len(node):
            node = node[part]
        elif not last:
            continue
        elif isinstance(node, dict) and node.get("kind") == part:
            continue
        path.append(part)
    return tuple(path)


def _known_names(path: Path, data: Any) -> list[str]:
    """Names of the keys that the section at `path` may have."""
    model: Any = Scenario
    node = data
    for part in path:
        node = node[part]
        if isinstance(part, str):
            model = model.model_fields[part].annotation if _is_model(model) else None
        model = _section_class(model, node)
        if model is None:
            return []
    return list(model.model_fields) if _is_model(model) else []


def _section_class(annotation: Any, node: Any) -> Any:
    if _is_model(annotation):
        return annotation
    origin = typing.get_origin(annotation)
    arguments = typing.get_args(annotation)
    if origin is typing.Annotated or origin is list:
        if isinstance(node, list):
            return annotation
        return _section_class(arguments[0], node)
    if origin in (typing.Union, types.UnionType):
        models = [argument for argument in arguments if argument is not types.NoneType]
        if isinstance(node, dict) and "kind" in node:
            for model in models:
                kinds = typing.get_args(model.model_fields["kind"].annotation)
                if node["kind"] in kinds:
                    return model
        return _section_class(models[0], node)
    return None


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _named_by(error: ScenarioError, located: Located, path: Path) -> list[Problem]:
    """Problems of a table; one without a line of its own is placed where the table is named."""
    result = []
    for item in error.problems:
        if item.line is None:
            result.append(
                _place(located, item.file, path, item.message, item.found, item.expected, item.hint)
            )
        else:
            result.append(item)
    return result


def _population(
    scenario: Scenario, folder: ScenarioFolder
) -> tuple[NDArray[np.float64] | None, tuple[int, ...]]:
    if scenario.population is None:
        return None, ()
    table = read_table(folder, scenario.population.table, ("year", "age", "persons"))
    found = {(int(row["year"]), int(row["age"])): row["persons"] for row in table.rows}
    first = scenario.horizon.first_year
    if scenario.new_plans is not None:
        first = min(first, scenario.new_plans.base_year)
    years = tuple(range(first, scenario.horizon.last_year + 2))
    missing = [(y, a) for y in years for a in range(LAST_AGE + 1) if (y, a) not in found]
    if missing:
        year, age = missing[0]
        raise ScenarioError(
            [
                Problem(
                    table.name,
                    None,
                    "",
                    f"the population table '{table.name}' has no row for {len(missing)} "
                    f"year and age pairs, the first being year {year}, age {age}",
                    expected=f"ages 0 to {LAST_AGE} for {years[0]} to {years[-1]}",
                )
            ]
        )
    negative = [key for key, persons in found.items() if not persons >= 0]
    if negative:
        raise ScenarioError(
            [Problem(table.name, None, "", f"persons below zero in year {negative[0][0]}")]
        )
    ages = range(LAST_AGE + 1)
    return np.array([[found[year, age] for age in ages] for year in years]), years


def _samples(scenario: Scenario, folder: ScenarioFolder) -> dict[str, NDArray[np.float64]] | None:
    if scenario.samples is None:
        return None
    from model.scenario.samples import read_samples

    return read_samples(folder, scenario)
