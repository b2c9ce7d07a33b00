"""Checks between the sections of a scenario: references, sums, years and order.

Each check names the sections it reads, so that it still runs when another section is wrong.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from model.reference.calendar import financial_year_label
from model.reference.codes import SETTING_TITLES
from model.scenario.funding_schema import PlansDriver
from model.scenario.inputs import inputs
from model.scenario.numbers import Quantity, Yearly
from model.scenario.positions import Path
from model.scenario.problems import nearest
from model.scenario.schema import Scenario

_CLOSE_GBP = 0.5


@dataclass(frozen=True)
class Finding:
    """One thing that does not fit, at a path of the scenario's data."""

    path: Path
    message: str
    expected: str | None = None
    hint: str | None = None


Check = Callable[[Scenario], Iterator[Finding]]
_CHECKS: list[tuple[frozenset[str], Check]] = []


def _reads(*sections: str) -> Callable[[Check], Check]:
    def register(function: Check) -> Check:
        _CHECKS.append((frozenset(sections), function))
        return function

    return register


def check(scenario: Scenario, sound: set[str]) -> list[Finding]:
    """Findings of every check whose sections are in `sound`, in the order of the checks."""
    return [
        finding
        for sections, function in _CHECKS
        if sections <= sound
        for finding in function(scenario)
    ]


def _unknown(path: Path, kind: str, name: str, names: Iterable[str]) -> Finding:
    names = list(names)
    near = nearest(name, names)
    return Finding(
        path,
        f"there is no {kind} '{name}'",
        "one of " + ", ".join(names) if names else f"a {kind} given in this scenario",
        f"Did you mean '{near}'?" if near else None,
    )


def _repeated(items: Sequence[Any], path: Path) -> Iterator[Finding]:
    counts = Counter(item.id for item in items)
    seen: set[str] = set()
    for index, item in enumerate(items):
        if counts[item.id] > 1 and item.id in seen:
            yield Finding((*path, index, "id"), f"the id '{item.id}' is given twice")
        seen.add(item.id)


@_reads("horizon", "as_at")
def _horizon(scenario: Scenario) -> Iterator[Finding]:
    horizon = scenario.horizon
    if horizon.last_year < horizon.first_year:
        yield Finding(
            ("horizon", "last_year"),
            f"the last year {financial_year_label(horizon.last_year)} is before the first, "
            f"{financial_year_label(horizon.first_year)}",
        )
    elif len(horizon.years) > 30:
        yield Finding(("horizon", "last_year"), "the horizon is over 30 years", "30 or fewer")


@_reads("horizon", "plans", "new_plans", "population", "moved_in")
def _cohort_sections(scenario: Scenario) -> Iterator[Finding]:
    if scenario.plans is None:
        for name in ("new_plans", "moved_in"):
            if getattr(scenario, name) is not None:
                yield Finding((name,), "there are no opening plans", "a 'plans:' section as well")
        return
    if scenario.new_plans is not None and scenario.population is None:
        yield Finding(
            ("new_plans",), "new plans need a population", "a 'population:' section as well"
        )
    counted, first = scenario.plans.counted, scenario.horizon.first_year
    if (counted.year, counted.month) != (first, 1):
        yield Finding(
            ("plans", "counted"),
            f"plans are counted in {counted}",
            f"{first}-01, the January count before April of the first year",
            "The SEN2 count is in January; the model rolls it forward to 1 April.",
        )


@_reads("plans")
def _plan_margins(scenario: Scenario) -> Iterator[Finding]:
    plans = scenario.plans
    if plans is None:
        return
    for name in ("age_groups", "settings", "needs"):
        margin = getattr(plans, name)
        if margin is None:
            continue
        total = sum(
            sum(value.values()) if isinstance(value, dict) else value for value in margin.values()
        )
        if total != plans.total:
            yield Finding(
                ("plans", name),
                f"the {name.replace('_', ' ')} sum to {total:,} plans",
                f"the total of {plans.total:,}",
            )
    for index, bridge in enumerate(plans.bridges):
        reached = bridge.start_plans + sum(step.plans for step in bridge.steps)
        if reached != bridge.end_plans:
            yield Finding(
                ("plans", "bridges", index),
                f"the bridge '{bridge.id}' reaches {reached:,}",
                f"{bridge.end_plans:,} plans",
            )
    yield from _repeated(plans.bridges, ("plans", "bridges"))


