"""Top-up bands by hand: values, drift, new matrices from a date, cost-neutral ones in every draw."""

from __future__ import annotations

import numpy as np
import pytest

from model.draws import central, sample
from model.forecast import anchor_lines, by_year, forecast
from model.funding.bands import (
    band_values,
    drifted,
    grown,
    mean_value,
    rebanded,
    with_converted,
)
from model.funding.drivers import Driven, PoolAwards, price_drivers
from model.prepared import prepare
from model.scenario.load import load
from tests.scenarios import small

pytestmark = pytest.mark.unit

SEPTEMBER = 17
NOBODY = np.zeros((0, 36, 1))

BANDS = """
funding:
  price_base: 2023-24
  inflation:
    - {id: values, title: Values, uplift_month: 4, annual_rate: {2023-24: 0, then: 0.1}}
  bands:
    - {id: B1, need_category: B, level: 1, annual_value_gbp: 3000}
    - {id: B2, need_category: B, level: 2, annual_value_gbp: {2023-24: 6000, 2024-25: 6300, then: 6600}}
    - {id: C2, need_category: C, level: 2, annual_value_gbp: 7029}
    - {id: M1, need_category: M, level: 1, annual_value_gbp: 4000}
    - {id: M2, need_category: M, level: 2, annual_value_gbp: 9000}
    - {id: N1, need_category: N, level: 1, annual_value_gbp: 5000}
"""


def pupils(fte: object, shares: str, name: str = "pupils", extra: str = "") -> str:
    return (
        f"{{kind: pupils_without_plan, id: {name}, title: P, s251: '1.2.2', fte: {fte}, "
        f"band_shares: {shares}{extra}}}"
    )


def as_pool(scenario, number: int = 0, converted: int | None = None):
    """The scenario with a driver that is the pool's, and perhaps one that pays those who convert; a
    test then gives the pool's pupils by hand."""
    object.__setattr__(scenario.funding.lines[0].drivers[number], "pool", True)
    if converted is not None:
        object.__setattr__(
            scenario.funding.lines[0].drivers[converted], "converted_from_pool", True
        )
    return scenario


def scenario_of(tmp_path, drivers: str, rebandings: str = ""):
    line = f"  lines:\n    - {{id: top_up, title: T, anchor: none, drivers: [{drivers}]}}\n"
    return small(tmp_path, BANDS + rebandings + line).scenario


def monthly(scenario, draws=None, driven: Driven | None = None) -> np.ndarray:
    """Spending by month (month, draw) of all drivers together."""
    draws = draws or central(scenario)
    priced = price_drivers(
        scenario, draws, driven or Driven(np.zeros((0, draws.months, draws.size)))
    )
    return sum(item.spend_gbp for item in priced)


def rebanding(name: str, start: str, bands: str, neutral: str = "false") -> str:
    return (
        f"    - {{id: {name}, title: A matrix, start: {start}, cost_neutral: {neutral}, "
        f"bands: [{bands}]}}\n"
    )


REBANDINGS = "  rebandings:\n"


# ---------------------------------------------------------------- values and drift


def test_c1_ten_pupils_at_c2_cost_70290(tmp_path):
    """C1: band C2 is 7,029, ten pupils 70,290 a year (000:2150); C13: one more adds one band value."""
    ten = scenario_of(tmp_path, pupils(10, "{C2: 1}"))
    assert by_year(monthly(ten))[:, 0] == pytest.approx([70_290] * 3)
    eleven = scenario_of(tmp_path, pupils(11, "{C2: 1}"))
    assert by_year(monthly(eleven) - monthly(ten))[:, 0] == pytest.approx([7_029] * 3)


def test_band_values_by_year_and_inflation_on_top(tmp_path):
    scenario = scenario_of(tmp_path, pupils(2, "{B1: 0.5, B2: 0.5}"))
    assert by_year(monthly(scenario))[:, 0] == pytest.approx([9_000, 9_300, 9_600])
    risen = scenario_of(tmp_path, pupils(2, "{B1: 0.5, B2: 0.5}", extra=", inflation: values"))
    assert by_year(monthly(risen))[:, 0] == pytest.approx([9_000, 9_300 * 1.1, 9_600 * 1.21])


