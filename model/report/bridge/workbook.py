"""The workbook of a comparison: Bridge, By line, By year, Changed inputs, Checks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from xlsxwriter import Workbook

from model.compare.bridge import PENNY
from model.report.bridge import bridge_sheet, inputs_sheet
from model.report.bridge.comparison import Comparison
from model.report.bridge.item_sheets import BY_LINE, BY_YEAR, write_by_line, write_by_year
from model.report.workbook import checks
from model.report.workbook.sheet import Pages, named
from model.report.workbook.write import workbook_options


@dataclass
class ComparisonBook(Pages):
    """The workbook of a comparison."""

    found: Comparison

    @property
    def subject(self) -> str:
        """The authority of both runs, or both authorities."""
        scenarios = [run.loaded.scenario for run in (self.found.a, self.found.b)]
        names = dict.fromkeys(named(one.authority, invented=one.invented) for one in scenarios)
        return " and ".join(names)

    @property
    def identity(self) -> str:
        """Both runs by their ids."""
        return f"Run {self.found.a.run_id} to run {self.found.b.run_id}"


def write_comparison(found: Comparison, year: str, path: Path) -> None:
    """Write the bridge to the end of `year` as an Excel workbook at `path`, replacing what is there.

    Totals are live formulas whose stored values agree. Equal runs give equal bytes: the date of the
    file is that of B.
    """
    with Workbook(str(path), workbook_options()) as workbook:
        workbook.set_properties(
            {
                "title": f"{found.b.loaded.scenario.authority}: why the forecast changed"[:200],
                "subject": "Bridge between two forecasts of the DSG deficit",
                "author": "hn-forecast",
                "comments": f"Runs {found.a.run_id} and {found.b.run_id}",
                "created": datetime.fromisoformat(found.b.manifest["created"]).replace(tzinfo=None),
            }
        )
        book = ComparisonBook(workbook, found)
        for name in (bridge_sheet.NAME, BY_LINE, BY_YEAR, inputs_sheet.NAME, checks.NAME):
            book.add(name)
        by_line = write_by_line(book, found, year)
        by_year = write_by_year(book, found, year)
        inputs_sheet.write(book, found)
        statement = bridge_sheet.write(book, found, year, by_line, by_year)
        book.sheets[BY_YEAR].finish()
        _checks(book, found)
        book.sheets[bridge_sheet.NAME].put(statement, 0, checks.live_statement(book), "bold")


def _checks(book: ComparisonBook, found: Comparison) -> None:
    """What the comparison itself found, and the live sums of this workbook."""
    sheet = book.sheets[checks.NAME]
    sheet.columns(76, 24, 16, 14, 10, 12)
    sheet.title(
        "Checks", "Differences as found. Where one fails the workbook should not be signed."
    )
    sheet.heading("Checks of the comparison (computed with it)")
    sheet.header("Check", "Kind", "Difference", "Allowed", "Unit", "Result", text=(1, 4, 5))
    gap = found.bridge.gap()
    what = "every draw and year" if found.paired else "every year (means)"
    sheet.line(
        f"Causes sum to B less A in {what}, with and without support",
        ["must hold", gap, PENNY, "£", checks.PASSED if gap <= PENNY else checks.FAILED],
        each=["", "difference", "allowed", "", "bold"],
    )
    for letter, run in (("A", found.a), ("B", found.b)):
        passed = run.manifest["checks_passed"]
        sheet.line(
            f"All checks of run {letter} passed when it was made",
            ["of the run", None, None, None, checks.PASSED if passed else checks.FAILED],
            each=["", "", "", "", "bold"],
        )
    checks.live(book, sheet)
    sheet.finish()
