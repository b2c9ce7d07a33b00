"""National stocks and new plans in the fifteen settings, on the corrected base."""

from __future__ import annotations

from dataclasses import dataclass

import flows
import numpy as np
import pandas as pd
from ages import by_cohort
from fitting import fit_to_margins
from sen2_files import (
    AGES,
    INDEPENDENT,
    JANUARY_2024,
    JANUARY_2025,
    PLACEMENT_COLUMNS,
    SPLIT_INDEPENDENT,
    by_published_age,
    national,
    placements_without_unrecorded,
    unrecorded_rows,
)

FLOW_YEAR = 2024
AGE_TOPIC, START_TOPIC, HELD_TOPIC = (
    "Child or young persons age",
    "Age when plan started",
    "Years EHC plan in place",
)
RESIDENTIAL_PERIODS = (JANUARY_2024, JANUARY_2025)
RESIDENTIAL_BANDS = (
    (0, 8),
    (9, 9),
    (10, 10),
    (11, 11),
    (12, 12),
    (13, 13),
    (14, 14),
    (15, 15),
    (16, 16),
    (17, 17),
    (18, 18),
    (19, 19),
    (20, 25),
)


@dataclass(frozen=True)
class Base:
    """Stocks and flows of England less the unrecorded authorities: (age, setting) in the 15 settings."""

    settings: list[str]
    opening: pd.DataFrame
    closing: pd.DataFrame
    new_before: pd.DataFrame
    new_after: pd.DataFrame


def january_stock(caseload: pd.DataFrame, settings_map: pd.Series, period: int) -> pd.DataFrame:
    """Corrected January stock by age and SEN2 setting, scaled to the published total less the unrecorded authorities.

    "Under 3" is held at age 2. In January 2024 two authorities returned totals only, so the age rows fall short of the total.
    """
    rows = placements_without_unrecorded(caseload, settings_map, "ehcplans", period, AGE_TOPIC)
    stock = by_published_age(rows).reindex(AGES).fillna(0.0)
    published = (
        national(caseload, period, "All EHC plans").ehcplans.sum()
        - unrecorded_rows(caseload, period, "All EHC plans").ehcplans.sum()
    )
    return stock * (published / stock.to_numpy().sum())


def residential_shares(
    residential: pd.DataFrame, stocks: dict[int, pd.DataFrame], settings_map: pd.Series
) -> pd.Series:
    """Share of independent and non-maintained special plans that is residential, by age on 31 August.

    Residential plans by age and by placement are fitted proportionally on the stock by age and setting, January 2024 and 2025 pooled;
    ages are then banded, for the counts are small. The ages of this file match the ages of caseload.
    """
    boarding, plans = np.zeros(26), np.zeros(26)
    for period in RESIDENTIAL_PERIODS:
        by_age = by_published_age(national(residential, period, AGE_TOPIC)[["Res_tot"]]).Res_tot
        by_age = flows.full_ages(by_age.to_frame("plans"), last_age=25)["plans"].to_numpy()
        rows = national(residential, period, "Type of placement").Res_tot
        rows = rows[rows.index.isin(PLACEMENT_COLUMNS)]
        by_setting = rows.groupby(rows.index.map(PLACEMENT_COLUMNS).map(settings_map)).sum()
        stock = stocks[period]
        by_setting = by_setting.reindex(stock.columns).fillna(0.0).to_numpy()
        fitted = fit_to_margins(stock.to_numpy() + 1e-9, [((1,), by_setting), ((0,), by_age)])
        column = list(stock.columns).index(INDEPENDENT)
        boarding += fitted[:, column]
        plans += stock[INDEPENDENT].to_numpy()
    share = np.zeros(26)
    for first, last in RESIDENTIAL_BANDS:
        share[first : last + 1] = boarding[first : last + 1].sum() / plans[first : last + 1].sum()
    return pd.Series(share, index=AGES, name="share_residential")


def in_model_settings(
    table: pd.DataFrame, residential: pd.Series, settings: list[str]
) -> pd.DataFrame:
    """SEN2 settings by age -> the 15 settings: independent special split day and residential, missing settings nil."""
    split = table.copy()
    share = residential.reindex(table.index).to_numpy()
    day, boarding = SPLIT_INDEPENDENT
    split[day], split[boarding] = split[INDEPENDENT] * (1.0 - share), split[INDEPENDENT] * share
    return split.reindex(columns=settings).fillna(0.0)


def new_plans_by_published_age(
    newplans: pd.DataFrame, settings_map: pd.Series, year: int, corrected: bool
) -> pd.DataFrame:
    """New plans by published age and SEN2 setting, scaled to the year's published total."""
    if corrected:
        rows = placements_without_unrecorded(
            newplans, settings_map, "new_ehc_plans", year, START_TOPIC
        )
        total = (
            national(newplans, year, "New EHC plans").new_ehc_plans.sum()
            - unrecorded_rows(newplans, year, "New EHC plans").new_ehc_plans.sum()
        )
    else:
        rows = (
            national(newplans, year, START_TOPIC)[list(settings_map.index)]
            .fillna(0.0)
            .T.groupby(settings_map)
            .sum()
            .T
        )
        total = national(newplans, year, "New EHC plans").new_ehc_plans.sum()
    return by_published_age(rows * (total / rows.to_numpy().sum()))


def new_by_cohort(published: pd.DataFrame, stocks: dict[int, pd.DataFrame]) -> np.ndarray:
    """New plans of 2024 by birth cohort, corrected base: from the published ages and the change of the single-age stocks together."""
    flow = flows.full_ages(published, last_age=24).sum(axis=1).to_numpy()
    alone = by_cohort(flow, flows.READING)
    opening, closing = (
        stocks[period].sum(axis=1).to_numpy() for period in (JANUARY_2024, JANUARY_2025)
    )
    change = flows.stock_change(opening, closing, alone[slice(*flows.CHANGE_AGES)].sum())
    return by_cohort(flow, flows.READING, change)


def build_base(
    files: dict[str, pd.DataFrame],
    settings_map: pd.Series,
    settings: list[str],
    residential: pd.Series,
    stocks,
) -> Base:
    published = new_plans_by_published_age(
        files["newplans"], settings_map, FLOW_YEAR, corrected=True
    )
    before, after = flows.new_plans(
        published, new_by_cohort(published, stocks), young=stocks[JANUARY_2025]
    )
    return Base(
        settings,
        *(
            in_model_settings(t, residential, settings)
            for t in (stocks[JANUARY_2024], stocks[JANUARY_2025], before, after)
        ),
    )
