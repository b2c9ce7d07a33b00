"""What a number of a scenario is once read: plain or uncertain, one, by year, or shares.

How a user's text becomes one of these is in `number_rule`, `yearly_rule` and `shares_rule`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from model.reference.calendar import financial_year_label
from model.scenario.distributions import Distribution
from model.scenario.provenance import Provenance

TimePath = Literal["persistent", "ar1", "independent"]


@dataclass(frozen=True, eq=False)
class Quantity:
    """One number, plain or uncertain. Identity, not value, tells two quantities apart.

    `low` and `high` are the permitted range, which joint samples must keep to as well.
    """

    distribution: Distribution
    provenance: Provenance = field(default_factory=Provenance)
    unit: str = ""
    low: float = -math.inf
    high: float = math.inf

    @property
    def central(self) -> float:
        """The value used by the central run."""
        return self.distribution.central

    @property
    def certain(self) -> bool:
        """True when every draw has the same value."""
        return self.distribution.certain


@dataclass(frozen=True, eq=False)
class Yearly:
    """A number for every financial year: given years, then a value for the years after them.

    `path` says how one uncertain year goes with the next: persistent (one quantile for all years),
    ar1 (with correlation `rho` from year to year) or independent.
    """

    by_year: Mapping[int, Quantity]
    then: Quantity | None
    path: TimePath
    rho: float = 0.0
    provenance: Provenance = field(default_factory=Provenance)
    unit: str = ""

    def at(self, year: int) -> Quantity:
        """The number for the financial year that starts in April of `year`."""
        if year in self.by_year:
            return self.by_year[year]
        if self.then is None:
            raise KeyError(financial_year_label(year))
        return self.then

    def covers(self, year: int) -> bool:
        """True when there is a value for the financial year starting in April of `year`."""
        return self.then is not None or year in self.by_year

    @property
    def certain(self) -> bool:
        """True when no year is uncertain."""
        return all(q.certain for q in self.by_year.values()) and (
            self.then is None or self.then.certain
        )


@dataclass(frozen=True, eq=False)
class ShareSet:
    """Named shares that sum to 1, fixed or Dirichlet (`weights` are then its parameters)."""

    shares: Mapping[str, float]
    dirichlet: bool = False
    provenance: Provenance = field(default_factory=Provenance)

    @property
    def certain(self) -> bool:
        """True when every draw has the same shares."""
        return not self.dirichlet

    @property
    def central(self) -> dict[str, float]:
        """Mean shares, summing to 1."""
        total = math.fsum(self.shares.values())
        return {name: value / total for name, value in self.shares.items()}
