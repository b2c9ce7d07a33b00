"""One effect on a deficit: its cause, what it is about, and its pounds by year and draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from model.compare.causes import Cause

Floats = NDArray[np.float64]
Kind = Literal["line", "block", "income", "account", "support"]


@dataclass(frozen=True)
class Effect:
    """What one cause does through one item: a budget line, a block or a part of the account.

    `amounts`: pounds of each year (year, draw), positive where B's deficit is the larger for it.
    """

    cause: Cause
    kind: Kind
    item: str
    title: str
    amounts: Floats


def in_first_year(values: Floats) -> Floats:
    """The first year's values of (year, draw), nil in the years after."""
    result = np.zeros_like(values)
    result[0] = values[0]
    return result
