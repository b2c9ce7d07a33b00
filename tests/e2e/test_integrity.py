"""Signing a run and verifying it, as officers and auditors do; every forgery is named."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from cli import main
from tests.faults import DEMO, ROOT
from tests.in_process import Ended, call

pytestmark = pytest.mark.e2e

FEW = ("--draws", "4", "--study-draws", "0")


@pytest.fixture
def command(capfd: pytest.CaptureFixture[str]) -> Callable[..., Ended]:
    return partial(call, capfd)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of the demonstration scenario, made elsewhere under another name and with other threads."""
    folder = tmp_path_factory.mktemp("finished") / "run"
    with pytest.raises(SystemExit) as end:
        main(["run", str(DEMO), *FEW, "--jobs", "1", "--out", str(folder)])
    assert not end.value.code
    return folder


@pytest.fixture
def run_folder(finished: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(finished, tmp_path / "run"))


def edit_manifest(folder: Path, change: Callable[[dict], object], *, hashes: bool = False) -> None:
    """Forge the manifest; with `hashes` so that it agrees with the files as they are now."""
    path = folder / "manifest.json"
    facts = json.loads(path.read_text(encoding="utf-8"))
    change(facts)
    if hashes:
        for name in facts["files_sha256"]:
            digest = hashlib.sha256((folder / name).read_bytes()).hexdigest()
            facts["files_sha256"][name] = digest
    path.write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def edit_workbook(folder: Path, sheet: str, address: str, value: object) -> None:
    book = openpyxl.load_workbook(folder / "workbook.xlsx")
    book[sheet][address] = value
    book.save(folder / "workbook.xlsx")


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_a_run_is_verified_byte_for_byte(run_folder, command, tmp_path, monkeypatch):
    """Every file of another day, place and number of threads is made again to the last byte."""
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    monkeypatch.setattr("tempfile.tempdir", None)
    (tmp_path / "temporary").mkdir()
    before = contents(run_folder)
    ended = command("verify", run_folder, "--jobs", "2", "--json")
    assert ended.code == 0, ended
    found = json.loads(ended.out)
    assert found["verified"] is True
    assert found["compared"] == "every file"
    assert found["not_compared"] == ["manifest.json: seconds", "manifest.json: jobs"]
    how = {file["name"]: file["how"] for file in found["files"]}
    assert how.pop("manifest.json") == "says the same"
    assert how == dict.fromkeys(set(before) - {"manifest.json"}, "same bytes")
    assert contents(run_folder) == before, "nothing in the run is changed"
    assert list((tmp_path / "temporary").iterdir()) == []


def test_sign_then_verify(run_folder, command):
    before = datetime.now(UTC).replace(microsecond=0)
    ended = command("sign", run_folder, "--role", "s151", "--statement", " Seen, and agreed. ")
    assert ended.code == 0, ended
    assert "Section 151 officer (S151)" in ended.out
    (signed,) = json.loads((run_folder / "sign-off.json").read_text())["sign_offs"]
    facts = json.loads((run_folder / "manifest.json").read_text())
    manifest = hashlib.sha256((run_folder / "manifest.json").read_bytes()).hexdigest()
    moment = datetime.fromisoformat(signed.pop("signed"))
    assert before <= moment <= datetime.now(UTC)
    assert signed == {
        "role": "S151",
        "title": "Section 151 officer",
        "run_id": facts["run_id"],
        "manifest_sha256": manifest,
        "version": facts["version"],
        "statement": "Seen, and agreed.",
        "notices": [
            check["name"]
            for check in facts["checks"]
            if check["kind"] == "notice" and not check["passed"]
        ],
    }
    assert signed["notices"], "few draws are a notice, and stand beside the signature"
    verified = command("verify", run_folder)
    assert verified.code == 0, verified
    assert "Signed as Section 151 officer (S151)" in verified.out
    refused = command("run", DEMO, *FEW, "--out", run_folder, "--force")
    assert refused.code == 3
    assert "is signed" in refused.error
    assert "never replaced" in refused.error


