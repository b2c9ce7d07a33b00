"""Faults that no carefulness of the user prevents: a full disk, a kill, no rights, another command.

Whatever happens, a run folder is whole: the old one, the new one or none. Scenes with processes of
their own are in `tests/faults.py`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from cli import main
from tests.faults import DEMO, ROOT, play, state
from tests.in_process import call

pytestmark = pytest.mark.e2e

FEW = ("--draws", "4", "--study-draws", "0")
Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def command(capfd: pytest.CaptureFixture[str]) -> Command:
    """The command in this process: its exit code, what it printed, and its errors."""
    return partial(call, capfd)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of the demonstration scenario; tests work on copies of it."""
    folder = tmp_path_factory.mktemp("finished") / "run"
    with pytest.raises(SystemExit) as end:
        main(["run", str(DEMO), *FEW, "--out", str(folder)])
    assert not end.value.code
    return folder


@pytest.fixture
def run_folder(finished: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(finished, tmp_path / "run"))


def test_killed_at_every_step_leaves_old_new_or_none(tmp_path):
    """kill -9 between any two file operations: never a half; the next run tidies all that is left."""
    tries = play("killed_at_every_step", tmp_path)
    old, new = (
        dict.fromkeys(("manifest.json", "results.parquet", "workbook.xlsx"), text)
        for text in ("old", "new")
    )
    seen = set()
    for one in tries:
        after, following = one["after"], one["next"]
        lock = {".hn-forecast.lock": "", ".hn-forecast.lock.breaking": ""}
        files = after["files"]
        if files is not None:
            files = {name: text for name, text in files.items() if name not in lock}
        assert files in (None, old, new)
        if files is None and one["force"]:
            assert any("-old-" in name for name in after["hidden"]), "the old one waits beside it"
        kept = {k: v for k, v in (following["files"] or {}).items() if k not in lock}
        assert kept in ((old, new) if one["force"] else ({}, new))
        assert following["hidden"] == []
        seen.add((one["force"], files and files["manifest.json"], one["code"]))
    assert {(True, "old", -9), (True, None, -9), (True, "new", -9), (True, "new", 0)} <= seen
    assert {(False, None, -9), (False, "new", 0)} <= seen


def test_killed_while_writing_a_whole_run(tmp_path):
    """The same with workbook and tables: what stands there is a run that its manifest agrees with."""
    tries = play("killed_while_writing", tmp_path)
    assert -9 in {one["code"] for one in tries}
    for one in tries:
        assert one["whole"]
        assert one["hidden"] == []


def test_a_full_disk_is_said_and_leaves_nothing(tmp_path):
    """A text, a table or the workbook does not fit: exit 3, and the old run as it was."""
    tries = play("out_of_disk", tmp_path)
    (book,) = [one for one in tries if one["small_tables"]]
    assert "workbook.xlsx: File too large" in book["said"]
    assert len([one for one in tries if one["force"]]) == 4
    for one in tries:
        assert one["code"] == 3, one
        assert one["said"].startswith("Error: the run could not be written"), one
        assert "File too large" in one["said"], one
        assert one["old_kept"], one
        assert one["left"] == [], one
        assert one["there"] == one["force"], one


def test_without_rights():
    """As somebody who may write nothing there: refused before any work, with the place named."""
    # pytest keeps its own folders to their owner; the other user must be able to look into this one.
    place = Path(tempfile.mkdtemp())
    shutil.copytree(DEMO.parent, place, dirs_exist_ok=True)
    try:
        ends = play("without_rights", place)
    finally:
        for folder in (place, place / "run"):
            folder.chmod(0o755)
        shutil.rmtree(place)
    assert set(ends) == {"run", "deeper", "force", "init", "sign", "closed scenario", "closed run"}
    for name, end in ends.items():
        assert end["code"] == 3, (name, end)
        assert "Traceback" not in end["said"], (name, end)
        assert str(place) in end["said"], (name, end)
    for name in ("run", "deeper", "force", "init"):
        assert "cannot be written" in ends[name]["said"], ends[name]
    for name in ("closed scenario", "closed run"):
        assert "Permission denied" in ends[name]["said"], ends[name]
    assert "could not be signed: Permission denied" in ends["sign"]["said"]


