"""One writer at a time; the lock of a dead process is taken over, anybody else's is kept."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from model.report.hidden import this_computer
from model.report.lock import NAME, Locked, _break, locked

pytestmark = pytest.mark.unit


def lock_of(folder, process: int, computer: str = "") -> None:
    holder = {"process": process, "computer": computer or this_computer(), "key": "x"}
    (folder / NAME).write_text(json.dumps(holder))


@pytest.fixture(scope="module")
def dead() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_held_and_given_back(tmp_path):
    with locked(tmp_path, patience=0):
        assert (tmp_path / NAME).is_file()
        with (
            pytest.raises(Locked, match="another command is writing"),
            locked(tmp_path, patience=0),
        ):
            pytest.fail("two hold it")
        assert (tmp_path / NAME).is_file(), "who is refused takes nothing away"
    assert list(tmp_path.iterdir()) == []


def test_given_back_after_an_error(tmp_path):
    with pytest.raises(ZeroDivisionError), locked(tmp_path, patience=0):
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []


def test_a_dead_process_holds_nothing(tmp_path, dead):
    lock_of(tmp_path, dead)
    with locked(tmp_path, patience=1):
        assert json.loads((tmp_path / NAME).read_text())["process"] != dead
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["", "not json", "[]", '{"process": "x"}'])
def test_a_lock_that_says_nothing_is_kept(tmp_path, text):
    (tmp_path / NAME).write_text(text)
    with pytest.raises(Locked), locked(tmp_path, patience=0):
        pytest.fail("taken")
    assert (tmp_path / NAME).read_text() == text


def test_the_lock_of_another_computer_is_kept(tmp_path, dead):
    lock_of(tmp_path, dead, computer="00000000")
    with pytest.raises(Locked, match=r"remove .*lock"), locked(tmp_path, patience=0):
        pytest.fail("taken")


def test_a_lock_that_came_after_ours_is_not_removed(tmp_path):
    """The folder was replaced while we held the lock of the old one."""
    with locked(tmp_path, patience=0):
        lock_of(tmp_path, 1)
    assert (tmp_path / NAME).is_file()


def test_one_breaker_at_a_time(tmp_path, dead):
    """While another removes the abandoned lock, nobody else does."""
    lock_of(tmp_path, dead)
    (tmp_path / f"{NAME}.breaking").touch()
    with pytest.raises(Locked), locked(tmp_path, patience=0.05):
        pytest.fail("taken")
    assert json.loads((tmp_path / NAME).read_text())["process"] == dead


def test_a_lock_that_was_taken_meanwhile_is_not_broken(tmp_path):
    """Found abandoned, then broken and taken by another before we came to break it."""
    lock_of(tmp_path, os.getpid())
    _break(tmp_path, tmp_path / NAME)
    assert [path.name for path in tmp_path.iterdir()] == [NAME]
