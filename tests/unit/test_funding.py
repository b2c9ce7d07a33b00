"""Prices, billing, places, amounts and anchoring on cases worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from model.cohort.placements import Twin, placements_for
from model.draws import central, sample
from model.forecast import anchor_lines, by_year, forecast_central, spend
from model.funding.anchoring import anchor
from model.funding.bands import band_values, drifted, mean_value, rebanded
from model.funding.drivers import Driven, price_drivers, volumes_for
from model.funding.prices import billed_share, price_index
from model.prepared import prepare
from model.reference.codes import SETTINGS
from model.scenario.load import load
from tests.scenarios import small

pytestmark = pytest.mark.unit

FUNDING = """
funding:
  price_base: 2023-24
  inflation:
    - {id: september, title: September, uplift_month: 9, annual_rate: {2023-24: 0, 2024-25: 0.12, then: 0.1}}
    - {id: april, title: April, uplift_month: 4, annual_rate: {2023-24: 0, then: 0.02}}
  bands:
    - {id: L1, need_category: A, level: 1, annual_value_gbp: {2023-24: 1000, then: 1200}}
    - {id: L2, need_category: A, level: 2, annual_value_gbp: 3000}
  lines:
"""


def funding(tmp_path, lines: str):
    return small(tmp_path, FUNDING + lines)


AMOUNT = """
    - id: line
      title: Line
      anchor: none
      drivers:
        - {kind: amount, id: a, title: A, s251: "1.2.5", annual_amount_gbp: 1200%s}
"""


NOBODY = Driven(np.zeros((0, 36, 1)))
"""No plans in force and no mechanism that drives spending."""


def yearly(loaded) -> list[float]:
    scenario = loaded.scenario
    priced = price_drivers(scenario, central(scenario), NOBODY)
    total = sum(item.spend_gbp for item in priced)
    return by_year(total)[:, 0].tolist()


def test_september_uplift_counts_seven_twelfths_in_its_first_year(tmp_path):
    """Design section 3: a monthly cost that changes on 1 September counts 7/12."""
    loaded = funding(tmp_path, AMOUNT % ", inflation: september")
    assert yearly(loaded) == pytest.approx(
        [1200, 1200 * (5 / 12 + 7 / 12 * 1.12), 1200 * 1.12 * (5 / 12 + 7 / 12 * 1.1)]
    )


def test_april_uplift_counts_whole_and_growth_compounds(tmp_path):
    loaded = funding(
        tmp_path, AMOUNT % ", inflation: april, growth: {2023-24: 0, 2024-25: 0.1, then: -0.2}"
    )
    assert yearly(loaded) == pytest.approx([1200, 1200 * 1.1 * 1.02, 1200 * 1.1 * 0.8 * 1.02**2])


def test_the_first_year_is_the_amount_given_whatever_its_growth(tmp_path):
    loaded = funding(tmp_path, AMOUNT % ", growth: 0.1")
    assert yearly(loaded) == pytest.approx([1200, 1320, 1452])


def test_monthly_profile_moves_months_not_years(tmp_path):
    profile = "[0.5, 0.43, 0.007, 0.007, 0.007, 0.007, 0.007, 0.007, 0.007, 0.007, 0.007, 0.007]"
    loaded = funding(
        tmp_path,
        (AMOUNT % "").replace("anchor: none", f"anchor: none\n      monthly_profile: {profile}"),
    )
    scenario = loaded.scenario
    (priced,) = price_drivers(scenario, central(scenario), NOBODY)
    assert priced.spend_gbp[:2, 0].sum() == pytest.approx(0.93 * 1200)
    assert yearly(loaded) == pytest.approx([1200] * 3)


def test_places_are_paid_by_academic_year_as_5_12_and_7_12(tmp_path):
    """Design 5.4: from commissioned numbers, filled or not; department places are no spending here."""
    line = """
    - id: places
      title: Places
      anchor: none
      drivers:
        - {kind: places, id: p, title: P, s251: "1.0.2", places: {2023-24: 10, 2024-25: 16, then: 16}, rate_gbp: 1200, paid_by: PAYER}
