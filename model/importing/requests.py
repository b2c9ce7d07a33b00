"""Requests, refusals, assessments and the 20 weeks: what the return shows, and a range for the rest."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from model.importing.choices import choices
from model.importing.evidence import Evidence
from model.importing.figures import Figure, Section, assumed, between, derived, share_between
from model.importing.new_plans import growth_a_year

_MONTHS: Final = 12
_TENTH: Final = 1.2816
"""Standard deviations from the middle of a normal distribution to its tenth and ninetieth percentile."""

LATER_STEP: Final = 2
"""Years after the first in which capacity takes its second step."""


@dataclass(frozen=True)
class _Flows:
    """Published flows of the year before the count, all of one authority."""

    requests: int
    refused: int
    ended: int
    issued: int
    counted: int
    in_time: int
    exceptions: int
    exceptions_in_time: int

    @property
    def agreed(self) -> int:
        return max(self.requests - self.refused, 0)


def requests_section(evidence: Evidence) -> Section:
    """The section `requests`, or what to add where the files do not give every flow of the year."""
    year = evidence.flow_year
    flows, missing = _flows(evidence)
    if flows is None:
        return Section(
            "requests", None,
            f"Left out: {missing}. Add a section 'requests' from the files of requests, assessments "
            "and timeliness\n(DfE SEN2), or from your own return: then the forecast follows requests "
            "and the queue. Without it new plans\ngrow as new_plans says.",
        )  # fmt: skip
    body: dict[str, Any] = {
        "base_year": year,
        "requests_in_base_year": flows.requests,
        "source": f"DfE SEN2, requests, calendar {year}",
        "refused_share": _own_share(
            evidence, "refused", ("requests",), "of {whole} requests refused"
        ),
        "overturned_share": _overturned(evidence, flows),
    }
    for name in ("decision_weeks", "advice_and_drafting_weeks", "case_spread_weeks"):
        body[name] = assumed(choices()[name])
    body["plan_share"] = _own_share(
        evidence, "assessments_issued", ("assessments_issued", "assessments_not_issued"),
        "of {whole} assessments ended in a plan",
    )  # fmt: skip
    body["on_time_share"] = _on_time(evidence)
    body["exceptions_share"] = derived(
        flows.exceptions / flows.counted if flows.counted else 0,
        f"{flows.exceptions} of {flows.counted} plans, DfE SEN2, calendar {year}", 3,
    )  # fmt: skip
    body["exceptions_on_time_share"] = derived(
        flows.exceptions_in_time / flows.exceptions if flows.exceptions else 0,
        f"{flows.exceptions_in_time} of {flows.exceptions}, DfE SEN2, calendar {year}", 3,
    )  # fmt: skip
    # Under first_in_first_out nobody is in time once all wait too long.
    body["order"] = "any_order"
    body["capacity"] = [Figure(step) for step in _capacity(evidence, flows)]
    body["warm_up"] = {
        "year": year,
        "requests": flows.requests,
        "refused": flows.refused,
        "assessments_ended": flows.ended,
        "plans_issued": flows.issued,
        "issued_counted": flows.counted,
        "issued_in_20_weeks": flows.in_time,
        "source": f"DfE SEN2, calendar {year}",
    }
    new = evidence.value("new_plans")
    if new is not None and int(new) != flows.issued:
        body["warm_up"]["note"] = (
            f"SEN2's new plans of the year are {new:.0f}; {flows.issued} are those of the assessment table."
        )
    factor = choices()["opening_queue_factor"]
    body["opening_queue_factor"] = between(factor.low, factor.high, factor.reason)
    return Section("requests", body)


def _flows(evidence: Evidence) -> tuple[_Flows | None, str]:
    """Every flow of the year, or what is missing."""
    named = {
        "requests": evidence.value("requests"),
        "refusals": evidence.value("refused"),
        "assessments that ended in a plan": evidence.value("assessments_issued"),
        "assessments that ended without a plan": evidence.value("assessments_not_issued"),
    }
    timeliness = evidence.row("timeliness_20_week")
    if timeliness is not None and pd.isna(timeliness.plans_issued_den):
        timeliness = None
    named["plans issued within 20 weeks"] = None if timeliness is None else 1.0
    missing = [name for name, value in named.items() if value is None]
    if missing or timeliness is None:
        return None, f"no {', no '.join(missing)} of {evidence.flow_year} in the files"
    if not named["requests"] or not named["assessments that ended in a plan"]:
        return None, f"requests or assessments of {evidence.flow_year} are nil"
    requests, refused, issued, not_issued = (int(named[name] or 0) for name in list(named)[:4])
    row = evidence.row("assessments")
    given = None if row is None else row.assess_in_year
    ended = issued + not_issued if given is None or pd.isna(given) else int(given)
    counted, in_time = (
        int(timeliness.plans_issued_den),
        int(timeliness.plans_issued_within_20_weeks),
    )
    without = timeliness[["plans_issued_den_ex", "plans_issued_20_weeks_ex"]].astype(float)
    none = bool(without.isna().any())
    exceptions = 0 if none else max(counted - int(without.iloc[0]), 0)
    early = 0 if none else min(max(in_time - int(without.iloc[1]), 0), exceptions)
    return _Flows(
        requests, min(refused, requests), max(ended, issued), issued, counted, in_time, exceptions, early
    ), ""  # fmt: skip


def _own_share(evidence: Evidence, part: str, wholes: tuple[str, ...], words: str) -> Figure:
    """From the lowest to the highest of the authority's latest years, wider by what chance adds."""
    count = int(choices()["own_years"].value)
    shares, said = [], []
    for january in range(evidence.january, evidence.january - count, -1):
        parts = [evidence.value(name, january) for name in wholes]
        number = evidence.value(part, january)
        if number is None or any(value is None for value in parts):
            continue
        whole = sum(value or 0 for value in parts)
        if not whole:
            continue
        # A half counted on either side keeps nil and all from looking certain.
        share = (number + 0.5) / (whole + 1)
        chance = _TENTH * math.sqrt(share * (1 - share) / whole)
        shares.append((share, max(chance, choices()["least_half_width"].value)))
        said.append(f"{number:.0f} {words.format(whole=f'{whole:.0f}')} in {january - 1}")
    low = min(share - width for share, width in shares)
    high = max(share + width for share, width in shares)
    return share_between(low, high, f"{'; '.join(said)} (SEN2).")


