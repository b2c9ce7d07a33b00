"""Bayes linear adjustment of inputs: exact small cases, identities, and what must not move."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from model.report.updating.overlay_text import range_of
from model.scenario.distributions import between, discrete, pert, plain
from model.scenario.inputs import Input
from model.scenario.provenance import Provenance
from model.scenario.quantities import Quantity, Yearly
from model.updating.adjusting import Links, adjust, links
from model.updating.figures import SeenFigure
from model.updating.learning import LEVELS, UpdatedInput
from model.updating.rules import update_rules
from model.updating.scores import ScoredInput, expected_scores

pytestmark = pytest.mark.unit

NORMAL = stats.norm.ppf((np.arange(4000) + 0.5) / 4000)
"""A standard normal sample without chance."""


def test_one_input_and_one_figure_by_hand():
    """y = 0.8 x + e with var e 0.36, error 0.25, seen at 2: the textbook's posterior."""
    found = adjust(
        Links(np.array([[0.8]]), np.eye(1), np.array([[0.36]])), np.array([2.0]), np.array([0.25])
    )
    assert found.mean[0] == pytest.approx(0.8 * 2 / 1.25)
    assert found.covariance[0, 0] == pytest.approx(1 - 0.64 / 1.25)
    assert found.by_input[0, 0] == pytest.approx(0.64 * 2 / 1.25)
    assert found.by_rest[0] == pytest.approx(0.36 * 2 / 1.25)
    assert found.by_noise[0] == pytest.approx(0.25 * 2 / 1.25)
    assert found.discrepancy == pytest.approx(2 * 2 / 1.25)


def test_two_inputs_tied_together_by_hand():
    """Only the first drives the figure; the second moves through its correlation of 0.5 with it."""
    tied = np.array([[1.0, 0.5], [0.5, 1.0]])
    found = adjust(
        Links(np.array([[1.0], [0.0]]), tied, np.zeros((1, 1))), np.array([1.0]), np.array([1.0])
    )
    assert found.mean == pytest.approx([0.5, 0.25])
    assert np.diag(found.covariance) == pytest.approx([0.5, 1 - 0.25 / 2])
    assert found.covariance[0, 1] == pytest.approx(0.5 - 0.5 / 2)
    assert found.by_input[1, 0] == 0


def test_figures_that_do_not_go_together_are_far_off():
    """Each 1.5 off; correlated at 0.9 of a variance of 1.01 they may come so together, but not opposed.

    Together d'S^-1 d = 2 x 1.5^2 / (1.01 + 0.9); opposed 2 x 1.5^2 / (1.01 - 0.9).
    """
    both = Links(np.zeros((1, 2)), np.eye(1), np.array([[1.0, 0.9], [0.9, 1.0]]))
    noise = np.full(2, 0.01)
    together = adjust(both, np.array([1.5, 1.5]), noise)
    opposed = adjust(both, np.array([1.5, -1.5]), noise)
    assert together.discrepancy == pytest.approx(4.5 / 1.91)
    assert opposed.discrepancy == pytest.approx(4.5 / 0.11)


def test_a_figure_needs_an_error():
    with pytest.raises(ValueError, match="error of its own"):
        adjust(Links(np.ones((1, 1)), np.eye(1), np.zeros((1, 1))), np.ones(1), np.zeros(1))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 6), st.integers(1, 5))
def test_parts_add_up_and_ranges_never_widen(seed, inputs, figures):
    """Inputs, chance and recording are the surprise; what is seen takes uncertainty away."""
    random = np.random.default_rng(seed)
    root = random.normal(size=(inputs, inputs + 2))
    covariance = root @ root.T
    scale = np.sqrt(np.diag(covariance))
    prior = covariance / np.outer(scale, scale)
    rest = random.normal(size=(figures, figures))
    surprise = random.normal(size=figures) * 3
    given_links = Links(random.normal(size=(inputs, figures)), prior, rest @ rest.T)
    found = adjust(given_links, surprise, random.uniform(0.01, 1, figures))
    assert found.by_input.sum(axis=0) + found.by_rest + found.by_noise == pytest.approx(surprise)
    assert found.figure_mean == pytest.approx(surprise - found.by_noise)
    assert np.linalg.eigvalsh(prior - found.covariance)[0] > -1e-8
    assert np.linalg.eigvalsh(found.covariance)[0] > -1e-8


