"""New plans: how many in the year before the count, where they start, and how fast they grow."""

from __future__ import annotations

import math
from typing import Any, Final

from model.history.placements import INDEPENDENT_SPECIAL, placements
from model.importing.choices import choices
from model.importing.evidence import Evidence, settings_of
from model.importing.figures import Figure, Section, between, rounded, whole_parts
from model.importing.plans import placement_shares_of_new
from model.reference.codes import SETTINGS

_GROWTH_YEARS: Final = 3
_CLOSE: Final = 0.1
_MOST_GROWTH: Final = 0.4
"""A log growth beyond this a year is a first or a faulty return, not a trend."""


def new_plans_section(evidence: Evidence, *, with_requests: bool) -> Section:
    """The section `new_plans`. With requests, its growth is that of requests."""
    year = evidence.flow_year
    body: dict[str, Any] = {"base_year": year}
    count = evidence.value("new_plans")
    comment = "Level, growth and fading hold for requests, because requests are given."
    if not with_requests:
        comment = "Without requests, new plans come at this level and growth."
    if count is None:
        comment += f"\nNew plans of {year} are not in the files: add plans_in_base_year (DfE SEN2, new plans)."
    else:
        body["plans_in_base_year"] = int(count)
        body["source"] = _source(evidence)
        first, note = _first_settings(evidence, int(count))
        if first:
            body["first_settings"] = first
        if note:
            body["note"] = note
    series = "requests" if with_requests else "new_plans"
    body["initial_growth"] = _growth(evidence, series)
    damping = choices()["damping"]
    ends = [rounded(value) for value in (damping.low, damping.value, damping.high)]
    body["damping"] = Figure(pert=ends, status="assumed", reason=damping.reason)
    variation = choices()["yearly_variation"]
    body["yearly_variation"] = Figure(
        normal=[0, rounded(variation.value)], status="assumed", reason=variation.reason
    )
    return Section("new_plans", body, comment)


def _source(evidence: Evidence) -> str:
    repaired = [
        repair
        for repair in evidence.history.repairs
        if repair.authority == evidence.authority
        and repair.january == evidence.january
        and repair.series == "new_plans"
    ]
    if repaired:
        return (
            f"DfE SEN2, assessments that ended in a plan, calendar {evidence.flow_year}; the file of new "
            f"plans has {repaired[0].published:,.0f}, the number of the whole region"
        )
    return f"DfE SEN2, new plans, calendar {evidence.flow_year}"


def _first_settings(evidence: Evidence, count: int) -> tuple[dict[str, int], str]:
    """New plans by first setting, in whole plans that add up to the number of the year; and a note."""
    row = evidence.row("newplans")
    if row is None:
        return {}, "First settings are not in the files given: national shares stand in."
    row = row.copy()
    published = row.new_ehc_plans
    # Some rows leave a plan or two without a placement, and a few have another number beside them.
    leaves = [name for name in row.index if name in placements()]
    found = float(row[leaves].astype(float).sum())
    row["new_ehc_plans"] = found
    counts = settings_of(row, "new_ehc_plans")
    if counts is None or abs(found / count - 1) > _CLOSE:
        return {}, "First settings are not usable for this year: national shares stand in."
    independent = counts.pop(INDEPENDENT_SPECIAL, 0)
    residential = round(placement_shares_of_new() * independent)
    counts["independent_special_day"] = independent - residential
    counts["independent_special_residential"] = residential
    notes = []
    if found != count:
        notes.append(f"First settings are given for {found:,.0f} plans and scaled to {count:,}.")
        counts = whole_parts(dict(counts), count)
    if independent:
        notes.append(
            f"Of {independent} new plans in independent and non-maintained special schools {residential} "
            "are taken as residential, England's share."
        )
    if published != count and not notes:
        notes.append(f"The file of new plans has {published:,.0f} in all.")
    return {name: counts[name] for name in SETTINGS if counts.get(name)}, " ".join(notes)


def _growth(evidence: Evidence, series: str) -> Figure:
    """Half of the mean of own and national growth of up to three years, and as far either side."""
    carried, width = choices()["growth_carried"], choices()["growth_half_width"]
    own = growth_a_year(evidence, series, own=True)
    nation = growth_a_year(evidence, series, own=False)
    known = [value for value in (own, nation) if value is not None]
    middle = carried.value * sum(known) / len(known) if known else 0.0
    words = {"requests": "Requests", "new_plans": "New plans"}[series]
    said = [
        f"{'own' if value is own else 'England'} {math.expm1(value):+.0%}"
        for value in (own, nation)
        if value is not None
    ]
    history = (
        f"{words} a year over up to three years to {evidence.flow_year}: {', '.join(said)} (SEN2). "
        if said
        else f"{words} of earlier years are not in the files. "
    )
    return between(
        rounded(middle - width.value, 2), rounded(middle + width.value, 2), history + carried.reason
    )


def growth_a_year(evidence: Evidence, series: str, *, own: bool) -> float | None:
    """Mean log growth a year of a series over up to three years; None without two years."""
    get = evidence.value if own else evidence.england
    last = get(series)
    if not last:
        return None
    for years in range(_GROWTH_YEARS, 0, -1):
        first = get(series, evidence.january - years)
        if first:
            growth = math.log(last / first) / years
            return max(-_MOST_GROWTH, min(growth, _MOST_GROWTH))
    return None
