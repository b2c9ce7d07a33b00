"""`hn-forecast figures`: printed figures that hold, and those that do not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from model.commands.exits import EXIT_FIGURES, EXIT_SCENARIO

if TYPE_CHECKING:
    from model.evidence.examine import FiguresChecked
    from model.evidence.verdicts import Outcome


@click.command()
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
