"""Plans: stocks by setting, age and need, flows that close, and published counts bridged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from model.reference.codes import AGE_GROUP_TITLES, SETTING_TITLES
from model.report.workbook.figures import Cell, Figure, total
from model.report.workbook.measures import date_title, reduced, years
from model.report.workbook.sheet import Book, Column, Content, Row, Sheet

NAME = "Plans"

ALLOWED_PLANS = 1e-6

CHART_GROUPS: Mapping[str, tuple[str, ...]] = {
    "Mainstream, early years and bases": (
        "early_years", "mainstream", "support_base", "specialist_base",
    ),
    "State special": ("state_special",),
    "Independent and specialist post-16": (
        "independent_special_day", "independent_special_residential", "mainstream_independent",
        "specialist_post_16",
    ),
    "Mainstream post-16": ("mainstream_post_16", "mainstream_post_16_specialist"),
    "At home, AP, EOTAS and other": (
        "alternative_provision", "elective_home_education", "eotas", "other",
    ),
}  # fmt: skip
"""Settings as grouped in the chart; every setting is in exactly one group."""

NEED_TITLES: Mapping[str, str] = {
    "ASD": "Autistic spectrum disorder",
    "DS": "Down syndrome",
    "HI": "Hearing impairment",
    "MLD": "Moderate learning difficulty",
    "MSI": "Multi-sensory impairment",
    "OTH": "Other difficulty or disability",
    "PD": "Physical disability",
    "PMLD": "Profound and multiple learning difficulty",
    "SEMH": "Social, emotional and mental health",
    "SLCN": "Speech, language and communication needs",
    "SLD": "Severe learning difficulty",
    "SPLD": "Specific learning difficulty",
    "VI": "Vision impairment",
    "unknown": "Not recorded",
}

FLOW_ROWS = (
    Row("opening", "Plans in force on 1 April", "plans"),
    Row("new", "New plans issued", "plans"),
    Row("moved_in", "Moved in from other authorities", "plans"),
    Row("ceased", "less ceased", "plans"),
    Row("moved_out", "less moved out to other authorities", "plans"),
    Row("recording_difference", "Recording difference", "plans"),
    Row("closing", "Plans in force on 31 March", "plans", "grand"),
)


def write(book: Book) -> None:
    """Fill the sheet; registers plans by date and the rows behind the chart."""
    sheet = book.sheets[NAME]
    dates = [str(date) for date in book.results.draws["date"].to_numpy()]
    sheet.columns(50, *[11.5] * max(len(dates) + 1, 8))
    sheet.title(
        "Plans",
        "Education, Health and Care plans in force: means over draws, so not whole numbers. "
        "January is the date of the published count (SEN2); 31 March is the year end.",
    )
    _flows(book, sheet)
    _stock(book, sheet, "setting", "By setting", SETTING_TITLES, dates)
    _stock(book, sheet, "age_group", "By age on 31 August", AGE_GROUP_TITLES, dates)
    _stock(book, sheet, "need", "By primary need", NEED_TITLES, dates)
    _moves(book, sheet)
    _compared(book, sheet)
    _bridges(book, sheet)
    _history(book, sheet)
    _charted(book, sheet, dates)
    sheet.finish()


def _flows(book: Book, sheet: Sheet) -> None:
    """Opening + new + moved in - ceased - moved out + recording difference = closing."""
    draws, labels = book.results.draws, years(book.results)
    opening = reduced(draws["plans"], "mean")
    opened = _roll_forward(book, sheet, opening[0])
    flows = {
        str(name): reduced(draws["flows"].sel(flow=name).sum("setting"), "mean")
        for name in draws["flow"].to_numpy()
    }

    def content(key: str, written: list[Column]) -> Content:
        index, above = len(written) - 1, written[-1]
        if key == "opening":
            return written[-2]["closing"] if index else opened
        if key == "closing":
            arrived = above["opening"] + above["new"] + above["moved_in"]
            return arrived - above["ceased"] - above["moved_out"] + above["recording_difference"]
        return flows[key][index]

    sheet.heading("Stocks and flows by financial year")
    columns = sheet.table("Plans", labels, FLOW_ROWS, content)
    changes: list[Content] = [
        column["closing"] / column["opening"] - 1 if column["opening"].value > 0 else None
        for column in columns
    ]
    sheet.line("Growth in the year", changes, "share1", label_style="indent")
    for index, (year, column) in enumerate(zip(labels, columns, strict=True)):
        book.check(
            f"{year}: plans opening plus flows are the model's closing",
            column["closing"] - opening[(index + 1) * 12],
            ALLOWED_PLANS,
            "plans",
        )


def _roll_forward(book: Book, sheet: Sheet, opening: float) -> Cell:
    """From the published January count to the opening of the forecast. Returns the opening."""
    plans, first = book.results.scenario.plans, book.results.scenario.horizon.first_year
    assert plans is not None
    sheet.heading("From the published count to the opening")
    sheet.header("Plans", "Count")
    counted = sheet.line(f"Published count (SEN2), {_count_title(book).split(',')[0]}",
                         [float(plans.total)], "plans")[0]  # fmt: skip
    rolled = sheet.line("Rolled forward month by month to 31 March, mean",
                        [opening - counted.value], "plans", label_style="indent")[0]  # fmt: skip
    title = f"Plans in force on 31 March {first}, opening of the forecast"
    return sheet.line(title, [counted + rolled], "plans", "total")[0]


def _stock(
    book: Book,
    sheet: Sheet,
    dimension: str,
    title: str,
    titles: Mapping[str, str],
    dates: list[str],
) -> None:
    values = book.results.draws[f"plans_by_{dimension}"]
    sheet.heading(title)
    plans = book.results.scenario.plans
    if dimension == "need" and plans is not None and plans.needs is None:
        sheet.note(
            "Need is not published for this authority: it follows national tables by age and "
            "setting and is an assumption (see Assumptions)."
        )
    counted = _published_margin(book, dimension)
    shown = [_count_title(book)] if counted is not None else []
    sheet.header("Plans", *shown, *(date_title(date) for date in dates))
    published: list[Cell] = []
    columns: list[list[Cell]] = [[] for _ in dates]
    for name in (str(item) for item in values[dimension].to_numpy()):
        row = sheet.line(
            titles.get(name, name),
            [*_published_plans(counted, name), *reduced(values.sel({dimension: name}), "mean")],
            "plans",
        )
        if counted is not None:
            published.append(row.pop(0))
        for column, item in zip(columns, row, strict=True):
            column.append(item)
        for date, item in zip(dates, row, strict=True):
            book.cells[f"{dimension} {name}", "mean", date] = item
    sums = [total(list(c)) for c in ([published] if published else []) + columns]
    totals = sheet.line("All plans", list(sums), "plans", "grand")
    if published:
        assert plans is not None
        gap = totals.pop(0) - float(plans.total)
        words = f"published count {title.lower()} adds up to the published total"
        book.check(words, gap, ALLOWED_PLANS, "plans")
    if dimension == "setting":
        for date, item in zip(dates, totals, strict=True):
            book.cells["plans", "mean", date] = item
        return
    gaps = [
        item - book.cells["plans", "mean", date] for date, item in zip(dates, totals, strict=True)
    ]
    words = "age groups" if dimension == "age_group" else "needs"
    book.check(f"last date: {words} add up to settings", gaps[-1], ALLOWED_PLANS, "plans")


def _count_title(book: Book) -> str:
    """Header of the published count that the opening rests on."""
    plans = book.results.scenario.plans
    assert plans is not None
    month = date_title(f"{plans.counted.year}-{plans.counted.month:02d}")
    return f"{month}, published"


def _published_margin(book: Book, dimension: str) -> Mapping[str, Any] | None:
    """The published margin of a dimension; None where it is not published."""
    plans = book.results.scenario.plans
    if plans is None:
        return None
    margins = {"setting": plans.settings, "age_group": plans.age_groups, "need": plans.needs}
    return margins[dimension]


def _published_plans(margin: Mapping[str, Any] | None, name: str) -> list[float]:
    """What a margin gives for one name, its phases added up; nothing where there is no margin."""
    if margin is None:
        return []
    given = margin.get(name, 0)
    return [float(sum(given.values()) if isinstance(given, dict) else given)]


def _moves(book: Book, sheet: Sheet) -> None:
    """Every setting's year, with net moves between settings as what its own flows leave over."""
    draws = book.results.draws
    sheet.heading("By setting and year: flows, and net moves between settings")
    sheet.note(
        "Net moves between settings are worked out as the closing less the opening and the flows; "
        "over all settings they come to nil."
    )
    stocks = draws["plans_by_setting"]
    first = str(stocks["date"].to_numpy()[0])
    ends = [first, *(str(date) for date in stocks["date"].to_numpy()[1:] if str(date)[-2:] == "03")]
    for index, year in enumerate(years(book.results)):
        if index:
            sheet.block()
        sheet.header(
            year, "Opening", "New", "Moved in", "Ceased", "Moved out", "Recording difference",
            "Net moves between settings", "Closing",
        )  # fmt: skip
        columns: list[list[Cell]] = [[] for _ in range(8)]
        for name in (str(item) for item in stocks["setting"].to_numpy()):
            flows = draws["flows"].sel(setting=name).isel(year=index)
            given = {str(f): float(flows.sel(flow=f).mean()) for f in draws["flow"].to_numpy()}
            opening, closing = (
                book.cells[f"setting {name}", "mean", date] for date in ends[index : index + 2]
            )
            if opening.value + closing.value + sum(map(abs, given.values())) == 0:
                continue
            cells = _setting_row(sheet, SETTING_TITLES[name], opening, closing, given)
            for column, item in zip(columns, cells, strict=True):
                column.append(item)
        sums = sheet.line("All settings", [total(list(c)) for c in columns], "plans", "grand")
        book.check(
            f"{year}: net moves between settings sum to nil", sums[6], ALLOWED_PLANS, "plans"
        )
        sheet.row += 1


