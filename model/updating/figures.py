"""The figures that were seen, each beside its forecast in every draw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from model.history.history import SETTING_GROUPS
from model.monitor.timing import assumed_timing, kind_of_line
from model.reference.calendar import APRIL, MONTHS
from model.reference.codes import AGE_GROUP_TITLES
from model.results import Results
from model.updating.arrivals import Arrivals, JanuaryCount
from model.updating.rules import update_rules

Floats = NDArray[np.float64]
Unit = Literal["plans", "requests", "share of plans", "GBP"]

SETTINGS_OF_GROUP: Final = {
    "mainstream": ("mainstream", "support_base", "specialist_base", "mainstream_independent"),
    "state_special": ("state_special",),
    "independent_special": ("independent_special_day", "independent_special_residential"),
    "alternative_provision": ("alternative_provision",),
    "post_16": ("mainstream_post_16", "mainstream_post_16_specialist", "specialist_post_16"),
    "elsewhere": ("early_years", "elective_home_education", "eotas", "other"),
}
"""The model's settings in each published group. Early years, hospital and not recorded are published
apart from other plans elsewhere, but `other` of the model holds some of both, so they go together."""

_JANUARY = 9
"""Month of the first year, from April, at whose end the January count stands."""
_NO_SPREAD = 1e-9


@dataclass(frozen=True)
class SeenFigure:
    """One figure as forecast and as it came.

    `draws` (draw,) and `actual` in the unit; `noise` is the standard deviation of recording, in the
    figure's logarithm where `logarithmic`, else in the unit. `why_not` says why nothing is learnt
    from it, '' where something is.
    """

    name: str
    title: str
    unit: Unit
    draws: Floats
    actual: float
    noise: float
    why_not: str = ""

    @property
    def logarithmic(self) -> bool:
        """Whether it is compared as a ratio: where it cannot be nil or less."""
        return bool(self.actual > 0 and (self.draws > 0).all())

    @property
    def scaled(self) -> Floats:
        """Draws on the scale of comparison (draw,)."""
        return np.asarray(np.log(self.draws)) if self.logarithmic else self.draws

    @property
    def surprise(self) -> float:
        """What came less the forecast's median, on the scale of comparison."""
        came = float(np.log(self.actual)) if self.logarithmic else self.actual
        return came - float(np.median(self.scaled))

    @property
    def units_per_scale(self) -> float:
        """What a part of the surprise is worth in the unit: the logarithmic mean of both figures.

        Parts that add up on the scale of comparison then add up to actual less median as well.
        """
        if not self.logarithmic:
            return 1.0
        middle = float(np.exp(np.median(self.scaled)))
        return middle if self.surprise == 0 else (self.actual - middle) / self.surprise

    @property
    def middle(self) -> float:
        """The forecast's median, in the unit."""
        value = float(np.median(self.scaled))
        return float(np.exp(value)) if self.logarithmic else value

    @property
    def percentile(self) -> float:
        """Share of draws below what came, those equal to it by half."""
        return float((self.draws < self.actual).mean() + (self.draws == self.actual).mean() / 2)


def seen_figures(results: Results, arrivals: Arrivals) -> list[SeenFigure]:
    """Every figure that both the run and what arrived have, the count first, then the outturn."""
    found = [] if arrivals.count is None else _of_count(results, arrivals.count)
    if arrivals.outturn is not None:
        found += _of_outturn(results, arrivals)
    return found


def _of_count(results: Results, count: JanuaryCount) -> list[SeenFigure]:
    draws, rules = results.draws, update_rules()
    at = f"{count.january}-01"
    total = draws["plans"].sel(point=at).to_numpy()
    when, year = f"January {count.january}", count.january - 1
    found = [
        _figure("plans", f"Plans in force, {when}", "plans", total, count.counts["plans"], rules.plans_noise_share)
    ]  # fmt: skip
    if "new_plans" in count.counts:
        share = _share_of_new_plans(results)
        made = draws["new_plans_by_month"].to_numpy()[: _JANUARY + 1].sum(axis=0) / share
        found.append(
            _figure("new_plans", f"New plans, calendar {year}", "plans", made, count.counts["new_plans"], rules.new_plans_noise_share)
        )  # fmt: skip
    if "demand_requests_by_month" in draws:
        found += _of_requests(results, count, year)
    by_setting = draws["plans_by_setting"].sel(date=at)
    groups = {
        name: by_setting.sel(setting=list(settings)).to_numpy().sum(axis=0)
        for name, settings in SETTINGS_OF_GROUP.items()
    }
    came = dict(count.setting_groups)
    if came:
        came["elsewhere"] += came.pop("other")
    titles = {**SETTING_GROUPS, "elsewhere": "Early years, educated elsewhere, other"}
    found += _shares(groups, came, titles, "setting", count.national_change)
    by_age = draws["plans_by_age_group"].sel(date=at)
    ages = {name: by_age.sel(age_group=name).to_numpy() for name in AGE_GROUP_TITLES}
    titles = {name: f"Age {title.lower()}" for name, title in AGE_GROUP_TITLES.items()}
    return found + _shares(ages, count.age_groups, titles, "age", count.national_change)


