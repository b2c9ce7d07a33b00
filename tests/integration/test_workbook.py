"""The workbook as a file: sheets, names, charts, print set-up, and figures equal to the results."""

from __future__ import annotations

import hashlib
import re
import shutil
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import openpyxl
import pytest
from ruamel.yaml import YAML

from model.checks import CheckResult, check_results
from model.reference.codes import SETTINGS
from model.report.workbook import About, checks, cover, write_workbook
from model.report.workbook.mitigations import statement
from model.report.workbook.plans import CHART_GROUPS
from model.report.workbook.styles import NUMBERS
from model.results import Results
from model.run import run
from model.scenario.load import load
from model.studies import Studies, study
from tests.scenarios import small

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
    "Cover", "Members", "Summary", "DSG account", "Reconciliation", "Support and reserves",
    "Budget lines", "Plans",
    "Requests and waiting", "Places", "Nurture groups", "Mitigations", "Risks", "Schools forum",
    "Accounts note", "What drives it", "Figures checked", "Management plan", "Reform plan",
    "Monte Carlo", "Assumptions", "Policy values", "Data gaps", "Audit trail", "Checks", "About",
]  # fmt: skip
WITH_ACCOUNT = {"Members", "Support and reserves", "Risks", "Schools forum", "Accounts note"}
"""Sheets that only a scenario with a DSG account has."""

LONGEST_EXCEL_TEXT = 32_767
XML = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"


@pytest.fixture(scope="module")
def results(north_somerset_file) -> Results:
    return run(load(north_somerset_file), draws=128)


@pytest.fixture(scope="module")
def studies(results) -> Studies:
    return study(results, draws=64, jobs=2)


@pytest.fixture(scope="module")
def path(results, studies, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("workbook") / "workbook.xlsx"
    write_workbook(results, path, ABOUT, studies)
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
    assert tables == ["assumptions", "data_gaps", "audit_trail"]
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
    assert written["Assumptions"].print_title_rows == "$5:$5"
    repeated = int(written["Monte Carlo"].print_title_rows.split("$")[-1])
    assert written["Monte Carlo"].cell(repeated, 1).value == "Measure"
    frozen = {sheet.title for sheet in written if sheet.freeze_panes}
    assert frozen >= set(ALL_SHEETS) - {"Cover"}


def test_charts_are_native_and_described(path):
    """Looked at in the file as written: a reader program might add or lose alternative text."""
    with zipfile.ZipFile(path) as file:
        charts = [name for name in file.namelist() if re.match(r"xl/charts/chart\d+\.xml", name)]
        drawings = [
            ElementTree.fromstring(file.read(name))
            for name in file.namelist()
            if re.match(r"xl/drawings/drawing\d+\.xml", name)
        ]
    # One for members, three on the Summary, two of the queue, one for each group of schools, one of
    # mitigations and one of what drives it.
    assert len(charts) == 10
    described = [
        item.get("descr", "")
        for drawing in drawings
        for item in drawing.iter(f"{XML}cNvPr")
        if item.get("descr")
    ]
    assert len(described) == 10
    assert all(len(text) > 60 for text in described)


def test_line_chart_keeps_its_labels_below_a_surplus(path):
    with zipfile.ZipFile(path) as file:
        lines = [
            text
            for name in file.namelist()
            if name.startswith("xl/charts/chart")
            and "<c:lineChart>" in (text := file.read(name).decode())
        ]
    (chart,) = [text for text in lines if "Cumulative deficit without support" in text]
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
        "Gap to the target (minus: better than agreed)": 885_000,
        "In-year against the agreed movement (minus: better)": 3_660_000,
        "Like-for-like gap, without one-offs (minus: better)": 2_502_000,
        "Headroom: in-year deficit that would have met the target": 5_875_000,
        "In-year movement then needed in 2024-25 (minus: a surplus)": -285_000,
    }
    for label, value in expected.items():
        assert find(stored, "Reconciliation", label) == pytest.approx(value, abs=0.01)
    opening = find(stored, "Reconciliation", "Better opening than agreed (minus: worse)", nth=1)
    assert opening == pytest.approx(2_775_000, abs=0.01)
    words = " ".join(str(row[0].value) for row in stored["Reconciliation"].iter_rows())
    assert not re.search("behind|masked|worse in the year", words, re.IGNORECASE)


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
        if check.kind == "notice":
            assert shown[check.name] == "look at"
        else:
            assert shown[check.name] == ("passed" if check.passed else "FAILED")
    text = " ".join(str(row[0].value) for row in stored["Cover"].iter_rows())
    assert "Section 151 officer" in text
    assert "Director of Children's Services" in text


