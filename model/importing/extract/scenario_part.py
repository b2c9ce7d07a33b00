"""What an extract gives a scenario: opening plans, new plans, requests and who is waiting, with their source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.importing.extract.extract import Codes, Days, Extract, Flags, age_on_31_august, there
from model.importing.extract.monthly import Monthly
from model.importing.extract.small_counts import SMALL, margin_to_fives, to_fives
from model.importing.extract.waiting import waiting_on
from model.importing.extract.words import PLACEMENTS, UNDIVIDED
from model.reference.bundled import read_csv_rows
from model.reference.calendar import MONTHS
from model.reference.codes import AGE_GROUP_STARTS, AGE_GROUPS, AGES, NEEDS, SETTINGS

LONGEST_WAIT: Final = 60
"""Months; a scenario's opening queue has no room for longer waits."""

DAYS_A_WEEK: Final = 7

PRIOR: Final = 0.5
"""Added to both counts of a share: the reference prior of Jeffreys for a binomial share."""


@dataclass(frozen=True)
class Split:
    """Plans of which the extract does not say day or residential, and how many are taken as residential."""

    undivided: int
    residential: int


@dataclass(frozen=True)
class OpeningCounts:
    """Plans in force at a January count: margins that each add up to `total`.

    `needs` is None where the extract has no need at all.
    """

    counted: np.datetime64
    counted_to: date
    total: int
    age_groups: Mapping[str, int]
    settings: Mapping[str, int]
    needs: Mapping[str, int] | None
    split: Split


@dataclass(frozen=True)
class YearCounts:
    """Flows of a whole calendar year.

    `stopped`: requests refused or withdrawn; `without_plan`: assessments that ended or were withdrawn
    without a plan. `requests_by_month`: shape (12,), January first, over every whole year of the
    extract. `moved_in` and `exceptions` are None where the extract has no such column. Weeks are means
    over the decisions and the plans of the year, None where those are too few.
    """

    year: int
    requests: int
    agreed_at_once: int
    stopped: int
    overturned: int
    with_plan: int
    without_plan: int
    plans_issued: int
    issued_counted: int
    issued_in_20_weeks: int
    exceptions: int | None
    exceptions_in_20_weeks: int
    first_settings: Mapping[str, int]
    requests_by_month: NDArray[np.int64]
    moved_in: int | None
    decision_weeks: float | None
    advice_and_drafting_weeks: float | None


@dataclass(frozen=True)
class ScenarioPart:
    """What the sections of a scenario need. `year` is None where no whole calendar year ends at the count.

    `waiting`: assessments waiting for advice at the count, by whole months waited; None where the
    extract does not tell them from those under way.
    """

    opening: OpeningCounts
    year: YearCounts | None
    waiting: Mapping[int, int] | None


def scenario_part(
    extract: Extract, counts: Monthly, *, rounded: bool = False
) -> ScenarioPart | None:
    """The part at the latest January of the extract; None where there is no January in it.

    The count is of the end of January, or of the extract's day where that is in January: the model
    steps from there. `rounded`: every count to the nearest 5, so that none of 1 to 4 is passed on.
    """
    months = np.concatenate([counts.months[:1] - 1, counts.months])
    januaries = months[months.astype(np.int64) % MONTHS == 0]
    if not len(januaries):
        return None
    january = januaries[-1]
    opened = january < counts.months[0]
    end = (january + 1).astype("datetime64[D]") - 1
    day = end if opened else counts.counted_to[int((january - counts.months[0]).astype(np.int64))]
    opening = _opening(extract, january, day, rounded=rounded)
    return ScenarioPart(
        opening,
        _year(extract, counts, january, rounded=rounded),
        _waiting(extract, date.fromisoformat(str(day)), rounded=rounded),
    )


def _opening(
    extract: Extract, january: np.datetime64, day: np.datetime64, *, rounded: bool
) -> OpeningCounts:
    rows = extract.in_force_on(day)
    ages = age_on_31_august(extract.birth[rows], day)
    total = int(rows.sum())
    total = to_fives(total) if rounded else total
    groups = np.bincount(_groups(ages), minlength=len(AGE_GROUPS))
    settings, split = _settings(extract.placement_on(day)[rows], ages)
    needs = np.bincount(extract.need[rows], minlength=len(NEEDS))
    known = needs.sum() > needs[NEEDS.index("unknown")]
    return OpeningCounts(
        january,
        date.fromisoformat(str(day)),
        total,
        _margin(AGE_GROUPS, groups, total, rounded=rounded, nil=True),
        _margin(SETTINGS, settings, total, rounded=rounded),
        _margin(NEEDS, needs, total, rounded=rounded) if known else None,
        split,
    )


def _groups(ages: Codes) -> Codes:
    return np.asarray(np.searchsorted(AGE_GROUP_STARTS, ages, side="right") - 1)


def _margin(
    names: tuple[str, ...], counts: Codes, total: int, *, rounded: bool, nil: bool = False
) -> dict[str, int]:
    if rounded:
        counts = margin_to_fives(counts, total)
    return {
        name: int(count) for name, count in zip(names, counts, strict=True) if count or nil
    }  # fmt: skip


