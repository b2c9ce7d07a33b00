"""Shapley values on games whose answers are known, and on one worked out by brute force."""

from __future__ import annotations

from itertools import combinations, permutations
from statistics import stdev

import numpy as np
import pytest

from model.whatif.shapley import EXACT_UP_TO, PAIRS, coalitions_needed, shapley

pytestmark = pytest.mark.unit

Coalition = frozenset[int]


def additive(weights):
    return lambda coalition: np.array([sum(weights[player] for player in coalition)], dtype=float)


def glove(coalition: Coalition):
    """One left glove (0), two right gloves (1, 2): a pair is worth 1."""
    return np.array([float(0 in coalition and bool({1, 2} & coalition))])


def unanimity(members: set[int]):
    return lambda coalition: np.array([float(members <= coalition)])


def pairwise(players: int, seed: int):
    """Worths of single players and of pairs, nothing beyond."""
    rng = np.random.default_rng(seed)
    alone, pair = rng.normal(size=players), rng.normal(size=(players, players))

    def worth(coalition: Coalition):
        both = sum(pair[i, j] for i, j in combinations(sorted(coalition), 2))
        return np.array([sum(alone[i] for i in coalition) + both])

    values = [
        alone[i] + sum(pair[min(i, j), max(i, j)] for j in range(players) if j != i) / 2
        for i in range(players)
    ]
    return worth, np.array(values)


def random_game(players: int, seed: int, outcomes: int = 1):
    """Any worth for any coalition, the empty one too."""
    rng = np.random.default_rng(seed)
    table = {
        frozenset(members): rng.normal(size=outcomes) * (1 + size)
        for size in range(players + 1)
        for members in combinations(range(players), size)
    }
    return lambda coalition: table[coalition]


def by_every_order(players: int, worth) -> np.ndarray:
    """The definition: what a player adds, averaged over every order."""
    orders = list(permutations(range(players)))
    total = np.zeros((players, *worth(frozenset()).shape))
    for order in orders:
        before: Coalition = frozenset()
        for player in order:
            total[player] += worth(before | {player}) - worth(before)
            before = before | {player}
    return total / len(orders)


# ---------------------------------------------------------------- known answers


def test_the_glove_game_gives_two_thirds_and_two_sixths():
    result = shapley(3, glove, 1)
    assert result.exact
    assert result.values[:, 0] == pytest.approx([2 / 3, 1 / 6, 1 / 6])


@pytest.mark.parametrize("players", [1, 4, 6, 7, 9])
def test_in_an_additive_game_everybody_gets_what_they_bring(players):
    weights = [1.5 * number - 2 for number in range(players)]
    result = shapley(players, additive(weights), 3)
    assert result.values[:, 0] == pytest.approx(weights)
    assert result.error == pytest.approx(np.zeros((players, 1)), abs=1e-12)


@pytest.mark.parametrize("members", [{0}, {1, 3}, {0, 2, 4}])
def test_in_a_unanimity_game_members_share_alike_and_the_others_get_nothing(members):
    result = shapley(5, unanimity(members), 1)
    due = [1 / len(members) if player in members else 0.0 for player in range(5)]
    assert result.values[:, 0] == pytest.approx(due)


def test_a_majority_of_three_in_five_is_symmetric():
    result = shapley(5, lambda coalition: np.array([float(len(coalition) >= 3)]), 1)
    assert result.values[:, 0] == pytest.approx([0.2] * 5)


@pytest.mark.parametrize("players", [2, 3, 5, 6])
def test_up_to_six_players_the_values_are_exact(players):
    worth = random_game(players, 7, outcomes=3)
    result = shapley(players, worth, 1)
    assert players <= EXACT_UP_TO
    assert result.exact
    assert result.evaluated == 2**players
    assert result.values == pytest.approx(by_every_order(players, worth))
    assert not result.error.any()


def test_values_sum_to_the_whole_for_every_outcome():
    for players in (0, 1, 4, 6, 8):
        worth = random_game(players, 11, outcomes=5)
        whole = worth(frozenset(range(players))) - worth(frozenset())
        result = shapley(players, worth, 2)
        if players:
            assert result.values.sum(axis=0) == pytest.approx(whole, abs=1e-12)
        assert result.values.shape == (players, 5)


