"""Printed figures beside a run: verdicts with the results, a sheet, a notice, and no number changed."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from click.testing import CliRunner, Result

from cli import main
from model.checks import all_passed, check_results
from model.evidence.verdicts import Verdict
from model.report.workbook import figures_checked
from model.results import Results
from model.run import run
from model.scenario.load import load
from model.scenario.problems import ScenarioError
from tests.scenarios import HEAD, write_small

ROOT = Path(__file__).resolve().parents[2]
FIGURES = (ROOT / "tests" / "unit" / "bad_inputs" / "figures.yaml").read_text(encoding="utf-8")

pytestmark = pytest.mark.integration


def command(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments), catch_exceptions=False)


def scenario(folder: Path, name: str | None = "papers/figures.yaml", text: str = FIGURES) -> Path:
    (folder / "papers").mkdir(exist_ok=True)
    (folder / "papers" / "figures.yaml").write_text(text, encoding="utf-8")
    return write_small(folder, f"figures: {name}\n" if name else "", HEAD)


@pytest.fixture(scope="module")
def north_somerset(north_somerset_file) -> Results:
    return run(load(north_somerset_file), draws=8)


def test_the_results_carry_the_verdicts(north_somerset):
    figures = north_somerset.figures
    assert figures is not None
    verdicts = {item.id: item.verdict for item in figures.outcomes}
    assert verdicts["opening_deficit_2022_23"] is Verdict.EXPLAINED
    assert verdicts["complex_care_variance"] is Verdict.MISMATCH
    assert len(figures.wrong) + 2 == len(figures.not_holding)


def test_a_notice_counts_what_does_not_hold_and_does_not_block_sign_off(north_somerset):
    figures = north_somerset.figures
    assert figures is not None
    checks = check_results(north_somerset)
    (notice,) = [item for item in checks if "printed figures" in item.name]
    expected = (
        f"{len(figures.wrong)} of {len(figures.outcomes)} checks of printed figures do not hold"
    )
    assert notice.name == expected
    assert notice.kind == "notice"
    assert "2 more are explained" in notice.note
    assert all_passed(checks)


def test_figures_change_no_number(tmp_path, north_somerset_file, north_somerset):
    text = north_somerset_file.read_text(encoding="utf-8")
    line = "figures: north_somerset_2023/figures.yaml\n"
    assert text.count(line) == 1
    (tmp_path / "north_somerset_2023").mkdir()
    table = north_somerset_file.parent / "north_somerset_2023" / "population.csv"
    (tmp_path / "north_somerset_2023" / "population.csv").write_bytes(table.read_bytes())
    (tmp_path / "without.yaml").write_text(text.replace(line, ""), encoding="utf-8")
    without = run(load(tmp_path / "without.yaml"), draws=8)
    assert without.figures is None
    for name, values in north_somerset.draws.items():
        np.testing.assert_array_equal(values.to_numpy(), without.draws[name].to_numpy())


def test_a_run_has_its_figures_in_workbook_manifest_and_folder(tmp_path, demoshire_file):
    path = tmp_path / "scenario.yaml"
    path.write_text(
        demoshire_file.read_text(encoding="utf-8") + "\nfigures: papers/figures.yaml\n",
        encoding="utf-8",
    )
    table = demoshire_file.with_name("population.csv")
    (tmp_path / "population.csv").write_bytes(table.read_bytes())
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "figures.yaml").write_text(FIGURES, encoding="utf-8")
    done = command(
        "run", str(path), "--draws", "2", "--study-draws", "0", "--out", str(tmp_path / "out")
    )
    assert done.exit_code == 0, done.output
    assert "3 of 13 checks of printed figures do not hold" in done.output
    workbook = openpyxl.load_workbook(tmp_path / "out" / "workbook.xlsx", data_only=True)
    sheet = workbook[figures_checked.NAME]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    titles = [str(row[0]) for row in rows]
    problems, everything = titles.index("What does not hold"), titles.index("Every check")
    assert problems < everything
    listed = [row for row in rows[problems + 2 : everything] if row[1]]
    assert {row[1] for row in listed} == {"mismatch"}
    staffing = next(row for row in listed if str(row[0]).startswith("Staffing"))
    assert staffing[9] == "Modelled apart."
    rate = next(row for row in listed if "current_rate" in str(row[0]))
    assert rate[2] == pytest.approx(9.0352, abs=1e-4)
    every = [row for row in rows[everything + 2 :] if row[1]]
    assert len(every) == 13
    facts = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    digest = hashlib.sha256(FIGURES.encode()).hexdigest()
    assert facts["inputs_sha256"]["papers/figures.yaml"] == digest
    again = load(tmp_path / "out" / "scenario.effective.yaml")
    assert again.figures is not None
    assert again.figures.text == FIGURES


@pytest.mark.parametrize(
    ("name", "words"),
    [("../figures.yaml", "outside"), ("papers/figure.yaml", "Did you mean"), ("/etc/hosts", "relative")],
)  # fmt: skip
def test_a_scenario_reads_figures_in_its_own_folder_only(tmp_path, name, words):
    with pytest.raises(ScenarioError) as raised:
        load(scenario(tmp_path, name))
    (problem,) = raised.value.problems
    assert problem.file == "small.yaml"
    assert problem.path == "figures"
    assert words in str(problem)


def test_mistakes_in_the_figures_are_told_before_anything_runs(tmp_path):
    path = scenario(tmp_path, text=FIGURES.replace("kind: sum", "kind: sums"))
    for arguments in (["validate", str(path)], ["run", str(path)]):
        done = command(*arguments)
        assert done.exit_code == 2
        assert "papers/figures.yaml:18" in done.output
        assert "Did you mean 'sum'?" in done.output
    assert not (tmp_path / "runs").exists()


def test_an_overlay_in_a_folder_below_names_its_own_figures(tmp_path):
    path = scenario(tmp_path)
    below = tmp_path / "below"
    below.mkdir()
    (below / "figures.yaml").write_text(FIGURES, encoding="utf-8")
    (below / "base.yaml").write_text(
        path.read_text(encoding="utf-8").replace("papers/", ""), encoding="utf-8"
    )
    (tmp_path / "top.yaml").write_text("extends: below/base.yaml\nname: top\n", encoding="utf-8")
    figures = load(tmp_path / "top.yaml").figures
    assert figures is not None
    assert figures.name == "below/figures.yaml"


def test_the_command_shows_what_does_not_hold(tmp_path):
    file = tmp_path / "figures.yaml"
    file.write_text(FIGURES, encoding="utf-8")
    done = command("figures", str(file))
    assert done.exit_code == 4
    assert "Modelled apart." in done.output
    assert "roll_forward" not in done.output
    assert "close" not in done.output
    everything = command("figures", str(file), "--all")
    assert everything.exit_code == 4
    assert "close" in everything.output
    assert "13 checks: 7 exact, 3 rounding, 3 mismatch." in everything.output


def test_the_command_in_json(tmp_path):
    file = tmp_path / "figures.yaml"
    file.write_text(FIGURES, encoding="utf-8")
    done = command("figures", str(file), "--json", "--all")
    data = json.loads(done.output)
    assert (data["checks"], data["wrong"], len(data["outcomes"])) == (13, 3, 13)
    assert data["outcomes"][0]["verdict"] == "exact"
    assert data["outcomes"][1]["gap"] == pytest.approx(0.1)
    file.write_text("format: 3\n", encoding="utf-8")
    wrong = command("figures", str(file), "--json")
    assert wrong.exit_code == 2
    assert json.loads(wrong.output)["valid"] is False


def test_exit_codes_of_the_command(tmp_path):
    """2 for a file that is wrong, 4 for figures that do not hold, 0 where all hold or are explained."""
    assert command("figures", "north_somerset_2021").exit_code == 0
    assert command("figures", "somerset_2023").exit_code == 4
    assert command("figures", "nowhere_2023").exit_code == 2
    explained = FIGURES[: FIGURES.index("  - id: blocks")].replace("total: 15.0", "total: 14.7")
    explained = explained.replace("figure: 0.1, reason", "figure: 0.4, reason")
    (tmp_path / "explained.yaml").write_text(explained, encoding="utf-8")
    done = command("figures", str(tmp_path / "explained.yaml"))
    assert done.exit_code == 0
    assert "made up of 0.4 a line left out" in " ".join(done.output.split())


def test_mistakes_say_which_scenario_led_to_the_file(tmp_path):
    path = scenario(tmp_path, text=FIGURES.replace("kind: sum", "kind: sums"))
    done = command("validate", str(path))
    assert "The scenario 'small' names this file with 'figures:'." in done.output
    assert "names this file" not in command("figures", str(tmp_path / "papers/figures.yaml")).output


def test_a_folder_stands_for_the_figures_in_it(tmp_path, monkeypatch):
    """As in `scenarios/`, where each bundled name is a folder too."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "somerset_2023").mkdir()
    bundled = command("figures", "somerset_2023")
    assert bundled.exit_code == 4
    (tmp_path / "somerset_2023" / "figures.yaml").write_text(FIGURES, encoding="utf-8")
    for name in ("somerset_2023", str(tmp_path / "somerset_2023")):
        done = command("figures", name)
        assert "Figures of an invented paper" in done.output
    (tmp_path / "other").mkdir()
    done = command("figures", "other")
    assert done.exit_code == 2
    assert "this is a folder, not a figures file" in done.output


def test_an_unknown_name_lists_the_bundled_figures(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = command("figures", "somerset_203")
    assert done.exit_code == 2
    assert "nottinghamshire_2024, somerset_2023. Did you mean 'somerset_2023'?" in done.output
    data = json.loads(command("figures", "nowhere", "--json").output)
    assert "north_somerset_2021" in data["problems"][0]["expected"]
