"""Invented extracts whose flows are known: every event is counted as it is made, one child at a time.

No row describes anybody: births, needs, placements and dates are drawn from a seeded generator.
"""

from __future__ import annotations

import csv
import io
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl

HEADINGS = (
    "child_key", "birth_month", "request_date", "request_outcome", "decision_date", "decided_by",
    "overturned_date", "advice_started_date", "assessment_end_date", "assessment_outcome",
    "plan_date", "exceptions", "moved_in_date", "first_placement", "current_placement",
    "placement_date", "residential", "need", "cease_date", "cease_reason",
)  # fmt: skip
SETTINGS = {
    "mainstream": "mainstream",
    "special_la_maintained": "state_special",
    "mainstream_academy_senunit": "specialist_base",
    "special_independent": "independent_special_day",
    "ap_pru_academy": "alternative_provision",
}
NEEDS = ("ASD", "SEMH", "SLCN", "MLD", "SLD")
GROUPS = (("under_5", 0, 4), ("5_to_10", 5, 10), ("11_to_15", 11, 15), ("16_to_19", 16, 19), ("20_to_25", 20, 25))  # fmt: skip

Row = dict[str, Any]


@dataclass
class Invented:
    """An extract of `start` to `end` with what was counted while it was made.

    `flows`: (month, flow, age group, setting, setting moved to, need) -> events. `stock`: (month, age
    group, setting, need) -> plans in force at the month's end, the month before `start` included.
    """

    start: date
    end: date
    rows: list[Row] = field(default_factory=list)
    flows: Counter[tuple[str, ...]] = field(default_factory=Counter)
    stock: Counter[tuple[str, ...]] = field(default_factory=Counter)


def invented(seed: int, children: int = 400, start: date = date(2023, 1, 1), end: date = date(2025, 1, 31)) -> Invented:  # fmt: skip
    """An extract with every kind of row, from plans long in force to requests just made."""
    made, chance = Invented(start, end), random.Random(seed)
    for number in range(children):
        _child(made, chance, f"k{number:05d}")
    for month_end in _month_ends(start - timedelta(days=1), end):
        for row in made.rows:
            where = _in_force(row, month_end)
            if where is not None:
                key = (f"{month_end:%Y-%m}", group(row["birth_month"], month_end), where, row["need"])  # fmt: skip
                made.stock[key] += 1
    return made


def _child(made: Invented, chance: random.Random, key: str) -> None:
    kind = chance.choice(("held", "moved_in", "request", "request", "request"))
    birth = f"{chance.randint(2006, 2020)}-{chance.randint(1, 12):02d}"
    row: Row = {"child_key": key, "birth_month": birth, "need": chance.choice(NEEDS)}
    made.rows.append(row)
    if kind == "request":
        _request(made, chance, row)
        return
    begun = made.start - timedelta(days=chance.randint(30, 600))
    if kind == "moved_in":
        row["plan_date"] = begun
        begun = made.start + timedelta(days=chance.randint(0, (made.end - made.start).days))
        row["moved_in_date"] = begun
    else:
        row["plan_date"] = begun
    _plan(made, chance, row, begun, "moved_in" if kind == "moved_in" else None)


def _request(made: Invented, chance: random.Random, row: Row) -> None:
    def later(day: date, most: int) -> date:
        return day + timedelta(days=chance.randint(0, most))

    asked = made.start + timedelta(days=chance.randint(0, (made.end - made.start).days))
    row["request_date"] = asked
    _count(made, "requests", asked, row)
    decided = later(asked, 60)
    if decided > made.end:
        return
    outcome = chance.choice(("agreed", "agreed", "agreed", "refused", "refused", "withdrawn"))
    row |= {"decision_date": decided, "request_outcome": outcome}
    agreed = decided
    if outcome == "withdrawn":
        _count(made, "requests_withdrawn", decided, row)
        return
    if outcome == "refused":
        _count(made, "refused", decided, row)
        agreed = later(decided, 120)
        if chance.random() < 0.5 or agreed > made.end:
            return
        row["overturned_date"] = agreed
        _count(made, "overturned", agreed, row)
    elif chance.random() < 0.1:
        row["decided_by"] = chance.choice(("mediation", "tribunal"))
        _count(made, "refused", decided, row)
        _count(made, "overturned", decided, row)
    _count(made, "agreed", agreed, row)
    started = later(agreed, 60)
    if started > made.end:
        return
    row["advice_started_date"] = started
    ended = later(started, 60)
    if ended > made.end:
        return
    result = chance.choice(("plan",) * 8 + ("no_plan", "withdrawn"))
    row |= {"assessment_end_date": ended, "assessment_outcome": result}
    names = {
        "plan": "assessments_ended_with_plan",
        "no_plan": "assessments_ended_without_plan",
        "withdrawn": "assessments_withdrawn",
    }
    _count(made, names[result], ended, row)
    issued = later(ended, 30)
    if result != "plan" or issued > made.end:
        return
    row["plan_date"] = issued
    row["exceptions"] = chance.choice(("yes", "no", "no"))
    flows = ["plans_issued", "issued_counted"]
    in_time = (issued - asked).days <= 140
    if in_time:
        flows.append("issued_in_20_weeks")
    if row["exceptions"] == "no":
        flows.append("issued_counted_without_exceptions")
        if in_time:
            flows.append("issued_in_20_weeks_without_exceptions")
    _plan(made, chance, row, issued, *flows)