def _overturned(evidence: Evidence, flows: _Flows) -> Figure:
    """Refusals that led to an assessment after all, drawn towards England's where they are few."""
    choice, weight = choices()["overturned_share"], choices()["overturned_weight"].value
    own, nation = _after_appeal(evidence, None), _after_appeal(evidence, "England")
    refused = evidence.england("refused")
    if own is None or not flows.refused:
        return assumed(choice)
    national = choice.value if nation is None or not refused else nation / refused
    middle = (own + weight * national) / (flows.refused + weight)
    return Figure(
        value=round(middle, 3),
        status="assumed",
        range=[round(middle * choice.low / choice.value, 3), round(min(2 * middle, 1), 3)],
        reason=f"{own:.0f} assessments after mediation or tribunal for {flows.refused} refusals in "
        f"{evidence.flow_year} (SEN2), drawn towards England's {national:.1%}.",
    )


def _after_appeal(evidence: Evidence, authority: str | None) -> float | None:
    row = evidence.row("assessments", authority=authority)
    columns = ["number_assess_mediation", "number_assess_tribunal"]
    if row is None or any(name not in row.index or pd.isna(row[name]) for name in columns):
        return None
    return float(row[columns].sum())


def _on_time(evidence: Evidence) -> Figure:
    """What would be in time without a queue: around the best of the authority's own years."""
    standard, width = choices()["on_time_best"], choices()["on_time_half_width"].value
    known = {
        january: evidence.value("share_in_20_weeks", january)
        for january in evidence.history.januaries
    }
    first = evidence.january - int(choices()["on_time_years"].value)
    recent = {
        january: share for january, share in known.items() if share is not None and january > first
    }
    best = max(recent, key=lambda january: recent[january], default=None)
    if best is None or recent[best] < choices()["least_on_time_best"].value:
        return share_between(standard.low, standard.high, standard.reason)
    reason = f"{recent[best]:.1%} in {best - 1}, the best of the last years (SEN2)."
    return share_between(recent[best] - width, min(recent[best] + width, 0.97), reason)


def _capacity(evidence: Evidence, flows: _Flows) -> list[dict[str, Any]]:
    """Last year's assessments, then a range that follows what will be agreed, in two steps."""
    year, ended, agreed = evidence.flow_year, flows.ended / _MONTHS, flows.agreed / _MONTHS
    after = choices()["capacity_after"]
    growth = growth_a_year(evidence, "requests", own=True) or 0.0
    carried = choices()["growth_carried"].value * growth
    steps: list[dict[str, Any]] = [
        {
            "id": f"year_{year}", "start": f"{year}-01",
            "assessments_a_month": derived(ended, f"{flows.ended} assessments ended, DfE SEN2, calendar {year}"),
        }
    ]  # fmt: skip
    damping, total, expected = choices()["damping"].value, 0.0, {}
    for ahead in range(1, LATER_STEP + 2):
        total += carried * damping ** (ahead - 1)
        expected[ahead] = agreed * math.exp(total)
    for ahead in (1, LATER_STEP + 1):
        first = evidence.january + ahead - 1
        level = max(expected[ahead], ended if ahead == 1 else 0.0)
        low = min(ended, level * after.low) if ahead == 1 else level * after.low
        steps.append(
            {
                "id": step_id(first), "start": f"{first}-04",
                "assessments_a_month": between(
                    max(low, 0.1), max(level * after.high, 0.2),
                    f"{ended:.1f} ended and {agreed:.1f} were agreed a month in {year}; about {expected[ahead]:.1f} "
                    f"will be agreed in {first}. {after.reason}",
                ),
            }
        )  # fmt: skip
    return steps


def step_id(year: int) -> str:
    """The id of the capacity from the April of a year on."""
    return f"from_{year}_{(year + 1) % 100:02d}"
