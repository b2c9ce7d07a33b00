"""Reconciliation: the forecast against the agreed trajectory, cumulative and in-year apart."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from model.reconcile.trajectory import expected_shortfall
from model.reference.calendar import financial_year_label
from model.report.workbook.figures import (
    Cell,
    Figure,
    Words,
    at_least,
    below,
    choose,
)
from model.report.workbook.measures import PERCENTILES, reduced, years
from model.report.workbook.sheet import Book, Column, Content, Row, Sheet
from model.results import Results
from model.scenario.policy_values import policy_of, policy_value

NAME = "Reconciliation"


@dataclass(frozen=True)
class Thresholds:
    """Probabilities from which a year is green or amber, and where they come from."""

    green: float
    amber: float
    source: str


def thresholds(results: Results) -> Thresholds:
    """The scenario's own thresholds, or the defaults of the policy files."""
    trajectory, as_at = results.scenario.trajectory, results.scenario.as_at
    assert trajectory is not None
    if trajectory.rag is not None:
        own = trajectory.rag
        return Thresholds(own.green_at_least.central, own.amber_at_least.central, "scenario")
    values = policy_of(results.scenario)
    green, amber = values["rag_green_at_least"], values["rag_amber_at_least"]
    month = (as_at.year, as_at.month)
    sources = dict.fromkeys([green.source, amber.source])
    return Thresholds(float(green.at(*month)), float(amber.at(*month)), "; ".join(sources))


def downside_percentile(results: Results) -> int:
    """Percentile of the cumulative deficit shown as the downside case."""
    return int(policy_value(results.scenario, "downside_percentile"))


def target_years(results: Results) -> list[str]:
    """Years forecast that have a target."""
    return [str(year) for year in results.draws["target_year"].to_numpy()]


def write(book: Book) -> None:
    """Fill the sheet; registers targets, gaps, probabilities and ratings."""
    sheet, labels = book.sheets[NAME], target_years(book.results)
    sheet.columns(56, *[13] * max(len(labels), 5))
    sheet.title(
        "Reconciliation with the agreed trajectory",
        "Shown in £ thousands (cells hold pounds). Worse than agreed is positive; a minus is better.",
    )
    trajectory = book.results.scenario.trajectory
    assert trajectory is not None
    sheet.row += 1
    sheet.note(
        "The trajectory is a cumulative deficit before money from the department, so the forecast "
        "without support stands against it. Means are live formulas; percentiles and probabilities "
        "are counted over draws."
    )
    if trajectory.source:
        sheet.note(f"Source of the trajectory: {trajectory.source}")
    green, amber = _thresholds(book, sheet)
    before = _target_before(book, sheet)
    _cumulative(book, sheet, labels, green, amber)
    _in_year(book, sheet, labels, before)
    first = years(book.results)[0]
    if book.results.published is not None and first in labels:
        _published_case(book, sheet, first, before)
    sheet.finish(landscape=False)


def _thresholds(book: Book, sheet: Sheet) -> tuple[Cell, Cell]:
    found = thresholds(book.results)
    sheet.heading("Ratings")
    cells = [
        sheet.line(
            "Green from this probability of being on or below the trajectory",
            [found.green],
            "share",
        )[0],
        sheet.line("Amber from this probability (below it: red)", [found.amber], "share")[0],
    ]
    sheet.note(f"Source of the thresholds: {found.source}")
    return cells[0], cells[1]


def _target_before(book: Book, sheet: Sheet) -> Cell | None:
    """Target of the year before the first forecast year, if agreed."""
    scenario = book.results.scenario
    assert scenario.trajectory is not None
    year = scenario.horizon.first_year - 1
    for target in scenario.trajectory.targets:
        if target.year == year:
            title = f"Target for the end of {financial_year_label(year)} (year before the forecast)"
            return sheet.line(title, [target.cumulative_deficit_gbp.central], "money")[0]
    return None


