"""Top-up bands through time: how awards drift between bands, and new band matrices from a date.

Amounts by band are shares of those with top-up, or pupils; drift keeps their sum, a new matrix moves
holders of old bands to new ones by stated shares.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from model.draws import Draws
from model.reference.calendar import MONTHS, month_index
from model.scenario.funding_schema import Band, BandDrift, Rebanding

Floats = NDArray[np.float64]
ByBand = dict[str, Floats]
"""Amounts by band, each (month, draw)."""


def grown(amount: float, growth_a_year: float, years: float) -> float:
    """Awards of a band after some years of growth, before the whole is scaled back.

    >>> round(grown(100, 0.16, 1)), round(grown(100, 0.22, 1))
    (116, 122)
    """
    return amount * float((1 + growth_a_year) ** years)


def drifted(shares: Mapping[str, Floats], drift: Sequence[BandDrift], draws: Draws) -> ByBand:
    """Shares by band in each month, their sum kept: `shares` (draw,) hold when the first year begins."""
    months = draws.months
    if not drift:
        return {
            name: np.broadcast_to(share, (months, draws.size)) for name, share in shares.items()
        }
    growth = {item.band: draws.of(item.growth_a_year) for item in drift}
    years = (np.arange(months) / MONTHS)[:, None]
    weights = {
        name: share * (1 + growth[name]) ** years if name in growth
        else np.broadcast_to(share, (months, draws.size))
        for name, share in shares.items()
    }  # fmt: skip
    before = sum(shares.values(), np.zeros(draws.size))
    total = sum(weights.values(), np.zeros((months, draws.size)))
    scale = np.divide(before, total, out=np.zeros_like(total), where=total > 0)
    return {name: weight * scale for name, weight in weights.items()}


def with_converted(
    shares: ByBand, plans: Floats, coverage: Floats, converted: ByBand, fte_per_pupil: Floats
) -> tuple[ByBand, Floats]:
    """Shares by band of those with top-up, and how many they are (month, draw), where `converted`
    pupils of a pool, by band (month, draw), are among `plans` and keep the band of their award.

    The others are spread by `shares` and `coverage` of them have top-up.

    >>> part, number = with_converted({"a": np.array([1.0])}, np.array([50.0]), np.array([0.5]),
    ...                               {"b": np.array([10.0])}, np.array([1.0]))
    >>> float(number[0]), round(float(part["b"][0]), 3)
    (30.0, 0.333)
    """
    pupils = sum(converted.values(), np.zeros_like(plans))
    among = np.minimum(1.0, np.divide(plans, pupils, out=np.ones_like(plans), where=pupils > 0))
    own = {name: count * among * fte_per_pupil for name, count in converted.items()}
    others = (plans - pupils * among) * coverage
    number = others + sum(own.values(), np.zeros_like(plans))
    nobody = np.zeros_like(plans)
    amounts = {
        name: np.divide(
            shares.get(name, nobody) * others + own.get(name, nobody),
            number,
            out=nobody + shares.get(name, nobody),
            where=number > 0,
        )
        for name in dict.fromkeys((*shares, *own))
    }
    return amounts, number


def rebanded(amounts: ByBand, rebandings: Sequence[Rebanding], draws: Draws) -> ByBand:
    """Amounts by band with the holders of old bands moved to new ones from each date on."""
    result = dict(amounts)
    for item in sorted(rebandings, key=lambda one: one.start):
        since = _since(item, draws)
        after = dict(result)
        for old in item.bands:
            if old.band not in result:
                continue
            moving = np.where(since, result[old.band], 0.0)
            after[old.band] = after[old.band] - moving
            for name, share in draws.shares(old.to).items():
                after[name] = after.get(name, np.zeros_like(moving)) + moving * share
        result = after
    return result


def band_values(
    bands: Sequence[Band],
    rebandings: Sequence[Rebanding],
    holders: Sequence[tuple[ByBand, Floats]],
    draws: Draws,
    earlier_scales: Mapping[str, Floats] | None = None,
) -> tuple[ByBand, dict[str, Floats]]:
    """Full-year value of each band in each month, pounds (month, draw), and the scale of each
    cost-neutral matrix (draw,).

    A cost-neutral matrix has its new values scaled, in each draw, so that the holders of its first
    month cost what they did before. `holders`: amounts by band before any new matrix, and how many
    plans or pupils they are of (month, draw). `earlier_scales` are those of matrices that began
    before the months at hand, for a forecast that starts later.
    """
    scales = dict(earlier_scales or {})
    values = {band.id: draws.monthly(band.annual_value_gbp) for band in bands}
    in_order = sorted(rebandings, key=lambda one: one.start)
    for index, item in enumerate(in_order):
        month = month_index(item.start.year, item.start.month, draws.years.start)
        if not item.cost_neutral or not 0 <= month < draws.months:
            continue
        new = {name for old in item.bands for name in old.to.shares}
        if item.id not in scales:
            before, kept, moved = (np.zeros(draws.size) for _ in range(3))
            for amounts, number in holders:
                old = rebanded(amounts, in_order[:index], draws)
                before += _cost_at(month, old, number, values, draws)
                for name, amount in rebanded(amounts, in_order[: index + 1], draws).items():
                    cost = _cost_at(month, {name: amount}, number, values, draws)
                    if name in new:
                        moved += cost
                    else:
                        kept += cost
            scales[item.id] = np.divide(
                before - kept, moved, out=np.ones(draws.size), where=moved > 0
            )
        for name in new:
            scaled = values[name] * scales[item.id]
            values[name] = np.where(_since(item, draws), scaled, values[name])
    return values, scales


def _since(item: Rebanding, draws: Draws) -> NDArray[np.bool_]:
    start = month_index(item.start.year, item.start.month, draws.years.start)
    return (np.arange(draws.months) >= start)[:, None]


def _cost_at(month: int, amounts: ByBand, number: Floats, values: ByBand, draws: Draws) -> Floats:
    total = np.zeros(draws.size)
    for name, amount in amounts.items():
        total = total + amount[month] * number[month] * values[name][month]
    return total


def mean_value(amounts: ByBand, values: ByBand, draws: Draws) -> Floats:
    """Sum over bands of amount x value, pounds (month, draw)."""
    total = np.zeros((draws.months, draws.size))
    for name, amount in amounts.items():
        total += amount * values[name]
    return total