def _plan(made: Invented, chance: random.Random, row: Row, begun: date, *flows: str | None) -> None:
    first = last = chance.choice(list(SETTINGS))
    row |= {"first_placement": first, "current_placement": first, "residential": "no"}
    for flow in flows:
        if flow is not None:
            _count(made, flow, begun, row, SETTINGS[first])
    changed = begun + timedelta(days=chance.randint(1, 500))
    ceased = changed + timedelta(days=chance.randint(1, 500))
    if chance.random() < 0.4 and changed <= made.end:
        last = chance.choice([name for name in SETTINGS if name != first])
        row |= {"current_placement": last, "placement_date": changed}
        _count(made, "changed_placement", changed, row, SETTINGS[first], SETTINGS[last])
    if chance.random() < 0.4 and made.start <= ceased <= made.end:
        reason = chance.choice(("ceased", "ceased", "moved_out"))
        row |= {"cease_date": ceased, "cease_reason": reason}
        _count(made, reason, ceased, row, SETTINGS[last])


def _count(made: Invented, flow: str, day: date, row: Row, setting: str = "", to: str = "") -> None:
    if day >= made.start:
        age_group = group(row["birth_month"], day)
        made.flows[(f"{day:%Y-%m}", flow, age_group, setting, to, row["need"])] += 1


def group(birth: str, day: date) -> str:
    """Age group on 31 August before the academic year of a day, by counting birthdays."""
    year, month = (int(part) for part in birth.split("-"))
    last_august = day.year if day.month >= 9 else day.year - 1
    age = max(sum((year + n, month) <= (last_august, 8) for n in range(1, 40)), 0)
    return next(name for name, low, high in GROUPS if low <= age <= high)


def _in_force(row: Row, day: date) -> str | None:
    """Setting in which a plan is at the end of a day, None where it is not in force."""
    begun = row.get("moved_in_date") or row.get("plan_date")
    if begun is None or begun > day or (row.get("cease_date") or date.max) <= day:
        return None
    changed = row.get("placement_date")
    name = row["first_placement"] if changed and changed > day else row["current_placement"]
    return SETTINGS[name]


def _month_ends(first: date, last: date) -> Iterable[date]:
    """The last day of each month, the last of them cut short."""
    day = first
    while day < last:
        yield day
        month_end = (day + timedelta(days=1 + 31)).replace(day=1) - timedelta(days=1)
        day = min(month_end, last)
    yield last


def as_csv(rows: Sequence[Row], headings: Sequence[str] = HEADINGS, delimiter: str = ",") -> str:
    """Rows as CSV, dates in ISO form."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    writer.writerow(headings)
    for row in rows:
        writer.writerow([row.get(name, "") for name in headings])
    return text.getvalue()


def write_csv(path: Path, rows: Sequence[Row], **how: Any) -> Path:
    path.write_text(as_csv(rows, **how), encoding="utf-8")
    return path


def write_workbook(
    path: Path,
    rows: Sequence[Row],
    headings: Sequence[str] = HEADINGS,
    **more: Sequence[Sequence[Any]],
) -> Path:
    """Rows on a sheet `Extract`, with other sheets of the names and cells of `more`."""
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.title = "Extract"
    book.active.append(list(headings))
    for row in rows:
        book.active.append([row.get(name) for name in headings])
    for title, cells in more.items():
        sheet = book.create_sheet(title)
        for line in cells:
            sheet.append(list(line))
    book.save(path)
    return path