def _cumulative(book: Book, sheet: Sheet, labels: list[str], green: Cell, amber: Cell) -> None:
    draws = book.results.draws
    gap = draws["trajectory_gap"].transpose(..., "draw").to_numpy()
    targets = reduced(draws["trajectory_target"], "mean")
    one_offs = reduced(draws["trajectory_gap"] - draws["trajectory_like_for_like_gap"], "mean")
    probability = reduced(draws["trajectory_on_trajectory"], "mean")
    level = downside_percentile(book.results)
    downside = np.quantile(
        draws["trajectory_forecast"].transpose(..., "draw").to_numpy(), level / 100, axis=-1
    )
    rows = (
        Row("target", "Agreed target"),
        Row("forecast", "Forecast without support, mean"),
        Row("gap", "Gap to the target, mean", weight="total"),
        *(Row(p, f"Forecast without support, {p}") for p in PERCENTILES),
        Row("one_offs", "One-offs inside the position (minus: they helped)"),
        Row("like_for_like", "Like-for-like gap, without one-offs", weight="total"),
        Row("probability", "Probability of being on or below the target", "chance"),
        Row("rag", "Rating", weight="bold"),
        Row("shortfall", "Mean gap of the draws that miss the target"),
        Row("downside", f"Downside case: {level}th percentile, without support"),
        Row("downside_gap", "Downside case against the target (minus: better)", weight="total"),
    )

    def content(key: str, written: list[Column]) -> Content:
        index, above = len(written) - 1, written[-1]
        year = labels[index]
        if key == "target":
            return targets[index]
        if key == "forecast":
            return book.cells["without", "mean", year]
        if key == "gap":
            return above["forecast"] - above["target"]
        if key in PERCENTILES:
            return book.cells["without", key, year]
        if key == "one_offs":
            return one_offs[index]
        if key == "like_for_like":
            return above["gap"] - above["one_offs"]
        if key == "probability":
            return probability[index]
        if key == "rag":
            return _rating(above["probability"], green, amber)
        if key == "shortfall":
            return expected_shortfall(gap[index])
        if key == "downside":
            return float(downside[index])
        return above["downside"] - above["target"]

    sheet.heading("Cumulative deficit against the trajectory")
    columns = sheet.table("£000", labels, rows, content)
    modelled = reduced(draws["trajectory_gap"], "mean")
    for index, (year, column) in enumerate(zip(labels, columns, strict=True)):
        for key in ("target", "gap", "probability"):
            book.cells[key, "mean", year] = column[key]
        book.ratings[year] = _rating(column["probability"], green, amber)
        book.check(
            f"{year}: gap to the trajectory by formula is the model's mean",
            column["gap"] - modelled[index],
            0.01,
            "GBP",
        )


def _rating(chance: Cell, green: Cell, amber: Cell) -> Words:
    lower = choose(at_least(chance, amber), "Amber", "Red")
    return choose(at_least(chance, green), "Green", lower)


def _in_year(book: Book, sheet: Sheet, labels: list[str], before: Cell | None) -> None:
    draws = book.results.draws
    everyone = years(book.results)
    opening = dict(zip(everyone, reduced(draws["opening_without_support"], "mean"), strict=True))
    balance = reduced(draws["trajectory_in_balance"], "mean")
    next_target = {
        year: book.cells["target", "mean", after]
        for year, after in itertools.pairwise(everyone)
        if ("target", "mean", after) in book.cells
    }
    earlier: dict[str, Figure] = {
        after: book.cells["target", "mean", year]
        for year, after in itertools.pairwise(everyone)
        if ("target", "mean", year) in book.cells
    }
    if before is not None:
        earlier[everyone[0]] = before
    rows = (
        Row("target", "Agreed in-year movement (change of the target)"),
        Row("forecast", "Forecast in-year deficit, mean"),
        Row("gap", "In-year gap, mean", weight="total"),
        *(Row(p, f"Forecast in-year deficit, {p}") for p in PERCENTILES),
        Row("balance", "Probability that the year is in balance or surplus", "chance"),
        Row("opening", "Opening deficit without support, mean"),
        Row("better_opening", "Better opening than agreed (minus: worse)", weight="total"),
        Row("headroom", "Headroom: in-year deficit that would just meet the target"),
        Row("required", "In-year movement needed next year to meet its target"),
        Row("words", "... in words, the movement needed is a"),
    )

    def content(key: str, written: list[Column]) -> Content:
        index, above = len(written) - 1, written[-1]
        year = labels[index]
        if key == "target":
            if year not in earlier:
                return "no target before"
            return book.cells["target", "mean", year] - earlier[year]
        if key == "forecast":
            return book.cells["in_year", "mean", year]
        if key == "gap":
            return above["forecast"] - above["target"] if "target" in above else "not defined"
        if key in PERCENTILES:
            return book.cells["in_year", key, year]
        if key == "balance":
            return balance[index]
        if key == "opening":
            place = everyone.index(year)
            if place:
                return book.cells["without", "mean", everyone[place - 1]]
            return opening[year]
        if key == "better_opening":
            return earlier[year] - above["opening"] if year in earlier else "not defined"
        if key == "headroom":
            return book.cells["target", "mean", year] - above["opening"]
        if key == "required":
            if year not in next_target:
                return "no later target"
            return next_target[year] - book.cells["without", "mean", year]
        if "required" not in above:
            return ""
        return choose(below(above["required"], 0), "surplus", "deficit")

    sheet.heading("In-year position against the trajectory")
    columns = sheet.table("£000", labels, rows, content)
    for year, column in zip(labels, columns, strict=True):
        book.cells["in balance", "mean", year] = column["balance"]
    trajectory = book.results.scenario.trajectory
    assert trajectory is not None
    agreed = financial_year_label(trajectory.balance_by)
    chance = book.cells.get(("in balance", "mean", agreed))
    if chance is not None:
        item = sheet.line(
            f"Probability of in-year balance by the agreed year, {agreed}",
            [chance],
            "chance",
            "bold",
        )[0]
        book.cells["in balance", "agreed", agreed] = item
    sheet.note(
        "Gap = in-year gap less better opening, plus any prior-year adjustment or draw on balances: a year can be worse than agreed and still end near "
        "its target because it began better."
    )


