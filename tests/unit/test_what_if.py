"""A what-if keeps the anchors of the scenario it is put to, and can be run again from its own folder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from model.forecast import anchor_lines, by_year, forecast_central
from model.general_fund.view import APPEALS, TRANSPORT
from model.prepared import prepare
from model.run import run
from model.scenario.effective import effective_files, effective_text
from model.scenario.load import LoadedScenario, load
from model.scenario.problems import ScenarioError
from tests.scenarios import write_small

pytestmark = pytest.mark.unit

BASE = """
plans:
  counted: 2023-01
  total: 100
  source: invented
  age_groups: {5_to_10: 50, 11_to_15: 50}
  settings: {mainstream: 60, state_special: 40}
funding:
  price_base: 2023-24
  lines:
    - id: units
      title: Units
      anchor: price
      published_gbp: 300000
      drivers:
        - {kind: pupils_without_plan, id: unit, title: Unit, s251: "1.2.1", fte: 10, annual_cost_gbp: {uniform: [15000, 25000]}}
general_fund:
  price_base: 2023-24
  transport:
    published_gbp: 300000
    travellers:
      - {id: special, title: Special, settings: [state_special], share_transported: 0.5, annual_cost_gbp: 8000}
  appeals:
    published_gbp: 9000
    share_of_plans_a_year: 0.012
    cost_each_gbp: 5000
"""
HEAD = "format: 1\nname: question\nextends: small.yaml\nwhat_if: true\n"
DEARER = """\
funding:
  lines:
    - id: units
      drivers: [{id: unit, fte: 20}]
general_fund:
  transport:
    travellers: [{id: special, share_transported: 1}]
  appeals: {cost_each_gbp: 10000}
"""
EXTRA = """\
funding:
  lines:
    - id: extra
      title: Extra
      anchor: price
      published_gbp: 500
      drivers: [{kind: amount, id: sum, title: Sum, s251: "1.2.5", annual_amount_gbp: 1000}]
