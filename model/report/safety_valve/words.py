"""What the document and the workbook of a return both say: titles of rows, draft marks, sign-off."""

from __future__ import annotations

from typing import Final

from model.returns.conditions_schema import AgreedCondition
from model.returns.money import stated
from model.returns.safety_valve import SafetyValveReturn

ROW_TITLES: Final = {
    "opening_with": "Opening deficit",
    "in_year": "In-year deficit",
    "other_movements": "Prior-year adjustments and draws on balances",
    "support": "Less: support from the department in the year",
    "cumulative_with": "Closing deficit with support",
    "cumulative_excluding": "Closing deficit excluding this year's payment",
    "cumulative_without": "Closing deficit without any support",
    "target": "Agreed deficit, before any support",
    "gap": "Gap (minus: better than agreed)",
    "like_for_like": "Gap like-for-like, without one-offs",
    "in_year_target": "Agreed in-year movement",
    "in_year_gap": "In-year deficit against the agreed movement",
    "better_opening": "Better opening than agreed (minus: worse)",
    "headroom": "Headroom: in-year deficit that would just meet the target",
    "required_next_year": "Movement needed next year (minus: a surplus)",
    "probability_on_target": "Probability of being on or below the target",
    "probability_in_balance": "Probability of in-year balance",
}
TOTALS: Final = frozenset(
    {"cumulative_with", "cumulative_excluding", "cumulative_without", "gap", "in_year_gap"}
)
BASIS_TITLES: Final = {"published": "printed", "mean": "model"}
BLANK: Final = "Not stated"


def draft_mark(given: SafetyValveReturn) -> str:
    """What stands at the top of a draft; empty for a return that may be signed."""
    count = len(given.exceptions)
    if not count:
        return ""
    return f"DRAFT - not ready to sign: {count} exception{'s' if count != 1 else ''}"


def heading(given: SafetyValveReturn) -> str:
    """Title of the return with its authority and, where it is one, that it is invented."""
    invented = " (an invented authority)" if given.file.invented else ""
    return f"{given.file.authority}{invented}: {given.file.title}"


def rating_words(rating: str | None) -> str:
    """A rating as a word, never as a colour alone."""
    return BLANK if rating is None else rating.capitalize()


def loss_words(value: float | None) -> str:
    """An expected loss in pounds, or that none is stated."""
    return BLANK if value is None else stated(value, "£")


def condition_title(condition: AgreedCondition) -> str:
    """Number and title of a condition."""
    return f"Condition {condition.number}: {condition.title}"


def in_thousands(value: float) -> str:
    """Pounds in thousands without a sign of money, for tables that say so.

    >>> in_thousands(24_885_000), in_thousands(-285_000)
    ('24,885', '-285')
    """
    return stated(value, "£k").replace("£", "").removesuffix("k")