def _published_case(book: Book, sheet: Sheet, year: str, before: Cell | None) -> None:
    """The first year on the published basis beside the model's mean."""
    scenario = book.results.scenario
    assert scenario.trajectory is not None
    published = book.results.published
    assert published is not None
    labels = years(book.results)
    second = labels[1] if len(labels) > 1 else ""
    one_offs = sum(
        item.amount_gbp.central
        for item in scenario.trajectory.one_offs
        if item.year <= scenario.horizon.first_year
    )
    modelled = reduced(book.results.draws["opening_without_support"], "mean")[0]
    given: list[Mapping[str, Content]] = [
        {
            "opening": float(published.views.opening_without_support[0, 0]),
            "in_year": book.cells["published in_year", "published", year],
            "other": book.cells["published other", "published", year],
        },
        {
            "opening": modelled,
            "in_year": book.cells["in_year", "mean", year],
            "other": book.cells["adjustments", "mean", year],
        },
    ]
    later = ("target", "mean", second) in book.cells
    rows = (
        Row("opening", "Opening deficit without support"),
        Row("in_year", "In-year deficit"),
        Row("other", "Prior-year adjustments and draws on balances"),
        Row("closing", "Closing deficit without support", weight="total"),
        Row("target", "Agreed target"),
        Row("gap", "Gap to the target (minus: better than agreed)", weight="total"),
        *((
            Row("agreed", "Agreed in-year movement"),
            Row("in_year_gap", "In-year against the agreed movement (minus: better)", weight="total"),
            Row("better_opening", "Better opening than agreed (minus: worse)"),
        ) if before is not None else ()),
        Row("one_offs", "of which one-offs (minus: they helped)"),
        Row("like_for_like", "Like-for-like gap, without one-offs (minus: better)", weight="total"),
        Row("headroom", "Headroom: in-year deficit that would have met the target"),
        *((Row("required", f"In-year movement then needed in {second} (minus: a surplus)"),)
          if later else ()),
    )  # fmt: skip

    def content(key: str, written: list[Column]) -> Content:
        above = written[-1]
        if len(written) > len(given):
            return written[1][key] - written[0][key]
        if key == "closing":
            return above["opening"] + above["in_year"] + above["other"]
        if key == "target":
            return book.cells["target", "mean", year]
        if key == "gap":
            return above["closing"] - above["target"]
        if key == "one_offs":
            return one_offs
        if key == "like_for_like":
            return above["gap"] - above["one_offs"]
        if key == "headroom":
            return above["target"] - above["opening"]
        if key == "required":
            return book.cells["target", "mean", second] - above["closing"]
        if before is not None and key == "agreed":
            return above["target"] - before
        if before is not None and key == "better_opening":
            return before - above["opening"]
        if key == "in_year_gap":
            return above["in_year"] - above["agreed"]
        return given[len(written) - 1][key]

    sheet.heading(f"First year {year}: the published case and the model view")
    titles = ["Published basis", "Model, mean", "Difference"]
    columns = sheet.table("£000", titles, rows, content)
    if before is not None:
        first = columns[0]
        book.check(
            f"{year}, published basis: gap = in-year gap - better opening + adjustments",
            first["gap"] - (first["in_year_gap"] - first["better_opening"] + first["other"]),
            0.01,
            "GBP",
        )
    book.cells["published gap", "published", year] = columns[0]["gap"]
