"""The pool funded without a plan: who is assessed first, converted or stopped, and what it saves.

445 FTE had top-up and no plan in May 2023 (000:2229); 60 to 70 % are assumed to gain one (000:2258).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from model.chance.philox import stream_key
from model.demand import kernel
from model.demand.pool import conversion_shares, pool_bands
from model.draws import central
from model.forecast import anchor_lines, by_year, forecast_central
from model.prepared import prepare
from model.reference.national import national_rates
from tests.demand import DemandRun, demand_scenario, pool_funding, read_demand, run_demand

pytestmark = pytest.mark.unit

THREE_BANDS = {"L1": 0.4, "L2": 0.35, "L3": 0.25}
NO_REQUESTS = {"requests_in_base_year": 0}
NIL_RATES = dict.fromkeys(
    ("ceased_under_18", "ceased_18_and_over", "moved_out", "to_state_special", "to_independent",
     "to_post_16", "to_other", "other_moves"),
    0,
)  # fmt: skip


def pool_run(folder: Path, draws: int = 1, *, chance: bool = False, **pool: Any) -> DemandRun:
    """The pool alone, with nobody else to assess and no limit."""
    return run_demand(
        read_demand(folder, demand_scenario(pool=pool, requests=NO_REQUESTS)), draws, chance=chance
    )


# ---------------------------------------------------------------- 445, convert or stop


@pytest.mark.parametrize(("share", "convert", "stop"), [(0.6, 267, 178), (0.7, 311.5, 133.5)])
def test_c3_l7_of_445_so_many_convert_and_so_many_stop(tmp_path, share, convert, stop):
    """C2, C3, L7: 939 - 494 = 445; at 60 to 70 % 267 to 311.5 convert and 178 to 133.5 stop
    (000:2229, 2258). Driven until the pool is empty, at 50 a month nine months."""
    run = pool_run(tmp_path, fte=939 - 494, converts_share=share, band_shares=THREE_BANDS)
    series = run.series
    assert series.pool_converted.sum() == pytest.approx(convert)
    assert series.pool_stopped.sum() == pytest.approx(stop)
    left = series.pool_pupils.sum(axis=0)[:, 0]
    assert left[:10] == pytest.approx([*(445 - 50 * np.arange(1, 9)), 0, 0])
    assert series.issued.sum() == pytest.approx(convert), "converted pupils have plans"
    assert max(run.gaps.values()) < 1e-9


@pytest.mark.parametrize("order", ["highest_band_first", "lowest_band_first", "in_proportion"])
@pytest.mark.parametrize("share", [0.6, 0.7])
def test_c3_l7_with_chance_each_draw_sums_to_the_pool_in_whole_pupils(tmp_path, share, order):
    """C3, L7: 267 or 311.5 convert on average over 1,024 draws, and every draw sums to 445."""
    run = pool_run(
        tmp_path, 1024, chance=True, converts_share=share, band_shares=THREE_BANDS, order=order
    )
    series = run.series
    converted, stopped = series.pool_converted.sum(axis=0), series.pool_stopped.sum(axis=0)
    assert (converted + stopped == 445).all()
    assert (run.opening.pool.sum(axis=0) == 445).all()
    assert (series.pool_pupils == np.round(series.pool_pupils)).all()
    assert (series.pool_pupils[:, -1] == 0).all()
    error = np.sqrt(445 * share * (1 - share) / 1024)
    assert converted.mean() == pytest.approx(445 * share, abs=4 * error)
    assert converted.var() == pytest.approx(445 * share * (1 - share), rel=0.2)


def test_the_pool_waits_for_the_same_advice_as_everybody_else(tmp_path):
    """Design 5.2: 50 a month are sent, 40 are assessed: awards go on in the queue, one queue for all.

    With 120 requests a year beside them the 40 are shared as they came, 10 to 50.
    """
    limit = {"capacity": [{"id": "a", "start": "2023-01", "assessments_a_month": 40}]}
    run = run_demand(read_demand(tmp_path, demand_scenario(pool={}, requests=limit)))
    series = run.series
    assert series.sent_from_pool[:9, 0].tolist() == [50] * 8 + [45]
    assert series.assessed[:13, 0] == pytest.approx(np.full(13, 40.0))
    assert series.pool_pupils.sum(axis=0)[0, 0] == pytest.approx(445 - 40 * 50 / 60)
    still = series.pool_pupils.sum(axis=0)[8, 0]
    assert still == pytest.approx(445 - 9 * 40 * 50 / 60), "sent and waiting have their award"
    assert series.waiting[8, 0] == pytest.approx(8 * 20 + 15)


def test_awards_go_on_while_advice_is_written_and_the_plan_is_drafted(tmp_path):
    """An award ends in the month its assessment does: two months of drafting are two more paid."""
    requests = NO_REQUESTS | {"advice_and_drafting_weeks": 2 * 365.25 / 12 / 7}
    run = run_demand(read_demand(tmp_path, demand_scenario(pool={}, requests=requests)))
    pupils = run.series.pool_pupils.sum(axis=0)[:, 0]
    assert pupils[:4] == pytest.approx([445, 445, 395, 345])
    assert run.series.in_drafting[1, 0] == pytest.approx(100)


def test_fte_are_not_pupils(tmp_path):
    """356 FTE at 0.8 FTE a pupil are 445 pupils to assess; what is paid is FTE."""
    loaded = read_demand(
        tmp_path, demand_scenario(pool={"fte": 356, "fte_per_pupil": 0.8}, requests=NO_REQUESTS)
    )
    run = run_demand(loaded)
    assert run.series.pool_converted.sum() == pytest.approx(0.65 * 445)
    prepared = prepare(loaded)
    result = forecast_central(prepared, anchor_lines(prepared))
    april = result.spending.by_line[0, 0, 0]
    assert april == pytest.approx((445 - 50) * 0.8 * 3000 / 12)


# ---------------------------------------------------------------- who comes first


@pytest.mark.parametrize(
    ("order", "sent"),
    [
        ("highest_band_first", [(0, 0, 50), (0, 0, 50), (0, 40, 10), (0, 50, 0)]),
        ("lowest_band_first", [(50, 0, 0), (50, 0, 0), (50, 0, 0), (26, 24, 0)]),
        ("in_proportion", [(20, 17.5, 12.5)] * 4),
    ],
)
def test_c4_order_of_bands(tmp_path, order, sent):
    """C4: highest-cost pupils first (000:2258-2260), or the other way, or alike. 440 pupils, 50 a
    month; L3 has the highest value although it is named first."""
    shares = {"L3": 0.25, "L1": 0.4, "L2": 0.35}
    run = pool_run(tmp_path, fte=440, band_shares=shares, order=order)
    pupils = np.concatenate([run.opening.pool[:, None], run.series.pool_pupils], axis=1)
    gone = -np.diff(pupils[:, :, 0], axis=1)[:, :4].T
    assert run.prepared.demand.setup.bands.names == ("L1", "L2", "L3")
    assert gone == pytest.approx(np.array(sent, dtype=float))
    assert run.series.pool_converted.sum() == pytest.approx(286)


def test_bands_are_ranked_by_value_not_by_name(tmp_path):
    """L1 dearest: it is then the last in order of value and the first to be assessed."""
    body = demand_scenario(
        pool={"band_shares": THREE_BANDS},
        requests=NO_REQUESTS,
        funding=pool_funding((12000, 7029, 3000)),
    )
    scenario = read_demand(tmp_path, body).scenario
    bands = pool_bands(scenario.pool, scenario.funding.bands, 2023)
    assert bands.names == ("L3", "L2", "L1")
    assert bands.share.tolist() == [0.25, 0.35, 0.4]
    assert bands.order.tolist() == [2, 1, 0]


def test_with_chance_a_pool_in_proportion_is_a_lot_without_return():
    """Of 6, 9 and 15 pupils 10 are sent: 2, 3 and 5 on average, ten in each draw."""
    draws = 3000
    pool = np.repeat([[6.0], [9.0], [15.0]], draws, axis=1)
    sent = send(pool, 10.0, in_proportion=True, chance=True)["sent"]
    assert (sent.sum(axis=0) == 10).all()
    assert (sent == np.round(sent)).all()
    for row, size in enumerate((6, 9, 15)):
        share = size / 30
        error = np.sqrt(10 * share * (1 - share) * 20 / 29 / draws)
        assert sent[row].mean() == pytest.approx(10 * share, abs=4 * error)
        assert sent[row].var() == pytest.approx(10 * share * (1 - share) * 20 / 29, rel=0.1)


def send(
    pool: np.ndarray, wanted: float, *, leaving: float = 0.0, ending: float = 0.0,
    in_proportion: bool = False, chance: bool = False,
) -> dict[str, np.ndarray]:  # fmt: skip
    """`kernel.send_from_pool` once, highest band first."""
    bands, draws = pool.shape
    out = {name: np.zeros_like(pool) for name in ("left", "ended", "sent")}
    key = (True, 0, *stream_key(3, "pool")) if chance else (False, 0, np.uint64(0), np.uint64(0))
    kernel.send_from_pool(
        pool, np.full(draws, wanted), np.arange(bands)[::-1].copy(), in_proportion,
        np.full(draws, leaving), np.full(draws, ending), 0, *key,
        out["left"], out["ended"], out["sent"],
    )  # fmt: skip
    return out


def test_leavers_go_before_awards_end_and_both_before_anybody_is_sent():
    pool = np.array([[40.0], [20.0]])
    out = send(pool, 15.0, leaving=0.1, ending=0.5)
    assert out["left"][:, 0] == pytest.approx([4, 2])
    assert out["ended"][:, 0] == pytest.approx([18, 9])
    assert out["sent"][:, 0] == pytest.approx([6, 9])
    assert pool[:, 0] == pytest.approx([12, 0])


def test_in_proportion_as_many_as_wanted_are_sent_of_those_who_have_not_left():
    """Of 40 and 20 a tenth leave; 15 are sent of the 36 and 18 left."""
    out = send(np.array([[40.0], [20.0]]), 15.0, leaving=0.1, in_proportion=True)
    assert out["sent"][:, 0] == pytest.approx([10, 5])


# ---------------------------------------------------------------- conversion by band


def shares_by_band(folder: Path, **pool: Any) -> tuple[np.ndarray, np.ndarray]:
    scenario = read_demand(folder, demand_scenario(pool=pool)).scenario
    bands = pool_bands(scenario.pool, scenario.funding.bands, 2023)
    return conversion_shares(scenario.pool, bands, central(scenario), 0)[:, 0], bands.share


def test_c3_conversion_rises_with_the_band_and_averages_the_given_share(tmp_path):
    """Design 5.2: not falling as the band rises, averaging 60 to 70 % over the pool at the start."""
    for mean in (0.6, 0.65, 0.7):
        shares, weights = shares_by_band(
            tmp_path, band_shares=THREE_BANDS, converts_share=mean, converts_rise=0.4
        )
        assert np.diff(shares) == pytest.approx([0.2, 0.2])
        assert shares @ weights == pytest.approx(mean)
    flat, _ = shares_by_band(tmp_path, band_shares=THREE_BANDS, converts_share=0.6)
    assert flat.tolist() == pytest.approx([0.6] * 3)
    single, _ = shares_by_band(tmp_path, converts_share=0.6, converts_rise=0.4)
    assert single.tolist() == [0.6]


def test_conversion_stays_a_share(tmp_path):
    shares, _ = shares_by_band(
        tmp_path, band_shares=THREE_BANDS, converts_share=0.9, converts_rise=1
    )
    assert shares.max() == 1.0
    assert (np.diff(shares) >= 0).all()
    low, _ = shares_by_band(tmp_path, band_shares=THREE_BANDS, converts_share=0.1, converts_rise=1)
    assert low.min() == 0.0


# ---------------------------------------------------------------- what it saves in the year

FALLING = ((5000, 6000, 7000), 0.4)
"""Conversion 0.4, 0.6, 0.8 at equal shares: (1 - c) x value is 3,000, 2,400, 1,400."""
RISING = ((3000, 6000, 12000), 0.2)
"""Conversion 0.5, 0.6, 0.7: 1,500, 2,400, 3,600."""
SLIGHTLY_RISING = ((4000, 6000, 12000), 0.5)
"""Conversion 0.35, 0.6, 0.85: 2,600, 2,400, 1,800, falling although values triple."""


def saving(folder: Path, order: str, values: tuple[float, ...], rise: float) -> np.ndarray:
    """Pounds that awards stopped by each month save in that month, from the pool's own flows."""
    body = demand_scenario(
        pool={"fte": 450, "order": order, "converts_share": 0.6, "converts_rise": rise,
              "band_shares": {"L1": 1 / 3, "L2": 1 / 3, "L3": 1 / 3}, "assessed_a_month": 30},
        requests=NO_REQUESTS,
        funding=pool_funding(values),
    )  # fmt: skip
    run = run_demand(read_demand(folder, body))
    pupils = np.concatenate([run.opening.pool[:, None], run.series.pool_pupils], axis=1)[:, :, 0]
    scenario, bands = run.prepared.scenario, run.prepared.demand.setup.bands
    stays = conversion_shares(scenario.pool, bands, run.draws, 0)[:, 0]
    stopped = -np.diff(pupils, axis=1) * (1 - stays)[:, None]
    assert stopped.sum(axis=0) == pytest.approx(run.series.pool_stopped[:, 0])
    return np.cumsum(stopped, axis=1).T @ np.array(values) / 12


