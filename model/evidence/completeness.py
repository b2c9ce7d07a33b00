"""Fields that every item of a return must have: a condition without a risk or a RAG is not ready."""

from __future__ import annotations

from fractions import Fraction

from model.evidence.judge import outcome
from model.evidence.printed import is_blank
from model.evidence.statement_schema import Complete, Item
from model.evidence.verdicts import Outcome, Verdict

EMPTY_WORDS = frozenset({"none", "none identified", "not stated", "nil", "tbc", "tba", "to follow"})
"""What a return says where a field is left open."""


def check_complete(entry: Complete) -> list[Outcome]:
    """The gap is how many required fields are open, over all items."""
    lacking = {item.id: missing_fields(item, entry.required) for item in entry.items}
    count = sum(len(fields) for fields in lacking.values())
    listed = "; ".join(
        f"{name} has no {' and no '.join(fields)}" for name, fields in lacking.items() if fields
    )
    return [
        outcome(
            entry,
            Verdict.MISSING if count else Verdict.EXACT,
            gap=Fraction(count),
            note=listed or f"all {len(entry.items)} have {', '.join(entry.required)}",
        )
    ]


def missing_fields(item: Item, required: list[str]) -> list[str]:
    """The required fields that an item leaves open."""
    return [name for name in required if _open(item.given.get(name, ""))]


def _open(text: str) -> bool:
    return is_blank(text) or text.strip().rstrip(".").lower() in EMPTY_WORDS
