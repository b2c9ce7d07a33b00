"""Monthly flows and month-end stocks of an extract: counts by age group, placement and need, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.importing.extract.extract import Codes, Days, Extract, Flags, age_on_31_august, there
from model.importing.extract.words import (
    ASSESSMENT_OUTCOMES,
    CEASE_REASONS,
    DECIDED_BY,
    NOT_PLACED,
    PLACEMENTS,
    REQUEST_OUTCOMES,
    YES_NO,
)
from model.reference.codes import AGE_GROUP_STARTS, AGE_GROUPS, NEEDS
from model.reference.policy import policy

FLOWS: Final = (
    "requests", "agreed", "refused", "requests_withdrawn", "overturned",
    "assessments_ended_with_plan", "assessments_ended_without_plan", "assessments_withdrawn",
    "plans_issued", "issued_counted", "issued_in_20_weeks",
    "issued_counted_without_exceptions", "issued_in_20_weeks_without_exceptions",
    "ceased", "moved_in", "moved_out", "changed_placement",
)  # fmt: skip
"""Flows of a month. `agreed` includes refusals overturned; `issued_counted` are plans issued whose
request is dated, the denominator of the 20-week share."""

_DIMENSIONS: Final = ("month", "flow", "age_group", "placement", "to_placement", "need")
_ALL_PLACEMENTS: Final = (*PLACEMENTS, "")


@dataclass(frozen=True)
class Monthly:
    """Counts of an extract.

    `months`: datetime64[M], shape (month,). `counted_to`: last day counted of each, shape (month,): the
    month's end, or the day of the extract. `flows`: columns month, flow, age_group, placement,
    to_placement, need, count. `stock`: columns month, age_group, placement, need, count: plans in
    force at the end of counted_to. `opening`: those at the end of the month before the first.
    Placements are '' for requests, to_placement is '' but for a change of placement. Rows are those
    with a count, in order.
    """

    months: Days
    counted_to: Days
    flows: pd.DataFrame
    stock: pd.DataFrame
    opening: pd.DataFrame

    def total(self, flow: str, month: Any) -> int:
        """A flow of one month over all ages, placements and needs."""
        rows = (self.flows["flow"] == flow) & (self.flows["month"] == pd.Timestamp(month))
        return int(self.flows.loc[rows, "count"].sum())

    def by_month(self, flow: str) -> Codes:
        """A flow month by month, shape (month,)."""
        counts = self.flows[self.flows["flow"] == flow].groupby("month")["count"].sum()
        return counts.reindex(pd.to_datetime(self.months), fill_value=0).to_numpy(np.int64)


def first_month(extract: Extract) -> np.datetime64:
    """The first month of which the extract can know all flows: both requests and leavers are in it by then.

    An extract that begins at some date holds plans still in force from before and none that ceased
    before; months earlier than its first leaver and its first request would be counted short.
    """
    firsts = [
        days[there(days)].min() for days in (extract.cease, extract.request) if there(days).any()
    ]
    starts = extract.start[there(extract.start)]
    first = max(firsts) if firsts else starts.min()
    return np.datetime64(str(first)[:7], "M")


def monthly(extract: Extract, since: np.datetime64 | None = None) -> Monthly:
    """Flows and stocks of every month from `since` (without it `first_month`) to the extract's day.

    Ages are on 31 August before the academic year of the event (design 3).
    Raises ValueError where `since` is after the extract.
    """
    as_at = np.datetime64(extract.as_at, "D")
    first = first_month(extract) if since is None else since
    if first > as_at.astype("datetime64[M]"):
        raise ValueError(f"{first} is after the extract of {extract.as_at}")
    months = np.arange(first, as_at.astype("datetime64[M]") + 1)
    ends = np.minimum((months + 1).astype("datetime64[D]") - 1, as_at)
    stocks = [_stock(extract, month, end) for month, end in zip(months, ends, strict=True)]
    before = _stock(extract, months[0] - 1, months[0].astype("datetime64[D]") - 1)
    return Monthly(months, ends, _flows(extract, months[0]), pd.concat(stocks, ignore_index=True), before)  # fmt: skip


def _flows(extract: Extract, first: np.datetime64) -> pd.DataFrame:
    parts = [
        _part(extract, flow, rows, day, placement, to)
        for flow, rows, day, placement, to in _events(extract)
    ]
    events = pd.concat(parts, ignore_index=True)
    events = events[events["month"] >= pd.Timestamp(first)]
    return _counted(events, _DIMENSIONS)


def _part(
    extract: Extract, flow: str, rows: Flags, day: Days, placement: Codes, to: Codes
) -> pd.DataFrame:
    """One row for each event of a flow, as numbers of its month, ages, placements and need."""
    day = day[rows]
    return pd.DataFrame(
        {
            "month": pd.to_datetime(day.astype("datetime64[M]")),
            "flow": FLOWS.index(flow),
            "age_group": _age_groups(extract.birth[rows], day),
            "placement": placement[rows],
            "to_placement": to[rows],
            "need": extract.need[rows],
        }
    )


def _age_groups(birth: Days, day: Any) -> Codes:
    ages = age_on_31_august(birth, day)
    return np.asarray(np.searchsorted(AGE_GROUP_STARTS, ages, side="right") - 1)


def _counted(events: pd.DataFrame, dimensions: tuple[str, ...]) -> pd.DataFrame:
    """Events counted by their dimensions, in order, with names in place of numbers."""
    counts = events.groupby(list(dimensions), as_index=False, observed=True).size()
    names: dict[str, tuple[str, ...]] = {
        "flow": FLOWS,
        "age_group": AGE_GROUPS,
        "placement": _ALL_PLACEMENTS,
        "to_placement": _ALL_PLACEMENTS,
        "need": NEEDS,
    }
    for dimension in dimensions:
        if dimension in names:
            counts[dimension] = np.array(names[dimension])[counts[dimension].to_numpy(np.int64)]
    return counts.rename(columns={"size": "count"})


def _stock(extract: Extract, month: np.datetime64, day: np.datetime64) -> pd.DataFrame:
    """Plans in force at the end of a day, counted for a month."""
    rows = extract.in_force_on(day)
    frame = pd.DataFrame(
        {
            "month": pd.Timestamp(month),
            "age_group": _age_groups(extract.birth[rows], day),
            "placement": extract.placement_on(day)[rows],
            "need": extract.need[rows],
        }
    )
    return _counted(frame, ("month", "age_group", "placement", "need"))


def _events(extract: Extract) -> Iterator[tuple[str, Flags, Days, Codes, Codes]]:
    """Each flow: the rows it happens in, its day, the placement then and the placement it leads to."""
    none = np.full(len(extract.row), NOT_PLACED)
    # What was asked of another authority before a plan moved in is no flow of this one.
    here = ~there(extract.moved_in)
    yield from _of_requests(extract, here, none)
    yield from _of_assessments(extract, here, none)
    yield from _issued(extract, here, none)
    yield from _held(extract, here, none)


def _of_requests(
    extract: Extract, here: Flags, none: Codes
) -> Iterator[tuple[str, Flags, Days, Codes, Codes]]:
    outcome = extract.request_outcome
    agreed, refused, withdrawn = (REQUEST_OUTCOMES.index(w) for w in REQUEST_OUTCOMES[1:])
    appealed = extract.decided_by >= DECIDED_BY.index("mediation")
    at_once = (outcome == agreed) & appealed
    overturned = np.where(at_once, extract.decision, extract.overturned)
    assessed = agreed_on(extract)
    yield "requests", here & there(extract.request), extract.request, none, none
    yield "agreed", here & there(assessed), assessed, none, none
    yield "refused", here & ((outcome == refused) | at_once), extract.decision, none, none
    yield "requests_withdrawn", here & (outcome == withdrawn), extract.decision, none, none
    yield "overturned", here & there(overturned), overturned, none, none


def agreed_on(extract: Extract) -> Days:
    """Day on which an assessment was agreed to, at once or by overturning the refusal; NaT where none was."""
    agreed = extract.request_outcome == REQUEST_OUTCOMES.index("agreed")
    return np.where(agreed, extract.decision, extract.overturned)


def _of_assessments(
    extract: Extract, here: Flags, none: Codes
) -> Iterator[tuple[str, Flags, Days, Codes, Codes]]:
    names = ("assessments_ended_with_plan", "assessments_ended_without_plan", "assessments_withdrawn")  # fmt: skip
    for flow, word in zip(names, ASSESSMENT_OUTCOMES[1:], strict=True):
        rows = here & (extract.assessment_outcome == ASSESSMENT_OUTCOMES.index(word))
        yield flow, rows, extract.assessment_end, none, none


def _issued(
    extract: Extract, here: Flags, none: Codes
) -> Iterator[tuple[str, Flags, Days, Codes, Codes]]:
    issued = here & there(extract.plan)
    at_first = extract.placement_on(extract.plan)
    counted = issued & there(extract.request)
    in_time = counted & (extract.plan - extract.request <= _days_allowed(extract.as_at))
    ordinary = extract.exceptions != YES_NO.index("yes")
    yield "plans_issued", issued, extract.plan, at_first, none
    yield "issued_counted", counted, extract.plan, at_first, none
    yield "issued_in_20_weeks", in_time, extract.plan, at_first, none
    yield "issued_counted_without_exceptions", counted & ordinary, extract.plan, at_first, none
    yield "issued_in_20_weeks_without_exceptions", in_time & ordinary, extract.plan, at_first, none


def _days_allowed(day: date) -> np.timedelta64:
    weeks = policy()["ehc_plan_weeks"].at(day.year, day.month)
    return np.timedelta64(7 * int(weeks), "D")


def _held(
    extract: Extract, here: Flags, none: Codes
) -> Iterator[tuple[str, Flags, Days, Codes, Codes]]:
    start, cease = extract.start, extract.cease
    # A plan leaves from where it was the day before, or on its first day.
    last = extract.placement_on(np.maximum(np.where(there(cease), cease - 1, start), start))
    for flow, word in (("ceased", "ceased"), ("moved_out", "moved_out")):
        rows = there(cease) & (extract.cease_reason == CEASE_REASONS.index(word))
        yield flow, rows, cease, last, none
    yield "moved_in", ~here, start, extract.placement_on(start), none
    changed = there(start) & extract.moved & (extract.placed > start)
    changed &= ~(there(cease) & (extract.placed >= cease))
    yield "changed_placement", changed, extract.placed, extract.first, extract.current


def closing_gaps(counts: Monthly) -> NDArray[np.int64]:
    """What does not close, shape (month, placement, need): nil everywhere, whatever the extract.

    opening + issued + moved in - ceased - moved out + changed to - changed from - closing (design 5.3).
    Stocks are counted from the days of the plans, flows from their events, so that one checks the other.
    """
    shape = (len(counts.months), len(PLACEMENTS), len(NEEDS))
    closing = _cells(counts.stock, counts.months, shape)
    opening = _cells(counts.opening, counts.months[:1] - 1, (1, *shape[1:]))
    held = np.concatenate([opening, closing[:-1]])
    for sign, flow, column in (
        (1, "plans_issued", "placement"),
        (1, "moved_in", "placement"),
        (-1, "ceased", "placement"),
        (-1, "moved_out", "placement"),
        (-1, "changed_placement", "placement"),
        (1, "changed_placement", "to_placement"),
    ):
        rows = counts.flows[counts.flows["flow"] == flow]
        held = held + sign * _cells(rows, counts.months, shape, column)
    return np.asarray(held - closing)


def _cells(
    frame: pd.DataFrame, months: Days, shape: tuple[int, ...], placement: str = "placement"
) -> NDArray[np.int64]:
    cells = np.zeros(shape, dtype=np.int64)
    month = np.searchsorted(months, frame["month"].to_numpy("datetime64[M]"))
    place = pd.Index(PLACEMENTS).get_indexer(pd.Index(frame[placement]))
    need = pd.Index(NEEDS).get_indexer(pd.Index(frame["need"]))
    np.add.at(cells, (month, place, need), frame["count"].to_numpy(np.int64))
    return cells
