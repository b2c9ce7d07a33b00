"""What the money files say of one authority, and what of it was known on a January."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from model.importing.published_tables import read_published_table

OUTTURN_KNOWN_AFTER: Final = 2
"""Outturn and balances of a financial year come out in the winter after it: of 2021-22 by January 2023."""

BLOCK_COLUMNS: Final = {
    "high_needs": (
        "high_needs_block_before_deductions_gbp",
        "high_needs_block_after_deductions_gbp",
    ),
    "schools": ("schools_block_gross", "schools_block_net"),
    "central_services": ("cssb_gross", "cssb_net"),
    "early_years": ("early_years", "early_years_net"),
}
"""DSG block -> columns of the allocation before and after deductions."""

_SPENDING: Final = (
    "place_total", "place_special", "topup_maint_early", "topup_maint_primary",
    "topup_maint_secondary", "topup_maint_special", "topup_maint_ap", "topup_maint_post",
    "topup_indep_special", "topup_indep_ap", "topup_indep_post", "sen_support_inclusion",
    "ap_services", "hospital", "therapies",
)  # fmt: skip
SPENDING_YEAR: Final = 2021
"""First calendar year of the financial year of the section 251 extract."""

_POPULATION = "pop_2_18_mid2021"


@dataclass(frozen=True)
class Allocation:
    """DSG allocations of a financial year: block -> pounds before and after deductions."""

    year: int
    blocks: Mapping[str, tuple[float, float]]
    england_schools_gbp: float


@dataclass(frozen=True)
class Spending:
    """High needs spending of 2021-22 by section 251 line, pounds. `basis`: outturn or budget."""

    basis: str
    gbp: Mapping[str, float]


@dataclass(frozen=True)
class Balance:
    """Cumulative DSG deficit at the end of a financial year, pounds, positive = deficit, approximate.

    `changes`: yearly changes of all authorities in the years known, as a share of their DSG.
    `own`: the authority's deficits by year, pounds.
    """

    year: int
    deficit_gbp: float
    percent_of_dsg: float
    dsg_gbp: float
    own: Mapping[int, float]
    changes: tuple[float, ...]


@dataclass(frozen=True)
class Money:
    """The money files that were given, as read; None for one that was not."""

    allocations: pd.DataFrame | None = None
    spending: pd.DataFrame | None = None
    balances: pd.DataFrame | None = None

    def allocation(self, code: str, january: int) -> Allocation | None:
        """The latest allocation announced by a January: that of the year beginning in April at best."""
        if self.allocations is None:
            return None
        rows = self.allocations[self.allocations.year <= january].sort_values("year")
        own = rows[rows.la_code == code]
        if own.empty:
            return None
        row = own.iloc[-1]
        england = rows[(rows.la_code == "ENGLAND") & (rows.year == row.year)]
        blocks = {
            block: (float(row[gross]), float(row[net]))
            for block, (gross, net) in BLOCK_COLUMNS.items()
        }
        total = float(england.schools_block_gross.iloc[0]) if len(england) else float("nan")
        return Allocation(int(row.year), blocks, total)

    def spent(self, code: str, january: int) -> Spending | None:
        """Outturn of 2021-22 where it was known, else the budget where that was, else None."""
        if self.spending is None:
            return None
        own = self.spending[self.spending.la_code == code]
        if own.empty or january <= SPENDING_YEAR:
            return None
        basis = "outturn" if january >= SPENDING_YEAR + OUTTURN_KNOWN_AFTER else "budget"
        row = own.iloc[0]
        gbp = {name: float(row[f"s251_{basis}_2021_22_{name}_gbp"]) for name in _SPENDING}
        return None if pd.isna(list(gbp.values())).all() else Spending(basis, gbp)

    def children(self, code: str) -> float | None:
        """Population aged 2 to 18 in mid-2021 as the section 251 extract has it."""
        if self.spending is None:
            return None
        own = self.spending[self.spending.la_code == code][_POPULATION].dropna()
        return None if own.empty else float(own.iloc[0])

    def balance(self, code: str, january: int) -> Balance | None:
        """The latest balance known by a January."""
        if self.balances is None:
            return None
        known = self.balances[self.balances.year + OUTTURN_KNOWN_AFTER <= january]
        known = known.dropna(subset=["approx_cumulative_deficit_gbp_m", "total_dsg"])
        own = known[known.la_code == code].sort_values("year")
        if own.empty:
            return None
        share = known.approx_cumulative_deficit_gbp_m * 1e6 / known.total_dsg
        wide = known.assign(share=share).pivot_table(
            index="la_code", columns="year", values="share"
        )
        changes = np.diff(wide.to_numpy(dtype=float), axis=1)
        last = own.iloc[-1]
        deficits = own.approx_cumulative_deficit_gbp_m.to_numpy(dtype=float) * 1e6
        return Balance(
            int(last.year), float(deficits[-1]), float(last.cumulative_balance_pct_of_total_dsg),
            float(last.total_dsg), dict(zip(own.year.astype(int).tolist(), deficits.tolist(), strict=True)),
            tuple(changes[~np.isnan(changes)].tolist()),
        )  # fmt: skip


def read_money(allocations: Path | None, spending: Path | None, balances: Path | None) -> Money:
    """Read the money files that are there. Raises ScenarioError, see `read_published_table`."""
    return Money(
        _read_allocations(allocations) if allocations else None,
        _read_spending(spending) if spending else None,
        _read_balances(balances) if balances else None,
    )


def _read_allocations(path: Path) -> pd.DataFrame:
    columns = [column for pair in BLOCK_COLUMNS.values() for column in pair]
    table = read_published_table(
        path, ("financial_year", "la_code"), columns, "the DSG allocations"
    )
    return table.assign(year=pd.to_numeric(table.financial_year.str[:4]))


def _read_spending(path: Path) -> pd.DataFrame:
    columns = [
        f"s251_{basis}_2021_22_{name}_gbp" for basis in ("outturn", "budget") for name in _SPENDING
    ]
    return read_published_table(
        path, ("la_code",), (_POPULATION, *columns), "the section 251 extract"
    )


def _read_balances(path: Path) -> pd.DataFrame:
    table = read_published_table(
        path, ("financial_year", "la_code"),
        ("cumulative_balance_pct_of_total_dsg", "total_dsg", "approx_cumulative_deficit_gbp_m"),
        "the DSG balances",
    )  # fmt: skip
    code = table.la_code.str.removesuffix(".0")
    return table.assign(year=pd.to_numeric(table.financial_year.str[:4]), la_code=code)
