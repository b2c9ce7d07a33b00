"""What a workbook says about the run that made it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class About:
    """Facts of a run that are not in its results.

    `created` is also the creation date inside the file, so that equal runs give equal bytes.
    `packages`: name -> version. `notes`: sentences shown on the About sheet.
    """

    run_id: str
    created: datetime
    version: str
    seed: int
    draws: int
    command: str
    scenario_file: str
    scenario_hash: str
    python: str = ""
    packages: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
