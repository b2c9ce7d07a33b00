"""Shapley values: what each player adds, averaged over every order in which they can come.

Up to six players all orders are covered, through all coalitions. Above that, permutations and their
reverses are drawn (antithetic pairs); in each of them the players' additions sum to the whole
exactly, so the averages do too, and pairs give the standard error.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from model.chance.philox import stream_key, uniforms

Floats = NDArray[np.float64]
Coalition = frozenset[int]

EXACT_UP_TO = 6
PAIRS = 12
"""Antithetic pairs of permutations above six players."""


@dataclass(frozen=True)
class Shapley:
    """`values` (player, ...) sum over players to the whole. `error`: their standard error, nil where
    exact. `exact` says which. `evaluated`: coalitions looked at."""

    values: Floats
    error: Floats
    exact: bool
    evaluated: int


def coalitions_needed(players: int, seed: int) -> list[Coalition]:
    """Every coalition whose worth `shapley` will ask for, so that they can be run together."""
    if players <= EXACT_UP_TO:
        every = range(players)
        return [frozenset(c) for size in range(players + 1) for c in combinations(every, size)]
    needed: dict[Coalition, None] = {}
    for order in _orders(players, seed):
        for size in range(players + 1):
            needed[frozenset(order[:size])] = None
    return list(needed)


def shapley(players: int, worth: Callable[[Coalition], Floats], seed: int) -> Shapley:
    """Shapley values of `worth` (...), which must be additive over outcomes (means, probabilities)."""
    if players == 0:
        whole = worth(frozenset())
        return Shapley(np.zeros((0, *whole.shape)), np.zeros((0, *whole.shape)), True, 1)
    evaluated = len(coalitions_needed(players, seed))
    if players <= EXACT_UP_TO:
        values = np.stack([_exact(player, players, worth) for player in range(players)])
        return Shapley(values, np.zeros_like(values), True, evaluated)
    orders = _orders(players, seed)
    added = [_added(order, worth) for order in orders]
    pairs = np.stack([(added[i] + added[i + 1]) / 2 for i in range(0, len(added), 2)])
    error = pairs.std(axis=0, ddof=1) / math.sqrt(len(pairs))
    return Shapley(pairs.mean(axis=0), error, False, evaluated)


def _exact(player: int, players: int, worth: Callable[[Coalition], Floats]) -> Floats:
    others = [other for other in range(players) if other != player]
    total: Floats | float = 0.0
    for size in range(players):
        weight = 1 / (players * math.comb(players - 1, size))
        for members in combinations(others, size):
            before = frozenset(members)
            total = total + weight * (worth(before | {player}) - worth(before))
    return np.asarray(total)


def _added(order: Sequence[int], worth: Callable[[Coalition], Floats]) -> Floats:
    """What each player adds when they come in this order, by player."""
    added: list[Floats] = [np.zeros(0)] * len(order)
    before = worth(frozenset())
    for size, player in enumerate(order, start=1):
        after = worth(frozenset(order[:size]))
        added[player] = after - before
        before = after
    return np.stack(added)


def _orders(players: int, seed: int) -> list[tuple[int, ...]]:
    """Permutations in antithetic pairs, each followed by its reverse, from their own stream."""
    numbers = uniforms(stream_key(seed, "shapley permutations"), 0, PAIRS, players)
    orders: list[tuple[int, ...]] = []
    for pair in range(PAIRS):
        order = tuple(int(player) for player in np.argsort(numbers[:, pair], kind="stable"))
        orders += [order, order[::-1]]
    return orders
