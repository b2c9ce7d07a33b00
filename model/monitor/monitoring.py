"""The monitor of a month: actuals beside budget, profile and forecast, and the forecast given the actuals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from model.chance.philox import stream_key, uniforms
from model.monitor.actuals import Activity, ActualLine, Actuals
from model.monitor.outturn import Ledger, Outturn, YearSoFar, outturn_given, with_least_spread
from model.monitor.price_volume import PriceVolume, price_and_volume
from model.monitor.profiles import Profile, profile
from model.monitor.timing import Timing, assumed_timing, kind_of_line
from model.reference.calendar import MONTHS
from model.results import Results
from model.scenario.funding_schema import Line

Floats = NDArray[np.float64]

SURPRISING = 2.0
"""Standard deviations off the forecast from which a line is to be looked at."""

MATERIAL, MATERIAL_GBP = 0.1, 100_000.0
"""Share of a line's budget, and pounds, beyond which a variance to date is to be looked at, whatever
explains it."""

DEFICITS = {
    "in_year_deficit": "In-year deficit",
    "cumulative_without_support": "Cumulative deficit at the year end, before any support",
    "cumulative_with_support": "Cumulative deficit at the year end, with support",
}
"""What of the account is carried through, by the name of its series."""

_NO_VOLUME = 1e-6


@dataclass(frozen=True)
class Range:
    """A quantity over the draws: mean and percentiles. Means add over lines, percentiles do not."""

    mean: float
    p10: float
    p50: float
    p90: float


def range_of(values: Floats) -> Range:
    """The range of a quantity (draw,)."""
    p10, p50, p90 = np.quantile(values, [0.1, 0.5, 0.9])
    return Range(float(values.mean()), float(p10), float(p50), float(p90))


@dataclass(frozen=True)
class LineMonitored:
    """One budget line. Pounds, credits negative, overspending positive.

    `actual` is None for a line that is in no report; its spending to date is then the model's.
    `before` and `outturn`: the model's year, with at least the spread taken for the line's kind,
    without and given the actuals; `spent_mean` and
    `still_to_come_mean` add to the outturn's mean. `surprise`: standard deviations of the actual off
    the forecast to date, None where it has none. `if_real_gbp`: the outturn if nothing of the variance to
    date is timing and nothing more comes of it: the actual and the months to come as forecast before.
    """

    line: Line
    budget_gbp: float
    actual: ActualLine | None
    profile: Profile
    timing: Timing
    before: Range
    spent_mean_gbp: float
    still_to_come_mean_gbp: float
    outturn: Range
    surprise: float | None
    if_real_gbp: float

    @property
    def id(self) -> str:
        """Name of the line in the scenario."""
        return self.line.id

    @property
    def council_forecast_gbp(self) -> float | None:
        """The council's forecast outturn: that of the file, else the one published in the scenario."""
        if self.actual is None:
            return None
        if self.actual.forecast_gbp is not None:
            return self.actual.forecast_gbp
        return self.line.published_gbp.central if self.line.published_gbp is not None else None

    @property
    def council_forecast_is_the_scenarios(self) -> bool:
        """Whether the council's forecast is not the file's but the scenario's published one."""
        given = self.actual is not None and self.actual.forecast_gbp is not None
        return self.council_forecast_gbp is not None and not given

    @property
    def variance_to_full_year_budget_gbp(self) -> float | None:
        """Spent to date less the budget of the whole year, as papers print it."""
        return None if self.actual is None else self.actual.actual_gbp - self.budget_gbp

    @property
    def profiled_budget_gbp(self) -> float:
        """The part of the year's budget that the profile puts in the months closed."""
        return self.budget_gbp * self.profile.share

    @property
    def variance_to_profiled_budget_gbp(self) -> float | None:
        """Spent to date less the budget of the months closed."""
        return None if self.actual is None else self.actual.actual_gbp - self.profiled_budget_gbp


@dataclass(frozen=True)
class ActivityVariance:
    """A provision's variance split in volume and price, and what of the printed one that leaves.

    `rounding_gbp`: printed variance less the two parts; None where no totals are printed.
    """

    activity: Activity
    parts: PriceVolume
    rounding_gbp: float | None


@dataclass(frozen=True)
class ModelVariance:
    """How the outturn of a line moved on the actuals, in volume and price, as the model has them.

    Volumes are average plans, FTE or places in force over the year, before and after the actuals.
    """

    line: Line
    volume_before: float
    spend_before_gbp: float
    volume_after: float
    spend_after_gbp: float

    @property
    def parts(self) -> PriceVolume:
        """Volume at the price before, price on the volume after; they add to the change in spending."""
        return price_and_volume(
            self.volume_before,
            self.spend_before_gbp / self.volume_before,
            self.volume_after,
            self.spend_after_gbp / self.volume_after,
        )


