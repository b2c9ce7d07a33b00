"""The policy values of a scenario: those of data/policy, with the scenario's own in their place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from model.reference.calendar import parse_month
from model.reference.policy import Parameter, as_date, policy
from model.scenario.policy_schema import PolicyValue
from model.scenario.schema import Scenario

GIVEN = "given"
"""Mark of a value that the scenario gives itself."""

_ALWAYS = (0, 1)
"""A month before all others: a value without a date holds whenever it is read."""


def policy_of(scenario: Scenario) -> Mapping[str, Parameter]:
    """Every policy parameter by name, as this scenario reads it.

    A parameter that the scenario gives itself has the mark `given`, the scenario's source and
    reason, and the bundled one as its `default`.
    """
    if not scenario.policy:
        return policy()
    own = {name: _replaced(policy()[name], item) for name, item in scenario.policy.items()}
    return {**policy(), **own}


def policy_value(scenario: Scenario, name: str) -> Any:
    """The value in force in the month in which the scenario stands. Raises KeyError where none is known."""
    return policy_of(scenario)[name].at(scenario.as_at.year, scenario.as_at.month)


def _replaced(default: Parameter, own: PolicyValue) -> Parameter:
    if own.values is None:
        dated: tuple[tuple[tuple[int, int], Any], ...] = ((_ALWAYS, _typed(default, own.value)),)
    else:
        months = {parse_month(str(since)): item for since, item in own.values.items()}
        given = [(since, _typed(default, item)) for since, item in months.items() if since]
        first = min(since for since, _ in given)
        dated = tuple(sorted([*(item for item in default.values if item[0] < first), *given]))
    return replace(
        default,
        values=dated,
        mark=GIVEN,
        source=own.source,
        reason=own.reason,
        default=default,
    )


def _typed(default: Parameter, value: Any) -> Any:
    """A date as a date, as the bundled files hold it; everything else as it was written."""
    if default.unit == "date" and not isinstance(value, date):
        return as_date(value)
    return value
