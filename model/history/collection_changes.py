"""Januaries counted under a new collection: what was announced, and how much wider it makes a range."""

from __future__ import annotations

from functools import cache

from model.reference.bundled import read_csv_rows


@cache
def _changes() -> tuple[tuple[int, int, float], ...]:
    return tuple(
        (int(row["january"]), int(row["announced"]), float(row["factor"]))
        for row in read_csv_rows("reference/collection_changes.csv")
    )


def collection_factor(january: int, known_at: int) -> float:
    """By how much surprises of the year to a January are larger, as far as announced by then.

    >>> collection_factor(2023, known_at=2021), collection_factor(2025, known_at=2023)
    (1.0, 1.0)
    """
    factors = [
        factor for changed, announced, factor in _changes()
        if changed == january and announced <= known_at
    ]  # fmt: skip
    return factors[0] if factors else 1.0
