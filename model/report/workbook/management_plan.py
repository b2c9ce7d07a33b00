"""Management plan: the tables of the DSG management plan, mitigated and unmitigated."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from model.reference.codes import BLOCK_TITLES
from model.report.workbook import mitigations
from model.report.workbook.figures import Cell, Figure, total
from model.report.workbook.measures import years
from model.report.workbook.return_tables import write_table
from model.report.workbook.sheet import Book, Content, Sheet
from model.returns.financial_summary import GROUP_TITLES, READING, BlockSummary
from model.returns.of_run import MITIGATED, UNMITIGATED, Returns, returns_of
from model.returns.whole_numbers import RULE

Floats = NDArray[np.float64]

NAME = "Management plan"

ALLOWED_GBP = 0.01

INCOME = (
    ("gross_income", "Gross income"),
    ("deductions", "less what the department pays to providers directly"),
    ("contributions", "plus the council's own contribution"),
)


def write(book: Book) -> None:
    """Fill the sheet."""
    sheet, found = book.sheets[NAME], returns_of(book.results)
    assert found is not None
    columns = len(found.management[MITIGATED][0].years) * (1 if found.one_case else 2)
    sheet.columns(54, *[12.5] * max(columns, len(years(book.results)), 6))
    sheet.title(
        "DSG management plan",
        "Tables of the department's plan from this run: spending in £ thousands (cells hold pounds), "
        "plans in whole numbers each January.",
    )
    sheet.row += 1
    introduce(book, sheet, found)
    sheet.note(READING)
    for number, block in enumerate(found.blocks[MITIGATED]):
        other = None if found.one_case else found.blocks[UNMITIGATED][number]
        alike = other is not None and _same(block, other)
        _block(book, sheet, block, None if alike else other, alike=alike)
    sheet.heading("Plans by placement category, each January")
    sheet.note(RULE)
    sheet.note(
        "Needs not recorded and Down syndrome, which has no row of its own, are under Other: this is our "
        "reading. Mainstream independent schools are with NMSS or independent, as the department counts them; "
        "hospital places that are not told apart are with other placements."
    )
    cases = [
        found.management[case] for case in ([MITIGATED] if found.one_case else found.management)
    ]
    said: set[str] = set()
    for tables in zip(*cases, strict=True):
        first = tables[0]
        heading = first.title if first.number == "0" else f"{first.number[0]}. {first.title}"
        write_table(book, sheet, tables, heading, said)
    sheet.finish()


def introduce(book: Book, sheet: Sheet, found: Returns) -> None:
    """What both cases are, or why there is one."""
    sheet.note(mitigations.statement(book.results.scenario))
    sheet.note(
        found.one_case
        or "Unmitigated: the same draws without any mitigation. Both are means over draws."
    )
    if not found.one_case and book.results.scenario.mitigated == "base":
        sheet.note(
            "Mitigated is this run, which adds no planned mitigation: for the plan with all of them run it with "
            "mitigated: all, or with a list of their ids."
        )
    if not found.one_case and found.management[MITIGATED] == found.management[UNMITIGATED]:
        sheet.note(
            "The plans of both cases are equal in this run: no mitigation in it changes a plan before rounding.",
            "bold",
        )


def _same(block: BlockSummary, other: BlockSummary) -> bool:
    """True where a block is the same in both cases, to the penny."""
    return all(
        np.allclose(block.account[key], other.account[key], rtol=0, atol=ALLOWED_GBP)
        for key in block.account
    ) and np.allclose(block.by_group, other.by_group, rtol=0, atol=ALLOWED_GBP)


def _block(
    book: Book, sheet: Sheet, block: BlockSummary, other: BlockSummary | None, *, alike: bool
) -> None:
    """Income, transfers, spending by group and the balance of one block, by financial year."""
    title, labels = BLOCK_TITLES[block.block], years(book.results)
    both = ", mitigated and unmitigated alike" if alike else ""
    sheet.heading(f"Financial summary: {title.lower()} block{both}")
    sheet.header("£000, mean over draws", *labels)
    account = block.account
    income = {key: _line(sheet, words, account[key]) for key, words in INCOME}
    net = sheet.line(
        "Net income",
        [
            gross - less + plus
            for gross, less, plus in zip(*(income[key] for key, _ in INCOME), strict=True)
        ],
        "money",
        "total",
    )
    moved = _line(
        sheet, "Transfers to other blocks (a receipt is minus)", account["net_transfers_out"]
    )
    spent = _by_group(sheet, block, other)
    _balance(book, sheet, block, "" if other is None else ", mitigated", spent[0], net, moved)
    if other is not None:
        same = all(
            np.allclose(account[key], other.account[key], rtol=0, atol=ALLOWED_GBP)
            for key in ("net_income", "net_transfers_out")
        )
        own_net: Sequence[Content] = net if same else other.account["net_income"].tolist()
        own_moved: Sequence[Content] = (
            moved if same else other.account["net_transfers_out"].tolist()
        )
        _balance(book, sheet, other, ", unmitigated", spent[1], own_net, own_moved)


def _line(sheet: Sheet, title: str, values: Floats, style: str = "label") -> list[Cell]:
    return sheet.line(title, [float(value) for value in values], "money", label_style=style)


def _by_group(
    sheet: Sheet, block: BlockSummary, other: BlockSummary | None
) -> list[Sequence[Content]]:
    """Spending by group of s251 lines: unmitigated, saved, mitigated. Returns the totals, mitigated first.

    A block without budget lines has nothing to break down.
    """
    cases = [case for case in (block, other) if case is not None]
    wanted = [
        group
        for group in range(len(GROUP_TITLES))
        if any(np.abs(case.by_group[group]).max() >= ALLOWED_GBP for case in cases)
    ] or [len(GROUP_TITLES) - 1]
    if other is None and wanted == [len(GROUP_TITLES) - 1]:
        return [block.account["spend"].tolist()]
    if other is None:
        return [_spending(sheet, "Spending", block, wanted)[1]]
    sheet.block()
    before, all_before = _spending(sheet, "Spending, unmitigated", other, wanted)
    saved = []
    sheet.put(sheet.row, 0, "Savings: what mitigations take off (minus: they cost)", "bold")
    sheet.row += 1
    for group, cells in zip(wanted, before, strict=True):
        values = block.by_group[group].tolist()
        differences = [item.value - value for item, value in zip(cells, values, strict=True)]
        saved.append(
            sheet.line(GROUP_TITLES[group], list(differences), "money", label_style="indent")
        )
    sheet.line(
        "All savings",
        [total(list(column)) for column in zip(*saved, strict=True)],
        "money",
        "total",
    )
    sheet.put(sheet.row, 0, "Spending, mitigated", "bold")
    sheet.row += 1
    mitigated = [
        sheet.line(
            GROUP_TITLES[group],
            [was - less for was, less in zip(cells, savings, strict=True)],
            "money",
            label_style="indent",
        )
        for group, cells, savings in zip(wanted, before, saved, strict=True)
    ]
    return [_all_spending(sheet, mitigated), all_before]


def _spending(
    sheet: Sheet, title: str, block: BlockSummary, wanted: list[int]
) -> tuple[list[list[Cell]], list[Cell]]:
    sheet.put(sheet.row, 0, title, "bold")
    sheet.row += 1
    rows = [_line(sheet, GROUP_TITLES[group], block.by_group[group], "indent") for group in wanted]
    return rows, _all_spending(sheet, rows)


def _all_spending(sheet: Sheet, rows: list[list[Cell]]) -> list[Cell]:
    sums = [total(list(column)) for column in zip(*rows, strict=True)]
    return sheet.line("All spending", list(sums), "money", "total")


def _balance(
    book: Book,
    sheet: Sheet,
    block: BlockSummary,
    case: str,
    spent: Sequence[Content],
    net: Sequence[Content],
    moved: Sequence[Content],
) -> None:
    """In-year and cumulative position of a case, held to the account of the run."""
    account, title = block.account, BLOCK_TITLES[block.block]
    sheet.block()
    sheet.put(sheet.row, 0, f"Balance of the block{case}", "bold")
    sheet.row += 1
    opening = _line(sheet, "Deficit brought forward", account["opening_deficit"], "indent")
    spending = sheet.line("Spending", list(spent), "money", label_style="indent")
    income = sheet.line("less net income", list(net), "money", label_style="indent")
    given = sheet.line("plus transfers to other blocks", list(moved), "money", label_style="indent")
    in_year = sheet.line(
        "In-year deficit (minus: a surplus)",
        [s - i + g for s, i, g in zip(spending, income, given, strict=True)],
        "money",
        "total",
    )
    others = account["prior_year_adjustment"] + account["draws_on_balances"]
    other = _line(sheet, "Prior-year adjustments and draws on balances", others, "indent")
    support = _line(sheet, "less support from the department", account["support"], "indent")
    closing = sheet.line(
        "Deficit carried forward",
        [
            start + year + more - less
            for start, year, more, less in zip(opening, in_year, other, support, strict=True)
        ],
        "money",
        "grand",
    )
    gaps = [
        Figure(f"ABS({difference.text})", abs(difference.value), atom=True)
        for cell, value in zip(closing, account["closing_deficit"], strict=True)
        for difference in [cell - float(value)]
    ]
    name = f"{NAME}: {title.lower()} block{case}: carried forward as in the account"
    book.check(name, total(gaps), ALLOWED_GBP, "GBP")
    sheet.row += 1
