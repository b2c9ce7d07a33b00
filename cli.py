"""The command `hn-forecast`: parse, show progress and errors, call one function.

Imports are inside the commands, so that `--help` answers at once.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from rich.console import Console

    from model.checks import CheckResult
    from model.evidence.examine import FiguresChecked
    from model.evidence.verdicts import Outcome
    from model.results import Results
    from model.scenario.load import LoadedScenario
    from model.sensitivity.first_order import Index
    from model.sensitivity.study import Sensitivity
    from model.sensitivity.targets import Target

SLOW_SECONDS = 10
"""From here on somebody waits, and is told what took the time."""

EXIT_SCENARIO = 2
EXIT_FOLDER = 3
EXIT_CHECKS = 4
EXIT_FIGURES = 4
EXIT_FAULT = 70
EXIT_INTERRUPTED = 130

EPILOG = """\b
Exit codes
  0    done
  2    the scenario, a figures file or the command is wrong; nothing was run
  3    the results could not be written; nothing was changed
  4    the run was written, but a check failed: do not sign it; for `figures`, printed figures
       do not hold
  70   a fault in hn-forecast itself
  130  interrupted"""


class _Commands(click.Group):
    """Turns every error into a message; a traceback never reaches the user."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        kwargs["standalone_mode"] = False
        try:
            code = super().main(*args, **kwargs)
        except click.exceptions.Abort:
            click.echo("Interrupted; nothing was written.", err=True)
            sys.exit(EXIT_INTERRUPTED)
        except click.ClickException as error:
            error.show()
            sys.exit(error.exit_code)
        except KeyboardInterrupt:
            click.echo("Interrupted; nothing was written.", err=True)
            sys.exit(EXIT_INTERRUPTED)
        except BrokenPipeError:
            sys.exit(0)
        except Exception as error:
            _explain(error)
        sys.exit(code if isinstance(code, int) else 0)


def _explain(error: Exception) -> None:
    """Say what went wrong in the user's words, and exit."""
    from model.scenario.problems import ScenarioError

    if isinstance(error, ScenarioError):
        for problem in error.problems:
            click.echo(str(problem), err=True)
        count = len(error.problems)
        click.echo(f"{count} problem{'s' if count > 1 else ''}; nothing was run.", err=True)
        sys.exit(EXIT_SCENARIO)
    from model.report.run_folder import FolderError

    if isinstance(error, FolderError):
        click.echo(f"Error: {error}", err=True)
        sys.exit(EXIT_FOLDER)
    if isinstance(error, MemoryError):
        click.echo("Error: not enough memory; ask for fewer --draws.", err=True)
        sys.exit(EXIT_FOLDER)
    import traceback

    log = Path("hn-forecast-fault.log")
    text = "".join(traceback.format_exception(error))
    try:
        log.write_text(text, encoding="utf-8")
        where = f" The details are in {log}; please send it with your scenario."
    except OSError:
        where = ""
    click.echo(
        f"This is a fault in hn-forecast, not in your scenario: {type(error).__name__}: {error}."
        + where,
        err=True,
    )
    sys.exit(EXIT_FAULT)


@click.group(cls=_Commands, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="hn-forecast", prog_name="hn-forecast")
def main() -> None:
    """Forecast high needs spending and the Dedicated Schools Grant deficit.

    Start with `hn-forecast init demo`, look at demo/scenario.yaml, then
    `hn-forecast run demo/scenario.yaml`.
    """


def _scenario_file(name: str) -> Path:
    """The file of this name, or the bundled scenario of this name when there is no such file."""
    from model.reference.bundled import scenario_file

    path = Path(name)
    found = scenario_file(path)
    if found != path:
        click.echo(f"Using the bundled scenario {found.name}.", err=True)
    return found


