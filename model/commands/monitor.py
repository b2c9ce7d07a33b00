"""`hn-forecast monitor`: actuals of a month beside budget and forecast, and the outturn given them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from model.commands.console import plain_table, thousands
from model.commands.exits import EXIT_CHECKS
from model.commands.progress import Progress
from model.commands.scenario_file import scenario_file

if TYPE_CHECKING:
    from rich.console import Console

    from model.monitor.monitoring import LineMonitored, Monitoring
    from model.report.workbook.run_facts import About
    from model.results import Results
    from model.scenario.load import LoadedScenario

FEW_DRAWS = 200
"""Below this many draws a range is rough."""
BEYOND_BELIEF = 6.0
"""Standard deviations from which a slip in the file is likelier than the actual."""
_PENNY = 0.01


@click.command()
@click.argument("scenario")
@click.option(
    "--actuals",
    required=True,
    type=click.Path(path_type=Path),
    help="Actuals by budget line: .xlsx or .csv.",
)
@click.option(
    "--month",
    required=True,
    type=click.IntRange(1, 12),
    help="Months closed: 1 for April to 12 for March of the scenario's first year.",
)
@click.option(
    "--activity", type=click.Path(path_type=Path), help="Volumes and unit costs: .xlsx or .csv."
)
@click.option(
    "--unit",
    type=click.Choice(["pounds", "thousands"]),
    help="Unit of the actuals where their headings do not say.",
)
@click.option("--out", type=click.Path(path_type=Path), help="Write a workbook (a new .xlsx).")
@click.option("--draws", type=click.IntRange(30, 100_000), help="Number of draws (scenario's own).")
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), help="Seed (scenario's own).")
@click.option("--jobs", type=click.IntRange(1, 64), help="Threads (as many as processors).")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def monitor(
    scenario: str,
    actuals: Path,
    month: int,
    activity: Path | None,
    unit: str | None,
    out: Path | None,
    draws: int | None,
    seed: int | None,
    jobs: int | None,
    as_json: bool,
) -> int:
    """Set the ACTUALS of a month beside SCENARIO's budget, and forecast the outturn given them.

    See docs/monitor.md for the file of actuals.
    """
    import os

    from model.monitor.read_activity import read_activity
    from model.monitor.read_actuals import read_actuals
    from model.report.asked_file import refuse_no_workbook, write_file
    from model.scenario.load import load
    from model.scenario.problems import Problem, ScenarioError

    path = scenario_file(scenario)
    if out is not None:
        refuse_no_workbook(out)
    loaded = load(path)
    if loaded.scenario.funding is None:
        message = "the scenario has no budget lines, so there is nothing to monitor"
        raise ScenarioError([Problem(path.name, None, "funding", message)])
    read, activities = read_actuals(_beside(path, actuals), loaded.scenario, month, unit)
    if activity is not None:
        activities = read_activity(_beside(path, activity), loaded.scenario)
    from model.checks import all_passed, check_results
    from model.monitor.monitoring import monitor as monitor_month
    from model.run import run as run_scenario

    count = jobs or os.cpu_count() or 1
    with Progress(quiet=as_json) as progress:
        results = run_scenario(loaded, draws=draws, seed=seed, jobs=count, progress=progress.draws)
        progress.stage("The outturn given the actuals")
        found = monitor_month(results, read, activities)
        if out is not None:
            from model.report.monitor_workbook import monitor_workbook

            content = monitor_workbook(found, results, _about(results, loaded, path))
            write_file(out, lambda partial: partial.write_bytes(content))
    if as_json:
        import json

        from model.report.monitor_list import as_plain

        click.echo(json.dumps(as_plain(found), indent=2))
    else:
        _print(found, results)
        if out is not None:
            click.echo(f"Workbook   {out}")
    failed = [name for name, gap in found.gaps.items() if gap > _PENNY]
    for name in failed:
        click.echo(f"CHECK FAILED  {name}: {found.gaps[name]:,.2f} GBP", err=True)
    if not all_passed(check_results(results)):
        click.echo("CHECK FAILED  the run: see `hn-forecast run`", err=True)
        return EXIT_CHECKS
    return EXIT_CHECKS if failed else 0


def _beside(scenario: Path, name: Path) -> Path:
    """The file of this name, or the one in the scenario's own folder of tables where there is none."""
    inside = scenario.with_suffix("") / name
    return inside if not name.exists() and inside.is_file() else name


def _about(results: Results, loaded: LoadedScenario, path: Path) -> About:
    """What the workbook says about the run behind it."""
    from model.report.run_folder import command_line, now, run_id
    from model.report.workbook.run_facts import About
    from model.scenario.effective import effective_text
    from model.version import __version__

    return About(
        run_id=run_id(results, effective_text(loaded), loaded.tables),
        created=now(),
        version=__version__,
        seed=results.seed,
        draws=results.draw_count,
        command=command_line(),
        scenario_file=path.name,
        scenario_hash=loaded.hashes.get(path.name, ""),
    )


