"""Rules by which a published figure is taken for a fault, read from `data/reference/history_rules.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from model.reference.reasoned import read_reasoned


@dataclass(frozen=True)
class Rules:
    """Limits beyond which a published figure is not used; each with its reason in the data file."""

    least_plans: float
    most_new_plans_per_plan: float
    least_requests_per_new_plan: float
    most_rows_not_adding_up: float
    most_unexplained_growth: float
    most_not_recorded: float


@cache
def rules() -> Rules:
    """The rules that ship."""
    values = read_reasoned("reference/history_rules.yaml")
    return Rules(**{name: values[name].value for name in Rules.__annotations__})