@main.command()
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

    from model.report.run_folder import default_folder, now, refuse_existing, run_id
    from model.scenario.effective import effective_text
    from model.scenario.load import load

    started = time.perf_counter()
    path = _scenario_file(scenario)
    if out is not None:
        refuse_existing(out, force=force)
    else:
        refuse_existing(Path("runs") / "new", force=False)
    loaded = load(path)
    seconds = {"load": time.perf_counter() - started}
    from model.run import run as run_scenario

    count = jobs or os.cpu_count() or 1
    with _Progress(quiet=as_json) as progress:
        mark = time.perf_counter()
        results = run_scenario(
            loaded,
            draws=draws,
            seed=seed,
            jobs=count,
            chance=not no_chance,
            progress=progress.draws,
        )
        seconds["draws"] = time.perf_counter() - mark
        mark = time.perf_counter()
        from model.studies import USUAL_DRAWS, study

        progress.stage("Mitigations, delays and nurture groups")
        studied = USUAL_DRAWS if study_draws is None else study_draws
        studies = study(results, draws=studied, jobs=count, progress=progress.runs)
        seconds["studies"] = time.perf_counter() - mark
        progress.stage("Writing the workbook and tables")
        from model.report.write_run import WORKBOOK, write_run

        created = now()
        identity = run_id(results, effective_text(loaded), loaded.tables)
        folder = out or default_folder(Path(), loaded.scenario.name, created, identity)
        write_run(
            folder,
            results,
            loaded,
            studies,
            scenario_file=path.name,
            created=created,
            jobs=count,
            seconds=seconds,
            force=force,
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


class _Progress:
    """A progress line with the time left; silent when asked or when nobody is looking."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet or not sys.stderr.isatty()
        self._bar: Any = None
        self._task: Any = None

    def __enter__(self) -> _Progress:
        if not self._quiet:
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

            self._bar = Progress(
                TextColumn("{task.description}", markup=False),
                BarColumn(),
                TextColumn("{task.fields[count]}", markup=False),
                TimeRemainingColumn(),
                console=Console(stderr=True),
                transient=True,
            )
            title = "Preparing (the first run compiles)"
            self._task = self._bar.add_task(title, total=None, count="")
            self._bar.start()
        return self

    def __exit__(self, *details: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    @property
    def draws(self) -> Callable[[int, int], None] | None:
        """What the model calls between blocks."""
        return None if self._bar is None else self._advance

    @property
    def runs(self) -> Callable[[int, int], None] | None:
        """What the studies call between runs."""
        return None if self._bar is None else self._study

    def _advance(self, done: int, total: int) -> None:
        count = f"{done:,} of {total:,} draws"
        self._bar.update(
            self._task, description="Drawing", completed=done, total=total, count=count
        )

    def _study(self, done: int, total: int) -> None:
        title, count = "What mitigations are worth", f"{done:,} of {total:,} runs"
        self._bar.update(self._task, description=title, completed=done, total=total, count=count)

    def stage(self, title: str) -> None:
        """Name what is going on now."""
        if self._bar is not None:
            self._bar.update(self._task, description=title)


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
    in_year = _table("In-year deficit", "mean", "10 %", "50 %", "90 %")
    targets = any(row.target is not None for row in rows)
    cumulative = _table(
        "Cumulative deficit before any DfE support",
        *("mean", "10 %", "50 %", "90 %", *(("target", "on trajectory") if targets else ())),
    )
    for row in rows:
        in_year.add_row(
            row.financial_year,
            *map(_thousands, (row.in_year_mean, row.in_year_p10, row.in_year_p50, row.in_year_p90)),
        )
        target = _thousands(row.target) if row.target is not None else "-"
        against = (target, _percent(row.probability_on_trajectory)) if targets else ()
        cumulative.add_row(
            row.financial_year,
            _thousands(row.cumulative_without_support_mean),
            _thousands(row.cumulative_without_support_p10),
            _thousands(row.cumulative_without_support_p50),
            _thousands(row.cumulative_without_support_p90),
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
    table = _table(
        "Means over draws, plans and waiting at 31 March", *(titles[one.name] for one in there)
    )
    for year in years_of(there[0], results.draws):
        means = [float(one.of(results.draws, year).mean()) for one in there]
        table.add_row(
            year,
            *(_figure(mean, one, unit=False) for mean, one in zip(means, there, strict=True)),
        )
    console.print(table)


def _table(title: str, *headings: str, fold: bool = False) -> Any:
    """A plain table with a year column (or long names, folded) and figures to the right."""
    from rich.box import SIMPLE
    from rich.table import Table

    table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE, pad_edge=False)
    table.add_column("", no_wrap=not fold, overflow="fold" if fold else "ellipsis")
    for heading in headings:
        table.add_column(
            heading, justify="right", no_wrap=True, min_width=len(heading) if fold else None
        )
    return table


def _print_notes(results: Results, loaded: LoadedScenario, checks: list[CheckResult]) -> None:
    """The published first year beside the model's, the mitigations, and what to look at."""
    from model.mitigation.delivery import mitigation_case
    from model.report.starter import uses_demo_population

    published = results.published
    if published is not None:
        model_view = float(results.central["in_year_deficit"][0])
        click.echo(
            f"First year in-year deficit: published basis {_thousands(published.views.in_year[0, 0])}k, "
            f"model view {_thousands(model_view)}k (central run)"
        )
    click.echo(f"Mitigations: {mitigation_case(results.scenario)}")
    if uses_demo_population(loaded):
        click.echo("Look at: the population table is still Demoshire's, an invented authority.")
    for check in checks:
        if check.kind == "notice" and not check.passed:
            click.echo(f"Look at: {check.name}. {check.note}".rstrip())


def _thousands(pounds: float) -> str:
    from model.report.rounding import half_away

    return f"{half_away(pounds / 1000):,.0f}"


def _percent(share: float | None) -> str:
    if share is None:
        return "-"
    # No draw of some hundreds is not no chance.
    if share < 0.005:
        return "<1 %"
    if share > 0.995:
        return ">99 %"
    return f"{share:.0%}".replace("%", " %")


@main.command()
@click.argument("scenario")
@click.option("--json", "as_json", is_flag=True, help="Print the problems as JSON.")
def validate(scenario: str, as_json: bool) -> int:
    """Check SCENARIO and list every problem in it."""
    from model.evidence.of_scenario import scenario_figures
    from model.scenario.load import load
    from model.scenario.problems import ScenarioError

    try:
        loaded = load(_scenario_file(scenario))
        scenario_figures(loaded)
    except ScenarioError as error:
        if not as_json:
            raise
        import json

        problems = [problem.as_dict() for problem in error.problems]
        click.echo(json.dumps({"valid": False, "problems": problems}, indent=2))
        return EXIT_SCENARIO
    if as_json:
        click.echo('{"valid": true, "problems": []}')
    else:
        from model.scenario.inputs import inputs

        uncertain = [item for item in inputs(loaded.scenario) if not item.figure.certain]
        click.echo(f"{scenario} is a valid scenario with {len(uncertain)} uncertain inputs.")
        from model.notices import notices

        for seen, meaning in notices(loaded.scenario):
            click.echo(f"Look at: {seen}. {meaning}".rstrip())
    return 0


@main.command()
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

    from model.report.text_file import refuse_unwritable, write_text
    from model.sensitivity.targets import TARGETS

    if list_targets:
        for item in TARGETS.values():
            click.echo(f"{item.name:<22}{item.title}")
        return 0
    if target is not None and target not in TARGETS:
        raise click.BadParameter(_nearest(target, TARGETS), param_hint="--target")
    from model.scenario.load import load

    loaded = load(_scenario_file(scenario))
    if csv_file is not None:
        refuse_unwritable(csv_file)
    from model.run import run as run_scenario
    from model.sensitivity.study import sensitivity as study
    from model.sensitivity.targets import targets_of, usual_target, years_of

    count = jobs or os.cpu_count() or 1
    with _Progress(quiet=as_json) as progress:
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


def _nearest(name: str, known: Iterable[str]) -> str:
    import difflib

    close = difflib.get_close_matches(name, list(known), 1)
    hint = f" Did you mean {close[0]}?" if close else ""
    return f"{name!r} is not one of {', '.join(known)}.{hint}"


def _figure(value: float, target: Target, *, unit: bool = True) -> str:
    """A figure as people say it, with its unit."""
    if target.unit == "GBP":
        return _thousands(value) + ("k GBP" if unit else "k")
    if target.unit in ("share", "probability"):
        return _percent(value)
    return f"{value:,.0f}" + (f" {target.unit}" if unit else "")


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
    console.print(f"{found.target.title} in {found.year}: mean {_figure(found.mean, found.target)}")
    console.print(f"{found.swung.title} in the central run: {_figure(found.central, found.swung)}")
    shown = found.drivers[:top]
    totals = any(driver.total is not None for driver in shown)
    headings = ["at low", "at high", "alone (p5-p95)", *(["with others"] if totals else [])]
    what = "the deficit" if found.decides else "it"
    table = _table(f"One input at a time: where {what} comes to", *headings, fold=True)
    for driver in shown:
        swing, first = driver.swing, driver.first
        row = [
            _folded(driver.group.title),
            _figure(swing.low, found.swung, unit=False),
            _figure(swing.high, found.swung, unit=False),
            "-" if first is None else _interval(first),
        ]
        if totals:
            row.append("-" if driver.total is None else _percent(driver.total))
        table.add_row(*row)
    console.print(table)
    for driver in shown:
        if len(driver.group.entries) > 1:
            others = ", ".join(entry.path for entry in driver.group.entries[1:])
            console.print(f"Tied to {driver.group.entries[0].path}: {others}")
    for sentence in accuracy(found):
        console.print(sentence)
    if found.decides:
        decides = _table("Decides alone", "of draws", "on at low", "on at high", fold=True)
        for item in found.decides[:top]:
            decides.add_row(
                _folded(item.group.title),
                _percent(item.share),
                _percent(item.on_at_low),
                _percent(item.on_at_high),
            )
        console.print(decides)


@main.command()
@click.argument("file")
@click.option("--all", "show_all", is_flag=True, help="Show what holds as well.")
@click.option("--json", "as_json", is_flag=True, help="Print what is shown as JSON.")
def figures(file: str, show_all: bool, as_json: bool) -> int:
    """Check the printed figures of FILE: which hold, and which do not and by how much.

    FILE may be a folder with a figures.yaml in it, or the name of a bundled one, such as
    somerset_2023. See docs/figures.md.
    """
    from model.evidence.read import examine_file
    from model.scenario.problems import ScenarioError

    try:
        checked = examine_file(_figures_file(file))
    except ScenarioError as error:
        if not as_json:
            raise
        import json

        problems = [problem.as_dict() for problem in error.problems]
        click.echo(json.dumps({"valid": False, "problems": problems}, indent=2))
        return EXIT_SCENARIO
    shown = list(checked.outcomes) if show_all else checked.not_holding
    if as_json:
        import json

        from model.report.figures_list import as_plain

        click.echo(json.dumps(as_plain(checked, shown), indent=2))
    else:
        _print_figures(checked, shown)
    return EXIT_FIGURES if checked.wrong else 0


def _figures_file(name: str) -> Path:
    """The file of this name, that of a folder of this name, or the bundled figures of this name.

    Raises ScenarioError with the names of the bundled ones for a name that is none of these.
    """
    path = Path(name)
    inside = path / "figures.yaml"
    if inside.is_file():
        return inside
    if path.is_file() or path.parent != Path():
        return path
    from model.reference.bundled import bundled

    known = {found.parent.name: found for found in bundled("scenarios").glob("*/figures.yaml")}
    if path.name in known:
        return known[path.name]
    if path.exists() or path.suffix:
        return path
    from model.scenario.problems import Problem, ScenarioError, did_you_mean, one_of

    near = did_you_mean(name, known)
    message = "there is no such file, and no bundled figures of this name"
    expected = f"a file, or {one_of(sorted(known))}"
    raise ScenarioError([Problem(name, None, "", message, expected=expected, hint=near)])


def _print_figures(checked: FiguresChecked, shown: list[Outcome]) -> None:
    """A table of what is shown, then what does not hold, or holds for a reason to be told, and its handling."""
    from rich.box import SIMPLE
    from rich.console import Console
    from rich.table import Table

    from model.evidence.verdicts import Verdict
    from model.report.figures_list import HEADINGS, cells, counted

    console = Console(markup=False, highlight=False)
    console.print(f"{checked.file.authority}: {checked.file.title}")
    table = Table(box=SIMPLE, pad_edge=False)
    for position, heading in enumerate(HEADINGS):
        table.add_column(heading, justify="right" if position > 1 else "left", overflow="fold")
    for item in shown:
        table.add_row(*cells(item))
    if shown:
        console.print(table)
    for item in shown:
        if item.verdict is Verdict.EXACT or (item.verdict.holds and not item.note):
            continue
        console.print(f"{item.id} [{item.source}]: {item.title}, {item.unit}.")
        for text in (item.note, f"Handling: {item.handling}" if item.handling else ""):
            if text:
                console.print(f"  {text}")
    console.print(f"{counted(checked)}.")


@main.command()
def schema() -> None:
    """Print the JSON Schema of a scenario, for editors."""
    import json

    from model.scenario.json_schema import schema as scenario_schema

    click.echo(json.dumps(scenario_schema(), indent=2))


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
def init(folder: Path) -> None:
    """Make FOLDER with an invented authority's scenario to start from."""
    from model.report.starter import write_starter

    scenario = write_starter(folder)
    click.echo(f"Made {scenario} (Demoshire, an invented authority) and its tables.")
    name = f'"{scenario}"' if " " in str(scenario) else str(scenario)
    click.echo(f"Run it with: hn-forecast run {name}")


if __name__ == "__main__":
    main()
