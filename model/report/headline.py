"""The headline of a run: in-year and cumulative deficit by year against the trajectory."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from model.reference.calendar import financial_year_label
from model.results import Results


@dataclass(frozen=True)
class HeadlineYear:
    """One year of the headline. Pounds, deficits positive; target None where there is none."""

    financial_year: str
    in_year_mean: float
    in_year_p10: float
    in_year_p50: float
    in_year_p90: float
    cumulative_without_support_mean: float
    cumulative_without_support_p10: float
    cumulative_without_support_p50: float
    cumulative_without_support_p90: float
    cumulative_with_support_mean: float
    target: float | None
    probability_on_trajectory: float | None
    plans_at_year_end_mean: float | None


def headline(results: Results) -> list[HeadlineYear]:
    """The headline by year; empty for a scenario without an account."""
    if "in_year_deficit" not in results.draws:
        return []
    draws = results.draws
    rows = []
    for year in results.scenario.horizon.years:
        label = financial_year_label(year)
        in_year = draws["in_year_deficit"].sel(year=label).to_numpy()
        without = draws["cumulative_without_support"].sel(year=label).to_numpy()
        with_support = draws["cumulative_with_support"].sel(year=label).to_numpy()
        target = probability = plans = None
        if "trajectory_target" in draws and label in draws["target_year"].to_numpy():
            target = float(draws["trajectory_target"].sel(target_year=label)[0])
            met = draws["trajectory_on_trajectory"].sel(target_year=label)
            probability = float(met.mean())
        if "plans" in draws:
            plans = float(draws["plans"].sel(point=f"{year + 1}-03").mean())
        in_year_p10, in_year_p50, in_year_p90 = _tenths(in_year)
        without_p10, without_p50, without_p90 = _tenths(without)
        rows.append(
            HeadlineYear(
                financial_year=label,
                in_year_mean=float(in_year.mean()),
                in_year_p10=in_year_p10,
                in_year_p50=in_year_p50,
                in_year_p90=in_year_p90,
                cumulative_without_support_mean=float(without.mean()),
                cumulative_without_support_p10=without_p10,
                cumulative_without_support_p50=without_p50,
                cumulative_without_support_p90=without_p90,
                cumulative_with_support_mean=float(with_support.mean()),
                target=target,
                probability_on_trajectory=probability,
                plans_at_year_end_mean=plans,
            )
        )
    return rows


def _tenths(values: NDArray[np.float64]) -> tuple[float, float, float]:
    low, middle, high = np.quantile(values, [0.1, 0.5, 0.9])
    return float(low), float(middle), float(high)


def headline_json(results: Results) -> list[dict[str, object]]:
    """The headline as plain data."""
    return [asdict(row) for row in headline(results)]
