"""Uncertain numbers against their textbook forms, and how they go together (design section 4).

Quantiles and means are compared with `scipy.stats`; samples with z-bounds under 1e-5 a test.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic_core import PydanticCustomError
from scipy import integrate, stats

from model.draws import Draws, central, sample
from model.scenario import distributions
from model.scenario.checks import check
from model.scenario.distributions import TRUNCATED_MASS_ALLOWED, Distribution
from model.scenario.inputs import inputs
from model.scenario.numbers import NumberRule, Quantity, SharesRule, Yearly, YearlyRule
from model.scenario.schema import Scenario

pytestmark = pytest.mark.unit

LEVELS = np.array([1e-6, 0.001, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.999, 1 - 1e-6])
INF = float("inf")
Z10 = stats.norm.ppf(0.9)


def mean_of(distribution: Distribution) -> float:
    """The mean by integrating the quantile function."""
    value, _ = integrate.quad(
        lambda u: float(distribution.quantile(np.asarray(u))), 0, 1, limit=400
    )
    return float(value)


CASES: list[tuple[str, Distribution, Any]] = [
    ("uniform", distributions.uniform(-3, 5), stats.uniform(-3, 8)),
    ("beta", distributions.beta(2.5, 7), stats.beta(2.5, 7)),
    ("pert", distributions.pert(10, 20, 60), stats.beta(1.8, 4.2, loc=10, scale=50)),
    ("pert at its end", distributions.pert(-5, -5, 5), stats.beta(1, 5, loc=-5, scale=10)),
    ("normal", distributions.normal(2, 3, -INF, INF), stats.norm(2, 3)),
    (
        "lognormal",
        distributions.lognormal(100, 180, 0, INF),
        stats.lognorm(np.log(1.8) / stats.norm.ppf(0.95), scale=100),
    ),
    (
        "between, positive",
        distributions.between(50, 200, 0, INF),
        stats.lognorm(np.log(4) / (2 * Z10), scale=100),
    ),
    (
        "between, any sign",
        distributions.between(-10, 30, -INF, INF),
        stats.norm(10, 40 / (2 * Z10)),
    ),
]


@pytest.mark.parametrize(("name", "ours", "theirs"), CASES, ids=[case[0] for case in CASES])
def test_quantiles_and_mean_are_the_textbook_ones(
    name: str, ours: Distribution, theirs: Any
) -> None:
    assert ours.quantile(LEVELS) == pytest.approx(theirs.ppf(LEVELS), rel=1e-9, abs=1e-9)
    assert ours.mean == pytest.approx(theirs.mean(), rel=1e-9)
    assert ours.central == ours.mean
    assert ours.truncated_mass < 1e-12
    assert not ours.certain


def test_pert_is_the_beta_whose_mean_weighs_the_mode_four_times() -> None:
    """PERT: mean (low + 4 mode + high)/6 (design section 4)."""
    assert distributions.pert(0, 3, 6).mean == pytest.approx(3)
    assert distributions.pert(1, 2, 9).mean == pytest.approx(18 / 6)
    assert distributions.pert(4, 4, 4).certain


def test_a_plain_number_is_certain() -> None:
    plain = distributions.plain(7.5)
    assert plain.certain
    assert (plain.quantile(LEVELS) == 7.5).all()
    assert (plain.central, plain.mean, plain.describe()) == (7.5, 7.5, "")


# ---------------------------------------------------------------- the way people speak


@pytest.mark.parametrize(("p10", "p90"), [(0.3, 0.9), (0.02, 0.1), (0.45, 0.55), (0.9, 0.99)])
def test_between_on_a_share_is_logit_normal_with_the_stated_ends(p10: float, p90: float) -> None:
    """`between` = 10th and 90th percentiles; a share stays inside 0..1 (design section 4)."""
    share = distributions.between(p10, p90, 0.0, 1.0)
    found = share.quantile(LEVELS)
    assert share.quantile(np.array([0.1, 0.9])) == pytest.approx([p10, p90], abs=1e-12)
    assert ((found > 0) & (found < 1)).all()
    logits = np.log(found / (1 - found))
    straight = np.polyfit(stats.norm.ppf(LEVELS), logits, 1)
    assert np.polyval(straight, stats.norm.ppf(LEVELS)) == pytest.approx(logits, abs=1e-6)
    assert share.mean == pytest.approx(mean_of(share), abs=2e-5)
    assert share.truncated_mass == 0.0


@pytest.mark.parametrize(
    ("p10", "p90", "low"), [(50, 200, 0.0), (-10, 30, -INF), (0.01, 0.05, -0.5), (3, 4, 0.0)]
)
def test_between_has_the_stated_ends(p10: float, p90: float, low: float) -> None:
    found = distributions.between(p10, p90, low, INF)
    assert found.quantile(np.array([0.1, 0.9])) == pytest.approx([p10, p90], rel=1e-9)


# ---------------------------------------------------------------- discrete


def test_the_central_value_of_a_discrete_number_is_its_likeliest() -> None:
    """A forum's approval is yes or no: the central run takes the likelier (design section 4)."""
    approval = distributions.discrete((1.0, 0.0), (0.75, 0.25))
    assert approval.central == 1.0
    assert approval.mean == 0.75
    assert distributions.discrete((1.0, 0.0, 5.0), (0.3, 0.5, 0.2)).central == 0.0


