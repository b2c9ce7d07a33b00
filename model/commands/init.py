"""`hn-forecast init`: a folder to start from."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
def init(folder: Path) -> None:
    """Make FOLDER with an invented authority's scenario to start from."""
    from model.report.starter import write_starter

    scenario = write_starter(folder)
    click.echo(f"Made {scenario} (Demoshire, an invented authority) and its tables.")
    name = f'"{scenario}"' if " " in str(scenario) else str(scenario)
    click.echo(f"Run it with: hn-forecast run {name}")
