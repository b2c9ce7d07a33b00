"""Files of actuals: what is accepted, and every fault in words, all at once."""

from __future__ import annotations

import contextlib
import io
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from model.monitor import grid, workbook_grids
from model.monitor.ledger_number import ledger_number
from model.monitor.read_activity import read_activity
from model.monitor.read_actuals import read_actuals
from model.scenario.problems import ScenarioError
from tests.scenarios import small

pytestmark = pytest.mark.unit

LINES = """
    funding:
      price_base: 2023-24
      lines:
        - id: fees
          title: Out-of-area fees
          budget_gbp: 1200000
          anchor: none
          drivers: [{kind: amount, id: a, title: Fees, s251: "1.2.3", annual_amount_gbp: 1200000}]
        - id: contract
          title: Support contract
          budget_gbp: 360000
          anchor: none
          drivers: [{kind: amount, id: a, title: Contract, s251: "1.2.5", annual_amount_gbp: 360000}]
        - id: new_places
          title: New places
          budget_gbp: 0
          anchor: none
          drivers: [{kind: amount, id: a, title: Places, s251: "1.0.2", annual_amount_gbp: 0}]
        - id: rest
          title: Not itemised
          itemised: false
          budget_gbp: 50000
          anchor: none
          drivers: [{kind: amount, id: a, title: Rest, s251: "1.2.5", annual_amount_gbp: 50000}]
    """
GOOD = """\
line,period,budget_gbp,actual_to_date_gbp,forecast_gbp
fees,2,1200000,250000,1300000
Support contract,2,360000,(65),360000
total,2,1560000,249935,1660000
"""


@pytest.fixture
def scenario(tmp_path):
    return small(tmp_path, LINES).scenario