def test_c7_100_awards_of_b1_become_116_and_of_b2_122():
    """C7: B1 +16 %, B2 +22 % (000:2219)."""
    assert [round(grown(100, 0.16, 1)), round(grown(100, 0.22, 1))] == [116, 122]
    assert grown(100, 0.16, 2) == pytest.approx(100 * 1.16**2)
    assert grown(100, 0.16, 0) == 100


DRIFT = ", band_drift: [{band: B1, growth_a_year: 0.16}, {band: B2, growth_a_year: 0.22}]"


def test_c7_drift_moves_the_mix_and_keeps_the_sum(tmp_path):
    """A year on 100 B1, 100 B2 and 300 C2 are in the ratio 116 : 122 : 300, still 500 in all."""
    scenario = scenario_of(tmp_path, pupils(500, "{B1: 0.2, B2: 0.2, C2: 0.6}", extra=DRIFT))
    draws, driver = central(scenario), scenario.funding.lines[0].drivers[0]
    held = drifted(draws.shares(driver.band_shares), driver.band_drift, draws)
    assert sum(held.values())[:, 0] == pytest.approx([1] * 36)
    assert {name: values[0, 0] for name, values in held.items()} == pytest.approx(
        {"B1": 0.2, "B2": 0.2, "C2": 0.6}
    )
    for year in (1, 2):
        month = 12 * year
        assert held["B1"][month, 0] / held["C2"][month, 0] == pytest.approx(1.16**year / 3)
        assert held["B2"][month, 0] / held["C2"][month, 0] == pytest.approx(1.22**year / 3)
    scale = 500 / (116 + 122 + 300)
    due = scale * (116 * 3_000 + 122 * 6_300 + 300 * 7_029) / 12
    assert monthly(scenario)[12, 0] == pytest.approx(due)


def test_drift_keeps_amounts_that_are_not_shares(tmp_path):
    """The pool's bands are pupils: drift keeps their number, nil stays nil."""
    scenario = scenario_of(tmp_path, pupils(1, "{B1: 0.5, B2: 0.5}", extra=DRIFT))
    draws = central(scenario)
    drift = scenario.funding.lines[0].drivers[0].band_drift
    held = drifted({"B1": np.array([40.0]), "C2": np.array([60.0])}, drift, draws)
    assert sum(held.values())[:, 0] == pytest.approx([100] * 36)
    nobody = drifted({"B1": np.zeros(1), "C2": np.zeros(1)}, drift, draws)
    assert not sum(nobody.values()).any()


# ---------------------------------------------------------------- a new matrix from a date


@pytest.mark.parametrize("neutral", ["false", "true"])
def test_c8_e23_identical_pupils_on_a_matrix_of_equal_cost_are_exactly_neutral(tmp_path, neutral):
    """C8, E23: C2 at 7,029 mapped to shares of two bands worth 7,029 on average: not a penny moves."""
    third = (9_000 - 7_029) / 5_000
    matrix = REBANDINGS + rebanding(
        "m", "2024-09", f"{{band: C2, to: {{M1: {third}, M2: {1 - third}}}}}", neutral
    )
    old = scenario_of(tmp_path, pupils(445, "{C2: 0.8, B1: 0.2}"))
    before = monthly(old)
    new = scenario_of(tmp_path, pupils(445, "{C2: 0.8, B1: 0.2}"), matrix)
    assert monthly(new) == pytest.approx(before, rel=1e-12)
    draws = central(new)
    held = rebanded(
        drifted(draws.shares(new.funding.lines[0].drivers[0].band_shares), [], draws),
        new.funding.rebandings, draws,
    )  # fmt: skip
    assert (held["C2"][:SEPTEMBER] == 0.8).all()
    assert (held["C2"][SEPTEMBER:] == 0).all()
    assert held["M1"][SEPTEMBER:, 0] == pytest.approx([0.8 * third] * 19)
    assert not held["M1"][:SEPTEMBER].any()
    assert (held["B1"] == 0.2).all(), "a band that is not re-mapped stays"


