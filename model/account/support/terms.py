"""What support depends on outside the account: agreed targets, and the terms of the grant in force."""

from __future__ import annotations

from model.account.support.position import GrantTerms, SupportTerms
from model.reference.calendar import APRIL, parse_month
from model.scenario.fields import Month
from model.scenario.policy_values import policy_value
from model.scenario.schema import Scenario


def support_terms(scenario: Scenario) -> SupportTerms:
    """The terms of a scenario's arrangements, at its date and with its own policy values."""
    targets = tuple(scenario.trajectory.targets) if scenario.trajectory is not None else ()
    if scenario.account is None or scenario.account.stability_grant is None:
        return SupportTerms(targets)
    held = policy_value(scenario, "stability_grant_deficit_date")
    expected = parse_month(str(policy_value(scenario, "stability_grant_paid_in")))
    assert expected is not None
    return SupportTerms(
        targets,
        GrantTerms(
            closes=held.year - (held.month < APRIL),
            share=float(policy_value(scenario, "stability_grant_share")),
            lowest_figure=bool(policy_value(scenario, "stability_grant_lowest_figure")),
            less_other_overspends=bool(
                policy_value(scenario, "stability_grant_excludes_other_overspends")
            ),
            paid=scenario.account.stability_grant.paid or Month(*expected),
        ),
    )
