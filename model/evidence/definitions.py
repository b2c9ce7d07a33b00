"""Indicators stated more than once: what they count, in which direction and to what threshold."""

from __future__ import annotations

from model.evidence.judge import outcome, span_of
from model.evidence.statement_schema import Definition, Statement
from model.evidence.verdicts import Outcome, Verdict


def check_definition(entry: Definition) -> list[Outcome]:
    """Whether every statement is the first one again; the gap is how far thresholds lie apart."""
    thresholds = [
        span_of(item.threshold, counted=entry.counted).value if item.threshold else None
        for item in entry.statements
    ]
    changed = []
    if len({_words(item.measure) for item in entry.statements}) > 1:
        changed.append("measure")
    if len({item.direction for item in entry.statements}) > 1:
        changed.append("direction")
    if len(set(thresholds)) > 1:
        changed.append("threshold")
    numbers = [value for value in thresholds if value is not None]
    listed = " against ".join(f"{_said(item)} [{item.source}]" for item in entry.statements)
    return [
        outcome(
            entry,
            Verdict.DEFINITION_DIFFERS if changed else Verdict.EXACT,
            gap=max(numbers) - min(numbers) if numbers else None,
            note=f"not the same {' and '.join(changed)}: {listed}" if changed else listed,
        )
    ]


def _words(text: str) -> str:
    return " ".join(text.casefold().split())


def _said(item: Statement) -> str:
    threshold = item.threshold.figure if item.threshold else None
    return " ".join(part for part in (item.measure, item.direction, threshold) if part)
