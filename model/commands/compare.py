"""`hn-forecast compare`: why one run's deficit is not another's."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from model.commands.console import plain_table, thousands

if TYPE_CHECKING:
    from rich.console import Console

    from model.assumptions import Assumption
    from model.compare.forecast_figures import Floats
    from model.report.bridge.comparison import Comparison

SHOWN_CHANGES = 15


@click.command()
@click.argument("run_a", type=click.Path(path_type=Path))
@click.argument("run_b", type=click.Path(path_type=Path))
@click.option("--year", help="Bridge to the end of this year, such as 2027-28 (the last common).")
@click.option("--out", type=click.Path(path_type=Path), help="Write a workbook (a new .xlsx file).")
@click.option(
    "--csv", "csv_file", type=click.Path(path_type=Path), help="Write every figure as CSV."
)
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def compare(
    run_a: Path,
    run_b: Path,
    year: str | None,
    out: Path | None,
    csv_file: Path | None,
    as_json: bool,
) -> int:
    """Say why the deficit of RUN_B is not that of RUN_A: a bridge by cause that adds up.

    RUN_A and RUN_B are folders that `hn-forecast run` has made, such as last quarter's forecast and
    this one. The causes add up to the pound in every draw. See docs/compare.md.
    """
    from model.report.asked_file import (
        refuse_no_workbook,
        refuse_unwritable,
        write_file,
        write_text,
    )

    if out is not None:
        refuse_no_workbook(out)
    if csv_file is not None:
        refuse_unwritable(csv_file)
    from model.report.bridge.comparison import compare_runs

    found = compare_runs(run_a, run_b)
    if year is not None and year not in found.years:
        raise click.BadParameter(
            f"{year} is not a year of both runs; expected one of {', '.join(found.years)}",
            param_hint="--year",
        )
    chosen = year or found.years[-1]
    if csv_file is not None:
        from model.report.bridge.tidy import tidy

        write_text(csv_file, tidy(found).to_csv(index=False))
    if out is not None:
        from model.report.bridge.workbook import write_comparison

        write_file(out, lambda partial: write_comparison(found, chosen, partial))
    if as_json:
        import json

        from model.report.bridge.tidy import as_plain

        click.echo(json.dumps(as_plain(found, chosen), indent=2))
        return 0
    _print(found, chosen)
    for title, path in (("Workbook", out), ("All figures", csv_file)):
        if path is not None:
            click.echo(f"{title:<12}{path}")
    return 0


def _print(found: Comparison, year: str) -> None:
    from rich.console import Console

    console = Console(markup=False, highlight=False)
    for letter, run in (("A", found.a), ("B", found.b)):
        facts = run.manifest
        console.print(
            f"{letter}  {run.loaded.scenario.title}: run {run.run_id} of {facts['created'][:10]}"
        )
    for warning in found.warnings:
        console.print(f"WARNING  {warning}")
    console.print(found.pairing)
    console.print("GBP thousand; a positive figure makes the deficit of B the larger one.")
    _print_bridge(console, found, year)
    _print_years(console, found)
    _print_lines(console, found, year)
    _print_changes(console, found)


def _print_bridge(console: Console, found: Comparison, year: str) -> None:
    from model.compare.causes import CAUSES, VIEWS
    from model.report.bridge.tidy import NIL, closings

    at = found.years.index(year)
    ranged = ("10 %", "90 %") if found.paired else ()
    table = plain_table(
        f"Cumulative deficit at 31 March {int(year[:4]) + 1}",
        *("with support", *ranged, "without support"),
        fold=True,
    )
    a, b, difference = (
        (values[at], other[at])
        for (_, _, values), (_, _, other) in zip(
            closings(found, "with"), closings(found, "without"), strict=True
        )
    )
    table.add_row("A", *_cells(found, *a))
    nil = []
    for cause in CAUSES:
        both = [
            found.bridge.cumulative(cause, view)[at] if view in cause.views else None
            for view in VIEWS
        ]
        if all(abs(values).max() < NIL for values in both if values is not None):
            nil.append(cause.title.lower())
        else:
            table.add_row(f"  {cause.title}", *_cells(found, *both))
    table.add_row("B", *_cells(found, *b))
    table.add_row("B less A", *_cells(found, *difference))
    console.print(table)
    adds = "Means add up from A to B; percentiles do not." if found.paired else "Means add up."
    console.print(adds + (f" Nil: {', '.join(nil)}." if nil else ""))


def _cells(found: Comparison, with_it: Floats | None, without: Floats | None) -> list[str]:
    """Mean and percentiles with support, the mean without; blank where a cause is of one view."""
    import numpy as np

    from model.report.bridge.tidy import PERCENTILES, mean

    ranged = PERCENTILES if found.paired else ()
    cells = [""] * (1 + len(ranged))
    if with_it is not None:
        shown = [mean(with_it), *(float(np.percentile(with_it, p)) for p in ranged)]
        cells = [thousands(value) for value in shown]
    return [*cells, "" if without is None else thousands(mean(without))]


def _print_years(console: Console, found: Comparison) -> None:
    """What each cause adds in each year; causes stand down the page, which is narrower than years."""
    from model.report.bridge.tidy import causes_of, closings, mean

    table = plain_table("In each year, with support (means)", *found.years, fold=True)
    for cause in causes_of("with"):
        values = [mean(of_year) for of_year in found.bridge.in_year(cause, "with")]
        if any(values):
            table.add_row(cause.title, *map(thousands, values))
    difference = closings(found, "with")[-1][2].mean(axis=1)
    table.add_row("B less A, cumulative", *(thousands(float(value)) for value in difference))
    console.print(table)


def _print_lines(console: Console, found: Comparison, year: str) -> None:
    from model.report.bridge.item_sheets import by_item

    causes, rows = by_item(found, year)
    lines = [row for row in rows if row.kind == "line"]
    shown = [cause for cause in causes if any(row.amounts.get(cause) for row in lines)]
    if not lines:
        return
    table = plain_table(
        f"Budget lines to 31 March {int(year[:4]) + 1} (means)",
        *(cause.title.split()[0].lower() for cause in shown),
        "in all",
        fold=True,
    )
    for row in lines:
        amounts = [row.amounts.get(cause, 0.0) for cause in shown]
        table.add_row(row.title, *map(thousands, amounts), thousands(sum(row.amounts.values())))
    console.print(table)


def _print_changes(console: Console, found: Comparison) -> None:
    figures, settings = found.changes.figures, found.changes.settings
    if not figures and not settings:
        console.print("No input differs between the two runs.")
        return
    console.print("Inputs that differ, from A to B:")
    said = [
        f"{row.path}{f' {row.year}' if row.year else ''}: {_told(row.a)} -> {_told(row.b)} {row.unit}"
        for row in figures
    ]
    said += [f"{row.path}: {_short(row.a)} -> {_short(row.b)}" for row in settings]
    for text in said[:SHOWN_CHANGES]:
        console.print(f"  {text}")
    if len(said) > SHOWN_CHANGES:
        console.print(f"  and {len(said) - SHOWN_CHANGES} more: see --out or --json.")


def _told(row: Assumption | None) -> str:
    """A figure of the register with its range, where it has them."""
    from model.compare.changed_inputs import ABSENT

    if row is None or row.central is None:
        return ABSENT
    if row.low is None or row.high is None:
        return _number(row.central)
    return f"{_number(row.central)} ({_number(row.low)} to {_number(row.high)})"


def _number(value: float) -> str:
    """A number with its thousands, and as many places as it has up to four."""
    return f"{value:,.4f}".rstrip("0").rstrip(".")


def _short(text: str) -> str:
    """Text, and of a fingerprint its first letters."""
    return text[:12] if len(text) == 64 and " " not in text else text
