"""A folder of small finance files in the published layouts, of invented authorities."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from model.history.finance_files import (
    ALLOCATIONS,
    BALANCES,
    PRICES,
    S251,
    S251_INCOME,
    S251_TOTALS,
    FinanceFile,
)

NAMES = {
    "101": "Northham",
    "102": "Southham, City of",
    "103": "Eastham",
    "104": "Westham",
    "105": "Midham",
}
"""Code -> name as the allocations write it."""

OTHER_NAMES = {"102": "Southham", "104": "Westham Borough"}
"""Names as the other files write them."""

FILE_NAMES = {
    ALLOCATIONS: "hnb_allocations_by_la_2019-20_to_2023-24.csv",
    BALANCES: "dsg_cumulative_balance_2019-20_to_2021-22.csv",
    PRICES: "special_topup_unit_cost_2018-19_to_2021-22.csv",
    S251: "s251_high_needs_2021-22.csv",
}


def year(first: int) -> str:
    return f"{first}-{(first + 1) % 100:02d}"


def allocations() -> pd.DataFrame:
    """High needs grow by a tenth a year from 10m x the last digit of the code; 1m is deducted."""
    rows = []
    for first in range(2019, 2024):
        own = []
        for code, name in NAMES.items():
            block = round(1e7 * int(code[-1]) * 1.1 ** (first - 2019))
            gross = [9 * block, 1_000, block, block]
            net = [8 * block, 1_000, block - 1_000_000, block]
            own.append([year(first), code, name, *gross, sum(gross), *net, sum(net)])
        nation = [sum(row[column] for row in own) for column in range(3, 13)]
        rows += [[year(first), "ENGLAND", "England", *nation], *own]
    columns = ["financial_year", "la_code", "la_name", *ALLOCATIONS.numbers]
    return pd.DataFrame(rows, columns=columns)


def balances() -> pd.DataFrame:
    """Deficits of 1, 2, 3 percent of a DSG of 100m for the first authority, surpluses for the second."""
    rows = []
    for step, first in enumerate(range(2019, 2022)):
        for code, name in NAMES.items():
            percent = (-1 if code != "102" else 1) * (step + int(code[-1]))
            deficit = -percent / 100 * 1e8 / 1e6
            rows.append(
                [year(first), code, OTHER_NAMES.get(code, name), "Here", percent, 1e8, deficit]
            )
    columns = [
        "financial_year", "la_code", "la_name", "region_name",
        "cumulative_balance_pct_of_total_dsg", "total_dsg", "approx_cumulative_deficit_gbp_m",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def prices() -> pd.DataFrame:
    """State 15,000 and independent 60,000 in 2018-19, plus code, growing by 2, 3 and 4 percent."""
    rows = []
    for first, factor in zip(
        range(2018, 2022), (1.0, 1.02, 1.02 * 1.03, 1.02 * 1.03 * 1.04), strict=True
    ):
        for code, name in NAMES.items():
            spends, counts = [], []
            for category, base, n in (
                ("State", 15_000, 400),
                ("Independent or non-maintained", 60_000, 100),
            ):
                plans = n * int(code[-1])
                spend = round((base + int(code)) * factor * plans)
                spends.append(spend)
                counts.append(plans)
                rows.append([code, name, category, first, spend, plans])
            rows.append([code, name, "Total", first, sum(spends), sum(counts)])
    return pd.DataFrame(
        [
            [OTHER_NAMES.get(code, name), "Here", category, year(first), spend, first + 1, n, round(spend / n)]
            for code, name, category, first, spend, n in rows
        ],
        columns=[
            "la_name", "region", "category", "year", "total_spend", "jan_year", "n",
            "derived_topup_spend_per_ehcp_gbp",
        ],
    )  # fmt: skip


def s251() -> pd.DataFrame:
    """Every line 1,000, income too, and every total what its lines add up to, less income it is net of."""
    table = pd.DataFrame(
        {"region": "HERE ", "la_code": list(NAMES), "la_name": list(NAMES.values())}
    )
    for column in S251.numbers:
        table[column] = 1_000.0
    table["ehcp_total_jan2021"] = 7_000.0
    for total, parts in S251_TOTALS.items():
        table[total] = 1_000.0 * (len(parts) - (total in S251_INCOME))
    return table


def tables() -> dict[FinanceFile, pd.DataFrame]:
    return {ALLOCATIONS: allocations(), BALANCES: balances(), PRICES: prices(), S251: s251()}


def write_finance(
    folder: Path, change: Callable[[dict[FinanceFile, pd.DataFrame]], object] = lambda tables: None
) -> Path:
    """The folder with all four files, after `change` has had the tables as text."""
    texts = {file: table.astype(object) for file, table in tables().items()}
    change(texts)
    folder.mkdir(parents=True, exist_ok=True)
    for file, table in texts.items():
        table.to_csv(folder / FILE_NAMES[file], index=False)
    return folder
