"""Proportional fitting of tables to their margins (iterative, Deming and Stephan 1940)."""

from __future__ import annotations

import numpy as np


def fit_to_margins(
    seed: np.ndarray, margins: list[tuple[tuple[int, ...], np.ndarray]], rounds: int = 400
) -> np.ndarray:
    """Scale `seed` until its sums over all but the named axes equal each margin.

    margins: pairs (axes kept, totals). A cell of nil stays nil. Where margins disagree in total they are scaled to the first.
    """
    table = seed.astype(float).copy()
    total = margins[0][1].sum()
    for _ in range(rounds):
        for kept, target in margins:
            dropped = tuple(axis for axis in range(table.ndim) if axis not in kept)
            current = table.sum(axis=dropped)
            factor = np.divide(
                target * (total / target.sum()),
                current,
                out=np.zeros_like(current),
                where=current > 0,
            )
            table *= np.expand_dims(factor, dropped)
    return table
