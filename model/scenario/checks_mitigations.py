"""Checks of mitigations: lines and inputs they change, what they cost, and which are chosen."""

from __future__ import annotations

from collections.abc import Iterator

from model.scenario.findings import Finding, reads, repeated, repeated_ids, unknown
from model.scenario.inputs import inputs
from model.scenario.levers import is_lever, levers_in, pattern_of, sections_with_levers
from model.scenario.mitigation_schema import Mitigation
from model.scenario.positions import Path
from model.scenario.problems import did_you_mean
from model.scenario.schema import Scenario


@reads("funding", "mitigations")
def _lines(scenario: Scenario) -> Iterator[Finding]:
    lines = [line.id for line in scenario.funding.lines] if scenario.funding else []
    yield from repeated_ids(scenario.mitigations, ("mitigations",))
    for index, mitigation in enumerate(scenario.mitigations):
        changes: Path = ("mitigations", index, "changes")
        yield from repeated([item.line for item in mitigation.changes], changes, "line", key="line")
        for number, change in enumerate(mitigation.changes):
            if change.line not in lines:
                yield unknown((*changes, number, "line"), "budget line", change.line, lines)
        for number, cost in enumerate(mitigation.cost):
            at = ("mitigations", index, "cost", number)
            if cost.fund == "dsg" and cost.line is None:
                yield Finding(at, "a DSG cost needs the 'line:' it is charged to")
            elif cost.fund == "general_fund" and cost.line is not None:
                yield Finding((*at, "line"), "a general fund cost has no DSG budget line")
            elif cost.line is not None and cost.line not in lines:
                yield unknown((*at, "line"), "budget line", cost.line, lines)


@reads("mitigations")
def _changes(scenario: Scenario) -> Iterator[Finding]:
    themes: dict[str, str] = {}
    for index, mitigation in enumerate(scenario.mitigations):
        at: Path = ("mitigations", index)
        if not mitigation.changes and not mitigation.input_changes:
            yield Finding(
                at,
                "the mitigation changes nothing",
                expected="changes to budget lines or input_changes, or both",
            )
        yield from _each_change(mitigation, (*at, "input_changes"))
        theme = themes.setdefault(mitigation.condition, mitigation.theme)
        if theme != mitigation.theme:
            yield Finding(
                (*at, "theme"),
                f"the condition '{mitigation.condition}' serves another theme already",
                mitigation.theme,
                theme,
            )


def _each_change(mitigation: Mitigation, at: Path) -> Iterator[Finding]:
    paths = [change.input for change in mitigation.input_changes]
    yield from repeated(paths, at, "input", key="input")
    for index, change in enumerate(mitigation.input_changes):
        if (change.multiply is None) == (change.add is None):
            both = change.add is not None
            yield Finding(
                (*at, index),
                "the input is changed in two ways" if both else "there is no change",
                expected="either multiply or add",
            )


@reads(*Scenario.model_fields)
def _levers(scenario: Scenario) -> Iterator[Finding]:
    paths = [item.path for item in inputs(scenario)]
    levers = [path for path in paths if is_lever(path)]
    for index, mitigation in enumerate(scenario.mitigations):
        for number, change in enumerate(mitigation.input_changes):
            at = ("mitigations", index, "input_changes", number, "input")
            if change.input in levers:
                continue
            if change.input in paths:
                yield Finding(
                    at,
                    "a mitigation cannot change this input: the model does not read it by month",
                    change.input,
                    _kinds(change.input),
                )
                continue
            yield _no_such_input(change.input, levers, at)


def _no_such_input(path: str, levers: list[str], at: Path) -> Finding:
    message = f"there is no input '{path}' in this scenario"
    if is_lever(path):
        near = did_you_mean(path, [name for name in levers if pattern_of(name) == pattern_of(path)])
        hint = near or "Give the input itself first: a mitigation changes what is there."
        return Finding(at, message, hint=hint)
    near = did_you_mean(path, levers)
    return Finding(at, message, expected=None if near else _kinds(path), hint=near)


def _kinds(path: str) -> str:
    """The inputs of a section that may be changed; the sections where it has none."""
    section = pattern_of(path).split(".")[0].removesuffix("[]")
    found = levers_in(section)
    if found:
        return "one of " + ", ".join(found)
    return "an input of " + ", ".join(sections_with_levers())


@reads("mitigations", "mitigated")
def _mitigated(scenario: Scenario) -> Iterator[Finding]:
    if not isinstance(scenario.mitigated, tuple):
        return
    names = [item.id for item in scenario.mitigations]
    yield from repeated(scenario.mitigated, ("mitigated",), "mitigation", key="")
    for index, name in enumerate(scenario.mitigated):
        if name not in names:
            yield unknown(("mitigated", index), "mitigation", name, names)


CHECKS = (_lines, _changes, _levers, _mitigated)
