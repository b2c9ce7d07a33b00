"""The returns of a run as one tidy table: `returns.parquet`.

One row an entry of a table of a return. Columns are described in docs/results.md.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from model.report.rounding import half_away
from model.results import Results
from model.returns.financial_summary import ACCOUNT_ROWS, GROUP_TITLES, BlockSummary
from model.returns.of_run import returns_of
from model.returns.return_table import ReturnTable
from model.version import RESULTS_VERSION

COLUMNS = (
    "version", "scenario", "return", "case", "table", "title", "row", "year", "unit", "value", "words",
)  # fmt: skip


def returns_table(results: Results) -> pd.DataFrame:
    """Every entry of every return: `value`, or `words` where there is no number."""
    found = returns_of(results)
    rows: list[dict[str, object]] = []
    years = [str(year) for year in results.draws["year"].to_numpy()] if (
        "year" in results.draws.coords
    ) else []  # fmt: skip
    if found is not None:
        for case in found.management:
            rows.extend(_entries("management_plan", case, found.management[case]))
            rows.extend(_money(case, found.blocks[case], years))
            rows.extend(_entries("reform_plan", case, found.reform[case]))
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    table["version"] = RESULTS_VERSION
    table["scenario"] = results.scenario.name
    table["value"] = table["value"].astype(float)
    return table


def _entries(name: str, case: str, tables: list[ReturnTable]) -> Iterator[dict[str, object]]:
    for table in tables:
        for row in table.rows:
            for year, entry in zip(table.years, row.entries, strict=True):
                words = entry if isinstance(entry, str) else ""
                if words and row.why:
                    words = f"{words}: {row.why}"
                yield {
                    "return": name,
                    "case": case,
                    "table": table.number,
                    "title": table.title,
                    "row": row.title,
                    "year": year,
                    "unit": table.unit,
                    "value": None if isinstance(entry, str) else float(entry),
                    "words": words,
                }


def _money(case: str, blocks: list[BlockSummary], years: list[str]) -> Iterator[dict[str, object]]:
    """The financial summary, whole pounds."""
    for block in blocks:
        listed = [(row, block.account[row]) for row in ACCOUNT_ROWS]
        listed += [(f"spend: {title}", values) for title, values in zip(
            GROUP_TITLES, block.by_group, strict=True
        )]  # fmt: skip
        for title, values in listed:
            for year, value in zip(years, values, strict=True):
                yield {
                    "return": "management_plan",
                    "case": case,
                    "table": "financial summary",
                    "title": block.block,
                    "row": title,
                    "year": year,
                    "unit": "GBP",
                    "value": half_away(float(value)),
                    "words": "",
                }
