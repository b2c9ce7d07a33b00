"""Hidden folders of dead programs are put right; nothing of anybody else is touched."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from model.report.hidden import aside_folder, is_running, partial_folder, this_computer, tidy

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def dead() -> int:
    """The number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def left_behind(place, kind: str, process: int, target: str = "run", computer: str = ""):
    folder = (
        place / f".hn-forecast-{kind}-{process}-{computer or this_computer()}-ab12cd34-{target}"
    )
    folder.mkdir()
    (folder / "manifest.json").write_text(kind)
    return folder


def test_who_is_running(dead):
    assert is_running(os.getpid(), this_computer())
    assert not is_running(dead, this_computer())
    assert is_running(dead, "00000000"), "another computer's process may well be running"
    assert is_running(10**30, this_computer()), "no number of a process: in doubt, it runs"


def test_partial_folders_of_dead_programs_go(tmp_path, dead):
    left_behind(tmp_path, "partial", dead)
    left_behind(tmp_path, "partial", dead, target="another-run")
    tidy(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_old_run_whose_place_is_empty_goes_back(tmp_path, dead):
    """Killed between the two moves: the old run is the only whole one."""
    left_behind(tmp_path, "old", dead, target="run-of-2026 (final)")
    tidy(tmp_path)
    assert (tmp_path / "run-of-2026 (final)" / "manifest.json").read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 1


def test_an_old_run_that_was_replaced_goes(tmp_path, dead):
    left_behind(tmp_path, "old", dead)
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "manifest.json").write_text("new")
    tidy(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["run"]
    assert (tmp_path / "run" / "manifest.json").read_text() == "new"


def test_what_is_not_left_behind_stays(tmp_path, dead):
    kept = {
        left_behind(tmp_path, "partial", os.getpid()),
        left_behind(tmp_path, "old", os.getpid()),
        left_behind(tmp_path, "partial", dead, computer="00000000"),
        tmp_path / ".hn-forecast-partial-of-mine",
        tmp_path / f".hn-forecast-notes-{dead}-{this_computer()}-ab12cd34-run",
        tmp_path / f"hn-forecast-partial-{dead}-{this_computer()}-ab12cd34-run",
    }
    for path in kept:
        path.mkdir(exist_ok=True)
    link = tmp_path / f".hn-forecast-old-{dead}-{this_computer()}-ffffffff-elsewhere"
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter").write_text("mine")
    link.symlink_to(tmp_path / "thesis")
    tidy(tmp_path)
    assert set(tmp_path.iterdir()) == kept | {link, tmp_path / "thesis"}
    assert (tmp_path / "thesis" / "chapter").read_text() == "mine"


def test_names_can_be_read_back(tmp_path, monkeypatch, dead):
    """What a run makes is what the next one finds, whatever the target is called."""
    for name in ("run", "a-b-c", ".hidden", "2026 - final"):
        monkeypatch.setattr(os, "getpid", lambda: dead)
        partial_folder(tmp_path / name)
        aside_folder(tmp_path / name).mkdir()
        monkeypatch.undo()
        (tmp_path / name).mkdir()
        tidy(tmp_path)
        assert [path.name for path in tmp_path.iterdir()] == [name]
        (tmp_path / name).rmdir()
