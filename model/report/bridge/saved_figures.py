"""From the folder of a run to the figures that a comparison reads."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.compare.forecast_figures import ROWS, ForecastFigures, LineFigures, Side
from model.reference.calendar import financial_year_label
from model.report.read_run import SavedRun
from model.report.run_folder import FolderError
from model.scenario.funding_schema import Line, PlansDriver

Floats = NDArray[np.float64]

LINE_MEASURES = {
    "spend": "line_spend",
    "volume_spend": "volume_spend",
    "average": "plan_years",
    "april": "april_volume",
    "march": "year_end_volume",
}
CARRIED = ("opening_deficit", "closing_deficit")
"""Rows of the account that are of the view with support."""
PLANS = ("plans_in_april", "plans_at_year_end")


def forecast_figures(run: SavedRun) -> ForecastFigures:
    """The account, lines and plans of every draw of a run, with and without its mitigations.

    Raises FolderError where the run has no DSG account, or its tables lack what is asked.
    """
    scenario = run.loaded.scenario
    if scenario.account is None:
        raise FolderError(f"{run.folder} has no DSG account, so there is no deficit to compare")
    years = tuple(financial_year_label(year) for year in scenario.horizon.years)
    table = _Table(run.draws, run, years)
    as_run = _side(table, run)
    unmitigated = as_run
    if scenario.mitigations and scenario.mitigated != "none":
        without = run.unmitigated_draws
        if without is None:
            raise FolderError(
                f"{run.folder} has no draws without its mitigations; run the scenario again"
            )
        unmitigated = _side(_Table(without, run, years), run)
    received = table.whole("cumulative_deficit", "without") - table.whole(
        "cumulative_deficit", "with"
    )
    return ForecastFigures(years, as_run, unmitigated, received)


class _Table:
    """A long table of draws, looked up as arrays (year, draw)."""

    def __init__(self, draws: pd.DataFrame, run: SavedRun, years: tuple[str, ...]) -> None:
        self.run, self.years = run, years
        self.shape = (len(years), int(run.manifest["draws"]))
        wanted = {*ROWS, *LINE_MEASURES.values(), *PLANS, "cumulative_deficit"}
        yearly = draws[draws["measure"].isin(wanted)]
        keys = ["measure", "view", "block", "line"]
        self.groups = {
            tuple(map(str, key)): group
            for key, group in yearly.groupby(keys, observed=True, sort=False)
        }

    def values(self, measure: str, view: str = "", block: str = "", line: str = "") -> Floats:
        """A series by year and draw. Raises FolderError where the table lacks any of it."""
        group = self.groups.get((measure, view, block, line))
        name = " ".join(part for part in (measure, view, block, line) if part)
        if group is None:
            raise FolderError(
                f"the tables in {self.run.folder} have no {name}; an earlier version made them: run "
                "the scenario again"
            )
        result = np.full(self.shape, np.nan)
        row = pd.Index(self.years).get_indexer(pd.Index(group["financial_year"]))
        draw = group["draw"].to_numpy()
        if (row < 0).any() or draw.min() < 0 or draw.max() >= self.shape[1]:
            raise FolderError(f"{name} in {self.run.folder} has years or draws the run has not")
        result[row, draw] = group["value"].to_numpy()
        if not np.isfinite(result).all():
            raise FolderError(f"{name} in {self.run.folder} has gaps; run the scenario again")
        return result

    def whole(self, measure: str, view: str = "") -> Floats:
        """A series of the whole DSG or authority."""
        return self.values(measure, view)


def _side(table: _Table, run: SavedRun) -> Side:
    scenario = run.loaded.scenario
    assert scenario.account is not None
    account: dict[str, dict[str, Floats]] = {
        row: {
            block.id: table.values(row, "with" if row in CARRIED else "", block=block.id)
            for block in scenario.account.blocks
        }
        for row in ROWS
    }
    lines = scenario.funding.lines if scenario.funding is not None else []
    nothing = np.zeros(table.shape)
    plans = [table.whole(name) if scenario.plans is not None else nothing for name in PLANS]
    return Side(account, {line.id: _line(table, line) for line in lines}, *plans)


def _line(table: _Table, line: Line) -> LineFigures:
    follows = any(isinstance(driver, PlansDriver) for driver in line.drivers)
    series = {name: table.values(measure, line=line.id) for name, measure in LINE_MEASURES.items()}
    return LineFigures(line.title, line.block, follows, **series)
