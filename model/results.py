"""Results as labelled arrays: every kept series of every draw, the central run, and quantiles.

Sums are taken inside each draw and quantiles after; a column of medians does not add up, means do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from model.account.block_account import BlockAccount
from model.account.financing import FinancingCost
from model.account.reserves import ReservesPosition, first_exhausted
from model.account.support.arrangements import Support, given
from model.account.views import CumulativeViews
from model.cohort.series import FLOWS, cross_months
from model.demand.caseload import CaseloadByYear
from model.demand.pool import pool_bands
from model.demand.reviews import ReviewSeries
from model.demand.series import DemandSeries
from model.demand.statement_transfers import TransferSeries
from model.draws import Override
from model.evidence.examine import FiguresChecked
from model.forecast import BlockResult, NurtureAccount, by_year
from model.funding.anchoring import Anchor
from model.general_fund.appeals import AppealCost
from model.general_fund.view import GeneralFundView
from model.prepared import Prepared
from model.provision.nurture import Averted
from model.provision.places import PlacesSeries
from model.published import PublishedBasis
from model.reconcile.trajectory import Reconciliation
from model.reference.calendar import (
    APRIL,
    MONTHS,
    financial_year_label,
    month_label,
    whole_calendar_years,
)
from model.reference.codes import AGE_GROUPS, NEEDS, SETTINGS
from model.scenario.schema import Scenario

Floats = NDArray[np.float64]
Labelled = dict[str, tuple[tuple[str, ...], Floats]]

PERCENTILES = (5, 10, 25, 50, 75, 90, 95)
STATISTICS = ("central", "mean", *(f"p{level:02d}" for level in PERCENTILES))


@dataclass(frozen=True)
class Unmitigated:
    """The same draws without mitigations (`mitigated: none`), which differ from the run in nothing else.

    `draws` as in `Results`; `cross` has `mean` alone.
    """

    draws: xr.Dataset
    cross: xr.Dataset | None


@dataclass(frozen=True)
class Results:
    """A finished run.

    `draws`: dataset of every kept series, dimension `draw` last. `central`: the same variables
    of the central run without `draw`. `cross`: dataset with `central` and `mean` plans by
    (date, age_group, need, setting). `inputs`: sampled inputs, path -> (draw,) or (year, draw).
    `anchors`: by line. `published`: first year on the published basis (None without an account).
    `gaps`: identity -> worst difference over draws. `figures`: printed figures with their verdicts
    (None where the scenario names no file of them). `fixed`: inputs held at a value in every draw,
    by path. `unmitigated`: the same draws without mitigations, None where the run holds none.
    Money is pounds, deficits positive.
    """

    scenario: Scenario
    prepared: Prepared
    seed: int
    chance: bool
    draws: xr.Dataset
    central: xr.Dataset
    cross: xr.Dataset | None
    inputs: dict[str, Floats]
    anchors: dict[str, Anchor]
    published: PublishedBasis | None
    gaps: dict[str, float]
    figures: FiguresChecked | None = None
    fixed: Mapping[str, Override] = field(default_factory=dict)
    unmitigated: Unmitigated | None = None

    @property
    def draw_count(self) -> int:
        """Number of draws."""
        return int(self.draws.sizes["draw"])

    def statistic(self, name: str, statistic: str) -> xr.DataArray:
        """A series reduced over draws: central, mean, or a percentile such as p90."""
        return reduced(self.draws, self.central, name, statistic)


def reduced(draws: xr.Dataset, central: xr.Dataset, name: str, statistic: str) -> xr.DataArray:
    """A series of `draws` reduced to central (from `central`), mean, or a percentile such as p90."""
    if statistic == "central":
        return central[name]
    if statistic == "mean":
        return draws[name].mean("draw")
    level = int(statistic.removeprefix("p")) / 100
    return draws[name].quantile(level, dim="draw", skipna=False).drop_vars("quantile")


def merge_blocks(prepared: Prepared, blocks: Sequence[BlockResult]) -> xr.Dataset:
    """Blocks in draw order as one dataset with the draw dimension last."""
    series = [labelled(block) for block in blocks]
    merged: Labelled = {
        name: (dims, np.concatenate([one[name][1] for one in series], axis=-1))
        for name, (dims, _) in series[0].items()
    }
    return dataset(prepared, merged)


def dataset(prepared: Prepared, series: Labelled) -> xr.Dataset:
    """Labelled series with the coordinates of the scenario."""
    used = {dim for dims, _ in series.values() for dim in dims}
    coordinates = {
        name: values for name, values in labels(prepared.scenario).items() if name in used
    }
    return xr.Dataset(
        {name: (dims, values) for name, (dims, values) in series.items()}, coordinates
    )


def labels(scenario: Scenario) -> dict[str, list[str]]:
    """Labels of every dimension but `draw`."""
    horizon = scenario.horizon
    lines = scenario.funding.lines if scenario.funding else []
    first = horizon.first_year
    targets = {item.year for item in scenario.trajectory.targets} if scenario.trajectory else set()
    return {
        "year": [financial_year_label(year) for year in horizon.years],
        "calendar_year": [str(year) for year in whole_calendar_years(first, horizon.months)],
        "month": [month_label(month, first) for month in range(horizon.months)],
        "point": [month_label(month, first) for month in range(-1, horizon.months)],
        "date": [month_label(month, first) for month in cross_months(horizon.months)],
        "setting": list(SETTINGS),
        "age_group": list(AGE_GROUPS),
        "need": list(NEEDS),
        "flow": list(FLOWS),
        "line": [line.id for line in lines],
        "driver": [f"{line.id}.{driver.id}" for line in lines for driver in line.drivers],
        "block": [block.id for block in scenario.account.blocks] if scenario.account else [],
        "arrangement": list(given(scenario.account)) if scenario.account else [],
        "band": _pool_bands(scenario),
        "contract": [item.id for item in scenario.requests.locums] if scenario.requests else [],
        "place_group": [group.id for group in scenario.places.groups] if scenario.places else [],
        "nurture_group": [group.id for group in scenario.nurture_groups],
        "travellers": _travellers(scenario),
        "capital_scheme": [s.id for s in scenario.general_fund.capital]
        if scenario.general_fund
        else [],
        "target_year": [financial_year_label(y) for y in horizon.years if y in targets],
    }


def _travellers(scenario: Scenario) -> list[str]:
    if scenario.general_fund is None or scenario.general_fund.transport is None:
        return []
    return [group.id for group in scenario.general_fund.transport.travellers]


def _pool_bands(scenario: Scenario) -> list[str]:
    if scenario.pool is None or scenario.funding is None or not scenario.has("pool"):
        return []
    bands = pool_bands(scenario.pool, scenario.funding.bands, scenario.horizon.first_year)
    return list(bands.names)


def labelled(block: BlockResult) -> Labelled:
    """Every kept series of a block with its dimensions, used draws only."""
    series: Labelled = {}
    if block.cohort is not None:
        series.update(_cohort(block))
    months = block.months
    if months.demand is not None:
        series.update(_demand(months.demand))
    if months.reviews is not None:
        series.update(_reviews(months.reviews))
    if months.places is not None:
        series.update(_places(months.places))
    if months.averted is not None:
        series.update(_averted(months.averted))
    if block.caseload is not None:
        series.update(_caseload(block.caseload))
    if block.nurture is not None:
        series.update(_nurture(block.nurture))
    if block.transfers is not None:
        series.update(_transfers(block.transfers))
    if block.general_fund is not None:
        series.update(_general_fund(block.general_fund))
    if block.department_places is not None:
        series["department_places_gbp"] = (("year", "draw"), block.department_places)
    if block.spending is not None:
        spending = block.spending
        monthly = spending.by_line
        series["line_spend_by_month"] = (("line", "month", "draw"), monthly)
        series["line_spend"] = (("line", "year", "draw"), by_year(monthly))
        series["line_mitigation"] = (("line", "year", "draw"), by_year(spending.mitigation))
        series["line_plan_years"] = (("line", "year", "draw"), spending.plan_years)
        series["line_april_volume"] = (("line", "year", "draw"), spending.april_volume)
        series["line_year_end_volume"] = (("line", "year", "draw"), spending.year_end_volume)
        series["line_volume_spend"] = (("line", "year", "draw"), spending.volume_spend)
        series["driver_spend"] = (("driver", "year", "draw"), spending.by_driver)
        series["general_fund_cost"] = (("year", "draw"), spending.general_fund)
    if block.account is not None:
        series.update(_account(block.account))
        series.update(_support(block.account.arrangements))
    if block.financing is not None:
        series.update(_financing(block.financing))
    if block.views is not None:
        series.update(_views(block.views))
    if block.reserves is not None:
        series.update(_reserves(block.reserves))
    if block.reconciliation is not None:
        series.update(_reconciliation(block.reconciliation))
    return {name: (dims, values[..., : block.used]) for name, (dims, values) in series.items()}


def _cohort(block: BlockResult) -> Labelled:
    cohort = block.cohort
    assert cohort is not None
    months = len(cohort.by_setting) - 1
    dates = [month + 1 for month in cross_months(months)]
    flows = np.stack([by_year(cohort.flows[name].transpose(1, 0, 2)) for name in FLOWS])
    total = np.zeros_like(cohort.by_setting[:, 0])
    for setting in range(cohort.by_setting.shape[1]):
        total = total + cohort.by_setting[:, setting]
    return {
        "plans": (("point", "draw"), total),
        "plans_on_average": (("year", "draw"), by_year(total[1:]) / MONTHS),
        "plans_in_april": (("year", "draw"), np.ascontiguousarray(total[1::MONTHS])),
        "plans_at_year_end": (("year", "draw"), _year_ends(total[1:])),
        "plans_by_setting": (("date", "setting", "draw"), cohort.by_setting[dates]),
        "plans_by_age_group": (("date", "age_group", "draw"), cohort.by_age_group[dates]),
        "plans_by_need": (("date", "need", "draw"), cohort.by_need[dates]),
        "flows": (("flow", "year", "setting", "draw"), flows.transpose(0, 2, 1, 3)),
        "new_plans_by_month": (("month", "draw"), _over_parts(cohort.flows["new"])),
    }


def _over_parts(flow: Floats) -> Floats:
    """Sums (month, draw) of (month, part, draw), part by part, so that the width changes no bit."""
    total = np.zeros_like(flow[:, 0])
    for part in range(flow.shape[1]):
        total = total + flow[:, part]
    return total


def _demand(demand: DemandSeries) -> Labelled:
    """Requests to plans: sums of each year, and the queue month by month."""
    yearly = {
        name: (("year", "draw"), by_year(getattr(demand, name)))
        for name in (
            "refused", "overturned", "agreed", "sent_from_pool", "assessed", "ended", "issued",
            "issued_in_time", "averted_requests", "pool_converted", "pool_stopped", "pool_left",
            "pool_ended", "capacity",
        )
    }  # fmt: skip
    by_group = by_year(demand.requests.transpose(1, 0, 2))
    requests = np.zeros_like(yearly["refused"][1])
    for group in by_group:
        requests = requests + group
    monthly = {
        name: (("month", "draw"), getattr(demand, name))
        for name in (
            "waiting",
            "waited",
            "waited_p90",
            "longest_wait",
            "served_p90",
            "served_longest",
        )
    }
    named = {f"demand_{name}": item for name, item in {**yearly, **monthly}.items()}
    calendar = {
        f"demand_{name}_by_calendar_year": (
            ("calendar_year", "age_group", "draw"),
            by_calendar_year(getattr(demand, source)),
        )
        for name, source in (
            ("requests", "requests"),
            ("ended", "ended_by_age"),
            ("issued", "issued_by_age"),
        )
    }
    from_pool = {
        f"demand_{name}_from_pool_by_calendar_year": (
            ("calendar_year", "draw"),
            by_calendar_year(values),
        )
        for name, values in (
            ("requests", demand.sent_from_pool),
            ("ended", demand.pool_converted + demand.pool_stopped),
            ("issued", demand.pool_converted),
        )
    }
    waits, assessed = by_year(demand.served_waits), yearly["assessed"][1]
    return {
        "demand_requests": (("year", "draw"), requests),
        "demand_requests_by_age_group": (
            ("year", "age_group", "draw"),
            by_group.transpose(1, 0, 2),
        ),
        "demand_requests_by_need": (
            ("year", "need", "draw"),
            by_year(demand.requests_by_need.transpose(1, 0, 2)).transpose(1, 0, 2),
        ),
        **named,
        **calendar,
        **from_pool,
        "demand_requests_by_month": (
            ("month", "draw"),
            _over_parts(demand.requests) + demand.sent_from_pool,
        ),
        "demand_refused_by_month": (("month", "draw"), demand.refused),
        "demand_issued_by_month": (("month", "draw"), demand.issued),
        "demand_in_time_by_month": (("month", "draw"), demand.issued_in_time),
        "demand_share_in_time": (
            ("year", "draw"),
            _ratio(yearly["issued_in_time"][1], yearly["issued"][1]),
        ),
        "demand_mean_wait": (("year", "draw"), _ratio(waits, assessed)),
        "demand_waiting_at_year_end": (("year", "draw"), _year_ends(demand.waiting)),
        "demand_undecided_at_year_end": (("year", "draw"), _year_ends(demand.in_decision)),
        "demand_locums": (("contract", "year", "draw"), by_year(demand.locums)),
        "pool_pupils": (("band", "year", "draw"), by_year(demand.pool_pupils) / MONTHS),
        "pool_pupils_at_year_end": (("band", "year", "draw"), _year_ends(demand.pool_pupils)),
    }


def by_calendar_year(monthly: Floats) -> Floats:
    """Sums (calendar year, ..., draw) of (month, ..., draw) over calendar years that the horizon holds whole."""
    from_january = monthly[MONTHS - APRIL + 1 :]
    years = len(from_january) // MONTHS
    whole = from_january[: years * MONTHS]
    return np.ascontiguousarray(whole.reshape(years, MONTHS, *monthly.shape[1:]).sum(axis=1))


def _ratio(part: Floats, whole: Floats) -> Floats:
    """part / whole, nil where there is nothing."""
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)


def _year_ends(monthly: Floats) -> Floats:
    """The last month of each financial year of (..., month, draw)."""
    return np.ascontiguousarray(monthly[..., MONTHS - 1 :: MONTHS, :])


def _reviews(reviews: ReviewSeries) -> Labelled:
    return {
        f"reviews_{name}": (("year", "draw"), by_year(getattr(reviews, name)))
        for name in ReviewSeries.__dataclass_fields__
    }


def _caseload(caseload: CaseloadByYear) -> Labelled:
    return {
        f"caseload_{name}": (("year", "draw"), getattr(caseload, name))
        for name in CaseloadByYear.__dataclass_fields__
    }


def _places(places: PlacesSeries) -> Labelled:
    """Stocks at the year end, flows of the year, and pupils without a place on average."""
    dims = ("place_group", "year", "draw")
    stocks = ("commissioned", "others", "own", "waiting", "interim", "overflow")
    series: Labelled = {}
    for name in PlacesSeries.__dataclass_fields__:
        values = getattr(places, name)
        series[f"places_{name}"] = (dims, _year_ends(values) if name in stocks else by_year(values))
        if name in stocks:
            series[f"places_{name}_by_month"] = (("place_group", "month", "draw"), values)
    return series


def _averted(averted: Averted) -> Labelled:
    requests = np.zeros_like(averted.requests[:, 0])
    for group in range(averted.requests.shape[1]):
        requests = requests + averted.requests[:, group]
    placements = np.zeros_like(requests)
    for held in averted.placements.values():
        placements = placements + held
    return {
        "nurture_averted_requests": (("year", "draw"), by_year(requests)),
        "nurture_averted_placements": (("year", "draw"), by_year(placements) / MONTHS),
    }


def _nurture(nurture: NurtureAccount) -> Labelled:
    return {
        f"nurture_{name}": (("nurture_group", "year", "draw"), getattr(nurture, name))
        for name in NurtureAccount.__dataclass_fields__
    }


def _transfers(transfers: TransferSeries) -> Labelled:
    """Statements at the year end and flows of the year; the rest once a draw."""
    return {
        "statements_remaining": (("year", "draw"), _year_ends(transfers.remaining)),
        "statements_remaining_by_month": (("month", "draw"), transfers.remaining),
        "statements_transferred": (("year", "draw"), by_year(transfers.transferred)),
        "statements_left": (("year", "draw"), by_year(transfers.left)),
        "statements_in_time": (("draw",), transfers.in_time),
        "statements_months": (("draw",), transfers.months),
    }


def _general_fund(view: GeneralFundView) -> Labelled:
    """The general fund by year: money in pounds, passengers on average, appeals of the year."""
    series: Labelled = {}
    if view.transport is not None:
        dims = ("travellers", "year", "draw")
        series["transport_passengers"] = (dims, by_year(view.transport.passengers) / MONTHS)
        series["transport_gbp"] = (dims, by_year(view.transport.cost_gbp))
    if view.capital is not None:
        series["capital_net_gbp"] = (("capital_scheme", "year", "draw"), view.capital.net)
        series["capital_exposed_gbp"] = (("capital_scheme", "year", "draw"), view.capital.exposed)
    if view.appeals is not None:
        for name in AppealCost.__dataclass_fields__:
            series[f"appeals_{name}"] = (("year", "draw"), by_year(getattr(view.appeals, name)))
    return series


def _account(account: BlockAccount) -> Labelled:
    dims = ("block", "year", "draw")
    parts = {
        "opening_deficit": account.opening_deficit,
        "prior_year_adjustment": account.prior_year_adjustment,
        "spend": account.spend,
        "gross_income": account.income.gross,
        "deductions": account.income.deductions,
        "contributions": account.income.contributions,
        "net_income": account.income.net,
        "net_transfers_out": account.net_transfers_out,
        "draws_on_balances": account.draws_on_balances,
        "in_year_deficit_by_block": account.in_year_deficit,
        "support": account.support,
        "closing_deficit": account.closing_deficit,
    }
    return {name: (dims, values) for name, values in parts.items()}


def _support(support: Support) -> Labelled:
    """Support by arrangement: paid in the year, and due to date but not paid to date."""
    if not support.names:
        return {}
    dims = ("arrangement", "year", "draw")
    figures = {name: (("draw",), values) for name, values in support.figures.items()}
    return {
        "support_paid": (dims, support.paid),
        "support_due_unpaid": (dims, support.due_unpaid),
        **figures,
    }


def _financing(financing: FinancingCost) -> Labelled:
    return {
        "financing_average_balance": (("year", "draw"), financing.average_balance),
        "financing_cost": (("year", "draw"), financing.cost),
    }


def _views(views: CumulativeViews) -> Labelled:
    names = {
        "cumulative_with_support": views.with_support,
        "cumulative_without_support": views.without_support,
        "cumulative_excluding_this_years_payment": views.excluding_this_years_payment,
        "in_year_deficit": views.in_year,
        "opening_without_support": views.opening_without_support,
        "support_received_to_date": views.received_to_date,
    }
    return {name: (("year", "draw"), values) for name, values in names.items()}


def _reserves(position: ReservesPosition) -> Labelled:
    """What reaches usable reserves by year; nothing of what is left where no reserves are given."""
    parts = {
        "reserves_charged": position.charged,
        "reserves_left": position.left,
        "reserves_exhausted": position.exhausted,
        "reserves_below_minimum": position.below_minimum,
    }
    if position.exhausted is not None:
        parts["reserves_first_exhausted"] = first_exhausted(position.exhausted)
    return {name: (("year", "draw"), one) for name, one in parts.items() if one is not None}


def _reconciliation(item: Reconciliation) -> Labelled:
    names = [name for name in Reconciliation.__dataclass_fields__ if name != "years"]
    return {f"trajectory_{name}": (("target_year", "draw"), getattr(item, name)) for name in names}


def merge_cross(
    prepared: Prepared, blocks: Sequence[BlockResult], central: BlockResult | None = None
) -> xr.Dataset | None:
    """Plans by (date, age_group, need, setting): the mean over draws, and the central run if given."""
    first = blocks[0].cohort
    if first is None:
        return None
    total = np.zeros_like(first.cross)
    for block in blocks:
        assert block.cohort is not None
        total = total + block.cohort.cross
    mean = total / sum(block.used for block in blocks)
    dims = ("date", "age_group", "need", "setting")
    series: Labelled = {"mean": (dims, mean)}
    if central is not None and central.cohort is not None:
        series["central"] = (dims, central.cohort.cross)
    return dataset(prepared, series)
