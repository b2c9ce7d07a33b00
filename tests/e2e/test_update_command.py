"""`hn-forecast update` from a folder to the console, JSON and an overlay that runs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli import main
from model.scenario.load import load
from tests.conftest import ROOT

pytestmark = pytest.mark.e2e

CHESHIRE = ROOT / "scenarios" / "tutorial" / "cheshire_west_and_chester_2023.yaml"
HIGH = 1.06
"""Out-of-area placements come this much above the published forecast."""


def command(*arguments: object):
    return CliRunner().invoke(main, ["update", *map(str, arguments)])


@pytest.fixture(scope="module")
def north_somerset(tmp_path_factory, north_somerset_file) -> Path:
    folder = tmp_path_factory.mktemp("update")
    shutil.copy(north_somerset_file, folder)
    shutil.copytree(north_somerset_file.with_suffix(""), folder / "north_somerset_2023")
    rows = ["line,actual_gbp,period"]
    for line in load(north_somerset_file).scenario.funding.lines:
        published = line.published_gbp or line.budget_gbp
        came = published.central * (HIGH if line.id == "out_of_area" else 1.0)
        rows.append(f"{line.id},{came:.0f},12")
    (folder / "actuals").mkdir()
    (folder / "actuals" / "outturn_2023-24.csv").write_text("\n".join(rows), encoding="utf-8")
    return folder


def test_an_outturn_to_an_overlay_that_runs(north_somerset):
    scenario, out = north_somerset / "north_somerset_2023.yaml", north_somerset / "updated.yaml"
    arguments = (scenario, "--actuals", north_somerset / "actuals", "--draws", 128, "--out", out)
    result = command(*arguments)
    assert result.exit_code == 0, result.output
    said = " ".join(result.output.split())
    for words in (
        "Out-of-area placements",
        "Inputs moved most",
        "What explains each surprise",
        "The opening position is unchanged",
        "Not moved by anything seen",
        "DSG deficit, GBP thousand",
    ):
        assert words in said
    laid, base = load(out).scenario, load(scenario).scenario
    assert laid.what_if
    assert laid.extends == scenario.name
    assert laid.name == "north_somerset_2023_updated"
    assert len(laid.correlations) >= len(base.correlations)
    text = out.read_text(encoding="utf-8")
    assert "status: derived" in text
    assert "hindsight: true" in text
    again = command(*arguments)
    assert again.exit_code == 3
    assert "exists" in again.output
    assert out.read_text(encoding="utf-8") == text


@pytest.mark.shared_data
def test_a_count_as_json_with_the_headline_before_and_after(tmp_path, shared_folder):
    for file in CHESHIRE.parent.iterdir():
        shutil.copy(file, tmp_path)
    out = tmp_path / "updated.yaml"
    result = command(
        tmp_path / CHESHIRE.name, "--actuals", shared_folder / "data", "--draws", 256, "--out", out, "--json"
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    plain = json.loads(result.output)
    figures = {figure["figure"]: figure for figure in plain["figures"]}
    assert figures["plans"]["actual"] == 3339
    assert figures["age.under_5"]["in_words"] == "outside 95 %"
    assert figures["age.under_5"]["nothing_learnt_because"].startswith("England's own share leaps")
    assert "Ask first whether recording or practice changed" in " ".join(plain["look_at"])
    inputs = {item["path"]: item for item in plain["inputs"]}
    capacity = inputs["requests.capacity[from_2023_24].assessments_a_month"]
    assert capacity["moved_sd"] > 1
    assert capacity["in_overlay"]
    assert inputs["account.blocks[high_needs].income_growth"]["moved_sd"] == 0
    before, after = plain["headline_before"], plain["headline_after"]
    assert [row["financial_year"] for row in before] == [row["financial_year"] for row in after]
    assert after[-1]["cumulative_without_support_mean"] > before[-1]["cumulative_without_support_mean"]  # fmt: skip
    laid = load(out).scenario
    assert not laid.what_if
    low, high = capacity["years"][0]["after"][::2]
    written = laid.requests.capacity[1].assessments_a_month.distribution
    assert written.kind == "between"
    assert written.parameters == pytest.approx((low, high), rel=1e-3)
    assert laid.plans.total == 2882


def test_a_line_that_the_scenario_has_not_is_named_with_the_nearest(north_somerset):
    folder = north_somerset / "wrong"
    folder.mkdir()
    (folder / "outturn.csv").write_text(
        "line,actual_gbp,period\nout_of_aera,1,12\n", encoding="utf-8"
    )
    result = command(north_somerset / "north_somerset_2023.yaml", "--actuals", folder)
    assert result.exit_code == 2
    assert "Did you mean 'out_of_area'?" in result.output
    assert "nothing was run" in result.output


def test_an_overlay_lies_beside_its_scenario(tmp_path, north_somerset):
    result = command(
        north_somerset / "north_somerset_2023.yaml",
        "--actuals",
        tmp_path,
        "--out",
        tmp_path / "a.yaml",
    )
    assert result.exit_code == 3
    assert "must lie beside" in result.output
