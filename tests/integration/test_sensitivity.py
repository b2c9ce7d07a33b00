"""Sensitivity of runs: a linear scenario against its analytic answers, groups, targets, what decides."""

from __future__ import annotations

import json

import numpy as np
import pytest
from click.testing import CliRunner
from scipy.stats import beta, norm

from cli import main
from model.report.workbook.sensitivity import accuracy
from model.run import run
from model.scenario.distributions import uniform
from model.scenario.quantities import Quantity, ShareSet, Yearly
from model.sensitivity.input_groups import columns_of, input_groups, value_at
from model.sensitivity.study import sensitivity
from model.sensitivity.targets import TARGETS, years_of
from tests.scenarios import small, write_small

pytestmark = pytest.mark.integration

LINEAR = """
funding:
  price_base: 2023-24
  lines:
    - id: first
      title: First
      anchor: none
      drivers:
        - {id: amount, title: Amount, kind: amount, s251: "1.0.2", annual_amount_gbp: {normal: [90000, 3000]}}
    - id: second
      title: Second
      anchor: none
      drivers:
        - {id: amount, title: Amount, kind: amount, s251: "1.0.2", annual_amount_gbp: {normal: [50000, 4000]}}
    - id: third
      title: Third
      anchor: none
      drivers:
        - {id: amount, title: Amount, kind: amount, s251: "1.0.2", annual_amount_gbp: {normal: [20000, 2000]}}
account:
  blocks:
    - {id: high_needs, opening_deficit_gbp: 1000, gross_income_gbp: 150000}
trajectory:
  targets: [{year: 2023-24, cumulative_deficit_gbp: 12500}, {year: 2024-25, cumulative_deficit_gbp: 23000},
            {year: 2025-26, cumulative_deficit_gbp: 33000}]
  balance_by: 2025-26
"""
TIED = """
correlations:
  - between: ["funding.lines[first].drivers[amount].annual_amount_gbp", "funding.lines[second].drivers[amount].annual_amount_gbp"]
    spearman: 0.5
"""
SPREAD = {"first": 3000.0, "second": 4000.0, "third": 2000.0}
Z90 = norm.ppf(0.9)


def name(line: str) -> str:
    return f"funding.lines[{line}].drivers[amount].annual_amount_gbp"


@pytest.fixture(scope="module")
def linear(tmp_path_factory):
    return run(small(tmp_path_factory.mktemp("linear"), LINEAR), draws=2000)


@pytest.fixture(scope="module")
def tied(tmp_path_factory):
    return run(small(tmp_path_factory.mktemp("tied"), LINEAR + TIED), draws=2000)


def test_swings_of_a_linear_scenario(linear):
    """The in-year deficit moves by each amount's own 10th to 90th percentile."""
    found = sensitivity(linear, "in_year", "2024-25")
    assert found.central == pytest.approx(10_000)
    assert [driver.group.name for driver in found.drivers] == [
        name(n) for n in ("second", "first", "third")
    ]
    for driver, line in zip(found.drivers, ("second", "first", "third"), strict=True):
        assert driver.swing.low == pytest.approx(10_000 - Z90 * SPREAD[line], abs=1)
        assert driver.swing.high == pytest.approx(10_000 + Z90 * SPREAD[line], abs=1)


def test_the_cumulative_deficit_swings_by_all_years_so_far(linear):
    """An amount keeps its quantile through the years: three years' worth by the third."""
    found = sensitivity(linear, "closing_deficit", "2025-26")
    largest = found.drivers[0].swing
    assert largest.size == pytest.approx(3 * 2 * Z90 * 4000, rel=1e-3)


def test_indices_of_a_linear_scenario(linear):
    """Shares of variance 16, 9 and 4 of 29, alone and with others, and nothing is chance."""
    found = sensitivity(linear, "in_year", "2024-25")
    expected = np.array([16, 9, 4]) / 29
    firsts = [driver.first.value for driver in found.drivers if driver.first]
    assert firsts == pytest.approx(expected, abs=0.03)
    assert [driver.total for driver in found.drivers] == pytest.approx(expected, abs=0.03)
    assert found.r2 == pytest.approx(1, abs=1e-6)
    assert found.chance == pytest.approx(0, abs=1e-9)
    assert found.explained is not None
    assert found.explained.low < 1 < found.explained.high
    assert found.explained.value == pytest.approx(1, abs=0.03)


