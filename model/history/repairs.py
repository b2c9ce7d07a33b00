"""Published figures that cannot be, and what is used in their place."""

from __future__ import annotations

import numpy as np
import pandas as pd

from model.history.history import NATION, Repair
from model.history.rules import Rules

_NEW_REASON = (
    "more new plans than a growing stock can hold (a regional total, perhaps): the assessments of "
    "the year that ended in a plan stand in where they are given"
)
_REQUEST_REASON = "far fewer requests than new plans: taken as not recorded"


def repaired(
    series: dict[str, pd.DataFrame], rules: Rules
) -> tuple[dict[str, pd.DataFrame], tuple[Repair, ...]]:
    """The series with impossible figures replaced or taken out, and the list of what was done.

    Each rule looks at one authority and one January only, so that nothing later is used.
    """
    plans = series["plans"]
    large = plans > rules.least_plans
    new = series["new_plans"].reindex_like(plans)
    issued = series["assessments_issued"].reindex_like(plans)
    impossible = (new > rules.most_new_plans_per_plan * plans) & large
    impossible.loc[NATION] = False
    requests = series["requests"].reindex_like(plans)
    missing = (
        requests < rules.least_requests_per_new_plan * new.where(~impossible, issued)
    ) & large
    used_new = new.where(~impossible, issued)
    used_requests = requests.where(~missing)
    repairs = _repairs("new_plans", new, used_new, impossible, _NEW_REASON) + _repairs(
        "requests", requests, used_requests, missing, _REQUEST_REASON
    )
    return {**series, "new_plans": used_new, "requests": used_requests}, repairs


def _repairs(
    name: str, published: pd.DataFrame, used: pd.DataFrame, where: pd.DataFrame, reason: str
) -> tuple[Repair, ...]:
    counts, replaced = published.to_numpy(dtype=float), used.to_numpy(dtype=float)
    authorities, januaries = [str(name) for name in published.index], list(published.columns)
    return tuple(
        Repair(
            authorities[row],
            int(januaries[column]),
            name,
            float(counts[row, column]),
            None if np.isnan(replaced[row, column]) else float(replaced[row, column]),
            reason,
        )
        for row, column in np.argwhere(where.to_numpy(dtype=bool)).tolist()
    )
