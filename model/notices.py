"""What a careful reader would ask about a scenario that is valid: signs, units, gaps.

None of it is an error, so nothing is refused; each is shown on the console and on the cover.
"""

from __future__ import annotations

from collections.abc import Iterator

from model.account.reserves import override_ends, policy_override_end
from model.demand.pool import pool_bands
from model.reference.calendar import MONTHS, financial_year_label, month_index
from model.reference.codes import SETTING_TITLES
from model.scenario.fields import Month
from model.scenario.funding_schema import CurrentPupilsDriver, PlansDriver, WithheldDriver
from model.scenario.inputs import inputs
from model.scenario.policy_values import policy_value
from model.scenario.schema import Scenario

PLACE_FUNDING = "1.0.2"
"""The s251 line of place funding."""

FAR_FROM_TARGET = 0.5
"""An opening this far from the target of the year before is more likely a slip of units."""
FAR_ABOVE_PLACES = 1.1
"""Pupils over places beyond which a count of places is likely missing: nobody would be admitted."""
FAR_BELOW_AGREED = 0.9
"""Capacity over assessments agreed below which the queue has no end, whatever the trend."""

FAR_FROM_BOOKS = 0.05
"""Evidence of a deficit this far from the account is more likely another scope or a slip."""

LARGE_TRANSFER = 0.05
"""A transfer of more than this share of a block is more likely a percentage written as a share."""
SLIP_OF_UNITS = 0.01
"""A forecast below this share of its budget is more likely thousands written as pounds."""

Notice = tuple[str, str]


def notices(scenario: Scenario) -> list[Notice]:
    """Questions about a scenario: what was seen, and what it might mean."""
    return [
        *_plans(scenario),
        *_unused(scenario),
        *_history(scenario),
        *_statements(scenario),
        *_appeals(scenario),
        *_invented(scenario),
        *_queue(scenario),
        *_pool(scenario),
        *_places(scenario),
        *_after_the_end(scenario),
        *_lines(scenario),
        *_nurture(scenario),
        *_account(scenario),
        *_support(scenario),
        *_mitigations(scenario),
    ]


def _unused(scenario: Scenario) -> Iterator[Notice]:
    """New plans of the base year that stand beside requests: they set the level only without them."""
    requests, new = scenario.requests, scenario.new_plans
    if requests is None or new is None or not scenario.has("requests"):
        return
    plans, asked = new.plans_in_base_year, requests.requests_in_base_year
    if plans is not None and plans > asked:
        yield (
            f"more new plans ({plans:,.0f}) than requests ({asked:,.0f}) in the base year",
            "New plans come from requests here; change requests.requests_in_base_year.",
        )


def _history(scenario: Scenario) -> Iterator[Notice]:
    """The year before the count ends with another number of plans than the count has."""
    plans = scenario.plans
    if plans is None:
        return
    for year in plans.history:
        if year.year == plans.counted.year - 1 and year.closing_plans != plans.total:
            yield (
                f"plans.history closes {year.year} with {year.closing_plans:,.0f} plans and plans.total "
                f"counts {plans.total:,.0f}",
                "If one was changed, change the other, and the bridges that start from it.",
            )


def _statements(scenario: Scenario) -> Iterator[Notice]:
    transfers, plans = scenario.statement_transfers, scenario.plans
    if transfers is None or plans is None:
        return
    if transfers.statements.central > plans.total * FAR_ABOVE_PLACES:
        yield (
            f"{transfers.statements.central:,.0f} statements to be transferred, but {plans.total:,.0f} plans",
            "A statement counts as a plan in 'plans': there cannot be more of them.",
        )


def _appeals(scenario: Scenario) -> Iterator[Notice]:
    fund = scenario.general_fund
    if fund is None or fund.appeals is None or scenario.has("requests"):
        return
    share = fund.appeals.share_of_refusals
    if any(share.at(year).central > 0 for year in scenario.horizon.years):
        yield (
            "appeals against refusals are not counted",
            "Requests are switched off, so there are no refusals to appeal against.",
        )


