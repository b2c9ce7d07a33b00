"""The file `sign-off.json` of a run: who has signed it, when, and what exactly."""

from __future__ import annotations

import json
import os
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from model.report.run_folder import SIGN_OFF, FolderError


class SignOff(BaseModel):
    """One signature: a role, not a person.

    `signed`: UTC. `manifest_sha256`: SHA-256 of the manifest that was signed, which holds those of
    all other files. `version`: of the program that signed. `notices`: what the run said to look at.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    role: str
    title: str
    signed: AwareDatetime
    run_id: str
    manifest_sha256: str = Field(pattern="^[0-9a-f]{64}$")
    version: str
    statement: str | None = None
    notices: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """The signature as people say it."""
        return f"{self.title} ({self.role}), {_said(self.signed)}"


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    format: Literal[1] = 1
    sign_offs: tuple[SignOff, ...] = ()


def read_sign_offs(folder: Path) -> tuple[SignOff, ...]:
    """Every signature of a run, the first first; none where it has not been signed.

    Raises FolderError where the file cannot be read; it is then left as it is.
    """
    path = folder / SIGN_OFF
    if not os.path.lexists(path):
        return ()
    try:
        return _File.model_validate_json(path.read_bytes()).sign_offs
    except OSError as error:
        raise FolderError(f"{path} cannot be read: {error.strerror}") from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise FolderError(
            f"{path} is not a sign-off that `hn-forecast sign` wrote ({where}: {first['msg']}); "
            "put the original back from a copy"
        ) from None


def write_sign_offs(folder: Path, sign_offs: tuple[SignOff, ...]) -> None:
    """Put all signatures in place in one step; the file before it is whole until then.

    Call it with the lock of the folder held. Raises OSError; nothing is left then.
    """
    data = _File(sign_offs=sign_offs).model_dump(mode="json", exclude_none=True)
    text = json.dumps(data, indent=2, ensure_ascii=False) + "\n"
    # Outside the folder nothing may be written; inside, the name says whose file it is.
    descriptor, name = tempfile.mkstemp(prefix=".hn-forecast-sign-off-", dir=folder)
    partial = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        partial.chmod(0o644)
        os.replace(partial, folder / SIGN_OFF)
    finally:
        partial.unlink(missing_ok=True)


def _said(moment: datetime) -> str:
    return f"{moment:%d %B %Y %H:%M} UTC".lstrip("0")