@dataclass(frozen=True)
class DeficitMonitored:
    """The account's first year before and given the actuals. Pounds, a deficit positive."""

    title: str
    before: Range
    after: Range


@dataclass(frozen=True)
class Monitoring:
    """Everything the monitor of a month says.

    `reported` and `not_reported`: lines in and outside the report, in the scenario's order.
    `outturn_draws` (line, draw): the outturn of every line, in the scenario's order; totals are its
    sums in every draw. `reported_total`, `not_reported_total`, `total`: the range of those sums.
    `gaps`: identity -> pounds by which it fails in the worst draw.
    """

    actuals: Actuals
    reported: tuple[LineMonitored, ...]
    not_reported: tuple[LineMonitored, ...]
    outturn_draws: Floats
    reported_total: Range
    not_reported_total: Range
    total: Range
    deficits: tuple[DeficitMonitored, ...]
    activity: tuple[ActivityVariance, ...]
    model_variances: tuple[ModelVariance, ...]
    gaps: dict[str, float]

    @property
    def month(self) -> int:
        """Months closed, 1 to 12."""
        return self.actuals.month

    @property
    def spent_gbp(self) -> float:
        """Spent to date over the reported lines: the printed total where there is one."""
        total = self.actuals.total
        if total is not None and total.actual_gbp is not None:
            return total.actual_gbp
        return sum(line.actual_gbp for line in self.actuals.lines)

    @property
    def straight_line_gbp(self) -> float:
        """Spent to date / months x 12: no forecast, shown to warn of it (000:2366-2378)."""
        return self.spent_gbp / self.month * MONTHS

    @property
    def surprising(self) -> tuple[LineMonitored, ...]:
        """Lines whose actual is further off the forecast than timing and the draws explain, or whose
        outturn would move by MATERIAL of the budget if the variance to date were real."""
        return tuple(
            line
            for line in self.reported
            if (line.surprise is not None and abs(line.surprise) > SURPRISING)
            or abs(line.if_real_gbp - line.before.mean)
            > max(MATERIAL * abs(line.budget_gbp), MATERIAL_GBP)
        )


def monitor(results: Results, actuals: Actuals, activity: Sequence[Activity] = ()) -> Monitoring:
    """Condition the first year of a run on actuals and set both beside the budget.

    Raises ValueError for too few draws, or a scenario without budget lines.
    """
    funding = results.scenario.funding
    if funding is None:
        raise ValueError("a scenario without budget lines has nothing to monitor")
    lines, month = funding.lines, actuals.month
    monthly = results.draws["line_spend_by_month"].to_numpy()[:, :MONTHS]
    central = results.central["line_spend_by_month"].to_numpy()[:, :MONTHS]
    volumes = results.draws["line_plan_years"].to_numpy()[:, 0]
    given = {line.line: line for line in actuals.lines}
    profiles = [profile(line, central[n], month) for n, line in enumerate(lines)]
    timings = [_timing(results, line, given.get(line.id)) for line in lines]
    year = YearSoFar(month, monthly[:, :month].sum(axis=1), monthly[:, month:].sum(axis=1), volumes)
    wider = _with_spread(results, year, profiles, timings)
    after = outturn_given(wider, _ledger(lines, given, timings, year))
    before = wider.to_date + wider.remaining
    monitored = [
        LineMonitored(
            line,
            _budget(line, given.get(line.id)),
            given.get(line.id),
            profiles[n],
            timings[n],
            range_of(before[n]),
            float(after.spent[n].mean()),
            float(after.still_to_come[n].mean()),
            range_of(after.outturn[n]),
            None if np.isnan(after.surprise[n]) else float(after.surprise[n]),
            float((after.spent[n] + year.remaining[n]).mean()),
        )
        for n, line in enumerate(lines)
    ]
    is_reported = np.array([line.id in given for line in lines])
    reported_sum = _sum(after.outturn[is_reported])
    outside_sum = _sum(after.outturn[~is_reported])
    total_sum = reported_sum + outside_sum
    as_run = year.to_date + year.remaining
    deficits = _deficits(results, before - as_run, after.outturn - as_run)
    return Monitoring(
        actuals=actuals,
        reported=tuple(line for line in monitored if line.actual is not None),
        not_reported=tuple(line for line in monitored if line.actual is None),
        outturn_draws=after.outturn,
        reported_total=range_of(reported_sum),
        not_reported_total=range_of(outside_sum),
        total=range_of(total_sum),
        deficits=deficits,
        activity=tuple(_activity_variance(item) for item in activity),
        model_variances=_model_variances(lines, volumes, before, after),
        gaps=_gaps(after, total_sum, given, lines),
    )


def _budget(line: Line, given: ActualLine | None) -> float:
    if given is not None:
        return given.budget_gbp
    return line.budget_gbp.central if line.budget_gbp is not None else 0.0


