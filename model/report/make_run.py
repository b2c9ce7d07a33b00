"""Everything that `run` computes, and `verify` computes again: draws, then studies, timed."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from model.results import Results
from model.run import run
from model.scenario.load import LoadedScenario
from model.studies import USUAL_DRAWS, Studies, study

Counted = Callable[[int, int], None] | None


class Shown(Protocol):
    """What shows how far a run has come."""

    @property
    def draws(self) -> Counted:
        """Called with (draws done, draws in all)."""

    @property
    def runs(self) -> Counted:
        """Called with (runs of the studies done, runs in all)."""

    def stage(self, title: str) -> None:
        """Name what is going on now."""


@dataclass(frozen=True)
class MadeRun:
    """The results of a run and its studies, with the seconds that each took."""

    results: Results
    studies: Studies
    seconds: dict[str, float]


def make_run(
    loaded: LoadedScenario,
    *,
    draws: int | None,
    seed: int | None,
    chance: bool,
    study_draws: int | None,
    jobs: int,
    shown: Shown,
) -> MadeRun:
    """Run a scenario with its studies; None is the scenario's own, or the usual draws of studies.

    Raises what `model.run.run` raises.
    """
    started = time.perf_counter()
    results = run(loaded, draws=draws, seed=seed, jobs=jobs, chance=chance, progress=shown.draws)
    drawn = time.perf_counter()
    shown.stage("Mitigations, delays and nurture groups")
    studied = USUAL_DRAWS if study_draws is None else study_draws
    studies = study(results, draws=studied, jobs=jobs, progress=shown.runs)
    done = time.perf_counter()
    return MadeRun(results, studies, {"draws": drawn - started, "studies": done - drawn})
