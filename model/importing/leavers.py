"""Plans that arrive, cease and leave: the authority's own flows against national rates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from model.history.history import NATION
from model.importing.choices import choices
from model.importing.evidence import Evidence
from model.importing.figures import Section, between
from model.reference.bundled import read_csv_rows
from model.reference.codes import AGE_GROUPS, AGES, age_group_of
from model.reference.national import national_rates

_ADULT: Final = 18
_RATES_YEAR: Final = 2024
_RATES_KNOWN: Final = 2025
"""January at which the flows behind the national rates were published."""

_MOVES: Final = ("to_state_special", "to_independent", "to_post_16", "to_other", "other_moves")


def moved_in_section(evidence: Evidence) -> Section:
    """The section `moved_in`: between the national rate and what stocks and flows leave over."""
    plans = evidence.value("plans") or 0.0
    share, low, high = (choices()[f"moved_in_{name}"] for name in ("share", "low", "high"))
    national = share.value * plans
    left = _left_over(evidence)
    if not left:
        return Section(
            "moved_in",
            {"plans_a_year": between(low.value * national, high.value * national, share.reason)},
        )
    mean = sum(left.values()) / len(left)
    own = min(max(mean, 0.0), 3 * national)
    bottom = max(low.value * min(national, own), low.low * national)
    top = max(high.low * max(national, own), 2 * bottom)
    said = ", ".join(f"{value:+.0f} in {january - 1}" for january, value in left.items())
    reason = (
        f"Stocks and flows leave over {said} (SEN2: closing less opening, new, and ceased counted "
        f"back); the national rate of {share.value:.0%} would be {national:.0f}."
    )
    return Section("moved_in", {"plans_a_year": between(max(bottom, 0.1), max(top, 0.2), reason)})


def _left_over(evidence: Evidence) -> dict[int, float]:
    """Closing less what stocks and flows explain, by January, for the latest years."""
    left = {}
    for january in range(evidence.january, evidence.january - int(choices()["own_years"].high), -1):
        opening, closing = evidence.value("plans", january - 1), evidence.value("plans", january)
        new, ceased = evidence.value("new_plans", january), evidence.value("ceased", january)
        if opening is None or closing is None or new is None or ceased is None:
            continue
        if evidence.jumped(january):
            continue  # recording, and no plans that arrived
        left[january] = closing - opening - new + ceased
    return left


def rates_section(evidence: Evidence) -> Section:
    """The section `rates`: tilts of national rates, from the authority's own ceased plans."""
    later = evidence.january < _RATES_KNOWN
    mark: dict[str, Any] = {"hindsight": True} if later else {}
    body: dict[str, Any] = {
        "source": f"National rates of calendar {_RATES_YEAR}, DfE SEN2 release of 2025"
        + (" (known only later), tilted" if later else ", tilted")
    }
    spread = choices()["ceased_spread"].value
    for family in ("ceased_under_18", "ceased_18_and_over", "moved_out"):
        tilt = _tilt(evidence, family)
        wide = choices()["move_spread"].value if family == "moved_out" else spread
        body[family] = between(
            max(tilt.middle / (1 + wide), 0.02), min(tilt.middle * (1 + wide), 9.0), tilt.reason, **mark
        )  # fmt: skip
    wide = choices()["move_spread"].value
    for family in _MOVES:
        body[family] = between(1 - wide, 1 + wide, choices()["move_spread"].reason, **mark)
    return Section(
        "rates", body, "How leavers and moves differ from national rates: 1 is national."
    )


@dataclass(frozen=True)
class _Tilt:
    middle: float
    reason: str


def _tilt(evidence: Evidence, family: str) -> _Tilt:
    """Own flow over what national rates make of the authority's ages, drawn towards England's.

    Where ceased plans are given by age the two families stand apart; else one factor holds for both.
    """
    own, nation = (
        _measured(evidence, family, evidence.authority),
        _measured(evidence, family, NATION),
    )
    what = "transfers" if family == "moved_out" else "ceased"
    if own is None or nation is None:
        return _Tilt(1.0, f"No {what} plans of {evidence.flow_year} are in the files: national.")
    found = own[0]
    # What national rates make of the ages differs by age from how the file counts them: England's own
    # flow, counted alike, says by how much. Its level is that of all ages, where the two agree.
    expected = own[1] * nation[0] / nation[1]
    level = nation[0] / nation[1] if family == "moved_out" else _england_level(evidence)
    variation = choices()["ceased_variation"].value ** 2
    weight = variation / (variation + 1 / max(expected, 0.1))
    carried = choices()["ceased_carried"].value
    middle = max(level * (1 + carried * weight * (found / expected - 1)), 0.05)
    return _Tilt(
        middle,
        f"{found:.0f} {what} in {evidence.flow_year} (SEN2) where England's rates of that year give {expected:.0f} at its ages; "
        f"England then {level:.2f} of the national rates. {carried * weight:.0%} of the difference is kept.",
    )


