"""All arrangements in the order in which they pay: a new one is a rule here and a key of the account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from model.account.support.later_deficits import later_deficits
from model.account.support.position import Payments, SupportTerms, UnsupportedPosition
from model.account.support.safety_valve import safety_valve
from model.account.support.stability_grant import stability_grant
from model.draws import Draws
from model.scenario.account_schema import Account

Floats = NDArray[np.float64]


class Arrangement(Protocol):
    """A rule of support: what it pays on a position without it, or None where it does not apply.

    `earlier` (year, draw): what arrangements before it pay, pounds.
    """

    def __call__(
        self,
        account: Account,
        position: UnsupportedPosition,
        earlier: Floats,
        terms: SupportTerms,
        draws: Draws,
    ) -> Payments | None:
        """Payments in pounds, each (year, draw)."""


ARRANGEMENTS: Mapping[str, Arrangement] = {
    "safety_valve": safety_valve,
    "stability_grant": stability_grant,
    "later_deficits": later_deficits,
}
TITLES = {
    "safety_valve": "Safety Valve payments",
    "stability_grant": "High Needs Stability Grant",
    "later_deficits": "Deficits after March 2026 met by the department (assumed)",
}


@dataclass(frozen=True)
class Support:
    """Support by arrangement, in pounds; `names` of the arrangements the scenario has.

    `paid`, `held` and `due_unpaid` (arrangement, year, draw), see `Payments`; `figures` name -> (draw,).
    """

    names: tuple[str, ...]
    paid: Floats
    held: Floats
    due_unpaid: Floats
    figures: Mapping[str, Floats]

    @property
    def total(self) -> Floats:
        """All support (year, draw)."""
        total = np.zeros(self.paid.shape[1:])
        for one in self.paid:
            total = total + one
        return total


def given(account: Account) -> tuple[str, ...]:
    """Names of the arrangements that a scenario has."""
    has = {
        "safety_valve": bool(account.support_payments),
        "stability_grant": account.stability_grant is not None,
        "later_deficits": bool(account.later_deficits),
    }
    return tuple(name for name in ARRANGEMENTS if has[name])


def support(
    account: Account, position: UnsupportedPosition, terms: SupportTerms, draws: Draws
) -> Support:
    """Every arrangement on the position without support, one after another."""
    earlier = np.zeros((len(position.years), draws.size))
    found: dict[str, Payments] = {}
    for name, rule in ARRANGEMENTS.items():
        payments = rule(account, position, earlier, terms, draws)
        if payments is not None:
            found[name] = payments
            earlier = earlier + payments.paid
    size = (len(found), *earlier.shape)
    figures = {key: value for one in found.values() for key, value in one.figures.items()}
    return Support(
        tuple(found),
        np.array([one.paid for one in found.values()]).reshape(size),
        np.array([one.held for one in found.values()]).reshape(size),
        np.array([one.due_unpaid for one in found.values()]).reshape(size),
        figures,
    )
