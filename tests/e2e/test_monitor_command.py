"""`hn-forecast monitor` from a file to the console, JSON and a workbook that recalculates."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from cli import main
from tests.clients import disagreements

pytestmark = pytest.mark.e2e

ACTIVITY = """\
provision,line,budget_fye,budget_unit_cost,budget_total,actual_fye,actual_unit_cost,actual_total,source
Residential,,10,"205,636","2,056,355",12.73,"227,036","2,890,169",000:3335-3337
Out-of-area day,out_of_area,120,50000,,125,54000,,invented
"""


@pytest.fixture(scope="module")
def actuals(north_somerset_file) -> Path:
    return north_somerset_file.with_suffix("") / "actuals_month_2.csv"


def command(*arguments: object):
    return CliRunner().invoke(main, ["monitor", *map(str, arguments)])


@pytest.fixture(scope="module")
def workbook(tmp_path_factory, north_somerset_file, actuals) -> Path:
    folder = tmp_path_factory.mktemp("monitor")
    (folder / "activity.csv").write_text(ACTIVITY, encoding="utf-8")
    path = folder / "monitor.xlsx"
    result = command(
        north_somerset_file, "--actuals", actuals, "--month", 2, "--draws", 64, "--out", path,
        "--activity", folder / "activity.csv",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert "Do not use: 10,768k / 2 x 12 = 64,608k" in result.output
    assert "Look at: Support services contract is -2.5" in result.output
    return path


def test_json_says_what_the_console_does():
    result = command(
        "north_somerset_2023",
        "--actuals",
        "actuals_month_2.csv",
        "--month",
        2,
        "--draws",
        64,
        "--json",
    )
    assert result.exit_code == 0, "the bundled actuals lie beside the bundled scenario"
    found = json.loads(result.stdout)
    assert found["sums"]["variance_to_date_gbp"] == -21_136_000
    assert found["printed_total"]["variance_outturn_gbp"] == 6_760_000
    assert found["straight_line_gbp"] == 64_608_000
    assert found["look_at"] == ["support_services_contract", "medical_tuition"]
    line = found["lines"][4]
    assert (line["line"], line["actual_to_date_gbp"]) == ("support_services_contract", -65_000)
    assert line["variance_to_date_against_full_year_budget_gbp"] == -424_000
    assert line["variance_to_date_against_profiled_budget_gbp"] == pytest.approx(-124_833, abs=1)


def test_every_sheet_and_check(workbook):
    book = openpyxl.load_workbook(workbook, data_only=True)
    assert book.sheetnames == ["Monitor", "Price and volume", "Checks"]
    checks = [row[5].value for row in book["Checks"].iter_rows() if row[5].value]
    assert checks.count("passed") > 15
    assert "FAILED" not in checks
    texts = [str(cell.value) for row in book["Monitor"].iter_rows() for cell in row if cell.value]
    assert "To date less full-year budget" in texts
    assert "To date less budget to date" in texts
    assert "Straight line: do not use" in texts


def row_of(sheet, title: str) -> list[object]:
    return next([cell.value for cell in row] for row in sheet.iter_rows() if row[0].value == title)


def test_printed_totals_and_what_rounding_leaves(workbook):
    sheet = openpyxl.load_workbook(workbook, data_only=True)["Monitor"]
    printed = row_of(sheet, "Total as printed")
    rounding = row_of(sheet, "Rounding of print (printed less sum)")
    assert [printed[n] for n in (1, 4, 5, 7, 8)] == [
        31_903_000, 10_768_000, -21_136_000, 38_664_000, 6_760_000
    ]  # fmt: skip
    assert [rounding[n] for n in (1, 4, 5, 7, 8)] == [1_000, -1_000, -3_000, 1_000, -1_000]


def test_price_and_volume_of_the_workbook(workbook):
    """Residential 2022-23: 561,386 + 272,422 = 833,808, printed 833,814 (000:3335-3337)."""
    sheet = openpyxl.load_workbook(workbook, data_only=True)["Price and volume"]
    row = row_of(sheet, "Residential")
    assert [round(row[n]) for n in (7, 8, 9, 10, 11)] == [561_386, 272_422, 833_808, 833_814, 6]
    assert row_of(sheet, "Out-of-area day")[7:10] == [250_000, 500_000, 750_000]


def test_totals_are_live(workbook):
    sheet = openpyxl.load_workbook(workbook)["Monitor"]
    total = row_of(sheet, "Lines in the report")
    assert str(total[1]).startswith("=SUM(")
    assert str(total[10]).startswith("=SUM(")
    assert not str(total[11]).startswith("="), "a percentile does not add up"


@pytest.mark.libreoffice
def test_libreoffice_finds_the_stored_values(workbook, tmp_path):
    assert disagreements(workbook, tmp_path) == []


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("monitor.csv", "end it with .xlsx"),
        ("there.xlsx", "exists; name another file"),
        ("no/monitor.xlsx", "does not exist; make it first"),
    ],
)
def test_an_out_that_cannot_be_written_is_refused_before_any_work(
    north_somerset_file, actuals, tmp_path, name, says
):
    (tmp_path / "there.xlsx").write_text("mine")
    result = command(
        north_somerset_file, "--actuals", actuals, "--month", 2, "--out", tmp_path / name
    )
    assert result.exit_code == 3
    assert says in result.output
    assert (tmp_path / "there.xlsx").read_text() == "mine"


def test_a_folder_without_leave_to_write_is_refused(
    north_somerset_file, actuals, tmp_path, monkeypatch
):
    from model.report import asked_file

    real = asked_file.os.access
    monkeypatch.setattr(
        asked_file.os, "access", lambda path, mode: path != tmp_path and real(path, mode)
    )
    result = command(
        north_somerset_file, "--actuals", actuals, "--month", 2, "--out", tmp_path / "m.xlsx"
    )
    assert (result.exit_code, "cannot be written to" in result.output) == (3, True)


def test_a_full_disk_leaves_nothing(tmp_path, monkeypatch):
    from model.report import asked_file
    from model.report.run_folder import FolderError

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(asked_file.os, "replace", full)
    with pytest.raises(FolderError, match="No space left"):
        asked_file.write_text(tmp_path / "m.xlsx", "content")
    assert list(tmp_path.iterdir()) == []


def test_a_stale_file_is_refused_on_every_row(north_somerset_file, actuals):
    result = command(north_somerset_file, "--actuals", actuals, "--month", 3)
    assert result.exit_code == 2
    assert (
        result.output.count("the file is for month 2; found '2'; expected month 3 (2023-06)") == 9
    )
    assert "9 problems; nothing was run." in result.output


def test_a_scenario_without_lines_is_refused(tmp_path, actuals):
    path = tmp_path / "s.yaml"
    path.write_text(
        "format: 1\nname: s\ntitle: S\nauthority: Nowhere\nas_at: 2023-06\n"
        "horizon: {first_year: 2023-24, last_year: 2024-25}\n"
        "general_fund: {transport: {travellers: []}}\n",
        encoding="utf-8",
    )
    assert command(path, "--actuals", actuals, "--month", 2).exit_code == 2


@pytest.mark.parametrize("month", ["0", "13", "May"])
def test_a_month_out_of_range_is_refused(north_somerset_file, actuals, month):
    result = command(north_somerset_file, "--actuals", actuals, "--month", month)
    assert result.exit_code == 2
    assert "--month" in result.output
