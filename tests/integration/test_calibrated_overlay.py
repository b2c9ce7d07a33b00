"""The overlay of `calibrate` makes the monthly model give the plans that the backtested forecast says."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from cli import main
from model.demand.new_plans import JoinerPattern
from model.history.history import History
from model.history.read_history import read_history
from model.overlay.agreement import agreement
from model.overlay.calibrating import Calibrated, calibrate
from model.overlay.inputs import faded, without_requests
from model.overlay.levels import levels_for, plans_at_level_one
from model.overlay.solve import solve
from model.overlay.targets import SETTINGS_OF_TILT
from model.prepared import prepare
from model.report.calibration.overlay_text import overlay_text
from model.run import run
from model.scenario.load import load
from model.scenario.problems import ScenarioError

pytestmark = pytest.mark.integration

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"


@pytest.fixture(scope="module")
def history() -> History:
    return read_history(DATA)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target: Path = tmp_path_factory.mktemp("overlay") / "scenario"
    shutil.copytree(ROOT / "scenarios" / "tutorial", target)
    return target


@pytest.fixture(scope="module")
def found(history: History, folder: Path) -> Calibrated:
    return calibrate(load(folder / "cheshire_west_and_chester_2023.yaml"), history)


def test_the_scenario_gives_back_the_forecast(found: Calibrated, folder: Path):
    """Medians within 2 % at every tested January; ranges between 0.85 and 1.15 times as wide."""
    base = folder / "cheshire_west_and_chester_2023.yaml"
    overlay = folder / "overlay.yaml"
    overlay.write_text(overlay_text(load(base), found, base.name, "today"), encoding="utf-8")
    results = run(load(overlay), draws=512, seed=3, jobs=2)
    agreed = agreement(results, found.targets)
    assert agreed.januaries == (2024, 2025, 2026)
    assert agreed.worst_middle < 0.02
    assert ((agreed.widths > 0.85) & (agreed.widths < 1.15)).all()
    shares = results.draws["plans_by_setting"].sel(date="2025-01")
    for tilt, settings in SETTINGS_OF_TILT.items():
        share = (
            shares.sel(setting=list(settings)).sum("setting") / shares.sum("setting")
        ).to_numpy()
        assert np.median(share) == pytest.approx(np.median(found.targets.shares[tilt][1]), rel=0.06)


def test_shares_out_of_reach_do_not_spoil_the_plans(folder: Path):
    """No tilt puts every plan into colleges: the plans are met all the same, and the moves left alone."""
    prepared = prepare(without_requests(load(folder / "cheshire_west_and_chester_2023.yaml")))
    found = solve(prepared, {}, np.array([3200.0, 3500.0]), {"to_post_16": 0.95})
    assert found.out_of_reach == ("to_post_16",)
    assert found.worst < 1e-3


def test_growth_fades_after_the_tested_years(found: Calibrated, folder: Path):
    """New plans at the middle: the growth of the fourth year is 0.8 of the third's, of the fifth 0.64."""
    new_plans = faded(found.targets.new_plans, 3, 0.8)
    growth = np.diff(np.median(np.log(new_plans), axis=1))
    assert growth[2:] == pytest.approx([0.8 * growth[1], 0.64 * growth[1]])
    assert new_plans[:3] == pytest.approx(found.targets.new_plans[:3])


def test_an_overlay_is_not_calibrated_again(history: History, folder: Path):
    """Two layers of one forecast would count its ranges twice."""
    base = folder / "cheshire_west_and_chester_2023.yaml"
    loaded = load(base)
    overlay = folder / "twice.yaml"
    overlay.write_text(
        overlay_text(loaded, calibrate(loaded, history, draws=200), base.name, "today"),
        encoding="utf-8",
    )
    again = CliRunner().invoke(main, ["calibrate", str(overlay), "--history", str(DATA)])
    assert again.exit_code == 2
    assert "calibrated already" in again.output
    assert not (folder / "twice_calibrated.yaml").exists()


def test_the_forecast_that_the_overlay_carries_held(found: Calibrated):
    """3,339 plans in January 2024 and 3,808 in January 2025 (SEN2, release of 2025): both in the 80 % range."""
    for step, actual in enumerate((3339, 3808)):
        low, high = np.quantile(found.targets.plans[step], [0.1, 0.9])
        assert low < actual < high


def test_only_what_was_known_is_used(found: Calibrated, history: History, folder: Path):
    cut = calibrate(load(folder / "cheshire_west_and_chester_2023.yaml"), history.known_at(2023))
    assert cut.targets.plans.tobytes() == found.targets.plans.tobytes()
    assert cut.inputs.solved.tilts == found.inputs.solved.tilts


def test_levels_of_financial_years_give_new_plans_between_counts():
    """Ten plans a month: February and March lie in the financial year before, so 2 of 12 months carry its level.

    120 plans, then 180: level 1, and (180 - 20 x 1) / 100 = 1.6.
    """
    share = (np.ones((1, 1)),)
    pattern = JoinerPattern(-2, np.full(26, 10.0), np.zeros(26, dtype=np.int64), share)
    assert plans_at_level_one(pattern, 2).tolist() == [[120.0, 0.0], [20.0, 100.0]]
    levels = levels_for(pattern, np.array([[120.0], [180.0]]))
    assert levels[:, 0] == pytest.approx([1.0, 1.6])


def test_an_unknown_authority_names_the_nearest(history: History, folder: Path):
    loaded = load(folder / "cheshire_west_and_chester_2023.yaml")
    with pytest.raises(ScenarioError, match="Did you mean 'Wiltshire'"):
        calibrate(loaded, history, authority="Wilshire")
    with pytest.raises(ScenarioError, match="no plans of Northamptonshire in January 2023"):
        calibrate(loaded, history, authority="Northamptonshire")


def test_the_command_writes_an_overlay_that_runs_and_spoils_nothing(folder: Path):
    """An overlay beside the scenario, notes and pictures beside it; a second time nothing is replaced."""
    base = folder / "cheshire_west_and_chester_2023.yaml"
    runner = CliRunner()
    arguments = ["calibrate", str(base), "--history", str(DATA), "--draws", "200"]
    done = runner.invoke(main, arguments)
    assert done.exit_code == 0, done.output
    overlay = folder / "cheshire_west_and_chester_2023_calibrated.yaml"
    assert load(overlay).scenario.switched_off == ["requests"]
    notes = overlay.with_suffix("")
    assert {path.suffix for path in notes.iterdir()} == {".md", ".csv", ".png"}
    assert "3,2" in (notes / "notes.md").read_text(encoding="utf-8")
    before = overlay.read_bytes()
    again = runner.invoke(main, arguments)
    assert again.exit_code == 3
    assert "exists" in again.output
    assert overlay.read_bytes() == before
    assert "--force" in again.output
    replaced = runner.invoke(main, [*arguments, "--force"])
    assert replaced.exit_code == 0, replaced.output
    (notes / "mine.txt").write_text("kept", encoding="utf-8")
    kept = runner.invoke(main, [*arguments, "--force"])
    assert kept.exit_code == 3
    assert "mine.txt" in kept.output
    assert (notes / "mine.txt").read_text(encoding="utf-8") == "kept"
    assert overlay.is_file()
    elsewhere = runner.invoke(main, [*arguments, "--out", str(folder.parent / "x.yaml")])
    assert elsewhere.exit_code == 3
    assert "beside" in elsewhere.output
    nothing = runner.invoke(main, [*arguments[:3], str(folder), "--out", str(folder / "y.yaml")])
    assert nothing.exit_code == 2
    assert not (folder / "y.yaml").exists()
