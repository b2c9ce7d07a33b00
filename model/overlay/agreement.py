"""Does the monthly model, run on the overlay, give the plans that the forecast says?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.calibration.settings import settings
from model.overlay.targets import Targets
from model.results import Results

Floats = NDArray[np.float64]
LEVELS = (0.1, 0.5, 0.9)
_NARROWEST, _FARTHEST = 0.8, 0.03


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
    def alike(self) -> bool:
        """Whether medians and widths agree as far as 256 draws can tell."""
        within = (self.widths > _NARROWEST) & (self.widths < 1 / _NARROWEST)
        return bool(within.all()) and self.worst_middle < _FARTHEST

    @property
    def widths(self) -> Floats:
        """Width of the scenario's range over the forecast's, (January,)."""
        width = np.log(self.scenario[:, 2] / self.scenario[:, 0])
        return np.asarray(width / np.log(self.forecast[:, 2] / self.forecast[:, 0]))


def agreement(results: Results, targets: Targets) -> Agreement:
    """Compare the Januaries within the horizon that the overlay is fitted to."""
    plans = results.draws["plans"]
    points = [str(point) for point in plans["point"].to_numpy()]
    januaries = [
        targets.january + 1 + step
        for step in range(min(len(targets.plans), int(settings().tested_years)))
        if f"{targets.january + 1 + step}-01" in points
    ]
    scenario = [
        np.quantile(plans.sel(point=f"{january}-01").to_numpy(), LEVELS) for january in januaries
    ]
    forecast = np.quantile(targets.plans[: len(januaries)], LEVELS, axis=1).T
    return Agreement(tuple(januaries), forecast, np.array(scenario))
