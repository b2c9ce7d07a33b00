"""The overlay scenario of a calibration, as a person would write it."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from model.calibration.settings import settings
from model.overlay.calibrating import Calibrated, request_levels
from model.overlay.inputs import without_requests
from model.reference.calendar import financial_year_label
from model.scenario.load import LoadedScenario

SOURCE = "Published history of all authorities until January {january}, see docs/calibrate.md"
TESTED = int(settings().tested_years)
_FAMILIES = {
    "to_state_special": "state special schools",
    "to_independent": "independent and non-maintained special schools",
    "to_post_16": "colleges and other post-16 providers",
    "to_other": "home education, other arrangements, early years, NEET and not recorded",
}


def overlay_text(
    loaded: LoadedScenario, found: Calibrated, name: str, made: str, *, with_requests: bool = False
) -> str:
    """The overlay's text. `name`: of the file extended; `made`: when, as said in the heading.

    `with_requests` forecasts requests in place of new plans and leaves the queue to the scenario.
    """
    scenario = loaded.scenario
    lines = [
        f"# Calibrated on the published history of all authorities until January {found.january}; nothing later was read.",
        f"# Made by hn-forecast calibrate, {made}. A range is the 10th and the 90th percentile. Edit what you know better.",
        f"# The forecast has been tested to January {found.january + TESTED}. After that new plans grow ever more slowly, rates stay, and nothing",
        "# says how right it is.",
        "format: 1",
        f"extends: {name}",
        f"name: {scenario.name}_calibrated",
        f"title: {_quoted(scenario.title + ', calibrated')}",
    ]
    if with_requests:
        lines += _by_way_of_requests(found)
    else:
        lines += _switched_off(loaded)
        lines += _new_plans(found)
    lines += _requests(loaded, found, counted=with_requests)
    lines += _rates(found)
    lines += _recording(found)
    lines += _correlations(loaded, found)
    return "\n".join(lines) + "\n"


def _number(value: float) -> str:
    """Four significant figures, without an exponent."""
    return f"{float(f'{value:.4g}'):.12g}" if abs(value) >= 1e-4 else "0"


def _between(low: float, high: float) -> str:
    if _number(low) == _number(high):
        return _number(low)
    return f"{{between: [{_number(low)}, {_number(high)}]}}"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _source(found: Calibrated) -> str:
    return _quoted(SOURCE.format(january=found.january))


def _switched_off(loaded: LoadedScenario) -> list[str]:
    if not loaded.scenario.has("requests"):
        return []
    off = ", ".join(without_requests(loaded).scenario.switched_off)
    return [
        "",
        "# The tested forecast is of new plans themselves. Take `requests` out to go by way of requests and the",
        "# queue again; plans then follow your capacity, and nothing says that they agree with the forecast.",
        f"switched_off: [{off}]",
    ]


def _by_year(found: Calibrated, ranges: np.ndarray, path: str) -> list[str]:
    first = found.inputs.first_year
    lines = [
        f"    {financial_year_label(first + year)}: {_between(low, high)}"
        for year, (low, high) in enumerate(ranges)
    ]
    return [*lines, f"    then: {_between(*ranges[-1])}", f"    path: {path}"]


def _new_plans(found: Calibrated) -> list[str]:
    plans = np.quantile(found.targets.new_plans, [0.1, 0.5, 0.9], axis=1)
    said = "; ".join(
        f"{found.january + year} {middle:,.0f} ({low:,.0f} to {high:,.0f})"
        for year, (low, middle, high) in enumerate(plans.T)
    )
    return [
        "",
        f"# New plans by calendar year, median (10 to 90 %): {said}.",
        "new_plans:",
        "  level:",
        *_by_year(found, found.inputs.level, f"{{ar1: {found.inputs.level_rho:.2f}}}"),
        "    status: derived",
        f"    source: {_source(found)}",
        "  initial_growth: 0",
        "  yearly_variation: 0",
    ]


def _by_way_of_requests(found: Calibrated) -> list[str]:
    return [
        "",
        "# Requests of each year over those of the last: England's damped trend and the authority's own level going back",
        "# to England's. New plans follow from these, refusals and your capacity: nothing says that they agree with the",
        "# tested forecast. The notes set the two side by side.",
        "new_plans:",
        "  level:",
        *_by_year(found, request_levels(found, len(found.inputs.level)), "{ar1: 0.8}"),
        "    status: derived",
        f"    source: {_source(found)}",
        "  initial_growth: 0",
        "  yearly_variation: 0",
    ]


def _requests(loaded: LoadedScenario, found: Calibrated, *, counted: bool) -> list[str]:
    """Rates on the way to a plan."""
    if loaded.scenario.requests is None or not found.rates:
        return []
    said = "" if counted else " These count only where requests are switched on."
    lines = ["", f"# Rates of next year, on the way from a request to a plan.{said}", "requests:"]
    for rate in found.rates:
        place = found.place
        own = rate.own[place]
        last = f"last year {own:.1%}, " if np.isfinite(own) else ""
        lines += [
            f"  # {rate.rate.title}: {last}England {rate.nation:.1%}; own evidence counts {rate.weight_own[place]:.0%}, "
            f"the region's {rate.weight_region[place]:.0%}.",
            f"  {rate.rate.path.split('.')[1]}:",
            f"    between: [{_number(rate.low[place])}, {_number(rate.high[place])}]",
            "    status: derived",
            f"    source: {_source(found)}",
        ]
    return lines


def _rates(found: Calibrated) -> list[str]:
    lines = [
        "",
        "# Ceasing and moves, against national rates: 1 is national. Found so that plans in force and the shares of",
        "# settings come out as forecast: they carry whatever else the forecast and the monthly model differ in, and are",
        "# no measurement of how many plans cease. Both ages go by one factor.",
        "rates:",
    ]
    for name, (low, high) in found.inputs.ceasing.items():
        lines += [
            f"  {name}:",
            f"    between: [{_number(low)}, {_number(high)}]",
            "    status: derived",
            f"    source: {_source(found)}",
        ]
    for name, (low, high) in found.inputs.tilts.items():
        lines += [
            f"  # moves to {_FAMILIES[name]}",
            f"  {name}:",
            f"    between: [{_number(low)}, {_number(high)}]",
            "    status: derived",
            f"    source: {_source(found)}",
        ]
    for name in found.inputs.solved.out_of_reach:
        lines.append(f"  # {name}: no factor brings these settings to the forecast; left as it is.")
    return lines


def _recording(found: Calibrated) -> list[str]:
    first, inputs = found.inputs.first_year, found.inputs
    pairs = [
        f"[{_number(mean)}, {_number(sd)}]"
        for mean, sd in zip(inputs.recorded_mean, inputs.recorded_sd, strict=True)
    ]
    path = f"{{ar1: {inputs.recorded_rho:.2f}}}" if inputs.recorded_rho else "independent"
    lines = [
        "",
        "# What counts gain or lose beyond recorded flows: as far as published counts have missed them before, less the",
        "# chance that the monthly model adds itself. The middle is what ceasing alone does not bring to the forecast.",
        "recording_difference:",
        "  share_a_year:",
        *[
            f"    {financial_year_label(first + year)}: {{normal: {pair}}}"
            for year, pair in enumerate(pairs)
        ],
        f"    then: {{normal: [0, {_number(inputs.recorded_sd[-1])}]}}",
        f"    path: {path}",
        "    status: derived",
        f"    source: {_source(found)}",
    ]
    if inputs.moved_in is not None:
        lines += [
            "",
            "# Arrivals at their middle: how they scatter is in the recording difference.",
            "moved_in:",
            "  plans_a_year:",
            f"    value: {_number(inputs.moved_in)}",
            "    status: derived",
            f"    source: {_source(found)}",
        ]
    return lines


def _correlations(loaded: LoadedScenario, found: Calibrated) -> list[str]:
    estimated = found.inputs.correlations
    kept = [
        (item.between[0], item.between[1], item.spearman, item.reason)
        for item in loaded.scenario.correlations
        if tuple(sorted(item.between)) not in {tuple(sorted(pair)) for pair in estimated}
    ]
    rows = [
        *kept,
        *((one, other, rho, "Estimated by calibrate.") for (one, other), rho in estimated.items()),
    ]
    if not rows:
        return []
    return ["", "# The scenario's own, and those estimated.", "correlations:", *_pairs(rows)]


def _pairs(rows: Iterable[tuple[str, str, float, str | None]]) -> list[str]:
    return [
        f'  - {{between: ["{one}", "{other}"], spearman: {rho:.2f}'
        + (f", reason: {_quoted(reason)}" if reason else "")
        + "}"
        for one, other, rho, reason in rows
    ]