"""
    authority = yearly(funding(tmp_path, line.replace("PAYER", "authority")))
    assert authority == pytest.approx([12000, (5 * 10 + 7 * 16) * 100, 16 * 1200])
    assert yearly(funding(tmp_path, line.replace("PAYER", "department"))) == [0, 0, 0]


def test_band_value_is_the_mean_over_shares(tmp_path):
    line = """
    - id: top_up
      title: Top-up
      anchor: none
      drivers:
        - {kind: pupils_without_plan, id: pool, title: Pool, s251: "1.2.2", fte: {2023-24: 10, then: 4}, band_shares: {L1: 0.25, L2: 0.75}, education_share: 0.5}
"""
    loaded = funding(tmp_path, line)
    driver = loaded.scenario.funding.lines[0].drivers[0]
    draws = central(loaded.scenario)
    shares = drifted(draws.shares(driver.band_shares), driver.band_drift, draws)
    values, _ = band_values(loaded.scenario.funding.bands, [], [], draws)
    value = mean_value(shares, values, draws)
    assert value[:, 0] == pytest.approx(np.repeat([2500, 2550, 2550], 12))
    assert yearly(loaded) == pytest.approx([10 * 2500 / 2, 4 * 2550 / 2, 4 * 2550 / 2])


MATRIX = """\
    - {id: M1, need_category: M, level: 1, annual_value_gbp: 2000}
    - {id: M2, need_category: M, level: 2, annual_value_gbp: 5000}
"""


def test_re_banding_at_equal_cost_is_neutral(tmp_path):
    """C8: identical pupils on another matrix of equal cost cost the same."""
    line = """
    - id: top_up
      title: Top-up
      anchor: none
      drivers:
        - {kind: pupils_without_plan, id: pool, title: Pool, s251: "1.2.2", fte: 8, band_shares: SHARES}
"""
    old = yearly(funding(tmp_path, line.replace("SHARES", "{L2: 1}")))
    matrix = FUNDING.replace("  lines:", MATRIX + "  lines:")
    new = yearly(
        small(tmp_path, matrix + line.replace("SHARES", "{M1: 0.6666666667, M2: 0.3333333333}"))
    )
    assert new == pytest.approx(old)


REBANDED = """
  rebandings:
    - id: matrix
      title: Another matrix
      start: 2024-09
      cost_neutral: NEUTRAL
      bands:
        - {band: L2, to: {M1: 0.6666666667, M2: 0.3333333333}}
"""
POOL = """
    - id: top_up
      title: Top-up
      anchor: none
      drivers:
        - {kind: pupils_without_plan, id: pool, title: Pool, s251: "1.2.2", fte: 8, band_shares: {L1: 0.25, L2: 0.75}}
