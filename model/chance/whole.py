"""Whole-number chance inside compiled kernels: binomial, Poisson and choice by inversion.

Each takes its uniforms from Philox counters, so a cell's numbers do not depend on any other cell.
Written for small counts, which is what cells of a cohort hold; large ones are cut into parts whose
sum has the same distribution, so that no probability underflows.
"""

from __future__ import annotations

import math

from numba import njit

from model.chance.philox import two_uniforms

_CERTAIN_HAZARD = 40.0
_LARGEST_EXPONENT = 600.0


@njit(inline="always")
def binomial_from(count, hazard, uniform):  # type: ignore[no-untyped-def]
    """How many of `count` leave when each does with probability 1 - exp(-hazard), by inversion."""
    probability = math.exp(-count * hazard)
    odds = math.expm1(hazard)
    cumulative = probability
    leavers = 0
    while uniform > cumulative and leavers < count:
        probability *= odds * (count - leavers) / (leavers + 1)
        leavers += 1
        cumulative += probability
    return leavers


@njit
def binomial(count, hazard, draw, month, cell, flow, k0, k1):  # type: ignore[no-untyped-def]
    """Leavers among `count`, and one more uniform for what comes next.

    Uses counters (draw, month, cell, flow), (.., flow + 1), ... one for each part of the count.
    """
    uniform, spare = two_uniforms(draw, month, cell, flow, k0, k1)
    if hazard > _CERTAIN_HAZARD:
        return count, spare
    part = count
    if count * hazard > _LARGEST_EXPONENT:
        part = max(1, int(_LARGEST_EXPONENT / hazard))
    leavers = binomial_from(min(part, count), hazard, uniform)
    done = part
    while done < count:
        flow += 1
        uniform, _ = two_uniforms(draw, month, cell, flow, k0, k1)
        size = min(part, count - done)
        leavers += binomial_from(size, hazard, uniform)
        done += size
    return leavers, spare


@njit
def poisson(mean, draw, month, cell, flow, k0, k1):  # type: ignore[no-untyped-def]
    """A Poisson number with this mean, from counters (draw, month, cell, flow...)."""
    total = 0
    while mean > 0.0:
        part = min(mean, _LARGEST_EXPONENT)
        uniform, _ = two_uniforms(draw, month, cell, flow, k0, k1)
        probability = math.exp(-part)
        cumulative = probability
        number = 0
        while uniform > cumulative and probability > 0.0:
            number += 1
            probability *= part / number
            cumulative += probability
        total += number
        mean -= part
        flow += 1
    return total


@njit(inline="always")
def choose(cumulative, uniform):  # type: ignore[no-untyped-def]
    """Index of the first entry of a cumulative table (last entry 1) above the uniform."""
    low = 0
    high = cumulative.shape[0] - 1
    while low < high:
        middle = (low + high) // 2
        if cumulative[middle] > uniform:
            high = middle
        else:
            low = middle + 1
    return low
