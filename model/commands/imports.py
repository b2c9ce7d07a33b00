"""`import`: what has been published or recorded of an authority, to a scenario or a part of one."""

from __future__ import annotations

import click

from model.commands.import_extract import extract
from model.commands.import_sen2 import import_sen2


@click.group(name="import")
def imports() -> None:
    """Make a scenario from published files, or monthly flows from your own records."""


imports.add_command(import_sen2)
imports.add_command(extract)
