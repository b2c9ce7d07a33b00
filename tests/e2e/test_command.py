"""The command as a finance officer uses it, in processes of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from model.report.tables import COLUMNS
from model.scenario.load import load

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.e2e


def command(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        env={**os.environ, "COLUMNS": "120", **environment},
        check=False,
    )


@pytest.fixture(scope="module")
def demo(tmp_path_factory) -> Path:
    """A folder made by `init`, with one run of it."""
    folder = tmp_path_factory.mktemp("officer")
    made = command("init", "demo", cwd=folder)
    assert made.returncode == 0, made.stderr
    ran = command("run", "demo/scenario.yaml", "--draws", "70", "--out", "first", cwd=folder)
    assert ran.returncode == 0, ran.stderr
    (folder / "printed.txt").write_text(ran.stdout, encoding="utf-8")
    return folder


def test_init_makes_a_folder_an_editor_completes_in(demo):
    assert sorted(path.name for path in (demo / "demo").iterdir()) == [
        "hn-forecast.schema.json",
        "population.csv",
        "scenario.yaml",
    ]
    first_line = (demo / "demo" / "scenario.yaml").read_text().splitlines()[0]
    assert "hn-forecast.schema.json" in first_line
    again = command("init", "demo", cwd=demo)
    assert again.returncode == 3
    assert "exists already" in again.stderr


def test_the_headline_is_printed(demo):
    printed = (demo / "printed.txt").read_text()
    for words in ("2025-26", "target", "90 %", "trajectory", "an invented authority", "Workbook"):
        assert words in printed
    assert "GBP thousand" in printed
    table = [line for line in printed.splitlines() if line.startswith((" 20", " ─"))]
    assert len(table) >= 12
    assert max(map(len, table)) <= 80, "fits a terminal"


def test_the_folder_holds_everything_and_the_tables_their_columns(demo):
    names = sorted(path.name for path in (demo / "first").iterdir())
    for name in ("workbook.xlsx", "results.parquet", "draws.parquet", "inputs.parquet",
                 "scenario.effective.yaml", "manifest.json", "population.csv"):  # fmt: skip
        assert name in names
    results = pd.read_parquet(demo / "first" / "results.parquet")
    assert tuple(results.columns) == COLUMNS
    assert results["value"].notna().all()
    draws = pd.read_parquet(demo / "first" / "draws.parquet")
    assert set(draws["draw"]) == set(range(70))
    inputs = pd.read_parquet(demo / "first" / "inputs.parquet")
    assert len(inputs) == 70


def test_statistics_are_those_of_the_draws(demo):
    """Sums inside draws, quantiles after: the table's p90 is the p90 of the draws."""
    results = pd.read_parquet(demo / "first" / "results.parquet")
    draws = pd.read_parquet(demo / "first" / "draws.parquet")
    for measure, view in (("cumulative_deficit", "without"), ("in_year_deficit", "")):
        chosen = f"measure == '{measure}' and view == '{view}' and block == ''"
        mine = draws.query(chosen + " and financial_year == '2027-28'")["value"]
        assert len(mine) == 70
        table = results.query(chosen + " and financial_year == '2027-28'")
        table = table.set_index("statistic")["value"]
        assert table["p90"] == pytest.approx(mine.quantile(0.9))
        assert table["mean"] == pytest.approx(mine.mean())
    lines = draws.query("measure == 'line_spend' and financial_year == '2026-27'")
    spend = draws.query(
        "measure == 'spend' and block == 'high_needs' and financial_year == '2026-27'"
    )
    summed = lines.groupby("draw")["value"].sum().to_numpy()
    assert summed == pytest.approx(spend.sort_values("draw")["value"].to_numpy())


def test_the_manifest_says_how_to_run_it_again(demo, tmp_path):
    facts = json.loads((demo / "first" / "manifest.json").read_text())
    assert facts["checks_passed"] is True
    assert facts["draws"] == 70
    assert facts["command"].startswith("hn-forecast run demo/scenario.yaml")
    assert set(facts["inputs_sha256"]) == {"scenario.yaml", "population.csv"}
    assert str(ROOT) not in json.dumps(facts)
    again = command(
        "run", str(demo / "first" / "scenario.effective.yaml"), "--draws", "70", "--json",
        "--out", str(tmp_path / "again"), cwd=tmp_path,
    )  # fmt: skip
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout)["headline"] == facts["headline"]
    one, two = (
        pd.read_parquet(folder / "draws.parquet") for folder in (demo / "first", tmp_path / "again")
    )
    pd.testing.assert_frame_equal(one, two, check_exact=True)


