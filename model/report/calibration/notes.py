"""The notes of a calibration, for a person who has to answer for it."""

from __future__ import annotations

from typing import Any

import numpy as np

from model.history.history import History
from model.overlay.agreement import Agreement
from model.overlay.calibrating import Calibrated
from model.report.calibration import tables


def notes(found: Calibrated, history: History, agreed: Agreement) -> str:
    """Markdown: the forecast, what leads it, how far the authority's own rates count, what to doubt."""
    used = history.known_at(found.january)
    lines = [
        f"# Calibration of {found.authority}, January {found.january}",
        "",
        f"Learnt from {int((used.authorities.unchanged).sum())} authorities whose boundaries did not change, years "
        f"{found.fit.years[0]} to {found.fit.january}. Nothing published later was read. How right such forecasts have been, "
        "and for whom not: docs/skill.md.",
        "",
        "## Plans in force",
        "",
        "| January | forecast, median | 10 to 90 % | the scenario when run, median | 10 to 90 % |",
        "|---|---|---|---|---|",
        *[
            f"| {january} | {middle:,.0f} | {low:,.0f} to {high:,.0f} | {ran[1]:,.0f} | {ran[0]:,.0f} to {ran[2]:,.0f} |"
            for january, (low, middle, high), ran in zip(
                agreed.januaries, agreed.forecast, agreed.scenario, strict=True
            )
        ],
        "",
        f"The scenario's ranges are {agreed.widths.min():.2f} to {agreed.widths.max():.2f} times as wide as the forecast's"
        + (". " if agreed.alike else ", which is not alike: go by the forecast's. ")
        + "Later Januaries are the monthly model's own: no backtest has tested them.",
        "",
        "## What leads new plans and exits",
        "",
        "| equation | rate | coefficient | standard error |",
        "|---|---|---|---|",
        *[
            f"| {row.equation} | {row.meaning} | {row.coefficient:.3f} | {row.standard_error:.3f} |"
            for row in tables.coefficients(found).itertuples()
        ],
        "",
        "## How far this authority's own rates count",
        "",
        "| rate | mean of authorities | own deviation | believed | region | used |",
        "|---|---|---|---|---|---|",
        *[
            f"| {row.meaning} | {row.mean_of_authorities:.4f} | {_or_dash(row.own_deviation)} | "
            f"{row.believed_share:.0%} | {row.region_share:.0%} | {row.deviation_used:+.4f} |"
            for row in tables.shrinkage(found).itertuples()
        ],
        "",
        "A dash is a rate that is not published for the authority: the mean of authorities stands in.",
        *_demand(found),
        *_faults(found, history),
        *_reach(found),
    ]
    return "\n".join(lines) + "\n"


def _or_dash(value: Any) -> str:
    return f"{value:+.4f}" if np.isfinite(value) else "-"


def _demand(found: Calibrated) -> list[str]:
    nation, own = found.national_demand, found.own_demand
    if nation is None or own is None:
        return []
    ahead = ", ".join(
        f"{np.expm1(mean):+.0%} (standard deviation {sd:.0%})"
        for mean, sd in zip(nation.mean[:3], nation.sd[:3], strict=False)
    )
    return [
        "",
        "## Requests",
        "",
        f"England's requests in the next years against the last: {ahead}. The authority's next year against England's: "
        f"{np.expm1((own.carry_over[0] - 1) * own.deviation[found.place]):+.0%}, because {own.carry_over[0]:.0%} of a deviation is left after a year; "
        f"a single year's count scatters by {own.sd[found.place]:.0%}.",
    ]


def _faults(found: Calibrated, history: History) -> list[str]:
    own = [
        repair
        for repair in history.repairs
        if repair.authority == found.authority and repair.january <= found.january
    ]
    if not own:
        return []
    return [
        "",
        "## Published figures not used as they stand",
        "",
        *[
            f"- January {repair.january}, {repair.series.replace('_', ' ')} {repair.published:,.0f}: {repair.reason}."
            for repair in own
        ],
    ]


def _reach(found: Calibrated) -> list[str]:
    if not found.inputs.solved.out_of_reach:
        return []
    families = ", ".join(name.replace("_", " ") for name in found.inputs.solved.out_of_reach)
    return [
        "",
        "## Not reached",
        "",
        f"No factor on moves {families} brings these settings to the forecast, so they are left as the scenario has them.",
    ]
