"""What drives each budget line, priced: volumes x cost, places x rate, amounts x inflation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from model.cohort.placements import Placements
from model.cohort.series import Volumes
from model.draws import Draws
from model.funding.bands import (
    ByBand,
    band_values,
    drifted,
    mean_value,
    rebanded,
    with_converted,
)
from model.funding.prices import billed_share, price_indices
from model.provision.capacity import added_places_gbp
from model.provision.nurture import nurture_funding, withheld_by_group
from model.reference.calendar import MONTHS
from model.reference.codes import SETTINGS
from model.scenario.funding_schema import (
    AddedPlacesDriver,
    AmountDriver,
    CurrentPupilsDriver,
    Driver,
    Line,
    LocumsDriver,
    NurtureDriver,
    PlacesDriver,
    PlansDriver,
    WithheldDriver,
)
from model.scenario.schema import Scenario

Floats = NDArray[np.float64]
Prices = dict[str | None, Floats]

VOLUMED = PlansDriver | CurrentPupilsDriver | PlacesDriver
"""Drivers with a volume: what they spend has a price for a year of one."""

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


@dataclass(frozen=True)
class PoolAwards:
    """Pupils of the pool by band: `without_plan` and `with_plan`, each band -> (month, draw), and the
    full-time equivalent of one, `fte_per_pupil` (draw,)."""

    without_plan: ByBand
    with_plan: ByBand
    fte_per_pupil: Floats


@dataclass(frozen=True)
class Driven:
    """What the forecast gives the drivers. `volumes` (volume, month, draw) of plans in force;
    `pool` None while the pool is off; `locums` (contract, month, draw)
    assessments; `averted` driver (line.driver) -> placements less in force (month, draw);
    `instead_gbp` driver -> what the children averted cost instead, pounds a month at base-year prices
    (month, draw); `band_scales` cost-neutral matrix -> its scale (draw,) where the months at hand do
    not hold its start."""

    volumes: Floats
    pool: PoolAwards | None = None
    locums: Floats | None = None
    averted: Mapping[str, Floats] = field(default_factory=dict)
    instead_gbp: Mapping[str, Floats] = field(default_factory=dict)
    band_scales: Mapping[str, Floats] = field(default_factory=dict)


@dataclass(frozen=True)
class _Averted:
    """Placements averted (month, draw), and what each child costs instead, pounds a month in cash."""

    placements: Floats
    instead_gbp: Floats


def volumes_for(scenario: Scenario, placements: Placements) -> Volumes:
    """Cells behind each plans driver: two volumes each, existing placements and those made since.

    Where a setting's prices are not split, all its plans are in the second volume.
    """
    rows: list[tuple[int, int, int]] = []
    count = 0
    for driver in _plans_drivers(scenario):
        settings = {SETTINGS.index(setting) for setting in driver.settings}
        for placement in range(placements.count):
            setting = placements.setting_of[placement]
            standing = placements.standing(placement)
            if setting not in settings or (driver.standings and standing not in driver.standings):
                continue
            since = placement != placements.existing(setting) or placement == setting
            for age in range(driver.ages[0], driver.ages[1] + 1):
                rows.append((count + int(since), age, placement))
        count += 2
    table = np.array(sorted(rows), dtype=np.int64).reshape(-1, 3)
    number, cell_age, placement_of = (np.ascontiguousarray(table[:, column]) for column in range(3))
    return Volumes(number, cell_age, placement_of, count)


def _plans_drivers(scenario: Scenario) -> list[PlansDriver]:
    lines = scenario.funding.lines if scenario.funding else []
    return [driver for line in lines for driver in line.drivers if isinstance(driver, PlansDriver)]


def price_drivers(scenario: Scenario, draws: Draws, driven: Driven) -> list[PricedDriver]:
    """Every driver of every line, priced on what the forecast gives them."""
    return Pricing(scenario, draws, driven).drivers()


class Pricing:
    """Prices of one block of draws, and what each kind of driver makes of them.

    `band_scales`: cost-neutral matrix of bands -> the scale of its values (draw,).
    """

    def __init__(self, scenario: Scenario, draws: Draws, driven: Driven) -> None:
        funding = scenario.funding
        assert funding is not None
        self.scenario, self.draws, self.driven, self.funding = scenario, draws, driven, funding
        self.bands = {band.id: band for band in funding.bands}
        self.rebandings = funding.rebandings if scenario.has("rebanding") else []
        self.indices: Prices = price_indices(funding, draws)
        self._volume_of = {id(item): 2 * n for n, item in enumerate(_plans_drivers(scenario))}
        self._holders = {
            id(driver): self._band_holders(driver)
            for line in funding.lines
            for driver in line.drivers
            if isinstance(driver, PlansDriver | CurrentPupilsDriver) and driver.band_shares
        }
        self.values, self.band_scales = band_values(
            funding.bands,
            self.rebandings,
            list(self._holders.values()),
            draws,
            driven.band_scales,
        )

    def drivers(self) -> list[PricedDriver]:
        """Every driver of every line, in the order of the scenario."""
        return [
            PricedDriver(number, driver, *self._price(line, driver))
            for number, line in enumerate(self.funding.lines)
            for driver in line.drivers
        ]

    def _price(self, line: Line, driver: Driver) -> tuple[Floats, Floats]:
        """Spending in pounds and volume of a driver, each (month, draw)."""
        draws, nothing = self.draws, np.zeros((self.draws.months, self.draws.size))
        match driver:
            case PlansDriver():
                return self._plans(driver, self._averted(line, driver))
            case CurrentPupilsDriver():
                return self._pupils(driver, self._averted(line, driver))
            case PlacesDriver():
                return _places(driver, draws)
            case AddedPlacesDriver():
                if self.scenario.places is None or not self.scenario.has("places"):
                    return nothing, nothing
                return added_places_gbp(self.scenario.places, draws, "authority"), nothing
            case LocumsDriver():
                return self._locums(), nothing
            case NurtureDriver():
                spend = nurture_funding(self.scenario.nurture_groups, self.bands, draws)
                return spend * self.indices[driver.inflation], nothing
            case WithheldDriver():
                return -self._withheld() * self.indices[driver.inflation], nothing
            case AmountDriver():
                return _amount(driver, line, self.indices, draws), nothing

    def _averted(self, line: Line, driver: PlansDriver | CurrentPupilsDriver) -> _Averted:
        """Placements averted of a driver, and what a child then costs instead in a month in cash."""
        name = f"{line.id}.{driver.id}"
        index = self.indices[driver.inflation]
        placements = self.driven.averted.get(name)
        if placements is None:
            return _Averted(np.zeros_like(index), np.zeros_like(index))
        instead = self.driven.instead_gbp.get(name, np.zeros_like(index))
        each = np.divide(instead, placements, out=np.zeros_like(index), where=placements > 0)
        share = self.draws.monthly(driver.education_share)
        return _Averted(placements, np.asarray(each * index * share))

    def _band_holders(self, driver: PlansDriver | CurrentPupilsDriver) -> tuple[ByBand, Floats]:
        """Amounts by band before any new matrix, and what each is a share of: holders by month."""
        draws = self.draws
        pool = self.driven.pool
        if isinstance(driver, CurrentPupilsDriver) and driver.pool and pool is not None:
            fte = {name: pupils * pool.fte_per_pupil for name, pupils in pool.without_plan.items()}
            return fte, np.ones((draws.months, draws.size))
        assert driver.band_shares is not None
        shares = drifted(draws.shares(driver.band_shares), driver.band_drift, draws)
        if isinstance(driver, CurrentPupilsDriver):
            return shares, draws.monthly(driver.fte)
        existing, entered = self._plan_volumes(driver)
        coverage = draws.monthly(driver.coverage_share)
        if driver.converted_from_pool and pool is not None:
            return with_converted(
                shares, existing + entered, coverage, pool.with_plan, pool.fte_per_pupil
            )
        return shares, (existing + entered) * coverage

    def _plan_volumes(self, driver: PlansDriver) -> tuple[Floats, Floats]:
        first = self._volume_of[id(driver)]
        return self.driven.volumes[first], self.driven.volumes[first + 1]

    def _unit_cost(
        self, driver: PlansDriver | CurrentPupilsDriver, *, entry: bool = False
    ) -> Floats:
        """Pounds charged in a month for one pupil in force, shape (month, draw)."""
        index, draws = self.indices[driver.inflation], self.draws
        if entry and isinstance(driver, PlansDriver) and driver.entry_cost_gbp is not None:
            annual = draws.monthly(driver.entry_cost_gbp) * index
        elif driver.annual_cost_gbp is not None:
            annual = draws.monthly(driver.annual_cost_gbp) * index
        else:
            amounts, _ = self._holders[id(driver)]
            annual = (
                mean_value(rebanded(amounts, self.rebandings, draws), self.values, draws) * index
            )
        share = billed_share(driver.billing, len(index))[:, None]
        return np.asarray(annual * share * draws.monthly(driver.education_share))

    def _plans(self, driver: PlansDriver, averted: _Averted) -> tuple[Floats, Floats]:
        """Existing placements at their own price, later ones at the entry price."""
        existing, entered = self._plan_volumes(driver)
        coverage = self.draws.monthly(driver.coverage_share)
        if driver.converted_from_pool and self.driven.pool is not None:
            _, holders = self._holders[id(driver)]
            less = np.minimum(holders, averted.placements * coverage)
            spend = (holders - less) * self._unit_cost(driver) + less * averted.instead_gbp
            return spend, holders - less
        # Nobody more is taken off, or costs anything instead, than would have come.
        less = np.minimum(entered, averted.placements)
        entered = entered - less
        spend = existing * coverage * self._unit_cost(driver)
        spend = spend + entered * coverage * self._unit_cost(driver, entry=True)
        return spend + less * coverage * averted.instead_gbp, (existing + entered) * coverage

    def _pupils(self, driver: CurrentPupilsDriver, averted: _Averted) -> tuple[Floats, Floats]:
        if driver.pool and self.driven.pool is not None:
            # The pool's amounts by band are FTE already: their value is the spending.
            fte = sum(self._holders[id(driver)][0].values(), np.zeros(()))
            return self._unit_cost(driver), np.asarray(fte)
        fte = self.draws.monthly(driver.fte)
        less = np.minimum(fte, averted.placements)
        return (fte - less) * self._unit_cost(driver) + less * averted.instead_gbp, fte - less

    def _locums(self) -> Floats:
        """What the DSG pays for locum assessments, pounds (month, draw)."""
        total = np.zeros((self.draws.months, self.draws.size))
        requests = self.scenario.requests
        if self.driven.locums is not None and requests is not None:
            for item, done in zip(requests.locums, self.driven.locums, strict=True):
                if item.fund == "dsg":
                    total = total + done * self.draws.of(item.cost_each_gbp)
        return total

    def _withheld(self) -> Floats:
        total = np.zeros((self.draws.months, self.draws.size))
        effect = self.scenario.nurture_effect
        if effect is not None and self.scenario.has("nurture_effect"):
            for group in withheld_by_group(
                effect, self.scenario.nurture_groups, self.bands, self.draws
            ):
                total = total + group
        return total


def _monthly(by_year: Floats) -> Floats:
    return np.repeat(by_year, MONTHS, axis=0)


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


def _amount(driver: AmountDriver, line: Line, indices: Prices, draws: Draws) -> Floats:
    """Amount x growth x inflation by month; the first year has no growth."""
    amount = draws.monthly(driver.annual_amount_gbp)
    growth = draws.by_year(driver.growth)
    level = np.ones_like(growth)
    for year in range(1, len(growth)):
        level[year] = level[year - 1] * (1 + growth[year])
    months = draws.months
    profile = line.monthly_profile or [1 / MONTHS] * MONTHS
    shares = np.array([profile[month % MONTHS] for month in range(months)])[:, None]
    return np.asarray(amount * _monthly(level) * indices[driver.inflation] * shares)
