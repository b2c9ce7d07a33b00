"""A comparison as a tidy table and as plain data, for CSV and JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.assumptions import Assumption
from model.compare.causes import CAUSES, VIEWS, Cause, View
from model.compare.effects import Effect
from model.report.bridge.comparison import Comparison
from model.report.read_run import SavedRun

Floats = NDArray[np.float64]

COLUMNS = ("view", "basis", "financial_year", "cause", "kind", "item", "title", "statistic",
           "adds_up", "gbp")  # fmt: skip
BASES = ("in_year", "cumulative")
PERCENTILES = (10, 90)
NIL = 0.005
"""Pounds: an effect below half a penny is a float's noise, and nil."""


def tidy(found: Comparison) -> pd.DataFrame:
    """One row a figure, with COLUMNS: means of every item, means and percentiles of every cause.

    `kind` is `cause` for a whole cause, `closing` for the deficits and their difference, else what
    the item is. `adds_up`: means do, percentiles do not.
    """
    rows: list[tuple[object, ...]] = []
    for view in VIEWS:
        for name, title, values in closings(found, view):
            rows += _rows(found, view, "cumulative", (name, "closing", "", title), values)
        for cause in causes_of(view):
            label = (cause.name, "cause", "", cause.title)
            yearly = found.bridge.in_year(cause, view)
            for basis, values in zip(BASES, (yearly, np.cumsum(yearly, axis=0)), strict=True):
                rows += _rows(found, view, basis, label, values)
        for effect in items(found, view):
            label = (effect.cause.name, effect.kind, effect.item, effect.title)
            both = (effect.amounts, np.cumsum(effect.amounts, axis=0))
            for basis, values in zip(BASES, both, strict=True):
                rows += _rows(found, view, basis, label, values, means_only=True)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _rows(
    found: Comparison,
    view: View,
    basis: str,
    label: tuple[str, str, str, str],
    values: Floats,
    *,
    means_only: bool = False,
) -> Iterator[tuple[object, ...]]:
    for year, of_year in zip(found.years, values, strict=True):
        yield (view, basis, year, *label, "mean", True, mean(of_year))
        if found.paired and not means_only:
            for percentile in PERCENTILES:
                yield (view, basis, year, *label, f"p{percentile}", False,
                       float(np.percentile(of_year, percentile)))  # fmt: skip


def closings(found: Comparison, view: View) -> list[tuple[str, str, Floats]]:
    """A's and B's cumulative deficit and their difference: name, title, pounds (year, draw)."""
    a, b = found.bridge.closing_a[view], found.bridge.closing_b[view]
    return [
        ("closing_a", "A: cumulative deficit", a),
        ("closing_b", "B: cumulative deficit", b),
        ("difference", "B less A", b - a),
    ]


def causes_of(view: View) -> list[Cause]:
    """The causes that can move a view, in their order."""
    return [cause for cause in CAUSES if view in cause.views]


def items(found: Comparison, view: View) -> list[Effect]:
    """The effects on a view that are not nil in every year and draw, in the order of their causes."""
    told = [e for e in found.bridge.of(view) if np.abs(e.amounts).max() >= NIL]
    return sorted(told, key=lambda effect: CAUSES.index(effect.cause))


def mean(of_year: Floats) -> float:
    """The mean over draws, with noise below half a penny as nil."""
    value = float(of_year.mean())
    return value if abs(value) >= NIL else 0.0


def as_plain(found: Comparison, year: str) -> dict[str, Any]:
    """The comparison as plain data for JSON; pounds, unrounded, means unless named otherwise."""
    at = found.years.index(year)
    return {
        "a": _run(found.a),
        "b": _run(found.b),
        "paired": found.paired,
        "pairing": found.pairing,
        "warnings": list(found.warnings),
        "year": year,
        "years": list(found.years),
        "largest_gap_gbp": found.bridge.gap(),
        "percentiles_add_up": False,
        "bridge": {view: _view(found, view, at) for view in VIEWS},
        "by_year": [
            {
                "view": view,
                "financial_year": label,
                "causes": {
                    cause.name: mean(found.bridge.in_year(cause, view)[number])
                    for cause in causes_of(view)
                },
                "difference": mean(closings(found, view)[-1][2][number]),
            }
            for view in VIEWS
            for number, label in enumerate(found.years)
        ],
        "by_line": [
            {
                "cause": effect.cause.name,
                "kind": effect.kind,
                "item": effect.item,
                "title": effect.title,
                "views": list(effect.cause.views),
                "gbp": mean(effect.amounts[: at + 1].sum(axis=0)),
            }
            for effect in _either_view(found)
        ],
        "changed_inputs": {
            "figures": [
                {"path": row.path, "year": row.year, "unit": row.unit,
                 "a": _told(row.a), "b": _told(row.b)}
                for row in found.changes.figures
            ],
            "settings": [asdict(row) for row in found.changes.settings],
        },
    }  # fmt: skip


def _either_view(found: Comparison) -> list[Effect]:
    both = {id(effect): effect for view in VIEWS for effect in items(found, view)}
    return sorted(both.values(), key=lambda effect: CAUSES.index(effect.cause))


def _view(found: Comparison, view: View, at: int) -> dict[str, Any]:
    told: dict[str, Any] = {
        name: _statistics(found, values[at]) for name, _, values in closings(found, view)
    }
    told["causes"] = [
        {"cause": cause.name, "title": cause.title,
         **_statistics(found, found.bridge.cumulative(cause, view)[at])}
        for cause in causes_of(view)
    ]  # fmt: skip
    return told


def _statistics(found: Comparison, of_year: Floats) -> dict[str, float]:
    told = {"mean": mean(of_year)}
    if found.paired:
        told |= {f"p{p}": float(np.percentile(of_year, p)) for p in PERCENTILES}
    return told


def _run(run: SavedRun) -> dict[str, Any]:
    facts = {key: run.manifest[key] for key in ("run_id", "created", "scenario", "draws", "seed")}
    return {"folder": str(run.folder), **facts, "title": run.loaded.scenario.title,
            "checks_passed": run.manifest["checks_passed"]}  # fmt: skip


def _told(row: Assumption | None) -> dict[str, Any] | None:
    """A figure of the register as JSON tells it; None where the run does not have it."""
    if row is None:
        return None
    keys = ("central", "low", "high", "distribution", "status", "source")
    return {key: getattr(row, key) for key in keys}
