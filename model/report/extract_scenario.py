"""The part of a scenario that an extract gives, as a file to lay over a scenario with `extends`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from model.importing.extract.scenario_part import (
    PRIOR,
    OpeningCounts,
    ScenarioPart,
    Split,
    YearCounts,
)
from model.importing.extract.small_counts import LEFT_IN, ROUNDED
from model.reference.calendar import financial_year_label

_SHARE_DIGITS: Final = 4


def scenario_text(part: ScenarioPart, source: str, extends: str, *, rounded: bool) -> str:
    """The file as text: sections plans, new_plans, moved_in and requests, each with its source."""
    said = json.dumps(source, ensure_ascii=False)
    lines = [*_head(part, source, extends, rounded), *_plans(part.opening, said)]
    if part.year is not None:
        lines += [*_new_plans(part.year, said), *_moved_in(part.year, said)]
        lines += _requests(part.year, part.waiting, said)
    return "\n".join(lines) + "\n"


def _head(part: ScenarioPart, source: str, extends: str, rounded: bool) -> list[str]:
    opening = part.opening
    year = int(str(opening.counted)[:4])
    lines = [
        f"# Made by `hn-forecast import extract`. Source: {source}.",
        f"# {ROUNDED if rounded else LEFT_IN}",
        "# Put this file into the folder of the scenario named below; it takes the place of these sections there.",
        f"# It fits a scenario whose first year is {financial_year_label(year)}.",
    ]  # fmt: skip
    if part.year is None:
        lines += [
            "# new_plans and requests are left out: the extract does not hold the whole calendar",
            f"# year {year - 1}.",
        ]
    return [*lines, f"extends: {json.dumps(extends, ensure_ascii=False)}", ""]


def _plans(opening: OpeningCounts, source: str) -> list[str]:
    month = str(opening.counted)[:7]
    lines = [
        f"# In force at the end of {opening.counted_to}; the SEN2 count is of a day in the middle of January.",
        "plans:",
        f"  counted: {month}",
        f"  total: {opening.total}",
        f"  source: {source}",
        f"  age_groups: {_table(opening.age_groups)}",
        f"  settings: {_table(opening.settings)}",
    ]
    if opening.needs is not None:
        lines.append(f"  needs: {_table(opening.needs)}")
    return [*lines, *_standing(opening.settings, opening.split), ""]


def _standing(settings: Mapping[str, int], split: Split) -> list[str]:
    """Day and residential where the extract does not tell them apart: assumed, with a range."""
    if not split.undivided:
        return []
    reason = json.dumps("The extract does not say day or residential; national shares by age.")
    most = min(2 * split.residential, split.undivided)
    lines = ["  standing:"]
    for name, low, high in (
        ("independent_special_day", split.residential - most, split.residential),
        ("independent_special_residential", -split.residential, most - split.residential),
    ):
        if name in settings:
            value = f"[{max(settings[name] + low, 0)}, {settings[name] + high}]"
            lines.append(f"    - {{setting: {name}, status: assumed, range: {value}, reason: {reason}}}")  # fmt: skip
    return lines


def _new_plans(year: YearCounts, source: str) -> list[str]:
    lines = [
        "new_plans:",
        f"  base_year: {year.year}",
        f"  plans_in_base_year: {year.plans_issued}",
        f"  source: {source}",
    ]
    if year.first_settings:
        lines.append(f"  first_settings: {_table(year.first_settings)}")
    return [*lines, ""]


def _moved_in(year: YearCounts, source: str) -> list[str]:
    if year.moved_in is None:
        return []
    return [
        f"# Moved in from other authorities in {year.year}; one year's number says little of the next.",
        "moved_in:",
        f"  plans_a_year: {year.moved_in}",
        f"  source: {source}",
        "",
    ]


def _requests(year: YearCounts, waiting: Mapping[int, int] | None, source: str) -> list[str]:
    if not year.requests:
        return []
    overturned = min(year.overturned, year.stopped)
    lines = [
        f"# Shares are those of {year.year} with the uncertainty of its numbers alone: what next year decides may",
        "# differ by more. Requests withdrawn count with refusals, assessments withdrawn with those without a plan.",
        "requests:",
        f"  base_year: {year.year}",
        f"  requests_in_base_year: {year.requests}",
        f"  source: {source}",
        f"  refused_share: {_share(year.stopped, year.agreed_at_once)}",
        f"  overturned_share: {_share(overturned, year.stopped - overturned)}",
        f"  plan_share: {_share(year.with_plan, year.without_plan)}",
        f"  seasonality: [{', '.join(f'{share:.{_SHARE_DIGITS}f}' for share in shares(year.requests_by_month))}]",
    ]
    for name, weeks in (
        ("decision_weeks", year.decision_weeks),
        ("advice_and_drafting_weeks", year.advice_and_drafting_weeks),
    ):
        if weeks is not None:
            lines.append(f"  {name}: {weeks:.1f}")
    if year.exceptions is not None and year.issued_counted:
        lines.append(f"  exceptions_share: {year.exceptions / year.issued_counted:.4f}")
        if year.exceptions:
            in_time = year.exceptions_in_20_weeks / year.exceptions
            lines.append(f"  exceptions_on_time_share: {in_time:.4f}")
    return [*lines, *_queue(year, waiting)]


def _queue(year: YearCounts, waiting: Mapping[int, int] | None) -> list[str]:
    """The opening queue where it is known; else the year's flows, from which the model finds it."""
    if waiting is not None:
        return [
            "  # Waiting for advice at the count, by whole months since the decision to assess. A scenario that has",
            "  # a warm_up leaves it out now: the queue is given in one way or the other.",
            "  waiting_at_start: ["
            + ", ".join(f"{{months_waited: {m}, assessments: {n}}}" for m, n in waiting.items())
            + "]",
        ]
    if not year.plans_issued:
        return []
    ended = year.plans_issued + year.without_plan
    return [
        "  # The extract does not say when advice was started, so nobody can tell who waits for it: a run of",
        "  # the year finds the queue that its 20-week share implies. With advice_started_date it is known.",
        "  waiting_at_start: []",
        f"  warm_up: {{year: {year.year}, requests: {year.requests}, refused: {min(year.stopped, year.requests)}, "
        f"assessments_ended: {ended}, plans_issued: {year.plans_issued}, "
        f"issued_counted: {year.issued_counted}, issued_in_20_weeks: {year.issued_in_20_weeks}}}",
    ]


def _share(yes: int, no: int) -> str:
    """A share as the beta distribution that its two counts leave of it."""
    return f"{{beta: [{yes + PRIOR}, {no + PRIOR}], status: derived}}"


def shares(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Shares of a total to four digits that add up to exactly 1: largest remainder.

    >>> shares(np.array([1, 1, 1])).tolist()
    [0.3334, 0.3333, 0.3333]
    """
    units = 10**_SHARE_DIGITS
    exact = counts / counts.sum() * units
    whole = np.floor(exact)
    whole[np.argsort(whole - exact, kind="stable")[: int(units - whole.sum())]] += 1
    return np.asarray(whole / units)


def _table(counts: Mapping[str, int]) -> str:
    return "{" + ", ".join(_pairs(counts.items())) + "}"


def _pairs(items: Iterable[tuple[str, int]]) -> Iterable[str]:
    return (f"{name}: {count}" for name, count in items)
