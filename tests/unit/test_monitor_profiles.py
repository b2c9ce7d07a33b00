"""Profiles and timing of budget lines, and the monitor of a scenario without an account."""

from __future__ import annotations

import numpy as np
import pytest

from model.monitor.actuals import ActualLine, Actuals
from model.monitor.monitoring import monitor
from model.monitor.profiles import OF_MODEL, OF_MODEL_TERMLY, OF_SCENARIO, OF_TWELFTHS, profile
from model.monitor.timing import assumed_timing, kind_of_line
from model.reference.bundled import read_csv_rows
from model.run import run
from tests.scenarios import small

pytestmark = pytest.mark.unit

LINES = """
    funding:
      price_base: 2023-24
      lines:
        - id: grant
          title: Grant paid in two parts
          anchor: none
          budget_gbp: 1000
          monthly_profile: [0.5, 0, 0, 0, 0, 0, 0.5, 0, 0, 0, 0, 0]
          drivers: [{kind: amount, id: a, title: Grant, s251: "1.2.5", annual_amount_gbp: 1000}]
        - id: termly
          title: Tuition billed by term
          anchor: none
          budget_gbp: 90000
          drivers:
            - {kind: pupils_without_plan, id: p, title: Pupils, s251: "1.2.6", fte: {between: [5, 7]},
               annual_cost_gbp: 15000, billing: termly}
        - id: nothing
          title: Nothing this year
          anchor: none
          budget_gbp: 600
          drivers: [{kind: amount, id: a, title: None, s251: "1.2.5", annual_amount_gbp: 0}]
    """


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    return run(small(tmp_path_factory.mktemp("small"), LINES))


def central(results, line: str) -> np.ndarray:
    return results.central["line_spend_by_month"].sel(line=line).to_numpy()


def line_of(results, name: str):
    return next(line for line in results.scenario.funding.lines if line.id == name)


@pytest.mark.parametrize(
    ("name", "month", "share", "basis"),
    [
        ("grant", 1, 0.5, OF_SCENARIO),
        ("grant", 6, 0.5, OF_SCENARIO),
        ("grant", 12, 1.0, OF_SCENARIO),
        ("termly", 1, 1 / 3, OF_MODEL_TERMLY),
        ("termly", 5, 1 / 3, OF_MODEL_TERMLY),
        ("termly", 6, 2 / 3, OF_MODEL_TERMLY),
        ("nothing", 3, 0.25, OF_TWELFTHS),
    ],
)
def test_profiles(results, name, month, share, basis):
    found = profile(line_of(results, name), central(results, name), month)
    assert found.share == pytest.approx(share)
    assert found.basis == basis


def test_a_line_by_month_takes_the_central_run():
    line = line_of_amount()
    assert profile(line, np.arange(1.0, 13.0), 2).share == pytest.approx(3 / 78)
    assert profile(line, np.arange(1.0, 13.0), 2).basis == OF_MODEL


def line_of_amount():
    from model.scenario.funding_schema import Line

    driver = {"kind": "amount", "id": "a", "title": "A", "s251": "1.2.5", "annual_amount_gbp": 12}
    return Line.model_validate({"id": "x", "title": "X", "drivers": [driver]})


def actuals(month: int, **spent: float) -> Actuals:
    budgets = {"grant": 1000.0, "termly": 90_000.0, "nothing": 600.0}
    lines = tuple(ActualLine(name, 2, budgets[name], value) for name, value in spent.items())
    return Actuals("a.csv", "0", month, 1.0, lines, None)


def test_a_scenario_without_an_account_has_lines_and_no_deficit(results):
    found = monitor(results, actuals(6, grant=500, termly=66_000, nothing=50))
    assert found.deficits == ()
    assert [line.profiled_budget_gbp for line in found.reported] == pytest.approx(
        [500, 60_000, 300]
    )
    assert [line.variance_to_profiled_budget_gbp for line in found.reported] == pytest.approx(
        [0, 6_000, -250]
    )
    assert found.straight_line_gbp == pytest.approx((500 + 66_000 + 50) * 2)


def test_the_same_run_and_file_give_the_same_bits(results):
    given = actuals(6, grant=500, termly=66_000, nothing=50)
    one, other = monitor(results, given), monitor(results, given)
    assert (one.outturn_draws == other.outturn_draws).all()


def test_spending_where_nothing_was_forecast_stays_spent(results):
    """A line of nil has nothing that could be early: what is spent on it is not expected back."""
    line = monitor(results, actuals(6, grant=500, termly=60_000, nothing=50)).reported[2]
    assert line.spent_mean_gbp == 50
    assert line.still_to_come_mean_gbp == 0
    assert line.outturn.p10 == line.outturn.p90 == 50


def test_every_assumption_has_a_range_around_it_a_reason_and_a_mark():
    for kind, timing in assumed_timing().items():
        assert timing.months_range[0] <= timing.months <= timing.months_range[1], kind
        assert timing.spread_range[0] <= timing.least_spread_share <= timing.spread_range[1], kind
        assert timing.status == "assumed"
        assert len(timing.reason) > 40
    assert len(read_csv_rows("reference/monitor_timing.csv")) == 4


def test_timing_falls_evenly_to_nil_at_the_year_end():
    timing = assumed_timing()["amounts"]
    assert timing.sd_gbp(1_200, 6) == pytest.approx(2 * 100 / 2)
    assert timing.sd_gbp(-1_200, 6) == timing.sd_gbp(1_200, 6)
    assert timing.sd_gbp(1_200, 12) == 0


def test_the_kind_of_a_line_is_that_of_most_of_its_spending(results):
    assert kind_of_line(line_of(results, "termly"), {"p": 1.0}) == "top_up"
    assert kind_of_line(line_of(results, "grant"), {"a": 1.0}) == "amounts"
