"""Figures as a scenario writes them: with their standing, source or range and reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from model.reference.reasoned import Reasoned

_DIGITS: Final = 3
LEAST_SHARE, MOST_SHARE = 0.005, 0.995


class Figure(dict[str, Any]):
    """One number and what is said about it; a scenario file holds it on one line."""


@dataclass(frozen=True)
class Section:
    """A section of the starter scenario.

    `key`: its name in the scenario. `body`: its content as plain data, None where the section is left
    out. `comment`: what stands above it; for a section left out what to add and where to find it.
    """

    key: str
    body: Any
    comment: str = ""


def rounded(value: float, digits: int = _DIGITS) -> float | int:
    """A derived or assumed number to a few digits; whole where it is.

    >>> rounded(0.123456), rounded(10691.3), rounded(2.0)
    (0.123, 10700, 2)
    """
    short = float(f"{value:.{digits}g}")
    return int(short) if short == int(short) else short


def published(value: float, source: str) -> Figure:
    """A number as it was published."""
    return Figure(value=_plain(value), status="published", source=source)


def derived(value: float, source: str, digits: int = 4) -> Figure:
    """A number worked out from published ones."""
    return Figure(value=rounded(value, digits), status="derived", source=source)


def assumed(choice: Reasoned) -> Figure:
    """A choice as one number, with the range in which others might put it."""
    return Figure(
        value=rounded(choice.value), status="assumed",
        range=[rounded(choice.low), rounded(choice.high)], reason=choice.reason,
    )  # fmt: skip


def between(low: float, high: float, reason: str, *, digits: int = _DIGITS, **more: Any) -> Figure:
    """A range whose ends are the 10th and 90th percentile, with its reason."""
    ends = [rounded(low, digits), rounded(high, digits)]
    if ends[0] >= ends[1]:  # two ends that round to the same number
        ends = [rounded(low, 6), rounded(high, 6)]
    return Figure(between=ends, status="assumed", **more, reason=reason)


def share_between(low: float, high: float, reason: str) -> Figure:
    """A range of a share, kept away from never and always, of which nobody can be sure."""
    low = min(max(low, LEAST_SHARE), MOST_SHARE - 2 * LEAST_SHARE)
    return between(low, min(max(high, low + 2 * LEAST_SHARE), MOST_SHARE), reason)


def _plain(value: float) -> float | int:
    return int(value) if float(value).is_integer() else float(value)


def whole_parts(parts: dict[str, float], total: int) -> dict[str, int]:
    """Parts in whole plans that add up to `total`, in proportion, the largest remainders rounded up.

    >>> whole_parts({"a": 1, "b": 1, "c": 1}, 4)
    {'a': 2, 'b': 1, 'c': 1}
    """
    present = sum(parts.values())
    exact = {name: value * total / present for name, value in parts.items()}
    whole = {name: int(value + 1e-9) for name, value in exact.items()}
    by_remainder = sorted(exact, key=lambda name: whole[name] - exact[name])
    for name in by_remainder[: total - sum(whole.values())]:
        whole[name] += 1
    return whole