def _setting_row(
    sheet: Sheet, title: str, opening: Cell, closing: Cell, flows: Mapping[str, float]
) -> list[Cell]:
    row = sheet.row
    names = ("new", "moved_in", "ceased", "moved_out", "recording_difference")
    sheet.put(row, 0, title, "label")
    cells = [sheet.put(row, 1, opening, "plans")]
    cells += [sheet.put(row, 2 + i, flows[name], "plans") for i, name in enumerate(names)]
    written = [item for item in cells if item is not None]
    start, new, moved_in, ceased, moved_out, difference = written
    end = sheet.put(row, 8, closing, "plans")
    assert end is not None
    net = end - start - new - moved_in + ceased + moved_out - difference
    moves = sheet.put(row, 7, net, "plans")
    assert moves is not None
    sheet.row += 1
    return [*written, moves, end]


def _compared(book: Book, sheet: Sheet) -> None:
    """Counts and forecasts of others beside this one."""
    plans, draws = book.results.scenario.plans, book.results.draws
    assert plans is not None
    there = {str(point) for point in draws["point"].to_numpy()}
    rows = [item for item in plans.compared if str(item.month) in there]
    if not rows:
        return
    sheet.heading("Counts and forecasts of others beside this one")
    sheet.note(
        "Not fitted. Other sources may count on another basis; see the bridge, if there is one."
    )
    sheet.header(
        "Plans at the end of the month",
        "Month",
        "Theirs",
        "Forecast,\nmean",
        "p10",
        "p90",
        text=(1,),
    )
    for item in rows:
        one = draws["plans"].sel(point=str(item.month)).to_numpy()
        low, high = (float(x) for x in np.quantile(one, [0.1, 0.9]))
        sheet.line(
            item.title, [str(item.month), float(item.plans), float(one.mean()), low, high],
            each=["low", "count", "count", "count", "count"],
        )  # fmt: skip


