"""New plans: population x rate by age x the authority's level x damped trend.

Rates by age and the first setting are national; the level is the authority's own published
number. Growth fades: after t years of an initial log growth g with damping d, the log level is
g (1 - d^t)/(1 - d), so that an extrapolated boom does not go on for ever.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from model.chance.philox import stream_key, uniforms
from model.cohort.fitting import fit_to_margins
from model.draws import Draws
from model.reference.calendar import JANUARY, calendar_month, calendar_year_of
from model.reference.codes import AGES, SETTINGS
from model.reference.national import NationalRates
from model.scenario.plans_schema import NewPlans

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Entries:
    """Cells in which plans join: `age`, `placement` (entry,). A joiner takes the later price."""

    age: NDArray[np.int64]
    placement: NDArray[np.int64]

    @classmethod
    def national(cls, national: NationalRates) -> Entries:
        """Every age and setting in which plans start, or arrive from elsewhere, nationally."""
        used = (national.first_setting_share > 0) | (national.moved_in_share > 0)
        age, setting = np.nonzero(used)
        return cls(age.astype(np.int64), setting.astype(np.int64))

    @property
    def cells(self) -> NDArray[np.bool_]:
        """The same cells as a table (age, setting)."""
        table = np.zeros((len(AGES), len(SETTINGS)), dtype=bool)
        table[self.age, self.placement] = True
        return table


@dataclass(frozen=True)
class JoinerPattern:
    """Expected joiners of each month of one kind, before the draws' level.

    `mean`: (month,) plans in the month from `first_month` on; `share`: (month,) indexes into
    `shares`, each (entry, need) summing to 1.
    """

    first_month: int
    mean: Floats
    share: NDArray[np.int64]
    shares: tuple[Floats, ...]

    def at(self, month: int) -> tuple[float, Floats]:
        """Expected joiners in a month and their shares (entry, need)."""
        index = month - self.first_month
        return float(self.mean[index]), self.shares[self.share[index]]


SPRING_MONTHS = range(2, 9)
"""February to August: from a January count to the September step."""


def new_plan_pattern(
    new_plans: NewPlans,
    entries: Entries,
    population: Floats,
    population_years: tuple[int, ...],
    national: NationalRates,
    first_month: int,
    months: int,
    first_year: int,
) -> JoinerPattern:
    """Expected new plans by month, age, first setting and need, at the level of the base year.

    `population` (year, age) in persons. Rates by age are scaled so that the base year has the
    published number of new plans; later years follow the population of each age. A year of plans
    runs from one January count to the next: the spring share of each age falls evenly on February
    to August, the rest on September to January, because most of those who start at three and four
    do so before they move up in September.
    """
    by_age = {
        year: population[index] / 1000 * national.new_plans_per_1000
        for index, year in enumerate(population_years)
    }
    published = new_plans.plans_in_base_year
    base = float(by_age[new_plans.base_year].sum())
    scale = 1.0 if published is None else published / base
    need_share = national.new_need_share[entries.age, entries.placement]
    setting_share = first_setting_share(new_plans, by_age[new_plans.base_year], national)[
        entries.age, entries.placement
    ]
    cells_of_age = setting_share[:, None] * need_share
    spring, rest = national.new_plans_spring_share, 1 - national.new_plans_spring_share
    mean, share = np.zeros(months), np.zeros(months, dtype=np.int64)
    kinds: dict[tuple[int, bool], int] = {}
    shares: list[Floats] = []
    for index in range(months):
        month = first_month + index
        in_spring = calendar_month(month) in SPRING_MONTHS
        count_year = calendar_year_of(month, first_year) - (calendar_month(month) == JANUARY)
        weight = spring / len(SPRING_MONTHS) if in_spring else rest / (12 - len(SPRING_MONTHS))
        year = min(max(count_year, population_years[0]), population_years[-1])
        plans = by_age[year] * weight
        cells = plans[entries.age][:, None] * cells_of_age
        mean[index] = scale * float(cells.sum())
        if (year, in_spring) not in kinds:
            kinds[year, in_spring] = len(shares)
            shares.append(cells / cells.sum())
        share[index] = kinds[year, in_spring]
    return JoinerPattern(first_month, mean, share, tuple(shares))


def first_setting_share(
    new_plans: NewPlans, plans_by_age: Floats, national: NationalRates
) -> Floats:
    """Share of each first setting by age (age, setting), rows summing to 1.

    National shares; where the scenario gives the base year's new plans by first setting they are
    fitted to that margin, keeping the ages (`plans_by_age`) and, as far as both allow, the
    national pattern.
    """
    margin = new_plans.first_settings
    if margin is None:
        return national.first_setting_share
    counts = np.array([float(margin.get(setting, 0)) for setting in SETTINGS])
    rows = plans_by_age / plans_by_age.sum() * counts.sum()
    table = fit_to_margins(national.first_setting_share * rows[:, None], rows, counts)
    total = table.sum(axis=1, keepdims=True)
    shares = np.divide(table, total, out=national.first_setting_share.copy(), where=total > 0)
    return np.asarray(shares)


def moved_in_pattern(
    entries: Entries, national: NationalRates, first_month: int, months: int
) -> JoinerPattern:
    """Expected arrivals from other authorities for one arrival a year, spread as nationally."""
    weight = national.moved_in_share[entries.age, entries.placement]
    cells = weight[:, None] * national.stock_need_share[entries.age, entries.placement]
    share = cells / cells.sum()
    season = national.season["moved_out"]
    mean = np.array([season[calendar_month(first_month + m) - 1] for m in range(months)])
    return JoinerPattern(first_month, mean, np.zeros(months, dtype=np.int64), (share,))


def growth_since_base(growth: Floats, damping: Floats, years: float) -> Floats:
    """Log growth `years` after the base year: g (1 - d^t)/(1 - d), or g t when nothing fades.

    Before the middle of the base year there is none.

    >>> growth_since_base(np.array([0.1]), np.array([0.5]), 2.0).round(6)
    array([0.15])
    """
    years = max(years, 0.0)
    fading = damping < 1.0 - 1e-12
    faded = (1 - np.power(damping, years)) / np.where(fading, 1 - damping, 1.0)
    return np.where(fading, growth * faded, growth * years)


def level(new_plans: NewPlans, draws: Draws, month: int, seed: int, *, chance: bool) -> Floats:
    """The draws' multiplier on expected new plans in a month, shape (draw,).

    Months before the first year use the first year's inputs. With chance on and a negative
    binomial, a gamma multiplier with mean 1 and the stated variance is drawn for each year.
    """
    index = min(max(month // 12, 0), len(draws.years) - 1)
    since = draws.years.start - new_plans.base_year + (month + 3.5) / 12 - 0.5
    log_level = growth_since_base(
        draws.of(new_plans.initial_growth), draws.of(new_plans.damping), since
    )
    log_level = log_level + draws.by_year(new_plans.yearly_variation)[index]
    multiplier = draws.at(new_plans.level, month) * np.exp(log_level)
    if chance and new_plans.chance == "negative_binomial":
        multiplier = multiplier * _gamma(draws.of(new_plans.dispersion), draws, index, seed)
    return np.asarray(multiplier)


def _gamma(variance: Floats, draws: Draws, year: int, seed: int) -> Floats:
    """Gamma multipliers with mean 1 and this variance, one a draw and year; 1 where it is zero."""
    key = stream_key(seed, "chance of new plans by year")
    uniform = uniforms(key, draws.first_draw, draws.size, year + 1)[year]
    shape = 1 / np.where(variance > 0, variance, 1.0)
    return np.where(variance > 0, special.gammaincinv(shape, uniform) / shape, 1.0)
