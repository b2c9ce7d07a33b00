"""`update`: which inputs a new January count or outturn moves, and by how much."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from model.commands.console import plain_table, thousands
from model.commands.progress import Progress
from model.commands.scenario_file import scenario_file

if TYPE_CHECKING:
    from rich.console import Console

    from model.results import Results
    from model.scenario.load import LoadedScenario
    from model.updating.figures import SeenFigure
    from model.updating.learning import Learnt

LISTED = 12
"""Inputs moved most that are shown."""
EXPLAINED_BY = 3
"""Inputs named for each surprise; the rest are summed."""
EXPLAINED = 8
"""Surprises explained, the least expected first."""
SHORT_NAME = 14
"""Characters that a folded title keeps at least in the widest table."""
_NIL = 1e-12


@click.command()
@click.argument("scenario")
@click.option(
    "--actuals",
    "folder",
    required=True,
    type=click.Path(path_type=Path),
    help="Folder with the department's files, an outturn (outturn*.csv, outturn*.xlsx), or both.",
)
@click.option("--authority", help="Name in the department's files (the scenario's own).")
@click.option(
    "--unit",
    type=click.Choice(["pounds", "thousands"]),
    help="Unit of the outturn where its headings do not say.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Write an overlay of this name, beside SCENARIO, and run it.",
)
@click.option("--draws", type=click.IntRange(100, 100_000), default=2000, help="Number of draws.")
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), help="Seed (scenario's own).")
@click.option("--jobs", type=click.IntRange(1, 64), help="Threads (as many as processors).")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def update(
    scenario: str,
    folder: Path,
    authority: str | None,
    unit: str | None,
    out: Path | None,
    draws: int,
    seed: int | None,
    jobs: int | None,
    as_json: bool,
) -> None:
    """Say what the ACTUALS of the first year were against SCENARIO's forecast, and which inputs they move.

    The January count is the one after the scenario's own; the outturn is of its first year, in the
    format of `monitor`. See docs/update.md.
    """
    import os

    from model.report.asked_file import refuse_unwritable
    from model.report.run_folder import FolderError
    from model.run import run
    from model.scenario.load import load
    from model.updating.arrivals import read_arrivals
    from model.updating.learning import learn

    file = scenario_file(scenario)
    if out is not None:
        if out.suffix not in (".yaml", ".yml"):
            raise FolderError(f"{out} is no name for a scenario; end it with .yaml")
        if out.resolve().parent != file.resolve().parent:
            raise FolderError(f"{out} must lie beside {file}, which it extends")
        refuse_unwritable(out)
    loaded = load(file)
    arrivals = read_arrivals(folder, loaded, authority, unit)
    count = jobs or os.cpu_count() or 1
    after: Results | None = None
    with Progress(quiet=as_json) as progress:
        before = run(loaded, draws=draws, seed=seed, jobs=count, progress=progress.draws)
        progress.stage("What the actuals say of the inputs")
        found = learn(before, arrivals)
        if out is not None and any(item.scored.writable for item in found.moved):
            laid = _written(out, loaded, found, file)
            progress.stage("The overlay")
            after = run(laid, draws=draws, seed=seed, jobs=count, progress=progress.draws)
    if as_json:
        import json

        from model.report.updating.update_list import as_plain

        click.echo(json.dumps(as_plain(found, before, after), indent=2))
        return
    _print(found, before, after, file, out)


def _written(out: Path, loaded: LoadedScenario, found: Learnt, file: Path) -> LoadedScenario:
    """The overlay, written and read back; one that does not hold is not left behind."""
    from datetime import date

    from model.report.asked_file import write_text
    from model.report.updating.overlay_text import overlay_text
    from model.scenario.load import load
    from model.scenario.problems import ScenarioError

    write_text(out, overlay_text(loaded, found, file.name, date.today().isoformat()))
    try:
        return load(out)
    except ScenarioError:
        out.unlink(missing_ok=True)
        raise


def _print(
    found: Learnt, before: Results, after: Results | None, file: Path, out: Path | None
) -> None:
    from rich.console import Console

    from model.report.updating.update_list import cautions
    from model.updating.figures import seen_figures

    console = Console(markup=False, highlight=False)
    console.print(f"{before.scenario.authority}: what came against the forecast")
    _print_figures(console, found)
    for line in cautions(found, before):
        console.print(f"Look at: {line}")
    _print_moved(console, found)
    _print_explained(console, found)
    _print_unmoved(console, found)
    if after is not None:
        _print_after(console, found, seen_figures(after, found.arrivals))
        _print_headline(console, before, after)
        if found.arrivals.outturn is not None:
            console.print(
                "The first year after is the forecast with these inputs, not the outturn itself: what is left "
                "to chance is not carried into it."
            )
    console.print(
        "The opening position is unchanged: the scenario still starts from its own count and balance."
    )
    if found.arrivals.count is not None:
        count = found.arrivals.count
        console.print(
            f"For a forecast from January {count.january} make a new starter: hn-forecast import sen2 "
            f'FILES --authority "{count.authority}"'
        )
    if after is not None:
        click.echo(f"Overlay    {out}")
        click.echo(f"Run it with: hn-forecast run {out}")
    elif out is not None:
        console.print("No input moved enough to write; there is no overlay.")
    else:
        console.print(f"For an overlay of {file.name} and what it does to the deficit use --out.")


def _shown(value: float, figure: SeenFigure, *, bare: bool = False) -> str:
    from model.report.rounding import half_away

    if figure.unit == "GBP":
        return thousands(value) + ("" if bare else "k")
    if figure.unit == "share of plans":
        return f"{100 * value:.1f}" + ("" if bare else " %")
    return f"{half_away(value):,.0f}"


def _print_figures(console: Console, found: Learnt) -> None:
    import numpy as np

    from model.report.updating.update_list import verdict

    headings = ("forecast", "10 to 90 %", "came", "below", "in words")
    table = plain_table("", *headings, fold=True)
    table.columns[0].min_width = SHORT_NAME
    table.columns[2].no_wrap = True
    table.columns[5].justify = "left"
    table.columns[5].min_width = len("outside 95 %")
    for figure in found.figures:
        low, middle, high = np.quantile(figure.draws, [0.1, 0.5, 0.9])
        table.add_row(
            figure.title,
            _shown(middle, figure),
            f"{_shown(low, figure, bare=True)} to {_shown(high, figure, bare=True)}",
            _shown(figure.actual, figure),
            _percentile(figure),
            verdict(figure),
        )
    console.print(table)
    console.print("Below: per cent of the draws that lie below what came.")
    reasons: dict[str, list[str]] = {}
    for figure in found.figures:
        if figure.why_not:
            reasons.setdefault(figure.why_not, []).append(figure.title)
    for reason, titles in reasons.items():
        console.print(f"Nothing is learnt from {'; '.join(titles)}: {reason}.")


def _percentile(figure: SeenFigure) -> str:
    place = figure.percentile
    if figure.why_not.startswith("the scenario has one value"):
        return "-"
    return "<1" if place < 0.01 else ">99" if place > 0.99 else f"{100 * place:.0f}"


def _print_moved(console: Console, found: Learnt) -> None:
    console.print()
    if not found.moved:
        console.print("No input moves by as much as would matter.")
        return
    console.print(
        "Inputs moved most, in standard deviations of the old range: middle (10 to 90 %)",
        style="bold",
    )
    for item in found.moved[:LISTED]:
        row = item.first
        year = f" in {item.years[row]}" if len(set(item.scores)) > 1 else ""
        was, now = (
            f"{_input(middle)} ({_input(low)} to {_input(high)})"
            for low, middle, high in (item.before[row], item.after[row])
        )
        console.print(
            f"{_sign(item.moved)}  {item.path}{year}: {was}, now {now}; range {100 * item.sd:.0f} % as wide."
        )
    if len(found.moved) > LISTED:
        console.print(f"{len(found.moved) - LISTED} more moved; --json and the overlay have all.")
    console.print()


def _print_unmoved(console: Console, found: Learnt) -> None:
    idle = [item.path for item in found.inputs if not item.touched]
    little = [item.path for item in found.inputs if item.touched and not item.matters]
    if little:
        console.print(f"Moved by too little to count ({len(little)}): {', '.join(little)}.")
    if len(idle) > LISTED:
        sections: dict[str, int] = {}
        for path in idle:
            name = path.split(".")[0].split("[")[0]
            sections[name] = sections.get(name, 0) + 1
        said = ", ".join(f"{count} of {name}" for name, count in sections.items())
        console.print(
            f"Not moved by anything seen ({len(idle)}): {said}; --json names each. Their ranges are as "
            "uncertain as before."
        )
    elif idle:
        console.print(f"Not moved by anything seen ({len(idle)}): {', '.join(idle)}.")


def _sign(moved: float) -> str:
    text = f"{moved:+.1f}"
    return " 0.0" if text in ("-0.0", "+0.0") else text


def _input(value: float) -> str:
    if abs(value) < _NIL:
        return "0"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _print_explained(console: Console, found: Learnt) -> None:
    """Each surprise by what explains it, the least expected first."""
    if not found.used:
        return
    order = sorted(range(len(found.used)), key=lambda n: -abs(found.used[n].percentile - 0.5))
    console.print(
        "What explains each surprise (what came less the forecast's median)", style="bold"
    )
    for place in order[:EXPLAINED]:
        figure = found.used[place]
        by_input, rest, noise = found.contributions(place)
        named = [f"{_signed(part, figure)} {path}" for path, part in by_input[:EXPLAINED_BY]]
        if by_input[EXPLAINED_BY:]:
            others = sum(part for _, part in by_input[EXPLAINED_BY:])
            named.append(f"{_signed(others, figure)} others")
        whole = _signed(sum(part for _, part in by_input), figure)
        of_which = f" ({'; '.join(named)})" if named else ""
        console.print(
            f"- {figure.title}: {_signed(figure.actual - figure.middle, figure)} = inputs {whole}{of_which}, "
            f"chance {_signed(rest, figure)}, recording {_signed(noise, figure)}."
        )
    console.print("Chance is what no input explains. Before rounding the parts add up.")
    console.print()


def _signed(value: float, figure: SeenFigure) -> str:
    text = _shown(value, figure).replace(" %", " points")
    return text if text.startswith("-") else f"+{text}"


def _print_after(console: Console, found: Learnt, after: list[SeenFigure]) -> None:
    """The run of the overlay beside what it was learnt from."""
    import numpy as np

    now = {figure.name: figure for figure in after}
    table = plain_table(
        "The overlay run: what was seen, forecast again", "before", "came", "after", "10 to 90 % after", fold=True
    )  # fmt: skip
    table.columns[4].no_wrap = True
    for figure in found.used:
        low, middle, high = np.quantile(now[figure.name].draws, [0.1, 0.5, 0.9])
        table.add_row(
            figure.title,
            *(
                _shown(value, figure)
                for value in (float(np.median(figure.draws)), figure.actual, middle)
            ),
            f"{_shown(low, figure, bare=True)} to {_shown(high, figure, bare=True)}",
        )
    console.print(table)


def _print_headline(console: Console, before: Results, after: Results) -> None:
    from model.report.headline import headline

    old, new = headline(before), headline(after)
    if not old:
        return
    headings = ("in-year before", "in-year after", "cumulative before", "cumulative after", "10 to 90 % after")  # fmt: skip
    table = plain_table("DSG deficit, GBP thousand, means", *headings, fold=True)
    table.columns[0].min_width = len(old[0].financial_year)
    table.columns[5].no_wrap = True
    for was, now in zip(old, new, strict=True):
        means = (
            was.in_year_mean,
            now.in_year_mean,
            was.cumulative_without_support_mean,
            now.cumulative_without_support_mean,
        )
        low, high = now.cumulative_without_support_p10, now.cumulative_without_support_p90
        table.add_row(
            was.financial_year, *map(thousands, means), f"{thousands(low)} to {thousands(high)}"
        )
    console.print(table)
    console.print("Cumulative deficits are without the department's support.")