def test_discrete_values_come_with_their_probabilities() -> None:
    """Whatever the order in which they are written; a value without a chance never comes."""
    ours = distributions.discrete((3.0, -1.0, 8.0, 5.0), (0.2, 0.5, 0.0, 0.3))
    levels = (np.arange(1000) + 0.5) / 1000
    values, counts = np.unique(ours.quantile(levels), return_counts=True)
    assert dict(zip(values, counts, strict=True)) == {-1.0: 500, 3.0: 200, 5.0: 300}
    assert ours.mean == pytest.approx(0.6 - 0.5 + 1.5)
    assert (distributions.discrete((0.0, 1.0), (0.0, 1.0)).quantile(LEVELS) == 1.0).all()


# ---------------------------------------------------------------- truncation


def test_a_cut_normal_is_the_truncated_one_and_reports_its_mass() -> None:
    """Truncated and the mass reported (design section 4)."""
    ours = distributions.normal(0.05, 0.02, 0.0, 0.1)
    theirs = stats.truncnorm(-2.5, 2.5, 0.05, 0.02)
    assert ours.quantile(LEVELS) == pytest.approx(theirs.ppf(LEVELS), rel=1e-6)
    assert ours.truncated_mass == pytest.approx(2 * stats.norm.sf(2.5), rel=1e-9)
    one_sided = distributions.normal(0.05, 0.02, 0.0, INF)
    assert one_sided.mean == pytest.approx(stats.truncnorm(-2.5, INF, 0.05, 0.02).mean(), rel=1e-4)
    assert one_sided.truncated_mass == pytest.approx(stats.norm.sf(2.5), rel=1e-9)


@pytest.mark.parametrize(
    ("written", "refused"),
    [
        ({"normal": [0.5, 0.19]}, False),  # 0.8 % outside
        ({"normal": [0.5, 0.2]}, True),  # 1.2 % outside
        ({"lognormal": [0.3, 0.7]}, False),
        ({"lognormal": [0.3, 0.75]}, True),
        ({"between": [0.01, 0.99]}, False),
    ],
)
def test_more_than_one_per_cent_outside_is_refused(
    written: dict[str, list[float]], refused: bool
) -> None:
    """Above 1 % of mass outside the permitted range it is refused (design section 4)."""
    rule = NumberRule("share", 0, 1)
    if refused:
        with pytest.raises(PydanticCustomError, match="outside the permitted range"):
            rule.parse(written)
        return
    distribution = rule.parse(written).distribution
    assert distribution.truncated_mass <= TRUNCATED_MASS_ALLOWED
    values = distribution.quantile(LEVELS)
    assert values.min() >= 0.0
    assert values.max() <= 1.0
    assert distribution.mean == pytest.approx(mean_of(distribution), rel=1e-4)


# ---------------------------------------------------------------- through time

YEARS = 6
DRAWS = 20_000


def scenario_with(**sections: Any) -> Scenario:
    return Scenario.model_validate(
        {
            "format": 1,
            "name": "uncertain",
            "title": "Uncertain numbers",
            "authority": "Nowhere",
            "as_at": "2023-06",
            "horizon": {"first_year": "2023-24", "last_year": f"{2022 + YEARS}-{23 + YEARS}"},
            **sections,
        }
    )


