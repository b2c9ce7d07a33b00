"""The return as a workbook beside the document: the same tables with live formulas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from xlsxwriter import Workbook

from model.report.safety_valve.words import (
    BASIS_TITLES,
    BLANK,
    ROW_TITLES,
    TOTALS,
    draft_mark,
    heading,
    rating_words,
)
from model.report.workbook.figures import Cell, Figure, at_least, choose, within
from model.report.workbook.sheet import Column as Written
from model.report.workbook.sheet import Content, Pages, Row, Sheet, named
from model.report.workbook.write import workbook_options
from model.returns.position import ACCOUNT_ROWS, FOOTS_WITHIN_GBP, PROFILE_ROWS, Column
from model.returns.run_figures import PROBABILITIES
from model.returns.safety_valve import SafetyValveReturn

RETURN, CONDITIONS, EXCEPTIONS = "Return", "Conditions", "Exceptions"
UNITS = "Shown in £ thousands (cells hold pounds). A deficit is positive, a surplus has a minus."


@dataclass
class ReturnBook(Pages):
    """The workbook of a return."""

    given: SafetyValveReturn

    @property
    def subject(self) -> str:
        """The authority of the return, marked where it is invented."""
        return named(self.given.file.authority, invented=self.given.file.invented)

    @property
    def identity(self) -> str:
        """The run behind it."""
        return f"Run {self.given.run.run_id}"


def write_return_workbook(given: SafetyValveReturn, path: Path) -> None:
    """Write the return as a workbook at `path`. Equal returns give equal bytes."""
    run = given.run
    with Workbook(str(path), workbook_options()) as workbook:
        workbook.set_properties(
            {
                "title": heading(given)[:200],
                "subject": "Safety Valve monitoring return",
                "author": "hn-forecast",
                "comments": f"Run {run.run_id}",
                "created": datetime.fromisoformat(run.created).replace(tzinfo=None),
            }
        )
        book = ReturnBook(workbook, given)
        sheets = [Sheet(book, name) for name in (RETURN, CONDITIONS, EXCEPTIONS)]
        _money(sheets[0], given)
        _conditions(sheets[1], given)
        _exceptions(sheets[2], given)


def _title(sheet: Sheet, given: SafetyValveReturn, units: str) -> None:
    sheet.title(heading(given), f"{given.file.period.title}. {units}")
    mark = draft_mark(given)
    sheet.put(sheet.row, 0, mark or "No exceptions: ready to sign", "banner" if mark else "bold")
    sheet.row += 1


def _money(sheet: Sheet, given: SafetyValveReturn) -> None:
    money = given.money
    most = max(len(money.account), len(money.profile), 5)
    sheet.columns(50, *[12] * most)
    _title(sheet, given, UNITS)
    sheet.heading("Deficit of the whole DSG, with and without support")
    account = _account(sheet, money.account)
    sheet.heading("Ratings")
    green = sheet.line("Green from this probability of being on or below the target", [money.green], "share")[0]  # fmt: skip
    amber = sheet.line("Amber from this probability (below it: red)", [money.amber], "share")[0]
    sheet.note(f"Source of the thresholds: {money.thresholds_source}")
    sheet.heading("Against the agreed profile: cumulative, in-year, and what it takes to catch up")
    _profile(sheet, money.profile, account, green, amber)
    sheet.note(
        "Printed is the position as the council's papers have it; model is the mean over draws. Like-for-like "
        "figures and probabilities are counted inside each draw; everything else adds up by formula."
    )
    sheet.finish()


Places = Mapping[tuple[str, str], Written]


def _labels(columns: Sequence[Column]) -> list[str]:
    return [f"{column.year} {BASIS_TITLES[column.basis]}" for column in columns]


def _account(sheet: Sheet, columns: Sequence[Column]) -> Places:
    """The account by formula: closing balances are sums of the cells above them."""
    rows = (
        *(Row(name, ROW_TITLES[name], weight="total" if name in TOTALS else "") for name in ACCOUNT_ROWS[:5]),
        Row("cumulative_excluding", ROW_TITLES["cumulative_excluding"], weight="total"),
        Row("earlier", "Add back: support received in earlier years"),
        Row("cumulative_without", ROW_TITLES["cumulative_without"], weight="total"),
        Row("difference", "Difference from the run (nil where the column foots)", "difference"),
    )  # fmt: skip

    def content(key: str, written: list[Written]) -> Content:
        given, above = columns[len(written) - 1].figures, written[-1]
        if key == "support":
            return -given["support"]
        if key == "earlier":
            return given["support_to_date"] - given["support"]
        if key == "cumulative_with":
            return (
                above["opening_with"]
                + above["in_year"]
                + above["other_movements"]
                + above["support"]
            )
        if key == "cumulative_excluding":
            return above["cumulative_with"] - above["support"]
        if key == "cumulative_without":
            return above["cumulative_excluding"] + above["earlier"]
        if key == "difference":
            return above["cumulative_without"] - given["cumulative_without"]
        return given[key]

    cells = sheet.table("£000", _labels(columns), rows, content)
    differences = [written["difference"] for written in cells]
    words = choose(
        within(_largest(differences), FOOTS_WITHIN_GBP),
        "Every column foots",
        "NOT EVERY COLUMN FOOTS",
    )
    sheet.put(sheet.row, 0, words, "bold")
    sheet.row += 1
    return {
        (column.basis, column.year): written for column, written in zip(columns, cells, strict=True)
    }


def _largest(cells: Sequence[Cell]) -> Figure:
    """The size of the largest difference in a row of them."""
    row = f"{cells[0].text}:{cells[-1].text.split('!')[1]}"
    return Figure(f"MAX(MAX({row}),-MIN({row}))", max(abs(cell.value) for cell in cells), atom=True)


def _profile(
    sheet: Sheet, columns: Sequence[Column], account: Places, green: Cell, amber: Cell
) -> None:
    names = [name for name in PROFILE_ROWS if any(name in column.figures for column in columns)]
    rows = []
    for name in names:
        number = "chance" if name in PROBABILITIES else "money"
        rows.append(Row(name, ROW_TITLES[name], number, "total" if name in TOTALS else ""))
        if name == "probability_on_target":
            rows.append(Row("rating", "Rating", weight="bold"))

    def content(key: str, written: list[Written]) -> Content:
        column, above = columns[len(written) - 1], written[-1]
        balances = account.get((column.basis, column.year), {})
        if key in balances:
            return balances[key]
        if key == "rating":
            if "probability_on_target" not in above:
                return "-"
            chance = above["probability_on_target"]
            lower = choose(at_least(chance, amber), "Amber", "Red")
            return choose(at_least(chance, green), "Green", lower)
        if key not in column.figures:
            return "-"
        if key == "gap":
            return above["cumulative_without"] - above["target"]
        if key == "in_year_gap" and "in_year_target" in above:
            return above["in_year"] - above["in_year_target"]
        return column.figures[key]

    sheet.table("£000", _labels(columns), rows, content)


def _conditions(sheet: Sheet, given: SafetyValveReturn) -> None:
    sheet.columns(9, 24, 22, 10, 10, 12, 11, 11, 12, 12, 40, 40, 40, 10)
    _title(
        sheet, given, "Money at risk in pounds a year; an expected loss is exposure x probability."
    )
    sheet.row += 1
    texts = (1, 2, 3, 4, 10, 11, 12)
    sheet.header(
        "Condition", "Title", "Theme", "Rating before", "Rating after", "Exposure", "Probability before",
        "Probability after", "Expected loss before", "Expected loss after", "Progress", "Key risks",
        "Mitigations", "Exceptions", text=texts,
    )  # fmt: skip
    for item in given.conditions:
        agreed, money, row = item.agreed, item.agreed.money_at_risk, sheet.row

        def put(column: int, content: Content, *styles: str, row: int = row) -> Cell | None:
            looks = ("wrap", "hair") if isinstance(content, str) else (*styles, "top", "hair")
            return sheet.put(row, column, content, *looks)

        put(0, float(agreed.number), "count")
        for column, text in (
            (1, agreed.title), (2, agreed.theme), (3, rating_words(agreed.rag_before)),
            (4, rating_words(agreed.rag_after)), (10, item.progress or BLANK),
            (11, "\n".join(item.risks) or BLANK), (12, "\n".join(item.mitigations) or BLANK),
        ):  # fmt: skip
            put(column, text)
        exposure = put(5, money.exposure_gbp if money else BLANK, "pounds")
        before = None if money is None else money.probability
        after = None if money is None else money.probability_after
        chances = [put(6, BLANK if before is None else before, "share"), put(7, BLANK if after is None else after, "share")]  # fmt: skip
        exposures: list[Cell | Figure | None] = [exposure, exposure]
        if money is not None and money.exposure_after_gbp is not None:
            exposures[1] = Figure(
                f"{money.exposure_after_gbp:.15g}", money.exposure_after_gbp, True
            )
        for column, size, chance in zip((8, 9), exposures, chances, strict=True):
            put(column, BLANK if size is None or chance is None else size * chance, "pounds")
        put(13, float(len(item.exceptions)), "count")
        sheet.row += 1
    sheet.finish(paper=8)


def _exceptions(sheet: Sheet, given: SafetyValveReturn) -> None:
    sheet.columns(30, 16, 70, 60)
    _title(
        sheet,
        given,
        "Everything that stands against signing, and figures typed by hand that agree.",
    )
    lists: list[tuple[str, list[tuple[str, str, str, str]]]] = [
        (
            "Exceptions",
            [(one.where, one.kind.replace("_", " "), one.what, one.run_says or "-") for one in given.exceptions],
        ),
        (
            "Figures typed by hand that agree with the run",
            [
                (one.where, one.figure.agreement.value, one.figure.text, one.figure.run_says)
                for one in given.agreeing
            ],
        ),
    ]  # fmt: skip
    for title, rows in lists:
        sheet.heading(title)
        if not rows:
            sheet.note("None.")
            continue
        sheet.header("Where", "Kind", "What", "The run says", text=(1, 2, 3))
        for texts in rows:
            for column, text in enumerate(texts):
                sheet.put(sheet.row, column, text, "wrap", "hair")
            sheet.row += 1
    sheet.finish()
