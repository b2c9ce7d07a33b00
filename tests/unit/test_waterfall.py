"""A waterfall: what stands where, above nil and below it."""

from __future__ import annotations

import openpyxl
import pytest
from xlsxwriter import Workbook

from model.report.workbook.figures import figure
from model.report.workbook.sheet import Pages
from model.report.workbook.waterfall import FIRST_HEIGHT, Step, waterfall

pytestmark = pytest.mark.unit

NAMES = ("Deficit", "Larger", "Smaller")
LOOKS = ("base", "level", "rise", "fall")


class Nobody(Pages):
    """A workbook about nothing: its pages are not printed here."""

    subject = identity = ""


def heights(tmp_path, *ends: tuple[float, float, bool]) -> list[dict[str, tuple[float, float]]]:
    """Look -> height above nil and below it, for each step, as stored beside its formula."""
    path = tmp_path / "chart.xlsx"
    with Workbook(str(path)) as workbook:
        book = Nobody(workbook)
        book.add("Steps")
        sheet = book.sheets["Steps"]
        sheet.header("Cause", "From", "To")
        steps = []
        for start, end, whole in ends:
            cells = sheet.line("", [figure(start), figure(end)], "money")
            steps.append(Step(cells[0], cells[1], whole))
        chart = waterfall(book, sheet, steps, "Title", NAMES)
        sheet.worksheet.insert_chart(0, 15, chart)
    rows = openpyxl.load_workbook(path, data_only=True)["Steps"]
    found = []
    for row in range(2, 2 + len(ends)):
        values = [float(rows.cell(row, 1 + FIRST_HEIGHT + column).value) for column in range(8)]
        found.append({look: (values[2 * n], values[2 * n + 1]) for n, look in enumerate(LOOKS)})
    return found


def shown(step: dict[str, tuple[float, float]]) -> dict[str, tuple[float, float]]:
    return {look: pair for look, pair in step.items() if pair != (0.0, 0.0)}


def test_a_rise_stands_on_its_start_and_a_fall_hangs_from_it(tmp_path):
    level, rise, fall, last = heights(
        tmp_path, (0, 10e6, True), (10e6, 13e6, False), (13e6, 8e6, False), (0, 8e6, True)
    )
    assert shown(level) == {"level": (10e6, 0.0)}
    assert shown(rise) == {"base": (10e6, 0.0), "rise": (3e6, 0.0)}
    assert shown(fall) == {"base": (8e6, 0.0), "fall": (5e6, 0.0)}
    assert shown(last) == {"level": (8e6, 0.0)}


def test_a_step_through_nil_lies_on_both_sides(tmp_path):
    _, fall, rise, last = heights(
        tmp_path, (0, 2e6, True), (2e6, -5e6, False), (-5e6, -1e6, False), (0, -1e6, True)
    )
    assert shown(fall) == {"fall": (2e6, -5e6)}
    assert shown(rise) == {"base": (0.0, -1e6), "rise": (0.0, -4e6)}
    assert shown(last) == {"level": (0.0, -1e6)}
