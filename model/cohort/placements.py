"""Placements: the setting axis of the cohort, with settings split where prices are inherited.

Where a budget line pays placements made before the start at another price than later ones, the
setting appears twice: placements `existing` at the start and those made since. Leavers then take
their own price with them, and nothing about a price has to be remembered pupil by pupil.
"""

from __future__ import annotations

from dataclasses import dataclass

from model.reference.codes import SETTINGS
from model.scenario.funding_schema import PlansDriver
from model.scenario.schema import Scenario


@dataclass(frozen=True)
class Placements:
    """The placement axis: every setting in order, then `existing` twins of those in `tracked`."""

    tracked: tuple[int, ...]

    @property
    def count(self) -> int:
        """Length of the axis."""
        return len(SETTINGS) + len(self.tracked)

    @property
    def setting_of(self) -> tuple[int, ...]:
        """Setting index of each placement."""
        return (*range(len(SETTINGS)), *self.tracked)

    def existing(self, setting: int) -> int:
        """The placement that holds pupils of a setting who were in place at the start."""
        if setting in self.tracked:
            return len(SETTINGS) + self.tracked.index(setting)
        return setting

    def code(self, placement: int) -> int:
        """A number that names the placement whatever else is tracked, for random counters."""
        setting = self.setting_of[placement]
        return 2 * setting + int(placement >= len(SETTINGS))


def placements_for(scenario: Scenario) -> Placements:
    """The placement axis that a scenario's prices need."""
    tracked: set[int] = set()
    for line in scenario.funding.lines if scenario.funding else ():
        for driver in line.drivers:
            if isinstance(driver, PlansDriver) and driver.entry_cost_gbp is not None:
                tracked.update(SETTINGS.index(setting) for setting in driver.settings)
    return Placements(tuple(sorted(tracked)))
