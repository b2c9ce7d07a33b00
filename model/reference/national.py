"""National default rates, read from the small tables under `data/national/`.

How each table was made, and where it is weak, is in `docs/national_rates.md`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from model.reference.bundled import read_csv_rows
from model.reference.calendar import MONTH_NAMES, MONTHS
from model.reference.codes import AGES, NEEDS, SETTINGS

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Route:
    """A way plans move: at this age, from one setting to another (indexes), with a hazard.

    In-year hazards are annual, -ln(1 - q). Phase hazards apply once, at the September step, to
    plans that have just reached `age`; those of one origin add up to -ln(1 - sum of shares).
    """

    age: int
    origin: int
    destination: int
    hazard: float


@dataclass(frozen=True)
class NationalRates:
    """National tables as arrays.

    Axes: age 0..25, setting as in SETTINGS, need as in NEEDS, month January..December.
    `ceased_hazard`, `moved_out_hazard`: (age, setting), annual -ln(1 - q). `new_plans_per_1000`:
    (age,) new plans a year per 1,000 population; `new_plans_spring_share` (age,) is the share of
    them issued from February to August, the rest from September to January at the age then held. `first_setting_share`: (age, setting), rows sum
    to 1. `new_need_share`, `stock_need_share`: (age, setting, need), sum to 1 over need where
    there are plans. `stock_share`: (age, setting) share of all plans, January 2024.
    `moved_in_share`: (age, setting) share of arrivals. `season`: cause -> (12,) weights summing to
    1 over the year. `first_year`: calendar year of the flows.
    """

    ceased_hazard: Floats
    moved_out_hazard: Floats
    in_year_routes: tuple[Route, ...]
    phase_routes: tuple[Route, ...]
    new_plans_per_1000: Floats
    new_plans_spring_share: Floats
    first_setting_share: Floats
    new_need_share: Floats
    stock_need_share: Floats
    stock_share: Floats
    moved_in_share: Floats
    season: dict[str, Floats]


_LARGEST_HAZARD = 50.0
_RATES_YEAR = 2024


def hazard_of(probability: float) -> float:
    """The hazard -ln(1 - q) of a probability; certainty becomes a hazard nobody survives."""
    if probability >= 1.0:
        return _LARGEST_HAZARD
    return float(min(-np.log1p(-probability), _LARGEST_HAZARD))


def _by_age_setting(name: str, column: str, **where: str) -> Floats:
    table = np.zeros((len(AGES), len(SETTINGS)))
    for row in read_csv_rows(f"national/{name}.csv"):
        if all(row[key] == value for key, value in where.items()):
            table[int(row["age"]), SETTINGS.index(row["setting"])] = float(row[column])
    return table


def _needs(basis: str) -> Floats:
    table = np.zeros((len(AGES), len(SETTINGS), len(NEEDS)))
    for row in read_csv_rows("national/needs.csv"):
        if row["basis"] == basis:
            place = int(row["age"]), SETTINGS.index(row["setting"]), NEEDS.index(row["need"])
            table[place] = float(row["share"])
    # Where a table holds no plans at all its need mix is that of the age, so that a scenario may
    # place plans there; the sums are rounded in the file and made exact here.
    by_age = table.mean(axis=1, keepdims=True)
    empty = table.sum(axis=2, keepdims=True) == 0
    table = np.where(empty, by_age, table)
    total = table.sum(axis=2, keepdims=True)
    unknown = np.zeros(len(NEEDS))
    unknown[NEEDS.index("unknown")] = 1.0
    return np.where(total > 0, table / np.where(total > 0, total, 1.0), unknown)


def _routes() -> tuple[tuple[Route, ...], tuple[Route, ...]]:
    shares: dict[str, dict[tuple[int, int, int], float]] = {"in_year": {}, "phase": {}}
    for row in read_csv_rows("national/moves.csv"):
        origin, destination = (SETTINGS.index(row[key]) for key in ("from_setting", "to_setting"))
        key = int(row["age"]), origin, destination
        shares[row["kind"]][key] = float(row["annual_probability"])
    in_year = tuple(
        Route(*key, hazard_of(share)) for key, share in sorted(shares["in_year"].items())
    )
    leaving: dict[tuple[int, int], float] = {}
    for (age, origin, _), share in shares["phase"].items():
        leaving[age, origin] = leaving.get((age, origin), 0.0) + share
    phase = tuple(
        Route(*key, hazard_of(leaving[key[:2]]) * share / leaving[key[:2]])
        for key, share in sorted(shares["phase"].items())
    )
    return in_year, phase


def _season() -> dict[str, Floats]:
    season: dict[str, Floats] = {}
    for row in read_csv_rows("national/seasonality.csv"):
        weights = season.setdefault(row["cause"], np.zeros(MONTHS))
        weights[MONTH_NAMES.index(row["month"])] = float(row["weight"])
    return {cause: weights / weights.sum() for cause, weights in season.items()}


def _new_plans(column: str) -> Floats:
    values = np.zeros(len(AGES))
    for row in read_csv_rows("national/new_plans.csv"):
        if int(row["year"]) == _RATES_YEAR:
            values[int(row["age"])] = float(row[column])
    return values


@cache
def national_rates() -> NationalRates:
    """The tables shipped with this version, read once."""
    in_year, phase = _routes()
    first = _by_age_setting("first_settings", "share")
    stock = _by_age_setting("corrected_base", "plans", year=str(_RATES_YEAR))
    moved_in = stock * _by_age_setting("moved_in", "annual_rate_per_plan")
    hazard = np.vectorize(hazard_of)
    return NationalRates(
        ceased_hazard=hazard(_by_age_setting("exits", "annual_probability", cause="ceased")),
        moved_out_hazard=hazard(_by_age_setting("exits", "annual_probability", cause="moved_out")),
        in_year_routes=in_year,
        phase_routes=phase,
        new_plans_per_1000=_new_plans("new_plans_per_1000"),
        new_plans_spring_share=_new_plans("share_february_to_august"),
        first_setting_share=first / first.sum(axis=1, keepdims=True),
        new_need_share=_needs("new"),
        stock_need_share=_needs("stock"),
        stock_share=stock / stock.sum(),
        moved_in_share=moved_in / moved_in.sum(),
        season=_season(),
    )
