"""The high needs income of an authority: what has been announced, and how it may grow after."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.calibration.money.authority import authority_code
from model.calibration.money.one_authority import growth_of
from model.calibration.money.settings import draw_count
from model.history.finance import FinanceHistory, financial_year

BEFORE = "high_needs_block_gross"
AFTER = "high_needs_block_net"


@dataclass(frozen=True)
class Income:
    """High needs block of an authority, GBP cash by financial year.

    `announced`: table (first calendar year; `before_deductions_gbp`, `after_deductions_gbp`) as
    published. `ahead`: table (first calendar year; `growth`, `low`, `high`, `gbp`, `gbp_low`,
    `gbp_high`) of the block before deductions: growth of one year as a share, and the amount; middle
    and 10th and 90th percentiles. Empty where growth is not known. `shrinkage`: 1 less the part of
    its own growth against the nation's that is expected to last.
    """

    authority: str
    announced: pd.DataFrame
    ahead: pd.DataFrame
    shrinkage: float
    source: str


def income_of(
    history: FinanceHistory, authority: str, at: int, years: int = 3, seed: int = 0
) -> Income:
    """Allocations up to the financial year that begins in `at`, and `years` of growth after it.

    An allocation is announced in the December before its year: at a year's end that of the next
    is known already, and belongs into `history`. Raises KeyError for an unknown authority.
    """
    code = authority_code(history, authority)
    known = history.known_at(at)
    announced = pd.DataFrame(
        {
            "before_deductions_gbp": _row(known, BEFORE, code),
            "after_deductions_gbp": _row(known, AFTER, code),
        }
    ).dropna(how="all")
    ahead, shrinkage = pd.DataFrame(), 1.0
    if len(announced):
        latest = int(announced.index[-1])
        growth = growth_of(known, BEFORE, code, latest, latest + years, draw_count(), seed)
        if growth is not None:
            now = float(announced.before_deductions_gbp.iloc[-1])
            ahead = _ahead(now * np.exp(growth.ahead), now, latest)
            shrinkage = growth.shrinkage
    file = (known.sources or {}).get(BEFORE, "published files")
    until = financial_year(int(announced.index[-1])) if len(announced) else "no year"
    source = f"{file}: high needs block as announced up to {until}"
    return Income(str(known.authorities.name[code]), announced, ahead, shrinkage, source)


def _row(known: FinanceHistory, measure: str, code: str) -> pd.Series:
    table = known.series.get(measure, pd.DataFrame())
    return table.T[code] if code in table.index else pd.Series(dtype=np.float64)


def _ahead(values: NDArray[np.float64], now: float, latest: int) -> pd.DataFrame:
    """From amounts (horizon, draw) to growth and amounts by year."""
    before = np.vstack([np.full(values.shape[1], now), values[:-1]])
    growth = np.quantile(values / before - 1, [0.5, 0.1, 0.9], axis=1)
    amount = np.quantile(values, [0.5, 0.1, 0.9], axis=1)
    years = pd.Index(range(latest + 1, latest + 1 + len(values)), name="year")
    names = ("growth", "low", "high", "gbp", "gbp_low", "gbp_high")
    return pd.DataFrame(dict(zip(names, [*growth, *amount], strict=True)), index=years)
