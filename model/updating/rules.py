"""Choices of `update`, read from `data/reference/update_rules.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from model.reference.reasoned import read_reasoned


@dataclass(frozen=True)
class UpdateRules:
    """What no figure settles; range and reason of each stand in the data file."""

    plans_noise_share: float
    new_plans_noise_share: float
    requests_noise_share: float
    refusals_noise_share: float
    groups_noise_share: float
    ages_noise_share: float
    groups_noise_plans: float
    least_correlation_multiple: float
    least_move: float
    least_narrowing: float
    least_correlation_written: float
    same_count_share: float
    largest_national_change: float
    least_joint_chance: float


@cache
def update_rules() -> UpdateRules:
    """The choices that ship."""
    values = read_reasoned("reference/update_rules.yaml")
    return UpdateRules(**{name: values[name].value for name in UpdateRules.__annotations__})
