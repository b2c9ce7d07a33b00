"""Placements: the setting axis of the cohort, with settings split where a plan's standing matters.

Where a budget line pays placements made before the start at another price than later ones, the
setting appears twice: placements `existing` at the start and those made since. Where places are
limited, a setting appears again for those who are in it for want of a place elsewhere. Leavers then
take their own price with them, and nobody can be counted in two places.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from model.reference.codes import SETTINGS
from model.scenario.funding_schema import PlansDriver
from model.scenario.schema import Scenario

WAITING_SETTINGS = ("early_years", "mainstream", "specialist_base")
"""Where a plan can be counted as waiting; from elsewhere it stays as it is and asks again."""

INTERIM_SETTING, OVERFLOW_SETTING = "alternative_provision", "independent_special_day"
MOST_SOUGHT = 3
"""Settings whose places may be limited in one scenario."""

_CODES_PER_SETTING = 16


@dataclass(frozen=True, order=True)
class Twin:
    """A setting again, for plans of one standing: `existing`, or `waiting`, `interim` and `overflow`
    for those who seek a place in the setting `sought`."""

    setting: int
    standing: str
    sought: int = -1


@dataclass(frozen=True)
class Placements:
    """The placement axis: every setting in order, then its twins. `sought`: settings whose places
    are limited."""

    twins: tuple[Twin, ...]
    sought: tuple[int, ...] = ()

    @property
    def count(self) -> int:
        """Length of the axis."""
        return len(SETTINGS) + len(self.twins)

    @property
    def setting_of(self) -> tuple[int, ...]:
        """Setting index of each placement."""
        return (*range(len(SETTINGS)), *(twin.setting for twin in self.twins))

    @property
    def tracked(self) -> tuple[int, ...]:
        """Settings with a twin of existing placements."""
        return tuple(twin.setting for twin in self.twins if twin.standing == "existing")

    def twin(self, setting: int, standing: str, sought: int = -1) -> int | None:
        """The placement of a twin, or None where there is none."""
        wanted = Twin(setting, standing, sought)
        return len(SETTINGS) + self.twins.index(wanted) if wanted in self.twins else None

    def existing(self, setting: int) -> int:
        """The placement that holds pupils of a setting who were in place at the start."""
        twin = self.twin(setting, "existing")
        return setting if twin is None else twin

    def standing(self, placement: int) -> str:
        """settled, waiting, interim or overflow."""
        if placement < len(SETTINGS):
            return "settled"
        standing = self.twins[placement - len(SETTINGS)].standing
        return "settled" if standing == "existing" else standing

    def sought_by(self, placement: int) -> int:
        """The setting that plans of a placement wait for, or -1."""
        return -1 if placement < len(SETTINGS) else self.twins[placement - len(SETTINGS)].sought

    def code(self, placement: int) -> int:
        """A number that names the placement whatever else is split, for random counters."""
        if placement < len(SETTINGS):
            return placement * _CODES_PER_SETTING
        twin = self.twins[placement - len(SETTINGS)]
        if twin.standing == "existing":
            return twin.setting * _CODES_PER_SETTING + 1
        kind = ("waiting", "interim", "overflow").index(twin.standing)
        number = 2 + kind * MOST_SOUGHT + self.sought.index(twin.sought)
        return twin.setting * _CODES_PER_SETTING + number


def placements_for(scenario: Scenario) -> Placements:
    """The placement axis that a scenario's prices and places need."""
    twins: set[Twin] = set()
    for line in scenario.funding.lines if scenario.funding else ():
        for driver in line.drivers:
            if isinstance(driver, PlansDriver) and driver.entry_cost_gbp is not None:
                twins.update(Twin(SETTINGS.index(name), "existing") for name in driver.settings)
    sought: tuple[int, ...] = ()
    if scenario.has("places") and scenario.places is not None:
        sought = tuple(sorted({SETTINGS.index(g.setting) for g in scenario.places.groups}))
        twins.update(twin for setting in sought for twin in _want_of_place(setting))
    order = ("existing", "waiting", "interim", "overflow")
    ordered = sorted(twins, key=lambda t: (order.index(t.standing), t.sought, t.setting))
    return Placements(tuple(ordered), sought)


def _want_of_place(sought: int) -> Iterable[Twin]:
    for name in WAITING_SETTINGS:
        if SETTINGS.index(name) != sought:
            yield Twin(SETTINGS.index(name), "waiting", sought)
    yield Twin(SETTINGS.index(INTERIM_SETTING), "interim", sought)
    yield Twin(SETTINGS.index(OVERFLOW_SETTING), "overflow", sought)