def _invented(scenario: Scenario) -> Iterator[Notice]:
    """Figures of the invented authority that `init` gives, left in what is said to be a real one."""
    if scenario.invented:
        return
    left = [
        item.path
        for item in inputs(scenario)
        if item.given and (item.provenance.source or "").lower().startswith("invented")
    ]
    if left:
        shown = ", ".join(left[:3]) + (f" and {len(left) - 3} more" if len(left) > 3 else "")
        yield (
            f"{len(left)} figures have the source 'invented', but the scenario does not say invented: true",
            f"Replace them or say so: {shown}.",
        )


def _plans(scenario: Scenario) -> Iterator[Notice]:
    if scenario.plans is None:
        return
    if scenario.new_plans is None:
        yield (
            "no new plans are forecast",
            "There is no 'new_plans' section, so plans only leave; is it missing?",
        )
    if scenario.funding is None:
        return
    paid = {setting for driver in _plans_drivers(scenario) for setting in driver.settings}
    unpaid = {
        name: sum(count.values()) if isinstance(count, dict) else count
        for name, count in scenario.plans.settings.items()
        if name not in paid
    }
    unpaid = {name: count for name, count in unpaid.items() if count}
    if unpaid:
        listed = ", ".join(f"{SETTING_TITLES[name]} {count:,}" for name, count in unpaid.items())
        yield (
            f"{sum(unpaid.values()):,} of {scenario.plans.total:,} opening plans are in settings "
            "that no budget line follows",
            f"They cost nothing here: {listed}.",
        )


def _queue(scenario: Scenario) -> Iterator[Notice]:
    requests = scenario.requests
    if requests is None or not requests.capacity or not scenario.has("requests"):
        return
    year = scenario.horizon.last_year
    refused = requests.refused_share.at(year).central
    refused *= 1 - requests.overturned_share.at(year).central
    asked = requests.requests_in_base_year * _with_shocks(scenario, year)
    agreed = asked / MONTHS * (1 - refused)
    capacity = requests.capacity[-1].assessments_a_month.central + sum(
        post.posts_fte.central * post.filled_share.central * post.assessments_a_month_each.central
        for post in requests.recruitment
    )
    if capacity < FAR_BELOW_AGREED * agreed:
        yield (
            f"the last capacity, {capacity:.3g} assessments a month, is below the {agreed:.3g} "
            "that requests of the base year come to with the shocks of the last year",
            "The queue then grows to the end of the forecast, and more requests bring longer waits, not "
            "more plans; is a step or a post missing?",
        )


def _with_shocks(scenario: Scenario, year: int) -> float:
    """What the shocks in force at the end of a financial year make of requests; 1 without any."""
    assert scenario.requests is not None
    end, factor = Month(year + 1, 3), 1.0
    for shock in scenario.requests.shocks:
        lasts = shock.end is None or end <= shock.end
        if shock.start <= end and lasts and not shock.age_groups and shock.with_mitigation is None:
            factor *= 1 + shock.extra_share.central
    return factor


def _pool(scenario: Scenario) -> Iterator[Notice]:
    pool, funding = scenario.pool, scenario.funding
    if pool is None or funding is None or not scenario.has("pool"):
        return
    bands = pool_bands(pool, funding.bands, scenario.horizon.first_year)
    rise = bands.rise * pool.converts_rise.central
    means = [pool.converts_share.at(year).central for year in scenario.horizon.years]
    lowest, highest = min(means) + min(rise), max(means) + max(rise)
    if lowest < 0 or highest > 1:
        yield (
            f"the share of the pool that gains a plan would run from {lowest:.0%} to {highest:.0%} "
            "over its bands",
            "It is kept within 0 and 100 %, so that the average is not the one given; is "
            "pool.converts_rise too large?",
        )