def _timing(results: Results, line: Line, given: ActualLine | None) -> Timing:
    """The assumption of the line's kind, or the file's own."""
    spend = results.central["driver_spend"].isel(year=0)
    by_driver = {
        driver.id: float(spend.sel(driver=f"{line.id}.{driver.id}")) for driver in line.drivers
    }
    timing = assumed_timing()[kind_of_line(line, by_driver)]
    if given is not None and given.timing_months is not None:
        timing = replace(timing, months=given.timing_months, status="given in the file")
    if given is not None and given.least_spread_share is not None:
        timing = replace(
            timing, least_spread_share=given.least_spread_share, status="given in the file"
        )
    return timing


def _with_spread(
    results: Results, year: YearSoFar, profiles: Sequence[Profile], timings: Sequence[Timing]
) -> YearSoFar:
    """Every line with at least the spread that is taken for its kind; its own stream for each line."""
    funding = results.scenario.funding
    assert funding is not None
    means = (year.to_date + year.remaining).mean(axis=1)
    least = np.array(
        [timing.least_spread_share * abs(mean) for timing, mean in zip(timings, means, strict=True)]
    )
    scores = np.stack(
        [
            ndtri(
                uniforms(stream_key(results.seed, f"monitor.{line.id}"), 0, results.draw_count, 1)[
                    0
                ]
            )
            for line in funding.lines
        ]
    )
    shares = np.array([item.share for item in profiles])
    return with_least_spread(year, shares, least, scores)


def _ledger(
    lines: Sequence[Line],
    given: Mapping[str, ActualLine],
    timings: Sequence[Timing],
    year: YearSoFar,
) -> Ledger:
    means = (year.to_date + year.remaining).mean(axis=1)
    return Ledger(
        reported=np.array([line.id in given for line in lines]),
        actual=np.array([given[line.id].actual_gbp if line.id in given else 0.0 for line in lines]),
        timing_sd=np.array(
            [
                timing.sd_gbp(float(mean), year.month)
                for timing, mean in zip(timings, means, strict=True)
            ]
        ),
    )


def _sum(values: Floats) -> Floats:
    """Sum over lines in order, in every draw."""
    total = np.zeros(values.shape[1:])
    for line in values:
        total = total + line
    return total


def _deficits(results: Results, before: Floats, after: Floats) -> tuple[DeficitMonitored, ...]:
    """The account of the first year before and given the actuals; income stays as drawn.

    `before`, `after` (line, draw): how far the lines lie off the run, pounds.
    """
    funding, account = results.scenario.funding, results.scenario.account
    if funding is None or account is None:
        return ()
    blocks = {block.id for block in account.blocks}
    paid = [line.block in blocks for line in funding.lines]
    made = []
    for name, title in DEFICITS.items():
        as_run = results.draws[name].to_numpy()[0]
        made.append(
            DeficitMonitored(
                title,
                range_of(as_run + _sum(before[paid])),
                range_of(as_run + _sum(after[paid])),
            )
        )
    return tuple(made)


def _activity_variance(item: Activity) -> ActivityVariance:
    parts = price_and_volume(
        item.budget_fye, item.budget_unit_cost_gbp, item.actual_fye, item.actual_unit_cost_gbp
    )
    rounding = None
    if item.budget_total_gbp is not None and item.actual_total_gbp is not None:
        rounding = item.actual_total_gbp - item.budget_total_gbp - parts.total_gbp
    return ActivityVariance(item, parts, rounding)


def _model_variances(
    lines: Sequence[Line], volumes: Floats, before: Floats, after: Outturn
) -> tuple[ModelVariance, ...]:
    """Lines that have a volume; amounts have none, and a change of theirs is neither."""
    found = []
    for n, line in enumerate(lines):
        was, now = float(volumes[n].mean()), float(after.alongside[n].mean())
        if was > _NO_VOLUME and now > _NO_VOLUME:
            spend = float(before[n].mean()), float(after.outturn[n].mean())
            found.append(ModelVariance(line, was, spend[0], now, spend[1]))
    return tuple(found)


def _gaps(
    after: Outturn, total: Floats, given: Mapping[str, ActualLine], lines: Sequence[Line]
) -> dict[str, float]:
    """How far each identity is from holding in the worst draw, pounds."""
    actual = np.array([given[line.id].actual_gbp if line.id in given else np.nan for line in lines])
    known = ~np.isnan(actual)
    rest = after.outturn[known] - after.still_to_come[known]
    return {
        "outturn = actual to date + still to come, in every draw": float(
            np.abs(rest - actual[known][:, None]).max(initial=0.0)
        ),
        "total = sum of the lines, in every draw": float(
            np.abs(total - after.outturn.sum(axis=0)).max()
        ),
        "mean of the total = sum of the lines' means": abs(
            float(total.mean()) - sum(float(line.mean()) for line in after.outturn)
        ),
    }
