"""Nurture groups: what they cost, the top-up they replace, and what they avert (design 5.5).

Cost is places x rate x months/12 from the month a group opens. Top-up of pupils admitted is withheld
for their stay, so that the net cost lies between nil and the full cost. A place is completed when a
stay ends; each completed place averts a request, or a placement, with a probability whose evidence
is a small pilot, and what is averted fades: some of it comes back every year.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.draws import Draws
from model.reference.calendar import MONTHS, month_index
from model.reference.codes import AGE_GROUPS
from model.scenario.funding_schema import Band, NurtureEffect, NurtureGroup

Floats = NDArray[np.float64]

AGE_GROUP_OF_PHASE = {"primary": "5_to_10", "secondary": "11_to_15"}
"""Whose requests a group of a phase averts."""


def open_months(group: NurtureGroup, first_year: int, months: int) -> NDArray[np.bool_]:
    """Which months of the horizon a group is open, shape (month,)."""
    opens = month_index(group.opens.year, group.opens.month, first_year)
    return np.arange(months) >= opens


def group_rate(group: NurtureGroup, bands: Mapping[str, Band], draws: Draws) -> Floats:
    """Yearly funding of one place of a group in pounds, shape (month, draw)."""
    rate = bands[group.band].annual_value_gbp if group.band is not None else group.rate_gbp
    assert rate is not None
    return draws.monthly(rate)


def nurture_funding(
    groups: Sequence[NurtureGroup], bands: Mapping[str, Band], draws: Draws
) -> Floats:
    """Gross monthly funding of all groups in pounds, shape (month, draw).

    Source: five groups for a year and three from September at 7/12 cost 474,458 (paper 000:2117,
    2140-2150).
    """
    total = np.zeros((draws.months, draws.size))
    for funding in funding_by_group(groups, bands, draws):
        total += funding
    return total


def funding_by_group(
    groups: Sequence[NurtureGroup], bands: Mapping[str, Band], draws: Draws
) -> Floats:
    """Gross monthly funding of each group in pounds, shape (group, month, draw)."""
    result = np.zeros((len(groups), draws.months, draws.size))
    for index, group in enumerate(groups):
        monthly = group_rate(group, bands, draws) * group.places / MONTHS
        result[index] = monthly * open_months(group, draws.years.start, draws.months)[:, None]
    return result


def withheld_by_group(
    effect: NurtureEffect,
    groups: Sequence[NurtureGroup],
    bands: Mapping[str, Band],
    draws: Draws,
) -> Floats:
    """Top-up withheld from pupils in each group, pounds a month, positive, (group, month, draw).

    At most the group's own rate for a place: ten pupils who all have C2 make a C2 group free (E6).
    """
    result = np.zeros((len(groups), draws.months, draws.size))
    share = draws.monthly(effect.occupied_share) * draws.monthly(effect.with_top_up_share)
    award = draws.monthly(effect.withheld_gbp)
    for index, group in enumerate(groups):
        each = np.minimum(award, group_rate(group, bands, draws))
        open_ = open_months(group, draws.years.start, draws.months)[:, None]
        result[index] = each * share * group.places / MONTHS * open_
    return result


def completed_places(effect: NurtureEffect, groups: Sequence[NurtureGroup], draws: Draws) -> Floats:
    """Places completed in each month by group, (group, month, draw): a place gives one every stay,
    the first at the end of the first stay. Groups open before the horizon are in their stride."""
    result = np.zeros((len(groups), draws.months, draws.size))
    months = np.arange(draws.months)[:, None]
    stay = draws.monthly(effect.stay_months)
    occupied = draws.monthly(effect.occupied_share)
    for index, group in enumerate(groups):
        opens = month_index(group.opens.year, group.opens.month, draws.years.start)
        result[index] = group.places * occupied / stay * (months + 1 >= opens + np.ceil(stay))
    return result


@dataclass(frozen=True)
class Averted:
    """What nurture groups avert in a block. `requests` (month, age group, draw): requests less in
    the month, those that come back set against them. `placements`: driver -> placements less in
    force (month, draw). `instead_gbp`: driver -> what these children cost instead, pounds a month at
    base-year prices (month, draw). `completed` (group, month, draw)."""

    requests: Floats
    placements: dict[str, Floats]
    instead_gbp: dict[str, Floats]
    completed: Floats


def averted(effect: NurtureEffect, groups: Sequence[NurtureGroup], draws: Draws) -> Averted:
    """What completed places avert, expected values."""
    completed = completed_places(effect, groups, draws)
    requests = np.zeros((draws.months, len(AGE_GROUPS), draws.size))
    for phase, name in AGE_GROUP_OF_PHASE.items():
        places = np.zeros((draws.months, draws.size))
        for group, done in zip(groups, completed, strict=True):
            if group.phase == phase:
                places = places + done
        held = faded(places * draws.monthly(effect.averts_request_share), effect, draws)
        requests[:, AGE_GROUPS.index(name)] = np.diff(held, axis=0, prepend=0.0)
    total = np.zeros((draws.months, draws.size))
    for done in completed:
        total = total + done
    placements: dict[str, Floats] = {}
    instead: dict[str, Floats] = {}
    for item in effect.averts_placements:
        held = faded(total * draws.monthly(item.probability), effect, draws)
        placements[item.driver] = placements.get(item.driver, 0.0) + held
        cost = held * draws.of(item.instead_gbp) / MONTHS
        instead[item.driver] = instead.get(item.driver, 0.0) + cost
    return Averted(requests, placements, instead, completed)


def faded(averted_a_month: Floats, effect: NurtureEffect, draws: Draws) -> Floats:
    """Still averted at the end of each month (month, draw), when a share comes back every year."""
    stays = (1 - np.minimum(draws.monthly(effect.fade_a_year), 1.0)) ** (1 / MONTHS)
    held = np.zeros_like(averted_a_month)
    now = np.zeros(averted_a_month.shape[-1])
    for month, more in enumerate(averted_a_month):
        now = now * stays[month] + more
        held[month] = now
    return held
