"""What support depends on outside the account: agreed targets, and the terms of the grant in force."""

from __future__ import annotations

from model.account.support.position import SupportTerms
from model.reference.calendar import APRIL, parse_month
from model.reference.policy import policy
from model.scenario.schema import Scenario


def support_terms(scenario: Scenario) -> SupportTerms:
    """The terms of a scenario's arrangements, at its date."""
    targets = tuple(scenario.trajectory.targets) if scenario.trajectory is not None else ()
    if scenario.account is None or scenario.account.stability_grant is None:
        return SupportTerms(targets)
    values, at = policy(), (scenario.as_at.year, scenario.as_at.month)
    share = float(values["stability_grant_share"].at(*at))
    closes = parse_month(str(values["stability_grant_deficit_at"].at(*at))[:7])
    assert closes is not None
    year, month = closes
    return SupportTerms(targets, year - (month < APRIL), share)
