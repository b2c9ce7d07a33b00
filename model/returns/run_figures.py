"""The figures of a run that a return may state, by name, basis and financial year."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.account.block_account import BlockAccount
from model.published import PublishedBasis, published_basis
from model.reference.calendar import financial_year_label
from model.scenario.account_schema import Account, ClosedYear
from model.scenario.schema import Scenario

FIGURES: Final = {
    "in_year": "in-year deficit",
    "opening_with": "opening deficit with support",
    "opening_without": "opening deficit without support",
    "other_movements": "prior-year adjustments and draws on balances",
    "support": "support received in the year",
    "cumulative_with": "cumulative deficit with support",
    "cumulative_without": "cumulative deficit without support",
    "cumulative_excluding": "cumulative deficit excluding this year's payment",
    "support_to_date": "support received to date",
    "target": "agreed cumulative deficit",
    "gap": "gap to the agreed deficit",
    "in_year_target": "agreed in-year movement",
    "in_year_gap": "in-year deficit against the agreed movement",
    "better_opening": "better opening than agreed",
    "like_for_like": "gap without one-offs",
    "headroom": "in-year deficit that would just meet the target",
    "required_next_year": "in-year movement needed in the next year",
    "probability_on_target": "probability of being on or below the target",
    "probability_in_balance": "probability of in-year balance",
}
"""What can be named in a placeholder, and what it is called in a sentence."""

PROBABILITIES: Final = frozenset({"probability_on_target", "probability_in_balance"})
BASES: Final = ("published", "mean", "central", "p10", "p50", "p90")
"""On which basis a figure is stated; the mean where none is named."""

LIKELY_BASES: Final = ("published", "mean")
"""Bases that a sentence without a basis is likely to mean, the likeliest first."""

_TRAJECTORY: Final = {
    "trajectory_target": "target",
    "trajectory_gap": "gap",
    "trajectory_in_year_target": "in_year_target",
    "trajectory_in_year_gap": "in_year_gap",
    "trajectory_better_opening": "better_opening",
    "trajectory_like_for_like_gap": "like_for_like",
    "trajectory_headroom": "headroom",
    "trajectory_next_year_required": "required_next_year",
    "trajectory_on_trajectory": "probability_on_target",
    "trajectory_in_balance": "probability_in_balance",
}
_VIEWS: Final = {
    ("in_year_deficit", ""): "in_year",
    ("opening_deficit", "without"): "opening_without",
    ("support_received_to_date", ""): "support_to_date",
    ("cumulative_deficit", "with"): "cumulative_with",
    ("cumulative_deficit", "without"): "cumulative_without",
    ("cumulative_deficit", "excluding"): "cumulative_excluding",
}
_OF_BLOCKS: Final = {
    "opening_deficit": "opening_with",
    "support": "support",
    "prior_year_adjustment": "other_movements",
    "draws_on_balances": "other_movements",
}
_ADDITIVE: Final = ("mean", "central")
"""Statistics that may be summed over blocks; percentiles may not."""

Key = tuple[str, str, str]


@dataclass(frozen=True)
class RunFigures:
    """Figures of a run: (basis, name, financial year) -> pounds, or a probability.

    A deficit is positive. `years`: those forecast, in order. `published_years`: those with figures
    on the published basis, closed years among them, in order.
    """

    values: dict[Key, float]
    years: tuple[str, ...]
    published_years: tuple[str, ...]

    def get(self, basis: str, name: str, year: str) -> float | None:
        """A figure, or None where the run has none."""
        return self.values.get((basis, name, year))

    def money(self) -> Iterator[tuple[Key, float]]:
        """Figures in pounds that a sentence is likely to state."""
        for key, value in self.values.items():
            if key[0] in LIKELY_BASES and key[1] not in PROBABILITIES:
                yield key, value


def run_figures(results: pd.DataFrame, scenario: Scenario) -> RunFigures:
    """The figures of a run from its table of results (docs/results.md) and its scenario.

    Raises ValueError where the scenario has no account or no trajectory.
    """
    if scenario.account is None or scenario.trajectory is None:
        raise ValueError("a return needs a scenario with an account and a trajectory")
    values: dict[Key, float] = {}
    whole = results[(results["block"] == "") & results["statistic"].isin(BASES)]
    names = {(measure, "without"): name for measure, name in _TRAJECTORY.items()} | _VIEWS
    for row in whole[whole["measure"].isin({measure for measure, _ in names})].itertuples():
        name = names.get((str(row.measure), str(row.view)))
        if name is not None:
            values[str(row.statistic), name, str(row.financial_year)] = float(row.value)  # type: ignore[arg-type]
    blocks = results[
        (results["block"] != "")
        & results["measure"].isin(_OF_BLOCKS)
        & results["statistic"].isin(_ADDITIVE)
    ]
    for row in blocks.itertuples():
        key = (str(row.statistic), _OF_BLOCKS[str(row.measure)], str(row.financial_year))
        values[key] = values.get(key, 0.0) + float(row.value)  # type: ignore[arg-type]
    horizon = scenario.horizon
    years = tuple(
        financial_year_label(year) for year in range(horizon.first_year, horizon.last_year + 1)
    )
    published = published_basis(scenario)
    closed = _closed_years(scenario)
    values |= closed
    if published is not None:
        values |= _published(published, years[0], scenario)
    published_years = sorted(
        {year for basis, name, year in values if (basis, name) == ("published", "in_year")}
    )
    # Targets are agreed, not forecast: they are published for every year that has one.
    for target in scenario.trajectory.targets:
        year = financial_year_label(target.year)
        values["published", "target", year] = float(target.cumulative_deficit_gbp.central)
    return RunFigures(values, years, tuple(published_years))


def _published(basis: PublishedBasis, year: str, scenario: Scenario) -> dict[Key, float]:
    """The first year as published; what follows from it in the next year's target is derived."""
    views, account = basis.views, basis.account
    found = {
        "opening_with": _first(account, account.opening_deficit),
        "in_year": float(views.in_year[0, 0]),
        "other_movements": _first(account, account.prior_year_adjustment)
        + _first(account, account.draws_on_balances),
        "support": _first(account, account.support),
        "opening_without": float(views.opening_without_support[0, 0]),
        "cumulative_with": float(views.with_support[0, 0]),
        "cumulative_without": float(views.without_support[0, 0]),
        "cumulative_excluding": float(views.excluding_this_years_payment[0, 0]),
        "support_to_date": float(views.received_to_date[0, 0]),
    }
    against = basis.reconciliation
    if against is not None and against.years:
        found |= {
            "target": float(against.target[0, 0]),
            "gap": float(against.gap[0, 0]),
            "in_year_target": float(against.in_year_target[0, 0]),
            "in_year_gap": float(against.in_year_gap[0, 0]),
            "better_opening": float(against.better_opening[0, 0]),
            "like_for_like": float(against.like_for_like_gap[0, 0]),
            "headroom": float(against.headroom[0, 0]),
        }
        following = _target(scenario, scenario.horizon.first_year + 1)
        if following is not None:
            # The basis has one year, so the next one's target is taken from the scenario.
            found["required_next_year"] = following - found["cumulative_without"]
    return {
        ("published", name, year): value for name, value in found.items() if not np.isnan(value)
    }


