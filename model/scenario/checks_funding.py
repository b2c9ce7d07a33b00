"""Checks of the money side: references to bands, series and lines, and drivers that fit."""

from __future__ import annotations

from collections.abc import Iterator

from model.reference.calendar import financial_year_label
from model.reference.codes import SETTING_TITLES
from model.scenario.findings import (
    Finding,
    drivers_of,
    reads,
    repeated,
    repeated_ids,
    unknown,
    wrong_way_round,
)
from model.scenario.funding_schema import (
    AmountDriver,
    CurrentPupilsDriver,
    Driver,
    Funding,
    Line,
    PlansDriver,
)
from model.scenario.positions import Path
from model.scenario.schema import Scenario


@reads("horizon", "funding")
def _price_base(scenario: Scenario) -> Iterator[Finding]:
    if scenario.funding is None:
        return
    base, first = scenario.funding.price_base, scenario.horizon.first_year
    if base not in (first - 1, first):
        yield Finding(
            ("funding", "price_base"),
            "prices are to be those of the first year or the year before",
            financial_year_label(base),
            f"{financial_year_label(first)} or {financial_year_label(first - 1)}",
            "Raise older prices to that year before giving them." if base < first else None,
        )


@reads("funding")
def _lines(scenario: Scenario) -> Iterator[Finding]:
    funding = scenario.funding
    if funding is None:
        return
    for name in ("inflation", "bands", "lines"):
        yield from repeated_ids(getattr(funding, name), ("funding", name))
    for number, line in enumerate(funding.lines):
        at: Path = ("funding", "lines", number)
        yield from repeated_ids(line.drivers, (*at, "drivers"))
        yield from repeated_ids(line.current_pupils, (*at, "current_pupils"))
        yield from _published(line, at)
        for index, driver in enumerate(line.drivers):
            yield from _driver(funding, driver, (*at, "drivers", index))


def _published(line: Line, at: Path) -> Iterator[Finding]:
    if line.anchor != "none" and line.published_gbp is None:
        yield Finding(
            at,
            "the line is anchored but has no published forecast",
            expected="published_gbp, or anchor: none",
        )
    if line.published_scope == "current_pupils":
        if not line.current_pupils:
            expected = "a 'current_pupils:' list"
            yield Finding(at, "no current pupils are given", expected=expected)
        if not any(isinstance(driver, PlansDriver) for driver in line.drivers):
            yield Finding(
                (*at, "published_scope"),
                "nothing in this line follows plans, so there are no starters and leavers to add",
                expected="a driver of kind plans, or published_scope: whole_year",
            )
    amounts = any(isinstance(driver, AmountDriver) for driver in line.drivers)
    if line.monthly_profile is not None and not amounts:
        yield Finding(
            (*at, "monthly_profile"),
            "the profile spreads amounts over the year, and this line has none",
            expected="a driver of kind amount, or no monthly_profile",
        )


def _driver(funding: Funding, driver: Driver, at: Path) -> Iterator[Finding]:
    inflation = getattr(driver, "inflation", None)
    series = [item.id for item in funding.inflation]
    if inflation is not None and inflation not in series:
        yield unknown((*at, "inflation"), "inflation series", inflation, series)
    if isinstance(driver, PlansDriver):
        yield from _plans_driver(driver, at)
    if isinstance(driver, PlansDriver | CurrentPupilsDriver):
        if (driver.annual_cost_gbp is None) == (driver.band_shares is None):
            both = driver.band_shares is not None
            yield Finding(
                at,
                "the price is given in two ways" if both else "there is no price",
                expected="either annual_cost_gbp or band_shares",
            )
        bands = [band.id for band in funding.bands]
        for name in driver.band_shares.shares if driver.band_shares else ():
            if name not in bands:
                yield unknown((*at, "band_shares", name), "band", name, bands)


def _plans_driver(driver: PlansDriver, at: Path) -> Iterator[Finding]:
    for index, setting in enumerate(driver.settings):
        if setting not in SETTING_TITLES:
            yield unknown((*at, "settings", index), "setting", setting, SETTING_TITLES)
    yield from repeated(driver.settings, (*at, "settings"), "setting", key="")
    yield from wrong_way_round(driver.ages, (*at, "ages"))


@reads("funding", "plans")
def _something_to_plan(scenario: Scenario) -> Iterator[Finding]:
    drivers = drivers_of(scenario, "plans")
    if drivers and scenario.plans is None:
        expected = "a 'plans:' section as well"
        yield Finding(drivers[0][0], "this driver follows plans", expected=expected)


CHECKS = (
    _price_base,
    _lines,
    _something_to_plan,
)
