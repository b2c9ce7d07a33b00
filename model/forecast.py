"""Scenario to results: the one place where the stages are joined.

demand, cohort and provision month by month -> spending -> DSG account -> reconciliation, for one
block of draws at a time. File-free; what a block needs is its arguments.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from model.account.block_account import BlockAccount, block_account
from model.account.financing import FinancingCost, financing_cost
from model.account.reserves import ReservesPosition, override_ends, reserves_position
from model.account.support.terms import support_terms
from model.account.views import CumulativeViews, cumulative_views
from model.chance.philox import stream_key
from model.cohort.series import CohortSeries, Recorder
from model.cohort.state import CohortState, MonthFlows, empty_state
from model.cohort.step import Chance, Workspace
from model.demand.caseload import CaseloadByYear, caseload_by_year
from model.demand.opening import opening_state
from model.demand.pipeline import DemandKeys, Pipeline
from model.demand.reviews import ReviewSeries, review_series
from model.demand.series import DemandSeries
from model.demand.statement_transfers import TransferSeries, transfer_series
from model.draws import Draws, Override, central, designed, sample
from model.funding.anchoring import Anchor, anchor, anchored
from model.funding.drivers import (
    VOLUMED,
    Driven,
    PoolAwards,
    PricedDriver,
    Pricing,
    price_drivers,
)
from model.funding.prices import price_indices
from model.general_fund.view import GeneralFundView, anchor_general_fund, general_fund_view
from model.mitigation.input_changes import apply_input_changes
from model.mitigation.line_changes import general_fund_cost, line_changes
from model.month import MonthInputs, advance
from model.prepared import Prepared, prepare
from model.provision.capacity import added_places_gbp
from model.provision.nurture import Averted, averted, funding_by_group, withheld_by_group
from model.provision.places import PlaceAllocation, PlacesSeries
from model.reconcile.trajectory import Reconciliation, reconcile
from model.reference.calendar import MONTHS
from model.scenario.funding_schema import NurtureDriver
from model.scenario.schema import Scenario

Floats = NDArray[np.float64]

BLOCK_WIDTH = 64
"""Draws stepped together. Fixed, so that results do not depend on how many draws are asked for."""


@dataclass(frozen=True)
class Spending:
    """Spending of the budget lines in pounds, draw axis last.

    `by_line` (line, month, draw): after anchoring and mitigations. `mitigation` (line, month,
    draw): the part of it that mitigations change. `plan_years` (line, year, draw): average
    volume in force, the places, FTE or plans behind the line; `april_volume` and `year_end_volume`
    (line, year, draw) the same at the end of April and of March; `volume_spend` (line, year, draw) the
    part of the spending that they drive, after anchoring. `by_driver` (driver, year, draw) sums to `by_line` less mitigations over each line's drivers. `band_scales`: cost-neutral matrix
    of bands -> the scale of its values (draw,).
    """

    by_line: Floats
    mitigation: Floats
    plan_years: Floats
    april_volume: Floats
    year_end_volume: Floats
    volume_spend: Floats
    by_driver: Floats
    drivers: tuple[tuple[int, str, str, str], ...]
    general_fund: Floats
    band_scales: Mapping[str, Floats] = field(default_factory=dict)


@dataclass
class MonthByMonth:
    """What stepping the months of a block gives: kept series by mechanism, None where it is off."""

    cohort: CohortSeries | None = None
    demand: DemandSeries | None = None
    reviews: ReviewSeries | None = None
    places: PlacesSeries | None = None
    averted: Averted | None = None
    final_state: CohortState | None = None


@dataclass(frozen=True)
class NurtureAccount:
    """Nurture groups by year, each (group, year, draw): pounds of gross cost and of top-up withheld,
    both positive, and places completed."""

    gross: Floats
    withheld: Floats
    completed: Floats


@dataclass(frozen=True)
class LaterStart:
    """Where a forecast that does not begin at the opening goes on from.

    `state`: plans and demand at the beginning of `month`. `band_scales`: those of cost-neutral
    matrices of bands that began before it (draw,).
    """

    month: int
    state: CohortState
    band_scales: Mapping[str, Floats] = field(default_factory=dict)


@dataclass
class BlockResult:
    """Everything kept of a block of draws; arrays hold the used draws only, draw axis last."""

    draws: Draws
    used: int
    months: MonthByMonth
    spending: Spending | None = None
    account: BlockAccount | None = None
    views: CumulativeViews | None = None
    reserves: ReservesPosition | None = None
    financing: FinancingCost | None = None
    reconciliation: Reconciliation | None = None
    caseload: CaseloadByYear | None = None
    nurture: NurtureAccount | None = None
    transfers: TransferSeries | None = None
    general_fund: GeneralFundView | None = None
    department_places: Floats | None = None
    start_month: int = 0
    gaps: dict[str, float] = field(default_factory=dict)

    @property
    def cohort(self) -> CohortSeries | None:
        """Kept series of the cohort; None for a scenario without plans."""
        return self.months.cohort

    @property
    def final_state(self) -> CohortState | None:
        """State at the end of the horizon."""
        return self.months.final_state

    @property
    def end(self) -> LaterStart:
        """The end of the horizon, for a longer forecast to go on from. Raises ValueError where no
        plans were stepped."""
        if self.months.final_state is None:
            raise ValueError("a forecast without plans has no state to go on from")
        scales = self.spending.band_scales if self.spending is not None else {}
        return LaterStart(self.draws.months, self.months.final_state, scales)


def forecast(
    prepared: Prepared,
    anchors: Mapping[str, Anchor],
    first_draw: int,
    used: int = BLOCK_WIDTH,
    *,
    seed: int,
    chance: bool = True,
    overrides: Mapping[str, Override] | None = None,
    start: LaterStart | None = None,
) -> BlockResult:
    """Forecast one block of draws: first_draw .. first_draw + used - 1 (at most BLOCK_WIDTH).

    The block is always stepped at full width and padded, so a draw's bits do not depend on how
    many were asked for. A later `start` takes the place of the opening; series of the months before
    it stay nil. Money is pounds, deficits positive. Raises
    ValueError for a block out of step, or a start of another width or, with chance, in fractions.
    """
    if first_draw % BLOCK_WIDTH or not 0 < used <= BLOCK_WIDTH:
        raise ValueError(f"a block has up to {BLOCK_WIDTH} draws and starts at a multiple of it")
    if start is not None:
        plans = start.state.plans
        if plans.shape[-1] != BLOCK_WIDTH:
            raise ValueError(f"a start has {BLOCK_WIDTH} draws, this one {plans.shape[-1]}")
        if chance and (plans != np.round(plans)).any():
            raise ValueError("with chance on a forecast starts from whole plans")
    draws = sample(
        prepared.scenario, seed, first_draw, BLOCK_WIDTH, overrides, prepared.loaded.samples
    )
    return _forecast(prepared, anchors, draws, used, seed, chance, start)


def forecast_central(
    prepared: Prepared,
    anchors: Mapping[str, Anchor],
    *,
    overrides: Mapping[str, Override] | None = None,
) -> BlockResult:
    """The central run: central inputs, expected values, one draw."""
    return forecast_designed(prepared, anchors, [overrides or {}])


def forecast_designed(
    prepared: Prepared, anchors: Mapping[str, Anchor], cases: Sequence[Mapping[str, Override]]
) -> BlockResult:
    """Expected values of the central run with other inputs, one draw a case, see `designed`."""
    draws = designed(prepared.scenario, cases)
    return _forecast(prepared, anchors, draws, draws.size, 0, False, None)


def anchor_lines(prepared: Prepared) -> dict[str, Anchor]:
    """One anchor a budget line, and for each published part of the general fund, from the central run
    before anchoring (design 5.6).

    Raises ValueError when a line that should be scaled comes to nothing.
    """
    scenario = prepared.scenario
    if scenario.funding is None and scenario.general_fund is None:
        return {}
    kept: dict[str, Anchor] = {}
    if prepared.loaded.base is not None:
        # A question changes the answer, not the position it starts from.
        kept = anchor_lines(prepare(prepared.loaded.base))
        lines = scenario.funding.lines if scenario.funding is not None else []
        if all(line.id in kept for line in lines) and scenario.general_fund is None:
            return {line.id: kept[line.id] for line in lines}
    draws = central(scenario)
    # The base whatever the run holds, so that every case is anchored alike.
    apply_input_changes(scenario.model_copy(update={"mitigated": "base"}), draws)
    months = step_months(prepared, draws, 1, 0, None, None)
    anchors: dict[str, Anchor] = {}
    if scenario.funding is not None:
        lines = scenario.funding.lines
        totals = np.zeros(len(lines))
        driven = _as_published(scenario, _driven(prepared, months, draws), draws)
        for item in price_drivers(scenario, draws, driven):
            totals[item.line] += item.spend_gbp[:MONTHS, 0].sum()
        anchors = {line.id: anchor(line, float(totals[i])) for i, line in enumerate(lines)}
    view = _general_fund(scenario, draws, months, {})
    if view is not None and scenario.general_fund is not None:
        anchors.update(anchor_general_fund(scenario.general_fund, view))
    return {name: kept.get(name, own) for name, own in anchors.items()}


def _as_published(scenario: Scenario, driven: Driven, draws: Draws) -> Driven:
    """What the published first year took for granted, where that is not what the run holds."""
    pool = scenario.pool
    if driven.pool is None or pool is None or pool.published_awards == "as_run":
        return driven
    shares, size = draws.shares(pool.band_shares), (draws.months, draws.size)
    pupils = draws.of(pool.fte) / draws.of(pool.fte_per_pupil)
    held = {name: np.broadcast_to(pupils * share, size) for name, share in shares.items()}
    nobody = {name: np.zeros(size) for name in shares}
    return replace(driven, pool=PoolAwards(held, nobody, driven.pool.fte_per_pupil))


def _general_fund(
    scenario: Scenario, draws: Draws, months: MonthByMonth, anchors: Mapping[str, Anchor]
) -> GeneralFundView | None:
    if scenario.general_fund is None or months.cohort is None:
        return None
    refused = months.demand.refused if months.demand is not None else None
    by_setting = months.cohort.by_setting[1:]
    return general_fund_view(scenario.general_fund, draws, by_setting, refused, anchors)


def _forecast(
    prepared: Prepared,
    anchors: Mapping[str, Anchor],
    draws: Draws,
    used: int,
    seed: int,
    with_chance: bool,
    start: LaterStart | None,
) -> BlockResult:
    scenario = prepared.scenario
    apply_input_changes(scenario, draws)
    chance = _chance(seed, draws.first_draw) if with_chance else None
    months = step_months(prepared, draws, used, seed, chance, start)
    result = BlockResult(draws, used, months, start_month=start.month if start else 0)
    return price(prepared, anchors, result, start.band_scales if start else {})


def price(
    prepared: Prepared,
    anchors: Mapping[str, Anchor],
    result: BlockResult,
    band_scales: Mapping[str, Floats] | None = None,
) -> BlockResult:
    """Spending, account and reconciliation of a block whose months have been stepped.

    `band_scales`: of cost-neutral matrices of bands from before the months stepped (draw,).
    """
    scenario, draws, months = prepared.scenario, result.draws, result.months
    if scenario.caseload is not None and months.cohort is not None:
        result.caseload = _caseload(scenario, draws, months)
    if scenario.funding is not None:
        driven = replace(_driven(prepared, months, draws), band_scales=band_scales or {})
        result.spending = spend(scenario, anchors, draws, driven)
        if scenario.nurture_groups:
            result.nurture = _nurture(scenario, draws, months)
    if scenario.statement_transfers is not None:
        result.transfers = transfer_series(scenario.statement_transfers, draws)
    result.general_fund = _general_fund(scenario, draws, months, anchors)
    result.department_places = department_places(scenario, draws)
    if scenario.account is not None:
        result.account = block_account(
            scenario.account,
            spending_by_block(scenario, result.spending),
            draws,
            result.department_places,
            support_terms(scenario),
        )
        if scenario.account.financing is not None:
            result.financing = financing_cost(scenario.account.financing, result.account, draws)
        result.views = cumulative_views(result.account, scenario.account, draws)
        if scenario.account.statutory_override is not None:
            override = scenario.account.statutory_override
            result.reserves = reserves_position(
                override, override_ends(scenario), result.views.with_support, draws
            )
        if scenario.trajectory is not None:
            result.reconciliation = reconcile(scenario.trajectory, result.views, draws)
    result.gaps = _gaps(result, scenario)
    return result


def department_places(scenario: Scenario, draws: Draws) -> Floats | None:
    """Places opened since the start that the department pays, pounds (year, draw)."""
    if scenario.places is None or not scenario.has("places"):
        return None
    return by_year(added_places_gbp(scenario.places, draws, "department"))


def _nurture(scenario: Scenario, draws: Draws, months: MonthByMonth) -> NurtureAccount:
    """Cost of each nurture group and the top-up it replaces, by year."""
    assert scenario.funding is not None
    bands = {band.id: band for band in scenario.funding.bands}
    groups, effect = scenario.nurture_groups, scenario.nurture_effect
    index = _nurture_prices(scenario, draws)
    gross = by_year(funding_by_group(groups, bands, draws) * index)
    withheld, completed = np.zeros_like(gross), np.zeros_like(gross)
    if effect is not None and months.averted is not None:
        withheld = by_year(withheld_by_group(effect, groups, bands, draws) * index)
        completed = by_year(months.averted.completed)
    return NurtureAccount(gross, withheld, completed)


def _nurture_prices(scenario: Scenario, draws: Draws) -> Floats:
    """Price level (month, draw) of the driver that pays nurture groups; 1 where none does."""
    assert scenario.funding is not None
    for line in scenario.funding.lines:
        for driver in line.drivers:
            if isinstance(driver, NurtureDriver):
                return price_indices(scenario.funding, draws)[driver.inflation]
    return np.ones((draws.months, draws.size))


def _caseload(scenario: Scenario, draws: Draws, months: MonthByMonth) -> CaseloadByYear:
    assert scenario.caseload is not None
    assert months.cohort is not None
    in_force = np.zeros((draws.months, draws.size))
    new = np.zeros((draws.months, draws.size))
    for setting in range(months.cohort.by_setting.shape[1]):
        in_force = in_force + months.cohort.by_setting[1:, setting]
        new = new + months.cohort.flows["new"][:, setting]
    return caseload_by_year(scenario.caseload, draws, by_year(in_force) / MONTHS, by_year(new))


def _chance(seed: int, first_draw: int) -> Chance:
    return Chance(
        exits=stream_key(seed, "exits"),
        phase=stream_key(seed, "phase transfers"),
        new_plans=stream_key(seed, "new plans"),
        moved_in=stream_key(seed, "moved in"),
        recording=stream_key(seed, "recording difference"),
        first_draw=first_draw,
    )


def _demand_keys(seed: int) -> DemandKeys:
    names = ("requests", "queue", "drafting", "pool", "who", "opening")
    return DemandKeys(*(stream_key(seed, f"demand: {name}") for name in names))


def step_months(
    prepared: Prepared,
    draws: Draws,
    used: int,
    seed: int,
    chance: Chance | None,
    start: LaterStart | None,
) -> MonthByMonth:
    """Step demand, cohort and provision from the opening (or `start`) to the end of the horizon."""
    setup, scenario = prepared.cohort, prepared.scenario
    if setup is None:
        return MonthByMonth()
    result = MonthByMonth()
    pipeline = _pipeline(prepared, draws, seed, chance)
    if scenario.nurture_effect is not None and scenario.has("nurture_effect"):
        result.averted = averted(scenario.nurture_effect, scenario.nurture_groups, draws)
    places = None
    if setup.places is not None and scenario.places is not None:
        places = PlaceAllocation(
            setup.places, scenario.places, draws, seed if chance is not None else None
        )
        result.places = places.series
    reviews = scenario.reviews if scenario.has("reviews") else None
    ended_by_review = np.zeros((draws.months, draws.size)) if reviews is not None else None
    inputs = MonthInputs(
        rates=setup.rates,
        tilts=scenario.rates,
        live=setup.live,
        entries=setup.entries,
        new_plans=scenario.new_plans,
        new_pattern=setup.new_pattern,
        moved_in=scenario.moved_in,
        recording_difference=scenario.recording_difference,
        moved_in_pattern=setup.moved_in_pattern,
        draws=draws,
        seed=seed,
        chance=chance,
        pipeline=pipeline,
        reviews=reviews,
        ended_by_review=ended_by_review,
        places=places,
        averted=result.averted,
    )
    months = scenario.horizon.months
    work = Workspace(setup.rates, prepared.placements, len(setup.entries.age), draws.size)
    flows = MonthFlows.nil(prepared.placements, draws.size)
    recorder = Recorder(prepared.placements, prepared.volumes, setup.live, months, draws.size, used)
    if start is None:
        first_month = 0
        state = _opening_state(prepared, draws, seed, chance)
        if pipeline is not None and prepared.demand is not None:
            # Plans that requests lead to before the count are in it already.
            for month in range(prepared.demand.setup.months.start, setup.first_month):
                assert state.demand is not None
                pipeline.advance(state.demand, month, None, work.new)
        for month in range(setup.first_month, 0):
            flows.clear()
            advance(state, flows, inputs, month, work)
        _settle(state, prepared)
        recorder.stock(state, -1)
    else:
        first_month, state = start.month, start.state.copy()
        if state.demand is not None and prepared.demand is not None:
            state.demand.make_room(prepared.demand.setup.rows)
        recorder.stock(state, first_month - 1)
    for month in range(first_month, months):
        flows.clear()
        advance(state, flows, inputs, month, work)
        recorder.month(state, flows, month)
    result.cohort, result.final_state = recorder.series, state
    if reviews is not None and ended_by_review is not None:
        by_age = recorder.series.by_age_group[:-1]
        others = sum((by_age[:, group] for group in range(1, by_age.shape[1])), np.zeros(()))
        result.reviews = review_series(reviews, draws, by_age[:, 0], others, ended_by_review)
    result.demand = pipeline.series if pipeline is not None else None
    return result


def _pipeline(
    prepared: Prepared, draws: Draws, seed: int, chance: Chance | None
) -> Pipeline | None:
    """Requests to plans of a block, or None while the mechanism is off."""
    scenario = prepared.scenario
    if prepared.demand is None:
        return None
    assert scenario.requests is not None
    assert scenario.new_plans is not None
    pool = scenario.pool if scenario.has("pool") else None
    keys = _demand_keys(seed) if chance is not None else None
    return Pipeline(
        prepared.demand.setup, scenario.requests, scenario.new_plans, pool, draws, seed, keys
    )


def _opening_state(
    prepared: Prepared, draws: Draws, seed: int, chance: Chance | None
) -> CohortState:
    """Plans on the January count date, before the roll-forward to 1 April."""
    setup = prepared.cohort
    assert setup is not None
    state = empty_state(prepared.placements, draws.size)
    if chance is None:
        by_setting = np.repeat(setup.opening.expected[..., None], draws.size, axis=3)
    else:
        key = stream_key(seed, "opening")
        by_setting = setup.opening.whole(key, draws.first_draw, draws.size)
    state.plans[:, : by_setting.shape[1]] = by_setting
    demand, scenario = prepared.demand, prepared.scenario
    if demand is not None:
        assert scenario.requests is not None
        pool = scenario.pool if scenario.has("pool") else None
        state.demand = opening_state(
            demand.setup,
            demand.opening,
            scenario.requests,
            pool,
            draws,
            _demand_keys(seed).opening if chance is not None else None,
        )
    return state


def _settle(state: CohortState, prepared: Prepared) -> None:
    """On 1 April everybody in place is an existing placement where prices are split."""
    for setting in prepared.placements.tracked:
        state.plans[:, prepared.placements.existing(setting)] += state.plans[:, setting]
        state.plans[:, setting] = 0.0


def _driven(prepared: Prepared, months: MonthByMonth, draws: Draws) -> Driven:
    """What the months give to the drivers of the budget lines."""
    scenario, demand = prepared.scenario, months.demand
    volumes = np.zeros((0, draws.months, draws.size))
    if months.cohort is not None:
        volumes = months.cohort.volumes
    pool = None
    if demand is not None and scenario.pool is not None and prepared.demand is not None:
        bands = prepared.demand.setup.bands
        if bands is not None:
            pool = PoolAwards(
                dict(zip(bands.names, demand.pool_pupils, strict=True)),
                dict(zip(bands.names, demand.pool_with_plan, strict=True)),
                draws.of(scenario.pool.fte_per_pupil),
            )
    return Driven(
        volumes,
        pool,
        demand.locums if demand is not None else None,
        months.averted.placements if months.averted is not None else {},
        months.averted.instead_gbp if months.averted is not None else {},
    )


def spend(
    scenario: Scenario, anchors: Mapping[str, Anchor], draws: Draws, driven: Driven
) -> Spending:
    """Spending of every line: priced drivers, anchored, with mitigations on top."""
    assert scenario.funding is not None
    lines = scenario.funding.lines
    years, months = len(draws.years), MONTHS * len(draws.years)
    pricing = Pricing(scenario, draws, driven)
    priced = pricing.drivers()
    mitigation = line_changes(scenario, draws)
    by_line = np.zeros((len(lines), months, draws.size))
    plan_years = np.zeros((len(lines), years, draws.size))
    april, year_end = np.zeros_like(plan_years), np.zeros_like(plan_years)
    volume_spend = np.zeros_like(plan_years)
    by_driver = np.zeros((len(priced), years, draws.size))
    for number, item in enumerate(priced):
        plan_years[item.line] += by_year(item.volume) / MONTHS
        april[item.line] += item.volume[::MONTHS]
        year_end[item.line] += item.volume[MONTHS - 1 :: MONTHS]
        if isinstance(item.driver, VOLUMED):
            factor = anchors[lines[item.line].id].factor
            volume_spend[item.line] += by_year(item.spend_gbp) * factor
        by_driver[number] = _anchored_driver(item, priced, anchors, lines[item.line].id)
    for index, line in enumerate(lines):
        raw = np.zeros((months, draws.size))
        for item in priced:
            if item.line == index:
                raw = raw + item.spend_gbp
        by_line[index] = anchored(raw, anchors[line.id]) + mitigation[index]
    drivers = tuple(
        (item.line, item.driver.id, item.driver.s251, item.driver.title) for item in priced
    )
    general_fund = by_year(
        general_fund_cost(scenario, draws) + _general_fund_locums(scenario, draws, driven)
    )
    return Spending(
        by_line,
        mitigation,
        plan_years,
        april,
        year_end,
        volume_spend,
        by_driver,
        drivers,
        general_fund,
        pricing.band_scales,
    )


def _general_fund_locums(scenario: Scenario, draws: Draws, driven: Driven) -> Floats:
    """Locum assessments that the general fund pays, pounds (month, draw). Never in the DSG."""
    total = np.zeros((draws.months, draws.size))
    if driven.locums is not None and scenario.requests is not None:
        for item, done in zip(scenario.requests.locums, driven.locums, strict=True):
            if item.fund == "general_fund":
                total = total + done * draws.of(item.cost_each_gbp)
    return total


def _anchored_driver(
    item: PricedDriver, priced: list[PricedDriver], anchors: Mapping[str, Anchor], line: str
) -> Floats:
    """A driver's yearly spending after anchoring; a one-off falls on the line's drivers evenly."""
    same_line = sum(other.line == item.line for other in priced)
    yearly = by_year(item.spend_gbp) * anchors[line].factor
    yearly[0] += anchors[line].one_off_gbp / same_line
    return yearly


def by_year(monthly: Floats) -> Floats:
    """Sum (..., month, draw) over financial years, month by month: (..., year, draw)."""
    shape = (*monthly.shape[:-2], monthly.shape[-2] // MONTHS, MONTHS, monthly.shape[-1])
    parts = monthly.reshape(shape)
    total = np.zeros((*shape[:-2], shape[-1]))
    for month in range(MONTHS):
        total = total + parts[..., month, :]
    return total


def spending_by_block(scenario: Scenario, spending: Spending | None) -> dict[str, Floats]:
    """Yearly spending of the budget lines of each block, pounds (year, draw)."""
    if spending is None or scenario.funding is None:
        return {}
    yearly = by_year(spending.by_line)
    blocks: dict[str, Floats] = {}
    for index, line in enumerate(scenario.funding.lines):
        blocks[line.block] = blocks.get(line.block, np.zeros_like(yearly[0])) + yearly[index]
    return blocks


def _gaps(result: BlockResult, scenario: Scenario) -> dict[str, float]:
    """How far each identity of design section 5 is from holding in the worst draw."""
    gaps: dict[str, float] = {}
    if result.cohort is not None:
        gaps["plans: opening + flows = closing"] = result.cohort.conservation_gap
        gaps["plans: no cell is negative"] = -result.cohort.smallest_cell
        gaps["plans: age groups sum to settings"] = _largest_difference(
            result.cohort.by_age_group, result.cohort.by_setting
        )
        gaps["plans: needs sum to settings"] = _largest_difference(
            result.cohort.by_need, result.cohort.by_setting
        )
    if result.months.demand is not None:
        gaps.update(result.months.demand.gaps)
    if result.transfers is not None and scenario.statement_transfers is not None:
        moved = result.transfers.transferred + result.transfers.left
        accounted = result.transfers.remaining[-1] + moved.sum(axis=0)
        statements = result.draws.of(scenario.statement_transfers.statements)
        gaps["plans: statements = transferred + left + remaining"] = float(
            np.abs(statements - accounted).max()
        )
    if result.months.places is not None:
        gaps.update(_place_gaps(result.months.places))
    if result.spending is not None:
        spending = result.spending
        lines = by_year(spending.by_line - spending.mitigation)
        drivers = np.zeros_like(lines)
        for index, (line, *_) in enumerate(spending.drivers):
            drivers[line] += spending.by_driver[index]
        gaps["spending: s251 drivers sum to budget lines"] = float(np.abs(lines - drivers).max())
    if result.account is not None and result.views is not None:
        gaps["account: block identity"] = result.account.identity_gap()
        gaps["account: brought forward is last year's carried forward"] = (
            result.account.brought_forward_gap()
        )
        gaps["account: transfers sum to nil"] = result.account.transfers_gap()
        assert scenario.account is not None
        received_before = result.draws.of(scenario.account.support_received_before_gbp)
        gaps["account: without support = opening + all in-year movements"] = _without_support_gap(
            result.account, result.views, received_before
        )
    return gaps


def _place_gaps(places: PlacesSeries) -> dict[str, float]:
    """New demand has one outcome each, and nobody is placed beyond what is commissioned."""
    outcomes = (
        places.placed + places.independent + places.to_interim + places.to_waiting + places.stayed
    )
    came = places.placed + places.from_waiting + places.returned
    over = np.maximum(places.own + places.others - places.commissioned, 0.0)
    return {
        "plans: asked for a place = placed + independent + interim + waiting + stayed": float(
            np.abs(places.asked - outcomes).max()
        ),
        "plans: nobody is placed beyond commissioned places": float(
            np.minimum(over, came).max() if over.size else 0.0
        ),
    }


def _without_support_gap(
    account: BlockAccount, views: CumulativeViews, received_before: Floats
) -> float:
    """The view without support against the first opening and every movement since, in pounds.

    Built from the year's parts rather than from the closing deficit and payments, so that a
    payment counted twice or left out would show.
    """
    position = account.total(account.opening_deficit)[0] + received_before
    movements = views.in_year + account.total(
        account.prior_year_adjustment + account.draws_on_balances
    )
    worst = 0.0
    for year, movement in enumerate(movements):
        position = position + movement
        worst = max(worst, float(np.abs(position - views.without_support[year]).max()))
    return worst


def _largest_difference(one: Floats, other: Floats) -> float:
    return float(np.abs(one.sum(axis=1) - other.sum(axis=1)).max())
