"""What has arrived since the scenario was written: a January count, an outturn, or both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from model.history.history import NATION, History, Repair
from model.history.read_history import read_history
from model.monitor.actuals import Actuals
from model.monitor.read_actuals import read_actuals
from model.reference.calendar import MONTHS
from model.scenario.load import LoadedScenario
from model.scenario.problems import Problem, ScenarioError, did_you_mean
from model.scenario.schema import Scenario

OUTTURN = "outturn"
"""How the name of a file of outturn begins."""
_PUBLISHED = ("sen2", "tidy")


@dataclass(frozen=True)
class JanuaryCount:
    """The department's figures of one authority at the January after the scenario's count.

    `counts`: series -> figure (plans, new_plans, requests, refused), those published; `age_groups`
    and `setting_groups`: group -> plans, empty where any is missing. `before`: plans at the
    scenario's own January, `groups_before` by setting group. `repairs`: published figures of these
    two Januaries that are not used. `national_change`: `age.` or `setting.` and group -> change of the
    logarithm of England's own share of plans since the scenario's January.
    """

    authority: str
    january: int
    counts: Mapping[str, float]
    age_groups: Mapping[str, float]
    setting_groups: Mapping[str, float]
    before: float
    groups_before: Mapping[str, float]
    repairs: tuple[Repair, ...]
    national_change: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Arrivals:
    """At least one of a January count and an outturn by budget line."""

    count: JanuaryCount | None
    outturn: Actuals | None


def read_arrivals(
    folder: Path, loaded: LoadedScenario, authority: str | None = None, unit: str | None = None
) -> Arrivals:
    """Read a folder. Raises ScenarioError with every problem of every file in it."""
    if not folder.is_dir():
        raise _wrong(folder, "there is no such folder", "a folder with actuals")
    outturns = sorted(
        path
        for path in folder.iterdir()
        if path.name.lower().startswith(OUTTURN) and path.suffix.lower() in (".csv", ".xlsx")
    )
    published = _has_published(folder)
    if not outturns and not published:
        raise _wrong(
            folder,
            "neither a January count nor an outturn is in this folder",
            "the department's SEN2 files (*.csv, *.csv.gz, or folders sen2 and tidy) or outturn*.csv, outturn*.xlsx",
        )
    problems: list[Problem] = []
    count = outturn = None
    if published:
        try:
            count = january_count(read_history(folder), loaded.scenario, authority)
        except ScenarioError as error:
            problems += error.problems
    if outturns:
        try:
            outturn = _outturn(outturns, loaded.scenario, unit)
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError(problems)
    return Arrivals(count, outturn)


def january_count(history: History, scenario: Scenario, authority: str | None) -> JanuaryCount:
    """The count of the January after the scenario's own. Raises ScenarioError where there is none."""
    if scenario.plans is None:
        raise ScenarioError(
            [
                Problem(
                    scenario.name, None, "plans", "the scenario has no plans, so a January count says nothing of it",
                    expected="a section 'plans', or a folder with an outturn alone",
                )
            ]
        )  # fmt: skip
    name, base = authority or scenario.authority, scenario.plans.counted.year
    january = base + 1
    if name not in history.names:
        raise ScenarioError(
            [
                Problem(
                    "actuals", None, "authority", "no authority of this name in the department's files",
                    found=name, expected="a name as the department writes it",
                    hint=did_you_mean(name, [str(known) for known in history.names])
                    or "Give it with --authority.",
                )
            ]
        )  # fmt: skip
    known = history.known_at(january)
    if not np.isfinite(known.of("plans", january)[name]):
        years = [year for year in history.januaries if np.isfinite(history.of("plans", year)[name])]
        raise ScenarioError(
            [
                Problem(
                    "actuals", None, "plans", f"no plans of {name} in January {january}",
                    found=f"January {years[0]} to {years[-1]}" if years else "none",
                    expected=f"the count of January {january}, the one after the scenario's own",
                    hint="A later count needs a scenario that starts later: make one with `hn-forecast import sen2`.",
                )
            ]
        )  # fmt: skip
    counts = {
        series: float(value)
        for series in ("plans", "new_plans", "requests", "refused")
        if np.isfinite(value := known.of(series, january)[name])
    }
    return JanuaryCount(
        name,
        january,
        counts,
        _groups(known.age_groups, name, january),
        _groups(known.setting_groups, name, january),
        float(known.of("plans", base)[name]),
        _groups(known.setting_groups, name, base),
        tuple(
            repair
            for repair in known.repairs
            if repair.authority == name and repair.january >= base
        ),
        {
            **_national_change(known.age_groups, "age", base),
            **_national_change(known.setting_groups, "setting", base),
        },
    )


def _national_change(tables: Mapping[str, object], kind: str, base: int) -> dict[str, float]:
    """Change of the log share of each of England's groups in the year from January `base`."""
    before, after = (_with_elsewhere(_groups(tables, NATION, year)) for year in (base, base + 1))
    totals = sum(before.values()), sum(after.values())
    return {
        f"{kind}.{name}": float(np.log(after[name] / totals[1]) - np.log(before[name] / totals[0]))
        for name in before
        if name in after and before[name] > 0 and after[name] > 0
    }


def _with_elsewhere(groups: dict[str, float]) -> dict[str, float]:
    """`other` counted with `elsewhere`, as the model's settings have them."""
    if "other" not in groups:
        return groups
    return {**groups, "elsewhere": groups["elsewhere"] + groups["other"]}


def _groups(tables: Mapping[str, object], name: str, january: int) -> dict[str, float]:
    found: dict[str, float] = {}
    for group, table in tables.items():
        has = name in table.index and january in table.columns  # type: ignore[attr-defined]
        found[group] = float(table.loc[name, january]) if has else np.nan  # type: ignore[attr-defined]
    return found if found and np.isfinite(list(found.values())).all() else {}


def _has_published(folder: Path) -> bool:
    places = [folder, *(folder / name for name in _PUBLISHED if (folder / name).is_dir())]
    return any(
        path.is_file()
        and path.name.endswith((".csv", ".csv.gz"))
        and not path.name.lower().startswith((".", "~", OUTTURN))
        for place in places
        for path in place.iterdir()
    )


def _outturn(files: list[Path], scenario: Scenario, unit: str | None) -> Actuals:
    if scenario.funding is None:
        raise ScenarioError(
            [
                Problem(
                    scenario.name, None, "funding",
                    "the scenario has no budget lines, so an outturn says nothing of it",
                )
            ]
        )  # fmt: skip
    if len(files) > 1:
        names = ", ".join(path.name for path in files)
        raise _wrong(files[0].parent, f"{len(files)} files of outturn: {names}", "one")
    return read_actuals(files[0], scenario, MONTHS, unit)[0]


def _wrong(place: Path, message: str, expected: str) -> ScenarioError:
    return ScenarioError([Problem(str(place), None, "", message, expected=expected)])
