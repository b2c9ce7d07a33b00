"""The levels at which a forecast's distribution is written, and the ranges between them."""

from __future__ import annotations

LEVELS = {"q025": 0.025, "q10": 0.1, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q90": 0.9, "q975": 0.975}  # fmt: skip
"""Column of the table of forecasts -> level."""

RANGES = {50: ("q25", "q75"), 80: ("q10", "q90"), 95: ("q025", "q975")}
"""Nominal coverage in percent -> the columns between which the actual should lie as often."""