@pytest.mark.parametrize(
    ("values", "rise", "falls"),
    [(*FALLING, True), (*RISING, False), (*SLIGHTLY_RISING, True)],
    ids=["falling", "rising", "falling_although_values_triple"],
)
def test_c4_highest_first_saves_less_only_where_what_stops_is_worth_less(
    tmp_path, values, rise, falls
):
    """C4: in the year highest band first saves less than a random order only where
    (1 - conversion) x value falls as the band rises, otherwise more; both end at the same total."""
    conversion = 0.6 + rise * np.array([-0.5, 0.0, 0.5])
    worth = (1 - conversion) * np.array(values)
    assert (np.diff(worth) < 0).all() == falls
    assert (np.diff(worth) > 0).all() != falls
    first, random, last = (
        saving(tmp_path, order, values, rise)
        for order in ("highest_band_first", "in_proportion", "lowest_band_first")
    )
    year = slice(0, 12)
    in_order = first[year].sum() < random[year].sum() < last[year].sum()
    in_reverse = first[year].sum() > random[year].sum() > last[year].sum()
    assert in_order if falls else in_reverse
    total = 150 * worth.sum() / 12
    assert [s[-1] for s in (first, random, last)] == pytest.approx([total] * 3)


def test_c4_without_a_difference_in_worth_the_order_does_not_matter(tmp_path):
    """Equal (1 - c) x value in every band: 0.5 x 4,800 = 0.4 x 6,000 = 0.3 x 8,000."""
    first, random = (
        saving(tmp_path, order, (4800, 6000, 8000), 0.2)
        for order in ("highest_band_first", "in_proportion")
    )
    assert first == pytest.approx(random)


