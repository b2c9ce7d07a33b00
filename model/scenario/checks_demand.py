"""Checks of demand: requests, capacity and the opening queue, the pool without a plan, reviews."""

from __future__ import annotations

from collections.abc import Iterator

from model.reference.calendar import JANUARY
from model.reference.codes import AGE_GROUPS
from model.scenario.demand_schema import Requests, WarmUp
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
from model.scenario.funding_schema import CurrentPupilsDriver, PlansDriver
from model.scenario.positions import Path
from model.scenario.schema import Scenario

IN_PRIORITY = (*AGE_GROUPS, "pool")


@reads("requests", "plans", "new_plans", "population")
def _what_requests_need(scenario: Scenario) -> Iterator[Finding]:
    if scenario.requests is None:
        return
    names = ("plans", "new_plans", "population")
    missing = [name for name in names if getattr(scenario, name) is None]
    if missing and missing != ["population"]:  # new plans without a population are told already
        sections = " and ".join(f"a '{name}:' section" for name in missing)
        message = "requests lead to plans at the level and growth of new plans"
        yield Finding(("requests",), message, expected=f"{sections} as well")


@reads("requests", "new_plans", "horizon")
def _base_year(scenario: Scenario) -> Iterator[Finding]:
    requests, new_plans = scenario.requests, scenario.new_plans
    if requests is None or new_plans is None:
        return
    in_time = new_plans.base_year <= scenario.horizon.first_year
    if in_time and requests.base_year != new_plans.base_year:
        yield Finding(
            ("requests", "base_year"),
            "requests grow with new plans, from another base year",
            str(requests.base_year),
            f"{new_plans.base_year}, the base year of new_plans",
        )


@reads("requests", "mitigations")
def _shocks(scenario: Scenario) -> Iterator[Finding]:
    at: Path = ("requests", "shocks")
    shocks = scenario.requests.shocks if scenario.requests else []
    names = [item.id for item in scenario.mitigations]
    yield from repeated_ids(shocks, at)
    for index, shock in enumerate(shocks):
        for number, group in enumerate(shock.age_groups):
            if group not in AGE_GROUPS:
                yield unknown((*at, index, "age_groups", number), "age group", group, AGE_GROUPS)
        yield from repeated(shock.age_groups, (*at, index, "age_groups"), "age group", key="")
        if shock.end is not None:
            yield from _ends_after(shock.start, shock.end, (*at, index))
        if shock.with_mitigation is not None and shock.with_mitigation not in names:
            place = (*at, index, "with_mitigation")
            yield unknown(place, "mitigation", shock.with_mitigation, names)


def _ends_after(start: Month, end: Month, at: Path) -> Iterator[Finding]:
    if end < start:
        yield Finding(
            (*at, "end"), "the last month is before the first", str(end), f"{start} or later"
        )


def _in_order(months: list[Month], at: Path, what: str, key: str) -> Iterator[Finding]:
    """Entries that do not come later than the one before."""
    for index in range(1, len(months)):
        if months[index] <= months[index - 1]:
            yield Finding(
                (*at, index, key),
                f"the {what} are not in order of their {key}",
                str(months[index]),
                f"a month after {months[index - 1]}",
            )


@reads("requests", "horizon")
def _capacity(scenario: Scenario) -> Iterator[Finding]:
    requests = scenario.requests
    if requests is None:
        return
    at: Path = ("requests", "capacity")
    for name in ("capacity", "recruitment", "locums"):
        items = getattr(requests, name)
        yield from repeated_ids(items, ("requests", name))
        if items and not requests.capacity:
            yield Finding(
                ("requests", name),
                "this comes on top of a capacity that is not given, so nobody waits",
                expected="a 'capacity:' list as well",
            )
    yield from _in_order([item.start for item in requests.capacity], at, "steps", "start")
    first = _first_month_stepped(scenario.horizon.first_year, requests)
    if requests.capacity and requests.capacity[0].start > first:
        yield Finding(
            (*at, 0, "start"),
            "no capacity is given for the months before",
            str(requests.capacity[0].start),
            f"{first} or earlier",
            "Begin with the capacity at the time of the count: until the first step nobody waits.",
        )
    for index, item in enumerate(requests.locums):
        yield from _ends_after(item.start, item.end, ("requests", "locums", index))


