"""Audit trail: from each headline down to blocks, lines, drivers, inputs and their sources, by link."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from model.reference.codes import BLOCK_TITLES
from model.report.workbook import assumptions
from model.report.workbook.assumptions import number_format
from model.report.workbook.dsg_account import ROLL_FORWARD, WHOLE
from model.report.workbook.figures import Cell, cell
from model.report.workbook.measures import years
from model.report.workbook.sheet import Book, Content, Sheet

NAME = "Audit trail"

COLUMNS = (
    ("Level", 15), ("Figure", 62), ("First year", 14), ("Last year", 14), ("Made of", 54),
    ("Go to", 30), ("Source", 44),
)  # fmt: skip
HEADER_ROW = 4
LINK_COLUMN = 5

HEADLINES = {
    "in_year": ("In-year deficit, mean", "Whole DSG: spending - net income + transfers"),
    "with": ("Cumulative deficit with support, mean", "Whole DSG: deficit carried forward"),
    "without": (
        "Cumulative deficit without support, mean",
        "With support + all support received to date",
    ),
    "spend": ("Spending on budget lines, mean", "The budget lines below, added up"),
    "gap": ("Gap to the agreed target, mean", "Cumulative without support - agreed target"),
}


@dataclass(frozen=True)
class Step:
    """One row: its level, what it is, its cells in the first and last year, what it is made of, its
    source, the cell to go to (the first of its cells if none is given) and its number format."""

    level: str
    figure: str
    first: Cell | None
    last: Cell | None
    made_of: str
    source: str = "computed in this run"
    target: Cell | None = None
    number: str = "pounds"


def write(book: Book) -> None:
    """Fill the sheet; call it after the sheets it points to."""
    sheet = book.sheets[NAME]
    sheet.columns(*(width for _, width in COLUMNS))
    labels = years(book.results)
    sheet.title(
        NAME,
        f"Where each figure comes from. Pounds; first year {labels[0]}, last year {labels[-1]}. Values are "
        "links by formula to the cells that hold them.",
    )
    sheet.note(
        "Read downwards: a headline is made of the whole DSG, that of its blocks, spending of lines, a line of "
        "its drivers, a driver of its inputs. Inputs are rows of the Assumptions sheet, with their source. An "
        "input shows its central value; those of the cohort act through the forecast of plans."
    )
    steps = [
        *_headlines(book, labels), *_account(book, labels), *_lines(book, labels),
        *_other_inputs(book),
    ]  # fmt: skip
    rows: list[list[Content]] = [
        [step.level, step.figure, step.first, step.last, step.made_of, None, step.source]
        for step in steps
    ]
    sheet.table_object(HEADER_ROW, "audit_trail", [title for title, _ in COLUMNS], rows,
                       [step.number for step in steps])  # fmt: skip
    for row, step in enumerate(steps, start=HEADER_ROW + 1):
        _link(sheet, row, step)
    sheet.finish()


def _link(sheet: Sheet, row: int, step: Step) -> None:
    target = step.target or step.first or step.last
    if target is not None:
        place = target.absolute.split("!")[1].replace("$", "")
        sheet.link(row, LINK_COLUMN, target, f"{target.sheet}, {place}", "gap", "hair")


def _pair(book: Book, measure: str, labels: list[str]) -> tuple[Cell | None, Cell | None]:
    return book.cells.get((measure, "mean", labels[0])), book.cells.get(
        (measure, "mean", labels[-1])
    )


def _headlines(book: Book, labels: list[str]) -> Iterator[Step]:
    for measure, (title, made_of) in HEADLINES.items():
        first, last = _pair(book, measure, labels)
        if first is not None or last is not None:
            yield Step("Headline", title, first, last, made_of)


def _account(book: Book, labels: list[str]) -> Iterator[Step]:
    """The roll-forward of the whole DSG, each row with the blocks it adds up, then the blocks."""
    account = book.results.scenario.account
    if account is None:
        return
    titles: dict[str, str] = {WHOLE: "Whole DSG"}
    titles |= {block.id: f"{BLOCK_TITLES[block.id]} block" for block in account.blocks}
    for name, title in titles.items():
        for row in ROLL_FORWARD:
            first, last = _pair(book, f"account {name} {row.key}", labels)
            if first is None:
                continue
            made_of = "The blocks below, added up" if name == WHOLE else "Rows of this block"
            source = "computed in this run"
            if name != WHOLE and row.key == "spend":
                made_of = "Budget lines of this block, and spending no line covers"
            elif name != WHOLE and row.key in ("gross_income", "opening_deficit"):
                made_of = f"account.blocks[{name}]"
                source = next((b.source for b in account.blocks if b.id == name), None) or source
            yield Step("Whole DSG" if name == WHOLE else "Block", f"{title}: {row.title}", first,
                       last, made_of, source)  # fmt: skip
        if name != WHOLE:
            yield from _inputs(book, f"account.blocks[{name}]")


def _lines(book: Book, labels: list[str]) -> Iterator[Step]:
    """Lines, their drivers, and the inputs of each."""
    funding = book.results.scenario.funding
    for line in funding.lines if funding is not None else []:
        first, last = _pair(book, f"line {line.id}", labels)
        names = ", ".join(driver.title for driver in line.drivers)
        block = BLOCK_TITLES[line.block]
        yield Step(
            "Line",
            f"{block}: {line.title}",
            first,
            last,
            names,
            line.source or "computed in this run",
        )
        own = f"funding.lines[{line.id}]"
        yield from _inputs(book, own, besides=f"{own}.drivers")
        for driver in line.drivers:
            first, last = _pair(book, f"driver {line.id}.{driver.id}", labels)
            made_of = f"{driver.kind.replace('_', ' ')} at s251 {driver.s251}"
            yield Step("Driver", f"{line.title}: {driver.title}", first, last, made_of,
                       driver.source or "computed in this run")  # fmt: skip
            yield from _inputs(book, f"{own}.drivers[{driver.id}]")


def _inputs(book: Book, path: str, besides: str = "?") -> Iterator[Step]:
    """Rows of the register at or below a path: one step an input, at its first row."""
    for name, rows in book.register_rows.items():
        if not name.startswith(path) or name.startswith(besides):
            continue
        row, number = rows[0]
        more = f"; {len(rows)} rows by year" if len(rows) > 1 else ""
        words = " ".join(row.description.split())
        shown = None
        if row.central is not None:
            shown = cell(assumptions.NAME, number, assumptions.CENTRAL_COLUMN, row.central)
        yield Step("Input", name, shown, None, f"{words} ({row.unit}; {row.status}{more})",
                   row.source or row.reason or "no source given",
                   cell(assumptions.NAME, number, 0, 0.0), number_format(row.unit))  # fmt: skip


def _other_inputs(book: Book) -> Iterator[Step]:
    """Inputs that no single line holds: plans, joiners, requests, rates, places, mitigations, tables."""
    shown = {"account", "funding"}
    first: dict[str, tuple[str, int, int]] = {}
    for name, rows in book.register_rows.items():
        section = name.split(".")[0].split("[")[0].split("/")[0]
        if section == "funding" and name.startswith("funding.lines"):
            continue
        if name.startswith("account.blocks"):
            continue
        key = ".".join(name.split("[")[0].split(".")[:2]) if section in shown else section
        source, row, count = first.get(key, (rows[0][0].source, rows[0][1], 0))
        first[key] = (source, row, count + len(rows))
    for key, (source, row, count) in first.items():
        title = "national tables" if key == "data" else key
        yield Step("Inputs", title, None, None, f"{count} rows of the register from here on",
                   source or "see the rows", cell(assumptions.NAME, row, 0, 0.0))  # fmt: skip
