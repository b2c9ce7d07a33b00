"""What nurture groups avert in pounds, and the probability at which they pay for themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.funding.anchoring import Anchor
from model.prepared import Prepared
from model.whatif.variants import Progress, Variant, evaluate

Floats = NDArray[np.float64]

TRIED = 0.2
"""Chance of averting a request with which the worth of one is measured."""


@dataclass(frozen=True)
class NurtureValue:
    """`averted_gbp` (year, draw): spending that the groups avert as the scenario draws their
    effect, positive is saved. `per_chance_gbp`: saved over the horizon, on average, for each
    whole chance (0 to 1) that a completed place averts a request."""

    averted_gbp: Floats
    per_chance_gbp: float

    def break_even(self, net_cost_gbp: float) -> float | None:
        """The chance at which requests averted pay a net cost over the horizon; None where even
        averting one with every completed place would not, or where averting saves nothing."""
        if self.per_chance_gbp <= 0:
            return None
        chance = net_cost_gbp / self.per_chance_gbp
        return chance if chance <= 1 else None


def nurture_value(
    prepared: Prepared,
    anchors: Mapping[str, Anchor],
    *,
    draws: int,
    seed: int,
    jobs: int = 1,
    progress: Progress | None = None,
) -> NurtureValue | None:
    """Worth of what nurture groups avert; None without an effect, requests or an account."""
    scenario = prepared.scenario
    effect = scenario.nurture_effect
    if effect is None or not scenario.has("nurture_effect") or scenario.account is None:
        return None
    request = "nurture_effect.averts_request_share"
    # Entries of this list have no id; their paths go by position.
    others = {
        f"nurture_effect.averts_placements[{index}].probability": 0.0
        for index in range(len(effect.averts_placements))
    }
    choice = scenario.mitigated
    mitigated = choice if isinstance(choice, str) else tuple(choice)
    variants = [
        Variant(mitigated),
        Variant(mitigated, {request: 0.0, **others}),
        Variant(mitigated, {request: TRIED, **others}),
    ]
    drawn, nothing, tried = evaluate(
        prepared, anchors, variants, draws=draws, seed=seed, jobs=jobs, progress=progress
    )
    saved = (nothing.in_year - tried.in_year).sum(axis=0).mean() / TRIED
    return NurtureValue(nothing.in_year - drawn.in_year, float(saved))
