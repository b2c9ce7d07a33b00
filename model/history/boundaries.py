"""Authorities whose boundaries changed, so that their counts before and after are not of one area."""

from __future__ import annotations

from functools import cache

from model.reference.bundled import read_csv_rows


@cache
def changed_boundaries() -> frozenset[str]:
    """Names of the authorities, as the department writes them."""
    return frozenset(row["authority"] for row in read_csv_rows("reference/changed_boundaries.csv"))
