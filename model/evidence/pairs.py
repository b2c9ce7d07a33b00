"""Statements that cannot all hold and that no arithmetic settles: found by reading, handled in words."""

from __future__ import annotations

from model.evidence.judge import outcome
from model.evidence.statement_schema import Pair
from model.evidence.verdicts import Outcome, Verdict


def check_pair(entry: Pair) -> list[Outcome]:
    """A mismatch by the reader's own judgement."""
    said = " against ".join(f"{item.text} [{item.source}]" for item in entry.statements)
    return [outcome(entry, Verdict.MISMATCH, note=f"found by reading: {said}")]