def test_c4_holds_on_the_budget_line_as_well(tmp_path):
    """C4 where what stops is worth less as the band rises although values triple: on the line that
    pays pool and plans, highest band first would save less in the year than a random order, and in
    a full year what (1 - conversion) x value says."""
    values, rise = SLIGHTLY_RISING
    shares = {"L1": 1 / 3, "L2": 1 / 3, "L3": 1 / 3}
    saved = {}
    for order in ("highest_band_first", "in_proportion"):
        funding = pool_funding(values)
        funding["lines"][0]["drivers"].append(
            {"kind": "plans", "id": "plans", "title": "Plans", "s251": "1.2.2",
             "settings": ["mainstream"], "band_shares": shares, "converted_from_pool": True}
        )  # fmt: skip
        body = demand_scenario(
            pool={"fte": 450, "order": order, "converts_share": 0.6, "converts_rise": rise,
                  "band_shares": shares, "assessed_a_month": 30},
            requests=NO_REQUESTS, funding=funding, rates=NIL_RATES,
        )  # fmt: skip
        prepared = prepare(read_demand(tmp_path, body))
        spending = forecast_central(prepared, anchor_lines(prepared)).spending
        assert spending is not None
        saved[order] = (450 + 20) * np.mean(values) - by_year(spending.by_line)[0, :, 0]
    due = saving(tmp_path, "in_proportion", values, rise)[24:].sum()
    assert saved["highest_band_first"][0] < saved["in_proportion"][0]
    assert saved["in_proportion"][2] == pytest.approx(due)