def test_two_runs_into_one_folder_at_the_same_moment(tmp_path):
    """One wins whole; the other is told and mixes nothing in; with --force too."""
    for force, found in play("together", tmp_path).items():
        assert sorted(found["codes"]) == [0, 3], force
        winner = f"run {found['codes'].index(0)}"
        names = ("manifest.json", "results.parquet", "workbook.xlsx")
        assert found["files"] == dict.fromkeys(names, winner), force
        assert found["hidden"] == [], force


def test_two_commands_into_one_folder(tmp_path):
    """The same with whole commands: exit 0 and 3, one run, and the other says why it is not there."""
    found = play("two_commands", tmp_path)
    assert sorted(end["code"] for end in found["ends"]) == [0, 3], found
    (said,) = (end["said"] for end in found["ends"] if end["code"])
    assert "Traceback" not in said
    assert "exists already" in said or "another run was written" in said
    assert found["whole"]
    assert found["hidden"] == []


def test_told_to_stop(tmp_path):
    """SIGTERM is Ctrl-C: exit 130, the old run whole, nothing left beside it nor among temporary files."""
    (tmp_path / "work").mkdir()
    (tmp_path / "temporary").mkdir()
    found = play("told_to_stop", tmp_path / "work", TMPDIR=str(tmp_path / "temporary"))
    assert set(found["tries"]) == {"run SIGTERM", "run SIGINT", "verify SIGTERM", "verify SIGINT"}
    for name, end in found["tries"].items():
        assert end["code"] == 130, (name, end)
        assert "Interrupted" in end["said"], (name, end)
        assert "Traceback" not in end["said"], (name, end)
    assert found["whole"]
    assert found["hidden"] == []
    assert list((tmp_path / "temporary").iterdir()) == []


@pytest.mark.parametrize("lock", [".~lock.workbook.xlsx#", "~$workbook.xlsx"])
def test_a_workbook_open_in_a_spreadsheet_program(run_folder, command, lock):
    (run_folder / lock).write_text("somebody")
    before = (run_folder / "manifest.json").read_bytes()
    code, _, error = command("run", DEMO, *FEW, "--out", run_folder, "--force")
    assert code == 3
    assert "workbook.xlsx is open in a spreadsheet program" in error
    assert (run_folder / "manifest.json").read_bytes() == before
    assert state(run_folder.parent)["hidden"] == []


def replaced(name: str, data: bytes) -> Callable[[Path], None]:
    return lambda folder: (folder / name).write_bytes(data) and None


def manifest_with(**entries: object) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        path = folder / "manifest.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), **entries}))

    return change


