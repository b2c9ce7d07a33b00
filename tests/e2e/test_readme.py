"""What the README shows is what the command says."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).resolve().parents[2]


def test_the_headline_in_the_readme_is_that_of_a_run() -> None:
    """`python data/build/readme_headline.py` writes it anew."""
    block = runpy.run_path(str(ROOT / "data" / "build" / "readme_headline.py"))
    assert block["written"]() == block["headline"]()
