"""Plans in force at the January count: total, ages, settings, needs and the years before."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd

from model.history.history import NATION
from model.history.placements import INDEPENDENT_SPECIAL
from model.importing.evidence import Evidence, Settings
from model.importing.figures import Figure, Section, whole_parts
from model.reference.codes import AGE_GROUPS, AGES, SETTINGS, age_group_of
from model.reference.national import national_rates

_DAY, _RESIDENTIAL = "independent_special_day", "independent_special_residential"
_BOARDING_ROWS: Final = ("Special - independent", "Special - non-maintained")
_NEED_OF_COLUMN: Final = {
    "number_asd": "ASD", "number_hi": "HI", "number_mld": "MLD", "number_msi": "MSI",
    "number_oth": "OTH", "number_pd": "PD", "number_pmld": "PMLD", "number_semh": "SEMH",
    "number_slcn": "SLCN", "number_sld": "SLD", "number_spld": "SPLD", "number_vi": "VI",
    "number_need_unknown": "unknown",
}  # fmt: skip
_ASSUMED_RANGE: Final = (0.8, 1.2)


def plans_section(evidence: Evidence) -> Section:
    """The section `plans` of the scenario. Whole plans; every margin adds up to the total."""
    total = int(evidence.value("plans") or 0)
    settings, standing = _settings(evidence, total)
    ages, ages_note = _age_groups(evidence, total)
    body: dict[str, Any] = {
        "counted": f"{evidence.january}-01",
        "total": total,
        "source": f"DfE SEN2, January {evidence.january} (caseload{ages_note[0]})",
        "age_groups": Figure(ages),
        "settings": {name: settings[name] for name in SETTINGS if settings.get(name)},
    }
    needs = _needs(evidence, total)
    if needs is not None:
        body["needs"] = Figure(needs)
    if standing:
        body["standing"] = [Figure(item) for item in standing]
    years = _history(evidence)
    if years:
        body["history"] = [Figure(item) for item in years]
    if ages_note[1]:
        body["note"] = ages_note[1]
    lines = (
        []
        if needs is not None
        else ["Needs are not published for this January: national tables stand in."]
    )
    return Section("plans", body, "\n".join(lines))


def _settings(evidence: Evidence, total: int) -> tuple[Settings, list[dict[str, Any]]]:
    counts = evidence.settings(evidence.january)
    standing: list[dict[str, Any]] = []
    if counts is None:
        year, counts = _earlier_settings(evidence)
        counts = whole_parts(dict(counts), total)
        reason = (
            f"Placements of January {evidence.january} are not usable; those of January {year} are "
            f"scaled to the {total:,} plans."
            if year is not None
            else f"No January has usable placements; England's are scaled to the {total:,} plans."
        )
        standing = [_assumed(setting, count, reason) for setting, count in counts.items() if count]
    independent = counts.pop(INDEPENDENT_SPECIAL, 0)
    if independent:
        residential, item = _residential(evidence, independent)
        counts = {**counts, _DAY: independent - residential, _RESIDENTIAL: residential}
        standing = [entry for entry in standing if entry["setting"] != INDEPENDENT_SPECIAL]
        standing += [
            _standing(
                _DAY, item["status"], independent - item["range"][1], independent - item["range"][0],
                f"SEN2 gives {independent} in independent and non-maintained special schools; day is what residential leaves.",
            ),
            item,
        ]  # fmt: skip
        standing = [entry for entry in standing if counts.get(entry["setting"])]
    return counts, standing


def _earlier_settings(evidence: Evidence) -> tuple[int | None, Settings]:
    for january in reversed(evidence.history.januaries):
        counts = evidence.settings(january) if january < evidence.january else None
        if counts is not None:
            return january, counts
    stock = national_rates().stock_share.sum(axis=0)
    return None, {
        name: round(1_000_000 * float(share)) for name, share in zip(SETTINGS, stock, strict=True)
    }


def _assumed(setting: str, count: int, reason: str) -> dict[str, Any]:
    low, high = _ASSUMED_RANGE
    return _standing(setting, "assumed", round(count * low), round(count * high), reason)


def _standing(setting: str, status: str, low: int, high: int, reason: str) -> dict[str, Any]:
    return {"setting": setting, "status": status, "reason": reason, "range": [low, high]}


def _residential(evidence: Evidence, independent: int) -> tuple[int, dict[str, Any]]:
    """Plans of these schools that are residential, and the standing of the number.

    From January 2024 on the file gives residential placements by kind of school. Before, it gives
    one number for every kind: the part in these schools is taken as in England, where it is the
    national share of residential plans (`residential_shares.csv`) over all residential placements.
    """
    rows = evidence.rows("residential_settings", "Type of placement")
    if not rows.empty and rows.index.isin(_BOARDING_ROWS).any():
        boarders = int(min(rows.loc[rows.index.isin(_BOARDING_ROWS), "Res_tot"].sum(), independent))
        reason = (
            f"SEN2, January {evidence.january}: {boarders} residential placements in these schools."
        )
        return boarders, _standing(_RESIDENTIAL, "derived", boarders, boarders, reason)
    share = residential_share()
    own = evidence.row("residential_settings")
    part = _part_in_these_schools(evidence)
    if own is None or pd.isna(own.Res_tot) or part is None:
        count = round(share * independent)
        reason = f"No residential placements are published for this January; England's share, {share:.1%}, of {independent}."
        return count, _standing(_RESIDENTIAL, "assumed", 0, max(2 * count, 1), reason)
    every = int(own.Res_tot)
    count = min(round(part * every), independent)
    reason = (
        f"SEN2 counts {every} residential placements of every kind; in England some {part:.0%} of "
        "them are in these schools."
    )
    return count, _standing(_RESIDENTIAL, "assumed", 0, min(every, independent), reason)


def residential_share() -> float:
    """England's share of plans in independent and non-maintained special schools that is residential."""
    stock = national_rates().stock_share.sum(axis=0)
    day, boarding = stock[SETTINGS.index(_DAY)], stock[SETTINGS.index(_RESIDENTIAL)]
    return float(boarding / (day + boarding))


