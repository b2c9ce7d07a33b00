"""`backtest` as a person gives it: the tidy file, what is said, and what is refused before any work."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from cli import main

pytestmark = pytest.mark.e2e

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
COLUMNS = "authority,origin,horizon,measure,method,forecast,actual,q025,q10,q25,q75,q90,q975,crps"
QUICK = (
    "--draws",
    "100",
    "--origins",
    "2022",
    "--horizons",
    "1..2",
    "--methods",
    "naive,average_national_own_3_years",
)


def backtest(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["backtest", *arguments])


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, Path]:
    out = tmp_path_factory.mktemp("backtest") / "out"
    result = backtest(
        "--data", str(DATA), *QUICK, "--authorities", "Medway; Kent", "--out", str(out)
    )
    assert result.exit_code == 0, result.output
    return result, out


def test_the_tidy_file_has_the_columns_and_rows_asked_for(done: tuple[Result, Path]):
    """Two authorities, two horizons, three methods; Kent's later Januaries may not be published."""
    _, out = done
    assert (out / "forecasts.csv").read_text(encoding="utf-8").splitlines()[0] == COLUMNS
    table = pd.read_csv(out / "forecasts.csv")
    assert set(table.authority) == {"Medway", "Kent"}
    plans = table[(table.measure == "plans") & (table.authority == "Medway")]
    assert set(plans.method) == {"hn_forecast", "naive", "average_national_own_3_years"}
    assert len(plans) == 6
    ours = plans[plans.method == "hn_forecast"]
    assert (ours.q025 < ours.q10).all()
    assert ((ours.q25 < ours.forecast) & (ours.forecast < ours.q75)).all()
    assert plans.actual.notna().all()
    assert {"new_plans", "plans_5_to_10", "plans_state_special"} <= set(table.measure)


def test_a_summary_and_pictures_lie_beside_it(done: tuple[Result, Path]):
    result, out = done
    assert "Plans in force, 1 year ahead" in result.output
    assert "hn-forecast" in (out / "summary.md").read_text(encoding="utf-8")
    assert (out / "plans_reliability.png").stat().st_size > 10_000
    assert (out / "plans_pit.png").stat().st_size > 10_000


@pytest.mark.parametrize(
    "arguments, said",
    [
        (("--origins", "2030"), "an origin up to January 2024"),
        (("--origins", "last year"), "no span of whole numbers"),
        (("--horizons", "0"), "1 to 10"),
        (("--authorities", "Medwey"), "Did you mean 'Medway'"),
        (("--authorities", "Cumbria"), "boundaries changed"),
        (("--methods", "nave"), "Did you mean 'naive'"),
    ],
)
def test_what_cannot_be_asked_is_told_and_nothing_is_written(
    arguments: tuple[str, ...], said: str, tmp_path: Path
):
    result = backtest("--data", str(DATA), *arguments, "--out", str(tmp_path / "out"))
    assert result.exit_code == 2
    assert said in " ".join(result.output.split())
    assert not (tmp_path / "out").exists()


def test_a_folder_that_is_there_is_left_alone(tmp_path: Path):
    (tmp_path / "kept.txt").write_text("mine")
    result = backtest("--data", str(DATA), "--out", str(tmp_path))
    assert result.exit_code == 3
    assert [path.name for path in tmp_path.iterdir()] == ["kept.txt"]
    nothing = backtest("--data", str(tmp_path), "--out", str(tmp_path / "out"))
    assert nothing.exit_code == 2
    assert "no file gives plans in force" in " ".join(nothing.output.split())