def test_e23_equalised_bands_of_the_same_total_move_money_between_schools_only(tmp_path):
    """E23 (001:368-391 in kind): 10 at 3,000 and 10 at 9,000 both become 6,000 on average: nil net."""
    matrix = REBANDINGS + rebanding(
        "m",
        "2024-04",
        "{band: B1, to: {M1: 0.6, M2: 0.4}}, {band: M2, to: {M1: 0.6, M2: 0.4}}",
    )
    two = pupils(10, "{B1: 1}", "a") + ", " + pupils(10, "{M2: 1}", "b")
    old, new = scenario_of(tmp_path, two), scenario_of(tmp_path, two, matrix)
    assert monthly(new) == pytest.approx(monthly(old))
    each = [
        by_year(item.spend_gbp)[:, 0]
        for item in price_drivers(new, central(new), Driven(np.zeros((0, 36, 1))))
    ]
    assert each[0] == pytest.approx([30_000, 60_000, 60_000])
    assert each[1] == pytest.approx([90_000, 60_000, 60_000])


def test_re_bandings_follow_one_another(tmp_path):
    """B1 goes to M1 in September 2023, M1 to N1 in April 2024 with those who came from B1; given in
    any order."""
    one = rebanding("first", "2023-09", "{band: B1, to: {M1: 1}}")
    two = rebanding("second", "2024-04", "{band: M1, to: {N1: 0.5, M2: 0.5}}")
    due = [10 * (3_000 * 5 + 4_000 * 7) / 12, 10 * 7_000, 10 * 7_000]
    for text in (one + two, two + one):
        scenario = scenario_of(tmp_path, pupils(10, "{B1: 1}"), REBANDINGS + text)
        assert by_year(monthly(scenario))[:, 0] == pytest.approx(due)


def test_chained_neutral_re_bandings_cost_what_the_first_bands_did(tmp_path):
    """Two neutral matrices, the second on the scaled values of the first: 3,000 throughout."""
    text = (
        rebanding("first", "2023-09", "{band: B1, to: {M1: 0.3, M2: 0.7}}", "true")
        + rebanding("second", "2024-06", "{band: M1, to: {N1: 1}}, {band: M2, to: {N1: 0.5, C2: 0.5}}", "true")
    )  # fmt: skip
    scenario = scenario_of(tmp_path, pupils(10, "{B1: 1}"), REBANDINGS + text)
    assert monthly(scenario)[:, 0] == pytest.approx([2_500] * 36)


def test_neutral_re_bandings_given_in_any_order_follow_one_another(tmp_path):
    one = rebanding("first", "2023-09", "{band: B1, to: {M1: 1}}", "true")
    two = rebanding("second", "2024-06", "{band: M1, to: {N1: 1}}", "true")
    scenario = scenario_of(tmp_path, pupils(10, "{B1: 1}"), REBANDINGS + two + one)
    assert monthly(scenario)[:, 0] == pytest.approx([2_500] * 36)


def test_holders_of_a_band_that_takes_and_gives_move_once(tmp_path):
    """B1 goes to C2 and C2 to M2 on one date: who comes from B1 stays in C2."""
    text = REBANDINGS + rebanding(
        "m", "2024-09", "{band: B1, to: {C2: 1}}, {band: C2, to: {M2: 1}}"
    )
    scenario = scenario_of(tmp_path, pupils(10, "{B1: 0.4, C2: 0.6}"), text)
    cost = monthly(scenario)[:, 0] * 12
    assert cost[:SEPTEMBER] == pytest.approx([4 * 3_000 + 6 * 7_029] * SEPTEMBER)
    assert cost[SEPTEMBER:] == pytest.approx([4 * 7_029 + 6 * 9_000] * 19)


