"""One at a time: each input at the low and the high end of its range, all others central."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.draws import Override
from model.forecast import BLOCK_WIDTH, forecast_designed
from model.funding.anchoring import Anchor
from model.prepared import Prepared
from model.results import dataset, labelled
from model.sensitivity.input_groups import HIGH, LOW, InputGroup
from model.sensitivity.targets import Target

Floats = NDArray[np.float64]
Case = Mapping[str, Override]


@dataclass(frozen=True)
class Swing:
    """A figure with one group of inputs at the low and at the high end of its range.

    A single input is at its 10th and 90th percentile, in every year the same. Inputs that are tied
    together are where their joint effect is at its own 10th (`low`) and 90th percentile (`high`).
    `at_low` and `at_high` are the values set; `low` and `high` are in the figure's unit.
    """

    group: InputGroup
    at_low: Case
    at_high: Case
    low: float
    high: float

    @property
    def size(self) -> float:
        """How far apart the two are."""
        return abs(self.high - self.low)


def swings(
    prepared: Prepared,
    anchors: Mapping[str, Anchor],
    groups: Sequence[InputGroup],
    target: Target,
    year: str,
) -> list[Swing]:
    """The swing of each group, in the groups' order: expected values, two cases a group.

    Cases lie along the draw axis, so that a block of them costs what a block of draws costs.
    """
    years = prepared.scenario.horizon.years

    def ends(pairs: Sequence[tuple[Case, Case]]) -> Floats:
        cases = [case for pair in pairs for case in pair]
        return _outcomes(prepared, anchors, cases, target, year).reshape(-1, 2)

    members = [(group, index) for group in groups for index in range(len(group.entries))]
    alone = ends(
        [(g.alone(index, LOW, years), g.alone(index, HIGH, years)) for g, index in members]
    )
    effects = dict(
        zip(((id(g), index) for g, index in members), alone[:, 1] - alone[:, 0], strict=True)
    )
    pairs = []
    for group in groups:
        own = np.array([effects[id(group), index] for index in range(len(group.entries))])
        if len(own) == 1:
            pairs.append((group.alone(0, LOW, years), group.alone(0, HIGH, years)))
        else:
            pairs.append((group.together(own, LOW, years), group.together(own, HIGH, years)))
    return [
        Swing(group, *pair, float(low), float(high))
        for group, pair, (low, high) in zip(groups, pairs, ends(pairs), strict=True)
    ]


def _outcomes(
    prepared: Prepared,
    anchors: Mapping[str, Anchor],
    cases: Sequence[Case],
    target: Target,
    year: str,
) -> Floats:
    """The figure in each case (case,)."""
    values = [np.zeros(0)]
    for first in range(0, len(cases), BLOCK_WIDTH):
        block = forecast_designed(prepared, anchors, cases[first : first + BLOCK_WIDTH])
        values.append(target.of(dataset(prepared, labelled(block)), year))
    return np.concatenate(values)
