"""`import extract`: an authority's own extract of requests and plans to monthly counts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from model.commands.exits import EXIT_CHECKS

if TYPE_CHECKING:
    from model.importing.extract.extract import Extract
    from model.importing.extract.monthly import Monthly
    from model.importing.extract.scenario_part import ScenarioPart


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="A new folder for the counts.")
@click.option("--authority", help="Name of the authority, for the sources of the figures.")
@click.option("--sheet", help="The sheet to read, where several look like an extract.")
@click.option("--as-at", help="Day on which the extract was taken: YYYY-MM-DD (the latest in it).")
@click.option(
    "--since", help="First month counted: YYYY-MM (the first with a request and a plan ceased)."
)
@click.option(
    "--suppress-small", is_flag=True, help="Keep counts of 1 to 4 out of every file written."
)
@click.option(
    "--extends",
    default="scenario.yaml",
    show_default=True,
    help="The scenario over which scenario_part.yaml is to be laid.",
)
@click.option(
    "--template",
    type=click.Path(path_type=Path),
    help="Write a template to fill in (a new .csv), and nothing else.",
)
def extract(
    file: Path | None,
    out: Path | None,
    authority: str | None,
    sheet: str | None,
    as_at: str | None,
    since: str | None,
    suppress_small: bool,
    extends: str,
    template: Path | None,
) -> int:
    """Count the requests and plans of an authority's own extract FILE (.csv or .xlsx) by month.

    An extract with direct identifiers is refused: no names, UPN, addresses or full dates of birth.
    Nothing of a row is written, only counts. See docs/import_extract.md.
    """
    if template is not None:
        if file is not None or out is not None:
            raise click.UsageError("--template stands alone: leave FILE and --out out.")
        from model.report.extract_template import write_template

        write_template(template)
        click.echo(f"Template   {template}")
        return 0
    if file is None:
        raise click.UsageError("Name the FILE with the extract, or give --template.")
    if out is None:
        raise click.UsageError("Say where the counts go with --out FOLDER.")
    taken, first = _day(as_at), _month(since)
    with _cells_kept_out():
        return _import(file, out, authority, sheet, taken, first, suppress_small, extends)


@contextmanager
def _cells_kept_out() -> Iterator[None]:
    """A fault of the program goes into a log that people send on: its words may hold a cell, its place not."""
    from model.report.run_folder import FolderError
    from model.scenario.problems import ScenarioError

    try:
        yield
    except (ScenarioError, FolderError, click.ClickException, OSError, MemoryError):
        raise
    except Exception as error:
        words = f"{type(error).__name__} while an extract was counted (its words may hold a cell and are left out)"
        raise RuntimeError(words).with_traceback(error.__traceback__) from None


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise click.BadParameter("expected YYYY-MM-DD, e.g. 2025-01-31", param_hint="--as-at") from None  # fmt: skip


def _month(text: str | None) -> str | None:
    from model.reference.calendar import parse_month

    if text is not None and parse_month(text) is None:
        raise click.BadParameter("expected YYYY-MM, e.g. 2023-01", param_hint="--since")
    return text


def _import(
    file: Path,
    out: Path,
    authority: str | None,
    sheet: str | None,
    as_at: date | None,
    since: str | None,
    suppress_small: bool,
    extends: str,
) -> int:
    import numpy as np

    from model.importing.extract.monthly import closing_gaps, monthly
    from model.importing.extract.read import read_extract
    from model.importing.extract.scenario_part import scenario_part
    from model.report.extract_folder import write_extract_folder
    from model.report.run_folder import now, refuse_existing

    refuse_existing(out, force=False)
    today = now().date()
    if as_at is not None and as_at > today:
        raise click.BadParameter("this day has not come yet", param_hint="--as-at")
    read = read_extract(file, today=today, sheet=sheet, as_at=as_at)
    try:
        counts = monthly(read, None if since is None else np.datetime64(since, "M"))
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--since") from None
    part = scenario_part(read, counts, rounded=suppress_small)
    written = write_extract_folder(
        out,
        read,
        counts,
        part,
        authority=authority,
        extends=extends,
        suppress_small=suppress_small,
    )
    _print(read, counts, part, since_said=since is not None, suppress_small=suppress_small)
    for name in written:
        click.echo(f"Written    {out / name}")
    identity = "opening + issued + moved in - ceased - moved out = closing"
    if closing_gaps(counts).any():
        click.echo(f"CHECK FAILED  {identity}: not in every month", err=True)
        return EXIT_CHECKS
    click.echo(f"Closes     {identity}, in every month, setting and need")
    return 0


def _print(
    read: Extract,
    counts: Monthly,
    part: ScenarioPart | None,
    *,
    since_said: bool,
    suppress_small: bool,
) -> None:
    """What was read and counted, and what somebody should know before using it. Totals only."""
    from model.importing.extract.notices import notices

    click.echo(
        f"Read       {len(read.row):,} rows of {read.file}, as at {read.as_at}"
        + ("" if read.as_at_said else " (the latest date in it; say --as-at if it was taken later)")
    )
    click.echo(
        f"Counted    {counts.months[0]} to {counts.months[-1]}"
        + (
            ""
            if since_said
            else " (from the first month with a request and a plan ceased; or --since)"
        )
    )
    for notice in notices(read, counts, part, suppress_small=suppress_small):
        click.echo(f"Look at    {notice}")