"""


@pytest.mark.parametrize(
    ("neutral", "new_values"), [("false", (2000, 5000)), ("true", (800, 2000))]
)
def test_re_banding_on_a_date_moves_holders_and_not_their_cost(tmp_path, neutral, new_values):
    """C8, design 5.6: holders of L2 (3,000) go to M1 and M2; at equal cost, or scaled to be neutral,
    every month costs what it did, and afterwards nobody holds L2."""
    old = yearly(funding(tmp_path, POOL))
    matrix = MATRIX.replace("2000", str(new_values[0])).replace("5000", str(new_values[1]))
    both = REBANDED.replace("NEUTRAL", neutral)
    loaded = small(
        tmp_path, FUNDING.replace("  lines:", matrix + both.lstrip("\n") + "  lines:") + POOL
    )
    assert yearly(loaded) == pytest.approx(old)
    draws = central(loaded.scenario)
    driver = loaded.scenario.funding.lines[0].drivers[0]
    shares = drifted(draws.shares(driver.band_shares), [], draws)
    held = rebanded(shares, loaded.scenario.funding.rebandings, draws)
    september = 17
    assert [held["L2"][september - 1, 0], held["L2"][september, 0]] == [0.75, 0.0]
    assert held["M1"][september, 0] == pytest.approx(0.5)
    assert sum(held.values())[:, 0] == pytest.approx([1.0] * 36)


def test_a_matrix_that_is_not_neutral_costs_what_its_values_say(tmp_path):
    """Holders of L2 at 3,000 go to 2/3 at 800 and 1/3 at 2,000, 1,200 on average, from September."""
    matrix = MATRIX.replace("2000", "800").replace("5000", "2000")
    both = REBANDED.replace("NEUTRAL", "false").lstrip("\n")
    loaded = small(tmp_path, FUNDING.replace("  lines:", matrix + both + "  lines:") + POOL)
    l1 = [1000, 1200, 1200]
    l2 = [3000, (5 * 3000 + 7 * 1200) / 12, 1200]
    due = [8 * (0.25 * one + 0.75 * two) for one, two in zip(l1, l2, strict=True)]
    assert yearly(loaded) == pytest.approx(due)


def test_termly_billing_charges_those_on_roll_at_the_start_of_term():
    shares = billed_share("termly", 12)
    assert shares.sum() == pytest.approx(1)
    assert np.nonzero(shares)[0].tolist() == [0, 5, 9], "April, September, January"
    assert billed_share("monthly", 24).sum() == pytest.approx(2)


def test_prices_are_averages_of_the_base_year(tmp_path):
    """A September rise inside the base year: five months below, seven above, the mean is 1, and the
    next year starts at the higher level."""
    rise = FUNDING.replace("{2023-24: 0, 2024-25: 0.12, then: 0.1}", "{2023-24: 0.24, then: 0}")
    scenario = small(tmp_path, rise + AMOUNT % "").scenario
    series = scenario.funding.inflation[0]
    index = price_index(series, 2023, central(scenario))
    assert series.uplift_month == 9
    low = 1 / (5 / 12 + 7 / 12 * 1.24)
    assert index[:5, 0] == pytest.approx([low] * 5)
    assert index[5:, 0] == pytest.approx([low * 1.24] * 31)
    assert index[:12, 0].mean() == pytest.approx(1)


def test_anchors_by_hand(tmp_path):
    """Price factor, one-off and none; the factor is the same in every draw."""
    lines = """
    - {id: price, title: Price, published_gbp: 1500, drivers: [{kind: amount, id: a, title: A, s251: "1.2.5", annual_amount_gbp: {between: [1000, 1400], path: independent}}]}
    - {id: once, title: Once, published_gbp: 1500, anchor: one_off, drivers: [{kind: amount, id: a, title: A, s251: "1.2.5", annual_amount_gbp: 1200}]}
"""
    loaded = funding(tmp_path, lines)
    prepared = prepare(loaded)
    anchors = anchor_lines(prepared)
    middle = loaded.scenario.funding.lines[0].drivers[0].annual_amount_gbp.then.central
    assert anchors["price"].factor == pytest.approx(1500 / middle)
    assert anchors["once"].one_off_gbp == pytest.approx(300)
    central_run = by_year(forecast_central(prepared, anchors).spending.by_line)[:, :, 0]
    assert central_run[0] == pytest.approx([1500] * 3)
    assert central_run[1] == pytest.approx([1500, 1200, 1200]), "a one-off does not carry forward"
    draws = sample(loaded.scenario, 1, 0, 256)
    driven = Driven(np.zeros((0, 36, 256)))
    first = by_year(spend(loaded.scenario, anchors, draws, driven).by_line)[0, 0]
    assert first.std() > 50, "the first year keeps its uncertainty"
    amount = loaded.scenario.funding.lines[0].drivers[0].annual_amount_gbp
    assert first == pytest.approx(draws.by_year(amount)[0] * anchors["price"].factor)


def test_current_pupils_scope_is_fitted_on_those_pupils(north_somerset_file):
    """Design 5.6: fitted on the pupils of the finance count, whatever the cohort gives."""
    lines = {line.id: line for line in load(north_somerset_file).scenario.funding.lines}
    item = anchor(lines["out_of_area"], 9_999_999)
    assert (item.basis_gbp, item.factor) == (8_522_000, pytest.approx(8_510 / 8_522))


def test_a_line_that_comes_to_nothing_cannot_be_scaled(tmp_path):
    line = """
    - {id: empty, title: Empty, published_gbp: 10, drivers: [{kind: amount, id: a, title: A, s251: "1.2.3", annual_amount_gbp: 0}]}
