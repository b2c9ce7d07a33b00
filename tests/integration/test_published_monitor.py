"""North Somerset's monitor of period 2 of 2023-24 (000:2111-2131), through the bundled file and scenario."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from model.monitor.monitoring import monitor
from model.monitor.read_actuals import read_actuals
from model.report.monitor_list import as_plain, sums
from model.report.rounding import half_away
from model.run import run
from model.scenario.load import load

pytestmark = pytest.mark.integration

# Line: budget, to date, variance to date, forecast outturn and its variance, £000 as printed.
PRINTED = {
    "place_funding": (5187, 4830, -357, 5187, 0),  # 000:2114
    "top_up_funding": (16312, 3316, -12997, 20378, 4065),  # 000:2115
    "special_school_additional": (420, 0, -420, 420, 0),  # 000:2116
    "nurture_groups": (474, 59, -416, 506, 32),  # 000:2117
    "support_services_contract": (359, -65, -424, 359, 0),  # 000:2118
    "out_of_area": (6931, 1943, -4989, 8510, 1578),  # 000:2119
    "medical_tuition": (540, 225, -315, 540, 0),  # 000:2120
    "sen_equipment_other": (634, 179, -455, 1073, 440),  # 000:2121
    "bespoke_packages": (1045, 282, -763, 1690, 645),  # 000:2122
}


@pytest.fixture(scope="module")
def actuals_file(north_somerset_file) -> Path:
    return north_somerset_file.with_suffix("") / "actuals_month_2.csv"


@pytest.fixture(scope="module")
def results(north_somerset_file):
    return run(load(north_somerset_file), draws=128)


@pytest.fixture(scope="module")
def actuals(results, actuals_file):
    return read_actuals(actuals_file, results.scenario, 2)[0]


@pytest.fixture(scope="module")
def found(results, actuals):
    return monitor(results, actuals)


def in_thousands(pounds: float) -> float:
    return half_away(pounds / 1000)


def test_nine_lines_as_printed(found):
    assert [line.id for line in found.reported] == list(PRINTED)
    for line in found.reported:
        budget, to_date, variance, outturn, outturn_variance = PRINTED[line.id]
        given = line.actual
        assert in_thousands(line.budget_gbp) == budget
        assert in_thousands(given.actual_gbp) == to_date
        assert in_thousands(given.forecast_gbp) == outturn
        assert in_thousands(given.variance_to_date_gbp) == variance
        assert in_thousands(given.variance_outturn_gbp) == outturn_variance
        # Printed to the thousand, so a difference of printed figures may be one off the printed one.
        assert abs(in_thousands(line.variance_to_full_year_budget_gbp) - variance) <= 1
        assert abs((outturn - budget) - outturn_variance) <= 1


def test_both_roundings_of_every_total(found):
    """31,902/31,903; 10,769/10,768; 38,663/38,664; variances add to -21,136 and 6,760 (000:2123)."""
    summed, printed = sums(found), found.actuals.total
    assert {name: in_thousands(value) for name, value in summed.items()} == {
        "budget_gbp": 31_902,
        "actual_gbp": 10_769,
        "forecast_gbp": 38_663,
        "variance_to_date_gbp": -21_136,
        "variance_outturn_gbp": 6_760,
    }
    assert in_thousands(printed.budget_gbp) == 31_903
    assert in_thousands(printed.actual_gbp) == 10_768
    assert in_thousands(printed.forecast_gbp) == 38_664
    assert in_thousands(printed.variance_to_date_gbp) == -21_136
    assert in_thousands(printed.variance_outturn_gbp) == 6_760


def test_the_variance_to_a_profiled_budget_has_another_sign(found):
    """A16: spending is 21m below the year's budget and above the budget of two months."""
    against_year = sum(line.variance_to_full_year_budget_gbp for line in found.reported)
    against_profile = sum(line.variance_to_profiled_budget_gbp for line in found.reported)
    assert against_year < -21e6
    assert against_profile > 1e6


def test_place_funding_is_93_percent_paid_and_on_its_profile(found):
    place = found.reported[0]
    assert place.profile.share == pytest.approx(0.9312)
    assert place.profile.basis == "the scenario's monthly profile"
    assert place.actual.actual_gbp / place.budget_gbp == pytest.approx(0.931, abs=0.0005)
    assert abs(place.variance_to_profiled_budget_gbp) < 1_000
    assert place.outturn.mean == pytest.approx(5_187_000, abs=1_000)


def test_the_credit_and_the_grant_do_not_move_their_outturns(found):
    """A credit of 65k to date and 359k for the year (000:2118); nil to date and 420k (000:2116)."""
    lines = {line.id: line for line in found.reported}
    contract, grant = lines["support_services_contract"], lines["special_school_additional"]
    assert contract.actual.actual_gbp == -65_000
    assert in_thousands(contract.outturn.mean) == pytest.approx(359, abs=1)
    assert contract.still_to_come_mean_gbp == pytest.approx(424_000, abs=1_000)
    assert grant.actual.actual_gbp == 0
    assert in_thousands(grant.outturn.mean) == 420
    # The tuition is 135k over its share of the year: a quarter of its budget, if it is not timing.
    assert [line.id for line in found.surprising] == [
        "support_services_contract", "medical_tuition",
    ]  # fmt: skip


def test_the_straight_line_is_shown_and_not_used(found):
    """A15: 10,768 / 2 x 12 = 64,608k must not be accepted against 38,664k (000:2366-2378)."""
    assert in_thousands(found.straight_line_gbp) == 64_608
    assert found.reported_total.mean == pytest.approx(38_664_000, rel=0.02)
    assert "Do not use" in as_plain(found)["straight_line_warning"]


