"""Settings of the shrunk growth, read from `data/reference/money_forecast.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

from model.reference.reasoned import read_reasoned

Family = Literal["prices", "income", "balance"]
FAMILY_OF: Final[dict[str, Family]] = {
    "topup_per_plan_state_special": "prices",
    "topup_per_plan_independent_special": "prices",
    "high_needs_block_gross": "income",
    "high_needs_block_net": "income",
    "dsg_balance_share": "balance",
}
"""Measures that are expected to behave alike before their figures are seen."""


@dataclass(frozen=True)
class GrowthSettings:
    """What is assumed of growth before figures are seen.

    `persistence`, `persistence_sd`: mean and standard deviation of the correlation of an
    authority's growth against the nation's with its growth of the next year. `national_sd`:
    standard deviation of the nation's growth about its level, worth `national_years` of evidence.
    `largest_own_growth`: most that a draw's own growth can be off its expectation in a year, log or
    share. `weight_on_latest`: of the latest year in that level. `between_years_sd`: how far the
    correlation of one pair of years is from that of the next. `least_degrees_of_freedom`: of the
    Student t of growth.
    """

    persistence: float
    persistence_sd: float
    national_sd: float
    national_years: float
    largest_own_growth: float
    weight_on_latest: float
    between_years_sd: float
    least_degrees_of_freedom: float


@cache
def growth_settings(family: Family) -> GrowthSettings:
    """The settings that ship, for prices, income or balance."""
    values = read_reasoned("reference/money_forecast.yaml")
    return GrowthSettings(
        persistence=values[f"{family}_persistence"].value,
        persistence_sd=values[f"{family}_persistence_sd"].value,
        national_sd=values[f"{family}_national_sd"].value,
        national_years=values["national_years"].value,
        largest_own_growth=values[f"{family}_largest_own_growth"].value,
        weight_on_latest=values["weight_on_latest"].value,
        between_years_sd=values["persistence_between_years_sd"].value,
        least_degrees_of_freedom=values["least_degrees_of_freedom"].value,
    )


def draw_count() -> int:
    """Draws behind every range of a money forecast."""
    return int(read_reasoned("reference/money_forecast.yaml")["draws"].value)
