"""Every way in which a published file is damaged or is another file ends in a clear error."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from cli import main
from model.history.read_history import read_publications
from model.history.read_publication import read_publication
from model.scenario.problems import ScenarioError
from tests.published_files import caseload, ceased, write

pytestmark = pytest.mark.unit

Damage = Callable[[Path], Path]


def changed(change: Callable[[pd.DataFrame], object], name: str = "caseload.csv") -> Damage:
    def damage(folder: Path) -> Path:
        table = caseload()
        result = change(table)
        return write(result if isinstance(result, pd.DataFrame) else table, folder / name)

    return damage


def cell(row: int, column: str, value: str) -> Damage:
    def change(table: pd.DataFrame) -> None:
        table.loc[row, column] = value

    return changed(change)


def text(make: Callable[[str], str | bytes], name: str = "caseload.csv") -> Damage:
    def damage(folder: Path) -> Path:
        made = make(caseload().to_csv(index=False))
        path = folder / name
        path.write_bytes(made if isinstance(made, bytes) else made.encode())
        return path

    return damage


def workbook(folder: Path) -> Path:
    path = folder / "caseload.csv"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return path


DAMAGED: dict[str, tuple[Damage, str]] = {
    "no such file": (lambda folder: folder / "none.csv", "there is no such file"),
    "cut off gzip": (
        text(lambda whole: gzip.compress(whole.encode())[:-40], "caseload.csv.gz"),
        "cut off or is no gzip file",
    ),
    "named gzip and not": (text(lambda whole: whole, "caseload.csv.gz"), "no gzip file"),
    "workbook renamed": (workbook, "a workbook or a zip archive"),
    "not UTF-8": (
        text(lambda whole: whole.replace("Northtown", "Nörthtown").encode("latin-1")),
        "no text in UTF-8",
    ),
    "semicolons": (text(lambda whole: whole.replace(",", ";")), "parted by semicolons"),
    "empty": (text(lambda whole: ""), "the file is empty"),
    "header only": (changed(lambda table: table.iloc[:0]), "the file has no rows"),
    "key column missing": (
        changed(lambda table: table.drop(columns="la_name")),
        "la_name: a column of the SEN2 layout is missing",
    ),
    "count column missing": (
        changed(lambda table: table.drop(columns="special_independent")),
        "special_independent: a column of 'Caseload' is missing",
    ),
    "key column renamed": (
        changed(lambda table: table.rename(columns={"breakdown_topic": "breakdown_topics"})),
        "Did you mean 'breakdown_topics'?",
    ),
    "placement renamed": (
        changed(lambda table: table.rename(columns={"elective_home_education": "elective_home_educ"})),
        "elective_home_educ: a column of placements has another name",
    ),
    "column twice": (
        text(lambda whole: whole.replace("mainstream_academy_senunit,", "mainstream_academy,", 1)),
        "two columns have the same name",
    ),
    "columns exchanged": (
        changed(lambda table: table.rename(columns={"mainstream_academy": "elective_home_education", "elective_home_education": "mainstream_academy"})),
        "its parts do not add up to it in",
    ),
    "wrong period": (cell(1, "time_period", "January 2022"), "another style of period"),
    "years that do not follow": (cell(1, "time_period", "202124"), "another style of period"),
    "calendar year of a stock": (cell(1, "time_period", "2022"), "another style of period"),
    "row twice": (
        changed(lambda table: pd.concat([table, table.iloc[[1]]])),
        "the same authority, year and breakdown twice",
    ),
    "negative count": (cell(2, "ehcplans", "-300"), "a count below nil in row 4"),
    "text in a count": (cell(2, "ehcplans", "three hundred"), "no number and no known mark"),
    "unknown mark": (cell(2, "ukrlp_provider", "q?"), "no number and no known mark"),
    "part of a plan": (cell(2, "ukrlp_provider", "0.5"), "no whole number in row 4"),
    "unknown level": (cell(1, "geographic_level", "Ward"), "unknown level"),
    "authority without its name": (cell(1, "la_name", " "), "a row of an authority without its name"),
    "another file": (
        text(lambda whole: "area_code,year,persons\nE1,2023,5\n"),
        "a column of the SEN2 layout is missing",
    ),
    "SEN2 file of another collection": (
        changed(lambda table: table.rename(columns={"mainstream_total": "mainstream_sum"})),
        "none of the SEN2 files has these columns",
    ),
    "breakdown rows only": (
        changed(lambda table: table.assign(breakdown_topic="Child or young persons age")),
        "no row counts everything once",
    ),
    "ragged row": (
        text(lambda whole: whole.replace("South West,E06000901", "South West,E06000901,", 1)),
        "more or fewer columns than the header in row 3",
    ),
    "quotation mark that does not close": (
        text(lambda whole: whole.replace("Westshire", '"Westshire', 1)),
        "the quotation marks of a row do not close",
    ),
    "academic years in a file of flows": (
        lambda folder: write(ceased().assign(time_identifier="Academic year"), folder / "ceased.csv"),
        "ceased plans have another kind of year",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGED)
def test_damaged_file_is_told(name, tmp_path):
    """Each names its file and says what is wrong with it; none is another kind of exception."""
    damage, message = DAMAGED[name]
    path = damage(tmp_path)
    with pytest.raises(ScenarioError) as caught:
        read_publication(path)
    assert message in str(caught.value)
    assert all(problem.file == str(path) and problem.expected for problem in caught.value.problems)


def test_every_file_and_every_mistake_is_told_at_once(tmp_path):
    """Two files with two mistakes and one mistake: three problems, none hidden by another."""
    one = caseload()
    one.loc[0, "ehcplans"] = "-1"
    one.loc[1, "geographic_level"] = "Ward"
    files = [write(one, tmp_path / "a.csv"), tmp_path / "none.csv"]
    with pytest.raises(ScenarioError) as caught:
        read_publications(files)
    assert len(caught.value.problems) == 3


def test_two_releases_of_a_file_are_refused(tmp_path):
    files = [
        write(caseload(), tmp_path / name) for name in ("release_2024.csv", "release_2025.csv")
    ]
    with pytest.raises(ScenarioError, match="two files hold caseload"):
        read_publications(files)


@pytest.mark.parametrize("style", ["202223", "2022/23", "2022-23"])
def test_styles_of_academic_years_over_the_releases(style, tmp_path):
    """All three name January 2023."""
    table = caseload((2023,)).assign(time_period=style)
    read = read_publication(write(table, tmp_path / "caseload.csv"))
    assert set(read.table.january) == {2023}


def test_a_calendar_year_is_the_january_after(tmp_path):
    read = read_publication(write(ceased(2023), tmp_path / "ceased.csv"))
    assert read.table.time_period.iloc[0] == "2022"
    assert set(read.table.january) == {2023}


def test_marks_are_no_figures(tmp_path):
    """x and z stand where a number would; thousands may have commas."""
    table = caseload((2023,))
    table.loc[1, "ukrlp_provider"], table.loc[1, "online_provider"] = "x", "Z"
    table.loc[0, "ehcplans"] = "5,00".replace(",", "")
    read = read_publication(write(table, tmp_path / "caseload.csv")).table
    assert read.ukrlp_provider.isna().tolist() == [False, True, False]
    assert read.online_provider.isna().tolist() == [False, True, False]
    assert read.ehcplans.tolist() == [500.0, 200.0, 300.0]


ASKED: dict[str, tuple[Callable[[Path], list[str]], int, str]] = {
    "unknown authority": (
        lambda folder: [str(folder), "--authority", "Northton"], 2, "Did you mean 'Northtown'?",
    ),
    "authority by a part of its name": (
        lambda folder: [str(folder), "--authority", "West"], 2, "Did you mean 'Westshire'?",
    ),
    "year without plans": (
        lambda folder: [str(folder), "--authority", "Northtown", "--first-year", "2030-31"], 2,
        "Northtown has no plans in force at January 2030; found January 2022, 2023",
    ),
    "no financial year": (
        lambda folder: [str(folder), "--authority", "Northtown", "--first-year", "2023"], 2, "no financial year",
    ),
    "no such folder": (
        lambda folder: [str(folder / "none"), "--authority", "Northtown"], 2, "no such file or folder",
    ),
    "folder without files": (
        lambda folder: [str(folder / "empty"), "--authority", "Northtown"], 2,
        "the folder holds none of the department's files",
    ),
    "flows without plans": (
        lambda folder: [str(folder / "flows"), "--authority", "Northtown"], 2, "no file gives plans in force",
    ),
    "no such money file": (
        lambda folder: [str(folder), "--authority", "Northtown", "--spending", "none.csv"], 2,
        "there is no such file for --spending",
    ),
    "money file without its columns": (
        lambda folder: [str(folder), "--authority", "Northtown", "--balances", str(folder / "caseload.csv")], 2,
        "a column of the DSG balances is missing",
    ),
    "text among the persons": (
        lambda folder: [str(folder), "--authority", "Northtown", "--population", str(folder / "persons.csv")], 2,
        "persons: no number in row 2; found 'many'",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ASKED)
def test_what_cannot_be_done_is_said_and_nothing_written(name, tmp_path, monkeypatch):
    """The command ends with its code and without a traceback, and makes no folder."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "given"
    (folder / "empty").mkdir(parents=True)
    (folder / "flows").mkdir()
    write(caseload(), folder / "caseload.csv")
    write(ceased(), folder / "flows" / "ceased.csv")
    (folder / "persons.csv").write_text(
        "area_code,area_name,projection_base,year,age,persons\nE06000901,Northtown,2018,2023,0,many\n"
    )
    arguments, code, message = ASKED[name]
    if name != "text among the persons":
        (folder / "persons.csv").unlink()
    result = CliRunner().invoke(main, ["import", "sen2", *arguments(folder), "--out", "made"])
    assert result.exit_code == code
    assert message in result.output
    assert "Traceback" not in result.output
    assert not (tmp_path / "made").exists()


def test_placements_that_do_not_add_up_stop_the_import(tmp_path, monkeypatch):
    """A hundred plans less in no column of a total: nobody could tell where they are."""
    monkeypatch.chdir(tmp_path)
    table = caseload()
    table.loc[4, "elective_home_education"] = "0"
    write(table, tmp_path / "caseload.csv")
    result = CliRunner().invoke(
        main,
        ["import", "sen2", "caseload.csv", "--authority", "Northtown", "--first-year", "2023-24"],
    )
    assert result.exit_code == 2
    assert "found 196 in the placements; expected 200" in result.output