def inflation(**rates: Any) -> dict[str, Any]:
    return {
        "price_base": "2023-24",
        "inflation": [
            {"id": name, "title": name, "annual_rate": rate, "uplift_month": 4}
            for name, rate in rates.items()
        ],
        "lines": [
            {
                "id": "line",
                "title": "Line",
                "anchor": "none",
                "drivers": [
                    {
                        "kind": "amount",
                        "id": "amount",
                        "title": "Amount",
                        "s251": "1.2.1",
                        "annual_amount_gbp": 1,
                    }
                ],
            }
        ],
    }


def path_of(name: str) -> str:
    return f"funding.inflation[{name}].annual_rate"


def sampled(rate: Any, seed: int = 1) -> np.ndarray:
    scenario = scenario_with(funding=inflation(rate=rate))
    return sample(scenario, seed, 0, DRAWS).sampled[path_of("rate")]


def scores(values: np.ndarray) -> np.ndarray:
    return np.asarray(stats.norm.ppf(stats.rankdata(values, axis=-1) / (DRAWS + 1)))


def test_a_persistent_number_keeps_one_quantile_for_all_its_years() -> None:
    """Redrawn every year, errors would cancel and ranges be far too narrow (design 5.3)."""
    values = sampled(
        {
            "2023-24": {"uniform": [0, 0.1]},
            "2024-25": {"uniform": [0.1, 0.3]},
            "then": {"normal": [0.02, 0.01]},
            "path": "persistent",
        }
    )
    quantile = values[0] / 0.1
    assert values[1] == pytest.approx(0.1 + 0.2 * quantile, abs=1e-12)
    for year in range(2, YEARS):
        assert values[year] == pytest.approx(stats.norm.ppf(quantile, 0.02, 0.01), abs=1e-7)


def test_an_independent_number_is_drawn_afresh_every_year() -> None:
    values = sampled({"then": {"normal": [0.02, 0.01]}, "path": "independent"})
    correlation = np.corrcoef(values) - np.eye(YEARS)
    assert np.abs(correlation).max() < 5 / np.sqrt(DRAWS)
    assert stats.kstest(values[3], stats.norm(0.02, 0.01).cdf).pvalue > 1e-6


@pytest.mark.parametrize("rho", [0.5, -0.3, 0.9])
def test_an_ar1_number_has_its_correlation_and_one_variance(rho: float) -> None:
    """{ar1: rho}: correlation rho^k k years apart, the same distribution in every year."""
    values = sampled({"then": {"normal": [0.02, 0.01]}, "path": {"ar1": rho}})
    for year in range(YEARS):
        assert stats.kstest(values[year], stats.norm(0.02, 0.01).cdf).pvalue > 1e-7
    found = np.corrcoef(values)
    for apart in range(1, YEARS):
        for first in range(YEARS - apart):
            assert found[first, first + apart] == pytest.approx(rho**apart, abs=0.035)


def test_default_paths_are_those_of_the_design() -> None:
    """Persistent for rates, ar1 for inflation and grant growth, independent for yearly decisions."""
    scenario = scenario_with(
        funding=inflation(rate={"between": [0.01, 0.05]}),
        account={
            "blocks": [
                {
                    "id": "high_needs",
                    "opening_deficit_gbp": 0,
                    "gross_income_gbp": {"2023-24": 1},
                },
                {"id": "schools", "opening_deficit_gbp": 0, "gross_income_gbp": {"2023-24": 1}},
            ],
            "transfers": [
                {
                    "id": "t",
                    "title": "T",
                    "from_block": "schools",
                    "to_block": "high_needs",
                    "share_of_gross": 0.005,
                    "approval": {"discrete": {"1": 0.75, "0": 0.25}},
                }
            ],
        },
    )
    paths = {
        item.path: item.figure.path for item in inputs(scenario) if isinstance(item.figure, Yearly)
    }
    assert paths["rates.moved_out"] == "persistent"
    assert paths[path_of("rate")] == "ar1"
    assert paths["account.blocks[schools].income_growth"] == "ar1"
    assert paths["account.transfers[t].approval"] == "independent"
    approval = sample(scenario, 4, 0, DRAWS).sampled["account.transfers[t].approval"]
    assert set(np.unique(approval)) == {0.0, 1.0}
    assert approval.mean(axis=1) == pytest.approx(np.full(YEARS, 0.75), abs=5 * 0.433 / 141)
    assert np.abs(np.corrcoef(approval) - np.eye(YEARS)).max() < 5 / np.sqrt(DRAWS)


