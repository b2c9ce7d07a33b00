"""A slow, obvious cohort: individual children, one at a time, plain loops. And the exact moments.

Written from design 5.3 and the tables under `data/national`, without a line of the model, so that
the fast cohort can be held to it. A child has an age and a place (a setting, and whether placed
before the start). In a month, a child

1. in September turns a year older, and leaves as ceased on reaching 25;
2. ceases, moves out, asks for another setting, or none of these: hazards compete;
3. in September, having done none of these, may transfer to another setting with the new age;
4. moves if it asked to (everybody who asks is placed).

Nobody knows of anybody else, so that stocks and flows are sums of independent multinomials.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

NATIONAL = Path(__file__).resolve().parents[2] / "data" / "national"
MONTH_NAMES = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
SEPTEMBER = 9
LAST_AGE = 24
"""Nobody is older than this on 31 August and still holds a plan."""


@dataclass(frozen=True)
class Child:
    """A child at the start: age on 31 August, setting, placed before the start or since, need."""

    age: int
    setting: str
    existing: bool
    need: int


@dataclass(frozen=True)
class Chances:
    """What can happen to a child, by age and setting, as annual hazards -ln(1 - q).

    `ceased`, `moved_out`: (age, setting) -> hazard. `moves`: (age, setting) -> {to: hazard}.
    `phase`: (new age, setting) -> {to: share moving at the September step}. `weights`: cause ->
    calendar month -> weight.
    """

    ceased: dict[tuple[int, str], float]
    moved_out: dict[tuple[int, str], float]
    moves: dict[tuple[int, str], dict[str, float]]
    phase: dict[tuple[int, str], dict[str, float]]
    weights: dict[str, dict[int, float]]


def read(name: str) -> pd.DataFrame:
    return pd.read_csv(NATIONAL / f"{name}.csv", comment="#")


FAMILIES = {
    "state_special": "to_state_special",
    "independent_special_day": "to_independent",
    "independent_special_residential": "to_independent",
    "mainstream_independent": "to_independent",
    "specialist_post_16": "to_independent",
    "mainstream_post_16": "to_post_16",
    "other": "to_other",
}
"""Which effect of a scenario tilts moves to a setting; `other_moves` the rest."""


def national_chances(tilts: dict[str, float]) -> Chances:
    """National tables as hazards, each family multiplied by a scenario's effect."""
    weights: dict[str, dict[int, float]] = {}
    for row in read("seasonality").itertuples():
        weights.setdefault(row.cause, {})[MONTH_NAMES.index(row.month) + 1] = row.weight
    for months in weights.values():
        # Weights are printed to seven digits; over a year they sum to 1.
        total = math.fsum(months.values())
        months.update({month: weight / total for month, weight in months.items()})
    exits: dict[str, dict[tuple[int, str], float]] = {"ceased": {}, "moved_out": {}}
    for row in read("exits").itertuples():
        family = row.cause
        if row.cause == "ceased":
            family = "ceased_under_18" if row.age < 18 else "ceased_18_and_over"
        exits[row.cause][row.age, row.setting] = tilts[family] * hazard(row.annual_probability)
    moves: dict[tuple[int, str], dict[str, float]] = {}
    phase: dict[tuple[int, str], dict[str, float]] = {}
    for row in read("moves").itertuples():
        table = phase if row.kind == "phase" else moves
        table.setdefault((row.age, row.from_setting), {})[row.to_setting] = row.annual_probability
    for table in (moves, phase):
        for chances in table.values():
            chances.update(hazards(chances, table is phase))
            for to in chances:
                chances[to] *= tilts[FAMILIES.get(to, "other_moves")]
    for chances in phase.values():
        # A hazard that applies once: back to shares of those who reach the age.
        total = sum(chances.values())
        leaving = -math.expm1(-total)
        chances.update({to: leaving * h / total if total else 0.0 for to, h in chances.items()})
    return Chances(exits["ceased"], exits["moved_out"], moves, phase, weights)


def hazards(chances: dict[str, float], at_once: bool) -> dict[str, float]:
    """Hazards of moves: each -ln(1 - q) in the year; at the September step one for all that leave,
    shared in proportion (printed shares may pass 1 by their last digit)."""
    if not at_once:
        return {to: hazard(q) for to, q in chances.items()}
    leaving = sum(chances.values())
    return {to: hazard(leaving) * q / leaving for to, q in chances.items()}


def hazard(probability: float) -> float:
    return 50.0 if probability >= 1.0 else -math.log1p(-probability)


# ---------------------------------------------------------------- one draw, child by child

Place = tuple[str, bool]
"""A setting, and whether the child was placed before the start."""


@dataclass
class History:
    """What became of the children of one draw.

    `stock`: (place, need) -> children at the end. `ceased`, `moved_out`: (place left, need) ->
    children over all months.
    """

    stock: dict[tuple[Place, int], int]
    ceased: dict[tuple[Place, int], int]
    moved_out: dict[tuple[Place, int], int]


def simulate(
    children: Sequence[Child],
    chances: Chances,
    calendar_months: Sequence[int],
    generator: np.random.Generator,
) -> History:
    """One draw: every child through every month in turn."""
    history = History({}, {}, {})
    for child in children:
        age, place = child.age, (child.setting, child.existing)
        gone: dict[tuple[Place, int], int] | None = None
        for month in calendar_months:
            if month == SEPTEMBER:
                age += 1
                if age > LAST_AGE:
                    gone = history.ceased
                    break
            what, to = month_of(age, place[0], month, chances, generator)
            if what == "ceased":
                gone = history.ceased
                break
            if what == "moved_out":
                gone = history.moved_out
                break
            if what == "move":
                place = (to, False)
        record = history.stock if gone is None else gone
        record[place, child.need] = record.get((place, child.need), 0) + 1
    return history


