"""Checks of bands: drifts of bands that are there, and new matrices of bands from a date."""

from __future__ import annotations

from collections.abc import Iterator

from model.reference.calendar import APRIL
from model.scenario.fields import Month
from model.scenario.findings import Finding, drivers_of, reads, repeated, repeated_ids, unknown
from model.scenario.funding_schema import CurrentPupilsDriver, PlansDriver
from model.scenario.positions import Path
from model.scenario.schema import Scenario


@reads("funding")
def _drift(scenario: Scenario) -> Iterator[Finding]:
    for at, driver in (
        *drivers_of(scenario, "plans"),
        *drivers_of(scenario, "pupils_without_plan"),
    ):
        assert isinstance(driver, PlansDriver | CurrentPupilsDriver)
        place: Path = (*at, "band_drift")
        shares = driver.band_shares.shares if driver.band_shares else {}
        yield from repeated([item.band for item in driver.band_drift], place, "band", key="band")
        if driver.band_drift and not shares:
            yield Finding(place, "there are no bands to drift", expected="band_shares as well")
            continue
        for index, item in enumerate(driver.band_drift):
            if item.band not in shares:
                yield unknown((*place, index, "band"), "band in band_shares", item.band, shares)


@reads("funding", "horizon")
def _rebandings(scenario: Scenario) -> Iterator[Finding]:
    if scenario.funding is None:
        return
    at: Path = ("funding", "rebandings")
    bands = [band.id for band in scenario.funding.bands]
    first = Month(scenario.horizon.first_year, APRIL)
    yield from repeated_ids(scenario.funding.rebandings, at)
    for index, change in enumerate(scenario.funding.rebandings):
        if change.start < first:
            yield Finding(
                (*at, index, "start"),
                "new bands of before the first year are today's bands",
                str(change.start),
                f"{first} or later",
                "Give today's bands in band_shares, and leave this change out.",
            )
        olds = (*at, index, "bands")
        yield from repeated([item.band for item in change.bands], olds, "band", key="band")
        for number, item in enumerate(change.bands):
            if item.band not in bands:
                yield unknown((*olds, number, "band"), "band", item.band, bands)
            for name in item.to.shares:
                if name not in bands:
                    yield unknown((*olds, number, "to", name), "band", name, bands)


CHECKS = (_drift, _rebandings)
