"""The monitor of a month as plain data, for the console and JSON. Pounds, unrounded."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from model.monitor.monitoring import ActivityVariance, LineMonitored, ModelVariance, Monitoring

STRAIGHT_LINE_WARNING = (
    "Do not use: spending to date over months times twelve takes what is paid early for a rate. "
    "Shown only to be told from the forecast."
)


def as_plain(found: Monitoring) -> dict[str, Any]:
    """Everything the monitor says, with its units in the keys."""
    total = found.actuals.total
    return {
        "month": found.month,
        "actuals_file": found.actuals.file,
        "actuals_sha256": found.actuals.sha256,
        "headings_not_read": list(found.actuals.ignored),
        "lines": [_line(line) for line in found.reported],
        "lines_not_in_the_report": [_line(line) for line in found.not_reported],
        "printed_total": None if total is None else {k: v for k, v in asdict(total).items() if k != "row"},
        "sums": sums(found),
        "outturn_of_reported_lines_gbp": asdict(found.reported_total),
        "outturn_of_all_lines_gbp": asdict(found.total),
        "straight_line_gbp": found.straight_line_gbp,
        "straight_line_warning": STRAIGHT_LINE_WARNING,
        "deficit": [
            {"title": item.title, "before_gbp": asdict(item.before), "after_gbp": asdict(item.after)}
            for item in found.deficits
        ],
        "look_at": [line.id for line in found.surprising],
        "price_and_volume": [_activity(item) for item in found.activity],
        "price_and_volume_of_the_model": [_model(item) for item in found.model_variances],
        "largest_gaps_gbp": found.gaps,
    }  # fmt: skip


def sums(found: Monitoring) -> dict[str, float | None]:
    """Sums over the reported lines; None for a column in which a line has no figure."""
    lines = found.actuals.lines
    names = (
        "budget_gbp",
        "actual_gbp",
        "forecast_gbp",
        "variance_to_date_gbp",
        "variance_outturn_gbp",
    )
    result: dict[str, float | None] = {}
    for name in names:
        values = [getattr(line, name) for line in lines]
        result[name] = None if None in values else sum(values)
    return result  # fmt: skip


def _line(line: LineMonitored) -> dict[str, Any]:
    actual = line.actual
    return {
        "line": line.id,
        "title": line.line.title,
        "budget_gbp": line.budget_gbp,
        "actual_to_date_gbp": actual.actual_gbp if actual else None,
        "variance_to_date_against_full_year_budget_gbp": line.variance_to_full_year_budget_gbp,
        "variance_to_date_as_printed_gbp": actual.variance_to_date_gbp if actual else None,
        "profile_share": line.profile.share,
        "profile_basis": line.profile.basis,
        "profiled_budget_to_date_gbp": line.profiled_budget_gbp,
        "variance_to_date_against_profiled_budget_gbp": line.variance_to_profiled_budget_gbp,
        "council_forecast_gbp": line.council_forecast_gbp,
        "council_forecast_from": "the scenario"
        if line.council_forecast_is_the_scenarios
        else "the file of actuals",
        "forecast_before_actuals_gbp": asdict(line.before),
        "outturn_given_actuals_gbp": asdict(line.outturn),
        "still_to_come_mean_gbp": line.still_to_come_mean_gbp,
        "variance_of_outturn_mean_against_budget_gbp": line.outturn.mean - line.budget_gbp,
        "standard_deviations_off_forecast": line.surprise,
        "outturn_if_no_variance_is_timing_gbp": line.if_real_gbp,
        "timing_kind": line.timing.kind,
        "timing_months": line.timing.months,
        "least_spread_share": line.timing.least_spread_share,
        "assumption_status": line.timing.status,
        "source": actual.source if actual else "",
    }


def _activity(item: ActivityVariance) -> dict[str, Any]:
    return {
        **asdict(item.activity),
        "volume_gbp": item.parts.volume_gbp,
        "price_gbp": item.parts.price_gbp,
        "variance_gbp": item.parts.total_gbp,
        "rounding_of_print_gbp": item.rounding_gbp,
    }


def _model(item: ModelVariance) -> dict[str, Any]:
    return {
        "line": item.line.id,
        "basis": "model: average plans, FTE or places, before against given the actuals",
        "volume_before": item.volume_before,
        "volume_after": item.volume_after,
        "spend_before_gbp": item.spend_before_gbp,
        "spend_after_gbp": item.spend_after_gbp,
        "volume_gbp": item.parts.volume_gbp,
        "price_gbp": item.parts.price_gbp,
    }
