"""What an authority's forecast says that a scenario has to give back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from model.calibration.parts import SETTING_GROUP_ORIGINS
from model.calibration.plan_draws import PlanDraws

Floats = NDArray[np.float64]

TILTED_GROUPS: Final = {
    "to_state_special": ("state_special",),
    "to_independent": ("independent_special",),
    "to_post_16": ("post_16",),
    "to_other": ("elsewhere", "other"),
}
"""Families of moves that a scenario may tilt, and the setting groups that they fill."""

SETTINGS_OF_TILT: Final = {
    "to_state_special": ("state_special",),
    "to_independent": ("independent_special_day", "independent_special_residential"),
    "to_post_16": ("mainstream_post_16", "mainstream_post_16_specialist", "specialist_post_16"),
    "to_other": ("early_years", "elective_home_education", "eotas", "other"),
}
"""The same groups in the model's settings."""


@dataclass(frozen=True)
class Targets:
    """Draws of one authority from its January count on.

    `plans`, `new_plans`, `recorded`: (horizon, draw); horizon h ends at January + h + 1. `recorded`
    is the recording difference for each plan of the January before. `net_exit_share`: (horizon,
    draw). `shares`: tilt -> (horizon, draw), share of all plans in its settings; empty where the
    authority's placements are not published.
    """

    authority: str
    january: int
    start: float
    plans: Floats
    new_plans: Floats
    net_exit_share: Floats
    recorded: Floats
    shares: dict[str, Floats]


def targets_of(authority: str, start: float, totals: PlanDraws, groups: Floats | None) -> Targets:
    """Targets of an authority from draws of all. `groups`: (horizon, group, authority, draw)."""
    place = totals.authorities.index(authority)
    plans, new = totals.plans[:, place], totals.new_plans[:, place]
    exits = totals.net_exit_share[:, place]
    before = np.vstack([np.full((1, plans.shape[1]), start), plans[:-1]])
    recorded = (plans - before - new) / before + exits
    shares = {}
    if groups is not None and np.isfinite(groups[:, :, place]).all():
        names = list(SETTING_GROUP_ORIGINS)
        for tilt, filled in TILTED_GROUPS.items():
            rows = [names.index(name) for name in filled]
            shares[tilt] = groups[:, rows, place].sum(axis=1) / plans
    return Targets(authority, totals.january, start, plans, new, exits, recorded, shares)
