"""The scenario reference is what the schema says, and its own examples are right."""

from __future__ import annotations

from pathlib import Path

import pytest

from model.scenario.numbers import NumberRule, SharesRule, YearlyRule
from model.scenario.positions import parse
from model.scenario.reference import reference_markdown
from model.scenario.schema import Scenario

pytestmark = pytest.mark.unit

FILE = Path(__file__).resolve().parents[2] / "docs" / "scenario_reference.md"


def test_the_file_is_what_the_schema_says() -> None:
    message = "run: python -m model.scenario.reference > docs/scenario_reference.md"
    assert FILE.read_text(encoding="utf-8") == reference_markdown(), message


def test_every_key_of_the_file_is_explained() -> None:
    text = reference_markdown()
    rows = [line.split("|") for line in text.splitlines() if line.startswith("| `")]
    assert set(Scenario.model_fields) <= {row[1].strip().strip("`") for row in rows}
    assert all(row[-2].strip() for row in rows)
    assert "None" not in text
    assert "<class" not in text


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (
            NumberRule("share", 0, 1),
            "{between: [0.3, 0.9], status: assumed, reason: Capacity is also wanted elsewhere.}",
        ),
        (NumberRule("GBP", 0), '{value: 52000, status: published, source: "000:2179"}'),
        (NumberRule("chance", 0, 1), "{discrete: {1: 0.75, 0: 0.25}}"),
        (
            YearlyRule(NumberRule("a year", -0.5, 1)),
            "{2023-24: 0, 2024-25: {between: [0.03, 0.09]}, then: 0.02}",
        ),
        (SharesRule(), "{C1: 0.6, C2: 0.4}"),
        (SharesRule(), "{dirichlet: {C1: 12, C2: 8}}"),
    ],
)
def test_examples_of_the_introduction(
    rule: NumberRule | YearlyRule | SharesRule, text: str
) -> None:
    assert text in reference_markdown()
    rule.parse(parse(f"number: {text}", "example.yaml").data["number"])