# ---------------------------------------------------------------- together


@pytest.mark.parametrize("spearman", [0.6, -0.8, 0.0, 1.0])
def test_correlated_inputs_have_the_stated_spearman(spearman: float) -> None:
    """Spearman between named inputs by a Gaussian copula; each keeps its own distribution."""
    scenario = scenario_with(
        funding=inflation(
            a={"between": [0.01, 0.05]}, b={"uniform": [0, 0.1]}, c={"normal": [0, 0.1]}
        ),
        correlations=[{"between": [path_of("a"), path_of("b")], "spearman": spearman}],
    )
    drawn = sample(scenario, 2, 0, DRAWS).sampled
    for year in range(YEARS):
        a, b, c = (drawn[path_of(name)][year] for name in "abc")
        assert stats.spearmanr(a, b).statistic == pytest.approx(spearman, abs=0.045)
        assert abs(stats.spearmanr(a, c).statistic) < 0.045
        assert stats.kstest(b, stats.uniform(0, 0.1).cdf).pvalue > 1e-7


def test_correlations_of_three_hold_together() -> None:
    scenario = scenario_with(
        funding=inflation(
            a={"between": [0.01, 0.05]}, b={"between": [0.01, 0.05]}, c={"between": [0.01, 0.05]}
        ),
        correlations=[
            {"between": [path_of("a"), path_of("b")], "spearman": 0.7},
            {"between": [path_of("b"), path_of("c")], "spearman": -0.4},
        ],
    )
    drawn = sample(scenario, 3, 0, DRAWS).sampled
    first = np.array([drawn[path_of(name)][0] for name in "abc"])
    found = stats.spearmanr(first, axis=1).statistic
    assert found[0, 1] == pytest.approx(0.7, abs=0.03)
    assert found[1, 2] == pytest.approx(-0.4, abs=0.03)
    assert found[0, 2] == pytest.approx(0.0, abs=0.03)


def test_an_impossible_matrix_is_refused() -> None:
    """Three inputs cannot each run against the other two (design section 4)."""
    pairs = [("a", "b"), ("b", "c"), ("a", "c")]
    scenario = scenario_with(
        funding=inflation(
            a={"between": [0.01, 0.05]}, b={"between": [0.01, 0.05]}, c={"between": [0.01, 0.05]}
        ),
        correlations=[{"between": [path_of(x), path_of(y)], "spearman": -0.9} for x, y in pairs],
    )
    findings = check(scenario, set(Scenario.model_fields))
    assert any("cannot hold together" in finding.message for finding in findings)


def test_inputs_that_are_not_correlated_keep_their_own_numbers() -> None:
    """A correlation between two inputs leaves every other input's draws as they were."""
    rates = {name: {"between": [0.01, 0.05]} for name in "abc"}
    without = sample(scenario_with(funding=inflation(**rates)), 2, 0, 64).sampled
    with_one = sample(
        scenario_with(
            funding=inflation(**rates),
            correlations=[{"between": [path_of("a"), path_of("b")], "spearman": 0.5}],
        ),
        2,
        0,
        64,
    ).sampled
    assert (with_one[path_of("c")] == without[path_of("c")]).all()


# ---------------------------------------------------------------- shares


BAND_NAMES = ("low", "middle", "high")
WEIGHTS = {"low": 2.0, "middle": 5.0, "high": 0.7}


def dirichlet_draws() -> tuple[Draws, Any]:
    funding = inflation(rate=0)
    funding["bands"] = [
        {"id": name, "need_category": "A", "level": 1, "annual_value_gbp": 1000}
        for name in BAND_NAMES
    ]
    funding["lines"][0]["drivers"].append(
        {
            "kind": "pupils_without_plan",
            "id": "pupils",
            "title": "Pupils",
            "s251": "1.2.2",
            "fte": 1,
            "band_shares": {"dirichlet": WEIGHTS},
        }
    )
    scenario = scenario_with(funding=funding)
    assert scenario.funding is not None
    driver = scenario.funding.lines[0].drivers[1]
    return sample(scenario, 5, 0, DRAWS), driver.band_shares


