"""A conditions file that is wrong is refused with every problem at its line; nothing is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from model.returns.read_conditions import read_conditions
from model.scenario.load import load
from model.scenario.problems import ScenarioError

pytestmark = pytest.mark.unit

TEXT = (Path(__file__).parents[1] / "returns" / "demoshire_conditions.yaml").read_text("utf-8")


@pytest.fixture(scope="module")
def scenario(demoshire_file):
    return load(demoshire_file).scenario


def line_of(text: str, part: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("number: 2", "number: 1", "the condition 1 is given twice"),
        ("theme: Inclusion", "theme: Inclusive", "there is no theme 'Inclusive'"),
        ("[local_places]", "[local_place]", "Did you mean 'local_places'?"),
        ("[reviews]", "[local_places]", "serves condition 1 already"),
        ("rag_before: red", "rag_before: purple", "not one of the choices"),
        ("    text: Review every plan every year.\n", "", "this key is missing"),
        ("probability: 0.5", "probability: 1.5", "1 or less"),
        ("exposure_gbp: 600000", "exposure_gbp: 600k", "a number"),
        ("[50000, 60000]", "[0, 60000]", "more than 0"),
        ("date: 2025-07-10", "date: 10 July 2025", "not a date"),
        ("year: 2026-27", "year: 2025-26", "the year '2025-26' is given twice"),
        ("year: 2025-26, as_at", "year: 2025, as_at", "not a financial year"),
        ("title: Annual reviews", "titel: Annual reviews", "Did you mean 'title'?"),
        ("conditions:\n", "conditions: [\n", "demoshire_conditions.yaml"),
    ],
)
def test_wrong_entry_is_named_with_its_line(scenario, old, new, words):
    assert TEXT.count(old) >= 1
    text = TEXT.replace(old, new, 1)
    with pytest.raises(ScenarioError) as caught:
        read_conditions(text, "demoshire_conditions.yaml", scenario)
    shown = str(caught.value)
    assert words in shown
    if new.strip() and "\n" not in new:
        assert any(
            problem.line is not None and new in text.splitlines()[problem.line - 1]
            for problem in caught.value.problems
        ), shown


def test_every_problem_is_shown_at_once(scenario):
    text = TEXT.replace("rag_before: red", "rag_before: purple").replace("[reviews]", "[review]")
    text = text.replace("theme: Inclusion", "theme: Inclusive")
    with pytest.raises(ScenarioError) as caught:
        read_conditions(text, "c.yaml", scenario)
    lines = [problem.line for problem in caught.value.problems]
    assert lines == [line_of(text, part) for part in ("purple", "Inclusive", "[review]")]


def test_as_it_is_the_file_is_read(scenario):
    assert len(read_conditions(TEXT, "c.yaml", scenario).conditions) == 2