def test_same_scenario_same_bytes_whatever_the_workers(demo, tmp_path):
    """Design 7: running it again gives the same bits; only times may differ."""
    fixed = {"SOURCE_DATE_EPOCH": "1700000000"}
    for name, jobs in (("one", "1"), ("two", "2")):
        done = command(
            "run", "demo/scenario.yaml", "--draws", "70", "--jobs", jobs,
            "--out", str(tmp_path / name), cwd=demo, **fixed,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
    for name in ("results.parquet", "draws.parquet", "inputs.parquet"):
        one, two = ((tmp_path / folder / name).read_bytes() for folder in ("one", "two"))
        assert one == two, name


def test_an_existing_folder_is_refused_before_any_work(demo):
    refused = command("run", "demo/scenario.yaml", "--out", "first", cwd=demo)
    assert refused.returncode == 3
    assert "exists already" in refused.stderr
    assert "--force" in refused.stderr


def test_a_wrong_scenario_lists_every_problem_and_runs_nothing(demo, tmp_path):
    text = (demo / "demo" / "scenario.yaml").read_text()
    text = text.replace("total: 2400", "total: 2,400").replace("uplift_month: 9", "uplift_mnth: 9")
    text = text.replace("- id: fees", "- id: fe[bold]es")
    (tmp_path / "population.csv").write_bytes((demo / "demo" / "population.csv").read_bytes())
    (tmp_path / "wrong.yaml").write_text(text)
    for arguments in (["validate", "wrong.yaml"], ["run", "wrong.yaml"]):
        done = command(*arguments, cwd=tmp_path)
        assert done.returncode == 2
        assert "write 2400" in done.stderr
        assert "Did you mean 'uplift_month'?" in done.stderr
        assert "fe[bold]es" in done.stderr, "brackets survive the terminal"
        assert "Traceback" not in done.stderr
    assert not (tmp_path / "runs").exists()
    listed = command("validate", "--json", "wrong.yaml", cwd=tmp_path)
    problems = json.loads(listed.stdout)["problems"]
    assert listed.returncode == 2
    assert all(problem["line"] for problem in problems)


def test_validate_accepts_the_bundled_scenarios(tmp_path):
    for name in ("north_somerset_2023", "north_somerset_2023_mitigated", "demoshire"):
        done = command("validate", name, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert "valid scenario" in done.stdout


def test_schema_is_json(tmp_path):
    done = command("schema", cwd=tmp_path)
    assert done.returncode == 0
    assert "$schema" in json.loads(done.stdout)


def test_no_chance_and_a_scenario_without_an_account(tmp_path):
    text = (ROOT / "scenarios" / "demoshire" / "scenario.yaml").read_text()
    head, rest = text.split("\naccount:\n")
    tail = "\nmitigations:\n" + rest.split("\nmitigations:\n")[1]
    (tmp_path / "plans.yaml").write_text(head + tail)
    population = ROOT / "scenarios" / "demoshire" / "population.csv"
    (tmp_path / "population.csv").write_bytes(population.read_bytes())
    assert load(tmp_path / "plans.yaml").scenario.account is None
    done = command("run", "plans.yaml", "--draws", "64", "--no-chance", "--out", "o", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "no account" in done.stdout


def test_a_missing_file_is_named_and_a_fault_is_not_a_traceback(tmp_path):
    done = command("run", "nowhere.yaml", cwd=tmp_path)
    assert done.returncode == 2
    assert "there is no such file" in done.stderr
    wrong = command("run", "--draws", "0", "x.yaml", cwd=tmp_path)
    assert wrong.returncode == 2
    assert "Traceback" not in done.stderr + wrong.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are not on Windows")
def test_a_run_in_a_real_terminal(demo, tmp_path):
    """Progress is drawn and taken away again; the cursor comes back."""
    import pty

    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from cli import main; main()"
    shown = bytearray()

    def read(descriptor: int) -> bytes:
        data = os.read(descriptor, 4096)
        shown.extend(data)
        return data

    folder = str(tmp_path / "out")
    arguments = ["run", str(demo / "demo" / "scenario.yaml"), "--draws", "70", "--out", folder]
    status = pty.spawn([sys.executable, "-c", code, *arguments], read)
    text = shown.decode(errors="replace")
    assert os.waitstatus_to_exitcode(status) == 0, text
    assert "Preparing" in text
    assert "of 70 draws" in text
    assert text.rfind("\x1b[?25h") > text.rfind("\x1b[?25l"), "the cursor is shown again"


def test_the_run_id_names_the_program_too(monkeypatch):
    """Equal ids mean equal figures: other code or other tables give another id."""
    from model.report import run_folder

    run_folder.program_hash.cache_clear()
    first = run_folder.program_hash()
    assert len(first) == 64
    real = Path.read_bytes
    monkeypatch.setattr(
        Path,
        "read_bytes",
        lambda path: real(path) + (b"#" if path.name == "exits.csv" else b""),
    )
    run_folder.program_hash.cache_clear()
    assert run_folder.program_hash() != first
    run_folder.program_hash.cache_clear()


def test_the_run_id_names_the_tables_too(demo, tmp_path):
    """One cell of a table makes another run: the figures differ and so does the id."""
    for name, swap in (("one", None), ("two", ("2027,5,", "2027,5,1"))):
        (tmp_path / name).mkdir()
        for path in (demo / "demo").iterdir():
            text = path.read_text(encoding="utf-8")
            if swap and path.name == "population.csv":
                assert swap[0] in text
                text = text.replace(*swap)
            (tmp_path / name / path.name).write_text(text, encoding="utf-8")
    runs = [
        json.loads(
            command("run", f"{name}/scenario.yaml", "--draws", "64", "--json", cwd=tmp_path).stdout
        )
        for name in ("one", "two")
    ]
    assert runs[0]["headline"] != runs[1]["headline"]
    assert runs[0]["run_id"] != runs[1]["run_id"]


def test_a_variant_beside_the_folder_it_extends(demo, tmp_path):
    """A table lies beside the file that names it, wherever the overlay is."""
    (tmp_path / "below").mkdir()
    for path in (demo / "demo").iterdir():
        (tmp_path / "below" / path.name).write_bytes(path.read_bytes())
    text = "format: 1\nextends: below/scenario.yaml\nname: variant\nmitigated: all\n"
    (tmp_path / "variant.yaml").write_text(text)
    done = command("run", "variant.yaml", "--draws", "64", "--out", "o", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Mitigations: all 2" in done.stdout
    assert (tmp_path / "o" / "below" / "population.csv").is_file()
    again = command("validate", "o/scenario.effective.yaml", cwd=tmp_path)
    assert again.returncode == 0, again.stderr