def test_tied_inputs_are_one_group(tied):
    """Joint effect of two normals: sd of the sum with their correlation, at its 10th percentile."""
    found = sensitivity(tied, "in_year", "2023-24")
    assert len(found.drivers) == 2
    pair = found.drivers[0]
    assert {entry.path for entry in pair.group.entries} == {name("first"), name("second")}
    rho = 2 * np.sin(np.pi * 0.5 / 6)
    sd = np.sqrt(3000**2 + 4000**2 + 2 * rho * 3000 * 4000)
    assert pair.swing.size == pytest.approx(2 * Z90 * sd, rel=2e-3)
    assert pair.first is not None
    assert pair.first.value == pytest.approx(sd**2 / (sd**2 + 2000**2), abs=0.02)
    assert pair.total == pytest.approx(sd**2 / (sd**2 + 2000**2), abs=0.03)


def test_what_decides_the_trajectory(linear):
    """With first at its low (high) end a year is on trajectory where the others' sum leaves room."""
    found = sensitivity(linear, "p_on_trajectory", "2023-24")
    assert found.swung.name == "closing_deficit"
    by_name = {item.group.name: item for item in found.decides}
    third = by_name[name("third")]
    # Closing 1,000 + in-year against 12,500: first + second at most 1,500 above the middle, less third.
    room = 1500 + Z90 * 2000
    assert third.on_at_low == pytest.approx(norm.cdf(room / 5000), abs=0.1)
    assert third.on_at_high == pytest.approx(norm.cdf((1500 - Z90 * 2000) / 5000), abs=0.1)
    assert third.share == pytest.approx(third.on_at_low - third.on_at_high)
    shares = [item.share for item in found.decides]
    assert shares == sorted(shares, reverse=True)
    assert found.decides[0].group.name == name("second")


def test_a_figure_or_year_that_is_not_there_is_refused(linear):
    with pytest.raises(ValueError, match="no plans in force"):
        sensitivity(linear, "plans", "2023-24")
    with pytest.raises(ValueError, match="2023-24, 2024-25, 2025-26, not for 2030-31"):
        sensitivity(linear, "in_year", "2030-31")


def test_few_draws_still_give_swings(tmp_path):
    found = sensitivity(run(small(tmp_path, LINEAR), draws=20), "in_year", "2023-24")
    assert [driver.first for driver in found.drivers] == [None] * 3
    assert found.r2 is None
    assert found.drivers[0].swing.size > 0
    assert found.to_frame()["first_order"].isna().all()


def test_shares_at_a_percentile(tmp_path):
    """Of shares the widest moves and the others make room in proportion."""
    figure = ShareSet({"a": 6.0, "b": 3.0, "c": 1.0}, dirichlet=True)
    low = dict(value_at(figure, 0.1, range(2023, 2026)))
    assert low["a"] == pytest.approx(beta.ppf(0.1, 6, 4))
    assert sum(low.values()) == pytest.approx(1)
    assert low["b"] / low["c"] == pytest.approx(3)


def test_a_number_by_year_keeps_its_years(linear):
    """Each year takes its own distribution's percentile; years that are not covered stay out."""
    wide, narrow = Quantity(uniform(0, 10)), Quantity(uniform(4, 6))
    figure = Yearly({2023: wide, 2024: narrow}, None, "persistent")
    at = value_at(figure, 0.9, range(2023, 2026))
    assert at[:2] == pytest.approx((9.0, 5.8))
    assert np.isnan(at[2])


def test_an_input_that_keeps_its_quantile_is_one_column(linear):
    groups = input_groups(linear.scenario)
    assert [columns_of(g, linear.inputs, 2).shape for g in groups] == [(2000, 1)] * 3


