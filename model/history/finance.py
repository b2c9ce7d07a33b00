"""The published money of every authority, year by year, and what of it was known when."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import pandas as pd

MEASURES: Final = {
    "topup_per_plan_state_special": "Top-up per plan in state special schools, GBP a year",
    "topup_per_plan_independent_special": (
        "Top-up per plan in independent and non-maintained special schools, GBP a year"
    ),
    "high_needs_block_gross": "High needs block before deductions, GBP",
    "high_needs_block_net": "High needs block after deductions, GBP",
    "dsg_balance_share": "Cumulative DSG deficit as a share of the year's DSG, deficit positive",
}
"""What can be forecast from the published files, with its unit and sign."""

PLANS_OF: Final = {
    "topup_per_plan_state_special": "plans_state_special",
    "topup_per_plan_independent_special": "plans_independent_special",
}
"""The number of plans behind a price: how much evidence an authority's own figure is."""

DSG_TOTAL: Final = "dsg_total_gbp"
S251_YEAR: Final = 2021


@dataclass(frozen=True)
class Fault:
    """A published figure that cannot be right, or cannot be joined. `used`: what was done about it."""

    file: str
    line: int
    authority: str
    year: str
    item: str
    message: str
    published: str
    used: str


@dataclass(frozen=True)
class FinanceHistory:
    """Published money by authority (rows, the department's three-digit code) and year (columns).

    `authorities`: by code, with columns `name` and `region`. `series`: tables (authority code,
    first calendar year of the financial year), float64, NaN where nothing is published or a fault
    forbids its use: every name in `MEASURES`, the counts in `PLANS_OF` and `DSG_TOTAL`. Pounds are
    cash; a share is 0 to 1; a deficit is positive. `s251`: (authority code, column of the file)
    budget and outturn lines of 2021-22 in pounds, empty where there is no such file. `faults`: every
    figure that was found wrong or could not be joined. `sources`: file name by measure.
    """

    authorities: pd.DataFrame
    series: dict[str, pd.DataFrame]
    s251: pd.DataFrame
    faults: tuple[Fault, ...] = ()
    sources: dict[str, str] | None = None

    def known_at(self, year: int) -> FinanceHistory:
        """Nothing of a financial year that begins after `year`: the way to stand in the past.

        A year's outturn and balance are published after it ends, its allocation is announced in the
        December before it begins: `year` is the last year that has figures, not a date.
        """
        return replace(
            self,
            series={
                name: table.loc[:, table.columns.to_numpy() <= year]
                for name, table in self.series.items()
            },
            s251=self.s251 if year >= S251_YEAR else self.s251.iloc[:0],
            faults=tuple(fault for fault in self.faults if int(fault.year[:4]) <= year),
        )

    def years(self, measure: str) -> list[int]:
        """Financial years of a measure that have a figure, by first calendar year, in order."""
        table = self.series[measure]
        return [int(year) for year in table.columns[table.notna().any()]]

    def faults_table(self) -> pd.DataFrame:
        """Every fault as a table, by authority: what an importer shows."""
        columns = list(Fault.__annotations__)
        table = pd.DataFrame([vars(fault) for fault in self.faults], columns=columns)
        return table.sort_values(["authority", "year", "file", "line"], ignore_index=True)


def financial_year(first: int) -> str:
    """The financial year that begins in a calendar year.

    >>> financial_year(2021), financial_year(2099)
    ('2021-22', '2099-00')
    """
    return f"{first}-{(first + 1) % 100:02d}"
