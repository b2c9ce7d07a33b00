"""The DSG account: allocations before and after deductions, growth of grant, and the deficit brought forward."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from model.importing.choices import choices
from model.importing.evidence import Evidence
from model.importing.figures import Figure, Section, between, derived, published, rounded
from model.importing.money import Allocation, Balance

_TENTH, _NINETIETH = 10, 90
_DEDUCTIONS: Final = {
    "high_needs": ("paid_direct", "Places the department pays directly"),
    "schools": ("recoupment", "Recoupment for academies"),
    "early_years": ("paid_direct_early_years", "Paid directly by the department"),
    "central_services": ("paid_direct_central", "Paid directly by the department"),
}
_ADD: Final = (
    "Left out: {why}. Add a section 'account' with your opening balance and allocation, or give the\n"
    "department's DSG allocations with --allocations and balances with --balances."
)


def account_section(evidence: Evidence) -> Section:
    """The section `account`, or what to add where no allocation of the authority was known."""
    allocation = evidence.money.allocation(evidence.code, evidence.january)
    if allocation is None or not allocation.blocks["high_needs"][0] > 0:
        why = f"no DSG allocation known by January {evidence.january}"
        return Section("account", None, _ADD.format(why=why))
    balance = evidence.money.balance(evidence.code, evidence.january)
    blocks = [
        _block(evidence, allocation, block, balance)
        for block in ("high_needs", "schools", "central_services", "early_years")
        if allocation.blocks[block][0] > 0
    ]
    lines = ["No trajectory, transfer or support is in these statistics: add what was agreed."]
    if balance is None:
        lines.append(
            "No balance is known: put your own into opening_deficit_gbp before anything else."
        )
    if allocation.year < evidence.january:
        lines.append(
            f"The last allocation in the files is that of {_year(allocation.year)}: put that of {_year(evidence.january)} in its place."
        )
    return Section("account", {"blocks": blocks}, "\n".join(lines))


def _block(
    evidence: Evidence, allocation: Allocation, block: str, balance: Balance | None
) -> dict[str, Any]:
    gross, net = allocation.blocks[block]
    first, given = _year(evidence.january), _year(allocation.year)
    source = f"DfE, DSG allocations {given}"
    years = evidence.january - allocation.year
    entry: dict[str, Any] = {"id": block}
    if block == "high_needs":
        entry["opening_deficit_gbp"] = _opening(evidence, allocation, balance)
    else:
        entry["source"] = f"{source}; spending taken to equal income"
        entry["opening_deficit_gbp"] = 0
    since = choices()["income_since"]
    if years == 0:
        income: Any = published(gross, source) if block == "high_needs" else _plain(gross)
    elif block == "high_needs":
        income = between(
            gross * (1 + since.low) ** years, gross * (1 + since.high) ** years,
            f"{gross:,.0f} in {given} (DfE), raised over {years} years by {since.low:.0%} to {since.high:.0%} a year. Put the published allocation here.",
            digits=5,
        )  # fmt: skip
    else:
        income = derived(gross, f"{source}: that of {given} stands for {first}", 12)
    entry["gross_income_gbp"] = Figure({first: income})
    if block == "high_needs":
        growth = choices()["income_growth"]
        later = Figure(between=[rounded(growth.low), rounded(growth.high)])
        entry["income_growth"] = Figure(
            {first: 0, "then": later, "status": "assumed", "reason": growth.reason}
        )
    kept = gross - net
    if not math.isnan(kept) and round(kept):
        name, title = _DEDUCTIONS[block]
        said = f"{source}: {gross:,.0f} before and {net:,.0f} after deductions"
        deduction = Figure(id=name, title=title, amount_gbp=round(kept), grows_with_income=True)
        if years and block == "high_needs":
            ends = sorted(kept * (1 + rate) ** years for rate in (since.low, since.high))
            deduction["amount_gbp"] = between(
                ends[0], ends[1],
                f"{said}; raised as the allocation. Put the published deductions here.", digits=5,
            )  # fmt: skip
        else:
            deduction |= {"status": "derived", "source": said}
        entry["deductions"] = [deduction]
    return entry


def _opening(evidence: Evidence, allocation: Allocation, balance: Balance | None) -> Figure:
    """The deficit brought forward: the last published balance, and how far balances move in a year.

    The balance is the whole DSG's and is put on the high needs block. It moves on by the median yearly
    change of all authorities for each year since; the spread of their changes grows with the square
    root of the years.
    """
    width = choices()["balance_half_width"].value
    total = sum(gross for gross, _ in allocation.blocks.values() if not math.isnan(gross))
    if balance is None:
        return between(
            -0.02 * total, 0.06 * total,
            "Not known: the balances of the DSG are not in the files, or not for this authority. Between a "
            "surplus of 2 % and a deficit of 6 % of the DSG; put your own here.",
        )  # fmt: skip
    years = evidence.january - (balance.year + 1)
    low, usual, high = (
        np.percentile(balance.changes, [_TENTH, 50, _NINETIETH])
        if balance.changes
        else (0.0, 0.0, 0.0)
    )
    middle = balance.deficit_gbp + years * balance.dsg_gbp * usual
    # One year's change says little of the next, so that years add up in their variance.
    half = max(years**0.5 * balance.dsg_gbp * (high - low) / 2, width * balance.dsg_gbp)
    past = ", ".join(
        f"{deficit / 1e6:.2f}m in March {year + 1}"
        for year, deficit in list(balance.own.items())[-2:]
    )
    words = "deficit" if balance.deficit_gbp >= 0 else "surplus"
    return between(
        middle - half, middle + half,
        f"A {words} of about {abs(balance.deficit_gbp) / 1e6:.2f}m for the whole DSG in March {balance.year + 1} "
        f"({abs(balance.percent_of_dsg):.2f} % of {balance.dsg_gbp / 1e6:.1f}m, DfE, approximate; own: {past}, "
        f"positive = deficit), moved on to April {evidence.january} by what balances of all authorities moved in a year. Put your own here.",
    )  # fmt: skip


def _year(first: int) -> str:
    return f"{first}-{(first + 1) % 100:02d}"


def _plain(value: float) -> float | int:
    return int(value) if float(value).is_integer() else float(value)
