"""The random number generator of every draw: published vectors, and the promise of design section 7.

A number depends on its key and counter and on nothing else, lies strictly inside 0..1, and streams
do not echo each other.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from model.chance.philox import Key, philox, stream_key, two_uniforms, uniforms

pytestmark = pytest.mark.unit

ONES = 0xFFFFFFFF
WORD = 1 << 32

KNOWN_ANSWERS = [
    (
        (0, 0, 0, 0),
        (0, 0),
        (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8),
    ),
    (
        (ONES, ONES, ONES, ONES),
        (ONES, ONES),
        (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD),
    ),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


def words(counter: tuple[int, ...], key: tuple[int, int]) -> tuple[int, ...]:
    """Philox through its plain Python form, with the arguments the kernels give it."""
    arguments = [np.uint64(value) for value in (*counter, *key)]
    with np.errstate(over="ignore"):
        return tuple(int(word) for word in philox.py_func(*arguments))


def compiled_words(counter: tuple[int, ...], key: tuple[int, int]) -> tuple[int, ...]:
    return tuple(int(word) for word in philox(*(np.uint64(value) for value in (*counter, *key))))


def counter_that_gives(wanted: tuple[int, ...], key: tuple[int, int]) -> tuple[int, ...]:
    """The counter whose four words are `wanted`: Philox is a permutation, so run it backwards."""
    multipliers = (0xD2511F53, 0xCD9E8D57)
    inverses = [pow(multiplier, -1, WORD) for multiplier in multipliers]
    weyl = (0x9E3779B9, 0xBB67AE85)
    c0, c1, c2, c3 = wanted
    for step in range(9, -1, -1):
        k0, k1 = (key[0] + step * weyl[0]) % WORD, (key[1] + step * weyl[1]) % WORD
        before_0, before_2 = c3 * inverses[0] % WORD, c1 * inverses[1] % WORD
        high_0 = (multipliers[0] * before_0) >> 32
        high_1 = (multipliers[1] * before_2) >> 32
        c0, c1, c2, c3 = before_0, c0 ^ high_1 ^ k0, before_2, c2 ^ high_0 ^ k1
    return c0, c1, c2, c3


@pytest.mark.parametrize(("counter", "key", "expected"), KNOWN_ANSWERS)
def test_published_known_answers(
    counter: tuple[int, ...], key: tuple[int, int], expected: tuple[int, ...]
) -> None:
    """The philox4x32-10 rows of the Random123 known-answer file (Salmon et al., SC'11)."""
    assert compiled_words(counter, key) == expected
    assert words(counter, key) == expected


@pytest.mark.parametrize("word", [0, ONES])
def test_a_uniform_is_strictly_inside_even_for_the_outermost_words(word: int) -> None:
    """A uniform of exactly 0 or 1 would be an infinite normal score (design section 7).

    The counters whose four words are all zeros, and all ones, are found by running Philox backwards.
    """
    key = (0x12345678, 0x9ABCDEF0)
    counter = counter_that_gives((word,) * 4, key)
    assert compiled_words(counter, key) == (word,) * 4
    first, second = two_uniforms(*(np.uint64(value) for value in (*counter, *key)))
    assert 0.0 < first < 1.0
    assert 0.0 < second < 1.0


def test_uniforms_are_inside_and_even() -> None:
    """200,000 uniforms lie inside 0..1 and fill it evenly (chi-square, false alarm 1e-6)."""
    values = uniforms(stream_key(1, "evenness"), 0, 50_000, 4)
    assert values.min() > 0.0
    assert values.max() < 1.0
    counts = np.histogram(values, bins=100, range=(0.0, 1.0))[0]
    assert stats.chisquare(counts).pvalue > 1e-6


def test_both_uniforms_of_a_counter_are_even_and_unrelated() -> None:
    """The second uniform decides who leaves after the first decides how many: they must not be tied."""
    key = stream_key(3, "pairs")
    pairs = np.array([two_uniforms(draw, 5, 7, 0, *key) for draw in range(20_000)])
    for column in pairs.T:
        assert stats.chisquare(np.histogram(column, bins=50, range=(0, 1))[0]).pvalue > 1e-6
    grid = np.histogram2d(pairs[:, 0], pairs[:, 1], bins=10, range=[[0, 1], [0, 1]])[0]
    assert stats.chisquare(grid.ravel()).pvalue > 1e-6


def test_streams_do_not_echo_each_other() -> None:
    """Streams of other purposes, seeds, rows and neighbouring draws are uncorrelated (5 sigma)."""
    count = 40_000
    base = uniforms(stream_key(1, "exits"), 0, count, 2)
    others: dict[str, np.ndarray] = {
        "purpose": uniforms(stream_key(1, "phase transfers"), 0, count, 1)[0],
        "seed": uniforms(stream_key(2, "exits"), 0, count, 1)[0],
        "row": base[1],
        "next draw": uniforms(stream_key(1, "exits"), 1, count, 1)[0],
    }
    for name, values in others.items():
        assert abs(np.corrcoef(base[0], values)[0, 1]) < 5 / np.sqrt(count), name


def test_every_seed_and_purpose_has_a_key_of_its_own() -> None:
    """`if seed:` drops seed 0 (style, known traps); 0 is a seed like any other."""
    keys: set[Key] = {
        stream_key(seed, purpose)
        for seed in (0, 1, 2, 2**63 - 1)
        for purpose in ("exits", "new plans", "funding.lines[a].budget_gbp", "")
    }
    assert len(keys) == 16


@pytest.mark.parametrize("counter", range(4))
def test_every_part_of_a_counter_counts(counter: int) -> None:
    """Draw, month, cell and flow each name another number (design section 7)."""
    key = stream_key(1, "parts")
    here = [9, 9, 9, 9]
    there = list(here)
    there[counter] += 1
    assert two_uniforms(*here, *key) != two_uniforms(*there, *key)


def test_a_number_depends_on_key_row_and_draw_only() -> None:
    """More draws, another block or fewer rows leave every number as it was (design section 7)."""
    key = stream_key(7, "an input")
    whole = uniforms(key, 0, 300, 6)
    assert (uniforms(key, 0, 130, 6) == whole[:, :130]).all()
    assert (uniforms(key, 64, 64, 2) == whole[:2, 64:128]).all()
    single = [[two_uniforms(draw, row, 0, 0, *key)[0] for draw in (0, 299)] for row in (0, 5)]
    assert (whole[[0, 5]][:, [0, 299]] == np.array(single)).all()