def test_notices_are_counted_apart_from_checks(monkeypatch, results, tmp_path):
    """Passed checks are counted without notices, whether a notice says it passed or not."""
    found = [
        CheckResult("plans close", "identity", 7.2e-13, 1e-6, "plans"),
        CheckResult("sums close", "identity", 0.0, 0.01, "GBP"),
        CheckResult("a factor is high", "notice", 0.4, 0.25, "factor", "look at its prices"),
        CheckResult("few draws", "notice", 0.0, 1.0, "draws", "use more"),
    ]
    for module in (cover, checks):
        monkeypatch.setattr(module, "check_results", lambda _: found)
    write_workbook(results, tmp_path / "notices.xlsx", ABOUT)
    workbook = openpyxl.load_workbook(tmp_path / "notices.xlsx", data_only=True)
    texts = [str(row[0].value) for row in workbook["Cover"].iter_rows()]
    assert "All 2 checks of the run passed." in texts
    assert "2 things to look at." in texts
    assert texts.index("a factor is high") + 1 == texts.index("look at its prices")
    for name in ("a factor is high", "few draws"):
        assert find(workbook, "Cover", name, 5) == "look at"
        assert find(workbook, "Checks", name, 6) == "look at"


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


def test_same_run_gives_the_same_bytes(results, studies, path, tmp_path):
    again = tmp_path / "again.xlsx"
    write_workbook(results, again, ABOUT, studies)
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


@pytest.mark.parametrize("name", [n for n, text in NUMBERS.items() if text.count(";") == 2])
def test_what_rounds_to_nil_is_shown_as_text(name):
    """With two conditions the last section takes all that is left: as a number format it would
    show £114 as 114 among thousands."""
    sections = NUMBERS[name].split(";")
    if sections[0].startswith("[") and name != "chance":
        assert re.fullmatch(r'"[^"]+"', sections[2])


def changed(folder: Path, source: Path, change: Callable[[dict[str, Any]], None]) -> Results:
    """A run of the scenario with its data changed."""
    data = YAML(typ="safe").load(source)
    change(data)
    shutil.copytree(source.with_name("north_somerset_2023"), folder / "north_somerset_2023")
    with (folder / "scenario.yaml").open("w", encoding="utf-8") as stream:
        YAML().dump(data, stream)
    return run(load(folder / "scenario.yaml"), draws=64)


@pytest.mark.parametrize("kept", [["2024-25", "2025-26", "2026-27", "2027-28"], ["2027-28"]])
def test_targets_may_start_later_than_the_forecast(tmp_path, north_somerset_file, kept):
    def later(data: dict[str, Any]) -> None:
        trajectory = data["trajectory"]
        trajectory["targets"] = [t for t in trajectory["targets"] if str(t["year"]) in kept]
        trajectory["one_offs"] = []
        trajectory["balance_by"] = kept[0]
        for payment in data["account"]["support_payments"]:
            payment.pop("test", None)

    results = changed(tmp_path, north_somerset_file, later)
    write_workbook(results, tmp_path / "later.xlsx", ABOUT)
    workbook = openpyxl.load_workbook(tmp_path / "later.xlsx", data_only=True)
    text = [str(row[0].value) for row in workbook["Reconciliation"].iter_rows()]
    assert not [words for words in text if "published case" in words]
    assert find(workbook, "Checks", "Workbook checks that failed", 3) == 0
    for index, year in enumerate(kept):
        gap = results.statistic("trajectory_gap", "mean").sel(target_year=year)
        shown = find(workbook, "Reconciliation", "Gap to the target, mean", index + 2)
        assert shown == pytest.approx(float(gap))