def _bridges(book: Book, sheet: Sheet) -> None:
    """Published counts that look different, and the steps between them."""
    plans = book.results.scenario.plans
    assert plans is not None
    for bridge in plans.bridges:
        sheet.heading(f"Two published counts: {bridge.title.lower()}")
        sheet.header("Plans", "Count")
        cells = sheet.line(bridge.start_title, [bridge.start_plans], "count")
        for step in bridge.steps:
            cells += sheet.line(step.title, [step.plans], "count", label_style="indent")
        reached = sheet.line("Reached by the steps", [total(list(cells))], "count", "total")[0]
        printed = sheet.line(bridge.end_title, [bridge.end_plans], "count")[0]
        gap = sheet.line("Difference", [reached - printed], "count", "total")[0]
        book.check(f"bridge of {bridge.title.lower()} closes", gap, ALLOWED_PLANS, "plans")
        for text in (bridge.note, f"Source: {bridge.source}" if bridge.source else None):
            if text:
                sheet.note(text)


def _history(book: Book, sheet: Sheet) -> None:
    """Published calendar years, with what does not close."""
    plans = book.results.scenario.plans
    assert plans is not None
    if not plans.history:
        return
    given = [
        {
            "opening": item.opening_plans,
            "new": item.new_plans,
            "ceased": item.ceased_plans,
            "moved_out": item.moved_out_plans,
            "printed": item.closing_plans,
        }
        for item in plans.history
    ]
    rows = (
        Row("opening", "Plans in force in January, published", "count"),
        Row("new", "New plans", "count"),
        Row("ceased", "less ceased", "count"),
        Row("moved_out", "less moved out to other authorities", "count"),
        Row("reached", "January after, from these flows", "count", "total"),
        Row("printed", "January after, published", "count"),
        Row("left", "Left over: arrivals and recording differences", "count", "total"),
    )

    def content(key: str, written: list[Column]) -> Content:
        above = written[-1]
        if key == "reached":
            return above["opening"] + above["new"] - above["ceased"] - above["moved_out"]
        if key == "left":
            return above["printed"] - above["reached"]
        return given[len(written) - 1][key]

    sheet.heading("Published history: stocks and flows by calendar year")
    sheet.table("Plans", [str(item.year) for item in plans.history], rows, content)
    for source in dict.fromkeys(item.source for item in plans.history if item.source):
        sheet.note(f"Source: {source}")


def _charted(book: Book, sheet: Sheet, dates: Sequence[str]) -> None:
    """Year ends by group of settings, for the chart on the Summary."""
    ends = [date for date in dates if date.endswith("-03")]
    sheet.heading("As charted on the Summary")
    sheet.header("Plans at the year end", *(date_title(date) for date in ends))
    for title, settings in CHART_GROUPS.items():
        sums: list[Figure] = [
            total([book.cells[f"setting {name}", "mean", date] for name in settings])
            for date in ends
        ]
        book.charted_plans.append(sheet.line(title, list(sums), "plans"))