def test_lines_the_paper_does_not_have_are_the_models(found):
    assert [line.id for line in found.not_reported] == ["places_opened", "other_not_itemised"]
    assert all(line.actual is None for line in found.not_reported)
    assert all(line.variance_to_full_year_budget_gbp is None for line in found.not_reported)


def test_identities_hold_in_every_draw(found):
    assert max(found.gaps.values()) < 1e-6
    parts = found.reported_total.mean + found.not_reported_total.mean
    assert found.total.mean == pytest.approx(parts)


def test_the_deficit_moves_by_the_lines_in_every_draw(found, results):
    """Spending less net income: the in-year deficit given the actuals is the run's plus the lines' change."""
    lines = results.draws["line_spend"].to_numpy()[:, 0]
    moved = found.outturn_draws.sum(axis=0) - lines.sum(axis=0)
    for item, name in zip(
        found.deficits,
        ("in_year_deficit", "cumulative_without_support", "cumulative_with_support"),
        strict=True,
    ):
        expected = results.draws[name].to_numpy()[0] + moved
        assert item.after.mean == pytest.approx(expected.mean())
        assert item.after.p90 == pytest.approx(np.quantile(expected, 0.9))
    in_year, without, with_support = found.deficits
    # 18,125k and 9,685k are brought forward; 2,110k is the year's payment (000:2095, 2103, 2105).
    assert without.after.mean - in_year.after.mean == pytest.approx(18_125_000)
    assert with_support.after.mean - in_year.after.mean == pytest.approx(9_685_000 - 2_110_000)


def on_forecast(results, actuals, month: int):
    """Actuals that are exactly the mean forecast of the months closed."""
    monthly = results.draws["line_spend_by_month"].to_numpy()[:, :month].sum(axis=1).mean(axis=1)
    ids = list(results.draws["line"].to_numpy())
    lines = tuple(
        replace(line, actual_gbp=float(monthly[ids.index(line.line)])) for line in actuals.lines
    )
    return replace(actuals, month=month, lines=lines, total=None)


def test_actuals_on_forecast_move_no_mean_and_narrow_the_range(results, actuals):
    widths = []
    for month in (2, 5, 8, 11):
        found = monitor(results, on_forecast(results, actuals, month))
        for line in found.reported:
            assert line.outturn.mean == pytest.approx(line.before.mean, abs=1.0)
        widths.append(found.reported_total.p90 - found.reported_total.p10)
        assert not found.surprising
    assert widths == sorted(widths, reverse=True)
    assert widths[-1] < widths[0] / 3


def test_with_the_year_closed_the_outturn_is_the_ledger(results, actuals):
    closed = replace(actuals, month=12, total=None)
    found = monitor(results, closed)
    for line in found.reported:
        assert line.outturn.mean == pytest.approx(line.actual.actual_gbp, abs=1e-6)
        assert line.outturn.p10 == line.outturn.p90 == line.actual.actual_gbp


def test_out_of_area_running_over_all_year_is_believed_by_autumn(results, actuals):
    """The same 12 % over its profile: hardly believed in month 2, taken as real in month 9."""
    moved = {}
    for month in (2, 9):
        given = on_forecast(results, actuals, month)
        lines = tuple(
            replace(line, actual_gbp=line.actual_gbp * 1.12) if line.line == "out_of_area" else line
            for line in given.lines
        )
        found = monitor(results, replace(given, lines=lines))
        line = next(line for line in found.reported if line.id == "out_of_area")
        moved[month] = (line.outturn.mean - line.before.mean) / line.before.mean
    assert 0 <= moved[2] < 0.02
    assert moved[9] > 0.04


def test_an_assumption_of_the_file_replaces_that_of_the_kind(results, actuals):
    lines = tuple(
        replace(line, timing_months=0.05) if line.line == "top_up_funding" else line
        for line in actuals.lines
    )
    own = {line.id: line for line in monitor(results, replace(actuals, lines=lines)).reported}
    line = own["top_up_funding"]
    assert (line.timing.months, line.timing.status) == (0.05, "given in the file")
    assert own["out_of_area"].timing.status == "assumed"
    assert line.outturn.mean - line.before.mean > 200_000


def test_kinds_of_lines(found):
    kinds = {line.id: line.timing.kind for line in (*found.reported, *found.not_reported)}
    assert kinds == {
        "place_funding": "places",
        "places_opened": "places",
        "top_up_funding": "top_up",
        "special_school_additional": "amounts",
        "nurture_groups": "places",
        "support_services_contract": "amounts",
        "out_of_area": "fees",
        "medical_tuition": "amounts",
        "sen_equipment_other": "amounts",
        "bespoke_packages": "fees",
        "other_not_itemised": "amounts",
    }


def test_model_volume_and_price_add_to_the_change(found):
    assert {item.line.id for item in found.model_variances} == {
        "top_up_funding", "out_of_area", "bespoke_packages"
    }  # fmt: skip
    for item in found.model_variances:
        change = item.spend_after_gbp - item.spend_before_gbp
        assert item.parts.total_gbp == pytest.approx(change, abs=1e-3)


def test_without_a_forecast_in_the_file_the_published_one_is_shown_and_said(results, actuals):
    lines = tuple(replace(line, forecast_gbp=None) for line in actuals.lines)
    found = monitor(results, replace(actuals, lines=lines, total=None))
    for line in found.reported:
        assert in_thousands(line.council_forecast_gbp) == PRINTED[line.id][3]
        assert line.council_forecast_is_the_scenarios
    assert {line["council_forecast_from"] for line in as_plain(found)["lines"]} == {"the scenario"}
    assert not any(line.council_forecast_is_the_scenarios for line in found.not_reported)
