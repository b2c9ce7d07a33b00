"""The returns that a finished run fills: the DSG management plan and the Local SEND Reform Plan, in both cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from model.reference.calendar import JANUARY
from model.results import Results
from model.returns.financial_summary import BlockSummary, financial_summary
from model.returns.management_plan import management_plan
from model.returns.plan_counts import PlanCounts, counted_january, plan_counts
from model.returns.reform_plan import reform_plan
from model.returns.return_table import ReturnTable
from model.scenario.policy_values import policy_of

MITIGATED, UNMITIGATED = "mitigated", "unmitigated"
CASES = (MITIGATED, UNMITIGATED)

THE_SAME = (
    "This run holds no mitigations, so mitigated and unmitigated are the same and stand once."
)
NOT_STEPPED = (
    "Only the mitigated case is shown: the run was not made without its mitigations, because the scenario "
    "has no account."
)


@dataclass(frozen=True)
class Returns:
    """Tables by case, mitigated (the run as it is) and unmitigated.

    `one_case` says why there is one where there is: a run without mitigations has the same tables in
    both cases; a run with mitigations and no account was not made without them, so that there is no
    unmitigated case. Empty where the two cases differ. `blocks` is empty for a run without an account.
    """

    management: Mapping[str, list[ReturnTable]]
    reform: Mapping[str, list[ReturnTable]]
    blocks: Mapping[str, list[BlockSummary]]
    one_case: str = ""


def returns_of(results: Results) -> Returns | None:
    """The returns of a run; None for one without plans."""
    if results.cross is None:
        return None
    values = policy_of(results.scenario)
    years = range(
        values["reform_plan_first_year"].latest, values["reform_plan_last_year"].latest + 1
    )
    later = int(values["reform_plan_count_years_later"].latest)
    without = results.unmitigated
    cases = {MITIGATED: (results.draws, results.cross)}
    if without is not None and without.cross is not None:
        cases[UNMITIGATED] = (without.draws, without.cross)
    management: dict[str, list[ReturnTable]] = {}
    reform: dict[str, list[ReturnTable]] = {}
    blocks: dict[str, list[BlockSummary]] = {}
    for case, (draws, cross) in cases.items():
        counts = {**_counted(results), **plan_counts(cross["mean"])}
        management[case] = management_plan(counts)
        reform[case] = reform_plan(counts, draws, years, later)
        has_account = results.scenario.account is not None
        blocks[case] = financial_summary(results.scenario, draws) if has_account else []
    if len(cases) == 2:
        return Returns(management, reform, blocks)
    scenario = results.scenario
    if scenario.mitigations and scenario.mitigated != "none":
        return Returns(management, reform, blocks, NOT_STEPPED)
    management[UNMITIGATED] = management[MITIGATED]
    reform[UNMITIGATED] = reform[MITIGATED]
    blocks[UNMITIGATED] = blocks[MITIGATED]
    return Returns(management, reform, blocks, THE_SAME)


def _counted(results: Results) -> PlanCounts:
    """The January count that the forecast starts from, alike in both cases; none where it is of another month."""
    plans, cohort = results.scenario.plans, results.prepared.cohort
    if plans is None or cohort is None or plans.counted.month != JANUARY:
        return {}
    return {plans.counted.year: counted_january(cohort.opening.expected)}
