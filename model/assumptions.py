"""The assumptions register: every figure of a run with its range, source and standing.

Plain figures that the scenario leaves at their neutral default are not listed; national tables
are, and are marked hindsight when they are newer than the scenario.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from model.reference.bundled import bundled
from model.reference.calendar import financial_year_label
from model.reference.policy import in_words
from model.scenario.demand_schema import Requests
from model.scenario.fields import Month
from model.scenario.inputs import Input, inputs
from model.scenario.numbers import Quantity, ShareSet, Yearly
from model.scenario.plans_schema import OpeningPlans, SettingStanding
from model.scenario.policy_values import policy_of
from model.scenario.schema import Scenario

NATIONAL_TABLES = {
    "new_plans": "New plans per 1,000 population by age",
    "first_settings": "First setting of a new plan by age",
    "needs": "Primary need by age and setting",
    "exits": "Ceased plans and transfers to other authorities by age and setting",
    "moved_in": "Plans arriving from other authorities",
    "moves": "Moves between settings, during the year and at phase transfer",
    "seasonality": "How a year's events spread over its months",
    "residential_shares": "Residential share of independent special placements",
    "corrected_base": "Plans by age and setting, pattern for the opening position",
}
ASSUMED_TABLES = ("seasonality",)
"""Tables without published figures behind them; range and reason are in docs/national_rates.md."""

NATIONAL_KNOWN_FROM = Month(2025, 6)
"""The national tables rest on the department's release of June 2025."""


@dataclass(frozen=True)
class Assumption:
    """One row of the register. Money in pounds; `low` and `high` are the 10th and 90th percentiles
    of a drawn figure, or the stated range of one that is not drawn."""

    path: str
    description: str
    year: str
    central: float | None
    low: float | None
    high: float | None
    unit: str
    distribution: str
    through_time: str
    status: str
    source: str
    reason: str
    owner: str
    as_at: str
    confidence: str
    hindsight: bool


def register(scenario: Scenario) -> list[Assumption]:
    """Every figure given in the scenario, one row a year where it changes, then national tables."""
    rows = [row for item in inputs(scenario) if item.given for row in _rows(item)]
    if scenario.plans is not None:
        rows = [*_opening_rows(scenario.plans, _standing(scenario)), *rows]
    rows.extend(_count_rows(scenario))
    rows.extend(_correlation_rows(scenario))
    rows.extend(_policy_rows(scenario))
    if scenario.plans is not None:
        rows.extend(_national_rows(scenario.as_at))
    return rows


def held(scenario: Scenario) -> int:
    """How many assumed inputs have a stated range and are not drawn from it."""
    return sum(
        item.given and item.figure.certain and item.figure.provenance.range is not None
        for item in inputs(scenario)
    )


def _fact(
    path: str,
    description: str,
    value: float,
    unit: str,
    *,
    status: str = "published",
    source: str | None = "",
    reason: str = "",
    low: float | None = None,
    high: float | None = None,
) -> Assumption:
    """A plain count of the scenario as a row."""
    return Assumption(
        path=path,
        description=description,
        year="",
        central=value,
        low=low,
        high=high,
        unit=unit,
        distribution="",
        through_time="",
        status=status,
        source=source or "",
        reason=reason,
        owner="",
        as_at="",
        confidence="",
        hindsight=False,
    )


def _standing(scenario: Scenario) -> str:
    """Standing of a sourced plain count: published, but for an invented authority."""
    return "given" if scenario.invented else "published"


def _opening_rows(plans: OpeningPlans, sourced: str) -> list[Assumption]:
    """Opening plans: total, each margin, and the standing of settings that are not as published."""
    counted = f"Plans in force, {plans.counted}"
    status = plans.status or (sourced if plans.source else "given")
    rows = [_fact("plans.total", counted, plans.total, "plans", status=status, source=plans.source)]
    standing = {item.setting: item for item in plans.standing}
    margins: dict[str, Mapping[str, Any]] = {
        "age_groups": plans.age_groups,
        "settings": plans.settings,
        "needs": plans.needs or {},
    }
    for name, margin in margins.items():
        for key, value in margin.items():
            parts = value.items() if isinstance(value, dict) else [("", value)]
            other = standing.get(key) if name == "settings" else None
            for phase, number in parts:
                path = f"plans.{name}.{key}" + (f".{phase}" if phase else "")
                rows.append(
                    _fact(
                        path,
                        counted,
                        number,
                        "plans",
                        status=other.status if other else status,
                        source="" if other else plans.source,
                        reason=_reason(other, by_phase=bool(phase)) if other else "",
                        low=other.range[0] if other and not phase else None,
                        high=other.range[1] if other and not phase else None,
                    )
                )
    return rows