def test_links_give_back_known_slopes_and_leave_the_rest():
    random = np.random.default_rng(1)
    scores = random.normal(size=(3, 4000))
    rest = 0.5 * random.normal(size=4000)
    figure = 0.6 * scores[0] - 0.3 * scores[1] + rest
    found = links(scores, figure[None], np.eye(3), np.ones(3, dtype=bool), 3.0)
    assert found.slopes[:, 0] == pytest.approx([0.6, -0.3, 0.0], abs=0.03)
    assert found.slopes[2, 0] == 0
    assert found.covariance[0, 0] == pytest.approx(0.36 + 0.09 + 0.25, rel=0.06)


def test_links_of_tied_inputs_are_told_apart_by_their_stated_correlation():
    """The figure hangs on the first alone, yet it goes with the second too."""
    random = np.random.default_rng(2)
    first = random.normal(size=6000)
    second = 0.8 * first + 0.6 * random.normal(size=6000)
    tied = np.array([[1.0, 0.8], [0.8, 1.0]])
    found = links(np.stack([first, second]), first[None], tied, np.ones(2, dtype=bool), 3.0)
    assert found.slopes[:, 0] == pytest.approx([1.0, 0.0], abs=0.06)


def test_chance_links_and_inputs_not_yet_at_work_are_nil():
    random = np.random.default_rng(3)
    scores, figure = random.normal(size=(40, 500)), random.normal(size=(1, 500))
    assert not links(scores, figure, np.eye(40), np.ones(40, dtype=bool), 4.0).slopes.any()
    informed = np.array([True, False])
    same = np.stack([figure[0], figure[0]])
    slopes = links(same, figure, np.eye(2), informed, 3.0).slopes
    assert slopes[0, 0] != 0
    assert slopes[1, 0] == 0


def test_a_tied_input_not_yet_at_work_has_no_slope_of_its_own():
    random = np.random.default_rng(4)
    first = random.normal(size=4000)
    second = 0.6 * first + 0.8 * random.normal(size=4000)
    tied = np.array([[1.0, 0.6], [0.6, 1.0]])
    found = links(
        np.stack([first, second]), (first + second)[None], tied, np.array([True, False]), 3.0
    )
    assert found.slopes[0, 0] == pytest.approx(1.6, abs=0.06)
    assert found.slopes[1, 0] == 0


def test_nothing_seen_moves_nothing():
    found = adjust(Links(np.zeros((2, 0)), np.eye(2), np.zeros((0, 0))), np.zeros(0), np.zeros(0))
    assert not found.mean.any()
    assert found.sd == pytest.approx([1, 1])


def test_scores_of_equal_values_are_the_mean_over_their_ranks():
    """A half: the mean of a normal above its median is sqrt(2 / pi)."""
    scores = expected_scores(np.repeat([0.0, 1.0], 2000))
    assert np.unique(scores.round(3)).tolist() == [-0.798, 0.798]
    assert expected_scores(NORMAL * 7 + 3) == pytest.approx(NORMAL)


def scored(figure, values, **more) -> ScoredInput:
    entry = Input("a.b", figure, "", Provenance(), True, ("a", "b"))
    values = np.atleast_2d(values)
    return ScoredInput("a.b", entry, values[0], True, values, range(2023, 2023 + len(values)), **more)  # fmt: skip


def updated(item: ScoredInput, mean: float, sd: float) -> UpdatedInput:
    scores = item.after(mean, sd)
    before, after = (
        np.array([item.quantiles(row, *pair, LEVELS) for row, pair in enumerate(pairs)])
        for pairs in (((0.0, 1.0),) * len(scores), scores)
    )
    return UpdatedInput(item, mean, sd, item.labels(), before, after, scores)


def yearly(path, rho=0.0) -> Yearly:
    rule = Quantity(between(0.5, 2.0, 0.0, np.inf), low=0.0)
    return Yearly({}, rule, path, rho)


@pytest.mark.parametrize(
    ("path", "rho", "means"),
    [
        ("persistent", 0.0, [1.0, 1.0, 1.0]),
        ("ar1", 0.5, [1.0, 0.5, 0.25]),
        ("independent", 0.0, [1, 0, 0]),
    ],
)
def test_years_follow_their_path(path, rho, means):
    item = scored(yearly(path, rho), np.zeros((3, 4)))
    after = item.after(1.0, 0.6)
    assert [mean for mean, _ in after] == means
    assert after[0][1] == pytest.approx(0.6)
    expected = {"persistent": 0.6, "ar1": np.sqrt(1 - 0.0625 * 0.64), "independent": 1.0}
    assert after[2][1] == pytest.approx(expected[path])