def test_c3_a_pool_at_band_c2_saves_0_94_to_1_25m_in_a_full_year(tmp_path):
    """C3: 134 to 178 of 445 stop at C2, 7,029: 938k to 1,251k a year (000:2150, 2229, 2258).

    From the budget line itself: the pool at C2 and plans in mainstream at the same 7,029.
    """
    for share, due in ((0.7, 938_372), (0.6, 1_251_162)):
        funding = pool_funding((7029,))
        funding["lines"][0]["drivers"].append(
            {"kind": "plans", "id": "plans", "title": "Plans", "s251": "1.2.2",
             "settings": ["mainstream"], "annual_cost_gbp": 7029}
        )  # fmt: skip
        body = demand_scenario(
            pool={"converts_share": share},
            requests=NO_REQUESTS,
            funding=funding,
            rates=NIL_RATES,
        )
        prepared = prepare(read_demand(tmp_path, body))
        yearly = by_year(forecast_central(prepared, anchor_lines(prepared)).spending.by_line)[0]
        before = (445 + 20) * 7029
        assert before - yearly[1, 0] == pytest.approx(due, abs=1)
        assert before - yearly[2, 0] == pytest.approx(due, abs=1)
        assert 0 < before - yearly[0, 0] < due, "part of it in the first year"