def test_dirichlet_shares_sum_to_one_and_have_their_moments() -> None:
    draws, figure = dirichlet_draws()
    shares = draws.shares(figure)
    table = np.array([shares[name] for name in BAND_NAMES])
    assert table.sum(axis=0) == pytest.approx(np.ones(DRAWS), abs=1e-12)
    assert table.min() >= 0.0
    weights = np.array(list(WEIGHTS.values()))
    theirs = stats.dirichlet(weights)
    deviation = np.sqrt(theirs.var() / DRAWS)
    assert (np.abs(table.mean(axis=1) - theirs.mean()) < 5 * deviation).all()
    assert table.var(axis=1) == pytest.approx(theirs.var(), rel=0.05)
    whole = weights.sum()
    for row, weight in zip(table, weights, strict=True):
        assert stats.kstest(row, stats.beta(weight, whole - weight).cdf).pvalue > 1e-7
    assert figure.central == pytest.approx(dict(zip(BAND_NAMES, weights / whole, strict=True)))


def test_shares_that_do_not_sum_to_one_are_refused() -> None:
    with pytest.raises(PydanticCustomError, match="sum to"):
        SharesRule().parse({"a": 0.5, "b": 0.4})


# ---------------------------------------------------------------- fixed inputs and joint samples


def test_an_override_fixes_one_input_and_leaves_the_rest() -> None:
    scenario = scenario_with(funding=inflation(a={"normal": [0, 0.1]}, b={"normal": [0, 0.1]}))
    free = sample(scenario, 1, 0, 64)
    fixed = sample(scenario, 1, 0, 64, {path_of("a"): 0.03})
    assert scenario.funding is not None
    assert (fixed.by_year(scenario.funding.inflation[0].annual_rate) == 0.03).all()
    assert (fixed.sampled[path_of("b")] == free.sampled[path_of("b")]).all()
    assert path_of("a") not in fixed.sampled
    with pytest.raises(KeyError, match="no such input"):
        sample(scenario, 1, 0, 64, {"funding.inflation[z].annual_rate": 0.03})


def test_a_block_of_draws_is_cut_out_of_all_draws() -> None:
    """Inputs of draws 64 to 127 are the same whether drawn alone or with the rest (design 7)."""
    scenario = scenario_with(
        funding=inflation(
            a={"between": [0.01, 0.05]},
            b={"normal": [0, 0.1]},
            c={"then": {"uniform": [0, 0.1]}, "path": "persistent"},
        ),
        new_plans={"base_year": 2022, "initial_growth": {"uniform": [0, 0.1]}},
        correlations=[{"between": [path_of("a"), path_of("b")], "spearman": 0.5}],
    )
    whole, block = sample(scenario, 1, 0, 128).sampled, sample(scenario, 1, 64, 64).sampled
    assert set(whole) == set(block) == {*map(path_of, "abc"), "new_plans.initial_growth"}
    for path, values in block.items():
        assert (values == whole[path][..., 64:]).all(), path
        assert (values != whole[path][..., :64]).all(), path


def test_joint_samples_are_taken_row_by_row() -> None:
    """Each draw takes one row for all columns, so that what goes together stays together."""
    scenario = scenario_with(
        rates={"source": "x"},
        new_plans={"base_year": 2022, "initial_growth": {"uniform": [0, 0.1]}, "damping": 0.5},
    )
    rows = np.arange(50.0)
    table = {"new_plans.initial_growth": rows / 1000, "new_plans.damping": rows / 50}
    drawn = sample(scenario, 1, 0, DRAWS, samples=table)
    growth, damping = (drawn.sampled[f"new_plans.{name}"] for name in ("initial_growth", "damping"))
    assert growth * 20 == pytest.approx(damping, abs=1e-12)
    counts = np.unique(growth, return_counts=True)[1]
    assert len(counts) == 50
    assert stats.chisquare(counts).pvalue > 1e-6


def test_the_central_draw_takes_means_and_likeliest_values() -> None:
    rule = YearlyRule(NumberRule("share", 0, 1))
    figure = rule.parse({"2023-24": {"beta": [2, 6]}, "then": {"discrete": {"0": 0.6, "1": 0.4}}})
    scenario = scenario_with(funding=inflation(a={"normal": [0.02, 0.01]}))
    assert scenario.funding is not None
    values = central(scenario).by_year(scenario.funding.inflation[0].annual_rate)
    assert values.tolist() == [[0.02]] * YEARS
    assert [figure.at(year).central for year in (2023, 2024)] == [0.25, 0.0]
    assert isinstance(figure.at(2023), Quantity)
