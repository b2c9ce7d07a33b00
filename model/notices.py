"""What a careful reader would ask about a scenario that is valid: signs, units, gaps.

None of it is an error, so nothing is refused; each is shown on the console and on the cover.
"""

from __future__ import annotations

from collections.abc import Iterator

from model.reference.codes import SETTING_TITLES
from model.scenario.funding_schema import PlansDriver
from model.scenario.schema import Scenario

FAR_FROM_TARGET = 0.5
"""An opening this far from the target of the year before is more likely a slip of units."""

Notice = tuple[str, str]


def notices(scenario: Scenario) -> list[Notice]:
    """Questions about a scenario: what was seen, and what it might mean."""
    return [*_plans(scenario), *_lines(scenario), *_account(scenario), *_mitigations(scenario)]


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


def _plans_drivers(scenario: Scenario) -> list[PlansDriver]:
    lines = scenario.funding.lines if scenario.funding else []
    return [d for line in lines for d in line.drivers if isinstance(d, PlansDriver)]


def _lines(scenario: Scenario) -> Iterator[Notice]:
    """A setting and age that two budget lines pay for."""
    seen: dict[tuple[str, int], str] = {}
    told: set[tuple[str, str, str]] = set()
    for line in scenario.funding.lines if scenario.funding else []:
        for driver in line.drivers:
            if not isinstance(driver, PlansDriver):
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


def _mitigations(scenario: Scenario) -> Iterator[Notice]:
    for mitigation in scenario.mitigations:
        change = sum(item.full_year_gbp.central for item in mitigation.changes)
        if change > 0:
            yield (
                f"the mitigation '{mitigation.title}' adds {change:,.0f} a year to spending",
                "A saving is negative: full_year_gbp: -100000.",
            )
