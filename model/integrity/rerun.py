"""Run a finished run again, from its own folder, into another."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from model.integrity.recorded import Recorded
from model.report.make_run import Shown, make_run
from model.report.read_run import SavedRun
from model.report.run_folder import FolderError
from model.report.write_run import write_run
from model.scenario.effective import NAME as EFFECTIVE
from model.scenario.problems import ScenarioError


def run_again(run: SavedRun, recorded: Recorded, into: Path, *, jobs: int, shown: Shown) -> None:
    """Make every file of `run` anew in the folder `into`, as asked for then.

    Raises FolderError when this version cannot read or run the scenario, or `into` cannot be written.
    """
    try:
        effective = run.loaded
        # The effective scenario extends nothing; sheets name what the scenario extended.
        scenario = effective.scenario.model_copy(update={"extends": recorded.extends})
        loaded = replace(effective, scenario=scenario)
        made = make_run(
            loaded,
            draws=recorded.draws,
            seed=recorded.seed,
            chance=recorded.chance,
            study_draws=recorded.study_draws,
            jobs=jobs,
            shown=shown,
        )
    except ScenarioError as error:
        raise FolderError(
            f"{run.folder / EFFECTIVE} cannot be run by this version: {error.problems[0]}"
        ) from None
    shown.stage("Writing it again")
    write_run(
        into,
        made.results,
        loaded,
        made.studies,
        recorded.asked,
        jobs=jobs,
        seconds=made.seconds,
        force=False,
    )
