"""Opening plans by age, setting and need, from published margins.

Published margins (age group, setting, and setting by phase where given) are met on the national
pattern of single ages and settings; needs come from a published margin or national shares. With
chance on, each draw opens with its own whole plans that keep every published margin, from a random
stream of its own; with chance off, with expected values.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.chance.philox import Key
from model.cohort.fitting import fit_and_round, fit_to_margins, round_table, spread_whole
from model.reference.codes import (
    AGE_GROUPS,
    AGES,
    NEEDS,
    PHASES,
    SETTINGS,
    age_group_of,
    phase_of,
)
from model.reference.national import NationalRates
from model.scenario.plans_schema import OpeningPlans

Floats = NDArray[np.float64]

_AGE_STAGE, _SINGLE_AGE_STAGE, _NEED_STAGE = 0, 1, 2
_SEED_FLOOR = 1e-4
"""Share of the national seed given to cells that a margin needs and the national table lacks."""


@dataclass(frozen=True)
class Opening:
    """Expected opening plans and the margins they keep.

    `expected`: (age, setting, need). `by_group`: (age group, column) where `columns` are
    (setting, phase or -1). `needs_published` says whether the need margin is kept exactly.
    """

    expected: Floats
    by_group: Floats
    columns: tuple[tuple[int, int], ...]
    needs_published: bool

    @property
    def possible(self) -> NDArray[np.bool_]:
        """Cells (age, setting) that hold plans at the start in some draw."""
        return np.asarray(self.expected.sum(axis=2) > 0)

    def whole(self, key: Key, first_draw: int, draws: int) -> Floats:
        """Whole plans (age, setting, need, draw) that keep the published margins."""
        groups = round_table(self.by_group, key, first_draw, draws, _AGE_STAGE)
        by_age = self._single_ages(groups, key, first_draw, draws)
        cells = by_age.reshape(len(AGES) * len(SETTINGS), draws)
        shares = self.expected.reshape(len(AGES) * len(SETTINGS), len(NEEDS))
        out = np.zeros((*shares.shape, draws))
        if self.needs_published:
            margin = self.expected.sum(axis=(0, 1))
            # A trace everywhere keeps every draw's cells able to meet the margin.
            trace = _SEED_FLOOR * margin / max(float(margin.sum()), 1.0)
            seed = shares + shares.sum(axis=1, keepdims=True) * trace
            fit_and_round(seed, cells, margin, first_draw, _NEED_STAGE, key[0], key[1], out)
        else:
            totals = shares.sum(axis=1, keepdims=True)
            shares = np.divide(shares, totals, out=np.zeros_like(shares), where=totals > 0)
            spread_whole(cells, shares, first_draw, _NEED_STAGE, key[0], key[1], out)
        return out.reshape(len(AGES), len(SETTINGS), len(NEEDS), draws)

    def _single_ages(self, groups: Floats, key: Key, first_draw: int, draws: int) -> Floats:
        """Whole plans (age, setting, draw): each age group and column spread over single ages."""
        by_age = self.expected.sum(axis=2)
        rows, shares = [], []
        for group in range(len(AGE_GROUPS)):
            for column, (setting, phase) in enumerate(self.columns):
                share = np.array(
                    [by_age[age, setting] * _inside(age, group, phase) for age in AGES]
                )
                total = share.sum()
                rows.append(groups[group, column])
                shares.append(share / total if total > 0 else share)
        spread = np.zeros((len(rows), len(AGES), draws))
        spread_whole(
            np.array(rows), np.array(shares), first_draw, _SINGLE_AGE_STAGE, key[0], key[1], spread
        )
        result = np.zeros((len(AGES), len(SETTINGS), draws))
        for row, (_, column) in enumerate(np.ndindex(len(AGE_GROUPS), len(self.columns))):
            result[:, self.columns[column][0]] += spread[row]
        return result


def _inside(age: int, group: int, phase: int) -> bool:
    return age_group_of(age) == group and phase in (-1, phase_of(age))


def fit_opening(plans: OpeningPlans, national: NationalRates) -> Opening:
    """Opening plans fitted to the published margins on the national pattern.

    Raises ValueError naming the margins when they cannot hold together (for example plans under 5
    in further education).
    """
    columns, column_totals = _columns(plans)
    seed = np.zeros((len(AGE_GROUPS), len(columns)))
    possible = _possible_ages(national)
    for group in range(len(AGE_GROUPS)):
        for index, (setting, phase) in enumerate(columns):
            for age in AGES:
                if _inside(age, group, phase):
                    seed[group, index] += possible[age, setting]
    row_totals = np.array([plans.age_groups.get(group, 0) for group in AGE_GROUPS], dtype=float)
    by_group = fit_to_margins(seed, row_totals, column_totals)
    expected = np.zeros((len(AGES), len(SETTINGS)))
    for group in range(len(AGE_GROUPS)):
        for index, (setting, phase) in enumerate(columns):
            if by_group[group, index] == 0:
                continue
            inside = np.array([_inside(age, group, phase) for age in AGES])
            pattern = possible[:, setting] * inside
            expected[:, setting] += by_group[group, index] * pattern / pattern.sum()
    by_need = expected[:, :, None] * national.stock_need_share
    if plans.needs is not None:
        margin = np.array([plans.needs.get(need, 0) for need in NEEDS], dtype=float)
        flat = by_need.reshape(-1, len(NEEDS))
        floor = _SEED_FLOOR * flat.sum(axis=1, keepdims=True) * margin / max(margin.sum(), 1.0)
        flat = fit_to_margins(flat + floor, flat.sum(axis=1), margin)
        by_need = flat.reshape(by_need.shape)
    return Opening(by_need, by_group, columns, plans.needs is not None)


def _columns(plans: OpeningPlans) -> tuple[tuple[tuple[int, int], ...], Floats]:
    """Columns (setting, phase or -1) of the published setting margin, and their totals."""
    columns: list[tuple[int, int]] = []
    totals: list[float] = []
    for name, value in plans.settings.items():
        setting = SETTINGS.index(name)
        parts = value.items() if isinstance(value, dict) else [(None, value)]
        for phase, number in parts:
            columns.append((setting, -1 if phase is None else PHASES.index(phase)))
            totals.append(float(number))
    return tuple(columns), np.array(totals)


def _possible_ages(national: NationalRates) -> Floats:
    """National pattern (age, setting), with a trace wherever new plans start in a setting.

    A setting that nobody attends nationally (support base, post-16 specialist) takes the ages of
    the mainstream setting of its phase.
    """
    pattern = national.stock_share + _SEED_FLOOR * national.stock_share.mean() * (
        national.first_setting_share > 0
    )
    for empty, like in (
        ("support_base", "mainstream"),
        ("mainstream_post_16_specialist", "mainstream_post_16"),
    ):
        target = SETTINGS.index(empty)
        if pattern[:, target].sum() == 0:
            pattern[:, target] = national.stock_share[:, SETTINGS.index(like)]
    return np.asarray(pattern)
