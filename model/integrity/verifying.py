"""Verify a run: its files are those it wrote, and running it again gives them."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from model.integrity.agreement import Difference
from model.integrity.compare_headline import compare_headlines
from model.integrity.compare_tables import compare_tables
from model.integrity.compare_texts import compare_lines, compare_manifests
from model.integrity.compare_workbooks import compare_workbooks
from model.integrity.environment import Environment, environment
from model.integrity.recorded import recorded
from model.integrity.rerun import run_again
from model.integrity.sign_off import SignOff, read_sign_offs
from model.report.make_run import Shown
from model.report.read_run import SavedRun, read_run, sha256
from model.report.run_folder import MANIFEST, SIGN_OFF, FolderError
from model.report.write_run import COMPUTED, WORKBOOK

SAVED_BY_A_SPREADSHEET = "saved again by a spreadsheet program; figures agree"


@dataclass(frozen=True)
class FileVerified:
    """One file of a run: whether it is what the run gives, how that is known, and where it is not."""

    name: str
    agrees: bool
    how: str
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True)
class Verified:
    """What was found. `files` is empty where the run could not be made again.

    `problems`: everything that keeps the run from being verified, in words. `environment`: what
    differs from where the run was made; the headline alone is then compared.
    """

    run_id: str
    problems: tuple[str, ...]
    files: tuple[FileVerified, ...] = ()
    environment: tuple[str, ...] = ()
    sign_offs: tuple[SignOff, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def verified(self) -> bool:
        """Whether nothing speaks against the run."""
        return not self.problems


@dataclass
class _Found:
    """What has been found so far."""

    problems: list[str] = field(default_factory=list)
    files: list[FileVerified] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, file: FileVerified) -> None:
        self.files.append(file)
        if not file.agrees:
            self.problems.append(f"{file.name} {file.how}")


def verify(folder: Path, *, jobs: int, shown: Shown) -> Verified:
    """Verify the run in `folder` without changing anything in it.

    Raises FolderError when the folder cannot be read, does not say how its run was made, or the run
    cannot be made again here. What was made again is removed, whatever happens.
    """
    shown.stage("Looking at the files")
    run = read_run(folder)
    made_by = recorded(run)
    here = environment(made_by)
    sign_offs = read_sign_offs(folder)
    altered = run.altered()
    found = _Found(_signed_otherwise(run, sign_offs))
    # Whether a changed workbook still says the same is seen beside the one made again.
    found.problems += [
        f"{name} was {how} since the run"
        for name, how in altered.items()
        if (name, how) != (WORKBOOK, "changed")
    ]
    sources = [name for name, how in altered.items() if how != "added" and name not in COMPUTED]
    if sources:
        found.notes.append("it was not run again: what it was made from is not as it was")
        if WORKBOOK in altered and altered[WORKBOOK] == "changed":
            found.problems.append(f"{WORKBOOK} was changed since the run")
    else:
        try:
            with tempfile.TemporaryDirectory(prefix="hn-forecast-verify-") as place:
                again = Path(place) / "again"
                run_again(run, made_by, again, jobs=jobs, shown=shown)
                shown.stage("Comparing")
                _compare(run, read_run(again), altered, here, found)
        except OSError as error:
            raise FolderError(
                f"the run could not be made again: {error.filename or ''} {error.strerror or error}"
            ) from None
    return Verified(
        run.run_id,
        tuple(found.problems),
        tuple(found.files),
        here.words,
        sign_offs,
        tuple(found.notes),
    )


def _signed_otherwise(run: SavedRun, sign_offs: Sequence[SignOff]) -> list[str]:
    digest = sha256(run.folder / MANIFEST)
    problems = []
    for one in sign_offs:
        if one.manifest_sha256 != digest:
            problems.append(f"the manifest was changed after signing as {one.words}")
        elif one.run_id != run.run_id:
            problems.append(f"{SIGN_OFF} signs run {one.run_id} as {one.words}, not this one")
    return problems


def _compare(
    run: SavedRun, again: SavedRun, altered: dict[str, str], here: Environment, found: _Found
) -> None:
    if not here.same:
        _compare_headlines(run, again, altered, here, found)
        return
    for name in {**again.manifest["files_sha256"], **run.manifest["files_sha256"]}:
        if altered.get(name) != "missing":
            found.add(_compare_file(name, run, again, altered))
    differences = compare_manifests(run.manifest, again.manifest)
    how = "differs from that of the run made again" if differences else "says the same"
    found.add(FileVerified(MANIFEST, not differences, how, differences))


def _compare_file(
    name: str, run: SavedRun, again: SavedRun, altered: dict[str, str]
) -> FileVerified:
    stored, made = run.folder / name, again.folder / name
    if not made.is_file():
        return FileVerified(name, False, "is none of the files of this run")
    if not stored.is_file():
        return FileVerified(name, False, "is missing")
    if stored.read_bytes() == made.read_bytes():
        return FileVerified(name, True, "same bytes")
    if name == WORKBOOK:
        compared = compare_workbooks(stored, made)
        if compared.differences:
            how = "differs from the workbook made again"
            return FileVerified(name, False, how, compared.differences)
        boxes = f"; boxes to sign in filled in: {compared.signed_in}" if compared.signed_in else ""
        if name in altered:
            return FileVerified(name, True, SAVED_BY_A_SPREADSHEET + boxes)
        how = "has other bytes than the workbook made again, though every cell agrees"
        return FileVerified(name, False, how)
    if name.endswith(".parquet"):
        differences = compare_tables(stored, made)
    else:
        differences = compare_lines(stored, made)
    how = "differs from the one made again" if differences else "has other bytes, same values"
    return FileVerified(name, False, how, differences)


def _compare_headlines(
    run: SavedRun, again: SavedRun, altered: dict[str, str], here: Environment, found: _Found
) -> None:
    """Elsewhere equal bytes are not promised: a last digit, then a draw of chance, may differ."""
    count, differences = compare_headlines(run, again)
    if not differences:
        found.add(FileVerified("headline", True, f"{count:,} figures agree"))
    elif here.program:
        how = "figures differ; another program or package may be why, so verify where it was made"
        found.add(FileVerified("headline", False, how, differences))
    else:
        found.add(FileVerified("headline", False, "figures differ", differences))
    if WORKBOOK in altered and altered[WORKBOOK] == "changed":
        found.problems.append(
            f"{WORKBOOK} was changed since the run; whether its cells agree can only be seen where "
            "the run was made"
        )
