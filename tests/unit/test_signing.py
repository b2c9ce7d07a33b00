"""Who may sign what: every refusal in words, and what is kept."""

from __future__ import annotations

import hashlib
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from model.integrity.roles import UnknownRole, role_named, roles
from model.integrity.sign_off import read_sign_offs
from model.integrity.signing import NotSigned, sign
from model.report.lock import NAME as LOCK
from model.report.run_folder import FolderError
from model.scenario.effective import NAME as EFFECTIVE
from model.version import RESULTS_VERSION

pytestmark = pytest.mark.unit

NOON = datetime(2026, 4, 1, 12, tzinfo=UTC)
PASSED = {"name": "account closes", "kind": "identity", "passed": True}
NOTICE = {"name": "one line is unusual", "kind": "notice", "passed": False}
FAILED = {"name": "plans: opening + flows = closing", "kind": "identity", "passed": False}


@pytest.fixture
def run_folder(tmp_path, demoshire_file) -> Path:
    """A folder with what signing looks at: scenario, its table and a manifest; a notice fails nothing."""
    folder = tmp_path / "run"
    folder.mkdir()
    shutil.copyfile(demoshire_file, folder / EFFECTIVE)
    shutil.copyfile(demoshire_file.with_name("population.csv"), folder / "population.csv")
    write_manifest(folder, checks=[PASSED, NOTICE])
    return folder


def write_manifest(folder: Path, **entries: object) -> None:
    files = {
        name: hashlib.sha256((folder / name).read_bytes()).hexdigest()
        for name in (EFFECTIVE, "population.csv")
    }
    facts = {
        "run_id": "abcdef123456",
        "created": "2026-03-31T09:00:00+00:00",
        "results_version": RESULTS_VERSION,
        "checks_passed": True,
        "files_sha256": files,
        **entries,
    }
    (folder / "manifest.json").write_text(json.dumps(facts))


def reasons(folder: Path, role: str = "S151", **options: bool) -> list[str]:
    with pytest.raises(NotSigned) as refused:
        sign(folder, role, NOON, **options)
    assert not [path for path in folder.iterdir() if path.name.startswith(".")]
    return refused.value.reasons


def test_several_roles_each_once(run_folder):
    sign(run_folder, "S151", NOON, statement="Seen.")
    sign(run_folder, "dcs", NOON)
    (reason,) = reasons(run_folder)
    assert reason == (
        "it is signed already as Section 151 officer (S151), 1 April 2026 12:00 UTC; --again adds "
        "another signature and keeps that one"
    )
    later = NOON.replace(hour=15)
    sign(run_folder, "S151", later, statement="Seen again.", again=True)
    assert [(one.role, one.signed, one.statement) for one in read_sign_offs(run_folder)] == [
        ("S151", NOON, "Seen."),
        ("DCS", NOON, None),
        ("S151", later, "Seen again."),
    ]


def test_a_run_whose_checks_failed(run_folder):
    write_manifest(run_folder, checks=[PASSED, FAILED], checks_passed=False)
    assert reasons(run_folder) == [f"checks of the run failed: {FAILED['name']}"]
    assert not (run_folder / "sign-off.json").exists()


def test_a_manifest_that_contradicts_itself(run_folder):
    """Said to have passed beside a check that failed, and the other way round: not signed."""
    write_manifest(run_folder, checks=[FAILED], checks_passed=True)
    assert reasons(run_folder) == [f"checks of the run failed: {FAILED['name']}"]
    write_manifest(run_folder, checks=[PASSED], checks_passed=False)
    assert reasons(run_folder) == ["checks of the run failed"]
    write_manifest(run_folder, checks=[PASSED], checks_passed="yes")
    assert reasons(run_folder) == ["checks of the run failed"]
    write_manifest(run_folder)
    with pytest.raises(FolderError, match="does not list the checks"):
        sign(run_folder, "S151", NOON)


def test_every_reason_at_once(run_folder):
    write_manifest(run_folder, checks=[FAILED], checks_passed=False)
    sign_off_of_another_manifest(run_folder)
    (run_folder / "population.csv").write_text("year,age,persons\n")
    (run_folder / "note.txt").write_text("mine")
    found = reasons(run_folder)
    assert [reason.split(" (")[0] for reason in found] == [
        f"checks of the run failed: {FAILED['name']}",
        "population.csv was changed since the run",
        "note.txt was added since the run",
        "the manifest was changed after it was signed as Director of Children's Services",
    ]


def sign_off_of_another_manifest(folder: Path) -> None:
    entry = {
        "role": "DCS",
        "title": "Director of Children's Services",
        "signed": "2026-04-01T09:00:00Z",
        "run_id": "abcdef123456",
        "manifest_sha256": "0" * 64,
        "version": "0.1.0",
    }
    text = json.dumps({"format": 1, "sign_offs": [entry]})
    (folder / "sign-off.json").write_text(text)


def test_a_sign_off_that_cannot_be_read_is_left_as_it_is(run_folder):
    (run_folder / "sign-off.json").write_text('{"format": 2}')
    with pytest.raises(FolderError, match=r"sign-off\.json is not a sign-off"):
        sign(run_folder, "S151", NOON)
    assert (run_folder / "sign-off.json").read_text() == '{"format": 2}'


def test_nothing_is_half_written(run_folder, monkeypatch):
    """The disk is full while the second signs: the first signature is as it was, and nothing else is there."""
    sign(run_folder, "S151", NOON)
    before = (run_folder / "sign-off.json").read_bytes()

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("model.integrity.sign_off.os.fsync", full)
    with pytest.raises(FolderError, match="could not be signed: No space left on device"):
        sign(run_folder, "DCS", NOON)
    assert (run_folder / "sign-off.json").read_bytes() == before
    assert not [path for path in run_folder.iterdir() if path.name.startswith(".")]


def test_a_folder_that_another_writes_in(run_folder, monkeypatch):
    monkeypatch.setattr("model.integrity.signing.LOCK_PATIENCE", 0.0)
    (run_folder / LOCK).write_text("another")
    with pytest.raises(FolderError, match="another command is writing"):
        sign(run_folder, "S151", NOON)
    assert read_sign_offs(run_folder) == ()


def test_roles():
    """Those of the monitoring return are there; capitals do not matter, titles will do."""
    assert {"S151", "DCS"} <= set(roles())
    for role, title in roles().items():
        assert role_named(role.lower()) == role
        assert role_named(f" {title.upper()} ") == role
    with pytest.raises(UnknownRole, match=r"'S-151' is not a role.*Did you mean 'S151'\?"):
        role_named("S-151")
    with pytest.raises(UnknownRole, match="expected one of S151, DCS"):
        role_named("")
