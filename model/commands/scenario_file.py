"""The scenario a command is given: a file, or the name of a bundled one."""

from __future__ import annotations

from pathlib import Path

import click


def scenario_file(name: str) -> Path:
    """The file of this name, or the bundled scenario of this name when there is no such file."""
    from model.reference.bundled import scenario_file

    path = Path(name)
    found = scenario_file(path)
    if found != path and not found.is_relative_to(Path(name)):
        click.echo(f"Using the bundled scenario {found.name}.", err=True)
    return found