def test_a_scale_from_before_the_months_at_hand_is_kept(tmp_path):
    """Whoever holds the bands by now, the scale is that of the first month of the matrix."""
    text = REBANDINGS + rebanding("m", "2024-09", "{band: B1, to: {M1: 1}}", "true")
    scenario = scenario_of(tmp_path, pupils(10, "{B1: 1}"), text)
    driven = Driven(NOBODY, band_scales={"m": np.array([0.5])})
    assert monthly(scenario, driven=driven)[SEPTEMBER:, 0] == pytest.approx([10 * 2_000 / 12] * 19)


def test_a_matrix_that_begins_with_the_first_month_is_neutral_too(tmp_path):
    text = REBANDINGS + rebanding("m", "2023-04", "{band: B1, to: {M1: 1}}", "true")
    scenario = scenario_of(tmp_path, pupils(10, "{B1: 1}"), text)
    assert monthly(scenario)[:, 0] == pytest.approx([2_500] * 36)


def test_a_neutral_matrix_keeps_the_scale_and_not_the_mix(tmp_path):
    """After its date the scaled values stay: more pupils in dear bands cost more, as before."""
    text = REBANDINGS + rebanding("m", "2024-09", "{band: B1, to: {M1: 1}}", "true")
    scenario = scenario_of(tmp_path, pupils("{2023-24: 10, then: 20}", "{B1: 0.5, C2: 0.5}"), text)
    assert by_year(monthly(scenario))[:, 0] == pytest.approx([50_145, 100_290, 100_290])
    draws = central(scenario)
    holders = [({"B1": np.full((36, 1), 0.5), "C2": np.full((36, 1), 0.5)}, np.full((36, 1), 20.0))]
    values, _ = band_values(scenario.funding.bands, scenario.funding.rebandings, holders, draws)
    assert values["M1"][SEPTEMBER - 1, 0] == 4_000
    assert values["M1"][SEPTEMBER:, 0] == pytest.approx([3_000] * 19)
    assert (values["C2"] == 7_029).all(), "a band that is not new keeps its value"


def test_a_matrix_nobody_holds_and_one_past_the_horizon_change_nothing(tmp_path):
    text = REBANDINGS + rebanding("m", "2024-09", "{band: M2, to: {N1: 1}}", "true")
    text += rebanding("late", "2030-09", "{band: C2, to: {N1: 1}}", "true")
    scenario = scenario_of(tmp_path, pupils(10, "{C2: 1}"), text)
    assert by_year(monthly(scenario))[:, 0] == pytest.approx([70_290] * 3)


def test_a_neutral_matrix_weighs_plans_by_their_coverage(tmp_path):
    """Twenty plans of which half have top-up at B1, ten pupils at C2: 10 x 3,000 + 10 x 7,029."""
    plans = (
        "{kind: plans, id: schools, title: S, s251: '1.2.2', settings: [mainstream], "
        "coverage_share: 0.5, band_shares: {B1: 1}}"
    )
    text = REBANDINGS + rebanding(
        "m", "2024-09", "{band: B1, to: {M1: 1}}, {band: C2, to: {M2: 1}}", "true"
    )
    line = f"  lines:\n    - {{id: top_up, title: T, anchor: none, drivers: [{plans}, {pupils(10, '{C2: 1}')}]}}\n"
    counted = "plans: {counted: 2023-01, total: 10, age_groups: {5_to_10: 10}, settings: {mainstream: 10}}\n"
    scenario = small(tmp_path, BANDS + text + line + counted).scenario
    driven = Driven(np.stack([np.zeros((36, 1)), np.full((36, 1), 20.0)]))
    assert monthly(scenario, driven=driven)[:, 0] == pytest.approx([100_290 / 12] * 36)


def test_a_new_band_that_others_hold_already_is_scaled_for_all(tmp_path):
    """B1 joins C2, which has holders: the whole stays what it was at the date."""
    text = REBANDINGS + rebanding("m", "2024-09", "{band: B1, to: {C2: 1}}", "true")
    scenario = scenario_of(tmp_path, pupils(10, "{B1: 0.5, C2: 0.5}"), text)
    assert by_year(monthly(scenario))[:, 0] == pytest.approx([50_145] * 3)


