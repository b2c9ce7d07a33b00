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

TRIED = (0.25, 0.5, 1.0)
"""Chances of averting a request at which what is saved is measured: the queue makes it bend."""


@dataclass(frozen=True)
class NurtureValue:
    """`averted_gbp` (year, draw): spending that the groups avert as the scenario draws their
    effect, positive is saved. `saved_gbp`: saved over the horizon, on average, where each completed place
    averts a request at each of the chances TRIED and nothing else."""

    averted_gbp: Floats
    saved_gbp: tuple[float, ...]

    def break_even(self, net_cost_gbp: float) -> float | None:
        """The least chance at which requests averted pay a net cost over the horizon, straight between
        the chances tried; None where even averting one with every completed place would not."""
        chances, saved = np.array([0.0, *TRIED]), np.array([0.0, *self.saved_gbp])
        for number in range(1, len(chances)):
            if saved[number] >= net_cost_gbp:
                below, step = saved[number - 1], saved[number] - saved[number - 1]
                part = (net_cost_gbp - below) / step if step > 0 else 1.0
                return float(chances[number - 1] + part * (chances[number] - chances[number - 1]))
        return None


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
        *(Variant(mitigated, {request: chance, **others}) for chance in TRIED),
    ]
    drawn, nothing, *tried = evaluate(
        prepared, anchors, variants, draws=draws, seed=seed, jobs=jobs, progress=progress
    )
    saved = tuple(float((nothing.in_year - one.in_year).sum(axis=0).mean()) for one in tried)
    return NurtureValue(nothing.in_year - drawn.in_year, saved)
