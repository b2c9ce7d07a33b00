"""The JSON Schema: valid, complete, and of one mind with the loader."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from model.scenario.json_schema import schema
from model.scenario.load import load
from model.scenario.positions import parse
from model.scenario.schema import Scenario

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[2]
SCENARIOS = sorted(
    path
    for path in (ROOT / "scenarios").rglob("*.yaml")
    if path.name not in ("figures.yaml", "conditions.yaml")
)
BASE = Path(__file__).parent / "bad_inputs" / "base.yaml"


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    Draft202012Validator.check_schema(schema())
    return Draft202012Validator(schema())


def plain_data(path: Path) -> dict[str, Any]:
    return parse(path.read_text(encoding="utf-8"), path.name).data


def properties(node: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(node, dict):
        for key, value in node.get("properties", {}).items():
            yield f"{path}.{key}", value
        for key, value in node.items():
            yield from properties(value, f"{path}.{key}")
    elif isinstance(node, list):
        for value in node:
            yield from properties(value, path)


@pytest.mark.parametrize("path", [*SCENARIOS, BASE], ids=lambda path: path.stem)
def test_bundled_scenarios_are_accepted(path: Path, validator: Draft202012Validator) -> None:
    """As written, overlays included, and as run."""
    assert [error.message for error in validator.iter_errors(plain_data(path))] == []
    assert [error.message for error in validator.iter_errors(load(path).effective)] == []


@pytest.mark.parametrize(
    ("section", "key"),
    [
        ((), "descripton"),
        (("plans",), "totl"),
        (("plans", "settings"), "mainstreem"),
        (("funding", "lines", 0), "publised_gbp"),
        (("funding", "lines", 0, "drivers", 0), "biling"),
        (("funding", "lines", 0, "drivers", 0, "annual_cost_gbp"), "valeu"),
        (("new_plans", "damping"), "peart"),
        (("account", "blocks", 0, "income_growth"), "thn"),
        (("requests",), "refused_shre"),
        (("requests", "warm_up"), "requets"),
        (("requests", "capacity", 0), "assessments"),
        (("pool", "award_ends", 0), "shre"),
        (("reviews",), "ceased"),
        (("places", "groups", 0, "schools", 0, "openings", 0), "delay"),
        (("funding", "rebandings", 0, "bands", 0), "from"),
        (("nurture_effect",), "fade"),
        (("mitigations", 0, "input_changes", 0), "multipy"),
    ],
)
def test_unknown_keys_are_rejected(
    section: tuple[str | int, ...], key: str, validator: Draft202012Validator
) -> None:
    data = copy.deepcopy(plain_data(BASE))
    node: Any = data
    for part in section:
        node = node[part]
    node[key] = 1
    assert not validator.is_valid(data)


@pytest.mark.parametrize("key", ["horizon", "authority", "as_at"])
def test_required_keys_unless_it_extends(key: str, validator: Draft202012Validator) -> None:
    data = plain_data(BASE)
    del data[key]
    assert not validator.is_valid(data)
    assert validator.is_valid({**data, "extends": "other.yaml"})


OVERLAY = {"format": 1, "name": "late", "extends": "scenario.yaml"}


@pytest.mark.parametrize(
    "part",
    [
        {"new_plans": {"initial_growth": 0}},
        {"requests": {"capacity": [{"id": "now", "assessments_a_month": 60}]}},
        {"places": {"groups": [{"id": "special", "schools": [
            {"id": "all", "openings": [{"id": "meadow", "delay_months": 12}]}]}]}},
        {"funding": {"lines": [{"id": "top_up", "drivers": [{"id": "a", "annual_cost_gbp": 1}]}]}},
    ],
)  # fmt: skip
def test_an_overlay_may_give_part_of_a_section(
    part: dict[str, Any], validator: Draft202012Validator
) -> None:
    """As the README does; without `extends` the same lines are not a scenario."""
    assert [error.message for error in validator.iter_errors({**OVERLAY, **part})] == []
    assert not validator.is_valid({**plain_data(BASE), **part})


@pytest.mark.parametrize(
    "part",
    [
        {"new_plans": {"initial_grwth": 0}},
        {"requests": {"capacity": [{"assessments_a_month": 60}]}},
        {"trajectory": {"targets": [{"year": "2023-24"}]}},
        {"new_plans": {"level": {"pert": [1, 2]}}},
    ],
)
def test_what_an_overlay_may_not_give(
    part: dict[str, Any], validator: Draft202012Validator
) -> None:
    """Unknown keys, a list entry without its id, part of an entry or number that is replaced whole."""
    assert not validator.is_valid({**OVERLAY, **part})


@pytest.mark.parametrize(
    "value", ["1,200", True, None, {"pert": [1, 2]}, {"value": 1, "pert": [1, 2, 3]}]
)
def test_wrong_numbers_are_rejected(value: object, validator: Draft202012Validator) -> None:
    data = plain_data(BASE)
    data["funding"]["lines"][0]["published_gbp"] = value
    assert not validator.is_valid(data)


MARGINS = ("age_groups", "settings", "needs", "first_settings")
"""Their keys are code lists, explained by their own titles."""


def test_every_key_is_described() -> None:
    lacking = [path for path, node in properties(schema()) if not node.get("description")]
    assert [path for path in lacking if not set(MARGINS) & set(path.split(".")[:-1])] == []


def test_nothing_is_null_and_nothing_leaks_from_the_code() -> None:
    text = json.dumps(schema())
    for leak in ("null", "Quantity(", "<function", " at 0x", "discriminator"):
        assert leak not in text


@pytest.mark.parametrize(
    ("section", "key", "value"),
    [
        (("requests",), "order", "last_in_first_out"),
        (("requests",), "seasonality", [1] * 11),
        (("requests", "locums", 0), "fund", "schools"),
        (("pool",), "awards", "stop"),
        (("places",), "priority", ["new", "old"]),
        (("places", "groups", 0), "ages", [4]),
        ((), "switched_off", ["queue"]),
    ],
)
def test_wrong_choices_are_rejected(
    section: tuple[str | int, ...], key: str, value: object, validator: Draft202012Validator
) -> None:
    data = copy.deepcopy(plain_data(BASE))
    node: Any = data
    for part in section:
        node = node[part]
    node[key] = value
    assert not validator.is_valid(data)


def test_the_library_can_print_a_schema_of_its_own() -> None:
    assert "horizon" in Scenario.model_json_schema()["properties"]
