"""Write everything a run gives into its folder."""

from __future__ import annotations

import platform
import shutil
from pathlib import Path

from model.report.returns_table import returns_table
from model.report.run_folder import (
    MANIFEST,
    Asked,
    Standing,
    file_hashes,
    manifest,
    run_id,
    versions,
    write_folder,
    write_json,
)
from model.report.study_table import study_table
from model.report.tables import draws_table, inputs_table, results_table, unmitigated_draws_table
from model.report.workbook import About, write_workbook
from model.results import Results
from model.scenario.effective import effective_files, effective_text
from model.scenario.load import LoadedScenario
from model.scenario.schema import Mechanism, Scenario
from model.studies import Studies
from model.version import __version__

WORKBOOK = "workbook.xlsx"
COMPUTED = frozenset(
    {
        WORKBOOK,
        "results.parquet",
        "draws.parquet",
        "draws_unmitigated.parquet",
        "inputs.parquet",
        "studies.parquet",
    }
)
"""Files of a run that it computes; all others but the manifest are what it was made from."""

_WITHOUT: dict[Mechanism, str] = {
    "requests": "New plans follow last year's number and its growth; requests, refusals and waiting "
    "times are not in this run.",
    "places": "Places are not limited in this run: whoever is due a setting gets it.",
    "nurture_effect": "Nurture groups cost what they cost; no effect of theirs is in this run.",
}
"""What a run without a mechanism cannot show."""

_ALWAYS = (
    "Places limit placements from the first month of the forecast; which child gets a place is by "
    "kind of demand and by lot, not by the child's case.",
    "Placements that nurture groups avert are taken from spending, not from the plans counted.",
    "The range holds the stated uncertainties and chance. It does not hold changes of law or "
    "funding rules, or of how plans are recorded.",
)


def limits(scenario: Scenario) -> tuple[str, ...]:
    """What a reader must know that the figures of a run do not show."""
    left_out = [text for name, text in _WITHOUT.items() if not scenario.has(name)]
    known = _ALWAYS if not left_out else _ALWAYS[-1:]
    return (*left_out, *known)


def write_run(
    folder: Path,
    results: Results,
    loaded: LoadedScenario,
    studies: Studies,
    asked: Asked,
    *,
    jobs: int,
    seconds: dict[str, float],
    force: bool,
    seen: Standing | None = None,
) -> None:
    """The run folder: workbook, tables, effective scenario with what it reads, manifest. Whole or not at all.

    Equal results, studies and `asked` give equal bytes, but for `jobs` and `seconds` in the manifest.
    `force`, `seen` and what is raised: see `write_folder`.
    """
    identity = run_id(results, effective_text(loaded), loaded.tables)

    def write(partial: Path) -> None:
        about = About(
            run_id=identity,
            created=asked.created,
            version=__version__,
            seed=results.seed,
            draws=results.draw_count,
            command=asked.command,
            scenario_file=asked.scenario_file,
            scenario_hash=asked.hashes.get(asked.scenario_file, ""),
            python=platform.python_version(),
            packages=versions(),
            notes=limits(results.scenario),
        )
        for name, text in effective_files(loaded).items():
            (partial / name).write_text(text, encoding="utf-8")
        for name in loaded.tables:
            (partial / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(loaded.root / name, partial / name)
        results_table(results).to_parquet(partial / "results.parquet", index=False)
        draws_table(results).to_parquet(partial / "draws.parquet", index=False)
        unmitigated = unmitigated_draws_table(results)
        if unmitigated is not None:
            unmitigated.to_parquet(partial / "draws_unmitigated.parquet", index=False)
        inputs_table(results).to_parquet(partial / "inputs.parquet", index=False)
        study_table(results, studies).to_parquet(partial / "studies.parquet", index=False)
        returns_table(results).to_parquet(partial / "returns.parquet", index=False)
        write_workbook(results, partial / WORKBOOK, about, studies)
        facts = manifest(
            results,
            asked,
            identity=identity,
            study_draws=studies.draws,
            jobs=jobs,
            seconds=seconds,
        )
        facts["files_sha256"] = file_hashes(partial)
        write_json(partial / MANIFEST, facts)

    write_folder(folder, write, force=force, seen=seen)