def test_the_manifest_changed_after_signing(run_folder, command):
    assert command("sign", run_folder, "--role", "DCS").code == 0
    edit_manifest(run_folder, lambda facts: facts.update(jobs=64))
    ended = command("verify", run_folder)
    assert ended.code == 4
    assert "the manifest was changed after signing as Director of Children's Services" in ended.out
    refused = command("sign", run_folder, "--role", "S151")
    assert refused.code == 4
    assert "the manifest was changed after it was signed as" in refused.error


def test_a_file_changed_missing_and_added_are_named(run_folder, command):
    """All at once, each by its name; what file managers leave by themselves is nobody's tampering."""
    (run_folder / "studies.parquet").unlink()
    (run_folder / "results.parquet").write_bytes((run_folder / "inputs.parquet").read_bytes())
    (run_folder / "extra").mkdir()
    (run_folder / "extra" / "note.txt").write_text("mine")
    (run_folder / ".DS_Store").write_text("")
    ended = command("verify", run_folder)
    assert ended.code == 4
    named = [line.strip() for line in ended.out.splitlines() if line.endswith("since the run")]
    assert named == [
        "results.parquet was changed since the run",
        "studies.parquet was missing since the run",
        "extra/note.txt was added since the run",
    ]
    signed = command("sign", run_folder, "--role", "S151")
    assert signed.code == 4
    for line in named:
        assert line in signed.error


def test_a_forged_table_is_found_though_the_manifest_agrees(run_folder, command):
    """One value in a table, its hash mended in the manifest: only running it again can tell."""
    path = run_folder / "draws.parquet"
    table = pd.read_parquet(path)
    row = int(table.index[table["measure"] == "closing_deficit"][3])
    table.loc[row, "value"] -= 1_000_000
    table.loc[row + 1, "value"] -= 1
    table.to_parquet(path, index=False)
    edit_manifest(run_folder, lambda facts: None, hashes=True)
    ended = command("verify", run_folder)
    assert ended.code == 4
    assert f"column value, largest of 2 rows, row {row + 2:,}: " in ended.out
    assert "files_sha256.draws.parquet" in ended.out


def test_a_forged_workbook_is_found_cell_by_cell(run_folder, command):
    """A number, a formula replaced by its value, a text, and a format that hides a number."""
    book = openpyxl.load_workbook(run_folder / "workbook.xlsx")
    summary = book["Summary"]
    summary["B11"] = 1
    formula = summary["J11"].value
    assert str(formula).startswith("=")
    summary["J11"] = 5
    summary["C11"].number_format = '"0"'
    book["Cover"]["A3"] = "Another title"
    book.create_sheet("Notes")["A1"] = "nothing to see"
    book.save(run_folder / "workbook.xlsx")
    ended = command("verify", run_folder, "--json")
    assert ended.code == 4
    (file,) = [one for one in json.loads(ended.out)["files"] if one["name"] == "workbook.xlsx"]
    found = {one["place"]: (one["stored"], one["again"]) for one in file["differences"]}
    forged = {
        "sheets", "Summary!B11", "Summary!J11", "Summary!C11, its number format", "Cover!A3", "Notes!A1",
    }  # fmt: skip
    assert forged <= set(found)
    # openpyxl saves no values of formulas, so that those are found missing; nothing else is.
    assert {found[place][0] for place in set(found) - forged} == {"None"}
    assert found["Summary!B11"][0] == "1"
    assert found["Summary!J11"][0] == "5"
    assert "Reconciliation!B15" in found["Summary!J11"][1]
    assert found["Cover!A3"][0] == "'Another title'"
    assert found["Notes!A1"] == ("'nothing to see'", "nothing")
    assert "Notes" in found["sheets"][0]