"""


def put(folder: Path, text: str, base: str = BASE, head: str = HEAD) -> LoadedScenario:
    write_small(folder, base)
    (folder / "question.yaml").write_text(head + text, encoding="utf-8")
    return load(folder / "question.yaml")


def test_a_what_if_keeps_the_anchors_of_its_base(tmp_path):
    """10 at 20,000 are published as 300,000, a factor of 1.5; 20 then cost 600,000. Twice the share
    transported and twice the cost of an appeal are twice what was published of them."""
    prepared = prepare(put(tmp_path, DEARER))
    anchors = anchor_lines(prepared)
    assert anchors == anchor_lines(prepare(load(tmp_path / "small.yaml")))
    assert set(anchors) == {"units", TRANSPORT, APPEALS}
    assert anchors["units"].factor == pytest.approx(1.5)
    block = forecast_central(prepared, anchors)
    assert by_year(block.spending.by_line)[0, 0, 0] == pytest.approx(600_000)
    fund = block.general_fund
    assert by_year(fund.transport.cost_gbp)[0, 0, 0] == pytest.approx(600_000)
    assert by_year(fund.appeals.cost_gbp)[0, 0] == pytest.approx(18_000)


def test_without_the_general_fund_the_lines_keep_theirs(tmp_path):
    base = BASE[: BASE.index("general_fund:")]
    anchors = anchor_lines(prepare(put(tmp_path, DEARER[: DEARER.index("general_fund:")], base)))
    assert {name: one.factor for name, one in anchors.items()} == {"units": pytest.approx(1.5)}


def test_a_forecast_of_its_own_meets_what_was_published_anew(tmp_path):
    """The same overlay without what_if: 20 at 20,000 against 300,000."""
    loaded = put(tmp_path, DEARER, head=HEAD.replace("what_if: true\n", ""))
    assert loaded.base is None
    anchors = anchor_lines(prepare(loaded))
    assert anchors["units"].factor == pytest.approx(0.75)


def test_a_line_that_only_the_what_if_has_is_anchored_on_itself(tmp_path):
    anchors = anchor_lines(prepare(put(tmp_path, EXTRA)))
    assert anchors["units"].factor == pytest.approx(1.5)
    assert anchors["extra"].factor == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("text", "line", "path", "found", "expected"),
    [
        ("funding:\n  lines:\n    - id: units\n      published_gbp: 400000\n", 8,
         "funding.lines[units].published_gbp", "400,000", "300,000, as there"),
        ("funding:\n  lines:\n    - {id: units, published_gbp: 200000}\n", 7,
         "funding.lines[units].published_gbp", "200,000", "300,000, as there"),
        ("general_fund:\n  transport: {published_gbp: 1}\n", 6,
         "general_fund.transport.published_gbp", "1", "300,000, as there"),
        ("general_fund:\n  appeals:\n    published_gbp: 8000\n", 7,
         "general_fund.appeals.published_gbp", "8,000", "9,000, as there"),
    ],
)  # fmt: skip
def test_another_published_figure_is_refused_where_it_stands(
    tmp_path, text, line, path, found, expected
):
    with pytest.raises(ScenarioError) as error:
        put(tmp_path, text)
    (problem,) = error.value.problems
    assert (problem.file, problem.line, problem.path) == ("question.yaml", line, path)
    assert (problem.found, problem.expected) == (found, expected)


def test_a_published_figure_where_the_base_has_none_is_refused(tmp_path):
    base = BASE.replace("    published_gbp: 9000\n", "")
    with pytest.raises(ScenarioError) as error:
        put(tmp_path, "general_fund:\n  appeals: {published_gbp: 9000}\n", base)
    (problem,) = error.value.problems
    assert (problem.file, problem.line) == ("question.yaml", 6)
    assert problem.expected == "none, as there"


def test_the_published_figure_of_the_base_may_be_said_again(tmp_path):
    assert put(tmp_path, "general_fund:\n  appeals: {published_gbp: 9000}\n").base is not None


def test_a_what_if_without_a_base_is_refused(tmp_path):
    with pytest.raises(ScenarioError) as error:
        load(write_small(tmp_path, "what_if: true\n" + BASE))
    assert [(item.line, item.path) for item in error.value.problems] == [(9, "what_if")]


def test_an_effective_what_if_runs_again_to_the_same_draws(tmp_path):
    loaded = put(tmp_path, DEARER)
    files = effective_files(loaded)
    assert set(files) == {"scenario.effective.yaml", "base.scenario.effective.yaml"}
    folder = tmp_path / "again"
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    again = load(folder / "scenario.effective.yaml")
    assert again.scenario.what_if
    assert again.base is not None
    assert again.base.scenario.name == "small"
    one, other = (run(item, draws=64).draws for item in (loaded, again))
    assert one.identical(other)
    spent = one["line_spend"].sel(line="units").isel(year=0)
    assert float(spent.mean()) == pytest.approx(600_000, rel=0.05)
    assert np.ptp(spent.to_numpy()) > 0


def test_what_identifies_a_what_if_holds_its_base(tmp_path):
    one = effective_text(put(tmp_path, DEARER))
    # The what-if itself reads the same; only the figure it is measured against is another.
    other_base = BASE.replace("fte: 10", "fte: 11")
    assert effective_text(put(tmp_path, DEARER, other_base)) != one


def test_the_tables_of_the_base_go_with_a_what_if(tmp_path):
    """Another population for the question; the anchors still need the base's, so both are kept."""
    folder = Path(__file__).parent / "bad_inputs"
    for name, copy in (
        ("base.yaml", "base.yaml"),
        ("population.csv", "population.csv"),
        ("population.csv", "other.csv"),
    ):
        (tmp_path / copy).write_bytes((folder / name).read_bytes())
    text = "format: 1\nname: question\nextends: base.yaml\nwhat_if: true\npopulation: {table: other.csv}\n"
    (tmp_path / "question.yaml").write_text(text, encoding="utf-8")
    question = load(tmp_path / "question.yaml")
    assert set(question.tables) == {"population.csv", "other.csv"}
    assert {"question.yaml", "base.yaml", "population.csv", "other.csv"} <= set(question.hashes)