def _reason(standing: SettingStanding, *, by_phase: bool) -> str:
    """The reason of a setting's number; a range holds for the setting as a whole."""
    if not by_phase:
        return standing.reason
    low, high = standing.range
    return f"{standing.reason} (range of the setting as a whole: {low} to {high})"


def _correlation_rows(scenario: Scenario) -> list[Assumption]:
    """Rank correlations between inputs: judgements, with their reasons."""
    return [
        _fact(
            f"correlations[{number}]",
            " with ".join(item.between),
            item.spearman,
            "Spearman",
            status="assumed",
            reason=item.reason or "",
            low=-1.0 if item.spearman < 0 else 0.0,
            high=0.0 if item.spearman < 0 else 1.0,
        )
        for number, item in enumerate(scenario.correlations)
    ]


def _policy_rows(scenario: Scenario) -> list[Assumption]:
    """Policy values that the scenario gives itself, each beside the value whose place it takes."""
    month = (scenario.as_at.year, scenario.as_at.month)
    rows = []
    for parameter in policy_of(scenario).values():
        if parameter.default is None:
            continue
        _, value = parameter.in_force(*month)
        _, default = parameter.default.in_force(*month)
        number = isinstance(value, int | float) and not isinstance(value, bool)
        instead = f"in place of {in_words(default)} ({parameter.default.mark})"
        low, high = parameter.default.range or (None, None)
        row = _fact(
            f"policy.{parameter.name}",
            f"{parameter.description}: {in_words(value)}, {instead}",
            value if number else 0.0,
            parameter.unit,
            status="given",
            source=parameter.source,
            reason=parameter.reason,
            low=low,
            high=high,
        )
        rows.append(row if number else replace(row, central=None))
    return rows


def _count_rows(scenario: Scenario) -> list[Assumption]:
    """Counts that are plain whole numbers: base-year plans, current pupils, nurture places."""
    sourced = _standing(scenario)

    def row(path: str, text: str, value: float, unit: str, source: str | None) -> Assumption:
        status = sourced if source else "given"
        return _fact(path, text, value, unit, status=status, source=source)

    rows = []
    new = scenario.new_plans
    if new is not None and new.plans_in_base_year is not None:
        path, text = "new_plans.plans_in_base_year", f"New plans issued in {new.base_year}"
        rows.append(row(path, text, new.plans_in_base_year, "plans", new.source))
    if new is not None and new.first_settings is not None:
        for setting, number in new.first_settings.items():
            path, text = f"new_plans.first_settings.{setting}", "New plans by first setting"
            rows.append(row(path, text, number, "plans", new.source))
    if scenario.requests is not None:
        rows.extend(_request_rows(scenario.requests, sourced))
    for line in scenario.funding.lines if scenario.funding else []:
        for group in line.current_pupils:
            path = f"funding.lines[{line.id}].current_pupils[{group.id}].pupils"
            rows.append(row(path, group.title, group.pupils, "pupils", group.source))
    for nurture in scenario.nurture_groups:
        path, text = f"nurture_groups[{nurture.id}].places", f"Places, open from {nurture.opens}"
        rows.append(row(path, text, nurture.places, "places", nurture.source))
    return rows


