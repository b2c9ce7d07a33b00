"""Write everything a run gives into its folder."""

from __future__ import annotations

import platform
import shutil
from datetime import datetime
from pathlib import Path

from model.report.run_folder import (
    command_line,
    file_hashes,
    manifest,
    run_id,
    versions,
    write_folder,
    write_json,
)
from model.report.tables import draws_table, inputs_table, results_table
from model.report.workbook import About, write_workbook
from model.results import Results
from model.scenario.effective import effective_text
from model.scenario.load import LoadedScenario
from model.version import __version__

WORKBOOK = "workbook.xlsx"
LIMITS = (
    "Places are not limited in this version: whoever is due a setting gets it, and a school that "
    "opens late changes nothing unless a mitigation says so.",
    "New plans follow last year's number and its growth; requests, refusals and waiting times are "
    "not modelled yet.",
    "Nurture groups cost what they cost; no effect on requests or placements is assumed.",
    "The range holds the stated uncertainties and chance. It does not hold changes of law or "
    "funding rules, or of how plans are recorded.",
)
"""What a reader must know that the figures do not show."""


def write_run(
    folder: Path,
    results: Results,
    loaded: LoadedScenario,
    *,
    scenario_file: str,
    created: datetime,
    jobs: int,
    seconds: dict[str, float],
    force: bool,
) -> None:
    """The run folder: workbook, tables, effective scenario with what it reads, manifest. Whole or not at all.

    Raises FolderError when it cannot be written.
    """
    effective = effective_text(loaded)
    identity = run_id(results, effective, loaded.tables)

    def write(partial: Path) -> None:
        about = About(
            run_id=identity,
            created=created,
            version=__version__,
            seed=results.seed,
            draws=results.draw_count,
            command=command_line(),
            scenario_file=scenario_file,
            scenario_hash=loaded.hashes.get(Path(scenario_file).name, ""),
            python=platform.python_version(),
            packages=versions(),
            notes=LIMITS,
        )
        (partial / "scenario.effective.yaml").write_text(effective, encoding="utf-8")
        for name in loaded.tables:
            (partial / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(loaded.root / name, partial / name)
        results_table(results).to_parquet(partial / "results.parquet", index=False)
        draws_table(results).to_parquet(partial / "draws.parquet", index=False)
        inputs_table(results).to_parquet(partial / "inputs.parquet", index=False)
        write_workbook(results, partial / WORKBOOK, about)
        facts = manifest(
            results,
            identity=identity,
            created=created,
            command=command_line(),
            scenario_file=scenario_file,
            hashes=loaded.hashes,
            jobs=jobs,
            seconds=seconds,
        )
        facts["files_sha256"] = file_hashes(partial)
        write_json(partial / "manifest.json", facts)

    write_folder(folder, write, force=force)
