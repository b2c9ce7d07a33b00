"""Who is waiting on a day: requests not decided, assessments not ended, by whole months waited."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import numpy as np
import pandas as pd

from model.importing.extract.extract import Codes, Days, Extract, Flags, there
from model.importing.extract.monthly import agreed_on

STAGES: Final = ("undecided", "assessment_open", "waiting_for_advice", "advice_started", "drafting")
"""Where a case can be. Without the column advice_started_date nobody can tell who waits for advice from
who is being assessed: both are `assessment_open`. `drafting`: to be issued a plan, not yet issued."""


def waiting_on(extract: Extract, day: date) -> pd.DataFrame:
    """Cases open at the end of a day: columns counted_on, stage, months_waited, count.

    Months are whole ones since the request (undecided), since the decision to assess, or since the
    decision to issue (drafting).
    """
    end = np.datetime64(day, "D")
    here = ~there(extract.moved_in)
    agreed = agreed_on(extract)
    issued, ended = _by(extract.plan, end), _by(extract.assessment_end, end)
    decided = _by(extract.decision, end) | issued | ended
    undecided = here & _by(extract.request, end) & ~decided
    assessed = here & _by(agreed, end) & ~issued & ~ended
    drafted = here & ended & ~issued & (extract.assessment_outcome == 1)
    stages: list[tuple[str, Flags, Days]] = [("undecided", undecided, extract.request)]
    if "advice_started_date" in extract.columns:
        started = _by(extract.advice_started, end)
        stages.append(("waiting_for_advice", assessed & ~started, agreed))
        stages.append(("advice_started", assessed & started, agreed))
    else:
        stages.append(("assessment_open", assessed, agreed))
    stages.append(("drafting", drafted, extract.assessment_end))
    parts = []
    for stage, rows, since in stages:
        waited, count = np.unique(whole_months(since[rows], end), return_counts=True)
        parts.append(pd.DataFrame({"counted_on": str(day), "stage": stage, "months_waited": waited, "count": count}))  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def _by(days: Days, end: Any) -> Flags:
    return np.asarray(there(days) & (days <= end))


def whole_months(since: Days, day: Any) -> Codes:
    """Whole months from each day to one that is not earlier. The last day of a month completes it.

    >>> import numpy as np
    >>> since = np.array(["2024-12-31", "2025-01-10", "2024-12-10"], "datetime64[D]")
    >>> whole_months(since, np.datetime64("2025-01-31")).tolist()
    [1, 0, 1]
    """
    month, own = since.astype("datetime64[M]"), day.astype("datetime64[M]")
    months = (own - month).astype(np.int64)
    is_last = (day + 1).astype("datetime64[M]") != own
    earlier = (day - own.astype("datetime64[D]")) < (since - month.astype("datetime64[D]"))
    return np.asarray(months - (earlier & ~is_last))
