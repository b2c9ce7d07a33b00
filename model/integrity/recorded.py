"""What a manifest records of its run, read strictly: all that running it again needs."""

from __future__ import annotations

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from model.report.read_run import SavedRun
from model.report.run_folder import MANIFEST, Asked, FolderError


class Recorded(BaseModel):
    """A run as its manifest records it. `headline`: one row a year, pounds, a deficit positive."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    created: AwareDatetime
    command: str
    scenario_file: str
    extends: str | None
    inputs_sha256: dict[str, str]
    seed: int = Field(ge=0, lt=2**63, strict=True)
    draws: int = Field(ge=1, le=100_000, strict=True)
    chance: bool = Field(strict=True)
    study_draws: int = Field(ge=0, le=100_000, strict=True)
    version: str
    program_sha256: str
    python: str
    packages: dict[str, str]
    platform: dict[str, str]
    headline: list[dict[str, float | str | None]]

    @property
    def asked(self) -> Asked:
        """How the run was asked for."""
        return Asked(self.created, self.command, self.scenario_file, self.inputs_sha256)


def recorded(run: SavedRun) -> Recorded:
    """What the manifest of `run` records.

    Raises FolderError listing every entry that is missing or is not what it should be.
    """
    try:
        return Recorded.model_validate(run.manifest)
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(map(str, item['loc']))}: {item['msg']}"
            for item in error.errors(include_url=False)
        )
        raise FolderError(
            f"{run.folder / MANIFEST} does not say how its run was made ({wrong}); it was changed, or "
            "an earlier version made it. Run the scenario again"
        ) from None
