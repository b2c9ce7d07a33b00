"""Small scenarios for tests: a test shows only the sections that matter to it."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from model.scenario.load import LoadedScenario, load

HEAD = """\
format: 1
name: small
title: A small case
authority: Nowhere
invented: true
as_at: 2023-06
horizon: {first_year: 2023-24, last_year: 2025-26}
run: {draws: 64, seed: 5}
"""


def write_small(folder: Path, body: str, head: str = HEAD) -> Path:
    """A scenario file of the usual head and `body`."""
    path = folder / "small.yaml"
    path.write_text(head + dedent(body), encoding="utf-8")
    return path


def small(folder: Path, body: str, head: str = HEAD) -> LoadedScenario:
    """The same, loaded."""
    return load(write_small(folder, body, head))
