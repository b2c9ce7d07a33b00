"""Nurture groups: gross cost, top-up withheld, what they avert, and when they pay for themselves."""

from __future__ import annotations

from model.report.workbook.figures import Cell, total
from model.report.workbook.measures import reduced, years
from model.report.workbook.sheet import Book, Sheet

NAME = "Nurture groups"
ALLOWED_GBP = 0.01


def write(book: Book) -> None:
    """Fill the sheet."""
    sheet, labels = book.sheets[NAME], years(book.results)
    sheet.columns(50, *[11.5] * max(len(labels) + 2, 8))
    sheet.title(
        NAME,
        "Means over draws, £ thousands (cells hold pounds) unless a header says otherwise. Places are "
        "paid filled or not.",
    )
    gross = _by_group(book, sheet, labels, "gross", "Gross cost by group")
    scenario = book.results.scenario
    if not scenario.has("nurture_effect"):
        sheet.note("No effect is assumed: the groups cost what they cost and avert nothing.")
        sheet.finish()
        return
    withheld = _by_group(
        book, sheet, labels, "withheld", "Top-up withheld from pupils in the groups"
    )
    _net(book, sheet, labels, gross, withheld)
    _averted(book, sheet, labels)
    sheet.finish()


def _by_group(book: Book, sheet: Sheet, labels: list[str], measure: str, title: str) -> list[Cell]:
    """A measure by group and year, with totals. Returns the totals."""
    values = book.results.draws[f"nurture_{measure}"]
    sheet.heading(title)
    sheet.header("£000", *labels)
    rows = []
    for group in book.results.scenario.nurture_groups:
        means = reduced(values.sel(nurture_group=group.id), "mean")
        name = f"{group.school} ({group.phase}), open from {group.opens}"
        rows.append(sheet.line(name, list(means), "money"))
    return sheet.line(
        "All groups", [total([row[i] for row in rows]) for i in range(len(labels))],
        "money", "grand",
    )  # fmt: skip


def _net(
    book: Book, sheet: Sheet, labels: list[str], gross: list[Cell], withheld: list[Cell]
) -> None:
    study = book.studies.nurture
    sheet.heading("Gross, withheld, averted and net")
    sheet.note(
        "Averted: spending that the scenario's effect saves, against the same draws without it"
        + (
            f" ({book.studies.draws} draws, chance off)."
            if study is not None
            else " (not studied)."
        )
        + " The evidence is a small pilot, so its range holds no effect at all."
    )
    sheet.header("£000", *labels, "All years")
    first = _summed(sheet, "Gross cost", list(gross))
    less = _summed(sheet, "less top-up withheld", list(withheld))
    net = [one - other for one, other in zip(first, less, strict=True)]
    written = _summed(sheet, "Net of top-up withheld", net, "total")
    if study is None:
        return
    averted = _summed(
        sheet, "less averted spending", [float(x) for x in study.averted_gbp.mean(axis=-1)]
    )
    _summed(
        sheet, "Net of both",
        [one - other for one, other in zip(written, averted, strict=True)], "grand",
    )  # fmt: skip
    sheet.row += 1
    cost = sum(item.value for item in written)
    chance = study.break_even(cost)
    effect = book.results.scenario.nurture_effect
    assert effect is not None
    sheet.header("Break-even over the years forecast", "")
    sheet.line("Saved if every completed place averted a request, £000",
               [study.saved_gbp[-1]], "money")  # fmt: skip
    sheet.line(
        "Chance of averting a request at which the groups pay for themselves",
        [chance if chance is not None else "never"], "share1", "total",
    )  # fmt: skip
    sheet.line("Chance assumed, central", [effect.averts_request_share.central], "share1")
    sheet.note(
        f"The groups cost £{cost / 1000:,.0f}k over the years after top-up withheld. Counted to the "
        "end of the years forecast only: what a request averted saves later is left out, so the true "
        "break-even lies lower. While advice is short a request averted lets another be assessed "
        "sooner, so that little is saved until the queue is shorter: that, too, lifts the break-even."
    )


def _summed(sheet: Sheet, title: str, values: list, *looks: str) -> list[Cell]:  # type: ignore[type-arg]
    cells = sheet.line(title, values, "money", *looks)
    sheet.put(sheet.row - 1, len(cells) + 1, total(list(cells)), "money", *looks)
    return cells


def _averted(book: Book, sheet: Sheet, labels: list[str]) -> None:
    draws = book.results.draws
    sheet.heading("What the effect averts")
    sheet.header("", *labels)
    completed = reduced(draws["nurture_completed"].sum("nurture_group"), "mean")
    sheet.line("Places completed in the year", list(completed), "plans")
    for name, title in (
        ("nurture_averted_requests", "Requests averted in the year, less those that come back"),
        ("nurture_averted_placements", "Placements averted, in force on average"),
    ):
        for statistic in ("mean", "p10", "p90"):
            values = reduced(draws[name], statistic)
            look = "label" if statistic == "mean" else "indent"
            text = title if statistic == "mean" else statistic
            sheet.line(text, list(values), "plans", label_style=look)
