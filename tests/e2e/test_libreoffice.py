"""LibreOffice opens the workbook, recalculates every formula, and finds what we stored."""

from __future__ import annotations

import re
import subprocess
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
from xlsxwriter import Workbook

from model.report.workbook import About, write_workbook
from model.report.workbook.styles import NUMBERS
from model.run import run
from model.scenario.load import load
from tests.clients import convert, disagreements
from tests.workbooks import bundled_scenarios, name_of, written

pytestmark = [pytest.mark.e2e, pytest.mark.libreoffice]

ABOUT = About("run-1", datetime(2023, 6, 30, 9), "0", 1, 192, "hn-forecast run", "s.yaml", "00")

AS_SHOWN = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true"
"""LibreOffice's text export with cells as shown, in UTF-8."""


@pytest.fixture(scope="module")
def workbook(tmp_path_factory, north_somerset_file) -> Path:
    path = tmp_path_factory.mktemp("workbook") / "workbook.xlsx"
    write_workbook(run(load(north_somerset_file), draws=192), path, ABOUT)
    return path


def test_every_formula_recalculates_to_the_stored_value(workbook, tmp_path):
    assert disagreements(workbook, tmp_path) == []


@pytest.mark.parametrize("scenario", bundled_scenarios(), ids=name_of)
def test_every_bundled_scenario_recalculates_too(scenario, tmp_path):
    assert disagreements(written(scenario, tmp_path), tmp_path) == []


def test_a_wrong_stored_value_is_caught(workbook, tmp_path):
    """The comparison can fail: one stored number is changed and the formula left alone."""
    damaged = tmp_path / "damaged.xlsx"
    planted = _plant(workbook, damaged)
    found = disagreements(damaged, tmp_path)
    assert [item.cell for item in found] == [planted]
    assert found[0].stored == pytest.approx(123.5)


def _plant(source: Path, target: Path) -> str:
    """Copy a workbook with the stored value of its first sum on the Plans sheet replaced."""
    name = "Plans"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        sheets = re.findall(r'<sheet name="([^"]+)"', old.read("xl/workbook.xml").decode())
        part = f"xl/worksheets/sheet{sheets.index(name) + 1}.xml"
        for entry in old.namelist():
            data = old.read(entry)
            if entry == part:
                text = data.decode()
                match = re.search(r'<c r="(\w+)"[^>]*><f>SUM\([^<]*</f><v>([^<]*)</v>', text)
                assert match is not None
                data = (text[: match.start(2)] + "123.5" + text[match.end(2) :]).encode()
                place = f"{name}!{match[1]}"
            new.writestr(entry, data)
    return place


def test_small_amounts_are_nil_among_thousands(tmp_path):
    """A cell shown in thousands must not print £114 as 114, nor £499 as 499."""
    amounts = (114.0, -114.0, 499.0, -499.0, 500.0, -500.0, 1_234_567.0, -2_500.0)
    path = tmp_path / "small.xlsx"
    with Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        money = book.add_format({"num_format": NUMBERS["money"]})
        for row, amount in enumerate(amounts):
            sheet.write_number(row, 0, amount, money)
    convert(path, tmp_path, AS_SHOWN)
    text = (tmp_path / "converted" / "small.csv").read_text(encoding="utf-8")
    shown = [line.strip('"') for line in text.splitlines()]
    assert shown == ["0", "0", "0", "0", "1", "-1", "1,235", "-3"]


def test_pages_to_sign_and_to_hand_out_are_one_page_each(workbook, tmp_path):
    """Each page carries its sheet's name in the header; LibreOffice lays out the pages."""
    pdf = convert(workbook, tmp_path, "pdf")
    text = subprocess.run(
        ["pdftotext", "-layout", str(pdf), "-"], check=True, capture_output=True, text=True
    ).stdout
    headers = [page.strip().splitlines()[0].split() for page in text.split("\f") if page.strip()]
    for name in ("Cover", "Members", "Summary"):
        assert sum(words[-1] == name for words in headers) == 1
    assert "###" not in text
