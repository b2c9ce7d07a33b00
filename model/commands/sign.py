"""`hn-forecast sign`: sign a run in a role."""

from __future__ import annotations

from pathlib import Path

import click

from model.commands.exits import EXIT_NOT_SIGNED

LONGEST_STATEMENT = 2_000


@click.command()
@click.argument("folder", metavar="RUN", type=click.Path(path_type=Path))
@click.option("--role", required=True, help="In which role: S151, DCS and others (any capitals).")
@click.option("--statement", help="A sentence to keep with the signature.")
@click.option("--again", is_flag=True, help="Sign once more in a role that has signed already.")
def sign(folder: Path, role: str, statement: str | None, again: bool) -> int:
    """Sign the run in the folder RUN: writes sign-off.json beside its files.

    A run whose checks failed, whose files were altered, or that is a what-if is not signed. A signed
    run is never overwritten. See docs/integrity.md.
    """
    from datetime import UTC, datetime

    from model.integrity.roles import UnknownRole
    from model.integrity.signing import NotSigned
    from model.integrity.signing import sign as sign_run
    from model.report.run_folder import SIGN_OFF

    statement = _checked(statement)
    try:
        # The time of a signature is that of the clock, whatever fixes the time of runs.
        moment = datetime.now(UTC).replace(microsecond=0)
        signed = sign_run(folder, role, moment, statement=statement, again=again)
    except UnknownRole as error:
        raise click.BadParameter(str(error), param_hint="--role") from None
    except NotSigned as error:
        click.echo(f"Not signed: {folder}", err=True)
        for reason in error.reasons:
            click.echo(f"  {reason}", err=True)
        return EXIT_NOT_SIGNED
    click.echo(f"Signed as {signed.words}")
    click.echo(f"Run id     {signed.run_id}")
    click.echo(f"Manifest   SHA-256 {signed.manifest_sha256}")
    click.echo(f"Sign-off   {folder / SIGN_OFF}")
    return 0


def _checked(statement: str | None) -> str | None:
    """The statement as it is kept. Raises BadParameter where it is none."""
    if statement is None:
        return None
    text = statement.strip()
    readable = text.replace("\n", " ").isprintable()
    if not text or len(text) > LONGEST_STATEMENT or not readable:
        raise click.BadParameter(
            f"expected readable text of 1 to {LONGEST_STATEMENT:,} characters",
            param_hint="--statement",
        )
    return text
