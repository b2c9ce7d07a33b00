"""What drives each budget line, priced: volumes x cost, places x rate, amounts x inflation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.cohort.placements import Placements
from model.cohort.series import Volumes
from model.draws import Draws
from model.funding.prices import billed_share, mean_band_value, price_indices
from model.provision.nurture import nurture_funding
from model.reference.calendar import MONTHS
from model.reference.codes import SETTINGS
from model.scenario.funding_schema import (
    AmountDriver,
    Band,
    CurrentPupilsDriver,
    Driver,
    Line,
    NurtureDriver,
    PlacesDriver,
    PlansDriver,
)
from model.scenario.schema import Scenario

Floats = NDArray[np.float64]

_PLACES_SPRING_AND_SUMMER = 5


@dataclass(frozen=True)
class PricedDriver:
    """One driver of one line, before anchoring.

    `spend_gbp`: (month, draw) pounds, spending positive. `volume`: (month, draw) plans, FTE or
    places in force; nil for amounts, which have no volume.
    """

    line: int
    driver: Driver
    spend_gbp: Floats
    volume: Floats


def volumes_for(scenario: Scenario, placements: Placements) -> Volumes:
    """Cells behind each plans driver: two volumes each, existing placements and those made since.

    Where a setting's prices are not split, all its plans are in the second volume.
    """
    rows: list[tuple[int, int, int]] = []
    count = 0
    for driver in _plans_drivers(scenario):
        settings = [SETTINGS.index(setting) for setting in driver.settings]
        for age in range(driver.ages[0], driver.ages[1] + 1):
            for setting in settings:
                rows.append((count + 1, age, setting))
                if placements.existing(setting) != setting:
                    rows.append((count, age, placements.existing(setting)))
        count += 2
    table = np.array(sorted(rows), dtype=np.int64).reshape(-1, 3)
    number, cell_age, placement = (np.ascontiguousarray(table[:, column]) for column in range(3))
    return Volumes(number, cell_age, placement, count)


def _plans_drivers(scenario: Scenario) -> list[PlansDriver]:
    lines = scenario.funding.lines if scenario.funding else []
    return [driver for line in lines for driver in line.drivers if isinstance(driver, PlansDriver)]


def price_drivers(scenario: Scenario, draws: Draws, volumes: Floats) -> list[PricedDriver]:
    """Every driver of every line, priced. `volumes`: (volume, month, draw) from the cohort."""
    funding = scenario.funding
    assert funding is not None
    indices = price_indices(funding, draws)
    bands = {band.id: band for band in funding.bands}
    priced: list[PricedDriver] = []
    next_volume = 0
    for number, line in enumerate(funding.lines):
        for driver in line.drivers:
            if isinstance(driver, PlansDriver):
                existing, entered = volumes[next_volume], volumes[next_volume + 1]
                next_volume += 2
                spend, volume = _plans(driver, bands, indices, draws, existing, entered)
            elif isinstance(driver, CurrentPupilsDriver):
                volume = _monthly(draws.by_year(driver.fte))
                spend = volume * _unit_cost(driver, bands, indices, draws)
            elif isinstance(driver, PlacesDriver):
                spend, volume = _places(driver, draws)
            elif isinstance(driver, NurtureDriver):
                spend = nurture_funding(scenario.nurture_groups, bands, draws)
                spend = spend * indices[driver.inflation]
                volume = np.zeros_like(spend)
            else:
                spend = _amount(driver, line, indices, draws)
                volume = np.zeros_like(spend)
            priced.append(PricedDriver(number, driver, spend, volume))
    return priced


def _monthly(by_year: Floats) -> Floats:
    return np.repeat(by_year, MONTHS, axis=0)


def _unit_cost(
    driver: PlansDriver | CurrentPupilsDriver,
    bands: dict[str, Band],
    indices: dict[str | None, Floats],
    draws: Draws,
    *,
    entry: bool = False,
) -> Floats:
    """Pounds charged in a month for one pupil in force, shape (month, draw)."""
    index = indices[driver.inflation]
    if entry and isinstance(driver, PlansDriver) and driver.entry_cost_gbp is not None:
        annual = draws.of(driver.entry_cost_gbp) * index
    elif driver.annual_cost_gbp is not None:
        annual = draws.of(driver.annual_cost_gbp) * index
    else:
        assert driver.band_shares is not None
        annual = _monthly(mean_band_value(driver.band_shares, bands, draws)) * index
    share = billed_share(driver.billing, len(index))[:, None]
    return np.asarray(annual * share * _monthly(draws.by_year(driver.education_share)))


def _plans(
    driver: PlansDriver,
    bands: dict[str, Band],
    indices: dict[str | None, Floats],
    draws: Draws,
    existing: Floats,
    entered: Floats,
) -> tuple[Floats, Floats]:
    """Existing placements at their own price, later ones at the entry price."""
    coverage = _monthly(draws.by_year(driver.coverage_share))
    spend = existing * coverage * _unit_cost(driver, bands, indices, draws)
    spend = spend + entered * coverage * _unit_cost(driver, bands, indices, draws, entry=True)
    return spend, (existing + entered) * coverage


def _places(driver: PlacesDriver, draws: Draws) -> tuple[Floats, Floats]:
    """Places x rate, academic years as 5/12 + 7/12; what the department pays is not spent here."""
    academic = draws.by_year(driver.places)
    places = _monthly(academic)
    for year in range(1, len(academic)):
        spring = slice(MONTHS * year, MONTHS * year + _PLACES_SPRING_AND_SUMMER)
        places[spring] = academic[year - 1]
    spend = places * _monthly(draws.by_year(driver.rate_gbp)) / MONTHS
    if driver.paid_by == "department":
        spend = np.zeros_like(spend)
    return spend, places


def _amount(
    driver: AmountDriver, line: Line, indices: dict[str | None, Floats], draws: Draws
) -> Floats:
    """Amount x growth x inflation by month; the first year has no growth."""
    amount = draws.by_year(driver.annual_amount_gbp)
    growth = draws.by_year(driver.growth)
    level = np.ones_like(amount)
    for year in range(1, len(amount)):
        level[year] = level[year - 1] * (1 + growth[year])
    months = MONTHS * len(amount)
    profile = line.monthly_profile or [1 / MONTHS] * MONTHS
    shares = np.array([profile[month % MONTHS] for month in range(months)])[:, None]
    return np.asarray(_monthly(amount * level) * indices[driver.inflation] * shares)
