"""Does the monthly model, run on the overlay, give the plans that the forecast says?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.overlay.targets import Targets
from model.results import Results

Floats = NDArray[np.float64]
LEVELS = (0.1, 0.5, 0.9)


@dataclass(frozen=True)
class Agreement:
    """Plans in force at each January: `forecast` and `scenario`, (January, 10th 50th 90th percentile)."""

    januaries: tuple[int, ...]
    forecast: Floats
    scenario: Floats

    @property
    def worst_middle(self) -> float:
        """Largest relative difference of the medians."""
        return float(np.abs(self.scenario[:, 1] / self.forecast[:, 1] - 1).max())

    @property
    def widths(self) -> Floats:
        """Width of the scenario's range over the forecast's, (January,)."""
        width = np.log(self.scenario[:, 2] / self.scenario[:, 0])
        return np.asarray(width / np.log(self.forecast[:, 2] / self.forecast[:, 0]))


def agreement(results: Results, targets: Targets) -> Agreement:
    """Compare the Januaries within the horizon."""
    plans = results.draws["plans"]
    points = [str(point) for point in plans["point"].to_numpy()]
    januaries = [
        targets.january + 1 + step
        for step in range(len(targets.plans))
        if f"{targets.january + 1 + step}-01" in points
    ]
    scenario = [
        np.quantile(plans.sel(point=f"{january}-01").to_numpy(), LEVELS) for january in januaries
    ]
    forecast = np.quantile(targets.plans[: len(januaries)], LEVELS, axis=1).T
    return Agreement(tuple(januaries), forecast, np.array(scenario))