def _part_in_these_schools(evidence: Evidence) -> float | None:
    """Residential plans in these schools over all residential placements, England, as far as known."""
    nation = evidence.row("caseload", authority=NATION)
    boarding = evidence.row("residential_settings", authority=NATION)
    if nation is None or boarding is None:
        return None
    # The parts are taken: at January 2023 England's total is about twice its parts and authorities.
    every = float(boarding.Res_3851 + boarding.Res_52)
    schools = float(nation.special_independent + nation.special_non_maintained)
    return min(residential_share() * schools / every, 1.0) if every else None


def _age_groups(evidence: Evidence, total: int) -> tuple[dict[str, int], tuple[str, str]]:
    """Plans by age group, what to add to the source, and a note where they are not as published."""
    january = evidence.january
    counts = _published_ages(evidence, january)
    release = "; age groups, earlier releases" if january < _SINGLE_AGES_FROM else ", ages"
    if counts is not None:
        if sum(counts.values()) == total:
            return counts, (release, "")
        note = f"Ages add up to {sum(counts.values()):,} plans and are scaled to {total:,}."
        return whole_parts(dict(counts), total), (release, note)
    earlier = [year for year in evidence.history.januaries if year < january]
    for year in reversed(earlier):
        counts = _published_ages(evidence, year)
        if counts is not None:
            note = f"Ages of January {january} are not usable: assumed as at January {year}, scaled to {total:,}."
            return whole_parts(dict(counts), total), ("", note)
    stock = national_rates().stock_share.sum(axis=1)
    shares = np.zeros(len(AGE_GROUPS))
    for age in AGES:
        shares[age_group_of(age)] += stock[age]
    note = f"Ages are not in the files given: England's of January 2024 are assumed, scaled to {total:,}. The earlier releases (ehcp_by_ageband) have them."
    return whole_parts(dict(zip(AGE_GROUPS, shares, strict=True)), total), ("", note)


_SINGLE_AGES_FROM: Final = 2024


def _published_ages(evidence: Evidence, january: int) -> dict[str, int] | None:
    tables = evidence.history.age_groups
    counts = {}
    for name in AGE_GROUPS:
        table = tables[name]
        known = january in table.columns and evidence.authority in table.index
        value = float(table.loc[evidence.authority, january]) if known else float("nan")  # type: ignore[arg-type]
        counts[name] = 0 if pd.isna(value) else int(value)
    plans = evidence.value("plans", january)
    found = sum(counts.values())
    # A part of the ages, as where an authority returned a total only, does not show the rest.
    return counts if plans and found >= _MOST_OF * plans else None


_MOST_OF: Final = 0.9


def _needs(evidence: Evidence, total: int) -> dict[str, int] | None:
    row = evidence.row("sen_needs_all_plans")
    if row is None or pd.isna(row[list(_NEED_OF_COLUMN)]).any():
        return None
    counts = {need: int(row[column]) for column, need in _NEED_OF_COLUMN.items()}
    return counts if sum(counts.values()) == total else None


def _history(evidence: Evidence) -> list[dict[str, Any]]:
    """Calendar years whose stocks and flows are all published (ceased plans from 2022 on)."""
    years = []
    for january in evidence.history.januaries:
        opening, closing = evidence.value("plans", january - 1), evidence.value("plans", january)
        new, ceased = evidence.value("new_plans", january), evidence.value("ceased", january)
        transfers = evidence.value("moved_out", january)
        if opening is None or closing is None or new is None or ceased is None or transfers is None:
            continue
        years.append(
            {
                "year": january - 1,
                "opening_plans": int(opening),
                "new_plans": int(new),
                "ceased_plans": int(ceased - transfers),
                "moved_out_plans": int(transfers),
                "closing_plans": int(closing),
                "source": f"DfE SEN2, calendar {january - 1}; ceased {ceased:.0f} less {transfers:.0f} transfers to other authorities",
            }
        )
    return years


def placement_shares_of_new() -> float:
    """England's share of new plans in independent special schools that starts as residential."""
    weights = national_rates().new_plans_per_1000[:, None] * national_rates().first_setting_share
    sums = weights.sum(axis=0)
    day, boarding = sums[SETTINGS.index(_DAY)], sums[SETTINGS.index(_RESIDENTIAL)]
    return float(boarding / (day + boarding))