def _places(scenario: Scenario) -> Iterator[Notice]:
    plans, places = scenario.plans, scenario.places
    if plans is None or places is None or not scenario.has("places"):
        return
    year = scenario.horizon.first_year
    room: dict[str, float] = {}
    for group in places.groups:
        own = sum(s.places.central - s.other_authorities.at(year).central for s in group.schools)
        own += group.own_pupils_elsewhere.central
        room[group.setting] = room.get(group.setting, 0.0) + own
    for setting, number in room.items():
        count = plans.settings.get(setting, 0)
        pupils = sum(count.values()) if isinstance(count, dict) else count
        if pupils > FAR_ABOVE_PLACES * number:
            yield (
                f"{SETTING_TITLES[setting]}: {pupils:,} opening plans for {number:,.0f} places",
                "Nobody is admitted until pupils are below places. Is a school missing, or "
                "own_pupils_elsewhere?",
            )
    if scenario.new_plans is not None and scenario.new_plans.first_settings is not None:
        yield (
            "new plans start in the settings of a published year, and places are limited besides",
            "new_plans.first_settings should be what was sought: those who waited for a place in "
            "that year would not be counted as waiting.",
        )
    for share, standing, setting in (
        ("independent", "overflow", "independent_special_day"),
        ("interim", "interim", "alternative_provision"),
    ):
        paid = any(
            setting in driver.settings and (not driver.standings or standing in driver.standings)
            for driver in _plans_drivers(scenario)
        )
        if places.overflow.central.get(share, 0.0) > 0 and scenario.funding and not paid:
            yield (
                f"those without a place who go to {SETTING_TITLES[setting].lower()} cost nothing",
                f"No driver follows plans of standing {standing} in {setting}.",
            )


def _after_the_end(scenario: Scenario) -> Iterator[Notice]:
    """What is planned for after the last month forecast."""
    last = Month(scenario.horizon.last_year + 1, 3)
    requests, places, funding = scenario.requests, scenario.places, scenario.funding
    planned = [
        *([(item.title, item.start) for item in requests.locums] if requests else []),
        *([(item.title, item.start) for item in requests.recruitment] if requests else []),
        *([(item.title, item.start) for item in funding.rebandings] if funding else []),
        *(
            (opening.title, opening.start)
            for group in (places.groups if places else ())
            for school in group.schools
            for opening in school.openings
        ),
    ]
    for title, start in planned:
        if start > last:
            yield (
                f"'{title}' starts in {start}, after the last month forecast, {last}",
                "It has no effect here.",
            )


def _nurture(scenario: Scenario) -> Iterator[Notice]:
    effect = scenario.nurture_effect
    if effect is None or scenario.funding is None or not scenario.has("nurture_effect"):
        return
    drivers = [driver for line in scenario.funding.lines for driver in line.drivers]
    credited = any(isinstance(driver, WithheldDriver) for driver in drivers)
    if effect.with_top_up_share.central > 0 and not credited:
        yield (
            "top-up withheld from pupils in nurture groups is credited to no budget line",
            "A driver of kind nurture_withheld would take it off; without it groups cost more.",
        )


def _plans_drivers(scenario: Scenario) -> list[PlansDriver]:
    lines = scenario.funding.lines if scenario.funding else []
    return [d for line in lines for d in line.drivers if isinstance(d, PlansDriver)]


def _lines(scenario: Scenario) -> Iterator[Notice]:
    """A setting and age that two budget lines pay for, and forecasts in other units than their budgets."""
    for line in scenario.funding.lines if scenario.funding else []:
        budget, published = line.budget_gbp, line.published_gbp
        if budget is None or published is None:
            continue
        if 0 < published.central < SLIP_OF_UNITS * budget.central:
            yield (
                f"{line.title}: {published.central:,.0f} is published against a budget of "
                f"{budget.central:,.0f}",
                "Are both in pounds? Thousands are written out in full.",
            )
    seen: dict[tuple[str, int], str] = {}
    told: set[tuple[str, str, str]] = set()
    for line in scenario.funding.lines if scenario.funding else []:
        for driver in line.drivers:
            # Place funding and top-up are two parts of one cost, not one paid twice.
            if not isinstance(driver, PlansDriver) or driver.s251 == PLACE_FUNDING:
                continue
            for setting in driver.settings:
                for age in range(driver.ages[0], driver.ages[1] + 1):
                    other = seen.setdefault((setting, age), line.id)
                    if other != line.id and (setting, other, line.id) not in told:
                        told.add((setting, other, line.id))
                        yield (
                            f"{SETTING_TITLES[setting]}: two lines pay for the same plans",
                            f"'{other}' and '{line.id}' both follow them; is one pupil paid twice?",
                        )


