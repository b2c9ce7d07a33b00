"""The price of a place in an authority, from its own published figure and the nation's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import stats

from model.calibration.money.authority import authority_code
from model.calibration.money.growth_fit import GrowthFit
from model.calibration.money.level import levels_of
from model.calibration.money.one_authority import growth_of
from model.calibration.money.settings import draw_count
from model.history.finance import MEASURES, PLANS_OF, FinanceHistory, financial_year
from model.history.finance_files import CATEGORY_OF
from model.history.finance_names import name_key

DEFINITIONS: Final = {
    "topup_per_plan_state_special": (
        "top-up paid in the year divided by plans in state special schools in January; without place "
        "funding, and with top-up to alternative provision, whose pupils are not counted"
    ),
    "topup_per_plan_independent_special": (
        "top-up and fees paid in the year divided by plans in independent and non-maintained special "
        "schools in January; day and residential together, and with independent alternative provision, "
        "whose pupils are not counted; net of contributions where the authority returned it net"
    ),
}
"""What a published price counts. Neither is the fee of a pupil: both are a mean over mixed pupils."""

_NORMAL_90: Final = float(stats.norm.ppf(0.9))


@dataclass(frozen=True)
class Price:
    """GBP a year and plan in an authority in a financial year, cash.

    `median`, `low`, `high`: the middle and the 10th and 90th percentiles; `p95` the 95th, for a
    scenario's `lognormal: [median, p95]`. `spread`: standard deviation of its logarithm. `shrinkage`:
    0 where the authority's own figure counts in full, 1 where the nation's stands for it.
    `growth_shrinkage`: the same of its growth. `figure_year`: the year of its own figure, None
    where it has no usable one. `source`: for the scenario; `definition`: what it counts.
    """

    measure: str
    authority: str
    at: int
    median: float
    low: float
    high: float
    p95: float
    spread: float
    shrinkage: float
    growth_shrinkage: float
    figure_year: int | None
    source: str
    definition: str


def price_of(
    history: FinanceHistory, authority: str, measure: str, at: int, seed: int = 0
) -> Price:
    """Top-up per plan of an authority, by name or code, in the financial year that begins in `at`.

    Nothing later than `at` is used. The authority's last usable figure is drawn towards the typical
    authority's by how few plans it has, then grown to `at` by shrunk growth with its ranges. An
    authority without a usable figure has the typical authority's, with the spread between
    authorities. Raises KeyError for a measure that is no price or an authority that is not known,
    ValueError where fewer than two years are known.
    """
    if measure not in PLANS_OF:
        raise KeyError(f"{measure} is no price; one of {', '.join(PLANS_OF)}")
    code = authority_code(history, authority)
    known = history.known_at(at)
    years = known.years(measure)
    figure_year, figure, plans = _own_figure(known, measure, code)
    level_year = figure_year if figure_year is not None else years[-1] if years else at
    draws = draw_count()
    growth = growth_of(known, measure, code, level_year, at, draws, seed)
    if growth is None:
        raise ValueError(f"{MEASURES[measure]}: growth needs two years up to {financial_year(at)}")
    level, level_sd, weight = _level(known, measure, level_year, figure, plans, growth.fit)
    # What growth varies by holds the error of an authority's own figure, not that of a typical one.
    ahead = growth.ahead[-1] if at > level_year else np.zeros(draws)
    spread_of_level = level_sd if figure_year is None or at == level_year else 0.0
    # Spread evenly over its distribution in a random order that no growth shares.
    even = stats.norm.ppf((np.arange(draws) + 0.5) / draws)
    order = np.random.Generator(np.random.Philox(np.random.SeedSequence([seed, at, int(code)])))
    logs = level + spread_of_level * order.permutation(even) + ahead
    low, median, high, p95 = np.exp(np.quantile(logs, [0.1, 0.5, 0.9, 0.95]))
    spread = float(np.log(high / low) / 2 / _NORMAL_90)
    return Price(
        measure, str(known.authorities.name[code]), at, float(median), float(low), float(high),
        float(p95), spread, 1 - weight, growth.shrinkage, figure_year,
        _source(known, measure, code, figure_year, plans, at, 1 - weight), DEFINITIONS[measure],
    )  # fmt: skip


def _own_figure(known: FinanceHistory, measure: str, code: str) -> tuple[int | None, float, float]:
    """Year, price and plans of the authority's last usable figure."""
    table, counts = known.series[measure], known.series[PLANS_OF[measure]]
    if code not in table.index or table.loc[code].isna().all():
        return None, np.nan, np.nan
    year = int(table.loc[code].last_valid_index())  # type: ignore[arg-type]
    return year, float(table[year][code]), float(counts[year][code])


def _level(
    known: FinanceHistory, measure: str, year: int, figure: float, plans: float, fit: GrowthFit
) -> tuple[float, float, float]:
    """Log price of the year, its standard deviation, and the weight of the authority's own figure."""
    prices = known.series[measure][year].dropna()
    counts = known.series[PLANS_OF[measure]][year].reindex(prices.index)
    levels = levels_of(
        np.log(prices.to_numpy(dtype=np.float64)), counts.to_numpy(dtype=np.float64), fit
    )
    if np.isnan(figure):
        return levels.typical, float(np.sqrt(levels.between)), 0.0
    own, behind = np.array([np.log(figure)]), np.array([plans])
    weight = float(levels.weight(behind)[0])
    sd = float(np.sqrt(weight * levels.error(behind)[0]))
    return float(levels.shrunk(own, behind)[0]), sd, weight


def _source(
    known: FinanceHistory, measure: str, code: str, figure_year: int | None, plans: float, at: int,
    shrinkage: float,
) -> str:  # fmt: skip
    file = (known.sources or {}).get(measure, "published files")
    name = str(known.authorities.name[code])
    faults = _faults_of(known, measure, name)
    unused = f"; {faults} published figures of it are faults and not used" if faults else ""
    if figure_year is None:
        return (
            f"{file}: no usable figure of {name} up to {financial_year(at)}; the median authority's, "
            f"with the spread between authorities{unused}"
        )
    grown = "" if figure_year == at else f", grown to {financial_year(at)}"
    return (
        f"{file}: {name} {financial_year(figure_year)}, {plans:,.0f} plans, "
        f"shrunk {shrinkage:.0%} to the median authority{grown}; derived, approximate{unused}"
    )


def _faults_of(known: FinanceHistory, measure: str, name: str) -> int:
    """How many figures of the price of an authority were not used."""
    item = f"top-up per plan, {CATEGORY_OF[measure]}"
    return sum(
        fault.item == item and name_key(fault.authority) == name_key(name) for fault in known.faults
    )