def _settings(placements: Codes, ages: Codes) -> tuple[Codes, Split]:
    """Plans by setting; special schools not said to be day or residential are shared by national shares.

    Source: data/national/residential_shares.csv, by age.
    """
    counts = np.bincount(placements, minlength=len(PLACEMENTS))
    undivided = placements == PLACEMENTS.index(UNDIVIDED)
    residential = round(float(_residential_shares()[ages[undivided]].sum()))
    settings = counts[: len(SETTINGS)].copy()
    settings[SETTINGS.index("independent_special_residential")] += residential
    settings[SETTINGS.index("independent_special_day")] += int(undivided.sum()) - residential
    return settings, Split(int(undivided.sum()), residential)


def _residential_shares() -> NDArray[np.float64]:
    shares = np.zeros(len(AGES))
    for row in read_csv_rows("national/residential_shares.csv"):
        shares[int(row["age"])] = float(row["share_residential"])
    return shares


def _year(
    extract: Extract, counts: Monthly, january: np.datetime64, *, rounded: bool
) -> YearCounts | None:
    """Flows of the calendar year that ends before the count, where the extract holds all of it."""
    start = january - MONTHS
    if start < counts.months[0]:
        return None
    window = slice(
        *(int((month - counts.months[0]).astype(np.int64)) for month in (start, january))
    )

    def exact(flow: str) -> int:
        return int(counts.by_month(flow)[window].sum())

    def shown(number: int) -> int:
        return to_fives(number) if rounded else number

    issued = shown(exact("plans_issued"))
    counted, in_time = exact("issued_counted"), exact("issued_in_20_weeks")
    exceptions = counted - exact("issued_counted_without_exceptions")
    exceptions_in_time = in_time - exact("issued_in_20_weeks_without_exceptions")
    here = ~there(extract.moved_in)
    issued_here = here & _between(extract.plan, start, january)
    decided_here = here & _between(extract.decision, start, january)
    return YearCounts(
        year=int(start.astype(np.int64)) // MONTHS + 1970,
        requests=shown(exact("requests")),
        agreed_at_once=shown(exact("agreed") - exact("overturned")),
        stopped=shown(exact("refused") + exact("requests_withdrawn")),
        overturned=shown(exact("overturned")),
        with_plan=shown(exact("assessments_ended_with_plan")),
        without_plan=shown(
            exact("assessments_ended_without_plan") + exact("assessments_withdrawn")
        ),
        plans_issued=issued,
        issued_counted=shown(counted),
        issued_in_20_weeks=shown(in_time),
        exceptions=shown(exceptions) if "exceptions" in extract.columns else None,
        exceptions_in_20_weeks=shown(exceptions_in_time),
        first_settings=_first_settings(extract, issued_here, issued, rounded=rounded),
        requests_by_month=_season(counts, january, rounded=rounded),
        moved_in=shown(exact("moved_in")) if "moved_in_date" in extract.columns else None,
        decision_weeks=_mean_weeks(extract.request, extract.decision, decided_here),
        advice_and_drafting_weeks=_mean_weeks(extract.advice_started, extract.plan, issued_here),
    )


def _between(days: Days, start: np.datetime64, end: np.datetime64) -> Flags:
    """Days from the first of one month to before the first of another."""
    since, until = start.astype("datetime64[D]"), end.astype("datetime64[D]")
    return np.asarray(there(days) & (days >= since) & (days < until))


def _mean_weeks(since: Days, until: Days, rows: Flags) -> float | None:
    """Mean weeks between two days over the rows that have both; None for fewer than five of them."""
    both = rows & there(since) & there(until)
    if both.sum() < SMALL:
        return None
    return float((until[both] - since[both]).astype(np.int64).mean()) / DAYS_A_WEEK


def _first_settings(extract: Extract, rows: Flags, issued: int, *, rounded: bool) -> dict[str, int]:
    plans = extract.plan[rows]
    ages = age_on_31_august(extract.birth[rows], plans)
    settings, _ = _settings(extract.placement_on(extract.plan)[rows], ages)
    return _margin(SETTINGS, settings, issued, rounded=rounded)


def _season(counts: Monthly, january: np.datetime64, *, rounded: bool) -> NDArray[np.int64]:
    """Requests of January to December over every whole year before the count."""
    last = int((january - counts.months[0]).astype(np.int64))
    requests = counts.by_month("requests")[last % MONTHS : last].reshape(-1, MONTHS).sum(axis=0)
    return margin_to_fives(requests, to_fives(int(requests.sum()))) if rounded else requests


def _waiting(extract: Extract, day: date, *, rounded: bool) -> dict[int, int] | None:
    if "advice_started_date" not in extract.columns:
        return None
    queue = waiting_on(extract, day)
    queue = queue[queue["stage"] == "waiting_for_advice"]
    months = np.minimum(queue["months_waited"].to_numpy(np.int64), LONGEST_WAIT)
    waiting = pd.Series(queue["count"].to_numpy(np.int64)).groupby(months).sum()
    numbers = waiting.to_numpy(np.int64)
    if rounded:
        numbers = margin_to_fives(numbers, to_fives(int(numbers.sum())))
    return {int(m): int(n) for m, n in zip(waiting.index, numbers, strict=True) if n}
