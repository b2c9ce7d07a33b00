"""Damaged extracts: each fault in words with its row and column, all of them at once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pytest

from model.importing.extract.read import read_extract
from model.importing.extract.some_rows import MOST_SHOWN
from model.scenario.problems import ScenarioError
from tests.extracts import HEADINGS, as_csv, invented, write_csv, write_workbook

pytestmark = pytest.mark.unit

TODAY = date(2025, 6, 30)
AS_AT = date(2025, 1, 31)
PLAN = {
    "child_key": "p1", "birth_month": "2014-05", "request_date": "2023-02-01", "request_outcome": "agreed",
    "decision_date": "2023-03-01", "advice_started_date": "2023-04-01", "assessment_end_date": "2023-05-30",
    "assessment_outcome": "plan", "plan_date": "2023-06-20", "exceptions": "no",
    "first_placement": "mainstream", "current_placement": "state_special", "placement_date": "2024-09-02",
    "residential": "", "need": "ASD", "cease_date": "2024-12-31", "cease_reason": "ceased",
}  # fmt: skip
REFUSED = {
    "child_key": "p2", "birth_month": "2016-01", "request_date": "2024-02-01", "request_outcome": "refused",
    "decision_date": "2024-03-01", "need": "SLCN",
}  # fmt: skip


def problems(path: Path, **asked) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        read_extract(path, today=TODAY, **asked)
    return [str(problem) for problem in caught.value.problems]


def of_rows(folder: Path, *rows, headings=HEADINGS) -> list[str]:
    return problems(write_csv(folder / "extract.csv", rows, headings=headings), as_at=AS_AT)


def test_the_rows_that_are_damaged_below_are_themselves_in_order(tmp_path):
    path = write_csv(tmp_path / "extract.csv", [PLAN, REFUSED])
    assert len(read_extract(path, today=TODAY, as_at=AS_AT).row) == 2


@pytest.mark.parametrize(
    ("change", "column", "says"),
    [
        ({"decision_date": "2023-01-31"}, "decision_date", "decision_date is before request_date"),
        ({"plan_date": "2023-05-01"}, "plan_date", "plan_date is before assessment_end_date"),
        ({"plan_date": "2022-12-01", "assessment_end_date": "", "assessment_outcome": "", "advice_started_date": ""},
         "plan_date", "plan_date is before decision_date"),
        ({"placement_date": "2023-06-01"}, "placement_date", "placement_date is before plan_date"),
        ({"cease_date": "2024-09-01"}, "cease_date", "cease_date is before placement_date"),
        ({"moved_in_date": "2023-06-19"}, "moved_in_date", "moved_in_date is before plan_date"),
        ({"cease_date": "2025-02-01"}, "cease_date", "the date is after the extract; expected 2025-01-31, the day on which it was taken"),
        ({"plan_date": "06/20/2023"}, "plan_date", "month and day are in the order of the United States; found '06/20/2023'"),
        ({"plan_date": "20/06/23"}, "plan_date", "the year has two digits; found '20/06/23'"),
        ({"plan_date": "31/06/2023"}, "plan_date", "there is no such day; found '31/06/2023'"),
        ({"plan_date": "2123-06-20"}, "plan_date", "the year is not 1990 to 2099"),
        ({"plan_date": "soon"}, "plan_date", "not a date. Write 2024-09-28 or 28/09/2024"),
        ({"plan_date": "17"}, "plan_date", "not a date; found '17'"),
        ({"current_placement": "mainsteam"}, "current_placement", "not known as a word for current_placement; found 'mainsteam'. Did you mean 'mainstream'?"),
        ({"need": "AUTSM"}, "need", "found 'AUTSM'. Did you mean 'autism'?"),
        ({"cease_reason": "12"}, "cease_reason", "not known as a word for cease_reason; expected ceased, moved_out"),
        ({"request_outcome": "perhaps"}, "request_outcome", "expected agreed, refused, withdrawn"),
        ({"birth_month": "2014"}, "birth_month", "not a month of birth; expected year and month, such as 2014-05"),
        ({"birth_month": ""}, "birth_month", "not a month of birth"),
        ({"birth_month": "2023-07"}, "birth_month", "born after the first date of the row"),
        ({"birth_month": "1997-08", "cease_date": "", "cease_reason": ""}, "birth_month", "26 or over on 31 August"),
        ({"child_key": ""}, "child_key", "the row has no key"),
        ({"decision_date": ""}, "decision_date", "an outcome without the day of the decision"),
        ({"request_outcome": ""}, "request_outcome", "a decision without its outcome"),
        ({"request_outcome": "refused"}, "request_outcome", "an assessment or plan after a request that was refused or withdrawn"),
        ({"overturned_date": "2023-03-02"}, "overturned_date", "only a refusal can be overturned"),
        ({"assessment_outcome": ""}, "assessment_outcome", "an assessment that ended without its outcome"),
        ({"assessment_end_date": ""}, "assessment_end_date", "an outcome of the assessment without its day"),
        ({"assessment_outcome": "no"}, "assessment_outcome", "a plan after an assessment that ended without one"),
        ({"request_date": ""}, "request_date", "a decision on a request without its date"),
        ({"current_placement": "", "first_placement": ""}, "current_placement", "a plan without a placement"),
        ({"placement_date": ""}, "placement_date", "the placement has changed, and it is not said when"),
        ({"cease_reason": ""}, "cease_reason", "a plan that ceased without a reason"),
        ({"cease_date": ""}, "cease_date", "a reason for ceasing without its day"),
    ],
)  # fmt: skip
def test_one_fault_one_message(tmp_path, change, column, says):
    (found,) = of_rows(tmp_path, {**PLAN, **change}, REFUSED)
    assert found.startswith(f"extract.csv:2  {column}: ")
    assert says in found


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"request_date": "", "request_outcome": "", "decision_date": ""}, "neither a request nor a plan"),
        ({"cease_date": "2024-05-01", "cease_reason": "5"}, "there is no plan that could cease"),
        ({"request_outcome": "", "decision_date": "", "advice_started_date": "2024-04-01"}, "a request that is not yet decided"),
        ({"overturned_date": "2024-02-28"}, "overturned_date is before decision_date"),
    ],
)  # fmt: skip
def test_one_fault_of_a_request(tmp_path, change, says):
    (found,) = of_rows(tmp_path, {**REFUSED, **change}, PLAN)
    assert found.startswith("extract.csv:2  ")
    assert says in found


def test_a_word_that_is_near_nothing_is_not_repeated(tmp_path):
    """It may be a name that has slipped a column."""
    (found,) = of_rows(tmp_path, {**PLAN, "current_placement": "Zebedee Q"})
    assert "Zebedee" not in found
    (found,) = of_rows(tmp_path, {**PLAN, "plan_date": "Zebedee Q"})
    assert "Zebedee" not in found


def test_the_same_row_twice_and_a_second_plan_at_once(tmp_path):
    found = of_rows(tmp_path, PLAN, PLAN)
    assert [one.split("  ")[1].split(":")[0] for one in found] == ["child_key", "child_key"]
    assert "the same request of the same child as in row 2" in found[0]
    assert "the same plan of the same child as in row 2" in found[1]
    again = {**PLAN, "request_date": "", "request_outcome": "", "decision_date": "", "plan_date": "2024-12-30",
             "advice_started_date": "", "assessment_end_date": "", "assessment_outcome": "", "placement_date": "",
             "current_placement": "", "cease_date": "", "cease_reason": ""}  # fmt: skip
    again["current_placement"] = "mainstream"
    (found,) = of_rows(tmp_path, PLAN, again)
    assert "extract.csv:3  child_key: a second plan while the one in row 2 is in force" in found
    path = write_csv(tmp_path / "after.csv", [PLAN, {**again, "plan_date": "2024-12-31"}])
    assert len(read_extract(path, today=TODAY, as_at=AS_AT).row) == 2


def test_everything_at_once_in_the_order_of_rows(tmp_path):
    found = of_rows(
        tmp_path,
        {**PLAN, "need": "AUTSM"},
        {**REFUSED, "decision_date": "2024-01-01"},
        {**REFUSED, "child_key": "p3", "request_date": "soon"},
        headings=[*(name for name in HEADINGS if name not in ("exceptions", "birth_month")), "Birth_mnth"],
    )  # fmt: skip
    assert [one.split("  ")[0] for one in found] == ["extract.csv:1", "extract.csv:1", "extract.csv:2", "extract.csv:4"]  # fmt: skip
    assert "birth_month: the column is missing; expected Year and month of birth" in found[0]
    assert "Birth_mnth: this heading is not known. Did you mean 'birth_month'?" in found[1]


def test_a_fault_of_a_whole_column_is_counted(tmp_path):
    rows = [{**REFUSED, "child_key": f"p{n}", "need": "AUTSM"} for n in range(MOST_SHOWN + 7)]
    found = of_rows(tmp_path, *rows)
    assert len(found) == MOST_SHOWN + 1
    assert "the same in 7 more rows, the last of them row 28" in found[-1]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("empty.csv", b"", "the file is empty"),
        ("spaces.csv", b" \n\n", "the file is empty"),
        ("commas.csv", b",,,\n,,\n", "there is nothing in the file"),
        ("other.csv", b"line,budget,actual\nfees,1,2\n", "no row has the headings of an extract"),
        ("headings.csv", (",".join(HEADINGS) + "\n").encode(), "there are headings and no row below them"),
        ("bytes.csv", b"\xff\xfe" + "child_key".encode("utf-16-le"), "bytes that no text has"),
        ("neither.csv", b"child_key\x81\x9d", "neither UTF-8 nor Windows-1252"),
        ("extract.pdf", b"%PDF", ".pdf is not read"),
        ("workbook.csv", b"PK\x03\x04", "this is a workbook, not CSV text"),
        ("text.xlsx", b"child_key", "this is not an Excel workbook"),
        ("quote.csv", (",".join(HEADINGS) + '\n"k"x,\n').encode(), "this line cannot be read"),
    ],
)  # fmt: skip
def test_files_that_hold_no_extract(tmp_path, name, content, says):
    path = tmp_path / name
    path.write_bytes(content)
    found = problems(path)
    assert any(says in one for one in found), found


def test_no_file_a_folder_and_two_columns_of_one_name(tmp_path):
    assert "there is no such file" in problems(tmp_path / "nowhere.csv")[0]
    assert "this is a folder, not a file with an extract" in problems(tmp_path)[0]
    (found,) = of_rows(tmp_path, REFUSED, headings=(*HEADINGS, "Primary need"))
    assert "two columns say need: this one and need" in found


def test_a_separator_inside_a_cell_makes_the_row_too_long(tmp_path):
    path = tmp_path / "extract.csv"
    path.write_text(
        as_csv([REFUSED]) + "k9,2014-05" + "," * len(HEADINGS) + "x\n", encoding="utf-8"
    )
    found = problems(path)
    assert any("more cells than there are headings" in one for one in found)
    assert not any(word == "x" for one in found for word in one.split())


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_every_separator_and_encoding_reads_alike(tmp_path, delimiter, encoding):
    path = tmp_path / "extract.csv"
    rows = [PLAN, {**REFUSED, "child_key": "clé"}]
    path.write_text(as_csv(rows, delimiter=delimiter), encoding=encoding)
    read = read_extract(path, today=TODAY)
    assert read.row.tolist() == [2, 3]
    assert [str(day) for day in read.decision] == ["2023-03-01", "2024-03-01"]


@pytest.mark.parametrize(
    "written",
    ["2023-06-20", "20/06/2023", "20/6/2023", "20.06.2023", "20 June 2023", "20-Jun-2023", "2023-Jun-20 00:00:00",
     "2023-06-20T00:00:00", "45097", "20th June 2023"],
)  # fmt: skip
def test_dates_as_councils_systems_write_them(tmp_path, written):
    path = write_csv(tmp_path / "extract.csv", [{**PLAN, "plan_date": written}])
    assert str(read_extract(path, today=TODAY).plan[0]) == "2023-06-20"


@pytest.mark.parametrize(
    ("written", "headings"),
    [
        ({"birth_month": "05/2014"}, HEADINGS),
        ({"birth_month": "May 2014"}, HEADINGS),
        ({"birth_month": "2014-05-01"}, HEADINGS),
        ({"birth_month": "5", "birth_year": "2014"}, (*HEADINGS, "birth_year")),
        ({"birth_month": "May", "birth_year": "2014"}, (*HEADINGS, "birth_year")),
    ],
)
def test_birth_months_as_they_are_written(tmp_path, written, headings):
    path = write_csv(tmp_path / "extract.csv", [{**PLAN, **written}], headings=headings)
    assert str(read_extract(path, today=TODAY).birth[0]) == "2014-05"


def test_a_workbook_with_dates_reads_like_the_text(tmp_path):
    rows = invented(5, 60).rows
    text = read_extract(write_csv(tmp_path / "e.csv", rows), today=TODAY)
    book = read_extract(write_workbook(tmp_path / "e.xlsx", rows), today=TODAY)
    for name in ("row", "child", "birth", "request", "plan", "cease", "first", "current", "need"):
        assert getattr(text, name).astype(str).tolist() == getattr(book, name).astype(str).tolist()


def test_which_sheet_is_read(tmp_path):
    rows = [[row.get(name) for name in HEADINGS] for row in (PLAN, REFUSED)]
    path = write_workbook(tmp_path / "e.xlsx", [PLAN], Other=[["nothing here"]])
    assert read_extract(path, today=TODAY).sheet == "Extract"
    path = write_workbook(
        tmp_path / "two.xlsx", [PLAN], Second=[list(HEADINGS), *rows], Notes=[["x"]]
    )
    (found,) = problems(path)
    assert (
        "2 sheets look like an extract: Extract, Second. Name the one to read with --sheet" in found
    )
    assert len(read_extract(path, today=TODAY, sheet="second").row) == 2
    assert "Did you mean 'Second'?" in problems(path, sheet="Secnd")[0]
    assert "no sheet (Notes) has the headings" in problems(path, sheet="Notes")[0]
    assert "the file has no sheets" in problems(write_csv(tmp_path / "e.csv", [PLAN]), sheet="x")[0]


def test_a_formula_that_was_never_calculated(tmp_path):
    path = write_workbook(tmp_path / "e.xlsx", [PLAN])
    book = openpyxl.load_workbook(path)
    sheet = book["Extract"]
    sheet.cell(2, HEADINGS.index("plan_date") + 1).value = "=TODAY()"
    book.save(path)
    (found,) = problems(path)
    assert found.startswith("e.xlsx:2  Extract!K2 (plan_date): the formula has no stored value")


def test_a_file_too_large_is_not_read(tmp_path, monkeypatch):
    path = write_csv(tmp_path / "e.csv", [PLAN])
    monkeypatch.setattr("model.importing.extract.table.MAX_CELLS", 10)
    assert "more than 10 cells" in problems(path)[0]
    monkeypatch.setattr("model.importing.extract.table.MAX_BYTES", 10)
    assert "at most 10 are read. Keep the extract alone in its file" in problems(path)[0]


def test_the_day_of_an_extract_is_the_latest_in_it_unless_said(tmp_path):
    path = write_csv(tmp_path / "e.csv", [PLAN, REFUSED])
    read = read_extract(path, today=TODAY)
    assert (read.as_at, read.as_at_said) == (date(2024, 12, 31), False)
    with pytest.raises(
        ScenarioError, match="the date is after the extract; expected today or before"
    ):
        read_extract(path, today=date(2024, 12, 30))
