"""`hn-forecast verify`: is a run what it says it is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from model.commands.exits import EXIT_NOT_VERIFIED
from model.commands.progress import Progress

if TYPE_CHECKING:
    from model.integrity.verifying import Verified

MOST_SHOWN = 10
"""Differences of a file that are printed; --json has all."""


@click.command()
@click.argument("folder", metavar="RUN", type=click.Path(path_type=Path))
@click.option("--jobs", type=click.IntRange(1, 64), help="Threads (as many as processors).")
@click.option("--json", "as_json", is_flag=True, help="Print everything found as JSON.")
def verify(folder: Path, jobs: int | None, as_json: bool) -> int:
    """Verify the run in the folder RUN: its files are as written, and running it again gives them.

    Nothing in RUN is changed. See docs/integrity.md.
    """
    import os

    from model.integrity.verifying import verify as verify_run

    with Progress(quiet=as_json) as progress:
        found = verify_run(folder, jobs=jobs or os.cpu_count() or 1, shown=progress)
    if as_json:
        import json

        click.echo(json.dumps(_as_plain(found), indent=2))
    else:
        _print(folder, found)
    return 0 if found.verified else EXIT_NOT_VERIFIED


def _as_plain(found: Verified) -> dict[str, object]:
    from dataclasses import asdict

    from model.integrity.agreement import ANOTHER_PLATFORM
    from model.integrity.compare_texts import EXPECTED_TO_DIFFER

    return {
        "run_id": found.run_id,
        "verified": found.verified,
        "compared": "headline" if found.environment else "every file",
        "relative_tolerance": ANOTHER_PLATFORM if found.environment else 0.0,
        "problems": list(found.problems),
        "environment": list(found.environment),
        "files": [asdict(file) for file in found.files],
        "not_compared": [f"manifest.json: {key}" for key in EXPECTED_TO_DIFFER],
        "sign_offs": [one.model_dump(mode="json", exclude_none=True) for one in found.sign_offs],
        "notes": list(found.notes),
    }


def _print(folder: Path, found: Verified) -> None:
    """The verdict first, then what it rests on."""
    from model.integrity.agreement import ANOTHER_PLATFORM
    from model.integrity.compare_texts import EXPECTED_TO_DIFFER

    click.echo(f"{'Verified' if found.verified else 'NOT VERIFIED'}: {folder}, run {found.run_id}")
    for problem in found.problems:
        click.echo(f"  {problem}")
    if found.environment:
        click.echo(
            "Made elsewhere, so headline figures are compared instead of bytes, within "
            f"{ANOTHER_PLATFORM:g} of each:"
        )
        for words in found.environment:
            click.echo(f"  {words}")
    for file in found.files:
        click.echo(f"{file.name}: {file.how}")
        for difference in file.differences[:MOST_SHOWN]:
            click.echo(f"  {difference}")
        if len(file.differences) > MOST_SHOWN:
            click.echo(f"  and {len(file.differences) - MOST_SHOWN:,} more (--json has all)")
    for note in found.notes:
        click.echo(note[:1].upper() + note[1:] + ".")
    if found.files and not found.environment:
        click.echo(f"Not compared, in manifest.json: {', '.join(EXPECTED_TO_DIFFER)}.")
    for one in found.sign_offs:
        click.echo(f"Signed as {one.words}")
    if not found.sign_offs:
        click.echo("Not signed.")