def test_a_lognormal_range_moves_on_its_logarithm():
    """Half to two, median one: a score of 1 is a factor of 2 ** (1 / 1.2816)."""
    item = updated(scored(yearly("persistent"), np.zeros((1, 4))), 1.0, 0.5)
    factor = 2 ** (1 / stats.norm.ppf(0.9))
    assert item.after[0] == pytest.approx([factor / np.sqrt(2), factor, factor * np.sqrt(2)])
    assert range_of(item, 0, item.scored.entry.figure.then)["between"] == pytest.approx(
        [factor / np.sqrt(2), factor * np.sqrt(2)], rel=1e-3
    )


@settings(max_examples=80, deadline=None)
@given(st.floats(-4, 4), st.floats(0.02, 1.0))
def test_ranges_stay_in_their_limits_and_can_be_written(mean, sd):
    """Whatever is learnt, a share stays a share and the scenario takes what the overlay says."""
    rule = Quantity(pert(0.0, 0.9, 1.0), low=0.0, high=1.0)
    item = updated(scored(rule, np.linspace(0, 1, 5)), mean, sd)
    assert (item.after >= 0).all()
    assert (item.after <= 1).all()
    assert (np.diff(item.after, axis=1) >= 0).all()
    written = range_of(item, 0, rule)
    if isinstance(written, dict):
        ((kind, numbers),) = written.items()
        assert kind in ("between", "pert")
        assert numbers == sorted(numbers)
        assert 0 <= numbers[0] < numbers[-1] <= 1


def test_a_range_at_the_edge_is_written_as_a_pert():
    """Prices down to nil: a normal would reach below."""
    rule = Quantity(pert(0.0, 1.0, 5.0), low=0.0, high=3.0)
    item = updated(scored(rule, np.linspace(0, 3, 5)), 2.0, 0.9)
    written = range_of(item, 0, rule)
    assert list(written) == ["pert"]
    assert written["pert"][-1] <= 3


def test_probabilities_move_with_the_score():
    """Half and half, moved by one: the chance of the larger is Phi(1)."""
    rule = Quantity(discrete((0.0, 1.0), (0.5, 0.5)))
    item = updated(scored(rule, np.array([0.0, 1.0])), 1.0, 1.0)
    chances = range_of(item, 0, rule)["discrete"]
    assert chances == {0.0: pytest.approx(0.1587, abs=1e-4), 1.0: pytest.approx(0.8413, abs=1e-4)}
    assert sum(chances.values()) == pytest.approx(1, abs=1e-12)
    assert range_of(item, 0, Quantity(plain(4.0))) == 4.0


def test_a_move_counts_from_the_stated_least():
    item = scored(yearly("persistent"), np.zeros((1, 4)))
    rules = update_rules()
    assert updated(item, rules.least_move, 1.0).matters
    assert updated(item, 0.0, 1 - rules.least_narrowing).matters
    assert not updated(item, rules.least_move / 2, 1 - rules.least_narrowing / 2).matters
    assert not updated(item, 0.0, 1.0).touched


def test_parts_of_a_ratio_add_up_in_its_unit():
    """From 100 to 121: two equal parts of the logarithm are 10.5 each."""
    figure = SeenFigure("a", "A", "plans", 100 * np.exp(0.1 * NORMAL), 121.0, 0.01)
    assert figure.logarithmic
    assert figure.middle == pytest.approx(100)
    assert figure.surprise * figure.units_per_scale == pytest.approx(21)
    income = SeenFigure("b", "B", "GBP", NORMAL - 5, -4.0, 0.1)
    assert not income.logarithmic
    assert income.surprise * income.units_per_scale == pytest.approx(1, abs=1e-6)


def test_where_in_the_forecast_a_figure_fell():
    draws = np.array([1.0, 2.0, 2.0, 3.0])
    assert SeenFigure("a", "A", "plans", draws, 2.0, 0.1).percentile == 0.5
    assert SeenFigure("a", "A", "plans", draws, 9.0, 0.1).percentile == 1.0