"""
    loaded = funding(tmp_path, line)
    with pytest.raises(ValueError, match="'empty' is anchored on price"):
        anchor(loaded.scenario.funding.lines[0], 0.0)


PLACED = """
plans:
  counted: 2023-01
  total: 10
  age_groups: {5_to_10: 10}
  settings: {independent_special_day: 10}
"""
FEES = """
    - id: fees
      title: Fees
      anchor: none
      drivers:
        - {kind: plans, id: day, title: Day, s251: "1.2.3", settings: [independent_special_day], ages: [5, 15], annual_cost_gbp: 1200, entry_cost_gbp: 1800, coverage_share: 0.5, education_share: 0.5, billing: BILLING}
"""


def test_existing_placements_keep_their_price_and_later_ones_pay_the_entry_price(tmp_path):
    """Ten in place at 1,200 and four placed later at 1,800, half covered, half paid by education."""
    loaded = small(tmp_path, FUNDING + FEES.replace("BILLING", "monthly") + PLACED)
    draws = central(loaded.scenario)
    volumes = np.stack([np.full((36, 1), 10.0), np.full((36, 1), 4.0)])
    (priced,) = price_drivers(loaded.scenario, draws, Driven(volumes))
    assert priced.spend_gbp[:, 0] == pytest.approx([(10 * 100 + 4 * 150) / 4] * 36)
    assert priced.volume[:, 0] == pytest.approx([7.0] * 36)


def test_volumes_keep_existing_placements_and_later_ones_apart(tmp_path):
    """The first volume of a driver counts who was there at the start, the second everybody else."""
    loaded = small(tmp_path, FUNDING + FEES.replace("BILLING", "termly") + PLACED)
    placements = placements_for(loaded.scenario)
    volumes = volumes_for(loaded.scenario, placements)
    day = SETTINGS.index("independent_special_day")
    assert placements.tracked == (day,)
    assert placements.twins == (Twin(day, "existing"),)
    for volume, placement in ((0, placements.existing(day)), (1, day)):
        rows = volumes.volume == volume
        assert set(volumes.placement[rows]) == {placement}
        assert sorted(volumes.age[rows]) == list(range(5, 16))


def test_where_prices_are_not_split_all_plans_are_in_the_second_volume(tmp_path):
    """So that placements averted come off them."""
    fees = FEES.replace("BILLING", "monthly").replace(" entry_cost_gbp: 1800,", "")
    loaded = small(tmp_path, FUNDING + fees + PLACED)
    volumes = volumes_for(loaded.scenario, placements_for(loaded.scenario))
    assert volumes.count == 2
    assert set(volumes.volume) == {1}
    assert sorted(volumes.age) == list(range(5, 16))


def test_at_the_start_everybody_is_an_existing_placement(tmp_path):
    """In the first month nobody is charged the entry price but who came in it."""
    loaded = small(tmp_path, FUNDING + FEES.replace("BILLING", "monthly") + PLACED)
    run = forecast_central(prepare(loaded), anchor_lines(prepare(loaded)))
    existing, entered = run.cohort.volumes[:, 0, 0]
    assert existing > 9
    assert entered < 0.2
    later = run.cohort.volumes[0, :, 0]
    assert (np.diff(later) <= 1e-12).all(), "existing placements only ever leave"
