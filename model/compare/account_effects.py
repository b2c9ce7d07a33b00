"""What moves the deficit beside the budget lines: income, transfers, adjustments, other blocks."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from model.compare.causes import (
    BALANCES,
    INCOME,
    OTHER_BLOCKS,
    PRIOR_YEAR,
    TRANSFERS,
    UNLINED,
)
from model.compare.effects import Effect
from model.compare.forecast_figures import Side
from model.reference.codes import BLOCK_TITLES

Floats = NDArray[np.float64]

INCOME_PARTS = (
    ("gross_income", "allocation", -1.0),
    ("deductions", "places paid directly", 1.0),
    ("contributions", "council's contributions", -1.0),
)
"""Rows of income, what they are called, and which way they move a deficit."""


def account_effects(a: Side, b: Side) -> Iterator[Effect]:
    """Effects of every row of the account but spending on lines and support, by block.

    A block without budget lines spends what it receives, so that its income alone says nothing: its
    spending, income and transfers are one effect, nil unless it is planned to overspend.
    """
    with_lines = {line.block for side in (a, b) for line in side.lines.values()}
    for block in dict.fromkeys([*a.account["spend"], *b.account["spend"]]):
        title = BLOCK_TITLES[block]
        change = {row: _row(b, row, block) - _row(a, row, block) for row in a.account}
        yield Effect(PRIOR_YEAR, "block", block, title, change["prior_year_adjustment"])
        yield Effect(BALANCES, "block", block, title, change["draws_on_balances"])
        parts = [(row, words, sign * change[row]) for row, words, sign in INCOME_PARTS]
        if block not in with_lines:
            income = sum((amounts for _, _, amounts in parts), np.zeros_like(change["spend"]))
            whole = change["spend"] + income + change["net_transfers_out"]
            yield Effect(OTHER_BLOCKS, "block", block, title, whole)
            continue
        for row, words, amounts in parts:
            yield Effect(INCOME, "income", f"{block}.{row}", f"{title}: {words}", amounts)
        yield Effect(TRANSFERS, "block", block, title, change["net_transfers_out"])
        beyond = change["spend"] - (_lines(b, block) - _lines(a, block))
        yield Effect(UNLINED, "block", block, title, beyond)


def _row(side: Side, row: str, block: str) -> Floats:
    return side.account[row].get(block, np.zeros_like(side.plans_in_april))


def _lines(side: Side, block: str) -> Floats:
    """Spending of a block's budget lines, pounds (year, draw)."""
    return sum(
        (line.spend for line in side.lines.values() if line.block == block),
        np.zeros_like(side.plans_in_april),
    )