# ---------------------------------------------------------------- end dates, leaving, counted once

ENDS = [{"month": "2023-09", "share": 0.3}, {"month": "2024-04", "share": 0.5}]


def test_c5_end_dates_applied_and_continuing_to_march_are_both_produced(tmp_path):
    """C5: the papers state both (000:2207-2209 and 2215). Nobody is sent; 30 % end in September,
    half of the rest in April 2024, or nobody does."""
    later = {"assessed_from": "2026-01", "band_shares": THREE_BANDS}
    go_on = pool_run(tmp_path, awards="continue", award_ends=ENDS, **later).series
    assert go_on.pool_pupils[:, :33].sum(axis=0)[:, 0] == pytest.approx(np.full(33, 445.0))
    assert go_on.pool_ended.sum() == 0
    end = pool_run(tmp_path, awards="end_dates", award_ends=ENDS, **later).series
    pupils = end.pool_pupils.sum(axis=0)[:, 0]
    assert pupils[[4, 5, 11, 12]] == pytest.approx([445, 311.5, 311.5, 155.75])
    assert end.pool_ended[[5, 12], 0] == pytest.approx([133.5, 155.75])
    by_band = end.pool_pupils[:, 12, 0] / pupils[12]
    assert by_band == pytest.approx(list(THREE_BANDS.values()))


def test_c5_those_in_assessment_keep_their_award_past_an_end_date(tmp_path):
    """150 sent by June wait without capacity: a September date ends 30 % of the other 295."""
    nobody = {"capacity": [{"id": "a", "start": "2023-01", "assessments_a_month": 0}]}
    pool = {"awards": "end_dates", "award_ends": ENDS[:1],
            "assessed_a_month": {"2023-24": 25, "then": 0}}  # fmt: skip
    body = demand_scenario(pool=pool, requests=NO_REQUESTS | nobody)
    series = run_demand(read_demand(tmp_path, body)).series
    assert series.pool_ended[5, 0] == pytest.approx(0.3 * (445 - 5 * 25))
    assert series.pool_pupils.sum(axis=0)[5, 0] == pytest.approx(445 - 0.3 * 320)


def test_leaving_is_a_share_of_a_year(tmp_path):
    """19 % a year leave of themselves: a twelfth of a year is the twelfth root."""
    run = pool_run(tmp_path, leaving_share_a_year=0.19, assessed_from="2026-03")
    pupils = run.series.pool_pupils.sum(axis=0)[:, 0]
    assert pupils[[11, 23]] == pytest.approx([445 * 0.81, 445 * 0.81**2])
    assert pupils[0] == pytest.approx(445 * 0.81 ** (1 / 12))
    assert run.series.pool_left[:12].sum() == pytest.approx(445 * 0.19)


def test_pupils_who_gained_a_plan_leave_top_up_like_the_pool_from_the_month_after(tmp_path):
    """All are sent at once and convert; 19 % of those with a plan leave in a year."""
    run = pool_run(tmp_path, leaving_share_a_year=0.19, assessed_a_month=500, converts_share=1)
    converted = run.series.pool_converted[:, 0]
    assert converted[0] == pytest.approx(445 * 0.81 ** (1 / 12))
    assert not converted[1:].any()
    with_plan = run.series.pool_with_plan[0, :, 0]
    assert with_plan[[0, 12, 24]] == pytest.approx(converted[0] * 0.81 ** np.arange(3))