def _of_requests(results: Results, count: JanuaryCount, year: int) -> list[SeenFigure]:
    requests, rules = results.scenario.requests, update_rules()
    assert requests is not None
    weights = requests.seasonality or [1 / MONTHS] * MONTHS
    share = sum(weights[APRIL - 1 :])
    shocked = "" if not requests.shocks else "a shock to requests falls within the year"
    found = []
    for series, title, noise in (
        ("requests", "Requests for an assessment", rules.requests_noise_share),
        ("refused", "Requests refused", rules.refusals_noise_share),
    ):
        if series in count.counts:
            monthly = results.draws[f"demand_{series}_by_month"].to_numpy()
            made = monthly[:_JANUARY].sum(axis=0) / share
            found.append(
                _figure(series, f"{title}, calendar {year}", "requests", made, count.counts[series], noise, shocked)
            )  # fmt: skip
    return found


def _share_of_new_plans(results: Results) -> float:
    """Share of a year between counts that falls on April to January, whose months the run holds."""
    cohort = results.prepared.cohort
    if results.scenario.has("requests") or cohort is None or cohort.new_pattern is None:
        # Plans come out of a queue evenly, whenever they were asked for.
        return (_JANUARY + 1) / MONTHS
    expected = np.array([cohort.new_pattern.at(month)[0] for month in range(-2, _JANUARY + 1)])
    return float(expected[2:].sum() / expected.sum())


def _shares(
    groups: Mapping[str, Floats],
    came: Mapping[str, float],
    titles: Mapping[str, str],
    kind: str,
    national_change: Mapping[str, float],
) -> list[SeenFigure]:
    """Shares of all plans. The largest group follows from the others, so that it teaches nothing new.

    Half a plan is added to each group, so that one without a plan has a logarithm. Where England's own
    share leaps within the year, groups are published differently, and nothing is learnt.
    """
    if not came:
        return []
    rules = update_rules()
    total = np.sum(list(groups.values()), axis=0) + len(groups) / 2
    seen_total = sum(came.values()) + len(groups) / 2
    largest = max(came, key=lambda name: came[name])
    found = []
    for name, plans in groups.items():
        own_noise = rules.ages_noise_share if kind == "age" else rules.groups_noise_share
        share = (came[name] + 0.5) / seen_total
        noise = float(np.hypot(own_noise, rules.groups_noise_plans / (came[name] + 0.5)))
        why_not = "the largest group is what the others leave" if name == largest else ""
        if abs(national_change.get(f"{kind}.{name}", 0.0)) > rules.largest_national_change:
            why_not = (
                "England's own share leaps in this year, so it is published or recorded differently"
            )
        found.append(
            _figure(f"{kind}.{name}", titles[name], "share of plans", (plans + 0.5) / total, share, noise, why_not)
        )  # fmt: skip
    return found


def _of_outturn(results: Results, arrivals: Arrivals) -> list[SeenFigure]:
    assert arrivals.outturn is not None
    assert results.scenario.funding is not None
    lines = {line.id: line for line in results.scenario.funding.lines}
    first = results.draws["year"].to_numpy()[0]
    spend = results.draws["line_spend"].sel(year=first)
    by_driver = results.central["driver_spend"].sel(year=first)
    found = []
    for given in arrivals.outturn.lines:
        line = lines[given.line]
        sizes = {
            driver.id: float(by_driver.sel(driver=f"{line.id}.{driver.id}"))
            for driver in line.drivers
        }
        spread = assumed_timing()[kind_of_line(line, sizes)].least_spread_share
        if given.least_spread_share is not None:
            spread = given.least_spread_share
        drawn = spend.sel(line=line.id).to_numpy()
        size = max(abs(float(np.median(drawn))), 1.0)
        # Evenly spread over one printed unit.
        noise = float(np.hypot(spread, arrivals.outturn.unit_gbp / np.sqrt(12) / size))
        found.append(_figure(f"line.{line.id}", line.title, "GBP", drawn, given.actual_gbp, noise))
    return found


def _figure(
    name: str, title: str, unit: Unit, draws: Floats, actual: float, noise: float, why_not: str = ""
) -> SeenFigure:
    """`noise` as a share of the figure."""
    draws = np.asarray(draws, dtype=float)
    size = max(abs(float(draws.mean())), 1.0)
    if np.ptp(draws) <= _NO_SPREAD * size:
        why_not = "the scenario has one value for it in every draw"
    figure = SeenFigure(name, title, unit, draws, float(actual), noise, why_not)
    if figure.logarithmic:
        return figure
    return SeenFigure(name, title, unit, draws, float(actual), noise * size, why_not)
