"""Direct identifiers in an extract: found by heading or value, refused, and never repeated."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from model.importing.extract.columns import column_called, columns
from model.importing.extract.identifiers import heading_identifies, values_identify
from model.importing.extract.read import read_extract
from model.report.extract_template import template_text
from model.scenario.problems import ScenarioError
from tests.extracts import HEADINGS, invented, write_csv, write_workbook

pytestmark = pytest.mark.unit

TODAY = date(2025, 6, 30)
ROWS = invented(3, 40).rows


def refused(path: Path) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        read_extract(path, today=TODAY)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    "heading",
    [
        "Surname", "LegalForename", "First Name", "name", "Pupil Name", "Pupil", "PupilUPN", "upn",
        "Former UPN", "ULN", "Unique Learner Number", "NHS Number", "nhs_no", "Home Address", "Postcode",
        "post code", "Email", "e-mail address", "Telephone", "Mobile no", "Date of Birth", "DOB",
        "personbirthdate", "Parent 1", "NI Number NINO", "Street",
    ],
)  # fmt: skip
def test_a_heading_that_says_who_a_child_is_is_refused(tmp_path, heading):
    rows = [{**row, heading: "x"} for row in ROWS]
    (found,) = refused(write_csv(tmp_path / "extract.csv", rows, headings=(*HEADINGS, heading)))
    assert "the heading says" in found
    assert heading in found
    assert "Delete the column" in found or "year and month of birth" in found


@pytest.mark.parametrize(
    "heading", ["School name", "setting_name", "Ward", "Year group", "upn unknown reason", "Named placement"]
)  # fmt: skip
def test_a_heading_of_something_else_is_not(heading):
    assert heading_identifies(heading) is None


def test_no_documented_column_or_alias_is_taken_for_an_identifier():
    spellings = [text for column in columns() for text in (column.name, *column.aliases)]
    assert [text for text in spellings if heading_identifies(text)] == []


@pytest.mark.parametrize(
    ("value", "what"),
    [
        ("H801200001001", "a Unique Pupil Number"),
        ("h80120000100a", "a Unique Pupil Number"),
        ("was H801200001001 before", "a Unique Pupil Number"),
        ("H801 200 001 001", "a Unique Pupil Number"),
        ("1000000019", "a Unique Learner Number"),
        ("learner 1000000019.", "a Unique Learner Number"),
        ("999 000 0018", "an NHS number"),
        ("999-000-0018", "an NHS number"),
        ("ZZ99 9ZZ", "a postcode"),
        ("lives at zz9 9zz now", "a postcode"),
        ("ZZ999ZZ", "a postcode"),
        ("somebody@example.org", "an e-mail address"),
        ("01632 960 001", "a telephone number"),
        ("+44 7700 900001", "a telephone number"),
        ("QQ123456C", "a National Insurance number"),
    ],
)
@pytest.mark.parametrize("heading", ["child_key", "Ward", "need", ""])
def test_a_value_that_says_who_a_child_is_is_refused_under_any_heading(
    tmp_path, value, what, heading
):
    headings = HEADINGS if heading in HEADINGS else (*HEADINGS, heading)
    rows = [dict(row) for row in ROWS[:6]]
    for row in rows if heading == "child_key" and value == "ZZ999ZZ" else rows[2:3]:
        row[heading] = value
    found = refused(write_csv(tmp_path / "extract.csv", rows, headings=headings))
    assert len(found) == 1
    assert f"values in this column look like {what}" in found[0]
    assert (heading or "column 21") in found[0]
    assert value not in found[0]
    assert value.upper().replace(" ", "") not in found[0].upper().replace(" ", "")


@pytest.mark.parametrize(
    ("number", "nhs"),
    [("9990000018", True), ("9990000019", False), ("9990000050", True), ("9990000051", False)],
)
def test_ten_digits_are_an_nhs_number_only_with_their_check_digit(number, nhs):
    """999 000 005: 9 x 10 + 9 x 9 + 9 x 8 + 5 x 2 = 253 = 23 x 11, so the check digit is 0."""
    found = values_identify("Ward", [number])
    assert found is not None
    assert found.what == ("an NHS number" if nhs else "a Unique Learner Number")


@pytest.mark.parametrize(
    "value",
    ["2024-09-28", "28-09-2024 00:00:00", "0.1234567891", "10.1234567891", "special_la_maintained", "k00001",
     "123456789", "12345678901", "Year 10", "E1", "URN 100000", "3f9a1c77d2"],
)  # fmt: skip
def test_what_extracts_hold_otherwise_is_no_identifier(value):
    assert values_identify("Ward", [value, None, 5.0, True]) is None


def test_a_random_key_that_happens_to_spell_a_postcode_is_a_key():
    keys = ["zz999zz", *(f"k{number:05d}" for number in range(9))]
    assert values_identify("child_key", keys) is None
    assert values_identify("child_key", ["zz999zz", "zz998zz", "k00001"]) is not None
    assert values_identify("Ward", keys) is not None


@pytest.mark.parametrize("heading", ["birth_month", "Month of birth"])
def test_a_full_date_under_the_heading_of_the_birth_month_is_refused(tmp_path, heading):
    rows = [
        {**row, heading: f"{row['birth_month']}-{5 + n % 20:02d}"} for n, row in enumerate(ROWS)
    ]
    headings = [heading if name == "birth_month" else name for name in HEADINGS]
    (found,) = refused(write_csv(tmp_path / "extract.csv", rows, headings=headings))
    assert "look like a full date of birth" in found
    assert "birth_month, such as 2014-05" in found


def test_a_full_date_of_birth_under_another_heading_is_told_by_the_birth_month(tmp_path):
    rows = [{**row, "Started": f"{row['birth_month']}-17"} for row in ROWS]
    (found,) = refused(write_csv(tmp_path / "extract.csv", rows, headings=(*HEADINGS, "Started")))
    assert "Started" in found
    assert "look like a full date of birth" in found


def test_dates_of_something_else_beside_the_birth_month_are_no_dates_of_birth(tmp_path):
    rows = [{**row, "Last review": "2024-05-17"} for row in ROWS]
    path = write_csv(tmp_path / "extract.csv", rows, headings=(*HEADINGS, "Last review"))
    assert read_extract(path, today=TODAY).ignored == ("Last review",)


def test_other_sheets_and_rows_above_the_headings_are_looked_at_too(tmp_path):
    path = write_workbook(tmp_path / "two.xlsx", ROWS, Notes=[["Key", "Surname"], ["k00001", "x"]])
    (found,) = refused(path)
    assert "Notes!B1 (Surname)" in found
    path = write_csv(tmp_path / "above.csv", ROWS)
    path.write_text("Made by,somebody@example.org\n" + path.read_text("utf-8"), encoding="utf-8")
    (found,) = refused(path)
    assert "somebody" not in found


def test_nothing_else_is_said_of_a_file_with_identifiers(tmp_path):
    """Messages about cells repeat some of them: they wait until nobody can be told."""
    rows = [{**row, "Surname": "x", "need": "nonsense"} for row in ROWS]
    found = refused(
        write_csv(tmp_path / "extract.csv", rows, headings=(*HEADINGS, "Surname", "UPN"))
    )
    assert len(found) == 2
    assert all("Delete the column" in one for one in found)


def test_every_identifier_of_the_department_s_own_person_file_is_refused():
    """Item names of module 1 of the SEN2 person-level return, as its export heads them."""
    for heading in (
        "surname",
        "forename",
        "personbirthdate",
        "postcode",
        "upn",
        "uniquelearnernumber",
    ):
        assert heading_identifies(heading) is not None, heading
    names = {"receiveddate": "request_date", "requestoutcome": "request_outcome", "week20": "exceptions",
             "requestoutcomedate": "decision_date", "assessmentoutcome": "assessment_outcome",
             "assessmentoutcomedate": "assessment_end_date", "startdate": "plan_date",
             "ceasedate": "cease_date", "ceasereason": "cease_reason", "sensetting": "current_placement",
             "entrydate": "placement_date", "sentype": "need", "res": "residential"}  # fmt: skip
    assert {heading: column_called(heading) for heading in names} == names


def test_the_documentation_and_the_template_have_every_column():
    text = (Path(__file__).parents[2] / "docs/import_extract.md").read_text("utf-8")
    documented = re.findall(r"^\| `(\w+)` \| (yes|) *\|", text, re.MULTILINE)
    others = [column for column in columns() if column.name != "birth_year"]
    assert documented == [(column.name, "yes" if column.needed else "") for column in others]
    assert "`birth_year`" in text
    headings = next(line for line in template_text().splitlines() if not line.startswith("#"))
    assert headings.split(",") == [column.name for column in columns()]
