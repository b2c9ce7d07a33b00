"""Rates of the national year: exits from published flows and survival, moves fitted to the step."""

from __future__ import annotations

import flows
import numpy as np
import pandas as pd
from base import FLOW_YEAR, Base
from cohort_step import MONTHS, Rates, step_year
from moves import circulating, fit_moves
from sen2_files import AGES, INDEPENDENT, JANUARY_2024, JANUARY_2025, SPLIT_INDEPENDENT

# Assumed, no monthly figures are published: ceasing gathers at the end of the school year and when a place is not taken up in autumn.
CEASED_WEIGHTS = dict(
    zip(
        MONTHS,
        (0.08, 0.08, 0.06, 0.05, 0.05, 0.05, 0.05, 0.05, 0.06, 0.10, 0.20, 0.17),
        strict=True,
    )
)
EVEN_WEIGHTS = dict.fromkeys(MONTHS, 1.0 / 12.0)
WEIGHTS = {
    "ceased": CEASED_WEIGHTS,
    "moved_out": EVEN_WEIGHTS,
    "move": EVEN_WEIGHTS,
    "new_plans": EVEN_WEIGHTS,
}
# Annual hazard of the offsetting moves between mainstream and special, the least with which the entry cohorts are followed within three
# points (design 5.3): found by trying, see docs/national_rates.md.
CIRCULATION = 0.05


def exit_rates(files, settings_map: pd.Series, base: Base, stocks) -> tuple[np.ndarray, np.ndarray]:
    """(ceased, moved out): annual hazards by age and setting, see design 5.3."""
    opening, closing = base.opening.to_numpy(), base.closing.to_numpy()
    sen2_exposure = stocks[JANUARY_2024].to_numpy() / 2.0 + stocks[JANUARY_2025].to_numpy() / 2.0
    columns = list(stocks[JANUARY_2024].columns)
    joined = base.new_before.sum(axis=1).to_numpy() + np.append(
        base.new_after.sum(axis=1).to_numpy()[1:], 0.0
    )
    survival = flows.survival_hazards(opening.sum(axis=1), closing.sum(axis=1), joined)
    hazards = []
    for cause in ("ceased", "moved_out"):
        flow = flows.ceased_by_age(files["ceased_plans"], FLOW_YEAR, cause)
        by_cohort_hazard = flows.cohort_hazards(flow, opening.sum(axis=1), closing.sum(axis=1))
        if cause == "ceased":
            by_cohort_hazard[flows.SURVIVAL_FROM :] = survival[flows.SURVIVAL_FROM :]
        weight_before = sum(WEIGHTS[cause][month] for month in MONTHS[5:])
        by_age = flows.hazards_by_age(by_cohort_hazard, weight_before, rises=cause == "ceased")
        by_setting = (
            flows.ceased_by_setting(files["ceased_plans"], settings_map, FLOW_YEAR, cause)
            .reindex(columns)
            .fillna(0.0)
        )
        fitted = pd.DataFrame(
            flows.hazards_by_setting(by_age, sen2_exposure, by_setting.to_numpy()),
            index=AGES,
            columns=columns,
        )
        for name in SPLIT_INDEPENDENT:
            fitted[name] = fitted[INDEPENDENT]
        hazards.append(fitted.reindex(columns=base.settings).fillna(0.0).to_numpy())
    return hazards[0], hazards[1]


def fit_rates(base: Base, ceased: np.ndarray, moved_out: np.ndarray, joiners) -> Rates:
    """Fit moves, cohort survival after 18 and the balance of moves between authorities, each to the step itself."""
    cells = (26, len(base.settings), len(base.settings))
    rates = Rates(ceased, moved_out, moved_out.copy(), np.zeros(cells), np.zeros(cells), WEIGHTS)
    opening, closing = base.opening.to_numpy(), base.closing.to_numpy()
    weight_before = sum(WEIGHTS["ceased"][month] for month in MONTHS[5:])
    exposure = (opening + closing) / 2.0
    circulation = circulating(
        exposure,
        base.settings.index("mainstream"),
        base.settings.index("state_special"),
        CIRCULATION,
    )
    closed = closed_to_moves(base.settings)
    wanted = by_cohort_of(ceased, exposure, weight_before)
    for _ in range(8):
        rates = fit_moves(opening, closing, rates, joiners, circulation, closed)
        year = step_year(opening, rates, joiners)
        rates.moved_in *= year.moved_out.sum() / year.moved_in.sum()
        ratio = year.closing.sum(axis=1) / np.maximum(closing.sum(axis=1), 1.0)
        survivors = slice(flows.SURVIVAL_FROM, 24)
        wanted[survivors] = np.maximum(
            wanted[survivors] + np.log(ratio[flows.SURVIVAL_FROM + 1 : 25]), 0.001
        )
        now = np.divide(
            (rates.ceased * exposure).sum(axis=1),
            exposure.sum(axis=1),
            out=np.zeros(26),
            where=exposure.sum(axis=1) > 0,
        )
        factor = np.divide(
            flows.hazards_by_age(wanted, weight_before, rises=True),
            now,
            out=np.ones(26),
            where=now > 0,
        )
        rates.ceased[flows.SURVIVAL_FROM :] *= factor[flows.SURVIVAL_FROM :, None]
    return fit_moves(opening, closing, rates, joiners, circulation, closed)


def closed_to_moves(settings: list[str]) -> np.ndarray:
    """(age, setting): early years after the age of 4 and post-16 settings before 16, where single plans are recorded but none moves to."""
    closed = np.zeros((26, len(settings)), dtype=bool)
    closed[5:, settings.index("early_years")] = True
    for name in flows.POST_16_SETTINGS:
        closed[:16, settings.index(name)] = True
    return closed


def by_cohort_of(hazard: np.ndarray, exposure: np.ndarray, weight_before: float) -> np.ndarray:
    """Hazard of a cohort over its year, from the mean hazards of the two ages it passes through."""
    total = exposure.sum(axis=1)
    mean = np.divide((hazard * exposure).sum(axis=1), total, out=np.zeros(26), where=total > 0)
    return weight_before * mean + (1.0 - weight_before) * np.append(mean[1:], mean[-1])