@pytest.mark.parametrize(
    ("choice", "words", "marks"),
    [
        ("base", "Mitigations: base. 9 planned", {"as in the base"}),
        ("none", "Mitigations: none.", {"taken away"}),
        ("all", "Mitigations: all. 9 planned mitigations are added", {"added"}),
        (["fee_challenge"], "1 of 9 planned mitigations added: Challenge",
         {"added", "taken away"}),
    ],
)  # fmt: skip
def test_the_case_of_mitigations_is_named(tmp_path, north_somerset_file, choice, words, marks):
    results = changed(tmp_path, north_somerset_file, lambda data: data.update(mitigated=choice))
    write_workbook(results, tmp_path / "case.xlsx", ABOUT)
    workbook = openpyxl.load_workbook(tmp_path / "case.xlsx", data_only=True)
    for sheet in ("Cover", "Summary", "Mitigations"):
        assert words in " ".join(str(row[0].value) for row in workbook[sheet].iter_rows())
    shown = {find(workbook, "Mitigations", item.title, 12) for item in results.scenario.mitigations}
    assert shown == marks
    effect = results.draws["line_mitigation"].sum("line").mean("draw").to_numpy()
    for index, value in enumerate(effect):
        found = find(workbook, "Mitigations", "All mitigations, on the lines above", index + 4)
        assert found == pytest.approx(float(value), abs=0.01)
    assert find(workbook, "Checks", "Workbook checks that failed", 3) == 0


def test_no_mitigations_are_said_to_be_none(demoshire_file):
    scenario = load(demoshire_file).scenario.model_copy(update={"mitigations": []})
    assert statement(scenario) == "No mitigations are given."


def test_published_count_is_rolled_forward_to_the_opening(stored, results):
    plans = results.scenario.plans
    opening = float(results.draws["plans"].isel(point=0).mean())
    assert find(stored, "Plans", "Published count (SEN2), Jan 2023") == plans.total
    title = "Plans in force on 31 March 2023, opening of the forecast"
    assert find(stored, "Plans", title) == pytest.approx(opening)
    assert find(stored, "Plans", "Mainstream school or academy") == plans.settings["mainstream"]
    assert find(stored, "Plans", "All plans") == plans.total


def test_section_251_lines_are_named_and_in_order(stored):
    rows = [
        (row[0].value, row[1].value)
        for row in stored["Budget lines"].iter_rows()
        if re.fullmatch(r"1\.\d+\.\d+", str(row[1].value))
    ]
    assert ("Place funding", "1.0.2") in rows
    assert ("Top-up, academies, free schools and colleges", "1.2.2") in rows


def test_assumptions_write_large_numbers_out(stored):
    texts = [str(row[7].value) for row in stored["Assumptions"].iter_rows(min_row=6)]
    assert any("normal 1,816,674" in text for text in texts)
    assert not [text for text in texts if "e+" in text]


def without(folder: Path, source: Path, *sections: str) -> Results:
    """A run of the scenario with sections left out."""

    def leave_out(data: dict[str, Any]) -> None:
        for section in sections:
            data.pop(section, None)
        for payment in data.get("account", {}).get("support_payments", []):
            payment.pop("test", None)  # there are no targets to test it on

    return changed(folder, source, leave_out)


@pytest.mark.parametrize(
    ("left_out", "missing"),
    [
        (("trajectory",), {"Reconciliation"}),
        (
            ("account", "trajectory", "correlations"),
            {"DSG account", "Reconciliation", *WITH_ACCOUNT},
        ),
        (
            (
                "account",
                "trajectory",
                "correlations",
                "funding",
                "nurture_groups",
                "mitigations",
                "pool",
                "nurture_effect",
            ),
            {
                "DSG account",
                "Reconciliation",
                "Budget lines",
                "Nurture groups",
                "Mitigations",
                "Audit trail",
                *WITH_ACCOUNT,
            },
        ),
    ],
)
def test_sheets_without_content_are_left_out(tmp_path, north_somerset_file, left_out, missing):
    results = without(tmp_path, north_somerset_file, *left_out)
    write_workbook(results, tmp_path / "part.xlsx", ABOUT)
    workbook = openpyxl.load_workbook(tmp_path / "part.xlsx", data_only=True)
    # Without studies nothing is said of what drives it.
    missing = missing | {"What drives it"}
    assert workbook.sheetnames == [name for name in ALL_SHEETS if name not in missing]
    text = {cell.value for row in workbook["Cover"].iter_rows() for cell in row}
    assert not missing & text
    assert set(workbook.sheetnames) - {"Cover"} <= text, "every sheet stands in the contents"


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