def _request_rows(requests: Requests, sourced: str) -> list[Assumption]:
    """Counts of the requests section: the base year, the warm-up year, the opening queue."""

    def row(path: str, text: str, value: float, source: str | None) -> Assumption:
        status = sourced if source else "given"
        return _fact(f"requests.{path}", text, value, "cases", status=status, source=source)

    text = f"Requests received in {requests.base_year}"
    rows = [row("requests_in_base_year", text, requests.requests_in_base_year, requests.source)]
    flows = requests.warm_up
    if flows is not None:
        for name in ("requests", "refused", "assessments_ended", "plans_issued",
                     "issued_counted", "issued_in_20_weeks"):  # fmt: skip
            words = f"{name.replace('_', ' ').capitalize()} in {flows.year}"
            rows.append(row(f"warm_up.{name}", words, getattr(flows, name), flows.source))
    for index, item in enumerate(requests.waiting_at_start):
        words = f"Waiting at the start for {item.months_waited} whole months"
        rows.append(row(f"waiting_at_start[{index}]", words, item.assessments, requests.source))
    return rows


def _rows(item: Input) -> list[Assumption]:
    figure = item.figure
    if isinstance(figure, Quantity):
        return [_row(item, "", figure, "")]
    if isinstance(figure, ShareSet):
        return [_shares_row(item, figure)]
    return _yearly_rows(item, figure)


def _yearly_rows(item: Input, figure: Yearly) -> list[Assumption]:
    path = "" if figure.certain else str(figure.path)
    if path == "ar1":
        path += f" {figure.rho:g}"
    rows = [
        _row(item, financial_year_label(year), quantity, path)
        for year, quantity in sorted(figure.by_year.items())
    ]
    if figure.then is not None:
        rows.append(_row(item, "then" if figure.by_year else "all years", figure.then, path))
    return rows


def _row(item: Input, year: str, quantity: Quantity, through_time: str) -> Assumption:
    own = quantity.provenance
    outer = item.provenance
    low = high = None
    stated = own.range or outer.range
    if not quantity.certain:
        low, high = (float(x) for x in quantity.distribution.quantile(np.array([0.1, 0.9])))
    elif stated is not None:
        low, high = stated
    status = own.status or outer.status or ("assumed" if not quantity.certain else "given")
    return Assumption(
        path=item.path,
        description=item.description,
        year=year,
        central=quantity.central,
        low=low,
        high=high,
        unit=quantity.unit,
        distribution=quantity.distribution.describe(),
        through_time=through_time if not quantity.certain else "",
        status=status,
        source=own.source or outer.source or "",
        reason=own.reason or outer.reason or "",
        owner=own.owner or outer.owner or "",
        as_at=own.as_at or outer.as_at or "",
        confidence=own.confidence or outer.confidence or "",
        hindsight=bool(own.hindsight or outer.hindsight),
    )


def _shares_row(item: Input, figure: ShareSet) -> Assumption:
    text = ", ".join(f"{name} {share:.3g}" for name, share in figure.central.items())
    own = figure.provenance
    return Assumption(
        path=item.path,
        description=f"{item.description} {text}",
        year="",
        central=None,
        low=own.range[0] if own.range else None,
        high=own.range[1] if own.range else None,
        unit="shares",
        distribution="dirichlet" if figure.dirichlet else "",
        through_time="",
        status=own.status or item.provenance.status or "given",
        source=own.source or item.provenance.source or "",
        reason=own.reason or "",
        owner=own.owner or "",
        as_at=own.as_at or "",
        confidence=own.confidence or "",
        hindsight=bool(own.hindsight),
    )


def _national_rows(as_at: Month) -> list[Assumption]:
    folder = bundled("data") / "national"
    rows = []
    for name, title in NATIONAL_TABLES.items():
        comments = [
            line[1:].strip()
            for line in (folder / f"{name}.csv").read_text(encoding="utf-8").splitlines()[:12]
            if line.startswith("#")
        ]
        source = next((line for line in comments if line.startswith("Source")), "")
        rows.append(
            Assumption(
                path=f"data/national/{name}.csv",
                description=title,
                year="",
                central=None,
                low=None,
                high=None,
                unit="table",
                distribution="",
                through_time="",
                status="assumed" if name in ASSUMED_TABLES else "derived",
                source=source.removeprefix("Source: "),
                reason="National default; see docs/national_rates.md for method and weak points",
                owner="",
                as_at="January 2024 to January 2025",
                confidence="",
                hindsight=as_at < NATIONAL_KNOWN_FROM,
            )
        )
    return rows