@pytest.mark.libreoffice
def test_signed_on_the_cover_in_a_spreadsheet_program(run_folder, command, tmp_path):
    """Opened, the boxes filled in and saved by LibreOffice: other bytes, the same figures, verified."""
    assert command("sign", run_folder, "--role", "S151").code == 0
    boxes = openpyxl.load_workbook(run_folder / "workbook.xlsx").defined_names["sign_off_cells"]
    assert boxes.value.startswith("'Cover'!$B$")
    box = boxes.value.split("!")[1].split(":")[0].replace("$", "")
    saved = resaved(run_folder / "workbook.xlsx", tmp_path, {("Cover", box): "signed on paper"})
    shutil.copyfile(saved, run_folder / "workbook.xlsx")
    ended = command("verify", run_folder)
    assert ended.code == 0, ended
    assert (
        "workbook.xlsx: saved again by a spreadsheet program; figures agree; boxes to sign in filled "
        "in: 1" in ended.out
    )
    again = resaved(run_folder / "workbook.xlsx", tmp_path, {("Summary", "B11"): 872_796})
    shutil.copyfile(again, run_folder / "workbook.xlsx")
    ended = command("verify", run_folder)
    assert ended.code == 4
    assert "Summary!B11: 872796 is stored" in ended.out


def resaved(workbook: Path, place: Path, cells: dict[tuple[str, str], object]) -> Path:
    """The workbook with `cells` filled in, opened and saved by LibreOffice with every value worked out."""
    filled = place / "filled" / "workbook.xlsx"
    filled.parent.mkdir(exist_ok=True)
    book = openpyxl.load_workbook(workbook)
    for (sheet, address), value in cells.items():
        book[sheet][address] = value
    book.save(filled)
    profile = f"-env:UserInstallation={(place / 'profile').as_uri()}"
    done = subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", "xlsx", "--outdir", str(place / "saved"),
         str(filled)],
        capture_output=True, text=True, check=False, timeout=180,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return place / "saved" / "workbook.xlsx"


@pytest.mark.parametrize(
    "name, value, place",
    [
        ("checks_passed", False, "checks_passed"),
        ("seed", 8, "headline[0].in_year_mean"),
        ("run_id", "000000000000", "run_id"),
        ("command", "hn-forecast run another.yaml", "About!"),
        ("created", "2020-01-01T00:00:00+00:00", "Cover!"),
        ("inputs_sha256", {"scenario.yaml": "0" * 64}, "About!"),
    ],
)
def test_a_forged_manifest_is_found(run_folder, command, name, value, place):
    edit_manifest(run_folder, lambda facts: facts.update({name: value}))
    ended = command("verify", run_folder, "--json")
    assert ended.code == 4, ended
    places = [d["place"] for file in json.loads(ended.out)["files"] for d in file["differences"]]
    assert any(one.startswith(place) for one in places), places


@pytest.mark.parametrize(
    "entry, said",
    [
        ({"version": "0.0.9"}, "hn-forecast: 0.0.9 then, "),
        ({"program_sha256": "0" * 64}, "the code or data of hn-forecast"),
        ({"python": "3.9.1"}, "Python: 3.9.1 then, "),
        ({"packages": {"numpy": "1.0"}}, "numpy: 1.0 then, "),
        ({"platform": {"system": "Haiku"}}, "system: Haiku then, "),
    ],
)
def test_made_elsewhere_the_headline_is_compared(run_folder, command, entry, said):
    """Bytes are not promised there; figures within 1e-9 of each are verified, and it says why."""
    edit_manifest(run_folder, lambda facts: facts.update(entry))
    ended = command("verify", run_folder)
    assert ended.code == 0, ended
    assert said in ended.out
    assert "within 1e-09 of each" in ended.out
    assert "figures agree" in ended.out


