"""Philox4x32-10, the counter-based random number generator of every draw.

A number is a pure function of a key and a counter, so that more draws, other workers or a mechanism
switched off leave every other number as it was (design section 7). Held to the published
known-answer vectors.

Source: Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC'11, and
the known-answer file of the Random123 distribution.
"""

from __future__ import annotations

import hashlib

import numpy as np
from numba import njit, uint64
from numpy.typing import NDArray

_MULTIPLIER_0 = np.uint64(0xD2511F53)
_MULTIPLIER_1 = np.uint64(0xCD9E8D57)
_WEYL_0 = np.uint64(0x9E3779B9)
_WEYL_1 = np.uint64(0xBB67AE85)
_MASK = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
_UNUSED_BITS = np.uint64(6)
_TWO_26 = 67108864.0
_TWO_M52 = 2.0**-52

Key = tuple[np.uint64, np.uint64]


def stream_key(seed: int, purpose: str) -> Key:
    """The key of one stream: a purpose such as `exits`, or the canonical path of an input.

    >>> stream_key(1, "exits") == stream_key(1, "exits"), stream_key(0, "exits") == stream_key(1, "exits")
    (True, False)
    """
    digest = hashlib.sha256(f"{seed}|{purpose}".encode()).digest()
    return (
        np.uint64(int.from_bytes(digest[:4], "little")),
        np.uint64(int.from_bytes(digest[4:8], "little")),
    )


@njit(inline="always")
def philox(c0, c1, c2, c3, k0, k1):  # type: ignore[no-untyped-def]
    """Four 32-bit words for a counter (c0..c3) and key (k0, k1), each held in a uint64."""
    for _ in range(10):
        product_0 = _MULTIPLIER_0 * c0
        product_1 = _MULTIPLIER_1 * c2
        c0, c1, c2, c3 = (
            (product_1 >> _HALF) ^ c1 ^ k0,
            product_1 & _MASK,
            (product_0 >> _HALF) ^ c3 ^ k1,
            product_0 & _MASK,
        )
        k0 = (k0 + _WEYL_0) & _MASK
        k1 = (k1 + _WEYL_1) & _MASK
    return c0, c1, c2, c3


@njit(inline="always")
def two_uniforms(c0, c1, c2, c3, k0, k1):  # type: ignore[no-untyped-def]
    """Two independent uniforms strictly inside 0..1, with 52 random bits each.

    With 53 bits the half that keeps the uniform off zero would round the largest up to 1.
    """
    w0, w1, w2, w3 = philox(uint64(c0), uint64(c1), uint64(c2), uint64(c3), k0, k1)
    first = ((w0 >> _UNUSED_BITS) * _TWO_26 + (w1 >> _UNUSED_BITS) + 0.5) * _TWO_M52
    second = ((w2 >> _UNUSED_BITS) * _TWO_26 + (w3 >> _UNUSED_BITS) + 0.5) * _TWO_M52
    return first, second


@njit(nogil=True, cache=True)
def _fill(k0, k1, first_draw, out):  # type: ignore[no-untyped-def]
    for row in range(out.shape[0]):
        for column in range(out.shape[1]):
            out[row, column], _ = two_uniforms(first_draw + column, row, 0, 0, k0, k1)


def uniforms(key: Key, first_draw: int, draws: int, rows: int) -> NDArray[np.float64]:
    """Uniforms of shape (row, draw): row r of draw d depends on the key, r and d only."""
    out = np.empty((rows, draws))
    _fill(key[0], key[1], first_draw, out)
    return out
