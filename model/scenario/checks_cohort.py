"""Checks of the cohort's part of a scenario: what needs what, and margins that hold together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from model.reference.codes import AGE_GROUPS, AGES, PHASES, SETTINGS, age_group_of, phase_of
from model.reference.national import national_rates
from model.scenario.findings import Finding, reads, repeated, repeated_ids, unknown
from model.scenario.plans_schema import OpeningPlans
from model.scenario.positions import Path
from model.scenario.schema import Scenario

_AS_MAINSTREAM = {
    "support_base": "mainstream",
    "mainstream_post_16_specialist": "mainstream_post_16",
}
"""Settings without a national count, and those whose ages they share."""
_STRAY_SHARE = 0.002
"""Age groups with less of a setting's plans than this are slips of recording in SEN2."""


@reads("plans", "new_plans", "population", "moved_in", "recording_difference")
def _sections(scenario: Scenario) -> Iterator[Finding]:
    if scenario.plans is None:
        for name in ("new_plans", "moved_in", "recording_difference"):
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


@dataclass(frozen=True)
class _Column:
    """Plans in one setting, or one setting and phase, and the age groups that can be there."""

    at: Path
    label: str
    plans: int
    groups: frozenset[str]


def _ages_and_settings(plans: OpeningPlans) -> Iterator[Finding]:
    """Plans in settings must find room in the age groups that can be there (Hall's condition)."""
    columns = [column for column in _columns(plans) if column.plans]
    for column in columns:
        if not column.groups:
            message = f"nobody in {column.label} has an age that can be there"
            yield Finding(column.at, message, f"{column.plans:,} plans", "0")
            return
    for size in range(1, len(AGE_GROUPS)):
        for chosen in combinations(AGE_GROUPS, size):
            inside = [column for column in columns if column.groups <= set(chosen)]
            number = sum(column.plans for column in inside)
            room = sum(plans.age_groups.get(group, 0) for group in chosen)
            if number > room:
                labels = ", ".join(column.label for column in inside)
                yield Finding(
                    inside[0].at if len(inside) == 1 else ("plans", "settings"),
                    f"{labels} can only hold plans of {', '.join(chosen)}",
                    f"{number:,} plans there",
                    f"at most the {room:,} plans that age_groups gives them",
                )
                return


def _columns(plans: OpeningPlans) -> Iterator[_Column]:
    for name, value in plans.settings.items():
        at = ("plans", "settings", name)
        if not isinstance(value, dict):
            yield _Column(at, name, value, _groups(name, PHASES))
            continue
        for phase, number in value.items():
            yield _Column((*at, phase), f"{name} {phase}", number, _groups(name, (phase,)))


def _groups(setting: str, phases: tuple[str, ...]) -> frozenset[str]:
    """Age groups that are found in a setting nationally and have an age in these phases."""
    stock = national_rates().stock_share[:, SETTINGS.index(_AS_MAINSTREAM.get(setting, setting))]
    held: dict[str, float] = dict.fromkeys(AGE_GROUPS, 0.0)
    for age in AGES:
        if PHASES[phase_of(age)] in phases:
            held[AGE_GROUPS[age_group_of(age)]] += float(stock[age])
    return frozenset(name for name, share in held.items() if share > _STRAY_SHARE * stock.sum())


@reads("plans")
def _bridges(scenario: Scenario) -> Iterator[Finding]:
    plans = scenario.plans
    if plans is None:
        return
    yield from repeated_ids(plans.bridges, ("plans", "bridges"))
    yield from repeated_ids(plans.compared, ("plans", "compared"))
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


@reads("plans")
def _standing(scenario: Scenario) -> Iterator[Finding]:
    plans = scenario.plans
    if plans is None:
        return
    at: Path = ("plans", "standing")
    yield from repeated([item.setting for item in plans.standing], at, "setting", key="setting")
    for index, item in enumerate(plans.standing):
        if item.setting not in plans.settings:
            yield unknown((*at, index, "setting"), "opening setting", item.setting, plans.settings)
        if item.range[0] > item.range[1]:
            found = f"[{item.range[0]}, {item.range[1]}]"
            yield Finding((*at, index, "range"), "low is above high", found, "[low, high]")


CHECKS = (_standing, _sections, _count_date, _base_year, _margins, _bridges)