def write(tmp_path: Path, text: str, name: str = "actuals.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def workbook(tmp_path: Path, rows, *, name="actuals.xlsx", sheet="Actuals", more=()) -> Path:
    book = openpyxl.Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(row)
    for title, others in more:
        other = book.create_sheet(title)
        for row in others:
            other.append(row)
    path = tmp_path / name
    book.save(path)
    return path


ROWS = (
    ("Title over the table",),
    (),
    ("Budget line", "As at", "Budget (£000)", "Actual to date (£000)"),
    ("fees", date(2023, 5, 31), 1200, 250),
    ("contract", date(2023, 5, 31), 360, -65),
)


def problems(path, scenario, month=2, unit=None) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        read_actuals(path, scenario, month, unit)
    return [str(problem) for problem in caught.value.problems]


def one(path, scenario, **words) -> str:
    found = problems(path, scenario, **words)
    assert len(found) == 1, found
    return found[0]


def test_csv_by_id_or_title_with_a_credit(tmp_path, scenario):
    actuals, activity = read_actuals(write(tmp_path, GOOD), scenario, 2)
    assert [(line.line, line.actual_gbp) for line in actuals.lines] == [
        ("fees", 250_000), ("contract", -65)
    ]  # fmt: skip
    assert actuals.total is not None
    assert (actuals.total.actual_gbp, actuals.unit_gbp, activity) == (249_935, 1, ())


def test_workbook_in_thousands_with_dates_and_a_title_above(tmp_path, scenario):
    actuals, _ = read_actuals(workbook(tmp_path, ROWS), scenario, 2)
    assert [line.actual_gbp for line in actuals.lines] == [250_000, -65_000]
    assert actuals.unit_gbp == 1000


@pytest.mark.parametrize("credit", ["(65)", "-65", "−65", "£(65)", "-£65", '"(65.00)"'])
def test_a_credit_keeps_its_sign_however_it_is_written(tmp_path, scenario, credit):
    text = GOOD.replace("(65)", credit)
    assert read_actuals(write(tmp_path, text), scenario, 2)[0].lines[1].actual_gbp == -65


@given(st.floats(-1e9, 1e9).map(lambda x: round(x, 2)))
def test_numbers_as_printed_are_read_back(value):
    size = f"{abs(value):,.2f}"
    printed = f"({size})" if value < 0 else f"£{size}"
    assert ledger_number(printed) == value or value == 0


def test_unit_from_the_option_and_a_hint_without_it(tmp_path, scenario):
    text = "line,period,budget,actual\nfees,2,1200,250\ncontract,2,360,-65\n"
    actuals, _ = read_actuals(write(tmp_path, text), scenario, 2, "thousands")
    assert actuals.lines[0].budget_gbp == 1_200_000
    found = problems(write(tmp_path, text), scenario)
    assert len(found) == 2
    assert "differs from the scenario's by £-1,198,800" in found[0]
    assert "--unit thousands" in found[0]


def test_option_against_heading_is_refused(tmp_path, scenario):
    found = problems(workbook(tmp_path, ROWS), scenario, unit="pounds")
    assert any(
        "the heading says thousands of pounds and --unit says pounds" in one for one in found
    )


def test_an_own_assumption_is_read_and_bounded(tmp_path, scenario):
    text = GOOD.replace("forecast_gbp", "forecast_gbp,timing_months")
    text = text.replace("1300000", "1300000,0.5").replace(",360000\n", ",360000,\n", 1)
    lines = read_actuals(write(tmp_path, text), scenario, 2)[0].lines
    assert [line.timing_months for line in lines] == [0.5, None]
    assert "expected 0 to 12" in one(write(tmp_path, text.replace("0.5", "13")), scenario)


def test_every_problem_at_once_with_row_and_column(tmp_path, scenario):
    text = """\
line,period,budget_gbp,actual_to_date_gbp
feess,2,1200000,250000
contract,2,360000,lots
contract,2,360000,1
fees,3,1200001,nan
"""
    found = problems(write(tmp_path, text), scenario)
    assert [problem.split("  ")[0] for problem in found] == [
        "actuals.csv:2", "actuals.csv:3", "actuals.csv:4", "actuals.csv:5", "actuals.csv:5"
    ]  # fmt: skip
    assert "Did you mean 'fees'?" in found[0]
    assert "actual_to_date_gbp: not a number; found 'lots'" in found[1]
    assert "contract stands twice" in found[2]
    assert "the file is for month 3" in found[3]
    assert "found 'nan'" in found[4]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("fees,2,1200000,250000,1300000\n", ""), "the line fees (Out-of-area fees) is missing"),
        (("249935", "249938"), "is not the sum of its lines: £249,938 less £249,935 is £3"),
        (("360000,(65)", "360001,(65)"), "budget of contract differs from the scenario's by £1"),
        (("250000", ""), "the cell is empty. Write 0 for nil."),
        (("(65)", "inf"), "not a number; found 'inf'"),
        (("(65)", "1,5"), "this line cannot be read"),
        (("contract,2", "contract,soon"), "no period or date; found 'soon'"),
        (("contract,2", "contract,2022-05"), "the file is for another financial year"),
        (("forecast_gbp", "forcast"), "Did you mean 'forecast'?"),
        (("forecast_gbp", "actual"), "two columns say actual"),
    ],
)
def test_one_fault_one_message(tmp_path, scenario, change, says):
    text = GOOD.replace(*change)
    assert text != GOOD
    if change[1] == "1,5":
        text = text.replace("1,5", '1,"5"x')
    assert any(says in problem for problem in problems(write(tmp_path, text), scenario))


def test_totals_in_thousands_may_be_off_by_one_for_each_line_and_no_more(tmp_path, scenario):
    near = (*ROWS, ("Total", None, 1560, 187))
    assert read_actuals(workbook(tmp_path, near), scenario, 2)[0].total is not None
    far = (*ROWS, ("Total", None, 1560, 188))
    assert "188k less 185k is 3k" in one(workbook(tmp_path, far), scenario)
    assert "Actuals!D6" in one(workbook(tmp_path, far), scenario)


def test_a_printed_variance_must_be_its_figures_difference(tmp_path, scenario):
    rows = [(*ROWS[2], "Variance to date (£000)"), (*ROWS[3], -950), (*ROWS[4], 425)]
    assert "found 425k; expected -425k" in one(workbook(tmp_path, rows), scenario)


def test_a_file_that_does_not_say_its_period_is_refused(tmp_path, scenario):
    rows = [row[:1] + row[2:] for row in ROWS[2:]]
    assert "does not say which period" in one(workbook(tmp_path, rows), scenario)


def test_a_line_without_a_budget_or_not_itemised_may_be_left_out_or_given(tmp_path, scenario):
    text = GOOD.replace("total,2,1560000,249935,1660000", "new_places,2,0,10,20")
    lines = read_actuals(write(tmp_path, text), scenario, 2)[0].lines
    assert [line.line for line in lines] == ["fees", "contract", "new_places"]


