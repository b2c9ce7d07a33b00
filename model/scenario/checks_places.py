"""Checks of places: who is admitted where, openings in order, overflow, and who pays."""

from __future__ import annotations

from collections.abc import Iterator

from model.reference.calendar import APRIL
from model.reference.codes import NEEDS, SETTING_TITLES
from model.scenario.fields import Month
from model.scenario.findings import (
    Finding,
    drivers_of,
    paid_once,
    reads,
    repeated,
    repeated_ids,
    unknown,
    wrong_way_round,
)
from model.scenario.funding_schema import PlansDriver
from model.scenario.places_schema import PlaceGroup, PlaceRules, School
from model.scenario.positions import Path
from model.scenario.schema import Scenario

WHERE_STANDING = {
    "waiting": ("early_years", "mainstream", "specialist_base"),
    "interim": ("alternative_provision",),
    "overflow": ("independent_special_day",),
}
"""Settings in which those without a place are counted (`model.cohort.placements`)."""
NEVER_LIMITED = ("early_years", "mainstream", "independent_special_day", "alternative_provision")
"""Settings that take those without a place, so that their own places have no limit."""
MOST_SETTINGS = 3
"""Settings whose places may be limited in one scenario."""
OVERFLOW = ("independent", "interim", "waiting")
CANDIDATES = ("phase_transfers", "tribunal", "waiting", "new", "returns")


@reads("places", "plans")
def _plans_to_place(scenario: Scenario) -> Iterator[Finding]:
    if scenario.places is not None and scenario.plans is None:
        expected = "a 'plans:' section as well"
        yield Finding(("places",), "there are no opening plans", expected=expected)


@reads("places")
def _groups(scenario: Scenario) -> Iterator[Finding]:
    groups = scenario.places.groups if scenario.places else []
    at: Path = ("places", "groups")
    yield from repeated_ids(groups, at)
    for index, group in enumerate(groups):
        yield from _admitted(group, (*at, index))
        yield from repeated_ids(group.schools, (*at, index, "schools"))
    yield from _settings(groups, at)
    for index, group in enumerate(groups):
        for earlier in groups[:index]:
            shared = _admitted_by_both(earlier, group)
            if shared is not None:
                yield Finding(
                    (*at, index),
                    f"the group '{earlier.id}' of this setting admits the same pupils",
                    shared,
                    "each age and need of a setting in one group",
                )


def _admitted(group: PlaceGroup, at: Path) -> Iterator[Finding]:
    if group.setting not in SETTING_TITLES:
        yield unknown((*at, "setting"), "setting", group.setting, SETTING_TITLES)
    elif group.setting in NEVER_LIMITED:
        yield Finding(
            (*at, "setting"),
            "places in this setting cannot be limited: it takes those who wait for a place",
            group.setting,
            "a setting such as state_special or specialist_base",
        )
    yield from wrong_way_round(group.ages, (*at, "ages"))
    for index, need in enumerate(group.needs):
        if need not in NEEDS:
            yield unknown((*at, "needs", index), "primary need", need, NEEDS)
    yield from repeated(group.needs, (*at, "needs"), "primary need", key="")


def _settings(groups: list[PlaceGroup], at: Path) -> Iterator[Finding]:
    settings = list(dict.fromkeys(group.setting for group in groups))
    if len(settings) > MOST_SETTINGS:
        index = [group.setting for group in groups].index(settings[MOST_SETTINGS])
        yield Finding(
            (*at, index, "setting"),
            "places are limited in too many settings",
            f"{len(settings)} settings",
            f"at most {MOST_SETTINGS} in one scenario",
        )


def _admitted_by_both(one: PlaceGroup, other: PlaceGroup) -> str | None:
    """Ages and needs that two groups of one setting both admit, in words."""
    if one.setting != other.setting:
        return None
    youngest, oldest = max(one.ages[0], other.ages[0]), min(one.ages[1], other.ages[1])
    needs = [need for need in one.needs or NEEDS if need in (other.needs or NEEDS)]
    if youngest > oldest or not needs:
        return None
    listed = "every need" if len(needs) == len(NEEDS) else ", ".join(needs)
    return f"ages {youngest} to {oldest} with {listed}"


@reads("places", "horizon")
def _openings(scenario: Scenario) -> Iterator[Finding]:
    first = Month(scenario.horizon.first_year, APRIL)
    for at, school in _schools(scenario.places):
        place: Path = (*at, "openings")
        yield from repeated_ids(school.openings, place)
        before = None
        for index, opening in enumerate(school.openings):
            if opening.start <= first:
                yield Finding(
                    (*place, index, "start"),
                    "this opening is not after the first month forecast",
                    str(opening.start),
                    f"a month after {first}",
                    "Count its places in those that the school has at the start.",
                )
            elif before is not None and opening.start <= before:
                yield Finding(
                    (*place, index, "start"),
                    "the openings are not in order of their start",
                    str(opening.start),
                    f"a month after {before}",
                )
            before = opening.start


def _schools(places: PlaceRules | None) -> Iterator[tuple[Path, School]]:
    for number, group in enumerate(places.groups if places else ()):
        for index, school in enumerate(group.schools):
            yield ("places", "groups", number, "schools", index), school


@reads("places")
def _who_does_without(scenario: Scenario) -> Iterator[Finding]:
    if scenario.places is None:
        return
    for name in scenario.places.overflow.shares:
        if name not in OVERFLOW:
            at = ("places", "overflow", name)
            yield unknown(at, "state of those without a place", name, OVERFLOW)
    if sorted(scenario.places.priority) != sorted(CANDIDATES):
        yield Finding(
            ("places", "priority"),
            "the order of priority does not name everybody once",
            ", ".join(scenario.places.priority),
            f"{', '.join(CANDIDATES)}, in the order wanted",
        )


@reads("places", "funding")
def _who_pays_places(scenario: Scenario) -> Iterator[Finding]:
    if scenario.funding is None:
        return
    drivers = drivers_of(scenario, "added_places")
    if drivers and scenario.places is None:
        yield Finding(
            drivers[0][0],
            "this driver pays for places that open, and no schools are given",
            expected="a 'places:' section as well",
        )
    adding = [
        at
        for at, school in _schools(scenario.places)
        if school.openings and school.paid_by == "authority"
    ]
    if adding and not drivers:
        yield Finding(
            (*adding[0], "paid_by"),
            "the authority is to pay for the places this school adds, and no budget line does",
            expected="a driver of kind added_places, or paid_by: department",
        )
    yield from paid_once(drivers, "places that open")


@reads("places", "funding", "switched_off")
def _standings(scenario: Scenario) -> Iterator[Finding]:
    """Drivers that follow those without a place need somebody to be without one."""
    limited = scenario.places is not None or "places" in scenario.switched_off
    for at, driver in drivers_of(scenario, "plans"):
        assert isinstance(driver, PlansDriver)
        place: Path = (*at, "standings")
        yield from repeated(driver.standings, place, "standing", key="")
        for index, standing in enumerate(driver.standings):
            where = WHERE_STANDING.get(standing)
            if where is None:
                continue
            if not limited:
                yield Finding(
                    (*place, index),
                    "nobody is without a place, as no places are given",
                    standing,
                    "a 'places:' section as well, or no standings",
                )
            elif not set(where) & set(driver.settings):
                yield Finding(
                    (*place, index),
                    "nobody in the settings of this driver has this standing",
                    standing,
                    f"{' or '.join(where)} among its settings",
                )


CHECKS = (
    _plans_to_place,
    _groups,
    _openings,
    _who_does_without,
    _who_pays_places,
    _standings,
)
