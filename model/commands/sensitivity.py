"""`hn-forecast sensitivity`: which uncertain inputs drive a figure."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from model.commands.console import figure, nearest, percent, plain_table
from model.commands.progress import Progress
from model.commands.scenario_file import scenario_file

if TYPE_CHECKING:
    from model.sensitivity.first_order import Index
    from model.sensitivity.study import Sensitivity


@click.command()
@click.argument("scenario")
@click.option(
    "--target", default=None, help="What to explain (the cumulative deficit; --targets lists them)."
)
@click.option("--year", default=None, help="Financial year, such as 2027-28 (the last).")
@click.option("--draws", type=click.IntRange(1, 100_000), help="Number of draws (scenario's own).")
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), help="Seed (scenario's own).")
@click.option("--jobs", type=click.IntRange(1, 64), help="Threads (as many as processors).")
@click.option("--top", type=click.IntRange(1, 1000), default=12, help="Inputs to print (12).")
@click.option(
    "--csv", "csv_file", type=click.Path(path_type=Path), help="Write every input to a CSV file."
)
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@click.option(
    "--targets", "list_targets", is_flag=True, help="List what can be explained, and stop."
)
def sensitivity(
    scenario: str,
    target: str | None,
    year: str | None,
    draws: int | None,
    seed: int | None,
    jobs: int | None,
    top: int,
    csv_file: Path | None,
    as_json: bool,
    list_targets: bool,
) -> int:
    """Say which uncertain inputs of SCENARIO drive a figure: swings and shares of its variance."""
    import os

    from model.report.asked_file import refuse_unwritable, write_text
    from model.sensitivity.targets import TARGETS

    if list_targets:
        for item in TARGETS.values():
            click.echo(f"{item.name:<22}{item.title}")
        return 0
    if target is not None and target not in TARGETS:
        raise click.BadParameter(nearest(target, TARGETS), param_hint="--target")
    from model.scenario.load import load

    loaded = load(scenario_file(scenario))
    if csv_file is not None:
        refuse_unwritable(csv_file)
    from model.run import run as run_scenario
    from model.sensitivity.study import sensitivity as study
    from model.sensitivity.targets import targets_of, usual_target, years_of

    count = jobs or os.cpu_count() or 1
    with Progress(quiet=as_json) as progress:
        results = run_scenario(loaded, draws=draws, seed=seed, jobs=count, progress=progress.draws)
        chosen = TARGETS[target] if target is not None else usual_target(results.draws)
        if chosen is None:
            raise click.UsageError("This scenario has no deficit, spending or plans to explain.")
        if not chosen.there(results.draws):
            known = ", ".join(targets_of(results.draws))
            raise click.BadParameter(
                f"this scenario has no {chosen.title.lower()}; it has {known}",
                param_hint="--target",
            )
        years = years_of(chosen, results.draws)
        if year is not None and year not in years:
            raise click.BadParameter(
                f"{year}; expected one of {', '.join(years)}", param_hint="--year"
            )
        progress.stage("What drives it")
        found = study(results, chosen, year or years[-1], jobs=count, progress=progress.runs)
    table = found.to_frame()
    if csv_file is not None:
        write_text(csv_file, table.to_csv(index=False))
    if as_json:
        import json

        click.echo(json.dumps(found.as_dict(), indent=2))
    else:
        _print_sensitivity(found, top)
        if csv_file is not None:
            click.echo(f"All {len(table)} inputs  {csv_file}")
    return 0


def _interval(index: Index) -> str:
    """A share of variance with the interval that says how well it is known."""
    low, value, high = (
        min(max(round(100 * x), 0), 100) for x in (index.low, index.value, index.high)
    )
    return f"{value} % ({low}-{high})"


def _folded(path: str) -> str:
    """A path on lines that end where one of its steps does."""
    lines, width = [""], 36
    for step in re.split(r"(?<=[.\]])|(?= and )", path):
        if lines[-1] and len(lines[-1]) + len(step) > width:
            lines.append("")
        lines[-1] += step
    return "\n".join(lines)


def _print_sensitivity(found: Sensitivity, top: int) -> None:
    """The inputs with the largest swings, and what decides the trajectory."""
    from rich.console import Console

    from model.report.workbook.sensitivity import accuracy

    console = Console(markup=False, highlight=False)
    console.print(f"{found.target.title} in {found.year}: mean {figure(found.mean, found.target)}")
    console.print(f"{found.swung.title} in the central run: {figure(found.central, found.swung)}")
    shown = found.drivers[:top]
    totals = any(driver.total is not None for driver in shown)
    headings = ["at low", "at high", "alone (p5-p95)", *(["with others"] if totals else [])]
    what = "the deficit" if found.decides else "it"
    table = plain_table(f"One input at a time: where {what} comes to", *headings, fold=True)
    for driver in shown:
        swing, first = driver.swing, driver.first
        row = [
            _folded(driver.group.title),
            figure(swing.low, found.swung, unit=False),
            figure(swing.high, found.swung, unit=False),
            "-" if first is None else _interval(first),
        ]
        if totals:
            row.append("-" if driver.total is None else percent(driver.total))
        table.add_row(*row)
    console.print(table)
    for driver in shown:
        if len(driver.group.entries) > 1:
            others = ", ".join(entry.path for entry in driver.group.entries[1:])
            console.print(f"Tied to {driver.group.entries[0].path}: {others}")
    for sentence in accuracy(found):
        console.print(sentence)
    if found.decides:
        decides = plain_table("Decides alone", "of draws", "on at low", "on at high", fold=True)
        for item in found.decides[:top]:
            decides.add_row(
                _folded(item.group.title),
                percent(item.share),
                percent(item.on_at_low),
                percent(item.on_at_high),
            )
        console.print(decides)
