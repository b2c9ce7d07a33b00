"""Checks of the cohort's part of a scenario: what needs what, and margins that hold together."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from model.reference.codes import AGE_GROUPS, AGES, PHASES, SETTINGS, age_group_of, phase_of
from model.reference.national import national_rates
from model.scenario.findings import Finding, reads, repeated, repeated_ids
from model.scenario.plans_schema import OpeningPlans
from model.scenario.schema import Scenario

_AS_MAINSTREAM = {
    "support_base": "mainstream",
    "mainstream_post_16_specialist": "mainstream_post_16",
}
"""Settings without a national count, and those whose ages they share."""


@reads("plans", "new_plans", "population", "moved_in")
def _sections(scenario: Scenario) -> Iterator[Finding]:
    if scenario.plans is None:
        for name in ("new_plans", "moved_in"):
            if getattr(scenario, name) is not None:
                expected = "a 'plans:' section as well"
                yield Finding((name,), "there are no opening plans", expected=expected)
    elif scenario.new_plans is not None and scenario.population is None:
        expected = "a 'population:' section as well"
        yield Finding(("new_plans",), "new plans need a population", expected=expected)


@reads("horizon", "plans")
def _count_date(scenario: Scenario) -> Iterator[Finding]:
    if scenario.plans is None:
        return
    counted, first = scenario.plans.counted, scenario.horizon.first_year
    if (counted.year, counted.month) != (first, 1):
        yield Finding(
            ("plans", "counted"),
            "the plans are not counted in the January before the first year",
            str(counted),
            f"{first}-01",
            "The SEN2 count is in January; the model rolls it forward to 1 April.",
        )


@reads("horizon", "new_plans")
def _base_year(scenario: Scenario) -> Iterator[Finding]:
    if scenario.new_plans and scenario.new_plans.base_year > scenario.horizon.first_year:
        yield Finding(
            ("new_plans", "base_year"),
            "the base year is after the first year forecast",
            str(scenario.new_plans.base_year),
            f"{scenario.horizon.first_year} or before",
        )


@reads("plans")
def _margins(scenario: Scenario) -> Iterator[Finding]:
    plans = scenario.plans
    if plans is None:
        return
    even = True
    for name in ("age_groups", "settings", "needs"):
        margin = getattr(plans, name)
        if margin is None:
            continue
        total = sum(
            sum(value.values()) if isinstance(value, dict) else value for value in margin.values()
        )
        if total != plans.total:
            even = False
            yield Finding(
                ("plans", name),
                f"the {name.replace('_', ' ')} do not sum to the total",
                f"{total:,} plans",
                f"the total of {plans.total:,}",
                f"They are {abs(total - plans.total):,} too "
                + ("many." if total > plans.total else "few."),
            )
    if even:
        yield from _ages_and_settings(plans)


def _ages_and_settings(plans: OpeningPlans) -> Iterator[Finding]:
    """Plans in settings must find room in the age groups that can be there (Hall's condition)."""
    columns = _columns(plans)
    for at, label, number, groups in columns:
        if number and not groups:
            yield Finding(
                at, f"nobody in {label} has an age that can be there", f"{number:,} plans"
            )
            return
    for size in range(1, len(AGE_GROUPS)):
        for chosen in combinations(AGE_GROUPS, size):
            inside = [column for column in columns if column[2] and column[3] <= set(chosen)]
            number = sum(column[2] for column in inside)
            room = sum(plans.age_groups.get(group, 0) for group in chosen)
            if number > room:
                labels = ", ".join(label for _, label, _, _ in inside)
                yield Finding(
                    inside[0][0] if len(inside) == 1 else ("plans", "settings"),
                    f"{labels} can only hold plans of {', '.join(chosen)}",
                    f"{number:,} plans there",
                    f"at most the {room:,} plans of "
                    + ("that age group" if size == 1 else "those age groups"),
                )
                return


def _columns(
    plans: OpeningPlans,
) -> list[tuple[tuple[str, ...], str, int, set[str]]]:
    """Path, name, plans and possible age groups of each setting, or setting and phase."""
    rates = national_rates()
    possible = (rates.stock_share > 0) | (rates.first_setting_share > 0)
    columns = []
    for name, value in plans.settings.items():
        ages = possible[:, SETTINGS.index(name)]
        if not np.any(ages):
            ages = possible[:, SETTINGS.index(_AS_MAINSTREAM.get(name, name))]
        at = ("plans", "settings", name)
        if not isinstance(value, dict):
            groups = {AGE_GROUPS[age_group_of(age)] for age in AGES if ages[age]}
            columns.append((at, name, value, groups))
            continue
        for phase, number in value.items():
            index = PHASES.index(phase)
            held = [age for age in AGES if ages[age] and phase_of(age) == index]
            groups = {AGE_GROUPS[age_group_of(age)] for age in held}
            columns.append(((*at, phase), f"{name} {phase}", number, groups))
    return columns


@reads("plans")
def _bridges(scenario: Scenario) -> Iterator[Finding]:
    plans = scenario.plans
    if plans is None:
        return
    yield from repeated_ids(plans.bridges, ("plans", "bridges"))
    years = [item.year for item in plans.history]
    yield from repeated(years, ("plans", "history"), "year", key="year")
    for index, bridge in enumerate(plans.bridges):
        reached = bridge.start_plans + sum(step.plans for step in bridge.steps)
        if reached != bridge.end_plans:
            yield Finding(
                ("plans", "bridges", index),
                "the start and the steps do not lead to the end",
                f"{reached:,}",
                f"{bridge.end_plans:,} plans",
            )


CHECKS = (_sections, _count_date, _base_year, _margins, _bridges)
