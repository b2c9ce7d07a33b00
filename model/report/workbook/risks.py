"""Risks: how likely bad years are, how bad they are in pounds, what drives them, what is not covered."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from model.assumptions import held
from model.reconcile.tail_risk import mean_of_worst, round_sizes, share_above
from model.reconcile.trajectory import expected_shortfall
from model.report.workbook.measures import reduced, years
from model.report.workbook.reconciliation import downside_percentile, target_years
from model.report.workbook.sheet import Book, Content, Sheet
from model.scenario.policy_values import policy_value
from model.scenario.schema import Scenario
from model.whatif.mitigation_values import MitigationValues

NAME = "Risks"

SIZES = 4
"""Sizes of in-year deficit whose chance is shown."""

DRIVERS = 8
"""Drivers listed here; the sheet of what drives it has the rest."""

ROWS_OF_ONE_PAGE = 85
"""Rows that are still read easily when they are fitted to one page."""

MILLION = 1e6


def write(book: Book) -> None:
    """Fill the sheet; only for a scenario with an account."""
    sheet, labels = book.sheets[NAME], years(book.results)
    sheet.columns(58, *[12.5] * max(len(labels), 5))
    sheet.title(
        NAME,
        "Chances are shares of draws. Money in £ thousands (cells hold pounds); a deficit is positive.",
    )
    _chances(book, sheet, labels)
    _pounds(book, sheet, labels)
    _drivers(book, sheet)
    _delays(book, sheet, labels)
    if book.studies.mitigations is not None:
        _delivery(book, sheet, book.studies.mitigations)
    _not_covered(book, sheet)
    sheet.finish(landscape=False, one_page=sheet.row <= ROWS_OF_ONE_PAGE)


def worst_share(scenario: Scenario) -> float:
    """Share of draws over which the mean of the worst is taken."""
    return float(policy_value(scenario, "worst_share_of_draws"))


def _draws(book: Book, name: str) -> np.ndarray:
    return np.asarray(book.results.draws[name].transpose(..., "draw").to_numpy(), dtype=float)


def _aligned(book: Book, name: str, labels: Sequence[str]) -> list[float | None]:
    """A series by target year as means, with nothing in the years that have no target."""
    found = dict(
        zip(target_years(book.results), reduced(book.results.draws[name], "mean"), strict=True)
    )
    return [found.get(label) for label in labels]


def _chances(book: Book, sheet: Sheet, labels: list[str]) -> None:
    """How often a year ends badly."""
    in_year = _draws(book, "in_year_deficit")
    sheet.heading("How likely")
    sheet.note(
        "A chance of 30% means that three draws in ten ended so. Sizes are round figures inside the "
        "range of this run."
    )
    sheet.header("Chance that ...", *labels)
    rows: list[tuple[str, Sequence[Content]]] = [
        ("the year has an in-year deficit", [share_above(year, 0.0) for year in in_year])
    ]
    for size in round_sizes(in_year, SIZES):
        title = f"the in-year deficit is above £{size / MILLION:g}m"
        rows.append((title, [share_above(year, size) for year in in_year]))
    closing = _draws(book, "cumulative_with_support")
    title = "the DSG is in cumulative deficit, with support"
    rows.append((title, [share_above(year, 0.0) for year in closing]))
    if "trajectory_on_trajectory" in book.results.draws:
        met = _aligned(book, "trajectory_on_trajectory", labels)
        rows.append((
            "the cumulative deficit is above the agreed target, without support",
            [None if one is None else 1.0 - one for one in met],
        ))  # fmt: skip
    if "reserves_exhausted" in book.results.draws:
        rows.append((
            "usable reserves do not cover the DSG deficit counted against them",
            [float(year.mean()) for year in _draws(book, "reserves_exhausted")],
        ))  # fmt: skip
    for title, values in rows:
        sheet.line(title, values, "chance")


def _pounds(book: Book, sheet: Sheet, labels: list[str]) -> None:
    """How bad the bad end is, in pounds."""
    results = book.results
    level, share = downside_percentile(results), worst_share(results.scenario)
    sheet.heading("How bad, in pounds")
    sheet.note(
        f"Downside case: the {level}th percentile, which {100 - level} draws in a hundred exceed. Mean of "
        f"the worst: the mean over the worst {share:.0%} of draws, which says how bad it is beyond that "
        "point. Each row is of its own draws, so rows do not add up."
    )
    sheet.header("£000", *labels)
    for title, measure, name in (
        ("In-year deficit", "in_year", "in_year_deficit"),
        ("Cumulative deficit without support", "without", "cumulative_without_support"),
        ("Cumulative deficit with support", "with", "cumulative_with_support"),
    ):
        values = _draws(book, name)
        means = [book.cells[measure, "mean", label] for label in labels]
        sheet.line(f"{title}: mean", means, "money", "total")
        downside = sheet.line(
            f"Downside case: {level}th percentile",
            [float(x) for x in np.quantile(values, level / 100, axis=-1)],
            "money", label_style="indent",
        )  # fmt: skip
        sheet.line(
            "Downside case over the mean",
            [one - other for one, other in zip(downside, means, strict=True)],
            "money", label_style="indent",
        )  # fmt: skip
        worst = sheet.line(
            f"Mean of the worst {share:.0%} of draws",
            [mean_of_worst(year, share) for year in values],
            "money", label_style="indent",
        )  # fmt: skip
        for label, item, tail in zip(labels, downside, worst, strict=True):
            book.cells[measure, "downside", label] = item
            book.cells[measure, "worst", label] = tail
    if "stability_grant_if_approved" in results.draws:
        grant = float(results.draws["stability_grant_if_approved"].mean())
        chance = 1 - float((results.draws["support_paid"].sel(arrangement="stability_grant")
                            .sum("year") > 0).mean())  # fmt: skip
        sheet.note(
            f"If the Stability Grant is not paid, every cumulative figure with support from its year on is "
            f"£{grant:,.0f} larger (mean); that happens in {chance:.0%} of draws.",
            "top",
        )
    if "trajectory_gap" in results.draws:
        gaps = dict(zip(target_years(results), _draws(book, "trajectory_gap"), strict=True))
        sheet.line(
            "Mean gap to the target of the draws that miss it",
            [expected_shortfall(gaps[label]) if label in gaps else None for label in labels],
            "money", "total",
        )  # fmt: skip


def _drivers(book: Book, sheet: Sheet) -> None:
    """The inputs that the range comes from, the largest first."""
    study = book.studies.sensitivity
    if study is None or study.swung.unit != "GBP":
        return
    sheet.heading(f"What drives the range: {study.swung.title.lower()}, {study.year}")
    sheet.note(
        "Each input alone moved from the low to the high end of its range, all others central: change "
        "from the central run. A minus is a smaller deficit."
    )
    sheet.header("Input, £000", "At its low end", "At its high end", "Swing")
    for driver in study.drivers[:DRIVERS]:
        swing = driver.swing
        low, high = swing.low - study.central, swing.high - study.central
        sheet.line(driver.group.title, [low, high, swing.size], "money")


def _delays(book: Book, sheet: Sheet, labels: list[str]) -> None:
    """What late openings cost."""
    if not book.studies.delays:
        return
    sheet.heading("Openings that come late: cost of twelve months, net of the local place")
    sheet.note("Mean over the draws of the study, by year; plus is a larger deficit.")
    sheet.header("Opening, £000", *labels)
    for item in book.studies.delays:
        title = f"{item.opening.title}, {item.opening.start} ({item.school})"
        sheet.line(title, [float(x) for x in item.late_net.mean(axis=-1)], "money")


def _delivery(book: Book, sheet: Sheet, values: MitigationValues) -> None:
    """How far the worth of mitigations ranges with their delivery."""
    sheet.heading(
        f"Mitigations: what may not be delivered, less deficit by {years(book.results)[-1]}"
    )
    sheet.note(
        "Worth alone over draws, which hold how surely each is delivered. At risk: mean less p10."
    )
    sheet.header("Mitigation, £000", "Mean", "p10", "p90", "At risk", "Delivery\nconfidence")
    for item in book.results.scenario.mitigations:
        row = sheet.row
        low, high = values.alone_range[item.id]
        mean = sheet.put(row, 1, float(values.alone[item.id].cumulative[-1]), "money")
        least = sheet.put(row, 2, low, "money")
        assert mean is not None
        assert least is not None
        sheet.put(row, 0, item.title, "label")
        sheet.put(row, 3, high, "money")
        sheet.put(row, 4, mean - least, "money")
        sheet.put(row, 5, item.confidence.central, "share")
        sheet.row += 1


def not_covered(scenario: Scenario) -> list[str]:
    """What the range of a run does not hold, in sentences."""
    off = ", ".join(name.replace("_", " ") for name in scenario.switched_off)
    return [
        "Changes of national policy, funding formulas and grant rules after the date of the scenario.",
        "Errors in published figures and in records that the figures were taken from.",
        f"{held(scenario)} assumptions with a stated range that are held at one value (Assumptions sheet).",
        "Events of a kind that no input describes, such as a school closing without notice.",
        *([f"Mechanisms that are switched off: {off}."] if off else []),
        *(
            ["Decisions not yet made: mitigations that are not in this run."]
            if scenario.mitigations and scenario.mitigated != "all"
            else []
        ),
    ]


def _not_covered(book: Book, sheet: Sheet) -> None:
    sheet.heading("What the range does not cover")
    for sentence in not_covered(book.results.scenario):
        sheet.note(sentence, "top")
