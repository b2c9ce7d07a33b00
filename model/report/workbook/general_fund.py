"""General fund: SEND transport, appeals and what levers cost the council, beside the DSG and never in it."""

from __future__ import annotations

import xarray as xr

from model.report.workbook.figures import Cell, total
from model.report.workbook.measures import PERCENTILES, mean, reduced, years
from model.report.workbook.sheet import Book, Sheet
from model.results import Results
from model.scenario.general_fund_schema import Appeals, Transport

NAME = "General fund"


def write(book: Book) -> None:
    """Fill the sheet."""
    sheet, labels = book.sheets[NAME], years(book.results)
    sheet.columns(56, *[11.5] * max(len(labels) + 1, 9))
    sheet.title(
        NAME,
        "What plans cost the council outside the DSG: means over draws, £ thousands (cells hold pounds) "
        "unless a row says otherwise. Nothing here is in the DSG account.",
    )
    fund = book.results.scenario.general_fund
    draws = book.results.draws
    totals: dict[str, list[Cell]] = {}
    if fund is not None and fund.transport is not None:
        totals["SEND transport"] = _transport(book, sheet, labels)
    if fund is not None and fund.appeals is not None:
        totals["Appeals to the tribunal"] = _appeals(book, sheet, labels)
    if totals or ("general_fund_cost" in draws and draws["general_fund_cost"].max() > 0):
        _all(book, sheet, labels, totals)
    if fund is not None and fund.capital:
        _capital(book, sheet, labels)
    if "appeals_conceded_gbp" in draws and draws["appeals_conceded_gbp"].max() > 0:
        sheet.heading("For information: placements conceded, borne by the DSG")
        sheet.note(
            "The year's conceded placements at their extra cost for a full year. Such placements are "
            "among the moves to independent schools already: do not add this to the forecast."
        )
        sheet.header("£000", *labels)
        sheet.line(
            "Extra cost of the year's conceded placements",
            mean(draws["appeals_conceded_gbp"]),
            "money",
        )
    sheet.finish()


def _transport(book: Book, sheet: Sheet, labels: list[str]) -> list[Cell]:
    results = book.results
    fund = results.scenario.general_fund
    assert fund is not None
    assert fund.transport is not None
    draws, transport = results.draws, fund.transport
    sheet.heading("SEND transport")
    sheet.note(
        "Plans x share transported x average cost x inflation, from the same plans as the DSG."
    )
    sheet.header("£000", *labels)
    rows = [
        sheet.line(group.title, mean(draws["transport_gbp"].sel(travellers=group.id)), "money")
        for group in transport.travellers
    ]
    written = sheet.line(
        "All SEND transport", [total([row[i] for row in rows]) for i in range(len(labels))],
        "money", "total",
    )  # fmt: skip
    _range(sheet, draws["transport_gbp"].sum("travellers"))
    passengers = draws["transport_passengers"].sum("travellers")
    sheet.line("Passengers, on average over the year", mean(passengers), "plans")
    sheet.line(
        "Cost of a passenger, £",
        _ratio(mean(draws["transport_gbp"].sum("travellers")), mean(passengers)),
        "pounds",
    )
    _published(sheet, "SEND transport", transport, results, "general_fund.transport", written[0])
    return written


def _appeals(book: Book, sheet: Sheet, labels: list[str]) -> list[Cell]:
    results = book.results
    draws, fund = results.draws, results.scenario.general_fund
    assert fund is not None
    assert fund.appeals is not None
    sheet.heading("Appeals to the tribunal")
    sheet.header("£000", *labels)
    written = sheet.line("Cost of appeals", mean(draws["appeals_cost_gbp"]), "money", "total")
    _range(sheet, draws["appeals_cost_gbp"])
    sheet.line("Appeals against refusals to assess", mean(draws["appeals_refusals"]), "plans")
    sheet.line("Appeals over plans", mean(draws["appeals_plans"]), "plans")
    _published(sheet, "appeals", fund.appeals, results, "general_fund.appeals", written[0])
    return written


def _capital(book: Book, sheet: Sheet, labels: list[str]) -> None:
    """Capital paid ahead of a bid: what it nets to and what is exposed; apart from revenue above."""
    fund, draws = book.results.scenario.general_fund, book.results.draws
    assert fund is not None
    sheet.heading("Capital at the council's risk until a bid is confirmed")
    sheet.note("Capital, not revenue: not in the total above and in no DSG line.")
    sheet.header("£000", *labels)
    for series, title in (
        ("capital_net_gbp", "spent less money that comes back, mean"),
        ("capital_exposed_gbp", "paid and not back at the year end, mean"),
    ):
        rows = [
            sheet.line(
                f"{scheme.title}: {title}",
                mean(draws[series].sel(capital_scheme=scheme.id)),
                "money",
            )
            for scheme in fund.capital
        ]
        sheet.line(
            f"All schemes: {title}", [total([row[i] for row in rows]) for i in range(len(labels))],
            "money", "total",
        )  # fmt: skip


def _published(
    sheet: Sheet,
    what: str,
    part: Transport | Appeals,
    results: Results,
    anchor: str,
    modelled: Cell,
) -> None:
    """Budget and published figure of the first year, and what the model was scaled by."""
    if part.budget_gbp is None and part.published_gbp is None:
        return
    first = years(results)[0]
    sheet.row += 1
    sheet.header(f"First year, {first}", "£000")
    if part.budget_gbp is not None:
        budget = sheet.line("Budget", [part.budget_gbp.central], "money")[0]
        sheet.line(f"Mean of the model over the budget ({what})", [modelled - budget], "money")
    if part.published_gbp is not None:
        sheet.line("Published forecast", [part.published_gbp.central], "money")
    if anchor in results.anchors:
        how = (
            f"Costs keep the factor of {results.scenario.extends}"
            if results.scenario.what_if
            else "Costs are scaled once, in the central run, to meet the published forecast: factor"
        )
        sheet.note(f"{how} {results.anchors[anchor].factor:.3f}.")


def _all(book: Book, sheet: Sheet, labels: list[str], totals: dict[str, list[Cell]]) -> None:
    draws = book.results.draws
    sheet.heading("All of it")
    sheet.header("£000", *labels)
    rows = [sheet.line(title, list(cells), "money") for title, cells in totals.items()]
    values = [
        draws[name].sum("travellers") if "travellers" in draws[name].dims else draws[name]
        for name in ("transport_gbp", "appeals_cost_gbp", "general_fund_cost")
        if name in draws
    ]
    if "general_fund_cost" in draws:
        rows.append(sheet.line("Mitigations and locums that the council pays",
                               mean(draws["general_fund_cost"]), "money"))  # fmt: skip
    if not rows:
        return
    sheet.line(
        "General fund, what is modelled here",
        [total([row[i] for row in rows]) for i in range(len(labels))],
        "money", "grand",
    )  # fmt: skip
    together = values[0]
    for other in values[1:]:
        together = together + other
    _range(sheet, together)
    sheet.note("Percentiles do not add up; means do.")


def _range(sheet: Sheet, values: xr.DataArray) -> None:
    for statistic in (PERCENTILES[0], PERCENTILES[-1]):
        sheet.line(statistic, reduced(values, statistic), "money", label_style="indent")


def _ratio(part: list[float], whole: list[float]) -> list[float]:
    return [one / other if other > 0 else 0.0 for one, other in zip(part, whole, strict=True)]
