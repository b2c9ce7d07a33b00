"""Inputs that can be told apart: one alone, or several that the scenario ties together.

What correlated inputs do cannot be shared out between them without an assumption of its own, so they
count as one. So do the years of one input, the shares of one set, and inputs sampled jointly.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from model.draws import Override
from model.scenario.checks import correlation_matrix
from model.scenario.inputs import Figure, Input, inputs
from model.scenario.quantities import Quantity, Yearly
from model.scenario.schema import Scenario

Floats = NDArray[np.float64]

LOW, HIGH = 0.1, 0.9
"""The ends of an input's range, as percentiles of its distribution."""


@dataclass(frozen=True)
class InputGroup:
    """Uncertain inputs that move together, with the correlations (input, input) of their normal scores."""

    entries: tuple[Input, ...]
    correlations: Floats

    @property
    def name(self) -> str:
        """The path of the input, or the paths of all that are tied together."""
        return ", ".join(entry.path for entry in self.entries)

    @property
    def title(self) -> str:
        """The path of the input, or of the first of those tied together."""
        first, others = self.entries[0].path, len(self.entries) - 1
        return first if not others else f"{first} and {others} tied to it"

    @property
    def meaning(self) -> str:
        """What the first of the inputs is, in the words of the schema."""
        return " ".join(self.entries[0].description.split())

    def alone(self, index: int, level: float, years: range) -> dict[str, Override]:
        """One input of the group at a percentile (0..1) of its own, the others central."""
        entry = self.entries[index]
        return {entry.path: value_at(entry.figure, level, years)}

    def together(self, effects: Floats, level: float, years: range) -> dict[str, Override]:
        """All inputs of the group where they most likely are when their joint effect is at a percentile.

        `effects` (input,): what each does alone to a figure. To first order the joint effect is
        normal with variance e' R e, and given it the scores are expected at R e z / sqrt(e' R e).
        """
        pull = np.asarray(self.correlations @ effects)
        spread = math.sqrt(max(float(effects @ pull), 0.0))
        z = float(special.ndtri(level))
        scores = pull * z / spread if spread > 0 else np.zeros(len(effects))
        return {
            entry.path: value_at(entry.figure, float(special.ndtr(score)), years)
            for entry, score in zip(self.entries, scores, strict=True)
        }


def input_groups(scenario: Scenario, sampled_jointly: Sequence[str] = ()) -> list[InputGroup]:
    """The uncertain inputs of a scenario in groups, in the order of the file.

    `sampled_jointly`: paths that come from one table of samples are one group.
    """
    entries = {entry.path: entry for entry in inputs(scenario) if not entry.figure.certain}
    joined = {path: {path} for path in entries}
    pairs = [tuple(item.between) for item in scenario.correlations]
    jointly = [path for path in sampled_jointly if path in entries]
    pairs += [(jointly[0], path) for path in jointly[1:]]
    for one, other in pairs:
        if one in joined and other in joined and joined[one] is not joined[other]:
            together = joined[one] | joined[other]
            for path in together:
                joined[path] = together
    groups, done = [], set()
    for path in entries:
        if path in done:
            continue
        paths = [other for other in entries if other in joined[path]]
        done.update(paths)
        members = tuple(entries[other] for other in paths)
        groups.append(InputGroup(members, correlation_matrix(scenario, paths)))
    return groups


def value_at(figure: Figure, level: float, years: range) -> Override:
    """An input at a percentile of its distribution, in every year the same one.

    Of shares the most uncertain one moves and the others make room in proportion.
    """
    if isinstance(figure, Quantity):
        return _quantile(figure, level)
    if isinstance(figure, Yearly):
        return tuple(
            _quantile(figure.at(year), level) if figure.covers(year) else np.nan for year in years
        )
    weights = dict(figure.shares)
    total = sum(weights.values())
    first = max(weights, key=lambda name: weights[name] * (total - weights[name]))
    share = float(special.betaincinv(weights[first], total - weights[first], level))
    rest = (1 - share) / (total - weights[first])
    return tuple(
        (name, share if name == first else weight * rest) for name, weight in weights.items()
    )


def _quantile(figure: Quantity, level: float) -> float:
    return float(figure.distribution.quantile(np.array([level]))[0])


def columns_of(group: InputGroup, sampled: Mapping[str, Floats], through: int) -> Floats:
    """What was drawn of a group (draw, column): years up to the one at index `through`, without
    repeats, so that an input that keeps its quantile through the years is one column."""
    columns: list[Floats] = []
    for entry in group.entries:
        columns += _columns(entry, sampled, through)
    return np.stack(columns, axis=1) if columns else np.zeros((0, 0))


def _columns(entry: Input, sampled: Mapping[str, Floats], through: int) -> list[Floats]:
    figure = entry.figure
    if isinstance(figure, Quantity):
        values = [sampled[entry.path]]
    elif isinstance(figure, Yearly):
        values = [year for year in sampled[entry.path][: through + 1] if np.isfinite(year).all()]
        values = [year for year in values if np.ptp(year) > 0]
        if figure.path == "persistent":
            values = values[-1:]
    else:
        # The last share follows from the others.
        values = [sampled[f"{entry.path}.{name}"] for name in figure.shares][:-1]
    return [value for value in values if np.ptp(value) > 0]
