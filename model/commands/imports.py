"""`hn-forecast import`: what others have published or recorded, to files of this program."""

from __future__ import annotations

import click

from model.commands.import_sen2 import import_sen2


@click.group("import")
def imports() -> None:
    """Make a scenario, or monthly flows, from published files or your own records."""


imports.add_command(import_sen2)
