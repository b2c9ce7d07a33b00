"""Published figures that cannot be right but stop nothing: each is listed, and what was done about it."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from model.history.finance import Fault
from model.history.finance_files import CATEGORIES, S251_INCOME, S251_PLANS, S251_TOTALS
from model.history.finance_rules import FinanceRules
from model.history.finance_table import LINE

PRICE = "derived_topup_spend_per_ehcp_gbp"


def faults_at(
    file: str,
    rows: pd.DataFrame,
    item: Iterable[str],
    message: Iterable[str],
    published: Iterable[str],
    used: str,
) -> list[Fault]:
    """A fault for each of the rows of a file, with its own item, message and published figure."""
    return [
        Fault(file, int(line), str(name), str(year), what, why, figure, used)
        for line, name, year, what, why, figure in zip(
            rows[LINE], rows.la_name, rows.year_text, item, message, published, strict=True
        )
    ]


def pounds(figures: pd.Series) -> list[str]:
    """Figures as people read them: whole, with commas; nothing where there is none."""
    return ["" if pd.isna(figure) else f"{figure:,.0f}" for figure in figures]


def price_faults(
    file: str, table: pd.DataFrame, rules: FinanceRules
) -> tuple[pd.Series, list[Fault]]:
    """Which rows hold a price too far from the median authority of the same year and category.

    Only the year itself is looked at, so that nothing later decides. Returns a mask (row,), and the
    faults. Categories that do not add up to their total are listed as well.
    """
    median = table.groupby(["first_year", "category"])[PRICE].transform("median")
    ratio = table[PRICE] / median
    wrong = (ratio > rules.most_price_ratio) | (ratio < 1 / rules.most_price_ratio)
    rows = table[wrong]
    message = [
        f"{times:.2f} times the median authority of {middle:,.0f}: spend and plans cannot be of the "
        "same pupils"
        for times, middle in zip(ratio[wrong], median[wrong], strict=True)
    ]
    item = "top-up per plan, " + rows.category
    faults = faults_at(file, rows, item, message, pounds(rows[PRICE]), "not used")
    return wrong, faults + _category_faults(file, table)


def _category_faults(file: str, table: pd.DataFrame) -> list[Fault]:
    """Totals of both kinds of special schools that are not their sum, where all three are given."""
    faults: list[Fault] = []
    state, independent, both = CATEGORIES
    totals = table[table.category == both]
    index = pd.MultiIndex.from_frame(totals[["la_name", "year_text"]])
    for column, item in (("total_spend", "spend"), ("n", "plans")):
        parts = [
            table[table.category == part].set_index(["la_name", "year_text"])[column].reindex(index)
            for part in (state, independent)
        ]
        gap = totals[column].to_numpy() - parts[0].to_numpy() - parts[1].to_numpy()
        rows = totals[abs(gap) > 1]
        message = [
            f"the two categories differ from the total by {difference:,.0f}"
            for difference in gap[abs(gap) > 1]
        ]
        items = [f"{item}, all special schools"] * len(rows)
        faults += faults_at(
            file, rows, items, message, pounds(rows[column]), "the categories as published"
        )
    return faults


def s251_faults(file: str, table: pd.DataFrame, rules: FinanceRules) -> list[Fault]:
    """Totals of top-up that their lines do not add up to, plans that do not add up, lines below nil."""
    faults: list[Fault] = []
    for total, parts in {**S251_TOTALS, S251_PLANS[0]: S251_PLANS[1:]}.items():
        tolerance = 0 if total in S251_PLANS else rules.footing_tolerance_gbp
        income = table[S251_INCOME[total]] if total in S251_INCOME else 0.0
        gap = table[list(parts)].sum(axis=1, min_count=len(parts)) - income - table[total]
        rows = table[gap.abs() > tolerance]
        message = [_footing(difference) for difference in gap[rows.index]]
        items = [total] * len(rows)
        faults += faults_at(file, rows, items, message, pounds(rows[total]), "both as published")
    for column in [str(name) for name in table if str(name).startswith("s251_")]:
        rows = table[table[column] < 0]
        items, message = [column] * len(rows), ["spending below nil"] * len(rows)
        faults += faults_at(file, rows, items, message, pounds(rows[column]), "as published")
    return faults


def _footing(gap: float) -> str:
    """How far lines are from their total, and what is the likely reason where nothing is wrong."""
    if gap > 0:
        return f"its lines exceed it by {gap:,.0f}: income that the file does not give, perhaps"
    return f"its lines fall short of it by {-gap:,.0f}: lines that the file leaves out, perhaps"