@_reads("funding", "plans", "nurture_groups")
def _funding(scenario: Scenario) -> Iterator[Finding]:
    funding = scenario.funding
    if funding is None:
        return
    series = [item.id for item in funding.inflation]
    bands = [item.id for item in funding.bands]
    yield from _repeated(funding.inflation, ("funding", "inflation"))
    yield from _repeated(funding.bands, ("funding", "bands"))
    yield from _repeated(funding.lines, ("funding", "lines"))
    for number, line in enumerate(funding.lines):
        here: Path = ("funding", "lines", number)
        yield from _repeated(line.drivers, (*here, "drivers"))
        if line.anchor != "none" and line.published_gbp is None:
            yield Finding(
                here,
                f"the line '{line.id}' is anchored but has no published forecast",
                "published_gbp, or anchor: none",
            )
        if line.published_scope == "current_pupils" and not line.current_pupils:
            yield Finding(here, "no current pupils are given", "a 'current_pupils:' list")
        for index, driver in enumerate(line.drivers):
            at = (*here, "drivers", index)
            yield from _driver(scenario, driver, at, series, bands)


def _driver(
    scenario: Scenario, driver: Any, at: Path, series: list[str], bands: list[str]
) -> Iterator[Finding]:
    inflation = getattr(driver, "inflation", None)
    if inflation is not None and inflation not in series:
        yield _unknown((*at, "inflation"), "inflation series", inflation, series)
    if isinstance(driver, PlansDriver):
        if scenario.plans is None:
            yield Finding(at, "this driver follows plans", "a 'plans:' section as well")
        for index, setting in enumerate(driver.settings):
            if setting not in SETTING_TITLES:
                yield _unknown((*at, "settings", index), "setting", setting, SETTING_TITLES)
        if driver.ages[0] > driver.ages[1]:
            yield Finding((*at, "ages"), "the ages are the wrong way round", "[youngest, oldest]")
    if hasattr(driver, "band_shares"):
        if (driver.annual_cost_gbp is None) == (driver.band_shares is None):
            yield Finding(at, "give either annual_cost_gbp or band_shares")
        for name in driver.band_shares.shares if driver.band_shares else ():
            if name not in bands:
                yield _unknown((*at, "band_shares", name), "band", name, bands)
    if driver.kind == "nurture_groups" and not scenario.nurture_groups:
        yield Finding(at, "there are no nurture groups", "a 'nurture_groups:' list as well")


@_reads("funding", "nurture_groups")
def _nurture_groups(scenario: Scenario) -> Iterator[Finding]:
    bands = [band.id for band in scenario.funding.bands] if scenario.funding else []
    yield from _repeated(scenario.nurture_groups, ("nurture_groups",))
    for index, group in enumerate(scenario.nurture_groups):
        at: Path = ("nurture_groups", index)
        if (group.band is None) == (group.rate_gbp is None):
            yield Finding(at, "give either band or rate_gbp")
        elif group.band is not None and group.band not in bands:
            yield _unknown((*at, "band"), "band", group.band, bands)


@_reads("funding", "mitigations", "mitigated")
def _mitigations(scenario: Scenario) -> Iterator[Finding]:
    lines = [line.id for line in scenario.funding.lines] if scenario.funding else []
    names = [item.id for item in scenario.mitigations]
    yield from _repeated(scenario.mitigations, ("mitigations",))
    for index, mitigation in enumerate(scenario.mitigations):
        for number, change in enumerate(mitigation.changes):
            if change.line not in lines:
                at = ("mitigations", index, "changes", number, "line")
                yield _unknown(at, "budget line", change.line, lines)
        for number, cost in enumerate(mitigation.cost):
            at = ("mitigations", index, "cost", number, "line")
            if cost.fund == "dsg" and cost.line is None:
                yield Finding(at, "a DSG cost needs the budget line it is charged to")
            elif cost.line is not None and cost.line not in lines:
                yield _unknown(at, "budget line", cost.line, lines)
            elif cost.fund == "general_fund" and cost.line is not None:
                yield Finding(at, "a general fund cost has no DSG budget line")
    if isinstance(scenario.mitigated, tuple):
        for index, name in enumerate(scenario.mitigated):
            if name not in names:
                yield _unknown(("mitigated", index), "mitigation", name, names)


