"""Total indices from a surrogate: what an input explains alone and together with others.

Total indices need far more runs than a forecast can give, so a polynomial of second degree stands in
for the model. How well it does is measured on draws it has not seen; below 0.9 no index is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special
from scipy.stats import rankdata

Floats = NDArray[np.float64]

LEAST_R2 = 0.9
"""Cross-validated R squared below which total indices are withheld."""

FOLDS = 5
CURVED = 16
"""Columns that enter with squares and products; all enter straight. More of them fit chance, not
the model."""

SAMPLES = 1024


@dataclass(frozen=True)
class TotalIndices:
    """Total indices by group, None where they are withheld, and the cross-validated R squared of the
    surrogate, `r2`, on which they rest."""

    r2: float
    values: tuple[float, ...] | None


def total_indices(
    groups: Sequence[Floats], importance: Sequence[float], target: Floats, seed: int = 0
) -> TotalIndices:
    """Total indices of groups of columns, each (draw, column), for `target` (draw,).

    `importance` of each group, known from elsewhere than these draws, says whose columns may bend and
    interact, so that cross-validation stays honest. Groups are taken as independent of one another;
    inside one, columns keep the rank correlation they have in the draws.
    """
    from sklearn.model_selection import KFold, cross_val_predict

    columns = np.concatenate(groups, axis=1)
    if columns.shape[1] == 0 or target.std() == 0:
        return TotalIndices(0.0, None)
    weight = np.concatenate(
        [
            np.full(group.shape[1], size / max(group.shape[1], 1))
            for group, size in zip(groups, importance, strict=True)
        ]
    )
    curved = np.sort(np.argsort(-weight, kind="stable")[:CURVED])
    surrogate = _surrogate(curved)
    folds = KFold(FOLDS, shuffle=True, random_state=seed)
    predicted = cross_val_predict(surrogate, columns, target, cv=folds)
    r2 = 1 - float(((target - predicted) ** 2).sum() / ((target - target.mean()) ** 2).sum())
    if r2 < LEAST_R2:
        return TotalIndices(r2, None)
    surrogate.fit(columns, target)
    return TotalIndices(r2, _sobol(groups, surrogate, seed))


def _surrogate(curved: NDArray[np.intp]) -> Any:
    """Straight terms of every column, squares and products of the curved ones, ridge by leave-one-out."""
    from sklearn.compose import ColumnTransformer
    from sklearn.linear_model import RidgeCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import PolynomialFeatures, StandardScaler

    terms = ColumnTransformer(
        [("curved", PolynomialFeatures(2, include_bias=False), curved)], remainder="passthrough"
    )
    strengths = np.logspace(-3, 4, 15)
    return make_pipeline(StandardScaler(), terms, StandardScaler(), RidgeCV(strengths))


def _sobol(groups: Sequence[Floats], surrogate: Any, seed: int) -> tuple[float, ...]:
    """SALib's Sobol indices of the surrogate, by group."""
    from SALib.analyze import sobol as analysis
    from SALib.sample import sobol as sampling

    labels = [str(number) for number, group in enumerate(groups) for _ in range(group.shape[1])]
    count = len(labels)
    problem = {
        "num_vars": count,
        "names": [f"x{column}" for column in range(count)],
        "bounds": [[0.0, 1.0]] * count,
        "groups": labels,
    }
    uniform = sampling.sample(problem, SAMPLES, calc_second_order=False, seed=seed)
    inputs, first = np.empty_like(uniform), 0
    for group in groups:
        last = first + group.shape[1]
        inputs[:, first:last] = _as_drawn(uniform[:, first:last], group)
        first = last
    output = surrogate.predict(inputs)
    found = analysis.analyze(problem, output, calc_second_order=False, seed=seed)
    by_name = dict(zip(dict.fromkeys(labels), range(len(found["ST"])), strict=True))
    order = [by_name.get(str(number)) for number in range(len(groups))]
    return tuple(0.0 if at is None else float(found["ST"][at]) for at in order)


def _as_drawn(uniform: Floats, drawn: Floats) -> Floats:
    """Uniforms (sample, column) as values distributed and rank-correlated as those drawn."""
    edge = 0.5 / len(drawn)
    scores = special.ndtri(np.clip(uniform, edge, 1 - edge))
    if drawn.shape[1] > 1:
        ranks = np.stack([rankdata(column) for column in drawn.T], axis=1)
        normal = special.ndtri((ranks - 0.5) / len(drawn))
        matrix = np.corrcoef(normal, rowvar=False) + 1e-9 * np.eye(drawn.shape[1])
        scores = scores @ np.linalg.cholesky(matrix).T
    levels = special.ndtr(scores)
    return np.stack(
        [
            np.quantile(column, level, method="inverted_cdf")
            for column, level in zip(drawn.T, levels.T, strict=True)
        ],
        axis=1,
    )