def _print(found: Monitoring, results: Results) -> None:
    """Tables of the lines to date and of their outturn, the account, and what to look at."""
    from rich.console import Console

    from model.monitor.period import month_words

    console = Console(markup=False, highlight=False)
    scenario = results.scenario
    when = month_words(found.month, scenario.horizon.first_year)
    console.print(f"{scenario.authority}: {when}")
    console.print("GBP thousand; overspending is positive, a credit negative.")
    _print_to_date(console, found)
    _print_outturn(console, found)
    if found.deficits:
        table = plain_table(
            "The DSG account of the year", "before", "given actuals", "10 %", "90 %", fold=True
        )
        for item in found.deficits:
            after = item.after
            values = (item.before.mean, after.mean, after.p10, after.p90)
            table.add_row(item.title, *map(thousands, values))
        console.print(table)
    _print_price_and_volume(console, found)
    model_mean = found.reported_total.mean
    console.print(
        f"Do not use: {thousands(found.spent_gbp)}k / {found.month} x 12 = "
        f"{thousands(found.straight_line_gbp)}k. The outturn given the actuals is "
        f"{thousands(model_mean)}k for the same lines."
    )
    if results.draw_count < FEW_DRAWS:
        console.print(
            f"Look at: {results.draw_count} draws are few; use {FEW_DRAWS} or more for figures that are passed on."
        )
    if any(abs(line.surprise or 0.0) > BEYOND_BELIEF for line in found.surprising):
        console.print(
            "Look at this first: an actual is so far off the forecast that the file is likelier wrong than the "
            "forecast; until it is explained the outturns and the account above are not to be used."
        )
    for line in found.surprising:
        console.print(
            f"Look at: {line.line.title}{_off(line.surprise)}. Expected {thousands(line.before.mean)}k "
            f"before the actuals, {thousands(line.outturn.mean)}k given them, "
            f"{thousands(line.if_real_gbp)}k if no variance to date is timing."
        )
    if found.actuals.ignored:
        console.print(f"Headings not read: {', '.join(found.actuals.ignored)}.")


def _print_to_date(console: Console, found: Monitoring) -> None:
    table = plain_table("To date", "budget", "to date", "less full-year budget", "less budget to date", "profile", fold=True)  # fmt: skip
    for line in found.reported:
        assert line.actual is not None
        table.add_row(
            line.line.title,
            thousands(line.budget_gbp),
            thousands(line.actual.actual_gbp),
            thousands(line.variance_to_full_year_budget_gbp or 0.0),
            thousands(line.variance_to_profiled_budget_gbp or 0.0),
            f"{line.profile.share:.0%}",
        )
    lines = found.reported
    budget = sum(line.budget_gbp for line in lines)
    spent = sum(line.actual.actual_gbp for line in lines if line.actual is not None)
    profiled = sum(line.profiled_budget_gbp for line in lines)
    table.add_row(
        "Sum of the lines", *map(thousands, (budget, spent, spent - budget, spent - profiled)), ""
    )
    printed = found.actuals.total
    if printed is not None:
        values = (printed.budget_gbp, printed.actual_gbp, printed.variance_to_date_gbp)
        table.add_row("Total as printed", *map(_or_dash, values), "", "")
    console.print(table)
    bases: dict[str, list[str]] = {}
    for line in lines:
        bases.setdefault(line.profile.basis, []).append(line.id)
    for basis, names in bases.items():
        console.print(f"Profile from {basis}: {', '.join(names)}.")


def _off(surprise: float | None) -> str:
    """How far off the forecast to date, where that can be said."""
    return (
        ""
        if surprise is None
        else f" is {surprise:+.1f} standard deviations off the forecast to date"
    )


def _print_outturn(console: Console, found: Monitoring) -> None:
    headings = ("council", "less budget", "mean", "10 %", "90 %", "less budget", "if not timing")
    table = plain_table(
        "Outturn: the council's forecast, and given the actuals", *headings, fold=True
    )

    def add(title: str, line: LineMonitored) -> None:
        council = line.council_forecast_gbp
        one = line.outturn
        values = (one.mean, one.p10, one.p90, one.mean - line.budget_gbp, line.if_real_gbp)
        over = None if council is None else council - line.budget_gbp
        table.add_row(title, _or_dash(council), _or_dash(over), *map(thousands, values))

    for line in found.reported:
        add(line.line.title, line)
    budget = sum(line.budget_gbp for line in found.reported)
    forecasts = [line.council_forecast_gbp for line in found.reported]
    council = None if None in forecasts else sum(one or 0.0 for one in forecasts)
    whole = found.reported_total
    real = sum(line.if_real_gbp for line in found.reported)
    table.add_row(
        "Lines in the report",
        _or_dash(council),
        _or_dash(None if council is None else council - budget),
        *map(thousands, (whole.mean, whole.p10, whole.p90, whole.mean - budget, real)),
    )
    printed = found.actuals.total
    if printed is not None:
        values = (printed.forecast_gbp, printed.variance_outturn_gbp)
        table.add_row("Total as printed", *map(_or_dash, values), *[""] * 5)
    for line in found.not_reported:
        add(f"{line.line.title} (not in the report)", line)
    console.print(table)
    console.print("Means add up; percentiles do not.")
    published = [line.id for line in found.reported if line.council_forecast_is_the_scenarios]
    if published:
        console.print(f"Council's forecast as published in the scenario: {', '.join(published)}.")


def _print_price_and_volume(console: Console, found: Monitoring) -> None:
    if found.activity:
        table = plain_table("Price and volume against budget, GBP", "volume", "price", "together", "rounding", fold=True)  # fmt: skip
        for item in found.activity:
            parts, rounding = item.parts, item.rounding_gbp
            values = (parts.volume_gbp, parts.price_gbp, parts.total_gbp)
            table.add_row(
                item.activity.provision,
                *(_pounds(value) for value in values),
                "-" if rounding is None else _pounds(rounding),
            )
        console.print(table)
    if found.model_variances:
        table = plain_table("Of the model: how the actuals moved the outturn", "volume", "price", "together", fold=True)  # fmt: skip
        for moved in found.model_variances:
            parts = moved.parts
            values = (parts.volume_gbp, parts.price_gbp, parts.total_gbp)
            table.add_row(moved.line.title, *map(thousands, values))
        console.print(table)


def _pounds(value: float) -> str:
    from model.report.rounding import half_away

    return f"{half_away(value):,.0f}"


def _or_dash(pounds: float | None) -> str:
    return "-" if pounds is None else thousands(pounds)
