"""Safety Valve payments: paid on track, withheld off track, paid when back on; and an extended agreement.

A payment with a test looks at the position without support at the end of a year and at that year's
agreed target. On or below it (with the allowance) the payment is made in full in its year; above it a
stated part is. What is withheld is paid in the first later year for which the same test, as many years
before, is met, or never, as the agreement says. Nothing is circular, because the position tested holds
no support.

Where an extension is agreed in a draw, what has not been paid by its first year is paid in the shares
of the extension instead, tested against its own targets.

Source: design 5.7; five authorities had 17.7m of 22.2m withheld for 2023-24 until agreements were revised,
and two agreements were extended to nine years (Schools Week, 21 March 2024).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from model.account.support.position import Payments, SupportTerms, UnsupportedPosition
from model.account.support.timing import part_of_year_held
from model.draws import Draws
from model.scenario.account_schema import (
    Account,
    PaymentTest,
    SafetyValveExtension,
    SupportPayment,
    Target,
)

Floats = NDArray[np.float64]


def safety_valve(
    account: Account,
    position: UnsupportedPosition,
    earlier: Floats,
    terms: SupportTerms,
    draws: Draws,
) -> Payments | None:
    """Payments of the agreement, or None without one. `earlier` is not looked at.

    Raises KeyError where a test names a year without a target; the scenario's checks refuse that.
    """
    if not account.support_payments:
        return None
    size = (len(position.years), draws.size)
    paid, held, due = np.zeros(size), np.zeros(size), np.zeros(size)
    extension = account.safety_valve_extension
    agreed = draws.of(extension.agreed) if extension is not None else np.zeros(draws.size)
    changes = max(extension.from_year - position.years.start, 0) if extension else size[0]
    unpaid = np.zeros(draws.size)
    for payment in account.support_payments:
        amount = draws.of(payment.amount_gbp)
        one = _paid(amount, payment.year, payment.test, terms.targets, position, draws)
        one[changes:] *= 1 - agreed
        if not _lost(payment, extension):
            unpaid = unpaid + amount - one[:changes].sum(axis=0)
        paid += one
        held += one * part_of_year_held(payment.paid_in)
        _fall_due(due, _still_due(amount, one, payment.test), payment.year, position)
    # Under an extension nothing of the old dates is due any more but what was paid on them.
    due[changes:] = (1 - agreed) * due[changes:] + agreed * paid[:changes].sum(axis=0)
    for part in extension.payments if extension is not None else ():
        assert extension is not None
        amount = agreed * unpaid * draws.of(part.share)
        one = _paid(amount, part.year, part.test, extension.targets, position, draws)
        paid += one
        held += one * part_of_year_held(part.paid_in)
        _fall_due(due, _still_due(amount, one, part.test), part.year, position)
    return Payments(paid, held, due - np.cumsum(paid, axis=0))


def _lost(payment: SupportPayment, extension: SafetyValveExtension | None) -> bool:
    """Whether a payment that was withheld before the extension is gone for good."""
    if extension is None or payment.year >= extension.from_year:
        return False
    return payment.test is not None and payment.test.on_return == "lost"


def _still_due(amount: Floats, paid: Floats, test: PaymentTest | None) -> Floats:
    """What of a payment falls due (draw,): what is withheld for good never does."""
    lost = test is not None and test.on_return == "lost"
    return paid.sum(axis=0) if lost else amount


def _fall_due(due: Floats, amount: Floats, year: int, position: UnsupportedPosition) -> None:
    """Add a payment to what is due from its year on."""
    if year < position.years.stop:
        due[year - position.years.start :] += amount


def _paid(
    amount: Floats,
    year: int,
    test: PaymentTest | None,
    targets: Sequence[Target],
    position: UnsupportedPosition,
    draws: Draws,
) -> Floats:
    """One payment by the year in which it is made, pounds (year, draw)."""
    paid = np.zeros((len(position.years), draws.size))
    if year not in position.years:
        return paid
    due = year - position.years.start
    if test is None:
        paid[due] = amount
        return paid
    lag = year - test.year
    met = _met(test, test.year, targets, position, draws)
    paid[due] = amount * np.where(met, 1.0, draws.of(test.paid_off_track))
    left = amount - paid[due]
    if test.on_return == "paid":
        known = {target.year for target in targets}
        needed = (0, 1) if test.measure == "in_year" else (0,)
        for later in range(year + 1, position.years.stop):
            if all(later - lag - before in known for before in needed):
                back = _met(test, later - lag, targets, position, draws)
                paid[later - position.years.start] = np.where(back, left, 0.0)
                left = np.where(back, 0.0, left)
    return paid


def _met(
    test: PaymentTest,
    year: int,
    targets: Sequence[Target],
    position: UnsupportedPosition,
    draws: Draws,
) -> NDArray[np.bool_]:
    """Whether a year's position meets its target, within the allowance (draw,)."""
    by_year = {target.year: draws.of(target.cumulative_deficit_gbp) for target in targets}
    index = year - position.years.start
    allowed = by_year[year] + draws.of(test.allowance_gbp)
    if test.measure == "cumulative":
        return np.asarray(position.without_support[index] <= allowed)
    return np.asarray(position.whole_in_year[index] <= allowed - by_year[year - 1])
