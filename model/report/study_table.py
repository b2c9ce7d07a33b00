"""The what-if studies of a run as a tidy table: `studies.parquet`.

One row a measure, entity, financial year and statistic. Measures are described in docs/results.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.reference.calendar import financial_year_label
from model.results import Results
from model.sensitivity.study import Sensitivity
from model.studies import Studies
from model.version import RESULTS_VERSION
from model.whatif.delay_cost import DelayCost
from model.whatif.mitigation_values import MitigationValues
from model.whatif.shapley import Shapley

Floats = NDArray[np.float64]
Row = dict[str, object]

COLUMNS = (
    "version", "scenario", "draws", "measure", "unit", "entity_kind", "entity", "financial_year",
    "statistic", "value",
)  # fmt: skip


def study_table(results: Results, studies: Studies) -> pd.DataFrame:
    """Mitigation values, cost of delay and worth of nurture; no rows where nothing was studied."""
    years = [financial_year_label(year) for year in results.scenario.horizon.years]
    rows: list[Row] = []
    if studies.mitigations is not None:
        targets = [str(year) for year in results.draws["target_year"].to_numpy()] if (
            "target_year" in results.draws.dims
        ) else []  # fmt: skip
        rows.extend(_mitigations(studies.mitigations, years, targets))
    for cost in studies.delays:
        rows.extend(_delay(cost, years))
    if studies.nurture is not None:
        values = studies.nurture.averted_gbp
        rows.extend(_draws("nurture_averted", "GBP", "", "", years, values))
        rows.append(
            _row(
                "nurture_saved_at_whole_chance",
                "GBP",
                "",
                "",
                "",
                "mean",
                studies.nurture.saved_gbp[-1],
            )
        )
    if studies.sensitivity is not None:
        rows.extend(_sensitivity(studies.sensitivity))
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    table["version"] = RESULTS_VERSION
    table["scenario"] = results.scenario.name
    table["draws"] = studies.draws
    return table


def _row(
    measure: str, unit: str, kind: str, entity: str, year: str, statistic: str, value: float
) -> Row:
    return {
        "measure": measure,
        "unit": unit,
        "entity_kind": kind,
        "entity": entity,
        "financial_year": year,
        "statistic": statistic,
        "value": float(value),
    }


def _draws(
    measure: str, unit: str, kind: str, entity: str, years: Sequence[str], values: Floats
) -> Iterator[Row]:
    """Mean and 10th and 90th percentile of (year, draw)."""
    for year, draws in zip(years, values, strict=True):
        low, high = np.quantile(draws, [0.1, 0.9])
        for statistic, value in (("mean", draws.mean()), ("p10", low), ("p90", high)):
            yield _row(measure, unit, kind, entity, year, statistic, value)


def _mitigations(
    values: MitigationValues, years: Sequence[str], targets: Sequence[str]
) -> Iterator[Row]:
    for name, worth in {**values.alone, "all": values.whole}.items():
        measures = (
            ("worth_in_year", "GBP", years, worth.in_year),
            ("worth_cumulative", "GBP", years, worth.cumulative),
            ("worth_on_trajectory", "probability", targets, worth.on_trajectory),
        )
        for measure, unit, labels, items in measures:
            for year, value in zip(labels, items, strict=True):
                yield _row(measure, unit, "mitigation", name, year, "mean", value)
    yield from _shared("condition", values.conditions, values.by_condition, values, years, targets)
    yield from _shared("theme", values.themes, values.by_theme, values, years, targets)


def _shared(
    kind: str,
    names: Sequence[str],
    shares: Shapley,
    values: MitigationValues,
    years: Sequence[str],
    targets: Sequence[str],
) -> Iterator[Row]:
    for number, name in enumerate(names):
        for column, (measure, index) in enumerate(values.columns):
            chance = measure == "on_trajectory"
            year = targets[index] if chance else years[index]
            unit = "probability" if chance else "GBP"
            title = f"shapley_{measure}"
            yield _row(title, unit, kind, name, year, "mean", shares.values[number, column])
            yield _row(
                title, unit, kind, name, year, "standard_error", shares.error[number, column]
            )


def _sensitivity(found: Sensitivity) -> Iterator[Row]:
    """Swings and indices of every input that moves the figure."""
    unit = found.target.unit
    for driver in found.drivers:
        entries: list[tuple[str, str, str, float | None]] = [
            ("low", unit, "central", driver.swing.low),
            ("high", unit, "central", driver.swing.high),
            ("total", "share of variance", "estimate", driver.total),
        ]
        if driver.first is not None:
            entries += [
                ("first_order", "share of variance", statistic, value)
                for statistic, value in (
                    ("estimate", driver.first.value),
                    ("p05", driver.first.low),
                    ("p95", driver.first.high),
                )
            ]
        for name, its_unit, statistic, value in entries:
            if value is not None:
                yield _row(
                    f"sensitivity_{name}_of_{found.target.name}", its_unit, "input",
                    driver.group.name, found.year, statistic, value,
                )  # fmt: skip


def _delay(cost: DelayCost, years: Sequence[str]) -> Iterator[Row]:
    entity = f"{cost.school}: {cost.opening.title}"
    for measure, unit, values in (
        ("delay_12_months_gross", "GBP", cost.late_gross),
        ("delay_12_months_net", "GBP", cost.late_net),
        ("delay_12_months_pupils", "pupils", cost.late_pupils),
        ("delay_as_drawn_gross", "GBP", cost.expected_gross),
        ("delay_as_drawn_net", "GBP", cost.expected_net),
    ):
        yield from _draws(measure, unit, "opening", entity, years, values)