def month_of(
    age: int, setting: str, month: int, chances: Chances, generator: np.random.Generator
) -> tuple[str, str]:
    """What a child of this age does this month: stay, cease, move out, or move somewhere.

    Each cause has its own waiting time; whichever comes first within the month happens.
    """
    waits: list[tuple[float, str, str]] = []
    here = (age, setting)

    def wait(annual: float, cause: str, what: str, to: str = "") -> None:
        rate = annual * chances.weights[cause][month]
        if rate > 0:
            waits.append((generator.exponential(1 / rate), what, to))

    wait(chances.ceased.get(here, 0.0), "ceased", "ceased")
    wait(chances.moved_out.get(here, 0.0), "moved_out", "moved_out")
    for to, annual in chances.moves.get(here, {}).items():
        wait(annual, "move", "move", to)
    if waits:
        first, what, to = min(waits)
        if first < 1.0:
            return what, to
    if month == SEPTEMBER:
        uniform = generator.random()
        for to, share in chances.phase.get(here, {}).items():
            if uniform < share:
                return "move", to
            uniform -= share
    return "stay", ""


# ---------------------------------------------------------------- exact moments

Outcome = tuple[str, Place]
"""`in` a place at the end, or `ceased` or `moved_out` from a place."""


def outcome_chances(
    child: Child, chances: Chances, calendar_months: Sequence[int], places: Sequence[Place]
) -> dict[Outcome, float]:
    """Exact probability of every outcome of one child: the Markov chain stepped month by month."""
    number = {place: index for index, place in enumerate(places)}
    here = np.zeros(len(places))
    here[number[child.setting, child.existing]] = 1.0
    ended = {"ceased": np.zeros(len(places)), "moved_out": np.zeros(len(places))}
    age = child.age
    for month in calendar_months:
        if month == SEPTEMBER:
            age += 1
            if age > LAST_AGE:
                ended["ceased"] += here
                here = np.zeros(len(places))
                break
        step = np.zeros((len(places), len(places)))
        for place, row in number.items():
            cell = (age, place[0])
            rates = {
                cause: table.get(cell, 0.0) * chances.weights[cause][month]
                for cause, table in (("ceased", chances.ceased), ("moved_out", chances.moved_out))
            }
            moving = {
                to: annual * chances.weights["move"][month]
                for to, annual in chances.moves.get(cell, {}).items()
            }
            total = sum(rates.values()) + sum(moving.values())
            leaves = -math.expm1(-total)
            for cause, rate in rates.items():
                if rate > 0:
                    ended[cause][row] += here[row] * leaves * rate / total
            for to, rate in moving.items():
                if rate > 0:
                    step[row, number[to, False]] += leaves * rate / total
            stays = math.exp(-total)
            if month == SEPTEMBER:
                for to, share in chances.phase.get(cell, {}).items():
                    step[row, number[to, False]] += stays * share
                stays *= max(1.0 - sum(chances.phase.get(cell, {}).values()), 0.0)
            step[row, row] += stays
        here = here @ step
    outcomes: dict[Outcome, float] = {("in", place): float(here[i]) for place, i in number.items()}
    for cause, values in ended.items():
        outcomes.update({(cause, place): float(values[i]) for place, i in number.items()})
    return outcomes


@dataclass(frozen=True)
class Moments:
    """Exact moments of the number of children by outcome and need.

    `mean` (outcome,), `covariance` (outcome, outcome) and `product_variance` (outcome, outcome),
    the variance of (X_i - mean_i)(X_j - mean_j), which says how far a sampled covariance may be off.
    """

    names: list[tuple[Outcome, int]]
    mean: np.ndarray
    covariance: np.ndarray
    product_variance: np.ndarray


def exact_moments(
    children: dict[Child, int],
    chances: Chances,
    calendar_months: Sequence[int],
    places: Sequence[Place],
) -> Moments:
    """Moments of sums of independent multinomials, one for each kind of child."""
    needs = sorted({child.need for child in children})
    names = [
        ((what, place), need)
        for need in needs
        for what in ("in", "ceased", "moved_out")
        for place in places
    ]
    size = len(names)
    mean, covariance, cumulant = np.zeros(size), np.zeros((size, size)), np.zeros((size, size))
    for child, count in children.items():
        chance = outcome_chances(child, chances, calendar_months, places)
        p = np.array([chance[outcome] if need == child.need else 0.0 for outcome, need in names])
        own = np.diag(p) - np.outer(p, p)
        q = 1.0 - p
        rest = np.maximum(1.0 - p[:, None] - p[None, :], 0.0)
        fourth = np.outer(p * q**2, p**2) + np.outer(p**2, p * q**2) + rest * np.outer(p**2, p**2)
        fourth[np.diag_indices(size)] = p * q * (q**3 + p**3)
        mean += count * p
        covariance += count * own
        cumulant += count * (fourth - np.outer(np.diag(own), np.diag(own)) - 2 * own**2)
    spread = np.outer(np.diag(covariance), np.diag(covariance)) + covariance**2 + cumulant
    return Moments(names, mean, covariance, spread)
