"""Inputs that can be told apart: one alone, or several that the scenario ties together.

What correlated inputs do cannot be shared out between them without an assumption of its own, so they
count as one. So do the years of one input, the shares of one set, and inputs sampled jointly.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import special
from scipy.stats import rankdata

from model.draws import Override
from model.scenario.checks import correlation_matrix
from model.scenario.inputs import Figure, Input, inputs
from model.scenario.quantities import Quantity, Yearly
from model.scenario.schema import Scenario

Floats = NDArray[np.float64]

LOW, HIGH = 0.1, 0.9
"""The ends of an input's range, as percentiles of its distribution."""

RARE = 0.005
"""Of a number with few values the ends are the least and the greatest with this much probability: a
tenth would pass over what is rare and large."""


@dataclass(frozen=True)
class InputGroup:
    """Uncertain inputs that move together, with the correlations (input, input) of their normal scores.

    `samples`: path -> joint samples (sample,), for inputs that come from a table of them.
    """

    entries: tuple[Input, ...]
    correlations: Floats
    samples: Mapping[str, Floats] = field(default_factory=dict)

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
        return {self.entries[index].path: self._at(self.entries[index], level, years)}

    def together(self, effects: Floats, level: float, years: range) -> dict[str, Override]:
        """All inputs of the group where they most likely are when their joint effect is at a percentile.

        `effects` (input,): what each does alone to a figure. To first order the joint effect is
        normal with variance e' R e, and given it the scores are expected at R e z / sqrt(e' R e).
        """
        scores = expected_scores(self.correlations, effects, level)
        return {
            entry.path: self._at(entry, float(special.ndtr(score)), years)
            for entry, score in zip(self.entries, scores, strict=True)
        }

    def _at(self, entry: Input, level: float, years: range) -> Override:
        column = self.samples.get(entry.path)
        if column is None:
            return value_at(entry.figure, level, years)
        return float(np.quantile(column, level, method="inverted_cdf"))


def expected_scores(correlations: Floats, effects: Floats, level: float) -> Floats:
    """Normal scores expected when their weighted sum is at a percentile of its own."""
    pull = np.asarray(correlations @ effects)
    variance = float(effects @ pull)
    if variance <= 0:
        return np.zeros(len(effects))
    return np.asarray(pull * float(special.ndtri(level)) / np.sqrt(variance))


def input_groups(
    scenario: Scenario, samples: Mapping[str, Floats] | None = None
) -> list[InputGroup]:
    """The uncertain inputs of a scenario in groups, in the order of the file.

    `samples`: path -> joint samples (sample,); paths from one table are one group, tied as the table
    has them.
    """
    entries = {entry.path: entry for entry in inputs(scenario) if not entry.figure.certain}
    sampled = {path: column for path, column in (samples or {}).items() if path in entries}
    joined = {path: {path} for path in entries}
    pairs = [tuple(item.between) for item in scenario.correlations]
    jointly = list(sampled)
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
        matrix: Floats = np.array(correlation_matrix(scenario, paths))
        for i, one in enumerate(paths):
            for j, other in enumerate(paths):
                if i != j and one in sampled and other in sampled:
                    matrix[i, j] = _score_correlation(sampled[one], sampled[other])
        members = tuple(entries[other] for other in paths)
        own = {other: sampled[other] for other in paths if other in sampled}
        groups.append(InputGroup(members, matrix, own))
    return groups


def _score_correlation(one: Floats, other: Floats) -> float:
    scores = [special.ndtri((rankdata(column) - 0.5) / len(column)) for column in (one, other)]
    return float(np.asarray(np.corrcoef(scores))[0, 1])


def value_at(figure: Figure, level: float, years: range) -> Override:
    """An input at a percentile of its distribution.

    A number that keeps its quantile is at it in every year. One that goes its own way from year to year
    is where its years most likely are when their sum is at the percentile, so that its swing is no
    larger than what such years come to. Of shares the most uncertain one moves and the others make room
    in proportion.
    """
    if isinstance(figure, Quantity):
        return _quantile(figure, level)
    if isinstance(figure, Yearly):
        return _through_time(figure, level, years)
    weights = dict(figure.shares)
    total = sum(weights.values())
    first = max(weights, key=lambda name: weights[name] * (total - weights[name]))
    share = float(special.betaincinv(weights[first], total - weights[first], level))
    rest = (1 - share) / (total - weights[first])
    return tuple(
        (name, share if name == first else weight * rest) for name, weight in weights.items()
    )


def _through_time(figure: Yearly, level: float, years: range) -> tuple[float, ...]:
    count = len(years)
    levels = np.full(count, level)
    if figure.path != "persistent":
        apart = np.abs(np.subtract.outer(np.arange(count), np.arange(count)))
        rho = figure.rho if figure.path == "ar1" else 0.0
        # Years that are certain have no part in it.
        moving = np.array(
            [figure.covers(y) and not figure.at(y).certain for y in years], dtype=float
        )
        levels = special.ndtr(expected_scores(np.power(rho, apart), moving, level))
    return tuple(
        _quantile(figure.at(year), float(one)) if figure.covers(year) else np.nan
        for year, one in zip(years, levels, strict=True)
    )


def _quantile(figure: Quantity, level: float) -> float:
    if figure.distribution.mode is not None and not figure.certain:
        level = RARE if level < 0.5 else 1 - RARE if level > 0.5 else level
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
