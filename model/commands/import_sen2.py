"""`hn-forecast import sen2`: the department's published files to a scenario to start from."""

from __future__ import annotations

from pathlib import Path

import click

_FILE = click.Path(path_type=Path)


@click.command("sen2")
@click.argument("files", nargs=-1, required=True, type=_FILE)
@click.option(
    "--authority", required=True, help="The authority, as the department writes its name."
)
@click.option("--out", type=_FILE, help="Folder to make (starters/<authority>_<year>).")
@click.option("--first-year", help="First financial year, such as 2023-24 (the latest there is).")
@click.option("--population", type=_FILE, help="ONS projections by single year of age.")
@click.option("--allocations", type=_FILE, help="DSG allocations before and after deductions.")
@click.option("--spending", type=_FILE, help="Section 251 extract of high needs spending.")
@click.option("--balances", type=_FILE, help="Cumulative DSG balances.")
@click.option("--force", is_flag=True, help="Replace what an import has written in --out.")
def import_sen2(
    files: tuple[Path, ...],
    authority: str,
    out: Path | None,
    first_year: str | None,
    population: Path | None,
    allocations: Path | None,
    spending: Path | None,
    balances: Path | None,
    force: bool,
) -> None:
    """Make a scenario for an authority from the department's published FILES.

    FILES are SEN2 files as published, or folders of them; money and population are found there too.
    """
    from model.importing.notes import findings_that_matter
    from model.importing.published import import_published
    from model.report.starter_scenario import refuse_filled, write_starter_scenario

    if out is not None:
        refuse_filled(out, force=force)
    named = {
        "population": population,
        "allocations": allocations,
        "spending": spending,
        "balances": balances,
    }
    imported = import_published(files, named, authority=authority, first_year=first_year)
    starter = imported.starter
    folder = out or Path("starters") / str(starter.sections[0].body["name"])
    scenario = write_starter_scenario(starter, imported.notes, folder, force=force)
    click.echo(f"Made {scenario}: {starter.authority} from its plans of January {starter.january}.")
    given = [
        section.key for section in starter.sections if section.key and section.body is not None
    ]
    click.echo(f"Filled: {', '.join(given)}.")
    for section in starter.left_out:
        click.echo(f"Left out: {section.key}; the file says what to add.")
    for finding in findings_that_matter(starter):
        click.echo(f"Look at: {finding}")
    click.echo(f"Replace first: {starter.replace_first[0]} All of it: {folder / 'import_notes.md'}")
    name = f'"{scenario}"' if " " in str(scenario) else str(scenario)
    click.echo(f"Run it with: hn-forecast run {name}")
