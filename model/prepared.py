"""What is computed once from a checked scenario before any draw is stepped."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.cohort.opening import Opening, fit_opening
from model.cohort.placements import Placements, placements_for
from model.cohort.rates import TransitionRates, reachable, transition_rates
from model.cohort.series import Volumes
from model.demand.new_plans import (
    Entries,
    JoinerPattern,
    moved_in_pattern,
    new_plan_pattern,
)
from model.demand.opening import DemandOpening, demand_opening
from model.demand.pool import pool_bands
from model.demand.setup import DemandSetup, demand_setup
from model.draws import central
from model.funding.drivers import volumes_for
from model.provision.places import PlacesSetup, places_setup
from model.reference.calendar import month_index
from model.reference.codes import AGES, SETTINGS
from model.reference.national import NationalRates, national_rates
from model.scenario.load import LoadedScenario
from model.scenario.policy_values import policy_value
from model.scenario.problems import Problem, ScenarioError
from model.scenario.schema import Scenario


@dataclass(frozen=True)
class CohortSetup:
    """Everything the cohort needs that is the same in every draw.

    `live`: (cell, 2) ages and placements that can ever hold plans. `first_month`: first month
    stepped, -2 when the January count is rolled forward to 1 April.
    """

    opening: Opening
    rates: TransitionRates
    entries: Entries
    new_pattern: JoinerPattern | None
    moved_in_pattern: JoinerPattern | None
    live: NDArray[np.int64]
    first_month: int
    places: PlacesSetup | None = None


@dataclass(frozen=True)
class PreparedDemand:
    """Requests to plans, ready: what is the same in every draw, and the opening."""

    setup: DemandSetup
    opening: DemandOpening


@dataclass(frozen=True)
class Prepared:
    """A scenario ready to be forecast, in any number of draws."""

    loaded: LoadedScenario
    placements: Placements
    volumes: Volumes
    cohort: CohortSetup | None
    demand: PreparedDemand | None = None

    @property
    def scenario(self) -> Scenario:
        """The checked scenario."""
        return self.loaded.scenario


def prepare(loaded: LoadedScenario, national: NationalRates | None = None) -> Prepared:
    """Compute what all draws share. Raises ScenarioError when the margins cannot be fitted."""
    scenario = loaded.scenario
    placements = placements_for(scenario)
    volumes = volumes_for(scenario, placements)
    cohort = demand = None
    if scenario.plans is not None:
        national = national or national_rates()
        cohort = _cohort(loaded, placements, national)
        if scenario.has("requests"):
            demand = _demand(loaded, cohort, national)
    return Prepared(loaded, placements, volumes, cohort, demand)


def _seeking(scenario: Scenario, placements: Placements) -> NDArray[np.bool_]:
    """Cells (age, placement) where plans may wait for, or do without, a place of an admitted age."""
    cells = np.zeros((len(AGES), placements.count), dtype=bool)
    groups = scenario.places.groups if scenario.places is not None else []
    for place in range(len(SETTINGS), placements.count):
        for group in groups:
            if placements.sought_by(place) == SETTINGS.index(group.setting):
                cells[group.ages[0] : group.ages[1] + 1, place] = True
    return cells


def _demand(loaded: LoadedScenario, cohort: CohortSetup, national: NationalRates) -> PreparedDemand:
    scenario = loaded.scenario
    requests, pool, first_year = scenario.requests, scenario.pool, scenario.horizon.first_year
    assert requests is not None
    assert cohort.new_pattern is not None
    assert loaded.population is not None
    bands = None
    if scenario.has("pool") and pool is not None and scenario.funding is not None:
        bands = pool_bands(pool, scenario.funding.bands, first_year)
    setup = demand_setup(
        requests,
        bands,
        cohort.entries,
        cohort.new_pattern,
        loaded.population,
        loaded.population_years,
        national,
        cohort.first_month,
        scenario.horizon.months,
        first_year,
        float(policy_value(scenario, "ehc_plan_weeks")),
    )
    return PreparedDemand(setup, demand_opening(setup, requests, central(scenario)))


def _cohort(loaded: LoadedScenario, placements: Placements, national: NationalRates) -> CohortSetup:
    scenario = loaded.scenario
    plans, first_year = scenario.plans, scenario.horizon.first_year
    assert plans is not None
    try:
        opening = fit_opening(plans, national)
    except ValueError as error:
        raise ScenarioError(
            [Problem(scenario.name, None, "plans.age_groups and plans.settings", str(error))]
        ) from None
    rates = transition_rates(national, placements)
    entries = Entries.national(national)
    first_month = month_index(plans.counted.year, plans.counted.month, first_year) + 1
    months = scenario.horizon.months - first_month
    new_pattern = None
    if scenario.new_plans is not None and loaded.population is not None:
        try:
            new_pattern = new_plan_pattern(
                scenario.new_plans,
                entries,
                loaded.population,
                loaded.population_years,
                national,
                first_month,
                months,
                first_year,
            )
        except ValueError as error:
            raise ScenarioError(
                [Problem(scenario.name, None, "new_plans.first_settings", str(error))]
            ) from None
    arriving = None
    if scenario.moved_in is not None:
        arriving = moved_in_pattern(entries, national, first_month, months)
    at_start = np.zeros((len(opening.expected), placements.count), dtype=bool)
    at_start[:, : opening.possible.shape[1]] = opening.possible
    joining = np.zeros_like(at_start)
    if new_pattern is not None or arriving is not None:
        joining[:, : entries.cells.shape[1]] = entries.cells
    seeking = _seeking(scenario, placements)
    reached = reachable(at_start | seeking, joining, rates)
    sought = np.array([placements.sought_by(place) >= 0 for place in range(placements.count)])
    # Past the admitted ages nobody seeks; a year on, because ageing comes before that is settled.
    until = seeking | np.roll(seeking, 1, axis=0)
    reached &= until | ~sought
    for setting in placements.tracked:
        reached[:, placements.existing(setting)] |= reached[:, setting]
    live = np.argwhere(reached).astype(np.int64)
    places = None
    if scenario.has("places") and scenario.places is not None:
        places = places_setup(scenario.places, placements, rates, entries)
    return CohortSetup(opening, rates, entries, new_pattern, arriving, live, first_month, places)