def _first_month_stepped(first_year: int, requests: Requests) -> Month:
    """The cohort is stepped from the month after the January count, a warmed-up queue from January."""
    return Month(first_year, JANUARY if requests.warm_up is not None else JANUARY + 1)


@reads("requests", "funding")
def _who_pays_locums(scenario: Scenario) -> Iterator[Finding]:
    if scenario.funding is None:
        return
    locums = scenario.requests.locums if scenario.requests else []
    by_dsg = [index for index, item in enumerate(locums) if item.fund == "dsg"]
    drivers = drivers_of(scenario, "locums")
    if by_dsg and not drivers:
        yield Finding(
            ("requests", "locums", by_dsg[0], "fund"),
            "the DSG is to pay these locums, and no budget line does",
            expected="a driver of kind locums, or fund: general_fund",
        )
    if drivers and not by_dsg:
        yield Finding(
            drivers[0][0],
            "this driver pays for locums, and there are none that the DSG pays",
            expected="locums with fund: dsg in the 'requests:' section",
        )
    yield from paid_once(drivers, "the locums")


@reads("requests")
def _order(scenario: Scenario) -> Iterator[Finding]:
    requests = scenario.requests
    if requests is None:
        return
    at: Path = ("requests", "priority")
    if requests.order == "priority" and not requests.priority:
        yield Finding(
            ("requests", "order"),
            "an order of priority says who comes first",
            expected="a 'priority:' list, such as [pool, under_5]",
        )
    if requests.priority and requests.order != "priority":
        yield Finding(
            at,
            "this list has no effect in another order",
            f"order: {requests.order}",
            "order: priority, or no list",
        )
    for index, name in enumerate(requests.priority):
        if name not in IN_PRIORITY:
            yield unknown((*at, index), "age group", name, IN_PRIORITY)
    yield from repeated(requests.priority, at, "name", key="")


@reads("requests", "horizon")
def _opening_queue(scenario: Scenario) -> Iterator[Finding]:
    requests = scenario.requests
    if requests is None:
        return
    waited = [item.months_waited for item in requests.waiting_at_start]
    at = ("requests", "waiting_at_start")
    yield from repeated(waited, at, "wait", key="months_waited")
    months = [str(item.month) for item in requests.published_shares]
    yield from repeated(months, ("requests", "published_shares"), "month", key="month")
    if requests.warm_up is None:
        return
    if waited:
        yield Finding(
            at,
            "the opening queue is given in two ways",
            expected="either warm_up or waiting_at_start",
        )
    yield from _warm_up(requests.warm_up, scenario.horizon.first_year - 1)


def _warm_up(flows: WarmUp, year: int) -> Iterator[Finding]:
    at: Path = ("requests", "warm_up")
    if flows.year != year:
        yield Finding(
            (*at, "year"),
            "the warm-up is to end with the January count of plans",
            str(flows.year),
            f"{year}, the calendar year before it",
        )
    if flows.assessments_ended == 0:
        yield Finding(
            (*at, "assessments_ended"),
            "no assessment ended in the year, so there is no capacity to warm up with",
            expected="more than 0, or no warm_up",
        )
    for part, whole in (
        ("refused", "requests"),
        ("plans_issued", "assessments_ended"),
        ("issued_in_20_weeks", "issued_counted"),
    ):
        less, more = getattr(flows, part), getattr(flows, whole)
        if less > more and not (whole == "assessments_ended" and more == 0):
            yield Finding(
                (*at, part), f"more than {whole}", f"{less:,g}", f"at most the {more:,g} of {whole}"
            )


