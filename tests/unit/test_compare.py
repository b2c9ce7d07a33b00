"""Comparing two forecasts: what each cause is, by hand, and that every bridge foots in every draw."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from model.compare.bridge import Bridge, bridge, common_years
from model.compare.causes import (
    AMOUNTS,
    BALANCES,
    CAUSES,
    INCOME,
    MITIGATION,
    MIX,
    ONE_SIDED,
    OPENING,
    OTHER_BLOCKS,
    PRICE,
    PRIOR_YEAR,
    RECEIVED_BEFORE,
    SUPPORT,
    TIMING,
    TRANSFERS,
    UNLINED,
    VIEWS,
    VOLUME,
)
from model.compare.forecast_figures import ROWS, ForecastFigures, LineFigures, Side
from tests.comparisons import by_month, forecast, line, side

pytestmark = pytest.mark.unit

HELD = by_month(*[100.0] * 12)


def told(made: Bridge, view: str = "with") -> dict[str, float]:
    """Causes that are not nil in the last year, cumulative, of one draw or the mean."""
    pounds = {c.name: float(made.cumulative(c, view)[-1].mean()) for c in CAUSES}
    return {name: round(value, 6) for name, value in pounds.items() if abs(value) > 1e-6}


def of_lines(a: dict[str, LineFigures], b: dict[str, LineFigures], plans_a=HELD, plans_b=HELD):
    return told(bridge(forecast(side(a, plans_a)), forecast(side(b, plans_b))))


def test_the_same_plans_a_month_later_are_timing():
    """12 plans from October in place of September: a month of 12 plans at 12,000 a year is 12,000."""
    september = by_month(*[100.0] * 5, *[112.0] * 7)
    october = by_month(*[100.0] * 6, *[112.0] * 6)
    a, b = {"top_up": line(september, 12_000.0)}, {"top_up": line(october, 12_000.0)}
    assert of_lines(a, b, september, october) == {TIMING.name: -12_000.0}


def test_more_plans_in_all_months_alike_are_volume():
    """Ten more of 100 at 12,000, although both grow: 120,000 and no timing."""
    growing = [100.0 + month for month in range(12)]
    few, more = by_month(*growing), by_month(*(10 + plans for plans in growing))
    a, b = {"top_up": line(few, 12_000.0)}, {"top_up": line(more, 12_000.0)}
    assert of_lines(a, b, few, more) == {VOLUME.name: 120_000.0}


def test_steady_growth_at_another_rate_is_volume():
    """From 100 in April one or two plans more each month: 5.5 more on average, 66,000, no timing."""
    slow = by_month(*(100.0 + month for month in range(12)))
    fast = by_month(*(100.0 + 2 * month for month in range(12)))
    a, b = {"top_up": line(slow, 12_000.0)}, {"top_up": line(fast, 12_000.0)}
    assert of_lines(a, b, slow, fast) == {VOLUME.name: 66_000.0}


def test_dearer_placements_are_price():
    a, b = {"top_up": line(HELD, 12_000.0)}, {"top_up": line(HELD, 12_500.0)}
    assert of_lines(a, b) == {PRICE.name: 50_000.0}


def test_plans_moved_between_lines_at_the_same_total_are_mix():
    """Ten of 100 plans from 5,000 in mainstream to 20,000 in special schools: 150,000."""
    sixty, forty = by_month(*[60.0] * 12), by_month(*[40.0] * 12)
    fifty = by_month(*[50.0] * 12)
    a = {"mainstream": line(sixty, 5_000.0), "special": line(forty, 20_000.0)}
    b = {"mainstream": line(fifty, 5_000.0), "special": line(fifty, 20_000.0)}
    assert of_lines(a, b) == {MIX.name: 150_000.0}


def test_volume_and_price_share_what_they_do_together():
    """100 x 10 to 120 x 12: 20 x 11 for volume, 2 x 110 for price (440 in all)."""
    more = by_month(*[120.0] * 12)
    assert of_lines({"x": line(HELD, 10.0)}, {"x": line(more, 12.0)}, HELD, more) == {
        VOLUME.name: 220.0,
        PRICE.name: 220.0,
    }


def test_the_worked_example_of_the_documentation():
    """docs/compare.md: 1,050,000 to 1,246,500 by all four factors and an amount."""

    def three(average: float, april: float, march: float):
        return tuple(np.array([[value]]) for value in (average, april, march))

    a = {"x": line(three(100.0, 100.0, 100.0), 10_000.0, 50_000.0)}
    b = {"x": line(three(113.0, 110.0, 122.0), 10_500.0, 60_000.0)}
    found = of_lines(a, b, three(0.0, 400.0, 400.0), three(0.0, 410.0, 430.0))
    assert {name: round(pounds) for name, pounds in found.items()} == {
        VOLUME.name: 53_956,
        MIX.name: 110_087,
        PRICE.name: 53_206,
        TIMING.name: -30_750,
        AMOUNTS.name: 10_000,
    }
    assert sum(found.values()) == pytest.approx(196_500, abs=1e-5)


def test_places_have_no_mix():
    """Places are not plans: their own number is the volume, however many plans there are."""
    more, plans = by_month(*[110.0] * 12), by_month(*[400.0] * 12)
    a, b = {"x": line(HELD, 10.0, plans=False)}, {"x": line(more, 10.0, plans=False)}
    assert of_lines(a, b, HELD, plans) == {VOLUME.name: 100.0}


def test_a_line_without_volume_is_an_amount():
    none = by_month(*[0.0] * 12)
    a, b = {"x": line(none, amount=700.0)}, {"x": line(none, amount=950.0)}
    assert of_lines(a, b) == {AMOUNTS.name: 250.0}


def test_a_line_that_fills_takes_the_price_of_the_forecast_that_has_one():
    """Nobody on it, then 10 of 100 plans at 30,000: mix, not price, and nothing is lost."""
    none, ten = by_month(*[0.0] * 12), by_month(*[10.0] * 12)
    assert of_lines({"x": line(none)}, {"x": line(ten, 30_000.0)}) == {MIX.name: 300_000.0}


def test_an_amount_beside_plans_is_no_price():
    """100 plans at 10 and 5,000 for a service; 120 plans and 6,000: 200 volume and 1,000 amounts."""
    more = by_month(*[120.0] * 12)
    a, b = {"x": line(HELD, 10.0, 5_000.0)}, {"x": line(more, 10.0, 6_000.0)}
    assert of_lines(a, b, HELD, more) == {VOLUME.name: 200.0, AMOUNTS.name: 1_000.0}


def test_spending_that_stays_when_the_last_plan_leaves_is_an_amount():
    """10 at 30,000 against nobody and 4,000 still paid."""
    none, ten = by_month(*[0.0] * 12), by_month(*[10.0] * 12)
    found = of_lines({"x": line(ten, 30_000.0)}, {"x": line(none, amount=4_000.0)})
    assert found == {MIX.name: -300_000.0, AMOUNTS.name: 4_000.0}


def test_a_line_in_one_forecast_only_stands_under_its_name():
    a, b = {"old": line(HELD, 10.0)}, {"new": line(HELD, 12.0)}
    made = bridge(forecast(side(a, HELD)), forecast(side(b, HELD)))
    alone = {e.title: float(e.amounts[0, 0]) for e in made.effects if e.cause == ONE_SIDED}
    assert alone == {"A line (A only)": -1_000.0, "A line (B only)": 1_200.0}
    assert told(made) == {ONE_SIDED.name: 200.0}


@pytest.mark.parametrize(
    ("row", "change", "cause", "effect"),
    [
        ("prior_year_adjustment", 100.0, PRIOR_YEAR, 100.0),
        ("gross_income", 100.0, INCOME, -100.0),
        ("deductions", 100.0, INCOME, 100.0),
        ("contributions", 100.0, INCOME, -100.0),
        ("net_transfers_out", -100.0, TRANSFERS, -100.0),
        ("draws_on_balances", 100.0, BALANCES, 100.0),
        ("spend", 100.0, UNLINED, 100.0),
        ("support", 100.0, SUPPORT, -100.0),
        ("opening", 100.0, OPENING, 100.0),
    ],
)
def test_each_row_of_the_account_is_a_cause_with_its_sign(row, change, cause, effect):
    lines = {"x": line(HELD, 10.0)}
    a, b = forecast(side(lines, HELD)), forecast(side(lines, HELD, **{row: change}))
    assert told(bridge(a, b)) == {cause.name: effect}


def test_support_moves_the_view_with_it_only():
    """Paid this year: less deficit with support. Paid before: added back without it."""
    lines = {"x": line(HELD, 10.0)}
    a = forecast(side(lines, HELD, opening=500.0))
    b = forecast(side(lines, HELD, opening=300.0, support=40.0), received_before=200.0)
    made = bridge(a, b)
    assert told(made) == {OPENING.name: -200.0, SUPPORT.name: -40.0}
    assert told(made, "without") == {OPENING.name: -200.0, RECEIVED_BEFORE.name: 200.0}


def test_a_block_without_lines_is_one_effect():
    """10 more income is 10 more spending there; 3 sent to high needs is spending cut by 3."""
    lines = {"x": line(HELD, 10.0)}

    def both(schools_spend: float, gross: float, transfer: float) -> ForecastFigures:
        first = side(lines, HELD, net_transfers_out=-transfer)
        other = side({}, spend=schools_spend, gross_income=gross, net_transfers_out=transfer)
        account = {
            row: {**first.account[row], "schools": other.account[row]["high_needs"]} for row in ROWS
        }
        return forecast(replace(first, account=account))

    assert told(bridge(both(100.0, 100.0, 0.0), both(107.0, 110.0, 3.0))) == {TRANSFERS.name: -3.0}
    assert told(bridge(both(100.0, 100.0, 0.0), both(111.0, 110.0, 0.0))) == {
        OTHER_BLOCKS.name: 1.0
    }


def test_plans_that_mitigations_avert_are_mitigation_and_not_volume():
    """Both would have 110 plans; B's mitigations keep it to 105 at 1,000 and save 5,000."""
    would, kept = by_month(*[110.0] * 12), by_month(*[105.0] * 12)
    without = side({"x": line(would, 1_000.0)}, would)
    a, b = forecast(without), forecast(side({"x": line(kept, 1_000.0)}, kept), without)
    assert told(bridge(a, b)) == {MITIGATION.name: -5_000.0}


