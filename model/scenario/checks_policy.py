"""Checks of a scenario's own policy values: names that are there, in the unit and range of each."""

from __future__ import annotations

from collections.abc import Iterator

from model.reference.calendar import parse_month
from model.reference.policy import Parameter, month_in_words, policy, wrong_value
from model.scenario.as_written import number_hint, yes_no_hint
from model.scenario.findings import Finding, reads, unknown
from model.scenario.policy_schema import PolicyValue
from model.scenario.problems import shown
from model.scenario.schema import Scenario


@reads("policy")
def _policy(scenario: Scenario) -> Iterator[Finding]:
    for name, own in scenario.policy.items():
        default = policy().get(name)
        if default is None:
            yield unknown(("policy", name), "policy value", name, policy(), "data/policy")
            continue
        if own.unit is not None and own.unit != default.unit:
            at = ("policy", name, "unit")
            yield Finding(at, "this value has another unit", shown(own.unit), default.unit)
        yield from _values(name, own, default)


def _values(name: str, own: PolicyValue, default: Parameter) -> Iterator[Finding]:
    given = {("value",): own.value} if own.values is None else {
        ("values", since): value for since, value in own.values.items()
    }  # fmt: skip
    for at, value in given.items():
        expected = wrong_value(default.unit, value)
        if expected:
            hint = yes_no_hint(value) if default.unit == "yes or no" else None
            if isinstance(value, str) and "number" in expected:
                hint = number_hint(value)
            words = "not a value of this kind" if isinstance(value, str | bool) else "out of range"
            yield Finding(("policy", name, *at), words, shown(value), expected, hint)


@reads("policy", "as_at", "requests")
def _time_limit(scenario: Scenario) -> Iterator[Finding]:
    """Requests are held to the time limit of the month in which the scenario stands."""
    name, as_at = "ehc_plan_weeks", scenario.as_at
    own, month = scenario.policy.get(name), (as_at.year, as_at.month)
    known = policy()[name].in_force(*month)[1] is not None
    if own is not None:
        dated = [parse_month(str(since)) for since in own.values or ()]
        known = known or own.value is not None or any(m is not None and m <= month for m in dated)
    if scenario.requests is not None and not known:
        first = month_in_words(policy()[name].values[0][0])
        yield Finding(
            ("as_at",),
            "no time limit for plans was in force",
            str(as_at),
            f"a month from {first} on",
            f"Or give policy: {name}: with a value, source and reason.",
        )


CHECKS = (_policy, _time_limit)
