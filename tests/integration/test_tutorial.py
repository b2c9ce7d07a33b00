"""docs/tutorial.md: its scenario runs, its commands work, and what it quotes is in the scenario."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from cli import main
from model.checks import all_passed, check_results
from model.results import Results
from model.run import run
from model.scenario.json_schema import schema
from model.scenario.load import LoadedScenario, load
from model.scenario.positions import parse

pytestmark = pytest.mark.integration

ROOT = Path(__file__).resolve().parents[2]
TUTORIAL = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
SCENARIO = ROOT / "scenarios" / "tutorial" / "cheshire_west_and_chester_2023.yaml"
MONEY = 1_000_000


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", TUTORIAL, re.MULTILINE | re.DOTALL)


def commands() -> list[list[str]]:
    return [line.split()[1:] for block in blocks("sh") for line in block.splitlines()]


def property_names(node: Any) -> set[str]:
    """Every key that the schema knows, at any depth."""
    names: set[str] = set()
    if isinstance(node, dict):
        names |= set(node.get("properties", {}))
        for value in node.values():
            names |= property_names(value)
    elif isinstance(node, list):
        for value in node:
            names |= property_names(value)
    return names


def keys_of(node: Any) -> set[str]:
    if isinstance(node, dict):
        return set(node) | {key for value in node.values() for key in keys_of(value)}
    if isinstance(node, list):
        return {key for value in node for key in keys_of(value)}
    return set()


def holds(whole: Any, part: Any) -> bool:
    """Whether `part` stands in `whole`: keys and entries left out, none of another value."""
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(
            key in whole and holds(whole[key], value) for key, value in part.items()
        )
    if isinstance(part, list) and part and isinstance(part[0], dict):
        return all(any(holds(entry, value) for entry in whole) for value in part)
    return bool(whole == part)


@pytest.fixture(scope="module")
def loaded() -> LoadedScenario:
    return load(SCENARIO)


@pytest.fixture(scope="module")
def results(loaded: LoadedScenario) -> Results:
    return run(loaded, draws=64)


def test_the_scenario_runs_and_every_check_passes(results: Results) -> None:
    checks = check_results(results)
    assert all_passed(checks)
    notices = [item.name for item in checks if item.kind == "notice"]
    assert any("no budget line follows" in name for name in notices)
    assert not any("two lines pay for the same plans" in name for name in notices)


def test_net_income_is_the_published_allocation(results: Results) -> None:
    """DfE, DSG allocations 2023-24: total after deductions."""
    net = results.draws["net_income"].sel(year="2023-24").sum("block")
    assert np.unique(np.round(net)).tolist() == [227_809_683]


@pytest.mark.parametrize("year", ["2023-24", "2025-26", "2027-28"])
def test_the_printed_range_is_that_of_a_run(results: Results, year: str) -> None:
    """64 draws are few: their mean lies well inside the printed tenth and ninetieth percentiles."""
    row = re.search(rf"^\| {year} \| (.+) \|$", TUTORIAL, re.MULTILINE)
    assert row is not None
    in_year, in_year_range, cumulative, cumulative_range = row[1].split(" | ")
    for mean, printed, series in (
        (in_year, in_year_range, "in_year_deficit"),
        (cumulative, cumulative_range, "cumulative_without_support"),
    ):
        low, high = map(float, printed.split(" to "))
        found = float(results.draws[series].sel(year=year).mean()) / MONEY
        assert abs(found - float(mean)) < (high - low) / 4


def test_the_commands_are_given() -> None:
    given = [line[0] for line in commands()]
    assert {"init", "validate", "run", "sensitivity"} == set(given)


@pytest.mark.parametrize("arguments", commands(), ids=" ".join)
def test_each_command_names_an_existing_file_and_known_options(
    arguments: list[str], tmp_path: Path
) -> None:
    name, *rest = arguments
    options = {option for item in main.commands[name].params for option in item.opts}
    assert {item for item in rest if item.startswith("--")} <= options
    if name == "init":
        return
    made = CliRunner().invoke(main, ["init", str(tmp_path / "mine")], catch_exceptions=False)
    assert made.exit_code == 0
    root = tmp_path if rest[0].startswith("mine/") else ROOT
    checked = CliRunner().invoke(main, ["validate", str(root / rest[0])], catch_exceptions=False)
    assert checked.exit_code == 0, checked.output


@pytest.mark.parametrize("block", blocks("yaml"))
def test_each_quoted_section_is_in_the_scenario(block: str) -> None:
    scenario = parse(SCENARIO.read_text(encoding="utf-8"), SCENARIO.name).data
    quoted = parse(block, "tutorial.md").data
    assert keys_of(quoted) <= property_names(schema())
    assert holds(scenario, quoted)


def test_names_in_the_text_are_keys_settings_or_files() -> None:
    """Plain words in backticks: a key of the schema or a word the tool knows."""
    words = set(re.findall(r"`([a-z][a-z0-9_]+)`", TUTORIAL))
    known = property_names(schema()) | {"first_in_first_out", "any_order", "validate"}
    assert words <= known, words - known
    for path in re.findall(r"`((?:data|docs|scenarios)/[^`]+)`", TUTORIAL):
        assert (ROOT / path).exists(), path


def test_the_settings_table_is_the_scenarios() -> None:
    """Step 3: plans by setting, and their sum."""
    scenario = parse(SCENARIO.read_text(encoding="utf-8"), SCENARIO.name).data
    settings = scenario["plans"]["settings"]
    boarding = {"independent_special_day", "independent_special_residential"}
    rows = re.findall(r"^\| `([a-z0-9_]+)`(.*?) \| .+ \| ([\d,]+) \|$", TUTORIAL, re.MULTILINE)
    total = 0
    for name, also, printed in rows:
        plans = int(printed.replace(",", ""))
        total += plans
        assert plans == (sum(settings[key] for key in boarding) if also else settings[name])
    assert total == scenario["plans"]["total"]


def test_it_is_short_enough_to_follow() -> None:
    assert len(TUTORIAL.splitlines()) <= 200
