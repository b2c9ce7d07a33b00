"""A slow, obvious queue for assessments: single children, one draw, plain loops, first in first out.

Written from design 5.1 without a line of the model. A month is one unit of time. A child

1. is asked for at a time spread evenly over its month, and decided on after a lag: of lag 1.4, one
   month later or, for four children in ten, two;
2. is refused, or joins the queue in the order of arrival, spread evenly over the month of arrival;
3. is assessed when its turn comes: so many a month, whoever waits longest first, spread evenly over
   the month;
4. is in drafting for a lag, and ends with a plan or without.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field


@dataclass
class Child:
    """A child by what happened to it; None for what has not."""

    asked: int
    came: float | None = None
    assessed: float | None = None
    ended: int | None = None
    plan: bool = False

    @property
    def wait(self) -> float:
        """Months from joining the queue to being assessed."""
        assert self.came is not None
        assert self.assessed is not None
        return self.assessed - self.came


@dataclass
class Assessments:
    """What a run came to: children, and by month the numbers refused, waiting and given a plan."""

    children: list[Child] = field(default_factory=list)
    requests: list[int] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    waiting: list[int] = field(default_factory=list)
    plans: list[int] = field(default_factory=list)

    def waits_of(self, month: int) -> list[float]:
        """Waits of the children assessed in a month."""
        return [
            child.wait
            for child in self.children
            if child.assessed is not None and int(child.assessed) == month
        ]


def first_in_first_out(arrivals: list[int], capacity: list[int]) -> Assessments:
    """The queue alone: so many children come in each month and so many can be assessed."""
    result, waiting = Assessments(), []
    for month, (came, limit) in enumerate(zip(arrivals, capacity, strict=True)):
        for number in range(came):
            child = Child(month, came=month + (number + 0.5) / came)
            result.children.append(child)
            waiting.append(child)
        taken = min(limit, len(waiting))
        for number in range(taken):
            child = waiting.pop(0)
            child.assessed = month + (number + 0.5) / taken
        result.waiting.append(len(waiting))
    return result


def request_to_plan(
    dice: random.Random,
    months: int,
    mean: float,
    capacity: int,
    decision_lag: float,
    refused_share: float,
    drafting_lag: float,
    plan_share: float,
) -> Assessments:
    """One draw from requests to plans, from nobody on the way at the start."""
    result = Assessments(refused=[0] * months, plans=[0] * months)
    decided: list[list[Child]] = [[] for _ in range(months + 60)]
    ending: list[list[Child]] = [[] for _ in range(months + 60)]
    waiting: list[Child] = []
    for month in range(months):
        asking = poisson(dice, mean)
        result.requests.append(asking)
        for _ in range(asking):
            child = Child(month)
            result.children.append(child)
            decided[month + lag(dice, decision_lag)].append(child)
        joining = []
        for child in decided[month]:
            if dice.random() < refused_share:
                result.refused[month] += 1
            else:
                joining.append(child)
        for number, child in enumerate(joining):
            child.came = month + (number + 0.5) / len(joining)
            waiting.append(child)
        taken = min(capacity, len(waiting))
        for number in range(taken):
            child = waiting.pop(0)
            child.assessed = month + (number + 0.5) / taken
            ending[month + lag(dice, drafting_lag)].append(child)
        result.waiting.append(len(waiting))
        for child in ending[month]:
            child.ended = month
            child.plan = dice.random() < plan_share
            result.plans[month] += child.plan
    return result


def lag(dice: random.Random, months: float) -> int:
    """Whole months, one more as often as the part says."""
    return int(months) + (dice.random() < months - int(months))


def poisson(dice: random.Random, mean: float) -> int:
    """A Poisson number, by counting arrivals in a unit of time."""
    count, product = 0, dice.random()
    while product > math.exp(-mean):
        count += 1
        product *= dice.random()
    return count
