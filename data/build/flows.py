"""National flows of a calendar year on the corrected base: new plans, ceased plans and transfers, by age on 31 August and setting."""

from __future__ import annotations

import numpy as np
import pandas as pd
from ages import MONTHS_BEFORE_SEPTEMBER, by_cohort, cut_at_september, split_top_bucket
from fitting import fit_to_margins
from scipy.optimize import nnls
from sen2_files import PLACEMENT_COLUMNS, by_published_age, national, unrecorded_rows

READING = "end_of_year"  # the reading of published ages that closes the cohorts; measured in docs/national_rates.md
SURVIVAL_FROM = (
    17  # cohorts aged 17 and over at the opening count: exits from survival, not from ceased plans
)
CHANGE_AGES, CEASED_UNDER_14 = (2, 14), 0.005
SMOOTH_UNDER, SMOOTH_STRONG, SMOOTH_WEAK = (
    14,
    1.0,
    0.06,
)  # few plans cease under 14, and alike at each age
KINKS = (15, 16, 17, 18)  # the hazard of ceasing jumps at these ages: no penalty on bends there
RECEPTION_COHORT, POST_16_COHORT, YOUNGEST_STOCK = 3, 15, 2
POST_16_SETTINGS = ("mainstream_post_16", "specialist_post_16")


def full_ages(rows: pd.DataFrame, last_age: int) -> pd.DataFrame:
    """Published ages 0..25 in rows; the top bucket, at 20, spread to `last_age` by the geometric rule on each column's total."""
    table = rows.reindex(range(26)).fillna(0.0)
    shape = split_top_bucket(table.sum(axis=1).to_numpy(), 20, last_age)
    tail = shape[20:] / shape[20:].sum()
    bucket = table.loc[20].to_numpy(dtype=float).copy()
    for age in range(20, 26):
        table.loc[age] = bucket * tail[age - 20]
    return table


def share_before_september(setting: str) -> np.ndarray:
    """Share of a cohort's year of new plans (February to January) that falls before the September step, by cohort.

    Even over the months, except that a start in a post-16 setting in the year a cohort turns 16 is after the step.
    """
    share = np.full(26, MONTHS_BEFORE_SEPTEMBER)
    if setting in POST_16_SETTINGS:
        share[: POST_16_COHORT + 1] = 0.0
    return share


def stock_change(opening: np.ndarray, closing: np.ndarray, new: float) -> np.ndarray:
    """Change of stock plus exits of the cohorts aged 2 to 13, scaled to their new plans; nan elsewhere. Under 14 exits are about half a
    per cent of the stock, so that the change is nearly all new plans."""
    change = np.full(26, np.nan)
    ages = np.arange(*CHANGE_AGES)
    change[ages] = closing[ages + 1] - opening[ages] * (1.0 - CEASED_UNDER_14)
    return change * (new / np.nansum(change))


