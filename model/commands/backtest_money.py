"""`backtest-money`: how well prices, income and balances of past years would have been forecast."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    import pandas as pd

    from model.commands.progress import Progress
    from model.report.backtest.money_files import MoneyBacktest


@click.command("backtest-money")
@click.option(
    "--data",
    required=True,
    type=click.Path(path_type=Path),
    help="Folder with published finance files, or one that holds them as 'finance'.",
)
@click.option("--out", type=click.Path(path_type=Path), help="Folder to make, with every forecast.")
@click.option("--draws", type=click.IntRange(100, 20000), help="Draws behind every range.")
@click.option(
    "--seed", type=click.IntRange(0), default=0, show_default=True, help="Seed of the draws."
)
def backtest_money(data: Path, out: Path | None, draws: int | None, seed: int) -> None:
    """Forecast money from each past financial year and score it against what came.

    Top-up per plan in special schools, the high needs block and the DSG balance, for every
    authority of the files, using nothing later than the year stood at. Says where there are too
    few years to conclude anything.
    """
    from model.commands.progress import Progress
    from model.report.backtest.money_files import write_money_backtest
    from model.report.run_folder import refuse_existing

    if out is not None:
        refuse_existing(out, force=False)
    with Progress(quiet=False) as progress:
        result = _scored(data, draws, seed, progress)
    _print_scores(result.summary, len(result.faults))
    if out is None:
        click.echo("Give --out FOLDER for every forecast, the faults and what the scores show.")
        return
    write_money_backtest(out, result)
    click.echo(f"Written to {out}: forecasts.csv, summary.csv, faults.csv and findings.md.")


def _scored(data: Path, draws: int | None, seed: int, progress: Progress) -> MoneyBacktest:
    from model.backtest.money.backtest import backtest_money as forecasts_of
    from model.backtest.money.findings import money_findings
    from model.backtest.money.summary import money_summary
    from model.calibration.money.settings import draw_count
    from model.history.finance import financial_year
    from model.history.read_finance import read_finance
    from model.report.backtest.money_files import MoneyBacktest

    def stage(measure: str, origin: int) -> None:
        progress.stage(f"{measure.replace('_', ' ')}, standing at {financial_year(origin)}")

    history = read_finance(data)
    forecasts = forecasts_of(history, draws or draw_count(), seed, stage)
    summary = money_summary(forecasts)
    by_origin = money_summary(forecasts, ("measure", "horizon", "origin"))
    findings = money_findings(history, forecasts, summary)
    return MoneyBacktest(forecasts, summary, by_origin, history.faults_table(), findings)


def _print_scores(summary: pd.DataFrame, faults: int) -> None:
    """Our error, the best other method's, and what our ranges held, a line by measure and horizon."""
    from rich.console import Console

    from model.backtest.settings import OUR_METHOD
    from model.commands.console import plain_table
    from model.history.finance import MEASURES

    table = plain_table(
        "Mean absolute error, % (balance: % of the DSG)",
        "ahead", "origins", "ours", "other", "of 80", "of 95", fold=True,
    )  # fmt: skip
    for measure in MEASURES:
        rows = summary[summary.measure == measure] if len(summary) else summary
        if not len(rows):
            table.add_row(measure.replace("_", " "), *["-"] * 6)
        for horizon, part in rows.groupby("horizon") if len(rows) else ():
            ours = part[part.method == OUR_METHOD].iloc[0]
            # Of methods with all of our rows: an error on fewer is of other authorities.
            others = part[(part.method != OUR_METHOD) & (part.rows == ours.rows)]
            table.add_row(
                measure.replace("_", " "), str(horizon), str(ours.origins), f"{ours.mape:.1f}",
                f"{others.mape.min():.1f}",
                f"{ours.coverage_80:.0f}", f"{ours.coverage_95:.0f}",
            )  # fmt: skip
    console = Console(markup=False, highlight=False)
    console.print(table)
    console.print(
        "Other: the best of the other methods, known only afterwards. Of 80, of 95: how many of "
        "100 that came lay in our ranges. Few years came, and the nation moves all authorities at "
        "once in each: what the ranges held says little of other years."
    )
    if faults:
        console.print(f"{faults} published figures are faults; the folder of --out lists them.")
