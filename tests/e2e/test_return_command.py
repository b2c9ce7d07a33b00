"""`return` as a finance officer uses it, and its files as LibreOffice opens them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.clients import convert, disagreements
from tests.e2e.test_command import command

ROOT = Path(__file__).resolve().parents[2]
INVENTED = ROOT / "tests" / "returns" / "demoshire_conditions.yaml"

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def office(tmp_path_factory) -> Path:
    """A folder with a finished run and its return."""
    folder = tmp_path_factory.mktemp("office")
    scenario = ROOT / "scenarios" / "demoshire" / "scenario.yaml"
    ran = command("run", str(scenario), "--draws", "64", "--study-draws", "0", "--out", "run", cwd=folder)  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    made = command("return", "run", "--conditions", str(INVENTED), "--for-sign-off", cwd=folder)
    assert made.returncode == 0, made.stdout + made.stderr
    assert "ready to sign" in made.stdout
    return folder


def test_draft_says_so_and_only_sign_off_ends_with_4(office):
    wrong = office / "wrong.yaml"
    wrong.write_text(INVENTED.read_text("utf-8").replace("    risks: [Officers leave.]\n", ""), "utf-8")  # fmt: skip
    ask = ("return", "run", "--conditions", "wrong.yaml", "--out", "draft.docx")
    drafted = command(*ask, cwd=office)
    assert drafted.returncode == 0
    assert "DRAFT - not ready to sign: 1 exception" in drafted.stdout
    again = command(*ask, cwd=office)
    assert again.returncode == 3
    assert "draft.docx exists" in again.stderr
    signing = command(*ask, "--force", "--for-sign-off", "--json", cwd=office)
    assert signing.returncode == 4
    said = json.loads(signing.stdout)
    assert [one["kind"] for one in said["exceptions"]] == ["no_risk"]
    assert Path(said["document"]).is_file()
    assert Path(said["workbook"]).is_file()


def test_wrong_conditions_end_with_2_and_write_nothing(office):
    bad = office / "bad.yaml"
    bad.write_text(INVENTED.read_text("utf-8").replace("rag_before: red", "rag_before: purple"), "utf-8")  # fmt: skip
    said = command("return", "run", "--conditions", "bad.yaml", "--out", "bad.docx", cwd=office)
    assert said.returncode == 2
    assert "bad.yaml:28" in said.stderr
    assert "purple" in said.stderr
    assert not (office / "bad.docx").exists()


def test_a_folder_that_is_no_run_ends_with_3(office):
    said = command("return", ".", "--conditions", str(INVENTED), cwd=office)
    assert said.returncode == 3
    assert "not the folder of a run" in said.stderr


@pytest.mark.libreoffice
def test_workbook_recalculates_to_the_stored_values(office, tmp_path):
    assert disagreements(office / "run-return.xlsx", tmp_path) == []


@pytest.mark.libreoffice_writer
def test_document_opens_and_says_what_the_tables_say(office, tmp_path):
    pdf = convert(office / "run-return.docx", tmp_path, "pdf")
    text = subprocess.run(
        ["pdftotext", "-layout", str(pdf), "-"], check=True, capture_output=True, text=True
    ).stdout
    assert text.count("\f") > 0
    assert "Sign-off" in text
    assert "19,500" in text
    assert "Page 1 of" in text
