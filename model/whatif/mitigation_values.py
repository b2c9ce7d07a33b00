"""What mitigations are worth: none, all, each alone, and shares of the whole that add up (design 5.9).

The worth of a set of mitigations is what the outcome is without any less what it is with them. They
interact, so the worths of each alone do not sum to that of all; Shapley values by condition, and by
theme, do. Means and probabilities are attributed; quantiles are not additive and never are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.funding.anchoring import Anchor
from model.prepared import Prepared
from model.scenario.mitigation_schema import Mitigation
from model.whatif.shapley import Coalition, Shapley, coalitions_needed, shapley
from model.whatif.variants import Outcome, Progress, Variant, evaluate

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Worth:
    """Improvement against no mitigation, by year; positive is better.

    `in_year` and `cumulative` (year,): pounds less deficit on average over draws.
    `on_trajectory` (target year,): gain in the probability of being on or below the trajectory.
    """

    in_year: Floats
    cumulative: Floats
    on_trajectory: Floats


@dataclass(frozen=True)
class MitigationValues:
    """Values of a scenario's mitigations on `draws` draws.

    `none`, `all_`: outcomes of no and of every mitigation. `alone`: mitigation id -> its worth
    alone; `alone_range` the 10th and 90th percentile over draws of its cumulative worth in the last
    year, in pounds; `alone_waiting` what it changes in the queue for advice at the end of the last
    year, on average. `by_condition` and `by_theme`: Shapley values of `outcomes`, whose columns are
    `columns` (measure, year), for `conditions` and `themes`.
    """

    draws: int
    none: Outcome
    all_: Outcome
    alone: Mapping[str, Worth]
    alone_range: Mapping[str, tuple[float, float]]
    alone_general_fund: Mapping[str, Floats]
    alone_waiting: Mapping[str, float]
    conditions: tuple[str, ...]
    by_condition: Shapley
    themes: tuple[str, ...]
    by_theme: Shapley
    columns: tuple[tuple[str, int], ...]

    @property
    def whole(self) -> Worth:
        """Worth of all mitigations together."""
        return worth_of(self.none, self.all_)

    def column(self, measure: str) -> slice:
        """Columns of a measure in the Shapley values: in_year, cumulative or on_trajectory."""
        numbers = [index for index, (name, _) in enumerate(self.columns) if name == measure]
        return slice(numbers[0], numbers[-1] + 1) if numbers else slice(0, 0)


def mitigation_values(
    prepared: Prepared,
    anchors: Mapping[str, Anchor],
    *,
    draws: int,
    seed: int,
    jobs: int = 1,
    progress: Progress | None = None,
) -> MitigationValues | None:
    """Values of every mitigation; None for a scenario without mitigations or without an account."""
    scenario = prepared.scenario
    given = scenario.mitigations
    if not given or scenario.account is None:
        return None
    conditions = players(given, "condition")
    themes = players(given, "theme")
    wanted: dict[tuple[str, ...], None] = {(): None, _ids(given): None}
    for item in given:
        wanted[(item.id,)] = None
    for groups in (conditions, themes):
        for coalition in coalitions_needed(len(groups), seed):
            wanted[_members(groups, coalition, given)] = None
    variants = [Variant(ids if ids else "none") for ids in wanted]
    found = evaluate(
        prepared, anchors, variants, draws=draws, seed=seed, jobs=jobs, progress=progress
    )
    outcomes = dict(zip(wanted, found, strict=True))
    none = outcomes[()]

    def worth(groups: Mapping[str, list[str]], coalition: Coalition) -> Floats:
        return _row(worth_of(none, outcomes[_members(groups, coalition, given)]))

    years = len(prepared.scenario.horizon.years)
    columns = [("in_year", year) for year in range(years)]
    columns += [("cumulative", year) for year in range(years)]
    columns += [("on_trajectory", year) for year in range(len(none.on_trajectory))]
    return MitigationValues(
        draws=draws,
        none=none,
        all_=outcomes[_ids(given)],
        alone={item.id: worth_of(none, outcomes[(item.id,)]) for item in given},
        alone_range={item.id: _range(none, outcomes[(item.id,)]) for item in given},
        alone_general_fund={
            item.id: outcomes[(item.id,)].general_fund.mean(axis=-1)
            - none.general_fund.mean(axis=-1)
            for item in given
        },
        alone_waiting={
            item.id: float((outcomes[(item.id,)].waiting[-1] - none.waiting[-1]).mean())
            for item in given
        },
        conditions=tuple(conditions),
        by_condition=shapley(len(conditions), lambda c: worth(conditions, c), seed),
        themes=tuple(themes),
        by_theme=shapley(len(themes), lambda c: worth(themes, c), seed),
        columns=tuple(columns),
    )


def players(given: Sequence[Mitigation], key: str) -> dict[str, list[str]]:
    """Mitigations by condition or by theme, in the order of the scenario."""
    groups: dict[str, list[str]] = {}
    for item in given:
        groups.setdefault(getattr(item, key), []).append(item.id)
    return groups


def worth_of(none: Outcome, other: Outcome) -> Worth:
    """What `other` improves on `none`, means over draws."""
    return Worth(
        (none.in_year - other.in_year).mean(axis=-1),
        (none.cumulative - other.cumulative).mean(axis=-1),
        (other.on_trajectory - none.on_trajectory).mean(axis=-1),
    )


def _row(worth: Worth) -> Floats:
    return np.concatenate([worth.in_year, worth.cumulative, worth.on_trajectory])


def _range(none: Outcome, other: Outcome) -> tuple[float, float]:
    low, high = np.quantile(none.cumulative[-1] - other.cumulative[-1], [0.1, 0.9])
    return float(low), float(high)


def _ids(given: Sequence[Mitigation]) -> tuple[str, ...]:
    return tuple(item.id for item in given)


def _members(
    groups: Mapping[str, list[str]], coalition: Coalition, given: Sequence[Mitigation]
) -> tuple[str, ...]:
    names = list(groups)
    chosen = {member for number in coalition for member in groups[names[number]]}
    return tuple(item.id for item in given if item.id in chosen)