UNCERTAIN = """
funding:
  price_base: 2023-24
  inflation:
    - {id: values, title: Values, uplift_month: 4, annual_rate: {2023-24: 0, then: {uniform: [0, 0.2]}}}
  bands:
    - {id: B1, need_category: B, level: 1, annual_value_gbp: {uniform: [2000, 4000]}}
    - {id: C2, need_category: C, level: 2, annual_value_gbp: {uniform: [5000, 9000]}}
    - {id: M1, need_category: M, level: 1, annual_value_gbp: {uniform: [3000, 6000]}}
    - {id: M2, need_category: M, level: 2, annual_value_gbp: {uniform: [6000, 12000]}}
REBANDED  lines:
    - id: top_up
      title: Top-up
      anchor: none
      drivers:
        - {kind: plans, id: schools, title: S, s251: "1.2.2", settings: [mainstream], coverage_share: {uniform: [0.5, 0.9]}, band_shares: {B1: 0.7, C2: 0.3}, band_drift: [{band: C2, growth_a_year: {uniform: [0, 0.3]}}], inflation: values}
        - {kind: pupils_without_plan, id: others, title: O, s251: "1.2.2", fte: {uniform: [50, 150]}, band_shares: {B1: 0.2, C2: 0.8}, inflation: values}
        - {kind: pupils_without_plan, id: pool, title: P, s251: "1.2.2", fte: 10, band_shares: {B1: 1}, inflation: values}
plans: {counted: 2023-01, total: 10, age_groups: {5_to_10: 10}, settings: {mainstream: 10}}
"""


def test_cost_neutral_is_neutral_in_every_draw_with_several_drivers_and_the_pool(tmp_path):
    """At the date plans, other pupils and the pool cost together what they did, draw by draw."""
    text = REBANDINGS + rebanding(
        "m", "2024-09", "{band: B1, to: {M1: 0.8, M2: 0.2}}, {band: C2, to: {M2: 1}}", "true"
    )
    rng = np.random.default_rng(1)
    volumes = np.stack([rng.uniform(0, 50, (36, 64)), rng.uniform(100, 200, (36, 64))])
    pool = {"B1": rng.uniform(10, 99, (36, 64)), "C2": rng.uniform(0, 50, (36, 64))}
    converted = {"B1": rng.uniform(0, 9, (36, 64)), "C2": rng.uniform(9, 50, (36, 64))}
    driven = Driven(volumes, PoolAwards(pool, converted, rng.uniform(0.8, 1, 64)))
    old = as_pool(small(tmp_path, UNCERTAIN.replace("REBANDED", "")).scenario, 2, 0)
    before = monthly(old, sample(old, 5, 0, 64), driven)
    new = as_pool(small(tmp_path, UNCERTAIN.replace("REBANDED", text)).scenario, 2, 0)
    draws = sample(new, 5, 0, 64)
    after = monthly(new, draws, driven)
    assert after[: SEPTEMBER + 1] == pytest.approx(before[: SEPTEMBER + 1], rel=1e-12)
    assert np.abs(after[SEPTEMBER + 6] / before[SEPTEMBER + 6] - 1).max() > 1e-3, "the mix moves on"
    each = [item.spend_gbp for item in price_drivers(new, draws, driven)]
    was = [item.spend_gbp for item in price_drivers(old, sample(old, 5, 0, 64), driven)]
    assert all(
        np.abs(one - two)[SEPTEMBER].max() > 1 for one, two in zip(each, was, strict=True)
    ), "only the whole is neutral"


