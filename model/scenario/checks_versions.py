"""Checks of the version history: no version twice, dates in order."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from model.scenario.findings import Check, Finding, reads, repeated
from model.scenario.schema import Scenario


@reads("versions")
def _once(scenario: Scenario) -> Iterator[Finding]:
    yield from repeated(
        [item.version for item in scenario.versions], ("versions",), "version", "version"
    )


@reads("versions")
def _in_order(scenario: Scenario) -> Iterator[Finding]:
    """The oldest stands first, as the history is read."""
    for index, (before, item) in enumerate(itertools.pairwise(scenario.versions), start=1):
        if item.date < before.date:
            yield Finding(
                ("versions", index, "date"),
                f"version '{item.version}' is older than the one before it",
                str(item.date),
                f"{before.date} or later: the oldest version first",
            )


CHECKS: tuple[Check, ...] = (_once, _in_order)
