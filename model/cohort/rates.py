"""Transition rates of an authority: national hazards, where plans can be, and the draws' effects.

Everything is held as hazards, -ln(1 - q): hazards of competing causes add up, so that a cell's
exit is 1 - prod(1 - p) over causes, shared in proportion to -ln(1 - p), whatever their order
(design 5.3). The monthly hazard is the annual one times the month's weight, so that the monthly
probabilities of an academic year give back the annual one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from model.cohort.placements import Placements
from model.draws import Draws
from model.reference.codes import AGES, SETTINGS
from model.reference.national import NationalRates, Route
from model.scenario.plans_schema import Rates

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

EFFECTS: Final = (
    "ceased_under_18",
    "ceased_18_and_over",
    "moved_out",
    "to_state_special",
    "to_independent",
    "to_post_16",
    "to_other",
    "other_moves",
)
"""Families of hazards that a scenario may tilt, in the order of the effect axis.

Moves are tilted by where they lead, during the year and at the September step alike.
"""

ADULT_AGE: Final = 18
_EFFECT_OF_DESTINATION: Final = {
    "state_special": "to_state_special",
    "independent_special_day": "to_independent",
    "independent_special_residential": "to_independent",
    "mainstream_independent": "to_independent",
    "specialist_post_16": "to_independent",
    "mainstream_post_16": "to_post_16",
    "other": "to_other",
}


@dataclass(frozen=True)
class Routes:
    """Moves as a table, sorted by age and origin.

    Each column has shape (route,). Routes of the cell (age, placement) are rows
    `start[age, placement]` up to `stop[age, placement]`. `effect` is the family that tilts them.
    """

    age: Ints
    origin: Ints
    destination: Ints
    hazard: Floats
    effect: Ints
    start: Ints
    stop: Ints

    @property
    def count(self) -> int:
        """Number of routes."""
        return len(self.age)


@dataclass(frozen=True)
class TransitionRates:
    """What happens to plans in force, before the draws' effects.

    `ceased_hazard`, `moved_out_hazard`: (age, placement), annual. `in_year`: moves during the
    year. `phase`: moves at the September step by the new age. `season`: (3, 12) weights of ceasing,
    moving out and moving setting for January..December; each sums to 1.
    Source: `data/national`, made from SEN2 as in design 5.3.
    """

    ceased_hazard: Floats
    moved_out_hazard: Floats
    in_year: Routes
    phase: Routes
    season: Floats


def transition_rates(national: NationalRates, placements: Placements) -> TransitionRates:
    """National rates on the placement axis; an `existing` placement leaves as its setting does."""
    settings = list(placements.setting_of)
    return TransitionRates(
        ceased_hazard=national.ceased_hazard[:, settings],
        moved_out_hazard=national.moved_out_hazard[:, settings],
        in_year=_routes(national.in_year_routes, placements),
        phase=_routes(national.phase_routes, placements),
        season=np.array([national.season[cause] for cause in ("ceased", "moved_out", "move")]),
    )


def _routes(routes: tuple[Route, ...], placements: Placements) -> Routes:
    rows = sorted(
        (route.age, origin, _destination(route.destination, origin, placements), route.hazard)
        for route in routes
        for origin in range(placements.count)
        if placements.setting_of[origin] == route.origin
        and placements.sought_by(origin) != route.destination
        and route.hazard > 0
    )
    columns = list(zip(*rows, strict=True)) if rows else [(), (), (), ()]
    age, origin, destination = (np.array(column, dtype=np.int64) for column in columns[:3])
    start = np.zeros((len(AGES), placements.count), dtype=np.int64)
    stop = np.zeros_like(start)
    for index, (row_age, row_origin) in enumerate(zip(age, origin, strict=True)):
        if stop[row_age, row_origin] == 0:
            start[row_age, row_origin] = index
        stop[row_age, row_origin] = index + 1
    effect = np.array(
        [_effect_of(placements.setting_of[int(place)]) for place in destination], dtype=np.int64
    )
    hazard = np.array(columns[3], dtype=float)
    return Routes(age, origin, destination, hazard, effect, start, stop)


def _destination(destination: int, origin: int, placements: Placements) -> int:
    """Who waits and moves on to another setting where one can wait goes on waiting there."""
    if placements.standing(origin) != "waiting":
        return destination
    twin = placements.twin(destination, "waiting", placements.sought_by(origin))
    return destination if twin is None else twin


def _effect_of(destination: int) -> int:
    return EFFECTS.index(_EFFECT_OF_DESTINATION.get(SETTINGS[destination], "other_moves"))


def effects(rates: Rates, draws: Draws, month: int) -> Floats:
    """The draws' multipliers on each family of hazards in a month, shape (effect, draw)."""
    return np.stack([draws.at(getattr(rates, name), month) for name in EFFECTS])


def reachable(
    opening: NDArray[np.bool_], joining: NDArray[np.bool_], rates: TransitionRates
) -> NDArray[np.bool_]:
    """Cells (age, placement) that can ever hold a plan; the others are skipped.

    `opening` and `joining` (age, placement) say where plans start.
    """
    live = opening | joining
    while True:
        grown = live.copy()
        grown[1:] |= live[:-1]
        for routes in (rates.in_year, rates.phase):
            moved = grown[routes.age, routes.origin]
            grown[routes.age[moved], routes.destination[moved]] = True
        if (grown == live).all():
            return live
        live = grown
