"""Settings of a method that are choices, not figures: each with its range and its reason."""

from __future__ import annotations

from dataclasses import dataclass

from ruamel.yaml import YAML

from model.reference.bundled import bundled


@dataclass(frozen=True)
class Reasoned:
    """One choice: its value, the range in which others might put it, and why this one."""

    value: float
    low: float
    high: float
    reason: str


def read_reasoned(name: str) -> dict[str, Reasoned]:
    """The choices of a bundled file under `data/`, by name.

    Raises ValueError where one has no reason or lies outside its own range.
    """
    with (bundled("data") / name).open(encoding="utf-8") as file:
        entries = YAML(typ="safe").load(file)
    choices = {}
    for key, entry in entries.items():
        low, high = entry["range"]
        if not low <= entry["value"] <= high or not str(entry["reason"]).strip():
            raise ValueError(f"{name}: {key} needs a reason and a value within its range")
        choices[key] = Reasoned(float(entry["value"]), float(low), float(high), entry["reason"])
    return choices