def test_formulas_without_stored_values_are_named(tmp_path, scenario):
    """openpyxl writes formulas and no values, as other programs that do not calculate do."""
    rows = [*ROWS[:4], ("contract", date(2023, 5, 31), 360, "=1+1")]
    assert "Actuals!D5 (Actual to date (£000)): the formula has no stored value" in one(
        workbook(tmp_path, rows), scenario
    )


def test_a_spreadsheet_error_is_no_number(tmp_path, scenario):
    rows = [*ROWS[:4], ("contract", date(2023, 5, 31), 360, "#REF!")]
    assert "mend the formula" in one(workbook(tmp_path, rows), scenario)


def test_the_sheet_named_actuals_is_read(tmp_path, scenario):
    more = [("Last month", [ROWS[2], ("fees", date(2023, 4, 30), 1200, 1)])]
    assert read_actuals(workbook(tmp_path, ROWS, more=more), scenario, 2)[0].sheet == "Actuals"
    path = workbook(tmp_path, ROWS, sheet="May", more=more, name="two.xlsx")
    assert "2 sheets look like actuals: May, Last month" in one(path, scenario)


def test_a_workbook_without_the_table_lists_its_sheets(tmp_path, scenario):
    path = workbook(tmp_path, [("Notes",)], sheet="Notes")
    assert "no sheet (Notes) has the headings" in one(path, scenario)


ACTIVITY = [
    ("Provision", "Line", "Budget FYE", "Budget unit cost", "Budget total", "Actual FYE",
     "Actual unit cost", "Actual total"),
    ("Day", "fees", 10, 100_000, 1_000_000, 11, 101_000, 1_111_000),
]  # fmt: skip


def test_a_sheet_of_activity_comes_with_the_actuals(tmp_path, scenario):
    path = workbook(tmp_path, ROWS, more=[("Activity", ACTIVITY)])
    _, activity = read_actuals(path, scenario, 2)
    assert [(item.provision, item.line, item.actual_fye) for item in activity] == [
        ("Day", "fees", 11)
    ]


def test_activity_whose_product_is_not_its_total_is_refused(tmp_path, scenario):
    rows = [ACTIVITY[0], ("Day", "fes", 10, 100_000, 1_000_600, 11, 101_000, 1_111_000)]
    path = workbook(tmp_path, rows, sheet="Activity")
    with pytest.raises(ScenarioError) as caught:
        read_activity(path, scenario)
    text = str(caught.value)
    assert "Did you mean 'fees'?" in text
    assert "10 x 100,000 is 1,000,000, which is 600 below the total" in text


def test_negative_volume_is_refused(tmp_path, scenario):
    rows = [ACTIVITY[0], ("Day", "fees", -10, 100_000, None, 11, 101_000, None)]
    with pytest.raises(ScenarioError, match="a volume below nil"):
        read_activity(workbook(tmp_path, rows, sheet="Activity"), scenario)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.csv", b"", "the file is empty"),
        ("a.csv", b"# only a comment\n", "there is nothing in the file"),
        ("a.csv", b"PK\x03\x04rest", "this is a workbook, not CSV text"),
        ("a.csv", b"line;budget\n\xa3", "not UTF-8 text"),
        ("a.csv", b"line;period;actual\nfees;2;3\n", "separates its cells by commas"),
        ("a.csv", b'line,actual\n"open', "this line cannot be read"),
        ("a.xlsx", b"line,budget", "not an Excel workbook, whatever its name"),
        ("a.xlsx", b"PK\x03\x04rest", "damaged"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0" + b"0" * 99, "old format (.xls)"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "password"),
        ("a.xlsm", b"PK", ".xlsm is not read; expected .csv or .xlsx"),
        ("a", b"x", "a file without an ending is not read"),
    ],
)
def test_files_that_cannot_be_read_at_all(tmp_path, scenario, name, content, says):
    path = tmp_path / name
    path.write_bytes(content)
    assert says in one(path, scenario)


def test_a_file_that_is_not_there_or_a_folder(tmp_path, scenario):
    write(tmp_path, GOOD)
    assert "Did you mean 'actuals.csv'?" in one(tmp_path / "actual.csv", scenario)
    assert "this is a folder" in one(tmp_path, scenario)