@_reads("account", "funding")
def _account(scenario: Scenario) -> Iterator[Finding]:
    account = scenario.account
    blocks = [block.id for block in account.blocks] if account else []
    if account is not None:
        yield from _account_blocks(scenario, blocks)
        yield from _closed_years(scenario)
    if scenario.funding is None:
        return
    for number, line in enumerate(scenario.funding.lines):
        if account is not None and line.block not in blocks:
            yield Finding(
                ("funding", "lines", number, "block"),
                f"the account has no block '{line.block}'",
                "one of " + ", ".join(blocks),
            )


def _account_blocks(scenario: Scenario, blocks: list[str]) -> Iterator[Finding]:
    account = scenario.account
    assert account is not None
    yield from _repeated(account.blocks, ("account", "blocks"))
    for number, block in enumerate(account.blocks):
        yield from _repeated(block.deductions, ("account", "blocks", number, "deductions"))
        for index, deduction in enumerate(block.deductions):
            by_places = deduction.places is not None and deduction.rate_gbp is not None
            if by_places == (deduction.amount_gbp is not None):
                yield Finding(
                    ("account", "blocks", number, "deductions", index),
                    "give either amount_gbp, or places and rate_gbp",
                )
    for name in (
        "transfers",
        "prior_year_adjustments",
        "draws_on_balances",
        "authority_contributions",
        "support_payments",
    ):
        entries = getattr(account, name)
        yield from _repeated(entries, ("account", name))
        for index, entry in enumerate(entries):
            for key in ("block", "from_block", "to_block"):
                value = getattr(entry, key, None)
                if value is not None and value not in blocks:
                    yield _unknown(("account", name, index, key), "block", value, blocks)
    for index, transfer in enumerate(account.transfers):
        if transfer.from_block == transfer.to_block:
            yield Finding(("account", "transfers", index), "a transfer from a block to itself")


def _closed_years(scenario: Scenario) -> Iterator[Finding]:
    account = scenario.account
    assert account is not None
    for index, year in enumerate(account.closed_years):
        at: Path = ("account", "closed_years", index)
        rest = year.in_year_deficit_gbp.central - year.support_gbp.central
        routes = [(year.opening_deficit_gbp.central, year.prior_year_adjustment_gbp.central)]
        if year.opening_alternative_gbp and year.opening_alternative_adjustment_gbp:
            routes.append(
                (
                    year.opening_alternative_gbp.central,
                    year.opening_alternative_adjustment_gbp.central,
                )
            )
        for opening, adjustment in routes:
            closing = opening + adjustment + rest
            if abs(closing - year.closing_deficit_gbp.central) > _CLOSE_GBP:
                yield Finding(
                    at,
                    f"from {opening:,.0f} the year closes at {closing:,.0f}",
                    f"the closing deficit given, {year.closing_deficit_gbp.central:,.0f}",
                )
    previous = {year.year: index for index, year in enumerate(account.closed_years)}
    last = previous.get(scenario.horizon.first_year - 1)
    if last is not None:
        closing = account.closed_years[last].closing_deficit_gbp.central
        opening = sum(block.opening_deficit_gbp.central for block in account.blocks)
        if abs(opening - closing) > _CLOSE_GBP:
            yield Finding(
                ("account", "blocks"),
                f"the blocks bring forward {opening:,.0f}",
                f"the last closed year's deficit, {closing:,.0f}",
            )


