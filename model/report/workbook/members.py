"""Members: one page in plain words for councillors, with one chart."""

from __future__ import annotations

from model.report.workbook import charts
from model.report.workbook.figures import Cell
from model.report.workbook.measures import years
from model.report.workbook.members_words import chart_words, sections
from model.report.workbook.sheet import Book, Sheet

NAME = "Members"

CHART_WIDTH = 740
LINES = {
    "target": "Agreed target",
    "p90": "High case (1 in 10 is higher)",
    "mean": "Average",
    "p10": "Low case (1 in 10 is lower)",
}


def write(book: Book) -> None:
    """Fill the sheet; call it after the sheets that it takes its figures from."""
    sheet, scenario = book.sheets[NAME], book.results.scenario
    sheet.columns(20, *[17] * 5)
    sheet.title(
        f"Special needs spending: a page for members of {scenario.authority}",
        f"{scenario.title}. As at {scenario.as_at}.",
    )
    if scenario.invented:
        sheet.note("INVENTED AUTHORITY: these are not the figures of any real council.", "bold")
    if scenario.what_if:
        sheet.note(
            "A QUESTION, NOT A FORECAST: this page shows what would happen if something changed.",
            "bold",
        )
    for title, sentences in sections(book).items():
        sheet.heading(title)
        sheet.note(" ".join(sentences), "top")
    _table_and_chart(book, sheet)
    sheet.finish(landscape=False, one_page=True)


def _table_and_chart(book: Book, sheet: Sheet) -> None:
    """The total position by year, as figures and as lines."""
    labels = years(book.results)
    sheet.heading("The total by year, before extra help from government")
    sheet.note("In £ million. A deficit is a plus; a minus is a surplus.")
    names = {
        key: title
        for key, title in LINES.items()
        if key != "target" or any(("target", "mean", label) in book.cells for label in labels)
    }
    sheet.header("Year", "This year alone", *names.values())
    rows: list[list[Cell | None]] = []
    for label in labels:
        sheet.put(sheet.row, 0, label, "label")
        sheet.put(sheet.row, 1, book.cells["in_year", "mean", label], "millions")
        row = []
        for column, key in enumerate(names, start=2):
            measure = ("target", "mean") if key == "target" else ("without", key)
            row.append(sheet.put(sheet.row, column, book.cells.get((*measure, label)), "millions"))
        rows.append(row)
        sheet.row += 1
    cells = {
        key: [row[index] for row in rows if row[index] is not None]
        for index, key in enumerate(names)
    }
    known = {key: [item for item in found if item is not None] for key, found in cells.items()}
    # A target of some years only has no line: a gap in it would shift the others' years.
    series = {names[key]: found for key, found in known.items() if len(found) == len(labels)}
    number = charts.millions([item for found in series.values() for item in found])
    chart = charts.lines(book, series, "Total before extra help, £ million", number)
    charts.place(sheet, chart, chart_words(known, labels), sheet.row, 0, CHART_WIDTH)
    sheet.row += charts.ROWS
