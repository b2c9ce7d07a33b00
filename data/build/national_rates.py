"""Make the national tables of the cohort: `python data/build/national_rates.py --source ../shared/data`.

Reads the Department for Education's SEN2 files and the population projections, writes `data/national/*.csv` and
`data/reference/sen2_suppressed_rows.csv`. Same inputs, same bytes. What each table assumes and how well it fits: docs/national_rates.md.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import flows
import numpy as np
import pandas as pd
from ages import MONTHS_BEFORE_SEPTEMBER, OLDEST, cohort_shares
from base import (
    AGE_TOPIC,
    FLOW_YEAR,
    Base,
    build_base,
    january_stock,
    new_by_cohort,
    new_plans_by_published_age,
    residential_shares,
)
from checks import closure_of_readings, cohort_check, held_rows, net_residual, recording_difference
from cohort_step import MONTHS, Rates
from needs import NEED_COLUMNS, need_shares, needs_by_setting
from population import england_population, year_of_flows
from rates_fit import WEIGHTS, exit_rates, fit_rates
from sen2_files import (
    AGES,
    INDEPENDENT,
    JANUARY_2024,
    JANUARY_2025,
    SPLIT_INDEPENDENT,
    by_published_age,
    national,
    read_sen2,
    read_settings,
    read_settings_map,
    suppressed_rows,
)
from tables import write_table


def new_plans_table(
    newplans: pd.DataFrame,
    settings_map: pd.Series,
    population: pd.DataFrame,
    base: Base,
    shift: np.ndarray,
) -> pd.DataFrame:
    """Annual new plans per 1,000 by age on 31 August, England; the last year also on the corrected base. `shift`: `cohort_shares`."""
    years = []
    for year in (2022, 2023, 2024):
        published = new_plans_by_published_age(newplans, settings_map, year, corrected=False)
        cohorts = flows.full_ages(published, last_age=24).sum(axis=1).to_numpy() @ shift
        before, after = flows.new_plans(published, cohorts)
        plans_before, plans_after = before.sum(axis=1).to_numpy(), after.sum(axis=1).to_numpy()
        plans = plans_before + plans_after
        used = year_of_flows(population, year, MONTHS_BEFORE_SEPTEMBER)
        share = np.divide(
            plans_before, plans, out=np.full(26, MONTHS_BEFORE_SEPTEMBER), where=plans > 0
        )
        corrected = (
            (base.new_before + base.new_after).sum(axis=1).to_numpy()
            if year == FLOW_YEAR
            else np.full(26, np.nan)
        )
        years.append(
            pd.DataFrame(
                {
                    "year": year,
                    "age": AGES,
                    "new_plans_per_1000": 1000.0 * plans / used,
                    "population_used": used.round(),
                    "new_plans": plans,
                    "new_plans_corrected_base": corrected,
                    "share_february_to_august": share,
                }
            )
        )
    return pd.concat(years, ignore_index=True)


def first_settings(base: Base) -> pd.DataFrame:
    """Share of first settings by age; ages without new plans take the nearest age that has some."""
    plans = base.new_before + base.new_after
    total = plans.sum(axis=1)
    shares = plans.div(total.where(total > 1.0), axis=0).ffill().bfill()
    return long(shares, "share")


def monthly_joiners(
    new_plans: pd.DataFrame, first: pd.DataFrame, settings: list[str]
) -> dict[str, np.ndarray]:
    """New plans of each month on the corrected base, from the tables as written: even within each side of the September step."""
    year = new_plans[new_plans.year == FLOW_YEAR].set_index("age")
    shares = first.pivot(index="age", columns="setting", values="share")[settings].to_numpy()
    plans = year.new_plans_corrected_base.to_numpy()
    before = (plans * year.share_february_to_august.to_numpy())[:, None] * shares
    after = plans[:, None] * shares - before
    return {month: before / 7.0 if MONTHS.index(month) >= 5 else after / 5.0 for month in MONTHS}


def long(table: pd.DataFrame, value: str) -> pd.DataFrame:
    """(age, setting) table to rows age, setting, value, in the order of the settings."""
    return table.rename_axis(index="age", columns="setting").stack().rename(value).reset_index()


def exits_table(base: Base, rates: Rates) -> pd.DataFrame:
    """Annual probabilities of the single-cause kind, q = 1 - exp(-hazard)."""
    tables = []
    for cause, hazard in (("ceased", rates.ceased), ("moved_out", rates.moved_out)):
        table = long(
            pd.DataFrame(1.0 - np.exp(-hazard), index=AGES, columns=base.settings),
            "annual_probability",
        )
        table.insert(2, "cause", cause)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def moves_table(base: Base, rates: Rates, smallest: float = 1e-4) -> pd.DataFrame:
    """In-year annual probabilities and September phase probabilities, without cells under one in ten thousand.

    An in-year hazard to one destination becomes q = 1 - exp(-hazard): destinations compete as causes do.
    """
    tables = []
    for kind, values in (("in_year", 1.0 - np.exp(-rates.in_year)), ("phase", rates.phase)):
        age, origin, destination = np.nonzero(values > smallest)
        names = np.array(base.settings)
        tables.append(
            pd.DataFrame(
                {
                    "age": age,
                    "from_setting": names[origin],
                    "to_setting": names[destination],
                    "kind": kind,
                    "annual_probability": values[age, origin, destination],
                }
            )
        )
    return pd.concat(tables, ignore_index=True)


def seasonality_table() -> pd.DataFrame:
    rows = [
        {"month": month, "cause": cause, "weight": weights[month]}
        for cause, weights in WEIGHTS.items()
        for month in MONTHS
    ]
    return pd.DataFrame(rows)


def needs_table(
    files, settings_map: pd.Series, base: Base, stocks, shift: np.ndarray
) -> pd.DataFrame:
    """Shares of need by age and setting, stock of January 2025 and new plans of 2024 (England, unrecorded authorities included in needs)."""
    columns = list(NEED_COLUMNS.values())
    tables = []
    for basis, name, period in (
        ("stock", "sen_needs_all_plans", JANUARY_2025),
        ("new", "sen_need_newplans", FLOW_YEAR),
    ):
        by_age = (
            by_published_age(national(files[name], period, AGE_TOPIC)[columns])
            .reindex(AGES)
            .fillna(0.0)
        )
        if basis == "new":
            before, after = flows.new_plans(
                by_age, flows.full_ages(by_age, last_age=24).sum(axis=1).to_numpy() @ shift
            )
            by_age = before + after
            plans = (base.new_before + base.new_after).drop(columns=[*SPLIT_INDEPENDENT])
            plans[INDEPENDENT] = (base.new_before + base.new_after)[[*SPLIT_INDEPENDENT]].sum(
                axis=1
            )
            plans = plans.loc[:, plans.sum() > 0]
        else:
            plans = stocks[JANUARY_2025]
        by_setting = needs_by_setting(
            national(files[name], period, "Type of placement"), settings_map
        )
        shares = need_shares(plans, by_age, by_setting)
        shares = in_all_settings(shares, base.settings)
        shares.insert(0, "basis", basis)
        tables.append(shares)
    return pd.concat(tables, ignore_index=True)


def in_all_settings(shares: pd.DataFrame, settings: list[str]) -> pd.DataFrame:
    """Needs of settings without a SEN2 column: those of the nearest setting that has one."""
    nearest = dict.fromkeys(SPLIT_INDEPENDENT, INDEPENDENT)
    nearest |= {"support_base": "mainstream", "mainstream_post_16_specialist": "mainstream_post_16"}
    parts = [
        shares[shares.setting == nearest.get(name, name)].assign(setting=name) for name in settings
    ]
    order = {name: number for number, name in enumerate(settings)}
    table = pd.concat(parts)
    return table.sort_values(
        ["age", "setting"], key=lambda c: c.map(order) if c.name == "setting" else c, kind="stable"
    ).reset_index(drop=True)


def age_shift(shift: np.ndarray) -> pd.DataFrame:
    """Share of new plans published at an age that has each age on 31 August before the academic year of the start.

    A cohort aged c before the calendar year has its starts up to August at age c and from September at c + 1, 7/12 and 5/12 of a year.
    """
    before = MONTHS_BEFORE_SEPTEMBER
    by_age = before * shift
    by_age[:, 1:] += (1.0 - before) * shift[:, :-1]
    by_age[:, OLDEST] += (1.0 - before) * shift[:, OLDEST]
    published, age = np.nonzero(by_age > 1e-9)
    return pd.DataFrame({"published_age": published, "age": age, "share": by_age[published, age]})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", type=Path, required=True, help="folder of the public data")
    parser.add_argument(
        "--england-population",
        type=Path,
        help="CSV year, age, persons to use in place of the estimate",
    )
    parser.add_argument(
        "--data",
        type=Path,
        default=Path(__file__).resolve().parents[1],
        help="data folder to write to",
    )
    options = parser.parse_args()
    reference, out = options.data / "reference", options.data / "national"
    names = (
        "caseload",
        "newplans",
        "ceased_plans",
        "sen_needs_all_plans",
        "sen_need_newplans",
        "residential_settings",
    )
    files = {name: read_sen2(options.source, name) for name in names}
    settings_map, settings = read_settings_map(reference), read_settings(reference)
    stocks = {
        period: january_stock(files["caseload"], settings_map, period)
        for period in (JANUARY_2024, JANUARY_2025)
    }
    residential = residential_shares(files["residential_settings"], stocks, settings_map)
    base = build_base(files, settings_map, settings, residential, stocks)
    population = england_population(options.source, options.england_population, (2022, 2023, 2024))
    population[2021] = population[2022]

    published = new_plans_by_published_age(
        files["newplans"], settings_map, FLOW_YEAR, corrected=True
    )
    shift = cohort_shares(new_by_cohort(published, stocks), flows.READING)
    plans, first = (
        new_plans_table(files["newplans"], settings_map, population, base, shift),
        first_settings(base),
    )
    joiners = monthly_joiners(plans, first, settings)
    rates = fit_rates(base, *exit_rates(files, settings_map, base, stocks), joiners)
    write_table(
        reference / "sen2_suppressed_rows.csv", suppressed_rows(files["caseload"], settings_map)
    )
    write_table(out / "new_plans.csv", plans)
    write_table(out / "age_shift.csv", age_shift(shift))
    write_table(out / "first_settings.csv", first)
    write_table(out / "residential_shares.csv", residential.rename_axis("age").reset_index())
    write_table(out / "needs.csv", needs_table(files, settings_map, base, stocks, shift))
    write_table(out / "exits.csv", exits_table(base, rates))
    write_table(
        out / "moved_in.csv",
        long(pd.DataFrame(rates.moved_in, index=AGES, columns=settings), "annual_rate_per_plan"),
    )
    write_table(out / "moves.csv", moves_table(base, rates))
    write_table(out / "seasonality.csv", seasonality_table())
    corrected = pd.concat(
        [
            long(base.opening, "plans").assign(year=2024),
            long(base.closing, "plans").assign(year=2025),
        ]
    )
    write_table(out / "corrected_base.csv", corrected[["year", "age", "setting", "plans"]])
    write_table(out / "net_residual.csv", net_residual(base, rates, joiners))
    write_table(out / "recording_difference.csv", recording_difference(files))
    write_table(out / "cohort_check.csv", cohort_check(files["caseload"], settings_map))
    write_table(out / "held_by_setting.csv", held_rows(files["caseload"], settings_map))
    write_table(out / "closure_of_readings.csv", closure_of_readings(files, settings_map, stocks))


if __name__ == "__main__":
    main()
