"""The workbook as a file: sheets, names, charts, print set-up, and figures equal to the results."""

from __future__ import annotations

import hashlib
import re
import shutil
import zipfile
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import openpyxl
import pytest
from ruamel.yaml import YAML

from model.checks import check_results
from model.reference.codes import SETTINGS
from model.report.workbook import About, write_workbook
from model.report.workbook.plans import CHART_GROUPS
from model.results import Results
from model.run import run
from model.scenario.load import load

pytestmark = pytest.mark.integration

ABOUT = About(
    run_id="ns-20230630-ab12",
    created=datetime(2023, 6, 30, 9, 15),
    version="0.1.0",
    seed=20230629,
    draws=128,
    command="hn-forecast run north_somerset_2023.yaml",
    scenario_file="north_somerset_2023.yaml",
    scenario_hash="9f" * 32,
    packages={"numpy": "2.0"},
)
ALL_SHEETS = [
    "Cover", "Summary", "DSG account", "Reconciliation", "Budget lines", "Plans", "Monte Carlo",
    "Assumptions", "Checks", "About",
]  # fmt: skip
LONGEST_EXCEL_TEXT = 32_767
XML = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"


@pytest.fixture(scope="module")
def results(north_somerset_file) -> Results:
    return run(load(north_somerset_file), draws=128)