def test_every_target_reads_a_run_that_has_it(linear):
    for target in TARGETS.values():
        if target.there(linear.draws):
            for year in years_of(target, linear.draws):
                assert target.of(linear.draws, year).shape == (2000,)


def test_the_command_prints_writes_and_refuses(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = str(write_small(tmp_path, LINEAR))
    runner = CliRunner()
    ask = ["sensitivity", path, "--draws", "200", "--target", "in_year", "--year", "2023-24"]
    done = runner.invoke(main, [*ask, "--json", "--csv", "all.csv"])
    assert done.exit_code == 0
    told = json.loads(done.output)
    assert told["central"] == pytest.approx(10_000)
    assert [row["inputs"] for row in told["inputs"]] == [
        name(n) for n in ("second", "first", "third")
    ]
    written = (tmp_path / "all.csv").read_text(encoding="utf-8")
    assert len(written.splitlines()) == 4
    again = runner.invoke(main, [*ask, "--csv", "all.csv"])
    assert again.exit_code == 3
    assert "exists" in again.output
    assert (tmp_path / "all.csv").read_text(encoding="utf-8") == written
    wrong = runner.invoke(main, ["sensitivity", path, "--target", "in_yaer"])
    assert wrong.exit_code == 2
    assert "Did you mean in_year?" in wrong.output
    missing = runner.invoke(main, [*ask[:2], "--target", "plans"])
    assert missing.exit_code == 2
    assert "no plans in force" in missing.output


RARE = """
funding:
  price_base: 2023-24
  lines:
    - {id: rare, title: Rare, anchor: none, drivers: [{kind: amount, id: amount, title: A, s251: "1.0.2", annual_amount_gbp: {discrete: {1000: 0.93, 90000: 0.07}}}]}
    - {id: usual, title: Usual, anchor: none, drivers: [{kind: amount, id: amount, title: A, s251: "1.0.2", annual_amount_gbp: {normal: [50000, 4000]}}]}
account:
  blocks: [{id: high_needs, opening_deficit_gbp: 0, gross_income_gbp: 50000}]
"""


def test_what_is_rare_and_large_is_the_first_driver(tmp_path):
    """Neither percentile of its distribution moves it; its two values do, and most of the variance is its."""
    results = run(small(tmp_path, RARE), draws=1000)
    found = sensitivity(results, "in_year", "2023-24")
    first = found.drivers[0]
    assert first.group.name == "funding.lines[rare].drivers[amount].annual_amount_gbp"
    assert first.swing.size == pytest.approx(89_000)
    variance = 0.07 * 0.93 * 89_000**2
    assert first.first.value == pytest.approx(variance / (variance + 4_000**2), abs=0.03)
    assert not found.still


def test_years_that_go_their_own_way_swing_together_by_what_they_come_to(tmp_path):
    """Five independent years of one spread: their sum's 10 to 90 %, not five times a year's."""
    body = LINEAR.replace(
        "{normal: [90000, 3000]}",
        "{2023-24: {normal: [90000, 3000]}, then: {normal: [90000, 3000]}, path: independent}",
    )
    results = run(small(tmp_path, body), draws=64)
    found = sensitivity(results, "closing_deficit", "2025-26")
    by_name = {driver.group.name: driver.swing for driver in found.drivers}
    assert by_name[name("first")].size == pytest.approx(2 * Z90 * 3000 * np.sqrt(3), rel=1e-3)
    assert by_name[name("second")].size == pytest.approx(2 * Z90 * 4000 * 3, rel=1e-3)


OPENINGS = """
account:
  blocks:
    - {id: high_needs, opening_deficit_gbp: {normal: [90000, 3000]}, gross_income_gbp: 50000}
    - {id: schools, opening_deficit_gbp: {normal: [50000, 3000]}, gross_income_gbp: 50000}
    - {id: early_years, opening_deficit_gbp: {normal: [20000, 2000]}, gross_income_gbp: 50000}
samples: joint.csv
"""


def test_joint_samples_bring_their_own_correlation_and_range(tmp_path):
    """A table in which two amounts nearly cancel: the group swings by what is left, within the table."""
    generator = np.random.default_rng(9)
    one = 90_000 + 1_500 * generator.standard_normal(500)
    other = 50_000 - (one - 90_000) + 100 * generator.standard_normal(500)
    paths = [f"account.blocks[{block}].opening_deficit_gbp" for block in ("high_needs", "schools")]
    table = "\n".join(f"{a:.2f},{b:.2f}" for a, b in zip(one, other, strict=True))
    (tmp_path / "joint.csv").write_text(",".join(paths) + f"\n{table}\n", encoding="utf-8")
    loaded = small(tmp_path, OPENINGS)
    found = sensitivity(run(loaded, draws=200), "closing_deficit", "2023-24")
    by_size = {len(driver.group.entries): driver for driver in found.drivers}
    assert by_size[1].swing.size == pytest.approx(2 * Z90 * 2_000, rel=1e-3)
    assert by_size[2].swing.size == pytest.approx(2 * Z90 * 100, rel=0.6)
    (pair,) = [
        group for group in input_groups(loaded.scenario, loaded.samples) if len(group.entries) == 2
    ]
    assert pair.correlations[0, 1] < -0.99
    low = pair.alone(0, 0.1, loaded.scenario.horizon.years)
    assert low[paths[0]] == pytest.approx(np.quantile(one, 0.1), abs=30)


def test_nothing_that_moves_is_said_in_words(tmp_path):
    """A figure that no input moves, and few draws, are told apart."""
    certain = LINEAR.replace("{normal: [90000, 3000]}", "90000").replace(
        "{normal: [50000, 4000]}", "50000"
    )
    certain = certain.replace("{normal: [20000, 2000]}", "20000")
    found = sensitivity(run(small(tmp_path, certain), draws=200), "in_year", "2023-24")
    assert accuracy(found) == ["No uncertain input moves this figure in this run."]
    few = sensitivity(run(small(tmp_path, LINEAR), draws=20), "in_year", "2023-24")
    assert "too few for shares" in accuracy(few)[0]


COLUMNS = """
plans: {counted: 2023-01, total: 10, age_groups: {5_to_10: 10}, settings: {mainstream: 10}}
funding:
  price_base: 2023-24
  inflation:
    - {id: fees, title: Fees, annual_rate: {2023-24: 0, 2024-25: {uniform: [0.02, 0.04]}, then: {uniform: [0.05, 0.07]}, path: persistent}, uplift_month: 4}
  bands:
    - {id: C1, need_category: C, level: 1, annual_value_gbp: 1000}
    - {id: C2, need_category: C, level: 2, annual_value_gbp: 2000}
    - {id: C3, need_category: C, level: 3, annual_value_gbp: 3000}
  lines:
    - id: units
      title: Units
      anchor: none
      drivers:
        - {kind: pupils_without_plan, id: unit, title: Unit, s251: "1.2.1", fte: 10, inflation: fees,
           band_shares: {dirichlet: {C1: 6, C2: 3, C3: 1}}}
"""


def test_the_last_share_and_all_but_the_last_year_are_no_columns_of_their_own(tmp_path):
    """They follow from the others: two columns of three shares, one of a rate that keeps its quantile."""
    results = run(small(tmp_path, COLUMNS), draws=64)
    fees, shares = (columns_of(g, results.inputs, 2) for g in input_groups(results.scenario))
    rate = results.inputs["funding.inflation[fees].annual_rate"]
    assert fees.T.tolist() == [rate[2].tolist()]
    assert shares.shape == (64, 2)


def test_a_run_with_fixed_inputs_is_not_asked_what_drives_it(tmp_path):
    """Its swings would let go of what the run held."""
    held = run(small(tmp_path, LINEAR), draws=128, overrides={name("first"): 90_000.0})
    assert held.fixed == {name("first"): 90_000.0}
    with pytest.raises(ValueError, match="without fixed inputs"):
        sensitivity(held, "in_year", "2023-24")
