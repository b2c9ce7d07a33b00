"""Small forecasts for comparisons: one high needs block, lines as told, everything else nil."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from model.compare.forecast_figures import ROWS, Floats, ForecastFigures, LineFigures, Side

YEARS = ("2025-26", "2026-27")


def by_month(*months: float) -> tuple[Floats, Floats, Floats]:
    """Twelve month ends as average, end of April and end of March, each (year 1, draw 1)."""
    assert len(months) == 12
    average, april, march = sum(months) / 12, months[0], months[-1]
    return np.array([[average]]), np.array([[april]]), np.array([[march]])


def line(
    volumes: tuple[Floats, Floats, Floats],
    price: float = 0.0,
    amount: float = 0.0,
    *,
    plans: bool = True,
) -> LineFigures:
    """A line that costs its average volume at a price, and an amount besides, in every year."""
    average, april, march = volumes
    spend = average * price + amount
    return LineFigures("A line", "high_needs", plans, spend, average * price, average, april, march)


def side(
    lines: Mapping[str, LineFigures],
    plans: tuple[Floats, Floats, Floats] | None = None,
    *,
    opening: float = 0.0,
    **rows: float,
) -> Side:
    """An account of the high needs block that spends what its lines do; `rows` as ROWS, each year."""
    shape = next(iter(lines.values())).spend.shape if lines else (1, 1)
    account = {name: np.full(shape, rows.get(name, 0.0)) for name in ROWS}
    account["spend"] = sum((one.spend for one in lines.values()), np.zeros(shape)) + rows.get(
        "spend", 0.0
    )
    income = account["gross_income"] - account["deductions"] + account["contributions"]
    moved = (
        account["prior_year_adjustment"]
        + account["spend"]
        - income
        + account["net_transfers_out"]
        + account["draws_on_balances"]
        - account["support"]
    )
    account["closing_deficit"] = opening + np.cumsum(moved, axis=0)
    account["opening_deficit"] = account["closing_deficit"] - moved
    _, april, march = plans or (None, np.zeros(shape), np.zeros(shape))
    return Side(
        {row: {"high_needs": values} for row, values in account.items()}, lines, april, march
    )


def forecast(
    as_run: Side, unmitigated: Side | None = None, *, received_before: float = 0.0
) -> ForecastFigures:
    """A forecast of as many years as its side has."""
    years = YEARS[: len(as_run.plans_in_april)]
    received = received_before + np.cumsum(as_run.total("support"), axis=0)
    return ForecastFigures(years, as_run, unmitigated or as_run, received)