def test_mitigations_that_raise_income_are_mitigation_too():
    lines = {"x": line(HELD, 10.0)}
    without = side(lines, HELD)
    b = forecast(side(lines, HELD, contributions=70.0), without)
    assert told(bridge(forecast(without), b)) == {MITIGATION.name: -70.0}


def test_last_years_forecast_opens_where_it_closed():
    """A of 2025-26 and 2026-27, B of 2026-27: A's closing 2025-26 is its opening of the bridge."""
    two = tuple(np.full((2, 1), 100.0) for _ in range(3))
    a = forecast(side({"x": line(two, 10.0)}, two, opening=500.0))
    b = replace(forecast(side({"x": line(HELD, 10.0)}, HELD, opening=1_700.0)), years=("2026-27",))
    assert common_years(a, b) == ("2026-27",)
    made = bridge(a, b)
    assert made.years == ("2026-27",)
    assert told(made) == {OPENING.name: 200.0}


def test_no_common_year_and_other_draws_are_refused():
    one = forecast(side({"x": line(HELD, 10.0)}, HELD))
    with pytest.raises(ValueError, match="no year in common"):
        bridge(one, replace(one, years=("2030-31",)))
    wide = tuple(np.full((1, 3), 100.0) for _ in range(3))
    three = forecast(side({"x": line(wide, 10.0)}, wide))
    with pytest.raises(ValueError, match="1 draws against 3"):
        bridge(one, three)
    assert told(bridge(one, three.mean())) == {}


