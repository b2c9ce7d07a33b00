"""Mitigations: which case a run is, what is planned, what each is worth, and effects on the lines."""

from __future__ import annotations

from collections.abc import Sequence

from model.report.workbook import charts
from model.report.workbook.figures import Cell, total
from model.report.workbook.measures import reduced, years
from model.report.workbook.sheet import Book, Content, Sheet
from model.scenario.mitigation_schema import Mitigation
from model.scenario.schema import Scenario
from model.whatif.mitigation_values import MitigationValues
from model.whatif.shapley import Shapley

NAME = "Mitigations"
ALLOWED_GBP = 1.0


def statement(scenario: Scenario) -> str:
    """Which case the run is, in a sentence or two."""
    given, choice = scenario.mitigations, scenario.mitigated
    if not given:
        return "No mitigations are given."
    planned = _count(len(given), "planned mitigation")
    one = len(given) == 1
    if choice == "base":
        verb = "is" if one else "are"
        return (
            f"Mitigations: base. {planned} {verb} not added beyond what the "
            "published figures already hold."
        )
    if choice == "none":
        return (
            f"Mitigations: none. The future effects of {planned} are taken away, so far as the "
            "published figures count on them."
        )
    if choice == "all":
        verb = "is" if one else "are"
        return (
            f"Mitigations: all. {planned} {verb} added, at the delivery confidence given, apart "
            "from the share that the published figures already hold."
        )
    added = [item.title for item in given if item.id in choice]
    others = len(given) - len(added)
    text = f"Mitigations: a list. {len(added)} of {planned} added: {'; '.join(added)}."
    if others:
        text += (
            f" The future effects of the other {others} are taken away, so far as the published "
            "figures count on them."
        )
    return text


def in_this_run(item: Mitigation, scenario: Scenario) -> str:
    """What the run does with a mitigation."""
    choice = scenario.mitigated
    if choice == "base":
        return "as in the base"
    added = choice == "all" or (choice != "none" and item.id in choice)
    return "added" if added else "taken away"


def write(book: Book) -> None:
    """Fill the sheet: what is planned, what each is worth, by condition and theme, and on the lines."""
    sheet, scenario = book.sheets[NAME], book.results.scenario
    sheet.columns(46, 26, 22, *[11.5] * max(9, len(years(book.results)) + 4))
    sheet.title(
        NAME,
        "Shown in £ thousands (cells hold pounds). Worth: less deficit than without any mitigation; a "
        "minus makes it larger.",
    )
    sheet.note(statement(scenario), "bold")
    _planned(sheet, scenario)
    values = book.studies.mitigations
    if values is not None:
        _worth(book, sheet, values)
        _shared(book, sheet, values, "condition", values.conditions, values.by_condition)
        _shared(book, sheet, values, "theme", values.themes, values.by_theme)
    _effects(book, sheet)
    sheet.finish()


def _planned(sheet: Sheet, scenario: Scenario) -> None:
    """The mitigations as given."""
    sheet.heading("Planned")
    sheet.note(
        "Costs: central values in a full year at base-year prices. A cost to the general fund never "
        "enters the DSG. Delivery confidence is the share of the plan that is delivered."
    )
    sheet.header(
        "Mitigation", "Condition", "Theme", "Start", "Months to\nfull effect",
        "Inputs\nchanged", "Planned\nchange of\nlines, £000", "Cost to\nthe DSG,\n£000",
        "Cost to\nthe general\nfund, £000", "Delivery\nconfidence", "Share\nalready in\nthe base",
        "In this run", text=(1, 2, 3, 11),
    )  # fmt: skip
    for item in scenario.mitigations:
        costs = {
            fund: sum(cost.full_year_gbp.central for cost in item.cost if cost.fund == fund)
            for fund in ("dsg", "general_fund")
        }
        row: dict[int, tuple[Content, str]] = {
            1: (item.condition, "gap"),
            2: (item.theme, "gap"),
            3: (f"{item.start}", "gap"),
            4: (float(item.ramp_months), "count"),
            5: (float(len(item.input_changes)), "count"),
            6: (sum(change.full_year_gbp.central for change in item.changes), "money"),
            7: (costs["dsg"], "money"),
            8: (costs["general_fund"], "money"),
            9: (item.confidence.central, "share"),
            10: (item.share_in_base.central, "share"),
            11: (in_this_run(item, scenario), "gap"),
        }
        sheet.put(sheet.row, 0, item.title, "label")
        for column, (content, look) in row.items():
            sheet.put(sheet.row, column, content, look)
        sheet.row += 1


