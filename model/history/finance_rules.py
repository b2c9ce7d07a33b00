"""Limits of the checks on published finance files, read from `data/reference/finance_rules.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from model.reference.reasoned import read_reasoned


@dataclass(frozen=True)
class FinanceRules:
    """Tolerances of sums, and how far from the median authority a price can be; reasons in the file."""

    footing_tolerance_gbp: float
    footing_tolerance_share: float
    most_price_ratio: float


@cache
def finance_rules() -> FinanceRules:
    """The rules that ship."""
    values = read_reasoned("reference/finance_rules.yaml")
    return FinanceRules(**{name: values[name].value for name in FinanceRules.__annotations__})
