"""`hn-forecast run`: a scenario to a workbook and tables in a new folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from model.commands.console import figure, percent, plain_table, thousands
from model.commands.exits import EXIT_CHECKS
from model.commands.progress import Progress
from model.commands.scenario_file import scenario_file

if TYPE_CHECKING:
    from rich.console import Console

    from model.checks import CheckResult
    from model.results import Results
    from model.scenario.load import LoadedScenario

SLOW_SECONDS = 10
"""From here on somebody waits, and is told what took the time."""


@click.command()
@click.argument("scenario")
@click.option("--draws", type=click.IntRange(1, 100_000), help="Number of draws (scenario's own).")
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), help="Seed (scenario's own).")
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the results (a new one).")
@click.option("--force", is_flag=True, help="Replace the results in an existing --out folder.")
@click.option("--jobs", type=click.IntRange(1, 64), help="Threads (as many as processors).")
@click.option("--no-chance", is_flag=True, help="Expected values instead of whole-plan chance.")
@click.option(
    "--study-draws",
    type=click.IntRange(0, 100_000),
    help="Draws for what mitigations, delays and nurture groups are worth (128; 0 for none).",
)
@click.option("--json", "as_json", is_flag=True, help="Print the headline as JSON.")
def run(
    scenario: str,
    draws: int | None,
    seed: int | None,
    out: Path | None,
    force: bool,
    jobs: int | None,
    no_chance: bool,
    study_draws: int | None,
    as_json: bool,
) -> int:
    """Run SCENARIO and write a workbook and tables to a new folder."""
    import os
    import time

    from model.report.run_folder import (
        Asked,
        command_line,
        default_folder,
        now,
        refuse_existing,
        run_id,
    )
    from model.scenario.effective import effective_text
    from model.scenario.load import load

    started = time.perf_counter()
    path = scenario_file(scenario)
    seen = refuse_existing(out, force=force) if out is not None else None
    if out is None:
        refuse_existing(Path("runs") / "new", force=False)
    loaded = load(path)
    loading = time.perf_counter() - started
    from model.report.make_run import make_run

    count = jobs or os.cpu_count() or 1
    with Progress(quiet=as_json) as progress:
        made = make_run(
            loaded,
            draws=draws,
            seed=seed,
            chance=not no_chance,
            study_draws=study_draws,
            jobs=count,
            shown=progress,
        )
        results, seconds = made.results, {"load": loading, **made.seconds}
        progress.stage("Writing the workbook and tables")
        from model.report.write_run import WORKBOOK, write_run

        asked = Asked(now(), command_line(), path.name, loaded.hashes)
        identity = run_id(results, effective_text(loaded), loaded.tables)
        folder = out or default_folder(Path(), loaded.scenario.name, asked.created, identity)
        write_run(
            folder,
            results,
            loaded,
            made.studies,
            asked,
            jobs=count,
            seconds=seconds,
            # What was not there before the work is not replaced.
            force=seen is not None,
            seen=seen,
        )
    from model.checks import all_passed, check_results

    checks = check_results(results)
    passed = all_passed(checks)
    if as_json:
        _print_json(results, folder, identity, checks)
    else:
        _print_headline(results)
        _print_notes(results, loaded, checks)
        click.echo(f"Results    {folder}")
        click.echo(f"Workbook   {folder / WORKBOOK}")
        took = time.perf_counter() - started
        click.echo(f"{results.draw_count:,} draws in {took:.1f} s, run id {identity}")
        if seconds["studies"] > took / 2 and took > SLOW_SECONDS:
            click.echo(
                f"{seconds['studies']:.0f} s of it are studies; --study-draws 0 leaves them out."
            )
    if not passed:
        for check in checks:
            if not check.passed and check.kind != "notice":
                click.echo(
                    f"CHECK FAILED  {check.name}: {check.difference:,.2f} {check.unit}", err=True
                )
        return EXIT_CHECKS
    return 0


def _print_json(results: Results, folder: Path, identity: str, checks: list[CheckResult]) -> None:
    import json

    from model.checks import all_passed
    from model.report.headline import headline_json
    from model.report.write_run import WORKBOOK

    click.echo(
        json.dumps(
            {
                "run_id": identity,
                "folder": str(folder),
                "workbook": str(folder / WORKBOOK),
                "draws": results.draw_count,
                "seed": results.seed,
                "checks_passed": all_passed(checks),
                "look_at": [c.name for c in checks if c.kind == "notice" and not c.passed],
                "headline": headline_json(results),
            },
            indent=2,
        )
    )


def _print_headline(results: Results) -> None:
    from rich.console import Console

    from model.report.headline import headline

    rows = headline(results)
    scenario = results.scenario
    console = Console(markup=False, highlight=False)
    title = scenario.title + (" (an invented authority)" if scenario.invented else "")
    console.print(
        title if title.startswith(scenario.authority) else f"{scenario.authority}: {title}"
    )
    if scenario.what_if:
        console.print(f"A what-if put to {scenario.extends}: lines keep its anchors.")
    if not rows:
        there = "plans and spending" if scenario.funding is not None else "plans"
        console.print(f"This scenario has no account; see the workbook for {there}.")
        _print_plans(console, results)
        return
    console.print("GBP thousand; a deficit is positive, a surplus negative.")
    in_year = plain_table("In-year deficit", "mean", "10 %", "50 %", "90 %")
    targets = any(row.target is not None for row in rows)
    cumulative = plain_table(
        "Cumulative deficit before any DfE support",
        *("mean", "10 %", "50 %", "90 %", *(("target", "on trajectory") if targets else ())),
    )
    for row in rows:
        in_year.add_row(
            row.financial_year,
            *map(thousands, (row.in_year_mean, row.in_year_p10, row.in_year_p50, row.in_year_p90)),
        )
        target = thousands(row.target) if row.target is not None else "-"
        against = (target, percent(row.probability_on_trajectory)) if targets else ()
        cumulative.add_row(
            row.financial_year,
            thousands(row.cumulative_without_support_mean),
            thousands(row.cumulative_without_support_p10),
            thousands(row.cumulative_without_support_p50),
            thousands(row.cumulative_without_support_p90),
            *against,
        )
    console.print(in_year)
    console.print(cumulative)
    console.print("Means add up; percentiles do not.")


def _print_plans(console: Console, results: Results) -> None:
    """Plans, waiting and the 20 weeks of a scenario without money."""
    from model.sensitivity.targets import TARGETS, years_of

    asked = [TARGETS[name] for name in ("plans", "new_plans", "waiting", "share_in_20_weeks")]
    there = [target for target in asked if target.there(results.draws)]
    if not there:
        return
    titles = {
        "plans": "plans",
        "new_plans": "new plans",
        "waiting": "waiting",
        "share_in_20_weeks": "20 weeks",
    }
    table = plain_table(
        "Means over draws, plans and waiting at 31 March", *(titles[one.name] for one in there)
    )
    for year in years_of(there[0], results.draws):
        means = [float(one.of(results.draws, year).mean()) for one in there]
        table.add_row(
            year,
            *(figure(mean, one, unit=False) for mean, one in zip(means, there, strict=True)),
        )
    console.print(table)


def _print_notes(results: Results, loaded: LoadedScenario, checks: list[CheckResult]) -> None:
    """The published first year beside the model's, the mitigations, and what to look at."""
    from model.mitigation.delivery import mitigation_case
    from model.report.starter import uses_demo_population

    published = results.published
    if published is not None:
        model_view = float(results.central["in_year_deficit"][0])
        click.echo(
            f"First year in-year deficit: published basis {thousands(published.views.in_year[0, 0])}k, "
            f"model view {thousands(model_view)}k (central run)"
        )
    click.echo(f"Mitigations: {mitigation_case(results.scenario)}")
    if uses_demo_population(loaded):
        click.echo("Look at: the population table is still Demoshire's, an invented authority.")
    for check in checks:
        if check.kind == "notice" and not check.passed:
            click.echo(f"Look at: {check.name}. {check.note}".rstrip())
