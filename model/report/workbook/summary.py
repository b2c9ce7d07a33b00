"""Summary: the headline table and three charts on one printed page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from model.report.workbook import charts, mitigations
from model.report.workbook.figures import Cell, cell
from model.report.workbook.measures import date_title, years
from model.report.workbook.sheet import Book, Content, Sheet
from model.scenario.schema import Scenario

NAME = "Summary"

PAGE_WIDTH, WIDEST_CHART, CHART_HEIGHT, CHART_GAP = 1194, 700, 420, 6
MOVE_WITH_CELLS, ROW_PIXELS = 2, 18
THOUSAND, MILLION = 1e3, 1e6

ACCOUNT_COLUMNS: tuple[tuple[str, tuple[str, str], str], ...] = (
    ("In-year\ndeficit:\nmean", ("in_year", "mean"), "money"),
    ("In-year:\np10", ("in_year", "p10"), "money"),
    ("In-year:\np50", ("in_year", "p50"), "money"),
    ("In-year:\np90", ("in_year", "p90"), "money"),
    ("Cumulative, without support: mean", ("without", "mean"), "money"),
    ("Without:\np10", ("without", "p10"), "money"),
    ("Without:\np50", ("without", "p50"), "money"),
    ("Without:\np90", ("without", "p90"), "money"),
)
TARGET_COLUMNS: tuple[tuple[str, tuple[str, str], str], ...] = (
    ("Agreed\ntarget", ("target", "mean"), "money"),
    ("Gap to\ntarget:\nmean", ("gap", "mean"), "money"),
    ("Chance of\nbeing on\ntarget", ("probability", "mean"), "chance"),
)
WITH_COLUMN: tuple[str, tuple[str, str], str] = (
    "Cumulative, with\nsupport: mean", ("with", "mean"), "money",
)  # fmt: skip
SPEND_COLUMNS: tuple[tuple[str, tuple[str, str], str], ...] = (
    ("Spending: mean", ("spend", "mean"), "money"),
    ("p10", ("spend", "p10"), "money"),
    ("p50", ("spend", "p50"), "money"),
    ("p90", ("spend", "p90"), "money"),
)


def write(book: Book) -> None:
    """Fill the sheet; call it after the sheets it reads from. Defines names of headline cells."""
    sheet = book.sheets[NAME]
    sheet.columns(11, *[11.5] * 13, note_width=205)
    scenario = book.results.scenario
    named = scenario.title.startswith(scenario.authority)
    sheet.title(
        scenario.title if named else f"{scenario.authority}: {scenario.title}",
        f"As at {scenario.as_at}. {_money(scenario)}"
        + ("INVENTED AUTHORITY: not real figures." if scenario.invented else ""),
    )
    sheet.row += 1
    for sentence in (*_sentences(book), mitigations.statement(scenario)):
        sheet.note(sentence, "top")
    sheet.row += 1
    series = _table(book, sheet)
    _services(book, sheet)
    _charts(book, sheet, series)
    sheet.finish(one_page=True)


def _money(scenario: Scenario) -> str:
    """How money is shown, where the scenario has any."""
    if scenario.account is not None:
        return "Shown in £ thousands (cells hold pounds); a deficit is positive, a minus is a surplus. "
    if scenario.funding is not None:
        return "Shown in £ thousands (cells hold pounds). "
    return "Plans only: this scenario has no money in it. "


def _sentences(book: Book) -> list[str]:
    """What the page says, in words."""
    labels, cells = years(book.results), book.cells
    first, last = labels[0], labels[-1]
    if ("in_year", "mean", first) not in cells:
        if ("spend", "mean", first) in cells:
            return [
                f"Spending on the lines forecast is {_m(cells['spend', 'mean', first])} in {first} "
                f"and {_m(cells['spend', 'mean', last])} in {last} (means)."
            ]
        dates = [d for d in _dates(book) if d.endswith("-03")]
        start, end = cells["plans", "mean", dates[0]], cells["plans", "mean", dates[-1]]
        return [
            f"Plans in force: {start.value:,.0f} at {date_title(dates[0])} and {end.value:,.0f} at "
            f"{date_title(dates[-1])} (means)."
        ]
    ranges = {
        year: f"{_m(cells[measure, 'p10', year])} to {_m(cells[measure, 'p90', year])}"
        for measure, year in (("in_year", first), ("without", last))
    }
    sentences = [
        f"{first}: in-year {_side(cells['in_year', 'mean', first])} on average (eight draws "
        f"in ten: {ranges[first]}). Cumulative {_side(cells['without', 'mean', first])} before "
        f"any support, {_m(cells['with', 'mean', first])} with it.",
        f"{last}: cumulative {_side(cells['without', 'mean', last])} on average before any "
        f"support (eight draws in ten: {ranges[last]}), {_m(cells['with', 'mean', last])} with it.",
    ]
    chances = [
        (year, cells["probability", "mean", year])
        for year in labels
        if ("probability", "mean", year) in cells
    ]
    if chances:
        year, chance = chances[0]
        gap = cells["gap", "mean", year].value
        side = "behind" if gap > 0 else "better than"
        sentences.append(
            f"Trajectory: on average £{abs(gap) / MILLION:,.1f}m {side} the target for {year}; the "
            f"chance of being on or below it is {_chance(chance)} in {year} and "
            f"{_chance(chances[-1][1])} in {chances[-1][0]}."
        )
    published = cells.get(("published in_year", "published", first))
    if published is not None:
        sentences.append(
            f"On the published basis (lines as published, pupils unchanged) {first} is "
            f"{_k(published)} in-year and {_k(cells['published without', 'published', first])} "
            "cumulative without support; the figures below are the model view, with starters and "
            "leavers."
        )
    return sentences


def _side(item: Cell) -> str:
    """A deficit or surplus of so many £ million."""
    side = "deficit" if item.value >= 0 else "surplus"
    return f"{side} of £{abs(item.value) / MILLION:,.1f}m"


def _m(item: Cell) -> str:
    """A deficit in £ million to one decimal; a surplus is called one."""
    return _amount(item.value, f"£{abs(item.value) / MILLION:,.1f}m")


def _k(item: Cell) -> str:
    """A deficit in £ thousand; a surplus is called one."""
    return _amount(item.value, f"£{abs(item.value) / THOUSAND:,.0f}k")


def _amount(value: float, shown: str) -> str:
    return shown if value >= 0 else f"a surplus of {shown}"


def _chance(item: Cell) -> str:
    """A probability in words that never says impossible or certain."""
    if item.value < 0.005:
        return "under 1%"
    return "over 99%" if item.value > 0.995 else f"{item.value:.0%}"


def _dates(book: Book) -> list[str]:
    return [str(date) for date in book.results.draws["date"].to_numpy()]


def _columns(book: Book) -> list[tuple[str, tuple[str, str], str]]:
    first = years(book.results)[0]
    if ("in_year", "mean", first) not in book.cells:
        return list(SPEND_COLUMNS) if ("spend", "mean", first) in book.cells else []
    if book.ratings:
        return [*ACCOUNT_COLUMNS, *TARGET_COLUMNS, ("Rating", ("rating", ""), ""), WITH_COLUMN]
    return [*ACCOUNT_COLUMNS, WITH_COLUMN]


def _table(book: Book, sheet: Sheet) -> dict[str, list[Cell]]:
    """The headline table, years down. Returns its columns by measure and statistic, with a cell for
    every year, blank or not, so that all lines of a chart run over the same years."""
    columns = _columns(book)
    if not columns:
        return {}
    sheet.header("£000", *(title for title, _, _ in columns))
    written: dict[str, list[Cell]] = {}
    for year in years(book.results):
        sheet.put(sheet.row, 0, year, "bold")
        for column, (_, (measure, statistic), number) in enumerate(columns, start=1):
            if measure == "rating":
                words = book.ratings.get(year)
                sheet.put(sheet.row, column, words or "no target", "right")
                continue
            source: Content = book.cells.get((measure, statistic, year))
            strong = ("bold",) if statistic == "mean" else ()
            item = sheet.put(sheet.row, column, source, number, *strong)
            if item is not None:
                _name(book, f"{measure}_{statistic}_{year}", item)
            blank = cell(NAME, sheet.row, column, 0.0)
            written.setdefault(f"{measure} {statistic}", []).append(item or blank)
        sheet.row += 1
    _colour_ratings(book, sheet, columns)
    sheet.note(
        "Means add up; percentiles (p10, p50, p90 over draws) do not. Chance: share of draws on or "
        "below the target. Ratings by the thresholds on the Reconciliation sheet."
        if book.ratings
        else "Means add up; percentiles (p10, p50, p90 over draws) do not."
    )
    return written


def _services(book: Book, sheet: Sheet) -> None:
    """Plans, requests, waiting and places by year, for what the scenario has; means over draws."""
    labels = years(book.results)
    ends = [f"{2000 + int(label[-2:])}-03" for label in labels]
    columns = [
        (title, [book.cells.get((measure, "mean", key)) for key in keys], number)
        for title, measure, keys, number in (
            ("Plans in\nforce,\n31 March", "plans", ends, "count"),
            ("Requests\nreceived", "requests", labels, "count"),
            ("Plans\nissued", "issued", labels, "count"),
            ("Issued in\n20 weeks", "in_time", labels, "share"),
            ("Waiting for\nadvice,\n31 March", "waiting", labels, "count"),
            ("Without a\nlocal place,\n31 March", "without_place", labels, "count"),
            (
                "All mitigations:\nless cumulative\ndeficit, £000",
                "mitigation_worth",
                labels,
                "money",
            ),
        )
    ]
    columns = [column for column in columns if any(item is not None for item in column[1])]
    if not columns:
        return
    sheet.row += 1
    sheet.header("Means", *(title for title, _, _ in columns))
    for index, label in enumerate(labels):
        sheet.put(sheet.row, 0, label, "bold")
        for column, (title, items, number) in enumerate(columns, start=1):
            written = sheet.put(sheet.row, column, items[index], number)
            if written is not None:
                words = re.sub(r"\W+", "_", title.lower()).strip("_")
                _name(book, f"{words}_{label}", written)
        sheet.row += 1


def _name(book: Book, text: str, item: Cell) -> None:
    """A defined name such as hn_without_p90_2027_28."""
    book.define("hn_" + re.sub(r"\W+", "_", text), item)


def _colour_ratings(book: Book, sheet: Sheet, columns: Sequence[tuple[str, Any, str]]) -> None:
    """Pale fills that repeat what the word says; nothing is told by colour alone."""
    titles = [title for title, _, _ in columns]
    if "Rating" not in titles:
        return
    column = titles.index("Rating") + 1
    fills = {"Red": "#F8CBAD", "Amber": "#FFE699", "Green": "#C6E0B4"}
    for word, fill in fills.items():
        sheet.worksheet.conditional_format(
            sheet.row - len(years(book.results)), column, sheet.row - 1, column,
            {"type": "cell", "criteria": "==", "value": f'"{word}"',
             "format": book.workbook.add_format({"bg_color": fill})},
        )  # fmt: skip


def _charts(book: Book, sheet: Sheet, series: dict[str, list[Cell]]) -> None:
    """Up to three charts side by side under the table, each with a description."""
    labels = years(book.results)
    made: list[tuple[Any, str]] = []
    if "without mean" in series:
        named = {
            "Agreed target": series.get("target mean", []),
            "p90 (one draw in ten is higher)": series["without p90"],
            "Mean": series["without mean"],
            "p50 (middle draw)": series["without p50"],
            "p10 (one draw in ten is lower)": series["without p10"],
        }
        chart = charts.cumulative(book, {n: c for n, c in named.items() if c})
        low, mean, high = (series[f"without {s}"][-1] for s in ("p10", "mean", "p90"))
        text = (
            f"Line chart of the cumulative deficit without support, {labels[0]} to {labels[-1]}: mean "
            f"{_m(series['without mean'][0])} to {_m(mean)}, last year between {_m(low)} (p10) and "
            f"{_m(high)} (p90)."
        )
        targets = [year for year in labels if ("target", "mean", year) in book.cells]
        if targets:
            last_target = book.cells["target", "mean", targets[-1]]
            text += f" The agreed target ends at {_m(last_target)} in {targets[-1]}."
        made.append((chart, text))
    if book.charted_spend:
        number = charts.millions([book.cells["spend", "mean", year] for year in labels])
        title = "Spending by budget line, £ million (mean)"
        chart = charts.stacked(book, book.charted_spend, title, number)
        funding = book.results.scenario.funding
        assert funding is not None
        name, value = max(
            (
                (o.title, book.cells[f"line {o.id}", "mean", labels[-1]].value)
                for o in funding.lines
            ),
            key=lambda item: item[1],
        )
        text = (
            f"Stacked columns of mean spending by budget line and year. Total "
            f"{_m(book.cells['spend', 'mean', labels[0]])} in {labels[0]} and "
            f"{_m(book.cells['spend', 'mean', labels[-1]])} in {labels[-1]}; the largest line is "
            f"{name}, £{value / MILLION:,.1f}m in the last year."
        )
        made.append((chart, text))
    if book.charted_plans:
        chart = charts.stacked(
            book, book.charted_plans, "Plans by setting at the year end (mean)", "#,##0"
        )
        first = sum(row[0].value for row in book.charted_plans)
        last = sum(row[-1].value for row in book.charted_plans)
        text = (
            "Stacked columns of plans in force by group of settings at each 31 March: "
            f"{first:,.0f} at the opening and {last:,.0f} at the end of {labels[-1]}."
        )
        made.append((chart, text))
    sheet.row += 1
    _place(sheet, made)


def _place(sheet: Sheet, made: Sequence[tuple[Any, str]]) -> None:
    """Charts side by side over the width of the page."""
    if not made:
        return
    width = min(PAGE_WIDTH // len(made), WIDEST_CHART)
    for index, (chart, description) in enumerate(made):
        chart.set_size({"width": width - CHART_GAP, "height": CHART_HEIGHT})
        place = {
            "x_offset": index * width,
            "description": description,
            "object_position": MOVE_WITH_CELLS,
        }
        sheet.worksheet.insert_chart(sheet.row, 0, chart, place)
    sheet.row += CHART_HEIGHT // ROW_PIXELS + 1