@pytest.mark.parametrize("part, verdict", [(1e-10, 0), (1e-7, 4)])
def test_the_tolerance_of_another_platform(run_folder, command, part, verdict):
    def elsewhere(facts: dict) -> None:
        facts["platform"]["cpu"] = "another"
        facts["headline"][1]["in_year_mean"] *= 1 + part

    edit_manifest(run_folder, elsewhere)
    ended = command("verify", run_folder)
    assert ended.code == verdict, ended
    named = "headline 2026-27 in_year_mean" in ended.out
    assert named == bool(verdict)


def test_elsewhere_a_headline_forged_in_one_place_is_found(run_folder, command):
    """Table and workbook are held to the figures too, though no byte is compared."""
    path = run_folder / "results.parquet"
    table = pd.read_parquet(path)
    whole = (table["measure"] == "cumulative_deficit") & (table["statistic"] == "p90")
    table.loc[whole & (table["view"] == "without"), "value"] *= 0.5
    table.to_parquet(path, index=False)
    edit_workbook(run_folder, "Summary", "I12", 1)
    edit_manifest(run_folder, lambda facts: facts.update(python="3.9.1"), hashes=True)
    ended = command("verify", run_folder, "--json")
    assert ended.code == 4
    places = " ".join(d["place"] for f in json.loads(ended.out)["files"] for d in f["differences"])
    assert "results.parquet: cumulative_deficit without 2026-27 p90" in places
    assert "workbook.xlsx: hn_" in places
    assert "another program or package may be why" in ended.out


def test_what_it_was_made_from_was_altered(run_folder, command):
    """Not run again, because that would say nothing about this run."""
    path = run_folder / "population.csv"
    path.write_text(path.read_text().replace("2027,5,", "2027,5,1"))
    ended = command("verify", run_folder)
    assert ended.code == 4
    assert "population.csv was changed since the run" in ended.out
    assert "It was not run again" in ended.out


def test_a_what_if_is_verified_and_not_signed(command, tmp_path):
    """The base's file keeps its name on the sheets, though the folder holds it under another."""
    shutil.copytree(DEMO.parent, tmp_path / "demo")
    question = "format: 1\nextends: scenario.yaml\nname: question\nwhat_if: true\nmitigated: all\n"
    (tmp_path / "demo" / "question.yaml").write_text(question)
    made = command("run", tmp_path / "demo" / "question.yaml", *FEW, "--out", tmp_path / "run")
    assert made.code == 0, made
    refused = command("sign", tmp_path / "run", "--role", "S151")
    assert refused.code == 4
    assert refused.error.splitlines()[1:] == [
        "  it answers a what-if question and is no forecast to sign"
    ]
    ended = command("verify", tmp_path / "run")
    assert ended.code == 0, ended
    assert "workbook.xlsx: same bytes" in ended.out


def test_verified_with_its_studies(command, tmp_path):
    made = command("run", DEMO, "--draws", "4", "--study-draws", "4", "--out", tmp_path / "run")
    assert made.code == 0, made
    facts = json.loads((tmp_path / "run" / "manifest.json").read_text())
    assert facts["study_draws"] == 4
    ended = command("verify", tmp_path / "run")
    assert ended.code == 0, ended
    assert "studies.parquet: same bytes" in ended.out


def test_four_who_sign_at_once_are_all_there(run_folder):
    """Real processes: none of the signatures is lost, and the file is whole."""
    roles = ("S151", "DCS", "CHIEF-EXECUTIVE", "REVIEWER")
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from cli import main; main()"
    signing = [
        subprocess.Popen(
            [sys.executable, "-c", code, "sign", str(run_folder), "--role", role],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=os.environ,
        )
        for role in roles
    ]
    errors = [process.communicate()[1] for process in signing]
    assert [process.returncode for process in signing] == [0] * 4, errors
    signed = json.loads((run_folder / "sign-off.json").read_text())["sign_offs"]
    assert sorted(one["role"] for one in signed) == sorted(roles)
    assert not [path for path in run_folder.iterdir() if path.name.startswith(".")]
