"""What a notebook asks for: a scenario, a run of it, what drives it, what mitigations are worth."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from model.draws import Override
from model.notebook.forecast import Forecast
from model.reference.bundled import scenario_file
from model.run import run as run_scenario
from model.scenario.load import LoadedScenario
from model.scenario.load import load as load_file
from model.scenario.schema import Scenario
from model.sensitivity.study import Sensitivity
from model.sensitivity.study import sensitivity as study
from model.sensitivity.targets import TARGETS, Target, usual_target, years_of
from model.studies import USUAL_DRAWS
from model.whatif.mitigation_values import mitigation_values as value_mitigations


def load(scenario: str | Path) -> LoadedScenario:
    """A scenario from a file, or the bundled one of that name such as "north_somerset_2023".

    Raises ScenarioError with every problem in it.
    """
    return load_file(scenario_file(Path(scenario)))


def run(
    scenario: LoadedScenario | str | Path,
    *,
    draws: int | None = None,
    seed: int | None = None,
    chance: bool = True,
    mitigated: str | Sequence[str] | None = None,
    fixed: Mapping[str, Override] | None = None,
    jobs: int | None = None,
) -> Forecast:
    """Run a scenario. `draws` and `seed` default to its own.

    `mitigated`: base, none, all or a list of mitigation ids in place of the scenario's. `fixed`:
    inputs held at a value in every draw, by path: {"requests.refused_share": 0.1}. Raises
    ScenarioError, KeyError for a path that is no input, ValueError for a mitigation that is not there.
    """
    if draws is not None and draws < 1:
        raise ValueError(f"a run has 1 draw or more, not {draws}")
    loaded = scenario if isinstance(scenario, LoadedScenario) else load(scenario)
    if mitigated is not None:
        loaded = replace(loaded, scenario=_with_mitigations(loaded.scenario, mitigated))
    results = run_scenario(
        loaded,
        draws=draws,
        seed=seed,
        jobs=jobs or os.cpu_count() or 1,
        chance=chance,
        overrides=fixed,
    )
    return Forecast(results)


def _with_mitigations(scenario: Scenario, mitigated: str | Sequence[str]) -> Scenario:
    known = [item.id for item in scenario.mitigations]
    if isinstance(mitigated, str):
        if mitigated not in ("base", "none", "all"):
            raise ValueError(f"mitigated is base, none, all or a list of ids, not '{mitigated}'")
        return scenario.model_copy(update={"mitigated": mitigated})
    missing = [name for name in mitigated if name not in known]
    if missing:
        raise ValueError(f"no mitigation {', '.join(missing)}; there are {', '.join(known)}")
    return scenario.model_copy(update={"mitigated": tuple(mitigated)})


def sensitivity(
    forecast: Forecast,
    target: str | None = None,
    year: str | None = None,
    *,
    jobs: int | None = None,
) -> Sensitivity:
    """What drives a figure of a forecast: by default the cumulative deficit of the last year.

    `target` is one of the names that `hn-forecast sensitivity --targets` lists. The result has
    `.to_frame()` and can be given to `plot_drivers`. Raises ValueError for a figure or year not there.
    """
    chosen = _target(target, forecast)
    last = years_of(chosen, forecast.draws)[-1]
    return study(forecast.results, chosen, year or last, jobs=jobs or os.cpu_count() or 1)


def _target(name: str | None, forecast: Forecast) -> Target:
    if name is not None:
        if name not in TARGETS:
            raise ValueError(f"'{name}' is not one of {', '.join(TARGETS)}")
        return TARGETS[name]
    usual = usual_target(forecast.draws)
    if usual is None:
        raise ValueError("this run has no deficit, spending or plans to explain")
    return usual


def mitigation_values(forecast: Forecast, *, draws: int = USUAL_DRAWS) -> pd.DataFrame:
    """What each mitigation alone is worth by the last year, in pounds less cumulative deficit.

    Common random numbers, chance off. `worth` is the mean, with its 10th and 90th percentile;
    `general_fund` what it costs the council over the years. The row `all` is everything together: it
    is not the sum, because mitigations interact. Raises ValueError without
    mitigations or an account, and for a run with inputs held at a value.
    """
    results = forecast.results
    if results.fixed:
        raise ValueError(
            f"this run holds {', '.join(results.fixed)}; value a run without fixed inputs"
        )
    if not results.scenario.mitigations or results.scenario.account is None:
        raise ValueError("this scenario has no mitigations, or no account to value them in")
    values = value_mitigations(
        results.prepared, results.anchors, draws=draws, seed=results.seed, jobs=os.cpu_count() or 1
    )
    assert values is not None
    columns = ["title", "condition", "worth", "p10", "p90", "general_fund"]
    rows = {}
    for item in results.scenario.mitigations:
        low, high = values.alone_range[item.id]
        worth = float(values.alone[item.id].cumulative[-1])
        fund = float(np.sum(values.alone_general_fund[item.id]))
        rows[item.id] = (item.title, item.condition, worth, low, high, fund)
    together = values.none.cumulative[-1] - values.all_.cumulative[-1]
    low, high = np.quantile(together, [0.1, 0.9])
    fund = float((values.all_.general_fund - values.none.general_fund).mean(axis=-1).sum())
    rows["all"] = ("All together", "", float(together.mean()), float(low), float(high), fund)
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)