def new_plans(
    by_published: pd.DataFrame, cohorts: np.ndarray, young: pd.DataFrame | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(before, after) September: new plans by age on 31 August and setting, from plans by published age and setting.

    Each setting's ages are inverted to cohorts, then fitted to `cohorts` (all settings together) and to the totals of the settings.
    `young` is the January stock by age: a plan of the reception cohort is published with its reception placement, but until September the
    child is where three-year-olds are, so starts at 3 and under take the settings of the stock of their age.
    """
    full = full_ages(by_published, last_age=24)
    seed = np.column_stack(
        [by_cohort(full[setting].to_numpy(), READING) for setting in full.columns]
    )
    seed += 1e-4 * cohorts[:, None] * full.sum().to_numpy() / full.to_numpy().sum()
    fitted = fit_to_margins(seed, [((1,), full.sum().to_numpy()), ((0,), cohorts)])
    before, after = full * 0.0, full * 0.0
    for number, setting in enumerate(full.columns):
        before[setting], after[setting] = cut_at_september(
            fitted[:, number], share_before_september(setting)
        )
    if young is not None:
        for age in range(RECEPTION_COHORT + 1):
            stock = young.loc[max(age, YOUNGEST_STOCK), full.columns]
            for part in (before, after):
                part.loc[age] = part.loc[age].sum() * stock.to_numpy() / stock.sum()
    return before, after


def ceased_by_age(ceased: pd.DataFrame, year: int, cause: str) -> pd.Series:
    """Ceased plans by published age on the corrected base: cause `moved_out` is `transfer`, `ceased` is the total less `transfer`."""
    england = by_published_age(
        _cause(national(ceased, year, "Age plan ceased"), cause).to_frame("plans")
    )
    taken = by_published_age(
        _cause(unrecorded_rows(ceased, year, "Age plan ceased"), cause).to_frame("plans")
    )
    taken = taken.groupby(level=0).sum()
    return england.plans.sub(taken.plans, fill_value=0.0).clip(lower=0.0)


def ceased_by_setting(
    ceased: pd.DataFrame, settings_map: pd.Series, year: int, cause: str
) -> pd.Series:
    """Ceased plans by SEN2 setting on the corrected base; totals of groups of placements are left out."""
    tables = []
    for rows in (
        national(ceased, year, "Type of placement"),
        unrecorded_rows(ceased, year, "Type of placement"),
    ):
        plans = _cause(rows, cause)
        plans = plans[plans.index.isin(PLACEMENT_COLUMNS)]
        tables.append(plans.groupby(plans.index.map(PLACEMENT_COLUMNS).map(settings_map)).sum())
    return tables[0].sub(tables[1], fill_value=0.0).clip(lower=0.0)


def _cause(rows: pd.DataFrame, cause: str) -> pd.Series:
    transfer = rows.transfer.fillna(0.0)
    return transfer if cause == "moved_out" else rows.total_ceased.fillna(0.0) - transfer


def cohort_hazards(flow: pd.Series, opening: np.ndarray, closing: np.ndarray) -> np.ndarray:
    """Crude rate by cohort: flow of the cohort over the average of its opening and closing stock (per year)."""
    cohorts = by_cohort(full_ages(flow.to_frame("plans"), last_age=25)["plans"].to_numpy(), READING)
    exposure = opening.copy()
    exposure[:-1] = (opening[:-1] + closing[1:]) / 2.0
    rate = np.divide(cohorts, exposure, out=np.zeros(26), where=exposure > 0)
    rate[:4] = cohorts[:4].sum() / exposure[:4].sum()
    return rate


def survival_hazards(opening: np.ndarray, closing: np.ndarray, joined: np.ndarray) -> np.ndarray:
    """Hazard by cohort from survival: closing = opening exp(-H) + joined exp(-H/2), solved for x = exp(-H/2); `joined` is by cohort."""
    hazard = np.zeros(26)
    for cohort in range(24):
        a, b, c = opening[cohort], joined[cohort], -closing[cohort + 1]
        root = (-b + np.sqrt(b * b - 4.0 * a * c)) / (2.0 * a) if a > 0 else 1.0
        hazard[cohort] = max(-2.0 * np.log(root), 0.0)
    return hazard


def hazards_by_age(by_cohort_hazard: np.ndarray, weight_before: float, rises: bool) -> np.ndarray:
    """Hazard by age m with w m[a] + (1 - w) m[a + 1] = H[cohort a]: a cohort spends the part w of its year at age a.

    Non-negative least squares of the relative errors of H, with a penalty on second differences of m relative to H, for the plain
    solution swings from age to age. `rises`: from 14 on no age is below the one before. Cohorts over 23 have ended.
    """
    level = np.maximum(by_cohort_hazard[:24], 1e-4)
    fit = np.zeros((24, 25))
    fit[np.arange(24), np.arange(24)] = weight_before / level
    fit[np.arange(24), np.arange(24) + 1] = (1.0 - weight_before) / level
    bend = np.zeros((23, 25))
    for age in set(range(1, 24)) - (set(KINKS) if rises else set()):
        smooth = SMOOTH_STRONG if age < SMOOTH_UNDER else SMOOTH_WEAK
        bend[age - 1, age - 1 : age + 2] = smooth * np.array([1.0, -2.0, 1.0]) / level[age]
    evidence = np.sqrt(
        level / level.max()
    )  # relative error of a count falls with the root of the events behind it
    target = evidence * by_cohort_hazard[:24] / level
    rising = np.eye(25)  # from 14 on the unknowns are the steps up
    rising[SMOOTH_UNDER:, SMOOTH_UNDER:] = np.tril(np.ones((25 - SMOOTH_UNDER, 25 - SMOOTH_UNDER)))
    rising = rising if rises else np.eye(25)
    rows = np.vstack([fit * evidence[:, None], bend * evidence[1:, None]])
    unknowns, _ = nnls(rows @ rising, np.concatenate([target, np.zeros(23)]))
    hazard = rising @ unknowns
    return np.append(hazard, hazard[24])


def hazards_by_setting(
    age_hazard: np.ndarray, exposure: np.ndarray, flow_by_setting: np.ndarray
) -> np.ndarray:
    """(age, setting) hazards: expected flow fitted proportionally to its two margins, over exposure.

    Seed: exposure (everybody alike). Margins: hazard x exposure by age; the flow by setting, scaled to the same total.
    """
    by_age = age_hazard * exposure.sum(axis=1)
    fitted = fit_to_margins(exposure, [((0,), by_age), ((1,), flow_by_setting)])
    fitted *= np.divide(by_age, fitted.sum(axis=1), out=np.zeros(26), where=fitted.sum(axis=1) > 0)[
        :, None
    ]
    return np.divide(fitted, exposure, out=np.zeros_like(exposure), where=exposure > 0)
