"""Places: commissioned and taken by group of schools, who does without, openings and their delays."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr

from model.report.workbook import charts
from model.report.workbook.figures import Cell, total
from model.report.workbook.measures import reduced, years
from model.report.workbook.sheet import Book, Column, Content, Row, Sheet
from model.scenario.places_schema import Opening, PlaceGroup, PlaceRules
from model.whatif.delay_cost import DelayCost

NAME = "Places"
ALLOWED = 1e-6

STOCKS = (
    Row("commissioned", "Commissioned places", "plans"),
    Row("own", "Own pupils in them", "plans"),
    Row("others", "Other authorities' pupils", "plans"),
    Row("free", "Free places", "plans", "total"),
    Row("waiting", "Waiting in mainstream", "plans"),
    Row("interim", "In interim provision", "plans"),
    Row("overflow", "Placed independently for want of a place", "plans"),
    Row("without", "Without a local place", "plans", "total"),
)
FLOWS = (
    Row("asked", "New demand in the year", "plans"),
    Row("placed", "placed", "plans"),
    Row("independent", "placed independently", "plans"),
    Row("to_interim", "to interim provision", "plans"),
    Row("to_waiting", "waits in mainstream", "plans"),
    Row("stayed", "stays where it is and may ask again", "plans"),
    Row("from_waiting", "Placed from waiting or interim", "plans"),
    Row("returned", "Returned from independent placements", "plans"),
)


def write(book: Book) -> None:
    """Fill the sheet; registers pupils without a local place by year."""
    sheet, labels = book.sheets[NAME], years(book.results)
    rules = book.results.scenario.places
    assert rules is not None
    sheet.columns(46, *[11.5] * max(len(labels) + 1, 11))
    sheet.title(
        NAME,
        "Places and pupils at 31 March: means over draws, so not whole numbers."
        + (
            " Money in £ thousands (cells hold pounds). Places are paid filled or not."
            if book.results.scenario.funding is not None
            else ""
        ),
    )
    without: list[list[Cell]] = []
    for group in rules.groups:
        without.append(_group(book, sheet, labels, group))
    for index, label in enumerate(labels):
        book.cells["without_place", "mean", label] = without[0][index]
    if len(without) > 1:
        sheet.heading("Without a local place, all groups")
        sheet.header("Pupils", *labels)
        sums = sheet.line(
            "Pupils", [total([row[i] for row in without]) for i in range(len(labels))],
            "plans", "grand",
        )  # fmt: skip
        for label, item in zip(labels, sums, strict=True):
            book.cells["without_place", "mean", label] = item
    _openings(book, sheet, rules)
    _delays(book, sheet, labels)
    _by_month(book, sheet, rules)
    sheet.finish()


def _values(book: Book, name: str, group: str) -> xr.DataArray:
    return book.results.draws[f"places_{name}"].sel(place_group=group)


def _group(book: Book, sheet: Sheet, labels: list[str], group: PlaceGroup) -> list[Cell]:
    """Stocks and flows of a group. Returns its pupils without a local place."""
    stocks = {
        row.key: reduced(_values(book, row.key, group.id), "mean")
        for row in STOCKS
        if row.key not in ("free", "without")
    }
    flows = {row.key: reduced(_values(book, row.key, group.id), "mean") for row in FLOWS}

    def content(key: str, written: list[Column]) -> Content:
        index, above = len(written) - 1, written[-1]
        if key == "free":
            return above["commissioned"] - above["own"] - above["others"]
        if key == "without":
            return above["waiting"] + above["interim"] + above["overflow"]
        return {**stocks, **flows}[key][index]

    ages = f"ages {group.ages[0]} to {group.ages[1]}"
    sheet.heading(f"{group.title}, {ages}")
    columns = sheet.table("At 31 March", labels, STOCKS, content)
    occupied = [
        (column["own"] + column["others"]) / column["commissioned"]
        if column["commissioned"].value > 0 else None
        for column in columns
    ]  # fmt: skip
    sheet.line("Occupancy", list(occupied), "share1", label_style="indent")
    for statistic in ("p10", "p90"):
        held = sum(_values(book, name, group.id) for name in ("waiting", "interim", "overflow"))
        values = reduced(xr.DataArray(held), statistic)
        sheet.line(f"Without a local place: {statistic}", list(values), "plans",
                   label_style="indent")  # fmt: skip
    sheet.row += 1
    moved = sheet.table("In the year", labels, FLOWS, content)
    for label, column in zip(labels, moved, strict=True):
        parts = [
            column[name] for name in ("placed", "independent", "to_interim", "to_waiting", "stayed")
        ]
        gap = column["asked"] - total(parts)
        book.check(f"{label}: outcomes of new demand add up, {group.title}", gap, ALLOWED, "pupils")
    return [column["without"] for column in columns]


def _openings(book: Book, sheet: Sheet, rules: PlaceRules) -> None:
    """Each opening as planned, with the delay that the scenario draws."""
    rows = [
        (school.title, opening)
        for group in rules.groups
        for school in group.schools
        for opening in school.openings
    ]
    if not rows:
        return
    sheet.heading("Openings as planned, and their delay")
    sheet.header(
        "Opening", "Planned", "Places\nthen", "Delay,\nmonths:\nmean", "p10", "p90",
        "On time,\nshare of\ndraws",
    )  # fmt: skip
    for school, opening in rows:
        drawn = _delay(book, opening)
        low, high = (float(x) for x in np.quantile(drawn, [0.1, 0.9]))
        row = sheet.row
        interim = " (interim)" if opening.interim else ""
        sheet.put(row, 0, f"{school}: {opening.title}{interim}", "label")
        sheet.put(row, 1, f"{opening.start}", "right")
        values = (opening.places.central, float(drawn.mean()), low, high)
        for column, value in enumerate(values, start=2):
            sheet.put(row, column, value, "plans")
        sheet.put(row, 6, float((drawn <= 0).mean()), "share")
        sheet.row += 1
    sheet.note(
        "Delays in whole months, part months rounded up. Places before an opening stay until it "
        "comes, so an interim site serves as long as the permanent one is late."
    )


def _delay(book: Book, opening: Opening) -> np.ndarray:
    """Drawn delay of an opening in whole months, (draw,)."""
    ending = f"openings[{opening.id}].delay_months"
    for path, values in book.results.inputs.items():
        if path.startswith("places.") and path.endswith(ending):
            return np.asarray(np.ceil(values))
    return np.full(book.results.draw_count, np.ceil(opening.delay_months.central))


def _delays(book: Book, sheet: Sheet, labels: list[str]) -> None:
    """What each opening costs when it is late."""
    costs = book.studies.delays
    if not costs:
        return
    sheet.heading("What a late opening costs")
    sheet.note(
        f"Means over {book.studies.draws} draws of the inputs, chance off, the other openings as "
        "drawn. Gross: more spent on pupils elsewhere because the places are not there. Net: less "
        "the local places and top-up not yet paid, by the authority or by deduction; a minus is a "
        "saving, where waiting in mainstream costs less than a place."
    )
    for cost in costs:
        sheet.block()
        sheet.header(f"{cost.school}: {cost.opening.title}, £000", *labels, "All years")
        late = "12 months late against on time"
        _cost_row(sheet, f"{late}: gross", cost.late_gross)
        _cost_row(sheet, f"{late}: net", cost.late_net, "total")
        _cost_row(sheet, "As the scenario draws it against on time: gross", cost.expected_gross)
        _cost_row(
            sheet, "As the scenario draws it against on time: net", cost.expected_net, "total"
        )
        _more_pupils(sheet, cost)
        low, high = np.quantile(cost.late_net.sum(axis=0), [0.1, 0.9])
        sheet.note(
            f"12 months late, net over all years: between {millions(low)} (p10) and "
            f"{millions(high)} (p90)."
        )
        sheet.row += 1


def _cost_row(sheet: Sheet, title: str, values: np.ndarray, *looks: str) -> None:
    cells = sheet.line(title, [float(x) for x in values.mean(axis=-1)], "money", *looks)
    sheet.put(sheet.row - 1, len(cells) + 1, total(list(cells)), "money", *looks)


def _more_pupils(sheet: Sheet, cost: DelayCost) -> None:
    means: Sequence[float] = [float(x) for x in cost.late_pupils.mean(axis=-1)]
    title = "12 months late: more pupils without a local place, average"
    sheet.line(title, list(means), "plans", label_style="indent")


def _by_month(book: Book, sheet: Sheet, rules: PlaceRules) -> None:
    """Places and pupils month by month, with a chart for each group."""
    draws = book.results.draws
    months = [str(label) for label in draws["month"].to_numpy()]
    sheet.heading("Month by month")
    for group in rules.groups:
        sheet.block()
        sheet.note(group.title, "bold")
        top = sheet.row
        sheet.row += charts.ROWS
        if group is rules.groups[0]:
            # The same header for every group, on the pages that follow.
            sheet.repeat(sheet.row, sheet.row)
        sheet.header("Month", "Places", "Own and\nothers", "Waiting", "Interim", "Independent")
        means = {
            name: reduced(_values(book, f"{name}_by_month", group.id), "mean")
            for name in ("commissioned", "own", "others", "waiting", "interim", "overflow")
        }
        taken = [one + other for one, other in zip(means["own"], means["others"], strict=True)]
        columns: list[list[Cell]] = [[] for _ in range(5)]
        for index, label in enumerate(months):
            values = [means["commissioned"][index], taken[index]]
            values += [means[name][index] for name in ("waiting", "interim", "overflow")]
            for column, item in zip(columns, sheet.line(label, list(values), "plans"), strict=True):
                column.append(item)
        names = (
            "Places",
            "Own and others",
            "Waiting in mainstream",
            "Interim",
            "Independent for want of a place",
        )
        chart = charts.lines(
            book,
            dict(zip(names, columns, strict=True)),
            "Places and pupils by month (mean)",
            "#,##0",
        )
        last = [column[-1].value for column in columns]
        text = (
            f"Line chart for {group.title}: in the last month {last[0]:,.0f} places, {last[1]:,.0f} "
            f"pupils in them, {last[2]:,.0f} waiting, {last[3]:,.0f} in interim provision and "
            f"{last[4]:,.0f} placed independently for want of a place."
        )
        charts.place(sheet, chart, text, top, 0)
        sheet.row += 1


def millions(pounds: float) -> str:
    """Pounds as people write millions, the sign before the pound.

    >>> millions(-114_000), millions(1_250_000)
    ('-£0.11m', '£1.25m')
    """
    return f"{'-' if pounds < 0 else ''}£{abs(pounds) / 1e6:,.2f}m"
