"""Variants of a scenario on the same draws, so that their differences are the variants' own.

Inputs are drawn; chance is off, because single children falling otherwise would drown the small
effect of a single mitigation. Months are stepped once for all variants that differ in prices only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from model.draws import Draws, Override, sample
from model.forecast import (
    BLOCK_WIDTH,
    BlockResult,
    MonthByMonth,
    by_year,
    department_places,
    price,
    step_months,
)
from model.funding.anchoring import Anchor
from model.mitigation.input_changes import apply_input_changes
from model.prepared import Prepared
from model.scenario.schema import Scenario

Floats = NDArray[np.float64]
Progress = Callable[[int, int], None]

_PRICES_ONLY = "funding."
"""Inputs below this path price what the months give and change nothing in them."""


@dataclass(frozen=True)
class Variant:
    """What differs: the mitigations in the run (`base`, `none`, `all` or ids) and inputs fixed by path."""

    mitigated: str | tuple[str, ...] = "base"
    overrides: Mapping[str, Override] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """What a variant comes to, draw axis last, money in pounds, a deficit positive.

    `in_year` and `cumulative` (year, draw), the latter without support; `on_trajectory`
    (target year, draw) 1 or 0; `driver_spend` (driver, year, draw); `department` (year, draw)
    places that the department pays; `general_fund` (year, draw); `seeking` (year, draw) pupils in
    placements or waiting for want of a place, on average over the year; `waiting` (year, draw)
    assessments waiting for advice at the year end.
    """

    in_year: Floats
    cumulative: Floats
    on_trajectory: Floats
    driver_spend: Floats
    department: Floats
    general_fund: Floats
    seeking: Floats
    waiting: Floats


def evaluate(
    prepared: Prepared,
    anchors: Mapping[str, Anchor],
    variants: Sequence[Variant],
    *,
    draws: int,
    seed: int,
    jobs: int = 1,
    progress: Progress | None = None,
) -> list[Outcome]:
    """Outcomes of variants on the first `draws` draws, in the variants' order.

    The scenario needs an account. Bits do not depend on `jobs`.
    """
    starts = range(0, draws, BLOCK_WIDTH)
    done = 0

    def block(first: int) -> list[Outcome]:
        nonlocal done
        used = min(BLOCK_WIDTH, draws - first)
        stepped: dict[object, MonthByMonth] = {}
        results = []
        for variant in variants:
            results.append(_outcome(prepared, anchors, variant, first, used, seed, stepped))
            done += 1
            if progress is not None:
                progress(min(done, len(variants) * len(starts)), len(variants) * len(starts))
        return results

    with ThreadPoolExecutor(max(jobs, 1)) as pool:
        blocks = list(pool.map(block, starts))
    return [_joined([one[index] for one in blocks]) for index in range(len(variants))]


def variant_of(prepared: Prepared, variant: Variant) -> Prepared:
    """The prepared scenario with the variant's mitigations."""
    scenario = prepared.scenario.model_copy(update={"mitigated": variant.mitigated})
    return replace(prepared, loaded=replace(prepared.loaded, scenario=scenario))


def steps_differ(scenario: Scenario, mitigation: str) -> bool:
    """True when a mitigation changes demand, cohort or provision, not prices alone."""
    changes = next(item for item in scenario.mitigations if item.id == mitigation).input_changes
    shocks = scenario.requests.shocks if scenario.requests is not None else []
    return any(not change.input.startswith(_PRICES_ONLY) for change in changes) or any(
        shock.with_mitigation == mitigation for shock in shocks
    )


def _outcome(
    prepared: Prepared,
    anchors: Mapping[str, Anchor],
    variant: Variant,
    first: int,
    used: int,
    seed: int,
    stepped: dict[object, MonthByMonth],
) -> Outcome:
    own = variant_of(prepared, variant)
    scenario = own.scenario
    draws = sample(scenario, seed, first, BLOCK_WIDTH, variant.overrides, own.loaded.samples)
    apply_input_changes(scenario, draws)
    key = _steps_key(scenario, variant)
    if key not in stepped:
        stepped[key] = step_months(own, draws, used, seed, None, None)
    result = price(own, anchors, BlockResult(draws, used, stepped[key]))
    return _kept(result, scenario, draws, used)


def _steps_key(scenario: Scenario, variant: Variant) -> object:
    """What the months of a variant depend on."""
    overrides = tuple(
        sorted((k, v) for k, v in variant.overrides.items() if not k.startswith(_PRICES_ONLY))
    )
    chosen = variant.mitigated
    if isinstance(chosen, tuple):
        moving = tuple(sorted(item for item in chosen if steps_differ(scenario, item)))
        return (moving or "none", overrides)
    if chosen == "all":
        moving = tuple(
            sorted(item.id for item in scenario.mitigations if steps_differ(scenario, item.id))
        )
        return (moving or "none", overrides)
    return (chosen, overrides)


def _kept(result: BlockResult, scenario: Scenario, draws: Draws, used: int) -> Outcome:
    assert result.views is not None
    years = len(draws.years)
    nothing = np.zeros((years, draws.size))
    on = np.zeros((0, draws.size))
    if result.reconciliation is not None:
        on = np.asarray(result.reconciliation.on_trajectory, dtype=float)
    department = department_places(scenario, draws)
    seeking = nothing
    places = result.months.places
    if places is not None:
        monthly = np.zeros((draws.months, draws.size))
        for group in places.waiting + places.interim + places.overflow:
            monthly = monthly + group
        seeking = by_year(monthly) / 12
    spending = result.spending
    kept = (
        result.views.in_year,
        result.views.without_support,
        on,
        spending.by_driver if spending is not None else np.zeros((0, years, draws.size)),
        department if department is not None else nothing,
        spending.general_fund if spending is not None else nothing,
        seeking,
        result.months.demand.waiting[11::12] if result.months.demand is not None else nothing,
    )
    return Outcome(*(np.ascontiguousarray(values[..., :used]) for values in kept))


def _joined(blocks: Sequence[Outcome]) -> Outcome:
    return Outcome(
        *(
            np.concatenate([getattr(one, name) for one in blocks], axis=-1)
            for name in Outcome.__dataclass_fields__
        )
    )
