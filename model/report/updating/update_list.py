"""An update in words and as plain data, for the console and JSON."""

from __future__ import annotations

from typing import Any

import numpy as np

from model.report.headline import headline_json
from model.results import Results
from model.updating.figures import SETTINGS_OF_GROUP, SeenFigure
from model.updating.learning import Learnt, UpdatedInput
from model.updating.rules import update_rules


def verdict(figure: SeenFigure) -> str:
    """Where in the forecast a figure fell, in plain words."""
    place = figure.percentile
    if np.ptp(figure.draws) == 0:
        return "one value"
    if place < 0.025 or place > 0.975:
        return "outside 95 %"
    if place < 0.1:
        return "low"
    return "high" if place > 0.9 else "as expected"


def joint_words(chance: float) -> str:
    """How often figures would come as far off together.

    >>> joint_words(0.024), joint_words(0.0003)
    ('2.4 in 100', 'less than 1 in 1,000')
    """
    return "less than 1 in 1,000" if chance < 0.001 else f"{100 * chance:.1f} in 100"


def cautions(found: Learnt, results: Results) -> list[str]:
    """What to ask before the update is trusted."""
    said = []
    outside = [figure.title for figure in found.used if verdict(figure).startswith("outside")]
    if outside:
        said.append(
            f"{'; '.join(outside)}: outside the 95 % range. Ask first whether recording or practice changed; "
            "the update takes it for the world."
        )
    if found.chance_of_as_far < update_rules().least_joint_chance:
        said.append(
            f"together the {len(found.used)} figures lie further off the forecast than its ranges allow for: as far "
            f"would come {joint_words(found.chance_of_as_far)} times. The scenario may lack what made them so, and inputs "
            "have moved in its place."
        )
    count = found.arrivals.count
    if count is None:
        return said
    for repair in count.repairs:
        used = "taken as missing" if repair.used is None else f"{repair.used:,.0f} stands in"
        said.append(
            f"{repair.series} of January {repair.january}, published {repair.published:,.0f}: {used}; {repair.reason}."
        )
    return said + _other_counts(found, results)


def _other_counts(found: Learnt, results: Results) -> list[str]:
    """Where the scenario opens with other counts than the department's files have."""
    count, plans = found.arrivals.count, results.scenario.plans
    assert count is not None
    assert plans is not None
    said, allowed = [], update_rules().same_count_share
    when = f"January {count.january - 1}"
    if abs(plans.total - count.before) > allowed * count.before:
        said.append(
            f"the scenario opens with {plans.total:,} plans in {when}, the files with {count.before:,.0f}: part of a "
            "surprise in plans may be no more than that."
        )
    settings = plans.settings
    if not count.groups_before or not isinstance(settings, dict):
        return said
    published = dict(count.groups_before)
    published["elsewhere"] += published.pop("other")
    given = {
        group: sum(float(settings.get(name, 0)) for name in names)
        for group, names in SETTINGS_OF_GROUP.items()
    }
    differing = [
        f"{group} {given[group]:,.0f} and {published[group]:,.0f}"
        for group in given
        if abs(given[group] - published[group])
        > max(allowed * published[group], update_rules().groups_noise_plans)
    ]
    if differing:
        said.append(
            f"settings of the scenario and of the files differ in {when} ({', '.join(differing)}), and so may "
            "their surprises."
        )
    return said


def as_plain(found: Learnt, before: Results, after: Results | None) -> dict[str, Any]:
    """Everything an update found."""
    used = {figure.name: place for place, figure in enumerate(found.used)}
    count, outturn = found.arrivals.count, found.arrivals.outturn
    return {
        "scenario": before.scenario.name,
        "draws": before.draw_count,
        "seed": before.seed,
        "january": count.january if count is not None else None,
        "outturn": outturn.file if outturn is not None else None,
        "figures": [_figure(found, figure, used.get(figure.name)) for figure in found.figures],
        "chance_of_as_far_together": found.chance_of_as_far,
        "look_at": cautions(found, before),
        "inputs": [_input(item) for item in found.inputs],
        "headline_before": headline_json(before),
        "headline_after": headline_json(after) if after is not None else None,
    }


def _figure(found: Learnt, figure: SeenFigure, place: int | None) -> dict[str, Any]:
    low, middle, high = np.quantile(figure.draws, [0.1, 0.5, 0.9])
    plain: dict[str, Any] = {
        "figure": figure.name,
        "title": figure.title,
        "unit": figure.unit,
        "forecast_p10": float(low),
        "forecast_p50": float(middle),
        "forecast_p90": float(high),
        "actual": figure.actual,
        "percentile": figure.percentile,
        "in_words": verdict(figure),
        "nothing_learnt_because": figure.why_not or None,
    }
    if place is not None:
        by_input, rest, noise = found.contributions(place)
        plain["explained"] = {"by_input": dict(by_input), "chance": rest, "recording": noise}
    return plain


def _input(item: UpdatedInput) -> dict[str, Any]:
    return {
        "path": item.path,
        "description": " ".join(item.scored.entry.description.split()),
        "moved_sd": item.moved,
        "range_left": item.sd,
        "in_overlay": item.matters and item.scored.writable,
        "years": [
            {
                "year": year or None,
                "before": [None if np.isnan(one) else float(one) for one in old],
                "after": [None if np.isnan(one) else float(one) for one in new],
            }
            for year, old, new in zip(item.years, item.before, item.after, strict=True)
        ],
    }
