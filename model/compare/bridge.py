"""The bridge from one forecast's cumulative deficit to another's, by cause, item, year and draw."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.compare.account_effects import account_effects
from model.compare.causes import (
    MITIGATION,
    ONE_SIDED,
    OPENING,
    RECEIVED_BEFORE,
    SUPPORT,
    VIEWS,
    Cause,
    View,
)
from model.compare.effects import Effect, in_first_year
from model.compare.forecast_figures import ForecastFigures, Side
from model.compare.line_effects import line_effects
from model.reference.codes import BLOCK_TITLES

Floats = NDArray[np.float64]
PENNY = 0.01


@dataclass(frozen=True)
class Bridge:
    """Why B's cumulative deficit is not A's.

    `effects` are pounds of each year (year, draw); a cumulative deficit holds the sum of the years
    so far. `closing_a` and `closing_b`: view -> cumulative deficit at the end of each year, pounds
    (year, draw), a deficit positive.
    """

    years: tuple[str, ...]
    effects: tuple[Effect, ...]
    closing_a: dict[View, Floats]
    closing_b: dict[View, Floats]

    @property
    def draws(self) -> int:
        """Number of draws that are compared; 1 where they are means."""
        return int(self.closing_a["with"].shape[1])

    def of(self, view: View) -> Iterator[Effect]:
        """The effects on one view of the deficit: support is no part of the view without it."""
        return (effect for effect in self.effects if view in effect.cause.views)

    def in_year(self, cause: Cause, view: View) -> Floats:
        """What a cause adds to the difference in each year, pounds (year, draw)."""
        nothing = np.zeros_like(self.closing_a["with"])
        return sum((e.amounts for e in self.of(view) if e.cause == cause), nothing)

    def cumulative(self, cause: Cause, view: View) -> Floats:
        """What a cause has added by the end of each year, pounds (year, draw)."""
        return np.cumsum(self.in_year(cause, view), axis=0)

    def gap(self) -> float:
        """Largest difference, in pounds, between the sum of all causes and the two closings'."""
        gaps = []
        for view in VIEWS:
            nothing = np.zeros_like(self.closing_a[view])
            explained = np.cumsum(sum((e.amounts for e in self.of(view)), nothing), axis=0)
            gaps.append(np.abs(explained - (self.closing_b[view] - self.closing_a[view])).max())
        return float(np.max(gaps))


def common_years(a: ForecastFigures, b: ForecastFigures) -> tuple[str, ...]:
    """Years that both forecasts have, in order; empty where their horizons do not meet."""
    return tuple(year for year in a.years if year in b.years)


def bridge(a: ForecastFigures, b: ForecastFigures) -> Bridge:
    """The bridge from A to B over their common years, draw by draw.

    Both have the same draws (or are means, see `ForecastFigures.mean`). Raises ValueError where
    they share no year or differ in draws, ArithmeticError where the causes do not sum to the
    difference within a penny in every draw.
    """
    years = common_years(a, b)
    if not years:
        raise ValueError("the forecasts have no year in common")
    if a.draws != b.draws:
        raise ValueError(f"{a.draws} draws against {b.draws}: compare their means")
    a, b = a.of_years(years), b.of_years(years)
    made = Bridge(
        years,
        (
            *_opening(a, b),
            *_lines(a.unmitigated, b.unmitigated),
            *_mitigations(a, b),
            *account_effects(a.unmitigated, b.unmitigated),
            *_support(a.as_run, b.as_run),
        ),
        _closing(a),
        _closing(b),
    )
    gap = made.gap()
    if not gap <= PENNY:
        raise ArithmeticError(f"the causes miss the difference by {gap:,.2f} pounds in a draw")
    return made


def _closing(of: ForecastFigures) -> dict[View, Floats]:
    closing = of.as_run.total("closing_deficit")
    return {"with": closing, "without": closing + of.support_received}


def _opening(a: ForecastFigures, b: ForecastFigures) -> Iterator[Effect]:
    """What is brought forward into the first common year, by block."""
    for block, change in _by_block(a.as_run, b.as_run, "opening_deficit"):
        yield Effect(OPENING, "block", block, BLOCK_TITLES[block], in_first_year(change))
    before_a = a.support_received - np.cumsum(a.as_run.total("support"), axis=0)
    before_b = b.support_received - np.cumsum(b.as_run.total("support"), axis=0)
    change = in_first_year(before_b - before_a)
    title = RECEIVED_BEFORE.title
    yield Effect(RECEIVED_BEFORE, "support", "received_before", title, change)


def _support(a: Side, b: Side) -> Iterator[Effect]:
    for block, change in _by_block(a, b, "support"):
        yield Effect(SUPPORT, "block", block, BLOCK_TITLES[block], -change)


def _by_block(a: Side, b: Side, row: str) -> Iterator[tuple[str, Floats]]:
    """A row's change by block; a block that one forecast lacks is nil in it."""
    nothing = np.zeros_like(a.plans_in_april)
    for block in dict.fromkeys([*a.account[row], *b.account[row]]):
        yield block, b.account[row].get(block, nothing) - a.account[row].get(block, nothing)


def _lines(a: Side, b: Side) -> Iterator[Effect]:
    """Lines matched by id; a line without its match stands alone, under its own name."""
    for name in dict.fromkeys([*a.lines, *b.lines]):
        if name in a.lines and name in b.lines:
            title = b.lines[name].title
            for cause, amounts in line_effects(a, b, name).items():
                yield Effect(cause, "line", name, title, amounts)
        elif name in b.lines:
            line = b.lines[name]
            yield Effect(ONE_SIDED, "line", name, f"{line.title} (B only)", line.spend)
        else:
            line = a.lines[name]
            yield Effect(ONE_SIDED, "line", name, f"{line.title} (A only)", -line.spend)


def _mitigations(a: ForecastFigures, b: ForecastFigures) -> Iterator[Effect]:
    """What mitigations save in B less what they save in A, turned: a larger saving is a minus.

    By line, and in all other rows of the account together but for support, which stands as run.
    """
    nothing = np.zeros_like(a.support_received)
    savings, titles = [], {}
    for forecast in (a, b):
        saved = {}
        for name, line in forecast.as_run.lines.items():
            saved[name] = forecast.unmitigated.lines[name].spend - line.spend
            titles[name] = line.title
        whole = _movement(forecast.unmitigated) - _movement(forecast.as_run)
        saved[""] = whole - sum(saved.values(), nothing)
        savings.append(saved)
    in_a, in_b = savings
    for name in dict.fromkeys([*in_a, *in_b]):
        change = in_a.get(name, nothing) - in_b.get(name, nothing)
        if name:
            yield Effect(MITIGATION, "line", name, titles[name], change)
        else:
            yield Effect(MITIGATION, "account", "other_rows", "Other rows of the account", change)


def _movement(side: Side) -> Floats:
    """The year's change of the whole deficit before support, pounds (year, draw)."""
    income = side.total("gross_income") - side.total("deductions") + side.total("contributions")
    return (
        side.total("prior_year_adjustment")
        + side.total("spend")
        - income
        + side.total("net_transfers_out")
        + side.total("draws_on_balances")
    )