def test_an_account_that_does_not_close_is_a_fault():
    """A closing deficit that its rows do not explain cannot be bridged, by a pound or by 2p."""
    good = forecast(side({"x": line(HELD, 10.0)}, HELD))
    for pounds in (1.0, 0.02, np.nan):
        account = {row: dict(blocks) for row, blocks in good.as_run.account.items()}
        account["closing_deficit"]["high_needs"] = account["closing_deficit"]["high_needs"] + pounds
        wrong = replace(good, as_run=replace(good.as_run, account=account))
        with pytest.raises(ArithmeticError, match="miss the difference"):
            bridge(good, wrong)


SHAPE = (2, 3)
in_force = arrays(
    np.float64, SHAPE, elements=st.sampled_from([0.0, 1e-9, 0.5, 3.0, 250.0]) | st.floats(0, 4_000)
)


@st.composite
def volumes(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Average, April and March of a year whose other months stand between or beside them."""
    april, between, march = draw(in_force), draw(in_force), draw(in_force)
    return (april + 10 * between + march) / 12, april, march


pounds = arrays(
    np.float64, SHAPE, elements=st.sampled_from([0.0, -1.0, 1e6]) | st.floats(-3e7, 3e7)
)


@st.composite
def sides(draw: st.DrawFn) -> Side:
    """Any account that closes, with any lines: volumes and spending need not belong together."""
    names = draw(st.sets(st.sampled_from(["a", "b", "c"]), max_size=3))
    lines = {
        name: LineFigures(
            name, "high_needs", draw(st.booleans()), draw(pounds), draw(pounds),
            *draw(volumes()),
        )
        for name in sorted(names)
    }  # fmt: skip
    account = {row: draw(pounds) for row in ROWS}
    income = account["gross_income"] - account["deductions"] + account["contributions"]
    moved = (
        account["prior_year_adjustment"] + account["spend"] - income
        + account["net_transfers_out"] + account["draws_on_balances"] - account["support"]
    )  # fmt: skip
    account["closing_deficit"] = account["opening_deficit"][0] + np.cumsum(moved, axis=0)
    account["opening_deficit"] = account["closing_deficit"] - moved
    blocks = {row: {"high_needs": values} for row, values in account.items()}
    return Side(blocks, lines, draw(in_force), draw(in_force))


@st.composite
def forecasts(draw: st.DrawFn) -> ForecastFigures:
    """A forecast with or without mitigations: those leave the lines there are."""
    as_run = draw(sides())
    other = draw(sides())
    lines = {name: other.lines.get(name, line) for name, line in as_run.lines.items()}
    unmitigated = draw(st.sampled_from([as_run, replace(other, lines=lines)]))
    return forecast(as_run, unmitigated, received_before=float(draw(pounds)[0, 0]))


@given(forecasts(), forecasts())
def test_every_bridge_foots_in_every_draw_and_turns_its_sign(a, b):
    """Causes sum to the difference of the closings within a penny; B against A is minus A against B."""
    there, back = bridge(a, b), bridge(b, a)
    for view in VIEWS:
        whole = sum(there.cumulative(cause, view) for cause in CAUSES)
        np.testing.assert_allclose(
            whole, there.closing_b[view] - there.closing_a[view], rtol=0, atol=0.01
        )
        for cause in CAUSES:
            np.testing.assert_allclose(
                there.in_year(cause, view), -back.in_year(cause, view), rtol=0, atol=0.01
            )


@given(forecasts())
def test_a_forecast_against_itself_is_nil_in_every_cause(one):
    made = bridge(one, one)
    for view in VIEWS:
        for cause in CAUSES:
            assert np.abs(made.in_year(cause, view)).max() < 1e-6
