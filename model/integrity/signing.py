"""Sign a run in a role, or say every reason why it may not be signed."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from model.integrity.roles import role_named, roles
from model.integrity.sign_off import SignOff, read_sign_offs, write_sign_offs
from model.report.lock import Locked, locked
from model.report.read_run import SavedRun, read_run, sha256
from model.report.run_folder import LOCK_PATIENCE, MANIFEST, FolderError
from model.report.write_run import WORKBOOK
from model.scenario.effective import NAME as EFFECTIVE
from model.scenario.problems import ScenarioError
from model.version import __version__


class NotSigned(Exception):
    """A run that may not be signed, with every reason."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


def sign(
    folder: Path,
    role: str,
    moment: datetime,
    *,
    statement: str | None = None,
    again: bool = False,
) -> SignOff:
    """Add a signature to `sign-off.json` of the run in `folder` and return it.

    Signatures already there are kept, with `again` an earlier one of the same role too. Two commands
    at once both end up in the file: one waits for the other.
    Raises UnknownRole, NotSigned with every reason, and FolderError where the folder cannot be read
    or written. The file is whole or as it was.
    """
    role = role_named(role)
    read_run(folder)
    try:
        with locked(folder, patience=LOCK_PATIENCE):
            # Read only now: before, another run may have come to stand here.
            run = read_run(folder)
            manifest_sha256 = sha256(folder / MANIFEST)
            earlier = read_sign_offs(folder)
            reasons = refusals(run) + _changed_since(earlier, manifest_sha256)
            same = [one for one in earlier if one.role == role]
            if same and not again:
                reasons.append(
                    f"it is signed already as {same[-1].words}; --again adds another signature and "
                    "keeps that one"
                )
            if reasons:
                raise NotSigned(reasons)
            signed = SignOff(
                role=role,
                title=roles()[role],
                signed=moment,
                run_id=run.run_id,
                manifest_sha256=manifest_sha256,
                version=__version__,
                statement=statement,
                notices=open_notices(run),
            )
            write_sign_offs(folder, (*earlier, signed))
            return signed
    except Locked as error:
        raise FolderError(str(error)) from None
    except OSError as error:
        raise FolderError(f"{folder} could not be signed: {error.strerror}") from None


def refusals(run: SavedRun) -> list[str]:
    """Every reason in the run itself why nobody may sign it; empty when there is none."""
    reasons = []
    failed = failed_checks(run)
    if failed or run.manifest.get("checks_passed") is not True:
        named = f": {'; '.join(failed)}" if failed else ""
        reasons.append(f"checks of the run failed{named}")
    altered = run.altered()
    for name, how in altered.items():
        hint = (
            " (sign with this command first, then fill in the boxes of its Cover)"
            if (name, how) == (WORKBOOK, "changed")
            else ""
        )
        reasons.append(f"{name} was {how} since the run{hint}")
    # What was altered may not even be a scenario any more.
    if not altered and _is_what_if(run):
        reasons.append("it answers a what-if question and is no forecast to sign")
    return reasons


def failed_checks(run: SavedRun) -> list[str]:
    """Names of the checks that the manifest says failed; notices fail nothing.

    Raises FolderError where the manifest does not list its checks.
    """
    try:
        return [
            str(check["name"])
            for check in run.manifest["checks"]
            if check["kind"] != "notice" and not check["passed"]
        ]
    except (KeyError, TypeError):
        raise FolderError(
            f"{run.folder / MANIFEST} does not list the checks of its run; run the scenario again"
        ) from None


def open_notices(run: SavedRun) -> tuple[str, ...]:
    """What the run said to look at: it stops no signature and is recorded with it."""
    return tuple(
        str(check["name"])
        for check in run.manifest["checks"]
        if check["kind"] == "notice" and not check["passed"]
    )


def _is_what_if(run: SavedRun) -> bool:
    try:
        return run.loaded.scenario.what_if
    except ScenarioError as error:
        raise FolderError(
            f"{run.folder / EFFECTIVE} cannot be read by this version ({error.problems[0]}); run the "
            "scenario again"
        ) from None


def _changed_since(earlier: tuple[SignOff, ...], manifest_sha256: str) -> list[str]:
    return [
        f"the manifest was changed after it was signed as {one.words}"
        for one in earlier
        if one.manifest_sha256 != manifest_sha256
    ]