def test_the_bundled_matrix_is_neutral_on_its_date_in_every_draw(north_somerset_file):
    """C8: the needs-led matrix of September 2024 (000:2267, 2318) against today's bands, with the pool."""
    loaded = load(north_somerset_file)
    prepared = prepare(loaded)
    anchors = anchor_lines(prepared)
    new = forecast(prepared, anchors, 0, 64, seed=1).spending
    scenario = loaded.scenario.model_copy(update={"switched_off": ["rebanding"]})
    without = prepare(type(loaded)(**{**vars(loaded), "scenario": scenario}))
    old = forecast(without, anchors, 0, 64, seed=1).spending
    lines = [line.id for line in loaded.scenario.funding.lines]
    line = lines.index("top_up_funding")
    new_line, old_line = new.by_line[line], old.by_line[line]
    assert new_line[:SEPTEMBER].tobytes() == old_line[:SEPTEMBER].tobytes()
    assert new_line[SEPTEMBER] == pytest.approx(old_line[SEPTEMBER], rel=1e-12)
    assert np.abs(new_line[-1] - old_line[-1]).max() > 1


def test_mean_value_is_amount_times_value(tmp_path):
    draws = central(scenario_of(tmp_path, pupils(1, "{B1: 1}")))
    amounts = {"a": np.full((36, 1), 2.0), "b": np.full((36, 1), 0.5)}
    values = {"a": np.full((36, 1), 10.0), "b": np.full((36, 1), 100.0), "c": np.ones((36, 1))}
    assert (mean_value(amounts, values, draws) == 70.0).all()


def test_pupils_converted_from_the_pool_count_with_their_fte():
    """Ten converted pupils at half time hold five FTE of B; half of the other 40 have A: B is a fifth."""
    shares, number = with_converted(
        {"A": np.ones(1)}, np.array([50.0]), np.array([0.5]), {"B": np.array([10.0])},
        np.array([0.5]),
    )  # fmt: skip
    assert number.tolist() == [25.0]
    assert (shares["A"][0], shares["B"][0]) == pytest.approx((0.8, 0.2))


def test_of_averted_plans_beside_the_pool_the_covered_share_had_top_up(tmp_path):
    """Ten plans, half with top-up; two averted are one less with top-up, at 3,000 a year."""
    driver = (
        "{kind: plans, id: schools, title: S, s251: '1.2.2', settings: [mainstream], "
        "coverage_share: 0.5, band_shares: {B1: 1}}"
    )
    plans = "plans: {counted: 2023-01, total: 10, age_groups: {5_to_10: 10}, settings: {mainstream: 10}}\n"
    line = f"  lines:\n    - {{id: top_up, title: T, anchor: none, drivers: [{driver}]}}\n"
    scenario = small(tmp_path, BANDS + line + plans).scenario
    object.__setattr__(scenario.funding.lines[0].drivers[0], "converted_from_pool", True)
    volumes = np.stack([np.zeros((36, 1)), np.full((36, 1), 10.0)])
    driven = Driven(
        volumes,
        PoolAwards({}, {"C2": np.zeros((36, 1))}, np.ones(1)),
        averted={"top_up.schools": np.full((36, 1), 2.0)},
    )
    (priced,) = price_drivers(scenario, central(scenario), driven)
    assert priced.volume[:, 0] == pytest.approx([4.0] * 36)
    assert priced.spend_gbp[:, 0] == pytest.approx([4 * 3_000 / 12] * 36)


# ---------------------------------------------------------------- the pool without a plan


@pytest.mark.parametrize(("converts", "saving"), [(0.7, 938_371.5), (0.6, 1_251_162.0)])
def test_c3_those_who_stop_save_0_94_to_1_25m_a_year_at_c2(tmp_path, converts, saving):
    """C3: of 445, 30 to 40 % cease, 133.5 to 178 pupils; at C2 £0.94-1.25m in a full year (000:2258)."""
    scenario = as_pool(scenario_of(tmp_path, pupils(445, "{C2: 1}")))
    left = np.where(np.arange(36)[:, None] < 12, 445.0, 445.0 * converts)
    pool = PoolAwards({"C2": left}, {}, np.ones(1))
    cost = by_year(monthly(scenario, driven=Driven(NOBODY, pool)))[:, 0]
    assert cost[0] == pytest.approx(445 * 7_029)
    assert cost[0] - cost[1] == pytest.approx(saving)
    # While the pool is off the driver's own FTE stand.
    assert by_year(monthly(scenario))[:, 0] == pytest.approx([445 * 7_029] * 3)
