"""Mitigations: which case a run is, what was planned, and what it does to the lines."""

from __future__ import annotations

from model.report.workbook.figures import total
from model.report.workbook.measures import reduced, years
from model.report.workbook.sheet import Book, Content, Sheet
from model.scenario.mitigation_schema import Mitigation
from model.scenario.schema import Scenario


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


def write(book: Book, sheet: Sheet) -> None:
    """The table of mitigations and their mean effect by line and year."""
    scenario = book.results.scenario
    sheet.heading("Mitigations")
    sheet.note(statement(scenario))
    if not scenario.mitigations:
        return
    sheet.note(
        "Planned change and costs: central values in a full year at base-year prices, before "
        "delivery confidence; minus is a saving. A cost to the general fund never enters the DSG."
    )
    sheet.header(
        "Mitigation", "Condition", "Theme", "Start", "Months to\nfull effect",
        "Planned change in a full year, £000", "Cost to\nthe DSG,\n£000",
        "Cost to\nthe general\nfund, £000", "Delivery\nconfidence", "Share\nalready in\nthe base",
        "In this run", text=(1, 2, 3, 10),
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
            5: (sum(change.full_year_gbp.central for change in item.changes), "money"),
            6: (costs["dsg"], "money"),
            7: (costs["general_fund"], "money"),
            8: (item.confidence.central, "share"),
            9: (item.share_in_base.central, "share"),
            10: (in_this_run(item, scenario), "gap"),
        }
        sheet.put(sheet.row, 0, item.title, "label")
        for column, (content, look) in row.items():
            sheet.put(sheet.row, column, content, look)
        sheet.row += 1
    sheet.row += 1
    _effects(book, sheet)


def _effects(book: Book, sheet: Sheet) -> None:
    """Mean effect by year on each line that a mitigation changes, with the total."""
    scenario, draws, labels = book.results.scenario, book.results.draws, years(book.results)
    assert scenario.funding is not None
    touched = {change.line for item in scenario.mitigations for change in item.changes}
    touched |= {cost.line for item in scenario.mitigations for cost in item.cost if cost.line}
    sheet.block()
    sheet.header("Effect in this run (mean, £000)", *labels)
    effects = draws["line_mitigation"]
    lines = [line for line in scenario.funding.lines if line.id in touched]
    rows = [
        sheet.line(line.title, list(reduced(effects.sel(line=line.id), "mean")), "money")
        for line in lines
    ]
    sums = [total([row[index] for row in rows]) for index in range(len(labels))]
    written = sheet.line("All mitigations, on the lines above", list(sums), "money", "grand")
    modelled = reduced(effects.sum("line"), "mean")
    for year, item, value in zip(labels, written, modelled, strict=True):
        book.check(f"{year}: effects of mitigations add up", item - value, 0.01, "GBP")
    fund = reduced(draws["general_fund_cost"], "mean")
    if any(fund):
        sheet.line("Cost to the general fund, outside the DSG", list(fund), "money")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