@reads("pool", "requests", "funding")
def _pool(scenario: Scenario) -> Iterator[Finding]:
    pool = scenario.pool
    drivers = [
        (at, driver)
        for at, driver in drivers_of(scenario, "pupils_without_plan")
        if isinstance(driver, CurrentPupilsDriver) and driver.pool
    ]
    for at, driver in drivers:
        if driver.annual_cost_gbp is not None and driver.band_shares is None:
            yield Finding(
                (*at, "annual_cost_gbp"),
                "the pool is paid by band",
                expected="band_shares in place of annual_cost_gbp, or no 'pool: true'",
            )
    converted = [
        (at, driver)
        for at, driver in drivers_of(scenario, "plans")
        if isinstance(driver, PlansDriver) and driver.converted_from_pool
    ]
    for place, paid in converted:
        yield from _pays_the_converted(place, paid)
    yield from paid_once(converted, "who gained a plan out of the pool", key="converted_from_pool")
    if pool is None:
        for key, readers in (("pool", drivers), ("converted_from_pool", converted)):
            if readers:
                expected = f"a 'pool:' section as well, or no '{key}: true'"
                yield Finding((*readers[0][0], key), "there is no pool", expected=expected)
        return
    if scenario.requests is None:
        expected = "a 'requests:' section as well"
        yield Finding(("pool",), "the pool is assessed with requests", expected=expected)
    yield from _in_order(
        [item.month for item in pool.award_ends], ("pool", "award_ends"), "end dates", "month"
    )
    if pool.awards == "end_dates" and not pool.award_ends:
        yield Finding(
            ("pool", "awards"),
            "awards are to end, and no date is given",
            expected="an 'award_ends:' list, or awards: continue",
        )
    if not drivers:
        yield Finding(
            ("pool",),
            "no budget line pays for the pool",
            expected="a driver of kind pupils_without_plan with 'pool: true'",
        )
    yield from paid_once(drivers, "the pool", key="pool")
    bands = [band.id for band in scenario.funding.bands] if scenario.funding else []
    for name in pool.band_shares.shares if scenario.funding else ():
        if name not in bands:
            yield unknown(("pool", "band_shares", name), "band", name, bands)


def _pays_the_converted(at: Path, driver: PlansDriver) -> Iterator[Finding]:
    if driver.band_shares is None:
        yield Finding(
            (*at, "converted_from_pool"),
            "who converts from the pool keeps a band, and this driver has none",
            expected="band_shares, or no 'converted_from_pool: true'",
        )
    if driver.entry_cost_gbp is not None:
        yield Finding(
            (*at, "entry_cost_gbp"),
            "who converts from the pool is paid by band, not at a price of entry",
            expected="no entry_cost_gbp here, or no 'converted_from_pool: true'",
        )
    if driver.standings:
        yield Finding(
            (*at, "standings"),
            "who converts from the pool may wait for a place or not",
            expected="no standings here, or no 'converted_from_pool: true'",
        )
    if "mainstream" not in driver.settings:
        yield Finding(
            (*at, "settings"),
            "who converts from the pool is in a mainstream school",
            expected="mainstream among the settings, or no 'converted_from_pool: true'",
        )


@reads("plans", "reviews", "caseload")
def _plans_to_review(scenario: Scenario) -> Iterator[Finding]:
    for name in ("reviews", "caseload"):
        if getattr(scenario, name) is not None and scenario.plans is None:
            expected = "a 'plans:' section as well"
            yield Finding((name,), "there are no opening plans", expected=expected)
    if scenario.reviews is not None:
        yield from wrong_way_round(scenario.reviews.ceased_ages, ("reviews", "ceased_ages"))


CHECKS = (
    _what_requests_need,
    _base_year,
    _shocks,
    _capacity,
    _who_pays_locums,
    _order,
    _opening_queue,
    _pool,
    _plans_to_review,
)