def test_with_chance_leavers_are_whole_and_right_on_average(tmp_path):
    run = pool_run(
        tmp_path, 1024, chance=True, leaving_share_a_year=0.19, assessed_from="2026-03",
        band_shares=THREE_BANDS, awards="end_dates", award_ends=ENDS[:1],
    )  # fmt: skip
    left, ended = run.series.pool_left.sum(axis=0), run.series.pool_ended.sum(axis=0)
    assert (left == np.round(left)).all()
    stays = 0.81 ** (6 / 12)
    error = np.sqrt(445 * stays * 0.3 * (1 - stays * 0.3) / 1024)
    assert ended.mean() == pytest.approx(445 * stays * 0.3, abs=4 * error)
    assert max(run.gaps.values()) == 0


def test_assessment_starts_in_its_month_and_runs_at_its_number(tmp_path):
    run = pool_run(tmp_path, assessed_from="2023-09", assessed_a_month={"2023-24": 20, "then": 35})
    sent = run.series.sent_from_pool[:, 0]
    assert sent[:5].tolist() == [0] * 5
    assert sent[5:12].tolist() == [20] * 7
    assert sent[12:20].tolist() == [35] * 8
    assert sent[20] == pytest.approx(445 - 7 * 20 - 8 * 35)
    assert sent[21:].sum() == 0


@pytest.mark.parametrize(("also", "requests_due"), [(0, 10.0), (0.5, 7.5), (1, 5.0)])
def test_pupils_of_the_pool_who_would_ask_anyway_are_counted_once(tmp_path, also, requests_due):
    """Design 5.2: "counted in requests once only". Five are sent a month beside ten requests; of
    those that are among the requests already, the requests are less by as many."""
    run = run_demand(
        read_demand(
            tmp_path, demand_scenario(pool={"assessed_a_month": 5, "also_requested_share": also})
        )
    )
    series = run.series
    assert series.requests.sum(axis=1)[:36, 0] == pytest.approx(np.full(36, requests_due))
    assert series.assessed[:36, 0] == pytest.approx(np.full(36, requests_due + 5))
    shares = series.requests[0, :, 0] / requests_due
    alone = run_demand(read_demand(tmp_path, demand_scenario())).series.requests[0, :, 0] / 10
    assert shares == pytest.approx(alone), "less in every age group alike"


def test_requests_are_never_below_nil_when_more_are_sent_than_ask(tmp_path):
    run = run_demand(
        read_demand(
            tmp_path, demand_scenario(pool={"assessed_a_month": 15, "also_requested_share": 1})
        )
    )
    requests = run.series.requests.sum(axis=1)[:, 0]
    assert requests[:29] == pytest.approx(np.zeros(29))
    assert requests[29] == pytest.approx(0.0)  # 445 = 29 x 15 + 10: as many as ask
    assert requests[30:] == pytest.approx(np.full(6, 10.0))


def test_with_chance_new_plans_of_a_class_are_children_of_their_own():
    """Of 100 plans in two cells alike 50 fall in the first, with a standard deviation of five."""
    out = np.zeros((1, 2, 400))
    kernel.assign(
        np.full((1, 400), 100.0), np.array([[0.5, 1.0]]), 0, True, 0, *stream_key(3, "who"), out
    )
    assert (out.sum(axis=(0, 1)) == 100).all()
    assert out[0, 0].mean() == pytest.approx(50, abs=4 * 5 / 20)
    assert out[0, 0].std() == pytest.approx(5, rel=0.15)


def test_converted_pupils_have_the_needs_of_new_plans_at_their_age(tmp_path):
    prepared = prepare(read_demand(tmp_path, demand_scenario(pool={})))
    entries, who = prepared.cohort.entries, prepared.demand.setup.who
    cells = np.diff(who[0, -1], prepend=0.0).reshape(len(entries.age), -1)
    expected = national_rates().new_need_share
    for age in (5, 12):
        (row,) = np.flatnonzero((entries.age == age) & (entries.placement == 1))
        assert cells[row] / cells[row].sum() == pytest.approx(expected[age, 1])


def test_converted_pupils_are_of_school_age_in_mainstream(tmp_path):
    """The class of the pool gains plans at 4 to 18 in mainstream only, by the national pattern."""
    setup = run_demand(read_demand(tmp_path, demand_scenario(pool={}))).prepared
    entries, who = setup.cohort.entries, setup.demand.setup.who
    cells = np.diff(who[0, -1], prepend=0.0).reshape(len(entries.age), -1).sum(axis=1)
    assert cells.sum() == pytest.approx(1.0)
    used = cells > 0
    assert {setup.placements.setting_of[p] for p in entries.placement[used]} == {1}
    assert (entries.age[used].min(), entries.age[used].max()) == (4, 18)
