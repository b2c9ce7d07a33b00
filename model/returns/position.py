"""The money tables of a return: the account's three views, and the agreed profile against the forecast."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from model.reference.calendar import financial_year_label
from model.reference.policy import policy
from model.returns.run_figures import RunFigures
from model.scenario.schema import Scenario

FOOTS_WITHIN_GBP: Final = 0.01
"""What sums of pounds may differ by from float noise alone."""

ACCOUNT_ROWS: Final = (
    "opening_with", "in_year", "other_movements", "support", "cumulative_with",
    "cumulative_excluding", "cumulative_without",
)  # fmt: skip
PROFILE_ROWS: Final = (
    "target", "cumulative_without", "gap", "like_for_like", "in_year_target", "in_year",
    "in_year_gap", "better_opening", "headroom", "required_next_year", "probability_on_target",
    "probability_in_balance",
)  # fmt: skip


@dataclass(frozen=True)
class Column:
    """One year on one basis. `figures`: name -> pounds or probability; what is not known is left out."""

    year: str
    basis: str
    figures: dict[str, float]


@dataclass(frozen=True)
class Position:
    """The money of a return.

    `account`: closed years and the first on the published basis, then means of the years forecast.
    `profile`: the same, of the years with a target. `ratings`: year forecast -> red, amber or
    green by `green` and `amber`, the probabilities from which a year is so. `gaps`: what does not
    foot, in words with pounds; empty where everything does.
    """

    account: tuple[Column, ...]
    profile: tuple[Column, ...]
    ratings: dict[str, str]
    green: float
    amber: float
    thresholds_source: str
    gaps: tuple[str, ...]


def position(figures: RunFigures, scenario: Scenario) -> Position:
    """The money tables from the figures of a run. Every column is added up here, not trusted."""
    places = [("published", year) for year in figures.published_years]
    places += [("mean", year) for year in figures.years]
    account = tuple(
        _column(figures, *place, (*ACCOUNT_ROWS, "support_to_date")) for place in places
    )
    profile = tuple(
        _column(figures, *place, (*PROFILE_ROWS, "opening_without", "other_movements"))
        for place in places
        if figures.get(place[0], "target", place[1]) is not None
    )
    green, amber, source = _thresholds(scenario)
    ratings = {
        column.year: rating(column.figures["probability_on_target"], green, amber)
        for column in profile
        if "probability_on_target" in column.figures
    }
    gaps = [words for column in account for words in _account_gaps(column)]
    gaps += [words for column in profile for words in _profile_gaps(column)]
    return Position(account, profile, ratings, green, amber, source, tuple(gaps))


def rating(chance: float, green: float, amber: float) -> str:
    """The rating of a year by its probability of being on or below the target."""
    return "green" if chance >= green else "amber" if chance >= amber else "red"


def scenario_targets(scenario: Scenario) -> dict[str, float]:
    """The agreed cumulative deficit by year, before any support, in pounds."""
    trajectory = scenario.trajectory
    assert trajectory is not None
    return {
        financial_year_label(target.year): float(target.cumulative_deficit_gbp.central)
        for target in trajectory.targets
    }


def _column(figures: RunFigures, basis: str, year: str, names: tuple[str, ...]) -> Column:
    found = {name: figures.get(basis, name, year) for name in names}
    return Column(year, basis, {name: value for name, value in found.items() if value is not None})


def _account_gaps(column: Column) -> list[str]:
    """Closing = opening + in-year + other movements - support; and the other two views from it."""
    one = column.figures
    if not set(ACCOUNT_ROWS) <= set(one) or "support_to_date" not in one:
        return []
    sums = {
        "cumulative_with": one["opening_with"] + one["in_year"] + one["other_movements"]
        - one["support"],
        "cumulative_excluding": one["cumulative_with"] + one["support"],
        "cumulative_without": one["cumulative_with"] + one["support_to_date"],
    }  # fmt: skip
    return _differences(column, sums)


def _profile_gaps(column: Column) -> list[str]:
    """Gap = forecast - target; in-year gap, headroom and opening as they are defined."""
    one = column.figures
    sums = {"gap": one["cumulative_without"] - one["target"]}
    if {"in_year_gap", "in_year_target"} <= set(one):
        sums["in_year_gap"] = one["in_year"] - one["in_year_target"]
    if {"headroom", "opening_without"} <= set(one):
        sums["headroom"] = one["target"] - one["opening_without"]
    return _differences(column, sums)


def _differences(column: Column, sums: dict[str, float]) -> list[str]:
    found = []
    for name, expected in sums.items():
        gap = column.figures.get(name, expected) - expected
        if not abs(gap) <= FOOTS_WITHIN_GBP:
            found.append(
                f"{column.year}, {column.basis}: {name} differs by £{gap:,.2f} from its parts"
            )
    return found


def _thresholds(scenario: Scenario) -> tuple[float, float, str]:
    trajectory, as_at = scenario.trajectory, scenario.as_at
    assert trajectory is not None
    if trajectory.rag is not None:
        own = trajectory.rag
        return float(own.green_at_least.central), float(own.amber_at_least.central), "scenario"
    green, amber = policy()["rag_green_at_least"], policy()["rag_amber_at_least"]
    month = (as_at.year, as_at.month)
    return float(green.at(*month)), float(amber.at(*month)), green.source
