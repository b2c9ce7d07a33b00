"""Two tables of a run folder, column by column."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from pyarrow import ArrowException

from model.integrity.agreement import Difference


def compare_tables(stored: Path, again: Path) -> tuple[Difference, ...]:
    """Where the table `stored` differs from the one run again: one entry a column, with its largest."""
    try:
        mine = pd.read_parquet(stored)
    except (OSError, ValueError, ArrowException) as error:
        return (Difference("the file", f"no table ({error})", "a table"),)
    theirs = pd.read_parquet(again)
    if list(mine.columns) != list(theirs.columns):
        shown = (", ".join(map(str, table.columns)) for table in (mine, theirs))
        return (Difference("columns", *shown),)
    if len(mine) != len(theirs):
        return (Difference("rows", f"{len(mine):,}", f"{len(theirs):,}"),)
    differences = []
    for column in theirs.columns:
        one, other = mine[column], theirs[column]
        unequal = ~((one == other) | (one.isna() & other.isna())).to_numpy(dtype=bool)
        if unequal.any():
            row = _most_different(one, other, unequal)
            count = int(unequal.sum())
            rows = "row" if count == 1 else f"largest of {count:,} rows, row"
            # The header is line 1 for whoever opens the table in a spreadsheet.
            place = f"column {column}, {rows} {row + 2:,}"
            differences.append(Difference(place, repr(_value(one, row)), repr(_value(other, row))))
    return tuple(differences)


def _most_different(one: pd.Series, other: pd.Series, unequal: np.ndarray) -> int:
    """Position of the largest difference of two columns; of the first where they hold text."""
    if not (pd.api.types.is_numeric_dtype(one) and pd.api.types.is_numeric_dtype(other)):
        return int(np.flatnonzero(unequal)[0])
    gap = np.abs(one.to_numpy(dtype=float) - other.to_numpy(dtype=float))
    # A value that is missing on one side only is the largest difference there can be.
    return int(np.argmax(np.where(unequal, np.nan_to_num(gap, nan=np.inf), -1.0)))


def _value(column: pd.Series, row: int) -> object:
    value = column.iloc[row]
    return value.item() if isinstance(value, np.generic) else value
