"""The Safety Valve return: a conditions file filled from a run, with what stands against signing it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from model.mitigation.delivery import selected_share
from model.returns.conditions_schema import AgreedCondition, ConditionsFile, QuotedFigure
from model.returns.exceptions import (
    RunBehind,
    SignOffException,
    of_a_condition,
    of_a_text,
    of_a_theme,
    of_the_run,
)
from model.returns.expected_loss import ExpectedLoss, expected_loss
from model.returns.placeholders import fill
from model.returns.position import Position, position
from model.returns.run_figures import RunFigures, run_figures
from model.returns.typed_figures import TypedFigure, typed_figures
from model.returns.unfilled import unfilled_spans
from model.scenario.mitigation_schema import Mitigation
from model.scenario.schema import Scenario


@dataclass(frozen=True)
class TypedFigureAt:
    """A figure typed into a text that agrees with the run, and where it stands."""

    where: str
    figure: TypedFigure


@dataclass(frozen=True)
class FilledMetric:
    """A measure of progress with its texts filled."""

    title: str
    target: str
    latest: str
    source: str


@dataclass(frozen=True)
class FilledCondition:
    """A condition with its texts filled, its expected loss and its exceptions."""

    agreed: AgreedCondition
    text: str
    progress: str | None
    risks: tuple[str, ...]
    mitigations: tuple[str, ...]
    scenario_mitigations: tuple[str, ...]
    metrics: tuple[FilledMetric, ...]
    loss: ExpectedLoss | None
    exceptions: tuple[SignOffException, ...]


@dataclass(frozen=True)
class SafetyValveReturn:
    """A return ready to be written.

    `exceptions`: all of them, of the whole return first. `agreeing`: figures typed by hand that
    agree with the run. Money in `money` is pounds, a deficit positive.
    """

    file: ConditionsFile
    scenario: Scenario
    run: RunBehind
    figures: RunFigures
    money: Position
    summary: str | None
    conditions: tuple[FilledCondition, ...]
    exceptions: tuple[SignOffException, ...]
    agreeing: tuple[TypedFigureAt, ...]

    @property
    def may_be_signed(self) -> bool:
        """True without a single exception."""
        return not self.exceptions


def safety_valve_return(
    conditions: ConditionsFile, scenario: Scenario, results: pd.DataFrame, run: RunBehind
) -> SafetyValveReturn:
    """Fill a return from a run.

    `results`: the run's table of results (docs/results.md), of the same `scenario`.
    Raises ValueError where the scenario has no account or no trajectory.
    """
    figures = run_figures(results, scenario)
    money = position(figures, scenario)
    texts = _Texts(figures)
    summary = None
    whole = list(of_the_run(conditions, scenario, run, money))
    if conditions.summary is not None:
        summary = texts.fill("Summary", conditions.summary, conditions.quoted, None)
    whole += texts.taken()
    filled = tuple(_filled(item, scenario, texts) for item in conditions.conditions)
    exceptions = (*whole, *(one for item in filled for one in item.exceptions))
    return SafetyValveReturn(
        conditions, scenario, run, figures, money, summary, filled, exceptions, tuple(texts.agreeing)
    )  # fmt: skip


class _Texts:
    """Fills texts one by one and gathers what is found in them."""

    def __init__(self, figures: RunFigures) -> None:
        self.figures = figures
        self.agreeing: list[TypedFigureAt] = []
        self._found: list[SignOffException] = []

    def fill(
        self, where: str, text: str, quoted: Sequence[QuotedFigure], condition: int | None
    ) -> str:
        filled = fill(text, self.figures)
        names = [item.figure for item in quoted]
        # A figure left open is an exception of its own, and no figure yet.
        known = [*filled.own, *unfilled_spans(filled.text)]
        typed = [*filled.typed, *typed_figures(filled.text, known, names, self.figures)]
        self._found += of_a_text(where, filled, typed, condition)
        self.agreeing += [TypedFigureAt(where, one) for one in typed if one.agreement.holds]
        return filled.text

    def taken(self) -> list[SignOffException]:
        """What was found since it was last asked."""
        found, self._found = self._found, []
        return found


def _filled(agreed: AgreedCondition, scenario: Scenario, texts: _Texts) -> FilledCondition:
    name = f"Condition {agreed.number}"

    def fill(what: str, text: str) -> str:
        return texts.fill(f"{name}, {what}", text, agreed.quoted, agreed.number)

    text = fill("agreed text", agreed.text)
    progress = fill("progress", agreed.progress) if agreed.progress is not None else None
    risks = tuple(fill("risk", text) for text in agreed.risks)
    mitigations = tuple(fill("mitigation", text) for text in agreed.mitigations)
    metrics = tuple(
        FilledMetric(
            metric.title,
            fill("metric", metric.target) if metric.target is not None else "",
            fill("metric", metric.latest),
            metric.source or "",
        )
        for metric in agreed.metrics
    )
    titles = {item.id: f"{item.title}{_held(item, scenario)}" for item in scenario.mitigations}
    loss = None if agreed.money_at_risk is None else expected_loss(agreed.money_at_risk)
    return FilledCondition(
        agreed,
        text,
        progress,
        risks,
        mitigations,
        tuple(titles[item] for item in agreed.scenario_mitigations),
        metrics,
        loss,
        tuple(_of(agreed, scenario, texts)),
    )


def _held(mitigation: Mitigation, scenario: Scenario) -> str:
    """How much of a mitigation the figures hold, where that is not all of it."""
    share = selected_share(mitigation, scenario)
    if share >= 1:
        return ""
    held = "none of it is" if share <= 0 else f"{share:.0%} of it is"
    return f" ({held} in these figures; the run has mitigated: {_chosen(scenario)})"


def _chosen(scenario: Scenario) -> str:
    chosen = scenario.mitigated
    return chosen if isinstance(chosen, str) else ", ".join(chosen)


def _of(agreed: AgreedCondition, scenario: Scenario, texts: _Texts) -> Iterator[SignOffException]:
    yield from of_a_condition(agreed)
    yield from of_a_theme(agreed, scenario)
    yield from texts.taken()