@pytest.fixture(scope="module")
def path(results, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("workbook") / "workbook.xlsx"
    write_workbook(results, path, ABOUT)
    return path


@pytest.fixture(scope="module")
def stored(path):
    """The workbook with stored values."""
    return openpyxl.load_workbook(path, data_only=True)


@pytest.fixture(scope="module")
def written(path):
    """The workbook with formulas."""
    return openpyxl.load_workbook(path)


def named(workbook, name: str) -> object:
    """Value of the cell behind a defined name."""
    ((sheet, place),) = workbook.defined_names[name].destinations
    return workbook[sheet][place].value


def find(workbook, sheet: str, label: str, column: int = 2, nth: int = 0) -> object:
    """Value in the row whose first cell is `label`."""
    rows = [row for row in workbook[sheet].iter_rows() if row[0].value == label]
    assert rows, f"no row '{label}' on {sheet}"
    return rows[nth][column - 1].value


def test_sheets_are_in_reading_order(stored):
    assert stored.sheetnames == ALL_SHEETS


def test_size_is_what_an_office_can_open(path, stored):
    cells = sum(
        cell.value is not None for sheet in stored for row in sheet.iter_rows() for cell in row
    )
    assert cells < 500_000
    assert path.stat().st_size < 3_000_000


def test_no_text_is_too_long_and_no_number_is_missing(stored):
    for sheet in stored:
        for row in sheet.iter_rows():
            for cell in row:
                assert not isinstance(cell.value, str) or len(cell.value) <= LONGEST_EXCEL_TEXT
                assert cell.data_type != "e", f"{sheet.title}!{cell.coordinate} is {cell.value}"
                if isinstance(cell.value, float):
                    assert np.isfinite(cell.value)


def test_every_formula_has_a_stored_value(written, stored):
    for sheet in written:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    value = stored[sheet.title][cell.coordinate].value
                    assert value is not None, f"{sheet.title}!{cell.coordinate}"


def test_no_merged_cells_anywhere(written):
    assert [sheet.title for sheet in written if sheet.merged_cells.ranges] == []


def test_names_and_tables_are_unique(path, written):
    tables = [name for sheet in written for name in sheet.tables]
    assert tables == ["assumptions"]
    text = zipfile.ZipFile(path).read("xl/workbook.xml").decode()
    names = re.findall(r'<definedName name="(hn_[^"]+)"', text)
    assert len(names) == len({name.lower() for name in names}) > 20


def test_print_set_up(written):
    for sheet in written:
        assert sheet.print_area, sheet.title
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToWidth in (None, 1)  # left out of the file, 1 is meant
        assert "&P" in sheet.oddFooter.right.text
        assert ABOUT.run_id in sheet.oddFooter.left.text
    assert written["Summary"].page_setup.fitToHeight in (None, 1)
    assert written["Summary"].page_setup.orientation == "landscape"
    frozen = {sheet.title for sheet in written if sheet.freeze_panes}
    assert frozen >= set(ALL_SHEETS) - {"Cover"}


def test_charts_are_native_and_described(path):
    """Looked at in the file as written: a reader program might add or lose alternative text."""
    with zipfile.ZipFile(path) as file:
        charts = [name for name in file.namelist() if re.match(r"xl/charts/chart\d+\.xml", name)]
        drawing = ElementTree.fromstring(file.read("xl/drawings/drawing1.xml"))
    assert len(charts) == 3
    described = [item.get("descr", "") for item in drawing.iter(f"{XML}cNvPr") if item.get("descr")]
    assert len(described) == 3
    assert all(len(text) > 60 for text in described)


def test_line_chart_keeps_its_labels_below_a_surplus(path):
    with zipfile.ZipFile(path) as file:
        lines = [
            text
            for name in file.namelist()
            if name.startswith("xl/charts/chart")
            and "<c:lineChart>" in (text := file.read(name).decode())
        ]
    (chart,) = lines
    assert '<c:tickLblPos val="low"/>' in chart
    assert '<c:min val="0"/>' not in chart


@pytest.mark.parametrize(
    ("name", "series", "statistic"),
    [
        ("in_year_mean", "in_year_deficit", "mean"),
        ("in_year_p10", "in_year_deficit", "p10"),
        ("without_mean", "cumulative_without_support", "mean"),
        ("without_p50", "cumulative_without_support", "p50"),
        ("without_p90", "cumulative_without_support", "p90"),
        ("with_mean", "cumulative_with_support", "mean"),
        ("gap_mean", "trajectory_gap", "mean"),
        ("probability_mean", "trajectory_on_trajectory", "mean"),
    ],
)
def test_headline_cells_equal_the_results(stored, results, name, series, statistic):
    values = results.statistic(series, statistic).to_numpy()
    years = results.draws["year"].to_numpy()
    for year, value in zip(years, values, strict=True):
        cell = named(stored, f"hn_{name}_{str(year).replace('-', '_')}")
        assert cell == pytest.approx(value, rel=1e-12, abs=1e-6)


def test_published_case_stands_on_the_reconciliation(stored):
    """885k behind, 2,502k like-for-like, 3,660k worse in the year (paper 000:2080-2108, 2368)."""
    expected = {
        "Closing deficit without support": 24_885_000,
        "Behind the target": 885_000,
        "Worse in the year than agreed": 3_660_000,
        "masked by a better opening of": 2_775_000,
        "Behind the target like-for-like, without one-offs": 2_502_000,
        "Headroom: in-year deficit that would have met the target": 5_875_000,
        "In-year movement then needed in 2024-25 (minus: a surplus)": -285_000,
    }
    for label, value in expected.items():
        assert find(stored, "Reconciliation", label) == pytest.approx(value, abs=0.01)


def test_closed_year_is_reached_from_both_openings(stored):
    """9,685k from 11,830k and from 13,447k (paper 000:2090-2095, 3213-3224)."""
    for column in (2, 3):
        value = find(stored, "DSG account", "Carried forward, as printed", column)
        assert value == pytest.approx(9_685_000)
        row = next(
            cell.row
            for cell in stored["DSG account"]["A"]
            if cell.value == "Carried forward, as printed"
        )
        assert stored["DSG account"].cell(row - 1, column).value == pytest.approx(9_685_000)


def test_gap_of_350_is_shown_as_rounding(stored):
    label = "Gap: rounding of printed figures"
    assert find(stored, "DSG account", label, 4) == pytest.approx(350)


def test_every_check_is_on_the_cover(stored, results):
    shown = {row[0].value: row[4].value for row in stored["Cover"].iter_rows()}
    for check in check_results(results):
        assert shown[check.name] == "passed" if check.passed else shown[check.name] != "passed"
    text = " ".join(str(row[0].value) for row in stored["Cover"].iter_rows())
    assert "Section 151 officer" in text
    assert "Director of Children's Services" in text


def test_live_checks_pass(stored):
    failed = find(stored, "Checks", "Workbook checks that failed", 3)
    assert failed == 0


def test_a_failed_check_stops_the_signature(results, tmp_path):
    broken = Results(**{**vars(results), "gaps": {"account: block identity": 12.0}})
    write_workbook(broken, tmp_path / "broken.xlsx", ABOUT)
    cover = openpyxl.load_workbook(tmp_path / "broken.xlsx", data_only=True)["Cover"]
    text = [str(cell.value) for row in cover.iter_rows() for cell in row]
    assert "FAILED" in text
    assert any("Do not sign" in words for words in text)


def test_totals_are_formulas(written):
    for sheet, label in {
        "DSG account": "Deficit carried forward",
        "Budget lines": "All lines",
        "Plans": "Plans in force on 31 March",
        "Reconciliation": "Gap to the target, mean",
    }.items():
        assert str(find(written, sheet, label)).startswith("=")


def test_only_functions_that_old_programs_know(written):
    used = set()
    for sheet in written:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    used |= set(re.findall(r"\b([A-Z][A-Z.]+)\(", str(cell.value)))
    assert used <= {"SUM", "IF", "ABS", "COUNTIF", "SUMPRODUCT"}


def test_same_run_gives_the_same_bytes(results, path, tmp_path):
    again = tmp_path / "again.xlsx"
    write_workbook(results, again, ABOUT)
    digests = {hashlib.sha256(one.read_bytes()).hexdigest() for one in (path, again)}
    assert len(digests) == 1


def test_text_that_looks_like_a_formula_stays_text(results, tmp_path):
    about = About(**{**vars(ABOUT), "command": '=HYPERLINK("http://x")', "notes": ("=1+1",)})
    write_workbook(results, tmp_path / "text.xlsx", about)
    sheet = openpyxl.load_workbook(tmp_path / "text.xlsx")["About"]
    cells = [cell for row in sheet.iter_rows() for cell in row if str(cell.value)[:1] == "="]
    assert {cell.data_type for cell in cells} == {"s"}
    assert len(cells) == 2


def test_every_setting_is_in_one_chart_group():
    grouped = [name for group in CHART_GROUPS.values() for name in group]
    assert sorted(grouped) == sorted(SETTINGS)


def without(folder: Path, source: Path, *sections: str) -> Results:
    """A run of the scenario with sections left out."""
    data = YAML(typ="safe").load(source)
    for section in sections:
        data.pop(section, None)
    shutil.copytree(source.with_name("north_somerset_2023"), folder / "north_somerset_2023")
    target = folder / "scenario.yaml"
    with target.open("w", encoding="utf-8") as stream:
        YAML().dump(data, stream)
    return run(load(target), draws=64)


@pytest.mark.parametrize(
    ("left_out", "missing"),
    [
        (("trajectory",), {"Reconciliation"}),
        (("account", "trajectory", "correlations"), {"DSG account", "Reconciliation"}),
        (
            ("account", "trajectory", "correlations", "funding", "nurture_groups", "mitigations"),
            {"DSG account", "Reconciliation", "Budget lines"},
        ),
    ],
)
def test_sheets_without_content_are_left_out(tmp_path, north_somerset_file, left_out, missing):
    results = without(tmp_path, north_somerset_file, *left_out)
    write_workbook(results, tmp_path / "part.xlsx", ABOUT)
    workbook = openpyxl.load_workbook(tmp_path / "part.xlsx", data_only=True)
    assert workbook.sheetnames == [name for name in ALL_SHEETS if name not in missing]
    text = {cell.value for row in workbook["Cover"].iter_rows() for cell in row}
    assert not missing & text


def test_adjustments_balances_and_contributions_stay_in_every_sum(tmp_path, north_somerset_file):
    """Accounts that use every term of the roll-forward still pass the live checks."""
    data = YAML(typ="safe").load(north_somerset_file)
    dated = {"id": "one", "title": "One", "block": "high_needs", "year": "2023-24"}
    later = {"id": "two", "title": "Two", "block": "schools", "year": "2024-25"}
    data["account"] |= {
        "prior_year_adjustments": [{**dated, "amount_gbp": 300_000}],
        "draws_on_balances": [{**dated, "amount_gbp": 70_000}, {**later, "amount_gbp": 50_000}],
        "authority_contributions": [{**dated, "amount_gbp": 1_000_000}],
    }
    data["account"]["printed"] = []
    shutil.copytree(
        north_somerset_file.with_name("north_somerset_2023"), tmp_path / "north_somerset_2023"
    )
    with (tmp_path / "scenario.yaml").open("w", encoding="utf-8") as stream:
        YAML().dump(data, stream)
    results = run(load(tmp_path / "scenario.yaml"), draws=64)
    write_workbook(results, tmp_path / "full.xlsx", ABOUT)
    workbook = openpyxl.load_workbook(tmp_path / "full.xlsx", data_only=True)
    assert find(workbook, "Checks", "Workbook checks that failed", 3) == 0
    published = results.published
    assert published is not None
    closing = find(workbook, "Reconciliation", "Closing deficit without support")
    assert closing == pytest.approx(float(published.views.without_support[0, 0]))


def test_an_invented_authority_says_so(tmp_path, demoshire_file):
    results = run(load(demoshire_file), draws=64)
    write_workbook(results, tmp_path / "demo.xlsx", ABOUT)
    workbook = openpyxl.load_workbook(tmp_path / "demo.xlsx")
    for sheet in ("Cover", "Summary"):
        text = " ".join(str(cell.value) for row in workbook[sheet].iter_rows() for cell in row)
        assert "INVENTED AUTHORITY" in text
