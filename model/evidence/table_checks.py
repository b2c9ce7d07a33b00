"""Tables: whether columns foot and rows cross-cast, cell by cell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from math import prod

from model.evidence.arithmetic_words import equation, joined, product_words, sum_words, term
from model.evidence.figure import Figure
from model.evidence.judge import (
    UnreadableFigureError,
    addend,
    compare,
    outcome,
    span_of,
    unreadable,
)
from model.evidence.printed import is_blank
from model.evidence.spans import HUNDRED, NIL, Span, total
from model.evidence.table_schema import Identity, PrintedTable
from model.evidence.verdicts import Outcome, Verdict


@dataclass(frozen=True)
class _Line:
    """One row or column of a table: its cells by name, and how outcomes name and place it."""

    table: PrintedTable
    cells: dict[str, str]
    name: str
    down: bool

    def at(self, result: str) -> str:
        return f"{result}.{self.name}" if self.down else f"{self.name}.{result}"

    def source(self, result: str) -> str | None:
        row = result if self.down else self.name
        return next(item.source for item in self.table.rows if item.id == row)

    def figure(self, name: str) -> Figure:
        label = f"{name}, {self.name}" if self.down else f"{self.name}, {name}"
        return _cell(self.cells[name], label)


def _cell(text: str, label: str | None, *, counted: bool = False) -> Figure:
    """A cell as a figure. It was read as a cell, so words too long for a figure are let through."""
    return Figure.model_construct(
        figure=text, label=label, source=None, times=None, counted=counted
    )


def check_table(table: PrintedTable) -> list[Outcome]:
    """Every footing in every column of figures, then every cross-casting in every row.

    A blank cell is nil; blank where arithmetic gives a figure is missing. A row or column in which
    everything an identity names is blank, such as a heading, is left out.
    """
    found: list[Outcome] = []
    for identity in table.footing:
        plus = operands_of_footing(table, identity)
        for line in _columns(table):
            found.extend(_checked(identity, line, plus))
    for identity in table.cross_casting:
        for line in _rows(table):
            found.extend(_checked(identity, line, identity.plus))
    return _named_apart(found)


def _named_apart(found: list[Outcome]) -> list[Outcome]:
    """A number for the second and later checks of one cell, such as a total that foots and cross-casts."""
    seen: Counter[str] = Counter()
    named = []
    for item in found:
        seen[item.id] += 1
        again = seen[item.id]
        if again > 1:
            note = "" if item.verdict.holds else f"check {again} of this cell"
            item = replace(item, id=f"{item.id}_{again}", note=joined(item.note, note))
        named.append(item)
    return named


def operands_of_footing(table: PrintedTable, identity: Identity) -> list[str]:
    """The rows added: those named, else every row that no footing results in."""
    if identity.plus or identity.less or identity.factors or identity.part:
        return identity.plus
    results = {item.result for item in table.footing}
    return [row.id for row in table.rows if row.id not in results]


def groups_of_cells(table: PrintedTable) -> Iterator[list[tuple[tuple[str | int, ...], Figure]]]:
    """Cells that are added or divided by each other, each with the way to it in the table."""
    rows = {row.id: index for index, row in enumerate(table.rows)}
    columns = {name: index for index, name in enumerate(table.columns)}
    for down, identities in ((True, table.footing), (False, table.cross_casting)):
        for identity in identities:
            plus = operands_of_footing(table, identity) if down else identity.plus
            if identity.factors:
                continue
            shares = [name for name in (identity.part, identity.whole) if name]
            names = shares or [identity.result, *plus, *identity.less]
            for line in _columns(table) if down else _rows(table):
                if identity.only and line.name not in identity.only:
                    continue
                places = ((name, line.name) if down else (line.name, name) for name in names)
                yield [
                    (("rows", rows[row], "values", columns[column]), line.figure(name))
                    for name, (row, column) in zip(names, places, strict=True)
                ]


def _columns(table: PrintedTable) -> Iterator[_Line]:
    for index, name in enumerate(table.columns):
        if name not in table.text_columns:
            cells = {row.id: row.values[index] for row in table.rows}
            yield _Line(table, cells, name, down=True)


def _rows(table: PrintedTable) -> Iterator[_Line]:
    for row in table.rows:
        yield _Line(table, dict(zip(table.columns, row.values, strict=True)), row.id, down=False)


def _checked(identity: Identity, line: _Line, plus: list[str]) -> Iterator[Outcome]:
    if identity.only and line.name not in identity.only:
        return
    named = [*plus, *identity.less, *identity.factors]
    named += [name for name in (identity.part, identity.whole) if name]
    if all(is_blank(line.cells[name]) for name in (*named, identity.result)):
        return
    at, source = line.at(identity.result), line.source(identity.result)
    try:
        computed = _computed(identity, line, plus)
    except UnreadableFigureError as error:
        yield unreadable(line.table, error.figure, at, source)
        return
    except ZeroDivisionError:
        if not is_blank(line.cells[identity.result]):
            note = "a percentage of nil, or of what may be nil as printed"
            stated = line.cells[identity.result]
            yield outcome(
                line.table, Verdict.NOT_A_NUMBER, at=at, stated=stated, note=note, source=source
            )
        return
    result = line.figure(identity.result)
    if is_blank(result.figure) and abs(computed.value) <= computed.spread:
        result = _cell("0", result.label, counted=True)
    try:
        made = compare(
            line.table,
            computed,
            result,
            counted=line.table.counted,
            at=at,
            source=source,
            note=lambda verdict: _words(verdict, identity, line, plus, computed.value),
        )
    except UnreadableFigureError as error:
        made = unreadable(line.table, error.figure, at, source)
    yield made


def _words(
    verdict: Verdict, identity: Identity, line: _Line, plus: list[str], computed: Fraction
) -> str:
    """The arithmetic of a cell that does not hold, each figure by the name of its row or column."""

    def cells(names: list[str]) -> list[Figure]:
        return [_cell(line.cells[name], name) for name in names]

    unit = ""
    if identity.part and identity.whole:
        part, whole = map(term, cells([identity.part, identity.whole]))
        said, unit = f"{part} of {whole}", "%"
    elif identity.factors:
        said = product_words(cells(identity.factors), [])
    else:
        said = sum_words(cells(plus), cells(identity.less))
    return equation(verdict, said, computed, _cell(line.cells[identity.result], None), unit)


def _computed(identity: Identity, line: _Line, plus: list[str]) -> Span:
    counted = line.table.counted
    if identity.part and identity.whole:
        part = span_of(line.figure(identity.part), counted=counted)
        whole = span_of(line.figure(identity.whole), counted=counted)
        return part / whole * HUNDRED
    if identity.factors:
        factors = [span_of(line.figure(name), counted=counted) for name in identity.factors]
        return prod(factors[1:], start=factors[0])
    added = total(addend(line.figure(name), counted=counted) for name in plus)
    taken = total(addend(line.figure(name), counted=counted) for name in identity.less)
    return (added if plus else NIL) - taken
