"""Milestones by month: what was due when a figure was measured, and whether it was reached."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from model.evidence.judge import outcome, span_of
from model.evidence.statement_schema import DatedMilestone, Direction, Milestone
from model.evidence.verdicts import Outcome, Verdict

REACHED: dict[Direction, Callable[[Fraction, Fraction], bool]] = {
    "at least": lambda value, aim: value >= aim,
    "at most": lambda value, aim: value <= aim,
    "more than": lambda value, aim: value > aim,
    "less than": lambda value, aim: value < aim,
}


def check_milestone(entry: Milestone) -> list[Outcome]:
    """What the paper says of a milestone against the last one due; the gap is value less milestone."""
    due = last_due(entry)
    assert due is not None, "checked when the file was read"
    value = span_of(entry.value, counted=entry.counted).value
    aim = span_of(due.figure, counted=entry.counted).value
    met = REACHED[entry.direction](value, aim)
    said = "met" if entry.stated_met else "not met"
    note = f"{entry.direction} {due.figure.figure} was due by {due.due}; stated as {said}"
    if met != entry.stated_met:
        note += f", it was {'met' if met else 'not met'}"
    return [
        outcome(
            entry,
            Verdict.EXACT if met == entry.stated_met else Verdict.MISMATCH,
            computed=value,
            stated=due.figure.figure,
            gap=value - aim,
            tolerance=Fraction(0),
            note=note,
        )
    ]


def last_due(entry: Milestone) -> DatedMilestone | None:
    """The last milestone due when the figure was measured, or None before the first."""
    due = [item for item in entry.milestones if item.due <= entry.measured]
    return max(due, key=lambda item: item.due) if due else None