def manifest_without(name: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        path = folder / "manifest.json"
        facts = json.loads(path.read_text())
        del facts[name]
        path.write_text(json.dumps(facts))

    return change


def a_folder_for(name: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        (folder / name).unlink()
        (folder / name).mkdir()

    return change


def a_file_for_the_folder(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.write_text("no folder")


def a_link_that_leads_nowhere(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.symlink_to(folder.with_name("nowhere"))


def a_link_to_itself(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.symlink_to(folder)


UNREADABLE = {
    "no folder": shutil.rmtree,
    "a file": a_file_for_the_folder,
    "a dead link": a_link_that_leads_nowhere,
    "a link to itself": a_link_to_itself,
    "no manifest": lambda folder: (folder / "manifest.json").unlink(),
    "a folder for a manifest": a_folder_for("manifest.json"),
    "an empty manifest": replaced("manifest.json", b" "),
    "half a manifest": replaced("manifest.json", b'{"run_id": "abc", "files'),
    "no text": replaced("manifest.json", b"\xff\xfe\x00"),
    "a list": replaced("manifest.json", b"[1]"),
    "brackets without end": replaced("manifest.json", b"[" * 200_000),
    "tables of another version": manifest_with(results_version=99),
    "no files": manifest_without("files_sha256"),
    "files outside": manifest_with(files_sha256={"../../etc/passwd": "0" * 64}),
    "files that are none": manifest_with(files_sha256=["workbook.xlsx"]),
    "a broken sign-off": replaced("sign-off.json", b'{"format": 1, "sign_offs": [{"role": "S151"}'),
    "a sign-off of another kind": replaced("sign-off.json", b'{"signed": true}'),
}


@pytest.mark.parametrize("what", UNREADABLE)
@pytest.mark.parametrize("arguments", [("verify",), ("sign", "--role", "S151")], ids=lambda a: a[0])
def test_a_corrupt_run_folder(run_folder, command, arguments, what):
    """Every command that reads a run says what is wrong with its folder, and exits with 3."""
    UNREADABLE[what](run_folder)
    name, *options = arguments
    code, _, error = command(name, run_folder, *options)
    assert code == 3, error
    assert error.startswith("Error: "), error
    assert str(run_folder) in error
    assert "Traceback" not in error


NOT_AS_WRITTEN = {
    "results.parquet": (replaced("results.parquet", b"PAR1 half a table"), "changed"),
    "workbook.xlsx": (replaced("workbook.xlsx", b"PK half a workbook"), "workbook"),
    "draws.parquet": (a_folder_for("draws.parquet"), "missing"),
    "scenario.effective.yaml": (replaced("scenario.effective.yaml", b"\x00"), "changed"),
    "population.csv": (lambda folder: (folder / "population.csv").unlink(), "missing"),
    "a link": (
        lambda folder: (
            (folder / "draws.parquet").rename(folder.with_name("elsewhere")),
            (folder / "draws.parquet").symlink_to(folder.with_name("elsewhere")),
        ),
        "draws.parquet was changed",
    ),
}


@pytest.mark.parametrize("what", NOT_AS_WRITTEN)
def test_a_run_with_a_broken_file(run_folder, command, what):
    """A file that is not as written is named: not signed, not verified, exit 4 and no traceback."""
    change, word = NOT_AS_WRITTEN[what]
    change(run_folder)
    code, _, error = command("sign", run_folder, "--role", "S151")
    assert code == 4, error
    assert "was changed" in error or "was missing" in error
    assert not (run_folder / "sign-off.json").exists()
    code, out, error = command("verify", run_folder)
    assert code == 4, error
    assert out.startswith("NOT VERIFIED")
    assert word in out
    assert error == ""


def test_what_is_asked_for_cannot_be_written(tmp_path, command):
    """--csv and --out that cannot be: exit 3, before any work."""
    (tmp_path / "there.csv").write_text("mine")
    (tmp_path / "file").write_text("mine")
    for arguments in (
        ("sensitivity", DEMO, *FEW[:2], "--csv", tmp_path / "nowhere" / "x.csv"),
        ("sensitivity", DEMO, *FEW[:2], "--csv", tmp_path / "there.csv"),
        ("run", DEMO, *FEW, "--out", tmp_path / "file"),
        ("run", DEMO, *FEW, "--out", tmp_path / "file" / "below"),
        ("run", DEMO, *FEW, "--out", tmp_path / ("x" * 300)),
        ("run", DEMO, *FEW, "--out", "/dev/null"),
        ("init", tmp_path / "file"),
    ):
        code, _, error = command(*arguments)
        assert code == 3, (arguments, error)
        assert error.splitlines()[-1].startswith("Error: "), error
    assert (tmp_path / "there.csv").read_text() == "mine"
    assert (tmp_path / "file").read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "there.csv"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_output_into_a_full_disk():
    """What was printed did not fit: said, exit 3, and no second complaint at the end."""
    with Path("/dev/full").open("w") as full:
        done = cli("schema", stdout=full)
    assert done.returncode == 3
    assert done.stderr.startswith("Error: no space left on the device")
    assert len(done.stderr.splitlines()) == 1


def test_a_reader_who_stops():
    """`hn-forecast schema | head -1`: quiet, and no exit code of success for what was cut off."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as nobody:
        done = cli("schema", stdout=nobody)
    assert done.stderr == ""
    assert done.returncode == 141


def cli(*arguments: str, stdout: object) -> subprocess.CompletedProcess[str]:
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
