"""The folder of a backtest of money: every forecast, the summary, the faults and what they show."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from model.report.run_folder import write_folder


@dataclass(frozen=True)
class MoneyBacktest:
    """What is written: `forecasts` tidy, `summary` by measure and horizon, `by_origin`, `faults`, and
    `findings` as Markdown."""

    forecasts: pd.DataFrame
    summary: pd.DataFrame
    by_origin: pd.DataFrame
    faults: pd.DataFrame
    findings: str


def write_money_backtest(folder: Path, backtest: MoneyBacktest) -> None:
    """Write a new folder whole or not at all. Raises FolderError where it cannot be written."""

    def write(partial: Path) -> None:
        for name, table, decimals in (
            ("forecasts", backtest.forecasts, 6),
            ("summary", backtest.summary, 4),
            ("summary_by_origin", backtest.by_origin, 4),
            ("faults", backtest.faults, 2),
        ):
            table.to_csv(
                partial / f"{name}.csv",
                index=False,
                float_format=f"%.{decimals}f",
                lineterminator="\n",
            )
        (partial / "findings.md").write_text(backtest.findings, encoding="utf-8", newline="\n")

    write_folder(folder, write, force=False)
