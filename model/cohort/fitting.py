"""Fit a table to published margins, and round it to whole plans that keep them.

Proportional fitting is the classic iteration of Deming and Stephan (1940). Rounding is Cox's
"A constructive procedure for unbiased controlled rounding" (JASA 1987): fractions are moved around
cycles of the table, up or down with the chances that leave every cell's expected value unchanged,
until all are whole; rows and columns keep their sums.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from model.chance.philox import Key, two_uniforms

Floats = NDArray[np.float64]

MARGIN_TOLERANCE = 1e-9
_ROUNDS = 5000
_WHOLE = 1e-7
_STILL_SHRINKING = 0.75


@njit(nogil=True, cache=True)
def _fit(table, rows, columns, tolerance):  # type: ignore[no-untyped-def]
    """Scale `table` in place to its margins; returns what is left over in the worst row."""
    gap = 0.0
    for _ in range(_ROUNDS):
        for row in range(table.shape[0]):
            total = 0.0
            for column in range(table.shape[1]):
                total += table[row, column]
            factor = rows[row] / total if total > 0.0 else 0.0
            for column in range(table.shape[1]):
                table[row, column] *= factor
        for column in range(table.shape[1]):
            total = 0.0
            for row in range(table.shape[0]):
                total += table[row, column]
            factor = columns[column] / total if total > 0.0 else 0.0
            for row in range(table.shape[0]):
                table[row, column] *= factor
        gap = 0.0
        for row in range(table.shape[0]):
            total = 0.0
            for column in range(table.shape[1]):
                total += table[row, column]
            gap = max(gap, abs(total - rows[row]))
        if gap <= tolerance:
            break
    return gap


def fit_to_margins(seed: Floats, rows: Floats, columns: Floats) -> Floats:
    """The table nearest to `seed` (row, column) with these row and column sums.

    A margin above zero needs a cell above zero in `seed`. Raises ValueError when the margins
    cannot be met on the cells that the seed allows.
    """
    table = np.ascontiguousarray(seed, dtype=float).copy()
    tolerance = MARGIN_TOLERANCE * max(float(rows.sum()), 1.0)
    gap = float(_fit(table, rows, columns, tolerance))
    if gap > tolerance:
        # Margins may force a possible cell to nil (all under 16 in one setting): fitting then creeps
        # as 1/rounds. Cells still shrinking in a second pass are such cells; leave them out.
        before = table.copy()
        _fit(table, rows, columns, tolerance)
        table = np.where(table < _STILL_SHRINKING * before, 0.0, seed).astype(float)
        gap = float(_fit(table, rows, columns, tolerance))
    if gap > tolerance or abs(float(rows.sum() - columns.sum())) > tolerance:
        raise ValueError(
            f"these margins cannot hold together: {gap:,.1f} plans do not fit on the ages and "
            "settings that are possible"
        )
    return table


@njit(nogil=True, cache=True)
def _round_one(table, fraction, draw, purpose, k0, k1):  # type: ignore[no-untyped-def]
    """Round `table` in place; `fraction` is scratch of the same shape. See Cox 1987, section 2."""
    rows, columns = table.shape
    for row in range(rows):
        for column in range(columns):
            whole = np.floor(table[row, column] + _WHOLE)
            fraction[row, column] = table[row, column] - whole
            if fraction[row, column] < _WHOLE:
                fraction[row, column] = 0.0
            table[row, column] = whole
    path_row = np.empty(rows + columns + 2, np.int64)
    path_column = np.empty(rows + columns + 2, np.int64)
    seen_row = np.empty(rows, np.int64)
    seen_column = np.empty(columns, np.int64)
    step = 0
    start = 0
    while True:
        # The first fraction that is left; everything before it is whole already.
        while start < rows * columns and fraction[start // columns, start % columns] == 0.0:
            start += 1
        if start == rows * columns:
            return
        seen_row[:] = -1
        seen_column[:] = -1
        row, column = start // columns, start % columns
        length = 0
        first = -1
        # Walk along a row, then along a column, in turn, until a row or column comes round again.
        while first < 0:
            path_row[length], path_column[length] = row, column
            length += 1
            if length % 2 == 1:
                seen_row[row] = length - 1
                next_column = -1
                for other in range(columns):
                    if other != column and fraction[row, other] > 0.0:
                        next_column = other
                        break
                if next_column < 0:
                    # Rounding noise left a single fraction in its row: settle it at the nearest.
                    table[row, column] += np.round(fraction[row, column])
                    fraction[row, column] = 0.0
                    length = 0
                    break
                column = next_column
                if seen_column[column] >= 0:
                    first = seen_column[column]
                    path_row[length], path_column[length] = row, column
                    length += 1
            else:
                seen_column[column] = length - 1
                next_row = -1
                for other in range(rows):
                    if other != row and fraction[other, column] > 0.0:
                        next_row = other
                        break
                if next_row < 0:
                    table[row, column] += np.round(fraction[row, column])
                    fraction[row, column] = 0.0
                    length = 0
                    break
                row = next_row
                if seen_row[row] >= 0:
                    first = seen_row[row]
                    path_row[length], path_column[length] = row, column
                    length += 1
        if length == 0:
            continue
        # Cells first..length-1 (without the entry cell shared at both ends) form a closed cycle.
        begin = first + 1 if (length - first) % 2 == 1 else first
        up, down = 1.0, 1.0
        for index in range(begin, length):
            value = fraction[path_row[index], path_column[index]]
            if (index - begin) % 2 == 0:
                up = min(up, 1.0 - value)
                down = min(down, value)
            else:
                up = min(up, value)
                down = min(down, 1.0 - value)
        uniform, _ = two_uniforms(draw, step, purpose, 0, k0, k1)
        step += 1
        change = up if uniform * (up + down) < down else -down
        for index in range(begin, length):
            sign = 1.0 if (index - begin) % 2 == 0 else -1.0
            r, c = path_row[index], path_column[index]
            value = fraction[r, c] + sign * change
            if value > 1.0 - _WHOLE:
                table[r, c] += 1.0
                value = 0.0
            elif value < _WHOLE:
                value = 0.0
            fraction[r, c] = value


@njit(nogil=True, cache=True)
def _round_draws(table, first_draw, purpose, k0, k1, out):  # type: ignore[no-untyped-def]
    scratch = np.empty_like(table)
    work = np.empty_like(table)
    for draw in range(out.shape[2]):
        work[:] = table
        _round_one(work, scratch, first_draw + draw, purpose, k0, k1)
        out[:, :, draw] = work


def round_table(table: Floats, key: Key, first_draw: int, draws: int, purpose: int) -> Floats:
    """Whole tables (row, column, draw) whose rows and columns sum as in `table` (row, column).

    Sums must be whole. The expected value of each cell is the cell of `table`.
    """
    out = np.empty((*table.shape, draws))
    _round_draws(np.ascontiguousarray(table), first_draw, purpose, key[0], key[1], out)
    return out


@njit(nogil=True, cache=True)
def fit_and_round(seed, rows, columns, first_draw, purpose, k0, k1, out):  # type: ignore[no-untyped-def]
    """Whole tables `out` (row, column, draw) with each draw's row sums and the same column sums.

    `rows` (row, draw) are whole; `seed` (row, column) is fitted to each draw's rows first, so
    that the result follows the seed as far as the rows allow.
    """
    scratch = np.empty_like(seed)
    work = np.empty_like(seed)
    total = 0.0
    for column in range(columns.shape[0]):
        total += columns[column]
    for draw in range(rows.shape[1]):
        work[:] = seed
        _fit(work, np.ascontiguousarray(rows[:, draw]), columns, MARGIN_TOLERANCE * total)
        _round_one(work, scratch, first_draw + draw, purpose, k0, k1)
        out[:, :, draw] = work


@njit(nogil=True, cache=True)
def spread_whole(counts, shares, first_draw, purpose, k0, k1, out):  # type: ignore[no-untyped-def]
    """Spread whole counts (row, draw) over columns by shares (row, column), row by row.

    Systematic sampling: row sums are kept, every column is within one of its share. Adds to
    `out` (row, column, draw).
    """
    rows, columns = shares.shape
    for row in range(rows):
        for draw in range(counts.shape[1]):
            count = counts[row, draw]
            if count <= 0.0:
                continue
            uniform, _ = two_uniforms(first_draw + draw, row, purpose, 1, k0, k1)
            cumulative = 0.0
            taken = 0.0
            for column in range(columns):
                cumulative += shares[row, column]
                reached = np.floor(min(cumulative, 1.0) * count + uniform)
                if column == columns - 1:
                    reached = count
                reached = min(reached, count)
                out[row, column, draw] += reached - taken
                taken = reached
