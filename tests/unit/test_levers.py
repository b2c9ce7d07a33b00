"""What a mitigation may change is what the model reads month by month, no less and no more."""

from __future__ import annotations

from pathlib import Path

import pytest

from model.draws import Draws
from model.forecast import anchor_lines, forecast_central
from model.prepared import prepare
from model.scenario.inputs import inputs
from model.scenario.levers import LEVERS, is_lever, pattern_of
from model.scenario.load import LoadedScenario, load

pytestmark = pytest.mark.unit

FOLDER = Path(__file__).parent / "bad_inputs"
STANDS_IN_FOR_THE_POOL = "funding.lines[top_up].drivers[in_pool].fte"
"""Read only while the pool is switched off."""

GENERAL_FUND = """
general_fund:
  price_base: 2023-24
  transport:
    travellers:
      - {id: special, title: Special, settings: [state_special], share_transported: 0.5, annual_cost_gbp: 6000}
  appeals: {share_of_refusals: 0.05, share_of_plans_a_year: 0.01, cost_each_gbp: 4000}
"""


@pytest.fixture
def everything(tmp_path: Path) -> LoadedScenario:
    """A scenario with all sections, whose shock comes by itself."""
    text = (FOLDER / "base.yaml").read_text(encoding="utf-8")
    assert "      with_mitigation: reviews\n" in text
    text = text.replace("      with_mitigation: reviews\n", "") + GENERAL_FUND
    (tmp_path / "base.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "population.csv").write_bytes((FOLDER / "population.csv").read_bytes())
    return load(tmp_path / "base.yaml")


def test_levers_are_the_inputs_read_month_by_month(
    everything: LoadedScenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: set[int] = set()
    for name in ("monthly", "at"):
        original = getattr(Draws, name)

        def noted(self, figure, *month, original=original):
            read.add(id(figure))
            return original(self, figure, *month)

        monkeypatch.setattr(Draws, name, noted)
    prepared = prepare(everything)
    forecast_central(prepared, anchor_lines(prepared))
    figures = inputs(everything.scenario)
    monthly = {item.path for item in figures if id(item.figure) in read}
    levers = {item.path for item in figures if is_lever(item.path)}
    assert monthly == levers - {STANDS_IN_FOR_THE_POOL}
    assert {pattern_of(path) for path in levers} == set(LEVERS)


def test_each_lever_says_what_it_is() -> None:
    assert all(words.strip() and not words.endswith(".") for words in LEVERS.values())