def _first(account: BlockAccount, series: NDArray[np.float64]) -> float:
    return float(account.total(series)[0, 0])


def _closed_years(scenario: Scenario) -> dict[Key, float]:
    """Years before the first as their published accounts have them.

    Support before the last closed year is what was received before the first year less what the
    closed years themselves received.
    """
    assert scenario.account is not None
    found: dict[Key, float] = {}
    years = sorted(scenario.account.closed_years, key=lambda item: item.year)
    earlier = _support_before(scenario.account, years)
    for closed in years:
        label = financial_year_label(closed.year)
        support = closed.support_gbp.central
        closing = closed.closing_deficit_gbp.central
        opening = closed.opening_deficit_gbp.central
        numbers = {
            "opening_with": opening,
            "opening_without": opening + earlier,
            "in_year": closed.in_year_deficit_gbp.central,
            "other_movements": closed.prior_year_adjustment_gbp.central,
            "support": support,
            "cumulative_with": closing,
            "cumulative_excluding": closing + support,
            "cumulative_without": closing + support + earlier,
            "support_to_date": support + earlier,
        }
        target = _target(scenario, closed.year)
        if target is not None:
            numbers |= {"target": target, "gap": numbers["cumulative_without"] - target}
        earlier += support
        found |= {("published", name, label): value for name, value in numbers.items()}
    return found


def _support_before(account: Account, years: list[ClosedYear]) -> float:
    before = account.support_received_before_gbp.central
    return float(before - sum(item.support_gbp.central for item in years))


def _target(scenario: Scenario, year: int) -> float | None:
    assert scenario.trajectory is not None
    for target in scenario.trajectory.targets:
        if target.year == year:
            return float(target.cumulative_deficit_gbp.central)
    return None