def test_what_drives_it_is_what_was_studied(stored, studies):
    """The largest swing first, with its ends, indices and the changes that the chart reads."""
    found = studies.sensitivity
    driver = found.drivers[0]
    rows = [
        row for row in stored["What drives it"].iter_rows() if row[0].value == driver.group.title
    ]
    values = [cell.value for cell in rows[0][1:9]]
    assert values[:2] == pytest.approx([driver.swing.low, driver.swing.high])
    assert values[2:4] == pytest.approx(
        [driver.swing.low - found.central, driver.swing.high - found.central]
    )
    assert values[4] == pytest.approx(max(driver.first.value, 0))


GENERAL_FUND = """
plans:
  counted: 2023-01
  total: 100
  source: invented
  age_groups: {5_to_10: 50, 11_to_15: 50}
  settings: {mainstream: 60, state_special: 40}
statement_transfers: {statements: {uniform: [90, 110]}, start: 2023-09, reviews_a_year: 60, deadline: 2025-04}
general_fund:
  price_base: 2023-24
  transport:
    budget_gbp: 250000
    published_gbp: 300000
    travellers:
      - {id: special, title: Special schools, settings: [state_special], share_transported: {between: [0.4, 0.6]}, annual_cost_gbp: 8000}
      - {id: others, title: Mainstream, settings: [mainstream], share_transported: 0.1, annual_cost_gbp: 4000}
  appeals: {share_of_plans_a_year: 0.02, cost_each_gbp: 5000, conceded_share: 0.3, conceded_cost_gbp: 30000}
"""


def test_general_fund_and_statements_have_their_rows(tmp_path):
    """Sums of the general fund hold, and neither has anything to do with the DSG."""
    results = run(small(tmp_path, GENERAL_FUND), draws=64)
    write_workbook(results, tmp_path / "fund.xlsx", ABOUT)
    workbook = openpyxl.load_workbook(tmp_path / "fund.xlsx", data_only=True)
    assert workbook.sheetnames == [
        "Cover", "Summary", "Plans", "Requests and waiting", "General fund", "Management plan",
        "Reform plan", "Monte Carlo", "Assumptions", "Policy values", "Data gaps", "Checks", "About",
    ]  # fmt: skip
    draws = results.draws
    transport = float(draws["transport_gbp"].sel(year="2024-25").sum("travellers").mean())
    appeals = float(draws["appeals_cost_gbp"].sel(year="2024-25").mean())
    assert find(workbook, "General fund", "All SEND transport", 3) == pytest.approx(transport)
    together = find(workbook, "General fund", "General fund, what is modelled here", 3)
    assert together == pytest.approx(transport + appeals)
    assert find(workbook, "General fund", "Published forecast") == 300_000
    start = find(workbook, "Requests and waiting", "Statements at the start of the year")
    assert start == pytest.approx(float(draws["statements_remaining_by_month"][0].mean()))
    end = find(workbook, "Requests and waiting", "Statements at the end of the year", 4)
    assert end == pytest.approx(float(draws["statements_remaining"].sel(year="2025-26").mean()))
    share = find(workbook, "Requests and waiting", "Share of draws in time, by the end of 2025-04")
    assert 0.3 < share < 1


def test_others_counts_stand_beside_the_forecast(tmp_path):
    """A month outside the forecast is left out; one inside shows mean, p10 and p90 of its end."""
    body = GENERAL_FUND.replace(
        "  settings: {mainstream: 60, state_special: 40}",
        "  settings: {mainstream: 60, state_special: 40}\n  compared:\n"
        "    - {id: a, title: Council, month: 2024-10, plans: 120}\n"
        "    - {id: b, title: Too late, month: 2030-10, plans: 500}",
    )
    results = run(small(tmp_path, body), draws=64)
    write_workbook(results, tmp_path / "others.xlsx", ABOUT)
    workbook = openpyxl.load_workbook(tmp_path / "others.xlsx", data_only=True)
    plans = results.draws["plans"].sel(point="2024-10").to_numpy()
    assert find(workbook, "Plans", "Council", 3) == 120
    assert find(workbook, "Plans", "Council", 4) == pytest.approx(plans.mean())
    assert find(workbook, "Plans", "Council", 5) == pytest.approx(np.quantile(plans, 0.1))
    labels = {row[0].value for row in workbook["Plans"].iter_rows()}
    assert "Too late" not in labels
