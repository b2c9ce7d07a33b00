"""The same thing wrong in many rows, said for the first of them and counted for the others."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from model.importing.extract.table import Table
from model.scenario.problems import Problem

MOST_SHOWN: Final = 20


def some_rows(
    table: Table, rows: NDArray[np.int64], name: str, message: str, **words: str | None
) -> list[Problem]:
    """A problem for each of the first rows, and one for how many more have it."""
    problems = [table.problem(int(row), name, message, **words) for row in rows[:MOST_SHOWN]]
    more = len(rows) - MOST_SHOWN
    if more > 0:
        last = int(rows[-1])
        said = (
            f"the same in {more:,} more row{'s' if more > 1 else ''}, the last of them row {last}"
        )
        problems.append(table.problem(int(rows[MOST_SHOWN]), name, f"{message}: {said}"))
    return problems