def test_players_who_are_alike_get_the_same_and_one_who_adds_nothing_gets_nothing():
    def worth(coalition: Coalition):
        # 0 and 1 are alike, 3 adds nothing to anybody.
        return np.array([10.0 * len({0, 1} & coalition) ** 2 + 7 * ({0, 2} <= coalition)
                         + 7 * ({1, 2} <= coalition) + (2 in coalition)])  # fmt: skip

    values = shapley(4, worth, 1).values[:, 0]
    assert values[0] == pytest.approx(values[1])
    assert values[3] == pytest.approx(0, abs=1e-12)
    assert values.sum() == pytest.approx(40 + 14 + 1)


# ---------------------------------------------------------------- above six players


def test_with_seven_players_the_values_are_within_three_standard_errors():
    worth = random_game(7, 5)
    exact = by_every_order(7, worth)[:, 0]
    result = shapley(7, worth, 1)
    assert not result.exact
    assert (result.error > 0).all()
    assert (np.abs(result.values[:, 0] - exact) < 3 * result.error[:, 0]).all()


def test_the_stated_error_is_that_of_the_mean_of_independent_pairs():
    """Standard deviation over twelve pairs by n - 1, over the root of twelve; orders from what is asked."""
    game, asked = random_game(7, 5), []

    def worth(members):
        asked.append(members)
        return game(members)

    error = shapley(7, worth, 1).error[:, 0]
    added = []
    for start in range(0, len(asked), 8):
        chain = asked[start : start + 8]
        assert [len(members) for members in chain] == list(range(8))
        added.append(
            {
                player: float(game(chain[size + 1])[0] - game(chain[size])[0])
                for size in range(7)
                for player in chain[size + 1] - chain[size]
            }
        )
    assert len(added) == 2 * PAIRS
    for player in range(7):
        pairs = [(added[i][player] + added[i + 1][player]) / 2 for i in range(0, 2 * PAIRS, 2)]
        assert error[player] == pytest.approx(stdev(pairs) / PAIRS**0.5)


def test_the_stated_error_is_the_error():
    """Over sixty seeds the values lie about the exact ones as far as their standard errors say."""
    worth = random_game(7, 6)
    exact = by_every_order(7, worth)[:, 0]
    found = [shapley(7, worth, seed) for seed in range(60)]
    missed = np.array([result.values[:, 0] - exact for result in found])
    stated = np.array([result.error[:, 0] for result in found])
    ratio = np.sqrt((missed**2).mean(axis=0) / (stated**2).mean(axis=0))
    assert ratio.mean() == pytest.approx(1, abs=0.15)
    assert (np.abs(missed.mean(axis=0)) < 4 * stated.mean(axis=0) / np.sqrt(60)).all()


@pytest.mark.parametrize("players", [7, 8, 10])
def test_each_order_and_its_reverse_are_exact_for_pairs_that_interact(players):
    """What two players gain together falls to one in an order and to the other in its reverse."""
    worth, due = pairwise(players, 4)
    result = shapley(players, worth, 1)
    assert result.values[:, 0] == pytest.approx(due)
    assert result.error == pytest.approx(np.zeros((players, 1)), abs=1e-9)


def test_orders_depend_on_the_seed_and_on_nothing_else():
    worth = random_game(7, 8)
    one, again, other = (shapley(7, worth, seed).values for seed in (1, 1, 2))
    assert one.tobytes() == again.tobytes()
    assert np.abs(one - other).max() > 0


@pytest.mark.parametrize("players", [0, 1, 3, 6, 7, 9])
def test_the_coalitions_needed_are_those_asked_for(players):
    """So that they can be run together; every one of them once in the list."""
    asked: set[Coalition] = set()

    def worth(coalition: Coalition):
        asked.add(coalition)
        return np.array([float(len(coalition))])

    result = shapley(players, worth, 5)
    needed = coalitions_needed(players, 5)
    assert len(needed) == len(set(needed)) == result.evaluated
    assert set(needed) == asked
    if players > EXACT_UP_TO:
        assert len(needed) <= 2 * PAIRS * (players - 1) + 2
        assert frozenset() in asked
        assert frozenset(range(players)) in asked
