"""Tables that show how well the rates hold: residuals, cohorts by year held, the reading of published ages."""

from __future__ import annotations

import flows
import numpy as np
import pandas as pd
from ages import READINGS, by_cohort
from base import FLOW_YEAR, HELD_TOPIC, Base, new_plans_by_published_age
from cohort_step import Rates, step_year
from sen2_files import (
    AGES,
    INDEPENDENT,
    JANUARY_2024,
    JANUARY_2025,
    national,
    placements_without_unrecorded,
)


def net_residual(base: Base, rates: Rates, joiners) -> pd.DataFrame:
    """What the flows of 2024 do not explain, by age held at January 2025."""
    year = step_year(base.opening.to_numpy(), rates, joiners)
    stepped, recorded = year.closing.sum(axis=1), base.closing.sum(axis=1).to_numpy()
    return pd.DataFrame(
        {
            "year": 2025,
            "age": AGES,
            "plans_stepped": stepped,
            "plans_recorded": recorded,
            "recording_difference": recorded - stepped,
        }
    )


def held_table(
    caseload: pd.DataFrame, settings_map: pd.Series, period: int, corrected: bool
) -> pd.DataFrame:
    """Plans by year held (1 to 11) and SEN2 setting: England as published, or less the unrecorded authorities."""
    if corrected:
        table = placements_without_unrecorded(
            caseload, settings_map, "ehcplans", period, HELD_TOPIC
        )
    else:
        table = (
            national(caseload, period, HELD_TOPIC)[list(settings_map.index)]
            .fillna(0.0)
            .T.groupby(settings_map)
            .sum()
            .T
        )
    return table.loc[[str(held) for held in range(1, 12)]]


def cohort_check(caseload: pd.DataFrame, settings_map: pd.Series) -> pd.DataFrame:
    """Mainstream and special shares of plans by the year they are in; the SEN2 groups of settings."""
    tables = []
    for basis in ("published", "corrected"):
        for period, january in ((JANUARY_2024, 2024), (JANUARY_2025, 2025)):
            held = held_table(caseload, settings_map, period, corrected=basis == "corrected")
            plans = held.sum(axis=1)
            columns = {
                "basis": basis,
                "january": january,
                "year_held": held.index.astype(int),
                "plans": plans,
                "share_mainstream": held[
                    ["mainstream", "specialist_base", "mainstream_independent"]
                ].sum(axis=1)
                / plans,
                "share_special": held[["state_special", INDEPENDENT]].sum(axis=1) / plans,
            }
            tables.append(pd.DataFrame(columns))
    return pd.concat(tables, ignore_index=True)


def held_rows(caseload: pd.DataFrame, settings_map: pd.Series) -> pd.DataFrame:
    """Plans by year held and SEN2 setting, all of England (for the cohort test)."""
    tables = []
    for period, january in ((JANUARY_2024, 2024), (JANUARY_2025, 2025)):
        held = held_table(caseload, settings_map, period, corrected=False)
        table = (
            held.rename_axis(index="year_held", columns="sen2_setting")
            .stack()
            .rename("plans")
            .reset_index()
        )
        table.insert(0, "january", january)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def recording_difference(files) -> pd.DataFrame:
    """England in all: closing - (opening + new - ceased without transfers), for the years with published ceased plans."""
    rows = []
    for year in (2022, 2023, 2024):
        opening, closing = (
            national(files["caseload"], period, "All EHC plans").ehcplans.sum()
            for period in ((year - 1) * 100 + year - 2000, year * 100 + year - 1999)
        )
        new = national(files["newplans"], year, "New EHC plans").new_ehc_plans.sum()
        gone = national(files["ceased_plans"], year, "All ceased EHC plans")
        ceased = (gone.total_ceased - gone.transfer).sum()
        difference = closing - (opening + new - ceased)
        rows.append((year, opening, new, ceased, closing, difference, difference / opening))
    names = [
        "year",
        "plans_opening",
        "new_plans",
        "ceased_without_transfer",
        "plans_closing",
        "recording_difference",
        "share_of_opening",
    ]
    return pd.DataFrame(rows, columns=names)


def closure_of_readings(
    files, settings_map: pd.Series, stocks, ceased_share: float = 0.005
) -> pd.DataFrame:
    """New plans by cohort under each reading of the published age, beside the cohort's change of stock plus exits (ages 2 to 14)."""
    published = new_plans_by_published_age(
        files["newplans"], settings_map, FLOW_YEAR, corrected=True
    ).sum(axis=1)
    flow = flows.full_ages(published.to_frame("plans"), last_age=24)["plans"].to_numpy()
    opening, closing = (
        stocks[period].sum(axis=1).to_numpy() for period in (JANUARY_2024, JANUARY_2025)
    )
    ages = np.arange(2, 15)
    table = pd.DataFrame(
        {
            "cohort_age": ages,
            "change_and_exits": closing[ages + 1] - opening[ages] * (1.0 - ceased_share),
        }
    )
    for reading in READINGS:
        table[reading] = by_cohort(flow, reading)[ages]
    return table