def _england_level(evidence: Evidence) -> float:
    """England's ceased plans of the year over what the national rates of 2024 make of its plans."""
    families = ("ceased_under_18", "ceased_18_and_over")
    if _ceased_under_18(evidence, NATION) is None:
        measured = _measured(evidence, families[0], NATION)
        return 1.0 if measured is None else measured[0] / measured[1]
    both = [measured for family in families if (measured := _measured(evidence, family, NATION))]
    found, expected = sum(item[0] for item in both), sum(item[1] for item in both)
    return found / expected if expected else 1.0


def _measured(evidence: Evidence, family: str, name: str) -> tuple[float, float] | None:
    """A year's flow and what national rates of today make of the mean of opening and closing plans."""
    exposure = _exposure(evidence, name)
    row = evidence.row("ceased_plans", authority=name)
    if exposure is None or row is None or pd.isna(row.total_ceased) or pd.isna(row.transfer):
        return None
    expected = {key: float((exposure * rate).sum()) for key, rate in _national_by_group().items()}
    if family == "moved_out":
        return float(row.transfer), expected["moved_out"]
    ceased = float(row.total_ceased - row.transfer)
    young = _ceased_under_18(evidence, name)
    if young is None:
        both = expected["ceased_under_18"] + expected["ceased_18_and_over"]
        return ceased, both
    share = ceased * young
    found = share if family == "ceased_under_18" else ceased - share
    return found, expected[family]


def _exposure(evidence: Evidence, name: str) -> np.ndarray | None:
    """Mean of opening and closing plans by age group; the closing ages where the opening are unknown."""
    stocks = []
    for january in (evidence.january - 1, evidence.january):
        counts = [
            float(table.loc[name, january])  # type: ignore[arg-type]
            if january in table.columns and name in table.index
            else np.nan
            for table in (evidence.history.age_groups[group] for group in AGE_GROUPS)
        ]
        if np.nansum(counts) > 0:
            stocks.append(np.nan_to_num(np.array(counts)))
    plans = [
        value
        for january in (evidence.january - 1, evidence.january)
        if (value := evidence.series_of(name, "plans", january)) is not None
    ]
    if not stocks or not plans:
        return None
    shape = np.mean(stocks, axis=0)
    return np.asarray(shape * np.mean(plans) / shape.sum())


def _national_by_group() -> dict[str, np.ndarray]:
    """Yearly flow per plan of each age group at national rates, England's mix of ages and settings.

    From 18 the rate is raised to what ceased in England, for plans that end on reaching 25 are no
    hazard of the table.
    """
    rates = national_rates()
    stock = rates.stock_share
    adult = np.array([age >= _ADULT for age in AGES])[:, None]
    flows = {
        "ceased_under_18": np.where(adult, 0.0, rates.ceased_hazard),
        "ceased_18_and_over": np.where(adult, rates.ceased_hazard, 0.0),
        "moved_out": rates.moved_out_hazard,
    }
    groups = np.array([age_group_of(age) for age in AGES])
    held = np.bincount(groups, stock.sum(axis=1))
    by_group = {
        key: np.bincount(groups, (stock * np.minimum(hazard, 1.0)).sum(axis=1)) / held
        for key, hazard in flows.items()
    }
    year = next(
        row
        for row in read_csv_rows("national/recording_difference.csv")
        if int(row["year"]) == _RATES_YEAR
    )
    mean = (float(year["plans_opening"]) + float(year["plans_closing"])) / 2
    ceased = float(year["ceased_without_transfer"]) / mean
    young = float((by_group["ceased_under_18"] * held).sum())
    old = float((by_group["ceased_18_and_over"] * held).sum())
    by_group["ceased_18_and_over"] *= (ceased - young) / old
    return by_group


def _ceased_under_18(evidence: Evidence, name: str) -> float | None:
    """Share of plans ceased, transfers left out, at ages under 18 on 31 August; None where not by age.

    The published age is that at the end of the year (docs/national_rates.md): a plan ceased at 19 was
    held at 18 on 31 August in two of three cases and at 17 in one.
    """
    if "ceased_plans" not in evidence.published:
        return None
    table = evidence.published["ceased_plans"].table
    rows = table[
        (table.authority == name)
        & (table.january == evidence.january)
        & (table.breakdown_topic == "Age plan ceased")
    ]
    if rows.empty:
        return None
    words = rows.breakdown.str.extract(r"(\d+)")[0].astype(float)
    counts = (rows.total_ceased - rows.transfer).where(words.notna())
    if not counts.sum() > 0:
        return None
    at_19 = float(counts[words == _ADULT + 1].sum())
    young = float(counts[words <= _ADULT].sum()) + at_19 / 3
    return young / float(counts.sum())
