"""`backtest-money` as a person calls it: what it prints, writes and refuses."""

from __future__ import annotations

import pandas as pd
import pytest

from model.backtest.forecast_table import COLUMNS
from tests.finance_folder import FILE_NAMES, write_finance
from tests.in_process import call

pytestmark = pytest.mark.e2e


def test_it_prints_scores_and_writes_every_forecast(tmp_path, capsys):
    data, out = write_finance(tmp_path / "data"), tmp_path / "scores"
    ended = call(capsys, "backtest-money", "--data", data, "--out", out, "--draws", 200)
    assert ended.code == 0, ended.error
    assert "high needs block net" in ended.out
    assert "Few years came" in ended.out
    assert {path.name for path in out.iterdir()} == {
        "forecasts.csv", "summary.csv", "summary_by_origin.csv", "faults.csv", "findings.md",
    }  # fmt: skip
    forecasts = pd.read_csv(out / "forecasts.csv")
    assert tuple(forecasts.columns) == COLUMNS
    assert set(forecasts.origin[forecasts.measure == "dsg_balance_share"]) == {2020}
    assert "What cannot be concluded" in (out / "findings.md").read_text(encoding="utf-8")


def test_without_a_folder_it_prints_only(tmp_path, capsys):
    data = write_finance(tmp_path / "data")
    ended = call(capsys, "backtest-money", "--data", data, "--draws", 100)
    assert ended.code == 0
    assert "Give --out FOLDER" in ended.out
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_a_folder_that_is_filled_is_refused_before_any_work_and_left(tmp_path, capsys):
    out = tmp_path / "scores"
    out.mkdir()
    (out / "mine.txt").write_text("mine")
    ended = call(capsys, "backtest-money", "--data", tmp_path / "nowhere", "--out", out)
    assert ended.code == 3
    assert "exists already" in ended.error
    assert (out / "mine.txt").read_text() == "mine"


def test_damaged_files_end_with_every_problem_and_nothing_written(tmp_path, capsys):
    def change(tables):
        for table in tables.values():
            table.iloc[0, -1] = "about a million"

    data, out = write_finance(tmp_path / "data", change), tmp_path / "scores"
    ended = call(capsys, "backtest-money", "--data", data, "--out", out)
    assert ended.code == 2
    for name in FILE_NAMES.values():
        assert f"{name}:2" in ended.error
    assert "4 problems; nothing was run." in ended.error
    assert not out.exists()


def test_a_folder_that_is_not_there_is_said_so(tmp_path, capsys):
    ended = call(capsys, "backtest-money", "--data", tmp_path / "nowhere")
    assert ended.code == 2
    assert "no such folder" in ended.error
