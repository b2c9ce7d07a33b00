"""Which single input most often decides whether the trajectory is met.

In a draw an input decides when moving it alone between the ends of its range, all else as drawn, turns
a year on trajectory into one off it or back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from model.funding.anchoring import Anchor
from model.prepared import Prepared
from model.sensitivity.input_groups import InputGroup
from model.sensitivity.swings import Swing
from model.whatif.variants import Progress, Variant, evaluate


@dataclass(frozen=True)
class Deciding:
    """How often a group of inputs alone decides: a share of draws. `on_at_low` and `on_at_high` are the
    probabilities of being on trajectory with the group at either end of its range."""

    group: InputGroup
    share: float
    on_at_low: float
    on_at_high: float


def deciding(
    prepared: Prepared,
    anchors: Mapping[str, Anchor],
    swings: Sequence[Swing],
    target_index: int,
    *,
    draws: int,
    seed: int,
    jobs: int = 1,
    progress: Progress | None = None,
) -> list[Deciding]:
    """How often the group of each swing decides, the most often first, in the trajectory year at
    `target_index`.

    Expected values on the run's own draws of the inputs, two variants a group.
    """
    mitigated = prepared.scenario.mitigated
    variants = [
        Variant(mitigated, case) for swing in swings for case in (swing.at_low, swing.at_high)
    ]
    outcomes = evaluate(
        prepared, anchors, variants, draws=draws, seed=seed, jobs=jobs, progress=progress
    )
    found = []
    for number, swing in enumerate(swings):
        low, high = (outcomes[2 * number + end].on_trajectory[target_index] for end in (0, 1))
        share = float(np.mean(low != high))
        found.append(Deciding(swing.group, share, float(low.mean()), float(high.mean())))
    return sorted(found, key=lambda item: -item.share)
