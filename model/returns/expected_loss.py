"""Money at risk: exposure x probability, before and after mitigation, and the children it stands for."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from model.evidence.printed import half_away_from_zero
from model.returns.conditions_schema import MoneyAtRisk


@dataclass(frozen=True)
class ExpectedLoss:
    """Expected loss in pounds a year; None where exposure or probability is not given.

    `children`: the fewest and the most children that the exposure stands for; None without a cost
    a child.
    """

    before: float | None
    after: float | None
    children: tuple[int, int] | None


def expected_loss(money: MoneyAtRisk) -> ExpectedLoss:
    """The expected loss of a risk. £2m at £55,000 to £70,000 a child is 29 to 36 children (000:2313)."""
    exposure_after = (
        money.exposure_gbp if money.exposure_after_gbp is None else money.exposure_after_gbp
    )
    before = None if money.probability is None else money.exposure_gbp * money.probability
    after = None if money.probability_after is None else exposure_after * money.probability_after
    children = None
    if money.cost_per_child_gbp is not None:
        counts = [
            int(half_away_from_zero(Fraction(money.exposure_gbp) / Fraction(cost), Fraction(1)))
            for cost in money.cost_per_child_gbp
        ]
        children = (min(counts), max(counts))
    return ExpectedLoss(before, after, children)