def _account(scenario: Scenario) -> Iterator[Notice]:
    trajectory, account = scenario.trajectory, scenario.account
    if trajectory is None or account is None:
        return
    targets = {t.year: t.cumulative_deficit_gbp.central for t in trajectory.targets}
    if all(value < 0 for value in targets.values()):
        yield (
            "every target of the trajectory is a surplus",
            "A deficit is positive here; some papers print it negative.",
        )
        return
    before = targets.get(scenario.horizon.first_year - 1)
    if before:
        opening = sum(block.opening_deficit_gbp.central for block in account.blocks)
        opening += account.support_received_before_gbp.central
        if abs(opening / before - 1) > FAR_FROM_TARGET:
            yield (
                f"the opening deficit before support, {opening:,.0f}, is far from the target of "
                f"the year before, {before:,.0f}",
                "Are both in pounds, and is all support received so far given?",
            )
    if trajectory.balance_by not in scenario.horizon.years:
        yield (
            "the year of in-year balance is outside the years forecast",
            "Its probability cannot be shown; see trajectory.balance_by.",
        )


def _support(scenario: Scenario) -> Iterator[Notice]:
    account = scenario.account
    if account is None:
        return
    for transfer in account.transfers:
        year = scenario.horizon.first_year
        covered = transfer.share_of_gross.covers(year)
        share = transfer.share_of_gross.at(year).central if covered else 0.0
        if share > LARGE_TRANSFER:
            yield (
                f"{transfer.title} moves {share:.0%} of a block",
                "Half of one per cent is written 0.005.",
            )
    sure = [
        financial_year_label(payment.year)
        for payment in account.support_payments
        if payment.test is None
        and payment.year > scenario.horizon.first_year
        and payment.amount_gbp.certain
        and payment.amount_gbp.central > 0
    ]
    if sure and scenario.trajectory is not None:
        yield (
            f"Safety Valve payments of {', '.join(sure)} come whether or not the trajectory is met",
            "Payments are conditional on delivery: give each a test, or say why it is sure.",
        )
    override = account.statutory_override
    last = scenario.horizon.last_year
    ends = override_ends(scenario) if override is not None else policy_override_end(scenario)
    opening = sum(block.opening_deficit_gbp.central for block in account.blocks)
    over = ends is not None and month_index(ends.year, ends.month, last) < 0
    unknown = override is None or override.usable_reserves_gbp is None
    if over and unknown and opening > 0:
        yield (
            f"the statutory override ends in {ends} and no usable reserves are given",
            "From then a deficit counts against them: give account.statutory_override with "
            "usable_reserves_gbp to see how far they cover it.",
        )
    grant = account.stability_grant
    if grant is None:
        return
    for figure in grant.evidence:
        stated = figure.deficit_gbp.central
        if scenario.horizon.first_year == _grant_opens(scenario) and (
            abs(stated - opening) > FAR_FROM_BOOKS * max(abs(opening), 1.0)
        ):
            yield (
                f"{figure.title} states a deficit of {stated:,.0f}, the account opens with {opening:,.0f}",
                "The lowest figure sets the Stability Grant: is it the whole DSG's, in pounds?",
            )
    closed = policy_value(scenario, "safety_valve_closed")
    later = [
        financial_year_label(payment.year)
        for payment in account.support_payments
        if payment.year >= closed.year
    ]
    if later:
        yield (
            f"Safety Valve payments of {', '.join(later)} beside a Stability Grant for the same deficit",
            f"Agreements are reported closed from {closed}: is both really expected?",
        )


def _grant_opens(scenario: Scenario) -> int:
    """The financial year that opens with the deficit the grant looks at."""
    held = policy_value(scenario, "stability_grant_deficit_date")
    return int(held.year)


def _mitigations(scenario: Scenario) -> Iterator[Notice]:
    replaced = {
        f"funding.lines[{line.id}].drivers[{driver.id}].fte"
        for line in (scenario.funding.lines if scenario.has("pool") and scenario.funding else ())
        for driver in line.drivers
        if isinstance(driver, CurrentPupilsDriver) and driver.pool
    }
    for mitigation in scenario.mitigations:
        for item in mitigation.input_changes:
            if item.input in replaced:
                yield (
                    f"the mitigation '{mitigation.title}' changes FTE that the pool gives",
                    f"{item.input} has no effect while the pool is forecast; see "
                    "pool.assessed_a_month.",
                )
        change = sum(item.full_year_gbp.central for item in mitigation.changes)
        if change > 0:
            yield (
                f"the mitigation '{mitigation.title}' adds {change:,.0f} a year to spending",
                "A saving is negative: full_year_gbp: -100000.",
            )