def _worth(book: Book, sheet: Sheet, values: MitigationValues) -> None:
    """Each mitigation alone, all together, and what their interaction makes of the sum."""
    labels = years(book.results)
    last = labels[-1]
    sheet.heading(f"What each is worth alone: less cumulative deficit by {last}")
    sheet.note(
        f"Means over {values.draws} draws of the inputs, chance off, on the same draws without any "
        "mitigation, with one alone, and with all; delivery confidence and costs to the DSG are in "
        "them. The range is over draws and holds how surely it is delivered. Where advice is short, a "
        "mitigation that sends pupils to assessment delays other plans, and part of its worth is that "
        "delay; one that averts requests lets others be assessed sooner, and is worth less by that. "
        "The last column is the change in those waiting at the end of the last year."
    )
    sheet.header(
        "Mitigation", "Condition", "Theme", *[f"{label}" for label in labels], "p10", "p90",
        "Gain in the\nchance of\non target", "Waiting for\nadvice,\nchange", text=(1, 2),
    )  # fmt: skip
    rows: list[list[Cell]] = []
    for item in book.results.scenario.mitigations:
        alone = values.alone[item.id]
        row = sheet.row
        sheet.put(row, 0, item.title, "label")
        sheet.put(row, 1, item.condition, "gap")
        sheet.put(row, 2, item.theme, "gap")
        cells = [sheet.put(row, 3 + i, float(x), "money") for i, x in enumerate(alone.cumulative)]
        rows.append([cell for cell in cells if cell is not None])
        for offset, value in enumerate(values.alone_range[item.id]):
            sheet.put(row, 3 + len(labels) + offset, value, "money")
        if len(alone.on_trajectory):
            sheet.put(row, 5 + len(labels), float(alone.on_trajectory[-1]), "share1")
        sheet.put(row, 6 + len(labels), values.alone_waiting[item.id], "plans")
        sheet.row += 1
    sums = _row_of(sheet, "Sum of each alone",
                   [total([row[i] for row in rows]) for i in range(len(labels))], "total")  # fmt: skip
    whole = _row_of(sheet, "All together", [float(x) for x in values.whole.cumulative], "grand")
    _row_of(sheet, "Interaction: all together less the sum of each alone",
            [one - other for one, other in zip(whole, sums, strict=True)], "")  # fmt: skip
    for label, worth in zip(labels, whole, strict=True):
        book.cells["mitigation_worth", "mean", label] = worth


def _row_of(sheet: Sheet, title: str, values: Sequence[Content], look: str) -> list[Cell]:
    """A row whose figures begin in the fourth column."""
    looks = tuple(name for name in (look,) if name)
    sheet.put(sheet.row, 0, title, "label", *looks)
    cells = [sheet.put(sheet.row, 3 + i, value, "money", *looks) for i, value in enumerate(values)]
    sheet.row += 1
    return [cell for cell in cells if cell is not None]


def _shared(
    book: Book,
    sheet: Sheet,
    values: MitigationValues,
    kind: str,
    names: Sequence[str],
    shares: Shapley,
) -> None:
    """Shares of the whole that add up, by condition or by theme, with the chart of conditions."""
    labels = years(book.results)
    last = labels[-1]
    how = (
        "every order in which they can come"
        if shares.exact
        else f"pairs of orders and their reverses, {shares.evaluated} sets looked at; "
        "each order adds up exactly and the standard error is shown"
    )
    sheet.heading(f"Shares of the whole by {kind}: less cumulative deficit")
    sheet.note(
        f"Shapley values: what each adds to those before it, averaged over {how}. They sum to the "
        "worth of all together. Means and chances are shared out; percentiles do not add up."
    )
    sheet.header(
        kind.capitalize(), "", "", *labels, f"Standard\nerror,\n{last}", "Chance of\non target",
    )  # fmt: skip
    column, chance = values.column("cumulative"), values.column("on_trajectory")
    rows: list[list[Cell]] = []
    for index, name in enumerate(names):
        row = sheet.row
        cells = _row_of(sheet, name, [float(x) for x in shares.values[index][column]], "")
        rows.append(cells)
        sheet.put(row, 3 + len(labels), float(shares.error[index][column][-1]), "money")
        gains = shares.values[index][chance]
        if len(gains):
            sheet.put(row, 4 + len(labels), float(gains[-1]), "share1")
    sums = _row_of(sheet, "All", [total([r[i] for r in rows]) for i in range(len(labels))], "grand")
    for label, item, whole in zip(labels, sums, values.whole.cumulative, strict=True):
        book.check(f"{label}: shares by {kind} sum to all together", item - float(whole),
                   ALLOWED_GBP, "GBP")  # fmt: skip
    if kind != "condition" or not rows:
        return
    top = sheet.row + 1
    chart = charts.stacked(
        book, rows, "Worth by condition: less cumulative deficit, £ million", charts.millions(sums)
    )
    largest = max(range(len(names)), key=lambda index: rows[index][-1].value)
    text = (
        f"Stacked columns of the worth of mitigations by condition and year; together "
        f"£{sums[-1].value / 1e6:,.1f}m by {last}, the largest {names[largest]} with "
        f"£{rows[largest][-1].value / 1e6:,.1f}m."
    )
    charts.place(sheet, chart, text, top, 0)
    sheet.row = top + charts.ROWS


def _effects(book: Book, sheet: Sheet) -> None:
    """Mean effect by year on each line that a mitigation changes, with the total."""
    scenario, draws, labels = book.results.scenario, book.results.draws, years(book.results)
    if scenario.funding is None:
        return
    touched = {change.line for item in scenario.mitigations for change in item.changes}
    touched |= {cost.line for item in scenario.mitigations for cost in item.cost if cost.line}
    if not touched and not any(reduced(draws["general_fund_cost"], "mean")):
        return
    sheet.heading("Amounts on budget lines in this run, mean")
    sheet.note("What acts through inputs is in the lines' spending itself and not shown here.")
    sheet.header("£000", "", "", *labels)
    effects = draws["line_mitigation"]
    lines = [line for line in scenario.funding.lines if line.id in touched]
    rows = [
        _row_of(sheet, line.title, list(reduced(effects.sel(line=line.id), "mean")), "")
        for line in lines
    ]
    sums = [total([row[index] for row in rows]) for index in range(len(labels))]
    written = _row_of(sheet, "All mitigations, on the lines above", sums, "grand")
    modelled = reduced(effects.sum("line"), "mean")
    for year, item, value in zip(labels, written, modelled, strict=True):
        book.check(f"{year}: effects of mitigations add up", item - value, 0.01, "GBP")
    fund = reduced(draws["general_fund_cost"], "mean")
    if any(fund):
        _row_of(sheet, "Cost to the general fund, outside the DSG", list(fund), "")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
