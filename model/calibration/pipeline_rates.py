"""Rates of an authority that say how its plans will grow: requests accepted, refused, late, and the like.

All are for one plan in force at a January, from flows of the calendar year before it.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.history.history import History

Floats = NDArray[np.float64]

RATES: Final = {
    "accepted": "requests accepted for assessment, for each plan in force",
    "rising": "accepted requests less those of the year before: more of them are still on their way",
    "not_issued": "assessments that ended without a plan, for each plan in force",
    "new_plans": "new plans, for each plan in force",
    "late": "accepted requests x (1 - share of plans within 20 weeks) squared: a backlog to come",
    "prevalence": "plans in force for each child, as the logarithm against the mean of authorities",
    "elsewhere": "plans not in school or college, for each plan in force",
    "refused": "requests refused, for each plan in force",
}
NEW_PLAN_RATES: Final = ("accepted", "rising", "not_issued", "new_plans", "late", "prevalence")
"""What leads the new plans of the next year."""
EXIT_RATES: Final = ("elsewhere", "refused")
"""What leads the net exits of the next year."""
COMPLETE_SINCE: Final = {"elsewhere": 2019}
"""NEET is among placements only from January 2019."""
_LEAST_RATE: Final = 0.005


def rate(history: History, name: str, january: int) -> Floats:
    """One rate by authority at a January, NaN where it is not known."""
    plans = history.of("plans", january)
    if january < COMPLETE_SINCE.get(name, january):
        return np.full(len(plans), np.nan)
    accepted = _accepted(history, january)
    with np.errstate(divide="ignore", invalid="ignore"):
        if name == "accepted":
            value = accepted / plans
        elif name == "rising":
            value = accepted / plans - _accepted(history, january - 1) / history.of(
                "plans", january - 1
            )
        elif name == "not_issued":
            value = history.of("assessments_not_issued", january) / plans
        elif name == "new_plans":
            value = history.of("new_plans", january) / plans
        elif name == "refused":
            value = history.of("refused", january) / plans
        elif name == "late":
            value = (1 - history.of("share_in_20_weeks", january)) ** 2 * accepted / plans
        elif name == "elsewhere":
            table = history.setting_groups["elsewhere"]
            elsewhere = table[january] if january in table else plans * np.nan
            value = elsewhere.reindex(history.names) / plans
        else:
            value = np.log(plans / _children(history))
    return value.to_numpy(dtype=float)


def _accepted(history: History, january: int) -> pd.Series[float]:
    return history.of("requests", january) - history.of("refused", january)


def _children(history: History) -> pd.Series[float]:
    """The measure of children that is newest: the schools block, whose logarithm follows the child population (0.99)."""
    block = history.series["schools_block_gbp"]
    known = [column for column in block.columns if block[column].notna().any()]
    if not known:
        return history.of("plans", 0)
    return block[known[-1]].reindex(history.names)


def sampling_variance(name: str, value: Floats, plans: Floats) -> Floats:
    """Variance of a rate from counting alone: Poisson for flows, binomial for shares of plans.

    None for `late` and `rising`, whose parts are counted in the others.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        if name in ("late", "rising"):
            return np.zeros_like(value)
        if name == "prevalence":
            return 1 / plans
        if name == "elsewhere":
            return value * (1 - value) / plans
        return np.maximum(value, _LEAST_RATE) / plans
