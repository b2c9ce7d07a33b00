"""Checks between the cells of a row and between the rows of a child: order of dates, outcomes, ages, plans twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from model.importing.extract.extract import Days, Extract, Flags, there, too_old
from model.importing.extract.some_rows import some_rows
from model.importing.extract.table import Table
from model.importing.extract.words import ASSESSMENT_OUTCOMES, CEASE_REASONS, REQUEST_OUTCOMES
from model.scenario.problems import Problem

Finding = tuple[Flags, str, str, str | None]
"""Rows, the column, what is wrong and how to mend it."""

_AGREED: Final = REQUEST_OUTCOMES.index("agreed")
_REFUSED: Final = REQUEST_OUTCOMES.index("refused")
_WITHDRAWN: Final = REQUEST_OUTCOMES.index("withdrawn")
_NO_PLAN: Final = ASSESSMENT_OUTCOMES.index("no_plan")
_ASSESSMENT_WITHDRAWN: Final = ASSESSMENT_OUTCOMES.index("withdrawn")


def row_problems(extract: Extract, table: Table, unread: Flags) -> list[Problem]:
    """Everything that cannot be in a row, or in the rows of one child, as read. Rows `unread` are left out."""
    problems: list[Problem] = []
    for rows, name, message, hint in _findings(extract):
        problems += some_rows(table, extract.row[rows & ~unread], name, message, hint=hint)
    return problems + _twice(extract, table, unread)


def _findings(extract: Extract) -> Iterator[Finding]:
    yield from _what_a_row_is(extract)
    yield from _dates_in_order(extract)
    yield from _outcomes(extract)
    yield from _plans(extract)
    yield from _ages(extract)


def _what_a_row_is(extract: Extract) -> Iterator[Finding]:
    nothing = ~there(extract.request) & ~there(extract.start)
    message = "the row has neither a request nor a plan"
    yield nothing, "request_date", message, "Give request_date, plan_date or moved_in_date."


def _dates_in_order(extract: Extract) -> Iterator[Finding]:
    here = ~there(extract.moved_in)
    steps: tuple[tuple[str, Days], ...] = (
        ("request_date", extract.request),
        ("decision_date", extract.decision),
        ("overturned_date", extract.overturned),
        ("advice_started_date", extract.advice_started),
        ("assessment_end_date", extract.assessment_end),
        ("plan_date", extract.plan),
    )
    yield from _in_order(steps, here)
    yield from _in_order((("plan_date", extract.plan), ("moved_in_date", extract.moved_in)), ~here)
    placed = np.where(extract.moved, extract.placed, np.datetime64("NaT", "D"))
    begun = "moved_in_date" if (~here).all() else "plan_date"
    yield from _in_order(
        ((begun, extract.start), ("placement_date", placed), ("cease_date", extract.cease)),
        np.ones_like(here),
    )


def _in_order(steps: tuple[tuple[str, Days], ...], rows: Flags) -> Iterator[Finding]:
    """Every step that comes before the last one made ahead of it."""
    for later, (name, day) in enumerate(steps):
        settled = ~rows | ~there(day)
        for before, earlier in reversed(steps[:later]):
            wrong = ~settled & there(earlier) & (day < earlier)
            yield wrong, name, f"{name} is before {before}", "One of the two is wrong."
            settled |= there(earlier)


def _outcomes(extract: Extract) -> Iterator[Finding]:
    outcome, here = extract.request_outcome, ~there(extract.moved_in)
    decided, ended = there(extract.decision), there(extract.assessment_end)
    message = "an outcome without the day of the decision"
    yield (outcome > 0) & ~decided & here, "decision_date", message, None
    message = "a decision without its outcome"
    hint = "Write agreed, refused or withdrawn."
    yield (outcome == 0) & decided & here, "request_outcome", message, hint
    told = here & (outcome > 0) & ~there(extract.request)
    yield told, "request_date", "a decision on a request without its date", None
    message = "only a refusal can be overturned"
    refused = outcome == _REFUSED
    yield there(extract.overturned) & ~refused, "overturned_date", message, "Write refused as request_outcome; the import counts it as agreed from overturned_date."  # fmt: skip
    stopped = here & ((refused & ~there(extract.overturned)) | (outcome == _WITHDRAWN))
    further = ended | there(extract.plan) | there(extract.advice_started)
    message = "an assessment or plan after a request that was refused or withdrawn"
    yield stopped & further, "request_outcome", message, "Where the refusal was overturned, give overturned_date."  # fmt: skip
    result = extract.assessment_outcome
    yield here & (result > 0) & ~ended, "assessment_end_date", "an outcome of the assessment without its day", None  # fmt: skip
    message = "an assessment that ended without its outcome"
    yield here & (result == 0) & ended, "assessment_outcome", message, "Write plan, no_plan or withdrawn."  # fmt: skip
    unwanted = (result == _NO_PLAN) | (result == _ASSESSMENT_WITHDRAWN)
    message = "a plan after an assessment that ended without one"
    yield here & unwanted & there(extract.plan), "assessment_outcome", message, None
    known = here & there(extract.request) & (outcome == 0) & ~decided
    message = "an assessment or plan for a request that is not yet decided"
    yield known & further, "request_outcome", message, None


def _plans(extract: Extract) -> Iterator[Finding]:
    held = there(extract.start)
    message, hint = "a plan without a placement", "Write 'not recorded' where it is not known."
    yield held & (extract.current < 0), "current_placement", message, hint
    message = "the placement has changed, and it is not said when"
    hint = "Give placement_date, the day on which the current placement began."
    changed = held & (extract.current >= 0) & extract.moved
    yield changed & ~there(extract.placed), "placement_date", message, hint
    ceased = there(extract.cease)
    yield ceased & ~held, "cease_date", "there is no plan that could cease", None
    message = "a plan that ceased without a reason"
    hint = f"Write {' or '.join(CEASE_REASONS[1:])}, or the SEN2 code."
    yield ceased & (extract.cease_reason == 0), "cease_reason", message, hint
    message = "a reason for ceasing without its day"
    yield ~ceased & (extract.cease_reason > 0), "cease_date", message, None


def _ages(extract: Extract) -> Iterator[Finding]:
    born = extract.birth.astype("datetime64[D]")
    first = np.where(there(extract.request), extract.request, extract.start)
    yield there(first) & (first < born), "birth_month", "born after the first date of the row", None
    last = np.where(there(extract.start), extract.start, extract.request)
    open_now = there(extract.start) & ~there(extract.cease)
    old = too_old(extract.birth, np.where(open_now, np.datetime64(extract.as_at, "D"), last))
    message = "older than a plan can be: 26 or over on 31 August"
    hint = "A plan ends with the academic year in which its holder is 25 on 31 August; give cease_date."  # fmt: skip
    yield old, "birth_month", message, hint


def _twice(extract: Extract, table: Table, unread: Flags) -> list[Problem]:
    """Rows of one child that say the same thing twice, and plans of one child that overlap."""
    problems: list[Problem] = []
    for name, days in (("request_date", extract.request), ("plan_date", extract.start)):
        rows = np.flatnonzero(there(days) & ~unread & (extract.child >= 0))
        order = rows[np.lexsort((extract.row[rows], days[rows], extract.child[rows]))]
        before, after = order[:-1], order[1:]
        same = extract.child[before] == extract.child[after]
        again = same & (days[before] == days[after])
        thing = "request" if name == "request_date" else "plan"
        problems += [
            table.problem(
                int(extract.row[two]),
                "child_key",
                f"the same {thing} of the same child as in row {int(extract.row[one])}",
                hint="Keep one of the rows, or give the children keys of their own.",
            )
            for one, two in zip(before[again], after[again], strict=True)
        ]
        if name == "plan_date":
            until = extract.cease[before]
            both = same & ~again & (~there(until) | (days[after] < until))
            problems += [
                table.problem(
                    int(extract.row[two]),
                    "child_key",
                    f"a second plan while the one in row {int(extract.row[one])} is in force",
                    hint="Give the first a cease_date, or the children keys of their own.",
                )
                for one, two in zip(before[both], after[both], strict=True)
            ]
    return problems
