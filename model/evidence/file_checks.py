"""Checks between the parts of a figures file: ids, papers, columns, operands, milestones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from model.evidence.entry import Entry, ExplainedEntry
from model.evidence.figure import Figure
from model.evidence.milestones import last_due
from model.evidence.percentages import OPERANDS
from model.evidence.printed import is_blank, read_printed
from model.evidence.rates_schema import Growth, Percentage
from model.evidence.statement_schema import Milestone
from model.evidence.table_file_checks import check_layout
from model.evidence.table_schema import PrintedTable
from model.evidence.units import check_units
from model.scenario.findings import Finding, repeated, unknown
from model.scenario.positions import Path

Placed = tuple[int, Entry]
"""An entry and its place in the file."""

Papers = Mapping[str, object] | None
"""The papers by key; None where the file names them in a way that cannot be read."""


def check_file(
    entries: Sequence[Placed], papers: Papers, growths: AbstractSet[str]
) -> Iterator[Finding]:
    """Everything that does not fit.

    `entries` are those that are right on their own; `growths` names every growth of the file.
    """
    seen: set[str] = set()
    for index, entry in entries:
        at: Path = ("entries", index)
        if entry.id in seen:
            yield Finding((*at, "id"), f"the id '{entry.id}' is given twice")
        seen.add(entry.id)
        yield from _sources(entry, at, papers)
        yield from _tolerance(entry, at)
        yield from _explanations(entry, at)
        layout = list(check_layout(entry, at)) if isinstance(entry, PrintedTable) else []
        yield from layout
        if not layout:
            yield from check_units(entry, at)
        if isinstance(entry, Growth):
            yield from _growth(entry, at, growths)
        elif isinstance(entry, Percentage):
            yield from _percentage(entry, at)
        elif isinstance(entry, Milestone):
            yield from _milestone(entry, at)


def _sources(part: object, at: Path, papers: Papers) -> Iterator[Finding]:
    """Every source of an entry and of what stands in it must name a paper of the file."""
    if isinstance(part, list):
        for index, item in enumerate(part):
            yield from _sources(item, (*at, index), papers)
    fields = getattr(type(part), "model_fields", None)
    if fields is None:
        return
    for key in fields:
        value = getattr(part, key)
        if key == "source" and isinstance(value, str):
            yield from _source(value, (*at, key), papers)
        elif isinstance(value, list) or hasattr(type(value), "model_fields"):
            yield from _sources(value, (*at, key), papers)


def _source(text: str, at: Path, papers: Papers) -> Iterator[Finding]:
    for piece in text.split(";"):
        paper, colon, where = piece.strip().partition(":")
        if not colon or not where.strip():
            yield Finding(
                at,
                "not a source",
                repr(text),
                "the key of a paper, a colon and the lines or pages, such as 001:852-856",
            )
        elif papers is not None and paper not in papers:
            yield unknown(at, "paper", paper, papers)


def _tolerance(entry: Entry, at: Path) -> Iterator[Finding]:
    if entry.tolerance is None:
        return
    printed = read_printed(entry.tolerance.figure)
    if printed is None or printed.value < 0:
        found = repr(entry.tolerance.figure)
        yield Finding((*at, "tolerance", "figure"), "not a tolerance", found, "a number, 0 or more")


def _explanations(entry: Entry, at: Path) -> Iterator[Finding]:
    """An amount that explains a gap must be a number: a placeholder explains nothing."""
    for index, item in enumerate(entry.explained_by if isinstance(entry, ExplainedEntry) else ()):
        text = item.figure.figure
        if is_blank(text) or read_printed(text) is None:
            where = (*at, "explained_by", index, "figure")
            yield Finding(where, "not a number", repr(text), "an amount as printed, such as -1,617")


def _growth(entry: Growth, at: Path, growths: AbstractSet[str]) -> Iterator[Finding]:
    other = entry.called_current_rate_of
    if entry.stated is None and other is None:
        expected = "'stated', 'called_current_rate_of' or both"
        yield Finding(at, "nothing is stated that could be checked", None, expected)
    printed = read_printed(entry.periods)
    if printed is not None and printed.value < 0:
        yield Finding((*at, "periods"), "out of range", entry.periods, "more than 0")
    if other is None:
        return
    where = (*at, "called_current_rate_of")
    if other == entry.id:
        yield Finding(where, "a growth cannot be its own current rate", repr(other))
    elif other not in growths:
        yield unknown(where, "growth", other, sorted(growths - {entry.id}), "this file")


def _percentage(entry: Percentage, at: Path) -> Iterator[Finding]:
    keys = OPERANDS[entry.basis]
    for key in keys:
        figure: Figure | None = getattr(entry, key)
        if figure is None:
            message = f"a percentage with basis {entry.basis} needs '{keys[0]}' and '{keys[1]}'"
            yield Finding((*at, key), message)


def _milestone(entry: Milestone, at: Path) -> Iterator[Finding]:
    yield from repeated(
        [item.due for item in entry.milestones], (*at, "milestones"), "month", "due"
    )
    if last_due(entry) is None:
        first = min(item.due for item in entry.milestones)
        yield Finding(
            (*at, "measured"),
            "no milestone was due when the figure was measured",
            str(entry.measured),
            f"{first} or later",
        )
