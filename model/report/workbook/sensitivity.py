"""What drives it: the uncertain inputs that the range of the headline comes from, with their chart."""

from __future__ import annotations

from model.report.workbook.charts import ROWS, place, tornado
from model.report.workbook.figures import Cell
from model.report.workbook.sheet import Book, Sheet
from model.sensitivity.first_order import Index
from model.sensitivity.input_groups import InputGroup
from model.sensitivity.study import Driver, Sensitivity

NAME = "What drives it"

SHOWN = 15
CHARTED = 10
LITTLE = 0.03
"""Shares of variance below this are within the noise of the estimates."""
CHART_WIDTH = 1000
NUMBERS = {"GBP": "money", "share": "share1", "probability": "share1"}
UNITS = {"GBP": "£000"}


def write(book: Book) -> None:
    """Fill the sheet; there is one only where the run was studied."""
    study = book.studies.sensitivity
    assert study is not None
    sheet = book.sheets[NAME]
    sheet.columns(66, *[11.5] * 8, 70, note_width=150)
    unit = UNITS.get(study.target.unit, study.target.unit)
    sheet.title(
        NAME,
        f"{study.target.title} {study.year}, {unit}"
        + (" (cells hold pounds)" if study.target.unit == "GBP" else "")
        + ". It shows what moves the result within the ranges given, not who can change it.",
    )
    charted = _drivers(sheet, study)
    if charted:
        chart = tornado(book, charted, f"{study.target.title} {study.year}: change from central",
                        study.target.unit)  # fmt: skip
        description = (
            "Bars of how far the figure moves with each input at the low and at the high end of its "
            "range, the largest first."
        )
        sheet.row += 1
        sheet.block()
        place(sheet, chart, description, sheet.row, 0, CHART_WIDTH)
        sheet.row += ROWS
    _deciding(sheet, study)
    _together(sheet, [driver.group for driver in study.drivers[:SHOWN]])
    _still(sheet, study)
    sheet.finish()


def _drivers(sheet: Sheet, study: Sensitivity) -> list[tuple[Cell, Cell]]:
    """The table; returns the cells of the changes from central that the chart shows."""
    number = NUMBERS.get(study.target.unit, "plans")
    sheet.heading("Inputs, the largest swing first")
    sheet.note(
        "At low, at high: the central run with this input alone at its 10th and at its 90th percentile "
        "(years that go their own way where together they are at theirs, a number of few values at the "
        "least and the greatest); inputs that the scenario ties together move together. Alone: share of "
        "the variance over draws that the input explains by itself (first-order index), with its 5th "
        "and 95th bootstrap percentile. With others: the same with every interplay it has a part in "
        "(total index)."
    )
    for text in accuracy(study):
        sheet.note(text)
    sheet.header(
        "Input (see Assumptions)", "At low", "At high", "Low less central", "High less central",
        "Alone", "p5", "p95", "With others", "What it is", text=(9,),
    )  # fmt: skip
    charted: list[tuple[Cell, Cell]] = []
    shown = study.drivers[:SHOWN]
    for driver in shown:
        swing = driver.swing
        changes = (swing.low - study.central, swing.high - study.central)
        row = sheet.row
        sheet.put(row, 9, driver.group.meaning, "gap", "wrap")
        written = sheet.line(
            driver.group.title,
            [swing.low, swing.high, *changes, *_shares(driver)],
            each=[number] * 4 + ["share1"] * 4,
        )
        charted.append((written[2], written[3]))
    left = len(study.drivers) - len(shown)
    if left:
        sheet.note(f"{left} more inputs move it less; studies.parquet has them.")
    return charted[:CHARTED]


def _shares(driver: Driver) -> list[float | str]:
    first = driver.first
    alone: list[float | str] = ["", "", ""]
    if first is not None:
        alone = [min(max(value, 0.0), 1.0) for value in (first.value, first.low, first.high)]
    return [*alone, "" if driver.total is None else driver.total]


def accuracy(study: Sensitivity) -> list[str]:
    """How far the indices can be trusted, in sentences."""
    if not study.drivers:
        return ["No uncertain input moves this figure in this run."]
    if study.explained is None:
        return [
            f"{study.draws:,} draws are too few for shares of variance; the swings need no draws."
        ]
    said = [f"From {study.draws:,} draws. " + _explained(study.explained, study.chance)]
    if study.r2 is not None:
        good = any(driver.total is not None for driver in study.drivers)
        said.append(
            "Total indices come from a polynomial in place of the model; on draws it had not seen it "
            f"explains {max(study.r2, 0.0):.1%} of the variance"
            + ("." if good else ", which is not enough (90 %): they are withheld.")
        )
    return said


def _explained(explained: Index, chance: float | None) -> str:
    """Where the variance comes from, with how well it is known, claiming no more than there is."""
    low, value, high = (
        min(max(x, 0.0), 1.0) for x in (explained.low, explained.value, explained.high)
    )
    if value < LITTLE:
        return "No single input explains much of it alone; that is the answer then."
    said = f"Inputs one by one explain about {value:.0%} of the variance ({low:.0%} to {high:.0%})"
    if chance is not None and chance > LITTLE:
        said += f"; chance is about {chance:.0%} of it"
    if explained.high + (chance or 0.0) < 1 - LITTLE:
        return said + "; the rest is what inputs do together."
    return said + ". What is left cannot be told from the noise of these estimates."


def _deciding(sheet: Sheet, study: Sensitivity) -> None:
    if not study.decides:
        return
    sheet.heading(f"Which single input decides whether {study.year} is on trajectory")
    sheet.note(
        "Decides: share of draws in which moving this input alone between the ends of its range, all "
        "else as drawn, turns the year from off trajectory to on or back. Inputs with the largest "
        "swings were tried."
    )
    sheet.header("Input", "Decides", "On trajectory, low end", "On trajectory, high end")
    for item in study.decides:
        sheet.line(item.group.title, [item.share, item.on_at_low, item.on_at_high], "share1")


def _together(sheet: Sheet, groups: list[InputGroup]) -> None:
    tied = [group for group in groups if len(group.entries) > 1]
    if not tied:
        return
    sheet.heading("Inputs that move together")
    sheet.note("What correlated inputs do cannot be told apart, so each set counts as one input.")
    for group in tied:
        sheet.line(group.title, [])
        for entry in group.entries[1:]:
            sheet.line(entry.path, [], label_style="indent")


def _still(sheet: Sheet, study: Sensitivity) -> None:
    if not study.still:
        return
    sheet.heading("Uncertain inputs that do not move it in this run")
    sheet.note(
        "Most belong to mitigations that this run leaves out, or to a mechanism that does not reach "
        "this figure: " + ", ".join(group.name for group in study.still) + "."
    )