def test_a_workbook_cut_short_is_damaged(tmp_path, scenario):
    path = workbook(tmp_path, ROWS)
    path.write_bytes(path.read_bytes()[:-400])
    assert "damaged" in one(path, scenario)


def changed(path: Path, part: str, text: str) -> Path:
    """A workbook with one part replaced."""
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    parts[part] = text.encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in parts.items():
            new.writestr(name, content)
    return path


BOMB = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"])
def test_entities_are_refused(tmp_path, scenario, part):
    """A workbook as Excel and XlsxWriter write it, with its texts in a part of their own."""
    path = tmp_path / "bomb.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet("Actuals").write_row(0, 0, ["line", "actual"])
    assert "XML entities" in one(changed(path, part, BOMB), scenario)


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "[Content_Types].xml", "xl/worksheets/sheet1.xml"]
)
def test_a_damaged_part_is_a_message(tmp_path, scenario, part):
    assert "damaged" in one(changed(workbook(tmp_path, ROWS), part, "<broken"), scenario)


def test_defusedxml_is_in_force(tmp_path, scenario, monkeypatch):
    assert openpyxl.DEFUSEDXML
    monkeypatch.setattr(openpyxl, "DEFUSEDXML", False)
    assert "defusedxml is switched off" in one(workbook(tmp_path, ROWS), scenario)


def test_a_workbook_that_unpacks_too_large_is_not_unpacked(tmp_path, scenario, monkeypatch):
    path = changed(workbook(tmp_path, ROWS), "xl/media/x.xml", "0" * 3_000_000)
    assert path.stat().st_size < 30_000
    monkeypatch.setattr(workbook_grids, "MAX_UNPACKED_BYTES", 2_000_000)
    monkeypatch.setattr(openpyxl, "load_workbook", None)
    assert "unpacks to 3,0" in one(path, scenario)


def test_too_many_cells_and_bytes_are_refused(tmp_path, scenario, monkeypatch):
    far = [*ROWS[:4], *[(None,)] * 3000, ROWS[4]]
    path = workbook(tmp_path, far)
    monkeypatch.setattr(workbook_grids, "MAX_CELLS", 2000)
    assert "more than 2,000 cells" in one(path, scenario)
    monkeypatch.setattr(grid, "MAX_CELLS", 10)
    assert "more than 10 cells" in one(write(tmp_path, GOOD), scenario)
    monkeypatch.setattr(grid, "MAX_BYTES", 100)
    assert "at most 100 are read" in one(write(tmp_path, GOOD), scenario)


@given(st.binary(max_size=300))
def test_bytes_of_any_kind_are_a_message_never_a_fault(tmp_path_factory, content):
    folder = tmp_path_factory.mktemp("any")
    scenario = small(folder, LINES).scenario
    for name in ("a.csv", "a.xlsx"):
        (folder / name).write_bytes(content)
        with pytest.raises(ScenarioError):
            read_actuals(folder / name, scenario, 2)


@given(st.integers(0, 6000), st.integers(0, 255))
def test_a_workbook_with_one_wrong_byte_is_read_or_refused(tmp_path_factory, place, byte):
    folder = tmp_path_factory.mktemp("byte")
    scenario = small(folder, LINES).scenario
    path = workbook(folder, ROWS)
    content = bytearray(path.read_bytes())
    content[place % len(content)] = byte
    path.write_bytes(bytes(content))
    with contextlib.suppress(ScenarioError):
        actuals, _ = read_actuals(path, scenario, 2)
        assert {line.line for line in actuals.lines} == {"fees", "contract"}


def test_no_part_of_the_reader_writes(tmp_path, scenario):
    path = workbook(tmp_path, ROWS)
    before = path.read_bytes()
    read_actuals(path, scenario, 2)
    assert path.read_bytes() == before
    assert zipfile.ZipFile(io.BytesIO(before)).testzip() is None


def test_a_comma_that_makes_two_cells_of_one_number_is_refused(tmp_path, scenario):
    """`2,240` without quotes would be read as 2, and the forecast beside it as 240."""
    text = GOOD.replace("fees,2,1200000,250000,1300000", "fees,2,1200000,250,000,1300000")
    found = problems(write(tmp_path, text), scenario)
    assert any("6 cells under 5 headings" in problem and ":2" in problem for problem in found)
