"""`import`: what an authority has, read into what a scenario says."""

from __future__ import annotations

import click

from model.commands.import_extract import extract


@click.group(name="import")
def imports() -> None:
    """Read files that an authority has into parts of a scenario."""


imports.add_command(extract)
