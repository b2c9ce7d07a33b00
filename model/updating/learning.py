"""What a new count or outturn says of a scenario's inputs: which move, by how much, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import special

from model.results import Results
from model.scenario.problems import Problem, ScenarioError
from model.updating.adjusting import Adjusted, adjust, links
from model.updating.arrivals import Arrivals
from model.updating.figures import SeenFigure, seen_figures
from model.updating.rules import update_rules
from model.updating.scores import ScoredInput, scored_inputs, stated_correlations

Floats = NDArray[np.float64]

LEVELS: Final = np.array([0.1, 0.5, 0.9])


@dataclass(frozen=True)
class UpdatedInput:
    """One uncertain input before and after.

    `moved` is the change of the middle in standard deviations of the old range, `sd` what is left of
    that range (1: all). `years`: labels, '' for a single number; `before` and `after` (year, 3): 10th,
    50th and 90th percentiles, NaN where the input has no value. `scores`: mean and standard deviation
    of the score in each year.
    """

    scored: ScoredInput
    moved: float
    sd: float
    years: tuple[str, ...]
    before: Floats
    after: Floats
    scores: tuple[tuple[float, float], ...]

    @property
    def path(self) -> str:
        """The input's path."""
        return self.scored.path

    @property
    def touched(self) -> bool:
        """Whether anything seen has to do with it."""
        return self.moved != 0 or self.sd < 1 - 1e-9

    @property
    def matters(self) -> bool:
        """Whether it moves or narrows by the least that an overlay holds."""
        rules = update_rules()
        return abs(self.moved) >= rules.least_move or self.sd <= 1 - rules.least_narrowing

    @property
    def first(self) -> int:
        """The first year in which it is uncertain."""
        wide = self.before[:, 2] > self.before[:, 0]
        return int(np.argmax(wide)) if wide.any() else 0


@dataclass(frozen=True)
class Learnt:
    """An update. `used`: figures learnt from, in the order of `adjusted`'s; `scale` (figure,) turns
    its parts into each figure's own unit. `inputs`: every uncertain input, in the order of the file."""

    arrivals: Arrivals
    figures: tuple[SeenFigure, ...]
    used: tuple[SeenFigure, ...]
    adjusted: Adjusted
    scale: Floats
    inputs: tuple[UpdatedInput, ...]

    @property
    def moved(self) -> list[UpdatedInput]:
        """Inputs that matter, the one moved most first."""
        return sorted(
            (item for item in self.inputs if item.matters), key=lambda item: -abs(item.moved)
        )

    @property
    def correlations(self) -> Floats:
        """Correlations (input, input) of the scores after."""
        sd = np.sqrt(np.maximum(np.diag(self.adjusted.covariance), 1e-12))
        return np.asarray(self.adjusted.covariance / np.outer(sd, sd))

    @property
    def chance_of_as_far(self) -> float:
        """Chance that all figures together come as far off the forecast, 1 where nothing is learnt from.

        A chi-squared tail of the discrepancy. Figures each within their range may be out of the question
        together: a forecast of plans that follow new plans does not have many of one and few of the other.
        """
        if not self.used:
            return 1.0
        return float(special.chdtrc(len(self.used), self.adjusted.discrepancy))

    def contributions(self, figure: int) -> tuple[list[tuple[str, float]], float, float]:
        """What explains a surprise, in the figure's unit: by input (largest first), chance and what
        no input explains, and recording. They add up to what came less the forecast's median."""
        scale = self.scale[figure]
        parts = self.adjusted.by_input[:, figure] * scale
        order = sorted(range(len(parts)), key=lambda place: -abs(parts[place]))
        by_input = [
            (self.inputs[place].path, float(parts[place])) for place in order if parts[place]
        ]
        rest, noise = self.adjusted.by_rest[figure], self.adjusted.by_noise[figure]
        return by_input, float(rest * scale), float(noise * scale)


def learn(results: Results, arrivals: Arrivals) -> Learnt:
    """Update the inputs of a finished run. Raises ScenarioError where nothing of it is uncertain."""
    scored = scored_inputs(results)
    if not scored:
        raise ScenarioError(
            [
                Problem(
                    results.scenario.name, None, "", "no input is uncertain, so none can be updated",
                    expected="ranges, such as {between: [low, high]}",
                )
            ]
        )  # fmt: skip
    figures = seen_figures(results, arrivals)
    used = [figure for figure in figures if not figure.why_not]
    spread = np.array([figure.scaled.std(ddof=1) for figure in used])
    scaled = (
        np.stack([figure.scaled for figure in used]) / spread[:, None]
        if used
        else np.zeros((0, results.draw_count))
    )
    found = links(
        np.stack([item.scores for item in scored]),
        scaled,
        stated_correlations(results, scored),
        np.array([item.informed for item in scored]),
        update_rules().least_correlation_multiple,
    )
    surprise = np.array([figure.surprise for figure in used]) / spread
    noise = (np.array([figure.noise for figure in used]) / spread) ** 2
    adjusted = adjust(found, surprise, noise)
    scale = spread * np.array([figure.units_per_scale for figure in used])
    updated = [
        _updated(item, float(mean), float(sd))
        for item, mean, sd in zip(scored, adjusted.mean, adjusted.sd, strict=True)
    ]
    return Learnt(arrivals, tuple(figures), tuple(used), adjusted, scale, tuple(updated))


def _updated(item: ScoredInput, mean: float, sd: float) -> UpdatedInput:
    scores = item.after(mean, sd)
    rows = range(len(item.values))
    before = np.array([item.quantiles(row, 0.0, 1.0, LEVELS) for row in rows])
    after = np.array([item.quantiles(row, *scores[row], LEVELS) for row in rows])
    return UpdatedInput(item, mean, sd, item.labels(), before, after, scores)
