"""Checks of nurture groups: their rate, what they avert, and the drivers that pay and credit them."""

from __future__ import annotations

from collections.abc import Iterator

from model.scenario.findings import (
    Finding,
    drivers_of,
    paid_once,
    reads,
    repeated_ids,
    unknown,
)
from model.scenario.funding_schema import CurrentPupilsDriver, Driver, PlansDriver
from model.scenario.positions import Path
from model.scenario.schema import Scenario


@reads("funding", "nurture_groups")
def _groups(scenario: Scenario) -> Iterator[Finding]:
    bands = [band.id for band in scenario.funding.bands] if scenario.funding else []
    yield from repeated_ids(scenario.nurture_groups, ("nurture_groups",))
    for index, group in enumerate(scenario.nurture_groups):
        at: Path = ("nurture_groups", index)
        if (group.band is None) == (group.rate_gbp is None):
            both = group.band is not None
            yield Finding(
                at,
                "the rate is given in two ways" if both else "there is no rate",
                expected="either band or rate_gbp",
            )
        elif group.band is not None and group.band not in bands:
            yield unknown((*at, "band"), "band", group.band, bands)


@reads("funding", "nurture_groups", "nurture_effect")
def _groups_to_pay(scenario: Scenario) -> Iterator[Finding]:
    pays = drivers_of(scenario, "nurture_groups")
    if pays and not scenario.nurture_groups:
        yield Finding(
            pays[0][0],
            "this driver pays for nurture groups, and there are none",
            expected="a 'nurture_groups:' section as well",
        )
    yield from paid_once(pays, "nurture groups")
    withheld = drivers_of(scenario, "nurture_withheld")
    if withheld and scenario.nurture_effect is None:
        yield Finding(
            withheld[0][0],
            "this driver credits top-up withheld, and nothing says how much",
            expected="a 'nurture_effect:' section as well",
        )
    yield from paid_once(withheld, "top-up withheld")


@reads("nurture_groups", "nurture_effect")
def _groups_with_effect(scenario: Scenario) -> Iterator[Finding]:
    if scenario.nurture_effect is not None and not scenario.nurture_groups:
        expected = "a 'nurture_groups:' section as well"
        yield Finding(("nurture_effect",), "there are no nurture groups", expected=expected)


@reads("funding", "nurture_effect")
def _averted(scenario: Scenario) -> Iterator[Finding]:
    if scenario.nurture_effect is None:
        return
    drivers = {
        f"{line.id}.{driver.id}": driver
        for line in (scenario.funding.lines if scenario.funding else ())
        for driver in line.drivers
    }
    names = [name for name, driver in drivers.items() if _can_be_averted(driver)]
    for index, item in enumerate(scenario.nurture_effect.averts_placements):
        at: Path = ("nurture_effect", "averts_placements", index, "driver")
        if item.driver not in drivers:
            yield unknown(at, "driver of plans or pupils", item.driver, names)
        elif item.driver not in names:
            yield Finding(
                at,
                "nothing is averted from this driver",
                item.driver,
                "a driver of kind plans, or of kind pupils_without_plan that is not the pool's",
            )


def _can_be_averted(driver: Driver) -> bool:
    pupils = isinstance(driver, CurrentPupilsDriver) and not driver.pool
    return pupils or isinstance(driver, PlansDriver)


CHECKS = (_groups, _groups_to_pay, _groups_with_effect, _averted)
