"""`import sen2` as a finance officer uses it: two commands to a first workbook."""

from __future__ import annotations

from pathlib import Path

import pytest

from model.scenario.load import load
from tests.in_process import call
from tests.published_files import caseload, ceased, write

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"


@pytest.fixture
def files(tmp_path, monkeypatch) -> Path:
    """A folder of two invented files, and the folder they lie in as the working one."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "files"
    folder.mkdir()
    write(caseload(), folder / "caseload.csv.gz")
    write(ceased(), folder / "ceased.csv")
    return folder


def test_two_files_make_a_scenario_that_says_what_is_missing(files, capsys):
    """Plans and ceased plans alone: the rest is left out with what to add, and the scenario is right."""
    ended = call(capsys, "import", "sen2", files, "--authority", "northtown", "--out", "mine")
    assert ended.code == 0
    assert "Made mine/scenario.yaml: Northtown from its plans of January 2023." in ended.out
    for section in ("requests", "funding", "account"):
        assert f"Left out: {section}" in ended.out
    assert ended.out.rstrip().endswith("hn-forecast run mine/scenario.yaml")
    assert sorted(path.name for path in Path("mine").iterdir()) == [
        "hn-forecast.schema.json", "import_notes.md", "population.csv", "scenario.yaml",
    ]  # fmt: skip
    loaded = load(Path("mine/scenario.yaml"))
    assert loaded.scenario.plans is not None
    assert loaded.scenario.plans.total == 200
    assert loaded.scenario.invented is False
    text = Path("mine/scenario.yaml").read_text(encoding="utf-8")
    assert "# Left out: no DSG allocation known by January 2023." in text
    ran = call(capsys, "run", "mine/scenario.yaml", "--draws", "2", "--out", "ran")
    assert ran.code == 0


def test_nothing_is_overwritten_without_being_asked(files, capsys):
    """A filled folder stays; --force replaces an import and nothing else."""
    asked = ("import", "sen2", files, "--authority", "Westshire", "--out", "mine")
    Path("mine").mkdir()
    assert call(capsys, *asked).code == 0  # an empty folder is free
    first = Path("mine/scenario.yaml").read_bytes()
    refused = call(capsys, *asked)
    assert refused.code == 3
    assert "exists and is not empty" in refused.error
    Path("mine/scenario.yaml").write_text("changed", encoding="utf-8")
    assert call(capsys, *asked, "--force").code == 0
    assert Path("mine/scenario.yaml").read_bytes() == first
    Path("mine/my_own.xlsx").write_text("work of a week", encoding="utf-8")
    kept = call(capsys, *asked, "--force")
    assert kept.code == 3
    assert "my_own.xlsx" in kept.error
    assert Path("mine/my_own.xlsx").read_text(encoding="utf-8") == "work of a week"
    assert not [path for path in Path().iterdir() if path.name.startswith(".")]


def test_a_folder_without_an_import_is_never_replaced(files, capsys):
    Path("mine").mkdir()
    Path("mine/scenario.yaml").write_text("by hand", encoding="utf-8")
    ended = call(
        capsys, "import", "sen2", files, "--authority", "Westshire", "--out", "mine", "--force"
    )
    assert ended.code == 3
    assert Path("mine/scenario.yaml").read_text(encoding="utf-8") == "by hand"


def test_problems_of_two_files_are_told_together(files, capsys):
    (files / "second.csv").write_text("time_period,breakdown_topic\n2022,All\n", encoding="utf-8")
    (files / "third.csv.gz").write_text("no gzip", encoding="utf-8")
    ended = call(
        capsys, "import", "sen2", files / "second.csv", files / "third.csv.gz", "--authority", "Northtown"
    )  # fmt: skip
    assert ended.code == 2
    assert "second.csv" in ended.error
    assert "third.csv.gz" in ended.error
    assert not Path("starters").exists()


def test_damaged_files_of_a_folder_are_not_passed_over(files, capsys):
    """No gzip, semicolons, a key column renamed: each is told although it was not named by itself."""
    text = ceased().to_csv(index=False)
    (files / "no_gzip.csv.gz").write_text(text, encoding="utf-8")
    (files / "semicolons.csv").write_text(text.replace(",", ";"), encoding="utf-8")
    (files / "renamed.csv").write_text(text.replace("breakdown_topic", "topic"), encoding="utf-8")
    (files / "somebody_elses.csv").write_text("name,shoe size\nNorthtown,9\n", encoding="utf-8")
    ended = call(capsys, "import", "sen2", files, "--authority", "Northtown")
    assert ended.code == 2
    for name in ("no_gzip.csv.gz", "semicolons.csv", "renamed.csv"):
        assert name in ended.error
    assert "somebody_elses" not in ended.error
    assert not Path("starters").exists()


def test_the_usual_folder_is_not_overwritten_either(files, capsys):
    asked = ("import", "sen2", files, "--authority", "Westshire")
    assert call(capsys, *asked).code == 0
    scenario = Path("starters/westshire_2023/scenario.yaml")
    scenario.write_text("changed by hand", encoding="utf-8")
    assert call(capsys, *asked).code == 3
    assert scenario.read_text(encoding="utf-8") == "changed by hand"


@pytest.mark.shared_data
def test_the_department_files_to_a_workbook_in_two_commands(tmp_path, monkeypatch, capsys):
    """All of ../shared/data, the authority's name, and the line that the import ends with."""
    monkeypatch.chdir(tmp_path)
    made = call(
        capsys,
        "import",
        "sen2",
        DATA,
        "--authority",
        "Cheshire West and Chester",
        "--first-year",
        "2023-24",
    )
    assert made.code == 0
    assert "Left out" not in made.out
    line = made.out.rstrip().splitlines()[-1]
    arguments = line.partition("hn-forecast ")[2].split()
    assert arguments == ["run", "starters/cheshire_west_and_chester_2023/scenario.yaml"]
    ran = call(capsys, *arguments, "--draws", "4", "--study-draws", "0", "--out", "ran")
    assert ran.code == 0
    assert Path("ran/workbook.xlsx").is_file()
    assert Path("starters/cheshire_west_and_chester_2023/import_notes.md").is_file()
