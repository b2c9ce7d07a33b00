"""A run folder is written whole or not at all."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from model.report import run_folder
from model.report.run_folder import FolderError, default_folder, refuse_existing, write_folder

pytestmark = pytest.mark.unit


def filled(folder: Path, text: str) -> None:
    (folder / "manifest.json").write_text(text, encoding="utf-8")


def contents(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_written_whole(tmp_path):
    target = tmp_path / "deep" / "run"
    write_folder(target, lambda folder: filled(folder, "new"), force=False)
    assert contents(target) == ["manifest.json"]
    assert contents(target.parent) == ["run"], "nothing half-written is left beside it"


def test_a_failure_leaves_nothing(tmp_path):
    def fail(folder: Path) -> None:
        filled(folder, "half")
        raise OSError(28, "No space left on device", str(folder / "workbook.xlsx"))

    with pytest.raises(FolderError, match=r"workbook\.xlsx: No space left on device"):
        write_folder(tmp_path / "run", fail, force=False)
    assert contents(tmp_path) == []


def test_an_existing_folder_is_refused_without_force(tmp_path):
    filled(tmp_path, "old")
    with pytest.raises(FolderError, match="exists already"):
        write_folder(tmp_path, lambda folder: filled(folder, "new"), force=False)
    assert (tmp_path / "manifest.json").read_text() == "old"


def test_force_swaps_and_leaves_no_trace(tmp_path):
    target = tmp_path / "run"
    write_folder(target, lambda folder: filled(folder, "old"), force=False)
    write_folder(target, lambda folder: filled(folder, "new"), force=True)
    assert (target / "manifest.json").read_text() == "new"
    assert contents(tmp_path) == ["run"]


def test_force_does_not_replace_what_is_not_a_run(tmp_path):
    (tmp_path / "thesis.docx").write_text("mine")
    with pytest.raises(FolderError, match="not the folder of a run"):
        refuse_existing(tmp_path, force=True)


def test_an_open_workbook_is_named_and_kept(tmp_path):
    target = tmp_path / "run"
    write_folder(target, lambda folder: filled(folder, "old"), force=False)
    (target / ".~lock.workbook.xlsx#").write_text("somebody")
    with pytest.raises(FolderError, match=r"workbook\.xlsx is open"):
        write_folder(target, lambda folder: filled(folder, "new"), force=True)
    assert (target / "manifest.json").read_text() == "old"
    assert contents(tmp_path) == ["run"]


def test_a_failed_swap_puts_the_old_folder_back(tmp_path, monkeypatch):
    target = tmp_path / "run"
    write_folder(target, lambda folder: filled(folder, "old"), force=False)
    real, calls = run_folder.os.replace, []

    def flaky(source, destination):
        calls.append(source)
        if len(calls) == 2:
            raise PermissionError(13, "in use", str(destination))
        real(source, destination)

    monkeypatch.setattr(run_folder.os, "replace", flaky)
    with pytest.raises(FolderError, match="in use"):
        write_folder(target, lambda folder: filled(folder, "new"), force=True)
    assert (target / "manifest.json").read_text() == "old"
    assert contents(tmp_path) == ["run"]


def test_each_run_has_a_new_folder(tmp_path):
    moment = datetime(2026, 4, 1, 9, 30, tzinfo=UTC)
    first = default_folder(tmp_path, "demo", moment, "abcdef123456")
    assert first == tmp_path / "runs" / "demo-20260401-093000-abcdef"
    first.mkdir(parents=True)
    second = default_folder(tmp_path, "demo", moment, "abcdef123456")
    assert second.name == "demo-20260401-093000-abcdef-2"


def test_a_file_or_a_missing_place_is_refused(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(FolderError, match="is a file"):
        refuse_existing(tmp_path / "file", force=True)
    with pytest.raises(FolderError):
        refuse_existing(tmp_path / "file" / "below", force=False)


def test_a_signed_run_is_never_replaced(tmp_path):
    """Refused before any work, and again where it was signed while the new run was under way."""
    target = tmp_path / "run"
    write_folder(target, lambda folder: filled(folder, "old"), force=False)

    def signed_meanwhile(folder: Path) -> None:
        filled(folder, "new")
        (target / "sign-off.json").write_text("{}")

    with pytest.raises(FolderError, match="is signed"):
        write_folder(target, signed_meanwhile, force=True)
    with pytest.raises(FolderError, match=r"is signed \(it has a sign-off\.json\)"):
        refuse_existing(target, force=True)
    assert (target / "manifest.json").read_text() == "old"
    assert contents(target) == ["manifest.json", "sign-off.json"]
    assert contents(tmp_path) == ["run"]


def test_force_replaces_what_it_saw_and_nothing_else(tmp_path):
    target = tmp_path / "run"
    write_folder(target, lambda folder: filled(folder, "old"), force=False)
    seen = refuse_existing(target, force=True)
    write_folder(target, lambda folder: filled(folder, "another's"), force=True)
    with pytest.raises(FolderError, match="another run was written"):
        write_folder(target, lambda folder: pytest.fail("work"), force=True, seen=seen)

    def overtaken(folder: Path) -> None:
        filled(folder, "new")
        write_folder(target, lambda other: filled(other, "a third"), force=True)

    seen = refuse_existing(target, force=True)
    with pytest.raises(FolderError, match="another run was written"):
        write_folder(target, overtaken, force=True, seen=seen)
    assert (target / "manifest.json").read_text() == "a third"
    assert contents(tmp_path) == ["run"]


def test_what_came_meanwhile_is_not_replaced(tmp_path):
    target = tmp_path / "run"

    def overtaken(folder: Path) -> None:
        filled(folder, "new")
        write_folder(target, lambda other: filled(other, "faster"), force=False)

    with pytest.raises(FolderError, match="another run was written"):
        write_folder(target, overtaken, force=False)
    assert (target / "manifest.json").read_text() == "faster"
    assert contents(tmp_path) == ["run"]


def test_an_interruption_between_the_moves_puts_the_old_folder_back(tmp_path, monkeypatch):
    target = tmp_path / "run"
    write_folder(target, lambda folder: filled(folder, "old"), force=False)
    real, calls = run_folder.os.replace, []

    def interrupted(source, destination):
        calls.append(source)
        if len(calls) == 2:
            raise KeyboardInterrupt
        real(source, destination)

    monkeypatch.setattr(run_folder.os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_folder(target, lambda folder: filled(folder, "new"), force=True)
    assert (target / "manifest.json").read_text() == "old"
    assert contents(target) == ["manifest.json"]
    assert contents(tmp_path) == ["run"]


def test_the_folder_is_filled_between_the_look_and_the_move(tmp_path, monkeypatch):
    target, real = tmp_path / "run", run_folder.os.replace

    def late(source, destination):
        target.mkdir()
        filled(target, "faster")
        real(source, destination)

    monkeypatch.setattr(run_folder.os, "replace", late)
    with pytest.raises(FolderError, match="another run was written"):
        write_folder(target, lambda folder: filled(folder, "new"), force=False)
    assert (target / "manifest.json").read_text() == "faster"
    assert contents(tmp_path) == ["run"]
