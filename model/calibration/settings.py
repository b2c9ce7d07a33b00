"""Choices of the forecast of plan totals, read from `data/reference/plan_forecast.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from model.reference.reasoned import read_reasoned


@dataclass(frozen=True)
class Settings:
    """What no figure settles; range and reason of each stand in the data file."""

    level_weight: float
    common_shock_sd: float
    common_shock_years: float
    lasting_share: float
    lasting_share_pairs: float
    huber: float
    outer_share: float
    least_plans: float
    largest_growth: float
    largest_new: float
    first_requests: float
    least_variance_share: float
    flow_transitions: float
    tested_years: float
    growth_damping: float
    demand_damping: float
    demand_level_weight: float
    demand_trend_weight: float


@cache
def settings() -> Settings:
    """The choices that ship, which are the choices tested."""
    values = read_reasoned("reference/plan_forecast.yaml")
    return Settings(**{name: values[name].value for name in Settings.__annotations__})
