"""Every uncertain input as a normal score of each draw, and back from a score to its own units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special
from scipy.stats import rankdata

from model.reference.calendar import financial_year_label
from model.results import Results
from model.scenario.checks import correlation_matrix
from model.scenario.inputs import Input, inputs
from model.scenario.quantities import Quantity, ShareSet, Yearly

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ScoredInput:
    """One uncertain input: its path, its entry in the scenario and the expected score of each draw.

    `informed` is False where the first year is certain, so that nothing seen of it can tell. `values`:
    (year, draw) as drawn, one row for a single number. `share`: the name in a set of shares.
    `sampled`: from a table of joint samples, which stands in for the ranges of the scenario.
    """

    path: str
    entry: Input
    scores: Floats
    informed: bool
    values: Floats
    years: range
    share: str | None = None
    sampled: bool = False

    @property
    def writable(self) -> bool:
        """Whether a range in an overlay can say what was learnt of it."""
        return self.share is None and not self.sampled

    def labels(self) -> tuple[str, ...]:
        """Financial years of its rows; '' for a single number."""
        if len(self.values) == 1 and not isinstance(self.entry.figure, Yearly):
            return ("",)
        return tuple(financial_year_label(year) for year in self.years)

    def after(self, mean: float, sd: float) -> tuple[tuple[float, float], ...]:
        """Mean and standard deviation of the score in each row, given those of the first.

        A persistent input moves in every year, an autoregressive one by rho less each year, an
        independent one in the first year alone.
        """
        figure = self.entry.figure
        rows = len(self.values)
        if not isinstance(figure, Yearly) or figure.path == "persistent":
            return ((mean, sd),) * rows
        rho = figure.rho if figure.path == "ar1" else 0.0
        kept = [rho**year for year in range(rows)]
        return tuple(
            (weight * mean, float(np.sqrt(1 - weight**2 * (1 - sd**2)))) for weight in kept
        )

    def quantiles(self, row: int, mean: float, sd: float, levels: Floats) -> Floats:
        """Values at `levels` (level,) of the row when its score is normal (mean, sd). NaN where uncovered."""
        uniform = special.ndtr(mean + sd * special.ndtri(levels))
        figure = self.entry.figure
        if not self.writable:
            return np.asarray(np.quantile(self.values[row], uniform))
        if isinstance(figure, Yearly):
            if not figure.covers(self.years[row]):
                return np.full(len(levels), np.nan)
            figure = figure.at(self.years[row])
        assert isinstance(figure, Quantity)
        return np.asarray(figure.distribution.quantile(uniform))


def expected_scores(values: Floats) -> Floats:
    """Normal scores by rank (draw,); of equal values, the mean over their ranks.

    >>> expected_scores(np.array([3.0, 1.0, 1.0, 7.0])).round(2)
    array([ 0.32, -0.73, -0.73,  1.15])
    """
    order = np.sort(special.ndtri((np.arange(len(values)) + 0.5) / len(values)))
    first = rankdata(values, method="min").astype(int) - 1
    last = rankdata(values, method="max").astype(int)
    sums = np.concatenate([[0.0], np.cumsum(order)])
    return np.asarray((sums[last] - sums[first]) / (last - first))


def scored_inputs(results: Results) -> list[ScoredInput]:
    """Every input that the run sampled, in the order of the file."""
    samples: Mapping[str, Floats] = results.prepared.loaded.samples or {}
    years = results.scenario.horizon.years
    found = []
    for entry in inputs(results.scenario):
        if entry.figure.certain and entry.path not in samples:
            continue
        for path, share in _paths(entry):
            if path not in results.inputs:
                continue
            values = np.atleast_2d(results.inputs[path])
            first, informed = _first_row(entry, values)
            found.append(
                ScoredInput(
                    path, entry, expected_scores(values[first]), informed, values, years,
                    share, entry.path in samples,
                )
            )  # fmt: skip
    return found


def stated_correlations(results: Results, scored: list[ScoredInput]) -> Floats:
    """Correlations (input, input) of the scores: those of the scenario; of joint samples and of the
    shares of one set, those drawn."""
    paths = [item.path for item in scored]
    matrix: Floats = np.array(correlation_matrix(results.scenario, paths))
    blocks: dict[str, list[int]] = {}
    for place, item in enumerate(scored):
        if item.sampled:
            blocks.setdefault("", []).append(place)
        elif item.share is not None:
            blocks.setdefault(item.entry.path, []).append(place)
    for rows in blocks.values():
        if len(rows) > 1:
            matrix[np.ix_(rows, rows)] = np.corrcoef([scored[row].scores for row in rows])
    return matrix


def _paths(entry: Input) -> list[tuple[str, str | None]]:
    if isinstance(entry.figure, ShareSet):
        return [(f"{entry.path}.{name}", name) for name in entry.figure.shares]
    return [(entry.path, None)]


def _first_row(entry: Input, values: Floats) -> tuple[int, bool]:
    """The row whose scores stand for the first year's, and whether that is the first year itself."""
    uncertain = [row for row, drawn in enumerate(values) if np.ptp(drawn) > 0]
    if not uncertain or uncertain[0] == 0:
        return 0, bool(uncertain)
    persistent = isinstance(entry.figure, Yearly) and entry.figure.path == "persistent"
    return (uncertain[0] if persistent else 0), False
