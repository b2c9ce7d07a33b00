"""The workbook of a comparison in a real client: formulas, pages and the chart."""

from __future__ import annotations

import re
import subprocess
import zipfile
from pathlib import Path

import openpyxl
import pytest

from model.report.bridge.comparison import compare_runs
from model.report.bridge.workbook import write_comparison
from tests.clients import convert, disagreements
from tests.saved_runs import edited, save_run

pytestmark = [pytest.mark.e2e, pytest.mark.libreoffice]

CHANGES = {
    "opening_deficit_gbp: 14200000": "opening_deficit_gbp: 14500000",
    "requests_in_base_year: 520": "requests_in_base_year: 560",
    "gross_income_gbp: {2025-26: 38500000}": "gross_income_gbp: {2025-26: 38900000}",
    "amount_gbp: 1500000}": "amount_gbp: 500000}",
    "mitigated: base": "mitigated: all",
}
SURPLUS = {"opening_deficit_gbp: 14200000": "opening_deficit_gbp: -9000000"}


@pytest.fixture(scope="module")
def runs(tmp_path_factory, demoshire_file) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("runs")
    made = {"base": save_run(demoshire_file, folder / "base")}
    for name, changes in {"changed": CHANGES, "surplus": SURPLUS}.items():
        scenario = edited(demoshire_file, folder / f"{name}_scenario", changes)
        made[name] = save_run(scenario, folder / name)
    return made


def write(runs: dict[str, Path], a: str, b: str, year: str, folder: Path) -> Path:
    path = folder / "bridge.xlsx"
    write_comparison(compare_runs(runs[a], runs[b]), year, path)
    return path


@pytest.mark.parametrize(
    ("a", "b", "year"),
    [
        ("base", "changed", "2029-30"),
        ("base", "changed", "2026-27"),
        ("base", "surplus", "2025-26"),
        ("base", "base", "2029-30"),
    ],
)
def test_every_formula_recalculates_to_the_stored_value(runs, tmp_path, a, b, year):
    """Also into a surplus, where the waterfall crosses nil, and where nothing differs."""
    book = write(runs, a, b, year, tmp_path)
    assert disagreements(book, tmp_path) == []
    bridge = openpyxl.load_workbook(book, data_only=True)["Bridge"]
    said = [str(cell.value) for row in bridge.iter_rows(max_col=1) for cell in row]
    assert any(
        re.fullmatch(r"All \d+ live checks of this workbook's sums passed\.", s) for s in said
    )


def test_a_figure_changed_by_hand_fails_a_live_check(runs, tmp_path):
    """One cause of one line raised by a pound: Checks and the statement on Bridge say so."""
    path = write(runs, "base", "changed", "2029-30", tmp_path)
    book = openpyxl.load_workbook(path)
    lines = book["By line"]
    cell = next(
        cell
        for row in lines.iter_rows(min_col=2)
        for cell in row
        if isinstance(cell.value, float) and abs(cell.value) > 1_000
    )
    cell.value += 1.0
    book.save(path)
    found = openpyxl.load_workbook(convert(path, tmp_path, "xlsx"), data_only=True)
    said = [str(cell.value) for row in found["Bridge"].iter_rows(max_col=1) for cell in row]
    assert any("At least one live check" in text for text in said)


def test_the_bridge_is_one_page_and_no_figure_is_too_wide(runs, tmp_path):
    pdf = convert(write(runs, "base", "changed", "2029-30", tmp_path), tmp_path, "pdf")
    text = subprocess.run(
        ["pdftotext", "-layout", str(pdf), "-"], check=True, capture_output=True, text=True
    ).stdout
    pages = [page.strip().splitlines()[0].split()[-1] for page in text.split("\f") if page.strip()]
    assert pages.count("Bridge") == 1
    assert "###" not in text


def test_the_chart_says_in_words_what_it_shows(runs, tmp_path):
    path = write(runs, "base", "changed", "2029-30", tmp_path)
    with zipfile.ZipFile(path) as book:
        drawing = book.read("xl/drawings/drawing1.xml").decode()
        chart = book.read("xl/charts/chart1.xml").decode()
    description = re.search(r'descr="([^"]+)"', drawing)
    assert description is not None
    assert re.search(r"from the deficit of A, £\d+\.\d million, to that of B", description[1])
    assert "the axis starts at £" in chart


def test_the_same_runs_give_the_same_bytes(runs, tmp_path):
    (tmp_path / "again").mkdir()
    first = write(runs, "base", "changed", "2029-30", tmp_path)
    again = write(runs, "base", "changed", "2029-30", tmp_path / "again")
    assert first.read_bytes() == again.read_bytes()
