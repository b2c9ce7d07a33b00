"""The causes of a difference between two deficits, in the order in which a bridge shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

View = Literal["with", "without"]
"""The cumulative deficit with support from the department, or without any ever received."""

VIEWS: tuple[View, ...] = ("with", "without")


@dataclass(frozen=True)
class Cause:
    """A cause: its name in tables, its title, and what it holds, in a sentence for the reader.

    `views`: the views of the cumulative deficit that it moves.
    """

    name: str
    title: str
    meaning: str
    views: tuple[View, ...] = VIEWS


OPENING = Cause(
    "opening",
    "Opening position",
    "The deficit brought forward into the first year that both forecasts have.",
)
RECEIVED_BEFORE = Cause(
    "support_received_before",
    "Support received before that",
    "What the department paid before the first common year, which the view without support adds back.",
    ("without",),
)
PRIOR_YEAR = Cause(
    "prior_year_adjustments", "Prior-year adjustments", "Corrections of years that are closed."
)
VOLUME = Cause(
    "volume",
    "Volume",
    "More or fewer plans in all at the shares and prices there were; for lines of places or FTE, more "
    "or fewer of those.",
)
MIX = Cause(
    "mix",
    "Mix",
    "The same number of plans on other lines: a larger or smaller share of all plans on each line.",
)
PRICE = Cause(
    "price",
    "Price",
    "A dearer or cheaper year of a plan, place or FTE of the line, with what it is made of inside it.",
)
TIMING = Cause(
    "timing",
    "Timing",
    "Starts and ends earlier or later within a year whose first and last month are the same.",
)
AMOUNTS = Cause(
    "amounts",
    "Amounts no volume drives",
    "Budget lines, or parts of them, without plans or places.",
)
ONE_SIDED = Cause(
    "lines_in_one_only",
    "Lines in one forecast only",
    "Spending of budget lines that the other forecast does not have, each by its name.",
)
MITIGATION = Cause(
    "mitigation_delivery",
    "Mitigation delivery",
    "More or less saved by mitigations; a minus is a larger saving.",
)
INCOME = Cause(
    "income",
    "Income",
    "Allocation, deductions for places paid directly, and the council's contributions; a minus is "
    "more income.",
)
TRANSFERS = Cause(
    "transfers",
    "Transfers between blocks",
    "What blocks with budget lines receive from others or give; a minus is more received.",
)
BALANCES = Cause("draws_on_balances", "Draws on balances", "Balances put to use elsewhere.")
UNLINED = Cause(
    "spending_outside_lines",
    "Spending outside the lines",
    "Planned spending of a block beyond its budget lines.",
)
OTHER_BLOCKS = Cause(
    "other_blocks",
    "Blocks without budget lines",
    "Spending less income and transfers of blocks that have no budget lines.",
)
SUPPORT = Cause(
    "support",
    "Support from the department",
    "Payments received; a minus is more support.",
    ("with",),
)

CAUSES = (
    OPENING,
    RECEIVED_BEFORE,
    PRIOR_YEAR,
    VOLUME,
    MIX,
    PRICE,
    TIMING,
    AMOUNTS,
    ONE_SIDED,
    MITIGATION,
    INCOME,
    TRANSFERS,
    BALANCES,
    UNLINED,
    OTHER_BLOCKS,
    SUPPORT,
)
