"""What stands against signing a return: each exception with its place and what the run says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from model.reference.calendar import financial_year_label
from model.returns.conditions_schema import AgreedCondition, ConditionsFile
from model.returns.expected_loss import expected_loss
from model.returns.money import stated
from model.returns.placeholders import Filled
from model.returns.position import Position, scenario_targets
from model.returns.typed_figures import Agreement, TypedFigure
from model.returns.unfilled import unfilled
from model.scenario.schema import Scenario

_ORDER: Final = {"green": 0, "amber": 1, "red": 2}


@dataclass(frozen=True)
class RunBehind:
    """The run a return is made from.

    `created`: when it was made, ISO 8601. `failed_checks`: names of checks that failed. `altered`:
    files of its folder that are not as the run wrote them -> changed, missing or added.
    """

    run_id: str
    created: str
    draws: int
    seed: int
    failed_checks: tuple[str, ...] = ()
    altered: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class SignOffException:
    """One thing that stands against signing. `condition` is its number, None for the whole return."""

    kind: str
    where: str
    what: str
    run_says: str = ""
    condition: int | None = None

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


def of_the_run(
    conditions: ConditionsFile, scenario: Scenario, run: RunBehind, money: Position
) -> Iterator[SignOffException]:
    """Exceptions of the return as a whole: whose run it is, whether it may be relied on, targets."""
    if conditions.authority != scenario.authority:
        yield SignOffException(
            "authority", "Authority", f"the return is of {conditions.authority}", scenario.authority
        )
    if conditions.invented != scenario.invented:
        said = ("real", "invented")
        yield SignOffException(
            "authority", "Authority",
            f"the return says that its authority is {said[conditions.invented]}",
            said[scenario.invented],
        )  # fmt: skip
    period, first = conditions.period, scenario.horizon.first_year
    if period.year != first:
        yield SignOffException(
            "period", "Period", f"the return reports on {financial_year_label(period.year)}",
            f"the first year of the run is {financial_year_label(first)}",
        )  # fmt: skip
    if period.as_at != scenario.as_at:
        yield SignOffException(
            "period", "Period", f"the return is as at {period.as_at}",
            f"the run is as at {scenario.as_at}",
        )  # fmt: skip
    for name in run.failed_checks:
        yield SignOffException("run_checks", "Run", f"a check of the run failed: {name}")
    for name, how in sorted(run.altered.items()):
        yield SignOffException(
            "run_altered", "Run", f"the run's file {name} is {how} since it was run"
        )
    for gap in money.gaps:
        yield SignOffException("footing", "Tables", f"a table does not foot: {gap}")
    agreed = scenario_targets(scenario)
    given = {
        financial_year_label(target.year): target.cumulative_deficit_gbp
        for target in conditions.agreed_targets
    }
    for year in sorted(given.keys() | agreed.keys()) if given else ():
        if given.get(year) != agreed.get(year):
            yield SignOffException(
                "targets", f"Target of {year}",
                f"the return has {_pounds(given.get(year))}", f"the scenario has {_pounds(agreed.get(year))}",
            )  # fmt: skip


def _pounds(value: float | None) -> str:
    return "none" if value is None else stated(value, "£k")


def of_a_condition(condition: AgreedCondition) -> Iterator[SignOffException]:
    """Fields left blank, and ratings and losses that do not go together."""

    def found(kind: str, what: str) -> SignOffException:
        return SignOffException(kind, where, what, condition=condition.number)

    where = f"Condition {condition.number}"
    if condition.progress is None:
        yield found("no_progress", "no progress is stated")
    if not condition.risks:
        yield found("no_risk", "no risk is stated")
    if not condition.mitigations:
        yield found("no_mitigation", "no mitigation is stated")
    before, after = condition.rag_before, condition.rag_after
    if before is None:
        yield found("no_rag_before", "no rating before mitigation")
    if after is None:
        yield found("no_rag_after", "no rating after mitigation")
    if before is not None and after is not None and _ORDER[after] > _ORDER[before]:
        yield found("rag_worse", f"the rating is worse after mitigation: {before} to {after}")
    money = condition.money_at_risk
    if money is None:
        yield found("no_money_at_risk", "no money at risk is stated")
        return
    loss = expected_loss(money)
    if loss.before is None or loss.after is None:
        when = [
            name
            for name, value in (("before", loss.before), ("after", loss.after))
            if value is None
        ]
        yield found(
            "no_probability", f"money at risk has no probability {' and '.join(when)} mitigation"
        )
        return
    if money.reason is None:
        yield found("no_reason", "the probabilities have no reason")
    if loss.after > loss.before:
        yield found(
            "loss_higher",
            f"the expected loss rises with mitigation: {stated(loss.before, '£')} to {stated(loss.after, '£')}",
        )
    elif before and after and _ORDER[after] < _ORDER[before] and loss.after == loss.before:
        yield found(
            "loss_not_lower",
            f"the rating goes from {before} to {after}, but the expected loss stays {stated(loss.after, '£')}",
        )


def of_a_theme(condition: AgreedCondition, scenario: Scenario) -> Iterator[SignOffException]:
    """Mitigations that serve the condition, but another theme in the scenario."""
    themes = {item.id: item.theme for item in scenario.mitigations}
    for name in condition.scenario_mitigations:
        if themes.get(name) != condition.theme:
            yield SignOffException(
                "theme", f"Condition {condition.number}",
                f"its theme is {condition.theme}, but its mitigation {name} serves another",
                f"theme in the scenario: {themes.get(name)}", condition.number,
            )  # fmt: skip


def of_a_text(
    where: str, filled: Filled, typed: list[TypedFigure], condition: int | None
) -> Iterator[SignOffException]:
    """What a text leaves open, placeholders that cannot be filled, and figures that do not hold."""
    for mark in unfilled(filled.text):
        yield SignOffException(
            "unfilled", where, f"left to be filled in: {mark}", condition=condition
        )
    for words in filled.unknown:
        yield SignOffException("placeholder", where, words, condition=condition)
    for figure in typed:
        if figure.agreement.holds:
            continue
        if figure.agreement is Agreement.UNTRACED:
            what = f"{figure.text} is typed and has no source: name it under quoted, or use a placeholder"
        elif figure.agreement is Agreement.TRUNCATION:
            what = f"{figure.text} is cut off where it should be rounded"
        else:
            what = f"{figure.text} contradicts the run"
        yield SignOffException(figure.agreement.value, where, what, figure.run_says, condition)
