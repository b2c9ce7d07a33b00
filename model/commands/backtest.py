"""`backtest`: how right forecasts would have been, standing at earlier Januaries."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from model.commands.progress import Progress

if TYPE_CHECKING:
    from model.history.history import History


FEW_AUTHORITIES = 10
"""Below this many an interval over authorities says nothing."""


class Span(click.ParamType[tuple[int, ...]]):
    """Whole numbers as `2019..2023`, `1..3`, `2019,2021` or one number."""

    name = "span"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[int, ...]:
        """The numbers in order. Fails on anything else."""
        if isinstance(value, tuple):
            return value
        if re.fullmatch(r"\d+\.\.\d+", value):
            first, last = (int(part) for part in value.split(".."))
            if first <= last:
                return tuple(range(first, last + 1))
        elif re.fullmatch(r"\d+(,\d+)*", value):
            return tuple(sorted({int(part) for part in value.split(",")}))
        return self.fail(f"{value!r} is no span of whole numbers; write 2019..2023 or 2019,2021")


@click.command()
@click.option(
    "--data",
    "folder",
    required=True,
    type=click.Path(path_type=Path),
    help="Folder with the department's files (sen2, tidy and finance in it, or the files themselves).",
)
@click.option(
    "--origins",
    type=Span(),
    default="2019..2023",
    show_default=True,
    help="Januaries to stand at: 2019..2023 or 2019,2021.",
)
@click.option("--horizons", type=Span(), default="1..3", show_default=True, help="Years ahead.")
@click.option("--authorities", help="Names parted by semicolons; all without it.")
@click.option(
    "--methods",
    help="Simple methods to score against besides the benchmark, parted by commas (such as naive,national_growth); all without it.",
)
@click.option(
    "--draws",
    type=click.IntRange(100, 20_000),
    default=500,
    show_default=True,
    help="Number of draws.",
)
@click.option(
    "--seed", type=click.IntRange(0, 2**63 - 1), default=1, show_default=True, help="Seed."
)
@click.option(
    "--out", type=click.Path(path_type=Path), help="New folder (backtests/... without it)."
)
@click.option("--quiet", is_flag=True, help="No progress line.")
def backtest(
    folder: Path,
    origins: tuple[int, ...],
    horizons: tuple[int, ...],
    authorities: str | None,
    methods: str | None,
    draws: int,
    seed: int,
    out: Path | None,
    quiet: bool,
) -> None:
    """Forecast from each ORIGIN with what was known then, and score it against what came.

    Writes every forecast, ours and those of simple methods, summaries and charts. See docs/skill.md.
    """
    from datetime import datetime

    from model.backtest.plans import backtest_plans, measures
    from model.history.read_history import read_history
    from model.report.backtest.write import write_backtest
    from model.report.run_folder import FolderError

    target = out or Path("backtests") / datetime.now().strftime("%Y%m%d-%H%M%S")
    if target.exists():
        raise FolderError(f"{target} exists; name another folder")
    history = read_history(folder)
    names = _names(authorities, history)
    rivals = _rivals(methods)
    _refuse_origins(folder, history, origins, horizons)
    with Progress(quiet=quiet) as line:
        table = backtest_plans(
            history, origins, horizons, draws=draws, seed=seed, authorities=names,
            methods=rivals,
            progress=line.origins,
        )  # fmt: skip
    write_backtest(
        target,
        table,
        counts={measure.name: measure.counts for measure in measures(history)},
        region_of=history.authorities.region,
        seed=seed,
    )
    _print_summary(table, seed)
    gaps = history.gaps()
    if gaps:
        click.echo(f"Look at: {folder} has no {', '.join(gaps)}; forecasts lean on what is left.")
    few = table[table["measure"] == "plans"]["authority"].nunique()
    if few < FEW_AUTHORITIES:
        click.echo(
            f"Look at: {few} {'authority' if few == 1 else 'authorities'}, a few forecasts each: such scores "
            "prove nothing. docs/skill.md has those of all."
        )
    click.echo(f"Forecasts  {target / 'forecasts.csv'}")
    click.echo(f"Summary    {target / 'summary.md'}")


def _names(authorities: str | None, history: History) -> list[str] | None:
    """Names asked for. Raises ScenarioError for one that no file has."""
    if authorities is None:
        return None
    from model.scenario.problems import Problem, ScenarioError, did_you_mean

    names = [name.strip() for name in authorities.split(";") if name.strip()]
    known = [str(name) for name in history.names[history.authorities.unchanged]]
    problems = [
        Problem(
            "--authorities", None, "", "no authority of this name, or its boundaries changed",
            found=name, expected="names as the department writes them, parted by semicolons",
            hint=did_you_mean(name, known),
        )
        for name in names
        if name not in known
    ]  # fmt: skip
    if problems or not names:
        raise ScenarioError(
            problems or [Problem("--authorities", None, "", "no name given", expected="a name")]
        )
    return names


def _rivals(methods: str | None) -> list[str] | None:
    """Simple methods asked for. Raises ScenarioError for one that is not known."""
    if methods is None:
        return None
    from model.backtest.simple_methods.forecasts import METHODS
    from model.scenario.problems import Problem, ScenarioError, did_you_mean

    names = [name.strip() for name in methods.split(",") if name.strip()]
    problems = [
        Problem(
            "--methods", None, "", "no simple method of this name", found=name,
            expected=", ".join(METHODS), hint=did_you_mean(name, METHODS),
        )
        for name in names
        if name not in METHODS
    ]  # fmt: skip
    if problems:
        raise ScenarioError(problems)
    return names


def _refuse_origins(
    folder: Path, history: History, origins: tuple[int, ...], horizons: tuple[int, ...]
) -> None:
    from model.scenario.problems import Problem, ScenarioError

    known = history.januaries
    problems = []
    if min(horizons) < 1 or max(horizons) > 10:
        problems.append(
            Problem(
                "--horizons",
                None,
                "",
                "years ahead out of range",
                found=str(horizons),
                expected="1 to 10",
            )
        )
    problems += [
        Problem(
            "--origins", None, "", f"nothing to stand on or to score from January {origin}",
            found=f"{folder} has January {known[0]} to {known[-1]}",
            expected=f"an origin up to January {known[-1] - min(horizons)}",
        )
        for origin in origins
        if origin not in known or origin + min(horizons) > known[-1]
    ]  # fmt: skip
    if problems:
        raise ScenarioError(problems)


def _print_summary(table: Any, seed: int) -> None:
    from rich.console import Console

    from model.backtest.settings import OUR_METHOD, title_of
    from model.backtest.summary import benchmark_ratios, method_summary
    from model.commands.console import plain_table

    console = Console(width=100)
    plans = table[table["measure"] == "plans"]
    scores = method_summary(plans)
    for horizon in sorted({int(ahead) for ahead in scores["horizon"]}):
        rows = scores[scores["horizon"] == horizon].to_dict("records")
        shown = plain_table(
            f"Plans in force, {horizon} year{'s' if horizon > 1 else ''} ahead",
            "MAPE %", "median %", "bias %", "CRPS %", "in 80 %", "in 95 %", "rows", fold=True,
        )  # fmt: skip
        for row in rows:
            ours = row["method"] == OUR_METHOD
            shown.add_row(
                title_of(row["method"]),
                f"{row['mape']:.2f}",
                f"{row['median_ape']:.2f}",
                f"{row['bias']:+.2f}",
                f"{row['crps_percent']:.2f}",
                f"{row['coverage_80']:.0f}",
                f"{row['coverage_95']:.0f}",
                f"{row['rows']:,}",
                style="bold" if ours else None,
            )
        console.print(shown)
    ratios = plain_table(
        "MAPE against the benchmark's, 95 % over authorities", "ratio", "low", "high"
    )
    if plans["authority"].nunique() < FEW_AUTHORITIES:
        return
    for row in benchmark_ratios(plans, seed=seed).to_dict("records"):
        ends = (f"{row[end]:.3f}" for end in ("ratio", "low", "high"))
        ratios.add_row(f"years ahead: {row['horizons']}", *ends)
    console.print(ratios)