@_reads("horizon", "trajectory", "account")
def _trajectory(scenario: Scenario) -> Iterator[Finding]:
    trajectory = scenario.trajectory
    if trajectory is None:
        return
    if scenario.account is None:
        yield Finding(("trajectory",), "a trajectory needs an account", "an 'account:' section")
    years = [target.year for target in trajectory.targets]
    for index, year in enumerate(years):
        if year in years[:index]:
            yield Finding(
                ("trajectory", "targets", index), f"{financial_year_label(year)} is given twice"
            )
    if sorted(years) != list(range(min(years), max(years) + 1)):
        yield Finding(("trajectory", "targets"), "a year is missing between the targets")
    if trajectory.rag is not None and not (
        0 <= trajectory.rag.amber_at_least.central <= trajectory.rag.green_at_least.central <= 1
    ):
        yield Finding(
            ("trajectory", "rag"), "the thresholds are out of order", "0 <= amber <= green <= 1"
        )


@_reads(*Scenario.model_fields)
def _yearly_cover(scenario: Scenario) -> Iterator[Finding]:
    """Every number by year covers the horizon (an allocation only needs its first year)."""
    for item in inputs(scenario):
        figure = item.figure
        if not isinstance(figure, Yearly):
            continue
        path = _path_of(scenario, item.path)
        if item.path.endswith("gross_income_gbp"):
            if not figure.covers(scenario.horizon.first_year):
                yield Finding(path, "no allocation for the first financial year")
            continue
        missing = [year for year in scenario.horizon.years if not figure.covers(year)]
        if missing:
            yield Finding(
                path,
                f"no value for {financial_year_label(missing[0])}",
                "every year of the horizon",
                "Add the year, or 'then:' for all later years.",
            )


def _path_of(scenario: Scenario, dotted_path: str) -> Path:
    """The data path (list positions) of a canonical path (list ids)."""
    path: list[str | int] = []
    node: Any = scenario
    for part in dotted_path.replace("[", ".[").split("."):
        if part.startswith("["):
            name = part[1:-1]
            index = next(
                i
                for i, entry in enumerate(node)
                if name
                in (
                    str(getattr(entry, "id", "")),
                    str(getattr(entry, "line", "")),
                    str(getattr(entry, "year", "")),
                    str(i),
                )
            )
            path.append(index)
            node = node[index]
        else:
            path.append(part)
            node = getattr(node, part)
    return tuple(path)


@_reads(*Scenario.model_fields)
def _correlations(scenario: Scenario) -> Iterator[Finding]:
    if not scenario.correlations:
        return
    names = [
        item.path
        for item in inputs(scenario)
        if isinstance(item.figure, Quantity | Yearly) and not item.figure.certain
    ]
    used: list[str] = []
    for index, correlation in enumerate(scenario.correlations):
        for number, name in enumerate(correlation.between):
            if name not in names:
                at: Path = ("correlations", index, "between", number)
                yield _unknown(at, "uncertain input", name, names)
            elif name not in used:
                used.append(name)
        if correlation.between[0] == correlation.between[1]:
            yield Finding(("correlations", index), "an input correlated with itself")
    if all(name in names for c in scenario.correlations for name in c.between):
        matrix = correlation_matrix(scenario, used)
        smallest = float(np.linalg.eigvalsh(matrix)[0])
        if smallest < -1e-9:
            yield Finding(
                ("correlations",),
                "these correlations cannot hold together "
                f"(smallest eigenvalue {smallest:.3f} of their matrix)",
                "a matrix without negative eigenvalues",
                "Make the correlations weaker, or give the missing pairs.",
            )


def correlation_matrix(scenario: Scenario, names: list[str]) -> np.ndarray:
    """Correlations of normal scores: r = 2 sin(pi rho / 6) for a Spearman rho (Gaussian copula)."""
    matrix = np.eye(len(names))
    for correlation in scenario.correlations:
        i, j = (names.index(name) for name in correlation.between)
        matrix[i, j] = matrix[j, i] = 2 * np.sin(np.pi * correlation.spearman / 6)
    return matrix


@_reads("account", "horizon")
def _whole_account(scenario: Scenario) -> Iterator[Finding]:
    if scenario.account is None:
        return
    for index, payment in enumerate(scenario.account.support_payments):
        if payment.year < scenario.horizon.first_year:
            yield Finding(
                ("account", "support_payments", index, "year"),
                "this payment is before the first year",
                "payments before it in support_received_before_gbp",
            )
